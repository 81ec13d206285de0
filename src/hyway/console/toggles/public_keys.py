"""Public keys: which there are, and what a program does with one."""

from collections.abc import Sequence
from typing import Any

from litestar import get, post
from litestar.params import FromPath

from hyway.console.projects.leaf import turned
from hyway.console.toggles import snippets, words
from hyway.console.toggles.toggle import choices, fitting
from hyway.console.toggles.words import KEYS
from hyway.console.visit import Here, Page, Visit
from hyway.domain import identity, projects, toggles
from hyway.domain.identity import Caller
from hyway.domain.toggles import PublicKey
from hyway.kernel.db import Read
from hyway.kernel.faults import Invalid, Missing

ONE = KEYS + "/{key:str}"


@get(KEYS)
async def index(visit: Here) -> Page:
    known = await choices(visit)
    chosen = visit.asked.one_of("project", [each.id for each in known], "")
    facts: dict[str, Any] = {"projects": known, "chosen": chosen}
    if not visit.may_somewhere("read", "PublicKey"):
        return visit.page("toggles/public_keys.html", rows=[], at=None, may_create=False, **facts)
    rows, at = await turned(visit, toggles.public_keys.page, chosen or None)
    may_create = any(visit.may("create", "PublicKey", each.id) for each in known)
    return visit.page("toggles/public_keys.html", rows=rows, at=at, may_create=may_create, **facts)


async def _form(visit: Visit, typed: dict[str, str], wrong: dict[str, str], status: int = 200) -> Page:
    fit = await fitting(visit, "PublicKey")
    return visit.page("toggles/public_key_form.html", status, projects=fit, typed=typed, errors=wrong)


@get(KEYS + "/new")
async def ask(visit: Here) -> Page:
    identity.access.require_somewhere(visit.by, "create", "PublicKey")
    return await _form(visit, {"name": "", "project": visit.asked.text("project")}, {})


@post(KEYS + "/new")
async def make(visit: Here) -> Page:
    identity.access.require_somewhere(visit.by, "create", "PublicKey")
    typed = {name: visit.sent.text(name) for name in ("name", "project")}
    try:
        made = await visit.write(toggles.public_keys.create, typed["project"], typed["name"])
    except Missing:
        return await _form(visit, typed, {"project": "Choose a project."}, 422)
    except Invalid as fault:
        return await _form(visit, typed, words.errors(fault, ("name",)), 422)
    return visit.go(words.key_at(made), f"The key {made.name} is there.")


def _around(r: Read, by: Caller, of: PublicKey) -> tuple[str, str]:
    """An app and an environment of the project, for examples: its first ones."""
    query = projects.AppQuery(projects=(of.project.id,))
    may_see = identity.access.may(by, "read", "App", of.project.id)
    apps = projects.apps.page(r, by, query, 0, 1)[0] if may_see else []
    may_know = identity.access.may(by, "read", "Environment", of.project.id)
    environments = projects.environments.every(r, by, of.project) if may_know else []
    return (
        apps[0].alternate_id if apps else of.project.alternate_id,
        environments[0].alternate_id if environments else "production",
    )


@get(ONE)
async def show(visit: Here, key: FromPath[str]) -> Page:
    of = await visit.read(toggles.public_keys.find, key)
    app, environment = await visit.read(_around, of)
    example = await visit.read(_example, of)
    told = snippets.of(visit.house.public_url, of.key, app, environment, example)
    may_delete = visit.may("delete", "PublicKey", of.project.id)
    return visit.page("toggles/public_key.html", of=of, snippets=told, may_delete=may_delete)


def _example(r: Read, by: Caller, of: PublicKey) -> snippets.Example:
    """A toggle of the project to write examples with; what clients make of JSON differs too much for one."""
    may_see = identity.access.may(by, "read", "Toggle", of.project.id)
    found = toggles.page(r, by, of.project.id, limit=50)[0] if may_see else []
    fit = [snippets.Example(each.key, each.type) for each in found if each.type in snippets.CALLS]
    return fit[0] if fit else snippets.Example("new-checkout", "boolean")


@post(ONE + "/delete")
async def drop(visit: Here, key: FromPath[str]) -> Page:
    of = await visit.read(toggles.public_keys.find, key)
    identity.access.require(visit.by, "delete", "PublicKey", of.project.id)
    if not visit.confirmed():
        question = f"Delete the key {of.name}? Programs that carry it get their own defaults from then on."
        return visit.confirm(question, "Delete key", words.key_at(of))
    await visit.write(toggles.public_keys.drop, of.id)
    return visit.go(KEYS, f"The key {of.name} is gone.")


ROUTES: Sequence[Any] = [index, ask, make, show, drop]
