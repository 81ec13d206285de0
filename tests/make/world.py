"""A small world to test in: a database, an organization that asks, what it keeps, and visitors who click."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx

from hyway.domain import attribution, audit, identity, links, netinfo
from hyway.edge.redirect import Lane
from hyway.kernel import clock, ids
from hyway.kernel.db import Database
from hyway.kernel.seal import Seal

KEY = b"k" * 32
HOST = "go.example"
PUBLIC = f"https://{HOST}"
VISITOR_IP = "81.2.69.142"  # in London, says the bundled database
DESKTOP = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/120.0.0.0 Safari/537.36"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/17.0 Mobile/15E148 Safari/604.1"
)
ANDROID = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/120.0.0.0 Mobile Safari/537.36"
)


@cache
def places() -> netinfo.Places:
    return netinfo.Places.bundled()


def open_database(url: str, *, key: bytes = KEY) -> Database:
    """The database at `url`, which keeps its event log; another call is another process, as it were."""
    db = Database(url, Seal(key), hosts=frozenset({HOST}))
    db.hearers.append(audit.record)
    return db


@dataclass(frozen=True)
class World:
    """One organization on a database; `by` is its owner's command line."""

    db: Database
    by: identity.Caller
    collection: links.Collection

    def link(self, **wish: Any) -> links.Link:
        """One new link; its URL and collection are filled in."""
        return self.put(self.wish(**wish))[0]

    def wish(self, **wish: Any) -> links.LinkChange:
        return links.LinkChange(
            **{"url": "https://example.com/", "collection_id": self.collection.id, **wish}
        )

    def put(self, *wishes: links.LinkChange) -> list[links.Link]:
        return self.db.write_now(links.put, self.by, wishes)

    def change(self, link: links.Link, **wish: Any) -> links.Link:
        return self.put(links.LinkChange(id=link.id, **wish))[0]

    def click(self, link: links.Link, **more: Any) -> attribution.Click:
        """A visitor's click on the link, stored."""
        made = capture(self, link, **more)
        self.db.write_now(recorder().record, [made])
        found = self.clicks(take=10_000, include_bots=True)
        return next(click for click in found if click.id == made.id)

    def clicks(self, **query: Any) -> list[attribution.Click]:
        return self.db.read_now(attribution.clicks, self.by, attribution.ClickQuery(**query))

    def stranger(self, name: str = "Strangers", plan: str = identity.DEFAULT_PLAN) -> "World":
        """Another organization on the same database."""
        return found_world(self.db, name, plan)


def found_world(db: Database, name: str = "Ours", plan: str = identity.DEFAULT_PLAN) -> World:
    by = identity.command_line(db.write_now(identity.found_organization, name, plan))
    collection = db.write_now(links.put_on_shelf, by, links.COLLECTIONS, [{"name": "Links"}])[0]
    return World(db, by, collection)


@contextmanager
def world_at(url: str) -> Iterator[World]:
    db = open_database(url)
    try:
        yield found_world(db)
    finally:
        db.close()


def recorder() -> attribution.Recorder:
    return attribution.Recorder(places())


def capture(world: World, link: links.Link, **more: Any) -> attribution.Capture:
    """A request as the lane hands it over."""
    made = attribution.Capture(
        id=ids.uuid7(),
        at=clock.now(),
        organization=world.by.organization,
        link_seq=link.seq,
        link_id=link.id,
        short_id=link.short_id,
        partner_id=link.partner_id,
        external_id=link.external_id,
        tenant_id=link.tenant_id,
        trigger="link",
        user_agent=DESKTOP,
        ip=VISITOR_IP,
        visitor_id=ids.uuid7(),
        session_id=ids.uuid7(),
        referrer=None,
        destination=link.url,
        utm=None,
        language="en-GB",
        marked_bot=False,
    )
    return made._replace(**more)


def make_lane(world: World, public_url: str = PUBLIC, trusted_proxies: tuple[str, ...] = ()) -> Lane:
    """The redirect lane; it must be started and stopped on the event loop."""
    return Lane(world.db, recorder(), public_url=public_url, trusted_proxies=trusted_proxies)


def visitor(
    lane: Any, agent: str = DESKTOP, ip: str = VISITOR_IP, base_url: str = PUBLIC, **headers: str
) -> httpx.AsyncClient:
    """A browser with its own cookies in front of the lane, or of any other ASGI app."""
    transport = httpx.ASGITransport(app=lane, client=(ip, 50_000))
    return httpx.AsyncClient(transport=transport, base_url=base_url, headers={"user-agent": agent, **headers})
