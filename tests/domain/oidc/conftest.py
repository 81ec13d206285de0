"""Somebody who is signed in, on each engine."""

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from hyway.kernel import seal
from tests.make.signing import Signing, signing_at


@pytest.fixture(autouse=True)
def _quick_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """How strong the hashes are is not the subject of these tests."""
    monkeypatch.setattr(seal, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def kim(database_url: str) -> Iterator[Signing]:
    with signing_at(database_url) as made:
        yield made
