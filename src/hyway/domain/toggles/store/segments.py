"""Statements of segments, and of who uses which."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, insert, select, update

from hyway.domain.projects import Project
from hyway.domain.toggles.records import Segment, Toggle
from hyway.domain.toggles.store.tables import SEGMENT_USES, SEGMENTS
from hyway.domain.toggles.store.toggles import meta
from hyway.kernel.db import Read, Write
from hyway.kernel.sql import among

_S, _U = SEGMENTS.c, SEGMENT_USES.c


def add(w: Write, of: Project, row: Mapping[str, Any]) -> None:
    whose = {"organization": of.organization.seq, "project": of.seq, "project_id": of.id}
    w.run(insert(SEGMENTS), {**whose, **_kept(row)})


def find(r: Read, of: Project, column: str, text: str) -> Row[Any] | None:
    """The one with the `id`, deleted or not; or the live one with the `alternate_id`."""
    wanted = select(SEGMENTS).where(*_mine(of), _S[column] == text)
    return r.run(wanted if column == "id" else wanted.where(_S.deleted_at.is_(None))).one_or_none()


def page(
    r: Read,
    organization: int,
    of: Collection[str] | None,
    search: str,
    without: Collection[str],
    offset: int,
    limit: int,
) -> tuple[list[Row[Any]], int]:
    """The live ones of the projects with these ids (None: of all) but those `without`, by number; and how many."""
    where: list[ColumnElement[bool]] = [_S.organization == organization, _S.deleted_at.is_(None)]
    if of is not None:
        where.append(among(r.engine, _S.project_id, of))
    if search:
        where.append(_S.words.contains(search, autoescape=True))
    if without:
        where.append(~among(r.engine, _S.id, without))
    found = select(SEGMENTS).where(*where).order_by(_S.seq).offset(offset).limit(limit)
    total = r.run(select(func.count()).select_from(SEGMENTS).where(*where)).scalar_one()
    return list(r.run(found)), int(total)


def logics(r: Read, organization: int, project: int) -> Sequence[Row[Any]]:
    """Id, alternate id and logic of the live ones, by number."""
    where = (_S.organization == organization, _S.project == project, _S.deleted_at.is_(None))
    return r.run(select(_S.id, _S.alternate_id, _S.logic).where(*where).order_by(_S.seq)).all()


def names(r: Read, of: Project) -> list[tuple[str, str]]:
    """Ids and alternate ids of the live ones."""
    shown = select(_S.id, _S.alternate_id).where(*_mine(of), _S.deleted_at.is_(None))
    return [(row.id, row.alternate_id) for row in r.run(shown)]


def change(w: Write, of: Project, seq: int, values: Mapping[str, Any]) -> None:
    w.run(update(SEGMENTS).where(*_mine(of), _S.seq == seq).values(_kept(values)))


def uses(r: Read, projects: Collection[int]) -> dict[str, frozenset[str]]:
    """The ids of segments that each toggle and segment of the projects names."""
    found: dict[str, set[str]] = {}
    if projects:
        rows = r.run(select(_U.of, _U.segment).where(_U.project.in_(sorted(projects))))
        for row in rows:
            found.setdefault(row.of, set()).add(row.segment)
    return {of: frozenset(named) for of, named in found.items()}


def use(w: Write, project: int, of: str, segments: Iterable[str]) -> None:
    """It names these from now on, and no others."""
    w.run(delete(SEGMENT_USES).where(_U.project == project, _U.of == of))
    rows = [{"of": of, "segment": each, "project": project} for each in sorted(segments)]
    if rows:
        w.run(insert(SEGMENT_USES), rows)


def segment(row: Row[Any], of: Project, toggles: Iterable[Toggle] = ()) -> Segment:
    return Segment(
        row.seq,
        row.id,
        row.alternate_id,
        row.name,
        row.description,
        tuple(json.loads(row.tags)),
        row.logic,
        row.version,
        meta(row),
        of,
        tuple(toggles),
    )


def _kept(values: Mapping[str, Any]) -> dict[str, Any]:
    row = dict(values)
    if "tags" in row:
        row["tags"] = json.dumps(row["tags"], ensure_ascii=False)
    return row


def _mine(of: Project) -> tuple[ColumnElement[bool], ...]:
    return _S.organization == of.organization.seq, _S.project == of.seq
