"""Verbs of DNS zones: those of an organization's vendors in which records can be written.

A zone comes by being imported, or by a connection to one that is ready. It goes from here alone: what the vendor has
stays there, the records with it.
"""

import re
from collections.abc import Sequence

from hyway.domain import identity
from hyway.domain.connections import connections, zone_records
from hyway.domain.connections.imports import Arrival, importer
from hyway.domain.connections.records import Connection, Integration, Zone, ZoneRecord
from hyway.domain.connections.store import integrations as integration_store
from hyway.domain.connections.store import zone_records as record_store
from hyway.domain.connections.store import zones as store
from hyway.domain.identity import Caller
from hyway.kernel import clock, ids
from hyway.kernel.db import Conflict, Fact, Read, Ref, Write
from hyway.kernel.faults import Fault, Invalid, Missing

_ID = re.compile(r"zone_[0-9a-f]{24}")
_NAME = re.compile(
    r"(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
)


def page(r: Read, by: Caller, offset: int = 0, limit: int = 100) -> tuple[list[Zone], int]:
    """The organization's, oldest first, and how many they are."""
    identity.access.require(by, "read", "Domain")
    return store.page(r, by.organization, offset, limit)


def find(r: Read, by: Caller, id: str) -> Zone:
    identity.access.require(by, "read", "Domain")
    return _found(r, by, id)


def records(r: Read, by: Caller, id: str) -> list[ZoneRecord]:
    """What we keep in a zone for domains of ours, and how that stands."""
    return record_store.of_zone(r, find(r, by, id).seq)


def drop(w: Write, by: Caller, id: str) -> None:
    """Nothing is written into it any more; at the vendor's everything stays as it is."""
    identity.access.require(by, "delete", "Domain")
    _drop(w, by, _found(w, by, id, lock=True))


def retry(w: Write, by: Caller, id: str) -> None:
    """Records that could not be written are tried once more."""
    identity.access.require(by, "update", "Domain")
    zone_records.try_again(w, _found(w, by, id))


def adopt(w: Write, by: Caller, of: Integration, remote: str, name: str) -> Zone:
    """The zone of a vendor's is one of the organization's; the same again changes nothing but its name."""
    plain = name.strip().rstrip(".").lower()
    if not _NAME.fullmatch(plain):
        raise Invalid("name", "is not the name of a zone")
    now, who = clock.now(), by.member or by.actor_id
    row = {
        "id": ids.prefixed("zone"),
        "organization": of.organization,
        "integration": of.seq,
        "name": plain,
        "remote": remote,
        "created_at": now,
        "created_by": who,
        "modified_at": now,
        "modified_by": who,
    }
    try:
        with w.attempt():
            made = store.add(w, row)
    except Conflict:
        return _known(w, of, remote, plain, who)
    w.announce(by, "zone.created", "zone", made.id, view(made), [ref(made)])
    zone_records.plan_for_zone(w, made)
    return made


def _known(w: Write, of: Integration, remote: str, name: str, who: str) -> Zone:
    found = store.same(w, of.seq, remote)
    if found is None:
        raise Missing("There is no such zone", id=remote)
    zone_records.try_again(w, found)
    if found.name == name:
        return found
    return store.change(w, found.seq, name=name, modified_at=clock.now(), modified_by=who)


def view(of: Zone) -> dict[str, str]:
    """What facts say of a zone."""
    return {"id": of.id, "name": of.name}


def ref(of: Zone) -> Ref:
    return Ref("DNSZone", of.id, view(of))


def _found(r: Read, by: Caller, id: str, *, lock: bool = False) -> Zone:
    found = store.find(r, by.organization, id, lock=lock) if _ID.fullmatch(id) else None
    if found is None:
        raise Missing("There is no such zone", id=id)
    return found


def _drop(w: Write, by: Caller, gone: Zone) -> None:
    record_store.forget(w, gone.seq)
    store.drop(w, gone.seq, clock.now(), by.member or by.actor_id)
    w.announce(by, "zone.deleted", "zone", gone.id, view(gone), [ref(gone)])


@importer("DNSZone")
def take_in(w: Write, by: Caller, of: Arrival) -> None:
    """Zones are kept as they are, and belong to the whole organization."""
    adopt(w, by, of.integration, of.resource.id, of.resource.name)


def hear(w: Write, facts: Sequence[Fact]) -> None:
    """A connection to a zone makes the zone one of ours; without its integration a zone is of no use."""
    for fact in facts:
        if fact.action == "connection.completed" and fact.data.get("type") == "DNSZone":
            _connected(w, fact)
        elif fact.action == "connection.ended" and fact.data.get("type") == "DNSZone":
            _ended(w, fact)
        elif fact.action == "integration.deleted":
            for each in store.orphans(w, fact.by.organization):
                _drop(w, fact.by, each)
    zone_records.hear(w, facts)


def _connected(w: Write, fact: Fact) -> None:
    found = _connection(w, fact)
    of = integration_store.numbered(w, found.integration) if found else None
    if found is None or of is None:
        return
    try:
        adopt(w, fact.by, of, found.remote, str(found.config.get("name") or found.input))
    except Invalid:
        return  # a provider of somebody else's, which names its zones by something else


def _ended(w: Write, fact: Fact) -> None:
    """It is to go at the vendor's, so records in it are of no use."""
    found = _connection(w, fact)
    zone = store.same(w, found.integration, found.remote) if found else None
    if zone is not None:
        _drop(w, fact.by, zone)


def _connection(r: Read, fact: Fact) -> Connection | None:
    server = identity.server(fact.by.organization)
    try:
        return connections.find(r, server, fact.data["integration"]["id"], fact.id)
    except Fault:
        return None
