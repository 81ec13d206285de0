"""/api/organizations/{organizationId}/toggles/: what is switched, and for whom."""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from hyway.apis.hyphen import lists, refs
from hyway.apis.hyphen.asking import at, moment, operation
from hyway.apis.hyphen.fields import given
from hyway.apis.hyphen.lists import PageOut, PageQuery
from hyway.apis.hyphen.refs import AlternateRef
from hyway.apis.kit.operations import Ask
from hyway.domain import toggles
from hyway.domain.toggles import NewToggle, ToggleChange

OF_ALL = "/api/organizations/{organizationId}/toggles/"
PAGE = "/api/organizations/{organizationId}/projects/{projectId}/toggles/"
ONE = PAGE + "{toggleKey}"
WHOLE = 1_000
"""Records on a page where the vendor's pages know none: clients that do not ask for another must get all."""

Description = Annotated[str, Meta(max_length=1_000)]
Tags = Annotated[list[Annotated[str, Meta(min_length=1, max_length=100)]], Meta(max_length=50)]
Logic = Annotated[str, Meta(max_length=65_536)]
Type = Literal["boolean", "string", "number", "object", "json"]


class TogglesQuery(PageQuery, kw_only=True, rename="camel"):
    page_size: Annotated[int, Meta(ge=1, le=WHOLE, description="Records on a page.")] = WHOLE
    search: Annotated[
        str, Meta(max_length=200, description="A part of a key, a description or a tag, in any case.")
    ] = ""


class TargetBody(Struct):
    """`logic` is JsonLogic as a text; who it holds for gets `value`, which is of the toggle's type."""

    logic: Logic
    value: Any


Targets = Annotated[list[TargetBody], Meta(max_length=100)]


class ToggleIn(Struct, kw_only=True, rename="camel"):
    key: Annotated[str, Meta(min_length=1, max_length=100)]
    type: Type
    targets: Targets
    default_value: Any
    description: Description = ""
    tags: Tags = []


class TogglePatch(Struct, kw_only=True, rename="camel"):
    description: Description | UnsetType = UNSET
    tags: Tags | UnsetType = UNSET
    targets: Targets | UnsetType = UNSET
    default_value: Any = UNSET


class TargetOut(Struct):
    logic: str
    value: Any


class MetaOut(Struct, rename="camel"):
    """Who did what to it when; by the ids of members, empty where a command of the server's did."""

    created_at: str
    created_by: str
    modified_at: str
    modified_by: str
    deleted_at: str | UnsetType = UNSET
    deleted_by: str | UnsetType = UNSET


class Toggle(Struct, rename="camel"):
    """Values of the type `object` are their JSON text, letter by letter as it was sent."""

    id: str
    key: str
    description: str
    tags: list[str]
    type: str
    targets: list[TargetOut]
    default_value: Any
    meta: MetaOut
    project: AlternateRef


def out(found: toggles.Toggle) -> Toggle:
    return Toggle(
        found.id,
        found.key,
        found.description,
        list(found.tags),
        found.type,
        [TargetOut(each.logic, each.value) for each in found.targets],
        found.default_value,
        meta(found.meta),
        refs.project(found.project),
    )


def meta(of: toggles.Meta) -> MetaOut:
    made = MetaOut(moment(of.created_at), of.created_by, moment(of.modified_at), of.modified_by)
    if of.deleted_at is not None:
        made.deleted_at, made.deleted_by = moment(of.deleted_at), of.deleted_by or ""
    return made


def _targets(sent: list[TargetBody]) -> tuple[tuple[str, Any], ...]:
    return tuple((each.logic, each.value) for each in sent)


@operation("GET", OF_ALL, needs=("read", "Toggle"), query=TogglesQuery, gives=PageOut[Toggle])
async def page(ask: Ask, query: TogglesQuery) -> PageOut[Toggle]:
    """List the toggles of an organization.

    Those of all projects whose toggles the caller may read, oldest first.
    """
    found, total = await ask.db.read(
        toggles.page, await at(ask), None, query.search, query.offset, query.limit
    )
    return lists.page(query, total, [out(each) for each in found])


@operation("GET", PAGE, needs=("read", "Toggle"), query=TogglesQuery, gives=PageOut[Toggle])
async def page_of_project(ask: Ask, query: TogglesQuery) -> PageOut[Toggle]:
    """List the toggles of a project.

    Oldest first; all of them on one page unless another `pageSize` is sent.
    """
    of = ask.path["projectId"]
    found, total = await ask.db.read(toggles.page, await at(ask), of, query.search, query.offset, query.limit)
    return lists.page(query, total, [out(each) for each in found])


@operation("POST", PAGE, needs=("create", "Toggle"), takes=ToggleIn, gives=Toggle)
async def create(ask: Ask, sent: ToggleIn) -> Toggle:
    """Create a toggle of a project.

    Targets are asked in their order: the first whose logic holds gives its value, `defaultValue` is for everybody else.
    `logic` is a text of JsonLogic; besides its public operators there are `segment`, `rollout`, `semver`, `before`,
    `after` and `now`. All values are of the toggle's type, which never changes; `json` means `object`, whose values may
    be sent as themselves or as their JSON text. Keys are unique among the toggles of a project.
    """
    new = NewToggle(
        sent.key,
        sent.type,
        _targets(sent.targets),
        sent.default_value,
        sent.description,
        tuple(sent.tags),
    )
    return out(await ask.db.write(toggles.create, await at(ask), ask.path["projectId"], new))


@operation("GET", ONE, needs=("read", "Toggle"), gives=Toggle)
async def find(ask: Ask) -> Toggle:
    """Show a toggle.

    By its key, or by its id: which also finds one that was deleted, as `meta` says then.
    """
    of, key = ask.path["projectId"], ask.path["toggleKey"]
    return out(await ask.db.read(toggles.find, await at(ask), of, key))


@operation("PATCH", ONE, needs=("update", "Toggle"), takes=TogglePatch, gives=Toggle)
async def change(ask: Ask, sent: TogglePatch) -> Toggle:
    """Change a toggle.

    What is not sent stays as it is; targets are replaced as a whole. The very next evaluation goes by it.
    """
    wish = given(sent)
    if "targets" in wish:
        wish["targets"] = _targets(wish["targets"])
    if "tags" in wish:
        wish["tags"] = tuple(wish["tags"])
    of, key = ask.path["projectId"], ask.path["toggleKey"]
    return out(await ask.db.write(toggles.change, await at(ask), of, key, ToggleChange(**wish)))


@operation("DELETE", ONE, needs=("delete", "Toggle"), status=204)
async def drop(ask: Ask) -> None:
    """Delete a toggle.

    It is decided no more, and its key is free.
    """
    of, key = ask.path["projectId"], ask.path["toggleKey"]
    await ask.db.write(toggles.drop, await at(ask), of, key)


OPERATIONS = (page, page_of_project, create, find, change, drop)
