"""Statements about who belongs to an organization, and about its end."""

from typing import Any

from sqlalchemy import Select, case, delete, func, select, update

from hyway.domain.identity.records import Membership, Organization, Person
from hyway.domain.identity.store.access_tables import (
    ACCESS,
    CONNECTED_ACCOUNTS,
    FAVORITES,
    TEAM_MEMBERS,
)
from hyway.domain.identity.store.people import MEMBERSHIPS_SHOWN, membership, organization, person
from hyway.domain.identity.store.tables import (
    ACCESS_REQUESTS,
    KEYS,
    MEMBERSHIPS,
    ORGANIZATIONS,
    PEOPLE,
    SESSIONS,
    fresh,
)
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write

_ADMINS = MEMBERSHIPS.c.role.in_(("owner", "admin"))


def lock(w: Write, organization_seq: int) -> None:
    """Whoever changes members waits for whoever does so already: the guards count them."""
    w.run(
        select(ORGANIZATIONS.c.seq)
        .where(ORGANIZATIONS.c.seq == organization_seq)
        .with_for_update(key_share=True)
    )


def open_one(r: Read, organization_seq: int) -> Organization | None:
    """None where there is none, or none any more."""
    found = select(ORGANIZATIONS).where(
        ORGANIZATIONS.c.seq == organization_seq, ORGANIZATIONS.c.closed_at.is_(None)
    )
    row = r.run(found).first()
    return organization(row) if row else None


def of_person(r: Read, person_seq: int, offset: int, limit: int) -> list[Organization]:
    """The organizations that a person belongs to, by number."""
    mine = select(MEMBERSHIPS.c.organization).where(MEMBERSHIPS.c.person == person_seq)
    found = select(ORGANIZATIONS).where(ORGANIZATIONS.c.seq.in_(mine)).order_by(ORGANIZATIONS.c.seq)
    return [organization(row) for row in r.run(found.offset(offset).limit(limit))]


def count_of_person(r: Read, person_seq: int) -> int:
    found = select(func.count()).select_from(MEMBERSHIPS).where(MEMBERSHIPS.c.person == person_seq)
    return int(r.run(found).scalar_one())


def page(r: Read, organization_seq: int, offset: int, limit: int) -> list[Membership]:
    """Admins first, an owner is one; then by number."""
    found = MEMBERSHIPS_SHOWN.where(MEMBERSHIPS.c.organization == organization_seq)
    ordered = found.order_by(case((_ADMINS, 0), else_=1), MEMBERSHIPS.c.seq)
    return [membership(row) for row in r.run(ordered.offset(offset).limit(limit))]


def count(r: Read, organization_seq: int) -> int:
    found = select(func.count()).select_from(MEMBERSHIPS)
    return int(r.run(found.where(MEMBERSHIPS.c.organization == organization_seq)).scalar_one())


def count_admins(r: Read, organization_seq: int) -> int:
    found = select(func.count()).select_from(MEMBERSHIPS)
    return int(r.run(found.where(MEMBERSHIPS.c.organization == organization_seq, _ADMINS)).scalar_one())


def admins(r: Read, organization_seq: int) -> list[Person]:
    found = select(PEOPLE).join_from(MEMBERSHIPS, PEOPLE, PEOPLE.c.seq == MEMBERSHIPS.c.person)
    chosen = found.where(MEMBERSHIPS.c.organization == organization_seq, _ADMINS)
    return [person(row) for row in r.run(chosen.order_by(MEMBERSHIPS.c.seq))]


def find(r: Read, organization_seq: int, seq: int) -> Membership | None:
    found = MEMBERSHIPS_SHOWN.where(MEMBERSHIPS.c.organization == organization_seq, MEMBERSHIPS.c.seq == seq)
    row = r.run(found).first()
    return membership(row) if row else None


def change_role(w: Write, organization_seq: int, seq: int, role: str, at: Instant) -> None:
    """Whoever has a role has access to the organization: where it had been taken away, it is there again."""
    chosen = (MEMBERSHIPS.c.organization == organization_seq) & (MEMBERSHIPS.c.seq == seq)
    access = func.coalesce(MEMBERSHIPS.c.access_id, fresh("accs")())
    w.run(update(MEMBERSHIPS).where(chosen).values(role=role, access_id=access, updated_at=at))
    w.changed("access", str(organization_seq))


def change_access(
    w: Write, organization_seq: int, seq: int, role: str, *, is_billing: bool, has_access: bool, at: Instant
) -> str | None:
    """What a member may do on the organization; the id of that access, None where it is taken away."""
    access = func.coalesce(MEMBERSHIPS.c.access_id, fresh("accs")()) if has_access else None
    chosen = (MEMBERSHIPS.c.organization == organization_seq) & (MEMBERSHIPS.c.seq == seq)
    values = {"role": role, "is_billing": int(is_billing), "access_id": access, "updated_at": at}
    w.changed("access", str(organization_seq))
    changed = update(MEMBERSHIPS).where(chosen).values(values)
    return w.run(changed.returning(MEMBERSHIPS.c.access_id)).scalar_one()  # type: ignore[no-any-return]


def remove(w: Write, organization_seq: int, seq: int) -> None:
    """The membership, and with it its places in teams, its favorites, its accounts and what it had access to."""
    gone = (MEMBERSHIPS.c.organization == organization_seq) & (MEMBERSHIPS.c.seq == seq)
    _let_go(w, organization_seq, select(MEMBERSHIPS.c.seq).where(gone))
    held = (ACCESS.c.organization == organization_seq) & (ACCESS.c.holder_kind == "member")
    w.run(delete(ACCESS).where(held, ACCESS.c.holder == seq))
    w.run(delete(MEMBERSHIPS).where(gone))


def _let_go(w: Write, organization_seq: int, memberships: Select[Any]) -> None:
    """What speaks of memberships that are about to end."""
    for table in (TEAM_MEMBERS, FAVORITES, CONNECTED_ACCOUNTS):
        w.run(delete(table).where(table.c.membership.in_(memberships)))
    w.changed("access", str(organization_seq))


def remove_all(w: Write, organization_seq: int) -> list[int]:
    """Every member and all access, and whoever wanted in or was wanted; the people who were members."""
    all_of_them = select(MEMBERSHIPS.c.seq).where(MEMBERSHIPS.c.organization == organization_seq)
    _let_go(w, organization_seq, all_of_them)
    w.run(delete(ACCESS).where(ACCESS.c.organization == organization_seq))
    gone = delete(MEMBERSHIPS).where(MEMBERSHIPS.c.organization == organization_seq)
    people = sorted(w.run(gone.returning(MEMBERSHIPS.c.person)).scalars())
    waiting = (ACCESS_REQUESTS.c.organization == organization_seq) & (ACCESS_REQUESTS.c.status == "pending")
    w.run(delete(ACCESS_REQUESTS).where(waiting))
    return people


def leave_sessions(w: Write, organization_seq: int, person_seq: int | None = None) -> None:
    """Sessions there go on in the first other organization of their person, or in none."""
    other = (
        select(func.min(MEMBERSHIPS.c.organization))
        .where(MEMBERSHIPS.c.person == SESSIONS.c.person, MEMBERSHIPS.c.organization != organization_seq)
        .scalar_subquery()
    )
    there = update(SESSIONS).where(SESSIONS.c.organization == organization_seq)
    if person_seq is not None:
        there = there.where(SESSIONS.c.person == person_seq)
    w.run(there.values(organization=other))


def revoke_keys(w: Write, organization_seq: int, at: Instant) -> list[str]:
    """The hashes of those that this call revoked."""
    gone = update(KEYS).where(KEYS.c.organization == organization_seq, KEYS.c.revoked_at.is_(None))
    return list(w.run(gone.values(revoked_at=at).returning(KEYS.c.token_hash)).scalars())
