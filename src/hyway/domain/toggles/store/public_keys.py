"""Statements of public keys."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, delete, func, insert, select

from hyway.domain.projects import Project
from hyway.domain.toggles.records import PublicKey
from hyway.domain.toggles.store.tables import PUBLIC_KEYS
from hyway.kernel.db import Read, Write
from hyway.kernel.sql import Prepared, among

_K = PUBLIC_KEYS.c
_BY_HASH = Prepared(
    select(_K.organization, _K.project, _K.seq).where(_K.key_hash == bindparam("key_hash")), ("key_hash",)
)


def add(w: Write, of: Project, row: Mapping[str, Any]) -> PublicKey:
    whose = {"organization": of.organization.seq, "project": of.seq, "project_id": of.id}
    return public_key(w.run(insert(PUBLIC_KEYS).values({**whose, **row}).returning(PUBLIC_KEYS)).one(), of)


def page(
    r: Read, organization: int, of: Collection[str] | None, offset: int, limit: int
) -> tuple[list[Row[Any]], int]:
    """Those of the projects with these ids (None: of all), by number; and how many they are."""
    where: list[ColumnElement[bool]] = [_K.organization == organization]
    if of is not None:
        where.append(among(r.engine, _K.project_id, of))
    found = select(PUBLIC_KEYS).where(*where).order_by(_K.seq).offset(offset).limit(limit)
    total = r.run(select(func.count()).select_from(PUBLIC_KEYS).where(*where)).scalar_one()
    return list(r.run(found)), int(total)


def find(r: Read, organization: int, column: str, text: str) -> Row[Any] | None:
    """By `id` or `key_hash`."""
    return r.run(select(PUBLIC_KEYS).where(_K.organization == organization, _K[column] == text)).one_or_none()


def key_of(r: Read, column: str, text: str) -> str | None:
    """The key as programs carry it, whoever asks."""
    found: str | None = r.run(select(_K.key).where(_K[column] == text)).scalar_one_or_none()
    return found


def count(r: Read, of: Project) -> int:
    mine = (_K.organization == of.organization.seq) & (_K.project == of.seq)
    return int(r.run(select(func.count()).select_from(PUBLIC_KEYS).where(mine)).scalar_one())


def drop(w: Write, organization: int, seq: int) -> bool:
    gone = delete(PUBLIC_KEYS).where(_K.organization == organization, _K.seq == seq)
    return w.run(gone.returning(_K.seq)).first() is not None


def drop_all(w: Write, organization: int) -> list[str]:
    """The digests of the organization's keys, none of which is left."""
    return list(
        w.run(delete(PUBLIC_KEYS).where(_K.organization == organization).returning(_K.key_hash)).scalars()
    )


def asking(r: Read, key_hash: str) -> tuple[int, int, int] | None:
    """The numbers of organization, project and key."""
    rows = r.rows(_BY_HASH, key_hash)
    return tuple(rows[0]) if rows else None


def public_key(row: Row[Any], of: Project) -> PublicKey:
    return PublicKey(row.seq, row.id, row.key, row.name, of, row.created_at, row.created_by)
