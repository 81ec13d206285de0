"""Whom the demonstration's organization works with: an integration with each kind of vendor, connections as they stand
in every way, an import and a DNS zone.

It is told by the same work that the server does, with vendors that are played. The integrations have no credentials:
nothing that a server does with them later, and nobody's click, asks a vendor.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from hyway import main
from hyway.commands import demo_projects, demo_vendors
from hyway.commands.demo_fleet import telling
from hyway.commands.demo_vendors import Knowing, Played
from hyway.domain import connections, identity, links
from hyway.domain.connections import Integration, Registry
from hyway.domain.identity import Caller, NewMember
from hyway.domain.links import NewDomain
from hyway.kernel import clock
from hyway.kernel.clock import DAY, MINUTE
from hyway.kernel.db import Database
from hyway.kernel.jobs import SCHEDULES, Means
from hyway.kernel.outgoing import Outgoing
from hyway.settings import Settings

_SETTINGS: dict[str, dict[str, str]] = {
    "github": {"organization": "example"},
    "slack": {"workspaceId": "T00000DEMO"},
    "googleWorkspace": {"domain": "example.com", "administrator": "owner@example.com"},
    "cloudflare": {},
    "aws": {"accessKeyId": "DEMOACCESSKEY", "region": "eu-central-1"},
}
_PEOPLE = (
    ("backend", "Backend", "developer"),
    ("frontend", "Frontend", "developer"),
    ("design", "Product", "designer"),
    ("support", "Customer", "support"),
)
_TEAMS = {
    "Backend": ("backend", "frontend"),
    "Shop": ("frontend", "design", "support"),
    "Support": ("support",),
}
_SECONDS = 30.0
_TRIES = 7
"""How often the vendor that does not answer was asked."""


@dataclass
class _Scene:
    db: Database
    by: Caller
    known: Registry
    of: dict[str, Integration] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)

    def write(self, verb: Any, *args: Any, **more: Any) -> Any:
        return self.db.write_now(partial(verb, **more), *args)

    def connect(self, vendor: str, type: str, entity: str, input: str = "") -> None:
        """Where its provider is installed."""
        of = self.of.get(vendor)
        if of is not None:
            create = connections.connections.create
            self.write(create, self.by, self.known, of.id, type, self.ids[entity], input)

    def work(self) -> None:
        """What is due, as the server does it."""
        means = Means(self.db, Outgoing(lambda _: False), parts={connections.registry.PART: self.known})
        look = next(each.chore for each in SCHEDULES if each.name.endswith("connections.jobs.look"))
        look(means)
        self.known.rest(_SECONDS)


def play(settings: Settings, by: Caller) -> int:
    """How many integrations are new. Letters about it are never sent."""
    db = main.open_database(replace(settings, smtp="", mail_from=""), threads=2)
    try:
        return fill(db, by)
    finally:
        db.close()


def fill(db: Database, by: Caller) -> int:
    """How many integrations are new; none where there is any."""
    import hyway.worker  # noqa: F401  # registers the work

    if db.read_now(connections.integrations.page, by)[1]:
        return 0
    with telling() as tell:
        end = clock.now()
        scene = _Scene(db, by, _vendors())
        for days, happen in ((31, _people), (30, _integrate), (29, _connect), (20, _bring), (19, _domains)):
            tell(end - days * DAY)
            happen(scene)
            scene.work()
            tell(end - days * DAY + MINUTE)
            scene.work()
        tell(end - _TRIES * 15 * MINUTE)
        scene.connect("aws", "ContainerRegistry", "web-shop", demo_vendors.SILENT)
        for left in reversed(range(_TRIES)):
            tell(end - left * 15 * MINUTE)
            scene.work()
    return len(scene.of)


def _vendors() -> Registry:
    """With the entries of those that are installed."""
    entries = {each.type: each for each in connections.registry.load({}).entries()}
    there = [entries[type] for type in _SETTINGS if type in entries]
    return Registry([(Knowing if each.type in ("github", "slack") else Played)(each) for each in there])


def _people(scene: _Scene) -> None:
    by = scene.by
    for name, first, last in _PEOPLE:
        new = NewMember(f"{name}@example.com", first, last)
        scene.ids[name] = scene.write(identity.profiles.create, by, new).id
    for name, inside in _TEAMS.items():
        team = scene.write(identity.teams.create, by, name)
        ids = [scene.ids[each] for each in inside]
        scene.write(identity.teams.replace_members, by, team.id, ids)
        scene.ids[name] = team.id
    scene.ids |= {app.alternate_id: app.id for app in demo_projects.build(scene.db, by)}
    scene.ids["storefront"] = demo_projects.PROJECT.alternate_id


def _integrate(scene: _Scene) -> None:
    for type in scene.known.types:
        draft = connections.integrations.Draft(type, _SETTINGS[type], {})
        scene.of[type] = scene.write(connections.integrations.create, scene.by, draft)


def _connect(scene: _Scene) -> None:
    rows: Sequence[tuple[str, str, str, str]] = (
        ("github", "User", "backend", "backend-github"),
        ("github", "User", "frontend", "frontend-github"),
        ("github", "GitTeam", "Backend", ""),
        ("github", "GitRepository", "orders-api", "orders-api"),
        ("github", "GitRepository", "web-shop", demo_vendors.REFUSED),
        ("slack", "MessagingChannel", "Backend", "backend"),
        ("slack", "MessagingChannel", "Shop", "shop"),
        ("googleWorkspace", "DistributionList", "Support", demo_vendors.CONFIRMED),
        ("aws", "ContainerRegistry", "orders-api", "shop/orders-api"),
    )
    for vendor, type, entity, input in rows:
        scene.connect(vendor, type, entity, input)


def _bring(scene: _Scene) -> None:
    """What is there already becomes something here."""
    for vendor, type, there in (
        ("github", "GitRepository", demo_vendors.REPOSITORIES),
        ("cloudflare", "DNSZone", demo_vendors.ZONES),
    ):
        of, wanted = scene.of.get(vendor), [{"id": each.id} for each in there]
        if of is not None:
            scene.write(connections.imports.start, scene.by, scene.known, of.id, type, wanted)


def _domains(scene: _Scene) -> None:
    """Two within the zone: the records of one are written, those of the other cannot all be."""
    for name in ("go.shop.example", demo_vendors.LOCKED):
        scene.write(links.domains.create, scene.by, NewDomain(name, None, None))


__all__ = ["play"]
