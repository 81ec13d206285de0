"""Statements of short codes: links found and listed as the wire of projects asks for them."""

from typing import Any

from sqlalchemy import exists, func, or_, select

from hyway.domain.links.records import Link, ShortCodeQuery
from hyway.domain.links.store import links
from hyway.domain.links.store.links import LINK_TAGS, LINKS
from hyway.domain.links.store.shelves import COLLECTIONS, TAGS
from hyway.kernel.db import Read


def page(r: Read, organization: int, query: ShortCodeQuery) -> tuple[list[Link], int]:
    """One page, newest first, and how many there are."""
    where = _narrow(organization, query)
    total = int(r.run(select(func.count()).select_from(LINKS).where(*where)).scalar_one())
    order = (LINKS.c.created_at.desc(), LINKS.c.seq.desc())
    seqs = r.run(select(LINKS.c.seq).where(*where).order_by(*order).offset(query.offset).limit(query.limit))
    wanted = list(seqs.scalars())
    found = links.by_seqs(r, organization, wanted)
    return [found[seq] for seq in wanted], total


def _narrow(organization: int, query: ShortCodeQuery) -> list[Any]:
    where: list[Any] = [LINKS.c.organization == organization, LINKS.c.deleted_at.is_(None)]
    if query.title:
        where.append(LINKS.c.title.icontains(query.title, autoescape=True))
    if query.search:
        said = [LINKS.c[name].icontains(query.search, autoescape=True) for name in _SEARCHED]
        where.append(or_(*said))
    if query.tags:
        tagged = LINK_TAGS.join(TAGS, TAGS.c.id == LINK_TAGS.c.tag)
        named = (LINK_TAGS.c.link == LINKS.c.seq, TAGS.c.name.in_(query.tags))
        where.append(exists().select_from(tagged).where(*named))
    return where


_SEARCHED = ("title", "url", "short_id")


def id_of(r: Read, organization: int, seq: int) -> str | None:
    """The id of the live link with this number."""
    found = select(LINKS.c.id).where(LINKS.c.organization == organization, LINKS.c.seq == seq, *_LIVE)
    return r.run(found).scalar()


def ids_called(r: Read, organization: int, short_id: str) -> list[str]:
    """The ids of live links with this short id, of which there may be one on each domain; two at most."""
    mine = (LINKS.c.organization == organization, LINKS.c.short_id == short_id)
    return list(r.run(select(LINKS.c.id).where(*mine, *_LIVE).limit(2)).scalars())


def collection(r: Read, organization: int, name: str) -> str | None:
    """The oldest live collection of this name."""
    mine = (COLLECTIONS.c.organization == organization, COLLECTIONS.c.name == name)
    found = select(COLLECTIONS.c.id).where(*mine, COLLECTIONS.c.deleted_at.is_(None))
    return r.run(found.order_by(COLLECTIONS.c.seq).limit(1)).scalar()


_LIVE = (LINKS.c.deleted_at.is_(None),)
