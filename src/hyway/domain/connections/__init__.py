"""Integrations with vendors, connections of an organization's things to theirs, and DNS zones."""

from hyway.domain.connections import providing
from hyway.domain.connections.records import (
    Connection,
    ConnectionType,
    Entity,
    EntityKind,
    Integration,
    Resource,
    Status,
    Zone,
)

__all__ = [
    "Connection",
    "ConnectionType",
    "Entity",
    "EntityKind",
    "Integration",
    "Resource",
    "Status",
    "Zone",
    "providing",
]
