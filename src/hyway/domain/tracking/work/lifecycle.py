"""What becomes of an action: from created to its end, as positions come and time passes.

The states are the vendor's; where one turns into the next is ours, except what its clients fix: a stop's 100 m,
the 300 m that make another place, and the day after which an action without an end is given up.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, Protocol

from hyway.domain.tracking.earth.geodesy import metres
from hyway.domain.tracking.records import FINAL, Location, Spot, Status
from hyway.kernel.clock import HOUR, SECOND, Instant
from hyway.kernel.faults import Invalid

SubStatus = Literal["not_started", "in_queue", "leaving_now", "on_the_way", "arriving", "arrived"]

CREATED = "action.created"
ASSIGNED = "action.assigned"
STARTED = "action.started"
COMPLETED = "action.completed"
CANCELED = "action.canceled"
SUSPENDED = "action.suspended"
DELAYED = "action.delayed"
COMPLETED_LATE = "action.completed_late"
ELSEWHERE = "action.completed_at_different_place_than_expected"
_REACHED: Final[dict[str, str]] = {
    "on_the_way": "action.on_the_way",
    "arriving": "action.arriving",
    "arrived": "action.arrived",
}
EVENTS = (CREATED, ASSIGNED, STARTED, *_REACHED.values(), COMPLETED, CANCELED, SUSPENDED, DELAYED,
          COMPLETED_LATE, ELSEWHERE)  # fmt: skip
FLAGS = (DELAYED, COMPLETED_LATE, ELSEWHERE)

MOVES = 50.0
"""Metres from where a user waits that are taken for setting out."""
LEAVING = 150.0
"""Metres from the start: nearer is `leaving_now`."""
ARRIVING = 500.0
ARRIVING_SECONDS = 120
AWAY = 1.5
"""Times the threshold: so much farther off, somebody who was arriving is on the way again."""
RADIUS = 100.0
ELSEWHERE_METRES = 300.0
SUSPENDED_AFTER = 24 * HOUR


@dataclass(frozen=True, slots=True)
class Goal:
    """What is expected of an action; it changes by request alone."""

    spot: Spot | None
    radius: float
    expected_at: Instant | None
    created_at: Instant


@dataclass(frozen=True, slots=True)
class Progress:
    """The part of an action that changes with positions and with time.

    `origin` is where the user was when it first came to be this action's turn, or where it started; `moved` the
    farthest distance from there. `inside` counts the positions in a row within the expected place, `seen` is the
    instant of the latest position. `late` and `flags` say what went wrong, `told` which events were announced.
    """

    status: Status = "created"
    sub_status: SubStatus = "not_started"
    assigned_at: Instant | None = None
    started_at: Instant | None = None
    arrived_at: Instant | None = None
    ended_at: Instant | None = None
    eta: Instant | None = None
    initial_eta: Instant | None = None
    origin: Spot | None = None
    moved: float = 0.0
    inside: int = 0
    seen: Instant | None = None
    told: frozenset[str] = frozenset({CREATED})

    @property
    def late(self) -> bool:
        return not self.told.isdisjoint((DELAYED, COMPLETED_LATE))

    @property
    def flags(self) -> tuple[str, ...]:
        """The types of what went wrong, as an action's `event_flags` lists them."""
        return tuple(flag for flag in FLAGS if flag in self.told)


class Kept(Protocol):
    """What the columns of a stored action say of its progress; `progress` holds the rest."""

    @property
    def status(self) -> Status: ...
    @property
    def sub_status(self) -> str: ...
    @property
    def assigned_at(self) -> Instant | None: ...
    @property
    def started_at(self) -> Instant | None: ...
    @property
    def ended_at(self) -> Instant | None: ...
    @property
    def eta(self) -> Instant | None: ...
    @property
    def initial_eta(self) -> Instant | None: ...
    @property
    def progress(self) -> dict[str, Any]: ...


Outcome = tuple[Progress, tuple[str, ...]]
"""What became of it, and the types of the events to announce, in order."""


def dumped(progress: Progress) -> dict[str, Any]:
    """What no column of an action keeps, as JSON takes it; `loaded` reads it back."""
    return {
        "arrived_at": progress.arrived_at,
        "origin": progress.origin,
        "moved": progress.moved,
        "inside": progress.inside,
        "seen": progress.seen,
        "told": sorted(progress.told),
    }


def loaded(action: Kept) -> Progress:
    """The progress of a stored action."""
    kept = action.progress
    origin = kept.get("origin")
    return Progress(
        status=action.status,
        sub_status=action.sub_status,  # type: ignore[arg-type]
        assigned_at=action.assigned_at,
        started_at=action.started_at,
        arrived_at=kept.get("arrived_at"),
        ended_at=action.ended_at,
        eta=action.eta,
        initial_eta=action.initial_eta,
        origin=Spot(*origin) if origin else None,
        moved=kept.get("moved", 0.0),
        inside=kept.get("inside", 0),
        seen=kept.get("seen"),
        told=frozenset(kept.get("told", (CREATED,))),
    )


def first(queue: Sequence[Progress]) -> int | None:
    """Which of a user's actions, in queue order, has its turn; None if all have ended."""
    return next((at for at, each in enumerate(queue) if each.status in ("assigned", "started")), None)


def assign(progress: Progress, at: Instant, has_turn: bool) -> Outcome:
    """Given to a user, or to another one: then it begins anew. Invalid once it has ended."""
    _refuse_ended(progress, "action_ids", "assigned")
    made = Progress(status="assigned", sub_status="not_started" if has_turn else "in_queue", assigned_at=at)
    return made, (ASSIGNED,)


def queued(progress: Progress, has_turn: bool) -> Progress:
    """The same with its sub-status as its place in the queue wants it."""
    if progress.status != "assigned":
        return progress
    sub_status: SubStatus = "not_started" if has_turn else "in_queue"
    if sub_status == progress.sub_status:
        return progress
    return replace(progress, sub_status=sub_status, origin=None)


def promote(progress: Progress, tracking: bool, here: Spot | None, at: Instant) -> Outcome:
    """Its turn has come because the one before it ended: it starts from there, if the user is tracking."""
    if progress.status != "assigned":
        return progress, ()
    if not tracking or here is None:
        return queued(progress, has_turn=True), ()
    return _tell(_started(progress, here, at), STARTED)


def redirected(progress: Progress) -> Progress:
    """The same on its way to another place than before, which it has not come near yet."""
    if progress.status != "started":
        return progress
    sub_status: SubStatus = "leaving_now" if progress.moved < LEAVING else "on_the_way"
    return replace(progress, sub_status=sub_status, arrived_at=None, inside=0)


def on_fix(
    progress: Progress,
    goal: Goal,
    fix: Location,
    now: Instant,
    *,
    has_turn: bool,
    tracking: bool,
    eta: Instant | None,
) -> Outcome:
    """One more position of its user. `eta` is the instant of arrival as estimated from this position.

    A position that is not newer than the last one changes nothing, nor does one of an action that has ended.
    """
    if progress.status not in ("assigned", "started") or (progress.seen or 0) >= fix.at:
        return progress, ()
    events: tuple[str, ...] = ()
    progress = replace(progress, seen=fix.at)
    if progress.status == "assigned":
        if not (has_turn and tracking):
            return progress, ()
        progress, events = _waiting(progress, fix)
    if progress.status == "started":
        progress, reached = _moving(progress, goal, fix, now, eta)
        events += reached
    progress, late = on_time(progress, goal, now, eta)
    return progress, events + late


def on_time(progress: Progress, goal: Goal, now: Instant, eta: Instant | None = None) -> Outcome:
    """What the passing of time makes of it, and a new estimate if there is one: delayed, once.

    Once it has arrived, the estimate is the instant of arrival, and nothing that comes later is a delay.
    """
    if progress.status not in ("assigned", "started"):
        return progress, ()
    if progress.sub_status == "arrived":
        eta = progress.arrived_at
    if eta is not None and goal.spot is not None:
        progress = replace(
            progress, eta=eta, initial_eta=eta if progress.initial_eta is None else progress.initial_eta
        )
    if goal.expected_at is None:
        return progress, ()
    awaited = progress.arrived_at or max(now, progress.eta or now)
    return _tell(progress, DELAYED) if awaited > goal.expected_at else (progress, ())


def complete(progress: Progress, goal: Goal, at: Instant, where: Spot | None) -> Outcome:
    """Done at that instant, at `where` if that is known. Completing it again changes nothing.

    Invalid if it was canceled or suspended. The 300 m that make another place are those of the vendor's Android
    client.
    """
    if progress.status == "completed":
        return progress, ()
    _refuse_ended(progress, "detail", "completed")
    events = [COMPLETED]
    if goal.expected_at is not None and at > goal.expected_at:
        events.append(COMPLETED_LATE)
    if where is not None and goal.spot is not None and metres(*where, *goal.spot) > ELSEWHERE_METRES:
        events.append(ELSEWHERE)
    return _tell(_ended(progress, "completed", at), *events)


def cancel(progress: Progress, at: Instant) -> Outcome:
    """Canceling it again changes nothing; Invalid if it was completed or suspended."""
    if progress.status == "canceled":
        return progress, ()
    _refuse_ended(progress, "detail", "canceled")
    return _tell(_ended(progress, "canceled", at), CANCELED)


def suspends_at(progress: Progress, goal: Goal) -> Instant | None:
    """When it is given up if nothing ends it; None if it has ended, or nobody has it."""
    if progress.status not in ("assigned", "started"):
        return None
    awaited = next(at for at in (goal.expected_at, progress.eta, goal.created_at) if at is not None)
    return max(awaited, progress.assigned_at or awaited) + SUSPENDED_AFTER


def suspend_due(progress: Progress, goal: Goal, now: Instant) -> bool:
    """Whether it is a day after it was expected, else estimated, else created."""
    due = suspends_at(progress, goal)
    return due is not None and due <= now


def suspend(progress: Progress, at: Instant) -> Outcome:
    """Given up for having no end; one that has ended stays as it is."""
    if progress.status in FINAL:
        return progress, ()
    return _tell(_ended(progress, "suspended", at), SUSPENDED)


def _waiting(progress: Progress, fix: Location) -> Outcome:
    """First in the queue: it starts once the user moves away from where they were then."""
    here = Spot(fix.lat, fix.lon)
    if progress.origin is None:
        return replace(progress, sub_status="not_started", origin=here), ()
    moved = metres(*progress.origin, *here)
    if moved <= max(MOVES, fix.accuracy or 0.0):
        return progress, ()
    return _tell(_started(progress, progress.origin, fix.at), STARTED)


def _moving(progress: Progress, goal: Goal, fix: Location, now: Instant, eta: Instant | None) -> Outcome:
    here = Spot(fix.lat, fix.lon)
    origin = progress.origin or here
    moved = max(progress.moved, metres(*origin, *here))
    progress = replace(progress, origin=origin, moved=moved)
    if goal.spot is None:
        return _reach(progress, "leaving_now" if moved < LEAVING else "on_the_way", fix.at)
    left = metres(*here, *goal.spot)
    progress = replace(progress, inside=progress.inside + 1 if left <= goal.radius else 0)
    seconds = None if eta is None else (eta - now) / SECOND
    return _reach(progress, _sub_status(progress, goal, left, seconds, fix.accuracy or 0.0), fix.at)


def _sub_status(
    progress: Progress, goal: Goal, left: float, seconds: float | None, accuracy: float
) -> SubStatus:
    """`left` metres and `seconds` from the place; what was reached is kept until it is clearly lost."""
    near, soon = max(ARRIVING, goal.radius), ARRIVING_SECONDS
    was = progress.sub_status
    if was in ("arriving", "arrived"):
        near, soon = near * AWAY, round(soon * AWAY)
    if was == "arrived" and left <= near:
        return "arrived"
    if progress.inside >= 2 or (progress.inside == 1 and 0 < accuracy <= goal.radius):
        return "arrived"
    # Nobody arrives who has not left: standing at the start, one is leaving, however near the place is.
    has_left = progress.moved >= LEAVING or left < progress.moved
    if was == "arriving" or has_left:
        if left <= near or (seconds is not None and seconds <= soon and was != "arrived"):
            return "arriving"
        return "on_the_way"
    return "on_the_way" if was == "on_the_way" else "leaving_now"


def _reach(progress: Progress, sub_status: SubStatus, at: Instant) -> Outcome:
    if sub_status == progress.sub_status:
        return progress, ()
    arrived_at = at if sub_status == "arrived" else progress.arrived_at
    if progress.sub_status == "arrived":
        # It left again: the next arrival is the one that counts.
        arrived_at = None
    progress = replace(progress, sub_status=sub_status, arrived_at=arrived_at)
    event = _REACHED.get(sub_status)
    return _tell(progress, event) if event else (progress, ())


def _started(progress: Progress, origin: Spot, at: Instant) -> Progress:
    return replace(
        progress, status="started", sub_status="leaving_now", started_at=at, origin=origin, moved=0.0
    )


def _ended(progress: Progress, status: Status, at: Instant) -> Progress:
    """`eta` is of what is to come; the first one stays, to compare with."""
    return replace(progress, status=status, ended_at=at, eta=None)


def _tell(progress: Progress, *events: str) -> Outcome:
    """Each event once in the life of an action."""
    new = tuple(event for event in events if event not in progress.told)
    return replace(progress, told=progress.told.union(new)), new


def _refuse_ended(progress: Progress, field: str, verb: str) -> None:
    if progress.status in FINAL:
        raise Invalid(
            field, "{status} actions cannot be {verb}.", status=progress.status.capitalize(), verb=verb
        )
