"""Statements of how toggles and segments were."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, insert, select

from hyway.domain.projects import Project
from hyway.domain.toggles.records import Past
from hyway.domain.toggles.store.tables import TOGGLE_PASTS
from hyway.kernel.db import Read, Write

_P = TOGGLE_PASTS.c


def add(w: Write, of: Project, id: str, past: Past) -> None:
    row = {
        "project": of.seq,
        "of": id,
        "version": past.version,
        "at": past.at,
        "by": past.by,
        "by_name": past.by_name,
        "verb": past.verb,
        "state": json.dumps(past.of, ensure_ascii=False),
    }
    w.run(insert(TOGGLE_PASTS), row)


def every(r: Read, of: Project, id: str, limit: int) -> list[Past]:
    """Newest first."""
    found = select(TOGGLE_PASTS).where(_P.project == of.seq, _P.of == id).order_by(_P.version.desc())
    return [_past(row) for row in r.run(found.limit(limit))]


def one(r: Read, of: Project, id: str, version: int) -> Mapping[str, Any] | None:
    found = select(TOGGLE_PASTS).where(_P.project == of.seq, _P.of == id, _P.version == version)
    row = r.run(found).one_or_none()
    return _past(row).of if row else None


def _past(row: Row[Any]) -> Past:
    return Past(row.version, row.at, row.by, row.by_name, row.verb, json.loads(row.state))
