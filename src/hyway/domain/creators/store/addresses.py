"""Statements about where people have things sent."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, delete, select

from hyway.domain.creators.records import Address
from hyway.domain.creators.store.tables import ADDRESSES
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write
from hyway.kernel.sql import upsert

_FIELDS = ("address_one", "address_two", "city", "state", "postal_code", "country_code")
_FIND = select(*ADDRESSES.c).where(ADDRESSES.c.person == bindparam("of_person"))
_DROP = delete(ADDRESSES).where(ADDRESSES.c.person == bindparam("of_person"))


def find(r: Read, person: int) -> Address | None:
    row: Any = r.run(_FIND, {"of_person": person}).first()
    if row is None:
        return None
    values = {name: getattr(row, name) for name in _FIELDS}
    return Address(seq=row.seq, created_at=row.created_at, updated_at=row.updated_at, **values)


def put(w: Write, person: int, values: Mapping[str, Any], now: Instant) -> None:
    """The person's only one: a new row, or the values of the old one."""
    row = {"person": person, "created_at": now, "updated_at": now, **values}
    names = ("updated_at", *_FIELDS)
    w.run(upsert(w.engine, ADDRESSES, [row], ["person"], lambda new: {name: new[name] for name in names}))


def drop(w: Write, person: int) -> bool:
    """Whether there was one."""
    return w.run(_DROP, {"of_person": person}).rowcount > 0
