"""Actions: made, given, changed and ended by request; what each of it does to the queues of users."""

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from hyway.domain.tracking import accounts
from hyway.domain.tracking.listing import Wanted
from hyway.domain.tracking.people import groups
from hyway.domain.tracking.records import Action, Location, User
from hyway.domain.tracking.work import actions, following
from hyway.domain.tracking.work.wishes import ActionWish
from hyway.kernel import clock
from hyway.kernel.clock import DAY, HOUR, MINUTE, SECOND
from hyway.kernel.faults import Fault, Invalid, Missing, Refused, Taken
from tests.domain.tracking.work import (
    HERE,
    action,
    again,
    away,
    change,
    count,
    find,
    fix,
    move,
    page,
    rows,
    told,
    user,
)
from tests.make.world import World

Later = Callable[[int], None]


def assign(world: World, to: User, *which: Action, here: Location | None = None) -> User:
    return world.db.write_now(actions.assign, world.by, to.id, [each.id for each in which], here)


def complete(world: World, of: Action, **more: Any) -> Action:
    return world.db.write_now(actions.complete, world.by, of.id, **more)


def cancel(world: World, of: Action, **more: Any) -> Action:
    return world.db.write_now(actions.cancel, world.by, of.id, **more)


def refused(call: Callable[[], object], kind: type[Fault] = Invalid) -> tuple[str, str]:
    with pytest.raises(kind) as caught:
        call()
    return caught.value.field, caught.value.message


# Made


def test_an_action_needs_nothing(world: World) -> None:
    made = action(world)
    assert (made.type, made.status, made.sub_status, made.user) == ("task", "created", "not_started", None)
    assert len(made.short_code) == 7
    assert made.short_code.isalpha()
    assert told(world) == []
    assert find(world, made) == made


def test_an_action_with_all_that_it_can_have(world: World) -> None:
    made = action(
        world, away(3_000), type="delivery", lookup_id="order-1", collection_id="c1", scheduled_at=5 * SECOND,
        metadata={"a": 1}, vehicle_type="three-wheeler",
    )  # fmt: skip
    assert (made.type, made.lookup_id, made.collection_id) == ("delivery", "order-1", "c1")
    assert made.scheduled_at == 5 * SECOND
    assert made.metadata == {"a": 1}
    assert made.vehicle_type == "3-wheeler"
    assert made.expected_place is not None
    assert made.expected_place.name == "There"
    assert made.expected_place.spot == away(3_000)


def test_types_are_the_vendors_unless_the_account_has_its_own(world: World) -> None:
    assert action(world, type="stoppver").type == "stopover"
    assert refused(lambda: action(world, type="foo")) == ("type", '"foo" is not a valid choice.')
    world.db.write_now(accounts.settle, world.by, custom_types=True)
    assert action(world, type="foo").type == "foo"
    assert refused(lambda: action(world, type="<foo>"))[0] == "type"


def test_a_lookup_id_may_be_shared_a_unique_id_finds_what_is_there(world: World) -> None:
    assert action(world, lookup_id="a").id != action(world, lookup_id="a").id
    first = world.db.write_now(actions.create, world.by, ActionWish(unique_id="u", type="visit"))
    second = world.db.write_now(actions.create, world.by, ActionWish(unique_id="u", type="pickup"))
    assert (first.is_new, second.is_new) == (True, False)
    assert second.action == first.action
    stranger = world.stranger()
    assert world.db.write_now(actions.create, stranger.by, ActionWish(unique_id="u")).is_new


def test_a_lookup_id_may_be_the_short_code_once(world: World) -> None:
    assert action(world, lookup_id="order-123", lookup_id_as_short_code=True).short_code == "order-123"
    again: dict[str, Any] = {"lookup_id": "order-123", "lookup_id_as_short_code": True}
    assert refused(lambda: action(world, **again), Taken)[0] == "lookup_id"
    assert refused(lambda: action(world, lookup_id_as_short_code=True))[0] == "lookup_id"
    assert refused(lambda: action(world, lookup_id="a/b?c", lookup_id_as_short_code=True))[0] == "lookup_id"
    other = action(world)
    assert refused(lambda: change(world, other, **again), Taken)[0] == "lookup_id"
    assert find(world, other).lookup_id is None


def test_a_place_is_described_or_named(world: World) -> None:
    there = action(world, away(100)).expected_place
    assert there is not None
    named = action(world, expected_place_id=there.id).expected_place
    assert named == there
    both: dict[str, Any] = {"expected_place": {"location": HERE}, "expected_place_id": there.id}
    assert refused(lambda: action(world, **both)) == (
        "", "Only one of expected_place or expected_place_id must be specified."
    )  # fmt: skip
    assert refused(lambda: action(world, expected_place_id="00000000-0000-4000-8000-000000000000"))[0] == (
        "expected_place_id"
    )
    assert refused(lambda: action(world, expected_place={"name": "x"}))[0].startswith("expected_place")
    assert action(world, expected_place={"address": "Linden Street 1"}).expected_place is not None


@pytest.mark.parametrize(
    "wish",
    [
        {"user_id": "00000000-0000-4000-8000-000000000000"},
        {"lookup_id": "x" * 256},
        {"metadata": {"a": "x" * 20_000}},
        {"vehicle_type": "broom"},
        {"collection_id": "a\0b"},
    ],
)
def test_what_breaks_a_rule_is_refused_and_leaves_nothing(world: World, wish: dict[str, Any]) -> None:
    assert refused(lambda: action(world, **wish))[0] == next(iter(wish))
    assert rows(world) == []


def test_a_groups_token_writes_nothing(world: World) -> None:
    token = dataclasses.replace(world.by, scopes=frozenset({"group"}), actor_id="x")
    with pytest.raises(Refused):
        world.db.write_now(actions.create, token, ActionWish())


# Given


def test_created_for_a_user_it_is_assigned(world: World) -> None:
    ann = user(world)
    made = action(world, away(3_000), user_id=ann.id, current_location=fix(HERE, clock.now()))
    assert (made.status, made.sub_status) == ("assigned", "not_started")
    assert made.user is not None
    assert made.user.live.pending == (made.id,)
    assert count(world, ann) == 1
    assert again(world, ann).live.assigned_at == made.assigned_at
    assert made.eta is not None
    assert made.eta == made.initial_eta
    assert 2 * MINUTE < made.eta - made.created_at < 30 * MINUTE
    assert told(world, made) == ["action.created", "action.assigned"]


def test_the_order_of_the_list_is_the_order_of_the_queue(world: World) -> None:
    ann = user(world)
    a, b, c = (action(world, away(1_000 * n)) for n in (1, 2, 3))
    after = assign(world, ann, b, a)
    assert after.live.pending == (b.id, a.id)
    assert (find(world, b).sub_status, find(world, a).sub_status) == ("not_started", "in_queue")
    assert assign(world, ann, c, b).live.pending == (c.id, a.id, b.id)
    assert [find(world, each).sub_status for each in (c, a, b)] == ["not_started", "in_queue", "in_queue"]
    assert count(world, ann) == 3
    assert told(world, a) == ["action.assigned"]


def test_assigning_again_changes_nothing(world: World) -> None:
    ann = user(world)
    a = action(world, user_id=ann.id)
    assert assign(world, ann, a).live.pending == (a.id,)
    assert find(world, a).assigned_at == a.assigned_at
    assert told(world, a) == ["action.created", "action.assigned"]


def test_an_action_moves_to_another_user_and_begins_anew(world: World, later: Later) -> None:
    ann, bob = user(world), user(world)
    first, second = action(world, away(900), user_id=ann.id), action(world, user_id=ann.id)
    start(world, ann)
    assert find(world, first).status == "started"
    later(MINUTE)
    assign(world, bob, first)
    moved = find(world, first)
    assert moved.user is not None
    assert (moved.user.id, moved.status, moved.started_at, moved.started_place) == (
        bob.id, "assigned", None, None
    )  # fmt: skip
    assert (count(world, ann), count(world, bob)) == (1, 1)
    # Ann had started: she goes on with the next one at once.
    assert find(world, second).status == "started"


def start(world: World, who: User) -> None:
    """Moves the user so that the action whose turn it is begins."""
    now = clock.now()
    move(world, who, [fix(HERE, now - 20 * SECOND), fix(away(80), now - 10 * SECOND)])


def test_two_actions_of_one_queue_move_together(world: World) -> None:
    ann, bob = user(world), user(world)
    first, second, third = (action(world, user_id=ann.id) for _ in range(3))
    start(world, ann)
    assign(world, bob, second, first)
    assert again(world, bob).live.pending == (second.id, first.id)
    assert again(world, ann).live.pending == (third.id,)
    assert told(world, second).count("action.started") == 0
    assert find(world, third).status == "started"


def test_what_is_started_stays_first(world: World) -> None:
    ann = user(world)
    a, b = action(world, user_id=ann.id), action(world, user_id=ann.id)
    start(world, ann)
    assert assign(world, ann, b, a).live.pending == (a.id, b.id)


def test_an_id_that_cannot_be_assigned_refuses_all(world: World) -> None:
    ann = user(world)
    good, ended = action(world), action(world)
    complete(world, ended)
    nothing = dataclasses.replace(good, id="00000000-0000-4000-8000-000000000000")
    assert refused(lambda: assign(world, ann, good, nothing)) == (
        "action_ids", f'Invalid pk "{nothing.id}" - object does not exist.'
    )  # fmt: skip
    assert refused(lambda: assign(world, ann, good, ended))[0] == "action_ids"
    assert refused(lambda: assign(world, ann))[0] == "action_ids"
    assert find(world, good).status == "created"
    assert count(world, ann) == 0
    stranger = world.stranger()
    theirs = world.db.write_now(actions.create, stranger.by, ActionWish()).action
    assert refused(lambda: assign(world, ann, theirs))[0] == "action_ids"


# Changed


def test_what_is_mentioned_changes(world: World) -> None:
    made = action(world, away(500), lookup_id="a", metadata={"x": 1})
    new = change(world, made, lookup_id=None, metadata={"y": 2}, scheduled_at=7 * SECOND, type="visit")
    assert (new.lookup_id, new.metadata, new.scheduled_at, new.type) == (None, {"y": 2}, 7 * SECOND, "visit")
    assert new.expected_place == made.expected_place
    assert new.frame > made.frame
    assert change(world, made) == new


def test_another_user_or_none(world: World) -> None:
    ann, bob = user(world), user(world)
    made = action(world, away(500), user_id=ann.id)
    moved = change(world, made, user_id=bob.id)
    assert moved.user is not None
    assert moved.user.id == bob.id
    assert (count(world, ann), count(world, bob)) == (0, 1)
    taken = change(world, made, user_id=None)
    assert (taken.user, taken.status, taken.assigned_at, taken.eta) == (None, "created", None, None)
    assert count(world, bob) == 0


def test_another_destination_is_estimated_anew(world: World) -> None:
    ann = user(world)
    made = action(world, away(900), user_id=ann.id, current_location=fix(HERE, clock.now()))
    start(world, ann)
    near = find(world, made)
    far = world.db.write_now(actions.redirect, world.by, made.id, away(20_000))
    assert far.expected_place is not None
    assert far.expected_place.spot == away(20_000)
    assert near.eta is not None
    assert far.eta is not None
    assert far.eta > near.eta + 10 * MINUTE
    assert far.initial_eta == near.initial_eta


def test_a_collection_is_redirected(world: World) -> None:
    going = [action(world, away(500), collection_id="c") for _ in range(2)]
    done = action(world, away(500), collection_id="c")
    complete(world, done)
    wish = ActionWish(expected_place={"location": away(9_000)})
    found = world.db.write_now(actions.redirect_collection, world.by, "c", wish)
    assert {each.id for each in found} == {each.id for each in going}
    places = [each.expected_place for each in found]
    assert places[0] == places[1]
    assert places[0] is not None
    assert places[0].spot == away(9_000)
    assert find(world, done).expected_place == done.expected_place


def test_a_new_time_to_keep_begins_anew_with_lateness(world: World) -> None:
    ann = user(world)
    made = action(world, away(20_000), user_id=ann.id, scheduled_at=clock.now() + MINUTE)
    start(world, ann)
    assert find(world, made).flags == ("action.delayed",)
    assert change(world, made, scheduled_at=clock.now() + 5 * HOUR).flags == ()


def test_what_has_ended_keeps_what_it_was(world: World) -> None:
    ann = user(world)
    made = action(world, away(500), user_id=ann.id)
    complete(world, made)
    for wish in (
        {"type": "visit"},
        {"user_id": None},
        {"scheduled_at": 1},
        {"expected_place": {"location": HERE}},
    ):
        said = refused(lambda wish=wish: change(world, made, **wish))  # type: ignore[misc]
        assert said == ("detail", "Completed actions cannot be changed.")
    assert change(world, made, metadata={"paid": True}, lookup_id="x").metadata == {"paid": True}
    assert change(world, made, type="task", user_id=ann.id).status == "completed"


def test_a_unique_id_of_another_is_refused(world: World) -> None:
    action(world, unique_id="u")
    made = action(world)
    assert refused(lambda: change(world, made, unique_id="u"), Taken)[0] == "unique_id"
    assert change(world, made, unique_id="v").unique_id == "v"


def test_a_removed_action_is_out_of_the_queue(world: World) -> None:
    ann = user(world)
    first, second = action(world, user_id=ann.id), action(world, user_id=ann.id)
    world.db.write_now(actions.drop, world.by, first.id)
    with pytest.raises(Missing):
        find(world, first)
    assert again(world, ann).live.pending == (second.id,)
    assert find(world, second).sub_status == "not_started"
    assert told(world).count("action.created") == 2


# Ended


def test_completed_now_where_the_user_is(world: World) -> None:
    ann = user(world)
    made = action(world, away(900), user_id=ann.id)
    start(world, ann)
    done = complete(world, made)
    assert (done.status, done.ended_at, done.eta) == ("completed", done.completed_at, None)
    assert done.completed_place is not None
    assert done.completed_place.spot == pytest.approx(away(80), abs=1e-6)
    assert done.flags == ("action.completed_at_different_place_than_expected",)
    assert count(world, ann) == 0
    assert told(world, made)[-2:] == ["action.completed", "action.completed_at_different_place_than_expected"]
    assert done.distance is not None
    assert done.path is not None


def test_completed_where_it_is_said_or_expected(world: World) -> None:
    said = complete(world, action(world, away(900)), where=away(910))
    assert said.completed_place is not None
    assert said.completed_place.spot == away(910)
    assert said.flags == ()
    unsaid = action(world, away(900))
    assert complete(world, unsaid).completed_place == unsaid.expected_place
    assert complete(world, action(world)).completed_place is None


def test_ended_in_the_past_and_never_outside_of_its_time(world: World, later: Later) -> None:
    ann = user(world)
    made, other, third = (action(world, away(900), user_id=ann.id) for _ in range(3))
    later(HOUR)
    assert made.assigned_at is not None
    half = made.assigned_at + 30 * MINUTE
    assert complete(world, made, at=half).completed_at == half
    assert refused(lambda: complete(world, other, at=clock.now() + HOUR))[0] == "completion_time"
    assert refused(lambda: complete(world, other, at=made.created_at - HOUR))[0] == "completion_time"
    assert refused(lambda: cancel(world, other, at=clock.now() + HOUR))[0] == "cancelation_time"
    # A clock that is a little off is forgiven, and the order of times kept.
    assert (cancel(world, other, at=clock.now() + MINUTE).canceled_at or 0) <= clock.now()
    assert third.assigned_at is not None
    assert complete(world, third, at=third.assigned_at - MINUTE).completed_at == third.assigned_at


def test_completed_before_it_was_seen_to_start(world: World, later: Later) -> None:
    ann = user(world)
    made = action(world, away(900), user_id=ann.id)
    later(10 * MINUTE)
    start(world, ann)
    assert made.assigned_at is not None
    done = complete(world, made, at=made.assigned_at + MINUTE)
    assert done.started_at == done.completed_at == made.assigned_at + MINUTE


def test_ending_twice(world: World) -> None:
    done, gone = action(world), action(world)
    first = complete(world, done)
    assert complete(world, done, at=clock.now()) == first
    assert refused(lambda: cancel(world, done)) == ("detail", "Completed actions cannot be canceled.")
    off = cancel(world, gone)
    assert cancel(world, gone) == off
    assert refused(lambda: complete(world, gone)) == ("detail", "Canceled actions cannot be completed.")


def test_late_is_late(world: World, later: Later) -> None:
    made = action(world, away(100), scheduled_at=clock.now() + MINUTE)
    later(2 * MINUTE)
    assert complete(world, made).flags == ("action.completed_late",)


def test_the_next_in_the_queue_starts_where_the_last_one_ended(world: World) -> None:
    ann = user(world)
    first, second, third = (action(world, away(900 * n), user_id=ann.id) for n in (1, 2, 3))
    start(world, ann)
    complete(world, first)
    now = find(world, second)
    assert (now.status, now.sub_status) == ("started", "leaving_now")
    assert now.started_place is not None
    assert now.started_place.spot == away(80)
    assert find(world, third).sub_status == "in_queue"
    # One that was not begun leaves only its turn to the next.
    cancel(world, second)
    assert find(world, third).status == "started"
    fourth, fifth = (action(world, user_id=user(world).id) for _ in range(2))
    cancel(world, fourth)
    assert find(world, fifth).status == "assigned"


def test_everything_of_a_user_is_canceled(world: World) -> None:
    ann = user(world)
    mine = [action(world, user_id=ann.id) for _ in range(3)]
    start(world, ann)
    after = world.db.write_now(actions.cancel_all, world.by, ann.id)
    assert after.live.pending == ()
    assert count(world, ann) == 0
    assert {find(world, each).status for each in mine} == {"canceled"}
    assert told(world).count("action.started") == 1
    assert world.db.write_now(actions.cancel_all, world.by, ann.id).live.pending == ()


def test_those_that_match_end_together(world: World) -> None:
    ann, bob = user(world), user(world)
    mine = [action(world, user_id=ann.id, lookup_id="a", collection_id="c") for _ in range(2)]
    other, his = action(world, user_id=ann.id), action(world, user_id=bob.id, lookup_id="a")
    call = actions.complete_matching
    done = world.db.write_now(call, world.by, ann.id, lookup_id="a")
    assert {each.id for each in done} == {each.id for each in mine}
    assert {each.status for each in done} == {"completed"}
    assert (count(world, ann), count(world, bob)) == (1, 1)
    assert find(world, other).sub_status == "not_started"
    repeated = world.db.write_now(call, world.by, ann.id, lookup_id="a")
    assert repeated == done
    assert world.db.write_now(actions.cancel_matching, world.by, ann.id, collection_id="c") == []
    assert find(world, his).status == "assigned"
    assert refused(lambda: world.db.write_now(call, world.by, ann.id))[0] == ""


def test_a_device_completes_what_its_user_has(world: World) -> None:
    ann, bob = user(world), user(world)
    mine, his = action(world, user_id=ann.id), action(world, user_id=bob.id)
    account = world.db.read_now(accounts.of, world.by)

    def report(**told: Any) -> bool:
        return world.db.write_now(
            actions.by_device, account, ann.seq, told, clock.now(), fix(HERE, clock.now())
        )

    assert report(action_id=mine.id.upper())
    assert find(world, mine).status == "completed"
    assert report(action_id=mine.id)
    assert not report(action_id=his.id)
    assert not report(action_id=7)
    assert not report()
    assert find(world, his).status == "assigned"


# By itself


def test_nothing_for_a_day_is_given_up(world: World, later: Later) -> None:
    ann = user(world)
    made, fine = (
        action(world, user_id=ann.id),
        action(world, user_id=ann.id, scheduled_at=clock.now() + 3 * DAY),
    )
    unassigned = action(world)
    assert not world.db.read_now(following.any_due)
    later(DAY + MINUTE)
    assert world.db.read_now(following.any_due)
    assert world.db.write_now(following.look) == 1
    assert find(world, made).status == "suspended"
    assert find(world, made).suspended_at == find(world, made).ended_at
    assert (find(world, fine).status, find(world, fine).sub_status) == ("assigned", "not_started")
    assert find(world, unassigned).status == "created"
    assert count(world, ann) == 1
    assert not world.db.read_now(following.any_due)
    assert told(world, made)[-1] == "action.suspended"
    assert refused(lambda: complete(world, made)) == ("detail", "Suspended actions cannot be completed.")


def test_the_passing_of_time_makes_late_once(world: World, later: Later) -> None:
    ann = user(world)
    made = action(world, away(900), user_id=ann.id, scheduled_at=clock.now() + HOUR)
    later(HOUR + 2 * MINUTE)
    while world.db.read_now(following.any_due):
        world.db.write_now(following.look)
    assert find(world, made).flags == ("action.delayed",)
    later(HOUR)
    world.db.write_now(following.look)
    assert told(world, made).count("action.delayed") == 1


def test_an_estimate_moves_on_while_its_user_stands(world: World, later: Later) -> None:
    ann = user(world)
    made, following_one = (action(world, away(n), user_id=ann.id) for n in (3_000, 6_000))
    start(world, ann)
    before = find(world, made).eta
    assert before is not None
    later(2 * MINUTE)
    assert world.db.write_now(following.look) == 1
    after = find(world, made).eta
    assert after is not None
    assert MINUTE < after - before < 3 * MINUTE
    queued = find(world, following_one).eta
    assert queued is not None
    assert queued > after
    # A user of whom nothing is heard keeps the last estimate.
    later(20 * MINUTE)
    world.db.write_now(following.look)
    assert find(world, made).eta == after
    assert not world.db.read_now(following.any_due)


def test_a_routers_answer_stretches_the_estimates(world: World) -> None:
    ann = user(world)
    made = action(world, away(3_000), user_id=ann.id)
    start(world, ann)
    plain = find(world, made).eta
    asked = world.db.read_now(following.question, made.seq)
    assert asked is not None
    assert asked.destination == away(3_000)
    world.db.write_now(following.answered, made.seq, asked, 3_600.0)
    routed = find(world, made).eta
    assert plain is not None
    assert routed is not None
    assert abs(routed - clock.now() - HOUR) < 2 * MINUTE
    now = clock.now()
    move(world, ann, [fix(away(1_500), now)])
    half = find(world, made).eta
    assert half is not None
    assert 25 * MINUTE < half - now < 40 * MINUTE
    complete(world, made)
    assert world.db.read_now(following.question, made.seq) is None
    world.db.write_now(following.answered, made.seq, asked, 10.0)
    assert find(world, made).eta is None


# Followed


def test_a_delivery_from_its_start_to_its_end(world: World) -> None:
    ann = user(world)
    made = action(world, away(3_000), user_id=ann.id)
    t0 = clock.now() - 10 * MINUTE
    seen = []
    for step, gone in enumerate((0, 20, 60, 120, 200, 2_000, 2_600, 2_950, 3_000)):
        move(world, ann, [fix(away(gone), t0 + step * 30 * SECOND)])
        seen.append(find(world, made).sub_status)
    assert seen == [
        "not_started", "not_started", "leaving_now", "leaving_now", "on_the_way", "on_the_way", "arriving", "arrived",
        "arrived",
    ]  # fmt: skip
    assert told(world, made)[2:] == [
        "action.started",
        "action.on_the_way",
        "action.arriving",
        "action.arrived",
    ]
    now = find(world, made)
    assert now.started_place is not None
    assert now.started_place.spot == HERE
    assert now.started_at == t0 + 60 * SECOND
    assert complete(world, made).flags == ()


def test_in_one_batch_or_in_many(world: World) -> None:
    t0 = clock.now() - 30 * MINUTE
    gone = (
        0,
        10,
        0,
        20,
        60,
        120,
        200,
        900,
        1_700,
        2_400,
        2_600,
        2_950,
        3_000,
        3_000,
        3_900,
        5_000,
        6_500,
        9_000,
    )
    fixes = [fix(away(far), t0 + step * 60 * SECOND) for step, far in enumerate(gone)]
    ends = []
    for size in (1, 3, 5, len(fixes)):
        ann = user(world)
        made = action(world, away(3_000), user_id=ann.id)
        for at in range(0, len(fixes), size):
            move(world, ann, fixes[at : at + size])
        now = find(world, made)
        ends.append((now.sub_status, now.started_at, now.eta, now.progress, told(world, made)))
    assert all(end == ends[0] for end in ends)
    assert ends[0][0] == "on_the_way"
    assert "action.arrived" in ends[0][4]


def test_a_user_without_work_costs_nothing(world: World) -> None:
    ann = user(world)
    before = world.db.read_now(accounts.of, world.by)
    move(world, ann, [fix(HERE, clock.now())])
    assert told(world) == ["user.created"]
    assert before.seq


# Seen


def test_lists_are_filtered_and_ordered(world: World) -> None:
    ann, bob = user(world, name="Ann"), user(world, name="Bob")
    a = action(world, away(100), user_id=ann.id, type="visit", lookup_id="x")
    b = action(world, away(100), user_id=bob.id, type="pickup", lookup_id="x", collection_id="c")
    c = action(world, type="pickup")
    complete(world, b)

    def found(**filters: Any) -> list[str]:
        return [{a.id: "a", b.id: "b", c.id: "c"}[each.id] for each in page(world, **filters)]

    assert found() == ["c", "b", "a"]
    assert found(user_id=(ann.id,)) == ["a"]
    assert found(lookup_id="x", type=("pickup", "task")) == ["b"]
    assert found(status=("assigned", "created")) == ["c", "a"]
    assert found(collection_id="c") == ["b"]
    assert found(short_code=(a.short_code, c.short_code)) == ["c", "a"]
    assert found(id=(b.id,)) == ["b"]
    assert found(min_created_at=b.created_at) == ["c", "b"]
    assert found(max_completed_at=clock.now()) == ["b"]
    assert found(nonsense=1) == ["c", "b", "a"]

    def ordered(*order: str, search: str = "") -> list[str]:
        rows = world.db.read_now(actions.page, world.by, Wanted(order=order, search=search)).rows
        return [{a.id: "a", b.id: "b", c.id: "c"}[each.id] for each in rows]

    assert ordered("user__name") == ["a", "b", "c"]
    assert ordered("type", "-created_at") == ["c", "b", "a"]
    assert ordered("completed_at")[0] == "b"
    assert ordered("nothing") == ["c", "b", "a"]
    assert ordered(search="bob") == ["b"]
    assert world.db.read_now(actions.page, world.stranger().by, Wanted()).rows == []


def test_flags_filter(world: World, later: Later) -> None:
    late = action(world, scheduled_at=clock.now())
    action(world)
    later(MINUTE)
    complete(world, late)
    assert [each.id for each in page(world, event_flags=("action.completed_late",))] == [late.id]
    assert page(world, event_flags=("action.completed",)) == []


def test_those_who_track_see_each_user_once_and_nobody_afterwards(world: World) -> None:
    ann = user(world)
    mine = [action(world, away(900), user_id=ann.id, collection_id="c") for _ in range(2)]
    action(world, collection_id="c")
    start(world, ann)

    def track(**filters: Any) -> list[Any]:
        return world.db.read_now(actions.track, world.by, Wanted(filters))

    (row,) = track(collection_id="c")
    assert {each.id for each in row.actions} == {each.id for each in mine}
    assert row.user.live.last is not None
    complete(world, mine[0])
    (row,) = track(id=(mine[0].id,))
    assert row.user.live.last is None
    assert row.actions[0].user.live.last is None
    assert track(collection_id="c")[0].user.live.last is not None
    assert refused(lambda: track())[0] == ""


def test_a_link_shows_no_position_once_all_is_over(world: World) -> None:
    ann = user(world)
    made = action(world, away(900), user_id=ann.id)
    start(world, ann)

    def shown(brief: bool = False) -> Any:
        return world.db.read_now(actions.public_view, made.short_code, is_brief=brief)

    assert shown().here is not None
    assert shown().action.path is not None
    assert shown(brief=True).action.path is None
    complete(world, made)
    over = shown()
    assert (over.here, over.action.path, over.action.user.live.last) == (None, None, None)
    assert over.action.completed_place is None
    assert over.action.distance is not None
    assert world.db.read_now(actions.public_view, "nothing") is None


def test_a_groups_token_sees_the_actions_of_its_users(world: World) -> None:
    group = world.db.write_now(groups.create, world.by, {"name": "South"})
    ann, bob = user(world, group_id=group.id), user(world)
    mine, other = action(world, user_id=ann.id), action(world, user_id=bob.id)
    token = dataclasses.replace(
        world.by, actor_id=group.id, via=groups.VIA, scopes=frozenset({"group"}), permission="read"
    )
    assert [each.id for each in world.db.read_now(actions.page, token, Wanted()).rows] == [mine.id]
    assert world.db.read_now(actions.find, token, mine.id).id == mine.id
    with pytest.raises(Missing):
        world.db.read_now(actions.find, token, other.id)


def test_changes_are_found_by_their_frames(world: World) -> None:
    made, other = action(world), action(world)
    account = world.db.read_now(accounts.of, world.by)
    change(world, made, lookup_id="x")
    found = world.db.read_now(actions.changed_since, account, made.frame, 10)
    assert [each.id for each in found] == [other.id, made.id]
    assert [each.id for each in world.db.read_now(actions.by_ids, account, [made.id])] == [made.id]
