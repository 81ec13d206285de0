"""Statements of apps."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, insert, or_, select, update

from hyway.domain.projects.records import App, NewApp, OrganizationRef, Project
from hyway.domain.projects.store import projects
from hyway.domain.projects.store.tables import APPS, PROJECTS
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write
from hyway.kernel.sql import among as is_among

Named = tuple[Collection[str], Collection[str]]
"""Ids and alternate ids, either of which will do."""

_A, _P = APPS.c, PROJECTS.c
_SHOWN = select(APPS, *[c.label(f"p_{c.name}") for c in _P]).join_from(APPS, PROJECTS, _P.seq == _A.project)


def add(w: Write, of: Project, id: str, new: NewApp, at: Instant) -> App:
    row = {
        "id": id,
        "organization": of.organization.seq,
        "project": of.seq,
        "alternate_id": new.alternate_id,
        "name": new.name,
        "settings": "{}",
        "created_at": at,
        "updated_at": at,
    }
    seq = w.run(insert(APPS).values(row).returning(_A.seq)).scalar_one()
    return App(seq, id, new.alternate_id, new.name, {}, of)


def find(r: Read, organization: OrganizationRef, column: str, text: str) -> App | None:
    """`column` is `id` or `alternate_id`."""
    row = r.run(_SHOWN.where(_A.organization == organization.seq, _A[column] == text)).one_or_none()
    return _app(row, organization) if row else None


def page(
    r: Read,
    organization: OrganizationRef,
    among: Collection[str] | None,
    of: Named | None,
    these: Named | None,
    offset: int,
    limit: int,
) -> tuple[list[App], int]:
    """By number: those whose own id or whose project's is `among` these, `of` such projects, and `these` alone."""
    where: list[ColumnElement[bool]] = [_A.organization == organization.seq]
    if among is not None:
        where.append(or_(is_among(r.engine, _A.id, among), is_among(r.engine, _P.id, among)))
    if of is not None:
        where.append(or_(_P.id.in_(of[0]), _P.alternate_id.in_(of[1])))
    if these is not None:
        where.append(or_(_A.id.in_(these[0]), _A.alternate_id.in_(these[1])))
    found = _SHOWN.where(*where).order_by(_A.seq).offset(offset).limit(limit)
    count = select(func.count()).select_from(APPS)
    if among is not None or of is not None:
        count = count.join(PROJECTS, _P.seq == _A.project)
    return [_app(row, organization) for row in r.run(found)], int(r.run(count.where(*where)).scalar_one())


def of_project(r: Read, of: Project) -> list[App]:
    """All of them, by number."""
    found = _SHOWN.where(_A.organization == of.organization.seq, _A.project == of.seq).order_by(_A.seq)
    return [_app(row, of.organization) for row in r.run(found)]


def speaking_of(r: Read, of: Project, alternate_id: str) -> list[App]:
    """Those of the project whose settings have the text between quotes."""
    mine = (_A.organization == of.organization.seq) & (_A.project == of.seq)
    found = _SHOWN.where(mine, _A.settings.contains(f'"{alternate_id}"', autoescape=True))
    return [_app(row, of.organization) for row in r.run(found.order_by(_A.seq))]


def change(w: Write, organization: int, seq: int, at: Instant, values: Mapping[str, Any]) -> None:
    """`settings` among the values is JSON-shaped."""
    row = dict(values)
    if "settings" in row:
        row["settings"] = json.dumps(row["settings"], ensure_ascii=False)
    w.run(update(APPS).where(_A.organization == organization, _A.seq == seq).values(updated_at=at, **row))


def drop(w: Write, organization: int, seqs: Sequence[int]) -> None:
    for i in range(0, len(seqs), 900):
        w.run(delete(APPS).where(_A.organization == organization, _A.seq.in_(seqs[i : i + 900])))


def _app(row: Row[Any], organization: OrganizationRef) -> App:
    of = projects.project(row, organization, "p_")
    return App(row.seq, row.id, row.alternate_id, row.name, json.loads(row.settings), of)
