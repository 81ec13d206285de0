"""Statements on payouts, and on where people are paid."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, get_args

from sqlalchemy import ColumnElement, func, select, update

from hyway.domain.creators.money.records import Payout, PayoutMethod, Provider
from hyway.domain.creators.store.money_tables import PAYOUT_METHODS, PAYOUTS
from hyway.kernel import clock
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write
from hyway.kernel.sql import upsert

_P, _M = PAYOUTS.c, PAYOUT_METHODS.c


def as_payout(row: Any) -> Payout:
    return Payout(**row._mapping)


def add(w: Write, row: dict[str, Any]) -> Payout:
    return as_payout(w.run(PAYOUTS.insert().values(row).returning(*PAYOUTS.c)).one())


def find(r: Read, seq: int, organization: int | None = None, *, lock: bool = False) -> Payout | None:
    """Of the organization, where one is named."""
    mine = [] if organization is None else [_P.organization == organization]
    look = select(PAYOUTS).where(_P.seq == seq, *mine)
    row = r.run(look.with_for_update() if lock else look).first()
    return as_payout(row) if row else None


def by_ref(r: Read, provider: str, ref: str) -> Payout | None:
    row = r.run(select(PAYOUTS).where(_P.provider == provider, _P.provider_ref == ref)).first()
    return as_payout(row) if row else None


def change(w: Write, seq: int, was: Sequence[str], **values: Any) -> Payout | None:
    """The payout after the change; None where its status is none of these."""
    changed = (
        update(PAYOUTS)
        .where(_P.seq == seq, _P.status.in_(was))
        .values(updated_at=clock.now(), **values)
        .returning(*PAYOUTS.c)
    )
    row = w.run(changed).first()
    return as_payout(row) if row else None


def page(
    r: Read,
    offset: int,
    limit: int,
    *,
    organization: int | None = None,
    person: int | None = None,
    statuses: Sequence[str] = (),
) -> tuple[list[Payout], int]:
    """Newest first, and how many there are."""
    mine: list[ColumnElement[bool]] = []
    if organization is not None:
        mine.append(_P.organization == organization)
    if person is not None:
        mine.append(_P.person == person)
    if statuses:
        mine.append(_P.status.in_(statuses))
    total = r.run(select(func.count()).select_from(PAYOUTS).where(*mine)).scalar_one()
    rows = r.run(select(PAYOUTS).where(*mine).order_by(_P.seq.desc()).offset(offset).limit(limit))
    return [as_payout(row) for row in rows], total


def to_pay_by_hand(r: Read, organization: int) -> list[Payout]:
    """In their order."""
    waiting = (_P.organization == organization, _P.provider == "manual", _P.status == "pending")
    return [as_payout(row) for row in r.run(select(PAYOUTS).where(*waiting).order_by(_P.seq))]


def unfinished(r: Read, provider: str, before: Instant, most: int) -> list[Payout]:
    """Those that the provider has or had in hand, untouched since `before`."""
    look = select(PAYOUTS).where(
        _P.provider == provider, _P.status.in_(("pending", "processing", "sent")), _P.updated_at <= before
    )
    return [as_payout(row) for row in r.run(look.order_by(_P.updated_at).limit(most))]


def as_method(row: Any) -> PayoutMethod:
    return PayoutMethod(**{**row._mapping, "ready": bool(row.ready)})


def methods(r: Read, people: Collection[int], *, ready: bool = False) -> list[PayoutMethod]:
    mine = [_M.person.in_(list(people)), *([_M.ready == 1] if ready else [])]
    return [as_method(row) for row in r.run(select(PAYOUT_METHODS).where(*mine).order_by(_M.provider))]


def method(r: Read, person: int, provider: str) -> PayoutMethod | None:
    row = r.run(select(PAYOUT_METHODS).where(_M.person == person, _M.provider == provider)).first()
    return as_method(row) if row else None


def method_by_reference(r: Read, provider: str, reference: str) -> PayoutMethod | None:
    look = select(PAYOUT_METHODS).where(_M.provider == provider, _M.reference == reference)
    row = r.run(look).first()
    return as_method(row) if row else None


def unready(r: Read, provider: str, since: Instant, most: int) -> list[PayoutMethod]:
    """Accounts that could not be paid when they were last asked about, of people who came by since."""
    look = select(PAYOUT_METHODS).where(
        _M.provider == provider, _M.ready == 0, _M.reference != "", _M.link_until >= since
    )
    return [as_method(row) for row in r.run(look.order_by(_M.updated_at).limit(most))]


def put_method(w: Write, person: int, provider: str, values: Mapping[str, Any]) -> None:
    """Adds it, or changes the one that there is."""
    now = clock.now()
    row = {"person": person, "provider": provider, "created_at": now, "updated_at": now, **values}
    changed = {**values, "updated_at": now}
    w.run(upsert(w.engine, PAYOUT_METHODS, [row], ["person", "provider"], lambda _: changed))


def drop_methods(w: Write, person: int) -> None:
    w.run(PAYOUT_METHODS.delete().where(_M.person == person))


def drop_method(w: Write, person: int, provider: str) -> bool:
    if provider not in get_args(Provider):  # whatever stood in the address: PostgreSQL takes no NUL
        return False
    gone = PAYOUT_METHODS.delete().where(_M.person == person, _M.provider == provider)
    return w.run(gone).rowcount == 1
