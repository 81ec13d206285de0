"""Statements of environments."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update

from hyway.domain.projects.records import Draft, Environment, Project
from hyway.domain.projects.store.tables import ENVIRONMENTS
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write

_E = ENVIRONMENTS.c


def add(w: Write, of: Project, new: Sequence[tuple[str, Draft]], at: Instant) -> list[Environment]:
    """With their new ids, in the order given."""
    rows = [
        {
            "id": id,
            "organization": of.organization.seq,
            "project": of.seq,
            "alternate_id": draft.alternate_id,
            "name": draft.name,
            "folded_name": draft.name.casefold(),
            "color": draft.color,
            "type": draft.type,
            "created_at": at,
            "updated_at": at,
        }
        for id, draft in new
    ]
    w.run(insert(ENVIRONMENTS), rows)
    made = {each.id: each for each in of_project(w, of)}
    return [made[id] for id, _ in new]


def find(r: Read, of: Project, column: str, text: str) -> Environment | None:
    """`column` is `id` or `alternate_id`."""
    row = r.run(_mine(of).where(_E[column] == text)).one_or_none()
    return _environment(row, of) if row else None


def of_project(r: Read, of: Project) -> list[Environment]:
    """All of them, by number."""
    return [_environment(row, of) for row in r.run(_mine(of).order_by(_E.seq))]


def of_projects(r: Read, those: Sequence[Project]) -> list[Environment]:
    """All of theirs, by number; the projects are of one organization."""
    if not those:
        return []
    by_seq = {of.seq: of for of in those}
    mine = select(ENVIRONMENTS).where(
        _E.organization == those[0].organization.seq, _E.project.in_(sorted(by_seq))
    )
    return [_environment(row, by_seq[row.project]) for row in r.run(mine.order_by(_E.seq))]


def page(r: Read, of: Project, offset: int, limit: int) -> tuple[list[Environment], int]:
    found = _mine(of).order_by(_E.seq).offset(offset).limit(limit)
    return [_environment(row, of) for row in r.run(found)], count(r, of)


def count(r: Read, of: Project) -> int:
    mine = (_E.organization == of.organization.seq) & (_E.project == of.seq)
    return int(r.run(select(func.count()).select_from(ENVIRONMENTS).where(mine)).scalar_one())


def change(w: Write, of: Project, seq: int, at: Instant, **values: Any) -> None:
    mine = (_E.organization == of.organization.seq) & (_E.project == of.seq) & (_E.seq == seq)
    w.run(update(ENVIRONMENTS).where(mine).values(updated_at=at, **values))


def drop(w: Write, of: Project, seq: int | None = None) -> None:
    """The one, or all of the project's."""
    mine = delete(ENVIRONMENTS).where(_E.organization == of.organization.seq, _E.project == of.seq)
    w.run(mine if seq is None else mine.where(_E.seq == seq))


def _mine(of: Project) -> Any:
    return select(ENVIRONMENTS).where(_E.organization == of.organization.seq, _E.project == of.seq)


def _environment(row: Row[Any], of: Project) -> Environment:
    return Environment(row.seq, row.id, row.alternate_id, row.name, row.color, row.type, of)
