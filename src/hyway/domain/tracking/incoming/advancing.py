"""What a user's new positions do: live state goes forward, trips and stops follow, and both are told as events."""

import json
from collections.abc import Sequence
from typing import Final, NamedTuple

from hyway.domain.tracking.days import trips
from hyway.domain.tracking.days.trips import Happened
from hyway.domain.tracking.earth import whereabouts
from hyway.domain.tracking.incoming import signals
from hyway.domain.tracking.outside import routing
from hyway.domain.tracking.records import Account, Happening, Location
from hyway.domain.tracking.store.tracks import Track
from hyway.domain.tracking.telling import payloads
from hyway.kernel.clock import Instant
from hyway.kernel.db import Write

_ACTIVITY: Final = {
    "stationary": "user.activity.stopped",
    "walking": "user.activity.walking",
    "running": "user.activity.running",
    "cycling": "user.activity.cycling",
    "automotive": "user.activity.driving",
}


class Advanced(NamedTuple):
    """`later` are the new positions after all known before, `late` when the first of the others was."""

    track: Track
    later: Sequence[Location]
    late: Instant | None
    happened: Sequence[Happening]


def advance(
    w: Write, account: Account, track: Track, new: Sequence[Location], plain: bool, now: Instant
) -> Advanced:
    """Takes positions that were just stored, in their order, into the track; `plain` as in a batch."""
    before = track.last
    later = new if before is None else [each for each in new if each.at > before.at]
    newest = new[-1]
    if before is None or newest[:3] > before[:3]:
        track.last = newest
    told = [_activity(track, before, newest)] if later else []
    if signals.moves(track, new[0].at, newest.at, plain):
        told.append(_event(track, "tracking.started", later[0] if later else newest))
    followed = trips.follow(w, account, track.seq, track.machine, track.open_segment, new)
    track.machine, track.open_segment = followed.machine, followed.open_segment
    if followed.stopped is not None:
        track.is_stopped = int(followed.stopped)
    _learn(track, *followed.moved)
    told += [_turn(track, each, now) for each in followed.happened]
    late = new[0].at if len(later) < len(new) else None
    return Advanced(track, later, late, [each for each in told if each])


def place(track: Track) -> None:
    """Where the last position is, as searches want it."""
    if track.last is not None:
        track.cell = whereabouts.cell(track.last.lat, track.last.lon)
        track.vector = whereabouts.vector(track.last.lat, track.last.lon)


def _activity(track: Track, before: Location | None, newest: Location) -> Happening | None:
    """Told once when it changes, by the newest position: not by each in between."""
    type = _ACTIVITY.get(newest.activity)
    if type is None or (before is not None and before.activity == newest.activity):
        return None
    return _event(track, type, newest)


def _event(track: Track, type: str, at: Location) -> Happening:
    return Happening(type, track.seq, track.id, at.at, location=at)


def _turn(track: Track, happened: Happened, now: Instant) -> Happening:
    return Happening(
        happened.type,
        track.seq,
        track.id,
        happened.at,
        dedupe=happened.segment.id,
        location=happened.location,
        object=payloads.segment(happened.segment, now),
    )


def _learn(track: Track, seconds: float, metres: float) -> None:
    known = routing.Pace(*json.loads(track.pace)) if track.pace else None
    learned = routing.learn(known, seconds, metres)
    if learned is not None and learned is not known:
        track.pace = json.dumps((round(learned.speed, 3), round(learned.weight, 1)))
