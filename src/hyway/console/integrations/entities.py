"""What of an organization can be connected."""

from collections.abc import Iterator

from hyway.console.integrations.words import KINDS
from hyway.console.projects.words import title
from hyway.domain import identity, projects
from hyway.domain.connections import EntityKind, Offer
from hyway.domain.identity import Caller
from hyway.domain.projects import AppQuery
from hyway.kernel.db import Read

_MOST = 500
"""Of a kind: a list that is longer is no use to anybody."""

Group = tuple[str, list[tuple[str, str]]]
"""What a kind is called, and the ids and names of those of it."""


def choices(r: Read, by: Caller, offer: Offer) -> list[Group]:
    """Those that can have a connection of this type, as far as the caller sees them."""
    found = [(KINDS[kind], list(_of(r, by, kind))) for kind in offer.to]
    return [(name, rows) for name, rows in found if rows]


def _of(r: Read, by: Caller, kind: EntityKind) -> Iterator[tuple[str, str]]:
    match kind:
        case "Organization":
            own = identity.organization(r, by)
            yield own.wire_id, own.name
        case "Team":
            yield from ((each.id, each.name) for each in identity.teams.page(r, by)[:_MOST])
        case "Member":
            people, _ = identity.profiles.page(r, by, limit=_MOST)
            yield from ((each.id, _named(title(each), each.email)) for each in people)
        case "Project":
            yield from ((each.id, each.name) for each in projects.page(r, by, 0, _MOST)[0])
        case "App":
            apps, _ = projects.apps.page(r, by, AppQuery(), 0, _MOST)
            yield from ((each.id, f"{each.name} ({each.project.name})") for each in apps)


def _named(name: str, email: str | None) -> str:
    return f"{name} <{email}>" if email and email != name else name
