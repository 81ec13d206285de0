"""Random things that happen to money, played on a database."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from hyway.domain.creators import money
from hyway.domain.creators.money import paying
from hyway.kernel import clock
from hyway.kernel.faults import Fault
from tests.make.money import Till

Run = Callable[..., Any]
"""Runs a verb in a transaction, or in a part of one that is undone when the verb refuses."""

KINDS = (
    "fund", "ask", "succeed", "fail_funding", "refund", "close",
    "earn", "earn", "sale", "hold", "release", "mature", "ripen",
    "pay_out", "payday", "payday", "paid", "failed", "cancel", "retry",
    "begin", "sent", "send", "send", "refused", "arrived", "returned", "returned",
)  # fmt: skip
AMOUNTS = (1, 7, 100, 999, 5_000, 40_000)
SUBMISSIONS = 6


class Happening(NamedTuple):
    """`which` picks among what there is, `amount` is of money."""

    kind: str
    which: int
    amount: int


@dataclass
class Play:
    """What has happened so far: the numbers of fundings and payouts, shared by all who play."""

    till: Till
    fundings: list[int] = field(default_factory=list)
    payouts: list[int] = field(default_factory=list)
    done: dict[str, int] = field(default_factory=dict)
    """How often something came of each kind of happening."""

    def happen(self, run: Run, what: Happening) -> None:
        """Something the rules refuse is no harm; any other failure is."""
        try:
            if _DOERS[what.kind](self, run, what):
                self.done[what.kind] = self.done.get(what.kind, 0) + 1
        except Fault:
            return

    def work(self, which: int) -> money.Work:
        """Each submission is one person's."""
        submission = which % SUBMISSIONS
        return self.till.work(submission + 1, submission % len(self.till.people))

    def funding(self, run: Run, which: int) -> money.Funding | None:
        if not self.fundings:
            return None
        found: money.Funding = run(money.funding, self.till.by, self.fundings[which % len(self.fundings)])
        return found

    def payout(self, which: int) -> int:
        return self.payouts[which % len(self.payouts)] if self.payouts else 0


def _fund(play: Play, run: Run, what: Happening) -> object:
    t = play.till
    provider = "manual" if what.kind == "fund" else "stripe"
    play.fundings.append(run(money.fund, t.by, t.kind, t.campaign, t.currency, what.amount, provider).seq)
    return True


def _settle(play: Play, run: Run, what: Happening) -> object:
    found = play.funding(run, what.which)
    if found is None or found.status != "pending":
        return None
    return run(money.succeeded if what.kind == "succeed" else money.failed, play.till.by, found)


def _refund(play: Play, run: Run, what: Happening) -> object:
    found = play.funding(run, what.which)
    if found is None:
        return None
    return run(money.refund, play.till.by, found.seq, None if what.amount == 1 else what.amount)


def _close(play: Play, run: Run, what: Happening) -> object:
    return run(money.close, play.till.by, play.till.kind, play.till.campaign)


def _earn(play: Play, run: Run, what: Happening) -> object:
    source = "work" if what.kind == "earn" else f"sale:{what.which % 3}"
    return run(money.earn, play.till.by, play.work(what.which), source, what.amount)


def _hold(play: Play, run: Run, what: Happening) -> object:
    return run(money.hold, play.till.by, play.work(what.which), clock.now())


def _ripen(play: Play, run: Run, what: Happening) -> object:
    """All the way to what is payable, which single steps seldom reach."""
    _earn(play, run, what)
    _hold(play, run, what)
    return run(money.mature, clock.now() + 1, 100)


def _release(play: Play, run: Run, what: Happening) -> object:
    return run(money.release, play.till.by, play.work(what.which))


def _mature(play: Play, run: Run, what: Happening) -> object:
    return run(money.mature, clock.now() + 1, what.amount)


def _pay_out(play: Play, run: Run, what: Happening) -> object:
    people = [None, *(person.seq for person in play.till.people)]
    made = [p.seq for p in run(money.pay_out, play.till.by, people[what.which % len(people)])]
    play.payouts += made
    return made


def _decide(verb: Callable[..., Any]) -> Callable[[Play, Run, Happening], object]:
    def do(play: Play, run: Run, what: Happening) -> object:
        return run(verb, play.till.by, play.payout(what.which))

    return do


def _begin(play: Play, run: Run, what: Happening) -> object:
    return run(paying.begin, play.payout(what.which))


def _sent(play: Play, run: Run, what: Happening) -> object:
    seq = play.payout(what.which)
    return run(paying.sent, seq, f"tr_{seq}_{what.which}_{what.amount}_{random.random()}")


def _refused(play: Play, run: Run, what: Happening) -> object:
    return run(paying.refused, play.payout(what.which), "no")


def _send(play: Play, run: Run, what: Happening) -> object:
    _begin(play, run, what)
    return _sent(play, run, what)


def _payday(play: Play, run: Run, what: Happening) -> object:
    _ripen(play, run, what)
    return _pay_out(play, run, what._replace(which=0))


def _arrived(play: Play, run: Run, what: Happening) -> object:
    return run(paying.arrived, play.payout(what.which))


def _returned(play: Play, run: Run, what: Happening) -> object:
    return run(paying.returned, play.payout(what.which), "reversed")


_DOERS: dict[str, Callable[[Play, Run, Happening], object]] = {
    "fund": _fund,
    "ask": _fund,
    "succeed": _settle,
    "fail_funding": _settle,
    "refund": _refund,
    "close": _close,
    "earn": _earn,
    "sale": _earn,
    "hold": _hold,
    "ripen": _ripen,
    "release": _release,
    "mature": _mature,
    "pay_out": _pay_out,
    "paid": _decide(money.mark_paid),
    "failed": _decide(money.mark_failed),
    "cancel": _decide(money.cancel),
    "retry": _decide(money.retry),
    "begin": _begin,
    "sent": _sent,
    "send": _send,
    "payday": _payday,
    "refused": _refused,
    "arrived": _arrived,
    "returned": _returned,
}


def some(chance: random.Random) -> Happening:
    return Happening(chance.choice(KINDS), chance.randrange(64), chance.choice(AMOUNTS))
