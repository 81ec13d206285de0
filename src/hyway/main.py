"""The composition root: settings in, running server out; the one file that knows every part."""

import asyncio
import dataclasses
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, cast

from hyway import observe, worker
from hyway.domain import (
    audit,
    billing,
    connections,
    creators,
    identity,
    links,
    netinfo,
    notices,
    oidc,
    packages,
    toggles,
    tracking,
    webhooks,
)
from hyway.domain.attribution import Recorder
from hyway.doors import App, Branch, Doors, Paper
from hyway.front import Front
from hyway.kernel import limits, migrate, outbox
from hyway.kernel.blobs import Blobs
from hyway.kernel.db import Database
from hyway.kernel.seal import Seal
from hyway.settings import Settings

if TYPE_CHECKING:
    from hyway.apis.hypemarket import Tools
    from hyway.apis.hypertrack.door import Door as TracksDoor
    from hyway.apis.hyphen.door import Door
    from hyway.apis.kit.doorman import Kit
    from hyway.edge.evaluate import Evaluate
    from hyway.edge.hub import Hub
    from hyway.edge.ingest import Ingest
    from hyway.edge.maps import Assets, Tiles
    from hyway.edge.redirect import Lane

log = logging.getLogger(__name__)

READY_SECONDS = 5.0


def prepare(settings: Settings) -> None:
    """The data folder, for its owner alone, with the key file and a database at the newest revision."""
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    Seal.from_file(settings.key_file)
    migrate.upgrade(settings.database_url)


def open_database(settings: Settings, threads: int = 4) -> Database:
    """The database with all who hear of its facts; it must have been prepared."""
    seal = Seal.from_file(settings.key_file)
    db = Database(
        settings.database_url,
        seal,
        hosts=settings.hosts,
        home=settings.public_url,
        services=frozenset(settings.services),
        terms=settings.terms,
        threads=threads,
    )
    db.hearers += [
        audit.record,
        billing.accounts.hear,
        billing.meters.hear,
        oidc.hearing.hear,
        toggles.hearing.hear,
        toggles.homes.hear,
        links.domains.hear,
        webhooks.hear,
        notices.hear,
        creators.hearing.hear,
        creators.collabs.hear,
        connections.hearing.hear,
        connections.zones.hear,
    ]
    return db


def geo_file(settings: Settings) -> Path | None:
    """The place database in use: the environment's, else the chosen one; None for the bundled one."""
    chosen = settings.data / "geo.mmdb"
    return settings.geo_file or (chosen if chosen.exists() else None)


def open_places(settings: Settings) -> netinfo.Places:
    path = geo_file(settings)
    return netinfo.Places.open(path) if path else netinfo.Places.bundled()


def build(settings: Settings) -> Front:
    """The whole server as one ASGI application; nothing runs before its lifespan begins."""
    # Here, because commands that serve nothing should start without the web framework.
    from hyway.apis import hoko, hypemarket, hyphen
    from hyway.edge.domains import Domains
    from hyway.edge.hub import Hub
    from hyway.edge.ingest import Ingest
    from hyway.edge.maps import Assets
    from hyway.edge.redirect import Lane

    db, places = open_database(settings), open_places(settings)
    public, trusted = settings.public_url, settings.trusted_proxies
    kit = _kit(settings, db)
    api, tracks = hoko.app(kit), _tracks(kit, settings)
    lane = Lane(db, Recorder(places), public_url=public, trusted_proxies=trusted)
    ingest = Ingest(db, tracks.family.callers, tracks.family.style, trusted_proxies=trusted)
    hub, crew = Hub(db), Crew(db, settings)
    assets, blobs = Assets(), worker.open_blobs(settings)
    tools = hypemarket.Tools(blobs, worker.way_out(settings), settings.services)
    vendors = connections.registry.load(settings.vendors)
    pages = _console(settings, db, hub, assets, tools, vendors)
    market = hypemarket.app(dataclasses.replace(kit, tools=tools), pages)
    platform = hyphen.app(kit, places, tools.outgoing, settings.services, vendors)
    evaluate = _evaluate(db, platform, trusted)
    return Front(
        Doors(
            redirect=lane,
            branches=(
                *_branches(db, api, tracks, pages, ingest, assets),
                *_market(db, market, blobs, platform),
                *_provider(settings, db, pages),
                *_machines(settings, db),
                *_live(settings, db, hub, tracks.family.callers.find),
                *_toggles(evaluate),
            ),
            papers=_papers(public),
            ready=crew.ready,
            parts=(Storage(db, places), api, tracks, market, platform, lane, evaluate, ingest, hub, crew),
            domains=Domains(db, lane),
            vault=Branch("/", "hyphen", platform, _NO_SUCH),
            hosts=settings.hosts,
            private=trusted,
            meters=_meters(lane, ingest, evaluate, hub),
            hush=_both(hub.let_all_go, evaluate.hush),
        )
    )


def _both(first: Callable[[], None], second: Callable[[], None]) -> Callable[[], None]:
    def both() -> None:
        first()
        second()

    return both


def _tracks(kit: "Kit", settings: Settings) -> "TracksDoor":
    from hyway.apis import hypertrack

    return hypertrack.app(kit, settings.unknown_token, tracking.services.chosen(settings.services))


def _kit(settings: Settings, db: Database) -> "Kit":
    """What every family runs on; limits are counted by one clock where a server for that is named."""
    from hyway.apis.kit.doorman import Kit

    window = limits.SharedWindow(settings.redis_url) if settings.redis_url else limits.LocalWindow()
    return Kit(db, settings.public_url, settings.body_limit, settings.trusted_proxies, window)


def _meters(lane: "Lane", ingest: "Ingest", evaluate: "Evaluate", hub: "Hub") -> observe.Meters:
    made = observe.Meters()
    made.read("hyway_redirect", lane.stats)
    made.read("hyway_ingest", ingest.stats)
    made.read("hyway_toggles", evaluate.stats, ("listeners",))
    made.read("hyway_streams", hub.stats, ("readers", "accounts"))
    return made


def _console(
    settings: Settings,
    db: Database,
    hub: "Hub",
    assets: "Assets",
    tools: "Tools",
    vendors: connections.Registry,
) -> App:
    from hyway.console.app import app
    from hyway.edge.follow import Follow

    made = app(
        db,
        public_url=settings.public_url,
        trusted_proxies=settings.trusted_proxies,
        maps=assets,
        tiles=_tiles(settings),
        streams=Follow(hub),
        blobs=tools.blobs,
        outgoing=tools.outgoing,
        services=settings.services,
        vendors=vendors,
    )
    return cast(App, made)


def _branches(
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
        Branch("/media/", "media", cast(App, Media(db))),
        Branch("/maps/", "maps", cast(App, assets)),
    )


_MARKET = ("organizations", "me", "board")
"""First words of the addresses that speak JSON to programs and HTML to people."""


def _market(db: Database, market: App, blobs: Blobs, platform: App) -> tuple[Branch, ...]:
    """Campaigns, collabs and creators, and the pictures that belong to them; and the platform of developers."""
    from hyway.edge.attachments import Attachments

    return (
        *(
            Branch(f"/{word}{suffix}/", "hypemarket", market)
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


def _provider(settings: Settings, db: Database, pages: App) -> tuple[Branch, ...]:
    """Signing in by OpenID Connect: what people see, and what programs ask."""
    from hyway.edge.provider import PREFIXES, Provider

    provider = Provider(db, settings.public_url, settings.trusted_proxies)
    return (
        Branch("/oauth2/", "console", pages, secret=True),
        *(Branch(prefix, "oidc", cast(App, provider), secret=True) for prefix in PREFIXES),
    )


def _evaluate(db: Database, platform: "Door", trusted: tuple[str, ...]) -> "Evaluate":
    """The lane of toggles, which knows callers and speaks as the platform's own API does."""
    from hyway.edge.evaluate import Evaluate

    family = platform.family
    return Evaluate(db, family.callers, family.style, trusted_proxies=trusted)


def _toggles(evaluate: "Evaluate") -> tuple[Branch, ...]:
    """Toggles as programs ask for them, all of it by the fast lane."""
    unknown = "/toggle/unknown-host"
    return tuple(Branch(f"/{word}/", "toggles", evaluate, unknown, evaluate) for word in ("toggle", "ofrep"))


def _machines(settings: Settings, db: Database) -> tuple[Branch, ...]:
    """What answers that is neither an API nor a page."""
    return (*_hooks(settings, db), _packages(settings, db))


def _hooks(settings: Settings, db: Database) -> tuple[Branch, ...]:
    """Where providers of payments tell what happened, once it is known what they sign with."""
    from hyway.edge.stripe import Stripe

    secret = settings.stripe_webhook_secret
    return (Branch("/hooks/", "stripe", Stripe(db, secret)),) if secret else ()


def _packages(settings: Settings, db: Database) -> Branch:
    """The bytes of what people fetch; which ones, the platform of developers tells."""
    from hyway.edge.packages import Packages

    return Branch(packages.PREFIX, "packages", Packages(db, worker.open_packages(settings)))


def _live(
    settings: Settings, db: Database, hub: "Hub", admit: Callable[[str], Awaitable[identity.Caller | None]]
) -> tuple[Branch, ...]:
    """Streams, and the page behind tracking links."""
    from hyway.edge.streams import Streams
    from hyway.edge.track import Track

    streams = Streams(db, hub, admit)
    track = Track(db, hub, trusted_proxies=settings.trusted_proxies, tiles=_tiles(settings))
    return (
        Branch("/track/", "track", track),
        *(Branch(f"/api/{version}/stream/track/", "track", track) for version in ("v1", "v2")),
        *(Branch(f"/api/{version}/stream/", "streams", streams) for version in ("v1", "v2")),
        *(Branch(f"/api/{version}/ws/", "streams", streams, sockets=True) for version in ("v1", "v2")),
    )


def _tiles(settings: Settings) -> "Tiles | None":
    """What maps are drawn of, where the operator has chosen something."""
    from hyway.edge.maps import Tiles

    return Tiles(settings.tiles, settings.tiles_attribution) if settings.tiles else None


def _papers(public_url: str) -> dict[str, Paper]:
    """The fixed answers: what the APIs say of themselves, and what robots and browsers ask every server for."""
    from hyway.apis import hoko, hypemarket, hypertrack, hyphen

    text, html, json = b"text/plain; charset=utf-8", b"text/html; charset=utf-8", b"application/json"
    families = {"hoko": hoko, "hypemarket": hypemarket, "hyphen": hyphen, "hypertrack": hypertrack}
    told = {name: family.markdown(public_url) for name, family in families.items()}
    robots = b"User-agent: *\nDisallow: /api/\nDisallow: /console\nDisallow: /me\nDisallow: /organizations\n"
    return {
        "/docs": Paper(html, hoko.page()),
        **{f"/openapi/{name}.json": Paper(json, each.openapi(public_url)) for name, each in families.items()},
        **{f"/docs/{name}": Paper(html, each.page()) for name, each in families.items()},
        **{f"/docs/{name}.md": Paper(text, each.encode()) for name, each in told.items()},
        "/llms.txt": Paper(text, "\n".join(each.llms_txt(public_url) for each in families.values()).encode()),
        "/llms-full.txt": Paper(text, "\n".join(told.values()).encode()),
        "/robots.txt": Paper(text, robots),
        "/favicon.ico": Paper(b"image/svg+xml", _ICON),
    }


_ICON = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3"'
    b' fill="#2457d6"/><path d="M4 3v10M12 3v10M4 8h8" stroke="#fff" stroke-width="2" fill="none"/></svg>'
)


class Storage:
    """The database and the place file while the server lives: first to start, last to stop."""

    def __init__(self, db: Database, places: netinfo.Places) -> None:
        self._db, self._places = db, places

    async def start(self) -> None:
        self._db.start()

    async def stop(self) -> None:
        await asyncio.to_thread(self._db.close)
        self._places.close()


class Crew:
    """The background work of this process, and what keeps the server from being ready."""

    def __init__(self, db: Database, settings: Settings) -> None:
        self._db, self._settings = db, settings
        self._worker: worker.Worker | None = None

    async def start(self) -> None:
        self._worker = await asyncio.to_thread(worker.start, self._db, self._settings)

    async def stop(self) -> None:
        if self._worker is not None:
            await asyncio.to_thread(self._worker.stop)

    async def ready(self) -> dict[str, str]:
        """What is wrong, by part."""
        wrong: dict[str, str] = {}
        try:
            async with asyncio.timeout(READY_SECONDS):
                await self._db.read(outbox.waiting, 1)
                found = await asyncio.to_thread(migrate.current, self._settings.database_url)
        except Exception as error:  # whatever it is, the database is not to be had
            log.warning("the database did not answer: %s", error)
            return {"database": "does not answer"}
        if found != migrate.newest():
            wrong["migration"] = "the database is not at the revision of this program: run hyway migrate"
        if self._worker is None or not self._worker.is_alive():
            wrong["worker"] = "the background work has stopped"
        return wrong


__all__ = [
    "build",
    "geo_file",
    "open_database",
    "open_places",
    "prepare",
]
