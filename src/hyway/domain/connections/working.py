"""How a connection is carried on: one step at a time, each asked of the vendor between two transactions.

The first transaction claims the connection and says what is to be done, the second keeps what came of it. Whoever dies
between them leaves a connection that is still due: the next to look does the step again, and as a provider finds what
there is before it makes anything, nothing is made twice.
"""

import logging
import random
from dataclasses import dataclass
from typing import Any

from hyway.domain import identity
from hyway.domain.connections import connections, integrations, owned, rules
from hyway.domain.connections.providing import Declined, Made, Unclear
from hyway.domain.connections.records import Connection
from hyway.domain.connections.registry import Registry
from hyway.domain.connections.store import connections as shown
from hyway.domain.connections.store import integrations as integration_store
from hyway.domain.connections.store import presence
from hyway.domain.connections.store import working as store
from hyway.domain.connections.vendor import Vendor
from hyway.kernel import clock
from hyway.kernel.clock import Instant
from hyway.kernel.db import Conflict, Database, Read, Write
from hyway.kernel.faults import Fault

BOOT, LEASE = presence.BOOT, presence.LEASE
_SHARED = "This is connected to something else of your organization already"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Task:
    """One try of one step; `code` is what somebody was told to verify it."""

    of: Connection
    vendor: Vendor
    code: str


def carry_on(db: Database, registry: Registry, seq: int) -> None:
    """Does what is due of a connection's own."""
    task = db.write_now(begin, registry, seq)
    if task is None:
        return
    try:
        made = _done(task)
    except Declined as why:
        db.write_now(declined, task.of, str(why))
    except Unclear as why:
        db.write_now(unclear, task.of, why, random.random())  # noqa: S311  # only spreads the tries
    else:
        db.write_now(settled, task.of, made)


def begin(w: Write, registry: Registry, seq: int) -> Task | None:
    """Claims it; None where there is nothing to do. What cannot be asked at all has failed."""
    now = clock.now()
    sealed = store.begin(w, seq, BOOT, now, now + LEASE)
    of = shown.numbered(w, seq) if sealed is not None else None
    if of is None:
        return None
    if of.attempts > rules.MOST_TRIES:  # and nobody ever learnt what came of it
        _failed(w, of, rules.STUCK, is_retryable=of.status != "Decommissioning")
        return None
    try:
        vendor = vendor_of(w, registry, of)
        code = w.seal.open(sealed, f"connection:{of.id}") if sealed else ""
    except Fault as why:
        _failed(w, of, why.message, is_retryable=of.status != "Decommissioning")
        return None
    return Task(of, vendor, code)


def vendor_of(r: Read, registry: Registry, of: Connection) -> Vendor:
    integration = integration_store.numbered(r, of.integration)
    if integration is None:
        raise Fault("The integration is gone")
    return integrations.vendor(r, registry, integration)


def _done(task: Task) -> Made | None:
    """The step itself; None where the connection is at its end."""
    of, vendor = task.of, task.vendor
    if of.status == "Decommissioning":
        _ended(of, vendor)
        return None
    if of.status == "AwaitingVerification":
        return vendor.verify(of.type, of.remote, task.code)
    return vendor.make(of.type, of.entity, of.input, of.id)


def _ended(of: Connection, vendor: Vendor) -> None:
    """A try whose outcome nobody knows may have made something: it is found, as a second try would find it."""
    remote = of.remote
    if not remote:
        try:
            remote = vendor.make(of.type, of.entity, of.input, of.id).remote
        except Declined:
            return  # so there is nothing
    vendor.remove(of.type, remote)


def settled(w: Write, of: Connection, made: Made | None) -> None:
    """It went well; where it is to go by now, what was made goes with it."""
    if made is None:
        if shown.drop(w, of.seq):
            connections.tell_end(w, identity.server(of.organization), of)
        return
    waits = bool(made.verification_emails) and of.status == "Pending"
    try:
        with w.attempt():
            kept = _keep(w, of, made, waits)
    except Conflict:
        _failed(w, of, _SHARED, is_retryable=False)
        return
    if not kept:
        store.found_late(w, of.seq, made.remote, clock.now())
        return
    if of.type in ("User", "GitTeam") and not waits:
        _look_at_others(w, of, clock.now())
    if not waits:
        owned.keep(w, of, made)
    told = {**connections.view(of), "status": "AwaitingVerification" if waits else "Ready"}
    action = "connection.asked" if waits else "connection.completed"
    w.announce(identity.server(of.organization), action, "connection", of.id, told, connections.refs(of))


def _keep(w: Write, of: Connection, made: Made, waits: bool) -> bool:
    now = clock.now()
    values: dict[str, Any] = {
        "status": "AwaitingVerification" if waits else "Ready",
        "remote": made.remote,
        "config": dict(made.config),
        "emails": list(made.verification_emails) if waits else [],
        "attempts": 0,
        "next_at": None,
        "code": None,
        "is_retryable": 0,
        "people_at": now if of.type in rules.LETS_IN and not waits else None,
    }
    return store.settle(w, of.seq, of.status, now, **values)


def _look_at_others(w: Write, of: Connection, now: Instant) -> None:
    """Somebody can be let into more now."""
    store.look_at_integration(w, of.integration, rules.LETS_IN, now)


def declined(w: Write, of: Connection, why: str) -> None:
    """The vendor will not. Who told a wrong code can tell another."""
    if of.status == "AwaitingVerification":
        now = clock.now()
        store.settle(w, of.seq, of.status, now, [why], code=None, next_at=None, attempts=0, is_retryable=0)
        _tell(w, of, "connection.refused", why)
        return
    _failed(w, of, why, is_retryable=False)


def unclear(w: Write, of: Connection, why: Unclear, chance: float) -> None:
    """It is tried again, later each time; after the last one it has failed, and somebody can have it tried again."""
    if of.attempts >= rules.MOST_TRIES:
        if of.status == "AwaitingVerification":
            declined(w, of, str(why))
        else:
            _failed(w, of, str(why), is_retryable=of.status == "Pending")
        return
    now = clock.now()
    again_at = now + rules.backoff(of.attempts, chance, why.after)
    is_retryable = int(of.status == "Pending")
    if not store.settle(w, of.seq, of.status, now, [str(why)], next_at=again_at, is_retryable=is_retryable):
        store.release(w, of.seq)


def _failed(w: Write, of: Connection, why: str, is_retryable: bool) -> None:
    values = {"status": "Failed", "next_at": None, "code": None, "is_retryable": int(is_retryable)}
    if store.settle(w, of.seq, of.status, clock.now(), [why], **values):
        _tell(w, of, "connection.failed", why)
    else:
        store.release(w, of.seq)


def _tell(w: Write, of: Connection, action: str, why: str) -> None:
    told = {**connections.view(of), "errors": [why]}
    by = identity.server(of.organization)
    w.announce(by, action, "connection", of.id, told, connections.refs(of))
