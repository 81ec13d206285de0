"""What was seen of a toggle over time, as columns and as shares."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from hyway.console import shown
from hyway.console.charts import ceiling_of, down
from hyway.console.dates import SPANS, Span
from hyway.console.toggles.words import because
from hyway.domain.toggles import Seen
from hyway.kernel import clock
from hyway.kernel.clock import Instant

HUES = 4
"""Values that have a colour of their own; the rest share one."""
REST = "other values"
_LABELS = 6


class Part(NamedTuple):
    """A piece of a column."""

    y: float
    height: float
    hue: int


class Step(NamedTuple):
    left: float
    x: float
    width: float
    label: str
    is_minor: bool
    title: str
    parts: tuple[Part, ...]
    rows: tuple[tuple[str, int], ...]


class Share(NamedTuple):
    """A value, why it was seen, how often; `width` in per cent of the most frequent."""

    value: str
    why: str
    times: int
    width: float
    share: str
    hue: int


class Figures(NamedTuple):
    steps: tuple[Step, ...]
    grid: tuple[tuple[float, str], ...]
    values: tuple[tuple[str, int], ...]
    """The values with their hue, for the legend."""
    shares: tuple[Share, ...]
    total: int
    told: int
    """How many times programs told what they had shown."""


def since(span: Span, now: Instant, zone: str) -> Instant:
    """The beginning of the first column."""
    if span.interval == "hour":
        return now - now % clock.HOUR - 23 * clock.HOUR
    return _day(now, zone, span.days - 1)


def _day(now: Instant, zone: str, before: int) -> Instant:
    """Midnight, in the zone, so many days before."""
    today = shown.local(now, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return clock.instant((today.replace(tzinfo=None) - timedelta(days=before)).replace(tzinfo=today.tzinfo))


def of(rows: Sequence[Seen], name: str, zone: str, now: Instant) -> Figures:
    """The columns of a span (see dates.SPANS), and the shares in all of it."""
    span = SPANS[name]
    seen = [each for each in rows if each.source == "evaluate"]
    by_value = Counter[str]()
    for each in seen:
        by_value[each.value] += each.count
    hues = {value: min(place, HUES) for place, value in enumerate(_in_order(by_value))}
    starts = _starts(span, now, zone)
    counts = _counted(seen, starts)
    ceiling = ceiling_of(max((sum(each.values()) for each in counts), default=0))
    every = -(-len(starts) // _LABELS)
    steps = tuple(
        _step(i, start, counts[i], hues, ceiling, (len(starts), every), span, zone)
        for i, start in enumerate(starts)
    )
    legend = [(value, hue) for value, hue in hues.items() if hue < HUES]
    more = [(REST, HUES)] if len(hues) > HUES else []
    return Figures(
        steps,
        _grid(ceiling) if seen else (),
        (*legend, *more),
        _shares(seen, hues),
        sum(by_value.values()),
        sum(each.count for each in rows if each.source == "telemetry"),
    )


def _in_order(by_value: Counter[str]) -> list[str]:
    """The most seen first; of yes and no always yes, which has the colour that it has elsewhere."""
    values = [value for value, _ in by_value.most_common()]
    return sorted(values, reverse=True) if {*values} <= {"true", "false"} else values


def _starts(span: Span, now: Instant, zone: str) -> list[Instant]:
    if span.interval == "hour":
        first = since(span, now, zone)
        return [first + n * clock.HOUR for n in range(24)]
    return [_day(now, zone, n) for n in range(span.days - 1, -1, -1)]


def _counted(seen: Sequence[Seen], starts: Sequence[Instant]) -> list[Counter[str]]:
    counts = [Counter[str]() for _ in starts]
    for each in seen:
        place = sum(start <= each.hour for start in starts) - 1
        if place >= 0:
            counts[place][each.value] += each.count
    return counts


def _grid(ceiling: int) -> tuple[tuple[float, str], ...]:
    return tuple(
        (down(ceiling * part / 4, ceiling), shown.compact(round(ceiling * part / 4))) for part in (4, 2, 0)
    )


def _step(
    i: int,
    start: Instant,
    counts: Counter[str],
    hues: dict[str, int],
    ceiling: int,
    scale: tuple[int, int],
    span: Span,
    zone: str,
) -> Step:
    number, every = scale
    width = 100 / number
    title = shown.moment(start, zone) if span.interval == "hour" else shown.day(start, zone)
    return Step(
        round(i * width, 3),
        round((i + 0.5) * width, 3),
        round(width, 3),
        shown.step(start, span.interval, zone) if i % every == every // 2 else "",
        (i // every) % 2 == 1,
        title,
        _parts(counts, hues, ceiling),
        tuple(counts.most_common(HUES)),
    )


def _parts(counts: Counter[str], hues: dict[str, int], ceiling: int) -> tuple[Part, ...]:
    """One on the other, in the order of the legend."""
    heights = [0] * (HUES + 1)
    for value, count in counts.items():
        heights[hues[value]] += count
    parts, below = [], 0
    for hue, count in enumerate(heights):
        if count:
            y = down(below + count, ceiling)
            parts.append(Part(y, max(1.0, round(down(below, ceiling) - y, 2)), hue))
            below += count
    return tuple(parts)


def _shares(seen: Sequence[Seen], hues: dict[str, int]) -> tuple[Share, ...]:
    counts = Counter[tuple[str, str]]()
    for each in seen:
        counts[each.value, each.reason] += each.count
    whole, top = sum(counts.values()), max(counts.values(), default=0)
    return tuple(
        Share(
            value, because(reason), count, round(100 * count / top, 2), shown.share(count, whole), hues[value]
        )
        for (value, reason), count in counts.most_common(10)
    )
