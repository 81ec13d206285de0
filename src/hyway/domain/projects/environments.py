"""Verbs of environments: of a project, and the same ones seen from each of its apps."""

from collections.abc import Sequence

from hyway.domain import identity
from hyway.domain.identity import Caller
from hyway.domain.projects import controls, projects, rules
from hyway.domain.projects.records import App, Environment, EnvironmentChange, NewEnvironment, Project
from hyway.domain.projects.store import apps
from hyway.domain.projects.store import environments as store
from hyway.domain.projects.store import projects as project_store
from hyway.kernel import clock, ids, patch
from hyway.kernel.db import Conflict, Read, Ref, Write
from hyway.kernel.faults import Missing, Taken


def page(
    r: Read, by: Caller, of: Project | App, offset: int = 0, limit: int = 100
) -> tuple[list[Environment], int]:
    """Oldest first, and how many they are."""
    project, within = _around(of)
    identity.access.require(by, "read", "Environment", *within)
    return store.page(r, project, offset, limit)


def every(r: Read, by: Caller, of: Project | App) -> list[Environment]:
    """All of them, oldest first: they are few."""
    project, within = _around(of)
    identity.access.require(by, "read", "Environment", *within)
    return store.of_project(r, project)


def of_projects(r: Read, those: Sequence[Project]) -> list[Environment]:
    """All environments of several projects of one organization, which the caller may read already."""
    return store.of_projects(r, those)


def find(r: Read, by: Caller, of: Project | App, id: str) -> Environment:
    """The environment of that id or alternate id; `of` an app it is its project's, for those who may read the app."""
    project, within = _around(of)
    identity.access.require(by, "read", "Environment", *within)
    called = rules.known_as("environment", id)
    found = store.find(r, project, *called) if called else None
    if found is None:
        raise Missing("Environment not found", id=id)
    return found


def create(w: Write, by: Caller, of: Project, new: NewEnvironment) -> Environment:
    """One more; Taken where the project has one of that name or alternate id, or as many as it can."""
    identity.access.require(by, "create", "Environment", of.id)
    draft = rules.environment(new)
    _hold(w, by, of)
    if store.count(w, of) >= rules.MOST_ENVIRONMENTS:
        raise Taken("", "A project has at most {most} environments", most=rules.MOST_ENVIRONMENTS)
    try:
        with w.attempt():
            made = store.add(w, of, [(ids.prefixed("pevr"), draft)], clock.now())[0]
    except Conflict as clash:
        raise _taken(clash) from None
    w.announce(by, "environment.created", "environment", made.id, view(made), refs(made))
    return made


def change(w: Write, by: Caller, of: Project, id: str, wish: EnvironmentChange) -> Environment:
    """What is mentioned changes; the alternate id never does."""
    old = find(w, by, of, id)
    identity.access.require(by, "update", "Environment", of.id)
    values = patch.changes(name=wish.name, color=wish.color, type=wish.type)
    if "name" in values:
        values["name"] = rules.name(values["name"])
    if "color" in values:
        values["color"] = rules.color(values["color"])
    if "type" in values:
        values["type"] = rules.type_of(values["type"])
    changed = {name: value for name, value in values.items() if value != getattr(old, name)}
    if not changed:
        return old
    if "name" in changed:
        changed["folded_name"] = changed["name"].casefold()
    try:
        with w.attempt():
            store.change(w, of, old.seq, clock.now(), **changed)
    except Conflict as clash:
        raise _taken(clash) from None
    new = find(w, by, of, old.id)
    w.announce(by, "environment.changed", "environment", new.id, view(new), refs(new))
    return new


def drop(w: Write, by: Caller, of: Project, id: str) -> None:
    """It is no more, nor what settings of apps say of it; Taken for the last one of a project."""
    gone = find(w, by, of, id)
    identity.access.require(by, "delete", "Environment", of.id)
    _hold(w, by, of)
    if store.count(w, of) < 2:
        raise Taken("", "The last environment of a project cannot be deleted")
    store.drop(w, of, gone.seq)
    for app in apps.speaking_of(w, of, gone.alternate_id):
        rest = controls.without(app.settings, gone.alternate_id)
        if rest != app.settings:
            apps.change(w, by.organization, app.seq, clock.now(), {"settings": rest})
    w.announce(by, "environment.deleted", "environment", gone.id, view(gone), refs(gone))


def view(of: Environment) -> dict[str, str]:
    """What facts say of an environment."""
    return {"id": of.id, "alternateId": of.alternate_id, "name": of.name}


def refs(of: Environment) -> list[Ref]:
    return [Ref("Environment", of.id, view(of)), projects.ref(of.project)]


def _around(of: Project | App) -> tuple[Project, tuple[str, ...]]:
    """The project, and the ids on which roles count."""
    return (of.project, of.within) if isinstance(of, App) else (of, (of.id,))


def _hold(w: Write, by: Caller, of: Project) -> None:
    if not project_store.hold(w, by.organization, of.seq, "changes"):
        raise Missing("Project not found", id=of.id)


def _taken(clash: Conflict) -> Taken:
    field = "name" if "folded_name" in str(clash) else "alternateId"
    return Taken(field, "is taken by another environment of the project")
