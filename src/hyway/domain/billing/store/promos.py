"""Statements of promo codes."""

from typing import Any

from sqlalchemy import Row, select, update

from hyway.domain.billing.records import Promo
from hyway.domain.billing.store.paying_tables import ACCOUNT_PROMOS, PROMOS
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write
from hyway.kernel.sql import insert

_P, _E = PROMOS.c, ACCOUNT_PROMOS.c


def add(w: Write, new: Promo) -> None:
    w.run(PROMOS.insert().values({name: getattr(new, name) for name in new.__slots__}))


def find(r: Read, code: str) -> Promo | None:
    row = r.run(select(PROMOS).where(_P.code == code)).one_or_none()
    return _promo(row) if row else None


def every(r: Read) -> list[Promo]:
    """The newest first."""
    return [_promo(row) for row in r.run(select(PROMOS).order_by(_P.created_at.desc(), _P.code))]


def withdraw(w: Write, code: str, at: Instant) -> None:
    w.run(update(PROMOS).where(_P.code == code, _P.withdrawn_at.is_(None)).values(withdrawn_at=at))


def enter(w: Write, account: int, codes: list[str]) -> None:
    """These are the account's, in that order, and no others."""
    w.run(update(ACCOUNT_PROMOS).where(_E.account == account).values(place=None))
    for place, code in enumerate(codes):
        line = insert(ACCOUNT_PROMOS, w.engine).values(account=account, code=code, place=place, used=0)
        w.run(line.on_conflict_do_update(index_elements=["account", "code"], set_={"place": place}))


def of_each(r: Read, accounts: list[int]) -> dict[int, list[tuple[Promo, int]]]:
    """By account, in order, with the number of cycles that each has taken something off."""
    joined = select(ACCOUNT_PROMOS.c.account, _E.used, PROMOS).join(PROMOS, _P.code == _E.code)
    wanted = joined.where(_E.account.in_(accounts), _E.place.is_not(None)).order_by(_E.account, _E.place)
    found: dict[int, list[tuple[Promo, int]]] = {account: [] for account in accounts}
    for row in r.run(wanted):
        found[row.account].append((_promo(row), row.used))
    return found


def use(w: Write, account: int, codes: list[str]) -> None:
    """One more cycle of each."""
    w.run(update(ACCOUNT_PROMOS).where(_E.account == account, _E.code.in_(codes)).values(used=_E.used + 1))


def _promo(row: Row[Any]) -> Promo:
    return Promo(**{name: getattr(row, name) for name in Promo.__slots__})
