"""An organization that is integrated with Cloudflare, as its wire on the loopback has it, and with short domains."""

import asyncio

from hyway.domain import audit, connections, identity, links
from hyway.domain.connections import Integration, Registry, Zone, ZoneRecord, jobs
from hyway.domain.identity import Caller
from hyway.domain.links import Domain, NewDomain
from hyway.kernel.db import Database
from hyway.providers.cloudflare import provider
from tests.providers.wires.cloudflare import ACCOUNT, TOKEN, Cloudflare


class ZoneStage:
    """`work()` does what is due, as the background would."""

    def __init__(self, db: Database, vendor: Cloudflare, address: str) -> None:
        self.db, self.vendor = db, vendor
        self.known = Registry([provider], {"cloudflare": address})
        self.home = db.write_now(identity.found_organization, "Acme")
        self.by: Caller = identity.command_line(self.home)
        config = {"apiToken": TOKEN, "accountId": ACCOUNT}
        add = connections.integrations.add(db, self.known, self.by, "cloudflare", config)
        self.integration: Integration = asyncio.run(add)

    def work(self) -> None:
        jobs.begin(self.db, self.known)
        assert self.known.rest(30)

    def bring(self, *remotes: str) -> list[Zone]:
        """Imports these of the vendor's; all zones there are then."""
        told = [{"id": each} for each in remotes]
        self.db.write_now(
            connections.imports.start, self.by, self.known, self.integration.id, "DNSZone", told
        )
        self.work()
        return self.zones()

    def zones(self) -> list[Zone]:
        return self.db.read_now(connections.zones.page, self.by)[0]

    def domain(self, name: str) -> Domain:
        return self.db.write_now(links.domains.create, self.by, NewDomain(name))

    def again(self, of: Domain) -> Domain:
        return self.db.read_now(links.domains.find, self.by, of.id)

    def drop(self, of: Domain) -> None:
        self.db.write_now(links.domains.drop, self.by, of.id)

    def kept(self, zone: Zone) -> list[ZoneRecord]:
        return self.db.read_now(connections.zones.records, self.by, zone.id)

    def written(self, remote: str) -> list[tuple[str, str, str]]:
        """What the vendor has."""
        found = self.vendor.records[remote].values()
        return sorted((each["type"], each["name"], each["content"]) for each in found)

    def told(self, prefix: str) -> list[str]:
        """The words of what was announced of something, the oldest first."""
        found = self.db.read_now(audit.recent, self.by, most=100)
        return [each.action for each in reversed(found) if each.action.startswith(prefix)]
