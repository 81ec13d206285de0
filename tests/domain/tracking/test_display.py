"""The words that clients show: those of the vendor's samples, and what changes them."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyway.domain.tracking.telling import display
from hyway.domain.tracking.telling.display import ActionState, UserState
from hyway.kernel.clock import DAY, HOUR, MINUTE, SECOND, parse

NOW = parse("", "2017-07-14T02:45:25Z")
FRESH = UserState()
TRACKED = UserState(
    tracking=True, ever_tracked=True, activity="stationary", speed=0.0, stopped=True, battery=81,
    heartbeat_at=NOW - SECOND, pending=1, assigned_at=NOW - HOUR,
)  # fmt: skip


def test_somebody_who_never_tracked():
    """The vendor's service as it answered in June 2017."""
    shown = display.of_user(FRESH, NOW)
    assert (shown.activity_text, shown.status_text, shown.sub_status_text) == ("", "Logged off", "")
    assert (shown.has_new_sdk, shown.is_warning) == (True, False)
    assert (shown.battery, shown.seconds_elapsed_since_last_heartbeat, shown.speed) == (None, None, None)
    assert display.availability(FRESH) == "offline"
    assert not display.is_connected(FRESH, NOW)
    assert display.list_status(FRESH, NOW) == "never_tracked"


def test_somebody_who_stopped():
    shown = display.of_user(TRACKED, NOW)
    assert (shown.activity_text, shown.status_text) == ("Stop", "Stopped")
    assert shown.sub_status_text == "Last updated just now"
    assert (shown.battery, shown.seconds_elapsed_since_last_heartbeat, shown.is_warning) == (81, 1, False)
    assert display.availability(TRACKED) == "active"
    assert display.is_connected(TRACKED, NOW)


@pytest.mark.parametrize(
    ("change", "status", "text", "warns"),
    [
        ({}, "stopped", "Stopped", False),
        ({"stopped": False, "activity": "automotive"}, "on_trip", "Driving", False),
        ({"stopped": False, "activity": "walking"}, "on_trip", "Walking", False),
        ({"stopped": False, "activity": "running"}, "on_trip", "Running", False),
        ({"stopped": False, "activity": "cycling"}, "on_trip", "Cycling", False),
        ({"stopped": False, "activity": "unknown"}, "on_trip", "On a trip", False),
        ({"stopped": None, "activity": "automotive"}, "on_trip", "Driving", False),
        ({"stopped": None, "activity": "unknown", "speed": 5.0}, "on_trip", "On a trip", False),
        ({"stopped": None, "activity": "unknown", "speed": None}, "stopped", "Stopped", False),
        ({"location_status": "location_disabled"}, "location_disabled", "Location disabled", True),
        (
            {"location_status": "location_permission_disabled"},
            "location_disabled",
            "Location permission disabled",
            True,
        ),
        ({"location_status": "location_low_accuracy"}, "stopped", "Stopped", False),
        ({"heartbeat_at": NOW - HOUR}, "network_offline", "Network offline", True),
        ({"tracking": False}, "logged_off", "Tracking stopped", False),
    ],
)
def test_what_a_user_is_doing(change: dict[str, Any], status: str, text: str, warns: bool):
    user = replace(TRACKED, **change)
    shown = display.of_user(user, NOW)
    assert (display.list_status(user, NOW), shown.status_text, shown.is_warning) == (status, text, warns)
    assert status in display.LIST_STATUSES


@pytest.mark.parametrize(("pending", "seconds"), [(1, 180), (0, 3_600)])
def test_connected_for_two_batches(pending: int, seconds: int):
    user = replace(TRACKED, pending=pending, heartbeat_at=NOW - seconds * SECOND)
    assert display.is_connected(user, NOW)
    assert not display.is_connected(user, NOW + 1)


def test_availability():
    assert display.availability(replace(TRACKED, pending=0)) == "online"
    given_to_somebody_off = replace(FRESH, pending=1, assigned_at=NOW)
    assert display.availability(given_to_somebody_off) == "active"
    assert display.availability(replace(given_to_somebody_off, stopped_at=NOW - 1)) == "active"
    assert display.availability(replace(given_to_somebody_off, stopped_at=NOW)) == "offline"
    assert display.availability(replace(TRACKED, stopped_at=NOW)) == "active", "it was started again"


@pytest.mark.parametrize(
    ("elapsed", "text"),
    [(-SECOND, "just now"), (59 * SECOND, "just now"), (MINUTE, "1 minute ago"), (36 * MINUTE, "36 minutes ago"),
     (HOUR, "1 hour ago"), (DAY - 1, "23 hours ago"), (DAY, "1 day ago"), (400 * DAY, "400 days ago")],
)  # fmt: skip
def test_how_long_ago(elapsed: int, text: str):
    assert display.ago(elapsed) == text
    user = replace(TRACKED, heartbeat_at=NOW - elapsed)
    assert display.of_user(user, NOW).sub_status_text == f"Last updated {text}"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "1 min away"), (89, "1 min away"), (90, "2 min away"), (225, "4 min away"), (849, "14 min away"),
     (3_569, "59 min away"), (3_570, "1 hr away"), (3_900, "1 hr 5 min away"), (86_400, "24 hr away")],
)  # fmt: skip
def test_how_far_away(seconds: int, text: str):
    assert display.away(seconds * SECOND) == text


STARTED = ActionState(
    "started", "on_the_way",
    assigned_at=parse("", "2017-07-14T02:40:00Z"), expected_at=parse("", "2017-07-14T03:00:00Z"),
    eta=parse("", "2017-07-14T02:49:10Z"), left=750.0, distance_unit="mi", user=TRACKED,
)  # fmt: skip


def test_an_action_that_nobody_has():
    shown = display.of_action(ActionState("created", "not_started", distance_unit="mi"), NOW)
    assert shown == display.ActionDisplay(
        "created", "Not yet started", "not_started", "", None, None, None, None, "mi", False, False, None,
        None, None, None,
    )  # fmt: skip


def test_an_action_on_its_way():
    assert display.of_action(STARTED, NOW) == display.ActionDisplay(
        "started", "On the way", "on_the_way", "4 min away", None, 225, 325, 750.0, "mi", False, False, None,
        81, True, 0.0,
    )  # fmt: skip


def test_an_action_that_is_done():
    ended = replace(STARTED, status="completed", sub_status="arrived", arrived_at=NOW, eta=None,
                    ended_at=parse("", "2017-07-14T02:50:00Z"))  # fmt: skip
    assert display.of_action(ended, NOW + DAY) == display.ActionDisplay(
        "completed", "Completed", "arrived", "", None, None, 600, None, "mi", True, False, ended.ended_at,
        None, None, None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("status", "sub_status", "text"),
    [("assigned", "not_started", "Not yet started"), ("assigned", "in_queue", "In queue"),
     ("started", "leaving_now", "Leaving now"), ("started", "arriving", "Arriving"),
     ("started", "arrived", "Arrived"), ("canceled", "arriving", "Canceled"),
     ("suspended", "in_queue", "Suspended")],
)  # fmt: skip
def test_what_an_action_is_at(status: str, sub_status: str, text: str):
    shown = display.of_action(replace(STARTED, status=status, sub_status=sub_status), NOW)
    assert shown.status_text == text
    assert shown.show_summary == (status in ("canceled", "suspended"))
    assert bool(shown.sub_status_text) == (sub_status in ("leaving_now", "arriving") and status == "started")


def test_who_arrived_waits():
    shown = display.of_action(replace(STARTED, sub_status="arrived", arrived_at=NOW - MINUTE), NOW)
    assert (shown.sub_status_duration, shown.sub_status_text) == (60, "")


@pytest.mark.parametrize(
    ("change", "late"),
    [({"eta": NOW + HOUR}, True), ({"eta": None}, False), ({"expected_at": NOW - 1, "eta": None}, True),
     ({"expected_at": None}, False), ({"expected_at": NOW - 1, "arrived_at": NOW - MINUTE}, False),
     ({"status": "completed", "ended_at": NOW + DAY}, True), ({"status": "created", "expected_at": 0}, False)],
)  # fmt: skip
def test_late(change: dict[str, Any], late: bool):
    assert display.of_action(replace(STARTED, **change), NOW).is_late == late


@given(st.integers(0, 10 * DAY), st.integers(0, 10 * DAY))
def test_time_only_adds_up(one: int, more: int):
    """Whatever the clocks say, nothing is below zero, and silence only grows."""
    user = replace(TRACKED, heartbeat_at=NOW)
    first, then = display.of_user(user, NOW + one), display.of_user(user, NOW + one + more)
    assert 0 <= first.seconds_elapsed_since_last_heartbeat <= then.seconds_elapsed_since_last_heartbeat  # type: ignore[operator]
    shown = display.of_action(STARTED, NOW - one)
    assert shown.duration_elapsed is not None
    assert shown.duration_elapsed >= 0
    assert (display.of_action(STARTED, NOW + one).duration_remaining or 0) >= 0
