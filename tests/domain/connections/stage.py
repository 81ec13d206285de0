"""An organization with a project, a team and members, integrated with a workshop on the loopback."""

import asyncio
from typing import Any

from hyway.domain import connections, identity, projects
from hyway.domain.connections import Connection, ConnectionQuery, Import, Integration, Registry, jobs
from hyway.domain.connections.providing import Provider
from hyway.domain.identity import Caller, Member, NewMember
from hyway.domain.projects import NewApp, NewProject
from hyway.kernel.db import Database
from tests.make.vendor import TOKEN, TYPE, Workshop
from tests.make.vendor import Provider as Workshops

SECONDS = 30.0


class Stage:
    """`work()` does what is due, as the background would."""

    def __init__(
        self, db: Database, vendor: Workshop, provider: Provider | None = None, name: str = "Acme"
    ) -> None:
        self.db, self.vendor, self.type = db, vendor, TYPE
        self.known = Registry([provider or Workshops()], {TYPE: vendor.address})
        self.home = db.write_now(identity.found_organization, name)
        self.by: Caller = identity.command_line(self.home)
        self.project = db.write_now(projects.create, self.by, NewProject("shop", "Shop"))
        self.app = db.write_now(projects.apps.create, self.by, "shop", NewApp("web", "Web"))
        self.team = db.write_now(identity.teams.create, self.by, "Core")

    def integrate(self, **config: Any) -> Integration:
        adding = connections.integrations.add(
            self.db, self.known, self.by, self.type, {"token": TOKEN, **config}
        )
        return asyncio.run(adding)

    def member(self, name: str, **more: Any) -> Member:
        return self.db.write_now(identity.profiles.create, self.by, NewMember(f"{name}@example.com", **more))

    def staff(self, *members: Member) -> None:
        """The team's members, and nobody else."""
        ids = [each.id for each in members]
        self.db.write_now(identity.teams.replace_members, self.by, self.team.id, ids)

    def connect(self, of: Integration, type: str, entity: str, input: str = "") -> Connection:
        make = connections.connections.create
        return self.db.write_now(make, self.by, self.known, of.id, type, entity, input)

    def connected(self, of: Integration, type: str, entity: str, input: str = "") -> Connection:
        """The same once it was worked on."""
        made = self.connect(of, type, entity, input)
        self.work()
        return self.again(made)

    def again(self, of: Connection) -> Connection:
        return self.db.read_now(connections.connections.find, self.by, of.integration_id, of.id)

    def all(self, **query: Any) -> list[Connection]:
        return self.db.read_now(connections.connections.page, self.by, ConnectionQuery(**query))[0]

    def drop(self, of: Connection, decommission: bool = False) -> None:
        drop = connections.connections.drop
        self.db.write_now(drop, self.by, of.integration_id, of.id, decommission)

    def bring(self, of: Integration, type: str, *ids: str) -> Import:
        start = connections.imports.start
        return self.db.write_now(start, self.by, self.known, of.id, type, [{"id": id} for id in ids])

    def import_again(self, of: Integration, made: Import) -> Import:
        return self.db.read_now(connections.imports.find, self.by, of.id, made.id)

    def work(self) -> None:
        """Until nothing is due; what is to be tried again later is not."""
        jobs.begin(self.db, self.known)
        assert self.known.rest(SECONDS)
