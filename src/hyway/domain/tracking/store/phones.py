"""Statements on what belongs to a user's phone: its picture, its push tokens, its logs."""

from typing import NamedTuple

from sqlalchemy import bindparam, delete, or_, select, update

from hyway.domain.tracking.records import Picture
from hyway.domain.tracking.store.tables import LOGS, PHONES, PHOTOS, TRACKS, USERS
from hyway.domain.tracking.telling.display import ACTIVE_BATCH, PASSIVE_BATCH
from hyway.kernel.clock import SECOND, Instant
from hyway.kernel.db import Read, Write
from hyway.kernel.sql import Prepared, upsert

_PHOTO = Prepared(select(PHOTOS.c.type, PHOTOS.c.bytes).where(PHOTOS.c.id == bindparam("id")), ["id"])
_T = TRACKS.c


def keep_photo(w: Write, user: int, id: str, picture: Picture) -> None:
    """The one picture of the user, instead of the one before."""
    row = {"user": user, "id": id, "type": picture.type, "bytes": picture.bytes}
    w.run(
        upsert(
            w.engine,
            PHOTOS,
            [row],
            ["user"],
            lambda new: {"id": new.id, "type": new.type, "bytes": new.bytes},
        )
    )


def drop_photo(w: Write, user: int) -> None:
    w.run(delete(PHOTOS).where(PHOTOS.c.user == user))


def photo(r: Read, id: str) -> Picture | None:
    rows = r.rows(_PHOTO, id)
    return Picture(rows[0][0], bytes(rows[0][1])) if rows else None


def keep_phone(w: Write, user: int, device: str, kind: str, registration: str, at: Instant) -> None:
    """How to reach the device; what was known of it before is overwritten."""
    row = {"user": user, "device": device, "kind": kind, "registration": registration, "modified_at": at}
    same = ("kind", "registration", "modified_at")
    w.run(upsert(w.engine, PHONES, [row], ["user", "device"], lambda new: {name: new[name] for name in same}))


def drop_phone(w: Write, device: str, account: int, besides: int) -> None:
    """A phone serves one user: the account's others give it up."""
    others = select(USERS.c.seq).where(USERS.c.account == account, USERS.c.seq != besides)
    w.run(delete(PHONES).where(PHONES.c.device == device, PHONES.c.user.in_(others)))


def add_log(w: Write, account: int, user: int | None, device: str | None, body: str, at: Instant) -> int:
    row = {"account": account, "user": user, "device": device, "body": body, "at": at}
    seq: int = w.run(LOGS.insert().returning(LOGS.c.seq), row).scalar_one()
    return seq


def keep_logs(w: Write, account: int, most: int) -> None:
    """Of the account's logs the newest stay."""
    last = (
        select(LOGS.c.seq).where(LOGS.c.account == account).order_by(LOGS.c.seq.desc()).offset(most).limit(1)
    )
    seq = w.run(last).scalar()
    if seq is not None:
        w.run(delete(LOGS).where(LOGS.c.account == account, LOGS.c.seq <= seq))


def purge_logs(w: Write, before: Instant, most: int) -> int:
    """How many logs of before then were forgotten, at most so many."""
    old = select(LOGS.c.seq).where(LOGS.c.at < before).limit(most)
    return w.run(delete(LOGS).where(LOGS.c.seq.in_(old))).rowcount


class Silent(NamedTuple):
    """A user of whom nothing was heard for too long."""

    account: int
    user: int
    heartbeat_at: Instant


def silent(r: Read, now: Instant, most: int) -> list[Silent]:
    """Users that track and should have been heard of: twice the time between batches is over."""
    busy = now - 2 * ACTIVE_BATCH * SECOND
    idle = now - 2 * PASSIVE_BATCH * SECOND
    query = (
        select(_T.account, _T.user, _T.heartbeat_at)
        .where(
            _T.is_tracking == 1,
            _T.is_away == 0,
            _T.heartbeat_at < busy,
            or_(_T.pending > 0, _T.heartbeat_at < idle),
        )
        .order_by(_T.account, _T.user)
        .limit(most)
    )
    return [Silent(row.account, row.user, row.heartbeat_at) for row in r.run(query)]


def went_away(w: Write, seen: Silent, frame: int) -> bool:
    """Marks the user as away, unless he was heard of in the meantime."""
    still = (
        (_T.user == seen.user)
        & (_T.is_away == 0)
        & (_T.is_tracking == 1)
        & (_T.heartbeat_at == seen.heartbeat_at)
    )
    return w.run(update(TRACKS).where(still).values(is_away=1, frame=frame)).rowcount > 0


def drop_all(w: Write, user: int) -> None:
    """What belongs to the user's phone, and his picture."""
    for table in (PHOTOS, PHONES, LOGS):
        w.run(delete(table).where(table.c.user == user))
