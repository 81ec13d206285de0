"""What work has earned: it grows while it accrues, is held, becomes payable, or goes back to the budget.

The row of the programme is locked first, then earnings in their order, then accounts: whoever moves money does so.
"""

from collections.abc import Sequence

from hyway.domain.creators.money import rules
from hyway.domain.creators.money.books import NewEntry, post
from hyway.domain.creators.money.records import Earning, Programme, Stage, Sums, Work
from hyway.domain.creators.store import money as budgets
from hyway.domain.creators.store import money_earnings as store
from hyway.domain.creators.store.money_ledger import Account
from hyway.domain.identity import Caller, server, within
from hyway.kernel import clock, sqid
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write
from hyway.kernel.faults import Invalid, Missing, Taken

HOLD = rules.HOLD_DAYS * clock.DAY
"""How long an earning is held before it is payable."""


def earn(w: Write, by: Caller, work: Work, source: str, amount: int) -> int:
    """Raises what the work has earned from the source to `amount`, at most by what the budget has unused.

    Never lowers it; what is no longer accrued stays as it is. Returns what the budget bears in all: 0 once reversed.
    """
    of = _locked(w, work)
    old = store.of_source(w, work, source)
    if old is not None and old.stage != "accrued":
        return 0 if old.stage == "reversed" else old.amount
    before = old.amount if old else 0
    grown = rules.borne(amount, before, of.unused)
    if not grown:
        return before
    if not budgets.move_budget(w, of, total=0, unused=-grown):
        raise Taken("base", "The budget was spent by somebody else at the same moment.")
    total = before + grown
    if old is None:
        seq = store.add(w, work, source, total)
    else:
        seq = old.seq
        store.change(w, [seq], ("accrued",), amount=total)
    _post(
        w, work, "earn", f"earn:{seq}:{total}", source,
        (_budget(work), grown), (_account("accrued", work), -grown),
    )  # fmt: skip
    _tell(w, by, work, seq, "accrued", source, total)
    return total


def hold(w: Write, by: Caller, work: Work, until: Instant, source: str | None = None) -> int:
    """Ends the growth of what the work has accrued (from one source, if named); how much is held by it now.

    Of nothing accrued nothing is held, and no word of a later stage will come.
    """
    held = 0
    for each in store.of_work(w, work, ("accrued",)):
        if source in (None, each.source):
            held += each.amount
            store.change(w, [each.seq], ("accrued",), stage="held", hold_until=until)
            _shift(w, by, each, "hold", "accrued", "held")
    return held


def release(w: Write, by: Caller, work: Work, source: str | None = None) -> int:
    """Gives what is accrued or held back to the budget; how much. What is payable stays owed."""
    of = _locked(w, work)
    given = 0
    for each in store.of_work(w, work, ("accrued", "held")):
        if source not in (None, each.source):
            continue
        given += each.amount
        budgets.move_budget(w, of, total=0, unused=each.amount)
        store.change(w, [each.seq], (each.stage,), stage="reversed", hold_until=None)
        _post(
            w, work, "release", f"release:{each.seq}", each.source,
            (_account(each.stage, work), each.amount), (_budget(work), -each.amount),
        )  # fmt: skip
        _tell(w, by, work, each.seq, "reversed", each.source, each.amount)
    return given


def end_hold(w: Write, by: Caller, work: Work) -> int:
    """Makes payable, before its time, what of the work is held; how much."""
    _locked(w, work)
    freed = 0
    for each in store.of_work(w, work, ("held",)):
        freed += each.amount
        store.change(w, [each.seq], ("held",), stage="payable", hold_until=None)
        _shift(w, by, each, "mature", "held", "payable")
    return freed


def any_due(r: Read, now: Instant) -> bool:
    """Whether a hold is over."""
    return store.any_due(r, now)


def mature(w: Write, now: Instant, most: int = 200) -> int:
    """Makes payable what was held long enough, at most so many; how many there were."""
    found = store.due(w, now, most)
    for each in found:
        store.change(w, [each.seq], ("held",), stage="payable", hold_until=None)
        _shift(w, server(each.organization), each, "mature", "held", "payable")
    return len(found)


def stages(r: Read, works: Sequence[Work]) -> dict[tuple[str, int], Sums]:
    """What each submission has in which stage, by (submission_kind, submission); one without earnings is left out."""
    found: dict[tuple[str, int], Sums] = {}
    currencies = {(work.submission_kind, work.submission): work.currency for work in works}
    for kind in ("campaign", "collab"):
        wanted = [seq for of, seq in currencies if of == kind]
        sums: dict[int, dict[str, int]] = {}
        for seq, stage, amount in store.stages(r, kind, wanted) if wanted else ():
            if stage != "reversed":
                sums.setdefault(seq, {})[stage] = amount
        found |= {(kind, seq): Sums(currencies[kind, seq], **each) for seq, each in sums.items()}
    return found


def tell(w: Write, by: Caller, of: Earning, stage: Stage) -> None:
    """Announces the stage that an earning has come to."""
    _tell(w, by, work_of(of), of.seq, stage, of.source, of.amount)


def work_of(of: Earning) -> Work:
    return Work(
        of.organization,
        of.programme_kind,
        of.programme,
        of.submission_kind,
        of.submission,
        of.person,
        of.currency,
    )


def _locked(w: Write, work: Work) -> Programme:
    of = budgets.programme(w, work.organization, work.programme_kind, work.programme, lock=True)
    if of is None:
        raise Missing("there is no such programme")
    if of.currency != work.currency:
        raise Invalid("currency", "is invalid")
    return of


def _shift(w: Write, by: Caller, each: Earning, kind: str, source: Stage, to: Stage) -> None:
    work = work_of(each)
    _post(
        w, work, kind, f"{kind}:{each.seq}", each.source,
        (_account(source, work), each.amount), (_account(to, work), -each.amount),
    )  # fmt: skip
    _tell(w, by, work, each.seq, to, each.source, each.amount)


def _account(stage: Stage, work: Work) -> Account:
    """What is payable is owed to the person for whatever programme; before, it belongs to one."""
    if stage == "accrued":
        return Account("accrued", work.programme_kind, work.programme, work.person)
    if stage == "held":
        return Account("held", work.programme_kind, work.programme, work.person)
    return Account("owed", person=work.person)


def _budget(work: Work) -> Account:
    return Account("budget", work.programme_kind, work.programme)


def _post(w: Write, work: Work, kind: str, once: str, memo: str, *lines: tuple[Account, int]) -> None:
    new = NewEntry(
        work.organization,
        work.currency,
        kind,
        once,
        work.programme_kind,
        work.programme,
        work.submission_kind,
        work.submission,
        memo,
    )
    post(w, new, lines)


def _tell(w: Write, by: Caller, work: Work, seq: int, stage: Stage, source: str, amount: int) -> None:
    w.announce(
        within(by, work.organization),
        f"earning.{stage}",
        "earning",
        sqid.text(seq),
        {
            "submission_kind": work.submission_kind,
            "submission": work.submission,
            "stage": stage,
            "source": source,
            "amount": amount,
            "currency": work.currency,
            "person": work.person,
        },
    )
