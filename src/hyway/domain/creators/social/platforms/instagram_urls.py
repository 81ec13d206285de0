"""Addresses at Instagram."""

import re

from hyway.domain.creators.social.platforms.urls import Address, Name

HOSTS = ("instagram.com", "instagr.am")
_HANDLE = re.compile(r"(?!.*\.\.)(?!\.)[a-z0-9_.]{1,30}(?<!\.)")
_CODE = re.compile(r"[A-Za-z0-9_-]{5,64}")
_KINDS = ("p", "reel", "reels", "tv")
_WORDS = (
    "about accounts ads api ar archive challenge developer direct directory emails explore graphql legal lite"
    " oauth p privacy reel reels s share stories tags terms topics tv web _n"
)
_NOBODY = frozenset(_WORDS.split())


def account(at: Address) -> Name | None:
    """`/handle`, with or without a tab of the profile behind it."""
    if not at.under(*HOSTS):
        return None
    handle = _handle(at)
    return Name("handle", handle) if handle else None


def _handle(at: Address) -> str:
    """The handle that the address begins with; empty where a word of the site's own stands."""
    handle = (at.piece(1) if at.piece(0) == "_u" else at.piece(0)).lower()
    return "" if handle in _NOBODY or not _HANDLE.fullmatch(handle) else handle


def post(at: Address) -> str | None:
    """The short code of a picture, reel or video; the same post has one code in all these addresses."""
    if not at.under(*HOSTS):
        return None
    path = at.path[1:] if _handle(at) else at.path
    if len(path) < 2 or path[0] not in _KINDS:
        return None
    return path[1] if _CODE.fullmatch(path[1]) else None
