"""What becomes of connections and imports by themselves: those that are due are worked on, a few at a time.

What is due is written with what it is about, so an errand only wakes whoever looks.
"""

from functools import partial

from hyway.domain.connections import connections, imports, people, registry, rules, working, zone_records
from hyway.domain.connections.registry import Registry
from hyway.domain.connections.store import imports as import_store
from hyway.domain.connections.store import working as store
from hyway.domain.connections.store import zone_records as record_store
from hyway.kernel import clock
from hyway.kernel.db import Database
from hyway.kernel.jobs import Means, every, job
from hyway.kernel.outbox import Errand

_LOOK_SECONDS, _SWEEP_SECONDS = 5.0, 900.0
_AT_ONCE = 50
_WORK = {"own": working.carry_on, "people": people.carry_on}


@every(_LOOK_SECONDS)
def look(means: Means) -> None:
    """Starts what is due and returns: vendors take their time."""
    begin(means.db, registry.of(means))


@job(connections.WORK)
def wake_connections(means: Means, _: Errand) -> None:
    look(means)


@job(imports.WORK)
def wake_imports(means: Means, _: Errand) -> None:
    look(means)


@job(zone_records.WORK)
def wake_records(means: Means, _: Errand) -> None:
    look(means)


@every(_SWEEP_SECONDS)
def sweep(means: Means) -> None:
    """Everywhere: somebody may have changed at the vendor's what is to be in step with us."""
    means.db.write_now(store.look_at_everything, rules.LETS_IN, clock.now())


def begin(db: Database, known: Registry) -> None:
    """What there is a thread for; when one of it is done, the next."""
    known.presence.hold(db)
    now, busy, more = clock.now(), known.busy(), partial(begin, db, known)
    for each in db.read_now(store.due, working.BOOT, now, busy, _AT_ONCE):
        run = partial(_WORK[each.kind], db, known, each.seq)
        known.start(("connection", each.seq), each.type, run, more, each.integration)
    for seq, type, integration in db.read_now(import_store.due, working.BOOT, now, busy, _AT_ONCE):
        carry_on = partial(imports.carry_on, db, known, seq)
        known.start(("import", seq), type, carry_on, more, integration)
    for zone, type in db.read_now(record_store.due, working.BOOT, now, _AT_ONCE):
        known.start(("zone", zone), type, partial(zone_records.carry_on, db, known, zone), more)
