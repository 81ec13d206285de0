"""Numbers, money, times and charts, as people read them."""

import pytest

from hyway.console import charts, dates, shown
from hyway.domain.attribution import Bucket, Counts, Row
from hyway.kernel import clock
from hyway.kernel.faults import Invalid


@pytest.mark.parametrize(
    ("value", "told"), [(0, "0"), (1234, "1,234"), (9999, "9,999"), (12_345, "12.3K"), (4_500_000, "4.5M")]
)
def test_numbers(value: int, told: str) -> None:
    assert shown.compact(value) == told


@pytest.mark.parametrize(
    ("minor", "currency", "told"),
    [(2400, "eur", "€24.00"), (5000, "jpy", "¥5,000"), (1234, "kwd", "KWD 1.234"), (1, "usd", "$0.01")],
)
def test_money_knows_its_currency(minor: int, currency: str, told: str) -> None:
    assert shown.money(minor, currency).replace("\xa0", " ") == told


def test_revenue_names_the_largest_first() -> None:
    assert shown.amounts({"usd": 100, "eur": 2400}) == ["€24.00", "$1.00"]
    assert shown.takings({}) == "–"


def test_times_in_a_zone() -> None:
    at = clock.parse("at", "2026-07-01T22:30:00Z")
    assert shown.moment(at, "Europe/Berlin") == "2 Jul 2026, 00:30"
    assert shown.exact(at) == "1 Jul 2026, 22:30:00 UTC"
    assert (
        dates.for_input(dates.parse_local("at", "2026-07-02T00:30", "Europe/Berlin"), "UTC")
        == "2026-07-01T22:30"
    )
    with pytest.raises(Invalid):
        dates.parse_local("at", "soon", "UTC")


def test_ago_and_until(monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.parse("at", "2026-07-01T12:00:00Z")
    monkeypatch.setattr(clock, "now", lambda: now)
    assert [shown.ago(now - each * clock.SECOND) for each in (0, 42, 120, 7200, 172_800)] == [
        "just now",
        "42 s ago",
        "2 min ago",
        "2 h ago",
        "2 d ago",
    ]
    assert shown.until(now + 3 * clock.DAY) == "in 3 d"
    assert shown.until(now + 48 * clock.HOUR - clock.MINUTE) == "in 2 d"


def test_a_day_span_begins_at_midnight_where_the_person_is(monkeypatch: pytest.MonkeyPatch) -> None:
    # The clocks of Berlin went back on 25 October 2026.
    monkeypatch.setattr(clock, "now", lambda: clock.parse("at", "2026-10-27T10:00:00Z"))
    assert clock.text(dates.query("7d", "Europe/Berlin").start) == "2026-10-20T22:00:00Z"


def _series(*clicks: int, leads: int = 0) -> list[Bucket]:
    return [
        Bucket(n * clock.DAY, Counts(clicks=each, unique=each, leads=leads)) for n, each in enumerate(clicks)
    ]


@pytest.mark.parametrize("clicks", [(), (0,), (5,), (0, 0, 0), (1, 99, 3), tuple(range(90))])
def test_a_chart_of_any_length_stays_in_its_frame(clicks: tuple[int, ...]) -> None:
    area = charts.area(_series(*clicks), "day", "UTC")
    assert len(area.steps) == len(clicks)
    assert all(charts.TOP <= step.y <= charts.FLOOR and 0 <= step.x <= 100 for step in area.steps)
    assert "nan" not in area.line + area.fill
    assert not area.has_conversions
    assert sum(step.is_named for step in area.steps) <= 9


@pytest.mark.parametrize(
    ("most", "ceiling"), [(0, "4"), (7, "8"), (101, "200"), (230, "250"), (99_999, "100K")]
)
def test_the_grid_is_round(most: int, ceiling: str) -> None:
    assert charts.area(_series(most), "day", "UTC").grid[0][1] == ceiling


def test_a_lone_lead_can_be_seen() -> None:
    series = [*_series(0, leads=1000), *_series(0, leads=1)]
    heights = [step.lead_height for step in charts.area(series, "day", "UTC").steps]
    assert heights == [40.0, 2.0]


def test_bars_are_in_proportion() -> None:
    rows = [Row("DE", "Germany", Counts(clicks=75)), Row("FR", "France", Counts(clicks=25))]
    assert [(bar.width, bar.share) for bar in charts.bars(rows)] == [(100, "75%"), (33.33, "25%")]
    assert charts.bars([Row("x", "x", Counts(leads=1))])[0].width == 0
