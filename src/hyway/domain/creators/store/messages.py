"""Statements about what is said on submissions of either kind, and how far it has been read."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, case, func, select

from hyway.domain.creators.collabs.records import About, Message
from hyway.domain.creators.store.tables import (
    CAMPAIGNS,
    COLLAB_SUBMISSIONS,
    COLLABS,
    MESSAGES,
    READ_MARKS,
    SUBMISSIONS,
)
from hyway.kernel.db import Read, Write
from hyway.kernel.sql import upsert

_M, _R = MESSAGES.c, READ_MARKS.c
_SIDES: dict[str, Any] = {
    "campaign": select(
        SUBMISSIONS.c.organization,
        SUBMISSIONS.c.person,
        SUBMISSIONS.c.campaign.label("programme"),
        CAMPAIGNS.c.name,
    ).join(CAMPAIGNS, CAMPAIGNS.c.seq == SUBMISSIONS.c.campaign),
    "collab": select(
        COLLAB_SUBMISSIONS.c.organization,
        COLLAB_SUBMISSIONS.c.person,
        COLLAB_SUBMISSIONS.c.collab.label("programme"),
        COLLABS.c.name,
    ).join(COLLABS, COLLABS.c.seq == COLLAB_SUBMISSIONS.c.collab),
}
_KEYS = {"campaign": SUBMISSIONS.c.seq, "collab": COLLAB_SUBMISSIONS.c.seq}


def about(r: Read, kind: str, submission: int) -> About | None:
    row = r.run(_SIDES[kind].where(_KEYS[kind] == submission)).first()
    return About(row.organization, row.person, row.programme, row.name) if row else None


def add(w: Write, row: dict[str, Any], creator: int) -> Message:
    return _message(w.run(MESSAGES.insert().returning(MESSAGES), row).one(), creator)


def page(
    r: Read, kind: str, submission: int, creator: int, offset: int, limit: int
) -> tuple[list[Message], int]:
    """Oldest first."""
    here = (_M.kind == kind, _M.submission == submission)
    rows = r.run(select(MESSAGES).where(*here).order_by(_M.seq).offset(offset).limit(limit))
    total = r.run(select(func.count()).select_from(MESSAGES).where(*here)).scalar_one()
    return [_message(row, creator) for row in rows], int(total)


def newest(r: Read, kind: str, submission: int) -> int:
    """The number of the last message, 0 where nothing was said."""
    here = (_M.kind == kind, _M.submission == submission)
    return int(r.run(select(func.coalesce(func.max(_M.seq), 0)).where(*here)).scalar_one())


def mark(w: Write, kind: str, submission: int, person: int, message: int) -> None:
    """The person has read up to that message, and further if they had before."""
    row = {"kind": kind, "submission": submission, "person": person, "message": message}
    old = READ_MARKS.c.message
    w.run(
        upsert(
            w.engine,
            READ_MARKS,
            [row],
            ["kind", "submission", "person"],
            lambda new: {"message": case((old > new.message, old), else_=new.message)},
        )
    )


def unread(r: Read, kind: str, submissions: Sequence[int], person: int) -> dict[int, int]:
    """How many messages of others the person has not read, by submission; those without any are left out."""
    of_mine = and_(_R.kind == _M.kind, _R.submission == _M.submission, _R.person == person)
    found = (
        select(_M.submission, func.count().label("many"))
        .select_from(MESSAGES.outerjoin(READ_MARKS, of_mine))
        .where(
            _M.kind == kind,
            _M.submission.in_(submissions),
            _M.person != person,
            _M.seq > func.coalesce(_R.message, 0),
        )
        .group_by(_M.submission)
    )
    return {row.submission: row.many for row in r.run(found)}


def _message(row: Any, creator: int) -> Message:
    return Message(
        seq=row.seq,
        kind=row.kind,
        submission=row.submission,
        person=row.person,
        by_creator=row.person == creator,
        text=row.text,
        created_at=row.created_at,
    )
