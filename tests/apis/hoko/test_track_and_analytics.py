"""Conversions, customers and analytics over the wire, from stored clicks."""

import asyncio
import csv
import io
from typing import Any

import httpx
import pytest

from hyway.apis.hoko import analytics
from hyway.domain import attribution, links
from hyway.domain.attribution import Capture, Recorder
from hyway.domain.netinfo import Places
from hyway.kernel import clock, ids
from tests.apis.hoko.conftest import World

CLICK_KEYS = [
    "id",
    "linkId",
    "partnerId",
    "visitorId",
    "visitorSessionId",
    "referrer",
    "destination",
    "shortId",
    "utm",
    "externalId",
    "tenantId",
    "browserName",
    "browserVersion",
    "osName",
    "osVersion",
    "deviceType",
    "country",
    "countryCode",
    "city",
    "createdAt",
    "trigger",
    "bot",
    "unique",
    "language",
]
LINK_KEYS = [
    "id",
    "url",
    "shortUrl",
    "qrCode",
    "title",
    "description",
    "image",
    "utm",
    "collectionId",
    "partnerId",
    "tenantId",
    "externalId",
    "createdAt",
]
AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/120.0.0.0 Safari/537.36"
)
WHO = {"customerExternalId": "customer_123", "customerName": "Jo"}


async def link_of(client: httpx.AsyncClient, **more: Any) -> dict[str, Any]:
    (shelf,) = (await client.post("/api/collections", json=[{"name": "Links"}])).json()
    new = {"url": "https://example.com", "collectionId": shelf["id"], **more}
    return (await client.post("/api/links", json=[new])).json()[0]


def capture(world: World, short_id: str, **more: Any) -> Capture:
    target = world.db.read_now(links.target, short_id)
    assert target is not None
    made: dict[str, Any] = {
        "id": ids.uuid7(), "at": clock.now(), "organization": target.organization, "link_seq": target.seq,
        "link_id": target.id, "short_id": target.short_id,
        "partner_id": target.partner_id, "external_id": target.external_id, "tenant_id": target.tenant_id,
        "trigger": "link", "user_agent": AGENT, "ip": "192.0.2.1", "visitor_id": ids.uuid7(),
        "session_id": ids.uuid7(), "referrer": None, "destination": target.url, "utm": target.utm,
        "language": "en", "marked_bot": False,
    }  # fmt: skip
    return Capture(**{**made, **more})


async def click_on(world: World, link: dict[str, Any], **more: Any) -> str:
    short_id = link["shortUrl"].rpartition("/")[2]
    made = capture(world, short_id, **more)
    await record(world, made)
    return made.id


async def record(world: World, *captures: Capture) -> None:
    places = Places.bundled()
    await world.db.write(Recorder(places).record, captures)
    places.close()


async def test_a_click_becomes_a_lead_and_a_sale(world: World) -> None:
    async with world.client() as client:
        link = await link_of(client, externalId="e1", utm={"source": "s"})
        click = await click_on(world, link)
        meta = {"source": "website", "n": [10**30, -1.5, {"x": None}]}
        lead = await client.post(
            "/api/track/lead",
            json={
                "clickId": click,
                "eventName": "Sign up",
                **WHO,
                "customerEmail": "Jo@Example.com",
                "metadata": meta,
            },
        )
        sale = await client.post("/api/track/sale", json={**WHO, "amount": 12900, "currency": "EUR"})
        customers = await client.get("/api/customers?externalId=customer_123")
        clicks = await client.get("/api/analytics", params={"linkId": link["id"]})
    assert lead.status_code == 201, lead.text
    assert list(lead.json()) == ["click", "link", "lead", "customer"]
    assert list(lead.json()["link"]) == LINK_KEYS
    assert list(lead.json()["customer"]) == ["id", "name", "email", "phone", "avatar", "externalId"]
    assert lead.json()["click"] == {"id": click}
    assert lead.json()["lead"] == {"eventName": "Sign up", "metadata": meta}
    assert sale.status_code == 201, sale.text
    assert list(sale.json()) == ["click", "link", "customer", "sale"]
    assert sale.json()["sale"] == {
        "amount": 12900,
        "currency": "eur",
        "eventName": "Purchase",
        "metadata": None,
    }
    assert sale.json()["customer"]["email"] == "jo@example.com"
    assert [each["externalId"] for each in customers.json()] == ["customer_123"]
    assert list(customers.json()[0]) == [
        "id",
        "externalId",
        "name",
        "email",
        "phone",
        "avatar",
        "createdAt",
        "updatedAt",
    ]
    (found,) = clicks.json()
    assert list(found) == CLICK_KEYS
    assert (found["id"], found["browserName"], found["unique"], found["bot"]) == (
        click,
        "Chrome",
        True,
        False,
    )


@pytest.mark.parametrize(
    ("field", "shown", "value"),
    [
        ("customerEmail", "email", "a@b.example"),
        ("customerPhone", "phone", "+4930123456"),
        ("customerAvatar", "avatar", "https://example.com/a.png"),
    ],
)
async def test_null_clears_and_absence_keeps(world: World, field: str, shown: str, value: str) -> None:
    async with world.client() as client:
        click = await click_on(world, await link_of(client))
        sent = {"clickId": click, "eventName": "E", **WHO}
        sent.pop(field, None)
        seen = []
        for more in ({field: value}, {}, {field: None}):
            answer = await client.post("/api/track/lead", json={**sent, **more})
            seen.append(answer.json()["customer"][shown])
    assert seen == [value, value, None]


BAD_LEADS = [
    ({"clickId": "nope"}, "Click ID nope not found or does not belong to your workspace"),
    ({"clickId": ""}, "clickId is empty"),
    ({"clickId": None}, "clickId must be text"),
    ({"eventName": ""}, "eventName must not be empty"),
    ({"eventName": "x" * 256}, "eventName must be at most 255 characters"),
    ({"eventName": "a\0"}, "eventName must not contain control characters"),
    ({"customerExternalId": "x" * 101}, "customerExternalId must be at most 100 characters"),
    ({"customerName": "x" * 101}, "customerName must be at most 100 characters"),
    ({"customerEmail": "nobody"}, "customerEmail must be an e-mail address"),
    ({"customerEmail": ""}, "customerEmail must be an e-mail address"),
    ({"customerAvatar": "javascript:1"}, "customerAvatar must be an http or https URL"),
    ({"customerPhone": "1" * 51}, "customerPhone must be at most 50 characters"),
    ({"metadata": []}, "metadata must be an object"),
    ({"metadata": {"a": "x" * 10_000}}, "metadata must be at most 10000 characters as JSON"),
]


@pytest.mark.parametrize(("wrong", "en"), BAD_LEADS, ids=[en[:50] for _, en in BAD_LEADS])
async def test_a_bad_lead_is_refused_whole(world: World, wrong, en) -> None:
    async with world.client() as client:
        answer = await client.post("/api/track/lead", json={"clickId": "x", "eventName": "E", **WHO, **wrong})
        assert answer.status_code == 400
        assert answer.json()["error"]["en"].startswith(en)
        assert (await client.get("/api/customers")).json() == []


BAD_SALES = [
    ({}, "The sale cannot be attributed"),
    ({"amount": -100}, "amount must be at least 0"),
    ({"amount": 2**53}, "amount must be at most 9007199254740991"),
    ({"amount": 1.0}, "amount must be a whole number"),
    ({"amount": "1"}, "amount must be a whole number"),
    ({"amount": True}, "amount must be a whole number"),
    ({"currency": "xxq"}, "currency must be a currency code"),
    ({"currency": ""}, "currency must be a currency code"),
    ({"leadEventName": ""}, "leadEventName must not be empty"),
]


@pytest.mark.parametrize(("wrong", "en"), BAD_SALES, ids=[str(wrong) for wrong, _ in BAD_SALES])
async def test_a_bad_sale_is_refused_whole(world: World, wrong, en) -> None:
    async with world.client() as client:
        answer = await client.post("/api/track/sale", json={"amount": 1, **WHO, **wrong})
        assert answer.status_code == 400
        assert answer.json()["error"]["en"].startswith(en)
        assert (await client.get("/api/customers")).json() == []


async def test_a_retry_is_answered_as_before_and_counted_once(world: World) -> None:
    async with world.client() as client:
        link = await link_of(client)
        click = await click_on(world, link)
        sent = {"clickId": click, "amount": 5, **WHO, "metadata": {"a": 1, "b": 2}}
        key = {"Idempotency-Key": "k-1"}
        answers = await asyncio.gather(
            *(client.post("/api/track/sale", json=sent, headers=key) for _ in range(4))
        )
        reordered = {**dict(reversed(sent.items())), "metadata": {"b": 2, "a": 1}}
        answers.append(await client.post("/api/track/sale", json=reordered, headers=key))
        other = await client.post("/api/track/sale", json={**sent, "amount": 6}, headers=key)
        bad = await client.post("/api/track/sale", json=sent, headers={"Idempotency-Key": "a b"})
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sorted(answer.headers.get("idempotent-replayed", "") for answer in answers) == ["", *["true"] * 4]
    assert other.status_code == 400
    assert other.json()["error"]["en"] == "Idempotency-Key was used for another request"
    assert bad.json()["error"]["en"].startswith("Idempotency-Key must be")
    assert len(world.db.read_now(attribution.recent_conversions, world.by)) == 1


async def test_a_failed_request_burns_no_key(world: World) -> None:
    async with world.client() as client:
        link = await link_of(client)
        key = {"Idempotency-Key": "k"}
        early = await client.post("/api/track/sale", json={"amount": 5, **WHO}, headers=key)
        click = await click_on(world, link)
        late = await client.post("/api/track/sale", json={"amount": 5, "clickId": click, **WHO}, headers=key)
    assert (early.status_code, late.status_code) == (400, 201)


@pytest.mark.parametrize(
    "query",
    ["startDate=invalid-date", "endDate=2024-01-01", "linkId=x", "includeBots=yes", "unique=", "take=0"],
)
async def test_a_bad_analytics_query_is_400(world: World, query: str) -> None:
    async with world.client() as client:
        answer = await client.get(f"/api/analytics?{query}")
    assert answer.status_code == 400
    assert answer.json()["error"]["en"].startswith(query.split("=")[0])


async def test_dates_are_included_and_plus_may_be_unescaped(world: World) -> None:
    async with world.client() as client:
        await click_on(world, await link_of(client), at=clock.parse("", "2024-01-01T12:00:00Z"))
        for query, count in (
            ("startDate=2024-01-01T12:00:00Z&endDate=2024-01-01T12:00:00Z", 1),
            ("startDate=2024-01-01T14:00:00+02:00", 1),
            ("startDate=2024-01-01T12:00:01Z", 0),
            ("endDate=2024-01-01T11:59:59Z", 0),
        ):
            assert len((await client.get(f"/api/analytics?{query}")).json()) == count, query


@pytest.mark.parametrize(
    "query",
    ["timezone=Mars/Base", "timezone=../etc/passwd", "timezone=Europe", "interval=year", "top=0", "top=101",
     "startDate=1970-01-01T00:00:00Z&interval=hour", "startDate=0001-01-01T00:00:00Z",
     "startDate=9999-12-31T23:00:00Z&endDate=9999-12-31T23:30:00Z",
     "startDate=2024-01-02T00:00:00Z&endDate=2024-01-01T00:00:00Z"],
)  # fmt: skip
async def test_a_bad_summary_query_is_400(world: World, query: str) -> None:
    async with world.client() as client:
        answer = await client.get(f"/api/analytics/summary?{query}")
    assert answer.status_code == 400, answer.text


async def test_the_summary_counts(world: World) -> None:
    async with world.client() as client:
        link = await link_of(client, utm={"source": "news"})
        click = await click_on(world, link)
        await click_on(world, link, trigger="qr")
        await client.post("/api/track/sale", json={"clickId": click, "amount": 500, **WHO})
        answer = await client.get(
            "/api/analytics/summary", params={"linkId": link["id"], "timezone": "Asia/Riyadh"}
        )
        far = await client.get(
            "/api/analytics/summary?endDate=9998-12-31T23:59:59Z&timezone=Pacific/Kiritimati"
        )
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert {name: said["totals"][name] for name in ("clicks", "scans", "sales", "revenue")} == {
        "clicks": 2, "scans": 1, "sales": 1, "revenue": {"usd": 500}
    }  # fmt: skip
    assert sum(step["clicks"] for step in said["series"]) == 2
    assert [(row["value"], row["clicks"]) for row in said["links"]] == [(link["id"], 2)]
    assert said["utmSources"][0]["value"] == "news"
    assert far.status_code == 200


async def test_the_export_has_every_click_once_and_no_formula(world: World, monkeypatch) -> None:
    monkeypatch.setattr(analytics, "_PIECE", 7)
    async with world.client() as client:
        link = await link_of(client)
        short_id, at = link["shortUrl"].rpartition("/")[2], clock.now() - clock.HOUR
        # Moments that many clicks share, more than fit in one piece.
        moments = [at] * 20 + [at + 1] * 5 + [at + 2 + i for i in range(12)]
        made = [capture(world, short_id, at=each, referrer='=HYPERLINK("x")') for each in moments]
        await record(world, *made)
        answer = await client.get("/api/analytics/export")
        empty = await client.get(f"/api/analytics/export?linkId={ids.uuid7()}")
        bad = await client.get("/api/analytics/export?linkId=x")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert sorted(row["id"] for row in rows) == sorted(each.id for each in made)
    assert [row["createdAt"] for row in rows] == sorted(row["createdAt"] for row in rows)
    assert {row["referrer"] for row in rows} == {'\'=HYPERLINK("x")'}
    assert empty.text.count("\n") == 1
    assert bad.status_code == 400
