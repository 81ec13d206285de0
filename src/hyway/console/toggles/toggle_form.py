"""The form of a toggle: targets built from rows or written as JSON, and tried before they are stored."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from litestar import get, post
from litestar.params import FromPath

from hyway.console.form import Form
from hyway.console.toggles import conditions, editor, trying, values, words
from hyway.console.toggles.editor import Piece
from hyway.console.toggles.toggle import ONE, Ground, chosen, fitting, ground
from hyway.console.toggles.words import TOGGLES
from hyway.console.visit import Here, Page, Visit
from hyway.domain import identity, toggles
from hyway.domain.projects import Project
from hyway.domain.toggles import NewToggle, Toggle, ToggleChange
from hyway.kernel.faults import Fault, Invalid, Taken

_FIELDS = ("key", "description", "tags", "type", "defaultValue")
_KINDS = tuple(value for value, _, _ in values.TYPES)


class Filled(NamedTuple):
    """What stands in the form."""

    key: str
    description: str
    tags: str
    type: str
    default: str
    pieces: Sequence[Piece]


_NEW = Filled("", "", "", "boolean", "false", ())


def _typed(sent: Form, of: Toggle | None) -> Filled:
    kind = of.type if of else sent.one_of("type", _KINDS, "boolean")
    return Filled(
        of.key if of else sent.text("key"),
        sent.text("description"),
        sent.text("tags"),
        kind,
        editor.unix(sent.raw("defaultValue")),
        editor.typed(sent),
    )


def _stored(of: Toggle) -> Filled:
    pieces = [editor.piece_of(each.logic, values.typed(each.value)) for each in of.targets]
    told = (of.key, of.description, words.listed(of.tags), of.type, values.typed(of.default_value))
    return Filled(*told, pieces)


def _facts(of: Project, toggle: Toggle | None, there: Ground, filled: Filled) -> dict[str, Any]:
    return {
        "project": of,
        "toggle": toggle,
        "filled": filled,
        "pieces": filled.pieces,
        "kind": filled.type,
        "segments": there.segments,
        "environments": there.environments,
        "paths": conditions.PATHS,
        "types": values.TYPES,
        "address": f"{words.toggle_at(toggle)}/edit" if toggle else f"{TOGGLES}/new",
    }


async def _page(
    visit: Visit,
    of: Project,
    toggle: Toggle | None,
    filled: Filled,
    wrong: Mapping[str, str],
    status: int = 200,
) -> Page:
    rule = trying.rule_of(filled.key, filled.type, filled.default, filled.pieces)
    return visit.page(
        "toggles/toggle_form.html",
        status,
        **_facts(of, toggle, await visit.read(ground, of), filled),
        errors=wrong,
        typed=trying.typed(visit.sent),
        verdict=await visit.read(trying.decide, of, rule, visit.sent),
        may_delete=toggle is not None and visit.may("delete", "Toggle", of.id),
    )


async def _pressed(visit: Visit, of: Project, toggle: Toggle | None, filled: Filled) -> Page:
    """The answer to one of the form's own buttons: nothing is stored."""
    do = visit.sent.text("do")
    is_part = "x-part" in visit.request.headers
    if do == "look" and is_part:
        rule = trying.rule_of(filled.key, filled.type, filled.default, filled.pieces)
        verdict = await visit.read(trying.decide, of, rule, visit.sent)
        return visit.part("toggles/part_verdict.html", verdict=verdict)
    after = filled._replace(pieces=editor.done(filled.pieces, do, values.other(filled.type, filled.default)))
    if is_part:
        facts = _facts(of, toggle, await visit.read(ground, of), after)
        return visit.part("toggles/part_targets.html", errors={}, **facts)
    return await _page(visit, of, toggle, after, {})


class _Wrong(Exception):
    """The form cannot be stored: it goes back with what is wrong."""

    def __init__(self, filled: Filled, errors: Mapping[str, str]) -> None:
        super().__init__()
        self.filled = filled
        self.errors = errors


def _given(filled: Filled) -> tuple[tuple[tuple[str, Any], ...], Any]:
    """Targets and default value as the domain takes them."""
    pieces, errors = editor.checked(filled.pieces), dict[str, str]()
    worth: list[Any] = []
    for place, each in enumerate(pieces):
        try:
            worth.append(values.read(filled.type, each.value))
        except Invalid as fault:
            pieces = editor.blamed(pieces, place, "value", words.told(fault))
    try:
        default = values.read(filled.type, filled.default)
    except Invalid as fault:
        errors["defaultValue"] = words.told(fault)
    if errors or not editor.are_right(pieces):
        raise _Wrong(filled._replace(pieces=pieces), errors)
    return tuple(zip(map(editor.logic_of, pieces), worth, strict=True)), default


def _refused(filled: Filled, fault: Fault) -> _Wrong:
    """What the domain found wrong, beside what it is about."""
    pieces, found = list(filled.pieces), words.of_targets(fault)
    for place, part, text in found:
        pieces = editor.blamed(pieces, place, part, text)
    return _Wrong(filled._replace(pieces=pieces), {} if found else words.errors(fault, _FIELDS))


@get(TOGGLES + "/new")
async def ask(visit: Here) -> Page:
    of = await chosen(visit, "Toggle")
    if of is None:
        fit = await fitting(visit, "Toggle")
        return visit.page("toggles/choose.html", title="New toggle", projects=fit, to=f"{TOGGLES}/new")
    return await _page(visit, of, None, _NEW, {})


@post(TOGGLES + "/new")
async def make(visit: Here) -> Page:
    of = await chosen(visit, "Toggle")
    if of is None:
        return visit.go(f"{TOGGLES}/new")
    filled = _typed(visit.sent, None)
    if "do" in visit.sent:
        return await _pressed(visit, of, None, filled)
    try:
        made = await _made(visit, of, filled)
    except _Wrong as wrong:
        return await _page(visit, of, None, wrong.filled, wrong.errors, 422)
    return visit.go(words.toggle_at(made), f"{made.key} is there.")


async def _made(visit: Visit, of: Project, filled: Filled) -> Toggle:
    targets, default = _given(filled)
    new = NewToggle(filled.key, filled.type, targets, default, filled.description, words.tags(filled.tags))
    try:
        return await visit.write(toggles.create, of.id, new)
    except Invalid as fault:
        raise _refused(filled, fault) from None


async def _found(visit: Visit, project: str, toggle: str) -> Toggle:
    of = await visit.read(toggles.find, project, toggle)
    identity.access.require(visit.by, "update", "Toggle", of.project.id)
    return of


@get(ONE + "/edit")
async def change(visit: Here, project: FromPath[str], toggle: FromPath[str]) -> Page:
    of = await _found(visit, project, toggle)
    return await _page(visit, of.project, of, _stored(of), {})


@post(ONE + "/edit")
async def save(visit: Here, project: FromPath[str], toggle: FromPath[str]) -> Page:
    of = await _found(visit, project, toggle)
    filled = _typed(visit.sent, of)
    if "do" in visit.sent:
        return await _pressed(visit, of.project, of, filled)
    if visit.sent.whole("version", 1, 10**15, of.version) != of.version:
        return await _page(visit, of.project, of, filled, {"": words.OVERTAKEN}, 422)
    try:
        await _changed(visit, of, filled)
    except _Wrong as wrong:
        return await _page(visit, of.project, of, wrong.filled, wrong.errors, 422)
    except Taken:
        of = await _found(visit, project, toggle)
        return await _page(visit, of.project, of, filled, {"": words.OVERTAKEN}, 422)
    return visit.go(words.toggle_at(of), "Saved. The next evaluation sees it.")


async def _changed(visit: Visit, of: Toggle, filled: Filled) -> None:
    targets, default = _given(filled)
    wish = ToggleChange(filled.description, words.tags(filled.tags), targets, default)
    try:
        await visit.write(toggles.change, of.project.id, of.key, wish, of.version)
    except Taken:
        raise
    except Invalid as fault:
        raise _refused(filled, fault) from None


ROUTES: Sequence[Any] = [ask, make, change, save]
