"""The double-entry ledger: what is entered once is there for ever, and adds up to nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from hyway.domain.creators.money.records import Balances, Entry, ProgrammeKind, SubmissionKind
from hyway.domain.creators.money.rules import may_manage
from hyway.domain.creators.store import money_ledger as store
from hyway.domain.creators.store.money_ledger import Account
from hyway.domain.identity import Caller
from hyway.kernel import clock
from hyway.kernel.db import Read, Write
from hyway.kernel.faults import Taken


@dataclass(frozen=True, slots=True)
class NewEntry:
    """`once` names the event among all of the organization's. What concerns no one programme has none."""

    organization: int
    currency: str
    kind: str
    once: str
    programme_kind: ProgrammeKind | Literal[""]
    programme: int
    submission_kind: SubmissionKind | None = None
    submission: int | None = None
    memo: str = ""


def post(w: Write, new: NewEntry, lines: Sequence[tuple[Account, int]]) -> None:
    """Enters an event and moves the balances; Taken where it was entered before.

    Lines of nothing are left out. Accounts are locked in one order, whoever posts.
    """
    if sum(amount for _, amount in lines) != 0:
        raise ValueError(f"the lines of {new.once} do not add up to nothing")
    row = {
        "organization": new.organization,
        "kind": new.kind,
        "once": new.once,
        "programme_kind": new.programme_kind,
        "programme": new.programme,
        "submission_kind": new.submission_kind,
        "submission": new.submission,
        "memo": new.memo,
        "at": clock.now(),
    }
    entry = store.add_entry(w, row)
    if entry is None:
        raise Taken("base", "has been entered in the ledger already")
    moved = sorted((account, amount) for account, amount in lines if amount)
    store.add_lines(
        w,
        entry,
        [
            (store.move(w, new.organization, new.currency, account, amount), amount)
            for account, amount in moved
        ],
    )


def ledger(
    r: Read, by: Caller, programme: tuple[ProgrammeKind, int] | None = None, offset: int = 0, limit: int = 20
) -> tuple[list[Entry], int]:
    """The organization's entries, or those of one of its programmes, newest first, and how many there are.

    Like all of an organization's books for those who manage it: they name people and what each is paid.
    """
    may_manage(by)
    return store.entries(r, by.organization, programme, offset, limit)


def balances(r: Read, by: Caller) -> list[Balances]:
    """What the organization has in each currency, and whose it is."""
    may_manage(by)
    found: dict[str, dict[str, int]] = {}
    for currency, kind, amount in store.balances(r, by.organization):
        found.setdefault(currency, {})[kind] = amount if kind == "cash" else -amount
    return [Balances(currency, **amounts) for currency, amounts in sorted(found.items())]
