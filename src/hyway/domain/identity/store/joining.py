"""Statements about who wants in and who is wanted."""

from typing import Any

from sqlalchemy import delete, func, select, update

from hyway.domain.identity.records import AccessRequest
from hyway.domain.identity.store.people import organization, person
from hyway.domain.identity.store.tables import ACCESS_REQUESTS, MEMBERSHIPS, ORGANIZATIONS, PEOPLE
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write

_SHOWN = (
    select(
        ACCESS_REQUESTS,
        *[c.label(f"o_{c.name}") for c in ORGANIZATIONS.c],
        *[c.label(f"p_{c.name}") for c in PEOPLE.c],
    )
    .join_from(ACCESS_REQUESTS, ORGANIZATIONS, ORGANIZATIONS.c.seq == ACCESS_REQUESTS.c.organization)
    .join(PEOPLE, PEOPLE.c.seq == ACCESS_REQUESTS.c.person, isouter=True)
)
_PENDING = ACCESS_REQUESTS.c.status == "pending"


def _request(row: Any) -> AccessRequest:
    who = person(row, "p_") if row.person is not None else None
    return AccessRequest(
        seq=row.seq,
        kind=row.kind,
        organization=organization(row, "o_"),
        person=who,
        email=who.email if who else row.email,
        role=row.role,
        status=row.status,
        created_at=row.created_at,
        decided_at=row.decided_at,
    )


def add(w: Write, **values: Any) -> int:
    return int(w.run(ACCESS_REQUESTS.insert().returning(ACCESS_REQUESTS.c.seq), values).scalar_one())


def find(r: Read, seq: int) -> AccessRequest | None:
    row = r.run(_SHOWN.where(ACCESS_REQUESTS.c.seq == seq)).first()
    return _request(row) if row else None


def pending(
    w: Write, seq: int, kind: str, *, organization_seq: int | None = None, person_seq: int | None = None
) -> AccessRequest | None:
    """One that waits for a decision, of an organization or of a person; whoever decides too waits for us."""
    found = _scoped(_SHOWN.where(ACCESS_REQUESTS.c.seq == seq), kind, organization_seq, person_seq)
    row = w.run(found.with_for_update(of=ACCESS_REQUESTS)).first()
    return _request(row) if row else None


def pending_of(r: Read, organization_seq: int, person_seq: int) -> AccessRequest | None:
    """What waits between an organization and a person, in whichever direction."""
    found = _SHOWN.where(_PENDING, ACCESS_REQUESTS.c.organization == organization_seq)
    row = r.run(found.where(ACCESS_REQUESTS.c.person == person_seq)).first()
    return _request(row) if row else None


def page(
    r: Read,
    kind: str,
    offset: int,
    limit: int,
    *,
    organization_seq: int | None = None,
    person_seq: int | None = None,
) -> list[AccessRequest]:
    """Those that wait, oldest first."""
    found = _scoped(_SHOWN, kind, organization_seq, person_seq).order_by(ACCESS_REQUESTS.c.seq)
    return [_request(row) for row in r.run(found.offset(offset).limit(limit))]


def count(r: Read, kind: str, *, organization_seq: int | None = None, person_seq: int | None = None) -> int:
    counted = select(func.count()).select_from(ACCESS_REQUESTS)
    return int(r.run(_scoped(counted, kind, organization_seq, person_seq)).scalar_one())


def _scoped(found: Any, kind: str, organization_seq: int | None, person_seq: int | None) -> Any:
    found = found.where(_PENDING, ACCESS_REQUESTS.c.kind == kind)
    if organization_seq is not None:
        found = found.where(ACCESS_REQUESTS.c.organization == organization_seq)
    if person_seq is not None:
        found = found.where(ACCESS_REQUESTS.c.person == person_seq)
    return found


def approve(w: Write, seq: int, by: int | None, at: Instant) -> None:
    decided = update(ACCESS_REQUESTS).where(ACCESS_REQUESTS.c.seq == seq, _PENDING)
    w.run(decided.values(status="approved", decided_at=at, decided_by=by))


def drop(w: Write, seq: int) -> None:
    w.run(delete(ACCESS_REQUESTS).where(ACCESS_REQUESTS.c.seq == seq, _PENDING))


def is_member(r: Read, organization_seq: int, person_seq: int) -> bool:
    found = select(MEMBERSHIPS.c.seq).where(
        MEMBERSHIPS.c.organization == organization_seq, MEMBERSHIPS.c.person == person_seq
    )
    return r.run(found).first() is not None


def is_awaited(r: Read, email: str) -> bool:
    """Whether somebody has invited whoever reads that address."""
    return (
        r.run(select(ACCESS_REQUESTS.c.seq).where(_PENDING, ACCESS_REQUESTS.c.email == email)).first()
        is not None
    )


def adopt(w: Write, person_seq: int, email: str) -> None:
    """Invitations that went to an address become those of the person behind it.

    Where they are a member already there is nothing to invite to; where they had asked themselves, the invitation
    takes the place of what they asked.
    """
    awaited = _PENDING & (ACCESS_REQUESTS.c.email == email)
    into = select(MEMBERSHIPS.c.organization).where(MEMBERSHIPS.c.person == person_seq)
    w.run(delete(ACCESS_REQUESTS).where(awaited, ACCESS_REQUESTS.c.organization.in_(into)))
    wanted = list(w.run(select(ACCESS_REQUESTS.c.organization).where(awaited)).scalars())
    if wanted:
        own = _PENDING & (ACCESS_REQUESTS.c.person == person_seq)
        w.run(delete(ACCESS_REQUESTS).where(own, ACCESS_REQUESTS.c.organization.in_(wanted)))
        w.run(update(ACCESS_REQUESTS).where(awaited).values(person=person_seq, email=None))
