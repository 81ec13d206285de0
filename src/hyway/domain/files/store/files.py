"""Statements of files."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy import delete as delete_from

from hyway.domain.files.records import File, Picture
from hyway.domain.files.store.tables import FILES
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write

_F = FILES.c
_SHOWN = (
    _F.seq, _F.key, _F.name, _F.media_type, _F.size, _F.width, _F.height, _F.checksum, _F.created_at,
)  # fmt: skip
_KEPT = select(*_SHOWN).where(_F.dropped_at.is_(None))


def add(
    w: Write, organization: int | None, person: int | None, picture: Picture, checksum: str, now: Instant
) -> File:
    row = {
        "key": picture.key,
        "name": picture.name,
        "media_type": picture.media_type,
        "size": len(picture.body),
        "width": picture.width,
        "height": picture.height,
        "checksum": checksum,
        "created_at": now,
    }
    made = w.run(insert(FILES).values(**row, organization=organization, person=person).returning(*_SHOWN))
    return _file(made.one())


def find(r: Read, seq: int) -> File | None:
    row = r.run(_KEPT.where(_F.seq == seq)).one_or_none()
    return _file(row) if row else None


def under(r: Read, key: str) -> File | None:
    """The file whose bytes lie under the key."""
    row = r.run(_KEPT.where(_F.key == key)).one_or_none()
    return _file(row) if row else None


def keys_and_names(r: Read, seqs: Sequence[int]) -> dict[int, tuple[str, str]]:
    """By number, of those that are shown."""
    wanted = select(_F.seq, _F.key, _F.name).where(_F.seq.in_(seqs), _F.dropped_at.is_(None))
    return {row.seq: (row.key, row.name) for row in r.run(wanted)}


def drop(w: Write, seq: int, now: Instant) -> None:
    w.run(update(FILES).where(_F.seq == seq, _F.dropped_at.is_(None)).values(dropped_at=now))


def dropped(r: Read, before: Instant, most: int) -> list[str]:
    """Keys of files that nothing has shown since then."""
    old = select(_F.key).where(_F.dropped_at < before).order_by(_F.dropped_at).limit(most)
    return list(r.run(old).scalars())


def forget(w: Write, keys: Sequence[str]) -> None:
    w.run(delete_from(FILES).where(_F.key.in_(keys)))


def known(r: Read, keys: Sequence[str]) -> set[str]:
    """Those of the keys that a row names."""
    return set(r.run(select(_F.key).where(_F.key.in_(keys))).scalars())


def _file(row: Row[Any]) -> File:
    return File(**row._mapping)
