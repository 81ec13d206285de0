"""Actions in the mass, for a dashboard: how many are how, what was done on each day, where much is done."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import h3  # type: ignore[import-untyped]

from hyway.domain.identity import Caller
from hyway.domain.tracking import accounts
from hyway.domain.tracking.days.placeline import YEARS
from hyway.domain.tracking.listing import Wanted
from hyway.domain.tracking.people import groups
from hyway.domain.tracking.records import Spot
from hyway.domain.tracking.store import reports as store
from hyway.domain.tracking.work.lifecycle import FLAGS
from hyway.domain.tracking.work.wishes import Day, Heat, Summary, Turns
from hyway.kernel import clock
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read
from hyway.kernel.faults import Invalid

FINEST: Final = 12
"""Of h3's resolutions: cells of some ten metres."""
MOST_DAYS: Final = 366
_DAYS: Final = 30
_RESOLUTION: Final = 8
_MOST_SPOTS: Final = 100_000
_STATUSES: Final = ("created", "assigned", "started", "completed", "canceled", "suspended")
_TURNS: Final = Turns._fields


def summary(r: Read, by: Caller, wanted: Wanted) -> Summary:
    """Of the actions that a list with the same filters would have."""
    account = accounts.of(r, by)
    rows = store.counts(r, account.seq, wanted, groups.seen_by(r, by))
    by_type: Counter[str] = Counter()
    by_status = Counter(dict.fromkeys(_STATUSES, 0))
    for row in rows:
        by_status[row.status] += row.many
        by_type[row.type] += row.many
    timed = sum(row.timed for row in rows)
    return Summary(
        total=by_status.total(),
        by_status=dict(by_status),
        by_type=dict(sorted(by_type.items())),
        by_flag={flag: sum(row.flags[at] for row in rows) for at, flag in enumerate(FLAGS)},
        on_time=sum(row.on_time for row in rows) / timed if timed else None,
        distance=round(sum(row.distance for row in rows), 2),
        duration=round(sum(row.duration for row in rows), 3),
    )


def days(
    r: Read, by: Caller, wanted: Wanted, first: date | None = None, last: date | None = None
) -> list[Day]:
    """What became of actions on each day of the account's time zone, both included; the last 30 by default."""
    account = accounts.of(r, by)
    zone = ZoneInfo(account.timezone)
    _check_years(min_date=first, max_date=last)
    last = last or (
        first + timedelta(_DAYS - 1) if first else clock.moment(clock.now()).astimezone(zone).date()
    )
    first = first or last - timedelta(_DAYS - 1)
    if first > last:
        raise Invalid("min_date", "Must not be later than max_date.")
    if (last - first).days >= MOST_DAYS:
        raise Invalid("max_date", "Must be at most {most} days after min_date.", most=MOST_DAYS - 1)
    seen = groups.seen_by(r, by)
    between = _midnight(first, zone), _midnight(last + timedelta(1), zone)
    many: defaultdict[str, Counter[date]] = defaultdict(Counter)
    far: defaultdict[date, float] = defaultdict(float)
    long: defaultdict[date, float] = defaultdict(float)
    for turn in _TURNS:
        for quarter in store.quarters(r, account.seq, wanted, seen, f"{turn}_at", *between):
            day = clock.moment(quarter.number * store.QUARTER).astimezone(zone).date()
            many[turn][day] += quarter.many
            if turn == "completed":
                far[day] += quarter.distance
                long[day] += quarter.duration
    dates = [first + timedelta(at) for at in range((last - first).days + 1)]
    return [Day(day.isoformat(), _turns(many, day), round(far[day], 2), round(long[day], 3)) for day in dates]


def _check_years(**named: date | None) -> None:
    for name, day in named.items():
        if day is not None and day.year not in YEARS:
            raise Invalid(name, "Ensure this date is of the years {first} to {last}.", first=1900, last=8999)


def _turns(many: Mapping[str, Counter[date]], day: date) -> Turns:
    return Turns(**{turn: many[turn][day] for turn in _TURNS})


def _midnight(day: date, zone: ZoneInfo) -> Instant:
    return clock.instant(datetime(day.year, day.month, day.day, tzinfo=zone))


def heat(r: Read, by: Caller, wanted: Wanted, resolution: int | None = None) -> list[Heat]:
    """The cells in which actions were completed, the fullest first; of the last hundred thousand."""
    fine = _RESOLUTION if resolution is None else resolution
    if not 0 <= fine <= FINEST:
        raise Invalid("resolution", "Must be from 0 to {most}.", most=FINEST)
    account = accounts.of(r, by)
    spots = store.completed_at(r, account.seq, wanted, groups.seen_by(r, by), _MOST_SPOTS)
    cells = Counter(h3.latlng_to_cell(spot.lat, spot.lon, fine) for spot in spots)
    ordered = sorted(cells.items(), key=lambda each: (-each[1], each[0]))
    return [Heat(cell, Spot(*h3.cell_to_latlng(cell)), many) for cell, many in ordered]
