"""Nouns of connections: whom an organization is integrated with, and which of its things are connected to theirs."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from hyway.kernel.clock import Instant

EntityKind = Literal["Organization", "Project", "App", "Team", "Member"]
ConnectionType = Literal[
    "User",
    "DistributionList",
    "MessagingChannel",
    "GitRepository",
    "GitTeam",
    "DNSZone",
    "ContainerRegistry",
    "CloudSubscription",
    "Account",
]
"""What a thing of an organization can be connected to; an `Account` is a member's own one at a vendor."""
Status = Literal["Pending", "AwaitingVerification", "Ready", "Failed", "Decommissioning"]


@dataclass(frozen=True, slots=True)
class Integration:
    """A vendor that an organization uses. `config` is without its secrets."""

    seq: int
    id: str
    organization: int
    type: str
    config: Mapping[str, Any]
    created_at: Instant
    created_by: str


@dataclass(frozen=True, slots=True)
class Entity:
    """A thing of an organization: `email` of a member, and of a team nothing."""

    kind: EntityKind
    id: str
    name: str
    email: str = ""


@dataclass(frozen=True, slots=True)
class Connection:
    """`remote` is what the vendor knows it by, once there is something; `config` is what of it may be shown."""

    seq: int
    id: str
    organization: int
    integration: int
    status: Status
    type: ConnectionType
    entity: Entity
    input: str
    remote: str
    config: Mapping[str, Any]
    errors: tuple[str, ...]
    is_retryable: bool
    verification_emails: tuple[str, ...]
    created_at: Instant
    updated_at: Instant
    integration_id: str = ""
    integration_type: str = ""
    project: str | None = None
    """The id of the project that the entity is, or is part of."""
    attempts: int = 0
    """How often it was tried since it last went well."""
    next_at: Instant | None = None
    """When it is tried next, where it is."""


@dataclass(frozen=True, slots=True)
class ConnectionAccess:
    """Somebody's or a team's way into what another entity is connected to: `who` is what the vendor knows them by.

    `assignment` is their own connection, None where they are known by an e-mail address alone.
    """

    seq: int
    id: str
    status: Status
    connection: Connection
    assignment: Connection | None
    holder: str
    who: str
    errors: tuple[str, ...]
    created_at: Instant
    updated_at: Instant


@dataclass(frozen=True, slots=True)
class ConnectionQuery:
    """All that is given must hold; an empty collection asks for nothing."""

    projects: Collection[str] = ()
    integrations: Collection[str] = ()
    integration_types: Collection[str] = ()
    entities: Collection[str] = ()
    types: Collection[str] = ()
    connections: Collection[str] = ()
    statuses: Collection[str] = ()
    offset: int = 0
    limit: int = 100


@dataclass(frozen=True, slots=True)
class AccessQuery:
    """`entity_connections` are what somebody was let into, `assignment_connections` their own."""

    entity_connections: Collection[str] = ()
    assignment_connections: Collection[str] = ()
    entities: Collection[str] = ()
    assignments: Collection[str] = ()
    offset: int = 0
    limit: int = 100


@dataclass(frozen=True, slots=True)
class Import:
    """Things of a vendor's on their way in: `done` of `total` were looked at; `errors` are of those that failed."""

    seq: int
    id: str
    organization: int
    integration: int
    type: ConnectionType
    parent: str
    status: Literal["accepted", "running", "done", "failed"]
    total: int
    done: int
    errors: tuple[str, ...]
    created_at: Instant
    updated_at: Instant


@dataclass(frozen=True, slots=True)
class Busy:
    """Whose work must wait: types of integrations, and integrations, that have as much under way as they may."""

    types: frozenset[str] = frozenset()
    integrations: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Zone:
    """A DNS zone of an organization at one of its vendors; `remote` is the vendor's id of it."""

    seq: int
    id: str
    organization: int
    integration: int
    name: str
    remote: str
    created_at: Instant
    created_by: str
    modified_at: Instant
    modified_by: str
    deleted_at: Instant | None = None
    deleted_by: str | None = None


@dataclass(frozen=True, slots=True)
class ZoneRecord:
    """A record that we keep in a zone for one of our domains, `domain` being its id; `error` is why it is not there.

    `is_wanted` is false where it is to go, `is_ours` where somebody else wrote it before us; `next_at` is when it is
    tried next, where it is.
    """

    seq: int
    organization: int
    zone: int
    domain: str
    type: str
    name: str
    value: str
    is_wanted: bool
    written_at: Instant | None
    error: str
    attempts: int
    next_at: Instant | None
    is_ours: bool


@dataclass(frozen=True, slots=True)
class Resource:
    """Something at a vendor that could be imported: `more` are texts that its importer keeps."""

    id: str
    name: str
    more: Mapping[str, str] = field(default_factory=dict)
