"""Metres out of positions that jitter and jump: one filter for a trip's distance and for the line drawn of it.

- Jitter: a leg is counted once it is longer than what two positions may differ by standing still.
- Jump: a position that could not have been reached in time is believed only when the next one lies with it.
- Loops: whoever stands still with a bad receiver draws a ball of wool. Legs are counted by the window, which
  ends 100 m from where it began; a window with far more legs than its ends are apart counts straight across.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from math import sqrt
from typing import Any, NamedTuple

from hyway.domain.tracking.earth.geodesy import SHORT, earth, metres, over_ground
from hyway.kernel.clock import SECOND, Instant

STEP = 5.0
"""Metres: a shorter leg is not told from the noise of a good receiver (3 to 5 m)."""
MOST_STEP = 50.0
"""Metres: however bad the accuracy claimed, a leg of this length is one."""
FASTEST = 90.0
"""Metres a second (324 km/h): what is faster needs a second position to be believed."""
IMPOSSIBLE = 350.0
"""Metres a second: no airliner flies it, so such a leg is a correction of the position and counts nothing."""
WINDOW = 100.0
"""Metres: two positions that jitter by 15 m are never this far apart (nearly five standard deviations)."""
LOOPS = 4.0
"""A window's legs may be this many times its width: there and back again is, jitter of a minute is 15 times."""
COARSE = 500.0
"""Metres: a position of worse accuracy (a cell tower's) takes no part."""

ACTIVITIES = ("walking", "running", "cycling", "automotive")
# Metres a second up to which a speed is taken for walking, running and cycling when the device did not say.
_PACES = (2.2, 3.6, 8.0)

PathPoint = tuple[float, float, Instant]


class Fix(NamedTuple):
    """A position of a device: degrees, accuracy in metres, speed in metres a second; None is not known.

    `activity` is unknown, stationary, walking, running, cycling or automotive.
    """

    at: Instant
    lat: float
    lon: float
    accuracy: float | None = None
    speed: float | None = None
    activity: str = "unknown"


def is_coarse(fix: Fix) -> bool:
    return fix.accuracy is not None and fix.accuracy > COARSE


class Mark:
    """A fix with its earth-centred coordinates."""

    __slots__ = ("fix", "x", "y", "z")

    def __init__(self, fix: Fix) -> None:
        self.fix = fix
        self.x, self.y, self.z = earth(fix.lat, fix.lon)

    def to(self, x: float, y: float, z: float) -> float:
        """Metres to a point in such coordinates."""
        x -= self.x
        y -= self.y
        z -= self.z
        straight = sqrt(x * x + y * y + z * z)
        return straight if straight < SHORT else over_ground(straight)


class Meter:
    """Counts the metres of a way, fix by fix, in millimetres, from its first fix on.

    `line`, when given, receives the points that count.
    """

    __slots__ = ("_anchor", "_done", "_line", "_open", "_seen", "_spans", "_suspect", "_window", "fixes")

    def __init__(self, first: Fix, line: list[PathPoint] | None = None) -> None:
        self.fixes = 1
        self._anchor = self._window = Mark(first)
        self._seen = first.at
        self._suspect: Mark | None = None
        self._open = 0  # millimetres of the legs in the window
        self._done = [0, 0, 0, 0]  # millimetres by activity
        self._spans = [0, 0, 0, 0]  # microseconds by activity
        self._line = line
        if line is not None:
            line.append((first.lat, first.lon, first.at))

    def feed(self, fix: Fix) -> None:
        """One more fix, at or after the one before."""
        self.take(Mark(fix))

    def take(self, mark: Mark) -> None:
        """`feed`, for who has the coordinates already."""
        self.fixes += 1
        anchor, fix = self._anchor, mark.fix
        away = anchor.to(mark.x, mark.y, mark.z)
        if away < STEP or away < _step(anchor.fix.accuracy, fix.accuracy):
            self._seen = fix.at
            self._suspect = None
            return
        if away > FASTEST * max(SECOND, fix.at - self._seen) / SECOND:
            suspect = self._suspect
            if suspect is None or not _reaches(suspect, mark):
                self._suspect = mark
                return
            self._leg(suspect, anchor.to(suspect.x, suspect.y, suspect.z))
            self.take(mark)
            self.fixes -= 1
            return
        self._suspect = None
        self._leg(mark, away)

    def finish(self, last: Fix) -> None:
        """Count up to the last fix fed, however near: the line ends there."""
        if self._anchor.fix[:3] != last[:3]:
            mark = Mark(last)
            self._leg(mark, self._anchor.to(mark.x, mark.y, mark.z))
        self._close(self._anchor)

    def metres(self) -> float:
        return (sum(self._done) + self._in_window(self._anchor)) / 1000

    def activities(self) -> dict[str, tuple[float, float]]:
        """Seconds and metres of each activity that took part, of windows that are closed."""
        return {
            name: (span / SECOND, done / 1000)
            for name, span, done in zip(ACTIVITIES, self._spans, self._done, strict=True)
            if span or done
        }

    def copy(self) -> "Meter":
        twin = Meter.__new__(Meter)
        twin.fixes, twin._anchor, twin._window, twin._seen = (
            self.fixes,
            self._anchor,
            self._window,
            self._seen,
        )
        twin._suspect, twin._open, twin._line = self._suspect, self._open, None
        twin._done, twin._spans = self._done.copy(), self._spans.copy()
        return twin

    def to_json(self, place: Callable[[Mark], int]) -> list[Any]:
        """The state; of fixes, their places in the caller's list."""
        suspect = -1 if self._suspect is None else place(self._suspect)
        marks = [place(self._anchor), place(self._window), suspect]
        return [self.fixes, self._seen, self._open, self._done, self._spans, marks]

    @classmethod
    def from_json(cls, data: Sequence[Any], marks: Sequence[Mark]) -> "Meter":
        fixes, seen, opened, done, spans, (anchor, window, suspect) = data
        meter = cls(marks[anchor].fix)
        meter._window = marks[window]
        meter._suspect = None if suspect < 0 else marks[suspect]
        meter.fixes, meter._seen, meter._open = fixes, seen, opened
        meter._done, meter._spans = done, spans
        return meter

    def _leg(self, mark: Mark, away: float) -> None:
        """Count the leg to `mark`, which is `away` metres from the anchor."""
        if away <= IMPOSSIBLE * max(SECOND, mark.fix.at - self._anchor.fix.at) / SECOND:
            self._open += round(away * 1000)
        self._anchor = mark
        self._seen = mark.fix.at
        if self._line is not None:
            self._line.append((mark.fix.lat, mark.fix.lon, mark.fix.at))
        if away >= WINDOW or self._window.to(mark.x, mark.y, mark.z) >= WINDOW:
            self._close(mark)

    def _close(self, mark: Mark) -> None:
        """End the window at `mark`; its metres and seconds go to one activity."""
        counted = self._in_window(mark)
        span = mark.fix.at - self._window.fix.at
        which = _activity(mark.fix, counted / 1000, span / SECOND)
        self._done[which] += counted
        self._spans[which] += span
        if self._line is not None and counted != self._open:
            self._straighten(mark)
        self._window = mark
        self._open = 0

    def _in_window(self, mark: Mark) -> int:
        """Millimetres of the open window up to `mark`: its legs, or straight across where they are loops."""
        if self._open <= LOOPS * WINDOW * 500:
            return self._open
        across = self._window.to(mark.x, mark.y, mark.z)
        return round(across * 1000) if self._open > LOOPS * max(across, WINDOW / 2) * 1000 else self._open

    def _straighten(self, mark: Mark) -> None:
        line = self._line
        assert line is not None  # noqa: S101
        began = self._window.fix
        start = len(line) - 1
        while line[start] != (began.lat, began.lon, began.at):
            start -= 1
        line[start + 1 :] = [(mark.fix.lat, mark.fix.lon, mark.fix.at)]


def _step(one: float | None, other: float | None) -> float:
    """Half of the worse accuracy, in metres."""
    return min(MOST_STEP, max(one or 0.0, other or 0.0) / 2)


def _reaches(one: Mark, other: Mark) -> bool:
    span = max(SECOND, other.fix.at - one.fix.at)
    return one.to(other.x, other.y, other.z) <= FASTEST * span / SECOND


def _activity(fix: Fix, distance: float, seconds: float) -> int:
    """The place in ACTIVITIES: what the device says, else by its speed, else by the window's."""
    if fix.activity in ACTIVITIES:
        return ACTIVITIES.index(fix.activity)
    speed = fix.speed if fix.speed is not None else distance / max(seconds, 1.0)
    return sum(speed > pace for pace in _PACES)


def path(fixes: Iterable[Fix]) -> list[PathPoint]:
    """The line through a trip's fixes (in order), as (latitude, longitude, instant): what its distance counted."""
    line: list[PathPoint] = []
    meter = last = None
    for fix in fixes:
        if is_coarse(fix):
            continue
        if meter is None:
            meter = Meter(fix, line)
        else:
            meter.take(Mark(fix))
        last = fix
    if meter and last:
        meter.finish(last)
    return line


def length(line: Sequence[PathPoint]) -> float:
    """Metres along a path."""
    return sum(_leg(one, other) for one, other in pairwise(line))


def distance_between(line: Sequence[PathPoint], start: Instant, end: Instant) -> float:
    """Metres along a path between two instants; in the middle of a leg, the part of it that time has."""
    if not line or end <= start:
        return 0.0
    first = max(0, bisect_right(line, start, key=lambda point: point[2]) - 1)
    total = 0.0
    for one, other in zip(line[first:], line[first + 1 :], strict=False):
        if one[2] >= end:
            break
        share = min(end, other[2]) - max(start, one[2])
        if other[2] == one[2]:
            total += _leg(one, other)
        elif share > 0:
            total += _leg(one, other) * share / (other[2] - one[2])
    return total


def _leg(one: PathPoint, other: PathPoint) -> float:
    away = metres(one[0], one[1], other[0], other[1])
    return away if away <= IMPOSSIBLE * max(SECOND, other[2] - one[2]) / SECOND else 0.0
