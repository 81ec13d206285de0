"""Statements about letters."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, select, update

from hyway.domain.notices.records import Mail
from hyway.domain.notices.store.tables import MAILS
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write


def _mail(row: Any) -> Mail:
    return Mail(
        seq=row.seq,
        id=row.id,
        person=row.person,
        address=row.address,
        subject=row.subject,
        text=row.text,
        html=row.html,
        state=row.state,
        tries=row.tries,
        error=row.error,
        created_at=row.created_at,
        sent_at=row.sent_at,
    )


def add(w: Write, row: dict[str, Any]) -> None:
    w.run(MAILS.insert(), row)


def page(r: Read, person: int, offset: int, limit: int) -> list[Mail]:
    """A person's, newest first."""
    found = select(MAILS).where(MAILS.c.person == person).order_by(MAILS.c.seq.desc())
    return [_mail(row) for row in r.run(found.offset(offset).limit(limit))]


def count(r: Read, person: int) -> int:
    return int(r.run(select(func.count()).select_from(MAILS).where(MAILS.c.person == person)).scalar_one())


def latest(r: Read, address: str | None, most: int) -> list[Mail]:
    """Everybody's, or those to one address, newest first."""
    found = select(MAILS).order_by(MAILS.c.seq.desc()).limit(most)
    return [
        _mail(row) for row in r.run(found if address is None else found.where(MAILS.c.address == address))
    ]


def claim(w: Write, id: str, tries: int, until: Instant) -> Mail | None:
    """The letter, if it is still to be sent and this is its next try; nobody else takes it before `until`."""
    ours = update(MAILS).where(MAILS.c.id == id, MAILS.c.state == "waiting", MAILS.c.tries == tries)
    row = w.run(ours.values(tries=tries + 1, next_at=until).returning(MAILS)).first()
    return _mail(row) if row else None


def finish(w: Write, seq: int, **values: Any) -> None:
    w.run(update(MAILS).where(MAILS.c.seq == seq).values(**values))


def due(r: Read, at: Instant, most: int) -> list[tuple[int, str, int]]:
    """Number, id and tries of letters whose time has come."""
    found = select(MAILS.c.seq, MAILS.c.id, MAILS.c.tries).where(
        MAILS.c.state == "waiting", MAILS.c.next_at <= at
    )
    return [(row.seq, row.id, row.tries) for row in r.run(found.order_by(MAILS.c.next_at).limit(most))]


def lease(w: Write, seqs: Sequence[int], until: Instant) -> None:
    w.run(update(MAILS).where(MAILS.c.seq.in_(seqs)).values(next_at=until))


def purge(w: Write, before: Instant, most: int) -> int:
    old = select(MAILS.c.seq).where(MAILS.c.created_at < before, MAILS.c.state != "waiting").limit(most)
    return w.run(delete(MAILS).where(MAILS.c.seq.in_(old))).rowcount
