"""The geometry of the charts of these pages: one line or one row of columns, in per cent across and pixels down."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from hyway.console import shown
from hyway.console.charts import FLOOR, ceiling_of, curve, down
from hyway.domain import creators
from hyway.kernel.clock import Instant

Snapshot = creators.campaigns.Snapshot
Stood = creators.social.Snapshot

_LABELS = 6
Say = Callable[[int], str]


@dataclass(frozen=True, slots=True)
class Step:
    x: float
    left: float
    width: float
    y: float
    height: float
    label: str
    title: str
    text: str
    is_minor: bool = False
    """Whether its label gives way on narrow screens."""


@dataclass(frozen=True, slots=True)
class Chart:
    steps: tuple[Step, ...]
    line: str
    fill: str
    grid: tuple[tuple[float, str], ...]
    is_bars: bool = False


@dataclass(frozen=True, slots=True)
class Value:
    """One bucket: what its axis and its tip say."""

    label: str
    title: str
    value: int


def columns(values: Sequence[Value], say: Say = shown.number, short: Say = shown.compact) -> Chart:
    """A column for each value, side by side."""
    ceiling = ceiling_of(max((each.value for each in values), default=0))
    width, every = 100 / max(1, len(values)), max(1, -(-len(values) // _LABELS))
    steps = tuple(
        Step(
            x=round((i + 0.5) * width, 3),
            left=round(i * width, 3),
            width=round(width, 3),
            y=min(down(each.value, ceiling), FLOOR - 2) if each.value else FLOOR,
            height=max(2.0, round(FLOOR - down(each.value, ceiling), 2)) if each.value else 0,
            label=each.label if i % every == every // 2 else "",
            title=each.title,
            text=say(each.value),
            is_minor=(i // every) % 2 == 1,
        )
        for i, each in enumerate(values)
    )
    grid = _grid(ceiling, short if any(each.value for each in values) else lambda _: "")
    return Chart(steps, "", "", grid, True)


def _grid(ceiling: int, short: Say) -> tuple[tuple[float, str], ...]:
    return tuple((down(ceiling * part / 4, ceiling), short(round(ceiling * part / 4))) for part in (4, 2, 0))


def over_time(points: Sequence[tuple[Instant, int]], zone: str, say: Say = shown.number) -> Chart:
    """A line through values at instants, as far apart as they were."""
    ceiling = ceiling_of(max((value for _, value in points), default=0))
    first, last = points[0][0], points[-1][0]
    wide = max(1, last - first)
    xs = [round(100 * (at - first) / wide, 3) for at, _ in points]
    edges = [0.0, *((a + b) / 2 for a, b in itertools.pairwise(xs)), 100.0]
    named = {round(i * (len(points) - 1) / (_LABELS - 1)) for i in range(_LABELS)}
    steps = tuple(
        Step(
            x=x,
            left=round(edges[i], 3),
            width=round(edges[i + 1] - edges[i], 3),
            y=down(value, ceiling),
            height=0,
            label=shown.step(at, "day" if wide > 2 * 86_400_000_000 else "hour", zone) if i in named else "",
            title=shown.moment(at, zone),
            text=say(value),
        )
        for i, (x, (at, value)) in enumerate(zip(xs, points, strict=True))
    )
    line = "".join(curve([(step.x * 10, step.y) for step in steps]))
    return Chart(_spaced(steps), line, f"{line}L1000 {FLOOR}L0 {FLOOR}Z", _grid(ceiling, shown.compact))


def _spaced(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Without labels that would stand in each other's way, or say the same twice."""
    kept: list[Step] = []
    last, words, count = -100.0, "", 0
    for step in steps:
        fits = step.label and step.x - last >= 100 / _LABELS - 4 and step.label != words
        kept.append(replace(step, label=step.label if fits else "", is_minor=count % 2 == 1))
        if fits:
            last, words, count = step.x, step.label, count + 1
    return tuple(kept)


def of_post(history: Sequence[Snapshot], zone: str) -> Chart:
    return over_time([(each.at, each.views) for each in history], zone, lambda views: f"{views:,} views")


def of_account(history: Sequence[Stood], zone: str) -> Chart:
    """Of looks that told how many follow."""
    points = [(each.at, each.subscriber_count or 0) for each in history]
    return over_time(points, zone, lambda count: f"{count:,} followers")
