"""Statements of what a provider of payments has yet to be told or asked."""

from typing import Any

from sqlalchemy import delete, func, select, update

from hyway.domain.billing.store.duty_tables import PAYMENT_DUTIES, PAYMENT_PAGES
from hyway.domain.billing.waiting import Duty, Page
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write
from hyway.kernel.sql import insert

_D, _P = PAYMENT_DUTIES.c, PAYMENT_PAGES.c
_SHOWN = [each for each in PAYMENT_DUTIES.c if each.name != "next_at"]
_WHICH = ("kind", "account", "subject")


def owe(w: Write, of: Duty, at: Instant) -> None:
    """Once, however often it is owed; the latest mark counts."""
    row = {name: getattr(of, name) for name in of.__slots__} | {"next_at": at}
    new = {name: value for name, value in row.items() if name not in _WHICH}
    line = insert(PAYMENT_DUTIES, w.engine).values(row)
    w.run(line.on_conflict_do_update(index_elements=list(_WHICH), set_=new))


def find(r: Read, kind: str, account: int, subject: str) -> Duty | None:
    row = r.run(
        select(*_SHOWN).where(_D.kind == kind, _D.account == account, _D.subject == subject)
    ).one_or_none()
    return Duty(**row._mapping) if row else None


def due(r: Read, now: Instant, most: int) -> list[Duty]:
    """The longest waiting first."""
    rows = r.run(select(*_SHOWN).where(_D.next_at <= now).order_by(_D.next_at).limit(most))
    return [Duty(**row._mapping) for row in rows]


def done(w: Write, of: Duty) -> None:
    w.run(delete(PAYMENT_DUTIES).where(*_is(of)))


def put_off(w: Write, of: Duty, until: Instant) -> None:
    w.run(update(PAYMENT_DUTIES).where(*_is(of)).values(tries=of.tries + 1, next_at=until))


def _is(of: Duty) -> tuple[Any, ...]:
    """As it was when it was read."""
    return (_D.kind == of.kind, _D.account == of.account, _D.subject == of.subject, _D.mark == of.mark)


def add_page(w: Write, of: Page) -> None:
    w.run(PAYMENT_PAGES.insert().values({name: getattr(of, name) for name in of.__slots__}))


def page(r: Read, id: str) -> Page | None:
    row = r.run(select(PAYMENT_PAGES).where(_P.id == id)).one_or_none()
    return Page(**row._mapping) if row else None


def page_named(r: Read, provider: str, session: str) -> Page | None:
    row = r.run(select(PAYMENT_PAGES).where(_P.provider == provider, _P.session == session)).one_or_none()
    return Page(**row._mapping) if row else None


def opened(w: Write, id: str, customer: str, session: str) -> None:
    """Its provider has named it; nobody names it anew."""
    still = (_P.id == id, _P.session.is_(None))
    w.run(update(PAYMENT_PAGES).where(*still).values(customer=customer, session=session))


def ended(w: Write, id: str, at: Instant, method: str | None) -> bool:
    """Whether it had not ended before."""
    still = (_P.id == id, _P.ended_at.is_(None))
    changed = update(PAYMENT_PAGES).where(*still).values(ended_at=at, method=method)
    return w.run(changed.returning(_P.id)).first() is not None


def pages_since(r: Read, account: int, at: Instant) -> int:
    """How many were opened for the account from that instant on."""
    wanted = select(func.count()).select_from(PAYMENT_PAGES)
    return int(r.run(wanted.where(_P.account == account, _P.created_at >= at)).scalar_one())


def forget_pages(w: Write, before: Instant) -> None:
    w.run(delete(PAYMENT_PAGES).where(_P.created_at < before))
