"""Who is at a page of creators: a person with or without an organization, or a member of the one in the address."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from urllib.parse import urlencode

from litestar.di import NamedDependency

from hyway.console import arrive
from hyway.console.arrive import Elsewhere
from hyway.console.visit import SESSION, Asked, Page, Visit
from hyway.domain import identity, notices
from hyway.domain.identity import Caller
from hyway.kernel import sqid
from hyway.kernel.db import Read
from hyway.kernel.faults import Missing

T = TypeVar("T")
PAGE = 20
"""Rows of a list."""


@dataclass(frozen=True, kw_only=True)
class Stay(Visit):
    """A person at their own pages, or at those for everybody."""

    inbox: int = 0
    """What they have not seen of what they were told."""

    @property
    def side(self) -> str:
        return "you"

    def number(self, name: str) -> int:
        """The inner number of the id in the address; Missing where it is spelled otherwise."""
        said = str(self.request.path_params[name])
        found = sqid.owner(said) if name == "organization" else sqid.number(said)
        if found is None:
            raise Missing("")
        return found

    @property
    def leaf(self) -> int:
        """Which page of a list is asked for, from 1."""
        return self.asked.whole("page", 1, 1_000_000, 1)

    async def turned(
        self, verb: Callable[..., tuple[list[T], int]], *about: Any, size: int = PAGE
    ) -> tuple[list[T], "Leaves"]:
        """The page of a list that is asked for, the last one where there are not so many."""
        leaf = self.leaf
        rows, total = await self.read(verb, *about, offset=(leaf - 1) * size, limit=size)
        last = max(1, -(-total // size))
        if leaf > last:
            leaf = last
            rows, total = await self.read(verb, *about, offset=(leaf - 1) * size, limit=size)
        return rows, leaves(self.request, leaf, total, size)


@dataclass(frozen=True, kw_only=True)
class There(Stay):
    """A member at the pages of an organization, which need not be the one of their session."""

    membership: identity.Membership

    @property
    def side(self) -> str:
        return "organization"

    @property
    def organization(self) -> identity.Organization:
        return self.membership.organization

    @property
    def role(self) -> identity.Role | None:
        return self.membership.role

    @property
    def base(self) -> str:
        return home_of(self.organization.seq)

    @property
    def is_session(self) -> bool:
        """Whether the rooms of links and tracking show the same organization."""
        return self.who.organization is not None and self.who.organization.seq == self.organization.seq


Mine = NamedDependency[Stay]
"""A person, as the handler of a page asks for it."""
Theirs = NamedDependency[There]
"""A member in the organization of the address."""


@dataclass(frozen=True)
class Leaves:
    """Which rows of a list are shown, and where those before and after them are."""

    first: int
    last: int
    total: int
    before: str
    after: str


def leaves(request: Asked, leaf: int, total: int, size: int = PAGE, name: str = "page") -> Leaves:
    """The filters in the address are kept."""
    kept = [(key, value) for key, value in request.query_params.multi_items() if key != name]

    def at(number: int) -> str:
        return f"{request.url.path}?{urlencode([*kept, (name, str(number))])}"

    return Leaves(
        first=min((leaf - 1) * size + 1, total),
        last=min(leaf * size, total),
        total=total,
        before=at(leaf - 1) if leaf > 1 else "",
        after=at(leaf + 1) if leaf * size < total else "",
    )


def home_of(organization: int) -> str:
    """Where the pages of an organization begin."""
    return f"/organizations/{sqid.text(organization)}"


def _here(r: Read, token: str) -> tuple[arrive.Came, int] | None:
    there = arrive.came(r, token)
    return (there, _inbox(r, there.who.caller())) if there else None


def _inbox(r: Read, by: Caller) -> int:
    return notices.unseen(r, by)


def _within(
    r: Read, token: str, organization: int | None
) -> tuple[arrive.Came, int, Caller, identity.Membership] | None:
    """Missing "Not authorized" for whoever is signed in but no member."""
    found = _here(r, token)
    if found is None:
        return None
    there, inbox = found
    by = identity.at_organization(r, there.who.caller(), -1 if organization is None else organization)
    return there, inbox, by, _membership(there.belongs, by.organization)


def _membership(belongs: Sequence[identity.Membership], organization: int) -> identity.Membership:
    return next(each for each in belongs if each.organization.seq == organization)


async def person(request: Asked) -> Stay:
    """The visit of a person, wherever they belong; who is not signed in goes to the sign-in page."""
    home = arrive.house(request)
    found = await home.db.read(_here, request.cookies.get(SESSION, ""))
    if found is None:
        raise Elsewhere(arrive.sign_in(request))
    return await _stay(request, *found)


async def _stay(request: Asked, there: arrive.Came, inbox: int) -> Stay:
    by = replace(there.who.caller(arrive.request_id(request)), organization=identity.NOBODYS, role=None)
    made = Stay(
        arrive.house(request),
        request,
        there.who,
        there.token,
        by,
        there.belongs,
        inbox,
        arrive.asked(request),
        await arrive.form(request),
        there.is_late,
        inbox=inbox,
    )
    return await arrive.admitted(made)


async def member(request: Asked) -> There:
    """The visit of a member at the organization of the address; a stranger is told that nothing is there."""
    home = arrive.house(request)
    organization = sqid.owner(str(request.path_params["organization"]))
    try:
        found = await home.db.read(_within, request.cookies.get(SESSION, ""), organization)
    except Missing:
        await person(request)  # so that the page of the refusal has their navigation
        raise
    if found is None:
        raise Elsewhere(arrive.sign_in(request))
    there, inbox, by, membership = found
    made = There(
        home,
        request,
        there.who,
        there.token,
        replace(by, request_id=arrive.request_id(request)),
        there.belongs,
        inbox,
        arrive.asked(request),
        await arrive.form(request),
        there.is_late,
        inbox=inbox,
        membership=membership,
    )
    return await arrive.admitted(made)


async def guest(request: Asked) -> Stay | None:
    """The visit of a person, None for a browser that nobody has signed in with."""
    try:
        return await person(request)
    except Elsewhere as wrong:
        if wrong.to == arrive.PASSWORD:
            raise
        return None


Guest = NamedDependency[Stay | None]


def anyone(request: Asked, visit: Stay | None, template: str, status: int = 200, **facts: Any) -> Page:
    """A page that strangers may see, too."""
    if visit is not None:
        return visit.page(template, status, **facts)
    return arrive.house(request).page(request, template, status, path=request.url.path, **facts)
