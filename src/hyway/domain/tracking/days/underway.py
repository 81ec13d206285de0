"""The way of a trip that is not over: kept in memory, so that each look at it reads only what is new."""

from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock
from typing import Final

from hyway.domain.tracking.days import meter
from hyway.domain.tracking.days.meter import Fix, Mark, Meter, PathPoint
from hyway.domain.tracking.days.segmenting import Machine
from hyway.domain.tracking.earth import polyline
from hyway.domain.tracking.store import positions_read as positions
from hyway.kernel.db import Read

_CHUNK: Final = 64
_MOST_POINTS: Final = 250_000
"""Of all ways together: some 40 MB."""
_Key = tuple[int, float, float]


class _Way:
    """What was read of a trip; the line of a meter changes at its end alone, so the text before it stays."""

    def __init__(self, began: _Key) -> None:
        self.lock = Lock()
        self.began = began
        self.line: list[PathPoint] = []
        self._meter: Meter | None = None
        self._last: Fix | None = None
        self._rows = 0
        self._told: list[PathPoint] = []
        self._texts: list[str] = []

    def reach(self, r: Read, user_seq: int, machine: Machine) -> bool:
        """Reads on to the machine's last position; False if what was read is not what is stored now."""
        last, until = self._last, machine.last[:3]
        if last is not None and last[:3] > until:
            return False
        after = last[:3] if last else self.began
        new = positions.span(r, user_seq, after[0], until[0])
        first = (bisect_right if last else bisect_left)(new, after, key=_key)
        new = new[first : bisect_right(new, until, key=_key)]
        self._rows += len(new)
        if last is not None and self._rows != positions.count(r, user_seq, self.began, until):
            return False
        self._feed([fix for fix in new if not meter.is_coarse(fix)])
        return True

    def _feed(self, fixes: list[Fix]) -> None:
        if not fixes:
            return
        if self._meter is None:
            self._meter = Meter(fixes[0], self.line)
            take = iter(fixes[1:])
        else:
            take = iter(fixes)
        feed = self._meter.take
        for fix in take:
            feed(Mark(fix))
        self._last = fixes[-1]

    def points(self) -> list[PathPoint]:
        """What the meter counted, and where the user is."""
        if self._last is None:
            return []
        here = (self._last.lat, self._last.lon, self._last.at)
        return self.line if self.line[-1] == here else [*self.line, here]

    def text(self) -> str:
        same = _common(self._told, self.line) // _CHUNK
        del self._texts[same:]
        for at in range(same * _CHUNK, len(self.line), _CHUNK):
            before = self.line[at - 1] if at else None
            self._texts.append(polyline.extend_timed("", self.line[at : at + _CHUNK], before))
        self._told[same * _CHUNK :] = self.line[same * _CHUNK :]
        end = self.points()[len(self.line) :]
        return "".join(self._texts) + polyline.extend_timed("", end, self.line[-1] if self.line else None)


def _key(fix: Fix) -> _Key:
    return fix[:3]


def _common(one: Sequence[PathPoint], other: Sequence[PathPoint]) -> int:
    """How many points both begin with: they are the same objects up to where they part."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high) // 2
        if one[middle] is other[middle]:
            low = middle + 1
        else:
            high = middle
    return low


_ways: OrderedDict[tuple[int, str], _Way] = OrderedDict()
_lock = Lock()


def path(r: Read, user_seq: int, segment_id: str, machine: Machine) -> tuple[list[PathPoint], str]:
    """The points of the open trip and their time-aware polyline, as far as the machine has read."""
    began = machine.began[:3]
    way = _kept(user_seq, segment_id)
    if way is not None and way.began == began:
        with way.lock:
            if way.reach(r, user_seq, machine):
                return list(way.points()), way.text()
    way = _Way(began)
    way.reach(r, user_seq, machine)
    found = list(way.points()), way.text()
    _keep(user_seq, segment_id, way)
    return found


def _kept(user_seq: int, segment_id: str) -> _Way | None:
    with _lock:
        way = _ways.get((user_seq, segment_id))
        if way is not None:
            _ways.move_to_end((user_seq, segment_id))
        return way


def _keep(user_seq: int, segment_id: str, way: _Way) -> None:
    with _lock:
        _ways[user_seq, segment_id] = way
        _ways.move_to_end((user_seq, segment_id))
        points = sum(len(each.line) for each in _ways.values())
        while points > _MOST_POINTS and len(_ways) > 1:
            points -= len(_ways.popitem(last=False)[1].line)
