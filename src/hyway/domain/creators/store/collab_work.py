"""Statements about submissions to collabs."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, text, update

from hyway.domain.creators.campaigns.records import Due
from hyway.domain.creators.collabs.records import Submission
from hyway.domain.creators.store.tables import COLLAB_SUBMISSIONS, SUBMISSIONS
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write

_S = COLLAB_SUBMISSIONS.c
_COLUMNS = [_S[each.name] for each in fields(Submission)]
_FOUND = select(*_COLUMNS)
# In the words of the partial indexes, which are used for nothing else.
_REVIEW = text("status = 'content_submitted'")
_SHIPPING = text("status = 'awaiting_shipment' AND overdue_told_at IS NULL")
_MAKING = text("status IN ('delivered', 'in_production', 'revision_requested') AND overdue_told_at IS NULL")
_SPARK = text("spark_code IS NOT NULL")
_USAGE = text("usage_status IN ('granted', 'extended')")


def submission(row: Any) -> Submission:
    """Of a row of the columns above, which have the names and the order of the record's fields."""
    return Submission(*row)


def add(w: Write, row: Mapping[str, Any]) -> Submission:
    return submission(w.run(COLLAB_SUBMISSIONS.insert().returning(*_COLUMNS), row).one())


def find(r: Read, seq: int) -> Submission | None:
    row = r.run(_FOUND.where(_S.seq == seq)).first()
    return submission(row) if row else None


def locked(w: Write, seq: int) -> Submission | None:
    """The same, and nobody else changes it before this transaction ends."""
    row = w.run(_FOUND.where(_S.seq == seq).with_for_update()).first()
    return submission(row) if row else None


def change(w: Write, seq: int, at: Instant, values: Mapping[str, Any]) -> Submission:
    changed = update(COLLAB_SUBMISSIONS).where(_S.seq == seq).values(**values, updated_at=at)
    return submission(w.run(changed.returning(*_COLUMNS)).one())


def page(
    r: Read,
    *,
    organization: int | None = None,
    collab: int | None = None,
    person: int | None = None,
    statuses: Collection[str] = (),
    offset: int,
    limit: int,
) -> tuple[list[Submission], int]:
    """In the order in which they were made, of those that all that is named is true of."""
    named = {_S.organization: organization, _S.collab: collab, _S.person: person}
    asked: list[ColumnElement[bool]] = [
        column == value for column, value in named.items() if value is not None
    ]
    if statuses:
        asked.append(_S.status.in_(statuses))
    rows = r.run(_FOUND.where(*asked).order_by(_S.seq).offset(offset).limit(limit))
    total = r.run(select(func.count()).select_from(COLLAB_SUBMISSIONS).where(*asked)).scalar_one()
    return [submission(row) for row in rows], int(total)


def by_link(w: Write, link_id: str) -> Submission | None:
    """Locked."""
    row = w.run(_FOUND.where(_S.link_id == link_id).with_for_update()).first()
    return submission(row) if row else None


def links_of(r: Read, collab: int) -> list[str]:
    """The ids of the tracked links of a collab's creators."""
    found = select(_S.link_id).where(_S.collab == collab, _S.link_id.is_not(None))
    return [row.link_id for row in r.run(found.order_by(_S.seq))]


def by_actions(r: Read, action_ids: Sequence[str]) -> list[int]:
    """The numbers of those that are under way with one of these actions."""
    found = select(_S.seq).where(_S.action_id.in_(action_ids), _S.status == "shipped")
    return [row.seq for row in r.run(found.order_by(_S.seq))]


def without_address(r: Read, person: int) -> list[int]:
    """The numbers of those where the person was accepted and nobody knows where to send the product."""
    found = select(_S.seq).where(_S.person == person, _S.status == "accepted")
    return [row.seq for row in r.run(found.order_by(_S.seq))]


def is_posted(r: Read, url_key: str, but: int = 0) -> bool:
    """Whether another submission, to a collab or to a campaign, counts that post already."""
    here = select(_S.seq).where(_S.url_key == url_key, _S.seq != but).limit(1)
    c = SUBMISSIONS.c
    counts = c.status.not_in(("rejected", "reversed"))
    there = select(c.seq).where(c.url_key == url_key, counts).limit(1)
    return r.run(here).first() is not None or r.run(there).first() is not None


def to_approve(r: Read, now: Instant, most: int) -> list[int]:
    """The numbers of those whose time to be looked at is over."""
    return _due(r, _S.review_due_at, now, most, _REVIEW)


def late(r: Read, now: Instant, most: int) -> list[int]:
    """The numbers of those with a deadline that has passed, of which nobody was told."""
    sending = _due(r, _S.ship_due_at, now, most, _SHIPPING)
    return [*sending, *_due(r, _S.content_due_at, now, most, _MAKING)][:most]


def spark_over(r: Read, now: Instant, most: int) -> list[int]:
    """The numbers of those whose Spark code works no more."""
    return _due(r, _S.spark_expires_at, now, most, _SPARK)


def usage_over(r: Read, now: Instant, most: int) -> list[int]:
    """The numbers of those whose content may be used no more."""
    return _due(r, _S.usage_until, now, most, _USAGE)


def _due(r: Read, column: Any, now: Instant, most: int, where: Any) -> list[int]:
    found = select(_S.seq).where(where, column < now).order_by(column).limit(most)
    return [row.seq for row in r.run(found)]


def posts_due(r: Read, now: Instant, most: int) -> list[Due]:
    """Posts to be looked at, the longest due first."""
    found = select(_S.seq, _S.platform_id, _S.post_url, _S.account, _S.next_sync_at)
    rows: Sequence[Any] = r.run(
        found.where(_S.next_sync_at <= now).order_by(_S.next_sync_at, _S.seq).limit(most)
    ).all()
    return [Due(row[0], row[1], row[2], row[3], row[4], "collab") for row in rows]


def told_late(w: Write, seq: int, now: Instant) -> bool:
    """Notes that both sides were told; False where they had been already."""
    noted = update(COLLAB_SUBMISSIONS).where(_S.seq == seq, _S.overdue_told_at.is_(None))
    return w.run(noted.values(overdue_told_at=now)).rowcount == 1


def shared(w: Write, seq: int, amount: int) -> None:
    """What sales through the creator's link have earned so far."""
    more = or_(_S.share_amount.is_(None), _S.share_amount < amount)
    w.run(update(COLLAB_SUBMISSIONS).where(_S.seq == seq, more).values(share_amount=amount))
