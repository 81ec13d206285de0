"""Programs in an organization: keys with several secrets each, and roles as a member has them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from hyway.domain.identity.access import deciding, giving
from hyway.domain.identity.records import Caller
from hyway.domain.identity.store import api_keys as store
from hyway.domain.identity.store import people
from hyway.kernel import clock, seal
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Ref, Write
from hyway.kernel.faults import Invalid, Missing

ADMINISTRATOR = ("OrganizationAdmin",)
_PREFIX = "key_"
_LONGEST = 100
_ABSENT = "API key not found"


@dataclass(frozen=True, slots=True)
class Secret:
    """`value` is there once, when it is made; `hint` are its last four characters."""

    id: str
    hint: str
    created_at: Instant
    last_used_at: Instant | None
    value: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ApiKey:
    """`member_id` is the id under which it is a member; `roles` are those on the organization."""

    seq: int
    id: str
    name: str
    member_id: str
    created_at: Instant
    secrets: tuple[Secret, ...]
    roles: tuple[str, ...]


def create(w: Write, by: Caller, name: str, roles: Sequence[str] = ADMINISTRATOR) -> tuple[ApiKey, Secret]:
    """A new key with these roles on the organization, and its first secret: 256 random bits, in clear only here.

    The vendor's page has no roles in the body, and its keys administer: so does one of which nothing else is said.
    """
    deciding.require(by, "create", "ApiKey")
    clean = _name(name)
    row = store.add(w, by.organization, clean, by.actor_name, clock.now())
    given = giving.give_key(w, by, row.seq, roles)
    secret = _add_secret(w, row.seq)
    made = _key(row, (secret,), given)
    w.announce(
        by, "api_key.created", "api_key", made.id, {"name": clean, "roles": list(given), "hint": secret.hint},
        [Ref("ApiKey", made.id, {"name": clean})],
    )  # fmt: skip
    return made, secret


def page(
    r: Read, by: Caller, name_prefix: str = "", offset: int = 0, limit: int | None = None
) -> tuple[list[ApiKey], int]:
    """Those whose name begins so, in whichever case, oldest first; and how many there are."""
    deciding.require(by, "read", "ApiKey")
    if "\x00" in name_prefix:
        return [], 0
    rows, total = store.page(r, by.organization, name_prefix, offset, limit)
    return _keys(r, by, rows), total


def find(r: Read, by: Caller, id: str) -> ApiKey:
    deciding.require(by, "read", "ApiKey")
    row = None if "\x00" in id else store.find(r, by.organization, id)
    if row is None:
        raise Missing(_ABSENT, id=id)
    return _keys(r, by, [row])[0]


def drop(w: Write, by: Caller, id: str) -> None:
    """Refused from the next request on, in every process; what it had access to is forgotten."""
    deciding.require(by, "delete", "ApiKey")
    row = _locked(w, by, id)
    giving.forget_key(w, by, row.seq)
    for token_hash in store.drop(w, by.organization, row.seq):
        w.changed("key", token_hash)
    w.announce(by, "api_key.deleted", "api_key", row.id, {"name": row.name}, [_ref(row)])


def add_secret(w: Write, by: Caller, id: str) -> Secret:
    """One more secret, in clear only here: so that a program can go over to it before the old one is taken away."""
    deciding.require(by, "update", "ApiKey")
    row = _locked(w, by, id)
    made = _add_secret(w, row.seq)
    w.announce(
        by, "api_key.secret_created", "api_key", row.id,
        {"name": row.name, "secret": made.id, "hint": made.hint}, [_ref(row)],
    )  # fmt: skip
    return made


def drop_secret(w: Write, by: Caller, id: str, secret: str) -> None:
    """Refused from the next request on. The last one may go, too: the key opens nothing until it is given another."""
    deciding.require(by, "update", "ApiKey")
    row = _locked(w, by, id)
    token_hash = None if "\x00" in secret else store.drop_secret(w, row.seq, secret)
    if token_hash is None:
        raise Missing("Secret not found", id=secret)
    w.changed("key", token_hash)
    w.announce(
        by, "api_key.secret_deleted", "api_key", row.id, {"name": row.name, "secret": secret}, [_ref(row)]
    )


def caller(r: Read, token_hash: str) -> Caller | None:
    """Who a secret speaks for, None for nobody: what it may do is found when it enters its organization.

    The answer may be remembered until word of a change to `("key", token_hash)` comes.
    """
    return _caller(store.by_hash(r, token_hash))


def by_id_and_secret(r: Read, key_id: str, secret: str) -> Caller | None:
    """The same for a program that signs in with its key's id and one of its secrets; None for a wrong pair."""
    if "\x00" in key_id:
        return None
    return _caller(store.by_id_and_hash(r, key_id, seal.digest(secret)))


def _caller(row: Sequence[Any] | None) -> Caller | None:
    if row is None:
        return None
    organization, plan, id, member, name, secret = row
    return Caller(
        organization=organization,
        plan=plan,
        actor_kind="key",
        actor_id=id,
        actor_name=name,
        via="hyphen",
        member=member,
        credential=f"asec:{secret}",
    )


def _name(name: str) -> str:
    clean = name.strip()
    if not clean:
        raise Invalid("name", "must NOT have fewer than 1 characters")
    if len(clean) > _LONGEST:
        raise Invalid("name", "must NOT have more than {most} characters", most=_LONGEST)
    if not clean.isprintable():
        raise Invalid("name", "must not contain control characters")
    return clean


def _add_secret(w: Write, key: int) -> Secret:
    value = seal.token(_PREFIX)
    return _secret(store.add_secret(w, key, seal.digest(value), value[-4:], clock.now()), value)


def _locked(w: Write, by: Caller, id: str) -> Any:
    row = None if "\x00" in id else store.lock(w, by.organization, id)
    if row is None:
        raise Missing(_ABSENT, id=id)
    return row


def _keys(r: Read, by: Caller, rows: Sequence[Any]) -> list[ApiKey]:
    seqs = [row.seq for row in rows]
    entity = people.organization_of(r, by.organization).wire_id
    roles = store.roles(r, by.organization, entity, seqs)
    secrets: dict[int, list[Secret]] = {seq: [] for seq in seqs}
    for row in store.secrets(r, seqs):
        secrets[row.api_key].append(_secret(row))
    return [_key(row, tuple(secrets[row.seq]), tuple(roles.get(row.seq, "").split())) for row in rows]


def _key(row: Any, secrets: tuple[Secret, ...], roles: tuple[str, ...]) -> ApiKey:
    return ApiKey(row.seq, row.id, row.name, row.member_id, row.created_at, secrets, roles)


def _secret(row: Any, value: str | None = None) -> Secret:
    return Secret(row.id, row.hint, row.created_at, row.last_used_at, value)


def _ref(row: Any) -> Ref:
    return Ref("ApiKey", row.id, {"name": row.name})
