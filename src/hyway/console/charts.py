"""The geometry of charts: what the templates draw as SVG, in per cent across and pixels down."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from hyway.console import shown
from hyway.domain.attribution import Bucket, Counts, Row

TOP, FLOOR = 14, 188
"""Where the area's highest step and its zero lie, in pixels."""
STRIP, STRIP_FLOOR = 204, 244
"""Where the bars of leads and sales stand."""
_LABELS = 8
_ROUND = (1, 2, 2.5, 4, 5, 6, 8, 10)


@dataclass(frozen=True, slots=True)
class Step:
    """One bucket: its middle and width in per cent, heights in pixels."""

    label: str
    title: str
    x: float
    left: float
    width: float
    y: float
    lead_height: float
    sale_height: float
    counts: Counts
    is_named: bool
    is_minor: bool


@dataclass(frozen=True, slots=True)
class Area:
    steps: tuple[Step, ...]
    line: str
    tail: str
    """The way to the last step, which is still under way."""
    fill: str
    unique_line: str
    grid: tuple[tuple[float, str], ...]
    """Height in pixels and text of each line of the grid."""
    has_conversions: bool


@dataclass(frozen=True, slots=True)
class Bar:
    value: str
    label: str
    counts: Counts
    width: float
    share: str


def area(series: Sequence[Bucket], interval: str, zone: str) -> Area:
    """Clicks as an area, first clicks as a line in it, leads and sales as bars on a scale of their own."""
    ceiling = ceiling_of(max((each.counts.clicks for each in series), default=0))
    most = max((max(each.counts.leads, each.counts.sales) for each in series), default=0)
    every = max(1, -(-len(series) // _LABELS))
    steps = tuple(
        _step(i, each, series, ceiling, most, every, interval, zone) for i, each in enumerate(series)
    )
    points = [(step.x * 10, step.y) for step in steps]
    unique = [(step.x * 10, down(step.counts.unique, ceiling)) for step in steps]
    *bends, end = curve(points) if points else ("", "")
    line = "".join(bends)
    tail = f"M{points[-2][0]:.1f} {points[-2][1]:.2f}{end}" if len(points) > 1 else ""
    fill = f"{line}{end}L{points[-1][0]:.1f} {FLOOR}L{points[0][0]:.1f} {FLOOR}Z" if points else ""
    grid = tuple(
        (down(ceiling * part / 4, ceiling), shown.compact(round(ceiling * part / 4))) for part in (4, 2, 0)
    )
    return Area(steps, line, tail, fill, "".join(curve(unique)), grid, most > 0)


def _step(
    i: int,
    each: Bucket,
    series: Sequence[Bucket],
    ceiling: int,
    most: int,
    every: int,
    interval: str,
    zone: str,
) -> Step:
    width = 100 / len(series)
    title = shown.moment(each.start, zone) if interval == "hour" else shown.day(each.start, zone)
    return Step(
        label=shown.step(each.start, interval, zone),
        title=title,
        x=round((i + 0.5) * width, 3),
        left=round(i * width, 3),
        width=round(width, 3),
        y=down(each.counts.clicks, ceiling),
        lead_height=_high(each.counts.leads, most),
        sale_height=_high(each.counts.sales, most),
        counts=each.counts,
        is_named=i % every == every // 2,
        is_minor=(i // every) % 2 == 1,
    )


def down(value: float, ceiling: int) -> float:
    return round(FLOOR - (FLOOR - TOP) * value / ceiling, 2)


def _high(value: int, most: int) -> float:
    """A bar that is there is seen: two pixels at least."""
    return max(2.0, round((STRIP_FLOOR - STRIP) * value / most, 2)) if value else 0.0


def ceiling_of(value: int) -> int:
    """The next round number that four lines divide well."""
    least = max(4, value)
    power = 1
    while power * 10 < least:
        power *= 10
    return next(int(power * each) for each in _ROUND if power * each >= least and power * each % 2 == 0)


def curve(points: Sequence[tuple[float, float]]) -> list[str]:
    """A smooth line, in steps, that never swings past a point (Fritsch and Carlson's monotone cubic)."""
    if not points:
        return []
    slopes = _slopes(points)
    parts = [f"M{points[0][0]:.1f} {points[0][1]:.2f}"]
    for (x0, y0), (x1, y1), m0, m1 in zip(points, points[1:], slopes, slopes[1:], strict=False):
        third = (x1 - x0) / 3
        bends = f"{x0 + third:.1f} {y0 + m0 * third:.2f} {x1 - third:.1f} {y1 - m1 * third:.2f}"
        parts.append(f"C{bends} {x1:.1f} {y1:.2f}")
    return parts


def _slopes(points: Sequence[tuple[float, float]]) -> list[float]:
    rises = [(y1 - y0) / (x1 - x0) for (x0, y0), (x1, y1) in itertools.pairwise(points)]
    inner = [2 * a * b / (a + b) if a * b > 0 else 0.0 for a, b in itertools.pairwise(rises)]
    return [rises[0] if rises else 0.0, *inner, rises[-1] if rises else 0.0]


def bars(rows: Sequence[Row]) -> list[Bar]:
    """The rows of a top list with their proportion of the longest, and their share of all that is listed."""
    longest = max((row.counts.clicks for row in rows), default=0)
    whole = sum(row.counts.clicks for row in rows)
    return [
        Bar(
            row.value,
            row.label,
            row.counts,
            round(100 * row.counts.clicks / longest, 2) if longest else 0,
            shown.share(row.counts.clicks, whole),
        )
        for row in rows
    ]
