"""Whatever happens to money, in whatever order: the books agree after every step.

Some in a usual run; HYWAY_MONEY_SEQUENCES=10000 plays so many.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hyway.kernel.db import Write
from tests.make.money import Till, audit, till_at
from tests.make.money_play import AMOUNTS, KINDS, Happening, Play
from tests.make.world import World

SEQUENCES = int(os.environ.get("HYWAY_MONEY_SEQUENCES", "60"))
LONGEST = 30

happenings = st.builds(
    Happening, st.sampled_from(KINDS), st.integers(0, 63), st.sampled_from(AMOUNTS) | st.integers(1, 100_000)
)


@pytest.fixture
def till(world: World) -> Till:
    world.db.house = world.db.house._replace(services=frozenset({"stripe"}), terms={"platform_fee": 250})
    made = till_at(world.db, world.by)
    world.db.write_now(lend_stripe, made)
    return made


def lend_stripe(w: Write, till: Till) -> None:
    """One of the two creators is paid through a provider."""
    from hyway.domain.creators.store import money_payouts

    values = {"reference": "acct_1", "hint": "ct_1", "ready": 1}
    money_payouts.put_method(w, till.people[0].seq, "stripe", values)


@contextmanager
def undone(till: Till) -> Iterator[Write]:
    """A transaction of which nothing stays."""
    with till.db.engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        if till.db.is_sqlite:
            raw.execute("BEGIN IMMEDIATE")
        else:
            connection.begin()
        try:
            yield Write(connection, till.db.house)
        finally:
            if till.db.is_sqlite:
                raw.execute("ROLLBACK")
            else:
                connection.rollback()


def runner(w: Write) -> Callable[..., Any]:
    def run(verb: Callable[..., Any], *args: Any) -> Any:
        with w.attempt():
            return verb(w, *args)

    return run


@pytest.mark.timeout(3600)
def test_the_books_agree_after_every_step(till: Till):
    done: dict[str, int] = {}

    @settings(
        max_examples=SEQUENCES,
        deadline=None,
        database=None,
        derandomize=SEQUENCES <= 1000,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(happenings, min_size=12, max_size=LONGEST))
    def play(sequence: list[Happening]) -> None:
        with undone(till) as w:
            played = Play(till)
            run = runner(w)
            played.happen(run, Happening("fund", 0, 50_000))
            for step, what in enumerate(sequence):
                played.happen(run, what)
                assert audit(w, till.kind, till.campaign) == [], f"after step {step} of {sequence}"
            for kind, times in played.done.items():
                done[kind] = done.get(kind, 0) + times

    play()
    if SEQUENCES >= 150:
        assert set(done) == set(KINDS), "everything happened at least once"
