"""What happens elsewhere that connections must know of."""

from collections.abc import Sequence

from hyway.domain import identity
from hyway.domain.connections import connections, integrations, naming, rules
from hyway.domain.connections.store import connections as store
from hyway.domain.connections.store import integrations as integration_store
from hyway.domain.connections.store import working as claims
from hyway.domain.identity import NOBODYS, Caller
from hyway.kernel import clock
from hyway.kernel.clock import SECOND
from hyway.kernel.db import Fact, Write
from hyway.kernel.faults import Missing

_PEOPLE = frozenset({"team", "member", "access", "person", "organization"})
"""Nouns of facts after which others may be in a list."""
_NAMED = frozenset({"project.changed", "app.changed", "team.updated"})
_GONE = frozenset({"project.deleted", "app.deleted", "team.deleted"})
_LEFT = frozenset({"member.removed", "member.left"})
_PAUSE = SECOND
"""What happens together is put right together."""
_ALL = 2**31 - 1


def hear(w: Write, facts: Sequence[Fact]) -> None:
    """Who comes and goes is put right at the vendors' later; what is gone is connected to nothing any more."""
    for fact in facts:
        if fact.action in _NAMED and "name" in fact.data:
            store.rename(w, fact.by.organization, fact.id, str(fact.data["name"]))
        elif fact.action == "member.updated":
            _renamed(w, fact.by, fact.id)
        elif fact.action in ("organization.renamed", "organization.changed"):
            own = identity.organization(w, fact.by)
            store.rename(w, own.seq, own.wire_id, own.name)
        elif fact.action in _GONE:
            _drop(w, fact.by, fact.id)
        elif fact.action in _LEFT:
            _drop_members(w, fact.by)
        elif fact.action == "organization.closed":
            _close(w, fact.by)
    organizations = {each.by.organization for each in facts if each.action.partition(".")[0] in _PEOPLE}
    for organization in sorted(organizations - {NOBODYS}):
        claims.look_at_all(w, organization, rules.LETS_IN, clock.now() + _PAUSE)


def _renamed(w: Write, by: Caller, id: str) -> None:
    server = identity.server(by.organization)
    try:
        found = naming.member(w, server, id)
    except Missing:
        return
    store.rename(w, by.organization, id, found.name, found.email)


def _drop(w: Write, by: Caller, entity: str) -> None:
    """At the vendor's everything stays as it is, but for what is being taken away there already."""
    for each in store.of_entity(w, by.organization, entity):
        if each.status != "Decommissioning" and store.drop(w, each.seq):
            connections.tell_end(w, by, each)


def _drop_members(w: Write, by: Caller) -> None:
    """The facts name them in more than one way; few have connections."""
    inside = store.entities(w, by.organization, "Member")
    if inside:
        people, _ = identity.profiles.page(w, identity.server(by.organization), limit=_ALL)
        for gone in sorted(inside - {each.id for each in people}):
            _drop(w, by, gone)


def _close(w: Write, by: Caller) -> None:
    found, _ = integration_store.page(w, by.organization, 0, _ALL)
    for each in found:
        integrations.end(w, by, each)
