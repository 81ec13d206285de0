"""Positions and the passing of time, put to the geofences that are near; what comes of it is told as events."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from hyway.domain.tracking.borders import fencing, guarding
from hyway.domain.tracking.borders.fencing import Fired, Terms, Visit
from hyway.domain.tracking.earth.shapes import Shape
from hyway.domain.tracking.records import Account, Happening, Location, User
from hyway.domain.tracking.store import accounts, users
from hyway.domain.tracking.store import fences as store
from hyway.domain.tracking.telling import happenings, payloads
from hyway.kernel import clock
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write

_DUE = 200
_Told = tuple[int, Fired, Location | None]
"""The fence, what it has to tell, and the position that did it."""


def any_for(r: Read, account: Account) -> bool:
    """Whether the account has a geofence whose time is not over; remembered."""
    return bool(guarding.of(r, account).fences)


def any_due(r: Read) -> bool:
    """Whether time alone has something to tell by now."""
    return store.any_due(r, clock.now())


def on_positions(w: Write, account: Account, user: User, fixes: Sequence[Location]) -> None:
    """What the user's new positions, in order and later than all before, mean to the geofences.

    Called in the transaction that stores them, by who has locked the user's live state.
    """
    guard = guarding.of(w, account)
    if not fixes or not guard.fences:
        return
    visits = store.visits(w, user.seq)
    watched = guard.near(user, fixes) | visits.keys()
    if not watched:
        return
    told: list[_Told] = []
    kept: dict[int, tuple[Visit, Instant | None]] = {}
    left: list[int] = []
    for fence in sorted(watched):
        before = visits.get(fence)
        if not guard.holds(fence, user):
            left.append(fence)
            continue
        terms = guard.fences[fence].terms
        after, fired = _walked(before or Visit(), terms, guard.shape(w, fence), fixes)
        told += [(fence, each, _where(each, fixes)) for each in fired]
        _sort(fence, before, after, terms, kept, left)
    store.keep(w, user.seq, kept, left)
    _tell(w, account, user, told)


def tick(w: Write) -> bool:
    """Tells what time alone has to tell of those who are inside; whether there may be more."""
    now = clock.now()
    found = store.due(w, now, _DUE)
    store.lock(w, {user for _, user, _ in found})
    due: dict[tuple[int, int], list[int]] = defaultdict(list)
    for account, user, fence in found:
        due[account, user].append(fence)
    for (account, user), fences in due.items():
        of = users.by_seq(w, user)
        if of is not None:
            _tick(w, accounts.by_seq(w, account), of, fences, now)
    return len(found) == _DUE


def _tick(w: Write, account: Account, user: User, fences: Sequence[int], now: Instant) -> None:
    guard, visits = guarding.of(w, account), store.visits(w, user.seq)
    told: list[_Told] = []
    kept: dict[int, tuple[Visit, Instant | None]] = {}
    left: list[int] = []
    for fence in fences:
        before = visits.get(fence)
        if before is None or not guard.holds(fence, user):
            left.append(fence)
            continue
        terms = guard.fences[fence].terms
        after, fired = fencing.tick(before, terms, now)
        told += [(fence, each, user.live.last) for each in fired]
        kept[fence] = after, fencing.due_at(after, terms)
    store.keep(w, user.seq, kept, left)
    _tell(w, account, user, told)


def _walked(visit: Visit, terms: Terms, shape: Shape, fixes: Sequence[Location]) -> tuple[Visit, list[Fired]]:
    """The visit after all the positions. Those that leave it as it is are told apart without their distances."""
    inside = shape.insides(fixes)
    if visit.inside and not visit.doubts and all(inside):
        fixes = fixes[-1:]
    elif not visit.inside and not visit.doubts:
        fixes = fixes[inside.index(True) if True in inside else len(fixes) :]
    fired: list[Fired] = []
    for fix in fixes:
        visit, more = fencing.step(visit, terms, shape.signed_distance(fix.lat, fix.lon), fix)
        fired += more
    return visit, fired


def _sort(
    fence: int,
    before: Visit | None,
    after: Visit,
    terms: Terms,
    kept: dict[int, tuple[Visit, Instant | None]],
    left: list[int],
) -> None:
    """Somebody who is outside without a doubt is not visiting; only what changed is written."""
    if not after.inside and not after.doubts:
        if before is not None:
            left.append(fence)
    elif before is None or replace(before, seen=None) != replace(after, seen=None):
        kept[fence] = after, fencing.due_at(after, terms)


def _where(fired: Fired, fixes: Sequence[Location]) -> Location:
    """The first position that was there when it happened, or else the latest."""
    return next((fix for fix in fixes if fix.at >= fired.at), fixes[-1])


def _tell(w: Write, account: Account, user: User, told: Iterable[_Told]) -> None:
    """In the order in which it happened."""
    ordered = sorted(told, key=lambda each: each[1].at)
    if not ordered:
        return
    shown = payloads.user(user, account, clock.now(), w.home)
    fences = store.by_seqs(w, account.seq, {fence for fence, _, _ in ordered})
    happened: list[Happening] = []
    for fence, fired, fix in ordered:
        of = fences.get(fence)
        if of is None:
            continue  # it was deleted by another process a moment ago
        info: dict[str, Any] = {"geofence": payloads.fence(of)}
        if fired.reason is not None:
            info["reason"] = fired.reason
        dedupe = f"{of.id}:{fired.reason or ''}"
        happened.append(
            Happening(fired.type, user.seq, user.id, fired.at, dedupe, location=fix, object=shown, info=info)
        )
    happenings.tell(w, account, happened)


__all__ = ["any_due", "any_for", "on_positions", "tick"]
