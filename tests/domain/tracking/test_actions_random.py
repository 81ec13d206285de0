"""Whatever is done to actions in whatever order: queues, counts, times and events stay right."""

import contextlib
from collections import Counter
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from hyway.domain.tracking.records import FINAL, Action, Spot, User
from hyway.domain.tracking.work import actions, following
from hyway.kernel import clock, ids
from hyway.kernel.clock import HOUR, MINUTE, SECOND
from hyway.kernel.faults import Invalid
from tests.domain.tracking import work
from tests.make.world import World

WHO = st.integers(0, 2)
WHICH = st.integers(0, 11)
FAR = st.integers(0, 4_000)
ORDER = ("created_at", "assigned_at", "started_at", "ended_at")


class Work(RuleBasedStateMachine):
    """Three users and up to a dozen actions; time goes on with each step."""

    host: World

    def __init__(self) -> None:
        super().__init__()
        self.world = self.host.stranger(ids.uuid4())
        self.users: list[User] = [work.user(self.world) for _ in range(3)]
        self.actions: list[Action] = []
        self.ends: dict[str, tuple[Any, ...]] = {}
        self.at = clock.now()
        self.real = clock.now
        clock.now = lambda: self.at

    def teardown(self) -> None:
        clock.now = self.real

    def _on(self, seconds: int = 7) -> None:
        self.at += seconds * SECOND

    def _pick(self, which: int) -> Action | None:
        return self.actions[which % len(self.actions)] if self.actions else None

    def _try(self, verb: Any, *args: Any, **more: Any) -> None:
        # What has ended refuses; that nothing came of it is seen by the invariants.
        with contextlib.suppress(Invalid):
            self.world.db.write_now(verb, self.world.by, *args, **more)

    @rule(who=WHO, far=FAR, given=st.booleans(), soon=st.booleans(), placed=st.booleans())
    def create(self, who: int, far: int, given: bool, soon: bool, placed: bool) -> None:
        self._on()
        if len(self.actions) < 12:
            wish = {"user_id": self.users[who].id} if given else {}
            at = self.at + (MINUTE if soon else 5 * HOUR)
            spot = work.away(far) if placed else None
            self.actions.append(work.action(self.world, spot, scheduled_at=at, **wish))

    @rule(who=WHO, which=st.lists(WHICH, min_size=1, max_size=4))
    def assign(self, who: int, which: list[int]) -> None:
        self._on()
        picked = [one.id for each in which if (one := self._pick(each))]
        if picked:
            self._try(actions.assign, self.users[who].id, picked)

    @rule(which=WHICH, ago=st.integers(-60, 60))
    def complete(self, which: int, ago: int) -> None:
        self._on()
        if one := self._pick(which):
            self._try(actions.complete, one.id, at=self.at - ago * SECOND)

    @rule(which=WHICH)
    def cancel(self, which: int) -> None:
        self._on()
        if one := self._pick(which):
            self._try(actions.cancel, one.id)

    @rule(who=WHO)
    def cancel_all(self, who: int) -> None:
        self._on()
        self._try(actions.cancel_all, self.users[who].id)

    @rule(which=WHICH, who=st.one_of(st.none(), WHO), far=FAR)
    def change(self, which: int, who: int | None, far: int) -> None:
        self._on()
        if one := self._pick(which):
            user = None if who is None else self.users[who].id
            wish = actions.ActionWish(user_id=user, expected_place={"location": work.away(far)})
            self._try(actions.change, one.id, wish)

    @rule(which=WHICH)
    def drop(self, which: int) -> None:
        self._on()
        if one := self._pick(which):
            self.actions.remove(one)
            self.world.db.write_now(actions.drop, self.world.by, one.id)

    @rule(who=WHO, gone=st.lists(FAR, min_size=1, max_size=5))
    def move(self, who: int, gone: list[int]) -> None:
        fixes = []
        for far in gone:
            self._on()
            spot: Spot = work.away(far)
            fixes.append(work.fix(spot, self.at))
        work.move(self.world, self.users[who], fixes)

    @rule(minutes=st.sampled_from((1, 20, 300, 2_000)))
    def wait(self, minutes: int) -> None:
        self._on(minutes * 60)
        while self.world.db.read_now(following.any_due):
            assert self.world.db.write_now(following.look)

    @invariant()
    def queues_are_right(self) -> None:
        rows = work.rows(self.world)
        for user in self.users:
            mine = [row for row in rows if row.user == user.seq and row.status in ("assigned", "started")]
            mine.sort(key=lambda row: row.rank)
            assert work.count(self.world, user) == len(mine)
            assert work.again(self.world, user).live.pending == tuple(row.id for row in mine)
            assert [row.rank for row in mine] == sorted({row.rank for row in mine})
            assert all(row.status == "assigned" and row.sub_status == "in_queue" for row in mine[1:])
            assert all(row.sub_status != "in_queue" for row in mine[:1])

    @invariant()
    def times_are_in_order(self) -> None:
        for row in work.rows(self.world):
            times = [at for name in ORDER if (at := getattr(row, name)) is not None]
            assert times == sorted(times), row
            assert row.ended_at is None or row.ended_at <= self.at
            assert (row.ended_at is not None) == (row.status in FINAL)
            assert row.status not in FINAL or getattr(row, f"{row.status}_at") == row.ended_at
            assert (row.user is None) <= (row.status not in ("assigned", "started"))
            assert (row.due_at is not None) == (row.status in ("assigned", "started"))

    @invariant()
    def what_has_ended_stays(self) -> None:
        for row in work.rows(self.world):
            if row.status in FINAL:
                now = (row.status, row.ended_at, row.user, row.distance, row.eta)
                assert self.ends.setdefault(row.id, now) == now

    @invariant()
    def events_come_once(self) -> None:
        for one in self.actions:
            told = Counter(work.told(self.world, one))
            assert told["action.created"] <= 1
            rounds = max(1, told["action.assigned"])
            assert all(many <= rounds or type == "action.delayed" for type, many in told.items()), told
            ends = ("action.completed", "action.canceled", "action.suspended")
            assert sum(told[each] for each in ends) <= 1


def test_any_sequence_of_verbs(world: World) -> None:
    class Here(Work):
        pass

    Here.host = world
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=12, stateful_step_count=25, deadline=None, derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
