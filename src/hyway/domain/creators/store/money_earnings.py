"""Statements on earnings."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, select, update

from hyway.domain.creators.money.records import Earning, Stage, Work
from hyway.domain.creators.store.money_tables import EARNINGS
from hyway.kernel import clock
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write

_R = EARNINGS.c
_AT_ONCE = 10_000
"""Numbers in one statement: engines take no more than some ten thousands."""


def as_earning(row: Any) -> Earning:
    return Earning(**row._mapping)


def _locked(w: Write, *where: ColumnElement[bool]) -> list[Earning]:
    """In the one order in which earnings are locked."""
    look = select(EARNINGS).where(*where).order_by(_R.seq).with_for_update()
    return [as_earning(row) for row in w.run(look)]


def of_source(w: Write, work: Work, source: str) -> Earning | None:
    found = _locked(
        w, _R.submission_kind == work.submission_kind, _R.submission == work.submission, _R.source == source
    )
    return found[0] if found else None


def of_work(w: Write, work: Work, stages: Sequence[Stage]) -> list[Earning]:
    return _locked(
        w,
        _R.organization == work.organization,
        _R.submission_kind == work.submission_kind,
        _R.submission == work.submission,
        _R.stage.in_(stages),
    )


def of_payout(w: Write, payout: int) -> list[Earning]:
    return _locked(w, _R.payout == payout)


def payable(w: Write, organization: int, person: int | None) -> list[Earning]:
    """Those that are in no payout."""
    mine = [_R.organization == organization, _R.stage == "payable"]
    return _locked(w, *mine, *([] if person is None else [_R.person == person]))


def due(w: Write, now: Instant, most: int) -> list[Earning]:
    """The first so many whose hold is over, locked."""
    over = select(_R.seq).where(_R.stage == "held", _R.hold_until <= now).order_by(_R.hold_until).limit(most)
    seqs = list(w.run(over).scalars())
    return _locked(w, _R.seq.in_(seqs), _R.stage == "held") if seqs else []


def any_due(r: Read, now: Instant) -> bool:
    look = select(_R.seq).where(_R.stage == "held", _R.hold_until <= now).limit(1)
    return r.run(look).first() is not None


def add(w: Write, work: Work, source: str, amount: int) -> int:
    """Its number."""
    now = clock.now()
    row = {
        "organization": work.organization,
        "person": work.person,
        "programme_kind": work.programme_kind,
        "programme": work.programme,
        "submission_kind": work.submission_kind,
        "submission": work.submission,
        "source": source,
        "currency": work.currency,
        "amount": amount,
        "stage": "accrued",
        "created_at": now,
        "updated_at": now,
    }
    return int(w.run(EARNINGS.insert().values(row).returning(_R.seq)).scalar_one())


def change(w: Write, seqs: Iterable[int], was: Sequence[Stage], **values: Any) -> int:
    """How many were in one of these stages and are changed."""
    changed, every = update(EARNINGS).where(_R.stage.in_(was)), list(seqs)
    changed = changed.values(updated_at=clock.now(), **values)
    parts = (every[at : at + _AT_ONCE] for at in range(0, len(every), _AT_ONCE))
    return sum(w.run(changed.where(_R.seq.in_(part))).rowcount for part in parts)


def sums(
    r: Read, organization: int | None = None, person: int | None = None
) -> list[tuple[int, str, Stage, int]]:
    """(person, currency, stage, amount) of an organization, of a person, or of both."""
    mine = [_R.organization == organization] if organization is not None else []
    mine += [_R.person == person] if person is not None else []
    rows: Any = r.run(
        select(_R.person, _R.currency, _R.stage, func.sum(_R.amount))
        .where(*mine)
        .group_by(_R.person, _R.currency, _R.stage)
        .order_by(_R.person, _R.currency)
    )
    return [(who, currency, stage, int(amount)) for who, currency, stage, amount in rows]


def stages(r: Read, kind: str, submissions: Sequence[int]) -> list[tuple[int, Stage, int]]:
    """(submission, stage, amount)."""
    rows: Any = r.run(
        select(_R.submission, _R.stage, func.sum(_R.amount))
        .where(_R.submission_kind == kind, _R.submission.in_(submissions))
        .group_by(_R.submission, _R.stage)
    )
    return [(submission, stage, int(amount)) for submission, stage, amount in rows]


def page(r: Read, person: int, offset: int, limit: int) -> tuple[list[Earning], int]:
    """A person's own, newest first."""
    mine = _R.person == person
    total = r.run(select(func.count()).select_from(EARNINGS).where(mine)).scalar_one()
    rows = r.run(select(EARNINGS).where(mine).order_by(_R.seq.desc()).offset(offset).limit(limit))
    return [as_earning(row) for row in rows], total
