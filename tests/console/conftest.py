"""A console over a fresh database with two organizations, and browsers that are signed in."""

import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher

from hyway import console
from hyway.domain import attribution, audit, billing, identity, links, netinfo, notices, webhooks
from hyway.kernel import clock, ids, seal
from hyway.kernel.db import Database
from hyway.kernel.seal import Seal

PASSWORD = "correct horse battery"
PUBLIC = "http://go.example"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.5 Mobile/15E148 Safari/604.1"
)


@dataclass
class Browser:
    """A person's browser: keeps cookies, and sends the token of the last page with each form."""

    http: httpx.AsyncClient
    csrf: str = ""

    async def see(self, path: str, **more: Any) -> httpx.Response:
        answer = await self.http.get(path, **more)
        if found := re.search(r'name="csrf" value="([0-9a-f]{40})"', answer.text):
            self.csrf = found[1]
        return answer

    async def send(
        self, path: str, *, csrf: str | None = None, headers: Any = None, **fields: Any
    ) -> httpx.Response:
        data = {"csrf": self.csrf if csrf is None else csrf, **fields}
        return await self.http.post(path, data=data, headers=headers)

    async def sign_in(self, email: str, password: str = PASSWORD) -> httpx.Response:
        await self.see("/console/sign-in")
        answer = await self.send("/console/sign-in", email=email, password=password)
        if answer.status_code == 303:
            await self.see("/console")
        return answer


@dataclass
class World:
    db: Database
    by: identity.Caller
    stranger: identity.Caller
    browser: Callable[[], Browser]
    app: Any

    def link(self, by: identity.Caller | None = None, **wish: Any) -> links.Link:
        by = by or self.by
        shelf = self.db.write_now(links.put_on_shelf, by, links.COLLECTIONS, [{"name": "Launch"}])
        change = links.LinkChange(**{"url": "https://example.com/page", "collection_id": shelf[0].id, **wish})
        return self.db.write_now(links.put, by, [change])[0]

    def click(self, link: links.Link, ip: str = "81.169.181.179") -> str:
        """A person's click; returns its id."""
        visitor = ids.uuid7()
        capture = attribution.Capture(
            id=ids.uuid7(),
            at=clock.now(),
            organization=self.by.organization,
            link_seq=link.seq,
            link_id=link.id,
            short_id=link.short_id,
            partner_id=link.partner_id,
            external_id=None,
            tenant_id=None,
            trigger="link",
            user_agent=SAFARI,
            ip=ip,
            visitor_id=visitor,
            session_id=visitor,
            referrer="https://news.example/today",
            destination=link.url,
            utm=link.utm,
            language="en",
            marked_bot=False,
        )
        self.db.write_now(attribution.Recorder(netinfo.Places.bundled()).record, [capture])
        return capture.id

    def sale(self, click: str, name: str = "Elif Demir") -> attribution.Conversion:
        """A lead and a sale of 24 euro by the same customer."""
        who = attribution.CustomerWish(external_id="user-1", name=name)
        self.db.write_now(attribution.track_lead, self.by, attribution.NewLead(click, "Sign up", who))
        return self.db.write_now(
            attribution.track_sale, self.by, attribution.NewSale(who, 2400, "eur", click_id=click)
        )


def _person(
    db: Database, by: identity.Caller, email: str, role: identity.Role, **more: Any
) -> identity.Person:
    made = db.write_now(identity.add_person, email, email.split("@")[0].title(), PASSWORD, **more)
    db.write_now(identity.join, by, made, role)
    return made


@pytest.fixture(autouse=True)
def _quick_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests sign in hundreds of times; how strong the hashes are is not their subject."""
    monkeypatch.setattr(seal, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    db = Database(database_url, Seal(b"k" * 32), hosts=frozenset({"go.example"}), threads=2)
    db.hearers += [audit.record, billing.accounts.hear, billing.meters.hear, webhooks.hear, notices.hear]
    ours = identity.command_line(db.write_now(identity.found_organization, "Northwind"))
    theirs = identity.command_line(db.write_now(identity.found_organization, "Harbour"))
    _person(db, ours, "owner@north.example", "owner")
    _person(db, ours, "member@north.example", "member")
    _person(db, ours, "fresh@north.example", "member", must_change=True)
    _person(db, theirs, "owner@harbour.example", "owner")
    app: Any = console.app(db, public_url=PUBLIC)
    clients: list[httpx.AsyncClient] = []

    def browser() -> Browser:
        http = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=PUBLIC)
        clients.append(http)
        return Browser(http)

    yield World(db, ours, theirs, browser, app)
    for client in clients:
        await client.aclose()
    db.close()


@pytest.fixture
async def owner(world: World) -> Browser:
    browser = world.browser()
    await browser.sign_in("owner@north.example")
    return browser


@pytest.fixture
async def member(world: World) -> Browser:
    browser = world.browser()
    await browser.sign_in("member@north.example")
    return browser
