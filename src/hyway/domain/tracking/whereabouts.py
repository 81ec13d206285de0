"""Where somebody is, as numbers that a database can search by."""

from math import cos, radians, sin

from h3.api.basic_int import latlng_to_cell  # type: ignore[import-untyped]

RESOLUTION = 12
"""Of the cells that are stored: some 10 m across. All cells within a coarser one are one range of numbers."""


def cell(lat: float, lon: float) -> int:
    """The number of the h3 cell."""
    found: int = latlng_to_cell(lat, lon, RESOLUTION)
    return found


def vector(lat: float, lon: float) -> tuple[float, float, float]:
    """The unit vector, which knows no antimeridian."""
    north, east = radians(lat), radians(lon)
    wide = cos(north)
    return wide * cos(east), wide * sin(east), sin(north)
