"""A workshop, and an organization that is integrated with it."""

from collections.abc import Iterator

import pytest

from hyway.domain import audit, billing, connections
from hyway.kernel.db import Database
from hyway.kernel.seal import Seal
from tests.domain.connections.stage import Stage
from tests.make.vendor import Workshop, workshop
from tests.make.world import KEY


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    made = Database(database_url, Seal(KEY), home="https://go.example")
    made.hearers += [audit.record, billing.accounts.hear, connections.hearing.hear]
    yield made
    made.close()


@pytest.fixture
def vendor() -> Iterator[Workshop]:
    with workshop() as made:
        yield made


@pytest.fixture
def stage(db: Database, vendor: Workshop) -> Stage:
    return Stage(db, vendor)
