"""Verbs of actions: work to be done at a place by a user, from its creation to its end.

Each verb of many is told apart by its module: who does what (`assigning`), how it ends (`completing`), what positions
and time make of it (`following`), how much was done (`reports`).
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from hyway.domain.identity import Caller
from hyway.domain.tracking import accounts
from hyway.domain.tracking.days import mileage
from hyway.domain.tracking.days.mileage import Mileage
from hyway.domain.tracking.earth import polyline
from hyway.domain.tracking.listing import Wanted
from hyway.domain.tracking.people import groups
from hyway.domain.tracking.records import FINAL, Account, Action, Page, User
from hyway.domain.tracking.store import accounts as accounts_store
from hyway.domain.tracking.store import actions as store
from hyway.domain.tracking.work import measuring
from hyway.domain.tracking.work.assigning import assign
from hyway.domain.tracking.work.completing import (
    by_device,
    cancel,
    cancel_all,
    cancel_matching,
    complete,
    complete_matching,
)
from hyway.domain.tracking.work.following import on_positions, recount
from hyway.domain.tracking.work.ordering import change, create, drop, redirect, redirect_collection
from hyway.domain.tracking.work.wishes import ActionWish, Made, Shared, Tracked
from hyway.kernel import clock
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read
from hyway.kernel.faults import Invalid, Missing

__all__ = [
    "ActionWish", "Made", "Metered", "Shared", "Tracked", "assign", "by_device", "by_ids",
    "by_short_code", "cancel", "cancel_all", "cancel_matching", "change", "changed_since", "complete",
    "complete_matching", "create", "drop", "find", "meter", "on_positions", "page", "public_view", "recount",
    "redirect", "redirect_collection", "routes", "track",
]  # fmt: skip

_MOST_TRACKED: Final = 500
_EVER: Final = 1 << 62
_BEFOREHAND: Final = 2 * clock.HOUR
"""So long before it is due an action that was not begun shows where its user is."""


class Metered(NamedTuple):
    """How far an action went, between two instants; both None where nobody was given it."""

    action: Action
    way: Mileage | None
    began_at: Instant | None
    ended_at: Instant | None


def find(r: Read, by: Caller, id: str) -> Action:
    """The action with its way so far; Missing for one that is not there, or not the caller's to see."""
    account = accounts.of(r, by)
    found = store.find(r, account.seq, id.lower())
    if found is None or not store.is_seen(r, found.seq, groups.seen_by(r, by)):
        raise Missing("Not found.")
    return measuring.measured(r, account, found)


def page(r: Read, by: Caller, wanted: Wanted) -> Page[Action]:
    """A page of actions, with their distances and without their ways."""
    found = routes(r, by, wanted)
    return Page([replace(action, path=None) for action in found.rows], found.total)


def routes(r: Read, by: Caller, wanted: Wanted) -> Page[Action]:
    """A page of actions with their ways."""
    account = accounts.of(r, by)
    found, total = store.page(r, account.seq, wanted, groups.seen_by(r, by))
    return Page(measuring.all_measured(r, account, found), total)


def track(r: Read, by: Caller, wanted: Wanted) -> list[Tracked]:
    """Users with those of their actions that are asked for, as a customer may follow them.

    An action that nobody has is not there, and where a user is who has done all of them is not told any more.
    """
    if not wanted.filters:
        raise Invalid("", "One of id, short_code, lookup_id and collection_id is required.")
    found = routes(r, by, replace(wanted, size=_MOST_TRACKED)).rows
    rows: dict[str, list[Action]] = {}
    for action in found:
        if action.user is not None:
            rows.setdefault(action.user.id, []).append(action)
    return [_tracked(actions) for actions in rows.values()]


def _tracked(actions: list[Action]) -> Tracked:
    user = actions[0].user
    if user is None:
        raise RuntimeError("an action that is tracked has a user")
    if all(action.status in FINAL for action in actions):
        user = _veiled(user)
    shown = [replace(each, user=_veiled(user)) if each.status in FINAL else each for each in actions]
    return Tracked(user, shown)


def _veiled(user: User) -> User:
    return replace(user, live=replace(user.live, last=None))


def meter(r: Read, by: Caller, id: str) -> Metered:
    """How far and how long, by activity: so far, or in all."""
    account, action = accounts.of(r, by), find(r, by, id)
    if action.user is None or action.assigned_at is None:
        return Metered(action, None, None, None)
    until = action.ended_at or clock.now()
    way = mileage.between(r, account, action.user.seq, action.assigned_at, until)
    return Metered(action, way, action.assigned_at, until)


def by_ids(r: Read, account: Account, ids: Collection[str]) -> list[Action]:
    """Those of the account, with their ways so far, in the order of their frames."""
    return measuring.all_measured(r, account, store.by_ids(r, account.seq, ids)) if ids else []


def changed_since(r: Read, account: Account, frame: int, limit: int) -> Sequence[Action]:
    """Actions that changed after the frame, in its order, with their ways so far."""
    return measuring.all_measured(r, account, store.changed_since(r, account.seq, frame, limit))


def by_short_code(r: Read, code: str) -> Action | None:
    """The action behind a tracking link, whosever it is: codes are unique among all accounts."""
    return store.by_short_code(r, code)


def public_view(r: Read, code: str, *, is_brief: bool = False) -> Shared | None:
    """What whoever has the link may see; None where there is none. The way is left out when `is_brief`.

    What has ended shows no position and no way, nor does what waits behind something else: where its user goes before
    is other people's business. Nor does what is for later: where somebody spends the night is nobody's. The way begins
    where this action was begun.
    """
    action = store.by_short_code(r, code)
    if action is None:
        return None
    account = accounts_store.by_seq(r, action.account)
    if action.status in FINAL:
        user = _veiled(action.user) if action.user else None
        shown = replace(action, user=user, path=None, started_place=None, completed_place=None)
        return Shared(shown, None, shown.expected_place, account.distance_unit)
    if not is_brief:
        action = _begun(measuring.measured(r, account, action))
    here = action.user.live.last if action.user and _is_on_show(action, clock.now()) else None
    return Shared(action, here, action.expected_place, account.distance_unit)


def _is_on_show(action: Action, now: Instant) -> bool:
    """Whether the one with the link may see where its user is: from the start, or from shortly before it is due."""
    if action.sub_status == "in_queue":
        return False
    is_for_later = action.scheduled_at is not None and now < action.scheduled_at - _BEFOREHAND
    return action.started_at is not None or not is_for_later


def _begun(action: Action) -> Action:
    """Without the way that its user went before it was begun, for others."""
    given, began = action.assigned_at, action.started_at
    if began is None:
        return replace(action, path="")
    if given is None or began <= given or not action.path:
        return action
    way = mileage.cut(polyline.decode_timed(action.path), began, _EVER)
    return replace(action, path=polyline.encode_timed(way))
