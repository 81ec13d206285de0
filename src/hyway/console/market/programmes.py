"""Campaigns and collabs as their organizations run them: one set of pages for both."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from litestar import get, post
from litestar.handlers import HTTPRouteHandler

from hyway.console.market import pictures, programme_form, programme_page, words
from hyway.console.market.programme_form import Prefill
from hyway.console.market.stay import Theirs, There
from hyway.console.visit import Page
from hyway.domain import creators, identity
from hyway.domain.identity import Caller
from hyway.kernel import sqid
from hyway.kernel.db import Read, Write
from hyway.kernel.faults import Invalid

Programme = creators.campaigns.Campaign | creators.collabs.Collab
_HERE = "/organizations/{organization:str}"


class Move(NamedTuple):
    """A change of state: the verb, what is said after it, and the question before it, if it asks one."""

    verb: Callable[[Write, Caller, int], Any]
    said: str
    question: str = ""
    label: str = ""


@dataclass(frozen=True)
class Kind:
    """What the pages need to know of campaigns, or of collabs."""

    name: Literal["campaign", "collab"]
    verbs: Any
    moves: Mapping[str, Move] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return f"{_HERE}/{self.name}s"

    def home(self, visit: There) -> str:
        return f"{visit.base}/{self.name}s"

    def at(self, visit: There, seq: int) -> str:
        return f"{self.home(visit)}/{sqid.text(seq)}"


CAMPAIGNS = Kind(
    "campaign",
    creators.campaigns,
    {
        "publish": Move(creators.campaigns.publish, "It is on the board: creators can apply."),
        "pause": Move(creators.campaigns.pause, "Paused: nothing new comes in, what was approved goes on."),
        "resume": Move(creators.campaigns.resume, "It goes on."),
        "finish": Move(
            creators.campaigns.finish,
            "It is finished. What was posted can still be decided on for 72 hours.",
            "Finish “{name}”? Nothing new comes in, views are frozen, and what is not used goes back to you.",
            "Finish campaign",
        ),
    },
)
COLLABS = Kind(
    "collab",
    creators.collabs,
    {
        "submit": Move(creators.collabs.submit, "Handed in: it is looked at before it is on the board."),
        "withdraw": Move(creators.collabs.withdraw, "It is a draft again."),
        "pause": Move(creators.collabs.pause, "Paused: nobody can apply; who was accepted goes on."),
        "unpause": Move(creators.collabs.unpause, "Creators can apply again."),
    },
)


def _listed(
    r: Read, by: Caller, kind: Kind, offset: int, limit: int
) -> tuple[list[tuple[Programme, str | None]], int]:
    found, total = kind.verbs.page(r, by, offset, limit)
    shown = pictures.shown(r, [each.banner for each in found])
    return [(each, shown.get(each.banner)) for each in found], total


def _saved(
    w: Write, by: Caller, kind: Kind, seq: int | None, fields: dict[str, Any], banner: pictures.Sent
) -> Programme:
    """One transaction: the picture that was sent, and all that is said of the programme."""
    purged = fields.pop("purge_banner", False)
    if banner or purged:
        fields = {**fields, "banner": pictures.keep(w, by, banner)}
    saved: Programme = (
        kind.verbs.create(w, by, fields) if seq is None else kind.verbs.change(w, by, seq, fields)
    )
    return saved


async def _save(visit: There, kind: Kind, old: Programme | None) -> Page:
    identity.may_manage(visit.by)
    sent = programme_form.read(visit, kind.name, old)
    try:
        fields = programme_form.fields(visit, kind.name, old)
        banner = await pictures.sent(visit, "banner", pictures.BANNER)
        if banner is None and old is None:
            banner = await programme_form.picture_of_page(visit, fields.get("website"))
        saved = await visit.write(_saved, kind, old.seq if old else None, fields, banner)
    except Invalid as fault:
        wrong = words.errors(fault, programme_form.FIELDS[kind.name])
        return await programme_form.page(visit, kind.name, old, sent, wrong, 422)
    return visit.go(kind.at(visit, saved.seq), "Saved." if old else "The draft is there.")


async def _moved(visit: There, kind: Kind, name: str) -> Page:
    """A change of state; one that is refused says why where it was asked for."""
    identity.may_manage(visit.by)
    move, seq = kind.moves[name], visit.number("programme")
    here = kind.at(visit, seq)
    if move.question and not visit.confirmed():
        found = await visit.read(kind.verbs.find, seq)
        return visit.confirm(move.question.format(name=found.name), move.label, here)
    try:
        done = await visit.write(move.verb, seq)
    except Invalid as fault:
        return await programme_page.show(visit, kind.name, seq, 422, wrong=words.told(fault))
    is_out = name == "submit" and done.state == "published"
    return visit.go(here, CAMPAIGNS.moves["publish"].said if is_out else move.said)


async def _dropped(visit: There, kind: Kind) -> Page:
    identity.may_manage(visit.by)
    found = await visit.read(kind.verbs.find, visit.number("programme"))
    here = kind.at(visit, found.seq)
    if not visit.confirmed():
        return visit.confirm(f"Delete the draft “{found.name}”?", f"Delete {kind.name}", here)
    try:
        await visit.write(kind.verbs.drop, found.seq)
    except Invalid as fault:
        return await programme_page.show(visit, kind.name, found.seq, 422, wrong=words.told(fault))
    return visit.go(kind.home(visit), f"The draft “{found.name}” is deleted.")


def _rooms(kind: Kind) -> list[HTTPRouteHandler]:
    """The routes of one kind."""

    @get(kind.path)
    async def index(visit: Theirs) -> Page:
        rows, at = await visit.turned(_listed, kind)
        return visit.page("market/programmes.html", kind=kind.name, rows=rows, at=at)

    @get(kind.path + "/new")
    async def ask(visit: Theirs) -> Page:
        identity.may_manage(visit.by)
        found: Prefill = await programme_form.prefilled(visit, kind.name)
        return await programme_form.page(visit, kind.name, None, found.typed, found.wrong)

    @post(kind.path)
    async def make(visit: Theirs) -> Page:
        return await _save(visit, kind, None)

    @get(kind.path + "/{programme:str}")
    async def show(visit: Theirs) -> Page:
        return await programme_page.show(visit, kind.name, visit.number("programme"))

    @get(kind.path + "/{programme:str}/edit")
    async def change(visit: Theirs) -> Page:
        identity.may_manage(visit.by)
        old = await visit.read(kind.verbs.find, visit.number("programme"))
        return await programme_form.page(visit, kind.name, old, programme_form.of(old, visit.zone), {})

    @post(kind.path + "/{programme:str}/edit")
    async def save(visit: Theirs) -> Page:
        return await _save(visit, kind, await visit.read(kind.verbs.find, visit.number("programme")))

    @post(kind.path + "/{programme:str}/delete")
    async def drop(visit: Theirs) -> Page:
        return await _dropped(visit, kind)

    return [index, ask, make, show, change, save, drop, *(_arrow(kind, name) for name in kind.moves)]


def _arrow(kind: Kind, name: str) -> HTTPRouteHandler:
    @post(f"{kind.path}/{{programme:str}}/{name}")
    async def move(visit: Theirs) -> Page:
        return await _moved(visit, kind, name)

    return move


WITHIN = [*_rooms(CAMPAIGNS), *_rooms(COLLABS)]
