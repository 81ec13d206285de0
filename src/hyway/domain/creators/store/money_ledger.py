"""Statements of the ledger: accounts with their balances, entries with their lines."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, select, update

from hyway.domain.creators.money.records import AccountKind, Entry, Line
from hyway.domain.creators.store.money_tables import (
    LEDGER_ACCOUNTS,
    LEDGER_ENTRIES,
    LEDGER_LINES,
    PROVIDER_EVENTS,
)
from hyway.kernel import clock
from hyway.kernel.db import Read, Write
from hyway.kernel.sql import insert, upsert

_A, _E, _L = LEDGER_ACCOUNTS.c, LEDGER_ENTRIES.c, LEDGER_LINES.c


class Account(NamedTuple):
    """Which account of an organization and currency: sorted, these are the order in which rows are locked."""

    kind: AccountKind
    programme_kind: str = ""
    programme: int = 0
    person: int = 0


_KEY = [_A.organization, _A.currency, _A.kind, _A.programme_kind, _A.programme, _A.person]
_NAMES = [column.name for column in _KEY]
_MOVE = (
    update(LEDGER_ACCOUNTS)
    .where(*(column == bindparam(f"b_{column.name}") for column in _KEY))
    .values(balance=_A.balance + bindparam("b_amount"))
    .returning(_A.seq)
)


def move(w: Write, organization: int, currency: str, account: Account, amount: int) -> int:
    """Adds to the balance; the account's number. A new account is opened where there is none.

    A balance on the wrong side is refused by the table. An update comes first because the engines judge the row
    of an insert by itself, before they see that it adds to another.
    """
    values = (organization, currency, *account)
    row = dict(zip(_NAMES, values, strict=True))
    found = w.run(_MOVE, {"b_amount": amount} | {f"b_{name}": value for name, value in row.items()}).scalar()
    if found is None:
        added = upsert(
            w.engine,
            LEDGER_ACCOUNTS,
            [{**row, "balance": amount}],
            _NAMES,
            lambda excluded: {"balance": _A.balance + excluded.balance},
        ).returning(_A.seq)
        found = w.run(added).scalar_one()
    return int(found)


def add_entry(w: Write, row: dict[str, Any]) -> int | None:
    """Its number; None where the same event was entered before."""
    added = insert(LEDGER_ENTRIES, w.engine).values(row).on_conflict_do_nothing().returning(_E.seq)
    return w.run(added).scalar()


def add_lines(w: Write, entry: int, lines: Sequence[tuple[int, int]]) -> None:
    rows = [{"entry": entry, "account": account, "amount": amount} for account, amount in lines]
    w.run(LEDGER_LINES.insert(), rows)


def first_time(w: Write, provider: str, id: str) -> bool:
    """Whether the provider tells this for the first time; notes it."""
    added = insert(PROVIDER_EVENTS, w.engine).values(provider=provider, id=id, at=clock.now())
    return w.run(added.on_conflict_do_nothing().returning(PROVIDER_EVENTS.c.id)).first() is not None


def entries(
    r: Read, organization: int, programme: tuple[str, int] | None, offset: int, limit: int
) -> tuple[list[Entry], int]:
    """Newest first, and how many there are."""
    mine = [_E.organization == organization]
    if programme is not None:
        mine += [_E.programme_kind == programme[0], _E.programme == programme[1]]
    total = r.run(select(func.count()).select_from(LEDGER_ENTRIES).where(*mine)).scalar_one()
    rows = r.run(
        select(LEDGER_ENTRIES).where(*mine).order_by(_E.seq.desc()).offset(offset).limit(limit)
    ).all()
    lines = _lines(r, [row.seq for row in rows])
    return [_entry(row, lines[row.seq]) for row in rows], total


def _entry(row: Any, lines: list[tuple[str, Line]]) -> Entry:
    return Entry(
        seq=row.seq,
        kind=row.kind,
        programme_kind=row.programme_kind,
        programme=row.programme,
        submission_kind=row.submission_kind,
        submission=row.submission,
        currency=lines[0][0],
        memo=row.memo,
        at=row.at,
        lines=tuple(line for _, line in lines),
    )


def _lines(r: Read, entries: Sequence[int]) -> dict[int, list[tuple[str, Line]]]:
    """By entry, each with its currency; debits first."""
    rows: Any = r.run(
        select(_L.entry, _A.currency, _A.kind, _A.programme_kind, _A.programme, _A.person, _L.amount)
        .join_from(LEDGER_LINES, LEDGER_ACCOUNTS)
        .where(_L.entry.in_(entries))
        .order_by(_L.entry, _L.amount.desc(), _L.account)
    )
    found: dict[int, list[tuple[str, Line]]] = {}
    for entry, currency, *line in rows:
        found.setdefault(entry, []).append((currency, Line(*line)))
    return found


def balances(r: Read, organization: int) -> list[tuple[str, AccountKind, int]]:
    """(currency, kind, sum of the accounts' balances), by currency."""
    rows: Any = r.run(
        select(_A.currency, _A.kind, func.sum(_A.balance))
        .where(_A.organization == organization)
        .group_by(_A.currency, _A.kind)
        .order_by(_A.currency, _A.kind)
    )
    return [(currency, kind, int(amount)) for currency, kind, amount in rows]
