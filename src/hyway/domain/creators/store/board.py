"""Statements on the board: running campaigns and published collabs as one list."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Text, func, literal, literal_column, null, select, union_all

from hyway.domain.creators.campaigns.records import Listing
from hyway.domain.creators.store.tables import CAMPAIGNS, COLLABS
from hyway.kernel.db import Read

_C, _L = CAMPAIGNS.c, COLLABS.c
_ZERO: Any = literal_column("0")
_NONE: Any = null()
_NO_WORDS: Any = literal_column("''", Text)
# In the order of Listing.
_COLUMNS = {
    "campaign": [
        literal_column("'campaign'", Text).label("kind"), _C.seq, _C.organization, _C.name, _C.currency,
        _C.countries, _C.website, _C.content_type, _C.category, _C.platform_ids, _C.tiktok_music_id,
        _C.cpm_amount, _C.min_payout_amount, _C.max_payout_amount, _C.base_reward_amount,
        _ZERO.label("reward_amount"), _C.sale_share, _ZERO.label("spark"), _ZERO.label("shipment"), _C.banner,
        _C.ends_at, _C.published_at,
    ],
    "collab": [
        literal_column("'collab'", Text).label("kind"), _L.seq, _L.organization, _L.name, _L.currency,
        _L.countries, _L.website, _NONE.label("content_type"), _NONE.label("category"),
        _NO_WORDS.label("platform_ids"), _NONE.label("tiktok_music_id"), _ZERO.label("cpm_amount"),
        _ZERO.label("min_payout_amount"), _ZERO.label("max_payout_amount"), _ZERO.label("base_reward_amount"),
        _L.reward_amount, _L.sale_share, _L.require_spark_ads, _L.requires_product_shipment, _L.banner,
        _NONE.label("ends_at"), _L.published_at,
    ],
}  # fmt: skip
_OPEN = {"campaign": _C.status == "active", "collab": _L.state == "published"}
_BRIEFS = {"campaign": _C.brief, "collab": _L.brief}


class Wanted(NamedTuple):
    """Of which organizations, and what they must have; None is whatever there is."""

    organizations: tuple[int, ...]
    platform_id: str | None
    country: str | None
    kind: str | None


def organizations(r: Read) -> list[int]:
    """Who has something on the board."""
    found = select(_C.organization).where(_OPEN["campaign"])
    return list(r.run(found.union(select(_L.organization).where(_OPEN["collab"]))).scalars())


def page(r: Read, wanted: Wanted, offset: int, limit: int) -> tuple[list[Listing], int]:
    """Newest first, and how many there are."""
    kinds = [kind for kind in _COLUMNS if wanted.kind in (None, kind)]
    if wanted.platform_id is not None:
        kinds = [kind for kind in kinds if kind == "campaign"]
    if not kinds or not wanted.organizations:
        return [], 0
    every = union_all(*(select(*_COLUMNS[kind]).where(*_narrow(kind, wanted)) for kind in kinds)).subquery()
    order = (every.c.published_at.desc(), every.c.kind, every.c.seq.desc())
    rows: Sequence[Any] = r.run(select(every).order_by(*order).limit(limit).offset(offset)).all()
    total = r.run(select(func.count()).select_from(every)).scalar_one()
    return [_listing(row) for row in rows], int(total)


def _narrow(kind: str, wanted: Wanted) -> list[ColumnElement[bool]]:
    table = CAMPAIGNS if kind == "campaign" else COLLABS
    where = [_OPEN[kind], table.c.organization.in_(wanted.organizations)]
    if wanted.platform_id is not None:
        where.append(_among(_C.platform_ids, wanted.platform_id))
    if wanted.country is not None:
        where.append(_among(table.c.countries, wanted.country))
    return where


def _among(words: Any, word: str) -> ColumnElement[bool]:
    """Whether it is one of words parted by blanks."""
    spaced: ColumnElement[bool] = (literal(" ") + words + " ").contains(f" {word} ", autoescape=True)
    return spaced


def find(r: Read, kind: str, seq: int) -> Listing | None:
    """With its brief."""
    table = CAMPAIGNS if kind == "campaign" else COLLABS
    query = select(*_COLUMNS[kind], _BRIEFS[kind]).where(table.c.seq == seq, _OPEN[kind])
    row: Any = r.run(query).first()
    return _listing(row) if row else None


def _listing(row: Any) -> Listing:
    values = dict(zip(Listing.__slots__, row, strict=False))
    values["countries"] = tuple(values["countries"].split())
    values["platform_ids"] = tuple(values["platform_ids"].split())
    values["require_spark_ads"] = bool(values["require_spark_ads"])
    values["requires_product_shipment"] = bool(values["requires_product_shipment"])
    return Listing(**values)
