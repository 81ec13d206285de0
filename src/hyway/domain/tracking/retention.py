"""How long an account keeps what its users' devices sent: positions, segments, events, and the ways of actions."""

from collections.abc import Callable
from typing import Final

from hyway.domain.tracking.records import Account
from hyway.domain.tracking.store import accounts
from hyway.domain.tracking.store import retention as store
from hyway.kernel import clock
from hyway.kernel.clock import DAY, Instant
from hyway.kernel.db import Database, Write

_ROWS: Final = 5_000
_OF_THE_WIDE: Final = 500
_USERS: Final = 200


def forget(db: Database) -> None:
    """Forgets what is older than each account's `retention_days`, in small transactions; where it was broken off,
    it goes on. What belongs to an action that has not ended stays."""
    now = clock.now()
    for account in db.read_now(accounts.every):
        if account.retention_days is not None:
            _forget(db, account, now - account.retention_days * DAY)


def _forget(db: Database, account: Account, before: Instant) -> None:
    last = 0
    while users := db.read_now(store.users, account.seq, before, last, _USERS):
        for last in users:
            since = db.read_now(store.busy_since, last)
            _all(db, store.positions, last, before if since is None else min(before, since), _ROWS)
    for statement in (store.segments, store.events, store.ways):
        _all(db, statement, account.seq, before, _OF_THE_WIDE)


def _all(
    db: Database,
    statement: Callable[[Write, int, Instant, int], bool],
    whose: int,
    before: Instant,
    most: int,
) -> None:
    while db.write_now(statement, whose, before, most):
        pass
