"""What was answered is added up to the last one, whoever sees what, and keeps its day however late it is written."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hyway.domain import billing
from hyway.domain.toggles.deciding import Decision
from hyway.edge.evaluate_counts import HELD, Counts
from hyway.kernel import clock
from hyway.kernel.clock import DAY
from hyway.kernel.db import Database

OUTCOMES = [Decision(f"t-{at // 3}", "boolean", True, f"reason {at % 3}", at % 3, 1, at) for at in range(12)]
ANSWERS = st.lists(st.lists(st.sampled_from(OUTCOMES), max_size=6, unique=True), max_size=40)


class Paper:
    """A database that keeps what is added, or is away."""

    def __init__(self) -> None:
        self.seen: Counter[tuple[str, str]] = Counter()
        self.metered: Counter[tuple[int, str, int]] = Counter()
        self.is_away = False

    async def write(self, _: Any, counts: Any, rows: Any) -> None:
        if self.is_away:
            raise OSError("away")
        for sight, count in counts.items():
            self.seen[sight.toggle, sight.reason] += count
        for organization, meter, day, count in rows:
            self.metered[organization, meter, day] += count


def counting(paper: Paper) -> Counts:
    return Counts(cast(Database, paper))


@settings(deadline=None)
@given(ANSWERS, st.booleans())
async def test_every_answer_is_added_up(answers: Sequence[Sequence[Decision]], often: bool) -> None:
    paper = Paper()
    counts = counting(paper)
    for at, each in enumerate(answers):
        counts.answered(7, each)
        if often and at % 5 == 0:
            await counts.flush()
    await counts.stop()
    assert paper.seen == Counter((each.key, each.reason) for answer in answers for each in answer)
    assert sum(paper.metered.values()) == len(answers)


async def test_no_more_is_held_than_is_added_up_at_once() -> None:
    paper = Paper()
    counts = counting(paper)
    for _ in range(HELD):
        counts.answered(7, OUTCOMES[:4])
        assert sum(map(len, counts._given)) < HELD
    await counts.stop()
    assert paper.seen["t-0", "reason 0"] == HELD


async def test_what_is_written_late_is_of_its_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else what was used at the end of a cycle would be paid in the next, after a night without a database."""
    paper, at = Paper(), 20_000 * DAY - 1_000_000
    counts = counting(paper)
    monkeypatch.setattr(clock, "now", lambda: at)
    counts.answered(7, OUTCOMES[:1])
    counts.told(7)
    paper.is_away = True
    with pytest.raises(OSError, match="away"):
        await counts.flush()
    at, paper.is_away = at + DAY, False
    counts.answered(7, OUTCOMES[:1])
    await counts.stop()
    first = billing.cycles.day(clock.now()) - 1
    assert paper.metered == {
        (7, "toggle.evaluations", first): 1,
        (7, "toggle.telemetry", first): 1,
        (7, "toggle.evaluations", first + 1): 1,
    }
