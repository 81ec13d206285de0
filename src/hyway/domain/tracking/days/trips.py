"""Trips, stops and gaps in the tables: what the timeline says of new positions is written here.

The open segment is no row: it lives in the track's `machine`, with an id that its row will have once it is closed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal, NamedTuple

from hyway.domain.tracking.days import closing, timeline, underway
from hyway.domain.tracking.days.closing import Boundaries
from hyway.domain.tracking.days.meter import Fix, PathPoint
from hyway.domain.tracking.days.segmenting import Machine, Stretch
from hyway.domain.tracking.days.timeline import Outcome, Start
from hyway.domain.tracking.records import Account, Location, Segment
from hyway.domain.tracking.store import positions_read as positions
from hyway.domain.tracking.store import segments as store
from hyway.domain.tracking.store.segments import Row
from hyway.kernel import clock, ids
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write

Turn = Literal["trip.started", "trip.ended", "stop.started", "stop.ended"]
_NEVER: Instant = 1 << 62


class Happened(NamedTuple):
    """A beginning or an end, to be told as an event; `segment` is as it was known then."""

    type: Turn
    at: Instant
    location: Location
    segment: Segment


class Followed(NamedTuple):
    """What the track is to keep (`machine`, `open_segment`), and what came of it.

    `closed` are the segments that ended after the open one had begun. `happened` are their beginnings
    and ends and the beginning of the open one, in order; some may have been told before: with the segment's id as
    an event's `dedupe` they are told once. `stopped` says whether the newest segment is a stop, None while that is
    not decided. `moved` are the seconds and metres travelled since the last call.
    """

    machine: str | None
    open_segment: str | None
    closed: list[Segment]
    happened: list[Happened]
    stopped: bool | None
    moved: tuple[float, float]


class _Seen(NamedTuple):
    """What a machine has seen, kept because reading on changes it."""

    began: Instant
    last: Instant
    mode: str
    seconds: float
    metres: float


def follow(
    w: Write,
    account: Account,
    user_seq: int,
    machine: str | None,
    open_segment: str | None,
    new: Sequence[Location],
) -> Followed:
    """Takes stored positions into account, in any order; `new` are those that were not there before.

    The segments are the same as if all positions had come in order. Those that a late one does not touch stay as
    they are, with their ids.
    """
    hint, before = restored(machine)
    was = _seen(before)
    outcome = timeline.follow(_Stored(w, user_seq), before, map(_fix, new))
    now = outcome.machine
    if now is None:
        return Followed(machine, open_segment, [], [], None, (0.0, 0.0))
    seen = _seen(now)
    is_quiet = not outcome.closed and outcome.drop_from is None and seen.mode == was.mode
    if is_quiet and open_segment and seen.began == was.began:
        return Followed(_kept(now, hint), open_segment, [], [], _stopped(now), _moved(was, seen))
    known = {each[:3]: each for each in map(_as_stored, new)}
    open_one = _Known(open_segment, None, hint) if open_segment else None
    return _Pen(w, account, user_seq, Boundaries(w, user_seq, known)).write(outcome, now, open_one, was)


def live(r: Read, account: Account, user_seq: int) -> Segment | None:
    """The open segment as it is known now; None of a user who never was anywhere."""
    machine, id = store.state(r, account.seq, user_seq)
    hint, now = restored(machine)
    if now is None or id is None:
        return None
    segment = closing.live(r, account, user_seq, now, id, hint)
    return replace(segment, path=underway.path(r, user_seq, id, now)[1]) if now.mode == "trip" else segment


def under_way(
    r: Read, account: Account, user_seq: int, start: Instant, end: Instant
) -> tuple[list[PathPoint], Segment] | None:
    """The open trip with its path, and the points of that, if it has a part in [start, end)."""
    machine, id = store.state(r, account.seq, user_seq)
    _, now = restored(machine)
    if now is None or id is None or now.mode != "trip" or now.began.at >= end or now.last.at <= start:
        return None
    points, text = underway.path(r, user_seq, id, now)
    return points, replace(closing.live(r, account, user_seq, now, id, None), path=text)


def restored(kept: str | None) -> tuple[int | None, Machine | None]:
    """The number of the open stop's place, and the machine, of what a track keeps."""
    if not kept:
        return None, None
    place, _, machine = kept.partition(" ")
    return int(place) or None, Machine.from_json(machine)


def _kept(machine: Machine, place: int | None) -> str:
    return f"{place or 0} {machine.to_json()}"


def _stopped(machine: Machine) -> bool | None:
    return None if machine.mode == "undecided" else machine.mode == "stop"


def _as_stored(location: Location) -> Location:
    """The position as it comes back from the table: a machine must see it the same."""
    return location._replace(lat=positions.rounded(location.lat), lon=positions.rounded(location.lon))


def _fix(location: Location) -> Fix:
    lat, lon = positions.rounded(location.lat), positions.rounded(location.lon)
    return Fix(location.at, lat, lon, location.accuracy, location.speed, location.activity)


def _seen(machine: Machine | None) -> _Seen:
    if machine is None:
        return _Seen(-_NEVER, -_NEVER, "undecided", 0.0, 0.0)
    seconds = metres = 0.0
    if machine.mode == "trip":
        seconds, metres = _travelled([machine.live()])
    return _Seen(machine.began.at, machine.last.at, machine.mode, seconds, metres)


def _travelled(trips: Iterable[Stretch]) -> tuple[float, float]:
    """Seconds and metres."""
    did = [each for trip in trips for each in trip.activities.values()]
    return sum(seconds for seconds, _ in did), sum(metres for _, metres in did)


def _moved(was: _Seen, now: _Seen, closed: Iterable[Stretch] = ()) -> tuple[float, float]:
    """What came to the open trip since, and what trips closed since then had beyond it; never less than nothing."""
    seconds, metres = _travelled(closed)
    return max(0.0, now.seconds + seconds - was.seconds), max(0.0, now.metres + metres - was.metres)


class _Known(NamedTuple):
    """A segment that was there before: a row, or the open one, whose kind may still change."""

    id: str
    row: Row | None
    place: int | None


class _Pen:
    """Writes what the timeline says of one user."""

    def __init__(self, w: Write, account: Account, user_seq: int, boundaries: Boundaries) -> None:
        self._w, self._account, self._user = w, account, user_seq
        self._boundaries = boundaries
        self._at = clock.now()
        self._known: dict[Instant, list[_Known]] = {}

    def write(self, outcome: Outcome, now: Machine, open_one: _Known | None, was: _Seen) -> Followed:
        old = self._replaced(outcome)
        for row in old:
            self._known.setdefault(row.began_at, []).append(_Known(row.id, row, row.place))
        if open_one is not None:
            self._known.setdefault(was.began, []).append(open_one)
        rows = [self._row(stretch) for stretch in outcome.closed]
        store.drop(self._w, self._account.seq, [row.id for row in old if row not in rows])
        store.add(self._w, [row for row in rows if row not in old])
        mine = self._take(now.began.at, None) or _Known(ids.uuid4(), None, None)
        place = self._place(now, mine.place)
        # Where a stretch ended is found out minutes later, when that position was seen before.
        newer = [stretch for stretch in outcome.closed if stretch.last.at > was.began]
        closed = [closing.closed(self._w, row) for row in rows if row.ended_at > was.began]
        return Followed(
            _kept(now, place),
            mine.id,
            closed,
            _turns(closed, self._begun(now, mine.id, place)),
            _stopped(now),
            _moved(was, _seen(now), newer),
        )

    def _replaced(self, outcome: Outcome) -> list[Row]:
        if outcome.drop_from is None:
            return []
        before = _NEVER if outcome.drop_before is None else outcome.drop_before
        return store.began_between(self._w, self._user, outcome.drop_from, before)

    def _take(self, began_at: Instant, kind: str | None) -> _Known | None:
        """What was known to begin at this instant, once: then it is the same segment still."""
        there = self._known.get(began_at, [])
        for known in there:
            if kind is None or known.row is None or known.row.kind == kind:
                there.remove(known)
                return known
        return None

    def _row(self, stretch: Stretch) -> Row:
        kind = closing.KINDS[stretch.kind]
        known = self._take(stretch.began.at, kind) or _Known(ids.uuid4(), None, None)
        w, user, account = self._w, self._user, self._account
        row = closing.row(account, user, stretch, known.id, self._at, self._boundaries)
        if kind == "trip":
            row = row._replace(path=closing.path(w, user, stretch.began, stretch.last))
        elif kind == "location_void":
            row = row._replace(reason=closing.reason(w, user, row.began_at, row.ended_at))
        else:
            place = closing.place(w, account, closing.centre(stretch), known.place)
            row = row._replace(place=place, lookup_id=closing.lookup_id(w, user, row.began_at, row.ended_at))
        old = known.row
        if old is None:
            return row
        row = row._replace(created_at=old.created_at)
        return old if row._replace(modified_at=old.modified_at) == old else row

    def _place(self, now: Machine, known: int | None) -> int | None:
        """The place of the open stop, once it is one."""
        if now.mode != "stop":
            return None
        return closing.place(self._w, self._account, closing.centre(now.live()), known)

    def _begun(self, now: Machine, id: str, place: int | None) -> Segment | None:
        if now.mode == "undecided":
            return None
        return closing.live(self._w, self._account, self._user, now, id, place)


def _turns(closed: Sequence[Segment], begun: Segment | None) -> list[Happened]:
    happened: list[Happened] = []
    for segment in (*closed, *([begun] if begun else [])):
        if segment.kind == "location_void":
            continue
        kinds: tuple[Turn, Turn] = ("trip.started", "trip.ended")
        if segment.kind == "stop":
            kinds = ("stop.started", "stop.ended")
        happened.append(Happened(kinds[0], segment.began_at, segment.began, segment))
        if segment.ended_at is not None and segment.ended is not None:
            happened.append(Happened(kinds[1], segment.ended_at, segment.ended, segment))
    return happened


class _Stored:
    """A user's positions and segments, as the timeline reads them."""

    def __init__(self, r: Read, user_seq: int) -> None:
        self._r, self._user = r, user_seq

    def since(self, at: Instant) -> Iterable[Fix]:
        return positions.since(self._r, self._user, at)

    def decided_before(self, at: Instant) -> Start | None:
        found = store.decided_before(self._r, self._user, at)
        return Start(*found) if found else None

    def beginning(self, at: Instant) -> Start | None:
        found = store.beginning(self._r, self._user, at)
        return Start(*found) if found else None
