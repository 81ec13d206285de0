"""Statements that give people and organizations their names."""

from collections.abc import Iterable, Sequence

from sqlalchemy import bindparam, func, or_, select

from hyway.domain.identity.records import Organization, Person
from hyway.domain.identity.store.people import organization, person
from hyway.domain.identity.store.tables import MEMBERSHIPS, ORGANIZATIONS, PEOPLE
from hyway.kernel.db import Read
from hyway.kernel.sql import Prepared


def people(r: Read, seqs: Sequence[int]) -> dict[int, Person]:
    rows = r.run(select(PEOPLE).where(PEOPLE.c.seq.in_(seqs)))
    return {row.seq: person(row) for row in rows}


def numbered(r: Read, id: str) -> int | None:
    return r.run(select(PEOPLE.c.seq).where(PEOPLE.c.id == id)).scalar_one_or_none()


def organizations(r: Read, seqs: Iterable[int]) -> dict[int, Organization]:
    rows = r.run(select(ORGANIZATIONS).where(ORGANIZATIONS.c.seq.in_(sorted(set(seqs)))))
    return {row.seq: organization(row) for row in rows}


def open_to(r: Read, seqs: Iterable[int], person: int | None) -> set[int]:
    """Those that are not private, or have the person as a member, and are not closed."""
    mine = select(MEMBERSHIPS.c.organization).where(MEMBERSHIPS.c.person == person)
    seen = or_(ORGANIZATIONS.c.privacy != "private", ORGANIZATIONS.c.seq.in_(mine))
    found = select(ORGANIZATIONS.c.seq).where(ORGANIZATIONS.c.seq.in_(sorted(set(seqs))), seen)
    return set(r.run(found.where(ORGANIZATIONS.c.closed_at.is_(None))).scalars())


_MEMBER_ID = Prepared(
    select(MEMBERSHIPS.c.wire_id).where(
        MEMBERSHIPS.c.organization == bindparam("organization"), MEMBERSHIPS.c.person == bindparam("person")
    ),
    ["organization", "person"],
)


def member_id(r: Read, organization: int, person: int) -> str | None:
    for (id,) in r.rows(_MEMBER_ID, organization, person):
        return str(id)
    return None


def how_many(r: Read, seqs: Sequence[int]) -> dict[int, int]:
    """The number of members of each."""
    if not seqs:
        return {}
    of = MEMBERSHIPS.c.organization
    counted = select(of, func.count().label("members")).where(of.in_(seqs)).group_by(of)
    return {**dict.fromkeys(seqs, 0), **{row.organization: row.members for row in r.run(counted)}}
