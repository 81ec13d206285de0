"""Statements on social accounts, their snapshots, and tries to prove them."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, delete, func, select, update

from hyway.domain.creators.social.records import Account, Snapshot
from hyway.domain.creators.store.social_tables import SOCIAL_ACCOUNTS, SOCIAL_SNAPSHOTS, VERIFICATION_TRIES
from hyway.domain.creators.store.tables import COLLAB_SUBMISSIONS, SUBMISSIONS
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write
from hyway.kernel.sql import insert

_A, _S, _T = SOCIAL_ACCOUNTS.c, SOCIAL_SNAPSHOTS.c, VERIFICATION_TRIES.c
_SHOWN: Any = select(*(_A[each.name] for each in fields(Account)))
_FIGURES = ("subscriber_count", "view_count", "video_count", "likes_count", "engagement_rate")


class Sealed(NamedTuple):
    """The tokens of an account as they are stored."""

    access_token: str | None
    refresh_token: str | None
    expires_at: Instant | None


def _all(r: Read, query: Any) -> list[Account]:
    return [Account(**row._mapping) for row in r.run(query)]


def _one(r: Read, *where: ColumnElement[bool]) -> Account | None:
    return next(iter(_all(r, _SHOWN.where(*where).limit(1))), None)


def find(r: Read, seq: int, person: int | None = None) -> Account | None:
    """The account, if it is the person's where one is named."""
    mine = [] if person is None else [_A.person == person]
    return _one(r, _A.seq == seq, *mine)


def locked(w: Write, seq: int, person: int | None = None) -> Account | None:
    """The same, held until the commit."""
    mine = [] if person is None else [_A.person == person]
    return next(iter(_all(w, _SHOWN.where(_A.seq == seq, *mine).with_for_update())), None)


def by_key(r: Read, platform_id: str, url_key: str) -> Account | None:
    return _one(r, _A.platform_id == platform_id, _A.url_key == url_key)


def by_uid(r: Read, platform_id: str, uid: str, person: int) -> Account | None:
    """The person's account with this number of the platform's; a verified one before others."""
    mine = (_A.platform_id == platform_id, _A.uid == uid, _A.person == person)
    found = _SHOWN.where(*mine).order_by(_A.status == "verified", _A.seq)
    return next(iter(reversed(_all(r, found))), None)


def by_seqs(r: Read, seqs: Sequence[int]) -> list[Account]:
    return _all(r, _SHOWN.where(_A.seq.in_(seqs)).order_by(_A.seq))


def page(r: Read, person: int, offset: int, limit: int) -> tuple[list[Account], int]:
    """The person's by number, and how many there are."""
    mine = _A.person == person
    total = r.run(select(func.count()).select_from(SOCIAL_ACCOUNTS).where(mine)).scalar_one()
    return _all(r, _SHOWN.where(mine).order_by(_A.seq).limit(limit).offset(offset)), int(total)


def verified(r: Read, person: int, platform_ids: Sequence[str]) -> list[Account]:
    mine = (_A.person == person, _A.status == "verified", _A.platform_id.in_(platform_ids))
    return _all(r, _SHOWN.where(*mine).order_by(_A.seq))


def add(w: Write, row: Mapping[str, Any]) -> int:
    return int(w.run(SOCIAL_ACCOUNTS.insert().returning(_A.seq), row).scalar_one())


def change(w: Write, seq: int, values: Mapping[str, Any]) -> None:
    w.run(update(SOCIAL_ACCOUNTS).where(_A.seq == seq).values(**values))


def drop(w: Write, seq: int) -> None:
    """With its snapshots; posts that were made by it stay, without it."""
    w.run(delete(SOCIAL_ACCOUNTS).where(_A.seq == seq))


def sealed(r: Read, seqs: Sequence[int]) -> dict[int, Sealed]:
    """The tokens of accounts that have some, by account."""
    found = select(_A.seq, _A.access_token, _A.refresh_token, _A.token_expires_at)
    rows: Sequence[Any] = r.run(found.where(_A.seq.in_(seqs), _A.access_token.is_not(None))).all()
    return {row[0]: Sealed(*row[1:]) for row in rows}


# --- what the clock looks for


def any_due(r: Read, now: Instant) -> bool:
    return r.run(select(_A.seq).where(_A.next_sync_at <= now).limit(1)).first() is not None


def due(r: Read, now: Instant, platform_ids: Sequence[str], most: int) -> list[Account]:
    """Accounts of these platforms whose figures are to be read, the longest due first."""
    when = (_A.next_sync_at <= now, _A.platform_id.in_(platform_ids))
    return _all(r, _SHOWN.where(*when).order_by(_A.next_sync_at, _A.seq).limit(most))


def expired(r: Read, now: Instant, most: int) -> list[int]:
    """Accounts whose code was not put up in time."""
    when = (_A.status == "pending", _A.code_expires_at <= now)
    return list(r.run(select(_A.seq).where(*when).order_by(_A.code_expires_at).limit(most)).scalars())


# --- snapshots


def keep_snapshot(w: Write, account: int, slot: int, seen: Snapshot) -> bool:
    """Whether it is the first one of its slot; the account shows it from now on."""
    figures = {name: getattr(seen, name) for name in _FIGURES}
    made = insert(SOCIAL_SNAPSHOTS, w.engine).values(account=account, slot=slot, at=seen.at, **figures)
    if w.run(made.on_conflict_do_nothing().returning(_S.slot)).first() is None:
        return False
    change(w, account, figures)
    return True


def snapshots(r: Read, account: int, since: Instant = 0) -> list[Snapshot]:
    """Oldest first."""
    found = select(_S.at, *(_S[name] for name in _FIGURES))
    rows: Sequence[Any] = r.run(found.where(_S.account == account, _S.at >= since).order_by(_S.slot)).all()
    return [Snapshot(*row) for row in rows]


# --- tries


def add_try(w: Write, person: int, platform_id: str, at: Instant) -> None:
    w.run(VERIFICATION_TRIES.insert(), {"person": person, "platform_id": platform_id, "at": at})


def tries(r: Read, person: int, platform_id: str, since: Instant) -> int:
    """How often the person tried at the platform since then."""
    mine = (_T.person == person, _T.platform_id == platform_id, _T.at > since)
    return int(r.run(select(func.count()).select_from(VERIFICATION_TRIES).where(*mine)).scalar_one())


def forget_tries(w: Write, before: Instant) -> None:
    w.run(delete(VERIFICATION_TRIES).where(_T.at < before))


# --- posts


def put_off(
    w: Write, kind: Literal["campaign", "collab"], looks: Sequence[tuple[int, Instant]], until: Instant
) -> None:
    """Looks at posts later, each unless it was looked at meanwhile."""
    of = SUBMISSIONS if kind == "campaign" else COLLAB_SUBMISSIONS
    for submission, slot in looks:
        w.run(update(of).where(of.c.seq == submission, of.c.next_sync_at == slot).values(next_sync_at=until))
