"""Geocoding over Nominatim's documented wire, and the search over stored places."""

import contextlib
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyway.domain.tracking.outside import geocoding
from hyway.domain.tracking.outside.geocoding import Found, NoGeocoder, Nominatim
from hyway.domain.tracking.records import Spot
from hyway.kernel.outgoing import Answer, Outgoing
from tests.make import maps
from tests.make.maps import MapServer

OUT = Outgoing(lambda _: True)


@pytest.fixture
def server() -> Iterator[MapServer]:
    with maps.nominatim() as made:
        yield made


HOUSE = Found(
    name="270 Linden Street",
    address="270, Linden Street, Hayes Valley, San Francisco, California, 94102, United States",
    landmark="",
    locality="Hayes Valley",
    zip_code="94102",
    city="San Francisco",
    state="California",
    country="US",
    lat=37.77629,
    lon=-122.42434,
)


def test_an_address_has_a_point(server: MapServer):
    assert Nominatim(server.url, OUT).geocode("270 Linden Street, San Francisco") == HOUSE
    (asked,) = server.asked
    assert (asked.method, asked.path) == ("GET", "/search")
    assert asked.query == {
        "q": "270 Linden Street, San Francisco",
        "format": "jsonv2",
        "addressdetails": "1",
        "limit": "1",
    }
    assert "Hyway" in asked.headers["User-Agent"]
    assert Nominatim(server.url, OUT).geocode("Atlantis") is None


def test_a_point_has_an_address(server: MapServer):
    geocoder = Nominatim(server.url + "/", OUT)
    hall = geocoder.reverse(37.7794, -122.4192)
    assert hall is not None
    assert (hall.name, hall.landmark, hall.locality) == ("San Francisco City Hall",) * 2 + ("Civic Center",)
    road = geocoder.reverse(-34.44076, -58.70521)
    assert road is not None
    assert (road.name, road.landmark, road.city) == ("Autopista Pedro Eugenio Aramburu", "", "El Triángulo")
    assert (road.state, road.country, road.zip_code) == ("Buenos Aires", "AR", "1.619")
    assert geocoder.reverse(0.0, 0.0) is None, "there is nothing at sea"
    assert server.asked[0].path == "/reverse"
    assert server.asked[0].query == {
        "lat": "37.7794000", "lon": "-122.4192000", "zoom": "18", "format": "jsonv2", "addressdetails": "1",
    }  # fmt: skip


def test_a_404_may_say_that_there_is_nothing(server: MapServer):
    server.instead = 404, b'{"error":"Unable to geocode"}'
    assert Nominatim(server.url, OUT).reverse(1, 1) is None


def test_a_search_prefers_what_is_near(server: MapServer):
    geocoder = Nominatim(server.url, OUT)
    assert [found.country for found in geocoder.search("a", Spot(-34.4, -58.7))] == ["AR", "US", "US"]
    assert server.asked[0].query["viewbox"] == "-59.2000,-34.9000,-58.2000,-33.9000"
    assert server.asked[0].query["bounded"] == "0"
    geocoder.search("a", Spot(89.9, 179.9))
    assert server.asked[1].query["viewbox"] == "179.4000,89.4000,180.0000,90.0000"
    assert geocoder.search("  ", None) == []
    assert geocoder.search("Atlantis \ud800 & co?", None) == []
    assert server.asked[2].query["q"] == "Atlantis ? & co?"


NONSENSE = [
    b"", b"no", b"null", b"7", b'"x"', b"{}", b"[" * 100_000, b"[7]", b"[{}]", b"[[]]", b'[{"lat":"x","lon":"1"}]',
    b'[{"lat":"NaN","lon":"1"}]', b'[{"lat":"91","lon":"1"}]', b'{"lat":1}', b'{"lat":"1","lon":"181"}',
]  # fmt: skip


@pytest.mark.parametrize("status", [200, 429])
@pytest.mark.parametrize("body", NONSENSE)
def test_nonsense_is_no_answer(server: MapServer, body: bytes, status: int):
    server.instead = status, body
    geocoder = Nominatim(server.url, OUT)
    with pytest.raises(NoGeocoder):
        geocoder.search("a", None)
    with pytest.raises(NoGeocoder):
        geocoder.reverse(1, 1)


def test_odd_parts_are_left_out(server: MapServer):
    server.instead = (
        200,
        json.dumps([{"lat": 1, "lon": "2", "address": [], "name": 7, "display_name": None}]).encode(),
    )
    assert Nominatim(server.url, OUT).geocode("a") == Found("", "", "", "", "", "", "", "", 1.0, 2.0)
    address = {"country_code": ["x"], "town": "Sutton", "city": "", "county": "West Midlands"}
    server.instead = 200, json.dumps([{"lat": 1, "lon": 2, "address": address}]).encode()
    found = Nominatim(server.url, OUT).geocode("a")
    assert found is not None
    assert (found.city, found.state, found.country) == ("Sutton", "West Midlands", "")


@given(st.binary(max_size=200))
def test_any_bytes_are_no_crash(body: bytes):
    class Says:
        def send(self, *args: object, **more: object) -> Answer:
            return Answer(200, {}, body)

    geocoder = Nominatim("http://127.0.0.1", Says())  # type: ignore[arg-type]
    with contextlib.suppress(NoGeocoder):
        geocoder.search("a", None)
    with contextlib.suppress(NoGeocoder):
        geocoder.reverse(1, 1)


def test_nobody_there():
    with pytest.raises(NoGeocoder):
        Nominatim("http://127.0.0.1:1", OUT).geocode("a")


def test_no_more_often_than_is_polite(server: MapServer):
    geocoder = Nominatim(server.url, OUT, pause=0.2)
    began = time.monotonic()
    for _ in range(3):
        geocoder.geocode("a")
    assert time.monotonic() - began >= 0.4
    crowded = Nominatim(server.url, OUT, pause=3_600)
    crowded.geocode("a")
    with pytest.raises(NoGeocoder, match="too much"):
        crowded.geocode("a")


def test_the_setting():
    assert geocoding.geocoder_from("", OUT) is None
    assert isinstance(geocoding.geocoder_from("nominatim+http://127.0.0.1:8080/nominatim", OUT), Nominatim)
    for wrong in ("https://nominatim.example", "photon+https://a", "nominatim+", "nominatim+file:///x"):
        with pytest.raises(ValueError, match="nominatim\\+https"):
            geocoding.geocoder_from(wrong, OUT)


# --- stored places


@dataclass(frozen=True)
class Stored:
    name: str
    address: str = ""
    city: str = ""
    spot: Spot | None = None


VALLEY = Stored("Hayes Valley", "270 Linden Street", "San Francisco", Spot(37.77629, -122.42434))
HAYES = Stored("Hayes", "Church Road", "London", Spot(51.5, -0.4))
CAFE = Stored("Café Müller", "Hayes Street", "Berlin", Spot(52.5, 13.4))
FRESNO = Stored("Hayes Valley", "1 Main Street", "Fresno", Spot(36.7, -119.8))
LOST = Stored("Hayes Valley", "somewhere")
ALL = [CAFE, HAYES, LOST, FRESNO, VALLEY]


def test_alike_before_near():
    near = Spot(37.77, -122.42)
    assert geocoding.rank("hayes valley", ALL, near) == [VALLEY, FRESNO, LOST, HAYES, CAFE]
    assert geocoding.rank("hayes valley", ALL, None)[:3] == [LOST, FRESNO, VALLEY], "in the order given"
    assert geocoding.rank("Hayes Valey", ALL, near)[0] == VALLEY, "one letter short"
    assert geocoding.rank("cafe muller", ALL, near) == [CAFE], "without its accents"
    assert geocoding.rank("linden str", ALL, near)[0] == VALLEY
    assert geocoding.rank("zzz", ALL, near) == []
    assert geocoding.rank("", ALL, near) == [VALLEY, FRESNO, HAYES, CAFE, LOST]


def test_trigrams_are_those_of_postgresql():
    assert geocoding.trigrams("Cat, dog") == {"  c", " ca", "cat", "at ", "  d", " do", "dog", "og "}
    assert geocoding.trigrams("ÉTÉ") == geocoding.trigrams("ete")
    assert geocoding.trigrams("?! ") == frozenset()


@given(st.text(max_size=30), st.lists(st.text(max_size=30), max_size=8))
def test_whatever_is_asked(query: str, names: list[str]):
    places = [Stored(name, spot=Spot(1, 1)) for name in names]
    found = geocoding.rank(query, places, Spot(0, 0))
    assert len(found) <= len(places)
    if geocoding.trigrams(query):
        assert Stored(query, spot=Spot(1, 1)) in geocoding.rank(query, [Stored(query, spot=Spot(1, 1))], None)
