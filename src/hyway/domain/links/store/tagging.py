"""Statements on tags by their names, which need not be unique."""

from collections.abc import Sequence

from sqlalchemy import func, select

from hyway.domain.links.store.shelves import TAGS
from hyway.kernel.db import Read

_AT_ONCE = 900


def every(r: Read, organization: int) -> list[str]:
    found = select(TAGS.c.name).where(TAGS.c.organization == organization).distinct()
    return sorted(r.run(found).scalars())


def names(r: Read, organization: int, ids: Sequence[str]) -> dict[str, str]:
    """Names by id."""
    found: dict[str, str] = {}
    for i in range(0, len(ids), _AT_ONCE):
        part = TAGS.c.id.in_(ids[i : i + _AT_ONCE])
        query = select(TAGS.c.id, TAGS.c.name).where(TAGS.c.organization == organization, part)
        found.update((row.id, row.name) for row in r.run(query))
    return found


def ids(r: Read, organization: int, wanted: Sequence[str]) -> dict[str, str]:
    """The id of the oldest tag of each name."""
    query = (
        select(TAGS.c.name, func.min(TAGS.c.id).label("id"))
        .where(TAGS.c.organization == organization, TAGS.c.name.in_(wanted))
        .group_by(TAGS.c.name)
    )
    return {row.name: row.id for row in r.run(query)}
