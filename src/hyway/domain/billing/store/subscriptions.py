"""Statements of subscriptions and the plans that were in force."""

import json
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Row, insert, select, update

from hyway.domain.billing.pricing import Span
from hyway.domain.billing.records import Stretch, Subscription
from hyway.domain.billing.store.paying_tables import SUBSCRIPTION_SPANS, SUBSCRIPTIONS
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write

_S, _P = SUBSCRIPTIONS.c, SUBSCRIPTION_SPANS.c


def add(w: Write, new: Subscription, since: Instant) -> None:
    """With its plan in force since then."""
    row = {name: getattr(new, name) for name in new.__slots__}
    w.run(insert(SUBSCRIPTIONS).values(row))
    w.run(insert(SUBSCRIPTION_SPANS).values(account=new.account, start=since, end=None, plan=new.plan))


def of(r: Read, account: int) -> Subscription:
    return _subscription(r.run(select(SUBSCRIPTIONS).where(_S.account == account)).one())


def of_each(r: Read, accounts: list[int]) -> dict[int, Subscription]:
    rows = r.run(select(SUBSCRIPTIONS).where(_S.account.in_(accounts)))
    return {row.account: _subscription(row) for row in rows}


def lock(w: Write, account: int) -> Subscription:
    """Nobody else changes what the account owes before this transaction ends."""
    found = select(SUBSCRIPTIONS).where(_S.account == account).with_for_update()
    return _subscription(w.run(found).one())


def change(w: Write, account: int, **values: Any) -> Subscription:
    changed = update(SUBSCRIPTIONS).where(_S.account == account).values(**values).returning(SUBSCRIPTIONS)
    return _subscription(w.run(changed).one())


def closing(r: Read, before: Instant, but: Collection[int], most: int) -> list[int]:
    """Accounts whose cycle ended before that instant, those first that have waited longest."""
    ended = (_S.closes_at <= before, _S.account.not_in(sorted(but)))
    found = select(_S.account).where(*ended).order_by(_S.closes_at, _S.account).limit(most)
    return list(r.run(found).scalars())


def switch(w: Write, account: int, plan: str | None, now: Instant, counted: Mapping[str, int]) -> None:
    """From now on that plan is in force, or none; `counted` is what today has counted by now."""
    so_far = json.dumps(counted)
    last = w.run(select(SUBSCRIPTION_SPANS).where(_P.account == account).order_by(_P.start.desc())).first()
    if last is not None and last.start >= now:  # twice in one instant, or the clock was put back
        now, so_far = last.start, last.before
        w.run(SUBSCRIPTION_SPANS.delete().where(_P.account == account, _P.start == last.start))
    else:
        running = (_P.account == account, _P.end.is_(None))
        w.run(update(SUBSCRIPTION_SPANS).where(*running).values(end=now, after=so_far))
    if plan is not None:
        row = {"account": account, "start": now, "end": None, "plan": plan, "before": so_far}
        w.run(insert(SUBSCRIPTION_SPANS).values(row))


def stretches(r: Read, account: int, start: Instant, end: Instant) -> list[Stretch]:
    """The plans in force from `start` to `end`, cut to that time, in order."""
    there = (_P.account == account, _P.start < end, _P.end.is_(None) | (_P.end > start))
    rows = r.run(select(SUBSCRIPTION_SPANS).where(*there).order_by(_P.start))
    return [_stretch(row, start, end) for row in rows]


def _stretch(row: Row[Any], start: Instant, end: Instant) -> Stretch:
    """What a day counted before or after that time is no part of it."""
    ends = end if row.end is None else min(row.end, end)
    before = json.loads(row.before) if row.start >= start else {}
    after = json.loads(row.after) if row.end is not None and row.end < end else {}
    return Stretch(Span(row.plan, max(row.start, start), ends), before, after)


def _subscription(row: Row[Any]) -> Subscription:
    return Subscription(**row._mapping)
