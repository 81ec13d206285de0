"""Integrations with vendors, connections of an organization's things to theirs, and DNS zones."""

from hyway.domain.connections import (
    connections,
    hearing,
    importing,
    imports,
    integrations,
    invites,
    providing,
    registry,
)
from hyway.domain.connections.records import (
    AccessQuery,
    Connection,
    ConnectionAccess,
    ConnectionQuery,
    ConnectionType,
    Entity,
    EntityKind,
    Import,
    Integration,
    Resource,
    Status,
    Zone,
)
from hyway.domain.connections.registry import Registry

__all__ = [
    "AccessQuery",
    "Connection",
    "ConnectionAccess",
    "ConnectionQuery",
    "ConnectionType",
    "Entity",
    "EntityKind",
    "Import",
    "Integration",
    "Registry",
    "Resource",
    "Status",
    "Zone",
    "connections",
    "hearing",
    "importing",
    "imports",
    "integrations",
    "invites",
    "providing",
    "registry",
]
