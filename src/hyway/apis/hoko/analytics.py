"""/api/analytics: clicks one by one, as a summary, and as a file."""

import csv
import io
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Annotated, Literal

from msgspec import Meta, Struct

from hyway.apis.hoko.shapes import DateTime, Skip, Sort, Take, Uuid, filter_id, instant, lasting
from hyway.apis.kit.operations import Ask, Stream, operation
from hyway.domain import attribution
from hyway.domain.attribution import Click, ClickQuery, Counts, Dimension, Row, Summary, SummaryQuery
from hyway.domain.identity import Caller
from hyway.kernel import clock
from hyway.kernel.db import Read
from hyway.kernel.faults import Invalid

_PIECE, _MOST_ROWS = 10_000, 1_000_000
_LAST_YEAR = 9998

LinkId = Annotated[Uuid, Meta(description="Clicks of this link.")]
PartnerId = Annotated[Uuid, Meta(description="Clicks of this partner's links.")]
From = Annotated[DateTime, Meta(description="Nothing before this moment.")]
Until = Annotated[DateTime, Meta(description="Nothing after this moment.")]
Bots = Annotated[bool, Meta(description="Clicks of bots, too.")]
Interval = Annotated[Literal["hour", "day", "week", "month"], Meta(description="Steps of the series.")]
Unique = Annotated[bool, Meta(description="Only the first click of a visitor on a link within an hour.")]


class ClicksQuery(Struct, rename="camel"):
    """`includeBots` and `unique` are additions of ours."""

    link_id: LinkId | None = None
    partner_id: PartnerId | None = None
    start_date: From | None = None
    end_date: Until | None = None
    take: Take = 50
    skip: Skip = 0
    sort: Sort = "desc"
    include_bots: Bots = False
    unique: Unique = False


class ExportQuery(Struct, rename="camel"):
    link_id: LinkId | None = None
    partner_id: PartnerId | None = None
    start_date: From | None = None
    end_date: Until | None = None
    include_bots: Bots = False
    unique: Unique = False


class ClickOut(Struct, rename="camel"):
    """A click; the last four are additions of ours. `unique` is false for a repeat within the hour."""

    id: str
    link_id: Uuid
    partner_id: Uuid | None
    visitor_id: str
    visitor_session_id: str
    referrer: str | None
    destination: str
    short_id: str
    utm: dict[str, str] | None
    external_id: str | None
    tenant_id: str | None
    browser_name: str | None
    browser_version: str | None
    os_name: str | None
    os_version: str | None
    device_type: str | None
    country: str | None
    country_code: str | None
    city: str | None
    created_at: DateTime
    trigger: Literal["link", "qr", "embed"]
    bot: bool
    unique: bool
    language: str | None


class SummaryQueryIn(Struct, rename="camel"):
    """The last 30 days of the whole workspace unless asked otherwise."""

    link_id: LinkId | None = None
    partner_id: PartnerId | None = None
    start_date: From | None = None
    end_date: Until | None = None
    interval: Annotated[Literal["hour", "day", "week", "month"], Meta(description="Steps of the series.")] = (
        "day"
    )
    timezone: Annotated[str, Meta(description="Where the days of the series begin.", max_length=64)] = "UTC"
    top: Annotated[int, Meta(ge=1, le=100, description="Rows of each list.")] = 10


class CountsOut(Struct, rename="camel"):
    """`clicks` are people's, `unique` the first ones among them; `revenue` in minor units by currency."""

    clicks: int
    unique: int
    scans: int
    bots: int
    leads: int
    sales: int
    revenue: dict[str, int]


class StepOut(CountsOut, rename="camel"):
    start: DateTime


class RowOut(CountsOut, rename="camel"):
    """`value` as it may be asked for (a country code, a link's id), `label` for people."""

    value: str
    label: str


class SummaryOut(Struct, rename="camel"):
    start: DateTime
    end: DateTime
    totals: CountsOut
    series: list[StepOut]
    countries: list[RowOut]
    cities: list[RowOut]
    devices: list[RowOut]
    browsers: list[RowOut]
    operating_systems: list[RowOut]
    referrers: list[RowOut]
    triggers: list[RowOut]
    utm_sources: list[RowOut]
    utm_mediums: list[RowOut]
    utm_campaigns: list[RowOut]
    utm_terms: list[RowOut]
    utm_contents: list[RowOut]
    links: list[RowOut]
    partners: list[RowOut]


def out(click: Click) -> ClickOut:
    return ClickOut(
        click.id,
        click.link_id,
        click.partner_id,
        click.visitor_id,
        click.session_id,
        click.referrer,
        click.destination,
        click.short_id,
        click.utm,
        click.external_id,
        click.tenant_id,
        click.browser_name,
        click.browser_version,
        click.os_name,
        click.os_version,
        click.device_type,
        click.country,
        click.country_code,
        click.city,
        clock.text(click.at),
        click.trigger,
        click.bot,
        click.first,
        click.language,
    )


def _filters(query: ClicksQuery | ExportQuery) -> ClickQuery:
    return ClickQuery(
        link_id=filter_id("linkId", query.link_id),
        partner_id=filter_id("partnerId", query.partner_id),
        start=None if query.start_date is None else instant(query.start_date, "startDate"),
        end=None if query.end_date is None else instant(query.end_date, "endDate"),
        include_bots=query.include_bots,
        unique=query.unique,
    )


@operation("GET", "/api/analytics", scope="analyticsRead", query=ClicksQuery, gives=list[ClickOut])
async def clicks(ask: Ask, query: ClicksQuery) -> list[ClickOut]:
    """Get analytics.

    Clicks, newest first unless asked otherwise; people's alone unless `includeBots` is true. Both dates are
    included.
    """
    wanted = replace(_filters(query), take=query.take, skip=query.skip, ascending=query.sort == "asc")
    return [out(click) for click in await ask.db.read(attribution.clicks, ask.by, wanted)]


@operation("GET", "/api/analytics/summary", scope="analyticsRead", query=SummaryQueryIn, gives=SummaryOut)
async def summary(ask: Ask, query: SummaryQueryIn) -> SummaryOut:
    """Get a summary of analytics.

    Totals, a series in time and top lists. The span is widened to whole hours. An addition of ours.
    """
    now = clock.now()
    end = now if query.end_date is None else lasting("endDate", query.end_date, _LAST_YEAR)
    start = (
        end - 30 * clock.DAY
        if query.start_date is None
        else lasting("startDate", query.start_date, _LAST_YEAR)
    )
    if start > end:
        raise Invalid("startDate", "must not be after endDate")
    wanted = SummaryQuery(
        start=max(0, start),
        end=end,
        link_id=filter_id("linkId", query.link_id),
        partner_id=filter_id("partnerId", query.partner_id),
        interval=query.interval,
        zone=query.timezone,
        top=query.top,
    )
    return _summary(await ask.db.read(attribution.summary, ask.by, wanted))


def _counts(of: Counts) -> dict[str, object]:
    return {name: getattr(of, name) for name in CountsOut.__struct_fields__}


def _summary(of: Summary) -> SummaryOut:
    def rows(dimension: Dimension) -> list[RowOut]:
        found: Sequence[Row] = of.lists.get(dimension, ())
        return [RowOut(value=row.value, label=row.label, **_counts(row.counts)) for row in found]  # type: ignore[arg-type]

    return SummaryOut(
        start=clock.text(of.start),
        end=clock.text(of.end),
        totals=CountsOut(**_counts(of.totals)),  # type: ignore[arg-type]
        series=[StepOut(start=clock.text(step.start), **_counts(step.counts)) for step in of.series],  # type: ignore[arg-type]
        countries=rows("country"),
        cities=rows("city"),
        devices=rows("device"),
        browsers=rows("browser"),
        operating_systems=rows("os"),
        referrers=rows("referrer"),
        triggers=rows("trigger"),
        utm_sources=rows("utm_source"),
        utm_mediums=rows("utm_medium"),
        utm_campaigns=rows("utm_campaign"),
        utm_terms=rows("utm_term"),
        utm_contents=rows("utm_content"),
        links=rows("link"),
        partners=rows("partner"),
    )


_UTM = ("source", "medium", "campaign", "term", "content", "referral")
_PLAIN = tuple(
    (field, ClickOut.__struct_encode_fields__[at])
    for at, field in enumerate(ClickOut.__struct_fields__)
    if field != "utm"
)
# What a spreadsheet may begin a formula with, in either width.
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@operation(
    "GET", "/api/analytics/export", scope="analyticsRead", query=ExportQuery, gives=str, media_type="text/csv"
)
async def export(ask: Ask, query: ExportQuery) -> Stream:
    """Export analytics as CSV.

    At most 1,000,000 clicks, oldest first, with the filters of Get analytics. An addition of ours.
    """
    wanted = replace(_filters(query), take=_PIECE, ascending=True)
    if wanted.end is None:  # clicks that come while we write are for the next export
        wanted = replace(wanted, end=clock.now())
    first, following = await ask.db.read(_piece, ask.by, wanted)
    head = _line([*(name for _, name in _PLAIN), *(f"utm_{key}" for key in _UTM)])
    disposition = b'attachment; filename="analytics.csv"'
    rest = _rest(ask, following)
    return Stream(head + first, rest, b"text/csv; charset=utf-8", ((b"content-disposition", disposition),))


async def _rest(ask: Ask, following: ClickQuery | None) -> AsyncIterator[bytes]:
    written = _PIECE
    while following is not None and written < _MOST_ROWS:
        piece, following = await ask.db.read(_piece, ask.by, following)
        written += _PIECE
        if piece:
            yield piece


def _piece(r: Read, by: Caller, query: ClickQuery) -> tuple[bytes, ClickQuery | None]:
    """One piece as CSV, and what to ask for next: from the last moment on, past the clicks written of it."""
    found = attribution.clicks(r, by, query)
    text = io.StringIO()
    csv.writer(text).writerows(_cells(out(click)) for click in found)
    piece = text.getvalue().encode()
    if len(found) < query.take:
        return piece, None
    last = found[-1].at
    same = sum(1 for click in found if click.at == last)
    skip = query.skip + same if last == query.start else same
    return piece, replace(query, start=last, skip=skip)


def _cells(click: ClickOut) -> list[str]:
    utm = click.utm or {}
    return [_safe(getattr(click, field)) for field, _ in _PLAIN] + [_safe(utm.get(key)) for key in _UTM]


def _safe(value: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    return f"'{text}" if text.startswith(_RISKY) else text


def _line(cells: Sequence[str]) -> bytes:
    return (",".join(cells) + "\r\n").encode()


OPERATIONS = (clicks, summary, export)
