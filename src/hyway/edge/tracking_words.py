"""What the tracking page says in words before its script runs, and all that a reader without scripts gets.

Times are in UTC here: only the browser knows its time zone.
"""

from typing import NamedTuple

from hyway.edge.tracking_view import TrackView
from hyway.kernel import clock
from hyway.kernel.clock import Instant

STEPS = ("Assigned", "On the way", "Arriving", "Arrived", "Completed")
_NOUNS = {
    "delivery": "Delivery",
    "pickup": "Pickup",
    "dropoff": "Drop-off",
    "visit": "Visit",
    "stopover": "Stopover",
    "task": "Task",
    "trip": "Trip",
    "meetup": "Meet-up",
}
_DONE = {"delivery": "Delivered", "pickup": "Picked up", "dropoff": "Dropped off"}
_OLD = 5
"""Minutes after which a position is not where somebody is."""
_SUB = {"arriving": 2, "arrived": 3}


class Words(NamedTuple):
    """The big line, the one under it, and how old the position is."""

    headline: str
    detail: str
    age: str


def noun(type: str) -> str:
    """What an action of this type is to the person who waits."""
    return _NOUNS.get(type) or type.replace("_", " ").capitalize() or "Delivery"


def reached(view: TrackView) -> int:
    """The step that the action is at; -1 before the first, 5 when all are done."""
    if view.status == "completed":
        return len(STEPS)
    if view.status == "started":
        return _SUB.get(view.sub_status, 1)
    return 0 if view.status == "assigned" else -1


def said(view: TrackView, now: Instant) -> Words:
    """The state in two lines."""
    if view.ended:
        return Words(*_ending(view), "")
    headline, detail = _running(view, now)
    if view.is_late and view.expected_at is not None:
        detail = f"Running late: it was expected at {hour(view.expected_at)}. {detail}".strip()
    return Words(headline, detail, _age(view, now))


def _ending(view: TrackView) -> tuple[str, str]:
    what = noun(view.type).lower()
    if view.status == "canceled":
        return "Canceled", f"This {what} was canceled. The position is no longer shared."
    if view.status == "suspended":
        return "Not finished", f"This {what} was never finished. The position is no longer shared."
    at = f" at {hour(view.summary.ended_at)}" if view.summary else ""
    return _DONE.get(view.type, "Completed") + at, "The position is no longer shared."


def _running(view: TrackView, now: Instant) -> tuple[str, str]:
    name = view.user.first_name if view.user else ""
    if view.status == "created" or view.user is None:
        when = f" It is expected at {hour(view.expected_at)}." if view.expected_at is not None else ""
        return "Getting ready", f"Nobody is assigned yet.{when}"
    if view.sub_status == "arrived":
        return f"{name or 'Your visitor'} has arrived", ""
    if view.sub_status == "in_queue":
        # Nobody knows how long the stop before it takes: an hour named now would not be kept.
        return "Assigned", f"{name or 'Somebody'} has another stop first."
    if view.eta is not None and view.eta <= now and _minutes_old(view, now) >= _OLD:
        return "On the way", "No recent position, so no time of arrival."
    if view.eta is not None:
        left = max(1, round((view.eta - now) / clock.MINUTE))
        return f"Arrives {hour(view.eta)} · {_minutes(left)}", view.sub_status_text or view.status_text
    if view.status == "assigned":
        return "Assigned", view.sub_status_text or f"{name or 'Somebody'} will set out soon."
    return view.status_text or "On the way", view.sub_status_text


def _age(view: TrackView, now: Instant) -> str:
    if view.location is None:
        return ""
    minutes = _minutes_old(view, now)
    if minutes >= _OLD:
        return f"No position for {_minutes(minutes)}"
    return f"Position {_minutes(minutes)} old" if minutes else "Position less than a minute old"


def _minutes_old(view: TrackView, now: Instant) -> int:
    return max(0, now - view.location.recorded_at) // clock.MINUTE if view.location else 0


def _minutes(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return " ".join(
        part for part in (f"{hours} h" if hours else "", f"{rest} min" if rest or not hours else "") if part
    )


def hour(at: Instant) -> str:
    """`14:52 UTC`."""
    return clock.moment(at).strftime("%H:%M UTC")
