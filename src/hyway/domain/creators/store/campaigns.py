"""Statements on campaigns."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Column, ForeignKey, Integer, Table, bindparam, delete, select, update

from hyway.domain.creators.campaigns.records import Campaign
from hyway.domain.creators.store.tables import CAMPAIGNS
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write
from hyway.kernel.sql import METADATA, Prepared, insert

# How many campaigns an organization has: to count 100,000 rows takes longer than to show twenty of them.
CAMPAIGN_COUNTS = Table(
    "campaign_counts",
    METADATA,
    Column("organization", ForeignKey("organizations.seq"), primary_key=True, autoincrement=False),
    Column("campaigns", Integer, nullable=False),
)

_C = CAMPAIGNS.c
_LISTED = [c for c in _C if c.name != "brief"]
_WHOLE = [*_LISTED, _C.brief]
_NAMES = [c.name for c in _WHOLE]
_LISTS = ("countries", "platform_ids")


def _page(order: Any) -> Prepared:
    """The numbers first, from the index alone: rows that a far page passes over are not read."""
    numbers = (
        select(_C.seq)
        .where(_C.organization == bindparam("organization"))
        .order_by(order)
        .limit(bindparam("limit"))
        .offset(bindparam("offset"))
        .subquery()
    )
    rows = select(*_LISTED).join(numbers, numbers.c.seq == _C.seq).order_by(_C.seq)
    return Prepared(rows, ["organization", "limit", "offset"])


_FROM_START, _FROM_END = _page(_C.seq), _page(_C.seq.desc())
_COUNT = Prepared(
    select(CAMPAIGN_COUNTS.c.campaigns).where(CAMPAIGN_COUNTS.c.organization == bindparam("organization")),
    ["organization"],
)
_FIND = Prepared(
    select(*_WHOLE).where(_C.seq == bindparam("seq"), _C.organization == bindparam("organization")),
    ["seq", "organization"],
)


def campaign(row: Sequence[Any]) -> Campaign:
    """The record of a row in the order of the table, `brief` last or not there."""
    values = dict(zip(_NAMES, row, strict=False))
    for name in _LISTS:
        values[name] = tuple(values[name].split())
    values["approves"] = bool(values["approves"])
    return Campaign(**values)


def _stored(values: Mapping[str, Any]) -> dict[str, Any]:
    stored = dict(values)
    for name in _LISTS:
        if name in stored:
            stored[name] = " ".join(stored[name])
    if "approves" in stored:
        stored["approves"] = int(stored["approves"])
    return stored


def page(r: Read, organization: int, offset: int, limit: int, total: int) -> list[Campaign]:
    """By number, without their briefs; `total` is how many there are. Pages of the second half are sought backwards."""
    if offset <= total // 2:
        return [campaign(row) for row in r.rows(_FROM_START, organization, limit, offset)]
    here = min(limit, total - offset)
    if here <= 0:
        return []
    return [campaign(row) for row in r.rows(_FROM_END, organization, here, total - offset - here)]


def count(r: Read, organization: int) -> int:
    rows = r.rows(_COUNT, organization)
    return int(rows[0][0]) if rows else 0


def find(r: Read, organization: int, seq: int) -> Campaign | None:
    rows = r.rows(_FIND, seq, organization)
    return campaign(rows[0]) if rows else None


def by_seq(r: Read, seq: int) -> Campaign | None:
    """Whose it may be: for the clock and for creators, whose rights are looked at elsewhere."""
    row = r.run(select(*_WHOLE).where(_C.seq == seq)).first()
    return campaign(row) if row else None


def ones(r: Read, organization: int, seqs: Sequence[int]) -> list[Campaign]:
    """Those of the organization among the numbers, by number and without their briefs."""
    mine = (_C.organization == organization, _C.seq.in_(sorted(set(seqs))))
    rows: Sequence[Any] = r.run(select(*_LISTED).where(*mine).order_by(_C.seq)).all()
    return [campaign(row) for row in rows]


def locked(w: Write, seq: int) -> Campaign | None:
    """The campaign, held until the commit."""
    row = w.run(select(*_WHOLE).where(_C.seq == seq).with_for_update()).first()
    return campaign(row) if row else None


def add(w: Write, row: Mapping[str, Any]) -> Campaign:
    seq = w.run(CAMPAIGNS.insert().returning(_C.seq), _stored(row)).scalar_one()
    _step(w, row["organization"], 1)
    made = by_seq(w, seq)
    if made is None:  # it was written above, in this transaction
        raise LookupError(seq)
    return made


def change(w: Write, seq: int, values: Mapping[str, Any]) -> None:
    w.run(update(CAMPAIGNS).where(_C.seq == seq).values(**_stored(values)))


def move(w: Write, seq: int, old: Sequence[str], values: Mapping[str, Any]) -> bool:
    """Changes the status, if it still is one of the old ones."""
    changed = update(CAMPAIGNS).where(_C.seq == seq, _C.status.in_(old)).values(**values)
    return bool(w.run(changed).rowcount)


def tally(w: Write, seq: int, submissions: int, views: int) -> None:
    """Adds to the counters that lists show, in the transaction of what they count."""
    more = {
        "submissions_count": _C.submissions_count + submissions,
        "view_count": _C.view_count + views,
    }
    w.run(update(CAMPAIGNS).where(_C.seq == seq).values(more))


def drop(w: Write, organization: int, seq: int) -> bool:
    """Whether a draft was there to be deleted."""
    gone = delete(CAMPAIGNS).where(_C.seq == seq, _C.organization == organization, _C.status == "draft")
    if not w.run(gone).rowcount:
        return False
    _step(w, organization, -1)
    return True


def _step(w: Write, organization: int, by: int) -> None:
    row = insert(CAMPAIGN_COUNTS, w.engine).values(organization=organization, campaigns=max(by, 0))
    more = {"campaigns": CAMPAIGN_COUNTS.c.campaigns + by}
    w.run(row.on_conflict_do_update(index_elements=["organization"], set_=more))


def ending(r: Read, now: Instant, most: int) -> list[int]:
    """Running campaigns whose time is over."""
    mine = _C.status.in_(("active", "paused"))
    found = select(_C.seq).where(mine, _C.ends_at <= now).order_by(_C.ends_at).limit(most)
    return list(r.run(found).scalars())


def exhausted(r: Read, most: int) -> list[int]:
    """Running campaigns with nothing left to spend."""
    running = (_C.status.in_(("active", "paused")), _C.unused_amount == 0)
    return list(r.run(select(_C.seq).where(*running).order_by(_C.seq).limit(most)).scalars())


def settling(r: Read, before: Instant, most: int) -> list[int]:
    """Campaigns that finished before then and are not settled yet."""
    over = (_C.status == "finished", _C.settled_at.is_(None), _C.finished_at <= before)
    return list(r.run(select(_C.seq).where(*over).order_by(_C.finished_at).limit(most)).scalars())


def organizations_on_board(r: Read) -> list[int]:
    """Who has a running campaign."""
    return list(r.run(select(_C.organization).where(_C.status == "active").distinct()).scalars())
