"""Which of the processes that share a database are alive: what others had claimed that are no more is free at once.

On SQLite one process alone works, and all that others had claimed is left. On PostgreSQL each holds a lock of its
session, which the database lets go of when the process ends, however it ends. After a restart of the database itself
all sessions have ended and nothing is known: what was claimed before waits until its claim has run out.
"""

import secrets
import threading
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Text,
    and_,
    cast,
    column,
    extract,
    func,
    select,
    table,
)
from sqlalchemy.exc import SQLAlchemyError

from hyway.kernel.clock import MINUTE
from hyway.kernel.db import Database

BOOT = str(secrets.randbits(31))
"""What this process claims its work by: a number, as PostgreSQL's locks have them."""
LEASE = 2 * MINUTE
"""How long a claim lasts by itself."""
_KIND = 0x68796370  # "hycp" in ASCII: which of our locks it is
_LOCKS = table("pg_locks", column("locktype"), column("database"), column("classid"), column("objid"))
_BASES = table("pg_database", column("oid"), column("datname"))


class Presence:
    """This process's own lock; safe to share between threads."""

    def __init__(self) -> None:
        self._session: Connection | None = None
        self._lock = threading.Lock()

    def hold(self, db: Database) -> None:
        """To be called before anything is claimed; the lock is taken anew where the session was lost."""
        if db.is_sqlite:
            return
        with self._lock:
            if self._session is None or not _answers(self._session):
                self._session = _locked(db)


def _answers(session: Connection) -> bool:
    try:
        session.execute(select(1))
    except SQLAlchemyError:
        session.invalidate()
        return False
    return True


def _locked(db: Database) -> Connection:
    """A session apart from the pool: nobody else ends it."""
    session = db.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    session.detach()
    session.execute(select(func.pg_advisory_lock_shared(_KIND, int(BOOT))))
    return session


def is_gone(columns: Any, boot: str) -> ColumnElement[bool]:
    """Whether the process that made a claim is no more; only on PostgreSQL."""
    here = select(_BASES.c.oid).where(_BASES.c.datname == func.current_database()).scalar_subquery()
    lock = and_(_LOCKS.c.locktype == "advisory", _LOCKS.c.database == here, _LOCKS.c.classid == _KIND)
    alive = select(cast(_LOCKS.c.objid, Text)).where(lock)
    began = cast(extract("epoch", func.pg_postmaster_start_time()) * 1_000_000, BigInteger)
    since = columns.claimed_until - LEASE > began
    return and_(columns.claimed_by != boot, columns.claimed_by.not_in(alive), since)
