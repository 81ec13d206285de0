"""The cells of h3 as balls and as ranges of numbers, for a search that begins with the whole earth and goes down.

Everything is measured straight through the earth, between earth-centred metres: so there is no antimeridian and no
pole, and what is true of a ball is true of all that lies in it.
"""

from functools import cache, lru_cache
from math import sin
from typing import Final

from h3.api import basic_int as h3  # type: ignore[import-untyped]

from hyway.domain.tracking.earth.geodesy import MEAN_RADIUS, Vector, earth, over_ground
from hyway.domain.tracking.earth.whereabouts import RESOLUTION

EVERYWHERE: Final = (0, (1 << 63) - 1)
"""The range of all cells."""
THROUGH: Final = 12_760_000.0
"""Straight metres, from anywhere to anywhere."""
_SLACK = 1.2
"""Of the average edge of a resolution: nothing whose finest cell is below a cell is farther from its middle. The
farthest that was found is 1.14."""
_REACH: Final = tuple(_SLACK * h3.average_hexagon_edge_length(at, "m") for at in range(RESOLUTION + 1))
# An index holds its resolution in 4 bits from the 52nd on, and below them a digit of 3 bits, 0 to 6, for each step.
_RESOLUTIONS = 15 << 52
_FINEST = RESOLUTION << 52
_BELOW: Final = tuple(
    sum(7 << 3 * (15 - step) for step in range(at + 1, RESOLUTION + 1)) for at in range(RESOLUTION + 1)
)
_LAST_BELOW: Final = tuple(
    sum(6 << 3 * (15 - step) for step in range(at + 1, RESOLUTION + 1)) for at in range(RESOLUTION + 1)
)


def span(cell: int, resolution: int) -> tuple[int, int]:
    """The first and the last of the stored cells below a cell."""
    first = (cell & ~_RESOLUTIONS | _FINEST) & ~_BELOW[resolution]
    return first, first | _LAST_BELOW[resolution]


def after(cell: int) -> int:
    """The number of the stored cell that follows: a digit that is 6 becomes 0, and the one before it counts on."""
    at = 3 * (15 - RESOLUTION)
    cell += 1 << at
    while cell >> at & 7 == 7 and at < 45:
        cell += 1 << at
        at += 3
    return cell


def reach(resolution: int) -> float:
    """Metres around a cell's middle that hold all that is stored below the cell."""
    far: float = _REACH[resolution]
    return far


def middle(cell: int) -> Vector:
    return earth(*h3.cell_to_latlng(cell))


@lru_cache(20_000)
def parts(cell: int, resolution: int) -> tuple[tuple[int, Vector], ...]:
    """The cells one step below, with their middles."""
    return tuple((each, middle(each)) for each in h3.cell_to_children(cell, resolution + 1))


@cache
def roots() -> tuple[tuple[int, Vector], ...]:
    """The coarsest cells, which are the earth, with their middles."""
    return tuple((each, middle(each)) for each in h3.get_res0_cells())


def straight(distance: float) -> float:
    """Metres through the earth for metres over ground: the way back from `over_ground`, which goes up in steps."""
    if distance >= 500_000.0:
        return 2 * MEAN_RADIUS * sin(min(distance / (2 * MEAN_RADIUS), 1.5707963267948966))
    low, high = 0.0, distance
    for _ in range(60):
        between = (low + high) / 2
        if over_ground(between) <= distance:
            low = between
        else:
            high = between
    return high
