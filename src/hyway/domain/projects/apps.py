"""Verbs of apps."""

from collections.abc import Collection, Iterable

from hyway.domain import identity
from hyway.domain.identity import Caller
from hyway.domain.projects import controls, projects, rules
from hyway.domain.projects.records import App, AppChange, AppQuery, NewApp
from hyway.domain.projects.store import apps as store
from hyway.domain.projects.store import environments
from hyway.domain.projects.store import projects as project_store
from hyway.domain.projects.whose import whose
from hyway.kernel import clock, ids, patch
from hyway.kernel.db import Conflict, Read, Ref, Write
from hyway.kernel.faults import Missing, Taken


def page(r: Read, by: Caller, query: AppQuery, offset: int = 0, limit: int = 100) -> tuple[list[App], int]:
    """Those that the caller may read, oldest first, and how many they are.

    A name in the query that is nobody's narrows it all the same.
    """
    among = identity.access.visible(by, "App")
    of = None if query.projects is None else _named("project", query.projects)
    these = None if query.apps is None else _named("app", query.apps)
    return store.page(r, whose(r, by), among, of, these, offset, limit)


def find(r: Read, by: Caller, id: str) -> App:
    """The app of that id or alternate id; Missing where the caller may not read it."""
    called = rules.known_as("app", id)
    found = store.find(r, whose(r, by), *called) if called else None
    if found is None:
        raise Missing("App not found", id=id)
    identity.access.require(by, "read", "App", *found.within)
    return found


def create(w: Write, by: Caller, project: str, new: NewApp) -> App:
    """Another app of the project with that id or alternate id; Taken where the organization has one called so."""
    of = projects.find(w, by, project)
    identity.access.require(by, "create", "App", of.id)
    checked = NewApp(rules.alternate_id("app", new.alternate_id), rules.name(new.name))
    if not project_store.hold(w, by.organization, of.seq, "stays"):
        raise Missing("Project not found", id=project)
    try:
        with w.attempt():
            made = store.add(w, of, ids.prefixed("app"), checked, clock.now())
    except Conflict:
        raise Taken("alternateId", "is taken by another app") from None
    identity.things.put(w, by, made.id, "App", made.name, of.id)
    w.announce(by, "app.created", "app", made.id, view(made), refs(made))
    return made


def change(w: Write, by: Caller, id: str, wish: AppChange) -> App:
    """What is mentioned changes; settings are replaced as a whole."""
    old = find(w, by, id)
    identity.access.require(by, "update", "App", *old.within)
    values = patch.changes(name=wish.name, settings=wish.settings)
    if "name" in values:
        values["name"] = rules.name(values["name"])
    if "settings" in values:
        # An environment that the settings name must not go while they are written.
        project_store.hold(w, by.organization, old.project.seq, "changes")
        values["settings"] = controls.settings(values["settings"], _environments(w, old))
    changed = {name: value for name, value in values.items() if value != getattr(old, name)}
    if not changed:
        return old
    store.change(w, by.organization, old.seq, clock.now(), changed)
    if "name" in changed:
        identity.things.put(w, by, old.id, "App", changed["name"], old.project.id)
    new = find(w, by, old.id)
    w.announce(by, "app.changed", "app", new.id, {**view(new), "changed": sorted(changed)}, refs(new))
    return new


def drop(w: Write, by: Caller, id: str) -> None:
    """The app is no more, nor what belongs to it."""
    gone = find(w, by, id)
    identity.access.require(by, "delete", "App", *gone.within)
    store.drop(w, by.organization, [gone.seq])
    identity.things.drop(w, by, gone.id)
    w.announce(by, "app.deleted", "app", gone.id, view(gone), refs(gone))


def view(of: App) -> dict[str, str]:
    """What facts say of an app."""
    return {"id": of.id, "alternateId": of.alternate_id, "name": of.name}


def refs(of: App) -> list[Ref]:
    return [Ref("App", of.id, view(of)), projects.ref(of.project)]


def _environments(r: Read, of: App) -> dict[str, str]:
    """The alternate ids of the project's environments, by both of their ids."""
    there = environments.of_project(r, of.project)
    return {name: each.alternate_id for each in there for name in (each.id, each.alternate_id)}


def _named(noun: rules.Noun, said: Iterable[str]) -> tuple[Collection[str], Collection[str]]:
    known = {called for each in said if (called := rules.known_as(noun, each))}
    by_id = sorted(text for column, text in known if column == "id")
    return by_id, sorted(text for column, text in known if column == "alternate_id")
