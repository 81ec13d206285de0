"""The words and numbers that the vendor's clients show as they are: of a user, and of an action.

The texts that its 2017 pages and clients know are kept: "Logged off", "Stopped", "Last updated 36 minutes ago",
"Not yet started", "On the way", "14 min away". The others continue them.
"""

from dataclasses import dataclass
from typing import Final, Literal

from hyway.domain.tracking.records import FINAL
from hyway.kernel.clock import DAY, HOUR, MINUTE, SECOND, Instant

ACTIVE_BATCH = 90
"""Seconds between two batches of a device that has an action to do, as the vendor's clients have it."""
PASSIVE_BATCH = 1_800
"""Likewise of one that has none."""
MOVING = 1.0
"""Metres a second from which somebody is taken to move when nothing better is known."""

ListStatus = Literal[
    "stopped", "on_trip", "logged_off", "location_disabled", "network_offline", "never_tracked"
]
LIST_STATUSES: tuple[ListStatus, ...] = (
    "stopped",
    "on_trip",
    "logged_off",
    "location_disabled",
    "network_offline",
    "never_tracked",
)
Availability = Literal["online", "offline", "active"]

_MOVES: Final = {
    "walking": "Walking",
    "running": "Running",
    "cycling": "Cycling",
    "automotive": "Driving",
}
_LOST: Final = {
    "location_disabled": "Location disabled",
    "location_permission_disabled": "Location permission disabled",
}
_STATUS: Final = {
    "created": "Not yet started",
    "completed": "Completed",
    "canceled": "Canceled",
    "suspended": "Suspended",
}
_SUB_STATUS: Final = {
    "not_started": "Not yet started",
    "in_queue": "In queue",
    "leaving_now": "Leaving now",
    "on_the_way": "On the way",
    "arriving": "Arriving",
    "arrived": "Arrived",
}


@dataclass(frozen=True, slots=True)
class UserState:
    """What a user's display is made of.

    `stopped` says whether the newest segment is a stop, None where there is none. `assigned_at` and `stopped_at`
    are when an action was last assigned and when tracking was last ended.
    """

    tracking: bool = False
    ever_tracked: bool = False
    location_status: str = "location_available"
    activity: str = "unknown"
    speed: float | None = None
    stopped: bool | None = None
    battery: int | None = None
    heartbeat_at: Instant | None = None
    pending: int = 0
    assigned_at: Instant | None = None
    stopped_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class UserDisplay:
    """The last three are left out of the wire where they are None: they are of a user that was heard of."""

    activity_text: str
    status_text: str
    sub_status_text: str
    has_new_sdk: bool
    is_warning: bool
    battery: int | None
    seconds_elapsed_since_last_heartbeat: int | None
    speed: float | None


@dataclass(frozen=True, slots=True)
class ActionState:
    """What an action's display is made of. `user` is the state of who does it; `left` metres to the place."""

    status: str
    sub_status: str
    assigned_at: Instant | None = None
    arrived_at: Instant | None = None
    ended_at: Instant | None = None
    expected_at: Instant | None = None
    eta: Instant | None = None
    left: float | None = None
    distance_unit: Literal["km", "mi"] = "km"
    user: UserState | None = None


@dataclass(frozen=True, slots=True)
class ActionDisplay:
    """The last three are left out of the wire where they are None: they are of an action on its way."""

    status: str
    status_text: str
    sub_status: str
    sub_status_text: str
    sub_status_duration: int | None
    duration_remaining: int | None
    duration_elapsed: int | None
    distance_remaining: float | None
    distance_unit: Literal["km", "mi"]
    show_summary: bool
    is_late: bool
    ended_at: Instant | None
    battery: int | None
    has_new_sdk: bool | None
    speed: float | None


def availability(user: UserState) -> Availability:
    """`active` with something to do, unless tracking was ended after it was given; else whether tracking is on."""
    ended_since = user.stopped_at is not None and user.stopped_at >= (user.assigned_at or 0)
    if user.pending and (user.tracking or not ended_since):
        return "active"
    return "online" if user.tracking else "offline"


def is_connected(user: UserState, now: Instant) -> bool:
    """Whether the device was heard of within twice the time between its batches."""
    batch = ACTIVE_BATCH if user.pending else PASSIVE_BATCH
    return user.heartbeat_at is not None and now - user.heartbeat_at <= 2 * batch * SECOND


def list_status(user: UserState, now: Instant) -> ListStatus:
    """The one of the six states that the vendor's dashboard lists users by."""
    if not user.ever_tracked:
        return "never_tracked"
    if not user.tracking:
        return "logged_off"
    if user.location_status in _LOST:
        return "location_disabled"
    if not is_connected(user, now):
        return "network_offline"
    return "on_trip" if _moves(user) else "stopped"


def of_user(user: UserState, now: Instant) -> UserDisplay:
    status = list_status(user, now)
    activity, text = _doing(user, status)
    heard = user.heartbeat_at
    return UserDisplay(
        activity_text=activity,
        status_text=text,
        sub_status_text="" if heard is None else f"Last updated {ago(now - heard)}",
        has_new_sdk=True,
        is_warning=status in ("location_disabled", "network_offline"),
        battery=user.battery,
        seconds_elapsed_since_last_heartbeat=None if heard is None else max(0, now - heard) // SECOND,
        speed=user.speed,
    )


def of_action(action: ActionState, now: Instant) -> ActionDisplay:
    """The clock of an action runs from when it was assigned to when it ended."""
    ended = action.status in FINAL
    on_its_way = action.status == "started" and action.sub_status != "arrived"
    user = action.user if action.status in ("assigned", "started") else None
    until = now if action.ended_at is None else action.ended_at
    remaining = None if ended or action.eta is None else max(0, action.eta - now)
    waits = action.arrived_at if action.sub_status == "arrived" and not ended else None
    return ActionDisplay(
        status=action.status,
        status_text=_STATUS.get(action.status) or _SUB_STATUS.get(action.sub_status, ""),
        sub_status=action.sub_status,
        sub_status_text=away(remaining) if on_its_way and remaining is not None else "",
        sub_status_duration=None if waits is None else max(0, now - waits) // SECOND,
        duration_remaining=None if remaining is None else remaining // SECOND,
        duration_elapsed=None if action.assigned_at is None else max(0, until - action.assigned_at) // SECOND,
        distance_remaining=None if ended or action.left is None else round(action.left, 1),
        distance_unit=action.distance_unit,
        show_summary=ended,
        is_late=_is_late(action, now),
        ended_at=action.ended_at,
        battery=user.battery if user else None,
        has_new_sdk=True if user else None,
        speed=user.speed if user else None,
    )


def ago(elapsed: int) -> str:
    """So many microseconds, in the largest whole unit: `just now`, `36 minutes ago`, `2 days ago`."""
    for unit, name in ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute")):
        if count := max(0, elapsed) // unit:
            return f"{count} {name}{'' if count == 1 else 's'} ago"
    return "just now"


def away(remaining: int) -> str:
    """So many microseconds to go, to the nearest minute and at least one: `14 min away`, `1 hr 5 min away`."""
    minutes = max(1, (remaining + MINUTE // 2) // MINUTE)
    hours, minutes = divmod(minutes, 60)
    if not hours:
        return f"{minutes} min away"
    return f"{hours} hr {minutes} min away" if minutes else f"{hours} hr away"


def _doing(user: UserState, status: ListStatus) -> tuple[str, str]:
    """The texts of the activity and of the status."""
    if status == "never_tracked":
        return "", "Logged off"
    if status == "logged_off":
        return "", "Tracking stopped"
    if status == "location_disabled":
        return "", _LOST[user.location_status]
    if status == "network_offline":
        return "", "Network offline"
    if status == "stopped":
        return "Stop", "Stopped"
    moves = _MOVES.get(user.activity, "On a trip")
    return moves, moves


def _moves(user: UserState) -> bool:
    """What the segments say; before there are any, what the device says of its activity, else its speed."""
    if user.stopped is not None:
        return not user.stopped
    if user.activity != "unknown":
        return user.activity in _MOVES
    return (user.speed or 0.0) >= MOVING


def _is_late(action: ActionState, now: Instant) -> bool:
    if action.expected_at is None or action.status == "created":
        return False
    arrival = action.ended_at or action.arrived_at or max(now, action.eta or now)
    return arrival > action.expected_at
