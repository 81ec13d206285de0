"""Statements on the keys of vaults."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from hyway.domain.envs.records import KeptKey
from hyway.domain.envs.store.tables import VAULT_KEYS
from hyway.kernel.db import Read, Write

_K = VAULT_KEYS.c


def add(w: Write, row: Mapping[str, Any]) -> None:
    """Conflict, within `attempt`, where the project has had a key with that number."""
    w.run(VAULT_KEYS.insert(), row)


def newest(r: Read, organization: int, project: str) -> tuple[int, str] | None:
    """Number and sealed content of the key that was stored last."""
    found = select(_K.secret_key_id, _K.content).where(_K.organization == organization, _K.project == project)
    row = r.run(found.order_by(_K.seq.desc()).limit(1)).first()
    return (row.secret_key_id, row.content) if row else None


def numbered(r: Read, organization: int, project: str, secret_key_id: int) -> str | None:
    """The sealed content of one of the project's keys, present or past."""
    found = select(_K.content).where(
        _K.organization == organization, _K.project == project, _K.secret_key_id == secret_key_id
    )
    content: str | None = r.run(found).scalar()
    return content


def history(r: Read, organization: int, project: str) -> list[KeptKey]:
    """Newest first."""
    found = (
        select(_K.secret_key_id, _K.created_at, _K.member_id, _K.member_name)
        .where(_K.organization == organization, _K.project == project)
        .order_by(_K.seq.desc())
    )
    return [KeptKey._make(row) for row in r.run(found)]
