"""Statements about what was counted."""

import random
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import bindparam, func, select

from hyway.domain.billing.records import Days
from hyway.domain.billing.store.tables import ACTIVE_MEMBERS, METERS, SEATS
from hyway.kernel.db import Read, Write
from hyway.kernel.sql import Prepared, insert

SLOTS = 8
_M, _A, _S = METERS.c, ACTIVE_MEMBERS.c, SEATS.c
_COUNTED = ["organization", "meter", "day", "slot", "count"]


def _adding(engine: str) -> Prepared:
    line = insert(METERS, engine).values({name: bindparam(name) for name in _COUNTED})
    more = {"count": _M.count + line.excluded.count}
    return Prepared(line.on_conflict_do_update(index_elements=_COUNTED[:-1], set_=more), _COUNTED)


def _seeing(engine: str) -> Prepared:
    names = ["organization", "day", "member"]
    line = insert(ACTIVE_MEMBERS, engine).values({name: bindparam(name) for name in names})
    return Prepared(line.on_conflict_do_nothing(index_elements=names), names)


_ENGINES = ("sqlite", "postgresql")
_ADD = {engine: _adding(engine) for engine in _ENGINES}
_SEE = {engine: _seeing(engine) for engine in _ENGINES}


def add(w: Write, counts: Mapping[tuple[int, str, int], int]) -> None:
    """Counts by organization, meter and day.

    In the same order by everybody, so that no two wait for each other; SQLite has one writer and needs no slots.
    """
    slot = random.randrange(SLOTS) if w.engine == "postgresql" else 0  # noqa: S311
    rows = [(*key[:3], slot, counts[key]) for key in sorted(counts)]
    w.many(_ADD[w.engine], rows)


def see(w: Write, seen: Iterable[tuple[int, int, str]]) -> None:
    """Organization, day and the member who did something."""
    w.many(_SEE[w.engine], sorted(seen))


def take_seats(w: Write, organization: int, day: int, taken: int) -> None:
    line = insert(SEATS, w.engine).values(organization=organization, day=day, taken=taken)
    w.run(
        line.on_conflict_do_update(
            index_elements=["organization", "day"], set_={"taken": line.excluded.taken}
        )
    )


def totals(r: Read, organizations: Sequence[int], days: Days) -> dict[tuple[int, str], int]:
    """What was counted in those days, by organization and meter."""
    found = (
        select(_M.organization, _M.meter, func.sum(_M.count).label("total"))
        .where(_M.organization.in_(organizations), _M.day >= days.first, _M.day < days.end)
        .group_by(_M.organization, _M.meter)
    )
    return {(row.organization, row.meter): int(row.total) for row in r.run(found)}


def by_day(r: Read, organizations: Sequence[int], days: Days) -> dict[tuple[str, int], int]:
    """What was counted of all of them together, by meter and day."""
    found = (
        select(_M.meter, _M.day, func.sum(_M.count).label("total"))
        .where(_M.organization.in_(organizations), _M.day >= days.first, _M.day < days.end)
        .group_by(_M.meter, _M.day)
    )
    return {(row.meter, row.day): int(row.total) for row in r.run(found)}


def daily(r: Read, organization: int, days: Days) -> dict[tuple[str, int], int]:
    """What was counted, by meter and day."""
    found = (
        select(_M.meter, _M.day, func.sum(_M.count).label("total"))
        .where(_M.organization == organization, _M.day >= days.first, _M.day < days.end)
        .group_by(_M.meter, _M.day)
    )
    return {(row.meter, row.day): int(row.total) for row in r.run(found)}


def active(r: Read, organizations: Sequence[int], days: Days) -> dict[int, int]:
    """How many members did something in those days, by organization."""
    found = (
        select(_A.organization, func.count(_A.member.distinct()).label("members"))
        .where(_A.organization.in_(organizations), _A.day >= days.first, _A.day < days.end)
        .group_by(_A.organization)
    )
    return {row.organization: row.members for row in r.run(found)}


def active_on(r: Read, organizations: Sequence[int], days: Sequence[int]) -> int:
    """How many members of any of them did something on one of those days."""
    found = select(func.count(_A.member.distinct())).where(
        _A.organization.in_(organizations), _A.day.in_(days)
    )
    return int(r.run(found).scalar_one())


def daily_active(r: Read, organization: int, days: Days) -> dict[int, int]:
    """The same of one organization, by day."""
    found = (
        select(_A.day, func.count().label("members"))
        .where(_A.organization == organization, _A.day >= days.first, _A.day < days.end)
        .group_by(_A.day)
    )
    return {row.day: row.members for row in r.run(found)}


def seat_changes(r: Read, organizations: Sequence[int], days: Days) -> list[tuple[int, int]]:
    """The first of those days and each on which it changed, with the seats taken by all of them at its end."""
    now = seats(r, organizations, days.first)
    rows = r.run(
        select(SEATS)
        .where(_S.organization.in_(organizations), _S.day >= days.first, _S.day < days.end)
        .order_by(_S.day)
    )
    found = {days.first: sum(now.values())}
    for row in rows:
        now[row.organization] = row.taken
        found[row.day] = sum(now.values())
    return list(found.items())


def seats(r: Read, organizations: Sequence[int], before: int) -> dict[int, int]:
    """How many members there were at the end of the last day before that one, by organization."""
    last = (
        select(_S.organization, func.max(_S.day).label("day"))
        .where(_S.organization.in_(organizations), _S.day < before)
        .group_by(_S.organization)
        .subquery()
    )
    found = select(SEATS).join(last, (_S.organization == last.c.organization) & (_S.day == last.c.day))
    return {row.organization: row.taken for row in r.run(found)}
