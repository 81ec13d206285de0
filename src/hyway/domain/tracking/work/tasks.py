"""A user's queue of actions as the rules see it: whose turn it is, when each will be reached, when to look again."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from hyway.domain.tracking.earth.geodesy import metres
from hyway.domain.tracking.outside import routing
from hyway.domain.tracking.records import Location, Spot, User
from hyway.domain.tracking.work import lifecycle
from hyway.domain.tracking.work.lifecycle import Goal, Progress
from hyway.kernel.clock import MINUTE, SECOND, Instant

FRESH: Final = 15 * MINUTE
"""How old a last position may be for estimates to go on from it."""
LOOK_AGAIN: Final = MINUTE
"""How long an estimate stays as it is when no position comes; also how seldom a router is asked."""


@dataclass(frozen=True, slots=True)
class Task:
    """An action without what is only shown. `user` is the number of who has it.

    `factor` is how much longer the roads take than the straight line, as a router said at `asked_at`.
    """

    seq: int
    id: str
    account: int
    user: int | None
    rank: int
    goal: Goal
    progress: Progress
    vehicle_type: str | None = None
    factor: float = 1.0
    asked_at: Instant | None = None
    due_at: Instant | None = None

    @property
    def is_pending(self) -> bool:
        """Whether somebody has it and it has not ended."""
        return self.progress.status in ("assigned", "started")

    @property
    def has_started(self) -> bool:
        return self.progress.status == "started"


def kept(task: Task) -> dict[str, Any]:
    """What the column `progress` holds."""
    routed = {"factor": task.factor, "asked_at": task.asked_at} if task.factor != 1 or task.asked_at else {}
    return {**lifecycle.dumped(task.progress), **routed}


def pace(text: str | None) -> routing.Pace | None:
    """A user's pace as the track keeps it: `[speed, weight]`."""
    return routing.Pace(*json.loads(text)) if text else None


def turn(queue: Sequence[Task]) -> Task | None:
    """Whose turn it is: the one that was started, else the first that waits."""
    pending = [task for task in queue if task.is_pending]
    return next((task for task in pending if task.has_started), pending[0] if pending else None)


def arrival(
    task: Task, origin: Spot, at: Instant, vehicle_type: str, own: routing.Pace | None
) -> Instant | None:
    """When its place is reached by who is at `origin` at `at`, to the second above; None without a place."""
    if task.goal.spot is None:
        return None
    means = task.vehicle_type or vehicle_type
    seconds = routing.straight(origin, task.goal.spot, means, own).seconds * task.factor
    return -(-(at + round(seconds * SECOND)) // SECOND) * SECOND


def arrivals(
    queue: Sequence[Task], origin: Spot, at: Instant, vehicle_type: str, own: routing.Pace | None
) -> dict[int, Instant]:
    """When each of them that has a place is reached, one after another, by its number."""
    found: dict[int, Instant] = {}
    for task in queue:
        here_at = at if task.progress.sub_status == "arrived" else None
        reached = here_at or arrival(task, origin, at, vehicle_type, own)
        if reached is None:
            continue
        found[task.seq] = at = reached
        origin = task.goal.spot or origin
    return found


def is_fresh(user: User, now: Instant) -> bool:
    """Whether the user is being followed, and was heard of lately."""
    last = user.live.last
    return last is not None and follows(user) and now - last.at <= FRESH


def follows(user: User) -> bool:
    """Whether the user's tracking is on; who sends positions and never said so is taken to be followed."""
    return user.live.is_tracking or (user.live.tracking_at is None and user.live.last is not None)


def due(task: Task, now: Instant, fresh: bool) -> Instant | None:
    """When it is next to be looked at: soon while an estimate moves on, else when it gets late or is given up."""
    if not task.is_pending:
        return None
    given_up = lifecycle.suspends_at(task.progress, task.goal)
    times = [] if given_up is None else [given_up]
    if fresh and task.goal.spot is not None:
        times.append(now + LOOK_AGAIN)
    expected = task.goal.expected_at
    if expected is not None and lifecycle.DELAYED not in task.progress.told:
        times.append(max(expected + SECOND, now + LOOK_AGAIN))
    return min(times) if times else None


def with_fixes(
    task: Task, fixes: Sequence[Location], user: User, own: routing.Pace | None
) -> tuple[Task, list[tuple[str, Location]]]:
    """The one whose turn it is after more positions, and the events to tell, each with the position it is due to.

    What changes nothing is passed over: on the way, far from where anything begins, the last position alone counts.
    """
    tracking = follows(user) or user.live.tracking_at is None
    near = _nears(task, fixes, user, own)
    progress, told = task.progress, []
    for fix in fixes if near or _is_eventful(task, fixes) else fixes[-1:]:
        eta = None
        if near or fix is fixes[-1]:
            eta = arrival(task, Spot(fix.lat, fix.lon), fix.at, user.vehicle_type, own)
        progress, events = lifecycle.on_fix(
            progress, task.goal, fix, fix.at, has_turn=True, tracking=tracking, eta=eta
        )
        told += [(event, fix) for event in events]
    return replace(task, progress=progress), told


def _nears(task: Task, fixes: Sequence[Location], user: User, own: routing.Pace | None) -> bool:
    """Whether one of the positions is so near the place, in metres or in seconds, that the user may be arriving."""
    there = task.goal.spot
    if there is None:
        return False
    left, fix = min((metres(fix.lat, fix.lon, *there), fix) for fix in fixes)
    if left <= lifecycle.AWAY * max(lifecycle.ARRIVING, task.goal.radius):
        return True
    reached = arrival(task, Spot(fix.lat, fix.lon), 0, user.vehicle_type, own) or 0
    return reached <= lifecycle.AWAY * lifecycle.ARRIVING_SECONDS * SECOND


def _is_eventful(task: Task, fixes: Sequence[Location]) -> bool:
    """Whether positions that are not near the place may begin something: setting out, leaving, or turning away."""
    progress = task.progress
    if progress.status == "started":
        return progress.sub_status != "on_the_way" or progress.moved < lifecycle.LEAVING
    origin = progress.origin
    return origin is None or any(metres(*origin, fix.lat, fix.lon) > lifecycle.MOVES for fix in fixes)


def ordered(queue: Sequence[Task], listed: Sequence[Task]) -> list[Task]:
    """The queue with those that are listed in their listed order.

    Those that are in it already share the places they have; the others come last. What was started stays first.
    """
    names = {task.seq for task in listed}
    wanted = iter(listed)
    order = [next(wanted) if task.seq in names else task for task in queue]
    order += list(wanted)
    order.sort(key=lambda task: not task.has_started)
    return order
