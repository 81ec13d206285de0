"""Areas on earth, checked once and then asked many times how far inside them a position lies.

A polygon's edges are straight in longitude and latitude, as GeoJSON says; so whether a position is inside is
decided there, exactly. How far it is to the border is measured in metres on the plane that touches the ellipsoid
at the position: right where it matters, within some kilometres of the border, at any latitude.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy
import shapely
from shapely.geometry import MultiPolygon
from shapely.geometry import Polygon as Ring
from shapely.validation import explain_validity

from hyway.domain.tracking.earth.geodesy import MEAN_RADIUS, metres
from hyway.kernel.faults import Invalid

MOST_VERTICES = 1_000
LARGEST_AREA = 1e12
"""Square metres: a million square kilometres."""
SMALLEST_AREA = 1.0
LARGEST_RADIUS = 500_000.0
"""Metres."""
_EQUATOR, _FLATTENING = 6_378_137.0, 1 / 298.257223563  # WGS84
_ECCENTRICITY = _FLATTENING * (2 - _FLATTENING)

_Point = tuple[float, float]
_Part = tuple[list[_Point], list[list[_Point]]]


class Located(Protocol):
    """A Spot, a Location, or whatever else is somewhere."""

    @property
    def lat(self) -> float: ...

    @property
    def lon(self) -> float: ...


class Box(NamedTuple):
    """The degrees that hold a shape; `west` is greater than `east` where it crosses the antimeridian."""

    south: float
    west: float
    north: float
    east: float


@dataclass(frozen=True, slots=True)
class Circle:
    """`radius` metres around a point; may hold a pole."""

    lat: float
    lon: float
    radius: float

    def signed_distance(self, lat: float, lon: float) -> float:
        """Metres to the border: below zero inside, above it outside."""
        return metres(self.lat, self.lon, lat, lon) - self.radius

    def insides(self, points: Sequence[Located]) -> list[bool]:
        """Which of the points are inside, the border among it."""
        return [self.signed_distance(each.lat, each.lon) <= 0 for each in points]

    @property
    def box(self) -> Box:
        up = math.degrees(self.radius / MEAN_RADIUS) * 1.01  # the ellipsoid's degrees are up to 0.6 % shorter
        south, north = self.lat - up, self.lat + up
        if south <= -90 or north >= 90:
            return Box(max(south, -90.0), -180.0, min(north, 90.0), 180.0)
        aside = math.degrees(
            math.asin(min(1.0, math.sin(math.radians(up)) / math.cos(math.radians(self.lat))))
        )
        return Box(south, _wrapped(self.lon - aside), north, _wrapped(self.lon + aside))


class Area:
    """Polygons in one plane of degrees, whose longitudes may run beyond 180; made by `polygon`."""

    def __init__(self, whole: Ring | MultiPolygon) -> None:
        self._whole = whole
        shapely.prepare(whole)
        self._west, self._south, self._east, self._north = whole.bounds
        lines = [numpy.asarray(ring.coords) for ring in _rings(whole)]
        self._from = numpy.concatenate([line[:-1] for line in lines])
        self._along = numpy.concatenate([numpy.diff(line, axis=0) for line in lines])

    @property
    def box(self) -> Box:
        if self._east - self._west >= 360:
            return Box(self._south, -180.0, self._north, 180.0)
        return Box(self._south, _wrapped(self._west), self._north, _wrapped(self._east))

    def signed_distance(self, lat: float, lon: float) -> float:
        """Metres to the border: below zero inside, above it outside; exact near the border."""
        first = math.ceil((self._west - 180 - lon) / 360)
        turns = range(first, math.floor((self._east + 180 - lon) / 360) + 1)
        return min(self._at(lat, lon + 360 * turn) for turn in turns)

    def insides(self, points: Sequence[Located]) -> list[bool]:
        """Which of the points are inside, the border among it; many times quicker than their distances."""
        lats = numpy.array([each.lat for each in points])
        lons = numpy.array([each.lon for each in points])
        found = numpy.zeros(len(points), bool)
        first, last = math.ceil((self._west - 180) / 360), math.floor((self._east + 180) / 360)
        for turn in range(first, last + 1):
            found |= shapely.intersects_xy(self._whole, lons + 360 * turn, lats)
        return list(map(bool, found))

    def _at(self, lat: float, lon: float) -> float:
        scale = numpy.array(_metres_of_a_degree(lat))
        start = (self._from - (lon, lat)) * scale
        along = self._along * scale
        lengths = numpy.einsum("ij,ij->i", along, along)
        share = -numpy.einsum("ij,ij->i", start, along) / numpy.where(lengths > 0, lengths, 1.0)
        nearest = start + numpy.clip(share, 0.0, 1.0)[:, None] * along
        away = math.sqrt(float(numpy.einsum("ij,ij->i", nearest, nearest).min()))
        return -away if shapely.intersects_xy(self._whole, lon, lat) else away


Shape = Circle | Area


def circle(lat: float, lon: float, radius: float, field: str = "radius") -> Circle:
    """A circle; Invalid for `field` if the radius is none, or larger than LARGEST_RADIUS."""
    if not (math.isfinite(radius) and 0 < radius <= LARGEST_RADIUS):
        raise Invalid(field, "must be more than 0 and at most {most} metres", most=int(LARGEST_RADIUS))
    return Circle(lat, lon, radius)


def polygon(shape: object, field: str = "shape") -> Area:
    """A GeoJSON Polygon or MultiPolygon, holes and all; Invalid for `field` says what is wrong with it.

    It may cross the antimeridian, cut there or not. It may not run around a pole: a circle can.
    """
    parts = _parts(shape, field)
    if sum(len(ring) - 1 for outer, holes in parts for ring in (outer, *holes)) > MOST_VERTICES:
        raise Invalid(field, "must have at most {most} corners", most=MOST_VERTICES)
    middle = _middle(parts[0][0])
    checked = [_checked(outer, holes, middle, field) for outer, holes in parts]
    whole = shapely.union_all(checked)
    if not isinstance(whole, Ring | MultiPolygon) or whole.is_empty:
        raise Invalid(field, "must enclose an area")
    size = area(whole)
    if size < SMALLEST_AREA:
        raise Invalid(field, "must enclose at least a square metre")
    if size > LARGEST_AREA:
        raise Invalid(field, "must enclose at most {most} square kilometres", most=int(LARGEST_AREA / 1e6))
    return Area(whole)


def area(whole: Ring | MultiPolygon) -> float:
    """Square metres on the sphere, between edges that are straight in degrees."""
    parts = whole.geoms if isinstance(whole, MultiPolygon) else (whole,)
    return sum(
        _ring_area(part.exterior.coords) - sum(_ring_area(hole.coords) for hole in part.interiors)
        for part in parts
    )


def _ring_area(ring: Any) -> float:
    """The integral of sin(latitude) over longitude, edge by edge."""
    at = numpy.radians(numpy.asarray(ring))
    lon, lat = at[:, 0], at[:, 1]
    rise = numpy.diff(lat)
    level = numpy.abs(rise) < 1e-12
    mean = numpy.where(
        level, numpy.sin(lat[:-1]), -numpy.diff(numpy.cos(lat)) / numpy.where(level, 1.0, rise)
    )
    return abs(float((mean * numpy.diff(lon)).sum())) * MEAN_RADIUS**2


def _parts(shape: object, field: str) -> list[_Part]:
    kind = shape.get("type") if isinstance(shape, Mapping) else None
    if not isinstance(shape, Mapping) or not isinstance(kind, str):
        raise Invalid(field, "must be a GeoJSON Polygon or MultiPolygon")
    given = shape.get("coordinates")
    if kind.lower() == "polygon":
        given = [given]
    elif kind.lower() != "multipolygon":
        raise Invalid(field, "must be a GeoJSON Polygon or MultiPolygon")
    if not isinstance(given, list) or not given or len(given) > MOST_VERTICES:
        raise Invalid(field, "must have a list of polygons as its coordinates")
    return [_part(rings, field) for rings in given]


def _part(rings: object, field: str) -> _Part:
    if not isinstance(rings, list) or not rings or len(rings) > MOST_VERTICES:
        raise Invalid(field, "must have lists of rings as its coordinates")
    outer, *holes = (_ring(ring, field) for ring in rings)
    return outer, holes


def _ring(ring: object, field: str) -> list[_Point]:
    """The corners, with longitudes that run on where the antimeridian is crossed."""
    if not isinstance(ring, list) or len(ring) < 4:
        raise Invalid(field, "must have rings of at least four positions, the last equal to the first")
    if len(ring) > MOST_VERTICES + 1:
        raise Invalid(field, "must have at most {most} corners", most=MOST_VERTICES)
    corners: list[_Point] = []
    for position in ring:
        lon, lat = _position(position, field)
        if corners:
            lon += 360 * _turns(corners[-1][0] - lon)
        corners.append((lon, lat))
    if _position(ring[0], field) != _position(ring[-1], field):
        raise Invalid(field, "must have rings that end where they begin")
    if corners[0] != corners[-1]:
        raise Invalid(field, "must not run around a pole: use a circle there")
    return corners


def _position(position: object, field: str) -> _Point:
    if not isinstance(position, list | tuple) or len(position) < 2:
        raise Invalid(field, "must have positions of a longitude and a latitude")
    lon, lat = position[0], position[1]
    for value, most in ((lon, 360), (lat, 90)):
        if isinstance(value, bool) or not isinstance(value, int | float) or not -most <= value <= most:
            raise Invalid(
                field, "must have longitudes from -180 to 180 and latitudes from -90 to 90, in this order"
            )
    return float(lon), float(lat)


def _checked(outer: list[_Point], holes: list[list[_Point]], middle: float, field: str) -> Ring:
    """The polygon on the turn of the globe nearest to `middle`, its holes on its own."""
    outer = _shifted(outer, middle)
    made = Ring(outer, [_shifted(hole, _middle(outer)) for hole in holes])
    if not made.is_valid:
        why, _, where = explain_validity(made).rstrip("]").partition("[")
        if "self-intersection" in why.lower():
            raise Invalid(field, "must not cross itself, as it does at {where}", where=where)
        raise Invalid(field, "must be a valid polygon: {why} at {where}", why=why.lower(), where=where)
    return made


def _shifted(ring: list[_Point], middle: float) -> list[_Point]:
    by = 360 * _turns(middle - _middle(ring))
    return [(lon + by, lat) for lon, lat in ring]


def _middle(ring: list[_Point]) -> float:
    return (min(lon for lon, _ in ring) + max(lon for lon, _ in ring)) / 2


def _turns(difference: float) -> int:
    """Whole turns in a difference of longitudes; none in half a turn."""
    return math.ceil(abs(difference) / 360 - 0.5) * (1 if difference > 0 else -1)


def _rings(whole: Ring | MultiPolygon) -> Iterator[Any]:
    for part in whole.geoms if isinstance(whole, MultiPolygon) else (whole,):
        yield part.exterior
        yield from part.interiors


def _metres_of_a_degree(lat: float) -> tuple[float, float]:
    """Metres in a degree of longitude and in one of latitude, on WGS84 at this latitude."""
    sine = math.sin(math.radians(lat))
    bent = 1 - _ECCENTRICITY * sine * sine
    east = math.radians(_EQUATOR * math.cos(math.radians(lat)) / math.sqrt(bent))
    north = math.radians(_EQUATOR * (1 - _ECCENTRICITY) / (bent * math.sqrt(bent)))
    return east, north


def _wrapped(lon: float) -> float:
    return (lon + 180) % 360 - 180
