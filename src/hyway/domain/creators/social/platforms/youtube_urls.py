"""Addresses at YouTube."""

import re
import unicodedata

from hyway.domain.creators.social.platforms.urls import Address, Name

HOSTS = ("youtube.com", "music.youtube.com", "youtube-nocookie.com")
_SHORT = "youtu.be"
_VIDEO = re.compile(r"[A-Za-z0-9_-]{11}")
_CHANNEL = re.compile(r"UC[A-Za-z0-9_-]{22}")
_HANDLE = re.compile(r"[\w.·-]{3,30}")
_USER = re.compile(r"[A-Za-z0-9]{1,30}")
_BEFORE_VIDEO = ("shorts", "live", "embed", "v", "watch", "e")


def account(at: Address) -> Name | None:
    """`/@handle`, `/channel/UC…` or `/user/name`. The API finds nobody by the old `/c/name`, so we do not either."""
    if not at.under(*HOSTS):
        return None
    first, second = at.piece(0), at.piece(1)
    if first.startswith("@"):
        handle = unicodedata.normalize("NFC", first[1:]).casefold()
        return Name("handle", handle) if _HANDLE.fullmatch(handle) else None
    if first == "channel" and _CHANNEL.fullmatch(second):
        return Name("channel", second)
    if first == "user" and _USER.fullmatch(second):
        return Name("user", second.lower())
    return None


def post(at: Address) -> str | None:
    """The id of the video, of any length and way of showing it."""
    if at.under(_SHORT):
        found = at.piece(0)
    elif not at.under(*HOSTS):
        return None
    elif at.path == ("watch",):
        found = at.query.get("v", "")
    else:
        found = at.piece(1) if at.piece(0) in _BEFORE_VIDEO else ""
    return found if _VIDEO.fullmatch(found) else None
