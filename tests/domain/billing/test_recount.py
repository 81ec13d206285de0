"""Usage is what happened: so many operations from eight threads, by verbs and by the lanes that count apart.

`HYWAY_METERED_OPERATIONS` says how many; `python -m bench metering` plays 100,000.
"""

import asyncio
import os
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import httpx
import pytest

from hyway.domain import audit, billing, envs, links, projects, toggles
from hyway.domain.billing import Meter
from hyway.domain.envs import NewVersion, Wanted
from hyway.domain.identity import Caller
from hyway.domain.projects import NewApp
from hyway.kernel.clock import DAY
from hyway.kernel.db import Database
from hyway.kernel.faults import Fault
from hyway.kernel.seal import Seal
from tests.apis.hyphen.conftest import PUBLIC, World
from tests.domain.billing.recount import joined, leave, recounted, shelf, used, wish
from tests.edge.evaluate_stage import Stage, context, staged

OPERATIONS = int(os.environ.get("HYWAY_METERED_OPERATIONS", "600"))
THREADS = 8
LOGGED: tuple[Meter, ...] = ("link.created", "env.push", "env.pull")
"""What the event log tells of; of the rest those who ask are the only witnesses."""
KEY = 1_700_000_000


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    opened = Database(
        database_url, Seal(b"k" * 32), hosts=frozenset({"go.example"}), home=PUBLIC, threads=THREADS
    )
    opened.hearers += [
        audit.record, billing.accounts.hear, billing.meters.hear, toggles.hearing.hear, toggles.homes.hear,
    ]  # fmt: skip
    yield opened
    opened.close()


@pytest.fixture
async def stage(db: Database) -> AsyncIterator[Stage]:
    async with staged(db) as made:
        made.toggle("a")
        yield made


@dataclass
class Journal:
    """What was answered as done, as those who asked know it: by cycle, organization and meter."""

    cycle: int = 1
    counted: Counter[tuple[int, int, Meter]] = field(default_factory=Counter)
    lock: Lock = field(default_factory=Lock)

    def note(self, by: Caller, meter: Meter, count: int = 1) -> None:
        with self.lock:
            self.counted[self.cycle, by.organization, meter] += count

    def of(self, by: Caller, cycle: int) -> dict[Meter, int]:
        return {meter: self.counted[cycle, by.organization, meter] for meter in billing.METERS}


class Actors:
    """What people and programs of two organizations do, one operation at a time."""

    def __init__(self, stage: Stage, loop: asyncio.AbstractEventLoop) -> None:
        self.stage, self.db, self._loop = stage, stage.db, loop
        self.journal = Journal()
        self.ours, self.theirs = stage.acme.by, stage.acme.elsewhere.by
        self.people = [joined(self.db, self.ours, f"P{number}") for number in range(4)]
        self.app = self.db.write_now(projects.apps.create, self.ours, stage.project.id, NewApp("web", "Web"))
        self.shelves = {by.organization: shelf(self.db, by) for by in (self.ours, self.theirs)}
        self._numbers, self._lock = 0, Lock()

    def number(self) -> int:
        with self._lock:
            self._numbers += 1
            return self._numbers

    def play(self, seed: int, operations: int) -> None:
        chance = random.Random(seed)
        kinds: list[Callable[[random.Random], None]] = [
            self.link, self.link, self.broken_link, self.push, self.push, self.pull, self.member,
            self.evaluate, self.evaluate, self.evaluate, self.evaluate_in_vain, self.tell,
            self.look_up, self.look_up, self.look_up_in_vain,
        ]  # fmt: skip
        for _ in range(operations):
            chance.choice(kinds)(chance)

    def anybody(self, chance: random.Random) -> Caller:
        return chance.choice([*self.people, self.ours, self.theirs])

    def link(self, chance: random.Random) -> None:
        by = self.anybody(chance)
        made = self.db.write_now(links.put, by, [wish(self.shelves[by.organization])] * chance.randint(1, 4))
        self.journal.note(by, "link.created", len(made))

    def broken_link(self, chance: random.Random) -> None:
        """The second of two cannot be, so there is neither."""
        by = self.anybody(chance)
        with pytest.raises(Fault):
            self.db.write_now(
                links.put, by, [wish(self.shelves[by.organization]), wish("no such collection")]
            )

    def push(self, chance: random.Random) -> None:
        by, new = chance.choice(self.people), NewVersion(self.number(), KEY, "9 bytes", 1, "AAAA")
        try:
            self.db.write_now(envs.versions.push, by, self.app.id, None, KEY, new)
        except Fault:  # somebody was quicker
            return
        self.journal.note(by, "env.push")

    def pull(self, chance: random.Random) -> None:
        by = chance.choice(self.people)
        try:
            self.db.write_now(envs.versions.pull, by, self.app.id, Wanted())
        except Fault:  # nothing was pushed yet
            return
        self.journal.note(by, "env.pull")

    def member(self, chance: random.Random) -> None:
        if chance.random() < 0.9:  # they cost a password each
            return self.pull(chance)
        who = joined(self.db, self.ours, f"Guest{self.number()}", "member")
        if chance.random() < 0.5:
            leave(self.db, who)

    def evaluate(self, _: random.Random) -> None:
        answer = self.ask(self.post("/toggle/evaluate", context()))
        assert answer.status_code == 200, answer.text
        self.journal.note(self.ours, "toggle.evaluations")

    def evaluate_in_vain(self, chance: random.Random) -> None:
        body: Any = chance.choice([[], None, {"toggles": "a"}])
        assert self.ask(self.post("/toggle/evaluate", body)).status_code == 400

    def tell(self, _: random.Random) -> None:
        toggle = {"key": "a", "type": "Boolean", "value": True, "reason": "TARGETING_MATCH"}
        told = {"context": context(), "data": {"toggle": toggle}}
        assert self.ask(self.post("/toggle/telemetry", told)).status_code == 200
        self.journal.note(self.ours, "toggle.telemetry")

    def look_up(self, chance: random.Random) -> None:
        world = chance.choice([self.stage.acme, self.stage.acme.elsewhere])
        assert self.ask(self.get(world, "/ip/8.8.8.8")).status_code == 200
        self.journal.note(world.by, "net_info.requests")

    def look_up_in_vain(self, _: random.Random) -> None:
        """A stranger who is told so, or to wait."""
        assert self.ask(self.get(self.stage.acme, "/ip/8.8.8.8", key="")).status_code in (401, 429)

    def ask(self, asked: Coroutine[Any, Any, httpx.Response]) -> httpx.Response:
        """What serves lives on one event loop; who asks waits in a thread."""
        return asyncio.run_coroutine_threadsafe(asked, self._loop).result(60)

    async def post(self, path: str, body: Any) -> httpx.Response:
        async with self.stage.client() as client:
            return await client.post(path, json=body)

    async def get(self, world: World, path: str, key: str | None = None) -> httpx.Response:
        async with world.client(key) as client:
            return await client.get(path)


async def test_usage_equals_a_recount(stage: Stage, later: Callable[[int], None]) -> None:
    """Of each organization and cycle the meters, the event log, and those who were answered tell the same."""
    actors = await asyncio.to_thread(Actors, stage, asyncio.get_running_loop())
    length = cycle_of(stage.db, actors.ours, 1).total
    for part, days in enumerate((1, length, 0)):  # two days of the first cycle, one of the second
        actors.journal.cycle = part // 2 + 1
        await asyncio.to_thread(play, actors, part, OPERATIONS // 3)
        await stage.lane.flush()
        later(days * DAY)
    for cycle in (1, 2):
        for by in (actors.ours, actors.theirs):
            agrees(actors, by, cycle)
        assert all(used(stage.db, actors.ours, cycle).counted.values())
    seen = stage.db.read_now(toggles.counting.seen, actors.ours, stage.project.id, "a", 0)
    evaluations = sum(each.count for each in seen if each.source == "evaluate")
    assert evaluations == sum(actors.journal.of(actors.ours, cycle)["toggle.evaluations"] for cycle in (1, 2))


def agrees(actors: Actors, by: Caller, cycle: int) -> None:
    found = used(actors.db, by, cycle)
    told = recounted(actors.db, by, cycle_of(actors.db, by, cycle))
    assert found.counted == actors.journal.of(by, cycle)
    assert {meter: found.counted[meter] for meter in LOGGED} == {
        meter: told.counted[meter] for meter in LOGGED
    }
    assert (found.active, found.seats) == (told.active, told.seats)


def cycle_of(db: Database, by: Caller, number: int) -> billing.Cycle:
    return db.read_now(billing.usage.of_organization, by, number).cycle


def play(actors: Actors, part: int, operations: int) -> None:
    with ThreadPoolExecutor(THREADS) as threads:
        playing = [
            threads.submit(actors.play, 100 * part + number, operations // THREADS)
            for number in range(THREADS)
        ]
        for each in playing:
            each.result()
