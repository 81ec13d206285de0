"""Which pages there are."""

from hyway.console.integrations import (
    accounts,
    catalogue,
    connections,
    importing,
    integration,
    invites,
    packages,
    surveying,
    zones,
)

ROUTES = [
    *catalogue.ROUTES,
    *invites.ROUTES,
    *surveying.ROUTES,
    *integration.ROUTES,
    *importing.ROUTES,
    *connections.ROUTES,
    *zones.ROUTES,
    *accounts.ROUTES,
    *packages.ROUTES,
]
