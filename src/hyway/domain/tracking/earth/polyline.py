"""Encoded polylines: Google's format with 5 decimals, and the time-aware one with whole seconds beside.

A number is the difference to the point before (to zero for the first), doubled, inverted when negative, and
cut into groups of five bits, lowest first, each written as one printable character from `?` on.
The texts hold backslashes and backticks.
"""

import re
from collections.abc import Iterable, Sequence

from hyway.kernel.clock import SECOND, Instant

Point = tuple[float, float]
TimedPoint = tuple[float, float, Instant]
# Groups from `_` on say that the number goes on.
_PAIRS = re.compile(r"([_-~]*[?-^][_-~]*[?-^])[_-~]*[?-^]")

# Steps of a person or a car nearly always fit in two groups of five bits (about 570 m): a table is faster.
_TABLE_SIZE = 1 << 10


def _groups(value: int) -> str:
    groups = []
    while value >= 0x20:
        groups.append(chr((0x20 | value & 0x1F) + 63))
        value >>= 5
    groups.append(chr(value + 63))
    return "".join(groups)


_TABLE = tuple(map(_groups, range(_TABLE_SIZE)))


def _text(difference: int) -> str:
    value = difference << 1 if difference >= 0 else ~(difference << 1)
    return _TABLE[value] if value < _TABLE_SIZE else _groups(value)


def _seconds(at: Instant) -> int:
    """Whole seconds; a fraction is cut off towards 1970, as the vendor's library does."""
    return at // SECOND if at >= 0 else -(-at // SECOND)


def encode(points: Iterable[Sequence[float]]) -> str:
    """(latitude, longitude) pairs in degrees as a polyline; what a point holds beyond the pair is left out."""
    texts: list[str] = []
    add, table, size = texts.append, _TABLE, _TABLE_SIZE
    lat = lon = 0
    for point in points:
        new_lat, new_lon = round(point[0] * 1e5), round(point[1] * 1e5)
        for step in (new_lat - lat, new_lon - lon):
            value = step << 1 if step >= 0 else ~(step << 1)
            add(table[value] if value < size else _groups(value))
        lat, lon = new_lat, new_lon
    return "".join(texts)


def encode_timed(points: Iterable[TimedPoint]) -> str:
    """(latitude, longitude, instant) triples as a time-aware polyline."""
    return extend_timed("", points, None)


def extend(text: str, points: Iterable[Sequence[float]], last: Sequence[float] | None) -> str:
    """`text`, whose last point is `last`, with more points; the same as encoding the whole anew."""
    if last is None:
        return text + encode(points)
    start = _text(round(last[0] * 1e5)) + _text(round(last[1] * 1e5))
    return text + encode([last, *points])[len(start) :]


def extend_timed(text: str, points: Iterable[TimedPoint], last: TimedPoint | None) -> str:
    """`text`, whose last point is `last`, with more points; the same as encoding the whole anew."""
    texts = [text]
    add, table, size = texts.append, _TABLE, _TABLE_SIZE
    lat = lon = second = 0
    if last is not None:
        lat, lon, second = round(last[0] * 1e5), round(last[1] * 1e5), _seconds(last[2])
    for point in points:
        new_lat, new_lon, new_second = round(point[0] * 1e5), round(point[1] * 1e5), _seconds(point[2])
        for step in (new_lat - lat, new_lon - lon, new_second - second):
            value = step << 1 if step >= 0 else ~(step << 1)
            add(table[value] if value < size else _groups(value))
        lat, lon, second = new_lat, new_lon, new_second
    return "".join(texts)


def decode(text: str) -> list[Point]:
    """The points of a polyline, to 5 decimals; ValueError for what is none."""
    return [(lat, lon) for lat, lon in zip(*_tracks(text, 2), strict=True)]


def decode_timed(text: str) -> list[TimedPoint]:
    """The points of a time-aware polyline, on whole seconds; ValueError for what is none."""
    lats, lons, seconds = _tracks(text, 3)
    return [(lat, lon, int(second) * SECOND) for lat, lon, second in zip(lats, lons, seconds, strict=True)]


def without_times(text: str) -> str:
    """The plain polyline of a time-aware one: the same numbers but each third one, which it leaves out."""
    return "".join(_PAIRS.findall(text))


def _tracks(text: str, width: int) -> list[list[float]]:
    """The running sums of each dimension: the first two in degrees, a third as it is."""
    steps = _steps(text)
    if len(steps) % width:
        raise ValueError("a polyline ends in the middle of a point")
    tracks: list[list[float]] = []
    for dimension in range(width):
        total, track = 0, []
        for step in steps[dimension::width]:
            total += step
            track.append(total if dimension == 2 else round(total * 1e-5, 5))
        tracks.append(track)
    return tracks


def _steps(text: str) -> list[int]:
    steps: list[int] = []
    value = shift = 0
    for code in map(ord, text):
        group = code - 63
        if not 0 <= group < 0x40:
            raise ValueError("a polyline holds a character that is none of its own")
        value |= (group & 0x1F) << shift
        shift += 5
        if group < 0x20:
            steps.append(~(value >> 1) if value & 1 else value >> 1)
            value = shift = 0
    if shift:
        raise ValueError("a polyline ends in the middle of a number")
    return steps
