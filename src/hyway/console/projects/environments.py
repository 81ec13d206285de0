"""Environments of a project: a name, a type and a colour."""

from collections.abc import Mapping
from typing import Any

from litestar import get, post
from litestar.params import FromPath

from hyway.console.projects import words
from hyway.console.projects.projects import HERE
from hyway.console.visit import Here, Page, Visit
from hyway.domain import identity, projects
from hyway.domain.projects import Environment, EnvironmentChange, NewEnvironment, Project
from hyway.kernel.faults import Invalid

_THERE = HERE + "/{project:str}/environments"
_ONE = _THERE + "/{environment:str}"
_FIELDS = ("name", "alternateId", "type", "color")
_NEW = {"name": "", "alternateId": "", "type": "custom", "color": "#7C3AED"}


def _form(
    visit: Visit,
    of: Project,
    environment: Environment | None,
    typed: Mapping[str, str],
    wrong: Mapping[str, str],
    status: int = 200,
) -> Page:
    facts = {"of": of, "environment": environment, "typed": typed, "errors": wrong}
    may_delete = visit.may("delete", "Environment", of.id)
    return visit.page("projects/environment_form.html", status, **facts, may_delete=may_delete)


def _typed(visit: Visit) -> dict[str, str]:
    return {name: visit.sent.text(name) for name in _FIELDS}


@get(_THERE + "/new")
async def ask(visit: Here, project: FromPath[str]) -> Page:
    of = await visit.read(projects.find, project)
    identity.access.require(visit.by, "create", "Environment", of.id)
    return _form(visit, of, None, _NEW, {})


@post(_THERE + "/new")
async def make(visit: Here, project: FromPath[str]) -> Page:
    of = await visit.read(projects.find, project)
    identity.access.require(visit.by, "create", "Environment", of.id)
    typed = _typed(visit)
    new = NewEnvironment(typed["alternateId"], typed["name"], typed["color"], typed["type"])
    try:
        made = await visit.write(projects.environments.create, of, new)
    except Invalid as fault:
        return _form(visit, of, None, typed, words.errors(fault, _FIELDS), 422)
    return visit.go(f"{HERE}/{of.alternate_id}", f"The environment {made.name} is there.")


async def _found(visit: Visit, project: str, environment: str, action: str) -> tuple[Project, Environment]:
    of = await visit.read(projects.find, project)
    found = await visit.read(projects.environments.find, of, environment)
    identity.access.require(visit.by, action, "Environment", of.id)
    return of, found


@get(_ONE)
async def change(visit: Here, project: FromPath[str], environment: FromPath[str]) -> Page:
    of, found = await _found(visit, project, environment, "update")
    return _form(visit, of, found, _as_typed(found), {})


def _as_typed(of: Environment) -> dict[str, Any]:
    return {"name": of.name, "type": of.type, "color": of.color}


@post(_ONE)
async def save(visit: Here, project: FromPath[str], environment: FromPath[str]) -> Page:
    of, found = await _found(visit, project, environment, "update")
    typed = _typed(visit)
    wish = EnvironmentChange(typed["name"], typed["color"], typed["type"])
    try:
        await visit.write(projects.environments.change, of, found.id, wish)
    except Invalid as fault:
        return _form(visit, of, found, typed, words.errors(fault, _FIELDS), 422)
    return visit.go(f"{HERE}/{of.alternate_id}", "Saved.")


@post(_ONE + "/delete")
async def drop(visit: Here, project: FromPath[str], environment: FromPath[str]) -> Page:
    of, found = await _found(visit, project, environment, "delete")
    here = f"{HERE}/{of.alternate_id}/environments/{found.alternate_id}"
    if not visit.confirmed():
        question = f"Delete {found.name} with the .env files that apps have for it?"
        return visit.confirm(question, "Delete environment", here)
    try:
        await visit.write(projects.environments.drop, of, found.id)
    except Invalid as fault:
        return visit.go(here, words.told(fault))
    return visit.go(f"{HERE}/{of.alternate_id}", f"{found.name} is gone.")


ROUTES = [ask, make, change, save, drop]
