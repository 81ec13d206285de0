"""The life of an action: from assigned to its end, told once, and never backwards without a reason."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyway.domain.tracking.earth.geodesy import along, metres
from hyway.domain.tracking.records import Location, Spot
from hyway.domain.tracking.work import lifecycle
from hyway.domain.tracking.work.lifecycle import Goal, Progress
from hyway.kernel.clock import DAY, HOUR, MINUTE, SECOND
from hyway.kernel.faults import Invalid

T0 = 1_500_000_000 * SECOND
HERE = Spot(37.77493, -122.41942)
THERE = Spot(*along(*HERE, 45, 3_000))
GOAL = Goal(THERE, 100.0, T0 + HOUR, T0 - HOUR)
NOWHERE = replace(GOAL, spot=None)


def toward(gone: float, seconds: float, accuracy: float | None = 12.0, aside: float = 0) -> Location:
    """So many metres on the way to the goal, so many seconds after the start."""
    lat, lon = along(*along(*HERE, 45, gone), 135, aside)
    return Location(T0 + round(seconds * SECOND), lat, lon, accuracy)


def drive(
    progress: Progress, fixes: list[Location], goal: Goal = GOAL, **more: Any
) -> tuple[Progress, list[str], list[str]]:
    """What it became, the sub-status after each position, and every event."""
    seen: list[str] = []
    told: list[str] = []
    for fix in fixes:
        known = {"has_turn": True, "tracking": True, "eta": None, **more}
        progress, events = lifecycle.on_fix(progress, goal, fix, fix.at, **known)
        seen.append(progress.sub_status)
        told += events
    return progress, seen, told


def assigned() -> Progress:
    progress, events = lifecycle.assign(Progress(), T0, True)
    assert events == ("action.assigned",)
    return progress


def started() -> Progress:
    progress, _, _ = drive(assigned(), [toward(0, 0), toward(60, 10)])
    assert progress.status == "started"
    return progress


def test_a_delivery_from_start_to_end():
    steps = [
        toward(gone, second)
        for second, gone in enumerate((0, 20, 60, 120, 200, 2_400, 2_600, 2_950, 3_000), 1)
    ]
    progress, seen, told = drive(assigned(), steps)
    assert seen == ["not_started", "not_started", "leaving_now", "leaving_now", "on_the_way", "on_the_way",
                    "arriving", "arrived", "arrived"]  # fmt: skip
    assert told == ["action.started", "action.on_the_way", "action.arriving", "action.arrived"]
    assert (progress.started_at, progress.arrived_at) == (T0 + 3 * SECOND, T0 + 8 * SECOND)
    assert progress.origin == HERE, "where it set out from, not where that was noticed"
    ended, events = lifecycle.complete(progress, GOAL, T0 + 10 * MINUTE, GOAL.spot)
    assert (ended.status, ended.sub_status, ended.ended_at, ended.eta) == (
        "completed", "arrived", T0 + 10 * MINUTE, None,
    )  # fmt: skip
    assert events == ("action.completed",)
    assert not ended.late


def test_jitter_does_not_start_it():
    noise = [
        toward(off, second, aside=side)
        for second, (off, side) in enumerate([(0, 0), (15, -15), (-15, 15)] * 50)
    ]
    progress, _, told = drive(assigned(), noise)
    assert (progress.status, told) == ("assigned", [])
    vague, _, _ = drive(assigned(), [toward(0, 0), toward(300, 10, accuracy=800)])
    assert vague.status == "assigned", "the position may be wrong by more than it moved"


@pytest.mark.parametrize("known", [{"has_turn": False}, {"tracking": False}])
def test_it_starts_in_its_turn_and_while_tracking(known: dict[str, Any]):
    progress, _, told = drive(assigned(), [toward(0, 0), toward(900, 60)], **known)
    assert (progress.status, progress.origin, told) == ("assigned", None, [])


def test_the_turn_in_the_queue():
    waiting, _ = lifecycle.assign(Progress(), T0, False)
    assert waiting.sub_status == "in_queue"
    ended, _ = lifecycle.cancel(started(), T0 + MINUTE)
    assert lifecycle.first([ended, waiting, assigned()]) == 1
    assert lifecycle.first([ended]) is None
    idle, events = lifecycle.promote(waiting, False, HERE, T0 + MINUTE)
    assert (idle.sub_status, events) == ("not_started", ())
    going, events = lifecycle.promote(waiting, True, HERE, T0 + MINUTE)
    assert (going.status, going.sub_status, going.started_at) == ("started", "leaving_now", T0 + MINUTE)
    assert events == ("action.started",)
    assert lifecycle.queued(going, False) is going, "what has started stays so"
    assert lifecycle.queued(idle, False).sub_status == "in_queue"


@pytest.mark.parametrize(
    ("accuracy", "at_once"), [(100.0, True), (101.0, False), (None, False), (0.0, False)]
)
def test_one_precise_position_or_two_make_an_arrival(accuracy: float | None, at_once: bool):
    progress, _, told = drive(started(), [toward(2_990, 300, accuracy)])
    assert ("action.arrived" in told) == at_once
    progress, _, _ = drive(progress, [toward(2_995, 310, accuracy)])
    assert (progress.sub_status, progress.arrived_at) == ("arrived", T0 + (300 if at_once else 310) * SECOND)


def test_two_positions_inside_must_follow_one_another():
    _, seen, _ = drive(
        started(), [toward(at, 300 + n, None) for n, at in enumerate((2_950, 2_850, 2_950, 2_850))]
    )
    assert "arrived" not in seen


def test_it_arrives_by_time_too():
    fix = toward(1_000, 100)
    progress, events = lifecycle.on_fix(
        started(), GOAL, fix, fix.at, has_turn=True, tracking=True, eta=fix.at + 120 * SECOND
    )
    assert (progress.sub_status, events) == ("arriving", ("action.arriving",))
    assert (progress.eta, progress.initial_eta) == (fix.at + 120 * SECOND,) * 2
    later = toward(1_010, 110)
    progress, events = lifecycle.on_fix(
        progress, GOAL, later, later.at, has_turn=True, tracking=True, eta=later.at + 179 * SECOND
    )
    assert (progress.sub_status, events) == ("arriving", ())
    assert progress.initial_eta == fix.at + 120 * SECOND, "the first estimate stays"


def test_going_back_takes_going_clearly_away():
    near = [toward(gone, 60 + n) for n, gone in enumerate((2_600, 2_300, 2_260, 2_240, 2_600))]
    progress, seen, told = drive(started(), near)
    assert seen == ["arriving", "arriving", "arriving", "on_the_way", "arriving"]
    assert told.count("action.arriving") == 1
    there = [toward(gone, 100 + n) for n, gone in enumerate((3_000, 3_200, 3_740, 3_760, 3_000))]
    progress, seen, _ = drive(progress, there)
    assert seen == ["arrived", "arrived", "arrived", "on_the_way", "arrived"]
    assert progress.arrived_at == T0 + 104 * SECOND


def test_who_stands_at_the_start_is_leaving_however_near_the_place_is():
    close = replace(GOAL, spot=Spot(*along(*HERE, 45, 400)))
    going, _ = lifecycle.promote(assigned(), True, HERE, T0)
    _, seen, _ = drive(going, [toward(gone, 1 + n) for n, gone in enumerate((0, 10, 100, 210, 380))], close)
    assert seen == ["leaving_now", "leaving_now", "leaving_now", "arriving", "arrived"]


def test_without_a_place_there_is_no_arrival():
    progress, seen, _ = drive(
        assigned(), [toward(gone, n) for n, gone in enumerate((0, 100, 400, 3_000))], NOWHERE, eta=T0
    )
    assert seen == ["not_started", "leaving_now", "on_the_way", "on_the_way"]
    assert (progress.eta, progress.initial_eta) == (None, None)


def test_another_place_is_another_way():
    progress, _, _ = drive(started(), [toward(3_000, 300), toward(3_000, 310)])
    progress = lifecycle.redirected(progress)
    assert (progress.sub_status, progress.arrived_at, progress.inside) == ("on_the_way", None, 0)


def test_delayed_once_by_estimate_or_by_time():
    going = started()
    late = T0 + HOUR + SECOND
    slow, events = lifecycle.on_time(going, GOAL, T0 + MINUTE, eta=late)
    assert events == ("action.delayed",)
    assert (slow.late, slow.flags, slow.eta) == (True, ("action.delayed",), late)
    assert lifecycle.on_time(slow, GOAL, T0 + MINUTE, eta=late + HOUR)[1] == ()
    assert lifecycle.on_time(going, GOAL, T0 + HOUR) == (going, ())
    assert lifecycle.on_time(going, GOAL, late)[1] == ("action.delayed",)
    assert lifecycle.on_time(Progress(), GOAL, late) == (Progress(), ()), "nobody has it yet"
    there, _, _ = drive(going, [toward(3_000, 300)])
    assert lifecycle.on_time(there, GOAL, late)[1] == (), "it arrived in time"
    assert lifecycle.on_time(there, GOAL, late, eta=late)[0].eta == there.arrived_at


def test_completed_late_and_elsewhere():
    far = Spot(*along(*THERE, 90, 301))
    ended, events = lifecycle.complete(started(), GOAL, T0 + 2 * HOUR, far)
    assert events == ("action.completed", "action.completed_late",
                      "action.completed_at_different_place_than_expected")  # fmt: skip
    assert ended.flags == events[1:]
    assert ended.late
    near = Spot(*along(*THERE, 90, 299))
    assert lifecycle.complete(started(), GOAL, T0 + HOUR, near)[1] == ("action.completed",)
    assert lifecycle.complete(Progress(), GOAL, T0, None)[1] == ("action.completed",)


def test_final_states_are_final():
    done, _ = lifecycle.complete(started(), GOAL, T0 + MINUTE, None)
    gone, _ = lifecycle.cancel(started(), T0 + MINUTE)
    lost, _ = lifecycle.suspend(started(), T0 + MINUTE)
    assert lifecycle.complete(done, GOAL, T0 + HOUR, HERE) == (done, ())
    assert lifecycle.cancel(gone, T0 + HOUR) == (gone, ())
    with pytest.raises(Invalid) as refused:
        lifecycle.complete(gone, GOAL, T0 + HOUR, None)
    assert refused.value.message == "Canceled actions cannot be completed."
    for refusal in (
        lambda: lifecycle.complete(lost, GOAL, T0, None),
        lambda: lifecycle.cancel(done, T0),
        lambda: lifecycle.cancel(lost, T0),
        lambda: lifecycle.assign(done, T0, True),
    ):
        with pytest.raises(Invalid):
            refusal()
    for ended in (done, gone, lost):
        assert drive(ended, [toward(2_000, 900)])[0] == ended
        assert lifecycle.on_time(ended, GOAL, T0 + DAY) == (ended, ())
        assert lifecycle.suspend(ended, T0 + DAY) == (ended, ())
        assert lifecycle.promote(ended, True, HERE, T0) == (ended, ())


def test_given_up_after_a_day():
    unhurried = replace(GOAL, expected_at=None)
    for progress, goal, due in (
        (assigned(), GOAL, T0 + HOUR + DAY),
        (replace(assigned(), eta=T0 + MINUTE), unhurried, T0 + MINUTE + DAY),
        (replace(assigned(), assigned_at=None), unhurried, T0 - HOUR + DAY),
        (assigned(), unhurried, T0 + DAY),  # what was given out a moment ago is not given up
    ):
        assert lifecycle.suspends_at(progress, goal) == due
        assert not lifecycle.suspend_due(progress, goal, due - 1)
        assert lifecycle.suspend_due(progress, goal, due)
    assert lifecycle.suspends_at(Progress(), GOAL) is None
    assert lifecycle.suspend(assigned(), T0)[1] == ("action.suspended",)


def test_given_to_another_it_begins_anew():
    slow, _ = lifecycle.on_time(started(), GOAL, T0 + 2 * HOUR)
    again, events = lifecycle.assign(slow, T0 + 2 * HOUR, False)
    assert events == ("action.assigned",)
    assert (again.status, again.sub_status, again.started_at, again.flags) == (
        "assigned",
        "in_queue",
        None,
        (),
    )


walks = st.lists(
    st.tuples(
        st.floats(-200, 3_400),
        st.floats(-300, 300),
        st.one_of(st.none(), st.floats(1, 900)),
        st.integers(-20, 600),
    ),
    max_size=40,
)
RANK = ["not_started", "in_queue", "leaving_now", "on_the_way", "arriving", "arrived"]


@given(walks, st.booleans())
def test_each_event_once_and_no_way_back(walk: list[tuple[float, float, float | None, int]], hurried: bool):
    told: list[str] = []
    progress, second = assigned(), 0
    for gone, aside, accuracy, pause in walk:
        second += pause
        fix = toward(gone, second, accuracy, aside)
        before = progress
        progress, events = lifecycle.on_fix(
            progress, GOAL, fix, fix.at, has_turn=True, tracking=True,
            eta=fix.at + 100 * SECOND if hurried else None,
        )  # fmt: skip
        told += events
        if before.seen is not None and fix.at <= before.seen:
            assert (progress, events) == (before, ())
        if RANK.index(progress.sub_status) < RANK.index(before.sub_status):
            assert before.sub_status in ("arriving", "arrived")
            assert metres(fix.lat, fix.lon, *THERE) > 750, "only who moved clearly away goes back"
        assert (progress.sub_status == "arrived") == (progress.arrived_at is not None)
        assert (progress.status == "started") == (progress.started_at is not None)
    assert len(told) == len(set(told))
    assert set(told) <= set(lifecycle.EVENTS)


class Stored:
    """An action as the store gives it back."""

    def __init__(self, progress: Progress) -> None:
        for name in ("status", "sub_status", "assigned_at", "started_at", "ended_at", "eta", "initial_eta"):
            setattr(self, name, getattr(progress, name))
        self.progress = lifecycle.dumped(progress)


def test_what_is_stored_comes_back():
    progress, _, _ = drive(started(), [toward(2_950, 300), toward(3_000, 310)])
    stored: Any = Stored(progress)
    stored.progress = json.loads(json.dumps(stored.progress))
    assert lifecycle.loaded(stored) == progress
    stored.progress = {}
    assert lifecycle.loaded(stored).told == {"action.created"}
