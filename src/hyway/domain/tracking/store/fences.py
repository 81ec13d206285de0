"""Statements on geofences and on who visits them."""

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Text, bindparam, cast, delete, func, or_, select, update

from hyway.domain.tracking.borders.fencing import Terms, Visit, dumped, loaded
from hyway.domain.tracking.earth.shapes import Box
from hyway.domain.tracking.listing import Wanted
from hyway.domain.tracking.records import Fence
from hyway.domain.tracking.store import listing, places
from hyway.domain.tracking.store.tables import FENCES, GROUPS, PLACES, TRACKS, USERS, VISITS
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write
from hyway.kernel.sql import Prepared, insert

_F, _V, _P = FENCES.c, VISITS.c, PLACES.c
_FROM = (
    FENCES.outerjoin(USERS, USERS.c.seq == _F.user)
    .outerjoin(GROUPS, GROUPS.c.seq == _F.group)
    .outerjoin(PLACES, _P.seq == _F.place)
)
_OWN = [
    _F.name, _F.type, _F.shape, _F.radius, _F.min_duration, _F.max_duration, _F.expire_at, _F.metadata,
    _F.created_at, _F.modified_at,
]  # fmt: skip
_SHOWN = select(
    _F.seq,
    _F.id,
    USERS.c.id.label("user_id"),
    GROUPS.c.id.label("group_id"),
    *_OWN,
    *places.SHOWN.selected_columns,
).select_from(_FROM)
_BEFORE_PLACE = 4 + len(_OWN)
_SHELF = listing.Shelf(
    rows=_SHOWN,
    account=_F.account,
    seq=_F.seq,
    filters={
        "id": listing.any_of(_F.id),
        "name": listing.holds(_F.name),
        "type": listing.any_of(_F.type),
        "user_id": listing.same(USERS.c.id),
        "group_id": listing.same(GROUPS.c.id),
        "place_id": listing.same(_P.id),
        **listing.between(created_at=_F.created_at, expire_at=_F.expire_at),
    },
    orders={
        "name": _F.name,
        "type": _F.type,
        "created_at": _F.created_at,
        "modified_at": _F.modified_at,
        "expire_at": _F.expire_at,
    },
    search=(_F.name, _P.name, _P.address),
)


class Outline(NamedTuple):
    """What is remembered of a fence: whose it is, where it lies and what it asks for.

    `box` is there where the area is drawn, `lat`, `lon` and `radius` where it is a circle.
    """

    seq: int
    user: int | None
    group: int | None
    box: Box | None
    lat: float | None
    lon: float | None
    radius: float | None
    terms: Terms


_OUTLINES = Prepared(
    select(
        _F.seq, _F.user, _F.group, _F.box, _P.lat, _P.lon, func.coalesce(_F.radius, _P.radius), _F.type,
        _F.min_duration, _F.max_duration, _F.expire_at,
    )
    .select_from(FENCES.outerjoin(PLACES, _P.seq == _F.place))
    .where(_F.account == bindparam("account"), _F.expire_at > bindparam("now"))
    .order_by(_F.seq),
    ["account", "now"],
)  # fmt: skip
_PARENTS = Prepared(
    select(GROUPS.c.seq, GROUPS.c.id, GROUPS.c.parent).where(GROUPS.c.account == bindparam("account")),
    ["account"],
)
_SHAPE = Prepared(select(_F.shape).where(_F.seq == bindparam("seq")), ["seq"])
_VISITS = Prepared(select(_V.fence, _V.state).where(_V.user == bindparam("user")), ["user"])
_LEAVE = Prepared(
    delete(VISITS).where(_V.fence == bindparam("fence"), _V.user == bindparam("user")), ["fence", "user"]
)
_STATE = ["fence", "user", "state", "due_at"]


def _keeping(engine: str) -> Any:
    """Writes a visit while its fence is there, and holds the fence meanwhile."""
    values = (
        _F.seq,
        cast(bindparam("user"), BigInteger),
        cast(bindparam("state"), Text),
        cast(bindparam("due_at"), BigInteger),
    )
    there = select(*values).where(_F.seq == bindparam("fence")).with_for_update(read=True, key_share=True)
    new = insert(VISITS, engine).from_select(_STATE, there)
    return new.on_conflict_do_update(
        index_elements=["fence", "user"],
        set_={"state": new.excluded.state, "due_at": new.excluded.due_at},
    )


_KEEP = {engine: Prepared(_keeping(engine), _STATE) for engine in ("sqlite", "postgresql")}


def _fence(of: Any) -> Fence:
    row = tuple(of)
    seq, id, user_id, group_id, name, type, shape, radius, least, most, *rest = row[:_BEFORE_PLACE]
    expire_at, metadata, created_at, modified_at = rest
    place = places.as_place(row[_BEFORE_PLACE:]) if row[_BEFORE_PLACE] is not None else None
    if shape is None and radius is None and place is not None:
        radius = place.radius
    return Fence(
        seq, id, user_id, group_id, name, type, place, json.loads(shape) if shape else None, radius, least, most,
        expire_at, json.loads(metadata), created_at, modified_at,
    )  # fmt: skip


def _shown_to(seen: Collection[int] | None) -> list[ColumnElement[bool]]:
    """Of these groups and of the users in them; all fences for None."""
    return [] if seen is None else [or_(_F.group.in_(seen), USERS.c.group.in_(seen))]


def page(r: Read, account: int, wanted: Wanted, seen: Collection[int] | None) -> tuple[list[Fence], int]:
    """Those that are for the groups `seen` and for users in them; all of them for None."""
    rows, total = listing.page(r, _SHELF, account, wanted, *_shown_to(seen))
    return [_fence(row) for row in rows], total


def find(r: Read, account: int, id: str, seen: Collection[int] | None = None) -> Fence | None:
    row = r.run(_SHOWN.where(_F.account == account, _F.id == id, *_shown_to(seen))).first()
    return _fence(row) if row else None


def by_seqs(r: Read, account: int, seqs: Collection[int]) -> dict[int, Fence]:
    rows = r.run(_SHOWN.where(_F.account == account, _F.seq.in_(seqs)))
    return {row[0]: _fence(row) for row in rows}


def count(r: Read, account: int, now: Instant) -> int:
    """How many there are whose time is not over."""
    counted = select(func.count()).where(_F.account == account, _F.expire_at > now)
    return int(r.run(counted).scalar_one())


def add(w: Write, row: dict[str, Any]) -> None:
    w.run(FENCES.insert(), row)


def change(w: Write, account: int, seq: int, values: dict[str, Any]) -> None:
    w.run(update(FENCES).where(_F.account == account, _F.seq == seq).values(**values))


def drop(w: Write, account: int, seq: int) -> None:
    """Its visits go with it."""
    w.run(delete(FENCES).where(_F.account == account, _F.seq == seq))


def purge(w: Write, account: int, before: Instant, most: int) -> int:
    """Forgets fences that expired then; how many they were."""
    some = select(_F.seq).where(_F.account == account, _F.expire_at < before).limit(most)
    return w.run(delete(FENCES).where(_F.seq.in_(some))).rowcount


def outlines(r: Read, account: int, now: Instant) -> list[Outline]:
    """All fences of the account whose time is not over."""
    made: list[Outline] = []
    for seq, user, group, box, lat, lon, radius, type, least, most, expire_at in r.rows(
        _OUTLINES, account, now
    ):
        terms = Terms(type, least, most, expire_at)
        made.append(
            Outline(seq, user, group, Box(*json.loads(box)) if box else None, lat, lon, radius, terms)
        )
    return made


def parents(r: Read, account: int) -> list[tuple[int, str, int | None]]:
    """Number, id and number of the parent of every group."""
    return [(row[0], row[1], row[2]) for row in r.rows(_PARENTS, account)]


def shape(r: Read, seq: int) -> dict[str, Any] | None:
    """The GeoJSON of a fence of the account that this caller knows it by."""
    rows = r.rows(_SHAPE, seq)
    return json.loads(rows[0][0]) if rows and rows[0][0] else None


def visits(r: Read, user: int) -> dict[int, Visit]:
    """What the user is visiting, or may be, by the fence's number."""
    return {fence: loaded(json.loads(state)) for fence, state in r.rows(_VISITS, user)}


def keep(w: Write, user: int, kept: Mapping[int, tuple[Visit, Instant | None]], left: Iterable[int]) -> None:
    """Writes visits with when they are to be looked at next, and forgets those of the fences that are left."""
    for fence, (visit, due_at) in kept.items():
        w.rows(_KEEP[w.engine], fence, user, json.dumps(dumped(visit), separators=(",", ":")), due_at)
    for fence in left:
        w.rows(_LEAVE, fence, user)


def forget_visits(w: Write, seq: int) -> None:
    w.run(delete(VISITS).where(_V.fence == seq))


def look_again(w: Write, seq: int, at: Instant) -> None:
    """Its visits are due then: what they wait for may have changed."""
    w.run(update(VISITS).where(_V.fence == seq).values(due_at=at))


def any_due(r: Read, now: Instant) -> bool:
    return r.run(select(_V.user).where(_V.due_at <= now).limit(1)).first() is not None


def due(r: Read, now: Instant, most: int) -> list[tuple[int, int, int]]:
    """Account, user and fence of the visits that are longest due."""
    found = (
        select(TRACKS.c.account, _V.user, _V.fence)
        .join_from(VISITS, TRACKS, TRACKS.c.user == _V.user)
        .where(_V.due_at <= now)
        .order_by(_V.due_at)
        .limit(most)
    )
    rows: list[Any] = list(r.run(found))
    return [(account, user, fence) for account, user, fence in rows]


def lock(w: Write, users: Collection[int]) -> None:
    """Holds back positions of these users; in the order in which others lock users, too."""
    if w.engine == "postgresql":
        held = select(TRACKS.c.user).join(USERS, USERS.c.seq == TRACKS.c.user).where(TRACKS.c.user.in_(users))
        w.run(held.order_by(USERS.c.id).with_for_update(of=TRACKS))
