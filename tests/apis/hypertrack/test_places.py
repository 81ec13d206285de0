"""/api/v1/places/: by point, by address, or both; searched, looked up, deleted."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from hyway.apis.hypertrack import app
from hyway.apis.kit.doorman import Kit
from hyway.domain.tracking import Found, NoGeocoder, Services, Spot
from hyway.domain.tracking.jobs import places as jobs_places
from hyway.domain.tracking.jobs.places import locate
from hyway.kernel import outbox
from hyway.kernel.db import Database
from hyway.kernel.jobs import Means
from hyway.kernel.limits import LocalWindow
from hyway.kernel.outgoing import Outgoing
from hyway.kernel.seal import Seal
from tests.apis.hypertrack.conftest import PUBLIC, World, make_world

PLACES = "/api/v1/places/"
POINT = {"type": "Point", "coordinates": [-122.42434, 37.77629]}
HAYES = {
    "name": "Hayes Valley", "location": POINT, "address": "270 Linden Street", "zip_code": "94102",
    "city": "San Francisco", "state": "California", "country": "US",
}  # fmt: skip
LINDEN = Found(
    "Linden", "270 Linden Street, SF", "", "Hayes", "94102", "SF", "CA", "US", 37.77629, -122.42434
)


async def make(http: httpx.AsyncClient, **fields: Any) -> dict[str, Any]:
    answer = await http.post(PLACES, json=fields)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_place_is_made_read_changed_and_deleted(world: World) -> None:
    async with world.client() as http:
        place = await make(http, **HAYES, nobody="knows")
        stamps = {name: place[name] for name in ("id", "created_at", "modified_at")}
        assert place == {**HAYES, "landmark": "", "locality": "", **stamps}
        at = f"{PLACES}{place['id']}/"
        assert (await http.get(at)).json() == place
        changed = (await http.patch(at, json={"name": None, "city": "SF"})).json()
        assert (changed["name"], changed["city"], changed["address"]) == ("", "SF", place["address"])
        moved = (await http.patch(at, json={"location": {"type": "Point", "coordinates": [1, 2]}})).json()
        assert moved["location"] == {"type": "Point", "coordinates": [1.0, 2.0]}
        assert (await http.put(at, json={"name": "Put"})).json()["name"] == "Put"
        assert (await http.delete(at)).status_code == 204
        assert (await http.get(at)).status_code == 404
        assert (await http.get(PLACES)).json()["count"] == 0


@pytest.mark.parametrize(
    "point",
    [
        POINT,
        json.dumps(POINT),
        {"type": "point", "coordinates": [-122.42434, 37.77629]},
        {"type": "Point", "coordinates": [-122.42434, 37.77629, 12.5]},
    ],
)
async def test_points_as_the_clients_send_them(world: World, point: Any) -> None:
    async with world.client(world.new_key("hypertrack-public")) as http:
        assert (await make(http, location=point))["location"] == POINT


@pytest.mark.parametrize(
    "point",
    [
        "nonsense", 7, [], {}, {"type": "Point"}, {"type": "LineString", "coordinates": [1, 2]},
        {"type": "Point", "coordinates": []}, {"type": "Point", "coordinates": [1]},
        {"type": "Point", "coordinates": [1, 2, 3, 4]}, {"type": "Point", "coordinates": ["1", "2"]},
        {"type": "Point", "coordinates": [True, 2]}, {"type": "Point", "coordinates": [None, 2]},
        {"type": "Point", "coordinates": [180.1, 0]}, {"type": "Point", "coordinates": [0, 91]},
        {"type": "Point", "coordinates": [0, 1e400]}, {"type": "Point", "coordinates": {"0": 1}},
        '{"type": "Point", "coordinates": [0, NaN]}',
    ],
)  # fmt: skip
async def test_what_is_no_point(world: World, point: Any) -> None:
    async with world.client() as http:
        answer = await http.post(PLACES, content=json.dumps({"location": point}).replace("Infinity", "1e400"))
        assert answer.status_code == 400
        said = answer.json()
        assert said == {"location": ["Invalid GeoJSON Point."]} or said["detail"].startswith(
            "JSON parse error"
        )
        assert (await http.get(PLACES)).json()["count"] == 0


async def test_a_place_needs_a_location_or_an_address(world: World) -> None:
    async with world.client() as http:
        for sent in ({}, {"name": "x"}, {"address": " "}, {"location": None}):
            answer = await http.post(PLACES, json=sent)
            assert answer.json() == {"non_field_errors": ["A place needs a location or an address."]}
        alone = await make(http, address="270 Linden Street")
        assert alone["location"] is None
        bare = await http.patch(f"{PLACES}{alone['id']}/", json={"address": ""})
        assert bare.status_code == 400


async def test_wrong_fields_are_told_at_once(world: World) -> None:
    async with world.client() as http:
        sent = {"name": "x" * 256, "radius": -1, "address": "a" * 1001}
        answer = await http.post(PLACES, json={**sent, "lookup_id": "y" * 256})
        assert (answer.status_code, set(answer.json())) == (400, {*sent, "lookup_id"})
        answer = await http.post(PLACES, json={"radius": "wide", "name": {}})
        assert answer.json() == {"radius": ["A valid number is required."], "name": ["Not a valid string."]}


async def test_filters(world: World) -> None:
    async with world.client() as http:
        await make(http, **HAYES, lookup_id="h")
        await make(http, name="Depot", address="1 Dock Road", city="Oakland")

        async def names(query: str) -> set[str]:
            return {each["name"] for each in (await http.get(PLACES + query)).json()["results"]}

        assert await names("?name=hayes") == {"Hayes Valley"}
        assert await names("?city=oak") == {"Depot"}
        assert await names("?lookup_id=h/") == await names("?unique_id=h") == {"Hayes Valley"}
        assert await names("?search=dock") == {"Depot"}
        assert await names("?ordering=city&page_size=1") == {"Depot"}


async def test_search_ranks_what_is_stored(world: World) -> None:
    async with world.client() as http:
        for name, lon in (("Central Depot", 10.0), ("Depot", 20.0), ("Depot", 179.9), ("Cafe", 21.0)):
            await make(http, name=name, location={"type": "Point", "coordinates": [lon, 0]})
        async with world.client(world.new_key("hypertrack-public")) as phone:

            async def found(**query: Any) -> list[tuple[str, float]]:
                answer = await phone.get(f"{PLACES}search/", params=query)
                assert answer.status_code == 200, answer.text
                return [
                    (each["name"], each["location"]["coordinates"][0]) for each in answer.json()["results"]
                ]

            assert await found(q="depot", lat=0, lon=19) == [
                ("Depot", 20),
                ("Central Depot", 10),
                ("Depot", 179.9),
            ]
            assert (await found(q="depot", lat=0, lon=-179.9))[0] == ("Depot", 179.9)
            assert {name for name, _ in await found(q="depott")} == {"Depot", "Central Depot"}
            assert (await found(lat=0, lon=22))[0] == ("Cafe", 21)
            assert await found(q="nowhere") == await found() == await found(q="%") == []
            for wrong in ("lat=1", "lat=91&lon=0", "lat=x&lon=0"):
                assert (await phone.get(f"{PLACES}search/?q=a&{wrong}")).status_code == 400
    other = make_world(world.db, "Others")
    async with other.client() as http:
        assert (await http.get(f"{PLACES}search/?q=depot")).json() == {"results": []}


class Geocoder:
    """Knows one place, or fails."""

    def __init__(self, fails: bool = False) -> None:
        self.fails, self.asked = fails, list[Any]()

    def _answer(self, *asked: Any) -> Found:
        self.asked.append(asked)
        if self.fails:
            raise NoGeocoder("down")
        return LINDEN

    def search(self, q: str, near: Spot | None) -> list[Found]:
        return [self._answer(q, near)]

    def geocode(self, address: str) -> Found | None:
        return self._answer(address)

    def reverse(self, lat: float, lon: float) -> Found | None:
        return self._answer(lat, lon)


@pytest.fixture
def known(database_url: str) -> Iterator[Database]:
    """A database whose server has a geocoder."""
    db = Database(database_url, Seal(b"k" * 32), home=PUBLIC, services=frozenset({"geocoder"}))
    yield db
    db.close()


@pytest.mark.parametrize("fails", [False, True])
async def test_search_asks_the_geocoder_too(db: Database, fails: bool) -> None:
    world = make_world(db)
    world.app = app(Kit(db, PUBLIC, 10_000, (), LocalWindow()), services=Services(geocoder=Geocoder(fails)))
    async with world.client() as http:
        await make(http, name="Linden depot", address="x")
        results = (await http.get(f"{PLACES}search/?q=linden")).json()["results"]
        assert [each["name"] for each in results] == ["Linden depot", *([] if fails else ["Linden"])]
        if not fails:
            assert set(results[0]) == set(results[1])
            assert results[1]["id"]
            assert (await http.get(f"{PLACES}{results[1]['id']}/")).status_code == 404


def settle(db: Database, monkeypatch: pytest.MonkeyPatch, geocoder: Geocoder) -> None:
    """Runs the errands that were left, twice each."""
    monkeypatch.setattr(jobs_places, "chosen", lambda _: Services(geocoder=geocoder))
    means = Means(db, Outgoing(lambda _: False))
    for errand in db.read_now(outbox.waiting):
        if errand.topic == "tracking.locate":
            locate(means, errand)
            locate(means, errand)
        db.write_now(outbox.taken, [errand.seq])


async def test_what_is_not_known_is_looked_up_later(known: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    world, geocoder = make_world(known), Geocoder()
    for key in (None, world.new_key("hypertrack-test")):
        async with world.client(key) as http:
            address = await make(http, name="Mine", address="270 Linden Street")
            point = await make(http, location=POINT)
            await make(http, **HAYES)
            settle(known, monkeypatch, geocoder)
            found = (await http.get(f"{PLACES}{address['id']}/")).json()
            assert (found["name"], found["location"], found["city"]) == ("Mine", POINT, "SF")
            found = (await http.get(f"{PLACES}{point['id']}/")).json()
            assert (found["address"], found["location"]) == (LINDEN.address, POINT)
            moved = await http.patch(f"{PLACES}{address['id']}/", json={"address": "elsewhere"})
            assert moved.json()["location"] is None
            settle(known, monkeypatch, geocoder)
            assert (await http.get(f"{PLACES}{address['id']}/")).json()["location"] == POINT
    assert len(geocoder.asked) == 6


async def test_a_geocoder_that_is_down_changes_nothing(
    known: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = make_world(known)
    async with world.client() as http:
        place = await make(http, address="270 Linden Street")
        settle(known, monkeypatch, Geocoder(fails=True))
        assert (await http.get(f"{PLACES}{place['id']}/")).json() == place


async def test_without_a_geocoder_no_errand_is_left(world: World) -> None:
    async with world.client() as http:
        await make(http, address="270 Linden Street")
    assert world.db.read_now(outbox.waiting) == []


async def test_a_place_in_use_stays_with_who_uses_it(world: World) -> None:
    async with world.client() as http:
        place = await make(http, **HAYES)
        action = (await http.post("/api/v1/actions/", json={"expected_place_id": place["id"]})).json()
        await http.delete(f"{PLACES}{place['id']}/")
        assert (await http.get(f"{PLACES}{place['id']}/")).status_code == 404
        kept = (await http.get(f"/api/v1/actions/{action['id']}/")).json()["expected_place"]
        assert kept["address"] == place["address"]
        assert (await http.get(PLACES)).json()["count"] == 0
