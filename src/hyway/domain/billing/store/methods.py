"""Statements of payment methods."""

from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from hyway.domain.billing.records import Method, NewMethod, ProviderName
from hyway.domain.billing.store.paying_tables import PAYMENT_METHODS
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write

_M = PAYMENT_METHODS.c


def add(w: Write, account: int, provider: ProviderName, new: NewMethod, at: Instant) -> None:
    row = {"account": account, "provider": provider, "created_at": at, "is_default": None}
    w.run(insert(PAYMENT_METHODS).values(**row, **{name: getattr(new, name) for name in new.__slots__}))


def of_each(r: Read, accounts: list[int]) -> dict[int, list[Method]]:
    """By account, the oldest first."""
    rows = r.run(
        select(PAYMENT_METHODS).where(_M.account.in_(accounts)).order_by(_M.created_at, _M.provider_id)
    )
    found: dict[int, list[Method]] = {account: [] for account in accounts}
    for row in rows:
        found[row.account].append(_method(row))
    return found


def find(r: Read, account: int, provider_id: str) -> Method | None:
    row = r.run(
        select(PAYMENT_METHODS).where(_M.account == account, _M.provider_id == provider_id)
    ).one_or_none()
    return _method(row) if row else None


def known(r: Read, provider: ProviderName, provider_id: str) -> list[Method]:
    """Whose it is, as far as its provider says; several accounts may share a customer's."""
    rows = r.run(select(PAYMENT_METHODS).where(_M.provider == provider, _M.provider_id == provider_id))
    return [_method(row) for row in rows]


def change(w: Write, of: Method, new: NewMethod) -> None:
    values = {name: getattr(new, name) for name in new.__slots__ if name != "provider_id"}
    w.run(update(PAYMENT_METHODS).where(*_is(of)).values(**values))


def prefer(w: Write, account: int, provider_id: str) -> None:
    """It alone is the default."""
    w.run(
        update(PAYMENT_METHODS)
        .where(_M.account == account, _M.is_default.is_not(None))
        .values(is_default=None)
    )
    w.run(
        update(PAYMENT_METHODS)
        .where(_M.account == account, _M.provider_id == provider_id)
        .values(is_default=1)
    )


def drop(w: Write, of: Method) -> None:
    w.run(delete(PAYMENT_METHODS).where(*_is(of)))


def _is(of: Method) -> tuple[Any, ...]:
    return (_M.account == of.account, _M.provider_id == of.provider_id)


def _method(row: Row[Any]) -> Method:
    return Method(**{**row._mapping, "is_default": bool(row.is_default)})
