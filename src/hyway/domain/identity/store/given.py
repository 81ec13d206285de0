"""Statements about access that is given, wherever its row is: a member's own is with its membership."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, literal, null, or_, select, union_all, update

from hyway.domain.identity.store.access_tables import ACCESS, API_KEYS, TEAMS, THINGS
from hyway.domain.identity.store.tables import MEMBERSHIPS, ORGANIZATIONS, PEOPLE
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which access is looked for: each None where it does not matter. `visible` are ids of things and of what they
    are part of."""

    entities: Collection[str] | None = None
    holders: Collection[str] | None = None
    visible: Collection[str] | None = None
    id: str | None = None


_NAMES = (
    MEMBERSHIPS.c.first_name,
    MEMBERSHIPS.c.last_name,
    MEMBERSHIPS.c.nickname,
    PEOPLE.c.name.label("own_name"),
    PEOPLE.c.email.label("own_email"),
)
_IS_OWN = literal(1)

_OWN = (
    select(
        MEMBERSHIPS.c.access_id.label("id"),
        MEMBERSHIPS.c.since.label("created_at"),
        _IS_OWN.label("is_own"),
        literal("Organization").label("entity_kind"),
        ORGANIZATIONS.c.wire_id.label("entity"),
        ORGANIZATIONS.c.name.label("entity_name"),
        null().label("part_of"),
        literal("member").label("holder_kind"),
        MEMBERSHIPS.c.seq.label("holder"),
        MEMBERSHIPS.c.wire_id.label("holder_id"),
        null().label("holder_name"),
        *_NAMES,
        MEMBERSHIPS.c.role.label("roles"),
        MEMBERSHIPS.c.is_billing,
    )
    .join_from(MEMBERSHIPS, ORGANIZATIONS, ORGANIZATIONS.c.seq == MEMBERSHIPS.c.organization)
    .join(PEOPLE, PEOPLE.c.seq == MEMBERSHIPS.c.person)
)


def _held(table: Any, kind: str) -> ColumnElement[bool]:
    return and_(ACCESS.c.holder_kind == kind, ACCESS.c.holder == table.c.seq)


_HOLDER_ID = func.coalesce(MEMBERSHIPS.c.wire_id, TEAMS.c.id, API_KEYS.c.id)
_ELSEWHERE = (
    select(
        ACCESS.c.id,
        ACCESS.c.created_at,
        literal(0).label("is_own"),
        func.coalesce(THINGS.c.kind, "Organization").label("entity_kind"),
        ACCESS.c.entity,
        func.coalesce(THINGS.c.name, ORGANIZATIONS.c.name).label("entity_name"),
        THINGS.c.part_of,
        ACCESS.c.holder_kind,
        ACCESS.c.holder,
        _HOLDER_ID.label("holder_id"),
        func.coalesce(TEAMS.c.name, API_KEYS.c.name).label("holder_name"),
        *_NAMES,
        ACCESS.c.roles,
        literal(0).label("is_billing"),
    )
    .join_from(ACCESS, ORGANIZATIONS, ORGANIZATIONS.c.seq == ACCESS.c.organization)
    .join(THINGS, THINGS.c.id == ACCESS.c.entity, isouter=True)
    .join(MEMBERSHIPS, _held(MEMBERSHIPS, "member"), isouter=True)
    .join(PEOPLE, PEOPLE.c.seq == MEMBERSHIPS.c.person, isouter=True)
    .join(TEAMS, _held(TEAMS, "team"), isouter=True)
    .join(API_KEYS, _held(API_KEYS, "api_key"), isouter=True)
)


def _own(organization: int, wanted: Wanted) -> Any:
    found = _OWN.where(MEMBERSHIPS.c.organization == organization, MEMBERSHIPS.c.access_id.is_not(None))
    if wanted.id is not None:
        found = found.where(MEMBERSHIPS.c.access_id == wanted.id)
    for ids in (wanted.entities, wanted.visible):
        if ids is not None:
            found = found.where(ORGANIZATIONS.c.wire_id.in_(ids))
    return found if wanted.holders is None else found.where(MEMBERSHIPS.c.wire_id.in_(wanted.holders))


def _elsewhere(organization: int, wanted: Wanted) -> Any:
    found = _ELSEWHERE.where(ACCESS.c.organization == organization)
    if wanted.id is not None:
        found = found.where(ACCESS.c.id == wanted.id)
    if wanted.entities is not None:
        found = found.where(ACCESS.c.entity.in_(wanted.entities))
    if wanted.visible is not None:
        found = found.where(or_(ACCESS.c.entity.in_(wanted.visible), THINGS.c.part_of.in_(wanted.visible)))
    if wanted.holders is not None:
        found = found.where(or_(_HOLDER_ID.in_(wanted.holders), API_KEYS.c.member_id.in_(wanted.holders)))
    return found


def page(r: Read, organization: int, wanted: Wanted, offset: int, limit: int | None) -> list[Any]:
    """Oldest first; one statement over both places where access is kept."""
    every = union_all(_own(organization, wanted), _elsewhere(organization, wanted)).subquery()
    found = select(every).order_by(every.c.created_at, every.c.id).offset(offset)
    return list(r.run(found.limit(limit) if limit is not None else found))


def count(r: Read, organization: int, wanted: Wanted) -> int:
    every = union_all(_own(organization, wanted), _elsewhere(organization, wanted)).subquery()
    return int(r.run(select(func.count()).select_from(every)).scalar_one())


def holder(r: Read, organization: int, id: str) -> tuple[str, int, bool] | None:
    """Of which kind and number who has this id is, and whether it has access to the organization by membership."""
    statements = (
        select(literal("member"), MEMBERSHIPS.c.seq, MEMBERSHIPS.c.access_id.is_not(None)).where(
            MEMBERSHIPS.c.organization == organization, MEMBERSHIPS.c.wire_id == id
        ),
        select(literal("team"), TEAMS.c.seq, literal(False)).where(
            TEAMS.c.organization == organization, TEAMS.c.id == id
        ),
        select(literal("api_key"), API_KEYS.c.seq, literal(False)).where(
            API_KEYS.c.organization == organization, or_(API_KEYS.c.id == id, API_KEYS.c.member_id == id)
        ),
    )
    row: Any = r.run(union_all(*statements)).first()
    return (row[0], row[1], bool(row[2])) if row else None


def add(
    w: Write, organization: int, entity: str, kind: str, holder: int, roles: Sequence[str], at: Instant
) -> str:
    """The id of what is given now; a second one for the same pair is a Conflict."""
    row = {"organization": organization, "entity": entity, "holder_kind": kind, "holder": holder}
    times = {"created_at": at, "updated_at": at}
    made = w.run(ACCESS.insert().returning(ACCESS.c.id), {**row, "roles": " ".join(roles), **times})
    w.changed("access", str(organization))
    return str(made.scalar_one())


def change(w: Write, organization: int, id: str, roles: Sequence[str], at: Instant) -> None:
    chosen = (ACCESS.c.organization == organization) & (ACCESS.c.id == id)
    w.run(update(ACCESS).where(chosen).values(roles=" ".join(roles), updated_at=at))
    w.changed("access", str(organization))


def drop(w: Write, organization: int, id: str) -> None:
    w.run(delete(ACCESS).where(ACCESS.c.organization == organization, ACCESS.c.id == id))
    w.changed("access", str(organization))


def drop_of(w: Write, organization: int, kind: str, holder: int) -> None:
    """All that somebody had access to, but for a member's own to the organization."""
    held = (ACCESS.c.organization == organization) & (ACCESS.c.holder_kind == kind)
    w.run(delete(ACCESS).where(held, ACCESS.c.holder == holder))
    w.changed("access", str(organization))
