"""Statements on accounts, and the count of changes that streams go by."""

from typing import Any

from sqlalchemy import bindparam, select, update

from hyway.domain.tracking.records import Account, Environment
from hyway.domain.tracking.store.tables import ACCOUNTS
from hyway.kernel import clock, ids
from hyway.kernel.db import Read, Write
from hyway.kernel.sql import Prepared, insert

_A = ACCOUNTS.c
_FIELDS = [c.name for c in ACCOUNTS.c]
_BY_ORGANIZATION = Prepared(
    select(ACCOUNTS).where(
        _A.organization == bindparam("organization"), _A.environment == bindparam("environment")
    ),
    ["organization", "environment"],
)
_BY_SEQ = Prepared(select(ACCOUNTS).where(_A.seq == bindparam("seq")), ["seq"])
_COUNT_ON = Prepared(
    update(ACCOUNTS)
    .where(_A.seq == bindparam("account"))
    .values(frames=_A.frames + bindparam("many"))
    .returning(_A.frames),
    ["many", "account"],
)


def as_account(row: Any) -> Account:
    """The record of a row in the order of the table."""
    named = dict(zip(_FIELDS, row, strict=True))
    del named["frames"]
    return Account(**{**named, "custom_types": bool(named["custom_types"])})


def of(r: Read, organization: int, environment: Environment) -> Account | None:
    rows = r.rows(_BY_ORGANIZATION, organization, environment)
    return as_account(rows[0]) if rows else None


def by_seq(r: Read, seq: int) -> Account:
    return as_account(r.rows(_BY_SEQ, seq)[0])


def add(w: Write, organization: int, environment: Environment) -> None:
    """An account with the defaults; nothing where there is one."""
    row = {
        "id": ids.uuid4(),
        "organization": organization,
        "environment": environment,
        "frames": 0,
        "fences": 0,
        "timezone": "UTC",
        "distance_unit": "km",
        "custom_types": 0,
        "created_at": clock.now(),
    }
    w.run(insert(ACCOUNTS, w.engine).values(row).on_conflict_do_nothing())


def change(w: Write, seq: int, **values: Any) -> None:
    w.run(update(ACCOUNTS).where(_A.seq == seq).values(**values))


def next_frames(w: Write, seq: int, many: int = 1) -> int:
    """Takes `many` numbers of the account's count of changes; the last of them.

    It locks the account until the commit, so that frames become visible in their order: take them late.
    """
    last: int = w.rows(_COUNT_ON, many, seq)[0][0]
    return last


def fenced(w: Write, seq: int, *, first: bool) -> None:
    """Counts a change of the account's geofences; `first` also where there never was one."""
    mine = _A.seq == seq if first else (_A.seq == seq) & (_A.fences > 0)
    w.run(update(ACCOUNTS).where(mine).values(fences=_A.fences + 1))


def frames(r: Read, seq: int) -> int:
    """How far the account has counted."""
    return r.run(select(_A.frames).where(_A.seq == seq)).scalar() or 0


def every(r: Read) -> list[Account]:
    return [as_account(tuple(row)) for row in r.run(select(ACCOUNTS).order_by(_A.seq))]
