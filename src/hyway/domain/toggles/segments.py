"""Verbs of segments: rules with a name, which toggles and other segments refer to."""

from collections.abc import Mapping, Sequence
from typing import Any

from hyway.domain import identity, projects
from hyway.domain.identity import Caller
from hyway.domain.projects import Project
from hyway.domain.toggles import rules, toggles, uses
from hyway.domain.toggles.records import NewSegment, Past, Segment, SegmentChange
from hyway.domain.toggles.store import pasts
from hyway.domain.toggles.store import segments as store
from hyway.domain.toggles.store import toggles as toggle_store
from hyway.domain.toggles.telling import Verb, told
from hyway.kernel import clock, ids, patch
from hyway.kernel.db import Conflict, Read, Ref, Write
from hyway.kernel.faults import Missing, Taken

_SUBJECT = "Segment"


def page(
    r: Read,
    by: Caller,
    project: str | None,
    search: str = "",
    available_for: str | None = None,
    offset: int = 0,
    limit: int = 100,
) -> tuple[list[Segment], int]:
    """Those of the project with that id or alternate id, or all that the caller may read; and how many they are.

    Oldest first. `search` is a part of a name, an alternate id, a description or a tag, in any case. `available_for`
    leaves out that segment of the project, and those that name it, by themselves or through others.
    """
    wanted, of = rules.wanted(search), toggles.among(r, by, project, _SUBJECT)
    without = _unavailable(r, by, project, available_for)
    if wanted is None:
        return [], 0
    rows, total = store.page(r, by.organization, of, wanted, without, offset, limit)
    return _used(r, by, rows), total


def find(r: Read, by: Caller, project: str, id: str) -> Segment:
    """The live one of that alternate id; or the one of that id, even if it was deleted."""
    return _used(r, by, [_found(r, by, projects.find(r, by, project), id)])[0]


def create(w: Write, by: Caller, project: str, new: NewSegment) -> Segment:
    """Another segment of the project; Taken where it has one of that alternate id."""
    of = projects.find(w, by, project)
    identity.access.require(by, "create", _SUBJECT, of.id)
    alternate = rules.key(new.alternate_id, "alternateId", rules.LONGEST_ALTERNATE)
    values = {
        "name": rules.name(new.name),
        "description": rules.description(new.description),
        "tags": rules.tags(new.tags),
        "logic": new.logic,
    }
    tree = rules.read(new.logic, "logic")
    projects.hold(w, of)
    if len(store.names(w, of)) >= rules.MOST_SEGMENTS:
        raise Taken("", "A project must not have more than {most} segments", most=rules.MOST_SEGMENTS)
    id, at = ids.prefixed("segm"), clock.now()
    needs = uses.named(w, of, [("logic", tree)])
    uses.judge(w, of, id, needs)
    row = {
        "id": id,
        "alternate_id": alternate,
        "version": 1,
        "words": _words(alternate, values),
        "created_at": at,
        "created_by": by.member,
        "modified_at": at,
        "modified_by": by.member,
        **values,
    }
    try:
        with w.attempt():
            store.add(w, of, row)
    except Conflict:
        raise Taken("alternateId", "is taken by another segment of the project") from None
    store.use(w, of.seq, id, needs)
    return _told(w, by, "created", of, id)


def change(
    w: Write, by: Caller, project: str, id: str, wish: SegmentChange, version: int | None = None
) -> Segment:
    """What is mentioned changes; all toggles that use it are decided anew. The alternate id never does.

    `version` is the one that the wish was made of: Taken where it has been changed since.
    """
    old = _held(w, by, "update", project, id)
    if version not in (None, old.version):
        raise Taken("version", "has been changed since")
    return _apply(w, by, old, wish, "changed")


def drop(w: Write, by: Caller, project: str, id: str) -> None:
    """Its alternate id is free; Taken while a toggle or another segment names it."""
    old = _held(w, by, "delete", project, id)
    users = [of for of, named in store.uses(w, [old.project.seq]).items() if old.id in named]
    if users:
        raise Taken(
            "", "The segment is in use and cannot be deleted: {users}", users=_users(w, by, old, users)
        )
    gone = {"deleted_at": clock.now(), "deleted_by": by.member, "version": old.version + 1}
    store.change(w, old.project, old.seq, gone)
    store.use(w, old.project.seq, old.id, ())
    _told(w, by, "deleted", old.project, old.id)


def history(r: Read, by: Caller, project: str, id: str, limit: int = 100) -> list[Past]:
    """How it was, newest first."""
    of = find(r, by, project, id)
    return pasts.every(r, of.project, of.id, limit)


def revert(w: Write, by: Caller, project: str, id: str, version: int) -> Segment:
    """As it was in that version, as a new one; Invalid where a segment is gone that it named then."""
    old = _held(w, by, "update", project, id)
    was = pasts.one(w, old.project, old.id, version)
    if was is None:
        raise Missing("Version not found", id=str(version))
    wish = SegmentChange(
        name=was["name"], logic=was["logic"], description=was["description"], tags=tuple(was["tags"])
    )
    return _apply(w, by, old, wish, "reverted")


def view(of: Segment) -> dict[str, str]:
    """What facts say of a segment."""
    return {"id": of.id, "alternateId": of.alternate_id, "name": of.name}


def state(of: Segment) -> dict[str, Any]:
    """What of it can change, JSON-shaped."""
    return {"name": of.name, "description": of.description, "tags": list(of.tags), "logic": of.logic}


def _apply(w: Write, by: Caller, old: Segment, wish: SegmentChange, verb: Verb) -> Segment:
    values = _checked(wish)
    changed = {name: value for name, value in values.items() if value != getattr(old, name)}
    if not changed:
        return _used(w, by, [_found(w, by, old.project, old.id)])[0]
    if "logic" in changed:
        needs = uses.named(w, old.project, [("logic", rules.read(changed["logic"], "logic"))])
        uses.judge(w, old.project, old.id, needs)
        store.use(w, old.project.seq, old.id, needs)
    text = {"name": old.name, "description": old.description, "tags": old.tags, **changed}
    more = {
        "version": old.version + 1,
        "words": _words(old.alternate_id, text),
        "modified_at": clock.now(),
        "modified_by": by.member,
    }
    store.change(w, old.project, old.seq, {**changed, **more})
    return _told(w, by, verb, old.project, old.id, sorted(changed))


def _checked(wish: SegmentChange) -> dict[str, Any]:
    values = patch.changes(name=wish.name, logic=wish.logic, description=wish.description, tags=wish.tags)
    for field, check in (("name", rules.name), ("description", rules.description), ("tags", rules.tags)):
        if field in values:
            values[field] = check(values[field])
    if "logic" in values:
        rules.read(values["logic"], "logic")
    return values


def _found(r: Read, by: Caller, of: Project, id: str) -> Any:
    identity.access.require(by, "read", _SUBJECT, of.id)
    column = {"id": "id", "key": "alternate_id"}.get(rules.known_as("segm", id) or "")
    found = store.find(r, of, column, id) if column else None
    if found is None:
        raise Missing("Segment not found", id=id)
    return found


def _held(w: Write, by: Caller, action: str, project: str, id: str) -> Segment:
    """The live one, which nobody else changes before the commit."""
    of = projects.find(w, by, project)
    identity.access.require(by, action, _SUBJECT, of.id)
    projects.hold(w, of)
    found = store.segment(_found(w, by, of, id), of)
    if found.meta.deleted_at is not None:
        raise Missing("Segment not found", id=id)
    return found


def _used(r: Read, by: Caller, rows: Sequence[Any]) -> list[Segment]:
    """The records of rows of any projects, with the toggles that use them as far as the caller may read toggles."""
    of = projects.these(r, by, {row.project_id for row in rows})
    rows = [row for row in rows if row.project_id in of]
    edges = store.uses(r, {row.project for row in rows})
    users = uses.users(edges, [row.id for row in rows])
    wanted = {id for each in users.values() for id in each if id.startswith("tgl_")}
    found = toggles.named(r, by, toggle_store.these(r, by.organization, wanted))
    shown = [each for each in found if identity.access.may(by, "read", "Toggle", each.project.id)]
    return [
        store.segment(row, of[row.project_id], [each for each in shown if each.id in users[row.id]])
        for row in rows
    ]


def _unavailable(r: Read, by: Caller, project: str | None, of: str | None) -> frozenset[str]:
    if project is None or not of:
        return frozenset()
    found = _found(r, by, projects.find(r, by, project), of)
    return uses.users(store.uses(r, [found.project]), [found.id])[found.id] | {found.id}


def _users(r: Read, by: Caller, of: Segment, ids: Sequence[str]) -> str:
    """The first few of those that name a segment, as people call them."""
    keys = [row.key for row in toggle_store.these(r, by.organization, ids)]
    names = [name for id, name in store.names(r, of.project) if id in ids]
    said = [f"toggle {key}" for key in keys] + [f"segment {name}" for name in names]
    more = f" and {len(said) - 5} more" if len(said) > 5 else ""
    return ", ".join(said[:5]) + more


def _words(alternate: str, values: Mapping[str, Any]) -> str:
    return rules.words(alternate, values["name"], values["description"], *values["tags"])


def _told(
    w: Write, by: Caller, verb: Verb, of: Project, id: str, changed: list[str] | None = None
) -> Segment:
    row = store.find(w, of, "id", id)
    if row is None:
        raise Missing("Segment not found", id=id)
    made = _used(w, by, [row])[0]
    at = made.meta.deleted_at or made.meta.modified_at
    told(w, by, verb, of, Ref("Segment", id, view(made)), made.version, at, state(made), changed)
    return made
