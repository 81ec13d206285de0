"""Statements about clients, consents, and whom another issuer calls what."""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, func, select, update

from hyway.domain.oidc.records import Client
from hyway.domain.oidc.store.tables import CLIENTS, CONSENTS, IDENTITIES
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write
from hyway.kernel.sql import upsert


def client(row: Any) -> Client:
    return Client(
        row.id, row.name, tuple(json.loads(row.redirect_uris)), row.organization, row.secret_hash, row.hint,
        row.created_by, row.created_at, row.updated_at,
    )  # fmt: skip


def add(w: Write, row: dict[str, Any]) -> Client:
    return client(w.run(CLIENTS.insert().returning(CLIENTS), row).one())


def by_id(r: Read, id: str) -> Client | None:
    row = r.run(select(CLIENTS).where(CLIENTS.c.id == id)).first()
    return client(row) if row else None


def of_organization(r: Read, organization: int, id: str) -> Client | None:
    row = r.run(select(CLIENTS).where(CLIENTS.c.organization == organization, CLIENTS.c.id == id)).first()
    return client(row) if row else None


def page(r: Read, organization: int, offset: int, limit: int) -> list[Client]:
    """Newest first."""
    found = select(CLIENTS).where(CLIENTS.c.organization == organization).order_by(CLIENTS.c.seq.desc())
    return [client(row) for row in r.run(found.offset(offset).limit(limit))]


def count(r: Read, organization: int) -> int:
    found = select(func.count()).select_from(CLIENTS).where(CLIENTS.c.organization == organization)
    return int(r.run(found).scalar_one())


def names(r: Read, ids: Iterable[str]) -> dict[str, str]:
    found = select(CLIENTS.c.id, CLIENTS.c.name).where(CLIENTS.c.id.in_(sorted(set(ids))))
    return {row.id: row.name for row in r.run(found)}


def change(w: Write, organization: int, id: str, **values: Any) -> Client | None:
    changed = update(CLIENTS).where(CLIENTS.c.organization == organization, CLIENTS.c.id == id)
    row = w.run(changed.values(**values).returning(CLIENTS)).first()
    return client(row) if row else None


def drop(w: Write, organization: int, id: str | None = None) -> list[str]:
    """The ids of those that are gone: one, or all of the organization."""
    gone = delete(CLIENTS).where(CLIENTS.c.organization == organization)
    if id is not None:
        gone = gone.where(CLIENTS.c.id == id)
    return list(w.run(gone.returning(CLIENTS.c.id)).scalars())


def consented(r: Read, person: int, client_id: str) -> str:
    """The scope that a person has let a client have; empty for none."""
    found = select(CONSENTS.c.scope).where(CONSENTS.c.person == person, CONSENTS.c.client == client_id)
    return r.run(found).scalar_one_or_none() or ""


def consent(w: Write, person: int, client_id: str, scope: str, at: Instant) -> None:
    row = {"person": person, "client": client_id, "scope": scope, "at": at}
    keys = ["person", "client"]
    w.run(upsert(w.engine, CONSENTS, [row], keys, lambda new: {"scope": new.scope, "at": new.at}))


def forget_consent(w: Write, *, person: int | None = None, client_id: str) -> None:
    gone = delete(CONSENTS).where(CONSENTS.c.client == client_id)
    w.run(gone if person is None else gone.where(CONSENTS.c.person == person))


def known_as(r: Read, issuer: str, subject: str) -> int | None:
    """The person whom another issuer calls that."""
    found = select(IDENTITIES.c.person).where(IDENTITIES.c.issuer == issuer, IDENTITIES.c.subject == subject)
    return r.run(found).scalar_one_or_none()


def know_as(w: Write, issuer: str, subject: str, person: int, at: Instant) -> None:
    row = {"issuer": issuer, "subject": subject, "person": person, "created_at": at}
    w.run(IDENTITIES.insert(), row)
