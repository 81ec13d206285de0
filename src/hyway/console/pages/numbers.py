"""What home, a link and a partner show alike: figures, chart, top lists, and the latest as it happens."""

from typing import Any

from hyway.console import dates
from hyway.console.visit import Page, Visit
from hyway.domain import attribution
from hyway.domain.attribution import ClickQuery, Conversion, Dimension, Summary
from hyway.domain.identity import Caller
from hyway.kernel.db import Read

LATEST = 8
_FEW: tuple[Dimension, ...] = ("trigger",)
CARDS: tuple[tuple[str, tuple[tuple[Dimension, str], ...]], ...] = (
    ("Places", (("country", "Countries"), ("city", "Cities"))),
    ("Sources", (("referrer", "Referrers"), ("trigger", "Ways in"))),
    ("Technology", (("device", "Devices"), ("browser", "Browsers"), ("os", "Systems"))),
    (
        "Campaigns",
        (
            ("utm_source", "Source"),
            ("utm_medium", "Medium"),
            ("utm_campaign", "Campaign"),
            ("utm_term", "Term"),
            ("utm_content", "Content"),
        ),
    ),
)
WORK: tuple[str, tuple[tuple[Dimension, str], ...]] = (
    "Work",
    (("link", "Top links"), ("partner", "Top partners")),
)


def span(visit: Visit) -> str:
    return visit.asked.one_of("range", dates.SPANS, dates.DEFAULT)


async def summary(
    visit: Visit, *, link_id: str | None = None, partner_id: str | None = None, lists: bool = True
) -> Summary:
    wanted = dates.query(
        span(visit), visit.zone, link_id=link_id, partner_id=partner_id, dimensions=() if lists else _FEW
    )
    return await visit.read(attribution.summary, wanted)


async def facts(
    visit: Visit, base: str, *, link_id: str | None = None, partner_id: str | None = None
) -> dict[str, Any]:
    """All that the templates of figures ask for; `base` is the page they stand on."""
    found = await summary(visit, link_id=link_id, partner_id=partner_id)
    return {
        "summary": found,
        "cards": CARDS,
        **frame(visit, base),
        **await latest(visit, link_id, partner_id),
    }


def frame(visit: Visit, base: str) -> dict[str, Any]:
    name = span(visit)
    return {"base": base, "range": name, "spans": dates.SPANS, "interval": dates.SPANS[name].interval}


async def latest(visit: Visit, link_id: str | None, partner_id: str | None) -> dict[str, Any]:
    """The newest clicks, bots too, and the newest leads and sales."""
    clicks, sales = await visit.read(_latest, link_id, partner_id)
    return {"clicks": clicks, "conversions": sales}


def _latest(
    r: Read, by: Caller, link_id: str | None, partner_id: str | None
) -> tuple[list[attribution.Click], list[Conversion]]:
    query = ClickQuery(link_id=link_id, partner_id=partner_id, include_bots=True, take=LATEST)
    sales = [] if partner_id else attribution.recent_conversions(r, by, link_id, LATEST)
    return attribution.clicks(r, by, query), sales


async def figures(visit: Visit, base: str, **of: str) -> Page:
    """The figures and the chart alone, for a page that is open."""
    found = await summary(visit, lists=False, **of)
    return visit.part("part_figures.html", summary=found, **frame(visit, base))


async def stream(visit: Visit, base: str, link_id: str | None = None, partner_id: str | None = None) -> Page:
    """The latest clicks and conversions alone."""
    return visit.part("part_latest.html", base=base, **await latest(visit, link_id, partner_id))
