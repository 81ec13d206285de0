"""Map services on the loopback that speak the documented wires of Valhalla, OSRM and Nominatim.

They know one town: everything is reached in a straight line at 10 m/s, and there is a handful of places. What the
documents call an error is answered with the status and the body that the documents show.
"""

import contextlib
import itertools
import json
import math
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.make import loopback
from tests.make.loopback import Request

Reply = tuple[int, Any]
SPEED = 10.0
COSTINGS = ("auto", "bicycle", "bus", "truck", "taxi", "motor_scooter", "motorcycle", "pedestrian")


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


@dataclass
class MapServer:
    """`instead` is answered in place of the truth, as raw bytes, until it is None again."""

    port: int = 0
    asked: list[Asked] = field(default_factory=list)
    instead: tuple[int, bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def valhalla() -> contextlib.AbstractContextManager[MapServer]:
    return _serving(_valhalla)


def osrm() -> contextlib.AbstractContextManager[MapServer]:
    return _serving(_osrm)


def nominatim() -> contextlib.AbstractContextManager[MapServer]:
    return _serving(_nominatim)


def apart(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Metres along the great circle."""
    p1, p2 = math.radians(lat1), math.radians(lat2)
    half = math.sin((p2 - p1) / 2) ** 2
    half += math.cos(p1) * math.cos(p2) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 2 * 6_371_008.8 * math.asin(math.sqrt(half))


def _valhalla(asked: Asked) -> Reply:
    def wrong(code: int, text: str, status: int = 400) -> Reply:
        says = {400: "Bad Request", 404: "Not Found"}[status]
        return status, {"error_code": code, "error": text, "status_code": status, "status": says}

    if asked.path != "/route":
        return wrong(106, "Try any of: '/route' '/locate'", 404)
    question = asked.body if asked.method == "POST" else json.loads(asked.query.get("json", "null"))
    if not isinstance(question, dict):
        return wrong(100, "Failed to parse json request")
    spots = question.get("locations")
    if not isinstance(spots, list):
        return wrong(110, "Insufficiently specified required parameter 'locations'")
    if len(spots) < 2:
        return wrong(120, "Insufficient number of locations provided")
    if "costing" not in question:
        return wrong(124, "No edge/node costing provided")
    if question["costing"] not in COSTINGS:
        return wrong(125, f"No costing method found for '{question['costing']}'")
    if any(abs(spot["lat"]) > 80 for spot in spots):
        return wrong(171, "No suitable edges near location")
    pairs = itertools.pairwise(spots)
    length = sum(apart(one["lat"], one["lon"], two["lat"], two["lon"]) for one, two in pairs)
    units = question.get("units", "kilometers")
    unit = 1609.344 if units in ("miles", "mi") else 1000.0
    summary = {"has_toll": False, "time": length / SPEED, "length": round(length / unit, 3), "cost": 1.0}
    trip = {"locations": spots, "legs": [{"summary": summary, "shape": ""}], "summary": summary, "status": 0}
    return 200, {"trip": {**trip, "status_message": "Found route between points", "units": units}}


def _osrm(asked: Asked) -> Reply:
    number = r"-?\d+(?:\.\d+)?"
    parts = re.fullmatch(r"/route/v1/(\w+)/(.+?)(?:\.json)?", asked.path)
    if parts is None:
        return 400, {"code": "InvalidUrl", "message": "URL string malformed"}
    spots = parts[2].split(";")
    if not all(re.fullmatch(f"{number},{number}", spot) for spot in spots):
        return 400, {"code": "InvalidQuery", "message": "Query string malformed close to position 21"}
    if asked.query.get("overview") not in (None, "full", "simplified", "false"):
        return 400, {"code": "InvalidQuery", "message": "Query string malformed"}
    at = [(float(lat), float(lon)) for lon, lat in (spot.split(",") for spot in spots)]
    if len(at) < 2 or any(abs(lat) > 90 or abs(lon) > 180 for lat, lon in at):
        return 400, {"code": "InvalidOptions", "message": "Options are invalid."}
    if any(abs(lat) > 80 for lat, _ in at):
        return 400, {"code": "NoRoute", "message": "Impossible route between points"}
    legs: list[dict[str, Any]] = [
        {
            "steps": [],
            "distance": round(far, 1),
            "duration": round(far / SPEED, 1),
            "summary": "",
            "weight": 1,
        }
        for far in (apart(*one, *two) for one, two in itertools.pairwise(at))
    ]
    total: dict[str, Any] = {name: sum(leg[name] for leg in legs) for name in ("distance", "duration")}
    waypoints = [{"hint": "", "name": "", "location": [lon, lat], "distance": 1.0} for lat, lon in at]
    route = {"legs": legs, "weight_name": "routability", "weight": 1, **total}
    return 200, {"code": "Ok", "routes": [route], "waypoints": waypoints}


PLACES: list[dict[str, Any]] = [
    {
        "place_id": 1, "licence": "Data © OpenStreetMap contributors, ODbL 1.0.", "osm_type": "way", "osm_id": 1,
        "lat": "37.7762900", "lon": "-122.4243400", "category": "place", "type": "house", "place_rank": 30,
        "importance": 0.00009, "addresstype": "place", "name": "",
        "display_name": "270, Linden Street, Hayes Valley, San Francisco, California, 94102, United States",
        "address": {"house_number": "270", "road": "Linden Street", "neighbourhood": "Hayes Valley",
                    "city": "San Francisco", "state": "California", "ISO3166-2-lvl4": "US-CA",
                    "postcode": "94102", "country": "United States", "country_code": "us"},
        "boundingbox": ["37.7762400", "37.7763400", "-122.4243900", "-122.4242900"],
    },
    {
        "place_id": 2, "osm_type": "node", "osm_id": 2, "lat": "37.7793", "lon": "-122.4193",
        "category": "amenity", "type": "townhall", "place_rank": 30, "importance": 0.4, "addresstype": "amenity",
        "name": "San Francisco City Hall",
        "display_name": "San Francisco City Hall, 1, Dr Carlton B Goodlett Place, Civic Center, San Francisco",
        "address": {"amenity": "San Francisco City Hall", "house_number": "1", "suburb": "Civic Center",
                    "road": "Dr Carlton B Goodlett Place", "city": "San Francisco", "state": "California",
                    "postcode": "94102", "country": "United States", "country_code": "us"},
        "boundingbox": ["37.7787", "37.7798", "-122.4200", "-122.4185"],
    },
    {
        "place_id": 3, "osm_type": "way", "osm_id": 280940520, "lat": "-34.4391708", "lon": "-58.7064573",
        "place_rank": 26, "category": "highway", "type": "motorway", "importance": 0.1, "addresstype": "road",
        "display_name": "Autopista Pedro Eugenio Aramburu, El Triángulo, Buenos Aires, 1.619, Argentina",
        "name": "Autopista Pedro Eugenio Aramburu",
        "address": {"road": "Autopista Pedro Eugenio Aramburu", "village": "El Triángulo",
                    "state_district": "Partido de Malvinas Argentinas", "state": "Buenos Aires",
                    "postcode": "1.619", "country": "Argentina", "country_code": "ar"},
        "boundingbox": ["-34.44159", "-34.4370994", "-58.7086067", "-58.7044712"],
    },
]  # fmt: skip


def _nominatim(asked: Asked) -> Reply:
    if not asked.headers.get("User-Agent") or "python" in asked.headers["User-Agent"].lower():
        return 403, {"error": {"code": 403, "message": "Usage policy: name your application"}}
    if asked.query.get("format") != "jsonv2":
        return 400, {"error": {"code": 400, "message": "Parameter 'format' must be one of: jsonv2"}}
    if asked.path == "/reverse":
        lat, lon = float(asked.query["lat"]), float(asked.query["lon"])
        nearest = min(PLACES, key=lambda place: _away(place, lat, lon))
        return 200, nearest if _away(nearest, lat, lon) < 1_000 else {"error": "Unable to geocode"}
    if asked.path != "/search" or not asked.query.get("q"):
        return 400, {"error": {"code": 400, "message": "Nothing to search for."}}
    words = re.findall(r"\w+", asked.query["q"].lower())
    found = [place for place in PLACES if all(word in place["display_name"].lower() for word in words)]
    if box := asked.query.get("viewbox"):
        west, south, east, north = map(float, box.split(","))
        found.sort(
            key=lambda at: not (west <= float(at["lon"]) <= east and south <= float(at["lat"]) <= north)
        )
    return 200, found[: int(asked.query.get("limit", "10"))]


def _away(place: dict[str, Any], lat: float, lon: float) -> float:
    return apart(float(place["lat"]), float(place["lon"]), lat, lon)


@contextlib.contextmanager
def _serving(answer: Callable[[Asked], Reply]) -> Iterator[MapServer]:
    made, lock = MapServer(), threading.Lock()

    def answered(request: Request) -> loopback.Reply:
        with lock:
            asked = _asked(request)
            made.asked.append(asked)
        status, content = made.instead or _encoded(answer(asked))
        return status, {"Content-Type": "application/json; charset=utf-8"}, content

    with loopback.serving(answered) as made.port:
        yield made


def _encoded(reply: Reply) -> tuple[int, bytes]:
    return reply[0], json.dumps(reply[1]).encode()


def _asked(request: Request) -> Asked:
    parts = urlsplit(request.path)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    with_json = json.loads(request.body) if request.body else None
    return Asked(request.method, unquote(parts.path), query, dict(request.headers), with_json)
