"""Statistics of short codes: clicks of people, once, whichever API is asked."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from hyway.apis import hoko
from hyway.domain import attribution, identity, links
from hyway.domain.attribution import Recorder
from hyway.domain.identity import NewKey
from hyway.domain.links import NewShortCode, ShortCode
from hyway.edge.redirect import Lane
from hyway.kernel import clock, ids
from hyway.kernel.clock import DAY, HOUR, SECOND
from hyway.kernel.limits import LocalWindow
from tests.apis.hyphen.conftest import PUBLIC, Acme, places, refused
from tests.make.world import ANDROID, DESKTOP, IPHONE, VISITOR_IP, visitor

NOBODYS = {"total": 0, "unique": 0, "byDay": []}


def make(acme: Acme, **more: Any) -> ShortCode:
    new = NewShortCode("https://hyphen.ai/", "go.example", **more)
    return acme.db.write_now(links.short_codes.create, acme.by, new)


def click(acme: Acme, of: ShortCode, who: str, **more: Any) -> None:
    """A visitor's click, as the redirect hands it over."""
    link = of.link
    made = attribution.Capture(
        id=ids.uuid7(), at=clock.now(), organization=acme.by.organization, link_seq=link.seq, link_id=link.id,
        short_id=link.short_id, partner_id=None, external_id=None, tenant_id=None, trigger="link",
        user_agent=DESKTOP, ip=VISITOR_IP, visitor_id=who, session_id=who, referrer=None, destination=link.url,
        utm=None, language="en-GB", marked_bot=False,
    )  # fmt: skip
    acme.db.write_now(Recorder(places()).record, [made._replace(**more)])


async def stats(acme: Acme, of: ShortCode, query: str = "") -> dict[str, Any]:
    async with acme.client() as client:
        answer = await client.get(f"{acme.base}/link/codes/{of.id}/stats?{query}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@asynccontextmanager
async def redirecting(acme: Acme) -> AsyncIterator[Lane]:
    lane = Lane(acme.db, Recorder(places()), public_url=PUBLIC)
    await lane.start()
    try:
        yield lane
    finally:
        await lane.stop()


async def test_all_five_are_there_without_a_click(acme: Acme) -> None:
    assert await stats(acme, make(acme)) == {
        "clicks": NOBODYS, "referrals": [], "browsers": [], "devices": [], "locations": [],
    }  # fmt: skip


async def test_what_was_clicked_is_counted(acme: Acme, monkeypatch: pytest.MonkeyPatch) -> None:
    day = clock.now() // DAY * DAY
    monkeypatch.setattr(clock, "now", lambda: day + HOUR)
    of, other = make(acme), make(acme)
    click(acme, of, "a" * 24, referrer="https://x.example/page?q=1")
    click(acme, of, "a" * 24, referrer="https://x.example/other", at=clock.now() + SECOND)
    click(acme, of, "b" * 24, user_agent=IPHONE)
    click(acme, of, "robot" * 5, user_agent="Googlebot/2.1", marked_bot=True)
    click(acme, other, "c" * 24, user_agent=ANDROID)
    monkeypatch.setattr(clock, "now", lambda: day + DAY + HOUR)
    click(acme, of, "a" * 24)
    found = await stats(acme, of)
    first, second = (f"{clock.text(at)[:10]}T00:00:00.000Z" for at in (day, day + DAY))
    assert found == {
        "clicks": {
            "total": 4,
            "unique": 3,
            "byDay": [
                {"date": first, "total": 3, "unique": 2},
                {"date": second, "total": 1, "unique": 1},
            ],
        },
        "referrals": [{"url": "https://x.example", "total": 2}],
        "browsers": [{"name": "Chrome", "total": 3}, {"name": "Mobile Safari", "total": 1}],
        "devices": [{"name": "desktop", "total": 3}, {"name": "mobile", "total": 1}],
        "locations": [{"country": "GB", "total": 4, "unique": 3}],
    }


async def test_a_span_is_asked_for(acme: Acme, monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now()
    day = now // DAY * DAY
    monkeypatch.setattr(clock, "now", lambda: day - 10 * DAY + HOUR)
    of = make(acme)
    for ago in (10, 5, 1):
        click(acme, of, "a" * 24, at=day - ago * DAY + 2 * HOUR)
    monkeypatch.setattr(clock, "now", lambda: now)

    def at(ago: int) -> str:
        return clock.text(day - ago * DAY)[:10]

    for query, total in (
        ("", 3),
        ("startDate=1970-01-01T00:00:00Z", 3),
        ("endDate=2999-01-01T00:00:00Z", 3),
        (f"startDate={at(6)}T00:00:00.000Z", 2),
        (f"startDate={at(6)}T00:00:00Z&endDate={at(4)}T00:00:00Z", 1),
        (f"startDate={at(6)}T02:00:00%2B02:00&endDate={at(4)}T00:00:00%2B00:00", 1),
        (f"endDate={at(6)}T00:00:00Z", 1),
        (f"endDate={at(20)}T00:00:00Z", 0),
        (f"startDate={at(-3)}T00:00:00Z", 0),
        ("endDate=1960-01-01T00:00:00Z", 0),
        ("startDate=0001-01-01T00:00:00Z&endDate=0001-01-02T00:00:00Z", 0),
    ):
        assert (await stats(acme, of, query))["clicks"]["total"] == total, query


async def test_bad_spans_are_refused(acme: Acme) -> None:
    of = make(acme)
    url = f"{acme.base}/link/codes/{of.id}/stats"
    async with acme.client() as client:
        for query, said in (
            ("startDate=yesterday", 'querystring/startDate must match format "date-time"'),
            (
                "startDate=2026-02-01T00:00:00Z&endDate=2026-01-01T00:00:00Z",
                "querystring/startDate must be <= endDate",
            ),
        ):
            refused(await client.get(f"{url}?{query}"), 400, said)
        refused(await client.get(f"{acme.base}/link/codes/code_{'0' * 24}/stats"), 404)


def of_links(acme: Acme) -> httpx.AsyncClient:
    """The other API on the same organization."""
    new = NewKey("hoko", "Theirs", identity.HOKO_SCOPES)
    key = acme.db.write_now(identity.issue_key, acme.by, new).secret
    app = hoko.app(hoko.Kit(acme.db, PUBLIC, body_limit=1_000_000, trusted_proxies=(), window=LocalWindow()))
    headers = {"authorization": f"Bearer {key}"}
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=PUBLIC, headers=headers)


async def test_a_click_on_a_link_of_this_api_is_one_in_both(acme: Acme) -> None:
    of = make(acme, code="shared")
    async with redirecting(acme) as lane, visitor(lane) as browser:
        answer = await browser.get("/shared")
        assert answer.status_code == 302
        assert answer.headers["location"].startswith("https://hyphen.ai/?hoko_id=")
        assert (await browser.head("/shared")).status_code == 302
    async with of_links(acme) as theirs:
        (told,) = (await theirs.get("/api/analytics")).json()
        assert (told["linkId"], told["shortId"], told["trigger"]) == (of.link.id, "shared", "link")
    assert (await stats(acme, of))["clicks"]["total"] == 1


async def test_a_click_on_a_link_of_the_other_api_is_one_in_both(acme: Acme) -> None:
    async with of_links(acme) as theirs:
        (shelf,) = (await theirs.post("/api/collections", json=[{"name": "Theirs"}])).json()
        wish = {"url": "https://hyphen.ai/", "collectionId": shelf["id"], "shortId": "theirs"}
        (made,) = (await theirs.post("/api/links", json=[wish])).json()
        of = acme.db.read_now(links.short_codes.find, acme.by, "theirs")
        assert of.link.id == made["id"]
        async with redirecting(acme) as lane, visitor(lane) as browser:
            assert (await browser.get("/theirs")).status_code == 302
        assert len((await theirs.get("/api/analytics")).json()) == 1
    assert (await stats(acme, of))["clicks"]["total"] == 1


async def test_a_scan_of_a_kept_code_is_one(acme: Acme) -> None:
    of = make(acme, code="poster")
    async with acme.client() as client:
        made = (await client.post(f"{acme.base}/link/codes/{of.id}/qrs")).json()
    async with redirecting(acme) as lane, visitor(lane) as browser:
        answer = await browser.get(made["qrLink"])
        assert answer.status_code == 302
        assert "qr=" not in answer.headers["location"]
    (stored,) = acme.db.read_now(attribution.clicks, acme.by, attribution.ClickQuery())
    assert (stored.link_id, stored.trigger) == (of.link.id, "qr")
    assert (await stats(acme, of))["clicks"]["total"] == 1
