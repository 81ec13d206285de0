"""Statements about collabs."""

from typing import Any

from sqlalchemy import case, delete, func, select, update

from hyway.domain.creators.collabs.records import Collab
from hyway.domain.creators.store.tables import COLLABS
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write

_C = COLLABS.c


def collab(row: Any) -> Collab:
    return Collab(
        seq=row.seq,
        organization=row.organization,
        name=row.name,
        state=row.state,
        currency=row.currency,
        countries=tuple(row.countries.split()),
        website=row.website,
        require_spark_ads=bool(row.require_spark_ads),
        requires_product_shipment=bool(row.requires_product_shipment),
        brief=row.brief,
        banner=row.banner,
        reward_amount=row.reward_amount,
        sale_share=row.sale_share,
        usage_days=row.usage_days,
        total_budget_amount=row.total_budget_amount,
        unused_amount=row.unused_amount,
        submissions_count=row.submissions_count,
        completed_count=row.completed_count,
        published_at=row.published_at,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def add(w: Write, row: dict[str, Any]) -> Collab:
    return collab(w.run(COLLABS.insert().returning(COLLABS), row).one())


def find(r: Read, organization: int, seq: int) -> Collab | None:
    row = r.run(select(COLLABS).where(_C.organization == organization, _C.seq == seq)).first()
    return collab(row) if row else None


def locked(w: Write, organization: int, seq: int) -> Collab | None:
    """The same, and nobody else changes it before this transaction ends."""
    found = select(COLLABS).where(_C.organization == organization, _C.seq == seq).with_for_update()
    row = w.run(found).first()
    return collab(row) if row else None


def anyones(r: Read, seq: int) -> Collab | None:
    """A collab, whosever it is: for creators, and for the server's own work."""
    row = r.run(select(COLLABS).where(_C.seq == seq)).first()
    return collab(row) if row else None


def locked_anyones(w: Write, seq: int) -> Collab | None:
    """A collab, whosever it is, which nobody else changes before this transaction ends."""
    row = w.run(select(COLLABS).where(_C.seq == seq).with_for_update()).first()
    return collab(row) if row else None


def page(r: Read, organization: int, offset: int, limit: int) -> tuple[list[Collab], int]:
    """In the order in which they were made."""
    mine = _C.organization == organization
    rows = r.run(select(COLLABS).where(mine).order_by(_C.seq).offset(offset).limit(limit))
    total = r.run(select(func.count()).select_from(COLLABS).where(mine)).scalar_one()
    return [collab(row) for row in rows], int(total)


def by_state(r: Read, state: str, most: int) -> list[Collab]:
    """Those of every organization that are in the state, oldest first."""
    return [
        collab(row) for row in r.run(select(COLLABS).where(_C.state == state).order_by(_C.seq).limit(most))
    ]


def named(r: Read, seqs: set[int]) -> dict[int, Collab]:
    """Collabs by their numbers, whosever they are."""
    if not seqs:
        return {}
    return {row.seq: collab(row) for row in r.run(select(COLLABS).where(_C.seq.in_(seqs)))}


def change(w: Write, organization: int, seq: int, at: Instant, values: dict[str, Any]) -> Collab:
    changed = update(COLLABS).where(_C.organization == organization, _C.seq == seq)
    return collab(w.run(changed.values(**values, updated_at=at).returning(COLLABS)).one())


def drop(w: Write, organization: int, seq: int) -> None:
    w.run(delete(COLLABS).where(_C.organization == organization, _C.seq == seq))


def count(w: Write, seq: int, submissions: int, completed: int) -> None:
    """So many more submissions, and completed ones, than before."""
    values: dict[Any, Any] = {
        _C.submissions_count: _C.submissions_count + submissions,
        _C.completed_count: _C.completed_count + completed,
    }
    w.run(update(COLLABS).where(_C.seq == seq).values(values))


def publish(w: Write, organization: int, seq: int, at: Instant) -> Collab:
    """Published, with the instant of the first time."""
    first = case((_C.published_at.is_(None), at), else_=_C.published_at)
    return change(w, organization, seq, at, {"state": "published", "published_at": first})
