"""Names and addresses of points, and points of addresses: asked of a geocoder, or found among stored places."""

import threading
import time
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

from hyway.domain.tracking.earth.geodesy import metres
from hyway.domain.tracking.outside.asking import SECONDS, Unanswered, address, ask, number, service
from hyway.domain.tracking.records import Spot
from hyway.kernel.outgoing import Outgoing

MOST_FOUND = 10
NEARBY = 0.5
"""Degrees around a point within which a search prefers what it finds."""
LEAST_ALIKE = 0.3
"""The share of a query's trigrams that a place must have to be found by it."""
_HEADERS = {"User-Agent": "Hyway-Tracking/1", "Accept": "application/json", "Accept-Language": "en"}
_UNNAMED = ("highway", "place", "boundary")


class NoGeocoder(Exception):
    """The geocoder did not answer, or with nothing that can be used; the text says why."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a geocoder knows of a point; texts are empty where it knows nothing. `country` is a code of two."""

    name: str
    address: str
    landmark: str
    locality: str
    zip_code: str
    city: str
    state: str
    country: str
    lat: float
    lon: float


class Geocoder(Protocol):
    """Whoever knows addresses; each of these raises NoGeocoder."""

    def search(self, q: str, near: Spot | None) -> list[Found]: ...

    def geocode(self, address: str) -> Found | None: ...

    def reverse(self, lat: float, lon: float) -> Found | None: ...


class Nominatim:
    """`/search` and `/reverse` of a Nominatim server, asked no more often than every `pause` seconds."""

    def __init__(self, url: str, out: Outgoing, pause: float = 0.0) -> None:
        self._url = url
        self._out = out
        self._pause = pause
        self._turn = threading.Lock()
        self._free_at = 0.0

    def search(self, q: str, near: Spot | None) -> list[Found]:
        """At most MOST_FOUND, best first; those near a point before others."""
        return self._search(q, MOST_FOUND, near)

    def geocode(self, address: str) -> Found | None:
        """The best match of an address."""
        return next(iter(self._search(address, 1, None)), None)

    def reverse(self, lat: float, lon: float) -> Found | None:
        """What is at, or close to, a point; None at sea."""
        answer = self._ask("/reverse", lat=f"{lat:.7f}", lon=f"{lon:.7f}", zoom=18)
        if not isinstance(answer, dict):
            raise NoGeocoder("the answer is no place")
        if "error" in answer:
            return None
        return _found(answer)

    def _search(self, q: str, limit: int, near: Spot | None) -> list[Found]:
        if not q.strip():
            return []
        box = {} if near is None else {"viewbox": _viewbox(near), "bounded": 0}
        answer = self._ask("/search", q=q.encode(errors="replace"), limit=limit, **box)
        if not isinstance(answer, list):
            raise NoGeocoder("the answer is no list of places")
        return [_found(each) for each in answer[:limit]]

    def _ask(self, path: str, **query: object) -> Any:
        self._wait()
        url = address(self._url, path, **query, format="jsonv2", addressdetails=1)
        try:
            status, answer = ask(self._out, "GET", url, _HEADERS)
        except Unanswered as error:
            raise NoGeocoder(str(error)) from error
        # Some servers tell with 404 that there is nothing at a point.
        if status == 200 or (status == 404 and isinstance(answer, dict) and "error" in answer):
            return answer
        raise NoGeocoder(f"the geocoder answered {status}")

    def _wait(self) -> None:
        """Takes the next free turn; NoGeocoder if that is too far off for anybody to wait."""
        with self._turn:
            now = time.monotonic()
            turn = max(now, self._free_at)
            if turn - now > SECONDS:
                raise NoGeocoder("too much is being asked of the geocoder")
            self._free_at = turn + self._pause
        time.sleep(turn - now)


def geocoder_from(text: str, out: Outgoing) -> Geocoder | None:
    """`nominatim+https://…` as a geocoder, nothing as none; ValueError for anything else.

    The public servers of OpenStreetMap are asked once a second at most, as their usage policy wants.
    """
    if not text:
        return None
    _, url = service(text, ("nominatim",))
    host = urlsplit(url).hostname or ""
    return Nominatim(url, out, pause=1.0 if host.endswith("openstreetmap.org") else 0.0)


class Candidate(Protocol):
    """A stored place, as far as it is searched by."""

    @property
    def name(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def city(self) -> str: ...
    @property
    def spot(self) -> Spot | None: ...


C = TypeVar("C", bound=Candidate)


def rank(query: str, candidates: Iterable[C], near: Spot | None) -> list[C]:
    """Those alike, the most alike first and among equals the nearest; all by distance without a query."""
    wanted = trigrams(query)
    found = []
    for each in candidates:
        alike = _alike(wanted, each) if wanted else 1.0
        if alike >= LEAST_ALIKE:
            away = metres(*near, *each.spot) if near and each.spot else float("inf")
            found.append((-round(alike, 1), away, each))
    return [each for _, _, each in sorted(found, key=lambda one: one[:2])]


def trigrams(text: str) -> frozenset[str]:
    """Of each word, without accents and case, with two blanks before and one after it, as PostgreSQL has it."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(each if each.isalnum() else " " for each in plain if not unicodedata.combining(each))
    padded = [f"  {word} " for word in kept.split()]
    return frozenset(word[at : at + 3] for word in padded for at in range(len(word) - 2))


def _alike(wanted: frozenset[str], each: Candidate) -> float:
    """The share of what is wanted that the place has; a little less if it is in its address alone."""
    name = len(wanted & trigrams(each.name)) / len(wanted)
    anywhere = len(wanted & trigrams(f"{each.name} {each.address} {each.city}")) / len(wanted)
    return max(name, 0.9 * anywhere)


def _viewbox(near: Spot) -> str:
    """Two corners, kept on the map: a box over the antimeridian would be taken for the rest of the world."""
    west, east = max(near.lon - NEARBY, -180.0), min(near.lon + NEARBY, 180.0)
    south, north = max(near.lat - NEARBY, -90.0), min(near.lat + NEARBY, 90.0)
    return f"{west:.4f},{south:.4f},{east:.4f},{north:.4f}"


def _found(answer: object) -> Found:
    if not isinstance(answer, dict):
        raise NoGeocoder("the answer has a place that is none")
    try:
        lat, lon = number(answer.get("lat"), -90, 90), number(answer.get("lon"), -180, 180)
    except Unanswered as error:
        raise NoGeocoder("the answer has a place that is nowhere") from error
    details = answer.get("address")
    parts: dict[str, Any] = details if isinstance(details, dict) else {}
    whole, name = _text(answer.get("display_name")), _text(answer.get("name"))
    street = " ".join(filter(None, (_text(parts.get("house_number")), _text(parts.get("road")))))
    return Found(
        name=name or street or whole.partition(",")[0],
        address=whole,
        landmark=name if name and answer.get("category") not in _UNNAMED else "",
        locality=_first(parts, ("neighbourhood", "quarter", "suburb", "city_district", "borough", "hamlet")),
        zip_code=_first(parts, ("postcode",)),
        city=_first(parts, ("city", "town", "village", "municipality", "hamlet")),
        state=_first(parts, ("state", "region", "state_district", "county")),
        country=_first(parts, ("country_code",)).upper(),
        lat=lat,
        lon=lon,
    )


def _first(parts: dict[str, Any], names: Sequence[str]) -> str:
    return next((text for name in names if (text := _text(parts.get(name)))), "")


def _text(value: object) -> str:
    return value.strip()[:500] if isinstance(value, str) else ""
