"""/api/v1/users/: the body of the contract, what may be sent and how, whose key may do what."""

import base64
import json
from typing import Any

import pytest

from hyway.domain import tracking
from hyway.domain.tracking import UserChange
from hyway.kernel import clock
from tests.apis.hypertrack.conftest import PUBLIC, World, make_world
from tests.domain.tracking.test_payloads import CONTRACT, MORE_OF_USER

USERS = "/api/v1/users/"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
NOBODY = "09ff4544-b947-4963-ae06-54f72558dd1d"


def user(world: World, **wish: Any) -> tracking.User:
    return world.db.write_now(tracking.users.create, world.by, UserChange(**wish))[0]


def live(world: World, of: tracking.User, **columns: Any) -> None:
    """Puts the user's live state into shape, as positions would."""
    account = world.db.read_now(tracking.accounts.of, world.by)
    world.db.write_now(lambda w: tracking.users.touch(w, account, of, **columns))


async def test_a_fresh_user_is_the_contracts(world: World) -> None:
    example = CONTRACT["user_fresh"]
    async with world.client() as http:
        made = await http.post(USERS, json={"name": "Alex1"})
        assert made.status_code == 201
        body = made.json()
        assert set(body) == set(example) | MORE_OF_USER
        assert (await http.get(f"{USERS}{body['id']}/")).json() == body
    same = set(example) - {"id", "photo", "created_at", "modified_at"}
    assert {name: body[name] for name in same} == {name: example[name] for name in same}
    assert body["photo"] == f"{PUBLIC}/media/default/a1.png"


async def test_get_or_create_by_lookup_id_or_unique_id(world: World) -> None:
    async with world.client() as http:
        made = await http.post(USERS, json={"name": "One", "lookup_id": "driver-7"})
        for again in ({"name": "Two", "lookup_id": "driver-7"}, {"name": "Two", "unique_id": "driver-7"}):
            found = await http.post(USERS, json=again)
            assert (found.status_code, found.json()) == (200, made.json())
        assert made.json()["unique_id"] == "driver-7"
        assert (await http.get(f"{USERS}?lookup_id=driver-7/")).json()["count"] == 1


async def test_patch_changes_what_is_sent(world: World) -> None:
    async with world.client() as http:
        at = f"{USERS}{user(world, name='One', phone='+16502469293').id}/"
        before = (await http.get(at)).json()
        sent = {"name": "Tapan", "city": "SF", "metadata": {"a": 1}, "vehicle_type": "three-wheeler"}
        changed = (await http.patch(at, json=sent)).json()
        stamp = changed["modified_at"]
        told = {"name": "Tapan", "metadata": {"a": 1}, "vehicle_type": "3-wheeler", "modified_at": stamp}
        assert changed == {**before, **told}
        assert stamp > before["modified_at"]
        cleared = (await http.put(at, json={"phone": None, "name": None})).json()
        assert (cleared["phone"], cleared["name"]) == (None, "")
        assert (await http.patch(at)).json() == cleared, "nothing is sent, nothing changes"


async def test_a_user_is_deleted_and_gone(world: World) -> None:
    async with world.client() as http:
        made = (await http.post(USERS, json={"name": "One", "lookup_id": "a"})).json()
        at = f"{USERS}{made['id']}/"
        gone = await http.request("DELETE", at, json={})
        assert (gone.status_code, gone.content) == (204, b"")
        for method in ("GET", "PATCH", "DELETE"):
            answer = await http.request(method, at)
            assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})
        assert (await http.get(USERS)).json()["results"] == []
        assert (await http.post(USERS, json={"lookup_id": "a"})).status_code == 201, "its lookup id is free"


@pytest.mark.parametrize("how", ["base64", "file", "address"])
async def test_a_photo_comes_in_three_ways(world: World, how: str) -> None:
    async with world.client() as http:
        at = f"{USERS}{user(world).id}/"
        if how == "file":
            form = {"name": "Tapan", "metadata": '{"a": 1}'}
            sent = await http.patch(at, files={"photo": ("me.exe", PNG, "text/html")}, data=form)
            assert (sent.json()["name"], sent.json()["metadata"]) == ("Tapan", {"a": 1})
        else:
            photo = base64.b64encode(PNG).decode() if how == "base64" else "https://example.com/me.png"
            sent = await http.patch(at, json={"photo": photo})
        assert sent.status_code == 200
        shown = sent.json()["photo"]
        if how == "address":
            assert shown == "https://example.com/me.png"
            return
        id = shown.removeprefix(f"{PUBLIC}/media/users/").removesuffix(".png")
        assert world.db.read_now(tracking.users.picture, id) == ("image/png", PNG)


@pytest.mark.parametrize(
    ("sent", "field", "said"),
    [
        ({"phone": "650"}, "phone", "Enter a valid phone number in E.164 format, such as +16502469293."),
        ({"vehicle_type": "plane"}, "vehicle_type", '"plane" is not a valid choice.'),
        ({"group_id": NOBODY}, "group_id", f'Invalid pk "{NOBODY}" - object does not exist.'),
        ({"group_lookup_id": "x"}, "group_lookup_id", 'Invalid pk "x" - object does not exist.'),
        ({"name": "x" * 256}, "name", "Ensure this field has no more than 255 characters."),
        ({"name": ["x"]}, "name", "Not a valid string."),
        ({"name": "a\0"}, "name", "Null characters are not allowed."),
        ({"metadata": [1]}, "metadata", 'Expected a dictionary of items but got type "list".'),
        ({"metadata": {"a": "x" * 20_000}}, "metadata", "Ensure this field has no more than 16384 characters."),
        ({"photo": "%%%"}, "photo", "Must be the address of a picture, or a picture in base64."),
        ({"photo": {"a": 1}}, "photo", "Not a valid string."),
        ({"photo": base64.b64encode(b"MZ...").decode()}, "photo", "Upload a valid image. The file you uploaded was "
         "either not an image or a corrupted image."),
    ],
)  # fmt: skip
async def test_bad_fields_are_told_and_change_nothing(
    world: World, sent: dict[str, Any], field: str, said: str
) -> None:
    async with world.client() as http:
        refused = await http.post(USERS, json=sent)
        assert (refused.status_code, refused.json()) == (400, {field: [said]})
        assert (await http.get(USERS)).json()["count"] == 0
        refused = await http.patch(f"{USERS}{user(world).id}/", json=sent)
        assert (refused.status_code, refused.json()) == (400, {field: [said]})


async def test_deep_metadata_is_refused_and_not_a_server_error(world: World) -> None:
    async with world.client() as http:
        for depth in (60, 400, 5_000):
            body = '{"metadata":' + '{"a":' * depth + "1" + "}" * depth + "}"
            refused = await http.post(USERS, content=body, headers={"content-type": "application/json"})
            assert refused.status_code == 400, depth


async def test_a_taken_lookup_id_is_refused(world: World) -> None:
    user(world, lookup_id="a")
    async with world.client() as http:
        refused = await http.patch(f"{USERS}{user(world).id}/", json={"lookup_id": "a"})
        assert (refused.status_code, refused.json()) == (400, {"lookup_id": ["This field must be unique."]})


async def test_the_list_pages_filters_and_orders(world: World) -> None:
    for name in ("Anna", "Bert", "Carl"):
        user(world, name=name, lookup_id=name.lower(), vehicle_type="car" if name == "Bert" else "van")
    carl = world.db.read_now(tracking.users.page, world.by, tracking.UserQuery(name="Carl")).rows[0]
    async with world.client() as http:
        page = (await http.get(f"{USERS}?page_size=1&page=2&ordering=name")).json()
        assert set(page) == set(CONTRACT["users_list"])
        assert (page["count"], [each["name"] for each in page["results"]]) == (3, ["Bert"])
        assert page["next"] == f"{PUBLIC}{USERS}?page_size=1&ordering=name&page=3"
        assert page["previous"] == f"{PUBLIC}{USERS}?page_size=1&ordering=name"
        for query, names in {
            "": ["Carl", "Bert", "Anna"],
            "name=nn": ["Anna"],
            "search=BER": ["Bert"],
            "lookup_id=carl/": ["Carl"],
            "unique_id=carl": ["Carl"],
            "vehicle_type=van": ["Carl", "Anna"],
            "status=never_tracked": ["Carl", "Bert", "Anna"],
            "status=on_trip,stopped": [],
            "availability_status=online": [],
            "availability_status=offline&ordering=name": ["Anna", "Bert", "Carl"],
            "min_created_at=2100-01-01T00:00:00Z": [],
            "max_created_at=2100-01-01T00:00:00Z&ordering=-name": ["Carl", "Bert", "Anna"],
            "group_id=nonsense": [],
            "id=nonsense": [],
            f"id={carl.id.upper()},nonsense": ["Carl"],
            "ordering=nonsense&unknown=1&name=a&page_size=2": ["Carl", "Anna"],
        }.items():
            found = (await http.get(f"{USERS}?{query}")).json()
            assert [each["name"] for each in found["results"]] == names, query
        for page_number in ("0", "-1", "x", "9", "99999999999999999999"):
            beyond = await http.get(f"{USERS}?page={page_number}")
            assert (beyond.status_code, beyond.json()) == (404, {"detail": "Invalid page."})


async def test_stop_tracking_and_controls(world: World) -> None:
    made = user(world)
    live(world, made, is_tracking=1, tracking_at=clock.now(), online_at=clock.now())
    async with world.client() as http:
        at = f"{USERS}{made.id}/"
        told = (await http.get(f"{at}controls/")).json()
        assert set(told) == set(CONTRACT["sdk_controls"])
        assert (told["run_command"], told["batch_duration"]) == ("GO_ONLINE", 1_800)
        assert (await http.get(at)).json()["availability_status"] == "online"
        stopped = await http.post(f"{at}stop_tracking/")
        assert (stopped.status_code, stopped.json()["availability_status"]) == (200, "offline")
        again = await http.post(f"{at}stop_tracking/", json={})
        assert (again.status_code, again.json()["modified_at"]) == (200, stopped.json()["modified_at"])
        assert (await http.get(f"{at}controls/")).json()["run_command"] == "GO_OFFLINE"


async def test_an_apps_key_does_what_an_app_does(world: World) -> None:
    async with world.client(world.new_key("hypertrack-public")) as http:
        made = await http.post(USERS, json={"name": "One", "lookup_id": "a"})
        assert made.status_code == 201
        at = f"{USERS}{made.json()['id']}/"
        for method, path, status in (
            ("GET", at, 200),
            ("PATCH", at, 200),
            ("GET", f"{at}controls/", 200),
            ("GET", f"{USERS}?lookup_id=a", 200),
            ("GET", USERS, 403),
            ("GET", f"{USERS}?name=One", 403),
            ("GET", f"{USERS}summary/", 403),
            ("GET", f"{USERS}analytics/", 403),
            ("GET", f"{USERS}heatmap/", 403),
            ("POST", f"{at}stop_tracking/", 403),
            ("DELETE", at, 403),
        ):
            answer = await http.request(method, path)
            assert answer.status_code == status, (method, path)
            if status == 403:
                assert answer.json() == {"detail": "You do not have permission to perform this action."}


async def test_a_groups_token_reads_its_group(world: World) -> None:
    async with world.client() as http:
        south = (await http.post("/api/v1/groups/", json={"name": "South"})).json()
        inside = (await http.post(USERS, json={"name": "In", "group_id": south["id"]})).json()
        outside = (await http.post(USERS, json={"name": "Out"})).json()
    async with world.client(south["token"]) as http:
        assert [each["name"] for each in (await http.get(USERS)).json()["results"]] == ["In"]
        assert (await http.get(f"{USERS}{inside['id']}/")).json() == inside
        assert (await http.get(f"{USERS}{outside['id']}/")).status_code == 404
        assert (await http.get(f"{USERS}summary/")).json()["count"] == 1
        assert (await http.patch(f"{USERS}{inside['id']}/", json={})).status_code == 403
        assert (await http.post(USERS, json={})).status_code == 403


async def test_nobody_reaches_another_accounts_user(world: World) -> None:
    theirs = user(world, name="Ours", lookup_id="a")
    stranger = make_world(world.db, "Strangers")
    for key in (stranger.key, world.new_key("hypertrack-test")):
        async with stranger.client(key) as http:
            at = f"{USERS}{theirs.id}/"
            for method, path in (
                ("GET", at), ("PATCH", at), ("DELETE", at), ("GET", f"{at}controls/"), ("POST", f"{at}stop_tracking/"),
                ("POST", f"{at}cancel_actions/"), ("POST", f"{at}complete_actions/?action_lookup_id=a"),
            ):  # fmt: skip
                answer = await http.request(method, path)
                assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."}), (method, path)
            assert (await http.get(f"{USERS}?lookup_id=a")).json()["count"] == 0


async def test_a_test_key_makes_twenty_users_a_day(world: World) -> None:
    async with world.client(world.new_key("hypertrack-test")) as http:
        for _ in range(20):
            assert (await http.post(USERS)).status_code == 201
        full = await http.post(USERS)
        assert full.status_code == 429
        assert int(full.headers["retry-after"]) > 0
        assert full.json()["detail"].startswith("Request was throttled.")


async def test_the_dashboards_counts(world: World) -> None:
    for number in range(3):
        made = user(world, name=f"U{number}")
        if number:
            where = {"at": clock.now(), "lat": 37.7755, "lon": -122.4181, "activity": 0, "provider": 0}
            live(world, made, is_tracking=1, heartbeat_at=clock.now(), **where)
    async with world.client() as http:
        summary = (await http.get(f"{USERS}summary/")).json()
        assert (summary["count"], summary["connected"]) == (3, 2)
        assert {word: many for word, many in summary["status"].items() if many} == {
            "never_tracked": 1,
            "stopped": 2,
        }
        assert summary["availability_status"] == {"online": 2, "offline": 1, "active": 0}
        heat = (await http.get(f"{USERS}heatmap/?resolution=7")).json()
        assert [cell["count"] for cell in heat["results"]] == [2]
        lon, lat = heat["results"][0]["location"]["coordinates"]
        assert (abs(lat - 37.7755) < 0.05, abs(lon + 122.4181) < 0.05) == (True, True)
        for resolution, status in (("13", 400), ("-1", 400), ("x", 400), ("0", 200)):
            assert (await http.get(f"{USERS}heatmap/?resolution={resolution}")).status_code == status
        done = (await http.get(f"{USERS}analytics/?page_size=2&ordering=name")).json()
        assert (done["count"], done["results"][0]["name"]) == (3, "U0")
        nothing = {"distance": 0.0, "duration": 0.0, "trips": 0, "stops": 0, "completed_actions": 0}
        assert done["results"][0].items() >= nothing.items()
        turned = "min_recorded_at=2020-01-02T00:00:00Z&max_recorded_at=2020-01-01T00:00:00Z"
        assert (await http.get(f"{USERS}analytics/?{turned}")).status_code == 400


async def test_work_is_given_and_taken(world: World) -> None:
    wishes = [tracking.actions.ActionWish(type="task", lookup_id=f"o{number}") for number in range(3)]
    ids = [world.db.write_now(tracking.actions.create, world.by, wish).action.id for wish in wishes]
    async with world.client() as http:
        at = f"{USERS}{user(world, name='One').id}/"
        given = await http.post(f"{at}assign_actions/", json={"action_ids": ids})
        assert given.status_code == 200, given.text
        assert (given.json()["pending_actions"], given.json()["availability_status"]) == (ids, "active")
        assert (await http.get(f"{at}controls/")).json()["run_command"] == "GO_ACTIVE"
        done = (await http.post(f"{at}complete_actions/?action_lookup_id=o0/")).json()
        assert [(each["id"], each["status"]) for each in done["results"]] == [(ids[0], "completed")]
        gone = (await http.post(f"{at}cancel_actions/?action_lookup_id=o1")).json()
        assert [(each["id"], each["status"]) for each in gone["results"]] == [(ids[1], "canceled")]
        left = await http.post(f"{at}cancel_actions/")
        assert (left.json()["pending_actions"], left.json()["availability_status"]) == ([], "offline")
        assert (await http.post(f"{at}complete_actions/")).status_code == 400


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "This field is required."),
        ({"action_ids": []}, "This list may not be empty."),
        ({"action_ids": ["x"]}, '"x" is not a valid UUID.'),
        ({"action_ids": [NOBODY]}, f'Invalid pk "{NOBODY}" - object does not exist.'),
        ({"action_ids": 5}, 'Expected a list of items but got type "int".'),
    ],
)
async def test_what_cannot_be_assigned(world: World, sent: dict[str, Any], said: str) -> None:
    async with world.client() as http:
        refused = await http.post(f"{USERS}{user(world).id}/assign_actions/", content=json.dumps(sent))
        assert (refused.status_code, refused.json()) == (400, {"action_ids": [said]})
