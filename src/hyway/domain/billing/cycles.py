"""Months that are billed: each begins on the day of the month on which the account was made."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from hyway.domain.billing.records import Days
from hyway.kernel.clock import DAY, Instant

_FIRST = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Cycle:
    """One month of an account, the `number`th; `remaining` are the days that are left of it, today among them."""

    number: int
    days: Days
    remaining: int

    @property
    def total(self) -> int:
        return self.days.end - self.days.first

    @property
    def starts_at(self) -> Instant:
        return self.days.first * DAY

    @property
    def ends_at(self) -> Instant:
        """The next one's first instant."""
        return self.days.end * DAY

    @property
    def is_over(self) -> bool:
        return self.remaining == 0


def day(at: Instant) -> int:
    """Days since 1970-01-01 in UTC."""
    return at // DAY


def starts_at(day: int) -> Instant:
    """Its first instant."""
    return day * DAY


def running(opened: Instant, now: Instant) -> Cycle:
    """The cycle that today is in, of an account opened then."""
    since, today = _date(day(opened)), _date(day(max(now, opened)))
    months = (today.year - since.year) * 12 + today.month - since.month
    return _cycle(since, months + (_months_after(since, months) <= today), day(now))


def numbered(opened: Instant, number: int, now: Instant) -> Cycle | None:
    """The cycle of that number, counted from 1; None where it has not begun."""
    latest = running(opened, now)
    if not 1 <= number <= latest.number:
        return None
    return _cycle(_date(day(opened)), number, day(now))


def _cycle(since: date, number: int, today: int) -> Cycle:
    first, end = _day(_months_after(since, number - 1)), _day(_months_after(since, number))
    return Cycle(number, Days(first, end), min(max(0, end - today), end - first))


def _months_after(since: date, months: int) -> date:
    """So many months later, on the same day of the month or the last one of a month that is shorter."""
    years, month = divmod(since.year * 12 + since.month - 1 + months, 12)
    return date(years, month + 1, min(since.day, monthrange(years, month + 1)[1]))


def _date(number: int) -> date:
    return date.fromordinal(number + _FIRST)


def _day(of: date) -> int:
    return of.toordinal() - _FIRST
