"""What the log shows of what happened: amounts and counts are numbers, and nothing else is."""

import random
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from hyway.domain import audit
from hyway.domain.audit import Event
from hyway.domain.creators.campaigns import posts
from hyway.kernel import clock
from tests.domain.audit.logs import every
from tests.make.campaigns import Stage, stage_at
from tests.make.collabs import stage_at as collab_stage_at
from tests.make.money import till_at
from tests.make.money_play import KINDS, Happening, Play
from tests.make.world import World

AMOUNTS = {"amount", "fee", "net", "refunded", "views", "count", "days", "total"}


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    with stage_at(database_url) as made:
        yield made


def numbers(value: Any, name: str = "") -> Iterator[str]:
    """The names of all numbers in it."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from numbers(each, key)
    elif isinstance(value, list):
        for each in value:
            yield from numbers(each, name)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield name


def check(events: Iterable[Event], least: set[str]) -> None:
    events = list(events)
    assert least <= {each.action.split(".")[0] for each in events}
    for each in events:
        assert set(numbers(audit.shown(each.data))) <= AMOUNTS, (each.action, each.data)


def test_of_money(world: World) -> None:
    chance = random.Random(7)
    play = Play(till_at(world.db, world.by))
    for _ in range(150):
        what = Happening(chance.choice(KINDS), chance.randrange(64), chance.choice((999, 40_000)))
        play.happen(world.db.write_now, what)
    check(every(world.db, world.by, 200), {"funding", "earning", "payout"})


def test_of_campaigns(stage: Stage, later: Callable[[int], None]) -> None:
    seq = stage.active(100_000, cpm_amount=1_000).seq
    for name in ("Kim", "Lou"):
        stage.join(seq, name)
        stage.submit(seq, name, f"{name}-abcdefg")
    for ahead in (posts.REVIEW, posts.WINDOW, 4 * clock.DAY):
        later(ahead)
        stage.tick()
    check(every(stage.db, stage.by, 200), {"campaign", "application", "submission"})


def test_of_collabs(world: World) -> None:
    stage = collab_stage_at(world.db)
    of = stage.collab()
    stage.fund(of, 1_000_000)
    stage.brought_to("posted", of)
    check(every(stage.db, stage.by, 200), {"collab", "collab_submission"})
