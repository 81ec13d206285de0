"""/api/v1/groups/: who belongs together."""

from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from hyway.apis.hypertrack.fields import Flag, Ref, Time, Uuid, Words, given
from hyway.apis.hypertrack.inputs import operation
from hyway.apis.hypertrack.lists import LONGEST, ListQuery, PageOut, answer
from hyway.apis.hypertrack.shapes import Body, Group
from hyway.apis.hypertrack.style import READ, SECRET
from hyway.apis.kit.operations import Ask, Reply
from hyway.domain import tracking


class GroupsQuery(ListQuery, kw_only=True):
    id: Annotated[Words, Meta(description="Ids, separated by commas.")] | None = None
    name: Annotated[str, Meta(max_length=LONGEST, description="A part of the name.")] | None = None
    lookup_id: Ref | None = None
    unique_id: Ref | None = None
    parent_group_id: Ref | None = None
    has_parent: Annotated[Flag, Meta(description="Whether the group is under another.")] | None = None
    min_date: Annotated[Time, Meta(description="Created then or later.")] | None = None
    max_date: Annotated[Time, Meta(description="Created then or before.")] | None = None
    min_created_at: Time | None = None
    max_created_at: Time | None = None


class _Group(Struct, kw_only=True):
    lookup_id: Annotated[str, Meta(max_length=255, description="An id of yours.")] | UnsetType | None = UNSET
    unique_id: Annotated[str, Meta(max_length=255, description="The same.")] | UnsetType | None = UNSET
    parent_group_id: Uuid | UnsetType | None = UNSET


class GroupIn(_Group, kw_only=True):
    name: Annotated[str, Meta(min_length=1, max_length=255)]


class GroupChange(_Group, kw_only=True):
    """What is sent changes; null takes away."""

    name: Annotated[str, Meta(min_length=1, max_length=255)] | UnsetType = UNSET


def _fields(sent: _Group) -> dict[str, Any]:
    fields = given(sent)
    if "unique_id" in fields:
        fields.setdefault("lookup_id", fields.pop("unique_id"))
    return fields


@operation("GET", "/api/v1/groups/", scope=READ, query=GroupsQuery, gives=PageOut[Group])
async def page(ask: Ask, query: GroupsQuery) -> PageOut[Body]:
    """List groups."""
    query.lookup_id = query.lookup_id or query.unique_id
    return await answer(ask, query, tracking.groups.page, tracking.payloads.group)


@operation("POST", "/api/v1/groups/", scope=SECRET, takes=GroupIn, gives=Group, status=201)
async def create(ask: Ask, sent: GroupIn) -> Body:
    """Create a group.

    Its `token` reads the group and those under it, and nothing else: it is for widgets.
    """
    return tracking.payloads.group(await ask.db.write(tracking.groups.create, ask.by, _fields(sent)))


@operation("GET", "/api/v1/groups/{id}/", scope=READ, gives=Group)
async def find(ask: Ask) -> Body:
    """Retrieve a group."""
    return tracking.payloads.group(await ask.db.read(tracking.groups.find, ask.by, ask.path["id"]))


@operation("PATCH", "/api/v1/groups/{id}/", scope=SECRET, takes=GroupChange, gives=Group)
async def change(ask: Ask, sent: GroupChange) -> Body:
    """Change a group.

    A group cannot be placed under itself.
    """
    return tracking.payloads.group(
        await ask.db.write(tracking.groups.change, ask.by, ask.path["id"], _fields(sent))
    )


@operation("PUT", "/api/v1/groups/{id}/", scope=SECRET, takes=GroupIn, gives=Group)
async def replace(ask: Ask, sent: GroupIn) -> Body:
    """Change a group, as PATCH does; its name is required."""
    return tracking.payloads.group(
        await ask.db.write(tracking.groups.change, ask.by, ask.path["id"], _fields(sent))
    )


@operation("DELETE", "/api/v1/groups/{id}/", scope=SECRET, gives=None, status=204)
async def drop(ask: Ask) -> Reply:
    """Delete a group.

    Its users and the groups under it stay, without a group.
    """
    await ask.db.write(tracking.groups.drop, ask.by, ask.path["id"])
    return Reply(b"", 204)


OPERATIONS = (page, create, find, change, replace, drop)
