"""Statements on submissions: posts that are paid by their views, and how they stood over time."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, update

from hyway.domain.creators.campaigns.records import OVER, Due, Snapshot, Submission
from hyway.domain.creators.store.tables import CAMPAIGNS, SUBMISSIONS, VIEW_SNAPSHOTS
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write
from hyway.kernel.sql import insert

_S, _V = SUBMISSIONS.c, VIEW_SNAPSHOTS.c
_OF_CAMPAIGN = (CAMPAIGNS.c.name.label("campaign_name"), CAMPAIGNS.c.currency)
_SHOWN: Any = select(*_S, *_OF_CAMPAIGN).join(CAMPAIGNS, CAMPAIGNS.c.seq == _S.campaign)
_TRACKED = ("approved", "tracking")


def submission(row: Any) -> Submission:
    values = dict(row._mapping)
    values["flags"] = tuple(values["flags"].split())
    values["reopened"] = bool(values["reopened"])
    return Submission(**values)


def _one(r: Read, query: Any) -> Submission | None:
    row = r.run(query).first()
    return submission(row) if row else None


def find(
    r: Read, seq: int, *, organization: int | None = None, person: int | None = None
) -> Submission | None:
    """The submission, if it is the organization's or the person's where one is named."""
    return _one(r, _SHOWN.where(_S.seq == seq, *_whose(organization, person)))


def locked(
    w: Write, seq: int, *, organization: int | None = None, person: int | None = None
) -> Submission | None:
    """The same, held until the commit."""
    mine = _SHOWN.where(_S.seq == seq, *_whose(organization, person))
    return _one(w, mine.with_for_update(of=SUBMISSIONS))


def _whose(organization: int | None, person: int | None) -> list[ColumnElement[bool]]:
    asked = {"organization": organization, "person": person}
    return [_S[name] == value for name, value in asked.items() if value is not None]


def add(w: Write, row: Mapping[str, Any]) -> int:
    return int(w.run(SUBMISSIONS.insert().returning(_S.seq), _stored(row)).scalar_one())


def change(w: Write, seq: int, values: Mapping[str, Any]) -> None:
    w.run(update(SUBMISSIONS).where(_S.seq == seq).values(**_stored(values)))


def _stored(values: Mapping[str, Any]) -> dict[str, Any]:
    stored = dict(values)
    if "flags" in stored:
        stored["flags"] = " ".join(stored["flags"])
    if "reopened" in stored:
        stored["reopened"] = int(stored["reopened"])
    return stored


def page(
    r: Read,
    *,
    organization: int | None = None,
    campaign: int | None = None,
    person: int | None = None,
    statuses: Sequence[str] = (),
    offset: int,
    limit: int,
) -> tuple[list[Submission], int]:
    """By number, those that have all that is given, and how many there are."""
    where = _whose(organization, person)
    if campaign is not None:
        where.append(_S.campaign == campaign)
    if statuses:
        where.append(_S.status.in_(statuses))
    rows = r.run(_SHOWN.where(*where).order_by(_S.seq).limit(limit).offset(offset))
    total = r.run(select(func.count()).select_from(SUBMISSIONS).where(*where)).scalar_one()
    return [submission(row) for row in rows], int(total)


def is_taken(r: Read, url_key: str) -> bool:
    """Whether a post that counts has the address."""
    found = select(_S.seq).where(_S.url_key == url_key, _S.status.not_in(OVER))
    return r.run(found).first() is not None


def newest_paying(r: Read, application: int) -> int | None:
    """The newest post of a creator in a campaign that was approved: what their sales are counted with."""
    paying = ("approved", "tracking", "locked", "held", "payable", "paid")
    found = select(_S.seq).where(_S.application == application, _S.status.in_(paying))
    return r.run(found.order_by(_S.seq.desc()).limit(1)).scalar_one_or_none()


def any_running(r: Read, application: int) -> bool:
    """Whether the creator has a post in the campaign that is not over."""
    found = select(_S.seq).where(_S.application == application, _S.status.not_in((*OVER, "paid")))
    return r.run(found.limit(1)).first() is not None


def due(r: Read, now: Instant, most: int) -> list[Due]:
    """Posts to be looked at, the longest due first."""
    found = select(_S.seq, _S.platform_id, _S.url, _S.account, _S.next_sync_at).where(_S.next_sync_at <= now)
    rows: Sequence[Any] = r.run(found.order_by(_S.next_sync_at, _S.seq).limit(most)).all()
    return [Due(*row) for row in rows]


def keep_snapshot(w: Write, seq: int, slot: int, seen: Snapshot) -> bool:
    """Whether it is the first one of its slot."""
    row = {"submission": seq, "slot": slot, "at": seen.at, "views": seen.views}
    made = insert(VIEW_SNAPSHOTS, w.engine).values(**row, likes=seen.likes, comments=seen.comments)
    return w.run(made.on_conflict_do_nothing().returning(_V.slot)).first() is not None


def snapshots(r: Read, seq: int) -> list[Snapshot]:
    """Oldest first."""
    found = select(_V.at, _V.views, _V.likes, _V.comments).where(_V.submission == seq).order_by(_V.slot)
    rows: Sequence[Any] = r.run(found).all()
    return [Snapshot(*row) for row in rows]


def snapshots_of_campaign(r: Read, campaign: int, since: Instant) -> list[tuple[int, Instant, int]]:
    """(submission, at, views) of the posts that count, oldest first."""
    found = select(_V.submission, _V.at, _V.views).join(SUBMISSIONS, _S.seq == _V.submission)
    mine = (_S.campaign == campaign, _S.status.not_in(OVER), _V.at >= since)
    rows: Sequence[Any] = r.run(found.where(*mine).order_by(_V.at, _V.submission)).all()
    return [(row[0], row[1], row[2]) for row in rows]


def end_windows(w: Write, campaign: int, now: Instant) -> None:
    """Nothing of the campaign is tracked any longer than now."""
    mine = (_S.campaign == campaign, _S.status.in_(_TRACKED))
    later = or_(_S.window_ends_at.is_(None), _S.window_ends_at > now)
    w.run(update(SUBMISSIONS).where(*mine, later).values(window_ends_at=now))


def reviewable(r: Read, now: Instant, most: int) -> list[int]:
    """Posts that nobody decided on in time."""
    mine = (_S.status == "submitted", _S.review_due_at <= now)
    return list(r.run(select(_S.seq).where(*mine).order_by(_S.review_due_at).limit(most)).scalars())


def ended(r: Read, now: Instant, most: int) -> list[int]:
    """Tracked posts whose window is over."""
    mine = (_S.status.in_(_TRACKED), _S.window_ends_at <= now)
    return list(r.run(select(_S.seq).where(*mine).order_by(_S.window_ends_at).limit(most)).scalars())


def unheld(r: Read, most: int) -> list[int]:
    """Locked posts that wait to be held."""
    mine = (_S.status == "locked", _S.hold_until.is_(None))
    return list(r.run(select(_S.seq).where(*mine).order_by(_S.seq).limit(most)).scalars())


def in_campaign(r: Read, campaign: int, statuses: Sequence[str], most: int) -> list[int]:
    mine = (_S.campaign == campaign, _S.status.in_(statuses))
    return list(r.run(select(_S.seq).where(*mine).order_by(_S.seq).limit(most)).scalars())


def sums(r: Read, campaign: int) -> tuple[int, int]:
    """How many posts of the campaign count, and their views together."""
    counted = select(func.count(), func.coalesce(func.sum(_S.views), 0))
    row: Any = r.run(counted.where(_S.campaign == campaign, _S.status.not_in(OVER))).one()
    return int(row[0]), int(row[1])
