"""Statements of projects."""

from collections.abc import Collection
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, delete, func, insert, select, update

from hyway.domain.projects.records import NewProject, OrganizationRef, Project
from hyway.domain.projects.store.tables import PROJECTS
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write
from hyway.kernel.sql import among as is_among

_P = PROJECTS.c


def add(
    w: Write, organization: OrganizationRef, id: str, new: NewProject, created_by: str | None, at: Instant
) -> Project:
    row = {
        "id": id,
        "organization": organization.seq,
        "alternate_id": new.alternate_id,
        "name": new.name,
        "is_monorepo": int(new.is_monorepo),
        "created_by": created_by,
        "created_at": at,
        "updated_at": at,
    }
    return project(w.run(insert(PROJECTS).values(row).returning(PROJECTS)).one(), organization)


def find(r: Read, organization: int, column: str, text: str) -> Row[Any] | None:
    """`column` is `id` or `alternate_id`."""
    return r.run(select(PROJECTS).where(_P.organization == organization, _P[column] == text)).one_or_none()


def page(
    r: Read, organization: int, among: Collection[str] | None, offset: int, limit: int
) -> tuple[list[Row[Any]], int]:
    """By number, those with an id `among` these, and how many they are."""
    where = _mine(r, organization, among)
    found = select(PROJECTS).where(*where).order_by(_P.seq).offset(offset).limit(limit)
    count = select(func.count()).select_from(PROJECTS).where(*where)
    return list(r.run(found)), int(r.run(count).scalar_one())


def these(r: Read, organization: int, ids: Collection[str]) -> list[Row[Any]]:
    return list(r.run(select(PROJECTS).where(*_mine(r, organization, ids)).order_by(_P.seq)))


def organization_of(r: Read, seq: int) -> int | None:
    found: int | None = r.run(select(_P.organization).where(_P.seq == seq)).scalar_one_or_none()
    return found


def hold(w: Write, organization: int, seq: int, until: Literal["stays", "changes", "goes"]) -> bool:
    """Whether it is there; then nobody deletes it before the commit (`stays`).

    Who `changes` something about it waits for others that do, who lets it go (`goes`) for everybody with a hold on it.
    """
    held = select(_P.seq).where(_P.organization == organization, _P.seq == seq)
    locked = held.with_for_update(key_share=until != "goes", read=until == "stays")
    return w.run(locked).scalar_one_or_none() is not None


def change(w: Write, organization: int, seq: int, at: Instant, **values: Any) -> None:
    mine = (_P.organization == organization) & (_P.seq == seq)
    raw = {name: int(value) if name == "is_monorepo" else value for name, value in values.items()}
    w.run(update(PROJECTS).where(mine).values(updated_at=at, **raw))


def drop(w: Write, organization: int, seq: int) -> None:
    w.run(delete(PROJECTS).where(_P.organization == organization, _P.seq == seq))


def project(row: Row[Any], organization: OrganizationRef, prefix: str = "") -> Project:
    """The record of a row whose columns begin with `prefix`."""
    at = row._mapping
    return Project(
        seq=at[f"{prefix}seq"],
        id=at[f"{prefix}id"],
        alternate_id=at[f"{prefix}alternate_id"],
        name=at[f"{prefix}name"],
        is_monorepo=bool(at[f"{prefix}is_monorepo"]),
        organization=organization,
        created_at=at[f"{prefix}created_at"],
        created_by=at[f"{prefix}created_by"],
    )


def _mine(r: Read, organization: int, among: Collection[str] | None) -> list[ColumnElement[bool]]:
    mine: list[ColumnElement[bool]] = [_P.organization == organization]
    if among is not None:
        mine.append(is_among(r.engine, _P.id, among))
    return mine
