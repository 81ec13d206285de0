"""What a vendor must be able to do, for an integration with it: the interface that providers have.

A provider is stateless: it is given the configuration (secrets opened) with every call, works on a worker's thread or
on that of a request, and speaks through the vendor's own client. Every call that changes something can be made twice
with the same effect: `make` looks for what it would make, by `key`, before it makes it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from hyway.domain.connections.records import ConnectionType, Entity, EntityKind, Resource

ENTRY_POINTS = "hyway.integrations"
"""The group under which packages name their providers: `aws = "hyway.providers.aws:provider"`, where `provider` is one
provider, or a function without arguments that makes it."""


class Declined(Exception):
    """The vendor refuses, and will refuse again: the text says why, for the organization's people to read."""


class Unclear(Exception):
    """No answer, or one that says nothing of the outcome: to be tried again, but not within `after` seconds. The text
    is for people to read."""

    def __init__(self, text: str, after: float = 0.0) -> None:
        super().__init__(text)
        self.after = after


@dataclass(frozen=True, slots=True)
class Field:
    """One setting of an integration; a `secret` is sealed, and never shown again."""

    name: str
    title: str
    description: str = ""
    secret: bool = False
    required: bool = True
    longest: int = 500
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """A type of connection, and the kinds of things that can have one."""

    connection: ConnectionType
    to: tuple[EntityKind, ...]
    needs_input: bool = False
    is_importable: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the catalogue. `image` is SVG text of its mark, drawn for us: no vendor's artwork."""

    type: str
    name: str
    description: str
    provides: tuple[Offer, ...]
    fields: tuple[Field, ...]
    image: str = ""
    color: str = "#5b6472"
    guide: tuple[str, ...] = ()
    """What a person does at the vendor's, step by step, to get what the fields ask for."""


SECONDS = 20.0
"""What one request to a vendor may take."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How a provider gets to its vendor: `endpoint` replaces the vendor's own address, for tests and for proxies."""

    config: Mapping[str, Any]
    endpoint: str = ""
    seconds: float = SECONDS
    anywhere: bool = False
    """Whether private addresses may be asked, too; those of `endpoint` always may."""


@dataclass(frozen=True, slots=True)
class Made:
    """What there is at the vendor now; with `verification_emails`, somebody has to tell us a code sent there."""

    remote: str
    config: Mapping[str, Any] = field(default_factory=dict)
    verification_emails: tuple[str, ...] = ()


class Provider(Protocol):
    """Declined and Unclear are the only exceptions that a provider may raise."""

    entry: Entry

    def check(self, reach: Reach) -> None:
        """Whether the vendor lets us in with this configuration, with what it needs to be allowed."""

    def resources(self, reach: Reach, type: ConnectionType, parent: str = "") -> Sequence[Resource]:
        """All there are, however many pages the vendor makes of them, 10,000 at most.

        A resource's id is what `remote` of a connection to it is. `more` of a person says `email`, if that may be seen,
        and `firstName` and `lastName`.
        """

    def make(self, reach: Reach, type: ConnectionType, entity: Entity, input: str, key: str) -> Made:
        """Finds or makes what the entity is connected to; `key` is the connection's id, the same at each try."""

    def verify(self, reach: Reach, type: ConnectionType, remote: str, code: str) -> Made:
        """What there is once the code was right; Declined where it was not."""

    def remove(self, reach: Reach, type: ConnectionType, remote: str) -> None:
        """Takes it away at the vendor's; what is not there is no mistake."""

    def members(self, reach: Reach, type: ConnectionType, remote: str) -> frozenset[str]:
        """Who is on a list or in a channel, a team, a repository: e-mail addresses, or the vendor's ids of people."""

    def admit(self, reach: Reach, type: ConnectionType, remote: str, who: str) -> None:
        """Puts somebody there; who is there already is no mistake."""

    def dismiss(self, reach: Reach, type: ConnectionType, remote: str, who: str) -> None:
        """Takes somebody away; who is not there is no mistake."""


@runtime_checkable
class DnsProvider(Provider, Protocol):
    """A provider whose zones can be written."""

    def records(self, reach: Reach, zone: str, name: str, type: str) -> Sequence[str]:
        """The values of a name and type as the vendor has them, those of TXT in quotes or not; none where none are."""

    def put_record(self, reach: Reach, zone: str, name: str, type: str, value: str, seconds: int) -> None:
        """Adds the value to those of a name and type; already so is no mistake. What others wrote stays as it is:
        Declined where only one value can be there, and another is."""

    def drop_record(self, reach: Reach, zone: str, name: str, type: str, value: str) -> None:
        """Takes the one value away; what is not there is no mistake."""


@runtime_checkable
class Directory(Protocol):
    """What a provider has besides whose lists and channels know people by its own ids, not by e-mail addresses."""

    def whom(self, reach: Reach, email: str, accounts: Mapping[str, str]) -> str:
        """The vendor's id of somebody, as `members`, `admit` and `dismiss` have it; empty where it knows nobody such.
        `accounts` are the identifiers of their connected accounts by type."""


@runtime_checkable
class Inviting(Protocol):
    """What a provider has besides that is set up by being let in at the vendor's page, with proof of who asked."""

    def invite(self, reach: Reach, redirect: str, state: str, challenge: str) -> str:
        """The address of that page. `challenge` is the S256 code challenge, or empty; `reach` has no configuration: its
        `endpoint` is what the operator named for this type of integration. Nobody is asked for it."""

    def redeem(self, reach: Reach, redirect: str) -> Mapping[str, Any]:
        """The configuration for `reach.config` that has `code`, and `codeVerifier` where there was a challenge."""
