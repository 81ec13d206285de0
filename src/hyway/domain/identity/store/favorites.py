"""Statements about what members like to find again at once."""

from typing import Any

from sqlalchemy import delete, select, update

from hyway.domain.identity.member_records import Favorite
from hyway.domain.identity.store.access_tables import FAVORITES, THINGS
from hyway.kernel.db import Read, Write


def of_member(r: Read, membership: int) -> list[Favorite]:
    """In the member's order; `index` counts from 0 without a gap, whatever has gone."""
    found = select(FAVORITES.c.id.label("own"), THINGS.c.id, THINGS.c.kind, THINGS.c.name, THINGS.c.part_of)
    found = found.join_from(FAVORITES, THINGS, THINGS.c.id == FAVORITES.c.entity)
    rows = r.run(
        found.where(FAVORITES.c.membership == membership).order_by(FAVORITES.c.position, FAVORITES.c.seq)
    )
    return [_favorite(row, index) for index, row in enumerate(rows)]


def _favorite(row: Any, index: int) -> Favorite:
    return Favorite(row.own, row.id, row.kind, row.name, row.part_of, index)


def add(w: Write, membership: int, entity: str, position: int) -> str:
    """The favorite's own id; a second one of the same thing is a Conflict of the attempt that it is made in."""
    row = {"membership": membership, "entity": entity, "position": position}
    return str(w.run(FAVORITES.insert().returning(FAVORITES.c.id), row).scalar_one())


def place(w: Write, own: str, position: int) -> None:
    w.run(update(FAVORITES).where(FAVORITES.c.id == own).values(position=position))


def drop(w: Write, membership: int, own: str) -> None:
    w.run(delete(FAVORITES).where(FAVORITES.c.membership == membership, FAVORITES.c.id == own))
