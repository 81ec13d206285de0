"""Statements of invoices."""

import json
from dataclasses import asdict
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select, update

from hyway.domain.billing.pricing import Line
from hyway.domain.billing.records import Address, Invoice, InvoiceStatus, Party, ProviderName
from hyway.domain.billing.store.paying_tables import INVOICES, PAYMENT_EVENTS, SUBSCRIPTIONS
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write
from hyway.kernel.sql import insert

_I = INVOICES.c
_SHOWN = [each for each in INVOICES.c if each.name != "basis"]
_UNPAID = ("Open", "Uncollectible")


def add(w: Write, values: dict[str, Any], lines: tuple[Line, ...], basis: str) -> Invoice:
    packed = json.dumps([[each.kind, each.name, each.quantity, each.amount, each.plan] for each in lines])
    row = w.run(INVOICES.insert().values(**values, lines=packed, basis=basis).returning(*_SHOWN)).one()
    return _invoice(row)


def find(r: Read, account: int, provider_id: str) -> Invoice | None:
    return _one(r, _I.account == account, _I.provider_id == provider_id)


def by_seq(r: Read, seq: int) -> Invoice | None:
    return _one(r, _I.seq == seq)


def by_name(r: Read, name: str) -> Invoice | None:
    """Of that id or number."""
    return _one(r, or_(_I.id == name, (_I.number == name) & (_I.number != "")))


def known(r: Read, provider: ProviderName, provider_id: str) -> Invoice | None:
    return _one(r, _I.provider == provider, _I.provider_id == provider_id)


def of_each(r: Read, accounts: list[int]) -> dict[int, list[Invoice]]:
    """By account, the newest first."""
    found: dict[int, list[Invoice]] = {account: [] for account in accounts}
    for row in r.run(select(*_SHOWN).where(_I.account.in_(accounts)).order_by(_I.seq.desc())):
        found[row.account].append(_invoice(row))
    return found


def page(r: Read, account: int, offset: int, limit: int) -> tuple[list[Invoice], int]:
    rows = r.run(
        select(*_SHOWN).where(_I.account == account).order_by(_I.seq.desc()).offset(offset).limit(limit)
    )
    total = r.run(select(func.count()).select_from(INVOICES).where(_I.account == account)).scalar_one()
    return [_invoice(row) for row in rows], int(total)


def every(r: Read, statuses: tuple[InvoiceStatus, ...], most: int) -> list[Invoice]:
    """The newest first."""
    wanted = select(*_SHOWN).where(_I.status.in_(statuses)).order_by(_I.seq.desc()).limit(most)
    return [_invoice(row) for row in r.run(wanted)]


def quiet(r: Read, provider: ProviderName, before: Instant, most: int) -> list[Invoice]:
    """Those that the provider has not spoken of since that instant, or since they were decided on here; those that it
    has been silent of longest first."""
    decided = func.coalesce(_I.paid_at, _I.voided_at)
    waits = or_(and_(_I.status.in_(_UNPAID), _I.told_at < before), _I.told_at < decided)
    there = (_I.provider == provider, _I.provider_id != _I.id)
    wanted = select(*_SHOWN).where(*there, waits).order_by(_I.told_at, _I.seq).limit(most)
    return [_invoice(row) for row in r.run(wanted)]


def drafts(r: Read, before: Instant, after: int, most: int) -> list[int]:
    """Older than that instant, numbered above `after`."""
    old = (_I.status == "Draft", _I.created_at < before, _I.seq > after)
    return list(r.run(select(_I.seq).where(*old).order_by(_I.seq).limit(most)).scalars())


def unwarned(r: Read, now: Instant, most: int) -> list[int]:
    """Invoices that are overdue, and of which nobody was told so."""
    wanted = select(_I.seq).where(*_overdue(now), _I.warned_at.is_(None)).order_by(_I.account, _I.seq)
    return list(r.run(wanted.limit(most)).scalars())


def late(r: Read, now: Instant, most: int) -> list[int]:
    """Accounts that are active and have not paid in time."""
    active = SUBSCRIPTIONS.c.account == _I.account, SUBSCRIPTIONS.c.status == "Active"
    wanted = select(_I.account).join(SUBSCRIPTIONS, and_(*active)).where(*_overdue(now)).distinct()
    return list(r.run(wanted.order_by(_I.account).limit(most)).scalars())


def is_late(r: Read, account: int, now: Instant) -> bool:
    """Whether the account has not paid something in time."""
    wanted = select(_I.seq).where(_I.account == account, *_overdue(now)).limit(1)
    return r.run(wanted).first() is not None


def _overdue(now: Instant) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return _I.status.in_(_UNPAID), _I.due_at < now


def numbered(r: Read, account: int) -> int:
    """How many of the account have a number."""
    counted = select(func.count()).select_from(INVOICES).where(_I.account == account, _I.number != "")
    return int(r.run(counted).scalar_one())


def change(w: Write, seq: int, **values: Any) -> Invoice:
    if isinstance(values.get("billed_to"), Party):
        values["billed_to"] = packed(values["billed_to"])
    return _invoice(w.run(update(INVOICES).where(_I.seq == seq).values(**values).returning(*_SHOWN)).one())


def basis(r: Read, seq: int) -> str:
    """What it was computed from."""
    return str(r.run(select(_I.basis).where(_I.seq == seq)).scalar_one())


def first_time(w: Write, provider: str, id: str, at: Instant) -> bool:
    """Whether the provider's event is a new one; from now on it is not."""
    line = insert(PAYMENT_EVENTS, w.engine).values(provider=provider, id=id, at=at)
    return w.run(line.on_conflict_do_nothing().returning(PAYMENT_EVENTS.c.id)).first() is not None


def forget_events(w: Write, before: Instant) -> None:
    w.run(PAYMENT_EVENTS.delete().where(PAYMENT_EVENTS.c.at < before))


def _one(r: Read, *where: ColumnElement[bool]) -> Invoice | None:
    row = r.run(select(*_SHOWN).where(*where)).one_or_none()
    return _invoice(row) if row else None


def _invoice(row: Row[Any]) -> Invoice:
    lines = tuple(Line(*each) for each in json.loads(row.lines))
    return Invoice(**{**row._mapping, "lines": lines, "billed_to": _party(row.billed_to)})


def packed(of: Party) -> str:
    """As its column keeps it."""
    return json.dumps(asdict(of))


def _party(packed: str | None) -> Party | None:
    if packed is None:
        return None
    told = json.loads(packed)
    return Party(**{**told, "address": Address(**told["address"]) if told["address"] else None})
