"""Segments: the list, one with all that uses it, and its form."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from litestar import get, post
from litestar.params import FromPath

from hyway.console.form import Form
from hyway.console.projects.leaf import turned
from hyway.console.toggles import conditions, editor, past, trying, words
from hyway.console.toggles.editor import Piece
from hyway.console.toggles.sentences import sentence
from hyway.console.toggles.toggle import MOST, Ground, choices, chosen, fitting, ground
from hyway.console.toggles.words import SEGMENTS
from hyway.console.visit import Here, Page, Visit
from hyway.domain import identity, toggles
from hyway.domain.identity import Caller
from hyway.domain.projects import Project
from hyway.domain.toggles import NewSegment, Segment, SegmentChange
from hyway.kernel.db import Read
from hyway.kernel.faults import Fault, Invalid, Taken

ONE = SEGMENTS + "/{project:str}/{segment:str}"
_FIELDS = ("name", "alternateId", "description", "tags")


class Filled(NamedTuple):
    """What stands in the form; the rule is a piece as targets have them."""

    name: str
    alternate_id: str
    description: str
    tags: str
    piece: Piece


def _typed(sent: Form, of: Segment | None) -> Filled:
    pieces = editor.typed(sent)
    told = (sent.text("name"), of.alternate_id if of else sent.text("alternateId"))
    more = (sent.text("description"), sent.text("tags"))
    return Filled(*told, *more, pieces[0] if pieces else Piece())


def _stored(of: Segment) -> Filled:
    told = (of.name, of.alternate_id, of.description, words.listed(of.tags))
    return Filled(*told, editor.piece_of(of.logic))


@get(SEGMENTS)
async def index(visit: Here) -> Page:
    known = await choices(visit)
    chosen = visit.asked.one_of("project", [each.id for each in known], "")
    search = visit.asked.text("q")
    facts: dict[str, Any] = {"projects": known, "chosen": chosen, "q": search}
    if not visit.may_somewhere("read", "Segment"):
        return visit.page("toggles/segments.html", rows=[], at=None, may_create=False, **facts)
    rows, at = await turned(visit, toggles.segments.page, chosen or None, search)
    may_create = any(visit.may("create", "Segment", each.id) for each in known)
    names = {(of.project.id, name): of.name for of in rows for name in (of.id, of.alternate_id)}
    told = [(each, sentence(each.logic, _of(names, each.project))) for each in rows]
    return visit.page("toggles/segments.html", rows=told, at=at, may_create=may_create, **facts)


def _of(names: Mapping[tuple[str, str], str], project: Project) -> dict[str, str]:
    return {name: title for (of, name), title in names.items() if of == project.id}


def _users(r: Read, by: Caller, of: Segment) -> list[Segment]:
    """The segments that name this one, by themselves or through others."""
    if of.meta.deleted_at is not None:
        return []
    every, _ = toggles.segments.page(r, by, of.project.id, limit=MOST)
    fit, _ = toggles.segments.page(r, by, of.project.id, available_for=of.id, limit=MOST)
    free = {each.id for each in fit} | {of.id}
    return [each for each in every if each.id not in free]


@get(ONE)
async def show(visit: Here, project: FromPath[str], segment: FromPath[str]) -> Page:
    of = await visit.read(toggles.segments.find, project, segment)
    there = await visit.read(ground, of.project)
    pasts = await visit.read(toggles.segments.history, of.project.id, of.id)
    return visit.page(
        "toggles/segment.html",
        of=of,
        told=sentence(of.logic, there.names),
        users=await visit.read(_users, of),
        environments=there.environments,
        typed=trying.typed(visit.asked),
        verdict=await visit.read(_verdict, of.project, editor.piece_of(of.logic), visit.asked),
        versions=await asyncio.to_thread(past.versions, pasts, there.names, of.meta.deleted_at is None),
        at=words.segment_at(of),
    )


def _verdict(r: Read, by: Caller, of: Project, piece: Piece, sent: Form) -> trying.Verdict | None:
    """Whether somebody would be in it."""
    found = trying.decide(r, by, of, trying.rule_of_segment(piece), sent)
    return found and found._replace(why="is in" if found.target == 0 else "is out", value="")


@get(ONE + "/try")
async def look(visit: Here, project: FromPath[str], segment: FromPath[str]) -> Page:
    of = await visit.read(toggles.segments.find, project, segment)
    verdict = await visit.read(_verdict, of.project, editor.piece_of(of.logic), visit.asked)
    return visit.part("toggles/part_verdict.html", verdict=verdict)


def _available(r: Read, by: Caller, of: Project, segment: Segment | None) -> Ground:
    """What the form of a segment offers: only what does not lead back to it."""
    there = ground(r, by, of)
    if segment is None:
        return there
    fit, _ = toggles.segments.page(r, by, of.id, available_for=segment.id, limit=MOST)
    return there._replace(segments=fit)


def _facts(of: Project, segment: Segment | None, there: Ground, filled: Filled) -> dict[str, Any]:
    return {
        "project": of,
        "segment": segment,
        "filled": filled,
        "pieces": [filled.piece],
        "kind": "",
        "segments": there.segments,
        "environments": there.environments,
        "paths": conditions.PATHS,
        "address": f"{words.segment_at(segment)}/edit" if segment else f"{SEGMENTS}/new",
    }


async def _page(
    visit: Visit,
    of: Project,
    segment: Segment | None,
    filled: Filled,
    wrong: Mapping[str, str],
    status: int = 200,
) -> Page:
    there = await visit.read(_available, of, segment)
    typed = {
        "name": filled.name,
        "alternateId": filled.alternate_id,
        "description": filled.description,
        "tags": filled.tags,
    }
    return visit.page(
        "toggles/segment_form.html",
        status,
        **_facts(of, segment, there, filled),
        errors=wrong,
        told=typed,
        typed=trying.typed(visit.sent),
        verdict=await visit.read(_verdict, of, filled.piece, visit.sent),
        may_delete=segment is not None and visit.may("delete", "Segment", of.id),
    )


async def _pressed(visit: Visit, of: Project, segment: Segment | None, filled: Filled) -> Page:
    """The answer to one of the form's own buttons: nothing is stored."""
    do = visit.sent.text("do")
    is_part = "x-part" in visit.request.headers
    if do == "look" and is_part:
        verdict = await visit.read(_verdict, of, filled.piece, visit.sent)
        return visit.part("toggles/part_verdict.html", verdict=verdict)
    # There is always one rule, and it has no place among others.
    if do.partition(":")[0] in ("row", "drop-row", "json", "form"):
        filled = filled._replace(piece=editor.done([filled.piece], do)[0])
    if is_part:
        facts = _facts(of, segment, await visit.read(_available, of, segment), filled)
        return visit.part("toggles/part_targets.html", errors={}, **facts)
    return await _page(visit, of, segment, filled, {})


def _logic(filled: Filled) -> str | Piece:
    """The rule as the domain takes it, or the piece with what is wrong."""
    (piece,) = editor.checked([filled.piece])
    return piece if piece.wrong else editor.logic_of(piece)


def _blamed(filled: Filled, fault: Fault) -> tuple[Filled, dict[str, str]]:
    """With what the domain found wrong: with the rule beside it, with a field there."""
    if fault.field.removeprefix("body/") != "logic":
        return filled, words.errors(fault, _FIELDS)
    wrong: dict[int | str, str] = {"logic": editor.said(fault.message)}
    return filled._replace(piece=filled.piece._replace(wrong=wrong)), {}


@get(SEGMENTS + "/new")
async def ask(visit: Here) -> Page:
    of = await chosen(visit, "Segment")
    if of is None:
        fit = await fitting(visit, "Segment")
        return visit.page("toggles/choose.html", title="New segment", projects=fit, to=f"{SEGMENTS}/new")
    return await _page(visit, of, None, Filled("", "", "", "", Piece()), {})


@post(SEGMENTS + "/new")
async def make(visit: Here) -> Page:
    of = await chosen(visit, "Segment")
    if of is None:
        return visit.go(f"{SEGMENTS}/new")
    filled = _typed(visit.sent, None)
    if "do" in visit.sent:
        return await _pressed(visit, of, None, filled)
    logic = _logic(filled)
    if isinstance(logic, Piece):
        return await _page(visit, of, None, filled._replace(piece=logic), {}, 422)
    tags = words.tags(filled.tags)
    new = NewSegment(filled.alternate_id, filled.name, logic, filled.description, tags)
    try:
        made = await visit.write(toggles.segments.create, of.id, new)
    except Invalid as fault:
        filled, wrong = _blamed(filled, fault)
        return await _page(visit, of, None, filled, wrong, 422)
    return visit.go(words.segment_at(made), f"The segment {made.name} is there.")


async def _found(visit: Visit, project: str, segment: str) -> Segment:
    of = await visit.read(toggles.segments.find, project, segment)
    identity.access.require(visit.by, "update", "Segment", of.project.id)
    return of


@get(ONE + "/edit")
async def change(visit: Here, project: FromPath[str], segment: FromPath[str]) -> Page:
    of = await _found(visit, project, segment)
    return await _page(visit, of.project, of, _stored(of), {})


@post(ONE + "/edit")
async def save(visit: Here, project: FromPath[str], segment: FromPath[str]) -> Page:
    of = await _found(visit, project, segment)
    filled = _typed(visit.sent, of)
    if "do" in visit.sent:
        return await _pressed(visit, of.project, of, filled)
    if visit.sent.whole("version", 1, 10**15, of.version) != of.version:
        return await _page(visit, of.project, of, filled, {"": words.OVERTAKEN}, 422)
    logic = _logic(filled)
    if isinstance(logic, Piece):
        return await _page(visit, of.project, of, filled._replace(piece=logic), {}, 422)
    wish = SegmentChange(filled.name, logic, filled.description, words.tags(filled.tags))
    try:
        await visit.write(toggles.segments.change, of.project.id, of.id, wish, of.version)
    except Taken:
        of = await _found(visit, project, segment)
        return await _page(visit, of.project, of, filled, {"": words.OVERTAKEN}, 422)
    except Invalid as fault:
        filled, wrong = _blamed(filled, fault)
        return await _page(visit, of.project, of, filled, wrong, 422)
    return visit.go(words.segment_at(of), "Saved. Every toggle that uses it goes by it now.")


@post(ONE + "/revert")
async def revert(visit: Here, project: FromPath[str], segment: FromPath[str]) -> Page:
    of = await visit.read(toggles.segments.find, project, segment)
    version = visit.sent.whole("version", 1, 10**15, 0)
    try:
        await visit.write(toggles.segments.revert, of.project.id, of.id, version)
    except Invalid as fault:
        return visit.go(words.segment_at(of), f"Version {version} cannot come back: {words.told(fault)}")
    return visit.go(words.segment_at(of), f"It is as it was in version {version}.")


@post(ONE + "/delete")
async def drop(visit: Here, project: FromPath[str], segment: FromPath[str]) -> Page:
    of = await visit.read(toggles.segments.find, project, segment)
    identity.access.require(visit.by, "delete", "Segment", of.project.id)
    if not visit.confirmed():
        return visit.confirm(
            f"Delete the segment {of.name}?", "Delete segment", f"{words.segment_at(of)}/edit"
        )
    try:
        await visit.write(toggles.segments.drop, of.project.id, of.id)
    except Invalid as fault:
        return visit.go(words.segment_at(of), words.told(fault))
    return visit.go(SEGMENTS, f"{of.name} is gone.")


ROUTES: Sequence[Any] = [index, show, look, ask, make, change, save, revert, drop]
