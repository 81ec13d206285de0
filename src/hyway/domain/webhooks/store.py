"""Tables and statements of webhooks."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    delete,
    insert,
    select,
    text,
    update,
)

from hyway.domain.webhooks.records import Attempt, Delivery, Endpoint, State
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write
from hyway.kernel.sql import METADATA, At, Flag, Key, Prepared, Seq

# `slot` numbers an organization's endpoints, so that the database itself holds their count down.
ENDPOINTS = Table(
    "webhook_endpoints",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("id", Key, nullable=False, unique=True),
    Column("organization", ForeignKey("organizations.seq"), nullable=False),
    Column("slot", Integer, nullable=False),
    Column("url", Text, nullable=False),
    Column("events", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("enabled", Flag, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("trouble", Integer, nullable=False),
    Column("rest_until", At),
    Column("disabled_at", At),
    Column("disabled_reason", Text),
    Column("created_at", At, nullable=False),
    Column("manner", Key, nullable=False, server_default="hyway"),
    Column("environment", Key, nullable=False, server_default="live"),
    Column("kind", Key, nullable=False, server_default="web"),
    Column("group", Key),
    UniqueConstraint("organization", "slot"),
)

_PENDING = text("state = 'pending'")
_QUEUED = text("state = 'pending' AND lane IS NOT NULL")
DELIVERIES = Table(
    "webhook_deliveries",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("id", Key, nullable=False, unique=True),
    Column("organization", Integer, nullable=False),
    Column("endpoint", ForeignKey("webhook_endpoints.seq", ondelete="CASCADE"), nullable=False),
    Column("event", Key, nullable=False),
    Column("body", Text, nullable=False),
    Column("state", Key, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", At),
    Column("since", At, nullable=False),
    Column("created_at", At, nullable=False),
    Column("finished_at", At),
    Column("lane", Key),
    Column("subject", Key),
    Index("ix_webhook_deliveries_organization_seq", "organization", "seq"),
    Index("ix_webhook_deliveries_endpoint_seq", "endpoint", "seq"),
    Index("ix_webhook_deliveries_due", "next_at", sqlite_where=_PENDING, postgresql_where=_PENDING),
    Index(
        "ix_webhook_deliveries_lane",
        "endpoint",
        "lane",
        "seq",
        sqlite_where=_QUEUED,
        postgresql_where=_QUEUED,
    ),
)

ATTEMPTS = Table(
    "webhook_attempts",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("delivery", ForeignKey("webhook_deliveries.seq", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", At, nullable=False),
    Column("status", Integer),
    Column("error", Text),
    Column("milliseconds", Integer, nullable=False),
    Column("excerpt", Text, nullable=False),
)

_E, _D = ENDPOINTS.c, DELIVERIES.c
_NEW = [c.name for c in DELIVERIES.c if c.name not in ("seq", "finished_at")]
_ADD = Prepared(DELIVERIES.insert().values({name: bindparam(name) for name in _NEW}), _NEW)
_TAKERS = Prepared(
    select(_E.seq, _E.events, _E.kind, _E.group).where(
        _E.organization == bindparam("organization"),
        _E.enabled == text("1"),
        _E.manner == bindparam("manner"),
        _E.environment == bindparam("environment"),
    ),
    ["organization", "manner", "environment"],
)
_SHOWN = select(
    _D.seq, _D.id, _E.id.label("endpoint_id"), _E.url, _D.event, _D.state, _D.attempts, _D.next_at,
    _D.created_at, _D.finished_at,
).join_from(DELIVERIES, ENDPOINTS)  # fmt: skip


def as_endpoint(row: Any) -> Endpoint:
    """The record of an endpoint's row."""
    return Endpoint(
        seq=row.seq,
        id=row.id,
        url=row.url,
        events=tuple(row.events.split()),
        enabled=bool(row.enabled),
        failures=row.failures,
        disabled_at=row.disabled_at,
        disabled_reason=row.disabled_reason,
        created_at=row.created_at,
        manner=row.manner,
        environment=row.environment,
        kind=row.kind,
        group=row.group,
    )


def slots(r: Read, organization: int) -> set[int]:
    return set(r.run(select(_E.slot).where(_E.organization == organization)).scalars())


def add_endpoint(w: Write, row: dict[str, Any]) -> None:
    w.run(ENDPOINTS.insert(), row)


def endpoints(r: Read, organization: int, manner: str | None = None) -> list[Endpoint]:
    found = select(ENDPOINTS).where(_E.organization == organization).order_by(_E.seq)
    if manner is not None:
        found = found.where(_E.manner == manner)
    return [as_endpoint(row) for row in r.run(found)]


def endpoint(r: Read, organization: int, id: str) -> Endpoint | None:
    row = r.run(select(ENDPOINTS).where(_E.organization == organization, _E.id == id)).first()
    return as_endpoint(row) if row else None


def change_endpoint(w: Write, organization: int, id: str, **values: Any) -> bool:
    """Whether there was one to change."""
    changed = update(ENDPOINTS).where(_E.organization == organization, _E.id == id).values(**values)
    return bool(w.run(changed).rowcount)


def remove_endpoint(w: Write, organization: int, id: str) -> bool:
    """Its deliveries go with it."""
    return bool(w.run(delete(ENDPOINTS).where(_E.organization == organization, _E.id == id)).rowcount)


def takers(
    r: Read, organization: int, manner: str, environment: str
) -> list[tuple[int, str, str, str | None]]:
    """Number, wanted events, kind and group of the enabled endpoints of a manner."""
    return [tuple(row) for row in r.rows(_TAKERS, organization, manner, environment)]


def add_deliveries(w: Write, rows: Sequence[dict[str, Any]]) -> None:
    w.many(_ADD, [tuple(row[name] for name in _NEW) for row in rows])


def is_lane_busy(r: Read, endpoint: int, lane: str) -> bool:
    """Whether an earlier delivery of the lane is still to be made."""
    mine = (_D.endpoint == endpoint) & (_D.lane == lane)
    return r.run(select(_D.seq).where(mine, _QUEUED).limit(1)).first() is not None


def next_of_lane(r: Read, endpoint: int, lane: str) -> Any:
    """The first delivery of the lane that waits for its turn: seq, id, organization, attempts."""
    mine = (_D.endpoint == endpoint) & (_D.lane == lane)
    found = select(_D.seq, _D.id, _D.organization, _D.attempts, _D.next_at).where(mine, _QUEUED)
    row = r.run(found.order_by(_D.seq).limit(1)).first()
    return row if row is not None and row.next_at is None else None


def forgotten(r: Read, most: int) -> list[Any]:
    """Deliveries that wait for their turn though nothing of their lane is before them."""
    earlier = DELIVERIES.alias()
    before = select(earlier.c.seq).where(
        earlier.c.endpoint == _D.endpoint,
        earlier.c.lane == _D.lane,
        earlier.c.state == "pending",
        earlier.c.seq < _D.seq,
    )
    found = select(_D.seq, _D.id, _D.organization, _D.attempts).where(_QUEUED, _D.next_at.is_(None))
    return list(r.run(found.where(~before.exists()).limit(most)))


def deliveries(
    r: Read, organization: int, endpoint_id: str | None, state: State | None, before: int | None, most: int
) -> list[Delivery]:
    found = _SHOWN.where(_D.organization == organization)
    if endpoint_id is not None:
        found = found.where(_E.id == endpoint_id, _E.organization == organization)
    if state is not None:
        found = found.where(_D.state == state)
    if before is not None:
        found = found.where(_D.seq < before)
    return [Delivery(*tuple(row)) for row in r.run(found.order_by(_D.seq.desc()).limit(most))]


def delivery(r: Read, organization: int, id: str) -> tuple[Delivery, str] | None:
    """With its body."""
    row = r.run(_SHOWN.add_columns(_D.body).where(_D.organization == organization, _D.id == id)).first()
    return (Delivery(*tuple(row)[:-1]), row[-1]) if row else None


def attempts(r: Read, delivery_seq: int) -> list[Attempt]:
    c = ATTEMPTS.c
    found = select(c.at, c.status, c.error, c.milliseconds, c.excerpt).where(c.delivery == delivery_seq)
    return [Attempt(*tuple(row)) for row in r.run(found.order_by(c.seq))]


def renew(w: Write, organization: int, id: str, at: Instant, next_at: Instant) -> None:
    """Pending again, as if queued now."""
    again = update(DELIVERIES).where(_D.organization == organization, _D.id == id)
    w.run(again.values(state="pending", attempts=0, since=at, next_at=next_at, finished_at=None))


def due(r: Read, at: Instant, most: int) -> list[Any]:
    """Rows of seq, id, organization, attempts, the longest overdue first."""
    found = select(_D.seq, _D.id, _D.organization, _D.attempts).where(_D.state == "pending", _D.next_at <= at)
    return list(r.run(found.order_by(_D.next_at).limit(most)))


def lease(w: Write, seqs: Sequence[int], until: Instant) -> None:
    """Not due before `until`."""
    w.run(update(DELIVERIES).where(_D.seq.in_(seqs), _D.state == "pending").values(next_at=until))


def claim(w: Write, id: str, attempts: int, until: Instant) -> Any:
    """The row with its endpoint's columns, one attempt more and leased; None when another was first."""
    won = update(DELIVERIES).where(_D.id == id, _D.state == "pending", _D.attempts == attempts)
    row = w.run(won.values(attempts=attempts + 1, next_at=until).returning(*_D)).first()
    if row is None:
        return None
    return row, w.run(select(ENDPOINTS).where(_E.seq == row.endpoint)).one()


def is_there(r: Read, seq: int) -> bool:
    return r.run(select(_D.seq).where(_D.seq == seq)).first() is not None


def put_off(w: Write, seq: int, attempts: int, until: Instant) -> None:
    """An attempt that was not made."""
    w.run(update(DELIVERIES).where(_D.seq == seq).values(attempts=attempts, next_at=until))


def finish(w: Write, seq: int, state: State, at: Instant) -> None:
    w.run(update(DELIVERIES).where(_D.seq == seq).values(state=state, next_at=None, finished_at=at))


def retry(w: Write, seq: int, at: Instant) -> None:
    """Unless it was given up meanwhile."""
    w.run(update(DELIVERIES).where(_D.seq == seq, _D.state == "pending").values(next_at=at))


def give_up_all(w: Write, endpoint_seq: int, at: Instant) -> None:
    """Every pending delivery of an endpoint has failed."""
    pending = update(DELIVERIES).where(_D.endpoint == endpoint_seq, _D.state == "pending")
    w.run(pending.values(state="failed", next_at=None, finished_at=at))


def add_attempt(w: Write, delivery_seq: int, of: Attempt) -> None:
    row = {"delivery": delivery_seq, "at": of.at, "status": of.status, "error": of.error}
    w.run(insert(ATTEMPTS), {**row, "milliseconds": of.milliseconds, "excerpt": of.excerpt})


def worked(w: Write, endpoint_seq: int) -> None:
    """A success: whatever was counted against the endpoint is forgotten."""
    counted = (_E.failures > 0) | (_E.trouble > 0)
    fresh = {"failures": 0, "trouble": 0, "rest_until": None}
    w.run(update(ENDPOINTS).where(_E.seq == endpoint_seq, counted).values(fresh))


def count_trouble(w: Write, endpoint_seq: int) -> int:
    """One failed attempt more; how many there are in a row."""
    more = update(ENDPOINTS).where(_E.seq == endpoint_seq).values(trouble=_E.trouble + 1)
    return w.run(more.returning(_E.trouble)).scalar_one_or_none() or 0


def count_failure(w: Write, endpoint_seq: int) -> int:
    """One given up more; how many there are in a row."""
    more = update(ENDPOINTS).where(_E.seq == endpoint_seq).values(failures=_E.failures + 1)
    return w.run(more.returning(_E.failures)).scalar_one_or_none() or 0


def let_rest(w: Write, endpoint_seq: int, until: Instant) -> None:
    w.run(update(ENDPOINTS).where(_E.seq == endpoint_seq).values(rest_until=until))


def switch_off(w: Write, endpoint_seq: int, reason: str, at: Instant) -> bool:
    """Whether it was on."""
    on = update(ENDPOINTS).where(_E.seq == endpoint_seq, _E.enabled == 1)
    return bool(w.run(on.values(enabled=0, disabled_at=at, disabled_reason=reason)).rowcount)


def purge(w: Write, before: Instant, most: int) -> int:
    """Forgets up to `most` of the oldest deliveries, if they are over and older than `before`."""
    oldest = select(_D.seq).where(_D.state != "pending", _D.created_at < before).order_by(_D.seq).limit(most)
    return int(w.run(delete(DELIVERIES).where(_D.seq.in_(oldest))).rowcount)


def forget_lane(w: Write, organization: int, lane: str, after: int, most: int) -> int | None:
    """Forgets what is over of a lane, among the next `most` deliveries; after which to go on, None at the end."""
    mine = _D.organization == organization
    window = select(_D.seq).where(mine, _D.seq > after).order_by(_D.seq).offset(most - 1).limit(1)
    last: int | None = w.run(window).scalar()
    here = mine & (_D.seq > after) & (_D.lane == lane) & (_D.state != "pending")
    w.run(delete(DELIVERIES).where(here if last is None else here & (_D.seq <= last)))
    return last
