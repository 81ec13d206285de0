"""/api/organizations/{organizationId}/apps/: the parts of projects."""

from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from hyway.apis.hyphen import lists, refs
from hyway.apis.hyphen.asking import SIGNED_IN, at, operation
from hyway.apis.hyphen.fields import Words, given
from hyway.apis.hyphen.lists import PageOut, PageQuery
from hyway.apis.hyphen.projects import AlternateId, Name
from hyway.apis.hyphen.refs import AlternateRef, OrganizationRef
from hyway.apis.kit.operations import Ask
from hyway.domain import projects
from hyway.domain.projects import AppChange, AppQuery, NewApp

PAGE = "/api/organizations/{organizationId}/apps/"
ONE = "/api/organizations/{organizationId}/apps/{appId}/"
OF_PROJECT = "/api/organizations/{organizationId}/projects/{projectId}/apps/"


class AppsQuery(PageQuery, kw_only=True, rename="camel"):
    project_ids: Annotated[Words, Meta(description="Ids or alternate ids of projects.")] = ()
    projects: Annotated[Words, Meta(description="The same, as the vendor's command line says it.")] = ()
    app_ids: Annotated[Words, Meta(description="Ids or alternate ids of apps.")] = ()


class AppIn(Struct, kw_only=True, rename="camel"):
    alternate_id: AlternateId
    name: Name


class AppPatch(Struct, kw_only=True, rename="camel"):
    name: Name | UnsetType = UNSET
    settings: dict[str, Any] | UnsetType = UNSET


class App(Struct, rename="camel"):
    id: str
    alternate_id: str
    name: str
    settings: dict[str, Any]
    organization: OrganizationRef
    project: AlternateRef


def out(found: projects.App) -> App:
    return App(
        found.id,
        found.alternate_id,
        found.name,
        dict(found.settings),
        refs.organization(found.project.organization),
        refs.project(found.project),
    )


@operation("GET", PAGE, needs=SIGNED_IN, query=AppsQuery, gives=PageOut[App])
async def page(ask: Ask, query: AppsQuery) -> PageOut[App]:
    """List apps.

    Those that the caller may read, oldest first; none for who may read none.
    """
    wanted = AppQuery((*query.project_ids, *query.projects) or None, query.app_ids or None)
    found, total = await ask.db.read(projects.apps.page, await at(ask), wanted, query.offset, query.limit)
    return lists.page(query, total, [out(each) for each in found])


@operation("POST", OF_PROJECT, needs=("create", "App"), takes=AppIn, gives=App, status=201)
async def create(ask: Ask, sent: AppIn) -> App:
    """Create an app of a project.

    The alternate id must be unique within the organization, and not be `projects`, `apps`, `environments` or `envs`.
    """
    new = NewApp(sent.alternate_id, sent.name)
    return out(await ask.db.write(projects.apps.create, await at(ask), ask.path["projectId"], new))


@operation("GET", ONE, needs=("read", "App"), gives=App)
async def find(ask: Ask) -> App:
    """Show an app."""
    return out(await ask.db.read(projects.apps.find, await at(ask), ask.path["appId"]))


@operation("PATCH", ONE, needs=("update", "App"), takes=AppPatch, gives=App)
async def change(ask: Ask, sent: AppPatch) -> App:
    """Change an app.

    What is not sent stays as it is; settings are replaced as a whole. `settings.env.accessControls` says from which
    networks .env files may be pulled: lists `allow` and `deny` of `{"type": "cidr", "cidr", "description"}` (`value`
    does for `cidr`), and `environments` with such lists by the alternate ids of environments. Settings that this server
    does not know are refused, for a misspelt one would look like a closed door.
    """
    wish = AppChange(**given(sent))
    return out(await ask.db.write(projects.apps.change, await at(ask), ask.path["appId"], wish))


@operation("DELETE", ONE, needs=("delete", "App"), status=204)
async def drop(ask: Ask) -> None:
    """Delete an app.

    With its .env files and the access that was given to it.
    """
    await ask.db.write(projects.apps.drop, await at(ask), ask.path["appId"])


OPERATIONS = (page, create, find, change, drop)
