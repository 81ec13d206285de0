"""A user's day: where he was, what he did, what happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from hyway.domain.identity import Caller
from hyway.domain.tracking import accounts
from hyway.domain.tracking.days import mileage, trips
from hyway.domain.tracking.days.mileage import Mileage
from hyway.domain.tracking.people import users
from hyway.domain.tracking.records import Account, Action, Event, Segment, User
from hyway.domain.tracking.store import events, segments
from hyway.domain.tracking.store import placelines as store
from hyway.domain.tracking.work import actions
from hyway.kernel import clock
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read
from hyway.kernel.faults import Invalid

MOST_EVENTS: Final = 2_000
MOST_ACTIONS: Final = 500
YEARS = range(1900, 9000)


class Day(NamedTuple):
    """A date of somebody's calendar, and when it begins and ends: 23, 24 or 25 hours later as a rule."""

    date: date
    start: Instant
    end: Instant


@dataclass(frozen=True, slots=True)
class Placeline:
    """Segments are whole: one that runs into the day, or out of it, is in both days, the same."""

    account: Account
    user: User
    day: Day
    segments: Sequence[Segment]
    actions: Sequence[Action]
    events: Sequence[Event]


@dataclass(frozen=True, slots=True)
class Travelled:
    """What a user travelled between two instants."""

    user: User
    start: Instant
    end: Instant
    way: Mileage


def of_day(r: Read, by: Caller, id: str, on: date | None = None) -> Placeline:
    """The user's day; today where none is named. It begins and ends where the user is.

    The zone is the one that the user's device told last, else the account's. Segments that have a part in the day
    are shown whole, the one that lasts still as it is now.
    """
    account = accounts.of(r, by)
    user = users.of_account(r, by, account, id)
    day = day_of(account, user, on)
    span = account.seq, user.seq, day.start, day.end
    work = actions.by_ids(r, account, store.actions_in(r, *span, MOST_ACTIONS))
    return Placeline(
        account,
        user,
        day,
        segments_in(r, account, user, day.start, day.end),
        sorted(work, key=lambda action: (action.assigned_at or 0, action.seq)),
        events.of_user(r, *span, MOST_EVENTS),
    )


def segments_in(r: Read, account: Account, user: User, start: Instant, end: Instant) -> list[Segment]:
    """The user's segments that have a part in [start, end), the open one among them."""
    found = segments.touching(r, account.seq, user.seq, start, end)
    last = trips.live(r, account, user.seq)
    if last is not None and last.began_at < end and _until(last) >= start:
        found.append(last)
    return found


def _until(lasting: Segment) -> Instant:
    """Who stands is taken to stand there still; how far a trip goes on is not known."""
    if lasting.kind == "trip":
        return lasting.began_at + round(lasting.duration * clock.SECOND)
    return max(clock.now(), lasting.began_at)


def mileage_of_day(r: Read, by: Caller, id: str, on: date | None = None) -> Travelled:
    """What the user travelled on a day; today where none is named."""
    account = accounts.of(r, by)
    user = users.of_account(r, by, account, id)
    day = day_of(account, user, on)
    return _travelled(r, account, user, day.start, day.end)


def mileage_between(
    r: Read, by: Caller, id: str, start: Instant | None = None, end: Instant | None = None
) -> Travelled:
    """What the user travelled from `start`, else from when he was made, until `end`, else until now."""
    account = accounts.of(r, by)
    user = users.of_account(r, by, account, id)
    until = clock.now() if end is None else end
    since = min(user.created_at, until) if start is None else start
    if until < since:
        raise Invalid("max_recorded_at", "Ensure this value is not before min_recorded_at.")
    return _travelled(r, account, user, since, until)


def _travelled(r: Read, account: Account, user: User, start: Instant, end: Instant) -> Travelled:
    return Travelled(user, start, end, mileage.between(r, account, user.seq, start, end))


def zone_of(account: Account, user: User) -> ZoneInfo:
    """The user's time zone; a name that nobody knows counts as none."""
    for name in (user.timezone, account.timezone):
        try:
            if name:
                return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue  # OSError: a name that is a folder of the zone database
    return ZoneInfo("UTC")


def day_of(account: Account, user: User, on: date | None) -> Day:
    """The user's day of that date; today's where none is named. Invalid for years that no clock of ours has."""
    zone = zone_of(account, user)
    chosen = on or clock.moment(clock.now()).astimezone(zone).date()
    if chosen.year not in YEARS:
        raise Invalid("date", "Ensure this date is of the years {first} to {last}.", first=1900, last=8999)
    return Day(chosen, _midnight(chosen, zone), _midnight(chosen + timedelta(days=1), zone))


def _midnight(on: date, zone: ZoneInfo) -> Instant:
    """When the date begins: where clocks skip midnight, or strike it twice, the later reading is the first instant
    from which on all of the day is this date."""
    local = datetime.combine(on, time(), zone)
    return max(clock.instant(local.replace(fold=fold).astimezone(UTC)) for fold in (0, 1))
