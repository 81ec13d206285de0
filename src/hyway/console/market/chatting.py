"""What a creator and an organization say to each other about a submission, on either side's pages."""

from dataclasses import dataclass
from typing import Literal

from hyway.console.market import words
from hyway.console.market.stay import Stay
from hyway.console.visit import Page
from hyway.domain import creators, identity
from hyway.domain.identity import Caller
from hyway.kernel.db import Read
from hyway.kernel.faults import Invalid

collabs = creators.collabs

Kind = Literal["campaign", "collab"]
_SHOWN = 200


@dataclass(frozen=True)
class Chat:
    """The newest messages, oldest first, who wrote them, and how many there are in all."""

    messages: list[collabs.Message]
    people: dict[int, identity.Person]
    total: int
    unread: int
    mine: int


def _chat(r: Read, by: Caller, kind: Kind, submission: int) -> Chat:
    _, total = collabs.chat.page(r, by, kind, submission, 0, 1)
    found, _ = collabs.chat.page(r, by, kind, submission, max(0, total - _SHOWN), _SHOWN)
    people = identity.named(r, {each.person for each in found})
    unread = collabs.chat.unread(r, by, kind, [submission]).get(submission, 0)
    return Chat(found, people, total, unread, identity.person_of(by))


async def of(visit: Stay, kind: Kind, submission: int) -> Chat:
    """The chat; who looks at it has read it."""
    chat = await visit.read(_chat, kind, submission)
    if chat.unread:
        await visit.write(collabs.chat.read, kind, submission)
    return chat


async def part(visit: Stay, kind: Kind, submission: int) -> Page:
    """The messages alone, for a page that is open."""
    return visit.part("market/part_chat.html", chat=await of(visit, kind, submission))


async def say(visit: Stay, kind: Kind, submission: int, here: str) -> Page:
    try:
        await visit.write(collabs.chat.say, kind, submission, visit.sent.text("text"))
    except Invalid as fault:
        return visit.go(f"{here}#chat", words.told(fault))
    return visit.go(f"{here}#chat")
