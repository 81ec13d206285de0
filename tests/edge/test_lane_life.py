"""The lane when things go wrong: a disk that fails, too many visitors, a stop; and what it remembers."""

import asyncio
import threading
from collections.abc import Callable, Sequence

import httpx
import pytest

from hyway.edge import table, writer
from hyway.edge.redirect import Lane
from hyway.edge.table import MISSING, LinkTable
from hyway.kernel.db import Write
from tests.make.world import World, make_lane, recorder, visitor


class Disk:
    """Stands between the lane and the recorder: fails, or holds everybody up."""

    def __init__(self, world: World, lane: Lane) -> None:
        self.fails = self.waiting = 0
        self.free = threading.Event()
        self.free.set()
        self._record = recorder().record
        lane._writer._record = self.record

    def record(self, w: Write, captures: Sequence) -> None:
        self.waiting = len(captures)
        self.free.wait(20)
        if self.fails:
            self.fails -= 1
            raise OSError("No space left on device: a secret path")
        self._record(w, captures)


@pytest.fixture
def disk(world: World, lane: Lane, monkeypatch: pytest.MonkeyPatch) -> Disk:
    monkeypatch.setattr(writer, "sleep", lambda seconds: None)
    return Disk(world, lane)


async def _until(done: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not done():
            await asyncio.sleep(0.005)


def is_busy(answer: httpx.Response) -> bool:
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "2"
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "Try again" in answer.text
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert "location" not in answer.headers
    return True


async def test_a_disk_that_fails_for_a_moment_is_not_noticed(
    world: World, browser: httpx.AsyncClient, disk: Disk
):
    disk.fails = 3
    assert (await browser.get(f"/{world.link().short_id}")).status_code == 302
    assert len(world.clicks()) == 1


async def test_nobody_is_sent_on_without_a_stored_click(world: World, browser: httpx.AsyncClient, disk: Disk):
    path = f"/{world.link().short_id}"
    disk.fails = 1_000
    assert is_busy(await browser.get(path))
    assert world.clicks(include_bots=True) == []
    disk.fails = 0
    assert (await browser.get(path)).status_code == 302
    assert len(world.clicks()) == 1


async def test_more_than_can_wait_are_told_to_come_again(
    world: World, browser: httpx.AsyncClient, lane: Lane, disk: Disk, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(writer, "_WAITING", 5)
    path = f"/{world.link().short_id}"
    disk.free.clear()
    waiting = [asyncio.ensure_future(browser.get(path)) for _ in range(30)]
    done: set[asyncio.Task] = set()
    while len(done) < 20:
        done, _ = await asyncio.wait(waiting, timeout=0.05, return_when=asyncio.ALL_COMPLETED)
    assert all(is_busy(each.result()) for each in done)
    disk.free.set()
    answers = await asyncio.gather(*waiting)
    stored = sum(answer.status_code == 302 for answer in answers)
    assert stored == len(world.clicks(take=100)) == 30 - lane.stats()["busy"]


async def test_a_stop_drains_everything_that_was_taken_in(world: World):
    lane = make_lane(world)
    await lane.start()
    disk, path = Disk(world, lane), f"/{world.link().short_id}"
    disk.free.clear()
    async with visitor(lane) as client:
        waiting = [asyncio.ensure_future(client.get(path))]
        await _until(lambda: disk.waiting == 1)  # the writer has it in hand; the others queue
        waiting += [asyncio.ensure_future(client.get(path)) for _ in range(50)]
        await _until(lambda: len(lane._writer._pending) == 50)
        stopping = asyncio.ensure_future(lane.stop())
        await asyncio.sleep(0.05)
        assert not stopping.done()
        late = await client.get(path)
        disk.free.set()
        await stopping
        answers = await asyncio.gather(*waiting)
        after = await client.get(path)
    assert [answer.status_code for answer in answers] == [302] * 51
    assert len(world.clicks(take=100)) == 51
    assert is_busy(late)
    assert is_busy(after)


async def test_misses_are_bounded_and_push_no_link_out(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(table, "_MISSES", 10)
    remembered, link = LinkTable(world.db), world.link()
    await remembered.load(link.short_id)
    for i in range(50):
        assert await remembered.load(f"guess{i}") is MISSING
    assert len(remembered._entries) <= 11
    assert remembered.get(link.short_id) is not None


async def test_links_are_bounded(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(table, "_SIZE", 20)
    remembered = LinkTable(world.db)
    for link in world.put(*(world.wish() for _ in range(60))):
        await remembered.load(link.short_id)
    assert len(remembered._entries) <= 20


async def test_a_load_that_a_change_overtakes_is_not_remembered(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    remembered, link = LinkTable(world.db), world.link()
    read = world.db.read

    async def slow(*args):
        found = await read(*args)
        world.change(link, url="https://new.example/")
        return found

    monkeypatch.setattr(world.db, "read", slow)
    entry = await remembered.load(link.short_id)
    assert entry.target.url == "https://example.com/"  # type: ignore[union-attr]
    assert remembered.get(link.short_id) is None


async def test_what_cannot_be_a_short_id_costs_no_query(world: World, monkeypatch: pytest.MonkeyPatch):
    lane, asked = make_lane(world), list[str]()
    read = world.db.read

    async def watched(verb, short_id: str, *domain: int):
        asked.append(short_id)
        return await read(verb, short_id, *domain)

    monkeypatch.setattr(world.db, "read", watched)
    async with visitor(lane) as client:
        for path in ("/a%00b", "/" + "x" * 65, "/%0a", "/%ED%A0%80"):
            assert (await client.get(path)).status_code == 404
    assert not [each for each in asked if not each.isprintable() or len(each) > 64]
