"""Statements on programmes' budgets and on fundings."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table, bindparam, func, select, update

from hyway.domain.creators.money.records import Funding, Programme, ProgrammeKind
from hyway.domain.creators.store.money_tables import FUNDINGS
from hyway.domain.creators.store.tables import CAMPAIGNS, COLLABS
from hyway.kernel import clock
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write

_F = FUNDINGS.c
_TABLES: dict[str, Table] = {"campaign": CAMPAIGNS, "collab": COLLABS}


def _look(table: Table) -> Any:
    c = table.c
    state = c.status if "status" in c else c.state
    return select(
        c.seq, c.organization, c.name, c.currency, c.total_budget_amount, c.unused_amount, state
    ).where(c.seq == bindparam("seq"), c.organization == bindparam("organization"))


def _move(table: Table) -> Any:
    """Both sums at once; nothing where one of them would fall below zero."""
    c = table.c
    total, unused = c.total_budget_amount + bindparam("total"), c.unused_amount + bindparam("unused")
    return (
        update(table)
        .where(
            c.seq == bindparam("b_seq"),
            c.organization == bindparam("b_organization"),
            total >= 0,
            unused >= 0,
        )
        .values(total_budget_amount=total, unused_amount=unused, updated_at=bindparam("now"))
    )


_LOOKS = {kind: _look(table) for kind, table in _TABLES.items()}
_LOCKS = {kind: look.with_for_update() for kind, look in _LOOKS.items()}
_MOVES = {kind: _move(table) for kind, table in _TABLES.items()}


def programme(
    r: Read, organization: int, kind: ProgrammeKind, seq: int, *, lock: bool = False
) -> Programme | None:
    """A campaign or collab of the organization; locked, nobody moves its money before this transaction ends."""
    statement = (_LOCKS if lock else _LOOKS)[kind]
    row: Any = r.run(statement, {"seq": seq, "organization": organization}).first()
    if row is None:
        return None
    seq, organization, name, currency, total, unused, state = row
    return Programme(kind, seq, organization, name, currency, total, unused, state == "finished")


def move_budget(w: Write, of: Programme, *, total: int, unused: int) -> bool:
    """Changes both sums of a programme; False, and nothing done, where it has not so much unused."""
    values = {
        "b_seq": of.seq,
        "b_organization": of.organization,
        "total": total,
        "unused": unused,
        "now": clock.now(),
    }
    return w.run(_MOVES[of.kind], values).rowcount == 1


def left_over(r: Read, most: int) -> list[tuple[int, int]]:
    """Settled campaigns, by organization and number, that have something unused again."""
    c = CAMPAIGNS.c
    rows: Any = r.run(
        select(c.organization, c.seq).where(c.settled_at.is_not(None), c.unused_amount > 0).limit(most)
    )
    return [(organization, seq) for organization, seq in rows]


def as_funding(row: Any) -> Funding:
    return Funding(**row._mapping)


def add_funding(w: Write, row: dict[str, Any]) -> Funding:
    return as_funding(w.run(FUNDINGS.insert().values(row).returning(*FUNDINGS.c)).one())


def funding(r: Read, organization: int, seq: int, *, lock: bool = False) -> Funding | None:
    look = select(FUNDINGS).where(_F.seq == seq, _F.organization == organization)
    row = r.run(look.with_for_update() if lock else look).first()
    return as_funding(row) if row else None


def funding_of(r: Read, seq: int) -> Funding | None:
    """Of whichever organization."""
    row = r.run(select(FUNDINGS).where(_F.seq == seq)).first()
    return as_funding(row) if row else None


def waiting_fundings(r: Read, provider: str, before: Instant, most: int) -> list[Funding]:
    look = select(FUNDINGS).where(_F.provider == provider, _F.status == "pending", _F.updated_at <= before)
    return [as_funding(row) for row in r.run(look.order_by(_F.updated_at).limit(most))]


def funding_by_ref(r: Read, provider: str, ref: str) -> Funding | None:
    row = r.run(select(FUNDINGS).where(_F.provider == provider, _F.provider_ref == ref)).first()
    return as_funding(row) if row else None


def change_funding(w: Write, seq: int, was: Sequence[str], **values: Any) -> Funding | None:
    """The funding after the change; None where its status is none of these."""
    changed = (
        update(FUNDINGS)
        .where(_F.seq == seq, _F.status.in_(was))
        .values(updated_at=clock.now(), **values)
        .returning(*FUNDINGS.c)
    )
    row = w.run(changed).first()
    return as_funding(row) if row else None


def fundings(
    r: Read, organization: int, kind: str, programme: int, offset: int, limit: int
) -> tuple[list[Funding], int]:
    mine = (_F.organization == organization, _F.programme_kind == kind, _F.programme == programme)
    total = r.run(select(func.count()).select_from(FUNDINGS).where(*mine)).scalar_one()
    rows = r.run(select(FUNDINGS).where(*mine).order_by(_F.seq).offset(offset).limit(limit))
    return [as_funding(row) for row in rows], total


def any_fundings(r: Read, kind: str, programme: int) -> bool:
    look = select(_F.seq).where(_F.programme_kind == kind, _F.programme == programme, _F.status != "failed")
    return r.run(look.limit(1)).first() is not None


def refundable(w: Write, kind: str, programme: int) -> list[Funding]:
    """Those of which something can go back, newest first, locked."""
    look = (
        select(FUNDINGS)
        .where(
            _F.programme_kind == kind,
            _F.programme == programme,
            _F.status.in_(("succeeded", "partially_refunded")),
            _F.refunded_amount < _F.net_amount,
        )
        .order_by(_F.seq.desc())
        .with_for_update()
    )
    return [as_funding(row) for row in w.run(look)]
