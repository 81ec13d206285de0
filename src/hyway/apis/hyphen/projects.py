"""/api/organizations/{organizationId}/projects/: what is built."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from hyway.apis.hyphen import lists, refs
from hyway.apis.hyphen.asking import SIGNED_IN, at, moment, operation
from hyway.apis.hyphen.fields import given
from hyway.apis.hyphen.lists import PageOut, PageQuery
from hyway.apis.hyphen.refs import OrganizationRef
from hyway.apis.kit.operations import Ask
from hyway.domain import projects
from hyway.domain.projects import NewProject, ProjectChange

PAGE = "/api/organizations/{organizationId}/projects/"
ONE = "/api/organizations/{organizationId}/projects/{projectId}/"

Name = Annotated[str, Meta(min_length=1, max_length=100)]
AlternateId = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=25,
        pattern="^[A-Za-z0-9_-]+$",
        description="Can be used wherever the id can. Letters become small ones, and it never changes.",
    ),
]


class NewProjectIn(Struct, kw_only=True, rename="camel"):
    alternate_id: AlternateId
    name: Name
    is_monorepo: bool = False


class ProjectPatch(Struct, kw_only=True, rename="camel"):
    name: Name | UnsetType = UNSET
    is_monorepo: bool | UnsetType = UNSET


class ProjectMeta(Struct, rename="camel"):
    created_at: str
    created_by: Annotated[
        str | None, Meta(description="The member who made it; null where the server's own command did.")
    ]


class Project(Struct, rename="camel"):
    id: str
    alternate_id: str
    name: str
    is_monorepo: bool
    organization: OrganizationRef
    meta: ProjectMeta


def out(found: projects.Project) -> Project:
    return Project(
        found.id,
        found.alternate_id,
        found.name,
        found.is_monorepo,
        refs.organization(found.organization),
        ProjectMeta(moment(found.created_at), found.created_by),
    )


@operation("GET", PAGE, needs=SIGNED_IN, query=PageQuery, gives=PageOut[Project])
async def page(ask: Ask, query: PageQuery) -> PageOut[Project]:
    """List projects.

    Those that the caller may read, oldest first; none for who may read none.
    """
    found, total = await ask.db.read(projects.page, await at(ask), query.offset, query.limit)
    return lists.page(query, total, [out(each) for each in found])


@operation("POST", PAGE, needs=("create", "Project"), takes=NewProjectIn, gives=Project, status=201)
async def create(ask: Ask, sent: NewProjectIn) -> Project:
    """Create a project.

    It begins with the organization's default environments, and whoever makes it administers it. The alternate id must
    be unique within the organization, and not be `environments`.
    """
    new = NewProject(sent.alternate_id, sent.name, sent.is_monorepo)
    return out(await ask.db.write(projects.create, await at(ask), new))


@operation("GET", ONE, needs=("read", "Project"), gives=Project)
async def find(ask: Ask) -> Project:
    """Show a project."""
    return out(await ask.db.read(projects.find, await at(ask), ask.path["projectId"]))


@operation("PATCH", ONE, needs=("update", "Project"), takes=ProjectPatch, gives=Project)
async def change(ask: Ask, sent: ProjectPatch) -> Project:
    """Change a project.

    What is not sent stays as it is.
    """
    wish = ProjectChange(**given(sent))
    return out(await ask.db.write(projects.change, await at(ask), ask.path["projectId"], wish))


@operation("DELETE", ONE, needs=("delete", "Project"), status=204)
async def drop(ask: Ask) -> None:
    """Delete a project.

    With its apps and their .env files, its environments, its keys, and the access that was given to any of them.
    """
    await ask.db.write(projects.drop, await at(ask), ask.path["projectId"])


OPERATIONS = (page, create, find, change, drop)
