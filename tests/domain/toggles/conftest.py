"""A project to keep toggles in."""

from collections.abc import Iterator

import pytest

from hyway.domain import audit, billing, toggles
from hyway.kernel.db import Database
from hyway.kernel.seal import Seal
from tests.domain.toggles.stage import Stage
from tests.make.world import KEY


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    made = Database(database_url, Seal(KEY), home="https://go.example")
    made.hearers += [audit.record, billing.accounts.hear, toggles.hearing.hear]
    yield made
    made.close()


@pytest.fixture
def stage(db: Database) -> Stage:
    return Stage(db)
