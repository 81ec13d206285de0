"""Who is behind the inner numbers that other contexts keep of people and organizations."""

import dataclasses
from collections.abc import Iterable

from hyway.domain.identity.records import Caller, Organization, Person
from hyway.domain.identity.rules import PERSONAL_PLAN
from hyway.domain.identity.store import naming as store
from hyway.kernel.db import Read


def named(r: Read, people: Iterable[int]) -> dict[int, Person]:
    """People by their numbers, in one statement."""
    wanted = sorted(set(people))
    return store.people(r, wanted) if wanted else {}


def numbered(r: Read, person_id: str) -> int | None:
    """The number of the person with that id."""
    return store.numbered(r, person_id)


def organizations_named(r: Read, organizations: Iterable[int]) -> dict[int, Organization]:
    """Organizations by their numbers."""
    return store.organizations(r, organizations)


def open_to(r: Read, organizations: Iterable[int], person: int | None) -> set[int]:
    """Those among the organizations that the person, or a stranger, may learn of.

    Public and restricted ones anybody may, private ones their members alone.
    """
    return store.open_to(r, organizations, person)


def within(by: Caller, organization: int) -> Caller:
    """The same who asks, heard of in another organization; with no powers there."""
    member = by.member if by.organization == organization else ""
    return dataclasses.replace(by, organization=organization, role=None, grants=None, member=member)


def member_id(r: Read, organization: int, person: int) -> str | None:
    """The id of a person's membership (`memb_…`), None where they are no member."""
    return store.member_id(r, organization, person)


def how_many(r: Read, organizations: Iterable[int]) -> dict[int, int]:
    """The number of members of each of the organizations."""
    return store.how_many(r, sorted(set(organizations)))


def server(organization: int) -> Caller:
    """The server itself, acting for an organization."""
    return Caller(organization, PERSONAL_PLAN, "system", "server", "Hyway", "server", role="owner")
