"""How somebody who is known becomes somebody who may do things in an organization."""

import dataclasses
from collections.abc import Iterable
from typing import NamedTuple

from hyway.domain.identity.access import roles
from hyway.domain.identity.records import NOBODYS, Caller, Grants, Role
from hyway.domain.identity.store import access as store
from hyway.kernel.db import Read
from hyway.kernel.faults import Missing

_ABSENT = "Organization not found"


class Place(NamedTuple):
    """What somebody is in an organization: all of it can be remembered, whatever they show when they come back."""

    organization: int
    plan: str
    role: Role | None
    member: str
    grants: Grants

    def at(self, by: Caller) -> Caller:
        """The caller, in its place."""
        return dataclasses.replace(
            by,
            organization=self.organization,
            plan=self.plan,
            role=self.role,
            member=self.member,
            grants=self.grants,
        )


def enter(r: Read, by: Caller, organization: str) -> Caller:
    """The same caller inside the organization with this id (`org_…`), with all that it may do there.

    Missing where it does not belong, whether or not there is such an organization. `role` is then what the caller is
    to the other APIs: whoever administers through a team, or a key that does, is an admin to them.
    """
    return place(r, by, organization).at(by)


def place(r: Read, by: Caller, organization: str) -> Place:
    """What `enter` finds, with two short statements."""
    if "\x00" in organization:
        raise Missing(_ABSENT)
    if by.actor_kind == "person" and by.person is not None:
        return _of_person(r, by.person, organization)
    if by.actor_kind == "key":
        return _of_key(r, by, organization)
    row = store.entering_system(r, organization, by.organization)
    if row is None or by.actor_kind != "system":
        raise Missing(_ABSENT)
    return Place(row[0], row[1], by.role, "", Grants(frozenset({roles.ADMIN})))


def _of_person(r: Read, person: int, organization: str) -> Place:
    row = store.entering_person(r, organization, person)
    if row is None:
        raise Missing(_ABSENT)
    seq, plan, membership, member, role, access, is_billing = row
    own = of_membership(role, is_billing=bool(is_billing), has_access=access is not None)
    grants = _grants(organization, own, store.given_to_member(r, seq, membership))
    return Place(seq, plan, _role(role, grants), member, grants)


def _of_key(r: Read, by: Caller, organization: str) -> Place:
    row = store.entering_key(r, organization, by.actor_id)
    if row is None or row[0] != by.organization or by.organization == NOBODYS:
        raise Missing(_ABSENT)
    seq, plan, key, member = row
    grants = _grants(organization, frozenset(), store.given_to_key(r, seq, key))
    return Place(seq, plan, _role("member", grants), member, grants)


def of_membership(role: str, *, is_billing: bool, has_access: bool) -> frozenset[str]:
    """A member's own roles on the organization, which the other APIs know as owner, admin or member."""
    if not has_access:
        return frozenset()
    own = roles.ADMIN if role in ("owner", "admin") else roles.MEMBER
    return frozenset((own, roles.BILLING)) if is_billing else frozenset((own,))


def _grants(organization: str, own: frozenset[str], given: Iterable[tuple[str, str]]) -> Grants:
    on: dict[str, frozenset[str]] = {organization: own}
    for entity, names in given:
        on[entity] = on.get(entity, frozenset()).union(names.split())
    return Grants(on.pop(organization), on)


def _role(role: Role, grants: Grants) -> Role:
    return "admin" if role == "member" and roles.ADMIN in grants.organization else role
