"""/api/events/{organizationId}/search: who did what in an organization, by every way in."""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from hyway.apis.hyphen import refs
from hyway.apis.hyphen.asking import at, moment, operation
from hyway.apis.hyphen.fields import Time
from hyway.apis.hyphen.lists import SIZE
from hyway.apis.hyphen.refs import OrganizationRef
from hyway.apis.kit.operations import Ask
from hyway.domain import audit, identity
from hyway.domain.audit import Wanted
from hyway.domain.identity import Caller
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read


class ReferenceIn(Struct):
    """`view` may be sent along, as references are answered with it; it is not looked at."""

    id: Annotated[str, Meta(min_length=1, max_length=200)]
    type: Annotated[str, Meta(max_length=100)] | None = None


class SearchIn(Struct, kw_only=True, rename="camel"):
    types: Annotated[
        list[Annotated[str, Meta(max_length=200)]],
        Meta(max_length=100, description="Whole types (`TOGGLE.UPDATE`) or their nouns (`TOGGLE`)."),
    ] = []
    references: Annotated[
        list[ReferenceIn],
        Meta(max_length=20, description="What the events speak of: by id, and type if given."),
    ] = []
    reference_operation: Annotated[
        Literal["AND", "OR"], Meta(description="Whether events must speak of all (AND) or any (OR).")
    ] = "AND"
    start_date: Annotated[Time, Meta(description="Events from this instant on.")] | None = None
    end_date: Annotated[Time, Meta(description="Events before this instant.")] | None = None
    page_size: Annotated[int, Meta(ge=1, le=audit.LONGEST_PAGE)] = SIZE
    page_cursor: (
        Annotated[
            str, Meta(max_length=100, description="The id of the last event seen: the page begins after it.")
        ]
        | None
    ) = None


class Reference(Struct):
    id: str
    type: str
    view: dict[str, Any]


class Who(Struct):
    id: str
    name: str


class Event(Struct, rename="camel"):
    """`user` is the member that did it, absent where none did: the server itself, or a key that is no member."""

    id: str
    type: str
    timestamp: str
    organization: OrganizationRef
    request_id: str
    references: list[Reference]
    actor: Who
    data: dict[str, Any]
    user: Who | UnsetType = UNSET


class EventsOut(Struct, rename="camel"):
    """`nextPageCursor` is absent on the last page: it is a text wherever it is, as the vendor's pages have it."""

    data: list[Event]
    page_size: int
    next_page_cursor: str | UnsetType = UNSET


def out(found: audit.Event, organization: OrganizationRef) -> Event:
    return Event(
        audit.wire_id(found),
        audit.type_of(found.action),
        moment(found.at),
        organization,
        found.request_id,
        [Reference(each.id, each.kind, dict(each.view)) for each in found.references],
        Who(found.actor_id, found.actor_name),
        audit.shown(found.data),
        Who(found.member, found.actor_name) if found.member else UNSET,
    )


@operation(
    "POST",
    "/api/events/{organizationId}/search",
    needs=("read", "Event"),
    takes=SearchIn,
    gives=EventsOut,
)
async def search(ask: Ask, sent: SearchIn) -> EventsOut:
    """Search the event log.

    Every change by every way in, newest first. The next page is asked for with `pageCursor`; a page may be shorter
    than `pageSize` though another follows, the last one has no `nextPageCursor`.
    """
    return await ask.db.read(_search, await at(ask), sent)


def _search(r: Read, by: Caller, sent: SearchIn) -> EventsOut:
    identity.access.require(by, "read", "Event")
    wanted = [Wanted(each.id, each.type or "") for each in sent.references]
    start: Instant | None = sent.start_date
    found = audit.search(
        r,
        by,
        sent.types,
        wanted,
        sent.reference_operation,
        start,
        sent.end_date,
        sent.page_size,
        sent.page_cursor,
    )
    there = identity.organization(r, by)
    organization = refs.OrganizationRef(there.wire_id, there.name)
    events = [out(each, organization) for each in found.events]
    return EventsOut(events, sent.page_size, found.next or UNSET)


OPERATIONS = (search,)
