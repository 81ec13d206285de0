"""One campaign or collab as its organization sees it: how it stands, its money, its terms, its brief."""

from dataclasses import dataclass
from typing import Any, Literal

from markupsafe import Markup

from hyway.console.market import dashboard, pictures
from hyway.console.market.stay import There
from hyway.console.visit import Page
from hyway.domain import creators
from hyway.domain.identity import Caller
from hyway.kernel.db import Read

money = creators.money

Kind = Literal["campaign", "collab"]
_FUNDINGS = 50


@dataclass(frozen=True)
class Standing:
    """All that the page shows, of one moment."""

    programme: Any
    banner: str | None
    fundings: list[money.Funding]
    is_stripe: bool


def _standing(r: Read, by: Caller, kind: Kind, seq: int) -> Standing:
    verbs: Any = creators.campaigns if kind == "campaign" else creators.collabs
    found = verbs.find(r, by, seq)
    fundings, _ = money.fundings(r, by, kind, seq, 0, _FUNDINGS)
    return Standing(
        found, pictures.shown(r, [found.banner]).get(found.banner), fundings, "stripe" in r.services
    )


async def show(visit: There, kind: Kind, seq: int, status: int = 200, **facts: Any) -> Page:
    at = await visit.read(_standing, kind, seq)
    span = visit.asked.one_of("span", dashboard.SPANS, dashboard.DEFAULT)
    days = await visit.read(creators.figures.days, visit.zone, dashboard.SPANS[span][1], (kind, seq))
    facts["figures"] = dashboard.figures(days, visit.zone, at.programme.currency)
    facts |= {"span": span, "spans": dashboard.SPANS}
    facts = {"wrong": "", "typed": {}, "errors": {}, **facts}
    # Briefs are made harmless on their way in.
    told = Markup(at.programme.brief)  # noqa: S704
    return visit.page("market/programme.html", status, kind=kind, it=at.programme, at=at, brief=told, **facts)
