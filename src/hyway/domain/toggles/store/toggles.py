"""Statements of toggles."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, func, insert, select, update

from hyway.domain.projects import Project
from hyway.domain.toggles.records import Meta, Target, Toggle, Value
from hyway.domain.toggles.store.tables import TOGGLES
from hyway.kernel.db import Read, Write
from hyway.kernel.sql import among

_T = TOGGLES.c


def add(w: Write, of: Project, row: Mapping[str, Any]) -> None:
    whose = {"organization": of.organization.seq, "project": of.seq, "project_id": of.id}
    w.run(insert(TOGGLES), {**whose, **_kept(row)})


def find(r: Read, of: Project, column: str, text: str) -> Toggle | None:
    """The one with the `id`, deleted or not; or the live one with the `key`."""
    wanted = select(TOGGLES).where(*_mine(of), _T[column] == text)
    row = r.run(wanted if column == "id" else wanted.where(_T.deleted_at.is_(None))).one_or_none()
    return toggle(row, of) if row else None


def page(
    r: Read, organization: int, of: Collection[str] | None, search: str, offset: int, limit: int
) -> tuple[list[Row[Any]], int]:
    """The live ones of the projects with these ids (None: of all), by number; and how many they are."""
    where: list[ColumnElement[bool]] = [_T.organization == organization, _T.deleted_at.is_(None)]
    if of is not None:
        where.append(among(r.engine, _T.project_id, of))
    if search:
        where.append(_T.words.contains(search, autoescape=True))
    found = select(TOGGLES).where(*where).order_by(_T.seq).offset(offset).limit(limit)
    total = r.run(select(func.count()).select_from(TOGGLES).where(*where)).scalar_one()
    return list(r.run(found)), int(total)


def count(r: Read, of: Project) -> int:
    live = select(func.count()).select_from(TOGGLES).where(*_mine(of), _T.deleted_at.is_(None))
    return int(r.run(live).scalar_one())


def these(r: Read, organization: int, ids: Collection[str]) -> list[Row[Any]]:
    """The live ones of these ids, by number."""
    if not ids:
        return []
    where = (_T.organization == organization, _T.deleted_at.is_(None), among(r.engine, _T.id, ids))
    return list(r.run(select(TOGGLES).where(*where).order_by(_T.seq)))


def rules(r: Read, organization: int, project: int) -> Sequence[Row[Any]]:
    """Key, type, default value and targets of the live ones, by number."""
    shown = select(_T.key, _T.type, _T.default_value, _T.targets)
    where = (_T.organization == organization, _T.project == project, _T.deleted_at.is_(None))
    return r.run(shown.where(*where).order_by(_T.seq)).all()


def change(w: Write, of: Project, seq: int, values: Mapping[str, Any]) -> None:
    w.run(update(TOGGLES).where(*_mine(of), _T.seq == seq).values(_kept(values)))


def toggle(row: Row[Any], of: Project) -> Toggle:
    return Toggle(
        row.seq,
        row.id,
        row.key,
        row.description,
        tuple(json.loads(row.tags)),
        row.type,
        tuple(Target(logic, value) for logic, value in json.loads(row.targets)),
        json.loads(row.default_value),
        row.version,
        meta(row),
        of,
    )


def meta(row: Row[Any]) -> Meta:
    return Meta(
        row.created_at, row.created_by, row.modified_at, row.modified_by, row.deleted_at, row.deleted_by
    )


def values_of(row: Row[Any]) -> tuple[Value, tuple[tuple[str, Value], ...]]:
    """The default value, and logic and value of each target."""
    return json.loads(row.default_value), tuple((said, value) for said, value in json.loads(row.targets))


def _kept(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as columns have them."""
    row = dict(values)
    if "tags" in row:
        row["tags"] = json.dumps(row["tags"], ensure_ascii=False)
    if "default_value" in row:
        row["default_value"] = json.dumps(row["default_value"], ensure_ascii=False)
    if "targets" in row:
        pairs = [(each.logic, each.value) for each in row["targets"]]
        row["targets"] = json.dumps(pairs, ensure_ascii=False)
    return row


def _mine(of: Project) -> tuple[ColumnElement[bool], ...]:
    return _T.organization == of.organization.seq, _T.project == of.seq
