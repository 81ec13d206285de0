"""The versions of a .env file, who pushed them and when; never what is in them. And the keys of a project's vault."""

from litestar import get, post
from litestar.params import FromPath

from hyway.console.projects import apps, words
from hyway.console.projects.leaf import turned
from hyway.console.projects.projects import HERE
from hyway.console.visit import Here, Page, Visit
from hyway.domain import envs, identity, projects
from hyway.domain.projects import App, Environment
from hyway.kernel.faults import Missing

_FILE = apps.ONE + "/envs/{environment:str}"


async def _found(visit: Visit, project: str, app: str, environment: str) -> tuple[App, Environment | None]:
    of = await apps.found(visit, project, app)
    if environment == apps.EVERYWHERE:
        return of, None
    return of, await visit.read(projects.environments.find, of, environment)


@get(_FILE)
async def show(visit: Here, project: FromPath[str], app: FromPath[str], environment: FromPath[str]) -> Page:
    of, where = await _found(visit, project, app, environment)
    wanted = envs.Wanted(where.id if where else None)
    versions, at = await turned(visit, envs.versions.history, of.id, wanted)
    files = await visit.read(envs.looking.files, of.id)
    file = next(
        each for each in files if (each.environment.id if each.environment else None) == wanted.environment
    )
    return visit.page(
        "projects/env.html",
        of=of.project,
        app=of,
        environment=where,
        slug=where.alternate_id if where else apps.EVERYWHERE,
        versions=versions,
        at=at,
        latest=file.latest,
        told=apps.told(file.last),
        may_delete=visit.may("delete", "DotEnv", *of.within),
    )


@post(_FILE + "/delete")
async def drop(visit: Here, project: FromPath[str], app: FromPath[str], environment: FromPath[str]) -> Page:
    of, where = await _found(visit, project, app, environment)
    identity.access.require(visit.by, "delete", "DotEnv", *of.within)
    if not visit.confirmed():
        back = f"{apps.base(of)}/envs/{where.alternate_id if where else apps.EVERYWHERE}"
        return visit.confirm("Delete this .env file with all its versions?", "Delete file", back)
    try:
        await visit.write(envs.versions.drop, of.id, where.id if where else None)
    except Missing as fault:
        return visit.go(apps.base(of), words.told(fault))
    return visit.go(apps.base(of), "The .env file is gone.")


@get(HERE + "/{project:str}/vault")
async def vault(visit: Here, project: FromPath[str]) -> Page:
    of = await visit.read(projects.find, project)
    return visit.page("projects/vault.html", of=of, rows=await visit.read(envs.vault.history, of.id))


ROUTES = [show, drop, vault]
