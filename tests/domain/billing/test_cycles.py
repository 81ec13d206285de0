"""Billing cycles: months from the day of the account, without a gap or an overlap."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyway.domain.billing import cycles
from hyway.kernel import clock
from hyway.kernel.clock import DAY, Instant

MOMENTS = st.integers(clock.parse("", "1971-01-01T00:00:00Z"), clock.parse("", "2199-01-01T00:00:00Z"))


def at(text: str) -> Instant:
    return clock.parse("", f"{text}T12:34:56Z")


def shown(instant: Instant) -> str:
    return clock.text(instant)[:10]


@pytest.mark.parametrize(
    ("opened", "now", "number", "first", "end", "total", "remaining"),
    [
        ("2026-01-02", "2026-01-02", 1, "2026-01-02", "2026-02-02", 31, 31),
        ("2026-01-02", "2026-02-01", 1, "2026-01-02", "2026-02-02", 31, 1),
        ("2026-01-02", "2026-02-02", 2, "2026-02-02", "2026-03-02", 28, 28),
        ("2026-01-31", "2026-02-27", 1, "2026-01-31", "2026-02-28", 28, 1),
        ("2026-01-31", "2026-02-28", 2, "2026-02-28", "2026-03-31", 31, 31),
        ("2026-01-31", "2026-03-30", 2, "2026-02-28", "2026-03-31", 31, 1),
        ("2026-01-31", "2026-04-30", 4, "2026-04-30", "2026-05-31", 31, 31),
        ("2024-02-29", "2025-02-28", 13, "2025-02-28", "2025-03-29", 29, 29),
        ("2023-12-30", "2024-02-29", 3, "2024-02-29", "2024-03-30", 30, 30),
        ("2025-12-15", "2026-01-14", 1, "2025-12-15", "2026-01-15", 31, 1),
        # The clock was set back since.
        ("2026-01-02", "2025-12-30", 1, "2026-01-02", "2026-02-02", 31, 31),
    ],
)
def test_the_cycle_that_runs(
    opened: str, now: str, number: int, first: str, end: str, total: int, remaining: int
) -> None:
    found = cycles.running(at(opened), at(now))
    assert (found.number, shown(found.starts_at), shown(found.ends_at)) == (number, first, end)
    assert (found.total, found.remaining, found.is_over) == (total, remaining, False)


def test_one_that_is_over_and_one_that_has_not_begun() -> None:
    opened, now = at("2026-01-02"), at("2026-03-01")
    first = cycles.numbered(opened, 1, now)
    assert first is not None
    assert (first.remaining, first.is_over) == (0, True)
    assert cycles.numbered(opened, 2, now) == cycles.running(opened, now)
    for number in (0, -1, 3, 10**6, 2**63 - 1):
        assert cycles.numbered(opened, number, now) is None


@given(MOMENTS, MOMENTS)
def test_every_day_is_in_one_cycle(one: Instant, other: Instant) -> None:
    opened, now = sorted((one, other))
    here = cycles.running(opened, now)
    assert here.days.first <= cycles.day(now) < here.days.end
    assert 28 <= here.total <= 31
    assert 1 <= here.remaining <= here.total
    assert cycles.numbered(opened, here.number, now) == here
    after = cycles.running(opened, here.ends_at)
    assert (after.number, after.days.first) == (here.number + 1, here.days.end)
    before = cycles.numbered(opened, here.number - 1, now)
    assert (before is None) == (here.number == 1)
    if before is not None:
        assert before.days.end == here.days.first
        assert before.is_over


@given(MOMENTS)
def test_the_first_begins_with_the_account(opened: Instant) -> None:
    first = cycles.running(opened, opened)
    assert first.number == 1
    assert first.starts_at <= opened < first.starts_at + DAY


@given(MOMENTS, st.integers(1, 2_000))
def test_each_begins_on_the_same_day_of_the_month_or_the_last(opened: Instant, number: int) -> None:
    found = cycles.numbered(opened, number, opened + 2_001 * 31 * DAY)
    assert found is not None
    begins = datetime.fromtimestamp(found.starts_at // 1_000_000, UTC)
    wanted = datetime.fromtimestamp(opened // 1_000_000, UTC).day
    tomorrow = datetime.fromtimestamp(found.starts_at // 1_000_000 + 86_400, UTC)
    assert begins.day == wanted or (begins.day < wanted and tomorrow.day == 1)
