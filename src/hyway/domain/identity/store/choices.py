"""Statements about what organizations have chosen, and those of them that somebody looks for by name."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, func, or_, select, update

from hyway.domain.identity.records import Organization
from hyway.domain.identity.store.people import organization
from hyway.domain.identity.store.tables import MEMBERSHIPS, ORGANIZATIONS
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write

_O = ORGANIZATIONS.c


def default_environments(r: Read, seqs: Iterable[int]) -> dict[int, str]:
    """Of those that have chosen some."""
    wanted = select(_O.seq, _O.default_environments).where(
        _O.seq.in_(sorted(set(seqs))), _O.default_environments.is_not(None)
    )
    return {row.seq: row.default_environments for row in r.run(wanted)}


def billing_accounts(r: Read, seqs: Iterable[int]) -> dict[int, int]:
    """Of those that have one."""
    wanted = select(_O.seq, _O.billing_account).where(
        _O.seq.in_(sorted(set(seqs))), _O.billing_account.is_not(None)
    )
    return {row.seq: row.billing_account for row in r.run(wanted)}


def paid_from(r: Read, account: int, since: Instant) -> list[Organization]:
    """Those that are open, or were at that instant, by number."""
    there = or_(_O.closed_at.is_(None), _O.closed_at >= since)
    wanted = select(ORGANIZATIONS).where(_O.billing_account == account, there).order_by(_O.seq)
    return [organization(row) for row in r.run(wanted)]


def choose(w: Write, organization_seq: int, at: Instant, **values: Any) -> None:
    w.run(update(ORGANIZATIONS).where(_O.seq == organization_seq).values(updated_at=at, **values))


def beginning(
    r: Read, person_seq: int, folded_prefix: str, offset: int, limit: int
) -> tuple[list[Organization], int]:
    """A person's organizations whose name begins so, by number, and how many there are."""
    mine = select(MEMBERSHIPS.c.organization).where(MEMBERSHIPS.c.person == person_seq)
    found = _named(select(ORGANIZATIONS), folded_prefix).where(_O.seq.in_(mine)).order_by(_O.seq)
    count = _named(select(func.count()).select_from(ORGANIZATIONS), folded_prefix).where(_O.seq.in_(mine))
    page = [organization(row) for row in r.run(found.offset(offset).limit(limit))]
    return page, int(r.run(count).scalar_one())


def _named(statement: Select[Any], folded_prefix: str) -> Select[Any]:
    live = statement.where(_O.closed_at.is_(None))
    return live.where(_O.folded_name.startswith(folded_prefix, autoescape=True)) if folded_prefix else live
