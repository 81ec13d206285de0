"""/api/v1/geofences/ and /api/v1/users/nearby/ on the wire."""

import json
from typing import Any

import pytest

from hyway.domain import tracking
from hyway.domain.tracking.earth.geodesy import along
from hyway.domain.tracking.incoming.receiving import Batch, Item, reading
from hyway.kernel import clock, ids
from hyway.kernel.clock import MINUTE
from tests.apis.hypertrack.conftest import World, make_world

FENCES = "/api/v1/geofences/"
NEARBY = "/api/v1/users/nearby/"
HOME = (37.77629, -122.42434)
PLACE = {"name": "Hayes Valley", "location": {"type": "Point", "coordinates": [-122.42434, 37.77629]}}
RING = [[-122.43, 37.77], [-122.42, 37.77], [-122.42, 37.78], [-122.43, 37.78], [-122.43, 37.77]]
SQUARE = {"type": "Polygon", "coordinates": [RING]}
BOW = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}
KEYS = {
    "id", "user_id", "group_id", "name", "type", "place", "shape", "radius", "min_duration", "max_duration",
    "expire_at", "metadata", "created_at", "modified_at",
}  # fmt: skip


async def user(http: Any, **fields: Any) -> dict[str, Any]:
    return (await http.post("/api/v1/users/", json={"name": "Ana", **fields})).json()


def goes(world: World, id: str, *metres: float) -> None:
    """Positions a minute apart, so many metres from home, the last of them now."""
    now = clock.now()
    items = []
    for at, away in enumerate(metres):
        made = reading(now - (len(metres) - 1 - at) * MINUTE, *along(*HOME, 90, away), accuracy=10.0)
        items.append(Item(at, id, made, None))
    verdict = world.db.write_now(tracking.ingest.take, [Batch(world.by, now, items)])[0]
    assert (verdict.accepted, verdict.refused) == (len(metres), [])


async def test_a_geofence_is_made_read_changed_and_deleted(world: World) -> None:
    async with world.client() as http:
        ana = await user(http)
        made = await http.post(
            FENCES, json={"user_id": ana["id"], "type": "location", "place": PLACE, "city": "SF"}
        )
        assert made.status_code == 201
        fence = made.json()
        assert set(fence) == KEYS
        assert (fence["user_id"], fence["type"], fence["shape"], fence["radius"]) == (
            ana["id"],
            "location",
            None,
            100,
        )
        assert fence["place"]["location"] == PLACE["location"]
        assert fence["expire_at"] > fence["created_at"]
        at = f"{FENCES}{fence['id']}/"
        assert (await http.get(at)).json() == fence
        assert (await http.get(f"{FENCES}{fence['id'].upper()}/")).json() == fence
        listed = (await http.get(FENCES, params={"user_id": ana["id"]})).json()
        assert (listed["count"], listed["next"], listed["previous"], listed["results"]) == (
            1,
            None,
            None,
            [fence],
        )
        assert (await http.get(FENCES, params={"type": "time"})).json()["count"] == 0
        changed = (
            await http.patch(at, json={"name": "Home", "max_duration": "600", "metadata": {"a": 1}})
        ).json()
        assert (changed["name"], changed["max_duration"], changed["metadata"]) == ("Home", 600, {"a": 1})
        drawn = (await http.put(at, json={"shape": json.dumps(SQUARE)})).json()
        assert (drawn["shape"], drawn["radius"], drawn["place"]["name"]) == (SQUARE, None, "Hayes Valley")
        everybodys = (await http.patch(at, json={"user_id": None})).json()
        assert everybodys["user_id"] is None
        gone = await http.delete(at)
        assert (gone.status_code, gone.content) == (204, b"")
        for answer in (await http.get(at), await http.patch(at, json={}), await http.delete(at)):
            assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})


async def test_what_it_tells_is_an_event(world: World) -> None:
    async with world.client() as http:
        ana = await user(http)
        fence = (await http.post(FENCES, json={"user_id": ana["id"], "place": PLACE})).json()
        goes(world, ana["id"], 800, 20, 10, 5)
        asked = {"user_id": ana["id"], "type": "geofence.entered,geofence.triggered,geofence.exited"}
        events = (await http.get("/api/v1/events/", params=asked)).json()["results"]
        assert sorted(each["type"] for each in events) == ["geofence.entered", "geofence.triggered"]
        for each in events:
            assert each["data"]["object"]["id"] == each["user_id"] == ana["id"]
            assert each["data"]["geofence"] == fence
            assert each["location"]["geojson"]["coordinates"] == pytest.approx(along(*HOME, 90, 20)[::-1])


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({}, {"non_field_errors": ["A geofence needs a place, a place_id or a shape."]}),
        ({"place": {}}, {"place": ["A place needs a location or an address."]}),
        (
            {"place": {"address": "270 Linden Street"}},
            {"place": ["A geofence needs a place with a location, or a shape."]},
        ),
        (
            {"place": {"location": {"type": "Point", "coordinates": [0, 91]}}},
            {"place": {"location": ["Invalid GeoJSON Point."]}},
        ),
        (
            {"place": {**PLACE, "name": "x" * 300}},
            {"place": {"name": ["Ensure this field has no more than 255 characters."]}},
        ),
        ({"place": PLACE, "type": "round"}, {"type": ['"round" is not a valid choice.']}),
        ({"place": PLACE, "user_id": "x"}, {"user_id": ['"x" is not a valid UUID.']}),
        ({"place": PLACE, "radius": "wide"}, {"radius": ["A valid number is required."]}),
        ({"place": PLACE, "radius": 1e9}, {"radius": ["Must be more than 0 and at most 500000 metres."]}),
        ({"place": PLACE, "min_duration": 1.5}, {"min_duration": ["A valid integer is required."]}),
        (
            {"place": PLACE, "expire_at": "2017-08-14T02:00:00Z"},
            {"expire_at": ["Must be in the future, and within ten years."]},
        ),
        ({"shape": BOW}, {"shape": ["Must not cross itself, as it does at 0.5 0.5."]}),
        ({"shape": [1]}, {"shape": ['Expected a dictionary of items but got type "list".']}),
        (
            {"shape": {"type": "Polygon", "coordinates": [[[181, 0]]]}},
            {"shape": ["Must have rings of at least four positions, the last equal to the first."]},
        ),
    ],
)
async def test_what_is_refused_is_told_by_field(world: World, sent: Any, error: Any) -> None:
    async with world.client() as http:
        answer = await http.post(FENCES, json=sent)
        assert (answer.status_code, answer.json()) == (400, error)
        assert (await http.get(FENCES)).json()["count"] == 0


async def test_strangers_and_apps_see_none(world: World) -> None:
    other = make_world(world.db, "Others")
    async with world.client() as http, other.client() as stranger:
        ana = await user(http)
        fence = (await http.post(FENCES, json={"user_id": ana["id"], "place": PLACE})).json()
        assert (await stranger.get(f"{FENCES}{fence['id']}/")).status_code == 404
        assert (await stranger.get(FENCES)).json()["count"] == 0
        named = await stranger.post(FENCES, json={"user_id": ana["id"], "place": PLACE})
        assert "object does not exist" in named.json()["user_id"][0]
    async with world.client(world.new_key("hypertrack-public")) as app:
        assert (await app.get(FENCES)).status_code == 403


async def test_nearby(world: World) -> None:
    async with world.client() as http:
        near, far = await user(http), await user(http)
        goes(world, near["id"], 300)
        goes(world, far["id"], 40_000)
        here = {"location": f"{HOME[1]},{HOME[0]}"}
        found = (await http.get(NEARBY, params=here)).json()
        assert (found["count"], found["next"]) == (1, None)
        row = found["results"][0]
        assert set(row) == {*(await http.get(f"/api/v1/users/{near['id']}/")).json(), "distance"}
        assert (row["id"], row["distance"]) == (near["id"], pytest.approx(300, abs=0.1))
        wide = (await http.get(NEARBY, params={**here, "radius": "100000", "page_size": "1"})).json()
        assert (wide["count"], [each["id"] for each in wide["results"]]) == (2, [near["id"]])
        assert (await http.get(wide["next"])).json()["results"][0]["id"] == far["id"]
        action = (await http.post("/api/v1/actions/", json={"expected_place": PLACE})).json()
        by_action = (await http.get(NEARBY, params={"action_id": action["id"]})).json()
        assert [each["id"] for each in by_action["results"]] == [near["id"], far["id"]]
        past = await http.get(NEARBY, params={**here, "page": "2"})
        assert (past.status_code, past.json()) == (404, {"detail": "Invalid page."})


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({}, {"non_field_errors": ["Either action_id or location must be specified."]}),
        (
            {"location": "1,2", "action_id": "x"},
            {"non_field_errors": ["Only one of action_id or location must be specified."]},
        ),
        ({"location": "181,0"}, {"location": ["Must be a longitude and a latitude, separated by a comma."]}),
        (
            {"location": "nan,nan"},
            {"location": ["Must be a longitude and a latitude, separated by a comma."]},
        ),
        (
            {"location": "1,2", "radius": "0"},
            {"radius": ["Ensure this value is above 0 and at most 20100000."]},
        ),
        ({"location": "1,2", "radius": "inf"}, {"radius": ["A valid number is required."]}),
        ({"action_id": "x"}, {"action_id": ['Invalid pk "x" - object does not exist.']}),
    ],
)
async def test_nearby_what(world: World, asked: dict[str, str], error: Any) -> None:
    async with world.client() as http:
        answer = await http.get(NEARBY, params=asked)
        assert (answer.status_code, answer.json()) == (400, error)


async def test_a_groups_token_sees_its_own_nearby(world: World) -> None:
    async with world.client() as http:
        group = (await http.post("/api/v1/groups/", json={"name": "South"})).json()
        mine, hers = await user(http, group_id=group["id"]), await user(http)
        for each in (mine, hers):
            goes(world, each["id"], 10)
        here = {"location": f"{HOME[1]},{HOME[0]}"}
        assert (await http.get(NEARBY, params=here)).json()["count"] == 2
        assert (await http.get(NEARBY, params={**here, "group_id": group["id"]})).json()["count"] == 1
        assert (await http.get(NEARBY, params={**here, "group_id": ids.uuid4()})).json()["count"] == 0
    async with world.client(group["token"]) as widget:
        found = (await widget.get(NEARBY, params=here)).json()
        assert [each["id"] for each in found["results"]] == [mine["id"]]


async def test_a_groups_token_reads_the_geofences_of_its_own(world: World) -> None:
    async with world.client() as http:
        group = (await http.post("/api/v1/groups/", json={"name": "South"})).json()
        below = {"name": "Below", "parent_group_id": group["id"]}
        below = (await http.post("/api/v1/groups/", json=below)).json()
        mine, hers = await user(http, group_id=below["id"]), await user(http)
        whose = [{"user_id": mine["id"]}, {"group_id": below["id"]}, {"user_id": hers["id"]}, {}]
        made = [(await http.post(FENCES, json={**each, "place": PLACE})).json() for each in whose]
    async with world.client(group["token"]) as widget:
        listed = (await widget.get(FENCES)).json()
        assert [each["id"] for each in listed["results"]] == [made[1]["id"], made[0]["id"]]
        got = [(await widget.get(f"{FENCES}{each['id']}/")).status_code for each in made]
        assert got == [200, 200, 404, 404]
        assert (await widget.post(FENCES, json={"place": PLACE})).status_code == 403
