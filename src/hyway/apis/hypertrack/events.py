"""/api/v1/events/: what happened."""

from typing import Annotated

from msgspec import Meta

from hyway.apis.hypertrack.fields import Ref, Time, Words
from hyway.apis.hypertrack.inputs import operation
from hyway.apis.hypertrack.lists import ListQuery, PageOut, answer
from hyway.apis.hypertrack.shapes import Body, Event
from hyway.apis.hypertrack.style import READ
from hyway.apis.kit.operations import Ask
from hyway.domain import tracking


class EventsQuery(ListQuery, kw_only=True):
    id: Annotated[Words, Meta(description="Ids, separated by commas.")] | None = None
    user_id: Ref | None = None
    action_id: Ref | None = None
    group_id: Ref | None = None
    type: Annotated[Words, Meta(description="Types, separated by commas.")] | None = None
    min_recorded_at: Time | None = None
    max_recorded_at: Time | None = None
    min_created_at: Time | None = None
    max_created_at: Time | None = None


@operation("GET", "/api/v1/events/", scope=READ, query=EventsQuery, gives=PageOut[Event])
async def page(ask: Ask, query: EventsQuery) -> PageOut[Body]:
    """List events.

    Newest first by the time at which they happened. `data.object` is the user, action or segment as it was then.
    """
    return await answer(ask, query, tracking.events.page, tracking.payloads.event)


@operation("GET", "/api/v1/events/{id}/", scope=READ, gives=Event)
async def find(ask: Ask) -> Body:
    """Retrieve an event."""
    return tracking.payloads.event(await ask.db.read(tracking.events.find, ask.by, ask.path["id"]))


OPERATIONS = (page, find)
