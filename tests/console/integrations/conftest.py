"""An organization that works with a workshop on the loopback, and with vendors that answer at once; browsers."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import pytest

from hyway import console
from hyway.domain import connections
from hyway.domain.connections import Connection, ConnectionQuery, Integration, Registry, jobs
from tests.console.conftest import PUBLIC
from tests.console.projects.conftest import Place
from tests.console.projects.conftest import member as member
from tests.console.projects.conftest import owner as owner
from tests.console.projects.conftest import place as place
from tests.make.vendor import TOKEN, TYPE, Provider, Still, Workshop, workshop


@dataclass
class Works:
    """`work()` does what is due, as the background would."""

    place: Place
    vendor: Workshop
    known: Registry

    async def integrate(self, type: str = TYPE) -> Integration:
        add = connections.integrations.add
        return await add(self.place.db, self.known, self.place.by(), type, {"token": TOKEN, "region": "eu"})

    def connect(self, of: Integration, type: str, entity: str, input: str = "") -> Connection:
        make = connections.connections.create
        return self.place.db.write_now(make, self.place.by(), self.known, of.id, type, entity, input)

    def work(self) -> None:
        jobs.begin(self.place.db, self.known)
        assert self.known.rest(30)

    def all(self) -> list[Connection]:
        page = connections.connections.page
        return self.place.db.read_now(page, self.place.by(), ConnectionQuery())[0]


@pytest.fixture
def vendor() -> Iterator[Workshop]:
    with workshop() as made:
        yield made


@pytest.fixture
async def works(place: Place, vendor: Workshop) -> AsyncIterator[Works]:
    known = Registry([Provider(), Still("badge")], {TYPE: vendor.address})
    place.db.hearers.append(connections.hearing.hear)
    place.app = console.app(place.db, public_url=PUBLIC, vendors=known)
    yield Works(place, vendor, known)
    assert known.rest(30)
