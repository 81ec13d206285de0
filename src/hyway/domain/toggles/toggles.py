"""Verbs of toggles.

Who changes one holds its project, so that no segment goes away that its logic names, and versions count one by one.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from hyway.domain import identity, projects
from hyway.domain.identity import Caller
from hyway.domain.projects import Project
from hyway.domain.toggles import rules, uses
from hyway.domain.toggles.records import NewToggle, Past, Toggle, ToggleChange, ValueType
from hyway.domain.toggles.store import pasts
from hyway.domain.toggles.store import segments as segment_store
from hyway.domain.toggles.store import toggles as store
from hyway.domain.toggles.telling import Verb, told
from hyway.kernel import clock, ids, patch
from hyway.kernel.db import Conflict, Read, Ref, Write
from hyway.kernel.faults import Missing, Taken

_SUBJECT = "Toggle"


def page(
    r: Read, by: Caller, project: str | None, search: str = "", offset: int = 0, limit: int = 100
) -> tuple[list[Toggle], int]:
    """Those of the project with that id or alternate id, or all that the caller may read; and how many they are.

    Oldest first. `search` is a part of a key, a description or a tag, in any case.
    """
    wanted, of = rules.wanted(search), among(r, by, project, _SUBJECT)
    if wanted is None:
        return [], 0
    rows, total = store.page(r, by.organization, of, wanted, offset, limit)
    return named(r, by, rows), total


def find(r: Read, by: Caller, project: str, key: str) -> Toggle:
    """The live one of that key; or the one of that id, even if it was deleted."""
    return _found(r, by, projects.find(r, by, project), key)


def create(w: Write, by: Caller, project: str, new: NewToggle) -> Toggle:
    """Another toggle of the project; Taken where it has one of that key."""
    of = projects.find(w, by, project)
    identity.access.require(by, "create", _SUBJECT, of.id)
    key, type = rules.key(new.key), rules.type_of(new.type)
    targets, trees = rules.targets(new.targets, type)
    values = {
        "description": rules.description(new.description),
        "tags": rules.tags(new.tags),
        "targets": targets,
        "default_value": rules.value(new.default_value, type, "defaultValue"),
    }
    projects.hold(w, of)
    needs = uses.named(w, of, _fields(trees))
    if store.count(w, of) >= rules.MOST_TOGGLES:
        raise Taken("", "A project must not have more than {most} toggles", most=rules.MOST_TOGGLES)
    id, at = ids.prefixed("tgl"), clock.now()
    row = {
        "id": id,
        "key": key,
        "type": type,
        "version": 1,
        "words": _words(key, values),
        **_when(by, at),
        **values,
    }
    try:
        with w.attempt():
            store.add(w, of, row)
    except Conflict:
        raise Taken("key", "is taken by another toggle of the project") from None
    segment_store.use(w, of.seq, id, needs)
    return _told(w, by, "created", of, id)


def change(
    w: Write, by: Caller, project: str, key: str, wish: ToggleChange, version: int | None = None
) -> Toggle:
    """What is mentioned changes; key and type never do.

    `version` is the one that the wish was made of: Taken where it has been changed since.
    """
    old = _held(w, by, "update", project, key)
    if version not in (None, old.version):
        raise Taken("version", "has been changed since")
    return _apply(w, by, old, wish, "changed")


def drop(w: Write, by: Caller, project: str, key: str) -> None:
    """It decides nothing any more, and its key is free; by its id it can still be looked at."""
    old = _held(w, by, "delete", project, key)
    at = clock.now()
    gone = {"deleted_at": at, "deleted_by": by.member, "version": old.version + 1}
    store.change(w, old.project, old.seq, gone)
    segment_store.use(w, old.project.seq, old.id, ())
    _told(w, by, "deleted", old.project, old.id)


def history(r: Read, by: Caller, project: str, key: str, limit: int = 100) -> list[Past]:
    """How it was, newest first."""
    of = find(r, by, project, key)
    return pasts.every(r, of.project, of.id, limit)


def revert(w: Write, by: Caller, project: str, key: str, version: int) -> Toggle:
    """As it was in that version, as a new one; Invalid where a segment is gone that it named then."""
    old = _held(w, by, "update", project, key)
    was = pasts.one(w, old.project, old.id, version)
    if was is None:
        raise Missing("Version not found", id=str(version))
    wish = ToggleChange(
        description=was["description"],
        tags=tuple(was["tags"]),
        targets=tuple((each["logic"], each["value"]) for each in was["targets"]),
        default_value=was["defaultValue"],
    )
    return _apply(w, by, old, wish, "reverted")


def among(r: Read, by: Caller, project: str | None, subject: str) -> Collection[str] | None:
    """The ids of the projects that a list is about, None for all of the organization."""
    if project is None:
        identity.access.require_somewhere(by, "read", subject)
        return identity.access.visible(by, subject)
    of = projects.find(r, by, project)
    identity.access.require(by, "read", subject, of.id)
    return (of.id,)


def named(r: Read, by: Caller, rows: Sequence[Any]) -> list[Toggle]:
    """The records of rows of any projects."""
    of = projects.these(r, by, {row.project_id for row in rows})
    return [store.toggle(row, of[row.project_id]) for row in rows if row.project_id in of]


def view(of: Toggle) -> dict[str, str]:
    """What facts say of a toggle."""
    return {"id": of.id, "key": of.key}


def state(of: Toggle) -> dict[str, Any]:
    """What of it can change, JSON-shaped."""
    return {
        "description": of.description,
        "tags": list(of.tags),
        "targets": [{"logic": each.logic, "value": each.value} for each in of.targets],
        "defaultValue": of.default_value,
    }


def _found(r: Read, by: Caller, of: Project, key: str) -> Toggle:
    identity.access.require(by, "read", _SUBJECT, of.id)
    column = rules.known_as("tgl", key)
    found = store.find(r, of, column, key) if column else None
    if found is None:
        raise Missing("Toggle not found", id=key)
    return found


def _held(w: Write, by: Caller, action: str, project: str, key: str) -> Toggle:
    """The live one, which nobody else changes before the commit."""
    of = projects.find(w, by, project)
    identity.access.require(by, action, _SUBJECT, of.id)
    projects.hold(w, of)
    found = _found(w, by, of, key)
    if found.meta.deleted_at is not None:
        raise Missing("Toggle not found", id=key)
    return found


def _apply(w: Write, by: Caller, old: Toggle, wish: ToggleChange, verb: Verb) -> Toggle:
    values, trees = _checked(wish, old.type)
    changed = {name: value for name, value in values.items() if not _same(value, getattr(old, name))}
    if not changed:
        return old
    if "targets" in changed:
        segment_store.use(w, old.project.seq, old.id, uses.named(w, old.project, _fields(trees)))
    text = {"description": old.description, "tags": old.tags, **changed}
    more = {"version": old.version + 1, "words": _words(old.key, text), **_modified(by)}
    store.change(w, old.project, old.seq, {**changed, **more})
    return _told(w, by, verb, old.project, old.id, sorted(_WIRE.get(name, name) for name in changed))


_WIRE = {"default_value": "defaultValue"}


def _checked(wish: ToggleChange, type: ValueType) -> tuple[dict[str, Any], tuple[Any, ...]]:
    values = patch.changes(
        description=wish.description,
        tags=wish.tags,
        targets=wish.targets,
        default_value=wish.default_value,
    )
    trees: tuple[Any, ...] = ()
    if "description" in values:
        values["description"] = rules.description(values["description"])
    if "tags" in values:
        values["tags"] = rules.tags(values["tags"])
    if "targets" in values:
        values["targets"], trees = rules.targets(values["targets"], type)
    if "default_value" in values:
        values["default_value"] = rules.value(values["default_value"], type, "defaultValue")
    return values, trees


def _same(new: Any, old: Any) -> bool:
    """Python has 1 == 1.0 == True; what programs are told has not."""
    return new == old and repr(new) == repr(old)


def _fields(trees: Sequence[Any]) -> list[tuple[str, Any]]:
    return [(f"targets/{at}/logic", tree) for at, tree in enumerate(trees)]


def _words(key: str, values: Mapping[str, Any]) -> str:
    return rules.words(key, values["description"], *values["tags"])


def _when(by: Caller, at: int) -> dict[str, Any]:
    return {"created_at": at, "created_by": by.member, "modified_at": at, "modified_by": by.member}


def _modified(by: Caller) -> dict[str, Any]:
    return {"modified_at": clock.now(), "modified_by": by.member}


def _told(w: Write, by: Caller, verb: Verb, of: Project, id: str, changed: list[str] | None = None) -> Toggle:
    made = store.find(w, of, "id", id)
    if made is None:
        raise Missing("Toggle not found", id=id)
    at = made.meta.deleted_at or made.meta.modified_at
    told(w, by, verb, of, Ref("Toggle", id, view(made)), made.version, at, state(made), changed)
    return made
