"""Random months of accounts: plans that change, pauses, usage, codes and tax, beside a book that is kept by hand.

`HYWAY_INVOICED_MONTHS` says how many accounts are tried; `python -m bench metering` tries 10,000.
"""

import itertools
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hyway.domain import billing, identity
from hyway.domain.billing import (
    Account,
    Cycle,
    Invoice,
    Meter,
    accounts,
    closing,
    invoices,
    price_list,
    rules,
    subscriptions,
)
from hyway.domain.billing import plans as price
from hyway.domain.billing import promos as codes
from hyway.domain.billing.store import meters as store
from hyway.domain.identity import Caller
from hyway.kernel import clock
from hyway.kernel.clock import DAY, HOUR, Instant
from hyway.kernel.db import Database, Write
from tests.make.people import somebody

EXAMPLES = int(os.environ.get("HYWAY_INVOICED_MONTHS", "40"))
NOON = 1_800_000_000_000_000
CODES = {"TENTH": (1_000, 0, 1), "FIVE": (0, 500, None), "MOST": (9_000, 0, 2)}
"""Hundredths of a percent, cents, and for how many cycles."""
TERMS = price_list.numbers("""
[pro]
base = 29.00
rates."toggle.evaluations" = { included = 1_000_000, price = 0.00001 }
rates."net_info.requests" = { included = 50_000, price = 0.0002 }
rates."seat.total" = { included = 3, price = 7.99 }
rates."user.active" = { included = 1, price = 2.5 }
[business]
base = 199.00
rates."toggle.evaluations" = { included = 20_000_000, price = 0.000005 }
rates."seat.total" = { price = 12 }
[free]
rates."user.active" = { included = 4, price = 1.000001 }
""")
PRICES = price.prices(TERMS)
Step = tuple[str, Any]

plans = st.sampled_from(["free", "pro", "business"])
steps: st.SearchStrategy[list[Step]] = st.lists(
    st.one_of(
        st.tuples(st.just("pass_"), st.integers(0, 12 * DAY)),
        st.tuples(st.just("pass_"), st.integers(1, 3).map(lambda days: days * DAY)),
        st.tuples(st.just("choose"), plans),
        st.tuples(st.just("choose"), plans),
        st.tuples(st.just("move"), st.sampled_from(["Paused", "Active", "Canceled"])),
        st.tuples(
            st.just("count"),
            st.tuples(st.integers(0, 1), st.sampled_from(billing.METERS), st.integers(0, 60_000_000)),
        ),
        st.tuples(st.just("sit"), st.tuples(st.integers(0, 1), st.integers(0, 12))),
        st.tuples(st.just("act"), st.tuples(st.integers(0, 1), st.integers(0, 5))),
        st.tuples(st.just("enter"), st.lists(st.sampled_from(sorted(CODES)), unique=True)),
        st.tuples(st.just("tax"), st.integers(0, 3_000)),
    ),
    max_size=25,
)


@dataclass
class Time:
    now: Instant = NOON

    def __call__(self) -> Instant:
        return self.now


@dataclass
class Entry:
    """From then on this plan."""

    at: Instant
    plan: str | None


@dataclass(eq=False)
class Book:
    """What an account does, written down as it happens, and what that costs by school arithmetic."""

    history: list[Entry]
    counted: list[tuple[Entry, Meter, int, int]] = field(default_factory=list)
    seats: list[tuple[int, dict[int, int]]] = field(default_factory=list)
    active: set[tuple[int, str]] = field(default_factory=set)
    entered: list[str] = field(default_factory=list)
    used: Counter[str] = field(default_factory=Counter)
    tax: int = 0

    def put(self, at: Instant, plan: str | None) -> None:
        """Of a plan that was in force for no time its successor has all."""
        last = self.history[-1]
        if last.at == at and last.plan is not None:
            last.plan = plan
        elif last.plan != plan:
            self.history.append(Entry(at, plan))

    def sit(self, day: int, which: int, taken: int) -> None:
        before = self.seats[-1][1] if self.seats else {}
        self.seats.append((day, {**before, which: taken}))

    def sitting(self, day: int) -> int:
        """At the end of the day."""
        known = [sum(taken.values()) for since, taken in self.seats if since <= day]
        return known[-1] if known else 0

    def parts(self, start: Instant, end: Instant) -> list[tuple[str, Instant, Instant]]:
        ends = [each.at for each in self.history[1:]] + [end]
        cut = [
            (each.plan, max(each.at, start), min(until, end))
            for each, until in zip(self.history, ends, strict=True)
        ]
        return [(plan, a, b) for plan, a, b in cut if plan is not None and a < b]

    def base(self, of: Cycle) -> Fraction:
        """Exactly."""
        whole = of.ends_at - of.starts_at
        parts = self.parts(of.starts_at, of.ends_at)
        return sum((Fraction(PRICES[plan].base * (b - a), whole) for plan, a, b in parts), Fraction(0))

    def usage(self, of: Cycle) -> dict[tuple[str, str], int]:
        """Cents by plan and meter."""
        parts, whole = self.parts(of.starts_at, of.ends_at), of.ends_at - of.starts_at
        times: Counter[str] = Counter()
        for plan, a, b in parts:
            times[plan] += b - a
        sums: Counter[tuple[str, Meter]] = Counter()
        for entry, meter, day, count in self.counted:
            if entry.plan is not None and of.days.first <= day < of.days.end:
                sums[entry.plan, meter] += count
        over: dict[tuple[str, str], Fraction] = {}
        for (plan, meter), count in sums.items():
            if count and (rate := PRICES[plan].rates.get(meter)) is not None:
                over[plan, meter] = Fraction(max(0, count - rate.included * times[plan] // whole))
        for plan, time in times.items():
            over |= self.people(
                plan, Fraction(time, whole), [part for part in parts if part[0] == plan], whole
            )
        return {
            key: cents_of(units * PRICES[key[0]].rates[key[1]].micros / 10_000) for key, units in over.items()
        }

    def people(
        self, plan: str, share: Fraction, parts: list[tuple[str, Instant, Instant]], whole: int
    ) -> dict[tuple[str, str], Fraction]:
        """Seats and active members beyond those that the plan includes, in whole cycles."""
        days = {day for _, a, b in parts for day in range(a // DAY, (b - 1) // DAY + 1)}
        sat = sum(
            self.sitting(day) * max(0, min(b, (day + 1) * DAY) - max(a, day * DAY))
            for _, a, b in parts
            for day in days
        )
        active = len({who for day, who in self.active if day in days})
        found: dict[tuple[str, str], Fraction] = {}
        if sat and (rate := PRICES[plan].rates.get("seat.total")):
            found[plan, "seat.total"] = max(Fraction(0), Fraction(sat, whole) - rate.included * share)
        if active and (rate := PRICES[plan].rates.get("user.active")):
            found[plan, "user.active"] = max(0, active - rate.included) * share
        return found

    def discount(self, subtotal: int) -> dict[str, int]:
        left, found = subtotal, dict[str, int]()
        for code in self.entered:
            points, amount, cycles = CODES[code]
            if cycles is None or self.used[code] < cycles:
                found[code] = min(left, cents(Decimal(left * points) / 10_000) + amount)
                left -= found[code]
        return found


def cents_of(exact: Fraction) -> int:
    return int(exact + Fraction(1, 2))


def cents(exact: Decimal) -> int:
    return int(exact.quantize(Decimal(1), ROUND_HALF_UP))


@dataclass
class Months:
    """An account with two organizations, its book, and the clock of both."""

    db: Database
    time: Time
    ann: Caller
    inside: list[Caller]
    account: Account
    book: Book

    def play(self, step: Step) -> None:
        kind, what = step
        getattr(self, kind)(what)

    def pass_(self, by: int) -> None:
        """Time goes by, and every cycle that has ended meanwhile is closed."""
        self.time.now += by
        while self.subscription.closes_at <= self.time.now - HOUR:
            number = self.subscription.cycle
            made = self.db.write_now(closing.close, self.account.seq, self.time.now)
            self.check(billing.cycles.the(self.account.created_at, number, self.time.now), made)

    def choose(self, plan: str) -> None:
        self.db.write_now(subscriptions.choose, self.ann, self.account.id, plan)
        self.book.put(self.time.now, plan)

    def move(self, status: str) -> None:
        before = self.subscription
        if status != before.status and status in rules.ASKED[before.status]:
            self.db.write_now(subscriptions.move, self.ann, self.account.id, status)
            self.book.put(self.time.now, before.plan if status == "Active" else None)

    def count(self, what: tuple[int, Meter, int]) -> None:
        which, meter, count = what
        day = billing.cycles.day(self.time.now)
        self.db.write_now(billing.meters.add, [(self.inside[which].organization, meter, day, count)])
        self.book.counted.append((self.book.history[-1], meter, day, count))

    def sit(self, what: tuple[int, int]) -> None:
        which, taken = what
        day = billing.cycles.day(self.time.now)
        self.db.write_now(store.take_seats, self.inside[which].organization, day, taken)
        self.book.sit(day, which, taken)

    def act(self, what: tuple[int, int]) -> None:
        which, who = what
        day = billing.cycles.day(self.time.now)
        self.db.write_now(store.see, [(self.inside[which].organization, day, f"memb_{which}_{who}")])
        self.book.active.add((day, f"{which} {who}"))

    def enter(self, wanted: list[str]) -> None:
        self.db.write_now(codes.enter, self.account, wanted)
        self.book.entered = wanted

    def tax(self, points: int) -> None:
        self.db.write_now(accounts.tax, self.ann, self.account, points)
        self.book.tax = points

    @property
    def subscription(self) -> billing.Subscription:
        return self.db.read_now(subscriptions.of, self.account)

    def check(self, of: Cycle, made: Invoice | None) -> None:
        """To the cent; and computed anew it is the same."""
        exact, usage = self.book.base(of), self.book.usage(of)
        if made is None:
            assert exact < Fraction(1, 2)
            assert not any(usage.values())
            return
        bases = [line.amount for line in made.lines if line.kind == "plan"]
        assert all(amount >= 0 for amount in bases)
        assert abs(sum(bases) - exact) <= Fraction(1, 2)
        told = {(line.plan, line.name): line.amount for line in made.lines if line.kind == "usage"}
        assert told == usage
        assert made.subtotal == sum(bases) + sum(usage.values())
        off = self.book.discount(made.subtotal)
        assert {line.name: -line.amount for line in made.lines if line.kind == "discount"} == off
        assert made.discount == sum(off.values())
        assert made.tax == cents(Decimal((made.subtotal - made.discount) * self.book.tax) / 10_000)
        assert (
            made.total
            == made.subtotal - made.discount + made.tax
            == sum(x.amount for x in made.lines) + made.tax
        )
        assert (made.period_start, made.period_end) == (of.starts_at, of.ends_at)
        self.book.used.update(code for code, amount in off.items() if amount)
        again = self.db.read_now(invoices.recomputed, made)
        assert (again.lines, again.subtotal, again.tax, again.total) == (
            made.lines, made.subtotal, made.tax, made.total,
        )  # fmt: skip


@pytest.fixture
def begin(db: Database, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Months]:
    """Another account each time, all from the same noon on."""
    time, numbers = Time(), itertools.count()
    monkeypatch.setattr(clock, "now", time)
    db.house = db.house._replace(terms=TERMS)
    ann = somebody(db, "Ann")
    for code, (points, amount, cycles) in CODES.items():
        db.write_now(_code, code, points, amount, cycles)

    def another() -> Months:
        time.now = NOON
        account, inside = _founded(db, ann, next(numbers))
        first = billing.cycles.starts_at(billing.cycles.day(NOON))
        return Months(db, time, ann, inside, account, Book([Entry(first, identity.DEFAULT_PLAN)]))

    return another


def _code(w: Write, code: str, points: int, amount: int, cycles: int | None) -> None:
    codes.create(w, code, points=points, amount=amount, cycles=cycles)


def _founded(db: Database, ann: Caller, number: int) -> tuple[Account, list[Caller]]:
    """The second organization is paid from the first one's account."""
    inside = [
        identity.command_line(
            db.write_now(identity.organizations.establish, ann, {"name": f"{name} {number}"})
        )
        for name in ("First", "Second")
    ]
    account = db.read_now(accounts.of, inside[0].organization)
    db.write_now(accounts.pays_for, inside[1], account)
    return account, inside


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(played=steps)
def test_every_cent_of_random_months(begin: Callable[[], Months], played: list[Step]) -> None:
    months = begin()
    for step in played:
        months.play(step)
    months.pass_(62 * DAY)
