"""/api/v1/actions/: the bodies of the contract, what may be sent and how, whose key may do what."""

import gzip
import json
from typing import Any

import pytest

from hyway.domain import tracking
from hyway.domain.tracking import Location, UserChange
from hyway.domain.tracking.earth.polyline import decode_timed
from hyway.kernel import clock
from hyway.kernel.clock import DAY, HOUR, MINUTE, SECOND
from tests.apis.hypertrack.conftest import PUBLIC, World, make_world
from tests.domain.tracking.test_payloads import CONTRACT

ACTIONS, USERS = "/api/v1/actions/", "/api/v1/users/"
NOBODY = "09ff4544-b947-4963-ae06-54f72558dd1d"
POINT = {"type": "Point", "coordinates": [-122.42434, 37.77629]}
PLACE = {"name": "Hayes Valley", "location": POINT, "address": "270 Linden Street", "city": "San Francisco"}
DISPLAY = set(CONTRACT["action_created"]["display"])


def user(world: World, **wish: Any) -> tracking.User:
    return world.db.write_now(tracking.users.create, world.by, UserChange(name="Tapan Pandita", **wish))[0]


def text(at: int) -> str:
    return tracking.payloads.when(at)


def drive(world: World, of: tracking.User, steps: int = 30) -> list[Location]:
    """Ten metres a second to the north, a position every ten seconds, up to a moment ago."""
    now = clock.now() // SECOND * SECOND - 20 * SECOND
    fixes = [
        Location(now - (steps - 1 - n) * 10 * SECOND, 37.77 + n * 0.0009, -122.42, accuracy=5.0, speed=10.0)
        for n in range(steps)
    ]
    items = [
        tracking.Item(n, of.id, tracking.receiving.reading(*fix[:5], None, None, "automotive"), None)
        for n, fix in enumerate(fixes)
    ]
    verdict = world.db.write_now(
        tracking.ingest.take, [tracking.Batch(world.by, clock.now(), items, plain=True)]
    )[0]
    assert verdict.accepted == steps
    return fixes


async def made(http: Any, **sent: Any) -> dict[str, Any]:
    answer = await http.post(ACTIONS, json=sent)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_a_new_action_is_the_contracts(world: World) -> None:
    example = CONTRACT["action_created"]
    sent = {
        "type": "delivery", "lookup_id": "order-123", "expected_place": PLACE, "vehicle_type": "car",
        "scheduled_at": "2017-07-14T03:00:00Z", "metadata": {"customer": "John Smith"}, "nonsense": 1,
    }  # fmt: skip
    async with world.client() as http:
        body = await made(http, **sent)
        assert (await http.get(f"{ACTIONS}{body['id']}/")).json() == body
    assert set(body) == set(example)
    assert set(body["display"]) == DISPLAY
    assert set(body["expected_place"]) >= set(example["expected_place"])
    assert body["expected_place"]["location"] == POINT
    new = {"id", "expected_place", "tracking_url", "short_code", "created_at", "modified_at", "display"}
    same = set(example) - new
    assert {name: body[name] for name in same} == {name: example[name] for name in same}
    assert body["tracking_url"] == f"{PUBLIC}/track/{body['short_code']}"


async def test_an_action_from_start_to_end(world: World) -> None:
    ann = user(world, vehicle_type="car")
    async with world.client() as http:
        body = await made(http, user_id=ann.id, expected_place=PLACE, expected_at="2037-07-14T03:00:00Z")
        at = f"{ACTIONS}{body['id']}/"
        assert (body["status"], body["sub_status"], body["user"]["pending_actions"]) == (
            "assigned", "not_started", [body["id"]]
        )  # fmt: skip
        assert body["scheduled_at"] == body["expected_at"] == "2037-07-14T03:00:00Z"
        fixes = drive(world, ann)
        started = (await http.get(at)).json()
        assert set(started) == set(CONTRACT["action_started"])
        assert (started["status"], started["user"]["availability_status"]) == ("started", "active")
        assert started["eta"]
        assert started["initial_eta"]
        assert started["started_place"]["location"]["coordinates"] == [-122.42, 37.77]
        done = await http.post(f"{at}complete/", json={"completion_location": POINT})
        assert done.status_code == 200
        over = done.json()
    assert set(over) == set(CONTRACT["action_completed"])
    assert (over["status"], over["ended_at"]) == ("completed", over["completed_at"])
    assert over["completed_place"]["location"] == POINT
    assert over["display"]["show_summary"] is True
    assert over["user"]["pending_actions"] == []
    assert fixes


async def test_distance_and_way_of_what_was_driven(world: World) -> None:
    ann = user(world)
    async with world.client() as http:
        body = await made(http, user_id=ann.id)
        at = f"{ACTIONS}{body['id']}/"
        nothing = (await http.get(f"{at}meter/")).json()
        assert set(nothing) == set(CONTRACT["mileage"])
        assert nothing["distance"] == 0
        # It was given before all of these.
        world.db.write_now(lambda w: _assigned_ago(w, body["id"], 10 * MINUTE))
        drive(world, ann)
        meter, mileage = (await http.get(f"{at}meter/")).json(), (await http.get(f"{at}mileage/")).json()
        way = (await http.get(f"{at}detailed/")).json()
        assert meter["distance"] == pytest.approx(2_900, rel=0.05)
        assert meter["duration"] == pytest.approx(290, abs=15)
        assert meter["activities"][0]["activity"] == "Drive"
        assert {**mileage, "ended_at": 0} == {**meter, "ended_at": 0}
        assert way["distance"] == pytest.approx(meter["distance"], abs=0.1)
        points = decode_timed(way["time_aware_polyline"])
        assert points[0][:2] == (37.77, -122.42)
        listed = (await http.get(ACTIONS)).json()["results"][0]
        assert (listed["distance"], listed["time_aware_polyline"]) == (way["distance"], None)
        routes = (await http.get(f"{ACTIONS}placeline/")).json()["results"][0]
        assert routes["time_aware_polyline"] == way["time_aware_polyline"]
        await http.post(f"{at}complete/")
        over = (await http.get(f"{at}detailed/")).json()
        assert over["distance"] == pytest.approx(way["distance"], abs=0.1)
        assert over["encoded_polyline"] == way["encoded_polyline"]


def _assigned_ago(w: Any, id: str, ago: int) -> None:
    from sqlalchemy import update

    from hyway.domain.tracking.store.tables import ACTIONS as TABLE

    at = TABLE.c.assigned_at - ago
    w.run(update(TABLE).where(TABLE.c.id == id).values(assigned_at=at, created_at=TABLE.c.created_at - ago))


async def test_late_positions_count_in_what_has_ended(world: World) -> None:
    ann = user(world)
    async with world.client() as http:
        body = await made(http, user_id=ann.id)
        world.db.write_now(lambda w: _assigned_ago(w, body["id"], 10 * MINUTE))
        over = (await http.post(f"{ACTIONS}{body['id']}/complete/")).json()
        assert over["distance"] == 0
        drive(world, ann)
        again = (await http.get(f"{ACTIONS}{body['id']}/")).json()
    assert again["distance"] == pytest.approx(2_900, rel=0.05)
    assert (again["status"], again["completed_at"]) == ("completed", over["completed_at"])


async def test_what_clients_send_otherwise(world: World) -> None:
    ann = user(world)
    async with world.client() as http:
        place = json.dumps({"type": "point", "coordinates": [-122.4, 37.7]})
        one = await made(
            http, type="stoppver", expected_place={"location": place}, scheduled_at="2037-01-01T00:00:00"
        )
        assert (one["type"], one["scheduled_at"]) == ("stopover", "2037-01-01T00:00:00Z")
        form = await http.post(ACTIONS, data={"type": "visit", "user_id": ann.id})
        assert (form.status_code, form.json()["user_id"]) == (201, ann.id)
        zipped = gzip.compress(json.dumps({"lookup_id": "z", "collection_id": "c"}).encode())
        head = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
        assert (await http.post(ACTIONS, content=zipped, headers=head)).status_code == 201
        for query in (
            "lookup_id=z/",
            "collection_id=c/",
            "lookup_id=z&type=task",
            "status=created,started&lookup_id=z",
        ):
            assert (await http.get(f"{ACTIONS}?{query}")).json()["count"] == 1, query
        empty = await http.post(
            f"{ACTIONS}{one['id']}/complete/", headers={"Content-Type": "application/json"}
        )
        assert empty.status_code == 200
        assert (await http.get(f"{ACTIONS}?page=2")).json() == {"detail": "Invalid page."}
        assert (await http.get(ACTIONS.rstrip("/"))).status_code == 301


async def test_unique_ids_and_short_codes(world: World) -> None:
    async with world.client() as http:
        first = await made(http, unique_id="u-1")
        second = await http.post(ACTIONS, json={"unique_id": "u-1", "type": "visit"})
        assert (second.status_code, second.json()["id"]) == (200, first["id"])
        coded = await made(http, lookup_id="order-9", set_lookup_id_as_short_code=True)
        assert coded["tracking_url"].endswith("/track/order-9")
        taken = await http.post(ACTIONS, json={"lookup_id": "order-9", "set_lookup_id_as_short_code": True})
        assert (taken.status_code, list(taken.json())) == (400, ["lookup_id"])
        found = (await http.get(f"{ACTIONS}?short_code={first['short_code']},order-9")).json()
        assert found["count"] == 2


WRONG = [
    ({"type": "foo"}, {"type": ['"foo" is not a valid choice.']}),
    ({"user_id": "x"}, {"user_id": ['"x" is not a valid UUID.']}),
    ({"user_id": NOBODY}, {"user_id": [f'Invalid pk "{NOBODY}" - object does not exist.']}),
    (
        {"expected_place_id": NOBODY},
        {"expected_place_id": [f'Invalid pk "{NOBODY}" - object does not exist.']},
    ),
    (
        {"expected_place": {"location": {"type": "Point", "coordinates": [181, 0]}}},
        {"expected_place": {"location": ["Invalid GeoJSON Point."]}},
    ),
    (
        {"expected_place": PLACE, "expected_place_id": NOBODY},
        {"non_field_errors": ["Only one of expected_place or expected_place_id must be specified."]},
    ),
]


@pytest.mark.parametrize(("sent", "said"), WRONG)
async def test_what_is_wrong_is_told_and_leaves_nothing(world: World, sent: Any, said: Any) -> None:
    async with world.client() as http:
        answer = await http.post(ACTIONS, json=sent)
        assert (answer.status_code, answer.json()) == (400, said)
        assert (await http.get(ACTIONS)).json()["count"] == 0


@pytest.mark.parametrize(
    "sent",
    [
        {"metadata": []},
        {"metadata": {"a": "x" * 20_000}},
        {"scheduled_at": "soon"},
        {"vehicle_type": "broom"},
    ],
)
async def test_fields_of_the_wrong_kind(world: World, sent: dict[str, Any]) -> None:
    async with world.client() as http:
        answer = await http.post(ACTIONS, json=sent)
        assert (answer.status_code, list(answer.json())) == (400, list(sent))


async def test_ending_it_twice_or_wrongly(world: World) -> None:
    async with world.client() as http:
        one, other = await made(http), await made(http)
        at, its = f"{ACTIONS}{one['id']}/", f"{ACTIONS}{other['id']}/"
        early = text(clock.now() - DAY)
        wrong = await http.post(f"{at}complete/", json={"completed_at": early})
        assert (wrong.status_code, list(wrong.json())) == (400, ["completed_at"])
        late = await http.post(f"{at}complete/", json={"completion_time": text(clock.now() + HOUR)})
        assert (late.status_code, list(late.json())) == (400, ["completion_time"])
        done = (await http.post(f"{at}complete/")).json()
        again = await http.post(f"{at}complete/")
        assert (again.status_code, again.json()) == (200, done)
        canceled = await http.post(f"{its}cancel/", json={"cancelation_time": text(clock.now())})
        assert canceled.json()["status"] == "canceled"
        refused = await http.post(f"{its}complete/")
        assert (refused.status_code, refused.json()) == (
            400,
            {"detail": "Canceled actions cannot be completed."},
        )
        assert (await http.post(f"{at}cancel/")).json() == {"detail": "Completed actions cannot be canceled."}
        assert (await http.post(f"{ACTIONS}{NOBODY}/complete/")).json() == {"detail": "Not found."}
        assert (await http.post(f"{ACTIONS}x/complete/")).status_code == 404
        assert (await http.delete(at)).status_code == 204
        assert (await http.get(at)).status_code == 404


async def test_destinations_move(world: World) -> None:
    async with world.client() as http:
        one = await made(http, expected_place=PLACE, collection_id="c")
        await made(http, collection_id="c")
        moved = await http.post(f"{ACTIONS}{one['id']}/update_destination/", json={"location": POINT})
        assert moved.json()["expected_place"]["location"] == POINT
        there = {"expected_place": {"location": {"type": "Point", "coordinates": [1, 2]}}}
        edited = await http.post(f"{ACTIONS}edit_destination/?action_collection_id=c/", json=there)
        found = [each["expected_place"]["location"]["coordinates"] for each in edited.json()["results"]]
        assert found == [[1, 2], [1, 2]]
        assert (await http.post(f"{ACTIONS}edit_destination/", json=there)).status_code == 400
        patched = await http.patch(f"{ACTIONS}{one['id']}/", json={"expected_place": None, "city": "x"})
        assert patched.json()["expected_place"] is None


async def test_those_who_follow(world: World) -> None:
    ann, bob = user(world), user(world)
    async with world.client(world.new_key("hypertrack-public")) as http:
        one = await made(http, user_id=ann.id, expected_place=PLACE, collection_id="c")
        await made(http, user_id=ann.id, collection_id="c")
        other = await made(http, user_id=bob.id, lookup_id="b")
        drive(world, ann)
        rows = (await http.get(f"{ACTIONS}track/?collection_id=c/")).json()["results"]
        example = CONTRACT["actions_track"]["results"][0]
        assert len(rows) == 1
        assert set(rows[0]["user"]) >= set(example["user"])
        assert len(rows[0]["actions"]) == 2
        assert rows[0]["user"]["last_location"]["geojson"]
        assert rows[0]["user"]["id"] == ann.id
        both = f"{one['short_code']},{other['short_code']}"
        assert len((await http.get(f"{ACTIONS}track/?short_code={both}")).json()["results"]) == 2
        await http.post(f"{ACTIONS}{one['id']}/complete/")
        over = (await http.get(f"{ACTIONS}track/?id={one['id']}")).json()["results"][0]
        assert over["user"]["last_location"] == {}
        assert over["actions"][0]["user"]["last_location"] == {}
        assert (await http.get(f"{ACTIONS}track/")).status_code == 400


async def test_what_an_apps_key_may_not(world: World) -> None:
    async with world.client() as http:
        one = await made(http, lookup_id="x")
    async with world.client(world.new_key("hypertrack-public")) as http:
        assert (await http.get(ACTIONS)).status_code == 403
        assert (await http.get(f"{ACTIONS}?lookup_id=x")).json()["count"] == 1
        at = f"{ACTIONS}{one['id']}/"
        assert (await http.delete(at)).status_code == 403
        assert (await http.get(f"{ACTIONS}summary/")).status_code == 403
        assert (await http.patch(at, json={"metadata": {"a": 1}})).status_code == 200


async def test_a_strangers_key_finds_nothing(world: World) -> None:
    ann = user(world)
    async with world.client() as http:
        one = await made(http, user_id=ann.id, expected_place=PLACE, lookup_id="x")
    stranger = make_world(world.db, "Other")
    at = f"{ACTIONS}{one['id']}/"
    async with stranger.client() as http:
        for method, path in (
            ("GET", at), ("PATCH", at), ("DELETE", at), ("GET", f"{at}detailed/"), ("GET", f"{at}meter/"),
            ("POST", f"{at}complete/"), ("POST", f"{at}cancel/"),
        ):  # fmt: skip
            assert (await http.request(method, path, json={})).status_code == 404, path
        assert (await http.get(f"{ACTIONS}?lookup_id=x")).json()["count"] == 0
        assert (await http.get(f"{ACTIONS}track/?short_code={one['short_code']}")).json() == {"results": []}
        theirs = await http.post(ACTIONS, json={"user_id": ann.id})
        assert theirs.status_code == 400
        place = await http.post(ACTIONS, json={"expected_place_id": one["expected_place"]["id"]})
        assert place.status_code == 400


async def test_actions_in_the_mass(world: World) -> None:
    async with world.client() as http:
        on_time = await made(http, type="delivery", expected_place=PLACE, scheduled_at="2037-01-01T00:00:00Z")
        late = await made(http, type="delivery", expected_place=PLACE, scheduled_at="2017-01-01T00:00:00Z")
        off = await made(http, type="visit")
        for one in (on_time, late):
            await http.post(f"{ACTIONS}{one['id']}/complete/")
        await http.post(f"{ACTIONS}{off['id']}/cancel/")
        found = (await http.get(f"{ACTIONS}summary/")).json()
        assert found["count"] == 3
        assert found["status"]["completed"] == 2
        assert found["type"] == {"delivery": 2, "visit": 1}
        assert found["event_flags"]["action.completed_late"] == 1
        assert found["on_time"] == 0.5
        assert (await http.get(f"{ACTIONS}summary/?type=visit")).json()["on_time"] is None
        days = (await http.get(f"{ACTIONS}graph/")).json()["results"]
        assert len(days) == 30
        today = days[-1]
        assert today["date"] == text(clock.now())[:10]
        assert (today["created"], today["completed"], today["canceled"]) == (3, 2, 1)
        assert sum(day["created"] for day in days[:-1]) == 0
        few = (await http.get(f"{ACTIONS}graph/?min_date=2017-01-01&max_date=2017-01-03")).json()["results"]
        assert [day["date"] for day in few] == ["2017-01-01", "2017-01-02", "2017-01-03"]
        for wrong in (
            "min_date=2017-01-02&max_date=2017-01-01",
            "min_date=2010-01-01&max_date=2017-01-01",
            "min_date=x",
        ):
            assert (await http.get(f"{ACTIONS}graph/?{wrong}")).status_code == 400
        cells = (await http.get(f"{ACTIONS}heatmap/")).json()["results"]
        assert [cell["count"] for cell in cells] == [2]
        lon, lat = cells[0]["location"]["coordinates"]
        assert abs(lon - POINT["coordinates"][0]) + abs(lat - POINT["coordinates"][1]) < 0.02
        assert (await http.get(f"{ACTIONS}heatmap/?resolution=99")).status_code == 400
