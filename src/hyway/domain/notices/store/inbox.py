"""Statements about people's inboxes and what they wish to hear of."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select, update

from hyway.domain.notices.records import Notification, Telling
from hyway.domain.notices.store.tables import NOTIFICATION_SETTINGS, NOTIFICATIONS
from hyway.domain.notices.texts import words
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write
from hyway.kernel.sql import upsert


def _notification(row: Any) -> Notification:
    params: Mapping[str, Any] = json.loads(row.params)
    said = words(row.type, params)
    return Notification(
        seq=row.seq,
        type=row.type,
        params=params,
        record_type=row.record_type,
        record=row.record,
        link=row.link,
        is_message=bool(row.is_message),
        created_at=row.created_at,
        seen_at=row.seen_at,
        read_at=row.read_at,
        title=said.title,
        body=said.body,
    )


def add(w: Write, of: Telling, at: Instant) -> int:
    row = {
        "person": of.person,
        "organization": of.organization,
        "type": of.type,
        "params": json.dumps(dict(of.params), ensure_ascii=False),
        "record_type": of.record_type,
        "record": of.record,
        "link": of.link,
        "is_message": int(of.is_message),
        "created_at": at,
    }
    return int(w.run(NOTIFICATIONS.insert().returning(NOTIFICATIONS.c.seq), row).scalar_one())


def _of(person: int) -> Any:
    """What the inbox shows: no messages of chats."""
    return (NOTIFICATIONS.c.person == person) & (NOTIFICATIONS.c.is_message == 0)


def page(r: Read, person: int, offset: int, limit: int) -> list[Notification]:
    found = select(NOTIFICATIONS).where(_of(person)).order_by(NOTIFICATIONS.c.seq.desc())
    return [_notification(row) for row in r.run(found.offset(offset).limit(limit))]


def count(r: Read, person: int) -> int:
    found = select(func.count()).select_from(NOTIFICATIONS).where(_of(person))
    return int(r.run(found).scalar_one())


def unseen(r: Read, person: int) -> int:
    found = select(func.count()).select_from(NOTIFICATIONS)
    return int(r.run(found.where(_of(person), NOTIFICATIONS.c.seen_at.is_(None))).scalar_one())


def find(r: Read, seq: int) -> tuple[Notification, int] | None:
    """One, a message too, and whose it is."""
    row = r.run(select(NOTIFICATIONS).where(NOTIFICATIONS.c.seq == seq)).first()
    return (_notification(row), row.person) if row else None


def see(w: Write, person: int, up_to: int, at: Instant) -> None:
    fresh = _of(person) & NOTIFICATIONS.c.seen_at.is_(None) & (NOTIFICATIONS.c.seq <= up_to)
    w.run(update(NOTIFICATIONS).where(fresh).values(seen_at=at))


def read(w: Write, person: int, seq: int, at: Instant) -> bool:
    """Whether the person has such a one; the first reading counts."""
    one = (NOTIFICATIONS.c.person == person) & (NOTIFICATIONS.c.seq == seq)
    first = {
        "seen_at": func.coalesce(NOTIFICATIONS.c.seen_at, at),
        "read_at": func.coalesce(NOTIFICATIONS.c.read_at, at),
    }
    return bool(w.run(update(NOTIFICATIONS).where(one).values(first)).rowcount)


def _messages(person: int, record_type: str | None, record: int | None) -> Any:
    c = NOTIFICATIONS.c
    of = (c.person == person) & (c.is_message == 1) & (c.record_type == record_type) & (c.record == record)
    return of & c.seen_at.is_(None)


def any_message_unseen(r: Read, person: int, record_type: str | None, record: int | None) -> bool:
    found = select(NOTIFICATIONS.c.seq).where(_messages(person, record_type, record)).limit(1)
    return r.run(found).first() is not None


def see_messages(w: Write, person: int, record_type: str, record: int, at: Instant) -> None:
    w.run(update(NOTIFICATIONS).where(_messages(person, record_type, record)).values(seen_at=at, read_at=at))


def wishes(r: Read, person: int) -> tuple[bool, bool]:
    """Push and mail; both until the person says otherwise."""
    row = r.run(select(NOTIFICATION_SETTINGS).where(NOTIFICATION_SETTINGS.c.person == person)).first()
    return (bool(row.push), bool(row.mail)) if row else (True, True)


def wish(w: Write, person: int, push: bool, mail: bool, at: Instant) -> None:
    row = {"person": person, "push": int(push), "mail": int(mail), "updated_at": at}

    def keep(excluded: Any) -> dict[str, Any]:
        return {name: excluded[name] for name in ("push", "mail", "updated_at")}

    w.run(upsert(w.engine, NOTIFICATION_SETTINGS, [row], ["person"], keep))
