"""One thing that a creator handed in, as the organization looks at it: how it stands, and what can be done."""

from dataclasses import dataclass, field
from typing import Any, Final, Literal

from litestar import get, post
from litestar.handlers import HTTPRouteHandler

from hyway.console import tracked
from hyway.console.market import chatting, words
from hyway.console.market.stay import Theirs, There
from hyway.console.visit import Page
from hyway.domain import creators, identity
from hyway.domain.identity import Caller
from hyway.kernel import clock, sqid
from hyway.kernel.db import Read
from hyway.kernel.faults import Invalid, Missing

collabs = creators.collabs
Figures = creators.campaigns.Figures
Snapshot = creators.campaigns.Snapshot

Kind = Literal["campaign", "collab"]
_HERE = "/organizations/{organization:str}"
_FIELDS: Final = ("reason", "note", "carrier", "tracking_number", "tracking_url", "user")


@dataclass(frozen=True)
class Sight:
    """All that the page shows, of one moment."""

    of: Any
    programme: Any
    person: identity.Person
    account: Any = None
    history: list[Snapshot] = field(default_factory=list)
    link: str | None = None
    figures: Figures = field(default_factory=Figures)
    address: collabs.Address | None = None
    spark_code: str | None = None
    couriers: list[tuple[str, str]] = field(default_factory=list)
    """Tracked users who may bring a sample."""


def _sight(r: Read, by: Caller, kind: Kind, programme: int, seq: int) -> Sight:
    return _post(r, by, programme, seq) if kind == "campaign" else _work(r, by, programme, seq)


def _post(r: Read, by: Caller, programme: int, seq: int) -> Sight:
    of = creators.campaigns.submissions.find(r, by, seq)
    if of.campaign != programme:
        raise Missing("Not authorized")
    link = creators.campaigns.applications.find(r, by, of.application).link_id
    mine = creators.social.accounts.verified(r, of.person, [of.platform_id])
    return Sight(
        of,
        creators.campaigns.find(r, by, programme),
        identity.named(r, [of.person])[of.person],
        next((each for each in mine if each.seq == of.account), None),
        creators.campaigns.submissions.history(r, of),
        link,
        _figures(r, by, link),
    )


def _work(r: Read, by: Caller, programme: int, seq: int) -> Sight:
    of = collabs.work.find(r, by, seq, programme)
    decides = by.role in ("owner", "admin")
    mine = creators.social.accounts.verified(r, of.person, creators.campaigns.PLATFORMS)
    return Sight(
        of,
        collabs.find(r, by, programme),
        identity.named(r, [of.person])[of.person],
        next((each for each in mine if each.seq == of.account), mine[0] if mine else None),
        [],
        of.link_id,
        _figures(r, by, of.link_id),
        collabs.work.address_of(r, of) if decides else None,
        collabs.making.spark_code(r, of) if decides else None,
        _couriers(r, by) if decides and of.status == "awaiting_shipment" else [],
    )


def _figures(r: Read, by: Caller, link: str | None) -> Figures:
    return creators.campaigns.partners.figures(r, by, [link])[link] if link else Figures()


def _couriers(r: Read, by: Caller) -> list[tuple[str, str]]:
    return [(each.id, each.name or each.id) for each in tracked.people(r, by)]


async def page(visit: There, kind: Kind, status: int = 200, **facts: Any) -> Page:
    seq = visit.number("entry")
    at = await visit.read(_sight, kind, visit.number("programme"), seq)
    facts = {"wrong": "", "typed": {}, "errors": {}, **facts}
    chat = await chatting.of(visit, kind, seq)
    return visit.page(
        f"market/{'post' if kind == 'campaign' else 'work'}.html",
        status,
        kind=kind,
        at=at,
        of=at.of,
        it=at.programme,
        here=_here(visit, kind),
        chat=chat,
        now=clock.now(),
        reasons=words.REASONS,
        late=at.of.overdue(clock.now()) if kind == "collab" else None,
        given_up=kind == "collab" and at.of.is_given_up(clock.now(), collabs.steps.GRACE),
        **facts,
    )


def _here(visit: There, kind: Kind) -> str:
    numbers = sqid.text(visit.number("programme")), sqid.text(visit.number("entry"))
    return f"{visit.base}/{kind}s/{numbers[0]}/submissions/{numbers[1]}"


async def _do(visit: There, kind: Kind, verb: Any, said: str, *more: Any) -> Page:
    """One step; a refusal is told on the page, where its fields are. The queue gets its own back."""
    await visit.read(_sight, kind, visit.number("programme"), visit.number("entry"))
    try:
        await visit.write(verb, visit.number("entry"), *more)
    except Invalid as fault:
        typed = {name: visit.sent.text(name) for name in _FIELDS}
        wrong = words.errors(fault, _FIELDS)
        return await page(visit, kind, 422, wrong=wrong.get("", ""), errors=wrong, typed=typed)
    back = visit.sent.text("back")
    return visit.go(f"{visit.base}/submissions?kind={kind}" if back == "queue" else _here(visit, kind), said)


def _shipment(visit: There) -> collabs.Shipment:
    sent = visit.sent
    return collabs.Shipment(
        sent.text("carrier"), sent.text("tracking_number"), sent.text("tracking_url") or None
    )


def _reason(visit: There) -> tuple[str, str]:
    return visit.sent.text("reason"), visit.sent.text("note")


_POST: Final[dict[str, tuple[Any, str, Any]]] = {
    "approve": (creators.campaigns.submissions.approve, "Approved: its creator knows.", None),
    "reject": (creators.campaigns.submissions.reject, "Rejected: its creator is told why.", _reason),
    "reverse": (creators.campaigns.submissions.reverse, "Taken back: the budget has it again.", _reason),
    "reopen": (creators.campaigns.submissions.reopen, "It waits for your decision again.", None),
}
_WORK: Final[dict[str, tuple[Any, str, Any]]] = {
    "accept": (collabs.work.accept, "Accepted: they have a link of their own now.", None),
    "decline": (collabs.work.decline, "They are told that it is a no.", None),
    "cancel": (collabs.work.cancel, "Canceled: the reward is in the budget again.", None),
    "ship": (collabs.shipping.ship, "They know that it is on its way.", lambda visit: (_shipment(visit),)),
    "send": (
        collabs.shipping.send_own,
        "It is a delivery on the map now; they can follow it.",
        lambda visit: (visit.sent.uuid("user"),),
    ),
    "deliver": (collabs.making.deliver, "It has arrived.", None),
    "revise": (
        collabs.making.request_revision,
        "They know what you would like changed.",
        lambda visit: (visit.sent.text("note"),),
    ),
    "approve": (collabs.making.approve_content, "Approved: you may use it, and they may post it.", None),
    "reverse": (collabs.ending.reverse, "Ended: what was set aside is in the budget again.", None),
    "complete": (collabs.making.complete, "Completed: the reward is owed in three days.", None),
}


def _rooms(kind: Kind) -> list[HTTPRouteHandler]:
    path = f"{_HERE}/{kind}s/{{programme:str}}/submissions/{{entry:str}}"

    @get(path)
    async def show(visit: Theirs) -> Page:
        return await page(visit, kind)

    @get(path + "/messages")
    async def talk(visit: Theirs) -> Page:
        return await chatting.part(visit, kind, visit.number("entry"))

    @post(path + "/messages")
    async def say(visit: Theirs) -> Page:
        return await chatting.say(visit, kind, visit.number("entry"), _here(visit, kind))

    steps = _POST if kind == "campaign" else _WORK
    return [show, talk, say, *(_step(kind, path, name) for name in steps)]


def _step(kind: Kind, path: str, name: str) -> HTTPRouteHandler:
    verb, said, more = (_POST if kind == "campaign" else _WORK)[name]

    @post(f"{path}/{name}")
    async def step(visit: Theirs) -> Page:
        return await _do(visit, kind, verb, said, *(more(visit) if more else ()))

    return step


WITHIN = [*_rooms("campaign"), *_rooms("collab")]
