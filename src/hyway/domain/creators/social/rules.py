"""Decisions on social accounts; no clock, no database."""

import secrets
from typing import Any

from hyway.domain.creators.social import platforms
from hyway.kernel.clock import DAY, HOUR, Instant
from hyway.kernel.faults import Invalid, Several

OAUTH_ONLY = ("youtube", "tiktok")
"""Where the API connects nobody by an address alone, the vendor's pages say."""
CODE_LIFE = DAY
TRIES, TRIES_WITHIN = 5, HOUR
MISSES = 3
"""After so many looks that found no such profile, the account is no longer verified."""
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that is taken for another
_LONGEST = 500


def new_code() -> str:
    """Six letters behind a mark, to be put into a profile's description."""
    return "hy-" + "".join(secrets.choice(_LETTERS) for _ in range(6))


def check(platform_id: str | None, account_url: str | None, choices: tuple[str, ...]) -> str:
    """The key of the address; Several in the order of the fields if anything is wrong."""
    wrong: list[Invalid] = []
    if platform_id not in choices:
        wrong.append(Invalid("platform_id", "is not included in the list"))
    url = (account_url or "").strip()
    key = platforms.account_key(platform_id or "", url)
    if not url:
        wrong.append(Invalid("account_url", "can't be blank"))
    elif len(url) > _LONGEST:
        wrong.append(Invalid("account_url", "is too long (maximum is {most} characters)", most=_LONGEST))
    elif key is None and (not wrong or platforms.taken(url) is None):
        wrong.append(Invalid("account_url", "is invalid"))
    if wrong or key is None:
        raise Several(wrong)
    return key


def fresh_code(now: Instant) -> dict[str, Any]:
    """What is stored of an account that is to be proved by a code from now on."""
    return {"status": "pending", "code": new_code(), "code_expires_at": now + CODE_LIFE}
