"""Statements of billing accounts."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, exists, insert, select

from hyway.domain.billing.records import Account
from hyway.domain.billing.store.tables import BILLING_ACCOUNTS, BILLING_OWNERS
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write

_A, _W = BILLING_ACCOUNTS.c, BILLING_OWNERS.c


def add(w: Write, id: str, name: str, email: str, at: Instant) -> Account:
    row = {"id": id, "name": name, "email": email, "created_at": at}
    return _account(w.run(insert(BILLING_ACCOUNTS).values(row).returning(BILLING_ACCOUNTS)).one())


def own(w: Write, account: int, person: int, at: Instant) -> None:
    w.run(insert(BILLING_OWNERS).values(account=account, person=person, since=at))


def by_seqs(r: Read, seqs: Iterable[int]) -> dict[int, Account]:
    rows = r.run(select(BILLING_ACCOUNTS).where(_A.seq.in_(sorted(set(seqs)))))
    return {row.seq: _account(row) for row in rows}


def owned(r: Read, person: int, id: str) -> Account | None:
    """The account of that id, if the person owns it."""
    owns = exists().where(_W.account == _A.seq, _W.person == person)
    row = r.run(select(BILLING_ACCOUNTS).where(_A.id == id, owns)).one_or_none()
    return _account(row) if row else None


def owners(r: Read, account: int) -> list[int]:
    """People, those who have owned it longest first."""
    found = select(_W.person).where(_W.account == account).order_by(_W.since, _W.person)
    return list(r.run(found).scalars())


def _account(row: Row[Any]) -> Account:
    return Account(**row._mapping)
