"""The links table and every statement on it."""

import json
from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
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
    exists,
    func,
    or_,
    select,
    text,
    update,
)

from hyway.domain.links.records import Link, LinkQuery, Target
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write
from hyway.kernel.seal import Seal
from hyway.kernel.sql import METADATA, At, Flag, Key, Prepared, Seq

_LIVE = text("deleted_at IS NULL")
LINKS = Table(
    "links",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("id", Key, nullable=False, unique=True),
    Column("organization", ForeignKey("organizations.seq"), nullable=False),
    Column("short_id", Key, nullable=False),
    Column("url", Text, nullable=False),
    Column("title", Text),
    Column("description", Text),
    Column("image", Text),
    Column("utm", Text),
    Column("expires_at", At),
    Column("expired_url", Text),
    Column("password", Text),
    Column("cloaked", Flag, nullable=False),
    Column("ios", Text),
    Column("android", Text),
    Column("geo", Text),
    Column("collection_id", ForeignKey("collections.id"), nullable=False),
    Column("external_id", Key),
    Column("tenant_id", Key),
    Column("partner_id", ForeignKey("partners.id")),
    Column("forward_query", Key, nullable=False),
    Column("tagged", Flag, nullable=False),
    Column("created_at", At, nullable=False),
    Column("updated_at", At, nullable=False),
    Column("deleted_at", At),
    Column("domain", Integer, nullable=False, server_default="0"),
    Column("host", Text),
    UniqueConstraint("domain", "short_id"),
    Index("ix_links_live", "organization", "created_at", sqlite_where=_LIVE, postgresql_where=_LIVE),
    Index(
        "uq_links_external_id",
        "organization",
        "external_id",
        unique=True,
        sqlite_where=text("deleted_at IS NULL AND external_id IS NOT NULL"),
        postgresql_where=text("deleted_at IS NULL AND external_id IS NOT NULL"),
    ),
    Index("ix_links_tenant", "organization", "tenant_id", "created_at"),
    Index("ix_links_partner", "partner_id", "created_at"),
    Index("ix_links_collection", "collection_id", "created_at"),
    sqlite_autoincrement=True,
)

LINK_TAGS = Table(
    "link_tags",
    METADATA,
    Column("link", ForeignKey("links.seq"), primary_key=True),
    Column("tag", ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True, index=True),
)

_NAMES = [c.name for c in LINKS.c if c.name not in ("seq", "deleted_at")]
_ADD = Prepared(LINKS.insert().values({name: bindparam(name) for name in _NAMES}), _NAMES)
_ADDED = itemgetter(*_NAMES)
_FIXED = {"id", "organization", "short_id", "created_at", "domain", "host"}
_CHANGED = [name for name in _NAMES if name not in _FIXED]
_SETTLED = itemgetter(*_CHANGED)
_SET = Prepared(
    update(LINKS).where(LINKS.c.seq == bindparam("at")).values({name: bindparam(name) for name in _CHANGED}),
    [*_CHANGED, "at"],
)
_JSON = ("utm", "geo")
_PASSWORD = "link password"
COLUMNS = [c for c in LINKS.c if c.name != "deleted_at"]

_PAGE = (
    select(*COLUMNS)
    .where(LINKS.c.organization == bindparam("organization"), LINKS.c.deleted_at.is_(None))
    .limit(bindparam("take"))
    .offset(bindparam("skip"))
)
_NEWEST = Prepared(
    _PAGE.order_by(LINKS.c.created_at.desc(), LINKS.c.seq.desc()), ["organization", "take", "skip"]
)
_OLDEST = Prepared(_PAGE.order_by(LINKS.c.created_at, LINKS.c.seq), ["organization", "take", "skip"])
_TARGET = Prepared(
    select(*COLUMNS).where(
        LINKS.c.domain == bindparam("domain"),
        LINKS.c.short_id == bindparam("short_id"),
        LINKS.c.deleted_at.is_(None),
    ),
    ["domain", "short_id"],
)
_AT = {c.name: i for i, c in enumerate(COLUMNS)}


# What `json.loads` calls in the end: a third of its time, twice for each link of a page.
_scan = json.JSONDecoder().scan_once  # type: ignore[attr-defined]


def _loads(value: str | None) -> Any:
    return None if value is None else _scan(value, 0)[0]


def _dumps(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)


def _sealed(row: Mapping[str, Any], seal: Seal) -> dict[str, Any]:
    """A row's columns as stored."""
    stored = {**row, "utm": _dumps(row.get("utm")), "geo": _dumps(row.get("geo"))}
    stored["cloaked"] = int(row["cloaked"])
    stored["password"] = seal.close(row["password"], _PASSWORD) if row.get("password") else None
    return stored


def link(row: Sequence[Any], seal: Seal, tags: tuple[str, ...] = ()) -> Link:
    """A row in the order of COLUMNS as a record; the hot list calls it 50 times a request, so by position."""
    (seq, id, _, short_id, url, title, description, image, utm, expires_at, expired_url, password,
     cloaked, ios, android, geo, collection_id, external_id, tenant_id, partner_id, forward, _,
     created_at, updated_at, domain, host) = row  # fmt: skip
    return Link(
        seq,
        id,
        short_id,
        url,
        title,
        description,
        image,
        _loads(utm),
        expires_at,
        expired_url,
        seal.open(password, _PASSWORD) if password else None,
        bool(cloaked),
        ios,
        android,
        _loads(geo),
        collection_id,
        external_id,
        tenant_id,
        partner_id,
        forward,
        tags,
        created_at,
        updated_at,
        domain,
        host,
    )


def _links(r: Read, rows: Sequence[Sequence[Any]]) -> list[Link]:
    tags = tags_of(r, [row[0] for row in rows if row[_AT["tagged"]]])
    return [link(row, r.seal, tags.get(row[0], ())) for row in rows]


def tags_of(r: Read, seqs: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Tag ids by link."""
    found: dict[int, tuple[str, ...]] = {}
    for part in _parts(seqs):
        query = select(LINK_TAGS).where(LINK_TAGS.c.link.in_(part)).order_by(LINK_TAGS.c.tag)
        for row in r.run(query):
            found[row.link] = (*found.get(row.link, ()), row.tag)
    return found


def _parts(values: Sequence[Any], size: int = 900) -> Iterable[Sequence[Any]]:
    return (values[i : i + size] for i in range(0, len(values), size))


def page(r: Read, organization: int, query: LinkQuery) -> list[Link]:
    """One page, newest first unless asked otherwise."""
    if query == LinkQuery(take=query.take, skip=query.skip, ascending=query.ascending):
        prepared = _OLDEST if query.ascending else _NEWEST
        return _links(r, r.rows(prepared, organization, query.take, query.skip))
    order = (LINKS.c.created_at, LINKS.c.seq)
    found = select(*COLUMNS).where(*_narrow(organization, query)).limit(query.take).offset(query.skip)
    found = found.order_by(*order) if query.ascending else found.order_by(*(c.desc() for c in order))
    return _links(r, r.run(found).all())


def count(r: Read, organization: int, query: LinkQuery = LinkQuery()) -> int:  # noqa: B008 a frozen record
    found = select(func.count()).select_from(LINKS).where(*_narrow(organization, query))
    return int(r.run(found).scalar_one())


def _narrow(organization: int, query: LinkQuery) -> list[Any]:
    where: list[Any] = [LINKS.c.organization == organization, LINKS.c.deleted_at.is_(None)]
    any_of: list[Any] = [LINKS.c.id.in_(query.ids)] if query.ids else []
    for column in ("external_id", "tenant_id", "partner_id"):
        value = getattr(query, column)
        if value is not None:
            any_of.append(LINKS.c[column] == value)
    if any_of:
        where.append(or_(*any_of))
    if query.collection_id is not None:
        where.append(LINKS.c.collection_id == query.collection_id)
    if query.domain is not None:
        where.append(LINKS.c.domain == query.domain)
    if query.tag_id is not None:
        where.append(exists().where(LINK_TAGS.c.link == LINKS.c.seq, LINK_TAGS.c.tag == query.tag_id))
    if query.search:
        seen = [
            LINKS.c[name].icontains(query.search, autoescape=True) for name in ("title", "url", "short_id")
        ]
        where.append(or_(*seen))
    return where


def by_ids(r: Read, organization: int, ids: Sequence[str], *, lock: bool = False) -> dict[str, Link]:
    """Live links of the organization by id; `lock` holds them until the commit."""
    found: dict[str, Link] = {}
    for part in _parts(ids):
        query = select(*COLUMNS).where(
            LINKS.c.organization == organization, LINKS.c.id.in_(part), LINKS.c.deleted_at.is_(None)
        )
        rows = r.run(query.with_for_update() if lock else query).all()
        found.update((each.id, each) for each in _links(r, rows))
    return found


def by_seqs(r: Read, organization: int, seqs: Sequence[int]) -> dict[int, Link]:
    """Links of the organization, deleted ones too: history keeps its names."""
    found: dict[int, Link] = {}
    for part in _parts(seqs):
        query = select(*COLUMNS).where(LINKS.c.organization == organization, LINKS.c.seq.in_(part))
        found.update((each.seq, each) for each in _links(r, r.run(query).all()))
    return found


def target(r: Read, short_id: str, domain: int) -> Target | None:
    """The live link of a short id on a domain, as the redirect needs it."""
    rows = r.rows(_TARGET, domain, short_id)
    if not rows:
        return None
    row = rows[0]
    found = link(row, r.seal)
    return Target(
        seq=found.seq,
        id=found.id,
        organization=row[_AT["organization"]],
        short_id=found.short_id,
        url=found.url,
        title=found.title,
        description=found.description,
        image=found.image,
        utm=found.utm,
        expires_at=found.expires_at,
        expired_url=found.expired_url,
        password=found.password,
        cloaked=found.cloaked,
        ios=found.ios,
        android=found.android,
        geo=found.geo,
        external_id=found.external_id,
        tenant_id=found.tenant_id,
        partner_id=found.partner_id,
        forward_query=found.forward_query,
        domain=found.domain,
        host=found.host,
    )


def taken_short_ids(r: Read, short_ids: Sequence[str], domain: int) -> set[str]:
    """Which are in use on a domain, by live links or by deleted ones, whose printed copies must not lead elsewhere."""
    taken: set[str] = set()
    for part in _parts(short_ids):
        query = select(LINKS.c.short_id).where(LINKS.c.domain == domain, LINKS.c.short_id.in_(part))
        taken.update(r.run(query).scalars())
    return taken


def taken_external_ids(r: Read, organization: int, external_ids: Sequence[str]) -> dict[str, str]:
    """Which live link of the organization has which external id: its id by external id."""
    taken: dict[str, str] = {}
    for part in _parts(external_ids):
        query = select(LINKS.c.external_id, LINKS.c.id).where(
            LINKS.c.organization == organization, LINKS.c.deleted_at.is_(None), LINKS.c.external_id.in_(part)
        )
        taken.update((row.external_id, row.id) for row in r.run(query))
    return taken


def known(r: Read, table: Table, organization: int, ids: set[str]) -> set[str]:
    """Which ids of a shelf are live and the organization's."""
    found: set[str] = set()
    for part in _parts(list(ids)):
        query = select(table.c.id).where(table.c.organization == organization, table.c.id.in_(part))
        if "deleted_at" in table.c:
            query = query.where(table.c.deleted_at.is_(None))
        found.update(r.run(query).scalars())
    return found


def add(w: Write, rows: Sequence[Mapping[str, Any]]) -> None:
    """New links; keys are columns, `utm` and `geo` as dicts, `password` in clear."""
    stored = [_sealed(row, w.seal) for row in rows]
    w.many(_ADD, [_ADDED(row) for row in stored])


def change(w: Write, rows: Sequence[tuple[int, Mapping[str, Any]]]) -> None:
    """Whole new rows for links that are there, by `seq`."""
    stored = [(seq, _sealed(row, w.seal)) for seq, row in rows]
    w.many(_SET, [(*_SETTLED(row), seq) for seq, row in stored])


def release_external_ids(w: Write, seqs: Sequence[int]) -> None:
    """Frees external ids, so that links of one call may exchange them: the index looks after each row."""
    for part in _parts(seqs):
        w.run(update(LINKS).where(LINKS.c.seq.in_(part)).values(external_id=None))


def seqs(r: Read, ids: Sequence[str], organization: int) -> dict[str, int]:
    """Inner numbers by id, deleted links' too."""
    found: dict[str, int] = {}
    for part in _parts(ids):
        query = select(LINKS.c.id, LINKS.c.seq).where(
            LINKS.c.organization == organization, LINKS.c.id.in_(part)
        )
        found.update((row.id, row.seq) for row in r.run(query))
    return found


def retag(w: Write, tags: Mapping[int, Sequence[str]]) -> None:
    """Sets the tags of links, by `seq`."""
    for part in _parts(list(tags)):
        w.run(delete(LINK_TAGS).where(LINK_TAGS.c.link.in_(part)))
    rows = [{"link": seq, "tag": tag} for seq, ids in tags.items() for tag in ids]
    if rows:
        w.run(LINK_TAGS.insert(), rows)


def drop(w: Write, organization: int, ids: Sequence[str], at: Instant) -> list[tuple[int, str]]:
    """Soft deletion; domain and short id of those that were live."""
    gone: list[tuple[int, str]] = []
    for part in _parts(ids):
        query = (
            update(LINKS)
            .where(LINKS.c.organization == organization, LINKS.c.id.in_(part), LINKS.c.deleted_at.is_(None))
            .values(deleted_at=at)
            .returning(LINKS.c.domain, LINKS.c.short_id)
        )
        gone.extend((row.domain, row.short_id) for row in w.run(query))
    return gone
