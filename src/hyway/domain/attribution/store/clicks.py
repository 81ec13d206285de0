"""Clicks as they are stored: narrow rows; user agents and places are kept once each, in tables of their own."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    Column,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    case,
    delete,
    func,
    select,
    text,
)

from hyway.domain.attribution.agents import Agent
from hyway.domain.attribution.records import Click, ClickQuery, Trigger
from hyway.domain.netinfo import country_name
from hyway.kernel.clock import HOUR, Instant
from hyway.kernel.db import Read, Write
from hyway.kernel.sql import METADATA, At, Flag, Key, Prepared, Seq, insert

AGENTS = Table(
    "agents",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("digest", Key, nullable=False, unique=True),
    Column("user_agent", Text, nullable=False),
    Column("browser_name", Text),
    Column("browser_version", Text),
    Column("os_name", Text),
    Column("os_version", Text),
    Column("device_type", Text),
)

PLACES = Table(
    "places",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("country_code", Key, nullable=False),
    Column("region", Key, nullable=False),
    Column("city", Key, nullable=False),
    UniqueConstraint("country_code", "region", "city"),
)

_OF_PARTNER = text("partner_id IS NOT NULL")
CLICKS = Table(
    "clicks",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("id", Key, nullable=False, unique=True),
    Column("organization", Integer, nullable=False),
    Column("link", Seq, nullable=False),
    Column("at", At, nullable=False),
    Column("agent", Integer, nullable=False),
    Column("place", Integer, nullable=False),
    Column("trigger", Flag, nullable=False),
    Column("bot", Flag, nullable=False),
    Column("first", Flag, nullable=False),
    Column("visitor_id", Key, nullable=False),
    Column("session_id", Key, nullable=False),
    Column("destination", Text, nullable=False),
    Column("link_id", Key, nullable=False),
    Column("short_id", Key, nullable=False),
    Column("partner_id", Key),
    Column("external_id", Text),
    Column("tenant_id", Text),
    Column("referrer", Text),
    Column("referrer_host", Text),
    Column("utm", Text),
    Column("language", Text),
    # The flags come last: an index alone then answers which clicks are people's, and how many to skip.
    Index("ix_clicks_organization", "organization", "at", "bot", "first"),
    Index("ix_clicks_link", "link", "at", "bot", "first"),
    Index("ix_clicks_partner", "partner_id", "at", sqlite_where=_OF_PARTNER, postgresql_where=_OF_PARTNER),
    sqlite_autoincrement=True,
)

# Who has been seen on which link, and when the current hour of that visitor began.
VISITS = Table(
    "visits",
    METADATA,
    Column("link", Seq, primary_key=True, autoincrement=False),
    Column("visitor_id", Key, primary_key=True),
    Column("first_at", At, nullable=False),
    sqlite_with_rowid=False,
)

TRIGGERS: tuple[Trigger, ...] = ("link", "qr", "embed")
NAMES = [c.name for c in CLICKS.c if c.name != "seq"]
_VALUES: dict[str, Any] = {name: bindparam(name) for name in NAMES}
# A capture that is handed over twice (a retried batch, a token played again) is one click: its id decides.
_ADD = {
    engine: Prepared(
        insert(CLICKS, engine).values(_VALUES).on_conflict_do_nothing(index_elements=["id"]), NAMES
    )
    for engine in ("sqlite", "postgresql")
}


def _visit(engine: str) -> Prepared:
    row: dict[str, Any] = {
        "link": bindparam("link"),
        "visitor_id": bindparam("visitor"),
        "first_at": bindparam("at"),
    }
    new = insert(VISITS, engine).values(row)
    over = new.excluded.first_at - VISITS.c.first_at >= HOUR
    began = case((over, new.excluded.first_at), else_=VISITS.c.first_at)
    upsert = new.on_conflict_do_update(index_elements=["link", "visitor_id"], set_={"first_at": began})
    return Prepared(upsert.returning(VISITS.c.first_at), ["link", "visitor", "at"])


_VISIT = {engine: _visit(engine) for engine in ("sqlite", "postgresql")}


def add(w: Write, rows: Sequence[Sequence[Any]]) -> None:
    """Clicks, as tuples in the order of NAMES."""
    hold(w, shared=True)
    w.many(_ADD[w.engine], rows)


def hold(w: Write, *, shared: bool) -> None:
    """On PostgreSQL numbers may commit out of order: writers hold this lock together, the roll-up alone.

    Whoever holds it alone sees every click below the highest number. SQLite has one writer at a time anyway.
    """
    if w.engine == "postgresql":
        w.run(select(func.pg_advisory_xact_lock_shared(7265) if shared else func.pg_advisory_xact_lock(7265)))


def visit(w: Write, link: int, visitor: str, at: Instant) -> bool:
    """Whether this is the visitor's first click of the hour on the link; the database decides, once."""
    return bool(w.rows(_VISIT[w.engine], link, visitor, at)[0][0] == at)


def agent_seq(w: Write, user_agent: str, agent: Agent) -> int:
    """The number of a user agent, which is stored on first sight."""
    digest = hashlib.blake2b(user_agent.encode("utf-8", "replace"), digest_size=16).hexdigest()
    names = agent.browser_name, agent.browser_version, agent.os_name, agent.os_version, agent.device_type
    return _number(w, _AGENT, (digest,), (digest, user_agent, *names))


def place_seq(w: Write, country_code: str, region: str, city: str) -> int:
    """The number of a place, which is stored on first sight."""
    place = (country_code, region, city)
    return _number(w, _PLACE, place, place)


class _Once:
    """The statements of a table whose rows are kept once each, known by their `keys`."""

    def __init__(self, table: Table, keys: list[str]) -> None:
        names = [column.name for column in table.c if column.name != "seq"]
        there = select(table.c.seq).where(*(table.c[key] == bindparam(key) for key in keys))
        row: dict[str, Any] = {name: bindparam(name) for name in names}
        self.there = Prepared(there, keys)
        self.add = {
            engine: Prepared(
                insert(table, engine).values(row).on_conflict_do_nothing(index_elements=keys), names
            )
            for engine in ("sqlite", "postgresql")
        }


_AGENT, _PLACE = _Once(AGENTS, ["digest"]), _Once(PLACES, ["country_code", "region", "city"])


def _number(w: Write, once: _Once, keys: Sequence[Any], row: Sequence[Any]) -> int:
    found = w.rows(once.there, *keys)
    if not found:
        w.many(once.add[w.engine], [row])
        found = w.rows(once.there, *keys)
    return int(found[0][0])


def forget_visits(w: Write, before: Instant) -> None:
    """Visits whose hour is long over; a later click of the visitor is a first one anyway."""
    w.run(delete(VISITS).where(VISITS.c.first_at < before))


_SHOWN = [
    CLICKS.c.seq,
    *(CLICKS.c[name] for name in NAMES if name not in ("agent", "place", "organization", "link")),
    *(AGENTS.c[name] for name in ("browser_name", "browser_version", "os_name", "os_version", "device_type")),
    PLACES.c.country_code,
    PLACES.c.city,
]
_JOINED = CLICKS.join(AGENTS, AGENTS.c.seq == CLICKS.c.agent).join(PLACES, PLACES.c.seq == CLICKS.c.place)


def page(r: Read, organization: int, query: ClickQuery, link: int | None) -> list[Click]:
    """One page; `link` is the inner number of the query's link. The page is found in an index, then read."""
    inner = (
        select(CLICKS.c.seq).where(*_narrow(organization, query, link)).limit(query.take).offset(query.skip)
    )
    order = (CLICKS.c.at, CLICKS.c.seq) if query.ascending else (CLICKS.c.at.desc(), CLICKS.c.seq.desc())
    seqs = list(r.run(inner.order_by(*order)).scalars())
    return in_order(r, seqs)


def in_order(r: Read, seqs: Sequence[int]) -> list[Click]:
    """Clicks by number, in the order given."""
    found: dict[int, Click] = {}
    for i in range(0, len(seqs), 900):
        query = select(*_SHOWN).select_from(_JOINED).where(CLICKS.c.seq.in_(seqs[i : i + 900]))
        found.update((row.seq, click(row)) for row in r.run(query))
    return [found[seq] for seq in seqs]


def _narrow(organization: int, query: ClickQuery, link: int | None) -> list[Any]:
    where: list[Any] = (
        [CLICKS.c.link == link] if link is not None else [CLICKS.c.organization == organization]
    )
    if query.partner_id is not None:
        where.append(CLICKS.c.partner_id == query.partner_id)
        where.append(CLICKS.c.organization == organization)
    if query.start is not None:
        where.append(CLICKS.c.at >= query.start)
    if query.end is not None:
        where.append(CLICKS.c.at <= query.end)
    if not query.include_bots:
        where.append(CLICKS.c.bot == 0)
    if query.unique:
        where.append(CLICKS.c.first == 1)
    return where


def click(row: Any) -> Click:
    return Click(
        seq=row.seq,
        id=row.id,
        link_id=row.link_id,
        partner_id=row.partner_id,
        visitor_id=row.visitor_id,
        session_id=row.session_id,
        trigger=TRIGGERS[row.trigger],
        bot=bool(row.bot),
        first=bool(row.first),
        referrer=row.referrer,
        destination=row.destination,
        short_id=row.short_id,
        utm=json.loads(row.utm) if row.utm else None,
        external_id=row.external_id,
        tenant_id=row.tenant_id,
        browser_name=row.browser_name,
        browser_version=row.browser_version,
        os_name=row.os_name,
        os_version=row.os_version,
        device_type=row.device_type,
        country=country_name(row.country_code) if row.country_code else None,
        country_code=row.country_code or None,
        city=row.city or None,
        language=row.language,
        at=row.at,
    )


def by_id(r: Read, organization: int, id: str) -> Any:
    """The row of a click of the organization, or None."""
    return r.run(select(CLICKS).where(CLICKS.c.id == id, CLICKS.c.organization == organization)).first()


def by_seq(r: Read, seq: int) -> Any:
    return r.run(select(CLICKS).where(CLICKS.c.seq == seq)).one()


def by_click_ids(r: Read, organization: int, ids: Sequence[str]) -> list[Click]:
    """Stored clicks of the organization by id, in the order they were stored."""
    seqs: list[int] = []
    for i in range(0, len(ids), 900):
        mine = select(CLICKS.c.seq).where(
            CLICKS.c.organization == organization, CLICKS.c.id.in_(ids[i : i + 900])
        )
        seqs.extend(r.run(mine).scalars())
    return in_order(r, sorted(seqs))
