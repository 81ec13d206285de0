"""/api/organizations/{organizationId}/segments/: rules with a name, which toggles share."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from hyway.apis.hyphen import lists, refs
from hyway.apis.hyphen import toggles as toggle_shapes
from hyway.apis.hyphen.asking import at, operation
from hyway.apis.hyphen.fields import given
from hyway.apis.hyphen.lists import PageOut, PageQuery
from hyway.apis.hyphen.refs import AlternateRef, OrganizationRef
from hyway.apis.hyphen.toggles import WHOLE, Description, Logic, MetaOut, Tags, Toggle
from hyway.apis.kit.operations import Ask
from hyway.domain import toggles
from hyway.domain.toggles import NewSegment, SegmentChange

OF_ALL = "/api/organizations/{organizationId}/segments/"
PAGE = "/api/organizations/{organizationId}/projects/{projectId}/segments/"
ONE = PAGE + "{segmentId}"
_PART = "A part of a name, an alternate id, a description or a tag, in any case."


class SegmentsQuery(PageQuery, kw_only=True, rename="camel"):
    search: Annotated[str, Meta(max_length=200, description=_PART)] = ""


class ProjectSegmentsQuery(PageQuery, kw_only=True, rename="camel"):
    page_size: Annotated[int, Meta(ge=1, le=WHOLE, description="Records on a page.")] = WHOLE
    search: Annotated[str, Meta(max_length=200, description=_PART)] = ""
    available_for: Annotated[
        str,
        Meta(max_length=100, description="A segment: without it, and without those that lead to it."),
    ] = ""


class SegmentBody(Struct, kw_only=True, rename="camel"):
    alternate_id: Annotated[str, Meta(min_length=1, max_length=25)]
    name: Annotated[str, Meta(min_length=1, max_length=100)]
    logic: Logic
    description: Description = ""
    tags: Tags = []


class SegmentPatch(Struct, kw_only=True, rename="camel"):
    name: Annotated[str, Meta(min_length=1, max_length=100)] | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    tags: Tags | UnsetType = UNSET
    logic: Logic | UnsetType = UNSET


class Usages(Struct):
    """Toggles that name the segment, by themselves or through other segments."""

    toggles: list[Toggle]


class Segment(Struct, rename="camel"):
    id: str
    alternate_id: str
    name: str
    description: str
    logic: str
    tags: list[str]
    usages: Usages
    meta: MetaOut
    project: AlternateRef
    organization: OrganizationRef


def out(found: toggles.Segment) -> Segment:
    return Segment(
        found.id,
        found.alternate_id,
        found.name,
        found.description,
        found.logic,
        list(found.tags),
        Usages([toggle_shapes.out(each) for each in found.toggles]),
        toggle_shapes.meta(found.meta),
        refs.project(found.project),
        refs.organization(found.project.organization),
    )


@operation("GET", OF_ALL, needs=("read", "Segment"), query=SegmentsQuery, gives=PageOut[Segment])
async def page(ask: Ask, query: SegmentsQuery) -> PageOut[Segment]:
    """List the segments of an organization.

    Those of all projects whose segments the caller may read, oldest first.
    """
    found, total = await ask.db.read(
        toggles.segments.page, await at(ask), None, query.search, None, query.offset, query.limit
    )
    return lists.page(query, total, [out(each) for each in found])


@operation("GET", PAGE, needs=("read", "Segment"), query=ProjectSegmentsQuery, gives=PageOut[Segment])
async def page_of_project(ask: Ask, query: ProjectSegmentsQuery) -> PageOut[Segment]:
    """List the segments of a project.

    Oldest first; all of them on one page unless another `pageSize` is sent. `availableFor` names a segment (by id or
    alternate id) and leaves those that its logic may name.
    """
    found, total = await ask.db.read(
        toggles.segments.page,
        await at(ask),
        ask.path["projectId"],
        query.search,
        query.available_for or None,
        query.offset,
        query.limit,
    )
    return lists.page(query, total, [out(each) for each in found])


@operation("POST", PAGE, needs=("create", "Segment"), takes=SegmentBody, gives=Segment)
async def create(ask: Ask, sent: SegmentBody) -> Segment:
    """Create a segment of a project.

    `logic` is a text of JsonLogic, as in targets of toggles. Others name the segment by `{"segment": "…"}` with its id
    or alternate id, which must be unique among the segments of the project and never changes.
    """
    new = NewSegment(sent.alternate_id, sent.name, sent.logic, sent.description, tuple(sent.tags))
    return out(await ask.db.write(toggles.segments.create, await at(ask), ask.path["projectId"], new))


@operation("GET", ONE, needs=("read", "Segment"), gives=Segment)
async def find(ask: Ask) -> Segment:
    """Show a segment.

    By its alternate id, or by its id: which also finds one that was deleted, as `meta` says then.
    """
    of, id = ask.path["projectId"], ask.path["segmentId"]
    return out(await ask.db.read(toggles.segments.find, await at(ask), of, id))


@operation("PATCH", ONE, needs=("update", "Segment"), takes=SegmentPatch, gives=Segment)
async def change(ask: Ask, sent: SegmentPatch) -> Segment:
    """Change a segment.

    What is not sent stays as it is. Toggles that use it are decided anew from the very next evaluation on. A segment
    must not lead back to itself.
    """
    wish = given(sent)
    if "tags" in wish:
        wish["tags"] = tuple(wish["tags"])
    of, id = ask.path["projectId"], ask.path["segmentId"]
    return out(await ask.db.write(toggles.segments.change, await at(ask), of, id, SegmentChange(**wish)))


@operation("DELETE", ONE, needs=("delete", "Segment"), status=204)
async def drop(ask: Ask) -> None:
    """Delete a segment.

    One that a toggle or another segment names stays: 409.
    """
    of, id = ask.path["projectId"], ask.path["segmentId"]
    await ask.db.write(toggles.segments.drop, await at(ask), of, id)


OPERATIONS = (page, page_of_project, create, find, change, drop)
