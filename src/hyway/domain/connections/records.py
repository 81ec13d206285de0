"""Nouns of connections: whom an organization is integrated with, and which of its things are connected to theirs."""

from collections.abc import Mapping
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
class Resource:
    """Something at a vendor that could be imported: `more` are texts that its importer keeps."""

    id: str
    name: str
    more: Mapping[str, str] = field(default_factory=dict)
