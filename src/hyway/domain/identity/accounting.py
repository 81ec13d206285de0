"""Pure decisions about the accounts that members have with others."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from hyway.domain.identity.member_records import Account
from hyway.domain.identity.profiling import address
from hyway.kernel.faults import Invalid

TYPES = ("github", "npm", "newRelic", "incidentIo")
"""The four of the vendor's pages."""
MOST = 50
_LONGEST, _LONGEST_URL = 255, 2_000
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def checked(given: Sequence[Account]) -> tuple[Account, ...]:
    """The accounts as they are kept: each once, and not too many."""
    if len(given) > MOST:
        raise Invalid("connectedAccounts", "must NOT have more than {most} items", most=MOST)
    found: dict[tuple[str, str], Account] = {}
    for at, each in enumerate(given):
        place = f"connectedAccounts/{at}"
        account = one(place, each)
        if (account.type, account.identifier) in found:
            raise Invalid("connectedAccounts", "must NOT have duplicate items")
        found[account.type, account.identifier] = account
    return tuple(found.values())


def one(place: str, given: Account) -> Account:
    """GitHub's has the address of a page, the others an e-mail address: what a type does not show is not kept."""
    if given.type not in TYPES:
        raise Invalid(f"{place}/type", "must be equal to one of the allowed values")
    identifier = given.identifier.strip()
    if not identifier:
        raise Invalid(f"{place}/identifier", "must NOT have fewer than 1 characters")
    if len(identifier) > _LONGEST:
        raise Invalid(f"{place}/identifier", "must NOT have more than {most} characters", most=_LONGEST)
    if _CONTROL.search(identifier):
        raise Invalid(f"{place}/identifier", "must NOT contain control characters")
    if given.type == "github":
        page = given.profile_url or f"https://github.com/{identifier}"
        return Account(given.type, identifier, profile_url=_page(f"{place}/profileUrl", page))
    email = address(f"{place}/email", given.email) if given.email else None
    return Account(given.type, identifier, email=email)


def _page(place: str, url: str) -> str:
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        good = False
    if not good or not url.isprintable() or " " in url:
        raise Invalid(place, 'must match format "uri"')
    if len(url) > _LONGEST_URL:
        raise Invalid(place, "must NOT have more than {most} characters", most=_LONGEST_URL)
    return url
