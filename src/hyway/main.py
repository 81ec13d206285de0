"""The composition root: settings in, running server out; the one file that knows every part."""

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, cast

from hyway import branches, observe, papers, worker
from hyway.crew import Crew, Storage
from hyway.domain import (
    audit,
    billing,
    connections,
    creators,
    links,
    netinfo,
    notices,
    oidc,
    toggles,
    tracking,
    webhooks,
)
from hyway.domain.attribution import Recorder
from hyway.doors import App, Doors
from hyway.front import Front
from hyway.kernel import limits, migrate
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
    from hyway.edge.maps import Assets
    from hyway.edge.redirect import Lane


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

    db, places, public = open_database(settings), open_places(settings), settings.public_url
    trusted = settings.trusted_proxies
    kit = _kit(settings, db)
    api, tracks = hoko.app(kit), _tracks(kit, settings)
    lane = Lane(db, Recorder(places), public_url=public, trusted_proxies=trusted)
    ingest = Ingest(db, tracks.family.callers, tracks.family.style, trusted_proxies=trusted)
    hub, crew, assets = Hub(db), Crew(db, settings), Assets()
    tools = hypemarket.Tools(worker.open_blobs(settings), worker.way_out(settings), settings.services)
    vendors = connections.registry.load(settings.vendors, anywhere=settings.private_webhooks)
    pages = _console(settings, db, hub, assets, tools, vendors)
    market = hypemarket.app(dataclasses.replace(kit, tools=tools), pages)
    platform = hyphen.app(kit, places, tools.outgoing, settings.services, vendors)
    evaluate = _evaluate(db, platform, trusted)
    return Front(
        Doors(
            redirect=lane,
            branches=(
                *branches.general(db, api, tracks, pages, ingest, assets),
                *branches.market(db, market, tools.blobs, platform),
                *branches.provider(settings, db, pages),
                *branches.machines(settings, db),
                *branches.live(settings, db, hub, tracks.family.callers.find),
                *branches.toggles(evaluate),
            ),
            papers=papers.told(public),
            ready=crew.ready,
            parts=(Storage(db, places), api, tracks, market, platform, lane, evaluate, ingest, hub, crew),
            domains=Domains(db, lane),
            vault=branches.vault(platform),
            hosts=settings.hosts,
            private=trusted,
            meters=_meters(lane, ingest, evaluate, hub),
            hush=lambda: _hush(hub, evaluate),
        )
    )


def _hush(hub: "Hub", evaluate: "Evaluate") -> None:
    hub.let_all_go()
    evaluate.hush()


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
        tiles=branches.tiles(settings),
        streams=Follow(hub),
        blobs=tools.blobs,
        outgoing=tools.outgoing,
        services=settings.services,
        vendors=vendors,
    )
    return cast(App, made)


def _evaluate(db: Database, platform: "Door", trusted: tuple[str, ...]) -> "Evaluate":
    """The lane of toggles, which knows callers and speaks as the platform's own API does."""
    from hyway.edge.evaluate import Evaluate

    family = platform.family
    return Evaluate(db, family.callers, family.style, trusted_proxies=trusted)


__all__ = [
    "build",
    "geo_file",
    "open_database",
    "open_places",
    "prepare",
]
