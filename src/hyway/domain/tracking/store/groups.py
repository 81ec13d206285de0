"""Statements on groups."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, delete, select, update

from hyway.domain.tracking.listing import Wanted
from hyway.domain.tracking.records import Environment, Group
from hyway.domain.tracking.store import listing
from hyway.domain.tracking.store.tables import ACCOUNTS, FENCES, GROUPS, TRACKS, USERS
from hyway.kernel.db import Read, Write
from hyway.kernel.sql import Prepared

SEALED = "tracking group token"
"""What the tokens are sealed for."""

_G, _U = GROUPS.c, USERS.c
_PARENTS = GROUPS.alias("parents")
_SHOWN = select(
    _G.seq,
    _G.id,
    _G.lookup_id,
    _G.name,
    _PARENTS.c.id.label("parent_id"),
    _G.token,
    _G.created_at,
    _G.modified_at,
).select_from(GROUPS.outerjoin(_PARENTS, _PARENTS.c.seq == _G.parent))
_BY_ID = Prepared(
    _SHOWN.where(_G.account == bindparam("account"), _G.id == bindparam("id")), ["account", "id"]
)
_BY_LOOKUP = Prepared(
    _SHOWN.where(_G.account == bindparam("account"), _G.lookup_id == bindparam("lookup_id")),
    ["account", "lookup_id"],
)
_BY_TOKEN = Prepared(
    _SHOWN.add_columns(ACCOUNTS.c.organization, ACCOUNTS.c.environment)
    .join(ACCOUNTS, ACCOUNTS.c.seq == _G.account)
    .where(_G.token_hash == bindparam("token_hash")),
    ["token_hash"],
)
_ROOT = (
    select(_G.seq)
    .where(_G.account == bindparam("account"), _G.seq == bindparam("root"))
    .cte("under", recursive=True)
)
_UNDER = _ROOT.union(select(_G.seq).join(_ROOT, _G.parent == _ROOT.c.seq))
_BELOW = Prepared(select(_UNDER.c.seq), ["account", "root"])
_SHELF = listing.Shelf(
    rows=_SHOWN,
    account=_G.account,
    seq=_G.seq,
    filters={
        "id": listing.any_of(_G.id),
        "name": listing.holds(_G.name),
        "lookup_id": listing.same(_G.lookup_id),
        "parent_group_id": listing.same(_PARENTS.c.id),
        "has_parent": listing.there(_G.parent),
        "min_date": listing.least(_G.created_at),
        "max_date": listing.most(_G.created_at),
        **listing.between(created_at=_G.created_at, modified_at=_G.modified_at),
    },
    orders={
        "name": _G.name,
        "lookup_id": _G.lookup_id,
        "created_at": _G.created_at,
        "modified_at": _G.modified_at,
    },
    search=(_G.name, _G.lookup_id),
)


def _group(r: Read, row: Sequence[Any]) -> Group:
    seq, id, lookup_id, name, parent_id, token, created_at, modified_at = row[:8]
    return Group(seq, id, lookup_id, name, parent_id, r.seal.open(token, SEALED), created_at, modified_at)


def find(r: Read, account: int, id: str) -> Group | None:
    rows = r.rows(_BY_ID, account, id)
    return _group(r, rows[0]) if rows else None


def by_lookup_id(r: Read, account: int, lookup_id: str) -> Group | None:
    rows = r.rows(_BY_LOOKUP, account, lookup_id)
    return _group(r, rows[0]) if rows else None


def by_token(r: Read, token_hash: str) -> tuple[Group, int, Environment] | None:
    """The group, its organization and whether its data are live."""
    rows = r.rows(_BY_TOKEN, token_hash)
    return (_group(r, rows[0]), rows[0][8], rows[0][9]) if rows else None


def below(r: Read, account: int, seq: int) -> set[int]:
    """The numbers of the group and of all those under it."""
    return {row[0] for row in r.rows(_BELOW, account, seq)}


def page(r: Read, account: int, wanted: Wanted, seen: set[int] | None) -> tuple[list[Group], int]:
    also = () if seen is None else (_G.seq.in_(seen),)
    rows, total = listing.page(r, _SHELF, account, wanted, *also)
    return [_group(r, row) for row in rows], total


def add(w: Write, row: dict[str, Any]) -> None:
    w.run(GROUPS.insert(), row)


def change(w: Write, account: int, seq: int, values: dict[str, Any]) -> None:
    w.run(update(GROUPS).where(_G.account == account, _G.seq == seq).values(**values))


def lock(w: Write, account: int) -> None:
    """Others wait who want to place a group of the account; SQLite has one writer anyway."""
    if w.engine == "postgresql":
        w.run(select(ACCOUNTS.c.seq).where(ACCOUNTS.c.seq == account).with_for_update())


def users_in(r: Read, account: int, seq: int) -> list[int]:
    found = select(_U.seq).where(_U.account == account, _U.group == seq)
    return list(r.run(found).scalars())


def set_frames(w: Write, account: int, users: Sequence[int], frame: int) -> None:
    mine = (TRACKS.c.account == account) & TRACKS.c.user.in_(users)
    w.run(update(TRACKS).where(mine).values(frame=frame))


def drop(w: Write, account: int, seq: int) -> str:
    """The hash of the group's token; nobody is in it any more, and its geofences are gone."""
    w.run(update(GROUPS).where(_G.account == account, _G.parent == seq).values(parent=None))
    w.run(update(USERS).where(_U.account == account, _U.group == seq).values(group=None))
    w.run(delete(FENCES).where(FENCES.c.account == account, FENCES.c.group == seq))
    gone = delete(GROUPS).where(_G.account == account, _G.seq == seq).returning(_G.token_hash)
    return str(w.run(gone).scalar_one())
