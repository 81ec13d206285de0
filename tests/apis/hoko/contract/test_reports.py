"""Analytics over the wire: bots, repeats, dates, the summary, the file that a spreadsheet may open."""

import csv
import io
from typing import Any

import pytest

from hyway.kernel import clock, ids
from tests.apis.hoko.contract.contract import API, differs
from tests.apis.hoko.contract.stage import Party
from tests.apis.hoko.test_track_and_analytics import capture, record

NOON = clock.parse("", "2024-03-10T12:00:00Z")
BOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


async def click(ours: Party, at: int = NOON, **more: Any) -> str:
    made = capture(ours.world, ours.short_id, at=at, **more)
    await record(ours.world, made)
    return made.id


async def found(client: Any, query: str) -> list[str]:
    answer = await client.get(f"/api/analytics?{query}")
    assert answer.status_code == 200, answer.text
    assert differs(API["GET /api/analytics"].answer, answer.json()) == ""
    return [each["id"] for each in answer.json()]


async def test_people_bots_and_repeats_are_told_apart(ours: Party) -> None:
    visitor = ids.uuid7()
    first = await click(ours, visitor_id=visitor)
    again = await click(ours, NOON + clock.MINUTE, visitor_id=visitor)
    later = await click(ours, NOON + 2 * clock.HOUR, visitor_id=visitor)
    bot = await click(ours, NOON + clock.SECOND, user_agent=BOT)
    span = "endDate=2024-03-11T00:00:00Z&sort=asc"
    async with ours.world.client() as client:
        assert await found(client, span) == [first, again, later]
        assert await found(client, f"{span}&includeBots=true") == [first, bot, again, later]
        assert await found(client, f"{span}&includeBots=false&unique=true") == [first, later]
        assert await found(client, f"{span}&unique=false&take=2&skip=1") == [again, later]
        assert (await found(client, "includeBots=1"))[-4:] == [later, again, bot, first]


async def test_dates_are_included_to_the_last_digit(ours: Party) -> None:
    made = [await click(ours, NOON + offset) for offset in (-1_000, 0, 1_000)]
    async with ours.world.client() as client:
        for query, wanted in (
            ("startDate=2024-03-10T12:00:00Z&endDate=2024-03-10T12:00:00Z", made[1:2]),
            ("startDate=2024-03-10T12:00:00Z&endDate=2024-03-10T12:00:00.001Z&sort=asc", made[1:]),
            ("startDate=2024-03-10T11:59:59.999Z&endDate=2024-03-10T12:00:00Z&sort=asc", made[:2]),
            ("startDate=2024-03-10T15:00:00%2B03:00&endDate=2024-03-10T14:00:00+02:00", made[1:2]),
            ("startDate=2024-03-10T12:00:00.002Z&endDate=2024-03-11T00:00:00Z", []),
            ("startDate=2024-03-11T00:00:00Z&endDate=2024-03-10T00:00:00Z", []),
        ):
            assert await found(client, query) == wanted, query


async def test_filters_narrow_together(ours: Party, theirs: Party) -> None:
    nobody = "550e8400-e29b-41d4-a716-446655440000"
    async with ours.world.client() as client:
        assert await found(client, f"linkId={ours.link}&partnerId={ours.partner}") == [ours.click]
        assert await found(client, f"linkId={ours.link}&partnerId={nobody}") == []
        assert await found(client, f"linkId={nobody}&partnerId={ours.partner}") == []
        assert await found(client, f"linkId={theirs.link}") == []


async def test_clicks_outlive_their_link_and_keep_what_it_was(ours: Party) -> None:
    async with ours.world.client() as client:
        await client.put(
            "/api/links", json=[{"id": ours.link, "tenantId": "new", "externalId": None, "partnerId": None}]
        )
        await client.request("DELETE", "/api/links", json=[ours.link])
        (seen,) = (await client.get(f"/api/analytics?linkId={ours.link}&partnerId={ours.partner}")).json()
    assert (seen["tenantId"], seen["externalId"], seen["partnerId"]) == (
        "ours-tenant",
        "ours-link",
        ours.partner,
    )


async def test_the_summary_and_the_list_agree(ours: Party) -> None:
    for hours in (0, 0, 25, 49):
        await click(ours, NOON + hours * clock.HOUR, utm={"source": "mail"}, trigger="qr")
    await click(ours, NOON, user_agent=BOT)
    span = "startDate=2024-03-10T00:00:00Z&endDate=2024-03-12T23:59:59Z"
    async with ours.world.client() as client:
        answer = await client.get(f"/api/analytics/summary?{span}&linkId={ours.link}&interval=day")
        week = await client.get(f"/api/analytics/summary?{span}&interval=week&top=1")
        nothing = await client.get(
            "/api/analytics/summary?startDate=2023-01-01T00:00:00Z&endDate=2023-01-02T00:00:00Z"
        )
    said = answer.json()
    assert differs(API["GET /api/analytics/summary"].answer, said) == ""
    totals = said["totals"]
    assert (totals["clicks"], totals["scans"], totals["bots"], totals["leads"]) == (4, 4, 1, 0)
    assert [(step["start"][:10], step["clicks"]) for step in said["series"]] == [
        ("2024-03-10", 2), ("2024-03-11", 1), ("2024-03-12", 1)
    ]  # fmt: skip
    assert [(row["value"], row["label"], row["clicks"]) for row in said["utmSources"]] == [
        ("mail", "mail", 4)
    ]
    assert [(row["value"], row["clicks"]) for row in said["partners"]] == [(ours.partner, 4)]
    assert sum(step["clicks"] for step in week.json()["series"]) == 4
    assert nothing.json()["totals"]["clicks"] == 0


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", '=HYPERLINK("http://x")', "＝1+1"]


@pytest.mark.parametrize("formula", FORMULAS, ids=ascii)
async def test_no_cell_of_the_export_is_a_formula(formula: str, ours: Party) -> None:
    made = await click(ours, tenant_id=formula, external_id=formula, utm={"source": formula, "term": formula})
    async with ours.world.client() as client:
        answer = await client.get("/api/analytics/export?endDate=2024-12-31T00:00:00Z")
    (row,) = csv.DictReader(io.StringIO(answer.text, newline=""))
    assert row["id"] == made
    cells = [row[name] for name in ("tenantId", "externalId", "utm_source", "utm_term")]
    assert cells == [f"'{formula}"] * 4


async def test_the_export_is_the_list(ours: Party, theirs: Party) -> None:
    mean = 'a,"b"\r\nc;\u2028 é 🎉'
    await click(ours, utm={"content": mean}, user_agent=BOT)
    async with ours.world.client() as client:
        listed = (await client.get("/api/analytics?includeBots=true&sort=asc")).json()
        answer = await client.get("/api/analytics/export?includeBots=true")
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="analytics.csv"'
    assert [row["id"] for row in rows] == [each["id"] for each in listed]
    assert len(rows) == 2
    for row, each in zip(rows, listed, strict=True):
        utm = each.pop("utm") or {}
        plain = {
            name: {None: "", True: "true", False: "false"}.get(value, value) for name, value in each.items()
        }
        words = ("source", "medium", "campaign", "term", "content", "referral")
        assert row == {**plain, **{f"utm_{word}": utm.get(word, "") for word in words}}
    assert theirs.click not in answer.text


async def test_customers_are_filtered_with_or_and_paged(ours: Party) -> None:
    async with ours.world.client() as client:
        for number in range(5):
            who = {"customerExternalId": f"c{number}", "customerName": f"N{number}"}
            await client.post("/api/track/lead", json={"clickId": ours.click, "eventName": "E", **who})
        all_ = (await client.get("/api/customers?sort=asc")).json()
        either = (await client.get(f"/api/customers?id={ours.customer}&externalId=c3&sort=asc")).json()
        page = (await client.get("/api/customers?take=2&skip=1&sort=asc")).json()
    assert [each["externalId"] for each in all_] == ["ours-customer", "c0", "c1", "c2", "c3", "c4"]
    assert [each["externalId"] for each in either] == ["ours-customer", "c3"]
    assert page == all_[1:3]
