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
    PLANS,
    Account,
    Cycle,
    Invoice,
    Meter,
    accounts,
    closing,
    invoices,
    rules,
    subscriptions,
)
from hyway.domain.billing import promos as codes
from hyway.domain.identity import Caller
from hyway.kernel import clock
from hyway.kernel.clock import DAY, HOUR, Instant
from hyway.kernel.db import Database, Write
from tests.make.people import somebody

EXAMPLES = int(os.environ.get("HYWAY_INVOICED_MONTHS", "40"))
NOON = 1_800_000_000_000_000
CODES = {"TENTH": (1_000, 0, 1), "FIVE": (0, 500, None), "MOST": (9_000, 0, 2)}
"""Hundredths of a percent, cents, and for how many cycles."""
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
class Book:
    """What an account does, written down as it happens, and what that costs by school arithmetic."""

    history: list[tuple[Instant, str | None]]
    counted: Counter[tuple[Meter, int]] = field(default_factory=Counter)
    entered: list[str] = field(default_factory=list)
    used: Counter[str] = field(default_factory=Counter)
    tax: int = 0

    def put(self, at: Instant, plan: str | None) -> None:
        if self.history[-1][0] == at:
            self.history.pop()
        if not self.history or self.history[-1][1] != plan:
            self.history.append((at, plan))

    def parts(self, start: Instant, end: Instant) -> list[tuple[str, Instant, Instant]]:
        ends = [at for at, _ in self.history[1:]] + [end]
        cut = [
            (plan, max(at, start), min(until, end))
            for (at, plan), until in zip(self.history, ends, strict=True)
        ]
        return [(plan, a, b) for plan, a, b in cut if plan is not None and a < b]

    def base(self, of: Cycle) -> Fraction:
        """Exactly."""
        whole = of.ends_at - of.starts_at
        parts = self.parts(of.starts_at, of.ends_at)
        return sum((Fraction(PLANS[plan].price.base * (b - a), whole) for plan, a, b in parts), Fraction(0))

    def usage(self, of: Cycle) -> dict[tuple[str, str], int]:
        """Cents by plan and meter."""
        parts, sums = self.parts(of.starts_at, of.ends_at), Counter[tuple[str, Meter]]()
        for (meter, day), count in self.counted.items():
            of_day = [plan for plan, a, b in parts if a < (day + 1) * DAY and b > day * DAY]
            if of_day and count:
                sums[of_day[0], meter] += count
        found: dict[tuple[str, str], int] = {}
        for (plan, meter), count in sums.items():
            rate = PLANS[plan].price.rates.get(meter)
            if rate is not None:
                time = sum(b - a for name, a, b in parts if name == plan)
                over = max(0, count - rate.included * time // (of.ends_at - of.starts_at))
                found[plan, meter] = cents(Decimal(over * rate.micros) / 10_000)
        return found

    def discount(self, subtotal: int) -> dict[str, int]:
        left, found = subtotal, dict[str, int]()
        for code in self.entered:
            points, amount, cycles = CODES[code]
            if cycles is None or self.used[code] < cycles:
                found[code] = min(left, cents(Decimal(left * points) / 10_000) + amount)
                left -= found[code]
        return found


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
        self.book.counted[meter, day] += count

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
    ann = somebody(db, "Ann")
    for code, (points, amount, cycles) in CODES.items():
        db.write_now(_code, code, points, amount, cycles)

    def another() -> Months:
        time.now = NOON
        account, inside = _founded(db, ann, next(numbers))
        first = billing.cycles.starts_at(billing.cycles.day(NOON))
        return Months(db, time, ann, inside, account, Book([(first, identity.DEFAULT_PLAN)]))

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
