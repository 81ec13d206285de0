"""Statements about what roles can be given on."""

from collections.abc import Collection

from sqlalchemy import delete, or_, select

from hyway.domain.identity.store.access_tables import ACCESS, FAVORITES, THINGS
from hyway.kernel.db import Read, Write
from hyway.kernel.sql import upsert


def put(w: Write, organization: int, id: str, kind: str, name: str, part_of: str | None) -> None:
    """A new thing, or the new name of one that is known."""
    row = {"organization": organization, "id": id, "kind": kind, "name": name, "part_of": part_of}
    w.run(upsert(w.engine, THINGS, [row], ["id"], lambda new: {"name": new.name, "part_of": new.part_of}))


def drop(w: Write, organization: int, id: str) -> None:
    """The thing, what is part of it, the access to either, and the favorites that they were."""
    ours = THINGS.c.organization == organization
    found = select(THINGS.c.id).where(ours, or_(THINGS.c.id == id, THINGS.c.part_of == id))
    gone = list(w.run(found).scalars())
    w.run(delete(ACCESS).where(ACCESS.c.organization == organization, ACCESS.c.entity.in_(gone)))
    w.run(delete(FAVORITES).where(FAVORITES.c.entity.in_(gone)))
    w.run(delete(THINGS).where(ours, THINGS.c.id.in_(gone)))
    w.changed("access", str(organization))


_SHOWN = (THINGS.c.id, THINGS.c.kind, THINGS.c.name, THINGS.c.part_of)


def among(r: Read, organization: int, ids: Collection[str]) -> list[tuple[str, str, str, str | None]]:
    """As `find`, of several."""
    rows = r.run(select(*_SHOWN).where(THINGS.c.organization == organization, THINGS.c.id.in_(ids)))
    return [(row.id, row.kind, row.name, row.part_of) for row in rows]


def find(r: Read, organization: int, id: str) -> tuple[str, str, str, str | None] | None:
    """Id, kind, name and what it is part of."""
    row = r.run(select(*_SHOWN).where(THINGS.c.organization == organization, THINGS.c.id == id)).first()
    return (row.id, row.kind, row.name, row.part_of) if row else None
