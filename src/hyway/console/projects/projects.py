"""Projects: the list with favorites first, and one with its apps, its environments and who has access."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from litestar import get, post
from litestar.params import FromPath

from hyway.console.market.stay import Leaves
from hyway.console.projects import held, stars, words
from hyway.console.projects.leaf import turned
from hyway.console.visit import Here, Page, Visit
from hyway.domain import identity, projects
from hyway.domain.identity import Caller, Favorite
from hyway.domain.projects import App, AppQuery, Environment, NewProject, Project, ProjectChange
from hyway.kernel.db import Read
from hyway.kernel.faults import Invalid

HERE = "/console/projects"
_FIELDS = ("name", "alternateId", "isMonorepo")
_MOST = 1_000


class Starred(NamedTuple):
    id: str
    name: str
    kind: str
    page: str
    within: str


class Shown(NamedTuple):
    of: Project
    apps: int
    environments: list[Environment]


def _shown(r: Read, by: Caller, offset: int, limit: int) -> tuple[list[Shown], int]:
    """Projects with how many apps they have, and their environments."""
    found, total = projects.page(r, by, offset, limit)
    apps, _ = projects.apps.page(r, by, AppQuery(projects=tuple(each.id for each in found)), 0, _MOST)
    environments = projects.environments.of_projects(r, found)
    return [
        Shown(
            of,
            sum(app.project.id == of.id for app in apps),
            [each for each in environments if each.project.id == of.id],
        )
        for of in found
    ], total


@get(HERE)
async def index(visit: Here) -> Page:
    if not visit.may_somewhere("read", "Project"):
        return visit.page("projects/projects.html", rows=[], at=None, starred=[], stars=frozenset())
    rows, at = await turned(visit, _shown)
    favorites = await stars.listed(visit)
    names = {each.of.id: each.of.name for each in rows}
    starred = [_starred(each, names) for each in favorites]
    ids = frozenset(each.id for each in favorites)
    return visit.page("projects/projects.html", rows=rows, at=at, starred=starred, stars=ids)


def _starred(of: Favorite, names: Mapping[str, str]) -> Starred:
    return Starred(of.id, of.name, of.type, held.PAGES[of.type] + of.id, names.get(of.part_of or "", ""))


def _form(
    visit: Visit, of: Project | None, typed: Mapping[str, Any], wrong: Mapping[str, str], status: int = 200
) -> Page:
    may_delete = of is not None and visit.may("delete", "Project", of.id)
    facts = {"of": of, "typed": typed, "errors": wrong, "may_delete": may_delete}
    return visit.page("projects/project_form.html", status, **facts)


def _typed(visit: Visit) -> dict[str, Any]:
    sent = visit.sent
    return {
        "name": sent.text("name"),
        "alternateId": sent.text("alternateId"),
        "isMonorepo": sent.ticked("isMonorepo"),
    }


@get(HERE + "/new")
async def ask(visit: Here) -> Page:
    identity.access.require(visit.by, "create", "Project")
    return _form(visit, None, {"name": "", "alternateId": "", "isMonorepo": False}, {})


@post(HERE + "/new")
async def make(visit: Here) -> Page:
    identity.access.require(visit.by, "create", "Project")
    typed = _typed(visit)
    new = NewProject(typed["alternateId"], typed["name"], typed["isMonorepo"])
    try:
        made = await visit.write(projects.create, new)
    except Invalid as fault:
        return _form(visit, None, typed, words.errors(fault, _FIELDS), 422)
    return visit.go(f"{HERE}/{made.alternate_id}", f"{made.name} is there. Add its first app.")


@get(HERE + "/{project:str}")
async def show(visit: Here, project: FromPath[str]) -> Page:
    of = await visit.read(projects.find, project)
    apps, at = await turned(visit, projects.apps.page, AppQuery(projects=(of.id,)))
    return await _page(visit, of, apps, at)


async def _page(visit: Visit, of: Project, apps: list[App], at: Leaves) -> Page:
    environments = (
        await visit.read(projects.environments.every, of) if visit.may("read", "Environment", of.id) else []
    )
    return visit.page(
        "projects/project.html",
        of=of,
        apps=apps,
        apps_at=at,
        environments=environments,
        holders=await visit.read(_holders, of, apps) if visit.may("read", "Access", of.id) else [],
        may_give=visit.may("update", "Access", of.id),
        stars=await stars.of(visit),
    )


def _holders(r: Read, by: Caller, of: Project, apps: list[App]) -> list[dict[str, Any]]:
    """Who has roles on the project and on its apps."""
    found, _ = identity.access.page(r, by, [of.id, *(each.id for each in apps)])
    keys = _key_pages(r, by)
    pages = {"Member": "/console/people/", "Team": "/console/teams/"}
    return [
        {
            "kind": each.holder.kind,
            "name": each.holder.name,
            "page": pages[each.holder.kind] + each.holder.id
            if each.holder.kind in pages
            else keys.get(each.holder.id, ""),
            "on": each.entity.name,
            "roles": each.roles,
        }
        for each in found
    ]


def _key_pages(r: Read, by: Caller) -> dict[str, str]:
    if not identity.access.may(by, "read", "ApiKey"):
        return {}
    return {
        id: f"/console/api-keys/{key.id}"
        for key in identity.api_keys.page(r, by)[0]
        for id in (key.member_id, key.id)
    }


@get(HERE + "/{project:str}/edit")
async def change(visit: Here, project: FromPath[str]) -> Page:
    of = await visit.read(projects.find, project)
    identity.access.require(visit.by, "update", "Project", of.id)
    return _form(visit, of, {"name": of.name, "isMonorepo": of.is_monorepo}, {})


@post(HERE + "/{project:str}/edit")
async def save(visit: Here, project: FromPath[str]) -> Page:
    of = await visit.read(projects.find, project)
    identity.access.require(visit.by, "update", "Project", of.id)
    typed = _typed(visit)
    try:
        await visit.write(projects.change, of.id, ProjectChange(typed["name"], typed["isMonorepo"]))
    except Invalid as fault:
        return _form(visit, of, typed, words.errors(fault, _FIELDS), 422)
    return visit.go(f"{HERE}/{of.alternate_id}", "Saved.")


@post(HERE + "/{project:str}/delete")
async def drop(visit: Here, project: FromPath[str]) -> Page:
    of = await visit.read(projects.find, project)
    identity.access.require(visit.by, "delete", "Project", of.id)
    if not visit.confirmed():
        question = f"Delete {of.name} with its apps, its environments and every .env file in them?"
        return visit.confirm(question, "Delete project", f"{HERE}/{of.alternate_id}/edit")
    await visit.write(projects.drop, of.id)
    return visit.go(HERE, f"{of.name} is gone.")


ROUTES = [index, ask, make, show, change, save, drop]
