"""What becomes of actions by themselves: as positions come, and as time passes without any."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple

from hyway.domain.tracking import accounts
from hyway.domain.tracking.records import FINAL, Account, Location, Spot, User
from hyway.domain.tracking.store import accounts as accounts_store
from hyway.domain.tracking.store import actions as shown
from hyway.domain.tracking.store import tasks as store
from hyway.domain.tracking.work import completing, lifecycle, measuring, tasks
from hyway.domain.tracking.work.ledger import Ledger, Queue
from hyway.domain.tracking.work.tasks import Task
from hyway.kernel import clock
from hyway.kernel.clock import SECOND, Instant
from hyway.kernel.db import Read, Write

_AT_ONCE: Final = 100
"""Users that are looked at in one transaction."""


def on_positions(w: Write, account: Account, user: User, fixes: Sequence[Location]) -> None:
    """Tells the action whose turn it is of its user's new positions: in order, and later than all before.

    `user` is as these positions leave the user. Called in the transaction that stores them, so it is one statement
    to read the queue, and one for each action that changed.
    """
    pending, pace = store.queue(w, user.seq)
    turn = tasks.turn(pending)
    if turn is None or not fixes:
        return
    ledger = Ledger(w, account, clock.now())
    ledger.open(Queue(user, pace, pending))
    task, told = tasks.with_fixes(turn, fixes, user, pace)
    ledger.follow(turn, ledger.asked_about(task), told)
    ledger.close()


def recount(w: Write, account: Account, user_seq: int, since: Instant) -> None:
    """Measures anew the user's actions that ended after the instant: late positions have come since then."""
    new: list[tuple[Task, dict[str, Any]]] = []
    for task in store.ended_since(w, user_seq, since):
        began, ended = task.progress.assigned_at, task.progress.ended_at
        if began is None or ended is None:
            continue
        found = measuring.columns(w, account, user_seq, began, ended)
        old = shown.way(w, task.seq)
        if found != old:
            new.append((task, found))
    if not new:
        return
    last, now = accounts.frame(w, account, len(new)), clock.now()
    for frame, (task, found) in enumerate(new, last - len(new) + 1):
        shown.change(w, account.seq, task.seq, frame, now, **found)


def any_due(r: Read) -> bool:
    return bool(store.due(r, clock.now(), 1))


def look(w: Write) -> int:
    """Looks at some users whose actions are due: late ones are told, new estimates made, those without an end
    given up. How many users these were; to be called until there are none."""
    now = clock.now()
    found = store.due(w, now, _AT_ONCE)
    known: dict[int, Account] = {}
    for user, number in found:
        if number not in known:
            known[number] = accounts_store.by_seq(w, number)
        _look_at(w, known[number], user, now)
    return len(found)


def _look_at(w: Write, account: Account, user: int, now: Instant) -> None:
    ledger = Ledger(w, account, now)
    queue = ledger.queue(user)
    if queue is None:
        store.stop_looking(w, user)
        return
    over = [task for task in queue.tasks if lifecycle.suspend_due(task.progress, task.goal, now)]
    if over:
        completing.end(ledger, over, now, lambda task: (lifecycle.suspend(task.progress, now), {}))
    arrivals = _arrivals(queue, now)
    turn = tasks.turn(queue.tasks)
    for task in queue.tasks:
        progress, events = lifecycle.on_time(task.progress, task.goal, now, arrivals.get(task.seq))
        new = replace(task, progress=progress)
        if arrivals and task is turn:
            new = ledger.asked_about(new)
        ledger.enter(task, new, events, now)
    ledger.close()


def _arrivals(queue: Queue, now: Instant) -> dict[int, Instant]:
    """When each place is reached from where the user is; nothing if that is not known any more."""
    last = queue.user.live.last
    if last is None or not tasks.is_fresh(queue.user, now):
        return {}
    spot = Spot(last.lat, last.lon)
    return tasks.arrivals(queue.tasks, spot, now, queue.user.vehicle_type, queue.pace)


class Question(NamedTuple):
    """From where to where, and by what."""

    origin: Spot
    destination: Spot
    vehicle_type: str


def question(r: Read, action: int) -> Question | None:
    """What a router is to be asked of an action; None if it has ended, or where its user is is not known."""
    found = shown.by_seq(r, action)
    if found is None or found.user is None or found.status in FINAL or found.expected_place is None:
        return None
    here, there = found.user.live.last, found.expected_place.spot
    if here is None or there is None:
        return None
    return Question(Spot(here.lat, here.lon), there, found.vehicle_type or found.user.vehicle_type)


def answered(w: Write, action: int, asked: Question, seconds: float) -> None:
    """Takes a router's answer: estimates from any position are in proportion to it, until the next one."""
    task = store.by_seq(w, action)
    if task is None or not task.is_pending or task.user is None or task.goal.spot != asked.destination:
        return
    ledger = Ledger(w, accounts_store.by_seq(w, task.account), clock.now())
    queue = ledger.queue(task.user)
    if queue is None:
        return
    plain = tasks.arrival(replace(task, factor=1.0), asked.origin, 0, queue.user.vehicle_type, queue.pace)
    factor = seconds * SECOND / plain if plain else 1.0
    new = replace(task, factor=round(min(max(factor, 0.05), 50.0), 4))
    queue.tasks = [new if each.seq == task.seq else each for each in queue.tasks]
    arrivals = _arrivals(queue, ledger.now)
    progress, events = lifecycle.on_time(new.progress, new.goal, ledger.now, arrivals.get(new.seq))
    ledger.enter(task, replace(new, progress=progress), events, ledger.now)
    ledger.close()
