"""Statements that find what somebody may do when they enter an organization: few, and made once."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, literal, select, union_all

from hyway.domain.identity.store.access_tables import ACCESS, API_KEYS, TEAM_MEMBERS
from hyway.domain.identity.store.tables import MEMBERSHIPS, ORGANIZATIONS
from hyway.kernel.db import Read
from hyway.kernel.sql import Prepared

_OPEN = (ORGANIZATIONS.c.wire_id == bindparam("organization")) & ORGANIZATIONS.c.closed_at.is_(None)

_PERSON = Prepared(
    select(
        ORGANIZATIONS.c.seq,
        ORGANIZATIONS.c.plan,
        MEMBERSHIPS.c.seq,
        MEMBERSHIPS.c.wire_id,
        MEMBERSHIPS.c.role,
        MEMBERSHIPS.c.access_id,
        MEMBERSHIPS.c.is_billing,
    )
    .join_from(ORGANIZATIONS, MEMBERSHIPS, MEMBERSHIPS.c.organization == ORGANIZATIONS.c.seq)
    .where(_OPEN, MEMBERSHIPS.c.person == bindparam("person")),
    ("organization", "person"),
)
_KEY = Prepared(
    select(ORGANIZATIONS.c.seq, ORGANIZATIONS.c.plan, API_KEYS.c.seq, API_KEYS.c.member_id)
    .join_from(ORGANIZATIONS, API_KEYS, API_KEYS.c.organization == ORGANIZATIONS.c.seq)
    .where(_OPEN, API_KEYS.c.id == bindparam("key")),
    ("organization", "key"),
)
_ORGANIZATION = Prepared(
    select(ORGANIZATIONS.c.seq, ORGANIZATIONS.c.plan).where(_OPEN, ORGANIZATIONS.c.seq == bindparam("seq")),
    ("organization", "seq"),
)

_HELD = (ACCESS.c.organization == bindparam("organization"),)
_GIVEN = Prepared(
    select(ACCESS.c.entity, ACCESS.c.roles).where(
        *_HELD, ACCESS.c.holder_kind == bindparam("kind"), ACCESS.c.holder == bindparam("holder")
    ),
    ("organization", "kind", "holder"),
)
_GIVEN_TO_MEMBER = Prepared(
    union_all(
        select(ACCESS.c.entity, ACCESS.c.roles).where(
            *_HELD, ACCESS.c.holder_kind == literal("member"), ACCESS.c.holder == bindparam("holder")
        ),
        select(ACCESS.c.entity, ACCESS.c.roles)
        .join_from(TEAM_MEMBERS, ACCESS, ACCESS.c.holder == TEAM_MEMBERS.c.team)
        .where(
            *_HELD, ACCESS.c.holder_kind == literal("team"), TEAM_MEMBERS.c.membership == bindparam("holder")
        ),
    ),
    ("organization", "holder"),
)


def entering_person(r: Read, organization: str, person: int) -> Sequence[Any] | None:
    """Organization, plan, membership, its id, role, id of its access, is_billing: of a member of an open one."""
    return next(iter(r.rows(_PERSON, organization, person)), None)


def entering_key(r: Read, organization: str, key: str) -> Sequence[Any] | None:
    """Organization, plan, key, the id of its member: where the key is the open organization's."""
    return next(iter(r.rows(_KEY, organization, key)), None)


def entering_system(r: Read, organization: str, seq: int) -> Sequence[Any] | None:
    """Organization and plan, where it is open and the one with this number."""
    return next(iter(r.rows(_ORGANIZATION, organization, seq)), None)


def given_to_member(r: Read, organization: int, membership: int) -> list[tuple[str, str]]:
    """Entities and the roles there, of a member and of the teams that it is in."""
    return r.rows(_GIVEN_TO_MEMBER, organization, membership)


def given_to_key(r: Read, organization: int, key: int) -> list[tuple[str, str]]:
    return r.rows(_GIVEN, organization, "api_key", key)
