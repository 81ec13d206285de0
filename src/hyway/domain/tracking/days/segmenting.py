"""Trips, stops and silences out of positions in order: a small machine that reads each position once.

Every boundary is memoryless: what follows it depends on its own fix and on the fixes after it, alone. So at a
boundary a new machine begins, in the one initial mode, and reads again from there. This is what lets a late
position rebuild no more than it touches, with the same result as if it had come in time.

A machine is first `undecided`: staying within a stop's radius for three minutes makes it a `stop`, leaving makes
it a `trip`. A trip runs a stay detector of its own, the candidate; metres in a candidate are told only when it is
abandoned or where the stop turns out to begin, so that the distance of what is parked does not grow.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from hyway.domain.tracking.days.meter import ACTIVITIES, Fix, Mark, Meter, is_coarse
from hyway.domain.tracking.days.stay import CLOSE, RADIUS, Stay
from hyway.kernel.clock import MINUTE, SECOND, Instant

STAY = 180 * SECOND
"""A stop lasts this long at least; a traffic light does not."""
SETTLE = 120 * SECOND
"""The centre of a possible stop is where its first two minutes were. A shorter time holds too much of the way in;
with a longer one a slow walker drags the centre along."""
SILENCE = 10 * MINUTE
"""Without a fix for longer, and elsewhere after it: nobody knows what lies between."""
DRIFT = 0.15
"""Metres a second: who only went away from where the stop would begin, but slower than this, did not walk."""
STROLL = 1.0
"""Metres a second: who kept this up over 10 s and 20 m, then fell silent, was under way."""

_ALL_ACTIVITIES = ("unknown", "stationary", *ACTIVITIES)

Kind = Literal["trip", "stop", "void"]
Mode = Literal["undecided", "stop", "trip"]
Since = Callable[[Instant], Iterable[Fix]]
"""The stored fixes at or after an instant, ordered by (at, lat, lon)."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a user's way. While it lasts `ended` is None; two neighbours share the fix between them.

    `decided_at` is the time of the fix that decided where it BEGAN: a later fix cannot change that. `lat` and
    `lon` are the centre of a stop. `distance` is in metres, `activities` seconds and metres by name, of trips.
    """

    kind: Kind
    began: Fix
    ended: Fix | None
    last: Fix
    decided_at: Instant
    lat: float | None
    lon: float | None
    distance: float
    fixes: int
    activities: dict[str, tuple[float, float]]


class Turn(NamedTuple):
    """A boundary: what was closed by it, and the fix at which the next machine begins."""

    closed: tuple[Stretch, ...]
    at: Fix


class Machine:
    """The open stretch: begun at a boundary, fed with the fixes after it in order until it finds the next.

    After a Turn it is spent: begin a new one at `Turn.at` and feed it the stored fixes after that one.
    `decided_at` is the time of the newest fix that had a part in where this machine began.
    """

    __slots__ = ("_away", "_check_at", "_held", "_kept", "_kept_fixes", "_meter", "_stay", "_sure", "began",
                 "decided_at", "last", "mode")  # fmt: skip

    def __init__(self, began: Fix, decided_at: Instant | None = None) -> None:
        mark = Mark(began)
        self.mode: Mode = "undecided"
        self.began = self.last = began
        self.decided_at = began.at if decided_at is None else decided_at
        self._stay = Stay(mark)
        self._held: Mark | None = None  # the first fix outside; the next one tells whether to believe it
        self._meter = Meter(began)
        self._sure: Meter | None = None  # of a trip: the meter where the candidate began
        self._kept = began  # where a stop will have ended: the last close fix from which it was not left
        self._kept_fixes = 1
        self._away = 0.0  # of the last fix inside, from the centre
        self._check_at = began.at + STAY

    def feed(self, fix: Fix, since: Since) -> Turn | None:
        """One more fix, after the last one. `since` is asked only where a trip may have become a stop."""
        accuracy = fix.accuracy
        if accuracy is not None and is_coarse(fix):
            return None
        mark = Mark(fix)
        if fix.at - self.last.at > SILENCE and self._is_lost(mark):
            return self._silence(fix)
        self.last = fix
        away = self._stay.away(mark)
        if away > RADIUS and not self._stay.holds(fix, away):
            return self._outside(mark)
        if self._held is not None:
            self._count(self._held)
            self._held = None
        self._count(mark)
        self._stay.add(mark)
        if self.mode == "trip":
            if fix.at - self._stay.first.fix.at <= SETTLE:
                self._stay.recentre()
            return self._settle(mark, since) if fix.at >= self._check_at else None
        self._inside(fix, away)
        return None

    def _count(self, mark: Mark) -> None:
        if self.mode == "stop":
            self._meter.fixes += 1  # what is parked has no metres
        else:
            self._meter.take(mark)

    def _inside(self, fix: Fix, away: float) -> None:
        stay = self._stay
        if self.mode == "stop" or fix.at - stay.first.fix.at <= SETTLE:
            stay.recentre()
        # A way out is a run of growing distances: the stop ends where the last such run begins.
        if away <= self._away and fix.at > self.began.at and away <= stay.close():
            self._kept, self._kept_fixes = fix, self._meter.fixes
        self._away = away
        if self.mode == "undecided" and fix.at >= self._check_at:
            if self._kept is self.began and away > max(CLOSE, DRIFT * (fix.at - self.began.at) / SECOND):
                return  # it has been leaving, slowly, all the time
            self.mode = "stop"
            stay.recentre()
            if self._kept is self.began:
                self._kept, self._kept_fixes = fix, self._meter.fixes

    def _outside(self, mark: Mark) -> Turn | None:
        """Two fixes in a row, not of one instant, make it true: a single one is a jump of the receiver."""
        held = self._held
        if held is None or held.fix.at == mark.fix.at:
            self._held = held or mark
            return None
        if self.mode == "stop":
            return Turn((self._stop(self._kept, self._kept_fixes),), self._kept)
        self.mode = "trip"
        self._held = None
        self._meter.take(held)
        self._begin_candidate(held)
        if not self._stay.holds(mark.fix, self._stay.away(mark)):
            self._held = mark
        else:
            self._meter.take(mark)
            self._stay.add(mark)
            if mark.fix.at - held.fix.at <= SETTLE:
                self._stay.recentre()
        return None

    def _begin_candidate(self, mark: Mark) -> None:
        """A stop may have begun at this fix, which the meter has had."""
        self._sure = self._meter.copy()
        self._stay = Stay(mark)
        self._check_at = mark.fix.at + STAY

    def _settle(self, mark: Mark, since: Since) -> Turn | None:
        """The candidate lasted: find where the stop began, and see whether it is one when begun there."""
        self._stay.recentre()
        arrived, meter = self._arrival(mark.fix, since)
        probe = Machine(arrived.fix)
        for each in _between(arrived.fix, mark.fix, since):
            if each != arrived.fix and probe.feed(each, since):
                break
        if probe.mode == "stop":
            return Turn((self._trip(arrived.fix, meter),), arrived.fix)
        if probe.mode == "trip":
            self._begin_candidate(mark)
        else:
            self._check_at = max(arrived.fix.at + STAY, mark.fix.at + SECOND)
        return None

    def _arrival(self, last: Fix, since: Since) -> tuple[Mark, Meter]:
        """The first close fix of the candidate, followed for as long as it came closer; the meter there."""
        assert self._sure is not None  # noqa: S101
        stay, meter = self._stay, self._sure.copy()
        close = stay.close()
        found: Mark | None = None
        before: Mark | None = None
        best = 0.0
        for fix in _between(stay.first.fix, last, since):
            mark = Mark(fix)
            away = stay.away(mark)
            if found is None and before is not None and fix.at - before.fix.at >= STAY:
                return before, meter  # nothing was heard of it for as long as a stop lasts
            if found is not None and away >= best:
                break
            before = mark if fix.at > self.began.at else None
            if fix[:3] != stay.first.fix[:3]:
                meter.take(mark)
            if fix.at > self.began.at and (away <= close or fix[:3] == last[:3]):
                found, best = mark, away
        assert found is not None  # noqa: S101
        return found, meter

    def _is_lost(self, mark: Mark) -> bool:
        """Whether a fix after a long silence is elsewhere: far from where it was last, and from the stay. The first
        is what the machine that begins at the silence would find, too."""
        there = Stay(Mark(self.last))
        if there.holds(mark.fix, there.away(mark)):
            return False
        return not self._stay.holds(mark.fix, self._stay.away(mark))

    def _silence(self, fix: Fix) -> Turn:
        last = self.last
        if last.at == self.began.at:  # nothing before the silence but its own beginning
            return Turn((_void(self.began, fix, self.decided_at),), fix)
        void = _void(last, fix, max(fix.at, self.decided_at))
        if self._held is not None:
            self._count(self._held)
        if self.mode == "stop" or (self.mode == "undecided" and not self._strolled()):
            return Turn((self._stop(last, self._meter.fixes), void), fix)
        return Turn((self._trip(last, self._meter), void), fix)

    def _strolled(self) -> bool:
        seconds = (self.last.at - self.began.at) / SECOND
        apart = Stay(Mark(self.began)).away(Mark(self.last))
        return seconds >= 10 and apart >= 20 and apart >= STROLL * seconds

    def _stop(self, ended: Fix | None, fixes: int) -> Stretch:
        lat, lon = self._stay.centre()
        last = ended or self.last
        return Stretch("stop", self.began, ended, last, self.decided_at, lat, lon, 0.0, fixes, {})

    def _trip(self, ended: Fix | None, meter: Meter) -> Stretch:
        meter = meter.copy()
        if ended is not None:
            meter.finish(ended)
        last, way, did = ended or self.last, meter.metres(), meter.activities()
        return Stretch("trip", self.began, ended, last, self.decided_at, None, None, way, meter.fixes, did)

    def live(self) -> Stretch:
        """The open stretch as it is known now; what is undecided is shown as a stop."""
        if self.mode == "trip" and self._sure is not None:
            return self._trip(None, self._sure)
        return self._stop(None, self._meter.fixes)

    def to_json(self) -> str:
        """The whole state, about 0.5 KB; `from_json` gives the same machine back."""
        places: dict[Fix, int] = {}

        def place(mark: Mark) -> int:
            return places.setdefault(mark.fix, len(places))

        marks = [place(Mark(fix)) for fix in (self.began, self.last, self._kept)]
        parts = [
            self._stay.to_json(place),
            self._meter.to_json(place),
            self._sure and self._sure.to_json(place),
        ]
        held = -1 if self._held is None else place(self._held)
        rest = [self.mode, self.decided_at, self._kept_fixes, self._away, self._check_at]
        return json.dumps([list(map(_packed, places)), marks, held, rest, parts], separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Machine":
        fixes, (began, last, kept), held, rest, (stay, meter, sure) = json.loads(text)
        marks = [Mark(_unpacked(fix)) for fix in fixes]
        machine = cls(marks[began].fix)
        machine.mode, machine.decided_at, machine._kept_fixes, machine._away, machine._check_at = rest
        machine.last, machine._kept = marks[last].fix, marks[kept].fix
        machine._held = None if held < 0 else marks[held]
        machine._stay = Stay.from_json(stay, marks)
        machine._meter = Meter.from_json(meter, marks)
        machine._sure = Meter.from_json(sure, marks) if sure else None
        return machine


def _void(began: Fix, ended: Fix, decided_at: Instant) -> Stretch:
    return Stretch("void", began, ended, ended, decided_at, None, None, 0.0, 2, {})


def _between(first: Fix, last: Fix, since: Since) -> Iterable[Fix]:
    """The stored fixes that count from one to another, both included."""
    start, end = first[:3], last[:3]
    for fix in since(first.at):
        if fix[:3] > end:
            return
        if fix[:3] >= start and not is_coarse(fix):
            yield fix


def _packed(fix: Fix) -> list[Any]:
    return [*fix[:5], _ALL_ACTIVITIES.index(fix.activity)]


def _unpacked(data: list[Any]) -> Fix:
    at, lat, lon, accuracy, speed, activity = data
    return Fix(at, lat, lon, accuracy, speed, _ALL_ACTIVITIES[activity])
