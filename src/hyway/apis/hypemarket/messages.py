"""Messages on submissions of either kind: by the creator under /me, by members under their organization."""

from typing import Any

from msgspec import Struct

from hyway.apis.hypemarket import asking, params
from hyway.apis.hypemarket.creating import Named
from hyway.apis.hypemarket.paging import Page, PageQuery
from hyway.apis.hypemarket.params import Root, Sent
from hyway.apis.hypemarket.rails import operation
from hyway.apis.hypemarket.style import READ, WRITE
from hyway.apis.kit.operations import Ask, Operation
from hyway.domain import creators, identity
from hyway.domain.identity import Caller
from hyway.kernel import sqid
from hyway.kernel.db import Read, Write
from hyway.kernel.faults import Missing

Kind = creators.collabs.Kind
Said = creators.collabs.Message

MESSAGE = Root("message", text=params.text("At most 4000 characters."))
_PLACES: tuple[tuple[str, Kind], ...] = (
    ("/organizations/{organization_id}/campaigns/{campaign_id}/submissions/{id}", "campaign"),
    ("/organizations/{organization_id}/collabs/{collab_id}/submissions/{id}", "collab"),
    ("/me/submissions/{id}", "campaign"),
    ("/me/collab_submissions/{id}", "collab"),
)


class Message(Struct):
    """`from_creator` says from which side it came."""

    id: str
    text: str
    from_creator: bool
    user: Named
    created_at: str


Shown = tuple[Said, str]
"""A message and the name of its author."""


def out(shown: Shown) -> Message:
    said, name = shown
    return Message(
        id=sqid.text(said.seq),
        text=said.text,
        from_creator=said.by_creator,
        user=Named(sqid.text(said.person), name),
        created_at=asking.at(said.created_at),
    )


def _named(r: Read, found: list[Said]) -> list[Shown]:
    people = identity.named(r, {each.person for each in found})
    return [(each, people[each.person].name) for each in found]


def _at(place: str, kind: Kind) -> tuple[Operation, Operation, Operation]:
    """The operations of one of the places."""
    programme = f"{kind}_id" if place.startswith("/organizations") else None

    def numbers(ask: Ask) -> tuple[int | None, int]:
        return (asking.number(ask, programme) if programme else None), asking.number(ask)

    @operation("GET", place + "/messages", scope=READ, query=PageQuery, gives=list[Message])
    async def page(ask: Ask, query: PageQuery) -> Page[Message]:
        """List the messages on a submission.

        Oldest first. It marks nothing as read.
        """
        found = await asking.page(ask, query, _page, kind, *numbers(ask))
        return found.each(out)

    @operation("POST", place + "/messages", scope=WRITE, takes=MESSAGE, gives=Message, status=201)
    async def say(ask: Ask, sent: Sent) -> Message:
        """Write a message on a submission.

        The other side is told.
        """
        text = sent.fields.get("text") or ""
        return out(await asking.write(ask, _say, kind, *numbers(ask), text, sent=sent, needs="member"))

    @operation("POST", place + "/messages/read", scope=WRITE, gives=None, status=204)
    async def read(ask: Ask) -> None:
        """Mark the messages on a submission as read.

        All there are.
        """
        await asking.write(ask, _read, kind, *numbers(ask), needs="member")

    return page, say, read


def _page(
    r: Read, by: Caller, kind: Kind, programme: int | None, seq: int, offset: int, limit: int
) -> tuple[list[Shown], int]:
    _check(r, by, kind, programme, seq)
    rows, total = creators.collabs.chat.page(r, by, kind, seq, offset, limit)
    return _named(r, rows), total


def _say(w: Write, by: Caller, kind: Kind, programme: int | None, seq: int, text: str) -> Shown:
    _check(w, by, kind, programme, seq)
    return _named(w, [creators.collabs.chat.say(w, by, kind, seq, text)])[0]


def _read(w: Write, by: Caller, kind: Kind, programme: int | None, seq: int) -> None:
    _check(w, by, kind, programme, seq)
    creators.collabs.chat.read(w, by, kind, seq)


def _check(r: Read, by: Caller, kind: Kind, programme: int | None, seq: int) -> None:
    """Missing where the submission is not to the programme that the address names."""
    if programme is not None and creators.collabs.chat.about(r, by, kind, seq).programme != programme:
        raise Missing("Not authorized")


OPERATIONS: tuple[Any, ...] = tuple(each for place in _PLACES for each in _at(*place))
