"""Statements of billing accounts."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import Row, delete, exists, func, insert, select, update

from hyway.domain.billing.records import Account, Address, ProviderName
from hyway.domain.billing.store.tables import BILLING_ACCOUNTS, BILLING_OWNERS
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write

_A, _W = BILLING_ACCOUNTS.c, BILLING_OWNERS.c


def add(w: Write, id: str, name: str, email: str, at: Instant, currency: str, tax_points: int) -> Account:
    row = {"id": id, "name": name, "email": email, "created_at": at}
    row |= {"currency": currency, "tax_points": tax_points}
    return _account(w.run(insert(BILLING_ACCOUNTS).values(row).returning(BILLING_ACCOUNTS)).one())


def own(w: Write, account: int, person: int, at: Instant) -> None:
    w.run(insert(BILLING_OWNERS).values(account=account, person=person, since=at))


def disown(w: Write, account: int, person: int) -> None:
    w.run(delete(BILLING_OWNERS).where(_W.account == account, _W.person == person))


def change(w: Write, seq: int, values: Mapping[str, Any]) -> Account:
    row = dict(values)
    if "address" in row:
        row["address"] = json.dumps(asdict(row["address"])) if row["address"] else None
    changed = update(BILLING_ACCOUNTS).where(_A.seq == seq).values(row).returning(BILLING_ACCOUNTS)
    return _account(w.run(changed).one())


def by_id(r: Read, id: str) -> Account | None:
    """Whoever asks."""
    row = r.run(select(BILLING_ACCOUNTS).where(_A.id == id)).one_or_none()
    return _account(row) if row else None


def by_customer(r: Read, provider: ProviderName, provider_id: str) -> Account | None:
    there = (_A.provider == provider, _A.provider_id == provider_id)
    row = r.run(select(BILLING_ACCOUNTS).where(*there)).one_or_none()
    return _account(row) if row else None


def every(r: Read) -> list[Account]:
    return [_account(row) for row in r.run(select(BILLING_ACCOUNTS).order_by(_A.seq))]


def page(r: Read, person: int, offset: int, limit: int) -> tuple[list[Account], int]:
    """Those that the person owns, the oldest first, and how many they are."""
    owns = exists().where(_W.account == _A.seq, _W.person == person)
    rows = r.run(select(BILLING_ACCOUNTS).where(owns).order_by(_A.seq).offset(offset).limit(limit))
    total = r.run(select(func.count()).select_from(BILLING_OWNERS).where(_W.person == person)).scalar_one()
    return [_account(row) for row in rows], int(total)


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


def owners_of_each(r: Read, accounts: list[int]) -> dict[int, list[int]]:
    """The same, by account."""
    wanted = select(BILLING_OWNERS).where(_W.account.in_(accounts)).order_by(_W.since, _W.person)
    found: dict[int, list[int]] = {account: [] for account in accounts}
    for row in r.run(wanted):
        found[row.account].append(row.person)
    return found


def _account(row: Row[Any]) -> Account:
    address = Address(**json.loads(row.address)) if row.address else None
    return Account(**{**row._mapping, "address": address})
