"""What answers under which address: apps, lanes and pages behind the front door."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, cast

from hyway import worker
from hyway.domain import identity, packages
from hyway.doors import App, Branch
from hyway.kernel.blobs import Blobs
from hyway.kernel.db import Database
from hyway.settings import Settings

# What serves is imported where it is used, because commands that serve nothing should start without it.
if TYPE_CHECKING:
    from hyway.edge.evaluate import Evaluate
    from hyway.edge.hub import Hub
    from hyway.edge.ingest import Ingest
    from hyway.edge.maps import Assets, Tiles


def general(
    db: Database, api: App, tracks: App, pages: App, ingest: "Ingest", assets: "Assets"
) -> tuple[Branch, ...]:
    """What answers under which address."""
    from hyway.edge.connect import Connect
    from hyway.edge.media import Media

    connect = Connect(ingest)
    return (
        Branch("/api/", "hoko", api, "/api/unknown-host"),
        Branch("/api/v1/", "hypertrack", tracks, "/api/v1/unknown-host/", ingest),
        Branch("/api/v2/", "hypertrack", tracks, "/api/v2/unknown-host/", ingest),
        Branch("/connect/", "connect", connect, fast=connect, secret=True),
        *(Branch(f"/{word}/", "console", pages) for word in ("console", "static", "mailbox")),
        Branch("/sign-up/", "console", pages, secret=True),
        Branch("/billing/", "console", pages, secret=True),
        Branch("/media/", "media", cast(App, Media(db))),
        Branch("/maps/", "maps", cast(App, assets)),
    )


_MARKET = ("organizations", "me", "board")
"""First words of the addresses that speak JSON to programs and HTML to people."""


def market(db: Database, campaigns: App, blobs: Blobs, platform: App) -> tuple[Branch, ...]:
    """Campaigns, collabs and creators, and the pictures that belong to them; and the platform of developers."""
    from hyway.edge.attachments import Attachments

    return (
        *(
            Branch(f"/{word}{suffix}/", "hypemarket", campaigns)
            for word in _MARKET
            for suffix in ("", ".json", ".html", ".xml")
        ),
        Branch("/rails/", "attachments", Attachments(db, blobs), secret=True),
        *_platform(platform),
    )


_PLATFORM = (
    "organizations",
    "me",
    "auth",
    "events",
    "execution-context",
    "public-keys",
    "billing-accounts",
    "integrations",
    "downloads",
)
"""Words under /api/ that belong to the platform of developers."""
_NO_SUCH = "/api/unknown-host"


def _platform(platform: App) -> tuple[Branch, ...]:
    prefixes = (*(f"/api/{word}/" for word in _PLATFORM), "/ip/")
    return tuple(Branch(prefix, "hyphen", platform, _NO_SUCH) for prefix in prefixes)


def provider(settings: Settings, db: Database, pages: App) -> tuple[Branch, ...]:
    """Signing in by OpenID Connect: what people see, and what programs ask."""
    from hyway.edge.provider import PREFIXES, Provider

    provider = Provider(db, settings.public_url, settings.trusted_proxies)
    return (
        Branch("/oauth2/", "console", pages, secret=True),
        *(Branch(prefix, "oidc", cast(App, provider), secret=True) for prefix in PREFIXES),
    )


def toggles(evaluate: "Evaluate") -> tuple[Branch, ...]:
    """Toggles as programs ask for them, all of it by the fast lane."""
    unknown = "/toggle/unknown-host"
    return tuple(Branch(f"/{word}/", "toggles", evaluate, unknown, evaluate) for word in ("toggle", "ofrep"))


def machines(settings: Settings, db: Database) -> tuple[Branch, ...]:
    """What answers that is neither an API nor a page."""
    return (*_hooks(settings, db), _packages(settings, db))


def _hooks(settings: Settings, db: Database) -> tuple[Branch, ...]:
    """Where providers of payments tell what happened, once it is known what they sign with."""
    from hyway.edge.stripe import Stripe

    secret = settings.stripe_webhook_secret
    return (Branch("/hooks/", "stripe", Stripe(db, secret, settings.stripe)),) if secret else ()


def _packages(settings: Settings, db: Database) -> Branch:
    """The bytes of what people fetch; which ones, the platform of developers tells."""
    from hyway.edge.packages import Packages

    return Branch(packages.PREFIX, "packages", Packages(db, worker.open_packages(settings)))


def live(
    settings: Settings, db: Database, hub: "Hub", admit: Callable[[str], Awaitable[identity.Caller | None]]
) -> tuple[Branch, ...]:
    """Streams, and the page behind tracking links."""
    from hyway.edge.streams import Streams
    from hyway.edge.track import Track

    streams = Streams(db, hub, admit)
    track = Track(db, hub, trusted_proxies=settings.trusted_proxies, tiles=tiles(settings))
    return (
        Branch("/track/", "track", track),
        *(Branch(f"/api/{version}/stream/track/", "track", track) for version in ("v1", "v2")),
        *(Branch(f"/api/{version}/stream/", "streams", streams) for version in ("v1", "v2")),
        *(Branch(f"/api/{version}/ws/", "streams", streams, sockets=True) for version in ("v1", "v2")),
    )


def tiles(settings: Settings) -> "Tiles | None":
    """What maps are drawn of, where the operator has chosen something."""
    from hyway.edge.maps import Tiles

    return Tiles(settings.tiles, settings.tiles_attribution) if settings.tiles else None


def vault(platform: App) -> Branch:
    """What answers under the id of an organization as a first word."""
    return Branch("/", "hyphen", platform, _NO_SUCH)


__all__ = ["general", "live", "machines", "market", "provider", "tiles", "toggles", "vault"]
