"""Addresses at X, which was Twitter: both names are the same place."""

import re

from hyway.domain.creators.social.platforms.urls import Address, Name

HOSTS = ("x.com", "twitter.com")
_HANDLE = re.compile(r"[a-z0-9_]{1,15}")
_NUMBER = re.compile(r"[1-9][0-9]{0,19}")
_WORDS = (
    "about account compose download explore hashtag help home i intent jobs login logout messages notifications"
    " oauth privacy search settings share signup tos"
)
_NOBODY = frozenset(_WORDS.split())


def account(at: Address) -> Name | None:
    """`/handle` in any case, or `/i/user/<id>`."""
    if not at.under(*HOSTS):
        return None
    if at.path[:2] == ("i", "user"):
        number = at.piece(2)
        return Name("id", number) if _NUMBER.fullmatch(number) else None
    handle = at.piece(0).removeprefix("@").lower()
    return Name("handle", handle) if _HANDLE.fullmatch(handle) and handle not in _NOBODY else None


def post(at: Address) -> str | None:
    """The number of the post; whose name stands before it does not matter there, nor here."""
    if not at.under(*HOSTS):
        return None
    path = tuple(piece for piece in at.path if piece != "web") if at.piece(0) == "i" else at.path
    if len(path) < 3 or path[1] not in ("status", "statuses"):
        return None
    return path[2] if _NUMBER.fullmatch(path[2]) else None
