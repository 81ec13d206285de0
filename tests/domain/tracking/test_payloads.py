"""Every example body of the contract, made of records: the same keys and kinds, mostly the same values."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hyway.domain.tracking.records import (
    Account,
    Action,
    Event,
    Fence,
    Group,
    Live,
    Location,
    Place,
    Segment,
    Spot,
    User,
)
from hyway.domain.tracking.telling import payloads
from hyway.kernel import clock

CONTRACT = json.loads((Path(__file__).parents[2] / "contracts" / "hypertrack.json").read_text())
HOME = "http://localhost:8000"
USER_ID = "4e2a8344-9864-4473-864f-e223dec208b3"
ACTION_ID = "41caa9f2-ad63-4a8b-98ed-1414c372e1ce"
GROUP_ID = "f3ead2ae-dc0a-4a7e-85be-74ee51d9d70a"
STOP_ID = "D2E0C7FD-D1D3-4C1E-9307-82AD6F70BC9D"
PATH = "i|peFj`ejVyrv_lxAWgBSyA_D[??_N"
# Beyond the examples: what the tables of the specification name besides, and what a fence of ours has.
MORE_OF_USER = {"unique_id", "metadata", "is_tracking"}
MORE_OF_FENCE = {"group_id", "name", "shape", "radius", "metadata"}


def at(text: str) -> int:
    return clock.parse("at", text)


NOW = at("2017-07-14T02:45:26.000Z")
ACCOUNT = Account(1, "a", 1, "live", "UTC", "mi", None, False, at("2016-01-01T00:00:00Z"))


def fix(when: str, lat: float, lon: float, speed: float, activity: str) -> Location:
    return Location(at(when), lat, lon, 12.0, speed, 70.0, 80.0, activity, 100, "gps")


FIRST = fix("2017-07-14T02:41:01Z", 37.77493, -122.41942, 7.2, "automotive")
LAST_OF_TRIP = fix("2017-07-14T02:41:25Z", 37.7755, -122.4181, 0.0, "stationary")
LAST = fix("2017-07-14T02:45:25Z", 37.7755, -122.4181, 0.0, "stationary")


def user_of(example: dict[str, Any], **more: Any) -> User:
    known: dict[str, Any] = {
        "seq": 1,
        "account": 1,
        "id": example["id"],
        "name": example["name"],
        "phone": example["phone"],
        "photo": None,
        "lookup_id": example["lookup_id"],
        "group_id": example["group_id"],
        "vehicle_type": example["vehicle_type"],
        "device_name": None,
        "metadata": {},
        "timezone": None,
        "created_at": at(example["created_at"]),
        "modified_at": at(example["modified_at"]),
        "live": Live(),
    }
    return User(**{**known, **more})


FRESH = user_of(CONTRACT["user_fresh"])
TRACKED = user_of(
    CONTRACT["user_tracked"],
    photo=USER_ID,
    live=Live(
        is_tracking=True,
        tracking_at=at("2017-07-14T01:00:00Z"),
        online_at=at("2017-07-14T01:00:00Z"),
        heartbeat_at=at("2017-07-14T02:45:26.118Z") - clock.SECOND,
        battery=81,
        last=LAST,
        pending=(ACTION_ID,),
        assigned_at=at("2017-07-14T02:40:00Z"),
        is_stopped=True,
    ),
)


def place_of(example: dict[str, Any]) -> Place:
    lon, lat = example["location"]["coordinates"]
    names = ("name", "address", "landmark", "locality", "zip_code", "city", "state", "country")
    texts: dict[str, Any] = {name: example[name] for name in names}
    return Place(
        seq=1,
        id=example["id"],
        spot=Spot(lat, lon),
        lookup_id=None,
        radius=100.0,
        created_at=at(example["created_at"]),
        modified_at=at(example["modified_at"]),
        **texts,
    )


PLACE = place_of(CONTRACT["place"])


def action_of(example: dict[str, Any], user: User | None) -> Action:
    def time(name: str) -> int | None:
        return at(example[name]) if example[name] else None

    def place(name: str) -> Place | None:
        return place_of(example[name]) if example[name] else None

    times = ("scheduled_at", "assigned_at", "started_at", "completed_at", "canceled_at", "suspended_at",
             "ended_at", "eta", "initial_eta", "created_at", "modified_at")  # fmt: skip
    same = ("id", "type", "lookup_id", "unique_id", "collection_id", "short_code", "status", "sub_status",
            "distance", "duration", "vehicle_type", "metadata")  # fmt: skip
    places = ("expected_place", "started_place", "completed_place")
    values: dict[str, Any] = {name: example[name] for name in same}
    values |= {name: time(name) for name in times} | {name: place(name) for name in places}
    return Action(
        seq=1,
        account=1,
        frame=1,
        user=user,
        rank=0,
        progress={},
        flags=(),
        path=example["time_aware_polyline"],
        **values,
    )


def action_body(name: str, user: User | None) -> dict[str, Any]:
    return payloads.action(action_of(CONTRACT[name], user), ACCOUNT, NOW, HOME)


def segment(**more: Any) -> Segment:
    known: dict[str, Any] = {
        "user_id": USER_ID,
        "place": None,
        "spot": None,
        "fixes": 3,
        "activities": {},
        "reason": None,
        "lookup_id": None,
        "vehicle_type": "car",
        "created_at": at("2017-07-14T02:41:26.010Z"),
        "modified_at": at("2017-07-14T02:41:26.010Z"),
    }
    return Segment(**{**known, **more})


TRIP = segment(
    id="5c7a0e2e-35ce-4482-baa3-34f837146071",
    kind="trip",
    activity="automotive",
    began_at=FIRST.at,
    ended_at=LAST_OF_TRIP.at,
    began=FIRST,
    ended=LAST_OF_TRIP,
    distance=133.91,
    duration=24.0,
    path="i|peFj`ejVyrv_lxAWgBSyA_D[",
)
STOP = segment(
    id="885cb75c-c642-4df2-9d0e-8b9bf0d9547b",
    kind="stop",
    activity="stationary",
    place=place_of(CONTRACT["user_placeline"]["segments"][1]["place"]),
    began_at=LAST_OF_TRIP.at,
    ended_at=None,
    began=LAST_OF_TRIP,
    ended=None,
    distance=0.0,
    duration=240.0,
    path="",
    lookup_id=STOP_ID,
    modified_at=at("2017-07-14T02:45:26.118Z"),
)


def event(example: dict[str, Any], **more: Any) -> Event:
    known: dict[str, Any] = {
        "seq": 1,
        "frame": 1,
        "id": example["id"],
        "user_id": example["user_id"],
        "action_id": None,
        "type": example["type"],
        "recorded_at": at(example["recorded_at"]),
        "location": None,
        "data": {},
        "delivered_at": None,
        "created_at": NOW,
        "modified_at": NOW,
    }
    return Event(**{**known, **more})


def placeline() -> dict[str, Any]:
    return payloads.placeline(
        payloads.user(TRACKED, ACCOUNT, NOW, HOME),
        "2017-07-14",
        [payloads.segment(part, NOW) for part in (TRIP, STOP)],
        [action_body("action_started", TRACKED)],
        [event(CONTRACT["user_placeline"]["events"][0])],
    )


def mileage() -> dict[str, Any]:
    end = LAST.at
    return payloads.mileage(
        ACTION_ID, USER_ID, 133.911, 264.0, FIRST.at, end, {"automotive": (133.911, 24.0)}
    )


def group() -> dict[str, Any]:
    example = CONTRACT["group"]
    times = at(example["created_at"]), at(example["modified_at"])
    kept = Group(
        1, example["id"], None, example["name"], example["parent_group_id"], example["token"], *times
    )
    return payloads.group(kept)


def fence() -> dict[str, Any]:
    example = CONTRACT["geofence"]
    made = at(example["created_at"])
    return payloads.fence(
        Fence(
            1,
            example["id"],
            USER_ID,
            None,
            "",
            "location",
            PLACE,
            None,
            100.0,
            None,
            None,
            at(example["expire_at"]),
            {},
            made,
            made,
        )
    )


def told() -> dict[str, Any]:
    example = CONTRACT["event_and_webhook_body"]
    done = {"object": action_body("action_completed", TRACKED)}
    more: dict[str, Any] = {"action_id": ACTION_ID, "location": LAST, "data": done}
    stamps = {name: at(example[name]) for name in ("delivered_at", "created_at", "modified_at")}
    return payloads.event(event(example, **more, **stamps))


MADE: dict[str, Callable[[], Any]] = {
    "user_fresh": lambda: payloads.user(FRESH, ACCOUNT, NOW, HOME),
    "user_tracked": lambda: payloads.user(TRACKED, ACCOUNT, NOW, HOME),
    "user_placeline": placeline,
    "mileage": mileage,
    "sdk_controls": lambda: payloads.controls(TRACKED),
    "action_created": lambda: action_body("action_created", None),
    "action_started": lambda: action_body("action_started", TRACKED),
    "action_completed": lambda: action_body("action_completed", TRACKED),
    "place": lambda: payloads.place(PLACE),
    "group": group,
    "geofence": fence,
    "event_and_webhook_body": told,
}
# What the clock or a router makes of it, and the examples took from elsewhere.
RECKONED = {"distance_remaining", "duration_elapsed", "duration_remaining", "seconds_elapsed_since_last_heartbeat",
            "sub_status_text", "last_heartbeat_at", "availability_status", "is_late"}  # fmt: skip


def hold(made: Any, example: Any, path: str) -> None:
    """The same keys and kinds all the way down, and the same values except where they are reckoned."""
    assert type(made) is type(example), f"{path}: {made!r} for {example!r}"
    if path.endswith(".tracking_url"):
        # Ours has a word before the code, the vendor's nothing: its clients read the last part.
        assert made == example.replace("8000/", "8000/track/"), path
    elif isinstance(example, dict):
        more = (
            MORE_OF_USER
            if "pending_actions" in example
            else MORE_OF_FENCE
            if "expire_at" in example
            else set()
        )
        assert set(made) - more == set(example), path
        for key in example:
            if key not in RECKONED:
                hold(made[key], example[key], f"{path}.{key}")
            else:
                assert type(made[key]) is type(example[key]), f"{path}.{key}"
    elif isinstance(example, list):
        assert len(made) == len(example), path
        for number, (one, other) in enumerate(zip(made, example, strict=True)):
            hold(one, other, f"{path}[{number}]")
    else:
        assert made == example, path


@pytest.mark.parametrize("name", MADE)
def test_the_examples_are_reproduced(name: str):
    made = json.loads(json.dumps(MADE[name]()))
    hold(made, CONTRACT[name], name)


def test_a_row_of_a_tracking_page():
    action = action_of(CONTRACT["action_started"], TRACKED)
    made = json.loads(json.dumps(payloads.track_row(TRACKED, [action], ACCOUNT, NOW, HOME)))
    hold(made, CONTRACT["actions_track"]["results"][0], "track")


def test_nothing_that_a_client_dereferences_is_null():
    body = payloads.user(FRESH, ACCOUNT, NOW, HOME)
    assert body["last_location"] == {}
    assert body["photo"] == "http://localhost:8000/media/default/a1.png"
    for name in (
        "location_status",
        "display",
        "availability_status",
        "vehicle_type",
        "pending_actions",
        "metadata",
    ):
        assert body[name] is not None
    assert payloads.location(Location(0, 1.0, 2.0)) == {
        "geojson": {"type": "Point", "coordinates": [2.0, 1.0]},
        "accuracy": 0.0,
        "speed": 0.0,
        "bearing": 0.0,
        "altitude": 0.0,
        "activity": "unknown",
        "activity_confidence": 0,
        "provider": "gps",
        "recorded_at": "1970-01-01T00:00:00Z",
    }


def test_a_time_has_six_digits_or_none():
    assert payloads.when(at("2017-07-03T01:34:03Z")) == "2017-07-03T01:34:03Z"
    assert payloads.when(at("2017-07-03T01:34:03.5Z")) == "2017-07-03T01:34:03.500000Z"
    assert payloads.when(at("2017-06-01T18:32:11.506337Z")) == "2017-06-01T18:32:11.506337Z"
    assert payloads.when(1) == "1970-01-01T00:00:00.000001Z"


def test_a_photo_is_elsewhere_or_here():
    elsewhere = user_of(CONTRACT["user_fresh"], photo="https://example.com/me.jpg")
    assert payloads.photo(elsewhere, HOME) == "https://example.com/me.jpg"
    assert payloads.photo(TRACKED, HOME) == f"{HOME}/media/users/{USER_ID}.png"


def test_a_gap_says_why():
    gap = segment(
        id="gap",
        kind="location_void",
        activity="unknown",
        began_at=FIRST.at,
        ended_at=LAST.at,
        began=FIRST,
        ended=LAST,
        distance=0.0,
        duration=264.0,
        path="",
        reason="disabled",
    )
    body = payloads.segment(gap, NOW)
    assert (body["type"], body["reason"], body["encoded_polyline"]) == ("location_void", "disabled", None)
    assert body["start_location"]["geojson"]["coordinates"] == [-122.41942, 37.77493]


def test_controls_follow_the_state():
    def command(**live: Any) -> str:
        user = dataclasses.replace(TRACKED, live=Live(**live))
        return str(payloads.controls(user)["run_command"])

    assert command() == "GO_OFFLINE"
    assert command(is_tracking=True, tracking_at=5) == "GO_ONLINE"
    assert command(is_tracking=True, tracking_at=5, pending=("a",)) == "GO_ACTIVE"
    stopped = {"is_tracking": False, "tracking_at": 7, "pending": ("a",)}
    assert command(**stopped, assigned_at=6) == "GO_OFFLINE", "stopped after the work was given"
    assert command(**stopped, assigned_at=8) == "GO_ACTIVE", "given work after that"
