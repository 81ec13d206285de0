"""Nouns of who belongs: members as an organization knows them, their accounts elsewhere, favorites and teams."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from hyway.kernel.clock import Instant

TeamType = Literal["static", "dynamic"]


class Named(NamedTuple):
    """What is spoken of elsewhere: its id on the wire of projects, and its name."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Account:
    """An account that a member has with somebody else: known by an address of a page, or by an e-mail address."""

    type: str
    identifier: str
    email: str | None = None
    profile_url: str | None = None


@dataclass(frozen=True, slots=True)
class Favorite:
    """`id` is that of the thing; `own` is the favorite's own."""

    own: str
    id: str
    type: str
    name: str
    part_of: str | None
    index: int


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in an organization, as it knows them; or a program there, an API key, which has no `seq`.

    Names and address are the organization's, and the person's own where it says nothing. Accounts, teams and favorites
    are filled where one member is asked for; lists of members show the accounts alone.
    """

    seq: int | None
    id: str
    first_name: str | None
    last_name: str | None
    nickname: str
    email: str | None
    organization: Named
    roles: tuple[str, ...]
    accounts: tuple[Account, ...] = ()
    teams: tuple[Named, ...] = ()
    favorites: tuple[Favorite, ...] = ()


@dataclass(frozen=True, slots=True)
class NewMember:
    email: str
    first_name: str | None = None
    last_name: str | None = None
    nickname: str | None = None
    accounts: tuple[Account, ...] = ()


@dataclass(frozen=True, slots=True)
class Profile:
    """What criteria of teams look at."""

    first_name: str | None
    last_name: str | None
    nickname: str
    email: str
    accounts: frozenset[str] = frozenset()
    is_claimed: bool = False
    """Whether the address is one that they have signed up with and never shown to be theirs: it counts for nothing."""


@dataclass(frozen=True, slots=True)
class Team:
    """`criteria` and `channels` are JSON-shaped, as they were given; a static team has no criteria."""

    seq: int
    id: str
    name: str
    type: TeamType
    criteria: tuple[Mapping[str, Any], ...]
    channels: tuple[Mapping[str, Any], ...]
    member_count: int
    organization: Named
    created_at: Instant
    updated_at: Instant
