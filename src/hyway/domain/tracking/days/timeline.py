"""Keeps a user's stored stretches right when positions come late, twice or out of order."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from hyway.domain.tracking.days.meter import Fix, is_coarse
from hyway.domain.tracking.days.segmenting import Machine, Stretch
from hyway.kernel.clock import DAY, Instant

EARLIEST: Instant = -(1 << 62)
"""Before every fix: `Source.since(EARLIEST)` gives all of them."""

_OLDEST: Instant = 7_305 * DAY  # 1990: before the first receivers that a person could carry
_NEWEST: Instant = 47_482 * DAY  # 2100

_Key = tuple[Instant, float, float]


class Start(NamedTuple):
    """Where a stored stretch began, and by the time of which fix that was decided."""

    began: Fix
    decided_at: Instant


class Source(Protocol):
    """One user's stored fixes and stretches. The fixes include the new ones, each once, in (at, lat, lon) order."""

    def since(self, at: Instant) -> Iterable[Fix]:
        """The fixes at or after an instant; read as far as needed, so best read in pages."""

    def decided_before(self, at: Instant) -> Start | None:
        """The stored stretch that began last of those whose `decided_at` is before an instant."""

    def beginning(self, at: Instant) -> Start | None:
        """The stored stretch that began at exactly this instant."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What to store: first delete the stretches that began from `drop_from` on and before `drop_before` (None is
    no end; nothing is deleted when `drop_from` is None), then add `closed`, then keep `machine`."""

    drop_from: Instant | None
    drop_before: Instant | None
    closed: tuple[Stretch, ...]
    machine: Machine | None


def follow(source: Source, machine: Machine | None, new: Iterable[Fix]) -> Outcome:
    """Take new fixes, exactly as they are stored, into account.

    `machine` is the one that the Outcome before gave; it is used up. Fixes after its last are read on. For an
    earlier one the stretches are built anew, from the last one whose beginning it cannot have changed until a
    stored boundary after the latest of them turns up again: what lies behind it stays.
    """
    fixes = sorted((fix for fix in new if not is_coarse(fix)), key=_key)
    if not fixes:
        return Outcome(None, None, (), machine)
    if machine is None:
        return _rebuild(source, None, None, fixes[-1])
    late = [fix for fix in fixes if _key(fix) <= _key(machine.last)]
    if not late:
        return Outcome(None, None, *_read(source, machine, iter(fixes)))
    if machine.decided_at < late[0].at:
        mine = Start(machine.began, machine.decided_at)
        again = Machine(*mine)
        return Outcome(None, None, *_read(source, again, _after(source, again.began)))
    outcome = _rebuild(source, machine, source.decided_before(late[0].at), late[-1])
    if outcome.machine is not machine or len(late) == len(fixes):
        return outcome
    closed, read_on = _read(source, machine, iter(fixes[len(late) :]))
    return Outcome(outcome.drop_from, outcome.drop_before, outcome.closed + closed, read_on)


def _rebuild(source: Source, machine: Machine | None, start: Start | None, latest: Fix) -> Outcome:
    """Build anew from `start`, or from the very first fix, up to the first boundary that is stored as it is."""
    first = start.began if start else next(fix for fix in source.since(EARLIEST) if not is_coarse(fix))
    drop_from = None if machine is None else start.began.at if start else EARLIEST
    again = Machine(first, start.decided_at if start else None)

    def is_known(at: Fix, decided_at: Instant) -> bool:
        if machine is None or _key(at) <= _key(latest):
            return False
        known = source.beginning(at.at)
        if known is None and machine.began.at == at.at:
            known = Start(machine.began, machine.decided_at)
        return known is not None and _key(known.began) == _key(at) and known.decided_at == decided_at

    closed, read = _read(source, again, _after(source, first), is_known)
    if machine is not None and read.last is read.began and is_known(read.began, read.decided_at):
        return Outcome(drop_from, read.began.at, closed, machine)
    return Outcome(drop_from, None, closed, read)


def _read(
    source: Source,
    machine: Machine,
    fixes: Iterator[Fix],
    is_known: Callable[[Fix, Instant], bool] | None = None,
) -> tuple[tuple[Stretch, ...], Machine]:
    """The stretches closed and the machine left over, at the end of the fixes or at a known boundary."""
    closed: list[Stretch] = []
    while True:
        turn = None
        for fix in fixes:
            turn = machine.feed(fix, source.since)
            if turn:
                break
        if not turn:
            return tuple(closed), machine
        closed.extend(turn.closed)
        machine = Machine(turn.at, max(fix.at, machine.decided_at))
        if is_known and is_known(machine.began, machine.decided_at):
            return tuple(closed), machine
        if turn.at is not fix:
            fixes = _after(source, turn.at)


def _after(source: Source, fix: Fix) -> Iterator[Fix]:
    """The stored fixes after one."""
    return (each for each in source.since(fix.at) if _key(each) > _key(fix))


def _key(fix: Fix) -> _Key:
    return fix[:3]


def plausible_times(fixes: Sequence[Fix]) -> bool:
    """Whether the times of a recorded track can be believed: each of this age, and not all but the same.

    Some devices write one constant time, or the least that their clock can hold (1901), into every point.
    """
    times = {fix.at for fix in fixes}
    if any(not _OLDEST <= at < _NEWEST for at in times):
        return False
    return len(fixes) < 2 or len(times) > max(1, len(fixes) // 20)
