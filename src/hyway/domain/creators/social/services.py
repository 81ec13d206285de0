"""The platforms as the operator set them up: which can be asked, with what, and where."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from hyway.domain.creators.social import platforms
from hyway.domain.creators.social.platforms.asking import Adapter, Way
from hyway.domain.creators.social.platforms.generic import Page
from hyway.domain.creators.social.platforms.instagram import Business, Instagram
from hyway.domain.creators.social.platforms.resting import Rests, Turns
from hyway.domain.creators.social.platforms.tiktok import TikTok
from hyway.domain.creators.social.platforms.twitter import Twitter
from hyway.domain.creators.social.platforms.youtube import YouTube
from hyway.kernel.outgoing import Outgoing

KEYS = (
    "youtube.key",
    "youtube.client",
    "youtube.url",
    "tiktok.client",
    "tiktok.url",
    "instagram.business",
    "instagram.client",
    "instagram.url",
    "twitter.key",
    "twitter.client",
    "twitter.url",
    "pages.reader",
)
"""Their names among the services of a server; `HYWAY_YOUTUBE_KEY` sets `youtube.key`."""


@dataclass(frozen=True, slots=True)
class Client:
    """What a platform calls this server in OAuth."""

    id: str
    secret: str

    def __repr__(self) -> str:
        return f"Client({self.id})"


@dataclass(frozen=True)
class Services:
    """`clients` are of the platforms that OAuth can be done with."""

    apis: Mapping[str, Adapter]
    pages: Mapping[str, Adapter]
    keyed: frozenset[str]
    """Platforms whose API the operator has a key of, which shows everybody's public figures."""
    ways: Mapping[str, Way]
    clients: Mapping[str, Client]
    rests: Rests
    turns: Turns

    def adapter(self, platform_id: str, granted: bool) -> Adapter:
        """The platform's own API where we may use it, else the public pages."""
        by_api = platform_id in self.keyed or (granted and platform_id in self.apis)
        return (self.apis if by_api else self.pages)[platform_id]


def chosen(named: Mapping[str, str], outgoing: Outgoing) -> Services:
    """The platforms with these settings.

    What the operator named may be a neighbour; everything else is reached by `outgoing`. One process asks each
    platform by one adapter, so that all its threads rest when one was told to.
    """
    return _made(tuple(sorted((key, named[key]) for key in KEYS if named.get(key))), outgoing)


@lru_cache(maxsize=64)
def _made(settings: tuple[tuple[str, str], ...], outgoing: Outgoing) -> Services:
    said = dict(settings)
    neighbours = Outgoing(lambda _: True)
    ways = {}
    for each in platforms.IDS:
        base = said.get(f"{each}.url", "")
        ways[each] = Way(neighbours if base else outgoing, base)
    reader = said.get("pages.reader", "")
    by_page = Way(neighbours if reader else outgoing)
    clients = {
        each: Client(*_pair(said[f"{each}.client"])) for each in platforms.IDS if f"{each}.client" in said
    }
    own = said.get("instagram.business")
    business = Business(*_pair(own)) if own else None
    apis: dict[str, Adapter] = {
        "youtube": YouTube(ways["youtube"], said.get("youtube.key", "")),
        "tiktok": TikTok(ways["tiktok"]),
        "instagram": Instagram(ways["instagram"], business),
        "twitter": Twitter(ways["twitter"], said.get("twitter.key", "")),
    }
    keyed = frozenset(key.partition(".")[0] for key in said if key.endswith((".key", ".business")))
    pages: dict[str, Adapter] = {each: Page(by_page, each, reader) for each in platforms.IDS}
    return Services(apis, pages, keyed, ways, clients, Rests(), Turns())


def _pair(text: str) -> tuple[str, str]:
    id, _, secret = text.partition(":")
    return id, secret
