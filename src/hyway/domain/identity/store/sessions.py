"""Statements about a person's own sessions."""

from sqlalchemy import delete, select

from hyway.domain.identity.records import SessionShown
from hyway.domain.identity.store.tables import SESSIONS
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write


def of_person(r: Read, person: int, at: Instant) -> list[SessionShown]:
    alive = select(SESSIONS).where(SESSIONS.c.person == person, SESSIONS.c.expires_at > at)
    rows = r.run(alive.order_by(SESSIONS.c.seen_at.desc(), SESSIONS.c.id.desc()))
    return [SessionShown(row.id, row.user_agent, row.created_at, row.seen_at, row.expires_at) for row in rows]


def drop(w: Write, person: int, id: str) -> bool:
    gone = delete(SESSIONS).where(SESSIONS.c.person == person, SESSIONS.c.id == id)
    return w.run(gone.returning(SESSIONS.c.id)).first() is not None
