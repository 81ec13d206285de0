"""Who does what, and in which order."""

from collections.abc import Sequence
from dataclasses import replace

from hyway.domain.identity import Caller
from hyway.domain.tracking import accounts
from hyway.domain.tracking.people import users
from hyway.domain.tracking.records import Location, Spot, User
from hyway.domain.tracking.store import tasks as store
from hyway.domain.tracking.work import lifecycle, tasks
from hyway.domain.tracking.work.ledger import Ledger, Queue
from hyway.domain.tracking.work.lifecycle import CREATED, Progress
from hyway.domain.tracking.work.tasks import Task
from hyway.kernel import clock
from hyway.kernel.clock import Instant
from hyway.kernel.db import Write
from hyway.kernel.faults import Invalid

MOST = 500
"""Actions in one call."""


def assign(
    w: Write, by: Caller, user_id: str, action_ids: Sequence[str], current_location: Location | None = None
) -> User:
    """Puts the actions into the user's queue, in the order given; the user afterwards.

    Those of another user move; those that the user has already keep their state. An id of nothing, or an action that
    has ended, refuses all of them.
    """
    account, user = accounts.of(w, by), users.find(w, by, user_id)
    if not action_ids:
        raise Invalid("action_ids", "This list may not be empty.")
    if len(action_ids) > MOST:
        raise Invalid("action_ids", "Ensure this field has no more than {most} elements.", most=MOST)
    wanted = list(dict.fromkeys(id.lower() for id in action_ids))
    found = store.named(w, account.seq, wanted, user.seq)
    for id in wanted:
        if id not in found:
            raise Invalid("action_ids", 'Invalid pk "{id}" - object does not exist.', id=id)
    ledger = Ledger(w, account, clock.now())
    queue = ledger.queue(user.seq)
    if queue is not None:
        give(ledger, queue, [found[id] for id in wanted], current_location)
    ledger.close()
    w.announce(by, "tracking.actions_assigned", "tracking_user", user.id, {"action_ids": wanted})
    return users.find(w, by, user_id)


def give(ledger: Ledger, queue: Queue, listed: Sequence[Task], here: Location | None) -> None:
    """The listed actions are the user's, in that order; `here` is where the user is, if it was told."""
    mine = {task.seq: task for task in queue.tasks}
    now, user = ledger.now, queue.user
    new = [task for task in listed if task.seq not in mine]
    # Each is refused before any queue is touched.
    outcomes = {task.seq: lifecycle.assign(task.progress, now, has_turn=False) for task in new}
    leave(ledger, new, now)
    for old in map(ledger.latest, new):
        progress, events = outcomes[old.seq]
        given = replace(old, user=user.seq, progress=progress, factor=1.0, asked_at=None)
        mine[old.seq] = ledger.enter(old, given, events, now, here, started_place=None)
    ledger.arrange(queue, tasks.ordered(queue.tasks, [mine[task.seq] for task in listed]))
    if new:
        ledger.touch(user.seq, assigned_at=now)
        _estimate(ledger, queue, set(outcomes), here or user.live.last)


def _estimate(ledger: Ledger, queue: Queue, new: set[int], here: Location | None) -> None:
    """The first estimates of those that are new in the queue, once it is known where the user is."""
    if here is None:
        return
    now, spot = ledger.now, Spot(here.lat, here.lon)
    found = tasks.arrivals(queue.tasks, spot, now, queue.user.vehicle_type, queue.pace)
    for at, task in enumerate(queue.tasks):
        if task.seq in new:
            progress, events = lifecycle.on_time(task.progress, task.goal, now, found.get(task.seq))
            known = replace(task, progress=progress)
            known = known if progress.sub_status == "in_queue" else ledger.asked_about(known)
            queue.tasks[at] = ledger.enter(task, known, events, now, here)


def leave(ledger: Ledger, gone: Sequence[Task], at: Instant) -> None:
    """The actions are in their users' queues no more. What comes next has its turn, and starts if the last one had."""
    owners = sorted({task.user for task in gone if task.user is not None and task.is_pending})
    for queue in filter(None, map(ledger.queue, owners)):
        names = {task.seq for task in gone}
        rest = [task for task in queue.tasks if task.seq not in names]
        if any(task.has_started for task in queue.tasks if task.seq in names):
            rest = _promoted(ledger, queue, rest, at)
        ledger.arrange(queue, rest)


def _promoted(ledger: Ledger, queue: Queue, rest: list[Task], at: Instant) -> list[Task]:
    following, last = tasks.turn(rest), queue.user.live.last
    if following is None:
        return rest
    since = max(at, following.progress.assigned_at or at)
    here = Spot(last.lat, last.lon) if last else None
    outcome = lifecycle.promote(following.progress, tasks.follows(queue.user), here, since)
    promoted = ledger.outcome(following, outcome, since)
    return [promoted if task.seq == promoted.seq else task for task in rest]


def take_away(ledger: Ledger, task: Task) -> None:
    """Nobody has the action any more; it is as it was before it was given to anybody."""
    leave(ledger, [task], ledger.now)
    fresh = replace(task, user=None, progress=Progress(told=frozenset({CREATED})), factor=1.0, asked_at=None)
    ledger.enter(task, fresh, (), ledger.now, started_place=None)
