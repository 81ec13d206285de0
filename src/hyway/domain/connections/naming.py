"""What things of an organization are called, by their ids."""

from hyway.domain import identity, projects
from hyway.domain.connections import rules
from hyway.domain.connections.records import Entity
from hyway.domain.identity import Caller
from hyway.kernel.db import Read
from hyway.kernel.faults import Invalid, Missing


def entity(r: Read, by: Caller, id: str) -> tuple[Entity, str | None]:
    """The thing of that id, or alternate id, and the project that it is, or is part of; Missing where there is none."""
    if not id or len(id) > 200 or not id.isprintable():
        raise Invalid("entity/id", "must be the id of an entity")
    if rules.is_id("org", id):
        return _organization(r, by, id), None
    if rules.is_id("team", id):
        found = identity.teams.find(r, by, id)
        return Entity("Team", found.id, found.name), None
    if rules.is_id("memb", id):
        return member(r, by, id), None
    return _of_project(r, by, id)


def _organization(r: Read, by: Caller, id: str) -> Entity:
    own = identity.organization(r, by)
    if own.wire_id != id:
        raise Missing("There is no such organization", id=id)
    return Entity("Organization", own.wire_id, own.name)


def member(r: Read, by: Caller, id: str) -> Entity:
    """A person of the organization; Invalid for an API key, which nobody at a vendor stands for."""
    found = identity.profiles.find(r, by, id)
    if found.seq is None:
        raise Invalid("entity/id", "must be of a person, not of an API key")
    name = " ".join(part for part in (found.first_name, found.last_name) if part) or found.nickname
    return Entity("Member", found.id, name, found.email or "")


def _of_project(r: Read, by: Caller, id: str) -> tuple[Entity, str | None]:
    """An app's alternate id is looked for after a project's."""
    if not rules.is_id("app", id):
        try:
            project = projects.find(r, by, id)
            return Entity("Project", project.id, project.name), project.id
        except Missing:
            if rules.is_id("proj", id):
                raise
    app = projects.apps.find(r, by, id)
    return Entity("App", app.id, app.name), app.project.id
