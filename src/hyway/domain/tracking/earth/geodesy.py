"""Distances and directions on the WGS84 ellipsoid; latitude and longitude in degrees, the rest in metres.

Short distances are measured straight through the ground between earth-centred coordinates: these know no
antimeridian and no poles, and below some kilometres the chord and the arc do not differ by a millimetre.
"""

from math import asin, atan, atan2, cos, degrees, pi, radians, sin, sqrt, tan

from geographiclib.geodesic import Geodesic  # type: ignore[import-untyped]

Vector = tuple[float, float, float]

_WGS84 = Geodesic.WGS84
_EQUATOR = 6_378_137.0
_FLATTENING = 1 / 298.257223563
_SQUARE_ECCENTRICITY = 0.0066943799901413165
MEAN_RADIUS = 6_371_008.8
_DEGREE = pi / 180
SHORT = 20_000.0  # up to here an arc is longer than its chord by less than a centimetre
_OPPOSITE = 10_700_000.0  # beyond it the other side of the earth is too near for a formula
_FAR = 500_000.0  # up to here one term of the series gives the arc to some metres in a million


def earth(lat: float, lon: float) -> Vector:
    """Earth-centred, earth-fixed coordinates in metres of a point on the ellipsoid."""
    lat *= _DEGREE
    lon *= _DEGREE
    high = sin(lat)
    normal = _EQUATOR / sqrt(1 - _SQUARE_ECCENTRICITY * high * high)
    wide = normal * cos(lat)
    return wide * cos(lon), wide * sin(lon), normal * (1 - _SQUARE_ECCENTRICITY) * high


def above(x: float, y: float, z: float) -> tuple[float, float]:
    """Latitude and longitude in degrees of a point on the ellipsoid, or some metres below or above it."""
    return degrees(atan2(z, sqrt(x * x + y * y) * (1 - _SQUARE_ECCENTRICITY))), degrees(atan2(y, x))


def over_ground(straight: float) -> float:
    """Metres along the surface for metres straight through the ground; good to 5 in a million up to 500 km,
    and to half a percent beyond."""
    if straight < SHORT:
        return straight
    half = straight / (2 * MEAN_RADIUS)
    if straight < _FAR:
        return straight * (1 + half * half / 6)
    return 2 * MEAN_RADIUS * asin(min(1.0, half))


def metres(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Metres from one point to another; within 1 in 100,000 of the geodesic, quick up to 500 km."""
    x1, y1, z1 = earth(lat1, lon1)
    x2, y2, z2 = earth(lat2, lon2)
    straight = sqrt((x1 - x2) ** 2 + (y1 - y2) ** 2 + (z1 - z2) ** 2)
    if straight < _FAR:
        return over_ground(straight)
    return _lambert(lat1, lon1, lat2, lon2) if straight < _OPPOSITE else geodesic(lat1, lon1, lat2, lon2)


def _lambert(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Lambert's formula for long lines: to 2 in a million of the geodesic, and 40 times quicker."""
    up1 = atan((1 - _FLATTENING) * tan(lat1 * _DEGREE))
    up2 = atan((1 - _FLATTENING) * tan(lat2 * _DEGREE))
    half = sin((up1 - up2) / 2) ** 2 + cos(up1) * cos(up2) * sin((lon2 - lon1) * _DEGREE / 2) ** 2
    arc = 2 * asin(sqrt(half))
    middle, off = (up1 + up2) / 2, (up2 - up1) / 2
    longer = (arc - sin(arc)) * (sin(middle) * cos(off) / cos(arc / 2)) ** 2
    longer += (arc + sin(arc)) * (cos(middle) * sin(off) / sin(arc / 2)) ** 2
    return _EQUATOR * (arc - _FLATTENING / 2 * longer)


def geodesic(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Metres of the shortest line on the ellipsoid, exact to nanometres, some 30 times slower than `metres`."""
    return float(_WGS84.Inverse(lat1, lon1, lat2, lon2, Geodesic.DISTANCE)["s12"])


def bearing(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Degrees clockwise from north, 0 up to 360, in which the second point lies from the first; 0 for itself."""
    if (lat1, lon1) == (lat2, lon2):
        return 0.0
    return float(_WGS84.Inverse(lat1, lon1, lat2, lon2, Geodesic.AZIMUTH)["azi1"]) % 360 % 360


def along(lat: float, lon: float, direction: float, distance: float) -> tuple[float, float]:
    """The point `distance` metres from here in `direction` degrees; its longitude is -180 up to 180."""
    found = _WGS84.Direct(lat, lon, direction, distance, Geodesic.LATITUDE | Geodesic.LONGITUDE)
    return float(found["lat2"]), float(found["lon2"])


def unit(lat: float, lon: float) -> Vector:
    """The point on a sphere of radius 1: columns by which a database finds what is near."""
    up, east = radians(lat), radians(lon)
    return cos(up) * cos(east), cos(up) * sin(east), sin(up)


def chord(distance: float) -> float:
    """The straight distance between `unit` points that many metres apart.

    The ellipsoid differs from the sphere by up to 0.6 %: search that much wider, then measure with `metres`.
    """
    return 2 * sin(min(distance / MEAN_RADIUS, pi) / 2)


def from_chord(length: float) -> float:
    """Metres between two `unit` points; the way back from `chord`."""
    return 2 * MEAN_RADIUS * asin(min(1.0, length / 2))
