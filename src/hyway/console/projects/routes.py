"""Which pages there are."""

from hyway.console.projects import (
    addresses,
    api_keys,
    apps,
    clients,
    env_files,
    environments,
    giving,
    people,
    projects,
    roles,
    sessions,
    stars,
    teams,
)

ROUTES = [
    *people.ROUTES,
    *roles.ROUTES,
    *giving.ROUTES,
    *teams.ROUTES,
    *api_keys.ROUTES,
    *projects.ROUTES,
    *environments.ROUTES,
    *apps.ROUTES,
    *addresses.ROUTES,
    *env_files.ROUTES,
    *clients.ROUTES,
    *sessions.ROUTES,
    *stars.ROUTES,
]
