"""Statements on who last pushed, pulled or was denied."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select

from hyway.domain.envs.records import Last
from hyway.domain.envs.store.tables import ENV_LAST
from hyway.kernel.db import Read, Write
from hyway.kernel.sql import insert

_L = ENV_LAST.c


def note(w: Write, row: Mapping[str, Any]) -> None:
    """Keeps the row if it is the newest of its app, environment and kind: what is committed later may have happened
    before."""
    new = insert(ENV_LAST, w.engine).values(**row)
    w.run(
        new.on_conflict_do_update(
            index_elements=["app", "environment", "kind"],
            set_={name: new.excluded[name] for name in ("at", "member_id", "member_name")},
            where=(_L.at <= new.excluded.at) & (_L.organization == row["organization"]),
        )
    )


def of(r: Read, organization: int, projects: Collection[str]) -> list[Last]:
    """What is kept of the projects' apps, the oldest first."""
    found = (
        select(_L.app, _L.environment, _L.kind, _L.at, _L.member_id, _L.member_name)
        .where(_L.organization == organization, _L.project.in_(sorted(projects)))
        .order_by(_L.at)
    )
    return [Last._make(row) for row in r.run(found)]
