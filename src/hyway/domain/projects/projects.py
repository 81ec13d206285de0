"""Verbs of projects."""

from collections.abc import Collection

from hyway.domain import identity
from hyway.domain.identity import Caller
from hyway.domain.projects import rules, starting
from hyway.domain.projects.records import Draft, NewProject, Project, ProjectChange
from hyway.domain.projects.store import apps, environments
from hyway.domain.projects.store import projects as store
from hyway.domain.projects.whose import whose
from hyway.kernel import clock, ids, patch
from hyway.kernel.db import Conflict, Read, Ref, Write
from hyway.kernel.faults import Missing, Taken


def page(r: Read, by: Caller, offset: int = 0, limit: int = 100) -> tuple[list[Project], int]:
    """Those that the caller may read, oldest first, and how many they are."""
    among = identity.access.visible(by, "Project")
    rows, total = store.page(r, by.organization, among, offset, limit)
    organization = whose(r, by)
    return [store.project(row, organization) for row in rows], total


def find(r: Read, by: Caller, id: str) -> Project:
    """The project of that id or alternate id; Missing where the caller may not read it."""
    called = rules.known_as("project", id)
    row = store.find(r, by.organization, *called) if called else None
    if row is None:
        raise Missing("Project not found", id=id)
    identity.access.require(by, "read", "Project", row.id)
    return store.project(row, whose(r, by))


def create(w: Write, by: Caller, new: NewProject) -> Project:
    """A project with the organization's default environments; who makes it is its admin.

    Taken where the organization has a project of that alternate id.
    """
    identity.access.require(by, "create", "Project")
    checked = NewProject(
        rules.alternate_id("project", new.alternate_id), rules.name(new.name), new.is_monorepo
    )
    try:
        with w.attempt():
            made = store.add(w, whose(w, by), ids.prefixed("proj"), checked, by.member or None, clock.now())
    except Conflict:
        raise Taken("alternateId", "is taken by another project") from None
    identity.things.put(w, by, made.id, "Project", made.name)
    w.announce(by, "project.created", "project", made.id, view(made), [ref(made)])
    _furnish(w, by, made, starting.environments(w, by.organization))
    identity.access.own(w, by, made.id, "ProjectAdmin")
    return made


def change(w: Write, by: Caller, id: str, wish: ProjectChange) -> Project:
    """What is mentioned changes; the alternate id never does."""
    old = find(w, by, id)
    identity.access.require(by, "update", "Project", old.id)
    values = patch.changes(name=wish.name, is_monorepo=wish.is_monorepo)
    if "name" in values:
        values["name"] = rules.name(values["name"])
    changed = {name: value for name, value in values.items() if value != getattr(old, name)}
    if not changed:
        return old
    store.change(w, by.organization, old.seq, clock.now(), **changed)
    if "name" in changed:
        identity.things.put(w, by, old.id, "Project", changed["name"])
    new = find(w, by, old.id)
    w.announce(by, "project.changed", "project", new.id, view(new), [ref(new)])
    return new


def drop(w: Write, by: Caller, id: str) -> None:
    """The project is no more, nor its apps, its environments, and whatever belongs to one of them."""
    gone = find(w, by, id)
    identity.access.require(by, "delete", "Project", gone.id)
    if not store.hold(w, by.organization, gone.seq, "goes"):
        raise Missing("Project not found", id=id)
    parts = apps.of_project(w, gone)
    apps.drop(w, by.organization, [app.seq for app in parts])
    environments.drop(w, gone)
    store.drop(w, by.organization, gone.seq)
    identity.things.drop(w, by, gone.id)
    for app in parts:
        told = {"id": app.id, "name": app.name}
        w.announce(by, "app.deleted", "app", app.id, told, [Ref("App", app.id, told), ref(gone)])
    w.announce(by, "project.deleted", "project", gone.id, view(gone), [ref(gone)])


def hold(w: Write, of: Project) -> None:
    """Nobody else who holds it changes what is its own before the commit; Missing where it is gone by now."""
    if not store.hold(w, of.organization.seq, of.seq, "changes"):
        raise Missing("Project not found", id=of.id)


def these(r: Read, by: Caller, ids: Collection[str]) -> dict[str, Project]:
    """Those of the projects with these ids that the caller may read, by id."""
    organization = whose(r, by)
    found = [store.project(row, organization) for row in store.these(r, by.organization, ids)]
    return {of.id: of for of in found if identity.access.may(by, "read", "Project", of.id)}


def organization_of(r: Read, seq: int) -> int | None:
    """The inner number of the organization whose project that is; None where there is no such project."""
    return store.organization_of(r, seq)


def view(of: Project) -> dict[str, str]:
    """What facts say of a project."""
    return {"id": of.id, "alternateId": of.alternate_id, "name": of.name}


def ref(of: Project) -> Ref:
    return Ref("Project", of.id, view(of))


def _furnish(w: Write, by: Caller, of: Project, drafts: tuple[Draft, ...]) -> None:
    fresh = [(ids.prefixed("pevr"), draft) for draft in drafts]
    for made in environments.add(w, of, fresh, clock.now()):
        told = {"id": made.id, "alternateId": made.alternate_id, "name": made.name}
        refs = [Ref("Environment", made.id, told), ref(of)]
        w.announce(by, "environment.created", "environment", made.id, told, refs)
