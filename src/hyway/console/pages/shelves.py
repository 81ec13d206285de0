"""Collections and tags: two shelves of links, one set of pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import get, post
from litestar.handlers import HTTPRouteHandler

from hyway.console.form import errors
from hyway.console.pages.links import paging
from hyway.console.visit import Here, Page, Visit
from hyway.domain import links
from hyway.domain.identity import Caller
from hyway.domain.links import LinkQuery, Shelf, ShelfQuery
from hyway.kernel.db import Read
from hyway.kernel.faults import Invalid, Missing

PAGE = 50


@dataclass(frozen=True)
class Kind:
    """What the pages of one shelf need to know of it."""

    shelf: Shelf[Any]
    path: str
    title: str
    fields: tuple[str, ...]
    filter: str
    """The query parameter by which the list of links narrows to one of them."""
    blurb: str


COLLECTIONS = Kind(
    links.COLLECTIONS,
    "/console/collections",
    "Collections",
    ("name", "description"),
    "collection",
    "Every link lives in one collection: a client, a campaign, a product.",
)
TAGS = Kind(
    links.TAGS,
    "/console/tags",
    "Tags",
    ("name", "color"),
    "tag",
    "Tags cut across collections. A link can wear several.",
)


async def this(visit: Visit, shelf: Shelf[Any]) -> Any:
    """The item that the path names, if it is the organization's."""
    found = await visit.read(
        links.page_of_shelf, shelf, ShelfQuery(id=str(visit.request.path_params["item"]), take=1)
    )
    if not found:
        raise Missing("there is no such {noun}", noun=shelf.noun)
    return found[0]


def typed(visit: Visit, fields: tuple[str, ...]) -> dict[str, str]:
    return {name: visit.sent.text(name) for name in fields}


async def keep(visit: Visit, shelf: Shelf[Any], id: str | None, values: Mapping[str, str]) -> Any:
    """Stores an item; an empty field is null where null may be."""
    item = {name: value if value or name in shelf.never_null else None for name, value in values.items()}
    return (await visit.write(links.put_on_shelf, shelf, [{**item, "id": id}]))[0]


def _find(r: Read, by: Caller, shelf: Shelf[Any], query: ShelfQuery) -> tuple[list[Any], int]:
    return links.page_of_shelf(r, by, shelf, query), links.count_shelf(r, by, shelf, query)


async def listed(visit: Visit, shelf: Shelf[Any]) -> dict[str, Any]:
    """One page of a shelf, searched by `q`."""
    page = visit.asked.whole("page", 1, 1_000_000, 1)
    search = visit.asked.text("q")[:200]
    query = ShelfQuery(search=search or None, take=PAGE, skip=(page - 1) * PAGE)
    found, total = await visit.read(_find, shelf, query)
    return {"items": found, "total": total, "search": search, "pages": paging(visit, page, total, PAGE)}


async def delete(visit: Visit, kind: Kind) -> Page:
    item = await this(visit, kind.shelf)
    if not visit.confirmed():
        question = f"Delete the {kind.shelf.noun} “{item.name}”?"
        return visit.confirm(question, f"Delete {kind.shelf.noun}", f"{kind.path}/{item.id}")
    inside = await visit.read(links.count, LinkQuery(collection_id=item.id)) if kind is COLLECTIONS else 0
    if inside:
        links_are = "1 link is" if inside == 1 else f"{inside} links are"
        wrong = f"{links_are} in this collection. Move or delete them first."
        return _form(visit, kind, item, _of(item, kind), {"": wrong}, 409)
    await visit.write(links.drop_from_shelf, kind.shelf, [item.id])
    return visit.go(kind.path, f"The {kind.shelf.noun} “{item.name}” is deleted.")


def _of(item: Any, kind: Kind) -> dict[str, str]:
    return {name: getattr(item, name) or "" for name in kind.fields}


def _form(
    visit: Visit,
    kind: Kind,
    item: Any,
    values: Mapping[str, str],
    wrong: Mapping[str, str],
    status: int = 200,
) -> Page:
    colors = links.TAG_COLORS
    return visit.page(
        "shelf_form.html", status, kind=kind, item=item, typed=values, errors=wrong, colors=colors
    )


async def _save(visit: Visit, kind: Kind, item: Any) -> Page:
    values = typed(visit, kind.fields)
    try:
        await keep(visit, kind.shelf, item.id if item else None, values)
    except Invalid as fault:
        return _form(visit, kind, item, values, errors(fault, kind.fields), 422)
    return visit.go(kind.path, "Saved." if item else f"The {kind.shelf.noun} “{values['name']}” is there.")


def _rooms(kind: Kind) -> list[HTTPRouteHandler]:
    """The routes of one shelf."""

    @get(kind.path)
    async def show(visit: Here) -> Page:
        return visit.page("shelf.html", kind=kind, **await listed(visit, kind.shelf))

    @get(f"{kind.path}/new")
    async def ask(visit: Here) -> Page:
        return _form(visit, kind, None, {"name": "", "description": "", "color": "teal"}, {})

    @post(f"{kind.path}/new")
    async def make(visit: Here) -> Page:
        return await _save(visit, kind, None)

    @get(kind.path + "/{item:uuid}")
    async def change(visit: Here) -> Page:
        item = await this(visit, kind.shelf)
        return _form(visit, kind, item, _of(item, kind), {})

    @post(kind.path + "/{item:uuid}")
    async def save(visit: Here) -> Page:
        return await _save(visit, kind, await this(visit, kind.shelf))

    @post(kind.path + "/{item:uuid}/delete")
    async def drop(visit: Here) -> Page:
        return await delete(visit, kind)

    return [show, ask, make, change, save, drop]


ROUTES = [*_rooms(COLLECTIONS), *_rooms(TAGS)]
