"""Reading the log page after page while others write: no event twice, none missing of those that were there."""

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Any

import pytest

from hyway.domain import audit
from hyway.domain.audit import Event, Wanted
from hyway.kernel.db import Fact, Ref, Write
from tests.domain.audit.logs import every, fact, tell
from tests.make.world import World

WRITERS, EACH = 4, 60
ASKED: tuple[dict[str, Any], ...] = (
    {},
    {"types": ["TAG"]},
    {"references": [Wanted("shared", "Project")]},
    {"types": ["TAG"], "references": [Wanted("shared"), Wanted("both")]},
)
REFS = (Ref("Project", "shared"), Ref("App", "both"))


def _tell_the_end(work: Sequence[Future[None]], done: threading.Event) -> None:
    wait(work)
    done.set()


@contextmanager
def writing(world: World) -> Iterator[threading.Event]:
    """Others write one after the other, until all is done that they had to."""
    done = threading.Event()

    def write(number: int) -> None:
        for each in range(EACH):
            facts = [
                fact(world.by, "tag.created", "tag", f"{number}-{each}-{n}", *REFS)
                for n in range(1 + each % 3)
            ]
            world.db.write_now(tell, facts)

    with ThreadPoolExecutor(WRITERS) as crew:
        work = [crew.submit(write, number) for number in range(WRITERS)]
        threading.Thread(target=_tell_the_end, args=(work, done)).start()
        yield done
        for each in work:
            each.result()


@pytest.mark.parametrize("asked", ASKED, ids=["all", "type", "reference", "both"])
def test_while_others_write_every_event_that_was_there_is_met_once(
    world: World, asked: dict[str, object]
) -> None:
    world.db.write_now(tell, [fact(world.by, "tag.created", "tag", f"before-{n}", *REFS) for n in range(30)])
    rounds = 0
    with writing(world) as done:
        while not done.is_set() or rounds < 3:
            there = {each.seq for each in every(world.db, world.by, 200, types=["TAG"])}
            met = [each.seq for each in every(world.db, world.by, 7, **asked)]
            assert len(met) == len(set(met))
            assert there <= set(met)
            rounds += 1
    assert len(every(world.db, world.by, types=["TAG"])) == 30 + WRITERS * sum(1 + n % 3 for n in range(EACH))


def test_who_began_earlier_and_ends_later_is_met_at_most_once(world: World) -> None:
    """Two writers, of whom the first to write is the last to end: only an engine with several writers has them."""
    if world.db.is_sqlite:
        pytest.skip("SQLite has one writer at a time: events are there in their order")
    for each in ("one", "two"):
        world.db.write_now(tell, [fact(world.by, "tag.created", "tag", each)])
    written, go = threading.Event(), threading.Event()

    def hold(w: Write, facts: Sequence[Fact]) -> None:
        if facts[0].id == "slow":
            written.set()
            assert go.wait(30)

    world.db.hearers.append(hold)
    with ThreadPoolExecutor(1) as crew:
        slow = crew.submit(world.db.write_now, tell, [fact(world.by, "tag.created", "tag", "slow")])
        assert written.wait(30)
        for each in ("three", "four"):
            world.db.write_now(tell, [fact(world.by, "tag.created", "tag", each)])
        first = page(world, None)
        assert names(first.events) == ["four", "three"]
        go.set()
        slow.result()
    # It stands below those that were shown, so that this walk still meets it; had they been passed, it would not.
    second = page(world, first.next)
    assert names(second.events) == ["slow", "two"]
    assert names(page(world, second.next).events) == ["one"]
    assert names(page(world, audit.wire_id(second.events[0])).events) == ["two", "one"]
    assert names(every(world.db, world.by, types=["TAG"])) == ["four", "three", "slow", "two", "one"]


def page(world: World, cursor: str | None) -> audit.Found:
    return world.db.read_now(audit.search, world.by, types=["TAG"], size=2, cursor=cursor)


def names(events: Sequence[Event]) -> list[str]:
    return [each.subject_id for each in events]
