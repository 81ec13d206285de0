"""/api/collections, /api/tags, /api/partners: three shelves, in Hoko's voice."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar

from msgspec import UNSET, Meta, Struct, UnsetType

from hyway.apis.hoko.shapes import (
    DateTime,
    Deleted,
    Email,
    Long,
    Skip,
    Sort,
    Take,
    Uuid,
    filter_id,
    given,
    ids,
)
from hyway.apis.kit import decode
from hyway.apis.kit.operations import Ask, operation
from hyway.domain import links
from hyway.domain.links import (
    COLLECTIONS,
    PARTNERS,
    TAG_COLORS,
    TAGS,
    Collection,
    Partner,
    Shelf,
    ShelfQuery,
    Tag,
)
from hyway.kernel import clock

T = TypeVar("T", Collection, Tag, Partner)
Out = TypeVar("Out")
Name = Annotated[str, Meta(extra_json_schema={"minLength": 1, "maxLength": 255})]
Phone = Annotated[str, Meta(extra_json_schema={"minLength": 1, "maxLength": 50})]
Color = Annotated[str, Meta(extra_json_schema={"enum": TAG_COLORS})]
PARTNERS_EITHER = ("linksWrite", "partnersWrite")
"""The page of PUT and DELETE asks for linksWrite, the list of scopes for partnersWrite: either is enough."""


class CollectionNew(Struct, rename="camel"):
    name: Name
    description: Long | UnsetType | None = UNSET


class CollectionPut(Struct, rename="camel"):
    """A collection to change (with `id`) or to create (without, then `name` is required)."""

    id: Uuid | UnsetType = UNSET
    name: Name | UnsetType = UNSET
    description: Long | UnsetType | None = UNSET


class CollectionOut(Struct, rename="camel"):
    id: Uuid
    name: str
    description: str | None
    created_at: DateTime
    updated_at: DateTime


class TagNew(Struct, rename="camel"):
    name: Name
    color: Color | UnsetType = UNSET


class TagPut(Struct, rename="camel"):
    """A tag to change (with `id`) or to create (without: `name` is required, `color` defaults to slate)."""

    id: Uuid | UnsetType = UNSET
    name: Name | UnsetType = UNSET
    color: Color | UnsetType = UNSET


class TagOut(Struct, rename="camel"):
    id: Uuid
    name: str
    color: str


class PartnerNew(Struct, rename="camel"):
    name: Name
    email: Email | UnsetType | None = UNSET
    phone: Phone | UnsetType | None = UNSET


class PartnerPut(Struct, rename="camel"):
    """A partner to change (with `id`) or to create (without, then `name` is required)."""

    id: Uuid | UnsetType = UNSET
    name: Name | UnsetType = UNSET
    email: Email | UnsetType | None = UNSET
    phone: Phone | UnsetType | None = UNSET


class PartnerOut(Struct, rename="camel"):
    id: Uuid
    name: str
    email: str | None
    phone: str | None
    created_at: DateTime
    updated_at: DateTime


class ShelfPage(Struct, rename="camel"):
    id: Annotated[Uuid, Meta(description="The one of this id.")] | None = None
    take: Take = 50
    skip: Skip = 0
    sort: Sort = "desc"


def _collection(of: Collection) -> CollectionOut:
    return CollectionOut(of.id, of.name, of.description, clock.text(of.created_at), clock.text(of.updated_at))


def _tag(of: Tag) -> TagOut:
    return TagOut(of.id, of.name, of.color)


def _partner(of: Partner) -> PartnerOut:
    return PartnerOut(
        of.id, of.name, of.email, of.phone, clock.text(of.created_at), clock.text(of.updated_at)
    )


async def _page(ask: Ask, shelf: Shelf[T], query: ShelfPage, out: Callable[[T], Out]) -> list[Out]:
    wanted = ShelfQuery(
        id=filter_id("id", query.id), take=query.take, skip=query.skip, ascending=query.sort == "asc"
    )
    return [out(each) for each in await ask.db.read(links.page_of_shelf, ask.by, shelf, wanted)]


def _item(sent: Struct) -> dict[str, Any]:
    said = dict(given(sent))
    if "id" in said:
        said["id"] = decode.uuid("id", said["id"])
    return said


async def _put(ask: Ask, shelf: Shelf[T], sent: Sequence[Struct], out: Callable[[T], Out]) -> list[Out]:
    links.bounds(ask.by, len(sent))
    return [
        out(each) for each in await ask.db.write(links.put_on_shelf, ask.by, shelf, decode.each(sent, _item))
    ]


async def _drop(ask: Ask, shelf: Shelf[Any], sent: list[str]) -> Deleted:
    links.bounds(ask.by, len(sent))
    return Deleted(await ask.db.write(links.drop_from_shelf, ask.by, shelf, ids(sent)))


@operation("GET", "/api/collections", scope="collectionsRead", query=ShelfPage, gives=list[CollectionOut])
async def collections(ask: Ask, query: ShelfPage) -> list[CollectionOut]:
    """Get collections."""
    return await _page(ask, COLLECTIONS, query, _collection)


@operation(
    "POST",
    "/api/collections",
    scope="collectionsWrite",
    takes=list[CollectionNew],
    gives=list[CollectionOut],
    status=201,
)
async def create_collections(ask: Ask, sent: list[CollectionNew]) -> list[CollectionOut]:
    """Create collections.

    Every link belongs to one. Up to 10,000 in one request, all or none.
    """
    return await _put(ask, COLLECTIONS, sent, _collection)


@operation(
    "PUT", "/api/collections", scope="collectionsWrite", takes=list[CollectionPut], gives=list[CollectionOut]
)
async def upsert_collections(ask: Ask, sent: list[CollectionPut]) -> list[CollectionOut]:
    """Update or create collections.

    With an `id` only the fields that are sent change; an unknown `id` fails the whole request.
    """
    return await _put(ask, COLLECTIONS, sent, _collection)


@operation("DELETE", "/api/collections", scope="collectionsWrite", takes=list[Uuid], gives=Deleted)
async def delete_collections(ask: Ask, sent: list[str]) -> Deleted:
    """Delete collections.

    Their links stay.
    """
    return await _drop(ask, COLLECTIONS, sent)


@operation("GET", "/api/tags", scope="tagsRead", query=ShelfPage, gives=list[TagOut])
async def tags(ask: Ask, query: ShelfPage) -> list[TagOut]:
    """Get tags.

    Sorted by id.
    """
    return await _page(ask, TAGS, query, _tag)


@operation("POST", "/api/tags", scope="tagsWrite", takes=list[TagNew], gives=list[TagOut], status=201)
async def create_tags(ask: Ask, sent: list[TagNew]) -> list[TagOut]:
    """Create tags.

    `color` defaults to slate.
    """
    return await _put(ask, TAGS, sent, _tag)


@operation("PUT", "/api/tags", scope="tagsWrite", takes=list[TagPut], gives=list[TagOut])
async def upsert_tags(ask: Ask, sent: list[TagPut]) -> list[TagOut]:
    """Update or create tags.

    With an `id` only the fields that are sent change; an unknown `id` fails the whole request.
    """
    return await _put(ask, TAGS, sent, _tag)


@operation("DELETE", "/api/tags", scope="tagsWrite", takes=list[Uuid], gives=Deleted)
async def delete_tags(ask: Ask, sent: list[str]) -> Deleted:
    """Delete tags.

    For good: links that had them have them no more.
    """
    return await _drop(ask, TAGS, sent)


@operation("GET", "/api/partners", scope="partnersRead", query=ShelfPage, gives=list[PartnerOut])
async def partners(ask: Ask, query: ShelfPage) -> list[PartnerOut]:
    """Get partners."""
    return await _page(ask, PARTNERS, query, _partner)


@operation(
    "POST", "/api/partners", scope="partnersWrite", takes=list[PartnerNew], gives=list[PartnerOut], status=201
)
async def create_partners(ask: Ask, sent: list[PartnerNew]) -> list[PartnerOut]:
    """Create partners.

    Up to 10,000 in one request, all or none.
    """
    return await _put(ask, PARTNERS, sent, _partner)


@operation("PUT", "/api/partners", scope=PARTNERS_EITHER, takes=list[PartnerPut], gives=list[PartnerOut])
async def upsert_partners(ask: Ask, sent: list[PartnerPut]) -> list[PartnerOut]:
    """Update or create partners.

    With an `id` only the fields that are sent change; an unknown `id` fails the whole request.
    """
    return await _put(ask, PARTNERS, sent, _partner)


@operation("DELETE", "/api/partners", scope=PARTNERS_EITHER, takes=list[Uuid], gives=Deleted)
async def delete_partners(ask: Ask, sent: list[str]) -> Deleted:
    """Delete partners.

    What was attributed to them is kept.
    """
    return await _drop(ask, PARTNERS, sent)


OPERATIONS = (
    collections,
    create_collections,
    upsert_collections,
    delete_collections,
    tags,
    create_tags,
    upsert_tags,
    delete_tags,
    partners,
    create_partners,
    upsert_partners,
    delete_partners,
)
