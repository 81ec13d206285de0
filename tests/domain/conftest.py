"""An organization on a database of the test's own, and a clock that can be put forward."""

from collections.abc import Callable, Iterator

import pytest

from hyway.kernel import clock
from tests.make.world import World, world_at


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with world_at(database_url) as made:
        yield made


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """`later(microseconds)` makes it so much later."""
    real, ahead = clock.now, [0]
    monkeypatch.setattr(clock, "now", lambda: real() + ahead[0])

    def forward(by: int) -> None:
        ahead[0] += by

    return forward
