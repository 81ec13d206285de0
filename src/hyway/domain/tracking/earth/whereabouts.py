"""Where somebody is, as numbers that a database can search by."""

from h3.api.basic_int import latlng_to_cell  # type: ignore[import-untyped]

from hyway.domain.tracking.earth.geodesy import earth

RESOLUTION = 12
"""Of the cells that are stored: some 10 m across. All cells within a coarser one are one range of numbers."""


def cell(lat: float, lon: float) -> int:
    """The number of the h3 cell."""
    found: int = latlng_to_cell(lat, lon, RESOLUTION)
    return found


def vector(lat: float, lon: float) -> tuple[float, float, float]:
    """Earth-centred metres, which know no antimeridian: who is nearer in a straight line is nearer over ground."""
    return earth(lat, lon)
