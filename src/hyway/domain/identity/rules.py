"""Pure decisions of identity."""

import re
import secrets

from email_validator import EmailNotValidError, validate_email

from hyway.domain.identity.records import Caller, Environment, KeyKind, NewKey
from hyway.kernel import seal
from hyway.kernel.faults import Invalid, Refused

PREFIXES: dict[KeyKind, str] = {
    "hoko": "hoko_",
    "hypemarket": "hm_",
    "hyphen": "key_",
    "hyphen-public": "public_",
    "hypertrack": "sk_",
    "hypertrack-public": "pk_",
    "hypertrack-test": "sk_test_",
    "hypertrack-public-test": "pk_test_",
}
"""What a credential of each kind begins with, so that people and secret scanners can tell them apart."""

HOKO_SCOPES = (
    "linksRead",
    "linksWrite",
    "collectionsRead",
    "collectionsWrite",
    "tagsRead",
    "tagsWrite",
    "analyticsRead",
    "conversionsWrite",
    "customersRead",
    "partnersRead",
    "partnersWrite",
)
"""Hoko's eleven, in the order of its page."""

SCOPES: dict[KeyKind, tuple[str, ...]] = {
    "hoko": HOKO_SCOPES,
    "hypertrack": ("secret",),
    "hypertrack-test": ("secret",),
    "hypertrack-public": ("publishable",),
    "hypertrack-public-test": ("publishable",),
}
PERSONAL_PLAN = "self-hosted"
"""The plan of what a person does outside every organization."""
_SHORTEST_PASSWORD, _LONGEST_PASSWORD = 10, 200
_NO_LOOKALIKES = "abcdefghjkmnpqrstuvwxyz23456789"


def secret(kind: KeyKind) -> str:
    """A new credential: 256 random bits, or HyperTrack's 160 as the 40 hex digits that its clients know."""
    if kind.startswith("hypertrack"):
        return PREFIXES[kind] + secrets.token_hex(20)
    return seal.token(PREFIXES[kind])


def environment(kind: str) -> Environment:
    return "test" if kind.endswith("-test") else "live"


def email(field: str, value: str) -> str:
    """The address as it is compared: lower case, its domain normalised; Invalid for anything else."""
    try:
        found = validate_email(value, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise Invalid(field, "must be an e-mail address") from None
    return found.normalized.lower()


def name(field: str, value: str, most: int = 255) -> str:
    """A name for people to read: not empty, no control characters."""
    clean = value.strip()
    if not clean:
        raise Invalid(field, "must not be empty")
    if len(clean) > most:
        raise Invalid(field, "must be at most {most} characters", most=most)
    if re.search(r"[\x00-\x1f\x7f]", clean):
        raise Invalid(field, "must not contain control characters")
    return clean


def password(value: str) -> str:
    """Long enough to be worth hashing, short enough to hash."""
    if len(value) < _SHORTEST_PASSWORD:
        raise Invalid("password", "must be at least {least} characters", least=_SHORTEST_PASSWORD)
    if len(value) > _LONGEST_PASSWORD:
        raise Invalid("password", "must be at most {most} characters", most=_LONGEST_PASSWORD)
    return value


def one_time_password() -> str:
    """Four groups of five that can be read aloud: about 99 bits."""
    return "-".join("".join(secrets.choice(_NO_LOOKALIKES) for _ in range(5)) for _ in range(4))


def key(new: NewKey, now: int) -> NewKey:
    """The key as it is stored: known scopes once each, all of them when none is named.

    A key that may only read keeps the reading ones among them.
    """
    name("name", new.name, 100)
    known = SCOPES.get(new.kind, ())
    for scope in new.scopes:
        if scope not in known:
            raise Invalid("scopes", "knows no scope {scope}", scope=scope)
    if new.expires_at is not None and new.expires_at <= now:
        raise Invalid("expiresAt", "must be in the future")
    wanted = tuple(scope for scope in known if scope in new.scopes) if new.scopes else known
    if new.permission == "read":
        wanted = tuple(scope for scope in wanted if scope.endswith("Read"))
    return NewKey(new.kind, new.name.strip(), wanted, new.permission, new.expires_at)


def may_manage(by: Caller) -> None:
    """Keys, members and webhooks are for owners and admins; a server's own command may too."""
    if by.actor_kind == "person" and by.role not in ("owner", "admin"):
        raise Refused("only an owner or an admin may do this")
