"""What an address names at each platform: pure, and the same for all spellings of one address."""

from collections.abc import Callable
from typing import NamedTuple

from hyway.domain.creators.social.platforms import (
    generic_urls,
    instagram_urls,
    tiktok_urls,
    twitter_urls,
    youtube_urls,
)
from hyway.domain.creators.social.platforms.urls import Address, Name, taken

GENERIC = "generic"


class _Place(NamedTuple):
    name: str
    account: Callable[[Address], Name | None]
    post: Callable[[Address], str | None]
    hosts: tuple[str, ...]


_PLACES = {
    "youtube": _Place("YouTube", youtube_urls.account, youtube_urls.post, (*youtube_urls.HOSTS, "youtu.be")),
    "tiktok": _Place(
        "TikTok", tiktok_urls.account, tiktok_urls.post, (*tiktok_urls.HOSTS, *tiktok_urls.SHORTENERS)
    ),
    "instagram": _Place("Instagram", instagram_urls.account, instagram_urls.post, instagram_urls.HOSTS),
    "twitter": _Place("X (Twitter)", twitter_urls.account, twitter_urls.post, twitter_urls.HOSTS),
    GENERIC: _Place("Website", generic_urls.account, generic_urls.post, ()),
}
IDS = tuple(_PLACES)
"""Every `platform_id` there is, as accounts, campaigns and posts carry it."""


def name(platform_id: str) -> str:
    """What people call it."""
    return _PLACES[platform_id].name


def profile(platform_id: str, url: str) -> Name | None:
    """Who the profile's address names; None if it is no address of a profile there."""
    at = _at(platform_id, url)
    if at is None or (platform_id != GENERIC and _PLACES[platform_id].post(at)):
        return None
    return _PLACES[platform_id].account(at)


def account_key(platform_id: str, url: str) -> str | None:
    """What all spellings of a profile's address share; None if it is no address of a profile there."""
    found = profile(platform_id, url)
    return None if found is None else f"{platform_id}:{found.key}"


def post_id(platform_id: str, url: str) -> str | None:
    """What the platform itself calls the post; None if the address is no post there."""
    at = _at(platform_id, url)
    return None if at is None else _PLACES[platform_id].post(at)


def post_key(platform_id: str, url: str) -> str | None:
    """What all spellings of a post's address share, and no other post has; None if it is no post there."""
    found = post_id(platform_id, url)
    return None if found is None else f"{platform_id}:{found}"


def author(platform_id: str, url: str) -> str | None:
    """The account whose post the address says it is, as `account_key` spells it; None where it names nobody.

    It is what whoever wrote the address says: X shows a post under any name.
    """
    at = _at(platform_id, url)
    if at is None or platform_id == GENERIC or not _PLACES[platform_id].post(at):
        return None
    found = _PLACES[platform_id].account(at)
    return None if found is None else f"{platform_id}:{found.key}"


def _at(platform_id: str, url: str) -> Address | None:
    at = taken(url) if platform_id in _PLACES else None
    if at is not None and platform_id == GENERIC and _owner(at) is not None:
        return None
    return at


def _owner(at: Address) -> str | None:
    """The platform with rules of its own that the address belongs to."""
    return next(
        (
            id
            for id, place in _PLACES.items()
            if any(at.host == host or at.host.endswith("." + host) for host in place.hosts)
        ),
        None,
    )
