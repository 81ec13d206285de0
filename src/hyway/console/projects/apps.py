"""Apps: what of each environment was pushed, pulled and denied, and which addresses may pull."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from litestar import get, post
from litestar.params import FromPath

from hyway.console.projects import stars, words
from hyway.console.projects.projects import HERE
from hyway.console.visit import Here, Page, Visit
from hyway.domain import envs, identity, projects
from hyway.domain.projects import App, AppChange, Environment, NewApp, Project
from hyway.kernel.clock import Instant
from hyway.kernel.faults import Invalid, Missing

THERE = HERE + "/{project:str}/apps"
ONE = THERE + "/{app:str}"
EVERYWHERE = "~all"
"""What the .env file for all environments is called in an address: nothing that an environment can be called."""
_FIELDS = ("name", "alternateId")


class Last(NamedTuple):
    at: Instant
    who: str


class Rule(NamedTuple):
    allows: bool
    cidr: str
    description: str


def base(app: App) -> str:
    """Where the pages of an app begin."""
    return f"{HERE}/{app.project.alternate_id}/apps/{app.alternate_id}"


async def found(visit: Visit, project: str, app: str) -> App:
    """The app, where it is one of the project in the address."""
    of = await visit.read(projects.apps.find, app)
    if project not in (of.project.id, of.project.alternate_id):
        raise Missing("App not found")
    return of


def _form(
    visit: Visit,
    of: Project,
    app: App | None,
    typed: Mapping[str, str],
    wrong: Mapping[str, str],
    status: int = 200,
) -> Page:
    may_delete = app is not None and visit.may("delete", "App", *app.within)
    facts = {"of": of, "app": app, "typed": typed, "errors": wrong, "may_delete": may_delete}
    return visit.page("projects/app_form.html", status, **facts)


@get(THERE + "/new")
async def ask(visit: Here, project: FromPath[str]) -> Page:
    of = await visit.read(projects.find, project)
    identity.access.require(visit.by, "create", "App", of.id)
    return _form(visit, of, None, {"name": "", "alternateId": ""}, {})


@post(THERE + "/new")
async def make(visit: Here, project: FromPath[str]) -> Page:
    of = await visit.read(projects.find, project)
    identity.access.require(visit.by, "create", "App", of.id)
    typed = {name: visit.sent.text(name) for name in _FIELDS}
    try:
        made = await visit.write(projects.apps.create, of.id, NewApp(typed["alternateId"], typed["name"]))
    except Invalid as fault:
        return _form(visit, of, None, typed, words.errors(fault, _FIELDS), 422)
    return visit.go(base(made), f"The app {made.name} is there.")


@get("/console/apps/{app:str}")
async def lead(visit: Here, app: FromPath[str]) -> Page:
    """An app by its id alone, as favorites and roles name it."""
    return visit.go(base(await visit.read(projects.apps.find, app)))


@get(ONE)
async def show(visit: Here, project: FromPath[str], app: FromPath[str]) -> Page:
    of = await found(visit, project, app)
    may_read = visit.may("read", "DotEnv", *of.within)
    files = await visit.read(envs.looking.files, of.id) if may_read else []
    return visit.page(
        "projects/app.html",
        of=of.project,
        app=of,
        may_read=may_read,
        envs=[_shown(each) for each in files],
        controls=controls(of, [each.environment for each in files if each.environment]),
        stars=await stars.of(visit),
    )


def _shown(file: envs.looking.File) -> dict[str, Any]:
    slug = file.environment.alternate_id if file.environment else EVERYWHERE
    return {"environment": file.environment, "slug": slug, "latest": file.latest, "told": told(file.last)}


def told(last: Mapping[envs.Kind, envs.Last]) -> list[tuple[str, Last | None, str]]:
    """Who last pushed, pulled, and was denied, and when."""
    kinds: tuple[tuple[str, envs.Kind, str], ...] = (
        ("pushed", "push", ""),
        ("pulled", "pull", ""),
        ("denied", "deny", "bad"),
    )
    return [
        (words_, Last(there.at, there.member_name) if (there := last.get(kind)) else None, look)
        for words_, kind, look in kinds
    ]


def controls(of: App, environments: Sequence[Environment]) -> list[tuple[str, list[Rule]]]:
    """The rules of an app: those of single environments first, as they come first when somebody pulls."""
    whole = of.settings.get("env", {}).get("accessControls", {})
    by_name = whole.get("environments", {})
    titled = [
        (each.name, by_name[each.alternate_id]) for each in environments if each.alternate_id in by_name
    ]
    shown = [(title, rules(lists)) for title, lists in [*titled, ("Every environment", whole)]]
    return [each for each in shown if each[1]]


def rules(lists: Mapping[str, Any]) -> list[Rule]:
    """Allowed networks first: they win."""
    return [
        Rule(kind == "allow", each["cidr"], each["description"])
        for kind in ("allow", "deny")
        for each in lists.get(kind, ())
    ]


@get(ONE + "/edit")
async def change(visit: Here, project: FromPath[str], app: FromPath[str]) -> Page:
    of = await found(visit, project, app)
    identity.access.require(visit.by, "update", "App", *of.within)
    return _form(visit, of.project, of, {"name": of.name}, {})


@post(ONE + "/edit")
async def save(visit: Here, project: FromPath[str], app: FromPath[str]) -> Page:
    of = await found(visit, project, app)
    identity.access.require(visit.by, "update", "App", *of.within)
    typed = {"name": visit.sent.text("name")}
    try:
        await visit.write(projects.apps.change, of.id, AppChange(name=typed["name"]))
    except Invalid as fault:
        return _form(visit, of.project, of, typed, words.errors(fault, _FIELDS), 422)
    return visit.go(base(of), "Saved.")


@post(ONE + "/delete")
async def drop(visit: Here, project: FromPath[str], app: FromPath[str]) -> Page:
    of = await found(visit, project, app)
    identity.access.require(visit.by, "delete", "App", *of.within)
    if not visit.confirmed():
        question = f"Delete {of.name} with every version of its .env files?"
        return visit.confirm(question, "Delete app", base(of) + "/edit")
    await visit.write(projects.apps.drop, of.id)
    return visit.go(f"{HERE}/{of.project.alternate_id}", f"{of.name} is gone.")


ROUTES = [ask, make, lead, show, change, save, drop]
