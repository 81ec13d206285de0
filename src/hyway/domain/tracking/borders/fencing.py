"""Who is inside which fence, told once: enter and exit with hysteresis, and the time between them.

A position at the border says little, and a vague one less. To enter takes two positions inside, or one that is
precise and well inside; to exit takes two that are outside by more than their own inaccuracy.
"""

from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, NamedTuple

from hyway.domain.tracking.records import Location
from hyway.kernel.clock import SECOND, Instant

ENTERED = "geofence.entered"
EXITED = "geofence.exited"
TRIGGERED = "geofence.triggered"

PRECISE = 50.0
"""Metres of accuracy: one such position well inside is enough to enter."""
VAGUE = 200.0
"""Metres of accuracy: a worse position counts only where the border is farther than it may be wrong."""
MARGIN = 20.0
"""Metres outside that are still taken for noise, whatever accuracy is claimed."""

Reason = Literal["entered", "min_duration", "max_duration"]


@dataclass(frozen=True, slots=True)
class Terms:
    """What a fence asks for; durations in seconds.

    A fence of type `time` is about the time spent inside alone. The others trigger on entering, or once somebody
    has stayed for `min_duration` if there is one. `max_duration` triggers when it is passed, for every type.
    """

    type: Literal["location", "time", "place"]
    min_duration: int | None
    max_duration: int | None
    expire_at: Instant


@dataclass(frozen=True, slots=True)
class Visit:
    """Where one user is taken to be, of one fence.

    `doubts` positions in a row said otherwise, the first of them at `doubt_at`. `since` is when the present stay
    began, `seen` the instant of the latest position; `stayed` and `overstayed` tell what has been told.
    """

    inside: bool = False
    since: Instant | None = None
    doubts: int = 0
    doubt_at: Instant | None = None
    seen: Instant | None = None
    stayed: bool = False
    overstayed: bool = False


_NEW = Visit()


class Fired(NamedTuple):
    """An event of a fence; `reason` is what triggered it, None of an enter or exit."""

    type: str
    at: Instant
    reason: Reason | None = None


def step(visit: Visit, terms: Terms, distance: float, fix: Location) -> tuple[Visit, tuple[Fired, ...]]:
    """One more position, `distance` metres outside the border (below zero inside).

    A position that is not newer than the last one, or that comes after the fence expired, changes nothing.
    """
    if fix.at >= terms.expire_at or (visit.seen is not None and fix.at <= visit.seen):
        return visit, ()
    visit = replace(visit, seen=fix.at)
    if visit.inside:
        return _leaving(visit, terms, distance, fix)
    return _entering(visit, terms, distance, fix)


def tick(visit: Visit, terms: Terms, now: Instant) -> tuple[Visit, tuple[Fired, ...]]:
    """What the passing of time alone makes of a visit; it never enters and never leaves."""
    return _told(visit, terms, min(now, terms.expire_at))


def due_at(visit: Visit, terms: Terms) -> Instant | None:
    """When `tick` will next have something to tell, if no position comes; None for never."""
    ends = [at for at, _ in _deadlines(visit, terms) if at <= _limit(visit, terms.expire_at)]
    return min(ends, default=None)


def dumped(visit: Visit) -> dict[str, Any]:
    """As JSON takes it, to be stored; `loaded` reads it back."""
    return {name: value for name, value in asdict(visit).items() if value != getattr(_NEW, name)}


def loaded(stored: dict[str, Any]) -> Visit:
    return Visit(**stored)


def _entering(visit: Visit, terms: Terms, distance: float, fix: Location) -> tuple[Visit, tuple[Fired, ...]]:
    accuracy = _accuracy(fix)
    if accuracy is not None and accuracy > VAGUE and abs(distance) < accuracy:
        return visit, ()
    if distance > 0:
        return replace(visit, doubts=0, doubt_at=None), ()
    sure = accuracy is not None and accuracy <= PRECISE and -distance >= max(MARGIN, accuracy)
    began = fix.at if visit.doubt_at is None else visit.doubt_at
    if not sure and visit.doubts == 0:
        return replace(visit, doubts=1, doubt_at=began), ()
    made = Visit(inside=True, since=began, seen=fix.at)
    fired = [Fired(ENTERED, began)]
    if terms.type != "time" and terms.min_duration is None:
        fired.append(Fired(TRIGGERED, began, "entered"))
    made, later = _told(made, terms, fix.at)
    return made, (*fired, *later)


def _leaving(visit: Visit, terms: Terms, distance: float, fix: Location) -> tuple[Visit, tuple[Fired, ...]]:
    if distance <= 0:
        return _told(replace(visit, doubts=0, doubt_at=None), terms, fix.at)
    if distance <= max(MARGIN, _accuracy(fix) or 0.0):
        # It says neither: a doubt stays a doubt, and time goes on.
        return _told(visit, terms, fix.at)
    left = fix.at if visit.doubt_at is None else visit.doubt_at
    doubted, fired = _told(replace(visit, doubts=visit.doubts + 1, doubt_at=left), terms, fix.at)
    if doubted.doubts < 2:
        return doubted, fired
    return Visit(seen=fix.at), (*fired, Fired(EXITED, left))


def _told(visit: Visit, terms: Terms, now: Instant) -> tuple[Visit, tuple[Fired, ...]]:
    """The durations that ended by `now`, each told once, at the instant when it ended."""
    due = [(at, reason) for at, reason in _deadlines(visit, terms) if at <= _limit(visit, now)]
    for _, reason in due:
        stayed, overstayed = visit.stayed, visit.overstayed
        visit = replace(
            visit,
            stayed=stayed or reason == "min_duration",
            overstayed=overstayed or reason == "max_duration",
        )
    return visit, tuple(Fired(TRIGGERED, at, reason) for at, reason in sorted(due))


def _deadlines(visit: Visit, terms: Terms) -> list[tuple[Instant, Reason]]:
    if not visit.inside or visit.since is None:
        return []
    due: list[tuple[Instant, Reason]] = []
    if terms.min_duration is not None and not visit.stayed:
        due.append((visit.since + terms.min_duration * SECOND, "min_duration"))
    if terms.max_duration is not None and not visit.overstayed:
        due.append((visit.since + terms.max_duration * SECOND, "max_duration"))
    return due


def _limit(visit: Visit, now: Instant) -> Instant:
    """While it is in doubt whether somebody left, time counts up to the doubt and no further."""
    return now if visit.doubt_at is None else min(now, visit.doubt_at)


def _accuracy(fix: Location) -> float | None:
    """Metres; None where the device did not say, which some spell as nought."""
    return fix.accuracy if fix.accuracy is not None and fix.accuracy > 0 else None
