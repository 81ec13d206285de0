"""User agent -> browser, system and kind of device."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from ua_parser import Domain
from ua_parser.loaders import load_lazy_builtins
from ua_parser.regex import Resolver

from hyway.domain.attribution import bots

LONGEST = bots.LONGEST_AGENT
REMEMBERED = 8_192

DeviceType = Literal["desktop", "mobile", "tablet", "bot", "tv", "console", "wearable", "unknown"]


@dataclass(frozen=True, slots=True)
class Agent:
    """What a user agent says of itself; None where it says nothing that is known.

    Names are ua-parser's families, one per variety that people report on: "Chrome", "Chrome Mobile",
    "Mobile Safari", "Edge", "Samsung Internet"; "Windows", "Mac OS X", "iOS", "Android". Versions are
    "major.minor", or "major" alone. An iPad that asks for desktop pages says it is a Macintosh; where nothing
    in its user agent tells otherwise (the word "Mobile" does), it is counted as one. What is worn on the head
    is wearable too.
    """

    browser_name: str | None
    browser_version: str | None
    os_name: str | None
    os_version: str | None
    device_type: DeviceType
    is_ios: bool
    is_android: bool


def read(user_agent: str) -> Agent:
    """What `user_agent` (its first 1,024 characters) says of browser, system and device."""
    return _read(user_agent[:LONGEST])


# Matches in Rust. ua-parser's device patterns stay out: they name models, which nobody asks for, in 15 MB.
_browsers, _systems, _ = load_lazy_builtins()
_resolve = Resolver((_browsers, _systems, []))
_WANTED = Domain.USER_AGENT | Domain.OS


@lru_cache(maxsize=REMEMBERED)
def _read(user_agent: str) -> Agent:
    # The Rust side takes UTF-8 alone; a header decoded with lone surrogates would stop it.
    text = user_agent.encode("utf-8", "replace").decode()
    found = _resolve(text, _WANTED)
    browser, system = found.user_agent, found.os
    os_name = system.family if system else None
    return Agent(
        browser_name=browser.family if browser else None,
        browser_version=_version(browser.major, browser.minor) if browser else None,
        os_name=os_name,
        os_version=_version(system.major, system.minor) if system else None,
        device_type="bot" if bots.is_bot_agent(user_agent) else _device(text, os_name),
        is_ios=os_name == "iOS" or _HIDDEN_IPAD.search(text) is not None,
        # Windows Phone claims both to be served their pages.
        is_android="Android" in text and "Windows Phone" not in text,
    )


def _version(major: str | None, minor: str | None) -> str | None:
    return f"{major}.{minor}" if major and minor else major or None


_CONSOLE = re.compile(r"PlayStation|Nintendo|Xbox(?! for)", re.IGNORECASE)
_TV = re.compile(
    r"smart-?\s?tv|apple\s?tv|google\s?tv|android\s?tv|hbbtv|netcast|web0s|webos.*tv|\btv\b|bravia|roku|crkey"
    r"|\bAFT[A-Z]\w*|vidaa|viera|dtv|tizen(?!.*mobile).*(?:tv|maple)",
    re.IGNORECASE,
)
_WEARABLE = re.compile(
    r"\bwatch(?:OS|\b)|wear\s?os|\bSM-R\d|oculusbrowser|\bQuest\b|Apple Vision", re.IGNORECASE
)
_HIDDEN_IPAD = re.compile(r"\(Macintosh;.* Mobile/\w")
_TABLET = re.compile(
    r"iPad|\(Macintosh;.* Mobile/\w|tablet(?! PC)|PlayBook|Kindle|Silk(?!.*Mobile)|\bKF[A-Z]{2,5}\b"
    r"|Nexus (?:7|9|10)\b|\bSM-[TPX]\d{3}|Lenovo TB|\bTab\b|MediaPad|Android(?!.*Mobile)",
)
_MOBILE = re.compile(
    r"Mobile|iPhone|iPod|Android|Windows Phone|BlackBerry|BB10|Opera Mini|Opera Mobi|UCWEB|Nokia|Symbian|J2ME"
    r"|MIDP|KAIOS|webOS",
    re.IGNORECASE,
)
_DESKTOP = re.compile(r"Windows NT|Windows 9|Macintosh|X11|CrOS|Linux|BSD", re.IGNORECASE)
_KINDS: tuple[tuple[re.Pattern[str], DeviceType], ...] = (
    (_CONSOLE, "console"),
    (_WEARABLE, "wearable"),
    (_TV, "tv"),
    (_TABLET, "tablet"),
    (_MOBILE, "mobile"),
    (_DESKTOP, "desktop"),
)
_DESKTOP_SYSTEMS = frozenset(
    {"Windows", "Mac OS X", "Linux", "Ubuntu", "Fedora", "Chrome OS", "FreeBSD", "OpenBSD"}
)


def _device(user_agent: str, system: str | None) -> DeviceType:
    """The kind of device: the rarer kinds first, for they also claim to be phones or computers."""
    for pattern, kind in _KINDS:
        if pattern.search(user_agent):
            return kind
    return "desktop" if system in _DESKTOP_SYSTEMS else "unknown"
