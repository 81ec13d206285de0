"""The records that verify our domains, kept by ourselves in zones that we can write.

What is to be there, or gone, is written down with the domain or the zone that it is for, and done in the background:
whoever is interrupted does it again, which changes nothing. A name that leads elsewhere already is never bent.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hyway.domain import identity, links
from hyway.domain.connections import integrations, rules, working
from hyway.domain.connections.providing import Declined, Unclear
from hyway.domain.connections.records import Zone, ZoneRecord
from hyway.domain.connections.registry import Registry
from hyway.domain.connections.store import integrations as integration_store
from hyway.domain.connections.store import zone_records as store
from hyway.domain.connections.store import zones as zone_store
from hyway.domain.connections.vendor import Vendor
from hyway.kernel import clock, outbox
from hyway.kernel.db import Conflict, Database, Fact, Read, Write
from hyway.kernel.faults import Fault

WORK = "connections.records"
"""The topic of errands that write records."""
SECONDS = 300
"""How long others may remember what we write."""
_ALL = 2**31 - 1
_MOST_LABELS = 10
"""So many levels beneath a zone it is looked whether they are delegated."""


@dataclass(frozen=True, slots=True)
class Task:
    """One try at one record."""

    of: ZoneRecord
    zone: Zone
    vendor: Vendor


def of_domain(r: Read, organization: int, domain: str) -> list[ZoneRecord]:
    """What we keep for a domain, by its id."""
    return store.of_domain(r, organization, domain)


def hear(w: Write, facts: Sequence[Fact]) -> None:
    """A new domain within a zone of ours gets its records; those of one that goes, go too."""
    for fact in facts:
        if fact.action == "domain.created":
            _plan_for_domain(w, fact.by.organization, fact.id)
        elif fact.action == "domain.deleted":
            store.unwant(w, fact.by.organization, fact.id, clock.now())
            outbox.later(w, WORK, fact.by.organization, {"domain": fact.id})


def plan_for_zone(w: Write, zone: Zone) -> None:
    """Domains of before that are still to be verified get their records, too."""
    found, _ = links.domains.page(w, identity.server(zone.organization), limit=_ALL)
    for each in found:
        if each.dns_status != "verified" and is_within(each.domain, zone.name):
            _plan(w, each, [near for near in _nearest(w, each) if near.seq == zone.seq])


def try_again(w: Write, zone: Zone) -> None:
    """What could not be written is tried once more, as if for the first time."""
    if store.restart(w, zone.seq, clock.now()):
        outbox.later(w, WORK, zone.organization, {"zone": zone.id})


def is_within(domain: str, zone: str) -> bool:
    return domain == zone or domain.endswith(f".{zone}")


def _plan_for_domain(w: Write, organization: int, id: str) -> None:
    domain = links.domains.find(w, identity.server(organization), id)
    _plan(w, domain, _nearest(w, domain))


def _nearest(r: Read, domain: links.Domain) -> list[Zone]:
    """The zones that answer for a domain. Two vendors may have one of the name: one of them is asked by others, and we
    cannot know which."""
    labels = domain.domain.split(".")
    names = [".".join(labels[at:]) for at in range(len(labels) - 1)]
    found = zone_store.named(r, domain.organization, names)
    nearest = max((len(each.name) for each in found), default=0)
    return [each for each in found if len(each.name) == nearest]


def _plan(w: Write, domain: links.Domain, zones: Iterable[Zone]) -> None:
    now, planned = clock.now(), False
    for zone in zones:
        for record in _wanted(domain, zone, w.hosts):
            row = {
                "organization": zone.organization,
                "zone": zone.seq,
                "domain": domain.id,
                "type": record.type,
                "name": record.name,
                "value": record.value,
                "is_wanted": 1,
                "is_ours": 0,
                "error": "",
                "attempts": 0,
                "next_at": now,
                "claimed_until": 0,
            }
            try:
                with w.attempt():
                    store.add(w, row)
            except Conflict:
                continue
            planned = True
    if planned:
        outbox.later(w, WORK, domain.organization, {"domain": domain.id})


def _wanted(domain: links.Domain, zone: Zone, hosts: frozenset[str]) -> list[links.Record]:
    """The text that proves it, and one alias, which no zone can have for its own name."""
    found = links.domains.records(domain, hosts)
    texts = [each for each in found if each.type == "TXT"]
    aliases = [each for each in found if each.type == "CNAME" and domain.domain != zone.name]
    return texts + aliases[:1]


# What the worker does.


def carry_on(db: Database, registry: Registry, zone: int) -> None:
    """All that is due in a zone, one after the other: what comes under a name is written after what goes."""
    while (of := db.write_now(begin, zone)) is not None:
        task = db.write_now(prepared, registry, of)
        if task is not None:
            _try(db, task)


def _try(db: Database, task: Task) -> None:
    try:
        _done(db, task)
    except Declined as why:
        db.write_now(_declined, task.of, str(why))
    except Unclear as why:
        db.write_now(_unclear, task.of, why, random.random())  # noqa: S311  # only spreads the tries
    else:
        db.write_now(_settled, task.of)


def begin(w: Write, zone: int) -> ZoneRecord | None:
    """Claims what is next; None where there is nothing to do."""
    now = clock.now()
    return store.begin(w, zone, working.BOOT, now, now + working.LEASE)


def prepared(w: Write, registry: Registry, of: ZoneRecord) -> Task | None:
    """What is to be asked of whom; None where nobody need be, or can be."""
    zone = zone_store.numbered(w, of.zone)
    integration = integration_store.numbered(w, zone.integration) if zone else None
    if zone is None or integration is None:
        return None
    if not of.is_wanted and store.alike(w, of):
        store.hand_over(w, of)
        _declined(w, of, "")
        return None
    try:
        vendor = integrations.vendor(w, registry, integration)
    except Fault as why:
        _declined(w, of, why.message)
        return None
    return Task(of, zone, vendor)


def _done(db: Database, task: Task) -> None:
    """What was there before us is not ours to take away; that it was not is written down before it is written."""
    of, zone, vendor = task.of, task.zone.remote, task.vendor
    if not of.is_wanted:
        if of.is_ours:
            vendor.drop_record(zone, of.name, of.type, of.value)
        return
    _undivided(task)
    there = [_value(of.type, each) for each in vendor.records(zone, of.name, of.type)]
    if _value(of.type, of.value) in there:
        return
    if of.type == "CNAME" and there:
        raise Declined(f"{of.name} leads to {there[0]} already; change that at {vendor.entry.name}")
    db.write_now(store.claim, of.seq)
    vendor.put_record(zone, of.name, of.type, of.value, SECONDS)


def _undivided(task: Task) -> None:
    """Declined where the name is in a part of the zone that is somebody else's to answer for."""
    zone = task.zone.name
    inner = task.of.name[: -len(zone)].rstrip(".")
    part = zone
    for label in reversed(inner.split(".")[-_MOST_LABELS:] if inner else []):
        part = f"{label}.{part}"
        servers = task.vendor.records(task.zone.remote, part, "NS")
        if servers:
            raise Declined(f"{part} is delegated to {servers[0].rstrip('.')}: connect the zone that is there")


def _value(type: str, text: str) -> str:
    """So that two that mean the same are equal: texts without their quotes, names without the dot at their end."""
    if type != "TXT":
        return text.rstrip(".").lower()
    return text[1:-1].replace('" "', "") if len(text) > 1 and text[0] == text[-1] == '"' else text


def _settled(w: Write, of: ZoneRecord) -> None:
    if not of.is_wanted:
        store.drop(w, of.seq)
        # One that came meanwhile may have been taken away with it.
        store.write_alike(w, of, clock.now())
        return
    if store.settle(w, of.seq, True, written_at=clock.now(), error="", attempts=0, next_at=None):
        links.domains.hasten(w, of.organization, of.domain)


def _declined(w: Write, of: ZoneRecord, why: str) -> None:
    """It is said why; what cannot be taken away stays at the vendor's."""
    if of.is_wanted:
        store.settle(w, of.seq, True, error=why, next_at=None)
    else:
        store.drop(w, of.seq)


def _unclear(w: Write, of: ZoneRecord, why: Unclear, chance: float) -> None:
    """It is tried again, later each time."""
    if of.attempts >= rules.MOST_TRIES:
        _declined(w, of, str(why))
        return
    again = clock.now() + rules.backoff(of.attempts, chance, why.after)
    store.settle(w, of.seq, of.is_wanted, error=str(why), next_at=again)
