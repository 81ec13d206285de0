"""Statements of packages."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy import delete as delete_from

from hyway.domain.packages.records import Laid, NewPackage, Package
from hyway.domain.packages.store.tables import PACKAGES
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write

_P = PACKAGES.c
_SHOWN = (
    _P.seq, _P.name, _P.version, _P.platform, _P.file, _P.size, _P.checksum, _P.key, _P.created_at,
)  # fmt: skip
_KEPT = select(*_SHOWN).where(_P.dropped_at.is_(None))


def add(w: Write, new: NewPackage, laid: Laid, now: Instant) -> Package:
    row = {
        "name": new.name,
        "version": new.version,
        "platform": new.platform,
        "file": new.file,
        "size": laid.size,
        "checksum": laid.checksum,
        "key": laid.key,
        "created_at": now,
    }
    return _package(w.run(insert(PACKAGES).values(**row).returning(*_SHOWN)).one())


def published(r: Read, name: str) -> dict[str, Instant]:
    """By version, when its first file came."""
    since = func.min(_P.created_at).label("since")
    wanted = select(_P.version, since).where(_P.name == name, _P.dropped_at.is_(None)).group_by(_P.version)
    return {row.version: row.since for row in r.run(wanted)}


def of_version(r: Read, name: str, version: str, platform: str | None = None) -> list[Package]:
    wanted = _KEPT.where(_P.name == name, _P.version == version)
    return _packages(r, wanted if platform is None else wanted.where(_P.platform == platform))


def of_checksum(r: Read, checksum: str, file: str) -> Package | None:
    """The first of them: their bytes are the same."""
    wanted = _KEPT.where(_P.checksum == checksum, _P.file == file).order_by(_P.seq).limit(1)
    return next(iter(_packages(r, wanted)), None)


def every(r: Read, name: str | None) -> list[Package]:
    return _packages(r, _KEPT if name is None else _KEPT.where(_P.name == name))


def drop(w: Write, name: str, version: str, platform: str | None, now: Instant) -> list[Package]:
    which = [_P.name == name, _P.version == version, _P.dropped_at.is_(None)]
    which += [] if platform is None else [_P.platform == platform]
    gone = update(PACKAGES).where(*which).values(dropped_at=now).returning(*_SHOWN)
    return [_package(row) for row in w.run(gone)]


def dropped(r: Read, before: Instant, most: int) -> list[str]:
    """Keys of what nobody could fetch since then."""
    old = select(_P.key).where(_P.dropped_at < before).order_by(_P.dropped_at).limit(most)
    return list(r.run(old).scalars())


def forget(w: Write, keys: Sequence[str]) -> None:
    w.run(delete_from(PACKAGES).where(_P.key.in_(keys)))


def known(r: Read, keys: Sequence[str]) -> set[str]:
    """Those of the keys that a row names."""
    return set(r.run(select(_P.key).where(_P.key.in_(keys))).scalars())


def _packages(r: Read, wanted: Any) -> list[Package]:
    return [_package(row) for row in r.run(wanted)]


def _package(row: Row[Any]) -> Package:
    return Package(**row._mapping)
