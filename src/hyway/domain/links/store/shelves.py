"""Collections, tags and partners: three shelves of one shape, so one set of statements."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Column, ForeignKey, Index, Table, Text, bindparam, delete, func, select, update

from hyway.domain.links.records import Collection, Partner, ShelfQuery, Tag
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write
from hyway.kernel.sql import METADATA, At, Key, Seq


def _shelf(name: str, *columns: Column[Any], soft: bool = True) -> Table:
    times = [Column("created_at", At, nullable=False), Column("updated_at", At, nullable=False)]
    return Table(
        name,
        METADATA,
        Column("seq", Seq, primary_key=True, autoincrement=True),
        Column("id", Key, nullable=False, unique=True),
        Column("organization", ForeignKey("organizations.seq"), nullable=False),
        Column("name", Text, nullable=False),
        *columns,
        *times,
        *([Column("deleted_at", At)] if soft else []),
        Index(f"ix_{name}_created", "organization", "created_at"),
    )


COLLECTIONS = _shelf("collections", Column("description", Text))
TAGS = _shelf("tags", Column("color", Key, nullable=False), soft=False)
PARTNERS = _shelf("partners", Column("email", Text), Column("phone", Text))


def collection(row: Any) -> Collection:
    return Collection(row.id, row.name, row.description, row.created_at, row.updated_at)


def tag(row: Any) -> Tag:
    return Tag(row.id, row.name, row.color)


def partner(row: Any) -> Partner:
    return Partner(row.id, row.name, row.email, row.phone, row.created_at, row.updated_at)


def _mine(table: Table, organization: int) -> list[Any]:
    live = [table.c.deleted_at.is_(None)] if "deleted_at" in table.c else []
    return [table.c.organization == organization, *live]


def page(r: Read, table: Table, organization: int, query: ShelfQuery) -> Sequence[Any]:
    """Rows of one page: tags by id, the others by when they were made."""
    order = [table.c.id] if table is TAGS else [table.c.created_at, table.c.seq]
    found = select(table).where(*_narrow(table, organization, query)).limit(query.take).offset(query.skip)
    return r.run(found.order_by(*(order if query.ascending else [c.desc() for c in order]))).all()


def count(r: Read, table: Table, organization: int, query: ShelfQuery = ShelfQuery()) -> int:  # noqa: B008 frozen
    found = select(func.count()).select_from(table).where(*_narrow(table, organization, query))
    return int(r.run(found).scalar_one())


def _narrow(table: Table, organization: int, query: ShelfQuery) -> list[Any]:
    where = _mine(table, organization)
    if query.id is not None:
        where.append(table.c.id == query.id)
    if query.search:
        where.append(table.c.name.icontains(query.search, autoescape=True))
    return where


def by_ids(
    r: Read, table: Table, organization: int, ids: Sequence[str], *, lock: bool = False
) -> dict[str, Any]:
    """Live rows of the organization by id; `lock` holds them until the commit."""
    found: dict[str, Any] = {}
    for i in range(0, len(ids), 900):
        query = select(table).where(*_mine(table, organization), table.c.id.in_(ids[i : i + 900]))
        found.update((row.id, row) for row in r.run(query.with_for_update() if lock else query))
    return found


def add(w: Write, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    w.run(table.insert(), list(rows))


def change(w: Write, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows that are there, whole; `key` is the id to find them by."""
    columns = [
        c.name for c in table.c if c.name not in ("seq", "id", "organization", "created_at", "deleted_at")
    ]
    statement = update(table).where(table.c.id == bindparam("key")).values({n: bindparam(n) for n in columns})
    w.run(statement, [{n: row[n] for n in [*columns, "key"]} for row in rows])


def drop(w: Write, table: Table, organization: int, ids: Sequence[str], at: Instant) -> list[str]:
    """Soft deletion, hard for tags; the ids that were live."""
    gone: list[str] = []
    for i in range(0, len(ids), 900):
        where = [*_mine(table, organization), table.c.id.in_(ids[i : i + 900])]
        statement = update(table).values(deleted_at=at) if "deleted_at" in table.c else delete(table)
        gone.extend(w.run(statement.where(*where).returning(table.c.id)).scalars())
    return gone
