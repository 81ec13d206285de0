"""Customers, leads and sales, and the answers that an idempotency key holds."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    delete,
    func,
    literal_column,
    or_,
    select,
    update,
)

from hyway.domain.attribution.records import Customer, CustomerQuery, CustomerWish
from hyway.domain.attribution.store.clicks import CLICKS
from hyway.kernel.clock import HOUR, Instant
from hyway.kernel.db import Read, Write
from hyway.kernel.patch import changes
from hyway.kernel.sql import METADATA, At, Key, Seq, insert

CUSTOMERS = Table(
    "customers",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("id", Key, nullable=False, unique=True),
    Column("organization", ForeignKey("organizations.seq"), nullable=False),
    Column("external_id", Key, nullable=False),
    Column("name", Text, nullable=False),
    Column("email", Text),
    Column("phone", Text),
    Column("avatar", Text),
    Column("created_at", At, nullable=False),
    Column("updated_at", At, nullable=False),
    Index("uq_customers_external_id", "organization", "external_id", unique=True),
    Index("ix_customers_created", "organization", "created_at"),
)

# A row without an amount is a lead, one with an amount a sale.
CONVERSIONS = Table(
    "conversions",
    METADATA,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("id", Key, nullable=False, unique=True),
    Column("organization", Integer, nullable=False),
    Column("click", Seq, nullable=False),
    Column("link", Seq, nullable=False),
    Column("customer", Seq, nullable=False),
    Column("partner_id", Key),
    Column("event_name", Key, nullable=False),
    Column("metadata", Text),
    Column("amount", BigInteger),
    Column("currency", Key),
    Column("at", At, nullable=False),
    Index("ix_conversions_organization", "organization", "at"),
    Index("ix_conversions_link", "link", "at"),
    Index("ix_conversions_customer", "customer", "at"),
    sqlite_autoincrement=True,
)

IDEMPOTENCY = Table(
    "idempotency",
    METADATA,
    Column("organization", Integer, primary_key=True, autoincrement=False),
    Column("operation", Key, primary_key=True),
    Column("key", Key, primary_key=True),
    Column("digest", Key, nullable=False),
    Column("answer", Text, nullable=False),
    Column("at", At, nullable=False),
)


def customer(row: Any) -> Customer:
    return Customer(
        row.id, row.external_id, row.name, row.email, row.phone, row.avatar, row.created_at, row.updated_at
    )


def upsert_customer(
    w: Write, organization: int, id: str, wish: CustomerWish, at: Instant
) -> tuple[int, Customer]:
    """The customer of that external id, made or brought up to date; the constraint decides which."""
    mentioned = changes(email=wish.email, phone=wish.phone, avatar=wish.avatar)
    row = {
        "id": id,
        "organization": organization,
        "external_id": wish.external_id,
        "name": wish.name,
        **mentioned,
    }
    made = insert(CUSTOMERS, w.engine).values(**row, created_at=at, updated_at=at)
    upsert = made.on_conflict_do_update(
        index_elements=["organization", "external_id"],
        set_={"name": wish.name, "updated_at": at, **mentioned},
    )
    stored = w.run(upsert.returning(*CUSTOMERS.c)).one()
    return stored.seq, customer(stored)


def customer_seq(r: Read, organization: int, external_id: str) -> int | None:
    query = select(CUSTOMERS.c.seq).where(
        CUSTOMERS.c.organization == organization, CUSTOMERS.c.external_id == external_id
    )
    return r.run(query).scalar_one_or_none()


def customers(r: Read, organization: int, query: CustomerQuery) -> list[Customer]:
    order = (CUSTOMERS.c.created_at, CUSTOMERS.c.seq)
    found = select(CUSTOMERS).where(*_narrow(organization, query)).limit(query.take).offset(query.skip)
    return [
        customer(row)
        for row in r.run(found.order_by(*(order if query.ascending else (c.desc() for c in order))))
    ]


def count_customers(r: Read, organization: int, query: CustomerQuery) -> int:
    found = select(func.count()).select_from(CUSTOMERS).where(*_narrow(organization, query))
    return int(r.run(found).scalar_one())


def _narrow(organization: int, query: CustomerQuery) -> list[Any]:
    where: list[Any] = [CUSTOMERS.c.organization == organization]
    any_of: list[Any] = []
    if query.id is not None:
        any_of.append(CUSTOMERS.c.id == query.id)
    if query.external_id is not None:
        any_of.append(CUSTOMERS.c.external_id == query.external_id)
    if any_of:
        where.append(or_(*any_of))
    if query.search:
        seen = [
            CUSTOMERS.c[n].icontains(query.search, autoescape=True) for n in ("name", "email", "external_id")
        ]
        where.append(or_(*seen))
    return where


def customers_by_seqs(r: Read, organization: int, seqs: Sequence[int]) -> dict[int, Customer]:
    found: dict[int, Customer] = {}
    for i in range(0, len(seqs), 900):
        query = select(CUSTOMERS).where(
            CUSTOMERS.c.organization == organization, CUSTOMERS.c.seq.in_(seqs[i : i + 900])
        )
        found.update((row.seq, customer(row)) for row in r.run(query))
    return found


def add(w: Write, row: dict[str, Any]) -> None:
    w.run(CONVERSIONS.insert(), row)


def latest_lead_click(r: Read, organization: int, customer_seq: int, event_name: str | None) -> int | None:
    """The click of the customer's most recent lead, of the leads of that name if one is given."""
    query = select(CONVERSIONS.c.click).where(
        CONVERSIONS.c.organization == organization,
        CONVERSIONS.c.customer == customer_seq,
        CONVERSIONS.c.amount.is_(None),
    )
    if event_name is not None:
        query = query.where(CONVERSIONS.c.event_name == event_name)
    return r.run(
        query.order_by(CONVERSIONS.c.at.desc(), CONVERSIONS.c.seq.desc()).limit(1)
    ).scalar_one_or_none()


def recent(
    r: Read, organization: int, most: int, *, link: int | None = None, customer_id: str | None = None
) -> Sequence[Any]:
    """Leads and sales, newest first, with the id of their click (`click_id`)."""
    query = select(*CONVERSIONS.c, CLICKS.c.id.label("click_id")).join(
        CLICKS, CLICKS.c.seq == CONVERSIONS.c.click
    )
    query = query.where(CONVERSIONS.c.organization == organization)
    if link is not None:
        query = query.where(CONVERSIONS.c.link == link)
    if customer_id is not None:
        mine = select(CUSTOMERS.c.seq).where(
            CUSTOMERS.c.id == customer_id, CUSTOMERS.c.organization == organization
        )
        query = query.where(CONVERSIONS.c.customer == mine.scalar_subquery())
    return r.run(query.order_by(CONVERSIONS.c.at.desc(), CONVERSIONS.c.seq.desc()).limit(most)).all()


def metadata(row: Any) -> dict[str, Any] | None:
    return json.loads(row.metadata) if row.metadata is not None else None


def claim(
    w: Write, organization: int, operation: str, key: str, digest: str, at: Instant
) -> tuple[str, str] | None:
    """None when this request is the first with the key, else the first one's digest and answer.

    The first one's row is held until its commit: a concurrent retry waits here and then finds the answer.
    """
    row = {
        "organization": organization,
        "operation": operation,
        "key": key,
        "digest": digest,
        "answer": "",
        "at": at,
    }
    made = insert(IDEMPOTENCY, w.engine).values(row).on_conflict_do_nothing().returning(IDEMPOTENCY.c.key)
    if w.run(made).first() is not None:
        return None
    found = w.run(select(IDEMPOTENCY).where(*_claimed(organization, operation, key))).one()
    return found.digest, found.answer


def answer(w: Write, organization: int, operation: str, key: str, text: str) -> None:
    w.run(update(IDEMPOTENCY).where(*_claimed(organization, operation, key)).values(answer=text))


def _claimed(organization: int, operation: str, key: str) -> list[Any]:
    c = IDEMPOTENCY.c
    return [c.organization == organization, c.operation == operation, c.key == key]


def forget_answers(w: Write, before: Instant) -> None:
    w.run(delete(IDEMPOTENCY).where(IDEMPOTENCY.c.at < before))


def revenue_by_hour(
    r: Read, organization: int, links: Sequence[int], since: Instant
) -> list[tuple[Instant, str, int]]:
    """(beginning of the hour, currency, amount) of the sales through these links, by time."""
    if not links:
        return []
    # In the text of the statement: PostgreSQL groups by no expression that has a parameter.
    length: Any = literal_column(str(HOUR), BigInteger)
    hour = (CONVERSIONS.c.at - CONVERSIONS.c.at % length).label("hour")
    found = select(hour, CONVERSIONS.c.currency, func.sum(CONVERSIONS.c.amount)).where(
        CONVERSIONS.c.organization == organization,
        CONVERSIONS.c.link.in_(links),
        CONVERSIONS.c.at >= since,
        CONVERSIONS.c.amount.is_not(None),
    )
    rows: Sequence[Any] = r.run(found.group_by(hour, CONVERSIONS.c.currency).order_by(hour)).all()
    return [(row[0], row[1], int(row[2])) for row in rows]
