"""A database that keeps its log and tells people."""

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from hyway.domain import audit, notices
from hyway.kernel import seal
from hyway.kernel.db import Database
from hyway.kernel.seal import Seal
from tests.make.world import KEY


@pytest.fixture(autouse=True)
def quick_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same algorithm at its cheapest: these tests hash dozens of times."""
    monkeypatch.setattr(seal, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    made = Database(database_url, Seal(KEY), home="https://go.example")
    made.hearers += [audit.record, notices.hear]
    yield made
    made.close()
