"""The table of records that we write into zones, and every statement on it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import (
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    Row,
    Table,
    Text,
    UniqueConstraint,
    delete,
    func,
    insert,
    select,
    text,
    update,
)

from hyway.domain.connections.records import ZoneRecord
from hyway.domain.connections.store.tables import INTEGRATIONS
from hyway.domain.connections.store.working import free
from hyway.domain.connections.store.zones import ZONES
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write
from hyway.kernel.sql import METADATA, At, Flag, Key, Seq

_DUE = text("next_at IS NOT NULL")
# `is_wanted` says whether it is to be there or gone, `is_ours` whether we wrote it, or were about to; `written_at` is
# when it was found to be there.
ZONE_RECORDS = Table(
    "zone_records",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("organization", ForeignKey("organizations.seq"), nullable=False),
    Column("zone", ForeignKey("zones.seq"), nullable=False),
    Column("domain", Key, nullable=False, index=True),
    Column("type", Key, nullable=False),
    Column("name", Key, nullable=False),
    Column("value", Text, nullable=False),
    Column("is_wanted", Flag, nullable=False),
    Column("is_ours", Flag, nullable=False),
    Column("written_at", At),
    Column("error", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", At),
    Column("claimed_by", Key),
    Column("claimed_until", At, nullable=False),
    UniqueConstraint("zone", "domain", "type"),
    Index("ix_zone_records_next_at", "next_at", sqlite_where=_DUE, postgresql_where=_DUE),
    sqlite_autoincrement=True,
)
_R = ZONE_RECORDS.c


class Due(NamedTuple):
    """A zone in which there is something to do; `type` is that of the integration."""

    zone: int
    type: str


def add(w: Write, row: Mapping[str, Any]) -> None:
    w.run(insert(ZONE_RECORDS).values(row))


def of_zone(r: Read, zone: int) -> list[ZoneRecord]:
    return [_record(row) for row in r.run(_told().where(_R.zone == zone).order_by(_R.seq))]


def of_domain(r: Read, organization: int, domain: str) -> list[ZoneRecord]:
    query = _told().where(_R.organization == organization, _R.domain == domain)
    return [_record(row) for row in r.run(query.order_by(_R.seq))]


def due(r: Read, boot: str, now: Instant, most: int) -> list[Due]:
    """The longest due first."""
    query = (
        select(_R.zone, INTEGRATIONS.c.type)
        .join_from(ZONE_RECORDS, ZONES, ZONES.c.seq == _R.zone)
        .join(INTEGRATIONS, INTEGRATIONS.c.seq == ZONES.c.integration)
        .where(_R.next_at <= now, free(r, _R, boot, now))
        .group_by(_R.zone, INTEGRATIONS.c.type)
        .order_by(func.min(_R.next_at))
        .limit(most)
    )
    return [Due(row.zone, row.type) for row in r.run(query)]


def begin(w: Write, zone: int, boot: str, now: Instant, until: Instant) -> ZoneRecord | None:
    """Claims what is due next in a zone, what is to go before what is to come, and counts the try; None where there is
    nothing to do, or somebody else does it."""
    due = (_R.zone == zone) & (_R.next_at <= now) & free(w, _R, boot, now)
    following = select(_R.seq).where(due).order_by(_R.is_wanted, _R.seq).limit(1).scalar_subquery()
    values = {"claimed_by": boot, "claimed_until": until, "attempts": _R.attempts + 1}
    mine = (_R.seq == following) & due
    found = w.run(update(ZONE_RECORDS).where(mine).values(values).returning(_R.seq)).one_or_none()
    return None if found is None else _record(w.run(_told().where(_R.seq == found.seq)).one())


def settle(w: Write, seq: int, wanted: bool, **values: Any) -> bool:
    """What came of a try, if it is still what was tried; nobody works on it any more, either way."""
    w.run(update(ZONE_RECORDS).where(_R.seq == seq).values(claimed_until=0))
    mine = (_R.seq == seq) & (_R.is_wanted == int(wanted))
    found = w.run(update(ZONE_RECORDS).where(mine).values(values).returning(_R.seq)).one_or_none()
    return found is not None


def unwant(w: Write, organization: int, domain: str, at: Instant) -> None:
    """Those of a domain are to be gone from now on."""
    mine = (_R.organization == organization) & (_R.domain == domain)
    w.run(update(ZONE_RECORDS).where(mine).values(is_wanted=0, attempts=0, next_at=at, error=""))


def restart(w: Write, zone: int, at: Instant) -> bool:
    """Those of a zone that are not there, for whatever reason, are due; whether there are any."""
    mine = (_R.zone == zone) & (_R.is_wanted == 1) & (_R.error != "")
    values = {"attempts": 0, "next_at": at, "error": ""}
    return bool(w.run(update(ZONE_RECORDS).where(mine).values(values).returning(_R.seq)).all())


def alike(r: Read, of: ZoneRecord) -> bool:
    """Whether another that is wanted says the same."""
    return r.run(select(_R.seq).where(_like(of)).limit(1)).one_or_none() is not None


def write_alike(w: Write, of: ZoneRecord, at: Instant) -> None:
    """Others that say the same are written again."""
    w.run(update(ZONE_RECORDS).where(_like(of)).values(next_at=at))


def _like(of: ZoneRecord) -> ColumnElement[bool]:
    said = (_R.name == of.name) & (_R.type == of.type) & (_R.value == of.value)
    return (_R.zone == of.zone) & (_R.is_wanted == 1) & (_R.seq != of.seq) & said


def claim(w: Write, seq: int) -> None:
    """It was not there before us."""
    w.run(update(ZONE_RECORDS).where(_R.seq == seq).values(is_ours=1))


def hand_over(w: Write, of: ZoneRecord) -> None:
    """What is ours is that of the others that say the same."""
    if of.is_ours:
        w.run(update(ZONE_RECORDS).where(_like(of)).values(is_ours=1))


def drop(w: Write, seq: int) -> None:
    w.run(delete(ZONE_RECORDS).where(_R.seq == seq, _R.is_wanted == 0))


def forget(w: Write, zone: int) -> None:
    """Nothing is written into the zone any more; what is there stays."""
    w.run(delete(ZONE_RECORDS).where(_R.zone == zone))


def _told() -> Any:
    return select(*ZONE_RECORDS.c)


def _record(row: Row[Any]) -> ZoneRecord:
    return ZoneRecord(
        row.seq,
        row.organization,
        row.zone,
        row.domain,
        row.type,
        row.name,
        row.value,
        bool(row.is_wanted),
        row.written_at,
        row.error,
        row.attempts,
        row.next_at,
        bool(row.is_ours),
    )
