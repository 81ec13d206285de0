"""What the vendor's other clients send, byte by byte as they do: Ruby, Node, PHP, Android, iOS, against a live server.

Each test quotes the habit that the server has to bear with.
"""

import gzip
import json
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from hyway.kernel import clock
from tests.clients.conftest import Live

DOOR = {"type": "Point", "coordinates": [-122.42434, 37.77629]}
ANDROID = {
    "user-agent": "HyperTrack Android SDK/0.4.25 (Android 7.0)", "app-id": "com.example", "device-id": "d-1",
    "timezone": "America/Los_Angeles", "content-type": "application/json", "content-encoding": "gzip",
}  # fmt: skip
IOS = {
    "user-agent": "HyperTrack iOS SDK/0.5.4", "content-type": "application/json", "content-encoding": "gzip",
    "timezone": "Europe/Berlin",
}  # fmt: skip


@pytest.fixture(scope="module")
def http(live: Live, key: str) -> Iterator[httpx.Client]:
    with live.http(key) as client:
        yield client


@pytest.fixture(scope="module")
def app_key(live: Live) -> str:
    """The key that is in every phone."""
    return live.new_key("hypertrack-public")


@pytest.fixture(scope="module")
def phone(live: Live, app_key: str) -> Iterator[httpx.Client]:
    with live.http(app_key) as client:
        client.headers["authorization"] = f"Token {app_key}"
        yield client


def raw(client: httpx.Client, method: str, path: str, body: bytes = b"", **headers: str) -> httpx.Response:
    """The request with exactly these headers and this body."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.request(method, f"/api/v1/{path}", content=body, headers=named)


def packed(value: Any) -> bytes:
    return gzip.compress(json.dumps(value).encode())


def some() -> str:
    return uuid.uuid4().hex


def a_user(client: httpx.Client, **fields: Any) -> str:
    return str(client.post("/api/v1/users/", json=fields).json()["id"])


def an_action(client: httpx.Client, **fields: Any) -> dict[str, Any]:
    made = client.post("/api/v1/actions/", json=fields)
    assert made.status_code == 201, made.text
    return dict(made.json())


# 1. "POST with Content-Type: application/json and empty body (Content-Length 0) = {}".


@pytest.mark.parametrize("verb", ["complete", "cancel"])
def test_an_empty_body_says_nothing_of_an_action(http: httpx.Client, verb: str) -> None:
    action = an_action(http)
    said = raw(http, "POST", f"actions/{action['id']}/{verb}/", content_type="application/json")
    assert said.request.headers["content-length"] == "0"
    assert (said.status_code, said.json()["status"]) == (200, f"{verb}ed".replace("eed", "ed"))


@pytest.mark.parametrize("verb", ["cancel_actions", "stop_tracking"])
def test_an_empty_body_says_nothing_of_a_user(http: httpx.Client, verb: str) -> None:
    user = a_user(http)
    said = raw(http, "POST", f"users/{user}/{verb}/", content_type="application/json")
    assert (said.status_code, said.json()["id"]) == (200, user)


# 2. "GET with a JSON body … merge body into query params (query wins)".


def test_a_get_brings_its_parameters_in_the_body(http: httpx.Client) -> None:
    path, body = f"users/{a_user(http)}/placeline/", b'{"date": "2017-07-13"}'
    json_body = {"content_type": "application/json"}
    assert raw(http, "GET", path, body, **json_body).json()["timeline_date"] == "2017-07-13"
    both = raw(http, "GET", path + "?date=2017-07-14", body, **json_body)
    assert both.json()["timeline_date"] == "2017-07-14"


def test_node_sends_a_copy_of_the_query_as_body(http: httpx.Client) -> None:
    user = a_user(http, lookup_id=some())
    query = {"lookup_id": http.get(f"/api/v1/users/{user}/").json()["lookup_id"], "page_size": 5}
    said = http.request("GET", "/api/v1/users/", params=query, json=query)
    assert [each["id"] for each in said.json()["results"]] == [user]


# 3. "GET URLs always end in ? (/users/U1/?). DELETE carries body {}".


def test_node_asks_with_a_bare_question_mark(http: httpx.Client) -> None:
    user = a_user(http)
    said = raw(http, "GET", f"users/{user}/?", b"{}", content_type="application/json")
    assert (said.status_code, said.json()["id"]) == (200, user)
    listed = raw(http, "GET", "users/?", b"{}", content_type="application/json")
    assert listed.json()["count"] >= 1


def test_node_deletes_with_a_body(http: httpx.Client) -> None:
    user = a_user(http)
    said = raw(http, "DELETE", f"users/{user}/", b"{}", content_type="application/json")
    assert (said.status_code, said.content) == (204, b"")
    assert http.get(f"/api/v1/users/{user}/").status_code == 404


# 4. "Content-Encoding: gzip on request bodies, incl. GET".


def test_ios_gets_with_nothing_packed(phone: httpx.Client) -> None:
    user = a_user(phone)
    said = raw(phone, "GET", f"users/{user}/controls/", packed({}), **_under(IOS))
    assert said.status_code == 200
    assert said.json() == {
        "user_id": user, "run_command": "GO_OFFLINE", "batch_duration": said.json()["batch_duration"], "ttl": None,
        "minimum_duration": said.json()["minimum_duration"],
        "minimum_displacement": said.json()["minimum_displacement"],
    }  # fmt: skip


def test_android_creates_packed(phone: httpx.Client) -> None:
    lookup = some()
    for status in (201, 200):
        said = raw(phone, "POST", "users/", packed({"name": "Ana", "lookup_id": lookup}), **_under(ANDROID))
        assert (said.status_code, said.json()["name"]) == (status, "Ana")


# 5. "appends a / to the last query value … strip one trailing slash from id-type filter values".


def test_android_puts_a_slash_behind_the_last_value(http: httpx.Client, phone: httpx.Client) -> None:
    lookup, collection = some(), some()
    made = an_action(http, lookup_id=lookup, collection_id=collection, user_id=a_user(http))
    queries = {
        "lookup_id": lookup, "collection_id": collection, "short_code": made["short_code"],
    }  # fmt: skip
    for name, value in queries.items():
        said = phone.get(f"/api/v1/actions/?{name}={value}/")
        assert [each["id"] for each in said.json()["results"]] == [made["id"]], name
    followed = phone.get(f"/api/v1/actions/track/?lookup_id={lookup}/").json()["results"]
    assert [each["id"] for each in followed[0]["actions"]] == [made["id"]]
    of = made["user_id"]
    ended = phone.post(f"/api/v1/users/{of}/complete_actions/?action_lookup_id={lookup}/").json()
    assert [(each["id"], each["status"]) for each in ended["results"]] == [(made["id"], "completed")]


# 6. "Unknown JSON fields are ignored, never 400".


def test_unknown_fields_are_passed_over(http: httpx.Client) -> None:
    nodes_own = {"action": "pickup", "destination_id": "d-1", "user_id": "u-1", "name": "Tapan"}
    said = http.post("/api/v1/users/", json=nodes_own)
    assert (said.status_code, said.json()["name"]) == (201, "Tapan")
    user = f"/api/v1/users/{said.json()['id']}/"
    assert http.patch(user, json={"city": "San Francisco"}).status_code == 200
    action = f"/api/v1/actions/{an_action(http, nothing='at all')['id']}/"
    assert http.patch(action, json={"city": "San Francisco"}).status_code == 200


# 7. "GeoJSON fields may arrive as a JSON string; type may be lower-case point".


@pytest.mark.parametrize("kind", ["Point", "point"])
def test_geojson_comes_as_a_text(phone: httpx.Client, kind: str) -> None:
    point = json.dumps({**DOOR, "type": kind})
    place = raw(phone, "POST", "places/", packed({"location": point, "name": "Door"}), **_under(IOS))
    assert (place.status_code, place.json()["location"]) == (201, DOOR)
    action = an_action(phone)
    done = phone.post(f"/api/v1/actions/{action['id']}/complete/", json={"completion_location": point})
    assert done.json()["completed_place"]["location"] == DOOR


# Paths without a slash at the end: "301 with Location = same path + / + same query string … every method".


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "PUT", "DELETE", "HEAD"])
@pytest.mark.parametrize("path", ["users", "groups/b2c3", "actions/x/complete"])
def test_php_leaves_out_the_slash(live: Live, method: str, path: str) -> None:
    said = httpx.request(method, f"{live.url}/api/v1/{path}?page_size=2&name=a%2Fb")
    assert (said.status_code, said.content) == (301, b"")
    assert said.headers["location"] == f"/api/v1/{path}/?page_size=2&name=a%2Fb"


def test_who_follows_the_redirect_arrives(http: httpx.Client) -> None:
    said = http.get("/api/v1/users?page_size=1", follow_redirects=True)
    assert said.json().keys() == {"count", "next", "previous", "results"}


# Keys: some clients write `token`, others `Token`; the word is read without regard to case.


@pytest.mark.parametrize("word", ["token", "Token", "TOKEN"])
def test_the_word_before_the_key_is_in_any_case(live: Live, key: str, word: str) -> None:
    said = httpx.get(f"{live.url}/api/v1/users/", headers={"authorization": f"{word} {key}"})
    assert said.status_code == 200


# Android's day: batches, packed, sent again until they are accepted; the answer is an object without `values`.


def test_androids_batches(phone: httpx.Client, http: httpx.Client) -> None:
    user, begin = (
        a_user(phone, name="Courier"),
        clock.now() // clock.MINUTE * clock.MINUTE - 10 * clock.MINUTE,
    )

    def at(seconds: int) -> str:
        return clock.text(begin + seconds * clock.SECOND)

    def fix(seconds: int) -> dict[str, Any]:
        where = {"type": "Point", "coordinates": [-122.42, 37.77 + seconds / 10_000]}
        return {
            "geojson": where, "accuracy": 12.0, "speed": 7.2, "bearing": 0.0, "altitude": 80.0,
            "activity": "automotive", "activity_confidence": 100, "provider": "gps", "recorded_at": at(seconds),
        }  # fmt: skip

    batch: list[dict[str, Any]] = [{"user_id": user, "type": "tracking.started", "recorded_at": at(0)}]
    for second in range(1, 300, 6):
        batch.append(
            {"user_id": user, "type": "location.changed", "recorded_at": at(second), "location": fix(second)}
        )
    power = {"percentage": 81, "charging": "DISCHARGING", "source": "battery", "power_saver": False}
    batch.append({"user_id": user, "type": "device.power.changed", "recorded_at": at(300), "data": power})
    headers = {**_under(ANDROID), "device_time": clock.text(clock.now()), "battery": "81.0"}
    for accepted in (52, 0):
        said = raw(phone, "POST", "sdk_events/bulk/", packed(batch), **headers)
        assert said.status_code == 200
        assert said.json() == {"accepted": accepted, "duplicates": 52 - accepted, "rejected": []}
        assert "values" not in said.json()
    shown = http.get(f"/api/v1/users/{user}/").json()
    assert shown["availability_status"] == "online"
    assert (shown["last_battery"], shown["is_connected"]) == (81, True)
    assert shown["last_location"]["recorded_at"] == at(295).replace(".000Z", "Z")
    assert phone.get(f"/api/v1/users/{user}/controls/").json()["run_command"] == "GO_ONLINE"
    bad = [{"user_id": user, "type": "location.changed", "recorded_at": at(1)}, "what", *batch]
    said = raw(phone, "POST", "sdk_events/bulk/", packed(bad), **headers)
    assert (said.status_code, [each["index"] for each in said.json()["rejected"]]) == (200, [0, 1])
    second_phone = {**headers, "device_id": "d-2"}
    batch[1] = {**batch[1], "recorded_at": at(2), "location": fix(2)}
    assert raw(phone, "POST", "sdk_events/bulk/", packed(batch), **second_phone).status_code == 409


def test_android_reads_a_photo_from_base64_in_json(phone: httpx.Client, live: Live) -> None:
    dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
    photo = phone.post("/api/v1/users/", json={"photo": dot}).json()["photo"]
    assert httpx.get(live.url + photo.split(live.url.rpartition(":")[2], 1)[1]).status_code == 200


@pytest.mark.parametrize(
    ("path", "more"), [("gcmdevices/", {"cloud_message_type": "FCM"}), ("apnsdevices/", {})]
)
def test_phones_tell_where_push_messages_go(phone: httpx.Client, path: str, more: dict[str, str]) -> None:
    sent = {"user_id": a_user(phone), "device_id": some(), "registration_id": some(), **more}
    said = raw(phone, "POST", path, packed(sent), **_under(ANDROID))
    assert said.status_code == 201
    assert said.json().items() >= sent.items()


def test_an_apps_map_follows_an_action_by_its_code(phone: httpx.Client) -> None:
    action = an_action(phone, user_id=a_user(phone, name="Courier"), expected_place={"location": DOOR})
    said = raw(phone, "GET", f"actions/track/?short_code={action['short_code']}", packed({}), **_under(IOS))
    (row,) = said.json()["results"]
    assert row["user"]["name"] == "Courier"
    assert row["user"]["last_location"] == {}
    assert [each["id"] for each in row["actions"]] == [action["id"]]


def test_queries_have_latitude_first(phone: httpx.Client) -> None:
    said = phone.get(
        "/api/v1/get_eta/?origin=37.77493,-122.41942&destination=37.77629,-122.42434&vehicle_type=car"
    )
    assert 0 < said.json()["duration"] < 1_000
    assert phone.get("/api/v1/simulate/?origin=37.77493,-122.41942/").json()["time_aware_polyline"]
    swapped = phone.get("/api/v1/get_eta/?origin=-122.41942,37.77493&destination=37.77629,-122.42434")
    assert swapped.json() == {"origin": ["Must be a latitude and a longitude, separated by a comma."]}


def test_nearby_has_longitude_first(http: httpx.Client) -> None:
    assert http.get("/api/v1/users/nearby/?location=-122.41942,37.77493").status_code == 200
    assert http.get("/api/v1/users/nearby/").status_code == 400


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("users/", {"authorization": "token sk_nobody"}, 401),
        ("nothing/here/", {}, 404),
        ("actions/edit_destination/", {}, 400),
        ("users/", {"content-type": "text/plain"}, 415),
    ],
)
def test_a_refusal_leaves_the_connection_as_it_was(
    http: httpx.Client, path: str, headers: dict[str, str], status: int
) -> None:
    """A connection that is kept is used for the next request, whatever became of the last one and its body."""
    for _ in range(10):
        refused = http.post(f"/api/v1/{path}", content=b'{"a":"' + b"x" * 300_000 + b'"}', headers=headers)
        assert (refused.status_code, refused.headers.get("connection")) == (status, None)
        assert http.get("/api/v1/users/").status_code == 200


def _under(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("-", "_"): value for name, value in headers.items()}
