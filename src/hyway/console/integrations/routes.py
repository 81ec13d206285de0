"""Which pages there are."""

from hyway.console.integrations import (
    accounts,
    catalogue,
    connections,
    importing,
    integration,
    invites,
    packages,
    zones,
)

ROUTES = [
    *catalogue.ROUTES,
    *invites.ROUTES,
    *integration.ROUTES,
    *importing.ROUTES,
    *connections.ROUTES,
    *zones.ROUTES,
    *accounts.ROUTES,
    *packages.ROUTES,
]
