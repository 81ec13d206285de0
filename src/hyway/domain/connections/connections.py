"""Verbs of connections: things of an organization that stand for things at a vendor's.

A connection is made in the background: Pending, then AwaitingVerification where somebody has to tell a code, then
Ready or Failed. What is done at the vendor's stays there when the connection goes, unless it is asked for.
"""

from hyway.domain import identity
from hyway.domain.connections import integrations, naming, rules
from hyway.domain.connections.providing import Offer
from hyway.domain.connections.records import (
    AccessQuery,
    Connection,
    ConnectionAccess,
    ConnectionQuery,
    Integration,
)
from hyway.domain.connections.registry import Registry
from hyway.domain.connections.store import connections as store
from hyway.domain.connections.store import integrations as integration_store
from hyway.domain.identity import Caller
from hyway.kernel import clock, ids, outbox
from hyway.kernel.clock import Instant
from hyway.kernel.db import Conflict, Read, Ref, Write
from hyway.kernel.faults import Invalid, Missing, Taken

WORK = "connections.work"
"""The topic of errands that carry a connection on."""


def page(r: Read, by: Caller, query: ConnectionQuery) -> tuple[list[Connection], int]:
    """The organization's, oldest first, and how many they are."""
    identity.access.require(by, "read", "Integration")
    return store.page(r, by.organization, query)


def access_page(r: Read, by: Caller, query: AccessQuery) -> tuple[list[ConnectionAccess], int]:
    """Who was let into what by connections of their own, oldest first, and how many they are."""
    identity.access.require(by, "read", "Integration")
    return store.access_page(r, by.organization, query)


def find(r: Read, by: Caller, integration: str, id: str) -> Connection:
    identity.access.require(by, "read", "Integration")
    of = integrations.find(r, by, integration)
    found = store.find(r, by.organization, of.seq, id) if rules.is_id("conn", id) else None
    if found is None:
        raise Missing("There is no such connection", id=id)
    return found


def create(
    w: Write, by: Caller, registry: Registry, integration: str, type: str, entity: str, input: str = ""
) -> Connection:
    """A connection that is on its way. The same again, if that is retryable, is tried again; Taken if it is not.

    `entity` is the id (or alternate id, of a project or an app) of what is connected.
    """
    identity.access.require(by, "create", "Integration")
    of = integrations.find(w, by, integration)
    offer, chosen = _offered(registry, of, type, input)
    who, project = naming.entity(w, by, entity)
    if who.kind not in offer.to:
        raise Invalid("entity/id", "must be of one that can have this type of connection")
    if not integration_store.hold(w, of.seq):
        raise Missing("There is no such integration", id=of.id)
    id, made_by, now = ids.prefixed("conn"), by.member or by.actor_id, clock.now()
    try:
        with w.attempt():
            made = store.add(w, of, id, offer.connection, who, project, chosen, made_by, now)
    except Conflict:
        return _again(w, by, store.same(w, of.seq, type, who.id, chosen))
    w.announce(by, "connection.created", "connection", made.id, view(made), refs(made))
    _start(w, made)
    return made


def _offered(registry: Registry, of: Integration, type: str, input: str) -> tuple[Offer, str]:
    """What the vendor provides of a type, and what was chosen of it."""
    entry = registry.entry(of.type)
    if entry is None:
        raise Missing("There is no provider for this integration", id=of.id)
    offer, chosen = rules.offer(entry, type), rules.input(input)
    if offer.needs_input and not chosen:
        raise Invalid("", "body must have required property 'input'")
    return offer, chosen


def retry(w: Write, by: Caller, integration: str, id: str) -> Connection:
    """A connection that is retryable is tried again, now; Taken for one that is there, or that would fail again."""
    identity.access.require(by, "update", "Integration")
    return _again(w, by, find(w, by, integration, id))


def accept(w: Write, by: Caller, integration: str, id: str, code: str, later: Instant = 0) -> Connection:
    """A code that somebody was told is shown to the vendor next, `later` where somebody shows it before; Taken where
    none is waited for."""
    identity.access.require(by, "update", "Integration")
    of = find(w, by, integration, id)
    given = code.strip()
    if not given:
        raise Invalid("code", "must NOT have fewer than 1 characters")
    if len(given) > rules.LONGEST_CODE or not given.isprintable():
        raise Invalid("code", "must NOT have more than {most} characters", most=rules.LONGEST_CODE)
    sealed = w.seal.close(given, f"connection:{of.id}")
    if not store.take_code(w, of.seq, sealed, clock.now(), later):
        raise Taken("", "This connection waits for no verification")
    if not later:
        _start(w, of)
    return find(w, by, integration, id)


def drop(w: Write, by: Caller, integration: str, id: str, decommission: bool = False) -> None:
    """The connection is no more. What it made at the vendor's goes too if that is asked for: then it is there as
    Decommissioning until it is done."""
    identity.access.require(by, "delete", "Integration")
    gone = find(w, by, integration, id)
    if decommission and store.begin_end(w, gone.seq, clock.now()):
        w.announce(by, "connection.ended", "connection", gone.id, view(gone), refs(gone))
        _start(w, gone)
        return
    if not store.drop(w, gone.seq):
        raise Missing("There is no such connection", id=id)
    tell_end(w, by, gone)


def tell_end(w: Write, by: Caller, gone: Connection) -> None:
    w.announce(by, "connection.deleted", "connection", gone.id, view(gone), refs(gone))


def _again(w: Write, by: Caller, of: Connection | None) -> Connection:
    if of is not None and of.status == "Failed" and not of.is_retryable:
        raise Taken("", "This connection has failed and would fail again: remove it first")
    if of is None or not store.restart(w, of.seq, clock.now()):
        raise Taken("", "This is connected already")
    w.announce(by, "connection.retried", "connection", of.id, view(of), refs(of))
    _start(w, of)
    found = store.numbered(w, of.seq)
    if found is None:
        raise Missing("There is no such connection", id=of.id)
    return found


def _start(w: Write, of: Connection) -> None:
    outbox.later(w, WORK, of.organization, {"connection": of.seq})


def view(of: Connection) -> dict[str, object]:
    """What facts say of a connection."""
    entity = {"type": of.entity.kind, "id": of.entity.id, "name": of.entity.name}
    integration = {"id": of.integration_id, "type": of.integration_type}
    return {"id": of.id, "type": of.type, "entity": entity, "integration": integration}


def refs(of: Connection) -> list[Ref]:
    told = {"id": of.integration_id, "type": of.integration_type}
    return [
        Ref("Connection", of.id, {"id": of.id, "type": of.type}),
        Ref("Integration", of.integration_id, told),
        Ref(of.entity.kind, of.entity.id, {"id": of.entity.id, "name": of.entity.name}),
    ]
