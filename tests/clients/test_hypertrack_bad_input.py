"""What a device or a careless program may send: the exact answer, and nothing stored, over HTTP."""

import gzip
import json
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple

import httpx
import pytest

from hyway.kernel import clock
from tests.clients.conftest import Live

NOBODY = "00000000-0000-4000-8000-000000000000"
NO_POINT = "Invalid GeoJSON Point: longitude from -180 to 180, then latitude from -90 to 90."
NO_TIME = (
    "Datetime has wrong format. Use one of these formats instead: "
    "YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]."
)
DOOR = {"type": "Point", "coordinates": [-122.42, 37.77]}


class Stage(NamedTuple):
    """Ours, and what belongs to somebody else."""

    http: httpx.Client
    user: str
    action: str
    foreign: httpx.Client
    foreign_user: str
    foreign_action: str


class Sent(NamedTuple):
    """A request; `body` is sent as it is, `json` as JSON."""

    method: str
    path: str
    body: bytes | None = None
    json: Any = None
    headers: dict[str, str] = {}  # noqa: RUF012


@pytest.fixture(scope="module")
def stage(live: Live, key: str) -> Iterator[Stage]:
    """The other account is that of the test environment."""
    with live.http(key) as http, live.http(live.new_key("hypertrack", "--test")) as foreign:
        ids = []
        for client in (http, foreign):
            user = client.post("/api/v1/users/", json={"name": "Courier"}).json()["id"]
            ids += [user, client.post("/api/v1/actions/", json={"user_id": user}).json()["id"]]
        yield Stage(http, ids[0], ids[1], foreign, ids[2], ids[3])


def stored(stage: Stage) -> dict[str, Any]:
    """What there is, on both sides."""
    found: dict[str, Any] = {}
    for client, user in ((stage.http, stage.user), (stage.foreign, stage.foreign_user)):
        for noun in ("users", "actions", "places", "groups", "geofences", "events", "webhooks"):
            found[f"{noun} {user}"] = client.get(f"/api/v1/{noun}/").json()["count"]
        found[f"positions {user}"] = client.get(f"/api/v1/users/{user}/locations/").json()["count"]
        shown = client.get(f"/api/v1/users/{user}/").json()
        heard = ("last_heartbeat_at", "display", "is_connected", "last_battery")  # a device spoke, after all
        found[user] = {name: value for name, value in shown.items() if name not in heard}
        actions = client.get("/api/v1/actions/").json()["results"]
        found[f"states {user}"] = [(each["id"], each["status"], each["user_id"]) for each in actions]
    return found


def fix(lon: Any = -122.42, lat: Any = 37.77, at: str = "") -> dict[str, Any]:
    where = {"type": "Point", "coordinates": [lon, lat]}
    return {"geojson": where, "recorded_at": at or clock.text(clock.now() - clock.MINUTE)}


def positions(**of: Any) -> Callable[[Stage], Sent]:
    return lambda stage: Sent("POST", f"users/{stage.user}/locations/", json=[fix(**of)])


def raw(path: str, body: bytes | Callable[[], bytes], **headers: str) -> Callable[[Stage], Sent]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    def sent(stage: Stage) -> Sent:
        made = body() if callable(body) else body
        return Sent("POST", path.replace("{user}", stage.user), body=made, headers=named)

    return sent


def reads(path: str) -> Callable[[Stage], Sent]:
    return lambda stage: Sent("GET", path)


def rejected(field: str, text: str) -> dict[str, Any]:
    return {"accepted": 0, "duplicates": 0, "rejected": [{"index": 0, "errors": {field: [text]}}]}


def event(user: str) -> dict[str, Any]:
    return {
        "user_id": user,
        "type": "location.changed",
        "recorded_at": fix()["recorded_at"],
        "location": fix(),
    }


def fence(*ring: tuple[float, float]) -> Callable[[Stage], Sent]:
    shape = {"type": "Polygon", "coordinates": [ring]}
    return lambda stage: Sent("POST", "geofences/", json={"user_id": stage.user, "shape": shape})


LATER = "Ensure this value is not more than 10 minutes in the future."
GZIP = {"content_encoding": "gzip", "content_type": "application/json"}
TEN_MB = b"[" + b",".join([json.dumps(fix()).encode()] * 80_000) + b"]"


@cache
def bomb() -> bytes:
    """Made when it is thrown: every run reads this file, few throw it."""
    return gzip.compress(b"[" + b" " * 200_000_000, 9)


NAN = b'[{"geojson":{"type":"Point","coordinates":[NaN,1]},"recorded_at":"2026-01-01T00:00:00Z"}]'
TOO_LARGE = {"detail": "The body is larger than 4194304 bytes."}
LOST = {"detail": "Not found."}
NO_PAGE = {"detail": "Invalid page."}
BROKEN = {"detail": "The body is not whole gzip."}

ROWS: dict[str, tuple[Callable[[Stage], Sent], int, Any]] = {
    "latitude 91": (positions(lat=91), 200, rejected("location", NO_POINT)),
    "latitude -90.0001": (positions(lat=-90.0001), 200, rejected("location", NO_POINT)),
    "longitude 181": (positions(lon=181), 200, rejected("location", NO_POINT)),
    "no number": (raw("users/{user}/locations/", NAN), 200, rejected("location", NO_POINT)),
    "beyond any number": (
        raw("users/{user}/locations/", NAN.replace(b"NaN", b"1e999")), 200, rejected("location", NO_POINT)),
    "infinity": (
        raw("users/{user}/locations/", NAN.replace(b"NaN", b"-Infinity")), 200, rejected("location", NO_POINT)),
    "the far future": (positions(at="2199-01-01T00:00:00Z"), 200, rejected("recorded_at", LATER)),
    "the year 10000": (positions(at="10000-01-01T00:00:00Z"), 200, rejected("recorded_at", NO_TIME)),
    "no time": (positions(at="yesterday"), 200, rejected("recorded_at", NO_TIME)),
    "ten megabytes": (raw("users/{user}/locations/", TEN_MB), 413, TOO_LARGE),
    "ten megabytes of events": (raw("sdk_events/bulk/", TEN_MB), 413, TOO_LARGE),
    "a thousand and one": (
        lambda stage: Sent("POST", f"users/{stage.user}/locations/", json=[fix()] * 1_001), 400,
        {"non_field_errors": ["Ensure this field has no more than 1000 elements."]}),
    "broken gzip": (raw("sdk_events/bulk/", gzip.compress(TEN_MB[:9999])[:-9], **GZIP), 400, BROKEN),
    "gzip that is none": (raw("sdk_events/bulk/", b"\x1f\x8b\x08nothing", **GZIP), 400, BROKEN),
    "broken gzip of a user": (
        raw("users/", gzip.compress(b'{"name":"Ana"}')[:-9], **GZIP), 400,
        {"detail": "JSON parse error - the gzip body ended too early"}),
    "a zip bomb of positions": (raw("users/{user}/locations/", bomb, **GZIP), 413, TOO_LARGE),
    "a zip bomb of a user": (
        raw("users/", bomb, **GZIP), 400, {"detail": "The request body must be at most 33554432 bytes."}),
    "broken JSON": (
        raw("users/", b'{"name":', content_type="application/json"), 400,
        {"detail": "JSON parse error - Expecting value: line 1 column 9 (char 8)"}),
    "a list for an object": (
        raw("users/", b"[]", content_type="application/json"), 400,
        {"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]}),
    "a foreign user": (
        lambda stage: Sent("POST", f"users/{stage.foreign_user}/locations/", json=[fix()]), 404, LOST),
    "a foreign user's event": (
        lambda stage: Sent("POST", "sdk_events/bulk/", json=[event(stage.foreign_user)]), 200,
        lambda stage: rejected("user_id", f'Invalid pk "{stage.foreign_user}" - object does not exist.')),
    "a user of nobody's": (
        lambda stage: Sent("POST", "sdk_events/bulk/", json=[event(NOBODY)]), 200,
        rejected("user_id", f'Invalid pk "{NOBODY}" - object does not exist.')),
    "to give a foreign action": (
        lambda stage: Sent(
            "POST", f"users/{stage.user}/assign_actions/", json={"action_ids": [stage.foreign_action]}), 400,
        lambda stage: {"action_ids": [f'Invalid pk "{stage.foreign_action}" - object does not exist.']}),
    "to give it after one's own": (
        lambda stage: Sent(
            "POST", f"users/{stage.user}/assign_actions/",
            json={"action_ids": [stage.action, stage.foreign_action]}), 400,
        lambda stage: {"action_ids": [f'Invalid pk "{stage.foreign_action}" - object does not exist.']}),
    "to complete a foreign action": (
        lambda stage: Sent("POST", f"actions/{stage.foreign_action}/complete/"), 404, LOST),
    "to cancel a foreign action": (
        lambda stage: Sent("POST", f"actions/{stage.foreign_action}/cancel/"), 404, LOST),
    "work for a foreign user": (
        lambda stage: Sent("POST", "actions/", json={"user_id": stage.foreign_user}), 400,
        lambda stage: {"user_id": [f'Invalid pk "{stage.foreign_user}" - object does not exist.']}),
    "page 0": (reads("users/?page=0"), 404, NO_PAGE),
    "page -1": (reads("actions/?page=-1"), 404, NO_PAGE),
    "page 1e9": (reads("events/?page=1e9"), 404, NO_PAGE),
    "a page beyond the end": (reads("users/?page=2"), 404, NO_PAGE),
    "page 1000000": (reads("places/?page=1000000"), 404, NO_PAGE),
    "a place off the earth": (
        lambda stage: Sent("POST", "places/", json={"location": {"type": "Point", "coordinates": [181, 91]}}),
        400, {"location": ["Invalid GeoJSON Point."]}),
    "nearby nowhere": (
        reads("users/nearby/?location=181,0"), 400,
        {"location": ["Must be a longitude and a latitude, separated by a comma."]}),
    "to complete at no place": (
        lambda stage: Sent(
            "POST", f"actions/{stage.action}/complete/",
            json={"completion_location": {"type": "Point", "coordinates": [0, "NaN"]}}),
        400, {"completion_location": ["Invalid GeoJSON Point."]}),
    "a polygon that crosses itself": (
        fence((0, 0), (1, 1), (1, 0), (0, 1), (0, 0)), 400,
        {"shape": ["Must not cross itself, as it does at 0.5 0.5."]}),
    "a polygon that is not closed": (
        fence((0, 0), (1, 1), (1, 0)), 400,
        {"shape": ["Must have rings of at least four positions, the last equal to the first."]}),
    "a polygon off the earth": (fence((0, 0), (1, 91), (1, 0), (0, 0)), 400,
        {"shape": ["Must have longitudes from -180 to 180 and latitudes from -90 to 90, in this order."]}),
}  # fmt: skip


@pytest.mark.parametrize("name", ROWS)
def test_bad_input_gets_its_answer_and_stores_nothing(stage: Stage, name: str) -> None:
    make, status, body = ROWS[name]
    sent, before = make(stage), stored(stage)
    content = sent.body if sent.json is None else json.dumps(sent.json).encode()
    answer = stage.http.request(sent.method, f"/api/v1/{sent.path}", content=content, headers=sent.headers)
    expected = body(stage) if callable(body) else body
    assert (answer.status_code, answer.json()) == (status, expected)
    assert stored(stage) == before


def test_an_unknown_ordering_is_passed_over(stage: Stage) -> None:
    plain = stage.http.get("/api/v1/users/").json()
    for ordering in ("nonsense", "-nonsense,id;DROP", "password", "user__account__seq", ",,-,"):
        assert stage.http.get("/api/v1/users/", params={"ordering": ordering}).json() == plain


def test_what_is_good_is_kept_of_a_bad_batch(stage: Stage) -> None:
    user = stage.http.post("/api/v1/users/", json={}).json()["id"]
    good, later = fix(), fix(at=clock.text(clock.now()))
    batch = [fix(lat=91), good, "what", fix(lon=None), later, {"geojson": DOOR}]
    said = stage.http.post(f"/api/v1/users/{user}/locations/", json=batch).json()
    assert (said["accepted"], [each["index"] for each in said["rejected"]]) == (2, [0, 2, 3, 5])
    assert stage.http.get(f"/api/v1/users/{user}/locations/").json()["count"] == 2
