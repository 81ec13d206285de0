"""Environments: of a project, and the same ones as each of its apps shows them."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from hyway.apis.hyphen import lists, refs
from hyway.apis.hyphen.asking import at, operation
from hyway.apis.hyphen.fields import given
from hyway.apis.hyphen.lists import PageOut, PageQuery
from hyway.apis.hyphen.projects import AlternateId, Name
from hyway.apis.hyphen.refs import AlternateRef, OrganizationRef
from hyway.apis.kit.operations import Ask
from hyway.domain import projects
from hyway.domain.identity import Caller
from hyway.domain.projects import EnvironmentChange, NewEnvironment
from hyway.kernel.db import Read, Write

OF_PROJECT = "/api/organizations/{organizationId}/projects/{projectId}/environments/"
ONE_OF_PROJECT = "/api/organizations/{organizationId}/projects/{projectId}/environments/{environmentId}/"
OF_APP = "/api/organizations/{organizationId}/apps/{appId}/environments/"
ONE_OF_APP = "/api/organizations/{organizationId}/apps/{appId}/environments/{environmentId}/"

Color = Annotated[str, Meta(pattern="^#[0-9a-fA-F]{6}$")]
Type = Literal["development", "production", "custom"]
Page = tuple[list[projects.Environment], int]


class EnvironmentIn(Struct, kw_only=True, rename="camel"):
    alternate_id: AlternateId
    name: Name
    color: Color | None = None
    type: Type | None = None


class EnvironmentPatch(Struct, kw_only=True, rename="camel"):
    name: Name | UnsetType = UNSET
    color: Color | UnsetType = UNSET
    type: Type | UnsetType = UNSET


class AppEnvironment(Struct, rename="camel"):
    id: str
    alternate_id: str
    name: str
    color: str
    organization: OrganizationRef
    project: AlternateRef


class Environment(Struct, rename="camel"):
    id: str
    alternate_id: str
    name: str
    color: str
    type: Type
    organization: OrganizationRef
    project: AlternateRef


def out(found: projects.Environment) -> Environment:
    return Environment(
        found.id,
        found.alternate_id,
        found.name,
        found.color,
        found.type,
        refs.organization(found.project.organization),
        refs.project(found.project),
    )


def of_app(found: projects.Environment) -> AppEnvironment:
    """The vendor's pages show no type here."""
    return AppEnvironment(
        found.id,
        found.alternate_id,
        found.name,
        found.color,
        refs.organization(found.project.organization),
        refs.project(found.project),
    )


@operation("GET", OF_PROJECT, needs=("read", "Environment"), query=PageQuery, gives=PageOut[Environment])
async def page(ask: Ask, query: PageQuery) -> PageOut[Environment]:
    """List the environments of a project.

    Oldest first.
    """
    found, total = await ask.db.read(_page, await at(ask), ask.path["projectId"], query)
    return lists.page(query, total, [out(each) for each in found])


@operation(
    "POST", OF_PROJECT, needs=("create", "Environment"), takes=EnvironmentIn, gives=Environment, status=201
)
async def create(ask: Ask, sent: EnvironmentIn) -> Environment:
    """Create an environment of a project.

    Name and alternate id must be unique within the project. Without `type` one whose alternate id is `development` or
    `production` is that, another is custom; without `color` it has its type's.
    """
    new = NewEnvironment(sent.alternate_id, sent.name, sent.color, sent.type)
    return out(await ask.db.write(_create, await at(ask), ask.path["projectId"], new))


@operation("GET", ONE_OF_PROJECT, needs=("read", "Environment"), gives=Environment)
async def find(ask: Ask) -> Environment:
    """Show an environment of a project."""
    return out(await ask.db.read(_find, await at(ask), ask.path["projectId"], ask.path["environmentId"]))


@operation(
    "PATCH", ONE_OF_PROJECT, needs=("update", "Environment"), takes=EnvironmentPatch, gives=Environment
)
async def change(ask: Ask, sent: EnvironmentPatch) -> Environment:
    """Change an environment of a project.

    What is not sent stays as it is.
    """
    wish = EnvironmentChange(**given(sent))
    of, id = ask.path["projectId"], ask.path["environmentId"]
    return out(await ask.db.write(_change, await at(ask), of, id, wish))


@operation("DELETE", ONE_OF_PROJECT, needs=("delete", "Environment"), status=204)
async def drop(ask: Ask) -> None:
    """Delete an environment of a project.

    With its .env files, and with what settings of apps say of it. The last one of a project stays.
    """
    await ask.db.write(_drop, await at(ask), ask.path["projectId"], ask.path["environmentId"])


@operation("GET", OF_APP, needs=("read", "Environment"), query=PageQuery, gives=PageOut[AppEnvironment])
async def page_of_app(ask: Ask, query: PageQuery) -> PageOut[AppEnvironment]:
    """List the environments of an app.

    Those of its project, oldest first.
    """
    found, total = await ask.db.read(_page_of_app, await at(ask), ask.path["appId"], query)
    return lists.page(query, total, [of_app(each) for each in found])


@operation("GET", ONE_OF_APP, needs=("read", "Environment"), gives=AppEnvironment)
async def find_of_app(ask: Ask) -> AppEnvironment:
    """Show an environment of an app."""
    found = await ask.db.read(_find_of_app, await at(ask), ask.path["appId"], ask.path["environmentId"])
    return of_app(found)


def _page(r: Read, by: Caller, project: str, query: PageQuery) -> Page:
    of = projects.find(r, by, project)
    return projects.environments.page(r, by, of, query.offset, query.limit)


def _find(r: Read, by: Caller, project: str, id: str) -> projects.Environment:
    return projects.environments.find(r, by, projects.find(r, by, project), id)


def _create(w: Write, by: Caller, project: str, new: NewEnvironment) -> projects.Environment:
    return projects.environments.create(w, by, projects.find(w, by, project), new)


def _change(w: Write, by: Caller, project: str, id: str, wish: EnvironmentChange) -> projects.Environment:
    return projects.environments.change(w, by, projects.find(w, by, project), id, wish)


def _drop(w: Write, by: Caller, project: str, id: str) -> None:
    projects.environments.drop(w, by, projects.find(w, by, project), id)


def _page_of_app(r: Read, by: Caller, app: str, query: PageQuery) -> Page:
    of = projects.apps.find(r, by, app)
    return projects.environments.page(r, by, of, query.offset, query.limit)


def _find_of_app(r: Read, by: Caller, app: str, id: str) -> projects.Environment:
    return projects.environments.find(r, by, projects.apps.find(r, by, app), id)


OPERATIONS = (page, create, find, change, drop, page_of_app, find_of_app)
