"""Pure decisions about what members are called and what they are found by."""

import re

from hyway.domain.identity import rules
from hyway.domain.identity.member_records import Profile
from hyway.kernel.faults import Invalid

LONGEST_NAME = 100
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_WIRE = re.compile(r"[a-z]+_[0-9a-f]{24}")


def is_id(text: str, prefix: str) -> bool:
    """Whether it can be the id of something: nothing else needs to reach the database."""
    return text.startswith(f"{prefix}_") and _WIRE.fullmatch(text) is not None


def called(field: str, value: str | None) -> str | None:
    """A part of a name; None for an empty one, which says nothing."""
    clean = (value or "").strip()
    if len(clean) > LONGEST_NAME:
        raise Invalid(field, "must NOT have more than {most} characters", most=LONGEST_NAME)
    if _CONTROL.search(clean):
        raise Invalid(field, "must NOT contain control characters")
    return clean or None


def address(field: str, value: str) -> str:
    """An e-mail address as it is compared."""
    try:
        return rules.email(field, value.strip())
    except Invalid:
        raise Invalid(field, 'must match format "email"') from None


def profile(
    own_name: str | None,
    own_email: str,
    first: str | None,
    last: str | None,
    nickname: str | None,
    email: str | None,
    accounts: frozenset[str] = frozenset(),
    is_claimed: bool = False,
) -> Profile:
    """A member as the organization knows them, each part that it does not say from what they call themselves.

    `own_name` is None for who has never been here: then nobody but the organization has said a name. `is_claimed`
    where they have said their own address and nothing shows that it is theirs.
    """
    own_first, _, own_last = (own_name or "").partition(" ")
    first, last = first or own_first or None, last or own_last.strip() or None
    shown = email or own_email
    full = " ".join(part for part in (first, last) if part)
    return Profile(
        first, last, nickname or full or shown.partition("@")[0], shown, accounts, is_claimed and not email
    )


def found_by(of: Profile) -> str:
    """The text that a search for members looks in."""
    full = " ".join(part for part in (of.first_name, of.last_name) if part)
    return "\n".join((full, of.nickname, of.email)).casefold()
