"""Every operation of the tracking API over HTTP: the vendor's keys and types, and what the document says.

The operations of `tests/contracts` and those of our own document must all stand in CALLS.
"""

import json
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import jsonschema_rs
import msgspec
import pytest

from hyway.apis import hypertrack
from hyway.kernel import clock
from tests.clients.conftest import Live
from tests.clients.contract import ACTIONS, BODIES, EXPECTED, USERS, differs, page
from tests.make.receiver import receiving

DOCUMENT: dict[str, Any] = msgspec.json.decode(hypertrack.openapi())
OFFERED = {f"{each.method} {each.path}": each for each in hypertrack.OPERATIONS}
DOOR = {"type": "Point", "coordinates": [-122.42, 37.80]}
PLACE = {"name": "Hayes Valley", "location": DOOR, "address": "270 Linden Street", "zip_code": "94102"}
GPX = (
    b'<gpx version="1.1" creator="a" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>'
    b'<trkpt lat="1" lon="2"><time>2026-01-01T00:00:00Z</time></trkpt></trkseg></trk></gpx>'
)


class Stage:
    """A courier on his way, what he carries, and more of everything to spend."""

    def __init__(self, http: httpx.Client, hook: str) -> None:
        self.http = http
        self.group = self.make("groups", name="Southern group")["id"]
        self.place = self.make("places", **PLACE)["id"]
        self.webhook = self.make("webhooks", url=hook)["id"]
        self.lookup, self.collection = uuid.uuid4().hex, uuid.uuid4().hex
        self.user = self.a_user(group_id=self.group, phone="+16502469293", lookup_id=self.lookup)
        named = {"lookup_id": self.lookup, "collection_id": self.collection}
        self.action = self.an_action(user_id=self.user, expected_place=PLACE, **named)
        self.post(f"users/{self.user}/locations/", json=self.drive())
        self.code = self.http.get(f"/api/v1/actions/{self.action}/").json()["short_code"]
        done = self.an_action(user_id=self.user)
        self.post(f"actions/{done}/complete/")
        self.event = self.listed("events", type="action.completed")[0]["id"]

    def post(self, path: str, **more: Any) -> dict[str, Any]:
        answer = self.http.post(f"/api/v1/{path}", **more)
        assert answer.status_code < 300, answer.text
        return dict(answer.json())

    def make(self, noun: str, **fields: Any) -> dict[str, Any]:
        return self.post(f"{noun}/", json=fields)

    def listed(self, noun: str, **query: str) -> list[dict[str, Any]]:
        return list(self.http.get(f"/api/v1/{noun}/", params=query).json()["results"])

    def a_user(self, **fields: Any) -> str:
        return str(self.make("users", name="Tapan Pandita", vehicle_type="car", **fields)["id"])

    def an_action(self, **fields: Any) -> str:
        return str(self.make("actions", type="delivery", **fields)["id"])

    def a_fence(self) -> str:
        return str(self.make("geofences", user_id=self.user, type="location", place=PLACE)["id"])

    def a_delivery(self) -> str:
        """The id of what was delivered to the webhook."""
        for _ in range(100):
            if found := self.http.get(f"/api/v1/webhooks/{self.webhook}/deliveries/").json()["results"]:
                return str(found[-1]["id"])
            time.sleep(0.1)
        raise AssertionError("nothing was delivered")

    def drive(self, steps: int = 40) -> list[dict[str, Any]]:
        """Ten metres a second to the north, up to a moment ago."""
        begin = (clock.now() // clock.SECOND - 20 - 10 * steps) * clock.SECOND
        return [
            {
                "geojson": {"type": "Point", "coordinates": [-122.42, 37.75 + step * 0.0009]},
                "recorded_at": clock.text(begin + step * 10 * clock.SECOND),
                "accuracy": 5,
                "speed": 10,
                "activity": "automotive",
            }
            for step in range(steps)
        ]


@pytest.fixture(scope="module")
def stage(live: Live, key: str) -> Iterator[Stage]:
    with receiving() as receiver, live.http(key) as http:
        yield Stage(http, receiver.url + "/hook")


Sent = dict[str, Any]
Made = Callable[[Stage], Sent]
"""Of an operation: the ids of its path, and what httpx is to send."""
USER, ACTION = USERS, ACTIONS
METER, CONTROLS = [BODIES["mileage"]], [BODIES["sdk_controls"]]
ONE, GROUPS, FENCE = [BODIES["place"]], [BODIES["group"]], [BODIES["geofence"]]
EVENT, HOOK, TAKEN = (
    [BODIES["event_and_webhook_body"]],
    [BODIES["webhook"]],
    [BODIES["sdk_events_bulk_response"]],
)
RESULTS = [{"results": ACTIONS}]
NOTHING: list[Any] = []


def of(noun: str, **sent: Any) -> Made:
    return lambda stage: {"id": getattr(stage, noun), **sent}


def query(**of: str) -> Made:
    return lambda stage: {"params": {name: getattr(stage, value) for name, value in of.items()}}


def crud(noun: str, name: str, body: list[Any], new: Sent, change: Sent, fresh: Made) -> dict[str, Any]:
    path = f"/api/v1/{noun}/"
    return {
        f"GET {path}": (page(*body), lambda stage: {}),
        f"POST {path}": (body, lambda stage: {"json": new}),
        f"GET {path}{{id}}/": (body, of(name)),
        f"PATCH {path}{{id}}/": (body, of(name, json=change)),
        f"PUT {path}{{id}}/": (body, of(name, json=change)),
        f"DELETE {path}{{id}}/": (NOTHING, fresh),
    }


CALLS: dict[str, tuple[list[Any], Made]] = {
    **crud("users", "user", USER, {"name": "Ana"}, {"name": "Tapan"}, lambda stage: {"id": stage.a_user()}),
    "GET /api/v1/users/nearby/": (page(BODIES["users_nearby"]["results"][0]), query(action_id="action")),
    "GET /api/v1/users/summary/": (NOTHING, lambda stage: {}),
    "GET /api/v1/users/analytics/": (page(), lambda stage: {}),
    "GET /api/v1/users/heatmap/": (NOTHING, lambda stage: {}),
    "POST /api/v1/users/{id}/assign_actions/": (
        USER, lambda stage: {"id": stage.user, "json": {"action_ids": [stage.an_action()]}}),
    "POST /api/v1/users/{id}/cancel_actions/": (USER, lambda stage: {"id": stage.a_user()}),
    "POST /api/v1/users/{id}/complete_actions/": (
        RESULTS, lambda stage: _one_of_his(stage, "action_collection_id", collection_id="c-1")),
    "POST /api/v1/users/{id}/stop_tracking/": (USER, lambda stage: {"id": stage.a_user()}),
    "GET /api/v1/users/{id}/placeline/": ([BODIES["user_placeline"]], of("user")),
    "GET /api/v1/users/{id}/mileage/": (METER, of("user")),
    "GET /api/v1/users/{id}/controls/": (CONTROLS, of("user")),
    "GET /api/v1/users/{id}/export/": (NOTHING, of("user", params={"format": "geojson"})),
    "GET /api/v1/users/{id}/locations/": (page(BODIES["user_tracked"]["last_location"]), of("user")),
    "POST /api/v1/users/{id}/locations/": (
        TAKEN, lambda stage: {"id": stage.a_user(), "json": stage.drive(3)}),
    "POST /api/v1/users/{id}/gpx/": (TAKEN, lambda stage: {"id": stage.a_user(), "content": GPX}),
    "POST /api/v1/sdk_events/bulk/": (TAKEN, lambda stage: {"json": _events(stage)}),
    **crud("actions", "action", ACTION, {"type": "pickup"}, {"metadata": {"customer": "John"}},
           lambda stage: {"id": stage.an_action()}),
    "GET /api/v1/actions/placeline/": (page(*ACTIONS), lambda stage: {}),
    "GET /api/v1/actions/track/": ([BODIES["actions_track"]], query(short_code="code")),
    "GET /api/v1/actions/summary/": (NOTHING, lambda stage: {}),
    "GET /api/v1/actions/graph/": (NOTHING, lambda stage: {}),
    "GET /api/v1/actions/heatmap/": (NOTHING, lambda stage: {}),
    "GET /api/v1/actions/{id}/detailed/": ([BODIES["action_started"]], of("action")),
    "POST /api/v1/actions/{id}/complete/": (
        [BODIES["action_completed"], BODIES["action_created"]],
        lambda stage: {"id": stage.an_action(), "json": {"completion_location": DOOR}}),
    "POST /api/v1/actions/{id}/cancel/": (ACTION, lambda stage: {"id": stage.an_action()}),
    "GET /api/v1/actions/{id}/meter/": (METER, of("action")),
    "GET /api/v1/actions/{id}/mileage/": (METER, of("action")),
    "GET /api/v1/actions/{id}/export/": (NOTHING, of("action", params={"format": "csv"})),
    "POST /api/v1/actions/{id}/update_destination/": (
        ACTION, lambda stage: {"id": stage.an_action(), "json": {"location": DOOR}}),
    "POST /api/v1/actions/edit_destination/": (
        RESULTS, lambda stage: _one_of_his(stage, "action_collection_id", collection_id="c-2",
                                           json={"expected_place": PLACE})),
    **crud("places", "place", ONE, PLACE, {"city": "SF"}, lambda stage: {"id": stage.make("places", **PLACE)["id"]}),
    "GET /api/v1/places/search/": ([{"results": ONE}], lambda stage: {"params": {"q": "hayes"}}),
    **crud("groups", "group", GROUPS, {"name": "North"}, {"name": "South"},
           lambda stage: {"id": stage.make("groups", name="Gone")["id"]}),
    "GET /api/v1/events/": (page(), lambda stage: {}),
    "GET /api/v1/events/{id}/": (EVENT, of("event")),
    "GET /api/v1/geofences/": (page(*FENCE), lambda stage: {"json": stage.a_fence() and {}}),
    "POST /api/v1/geofences/": (FENCE, lambda stage: {"json": _fence(stage)}),
    "GET /api/v1/geofences/{id}/": (FENCE, lambda stage: {"id": stage.a_fence()}),
    "PATCH /api/v1/geofences/{id}/": (
        FENCE, lambda stage: {"id": stage.a_fence(), "json": {"expire_at": clock.text(clock.now() + clock.DAY)}}),
    "PUT /api/v1/geofences/{id}/": (
        FENCE, lambda stage: {"id": stage.a_fence(), "json": _fence(stage)}),
    "DELETE /api/v1/geofences/{id}/": (NOTHING, lambda stage: {"id": stage.a_fence()}),
    "GET /api/v1/get_eta/": (
        [BODIES["get_eta"]], lambda stage: {"params": {"origin": "37.7,-122.4", "destination": "37.8,-122.4"}}),
    "GET /api/v1/simulate/": ([BODIES["simulate"]], lambda stage: {"params": {"origin": "37.7,-122.4"}}),
    "POST /api/v1/gcmdevices/": (NOTHING, lambda stage: {"json": _phone(stage)}),
    "POST /api/v1/apnsdevices/": (NOTHING, lambda stage: {"json": _phone(stage)}),
    "POST /api/v1/logs/": (NOTHING, lambda stage: {"json": [{"user_id": stage.user, "message": "up"}]}),
    "POST /api/v1/logs_file/": (NOTHING, lambda stage: {"files": {"file": b"up"}}),
    **{name: call for name, call in crud(
        "webhooks", "webhook", HOOK, {"url": "https://example.com/hook", "allowed_events": ["action.completed"]},
        {"allowed_events": ["action.completed"]},
        lambda stage: {"id": stage.make("webhooks", url="https://example.com/")["id"]}).items() if "PUT" not in name},
    "GET /api/v1/webhooks/{id}/deliveries/": (page(), of("webhook")),
    "POST /api/v1/webhooks/{id}/deliveries/{delivery_id}/replay/": (
        NOTHING, lambda stage: {"id": stage.webhook, "delivery_id": stage.a_delivery()}),
}  # fmt: skip
"""By operation: the bodies that its answer must be like, and how it is called."""


def _fence(stage: Stage) -> Sent:
    return {"user_id": stage.user, "type": "location", "place": PLACE}


def _phone(stage: Stage) -> Sent:
    return {"user_id": stage.user, "device_id": "d-1", "registration_id": "r-1"}


def _events(stage: Stage) -> list[Sent]:
    return [{**each, "user_id": stage.a_user()} for each in BODIES["sdk_events_bulk_request"]]


def _one_of_his(stage: Stage, by: str, *, collection_id: str, **more: Any) -> Sent:
    user = stage.a_user()
    stage.an_action(user_id=user, collection_id=collection_id)
    return {"id": user, "params": {by: collection_id}, **more}


def call(stage: Stage, name: str) -> httpx.Response:
    method, path = name.split()
    sent = CALLS[name][1](stage)
    for field in ("id", "delivery_id"):
        path = path.replace(f"{{{field}}}", str(sent.pop(field, "")))
    return stage.http.request(method, path, **sent)


def test_no_operation_is_without_a_call() -> None:
    assert EXPECTED.keys() - CALLS.keys() == set(), "operations of the contract that no test calls"
    assert OFFERED.keys() - CALLS.keys() == set(), "operations of our own that no test calls"
    assert EXPECTED.keys() - OFFERED.keys() == set(), "operations of the contract that are not there"


@pytest.mark.parametrize("name", sorted(CALLS.keys() & (OFFERED.keys() | EXPECTED.keys())))
def test_an_operation_answers_with_the_vendors_body(stage: Stage, name: str) -> None:
    answer = call(stage, name)
    method, path = name.split()
    said = DOCUMENT["paths"][path][method.lower()]["responses"]
    assert answer.status_code == OFFERED[name].status, answer.text
    if answer.status_code == 204:
        assert answer.content == b""
        return
    kind = answer.headers["content-type"].partition(";")[0]
    described = said[str(answer.status_code)]["content"][kind]["schema"]
    body: Any = answer.text if kind.startswith("text/") else answer.json()
    validator = jsonschema_rs.Draft202012Validator(
        {**described, "components": DOCUMENT["components"]}, validate_formats=True
    )
    validator.validate(body)
    samples = CALLS[name][0]
    if samples:
        assert differs(samples, body) == ""
    if "results" in body:
        assert body["results"], "there is something to compare"


def test_examples_are_like_themselves_and_a_null_is_seen() -> None:
    for body in (*USERS, *ACTIONS, BODIES["user_placeline"]):
        assert differs([body], body) == ""
    changed = json.loads(json.dumps(BODIES["action_started"]))
    changed["user"]["location_status"] = None
    assert differs(ACTIONS, changed) == "$.user.location_status is null"
    del changed["user"]["display"]
    changed["user"]["location_status"] = "location_available"
    assert differs(ACTIONS, changed) == "$.user has no ['display']"
