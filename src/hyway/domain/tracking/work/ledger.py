"""What happens to actions in one transaction: written once and told once, when all of it is known."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

from hyway.domain.tracking import accounts, places
from hyway.domain.tracking.outside.routing import Pace
from hyway.domain.tracking.outside.services import ROUTER
from hyway.domain.tracking.people import users
from hyway.domain.tracking.records import FINAL, Account, Action, Happening, Location, Spot, User
from hyway.domain.tracking.store import actions as shown
from hyway.domain.tracking.store import tasks as store
from hyway.domain.tracking.store import users as people
from hyway.domain.tracking.telling import happenings, payloads
from hyway.domain.tracking.work import lifecycle, measuring, tasks
from hyway.domain.tracking.work.lifecycle import Outcome
from hyway.domain.tracking.work.tasks import Task
from hyway.kernel import outbox
from hyway.kernel.clock import Instant
from hyway.kernel.db import Write

ROUTE: Final = "tracking.route"
"""The errand that asks the router how long the way of an action is, by the action's number."""


class _Told(NamedTuple):
    action: int
    type: str
    user: int
    at: Instant
    location: Location | None


@dataclass
class Queue:
    """A user's pending actions in queue order, as this transaction leaves them."""

    user: User
    pace: Pace | None
    tasks: list[Task]


class Ledger:
    """Takes what the rules say became of actions; `close` writes it.

    Queues that were opened here are locked for others, and their users' counts of pending actions are kept exact.
    """

    def __init__(self, w: Write, account: Account, now: Instant) -> None:
        self.w, self.account, self.now = w, account, now
        self._queues: dict[int, Queue] = {}
        self._were: dict[int, Task] = {}
        self._are: dict[int, Task] = {}
        self._columns: dict[int, dict[str, Any]] = {}
        self._told: list[_Told] = []
        self._touched: dict[int, dict[str, Any]] = {}

    def queue(self, user: int) -> Queue | None:
        """The queue of the user of that number; None if there is no such user any more."""
        if user not in self._queues:
            store.lock(self.w, user)
            found = people.by_seq(self.w, user)
            if found is None:
                return None
            pending, pace = store.queue(self.w, user)
            self.open(Queue(found, pace, pending))
        return self._queues[user]

    def open(self, queue: Queue) -> Queue:
        """Takes a queue that was read elsewhere."""
        self._queues[queue.user.seq] = queue
        return queue

    def enter(
        self,
        old: Task,
        new: Task,
        events: Sequence[str],
        at: Instant,
        fix: Location | None = None,
        **columns: Any,
    ) -> Task:
        """`old` became `new`, of which the events tell; `columns` are those that the rules know nothing of."""
        self._were.setdefault(old.seq, old)
        self._are[new.seq] = new
        kept = self._columns.setdefault(new.seq, {})
        kept.update(columns)
        if new.has_started and not old.has_started:
            kept["started_place"] = self._place(new.progress.origin)
        teller = new.user if new.user is not None else old.user
        if teller is not None:
            self._told += [_Told(new.seq, event, teller, at, fix) for event in events]
        return new

    def outcome(
        self, old: Task, outcome: Outcome, at: Instant, fix: Location | None = None, **columns: Any
    ) -> Task:
        """The same for what a rule answered."""
        progress, events = outcome
        return self.enter(old, replace(old, progress=progress), events, at, fix, **columns)

    def follow(self, old: Task, new: Task, told: Sequence[tuple[str, Location]]) -> None:
        """`old` became `new` by positions; each event is due to one of them."""
        self.enter(old, new, (), self.now)
        if new.user is not None:
            self._told += [_Told(new.seq, event, new.user, fix.at, fix) for event, fix in told]

    def asked_about(self, task: Task) -> Task:
        """Leaves an errand for the router, where there is one, unless it was asked about the action lately."""
        lately = task.asked_at is not None and self.now - task.asked_at < tasks.LOOK_AGAIN
        if lately or task.goal.spot is None or ROUTER not in self.w.services:
            return task
        outbox.later(self.w, ROUTE, self.account.organization, {"action": task.seq})
        return replace(task, asked_at=self.now)

    def latest(self, task: Task) -> Task:
        """What has become of it so far."""
        return self._are.get(task.seq, task)

    def touch(self, user: int, **live: Any) -> None:
        """The user looks otherwise afterwards; columns of the live state."""
        self._touched.setdefault(user, {}).update(live)

    def arrange(self, queue: Queue, wanted: Sequence[Task]) -> None:
        """The queue has this order from now on, in the ranks of its tasks and in who has the turn."""
        turn = tasks.turn(wanted)
        olds = {task.seq: task for task in wanted}
        queue.tasks = []
        for rank, task in enumerate(tasks.ordered(wanted, ())):
            has_turn = turn is not None and task.seq == turn.seq
            task = replace(task, rank=rank, progress=lifecycle.queued(task.progress, has_turn))
            if task != olds[task.seq]:
                self.enter(olds[task.seq], task, (), self.now)
            queue.tasks.append(task)
        self.touch(queue.user.seq, pending=len(queue.tasks))

    def close(self) -> None:
        """Writes all of it: the actions, their users, then the events."""
        self._write_actions()
        for user, live in self._touched.items():
            users.touch(self.w, self.account, self._queues[user].user, **live)
        if not self._told:
            return
        found = shown.by_seqs(self.w, {one.action for one in self._told})
        known = {each.seq: measuring.measured(self.w, self.account, each) for each in found}
        happenings.tell(self.w, self.account, [self._happening(one, known[one.action]) for one in self._told])

    def _write_actions(self) -> None:
        visible = []
        for task in map(self._dated, self._are.values()):
            old, columns = self._were[task.seq], self._columns[task.seq]
            if columns or task != replace(old, due_at=task.due_at):
                visible.append(task)
            elif task.due_at != old.due_at:
                store.look_again(self.w, task)
        if not visible:
            return
        last = accounts.frame(self.w, self.account, len(visible))
        for frame, task in enumerate(visible, last - len(visible) + 1):
            self._write(task, frame)

    def _dated(self, task: Task) -> Task:
        """The same, due to be looked at again at its time."""
        queue = self._queues.get(task.user) if task.user is not None else None
        fresh = queue is not None and tasks.is_fresh(queue.user, self.now)
        return replace(task, due_at=tasks.due(task, self.now, fresh))

    def _write(self, task: Task, frame: int) -> None:
        old, columns = self._were[task.seq], self._columns[task.seq]
        status = task.progress.status
        if status in FINAL and old.progress.status not in FINAL:
            columns = {**columns, f"{status}_at": task.progress.ended_at, **self._measured(task)}
        steps = (old.user, old.rank, old.progress.status, old.progress.assigned_at)
        if columns or steps != (task.user, task.rank, status, task.progress.assigned_at):
            store.save(self.w, task, frame, self.now, **columns)
        else:
            store.step(self.w, task, frame, self.now)

    def _measured(self, task: Task) -> dict[str, Any]:
        """What an action that has ended amounts to."""
        began, ended = task.progress.assigned_at, task.progress.ended_at
        if task.user is None or began is None or ended is None:
            return {}
        return measuring.columns(self.w, self.account, task.user, began, ended)

    def _place(self, spot: Spot | None) -> int | None:
        return places.keep(self.w, self.account, spot, {}).seq if spot else None

    def _happening(self, told: _Told, action: Action) -> Happening:
        who = self._queues[told.user].user
        if told.user not in self._touched:
            # Whoever opened the queue knows the user better than the table does yet.
            action = replace(action, user=who if action.user else None)
        return Happening(
            type=told.type,
            user_seq=who.seq,
            user_id=who.id,
            recorded_at=told.at,
            dedupe=action.id,
            action_seq=action.seq,
            action_id=action.id,
            location=told.location or who.live.last,
            object=dict(payloads.action(action, self.account, self.now, self.w.home)),
        )
