"""The lane on a world of its own, with a browser in front of it."""

from collections.abc import AsyncIterator, Callable, Iterator

import httpx
import pytest

from hyway.edge.redirect import Lane
from hyway.kernel import clock
from tests.make.world import World, make_lane, visitor, world_at


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with world_at(database_url) as made:
        yield made


@pytest.fixture
async def lane(world: World) -> AsyncIterator[Lane]:
    made = make_lane(world)
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def browser(lane: Lane) -> AsyncIterator[httpx.AsyncClient]:
    """On a desktop in London."""
    async with visitor(lane) as client:
        yield client


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """`later(microseconds)` makes it so much later."""
    real, ahead = clock.now, [0]
    monkeypatch.setattr(clock, "now", lambda: real() + ahead[0])

    def forward(by: int) -> None:
        ahead[0] += by

    return forward
