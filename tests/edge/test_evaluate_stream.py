"""Word of changed toggles, and what is kept when counts cannot be written."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from hyway.domain import toggles
from hyway.edge import evaluate_stream
from hyway.edge.evaluate_stream import Listeners
from hyway.kernel.db import Database
from hyway.kernel.faults import Spent
from tests.edge.evaluate_stage import Stage, opened, staged


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[Stage]:
    with opened(database_url) as db:
        async with staged(db) as made:
            yield made


@pytest.fixture
async def listeners(stage: Stage) -> AsyncIterator[Listeners]:
    made = Listeners(stage.db)
    await made.start()
    yield made
    await made.stop()


async def always() -> bool:
    return True


async def piece(stream: AsyncIterator[bytes]) -> bytes:
    return await asyncio.wait_for(anext(stream), 5)


async def test_changes_that_come_close_together_are_one(stage: Stage, listeners: Listeners) -> None:
    other = stage.another_project("site")
    stream = listeners.listen((stage.project.seq,), always)
    assert b"event: ready" in await piece(stream)
    for key in ("a", "b", "c"):
        stage.toggle(key)
    stage.toggle("elsewhere", of=other)
    assert b'{"type":"refetchEvaluation"}' in await piece(stream)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(asyncio.shield(asyncio.ensure_future(anext(stream))), 0.3)


async def test_who_is_told_sees_the_change(stage: Stage) -> None:
    stage.toggle("a", "number", 0)
    await stage.ask()
    stream = stage.lane.listeners.listen((stage.project.seq,), always)
    await piece(stream)
    for at in range(1, 20):
        await stage.db.write(
            toggles.change, stage.acme.by, stage.project.id, "a", toggles.ToggleChange(default_value=at)
        )
        assert b"refetch" in await piece(stream)
        assert (await stage.ask())["a"]["value"] == at


async def test_a_stream_ends_with_its_key(
    stage: Stage, listeners: Listeners, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluate_stream, "LOOK_EVERY", 0.05)
    good = True

    async def lives() -> bool:
        return good

    stream = listeners.listen((stage.project.seq,), lives)
    await piece(stream)
    assert await piece(stream) == b""  # a ping
    good = False
    with pytest.raises(StopAsyncIteration):
        await piece(stream)
    assert listeners.count == 0


async def test_a_key_that_is_gone_is_told_of_no_change(stage: Stage, listeners: Listeners) -> None:
    """Changes that keep coming are no reason not to look whether the key is still good."""
    good = True

    async def lives() -> bool:
        return good

    stream = listeners.listen((stage.project.seq,), lives)
    await piece(stream)
    stage.toggle("a")
    assert b"refetch" in await piece(stream)
    good = False
    stage.toggle("b")
    with pytest.raises(StopAsyncIteration):
        await piece(stream)


async def test_all_are_let_go_when_the_server_ends(stage: Stage, listeners: Listeners) -> None:
    stream = listeners.listen((stage.project.seq,), always)
    await piece(stream)
    assert listeners.count == 1
    listeners.let_all_go()
    with pytest.raises(StopAsyncIteration):
        await piece(stream)


async def test_there_is_an_end_to_how_many_listen(
    stage: Stage, listeners: Listeners, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluate_stream, "MOST", 2)
    monkeypatch.setattr(evaluate_stream, "MOST_OF_ONE", 1)
    mine, others = (stage.project.seq,), (stage.project.seq + 1,)
    listeners.room(mine)
    one = listeners.listen(mine, always)
    await piece(one)
    with pytest.raises(Spent):
        listeners.room(mine)
    listeners.room(others)
    two = listeners.listen(others, always)
    await piece(two)
    with pytest.raises(Spent):
        listeners.room((stage.project.seq + 2,))


async def test_counts_that_could_not_be_written_are_written_later(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.toggle("a")
    await stage.ask()

    async def away(*_: Any) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(Database, "write", away)
        with pytest.raises(OSError, match="full"):
            await stage.lane.flush()
    await stage.ask()
    await stage.lane.flush()
    await stage.lane.flush()
    assert stage.meters() == {"toggle.evaluations": 2}
