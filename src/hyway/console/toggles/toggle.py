"""Toggles: the list, one with who sees what of it, and its way back to how it was."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from litestar import get, post
from litestar.params import FromPath

from hyway.console.dates import SPANS
from hyway.console.projects.leaf import turned
from hyway.console.toggles import figures, past, trying, words
from hyway.console.toggles.sentences import sentence
from hyway.console.toggles.words import TOGGLES
from hyway.console.visit import Here, Page, Visit
from hyway.domain import identity, projects, toggles
from hyway.domain.identity import Caller
from hyway.domain.projects import Environment, Project
from hyway.domain.toggles import Rule, Segment, Toggle
from hyway.kernel import clock
from hyway.kernel.db import Read
from hyway.kernel.faults import Invalid

ONE = TOGGLES + "/{project:str}/{toggle:str}"
MOST = 1_000
"""Projects and segments to choose from."""


class Ground(NamedTuple):
    """What a form of a project's toggles offers: segments by all their names, environments."""

    segments: list[Segment]
    names: Mapping[str, str]
    environments: list[Environment]


def ground(r: Read, by: Caller, of: Project) -> Ground:
    """What there is to aim at, as far as the caller may see it."""
    may_see = identity.access.may(by, "read", "Segment", of.id)
    found = toggles.segments.page(r, by, of.id, limit=MOST)[0] if may_see else []
    may_know = identity.access.may(by, "read", "Environment", of.id)
    return Ground(
        found,
        {name: each.name for each in found for name in (each.id, each.alternate_id)},
        projects.environments.every(r, by, of) if may_know else [],
    )


async def choices(visit: Visit) -> list[Project]:
    """The projects that the visitor knows."""
    if not visit.may_somewhere("read", "Project"):
        return []
    found, _ = await visit.read(projects.page, 0, MOST)
    return found


async def fitting(visit: Visit, subject: str) -> list[Project]:
    """Those in which the visitor may make one."""
    return [each for each in await choices(visit) if visit.may("create", subject, each.id)]


async def chosen(visit: Visit, subject: str) -> Project | None:
    """The project that was chosen for a new one, or the only one where the visitor may make it."""
    named = visit.sent.text("project") or visit.asked.text("project")
    if named:
        of = await visit.read(projects.find, named)
        identity.access.require(visit.by, "create", subject, of.id)
        return of
    identity.access.require_somewhere(visit.by, "create", subject)
    fit = await fitting(visit, subject)
    return fit[0] if len(fit) == 1 else None


@get(TOGGLES)
async def index(visit: Here) -> Page:
    known = await choices(visit)
    chosen = visit.asked.one_of("project", [each.id for each in known], "")
    search = visit.asked.text("q")
    facts: dict[str, Any] = {"projects": known, "chosen": chosen, "q": search}
    if not visit.may_somewhere("read", "Toggle"):
        return visit.page("toggles/toggles.html", rows=[], at=None, may_create=False, **facts)
    rows, at = await turned(visit, toggles.page, chosen or None, search)
    may_create = any(visit.may("create", "Toggle", each.id) for each in known)
    return visit.page("toggles/toggles.html", rows=rows, at=at, may_create=may_create, **facts)


def rule_of(of: Toggle) -> Rule:
    """A stored toggle as rules decide it."""
    targets = tuple((toggles.logic.read(each.logic), each.value) for each in of.targets)
    return Rule(of.key, of.type, of.default_value, targets)


@get(ONE)
async def show(visit: Here, project: FromPath[str], toggle: FromPath[str]) -> Page:
    of = await visit.read(toggles.find, project, toggle)
    there = await visit.read(ground, of.project)
    pasts = await visit.read(toggles.history, of.project.id, of.id)
    return visit.page(
        "toggles/toggle.html",
        of=of,
        targets=[(each, sentence(each.logic, there.names)) for each in of.targets],
        environments=there.environments,
        typed=trying.typed(visit.asked),
        verdict=await visit.read(trying.decide, of.project, rule_of(of), visit.asked),
        versions=await asyncio.to_thread(past.versions, pasts, there.names, of.meta.deleted_at is None),
        at=words.toggle_at(of),
        **await _seen(visit, of),
    )


async def _seen(visit: Visit, of: Toggle) -> dict[str, Any]:
    span, now = visit.asked.one_of("span", SPANS, "7d"), clock.now()
    since = figures.since(SPANS[span], now, visit.zone)
    rows = await visit.read(toggles.counting.seen, of.project.id, of.key, since)
    return {"figures": figures.of(rows, span, visit.zone, now), "span": span, "spans": SPANS}


@get(ONE + "/try")
async def look(visit: Here, project: FromPath[str], toggle: FromPath[str]) -> Page:
    """The verdict as a part of the page."""
    of = await visit.read(toggles.find, project, toggle)
    verdict = await visit.read(trying.decide, of.project, rule_of(of), visit.asked)
    return visit.part("toggles/part_verdict.html", verdict=verdict)


@post(ONE + "/revert")
async def revert(visit: Here, project: FromPath[str], toggle: FromPath[str]) -> Page:
    of = await visit.read(toggles.find, project, toggle)
    version = visit.sent.whole("version", 1, 10**15, 0)
    try:
        await visit.write(toggles.revert, of.project.id, of.key, version)
    except Invalid as fault:
        return visit.go(words.toggle_at(of), f"Version {version} cannot come back: {words.told(fault)}")
    return visit.go(words.toggle_at(of), f"It is as it was in version {version}.")


@post(ONE + "/delete")
async def drop(visit: Here, project: FromPath[str], toggle: FromPath[str]) -> Page:
    of = await visit.read(toggles.find, project, toggle)
    identity.access.require(visit.by, "delete", "Toggle", of.project.id)
    if not visit.confirmed():
        question = f"Delete {of.key}? Programs that ask for it get their own default from then on."
        return visit.confirm(question, "Delete toggle", f"{words.toggle_at(of)}/edit")
    await visit.write(toggles.drop, of.project.id, of.key)
    return visit.go(TOGGLES, f"{of.key} is gone.")


ROUTES: Sequence[Any] = [index, show, look, revert, drop]
