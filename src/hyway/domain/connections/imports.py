"""Verbs of imports: things of a vendor's become things of the organization, in the background, one after the other.

Each is taken in together with the note that it was, so whoever is interrupted goes on with the next.
"""

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hyway.domain import identity
from hyway.domain.connections import integrations, rules, working
from hyway.domain.connections.providing import Declined, Unclear
from hyway.domain.connections.records import ConnectionType, Import, Integration, Resource
from hyway.domain.connections.registry import Registry
from hyway.domain.connections.store import imports as store
from hyway.domain.connections.store import integrations as integration_store
from hyway.domain.connections.vendor import Vendor, shown
from hyway.domain.identity import Caller
from hyway.kernel import clock, ids, outbox
from hyway.kernel.clock import Instant
from hyway.kernel.db import Database, Read, Write
from hyway.kernel.faults import Fault, Missing, Refused

WORK = "connections.import"
"""The topic of errands that carry an import on."""
MOST_RUNNING = 20
_MOST_ERRORS = 100


@dataclass(frozen=True, slots=True)
class Arrival:
    """One thing that is taken in; `inside` is who is in it, of what has people."""

    integration: Integration
    type: ConnectionType
    resource: Resource
    parent: str = ""
    inside: frozenset[str] = frozenset()


Importer = Callable[[Write, Caller, Arrival], None]
"""Makes something of the organization's of it; the same again changes nothing. What it refuses is told to people."""
IMPORTERS: dict[ConnectionType, Importer] = {}


def importer(*types: ConnectionType) -> Callable[[Importer], Importer]:
    """Registers the one function that takes in what is of these types."""

    def register(run: Importer) -> Importer:
        for type in types:
            if type in IMPORTERS:
                raise ValueError(f"two importers of {type}")
            IMPORTERS[type] = run
        return run

    return register


def start(
    w: Write,
    by: Caller,
    registry: Registry,
    integration: str,
    type: str,
    resources: Sequence[Mapping[str, Any]],
    parent: str = "",
) -> Import:
    """An import that is on its way; `resources` have ids of the vendor's, which are looked for there."""
    identity.access.require(by, "create", "Integration")
    of = integrations.find(w, by, integration)
    entry = registry.entry(of.type)
    if entry is None:
        raise Missing("There is no provider for this integration", id=of.id)
    offer = rules.importable(entry, type)
    wanted = rules.resources(resources)
    inside = rules.resource_id("parentId", parent) if parent else ""
    if not integration_store.hold(w, of.seq, alone=True):
        raise Missing("There is no such integration", id=of.id)
    if store.running(w, by.organization) >= MOST_RUNNING:
        raise Refused("Your organization may have {most} imports under way", most=MOST_RUNNING)
    actor = json.dumps({"kind": by.actor_kind, "id": by.actor_id, "name": by.actor_name})
    made_by, id = by.member or by.actor_id, ids.prefixed("impt")
    made = store.add(w, of, id, offer.connection, inside, wanted, actor, made_by, clock.now())
    w.announce(by, "import.started", "import", made.id, view(made), [integrations.ref(of)])
    outbox.later(w, WORK, of.organization, {"import": made.seq})
    return made


def page(
    r: Read, by: Caller, integration: str, offset: int = 0, limit: int = 100
) -> tuple[list[Import], int]:
    """The newest first, and how many they are."""
    of = integrations.find(r, by, integration)
    return store.page(r, by.organization, of.seq, offset, limit)


def find(r: Read, by: Caller, integration: str, id: str) -> Import:
    of = integrations.find(r, by, integration)
    found = store.find(r, by.organization, of.seq, id) if rules.is_id("impt", id) else None
    if found is None:
        raise Missing("There is no such import", id=id)
    return found


def view(of: Import) -> dict[str, Any]:
    """What facts say of an import."""
    return {"id": of.id, "type": of.type, "total": of.total, "done": of.done, "status": of.status}


# What the worker does.


@dataclass(frozen=True, slots=True)
class Task:
    """One go at an import: `by` is who asked for it, with the powers of the server, which was told to."""

    of: Import
    ids: Sequence[str]
    tries: int
    integration: Integration
    vendor: Vendor
    by: Caller


def carry_on(db: Database, registry: Registry, seq: int) -> None:
    """Takes in what is left of an import."""
    task = db.write_now(begin, registry, seq)
    if task is None:
        return
    errors = list(task.of.errors)
    try:
        there = {each.id: each for each in task.vendor.resources(task.of.type, task.of.parent)}
        for at in range(task.of.done, task.of.total):
            if not _taken(db, task, at, there.get(task.ids[at]), errors):
                return
    except (Declined, Unclear) as why:
        db.write_now(_halted, task, errors, why, random.random())  # noqa: S311
    else:
        db.write_now(_over, task, errors)


def begin(w: Write, registry: Registry, seq: int) -> Task | None:
    """Claims it; None where there is nothing to do."""
    now = clock.now()
    found = store.begin(w, seq, working.BOOT, now, now + working.LEASE)
    of = integration_store.numbered(w, found.of.integration) if found else None
    if found is None or of is None:
        return None
    if found.attempts > rules.MOST_TRIES:  # and nobody ever learnt what came of it
        store.settle(w, seq, "failed", [*found.of.errors, rules.STUCK], None, now)
        return None
    try:
        vendor = integrations.vendor(w, registry, of)
    except Fault as why:
        store.settle(w, seq, "failed", [*found.of.errors, why.message], None, now)
        return None
    actor = json.loads(found.actor)
    by = replace(
        identity.server(of.organization),
        actor_kind=actor["kind"],
        actor_id=actor["id"],
        actor_name=actor["name"],
    )
    return Task(found.of, found.resources, found.attempts, of, vendor, by)


def _taken(db: Database, task: Task, at: int, resource: Resource | None, errors: list[str]) -> bool:
    """Whether to go on: somebody else may have gone on with it."""
    if resource is None:
        _note(errors, task.ids[at], "is not there")
        return db.write_now(_went_on, task, at, errors)
    inside: frozenset[str] = frozenset()
    if task.of.type in rules.IN_STEP:
        inside = task.vendor.members(task.of.type, resource.id)
    arrival = Arrival(task.integration, task.of.type, resource, task.of.parent, inside)
    try:
        return db.write_now(_take, task, at, arrival, errors)
    except Fault as why:
        _note(errors, resource.name or resource.id, why.message)
        return db.write_now(_went_on, task, at, errors)


def _take(w: Write, task: Task, at: int, arrival: Arrival, errors: Sequence[str]) -> bool:
    """The thing and the note that it is here, both or neither."""
    if not integration_store.hold(w, task.integration.seq) or not _went_on(w, task, at, errors):
        return False
    IMPORTERS[arrival.type](w, task.by, arrival)
    return True


def _went_on(w: Write, task: Task, at: int, errors: Sequence[str]) -> bool:
    now = clock.now()
    return store.went_on(w, task.of.seq, at, errors, now, now + working.LEASE)


def _note(errors: list[str], name: str, why: str) -> None:
    if len(errors) < _MOST_ERRORS:
        errors.append(shown(f"{name}: {why}"))


def _halted(w: Write, task: Task, errors: list[str], why: Declined | Unclear, chance: float) -> None:
    """Where nothing more is known it is tried again, later each time."""
    now = clock.now()
    tries = task.tries
    if isinstance(why, Unclear) and tries < rules.MOST_TRIES:
        again_at = now + rules.backoff(tries, chance, why.after)
        store.settle(w, task.of.seq, "running", errors, again_at, now)
        return
    store.settle(w, task.of.seq, "failed", [*errors, str(why)], None, now)
    _tell(w, task, "import.failed", now)


def _over(w: Write, task: Task, errors: Sequence[str]) -> None:
    now = clock.now()
    status = "failed" if len(errors) >= min(task.of.total, _MOST_ERRORS) else "done"
    store.settle(w, task.of.seq, status, errors, None, now)
    _tell(w, task, "import.finished" if status == "done" else "import.failed", now)


def _tell(w: Write, task: Task, action: str, now: Instant) -> None:
    found = store.find(w, task.of.organization, task.of.integration, task.of.id)
    if found is not None:
        w.announce(task.by, action, "import", found.id, view(found), [integrations.ref(task.integration)])
