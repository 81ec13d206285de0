"""A creator's own work: what they applied to, what they handed in, and what comes next."""

from dataclasses import dataclass, field
from typing import Any, Final, Literal

from litestar import get, post
from litestar.handlers import HTTPRouteHandler

from hyway.console.market import chatting, words
from hyway.console.market.stay import Mine, Stay
from hyway.console.visit import Page
from hyway.domain import creators, identity, links
from hyway.domain.identity import Caller
from hyway.kernel import clock, sqid
from hyway.kernel.db import Read
from hyway.kernel.faults import Invalid

collabs = creators.collabs
Figures = creators.campaigns.Figures
Snapshot = creators.campaigns.Snapshot

Kind = Literal["campaign", "collab"]
_FIELDS: Final = ("url", "note", "code", "days", "campaign")
_MOST = 100
_PATHS: Final[dict[Kind, str]] = {"campaign": "/me/submissions", "collab": "/me/collab_submissions"}


@dataclass(frozen=True)
class Entry:
    """An application to a campaign with its link, or a submission with its collab."""

    of: Any
    organization: identity.Organization
    collab: collabs.Collab | None = None
    short_url: str = ""
    figures: Figures = field(default_factory=Figures)
    unread: int = 0


@dataclass(frozen=True)
class Sight:
    """All that a submission's page shows, of one moment."""

    of: Any
    programme: Any
    organization: identity.Organization
    history: list[Snapshot] = field(default_factory=list)
    link: str | None = None
    short_url: str = ""
    figures: Figures = field(default_factory=Figures)


def linked(r: Read, of: list[Any]) -> dict[str, tuple[str, Figures]]:
    """The short address and what it brought, of each link among applications or submissions, by its id."""
    found: dict[str, tuple[str, Figures]] = {}
    for organization in {each.organization for each in of if each.link_id}:
        ids = [each.link_id for each in of if each.link_id and each.organization == organization]
        by = identity.server(organization)
        figures = creators.campaigns.partners.figures(r, by, ids)
        for each in links.page(r, by, links.LinkQuery(ids=tuple(ids), take=len(ids))):
            found[each.id] = (f"{r.home}/{each.short_id}", figures[each.id])
    return found


def _applied(r: Read, by: Caller, offset: int, limit: int) -> tuple[list[Entry], int]:
    found, total = creators.campaigns.applications.page_of_mine(r, by, offset, limit)
    named = identity.organizations_named(r, {each.organization for each in found})
    known = linked(r, found)
    nothing = ("", Figures())
    return [
        Entry(each, named[each.organization], None, *known.get(each.link_id or "", nothing)) for each in found
    ], total


@get("/me/applications")
async def applications(visit: Mine) -> Page:
    rows, at = await visit.turned(_applied)
    works = [each for each in (await visit.read(_works, 0, _MOST))[0] if each.of.status == "applied"]
    return visit.page("market/my_applications.html", rows=rows, at=at, works=works)


@post("/me/applications/{entry:str}/withdraw")
async def withdraw(visit: Mine) -> Page:
    if not visit.confirmed():
        question = "Leave this campaign? Your link stays, but nothing new can be handed in."
        return visit.confirm(question, "Withdraw", "/me/applications")
    try:
        await visit.write(creators.campaigns.applications.withdraw, visit.number("entry"))
    except Invalid as fault:
        return visit.go("/me/applications", words.told(fault))
    return visit.go("/me/applications", "You are out of it.")


def _posts(r: Read, by: Caller, offset: int, limit: int) -> tuple[list[Entry], int]:
    found, total = creators.campaigns.submissions.page_of_mine(r, by, offset=offset, limit=limit)
    named = identity.organizations_named(r, {each.organization for each in found})
    unread = collabs.chat.unread(r, by, "campaign", [each.seq for each in found])
    return [Entry(each, named[each.organization], unread=unread.get(each.seq, 0)) for each in found], total


def _works(r: Read, by: Caller, offset: int, limit: int) -> tuple[list[Entry], int]:
    found, total = collabs.work.mine(r, by, offset, limit)
    named = identity.organizations_named(r, {each.organization for each in found})
    programmes = collabs.named(r, {each.collab for each in found})
    unread = collabs.chat.unread(r, by, "collab", [each.seq for each in found])
    return [
        Entry(each, named[each.organization], programmes[each.collab], unread=unread.get(each.seq, 0))
        for each in found
    ], total


def _open(r: Read, by: Caller) -> list[Any]:
    """Campaigns that one may hand posts in for."""
    found, _ = creators.campaigns.applications.page_of_mine(r, by, 0, _MOST)
    return [each for each in found if each.status == "accepted"]


async def _work(visit: Stay, status: int = 200, **facts: Any) -> Page:
    rows, at = await visit.turned(_posts)
    works, _ = await visit.read(_works, 0, _MOST)
    facts = {"typed": {"campaign": visit.asked.text("campaign")}, "errors": {}, **facts}
    return visit.page(
        "market/my_work.html", status,
        rows=rows, at=at, works=works[::-1], taking=await visit.read(_open), now=clock.now(), **facts,
    )  # fmt: skip


@get("/me/submissions")
async def index(visit: Mine) -> Page:
    return await _work(visit)


@post("/me/submissions")
async def submit(visit: Mine) -> Page:
    typed = {name: visit.sent.text(name) for name in ("campaign", "url")}
    try:
        campaign = sqid.number(typed["campaign"])
        if campaign is None:
            raise Invalid("campaign", "must exist")
        made = await visit.write(creators.campaigns.submissions.submit, campaign, typed["url"])
    except Invalid as fault:
        return await _work(visit, 422, typed=typed, errors=words.errors(fault, _FIELDS))
    return visit.go(f"/me/submissions/{sqid.text(made.seq)}", "Handed in: they have 48 hours to look at it.")


def _sight(r: Read, by: Caller, kind: Kind, seq: int) -> Sight:
    if kind == "collab":
        work = collabs.work.find_mine(r, by, seq)
        programme: Any = collabs.named(r, {work.collab})[work.collab]
        return _with_link(r, work, work, programme, [])
    of = creators.campaigns.submissions.mine_of(r, by, seq)
    application = creators.campaigns.applications.mine(r, by, of.application)
    campaign = creators.campaigns.find(r, identity.server(of.organization), of.campaign)
    return _with_link(r, of, application, campaign, creators.campaigns.submissions.history(r, of))


def _with_link(r: Read, of: Any, holder: Any, programme: Any, history: list[Snapshot]) -> Sight:
    there = identity.organizations_named(r, [of.organization])[of.organization]
    known = linked(r, [holder]).get(holder.link_id or "", ("", Figures()))
    return Sight(of, programme, there, history, holder.link_id, *known)


async def _page(visit: Stay, kind: Kind, status: int = 200, **facts: Any) -> Page:
    seq = visit.number("entry")
    at = await visit.read(_sight, kind, seq)
    facts = {"wrong": "", "typed": {}, "errors": {}, **facts}
    chat = await chatting.of(visit, kind, seq)
    return visit.page(
        f"market/my_{'post' if kind == 'campaign' else 'collab'}.html", status,
        at=at, of=at.of, it=at.programme, chat=chat, here=_here(visit, kind), kind=kind,
        late=at.of.overdue(clock.now()) if kind == "collab" else None,
        spark_days=collabs.steps.SPARK_DAYS, **facts,
    )  # fmt: skip


def _here(visit: Stay, kind: Kind) -> str:
    return f"{_PATHS[kind]}/{sqid.text(visit.number('entry'))}"


async def _do(visit: Stay, kind: Kind, verb: Any, said: str, more: Any) -> Page:
    try:
        await visit.write(verb, visit.number("entry"), *(more(visit) if more else ()))
    except Invalid as fault:
        typed = {name: visit.sent.text(name) for name in _FIELDS}
        wrong = words.errors(fault, _FIELDS)
        return await _page(visit, kind, 422, wrong=wrong.get("", ""), errors=wrong, typed=typed)
    return visit.go(_here(visit, kind), said)


def _days(visit: Stay) -> int:
    return words.whole(visit.sent, "days")


_STEPS: Final[dict[Kind, dict[str, tuple[Any, str, Any]]]] = {
    "campaign": {
        "appeal": (creators.campaigns.submissions.appeal, "They look at it once more.", None),
    },
    "collab": {
        "withdraw": (collabs.work.withdraw, "Your application is withdrawn.", None),
        "cancel": (collabs.work.cancel, "Canceled: they are told.", None),
        "receive": (collabs.making.receive, "It has arrived: now it is up to you.", None),
        "content": (
            collabs.making.submit_content,
            "Handed in: they have three business days to look at it.",
            lambda visit: (visit.sent.text("url"), visit.sent.text("note")),
        ),
        "post": (collabs.making.post, "Noted: they are told.", lambda visit: (visit.sent.text("url"),)),
        "spark": (
            collabs.making.give_spark_code,
            "They have the code.",
            lambda visit: (visit.sent.text("code"), _days(visit)),
        ),
        "usage": (collabs.making.extend_usage, "They may use it longer.", lambda visit: (_days(visit),)),
    },
}


def _rooms(kind: Kind) -> list[HTTPRouteHandler]:
    path = _PATHS[kind] + "/{entry:str}"

    @get(path)
    async def show(visit: Mine) -> Page:
        return await _page(visit, kind)

    @get(path + "/messages")
    async def talk(visit: Mine) -> Page:
        return await chatting.part(visit, kind, visit.number("entry"))

    @post(path + "/messages")
    async def say(visit: Mine) -> Page:
        return await chatting.say(visit, kind, visit.number("entry"), _here(visit, kind))

    return [show, talk, say, *(_step(kind, path, name) for name in _STEPS[kind])]


def _step(kind: Kind, path: str, name: str) -> HTTPRouteHandler:
    verb, said, more = _STEPS[kind][name]

    @post(f"{path}/{name}")
    async def step(visit: Mine) -> Page:
        return await _do(visit, kind, verb, said, more)

    return step


ROUTES = [applications, withdraw, index, submit, *_rooms("campaign"), *_rooms("collab")]
