"""The fixes that may be one stop: their number, centre and scatter, without the fixes themselves."""

from collections.abc import Callable, Sequence
from math import sqrt
from typing import Any

from hyway.domain.tracking.days.meter import Fix, Mark
from hyway.domain.tracking.earth.geodesy import above

RADIUS = 60.0
"""Metres around a stop: four standard deviations of a jitter of 15 m, which leaves it once in 3,000 times."""
MOST_RADIUS = 250.0
"""Metres: however bad the accuracy claimed, what is farther away is elsewhere."""
CLOSE = 10.0
"""Metres from the centre of a stop that count as being there, or its own scatter where that is more."""


def radius(fix: Fix) -> float:
    """Metres from a stop's centre within which a fix of this accuracy may well be at the stop."""
    accuracy = fix.accuracy
    return RADIUS if accuracy is None or accuracy < RADIUS / 2 else min(MOST_RADIUS, 2 * accuracy)


class Stay:
    """Sums of the offsets from the first fix, in earth-centred metres: no antimeridian, no poles."""

    __slots__ = ("_count", "_radius", "_squares", "_x", "_xs", "_y", "_ys", "_z", "_zs", "first")

    def __init__(self, first: Mark) -> None:
        self.first = first
        self._radius = radius(first.fix)
        self._count = 1
        self._xs = self._ys = self._zs = self._squares = 0.0
        self._x, self._y, self._z = first.x, first.y, first.z  # the centre

    def away(self, mark: Mark) -> float:
        """Metres from the centre."""
        x, y, z = mark.x - self._x, mark.y - self._y, mark.z - self._z
        return sqrt(x * x + y * y + z * z)

    def holds(self, fix: Fix, away: float) -> bool:
        """Whether a fix that far from the centre may be at the stop."""
        return away <= RADIUS or away <= self._radius or away <= radius(fix)

    def add(self, mark: Mark) -> None:
        first = self.first
        x, y, z = mark.x - first.x, mark.y - first.y, mark.z - first.z
        self._count += 1
        self._xs += x
        self._ys += y
        self._zs += z
        self._squares += x * x + y * y + z * z

    def recentre(self) -> None:
        """Put the centre into the middle of all fixes."""
        first, count = self.first, self._count
        self._x = first.x + self._xs / count
        self._y = first.y + self._ys / count
        self._z = first.z + self._zs / count

    def close(self) -> float:
        """Metres from the centre that count as being there: the root of the mean square distance."""
        count = self._count
        x, y, z = self._xs / count, self._ys / count, self._zs / count
        square = self._squares / count - x * x - y * y - z * z
        return sqrt(square) if square > CLOSE * CLOSE else CLOSE

    def centre(self) -> tuple[float, float]:
        """Latitude and longitude of the middle of all fixes."""
        first, count = self.first, self._count
        return above(first.x + self._xs / count, first.y + self._ys / count, first.z + self._zs / count)

    def to_json(self, place: Callable[[Mark], int]) -> list[Any]:
        """The state; of the first fix, its place in the caller's list."""
        sums = [self._xs, self._ys, self._zs, self._squares]
        return [place(self.first), self._count, *sums, self._x, self._y, self._z]

    @classmethod
    def from_json(cls, data: Sequence[Any], marks: Sequence[Mark]) -> "Stay":
        stay = cls(marks[data[0]])
        stay._count, stay._xs, stay._ys, stay._zs, stay._squares, stay._x, stay._y, stay._z = data[1:]
        return stay
