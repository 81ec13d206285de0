"""Addresses at TikTok."""

import re

from hyway.domain.creators.social.platforms.urls import Address, Name

HOSTS = ("tiktok.com",)
SHORTENERS = ("vm.tiktok.com", "vt.tiktok.com")
"""What these lead to is not to be read from the address: no profile and no post is known by one."""
_HANDLE = re.compile(r"[a-z0-9_.]{2,24}")
_VIDEO = re.compile(r"[1-9][0-9]{7,19}")


def account(at: Address) -> Name | None:
    """`/@handle`, in any case."""
    if not at.under(*HOSTS) or not at.piece(0).startswith("@"):
        return None
    handle = at.piece(0)[1:].lower()
    return Name("handle", handle) if _HANDLE.fullmatch(handle) else None


def post(at: Address) -> str | None:
    """The id of the video or the photos. `tiktok.com/t/…` is a shortener, too."""
    if not at.under(*HOSTS):
        return None
    found = _numbered(at)
    return found if _VIDEO.fullmatch(found) else None


def _numbered(at: Address) -> str:
    match at.path:
        case (person, "video" | "photo", number, *_) if person.startswith("@") or person == "share":
            return number
        case ("v", page):
            return page.removesuffix(".html")
        case ("embed", number) | ("embed", "v2" | "v3", number) | ("player", "v1", number):
            return number
    return ""
