"""What creators handed in, as the organization looks at it: the queue, and who applied."""

from dataclasses import dataclass
from typing import Any, Final, Literal

from litestar import get, post

from hyway.console.market import words
from hyway.console.market.stay import Theirs, There
from hyway.console.visit import Page
from hyway.domain import creators, identity
from hyway.domain.identity import Caller
from hyway.kernel import sqid
from hyway.kernel.db import Read
from hyway.kernel.faults import Invalid

Kind = Literal["campaign", "collab"]
_HERE = "/organizations/{organization:str}"
_SIZE = 10
WAITING: Final[dict[Kind, tuple[str, ...]]] = {
    "campaign": ("submitted", "flagged"),
    "collab": ("applied", "awaiting_shipment", "content_submitted", "posted", "spark_code_submitted"),
}
"""Where the organization has something to do."""
_STATUSES: Final[dict[Kind, tuple[str, ...]]] = {
    "campaign": (
        *WAITING["campaign"], "approved", "tracking", "locked", "held", "payable", "paid", "rejected", "reversed",
    ),
    "collab": tuple(creators.collabs.steps.ARROWS),
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """Something handed in, whose it is, and the collab that it is for."""

    of: Any
    person: identity.Person
    collab: creators.collabs.Collab | None = None
    unread: int = 0


def _posts(
    r: Read, by: Caller, campaign: int | None, statuses: tuple[str, ...], offset: int, limit: int
) -> tuple[list[Row], int]:
    found, total = creators.campaigns.submissions.page(r, by, campaign, statuses, offset=offset, limit=limit)
    people = identity.named(r, {each.person for each in found})
    unread = creators.collabs.chat.unread(r, by, "campaign", [each.seq for each in found])
    return [Row(each, people[each.person], None, unread.get(each.seq, 0)) for each in found], total


def _works(
    r: Read, by: Caller, collab: int | None, statuses: tuple[Any, ...], offset: int, limit: int
) -> tuple[list[Row], int]:
    found, total = creators.collabs.work.page(r, by, offset, limit, collab=collab, statuses=statuses)
    people = identity.named(r, {each.person for each in found})
    collabs = creators.collabs.named(r, {each.collab for each in found})
    unread = creators.collabs.chat.unread(r, by, "collab", [each.seq for each in found])
    rows = [Row(each, people[each.person], collabs[each.collab], unread.get(each.seq, 0)) for each in found]
    return rows, total


def waiting(r: Read, by: Caller) -> dict[str, int]:
    """How many of each kind wait for the organization; applications to campaigns, too."""
    _, posts = creators.campaigns.submissions.page(r, by, None, WAITING["campaign"], offset=0, limit=1)
    statuses: tuple[Any, ...] = WAITING["collab"]
    _, works = creators.collabs.work.page(r, by, 0, 1, statuses=statuses)
    _, applied = creators.campaigns.applications.page(r, by, None, "applied", offset=0, limit=1)
    return {"campaign": posts, "collab": works, "applications": applied}


@get(_HERE + "/submissions")
async def queue(visit: Theirs) -> Page:
    """Posts or the work of collabs; those that wait, unless another status is asked for."""
    asked = visit.asked
    collab, campaign = sqid.number(asked.text("collab")), sqid.number(asked.text("campaign"))
    kind: Kind = "collab" if asked.text("kind") == "collab" or collab is not None else "campaign"
    status = asked.one_of("status", ("all", *_STATUSES[kind]), "")
    statuses = () if status == "all" else (status,) if status else WAITING[kind]
    verb: Any = _works if kind == "collab" else _posts
    programme = collab if kind == "collab" else campaign
    rows, at = await visit.turned(verb, programme, statuses, size=_SIZE)
    return visit.page(
        "market/review.html",
        kind=kind,
        rows=rows,
        at=at,
        chosen=status,
        statuses=_STATUSES[kind],
        programme=await _named(visit, kind, programme),
        waits=await visit.read(waiting),
        reasons=words.REASONS,
    )


async def _named(visit: There, kind: Kind, programme: int | None) -> Any:
    """The programme that the list is narrowed to; Missing where it is another's."""
    if programme is None:
        return None
    verbs: Any = creators.campaigns if kind == "campaign" else creators.collabs
    return await visit.read(verbs.find, programme)


def _applied(
    r: Read, by: Caller, campaign: int | None, status: str | None, offset: int, limit: int
) -> tuple[list[Row], int]:
    found, total = creators.campaigns.applications.page(r, by, campaign, status, offset=offset, limit=limit)
    people = identity.named(r, {each.person for each in found})
    return [Row(each, people[each.person]) for each in found], total


@get(_HERE + "/applications")
async def applications(visit: Theirs) -> Page:
    """Who wants to be in campaigns; the undecided, unless another status is asked for."""
    campaign = sqid.number(visit.asked.text("campaign"))
    names = ("applied", "accepted", "declined", "withdrawn")
    status = visit.asked.one_of("status", ("all", *names), "applied" if campaign is None else "all")
    rows, at = await visit.turned(_applied, campaign, None if status == "all" else status)
    return visit.page(
        "market/applications.html",
        rows=rows,
        at=at,
        chosen=status,
        statuses=names,
        programme=await _named(visit, "campaign", campaign),
    )


async def _decided(visit: There, verb: Any, said: str) -> Page:
    here = f"{visit.base}/applications"
    try:
        done = await visit.write(verb, visit.number("entry"))
    except Invalid as fault:
        return visit.go(here, words.told(fault))
    people = await visit.house.db.read(identity.named, [done.person])
    return visit.go(here, said.format(name=people[done.person].name))


@post(_HERE + "/applications/{entry:str}/accept")
async def accept(visit: Theirs) -> Page:
    return await _decided(
        visit, creators.campaigns.applications.accept, "{name} is in, with a link of their own."
    )


@post(_HERE + "/applications/{entry:str}/decline")
async def decline(visit: Theirs) -> Page:
    return await _decided(visit, creators.campaigns.applications.decline, "{name} is told that it is a no.")


WITHIN = [queue, applications, accept, decline]
