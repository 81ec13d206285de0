"""Statements on env files and their versions.

Whoever changes a file's versions holds the file's row first: pushes and deletions of one file stand in a line.
"""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Column, delete, false, func, or_, select, update

from hyway.domain.envs.records import Narrowed, Row
from hyway.domain.envs.store.tables import ENV_FILES, ENV_VERSIONS
from hyway.kernel.db import Read, Write
from hyway.kernel.sql import insert

_F, _V = ENV_FILES.c, ENV_VERSIONS.c
_SHOWN: list[Column[Any]] = [
    _V.id, _F.project, _F.app, _F.environment, _V.version, _V.secret_key_id, _V.size, _V.count_variables,
    _V.published_at, _V.member_id, _V.member_name,
]  # fmt: skip
_KEPT = ENV_VERSIONS.join(ENV_FILES, _V.file == _F.seq)
_LATEST = ENV_VERSIONS.join(ENV_FILES, (_V.file == _F.seq) & (_V.version == _F.latest))


def take(w: Write, file: Mapping[str, Any], was: int) -> int | None:
    """The file's number once `file["latest"]` is its latest version, held until the commit; None for a stale version.

    `was` is the key that the version before is said to be encrypted with. One statement judges: of two pushes of the
    same version the second sees the first one's.
    """
    if was == file["secret_key_id"]:
        new = insert(ENV_FILES, w.engine).values(**file)
        fresh = {name: new.excluded[name] for name in ("latest", "secret_key_id")}
        grown = (_F.latest < new.excluded.latest) & (_F.organization == file["organization"])
        taken = new.on_conflict_do_update(
            index_elements=["app", "environment"], set_=fresh, where=grown
        ).returning(_F.seq)
    else:
        known = _this(file["organization"], file["app"], file["environment"])
        taken = (
            update(ENV_FILES)
            .where(*known, _F.latest < file["latest"], _F.secret_key_id == was)
            .values(latest=file["latest"], secret_key_id=file["secret_key_id"])
            .returning(_F.seq)
        )
    found: int | None = w.run(taken).scalar()
    return found


def latest_of(r: Read, organization: int, app: str, environment: str) -> tuple[int, int] | None:
    """The latest version's number and the id of its key."""
    row = r.run(select(_F.latest, _F.secret_key_id).where(*_this(organization, app, environment))).first()
    return (row.latest, row.secret_key_id) if row else None


def add(w: Write, version: Mapping[str, Any]) -> None:
    w.run(ENV_VERSIONS.insert(), version)


def _this(organization: int, app: str, environment: str) -> list[Any]:
    return [_F.organization == organization, _F.app == app, _F.environment == environment]


def find(
    r: Read, organization: int, app: str, environment: str, version: int | None, key: int | None
) -> tuple[Row, str] | None:
    """The newest version that fits, and its sealed content."""
    wanted = select(*_SHOWN, _V.content).select_from(_KEPT).where(*_this(organization, app, environment))
    if version is not None:
        wanted = wanted.where(_V.version == version)
    if key is not None:
        wanted = wanted.where(_V.secret_key_id == key)
    row = r.run(wanted.order_by(_V.version.desc()).limit(1)).first()
    return (Row._make(row[:-1]), row.content) if row else None


def history(
    r: Read, organization: int, app: str, environment: str, key: int | None, skip: int, most: int
) -> tuple[list[Row], int]:
    """Versions of one file, newest first, and how many there are."""
    where = _this(organization, app, environment)
    if key is not None:
        where.append(_V.secret_key_id == key)
    found = select(*_SHOWN).select_from(_KEPT).where(*where).order_by(_V.version.desc())
    total = r.run(select(func.count()).select_from(_KEPT).where(*where)).scalar_one()
    return [Row._make(row) for row in r.run(found.limit(most).offset(skip))], int(total)


def latest(
    r: Read, organization: int, narrowed: Narrowed, skip: int = 0, most: int | None = None
) -> list[Row]:
    """The latest version of each file, in the order in which the files came to be."""
    found = select(*_SHOWN).select_from(_LATEST).where(*_narrow(organization, narrowed)).order_by(_F.seq)
    return [Row._make(row) for row in r.run(found.limit(most).offset(skip) if most is not None else found)]


def count(r: Read, organization: int, narrowed: Narrowed) -> int:
    found = select(func.count()).select_from(ENV_FILES).where(*_narrow(organization, narrowed))
    return int(r.run(found).scalar_one())


def _narrow(organization: int, narrowed: Narrowed) -> list[Any]:
    where: list[Any] = [_F.organization == organization]
    if narrowed.apps is not None:
        where.append(_among(_F.app, narrowed.apps))
    if narrowed.visible is not None:
        where.append(or_(_among(_F.project, narrowed.visible), _among(_F.app, narrowed.visible)))
    return where


def _among(column: Column[Any], ids: Collection[str]) -> Any:
    return column.in_(sorted(ids)) if ids else false()


def drop(w: Write, organization: int, app: str, environment: str) -> bool:
    """The file with all its versions; False where there is none."""
    gone = delete(ENV_FILES).where(*_this(organization, app, environment)).returning(_F.seq)
    return w.run(gone).first() is not None


def drop_encrypted(w: Write, organization: int, app: str, environment: str, key: int) -> list[int]:
    """The versions encrypted with that key, gone now; the file with them where none is left."""
    file = w.run(select(_F.seq).where(*_this(organization, app, environment)).with_for_update()).scalar()
    if file is None:
        return []
    gone = (
        delete(ENV_VERSIONS)
        .where(_V.organization == organization, _V.file == file, _V.secret_key_id == key)
        .returning(_V.version)
    )
    versions = sorted(w.run(gone).scalars())
    if versions:
        _settle(w, organization, file)
    return versions


def _settle(w: Write, organization: int, file: int) -> None:
    """The newest of the versions that are left is the latest."""
    left = select(_V.version, _V.secret_key_id).where(_V.organization == organization, _V.file == file)
    newest = w.run(left.order_by(_V.version.desc()).limit(1)).first()
    if newest is None:
        w.run(delete(ENV_FILES).where(_F.organization == organization, _F.seq == file))
        return
    fresh = {"latest": newest.version, "secret_key_id": newest.secret_key_id}
    w.run(update(ENV_FILES).where(_F.organization == organization, _F.seq == file).values(fresh))
