"""Which partner of an organization a creator is."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, ForeignKey, Integer, Table, select, update

from hyway.kernel.db import Read, Write
from hyway.kernel.sql import METADATA, Key, insert

NOBODY = 0
# `id` is the partner's; with nobody as the person it is that of the collection that creators' links are kept in.
# Empty while the transaction that made the row is making what it names.
CREATOR_PARTNERS = Table(
    "creator_partners",
    METADATA,
    Column("organization", ForeignKey("organizations.seq"), primary_key=True, autoincrement=False),
    Column("person", Integer, primary_key=True, autoincrement=False),
    Column("id", Key, nullable=False),
)
_P = CREATOR_PARTNERS.c


def claim(w: Write, organization: int, person: int) -> str:
    """The id that is kept, "" where there is none yet; whoever else asks waits until the commit."""
    row = insert(CREATOR_PARTNERS, w.engine).values(organization=organization, person=person, id="")
    w.run(row.on_conflict_do_nothing(index_elements=["organization", "person"]))
    mine = (_P.organization == organization, _P.person == person)
    return str(w.run(select(_P.id).where(*mine).with_for_update()).scalar_one())


def keep(w: Write, organization: int, person: int, id: str) -> None:
    mine = (_P.organization == organization, _P.person == person)
    w.run(update(CREATOR_PARTNERS).where(*mine).values(id=id))


def known(r: Read, organization: int) -> dict[int, str]:
    """The partners among an organization's creators, by person."""
    mine = select(_P.person, _P.id).where(_P.organization == organization, _P.person != NOBODY)
    rows: Sequence[Any] = r.run(mine).all()
    return {row[0]: row[1] for row in rows}
