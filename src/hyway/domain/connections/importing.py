"""What becomes of things that are imported: people, teams, projects, and what belongs to the whole organization."""

import re

from hyway.domain import identity, projects
from hyway.domain.connections import naming, rules
from hyway.domain.connections.imports import Arrival, importer
from hyway.domain.connections.records import Entity
from hyway.domain.connections.store import connections as store
from hyway.domain.connections.store import working as claims
from hyway.domain.identity import Caller, Member, NewMember, Team
from hyway.domain.projects import NewProject
from hyway.kernel import clock, ids
from hyway.kernel.db import Conflict, Read, Write
from hyway.kernel.faults import Invalid, Missing, Taken

_ALL = 2**31 - 1
_LONGEST_NAME, _LONGEST_SLUG = 100, 25


def attach(w: Write, by: Caller, of: Arrival, entity: Entity, project: str | None = None) -> None:
    """The entity is connected to what was imported; nothing happens where it is already."""
    if any(each.remote == of.resource.id for each in store.alike(w, of.integration.seq, of.type, entity.id)):
        return
    id, made_by, now = ids.prefixed("conn"), by.member or by.actor_id, clock.now()
    name = of.resource.id
    try:
        with w.attempt():
            made = store.add(w, of.integration, id, of.type, entity, project, name, made_by, now)
            store.imported(w, made.seq, of.resource, now, of.type in rules.LETS_IN)
    except Conflict:
        raise Taken("", "is connected to something else of your organization already") from None
    if of.type in ("User", "GitTeam"):
        claims.look_at_integration(w, of.integration.seq, rules.LETS_IN, now)
    told = {"id": made.id, "type": made.type, "entity": {"type": entity.kind, "id": entity.id}}
    w.announce(by, "connection.created", "connection", made.id, told)


@importer("User")
def person(w: Write, by: Caller, of: Arrival) -> None:
    """A member with that address, there already or new."""
    email = of.resource.more.get("email", "").strip()
    if not email:
        raise Invalid("email", "has no e-mail address that may be seen")
    found = _by_address(w, by).get(email.casefold())
    if found is None:
        first, last = (_name(of.resource.more.get(each, "")) for each in ("firstName", "lastName"))
        found = identity.profiles.create(w, by, NewMember(email, first, last))
    attach(w, by, of, naming.member(w, by, found.id))


def _name(text: str) -> str | None:
    return text[:_LONGEST_NAME].strip() or None


@importer("DistributionList", "MessagingChannel", "GitTeam")
def group(w: Write, by: Caller, of: Arrival) -> None:
    """A team of that name, there already or new; in it are those who are in the list and are members."""
    name = (of.resource.name.strip() or of.resource.id)[:_LONGEST_NAME]
    team = _team(w, by, name) or identity.teams.create(w, by, name, "static")
    if team.type == "static":
        _gather(w, by, of, team)
    attach(w, by, of, Entity("Team", team.id, team.name))


def _team(r: Read, by: Caller, name: str) -> Team | None:
    same = (each for each in identity.teams.page(r, by, name) if each.name.casefold() == name.casefold())
    return next(same, None)


def _gather(w: Write, by: Caller, of: Arrival, team: Team) -> None:
    known = {each.remote: each.entity.id for each in store.ready_of(w, of.integration.seq, "User")}
    addresses = {address: each.id for address, each in _by_address(w, by).items()}
    wanted = {known.get(who) or addresses.get(who.casefold()) for who in of.inside} - {None}
    inside = [each.id for each in identity.teams.members(w, by, team.id)]
    new = sorted(id for id in wanted if id is not None and id not in inside)
    if new:
        identity.teams.replace_members(w, by, team.id, [*inside, *new])


def _by_address(r: Read, by: Caller) -> dict[str, Member]:
    people, _ = identity.profiles.page(r, by, limit=_ALL)
    return {each.email.casefold(): each for each in people if each.email}


@importer("GitRepository")
def repository(w: Write, by: Caller, of: Arrival) -> None:
    """A project of that name, there already or new."""
    name = (of.resource.name.strip() or of.resource.id).rpartition("/")[2][:_LONGEST_NAME]
    slug = re.sub("[^a-z0-9]+", "-", name.casefold())[:_LONGEST_SLUG].strip("-")
    if not slug:
        raise Invalid("name", "has no name that a project can have")
    try:
        project = projects.find(w, by, slug)
    except Missing:
        project = projects.create(w, by, NewProject(slug, name))
    attach(w, by, of, Entity("Project", project.id, project.name), project.id)


@importer("ContainerRegistry", "CloudSubscription")
def shared(w: Write, by: Caller, of: Arrival) -> None:
    """The whole organization's."""
    own = identity.organization(w, by)
    attach(w, by, of, Entity("Organization", own.wire_id, own.name))
