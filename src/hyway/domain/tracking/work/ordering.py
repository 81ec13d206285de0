"""What is to be done, where and until when: actions are made, changed and removed."""

import json
import re
import secrets
from dataclasses import replace
from typing import Any, Final

from hyway.domain.identity import Caller
from hyway.domain.tracking import accounts
from hyway.domain.tracking.people import users
from hyway.domain.tracking.records import FINAL, Account, Action, Place, Spot, User
from hyway.domain.tracking.store import actions as store
from hyway.domain.tracking.store import tasks as stored
from hyway.domain.tracking.work import assigning, lifecycle, measuring, tasks, wishing
from hyway.domain.tracking.work.completing import again, named
from hyway.domain.tracking.work.ledger import Ledger
from hyway.domain.tracking.work.lifecycle import CREATED, DELAYED, Goal
from hyway.domain.tracking.work.tasks import Task
from hyway.domain.tracking.work.wishes import ActionWish, Made
from hyway.kernel import clock, ids
from hyway.kernel.db import Conflict, Read, Write
from hyway.kernel.faults import Invalid, Taken
from hyway.kernel.patch import Unset, given

_CODE = re.compile(r"[A-Za-z0-9_-]{4,64}")
_LETTERS: Final = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"
_CODE_LETTERS: Final = 7
_TRIES: Final = 8
_LONGEST: Final = 255
_AFTERWARDS: Final = frozenset({"metadata", "lookup_id", "collection_id", "unique_id"})
"""What may still be changed of an action that has ended."""


def create(w: Write, by: Caller, wish: ActionWish) -> Made:
    """The new action, given to its user if one is named; or the one that has the `unique_id` already, as it is.

    `action.created` is told of one that is made for a user: an event is always somebody's.
    """
    users.may_write(by)
    account = accounts.opened(w, by)
    there = _with_unique_id(w, account, wish)
    if there is not None:
        return Made(there, False)
    asked = wishing.checked(w, account, wish)
    row = {**_BLANK, **asked.columns, "expected_place": _seq(asked.place)}
    user = _seq(asked.user)
    if user is not None:  # before the account's count of changes, as everybody does
        stored.lock(w, user)
    made = _added(w, account, row, wish)
    if not isinstance(made, int):
        return Made(made, False)
    if user is not None:
        ledger = Ledger(w, account, clock.now())
        task = named(w, account, row["id"])
        task = ledger.enter(task, replace(task, user=user), (CREATED,), ledger.now)
        queue = ledger.queue(user)
        if queue is not None:
            assigning.give(ledger, queue, [task], wish.current_location)
        ledger.close()
    w.announce(by, "tracking.action_created", "tracking_action", row["id"], {"type": row["type"]})
    return Made(again(w, account, row["id"]), True)


_BLANK: Final[dict[str, Any]] = {
    "type": "task",
    "lookup_id": None,
    "collection_id": None,
    "unique_id": None,
    "scheduled_at": None,
    "vehicle_type": None,
    "metadata": {},
    "rank": 0,
    "status": "created",
    "sub_status": "not_started",
    "progress": "{}",
    "flags": "",
}


def _added(w: Write, account: Account, row: dict[str, Any], wish: ActionWish) -> int | Action:
    """The number of the new action, or the one that another request has made of the same `unique_id` meanwhile."""
    now = clock.now()
    row |= {"id": ids.uuid4(), "account": account.seq, "created_at": now, "modified_at": now}
    row["frame"] = accounts.frame(w, account)
    for _ in range(_TRIES):
        row["short_code"] = _short_code(row["lookup_id"], wish)
        try:
            with w.attempt():
                return store.add(w, row)
        except Conflict:
            there = _with_unique_id(w, account, wish)
            if there is not None:
                return there
            if wish.lookup_id_as_short_code:
                raise _code_taken() from None
    raise RuntimeError("no short code was free")


def _with_unique_id(r: Read, account: Account, wish: ActionWish) -> Action | None:
    if not given(wish.unique_id) or not wish.unique_id:
        return None
    found = store.by_unique_id(r, account.seq, wish.unique_id)
    return measuring.measured(r, account, found) if found else None


def _short_code(lookup_id: str | None, wish: ActionWish) -> str:
    if not wish.lookup_id_as_short_code:
        return "".join(secrets.choice(_LETTERS) for _ in range(_CODE_LETTERS))
    if not lookup_id:
        raise Invalid("lookup_id", "This field is required.")
    if not _CODE.fullmatch(lookup_id):
        raise Invalid("lookup_id", "A short code has 4 to 64 letters, digits, hyphens or underscores.")
    return lookup_id


def _code_taken() -> Taken:
    return Taken("lookup_id", "This short code is already taken.")


def change(w: Write, by: Caller, id: str, wish: ActionWish) -> Action:
    """The action with what was mentioned changed; another user gets it at the end of their queue.

    What has ended keeps all but its names and its metadata.
    """
    users.may_write(by)
    account = accounts.of(w, by)
    task, old = named(w, account, id), again(w, account, id)
    asked = wishing.checked(w, account, wish)
    columns = _differing(old, asked, wish)
    hands_over = given(asked.user) and _seq(asked.user) != task.user
    if old.status in FINAL and (hands_over or set(columns) - _AFTERWARDS):
        raise Invalid("detail", "{status} actions cannot be changed.", status=old.status.capitalize())
    if not (columns or hands_over):
        return old
    ledger = Ledger(w, account, clock.now())
    _note(ledger, task, _goal(task.goal, columns, asked.place), columns)
    if hands_over:
        _hand_over(ledger, ledger.latest(task), asked.user, wish)
    _close(w, ledger, columns)
    changed = sorted({*columns, *(("user",) if hands_over else ())})
    w.announce(by, "tracking.action_changed", "tracking_action", old.id, {"changed": changed})
    return again(w, account, id)


def _differing(old: Action, asked: wishing.Checked, wish: ActionWish) -> dict[str, Any]:
    """The columns that are to change."""
    columns = {name: value for name, value in asked.columns.items() if value != getattr(old, name)}
    if wish.lookup_id_as_short_code:
        code = _short_code(columns.get("lookup_id", old.lookup_id), wish)
        columns |= {"short_code": code} if code != old.short_code else {}
    if given(asked.place) and _seq(asked.place) != _seq(old.expected_place):
        columns["expected_place"] = _seq(asked.place)
    return columns


def _seq(of: Place | User | Unset | None) -> int | None:
    return of.seq if given(of) and of is not None else None


def _goal(old: Goal, columns: dict[str, Any], place: Place | Unset | None) -> Goal:
    goal = replace(old, expected_at=columns.get("scheduled_at", old.expected_at))
    if "expected_place" not in columns:
        return goal
    there = place if given(place) else None
    return replace(goal, spot=there.spot if there else None, radius=there.radius if there else 0.0)


def _note(ledger: Ledger, old: Task, goal: Goal, columns: dict[str, Any]) -> None:
    """Writes the new columns down; with another goal, the estimate begins anew."""
    if "metadata" in columns:
        columns["metadata"] = json.dumps(columns["metadata"])
    progress, factor, asked_at = old.progress, old.factor, old.asked_at
    if goal.expected_at != old.goal.expected_at:
        progress = replace(progress, told=progress.told - {DELAYED})
    if goal.spot != old.goal.spot:
        progress = replace(lifecycle.redirected(progress), eta=None)
        factor, asked_at = 1.0, None
    task = replace(old, goal=goal, progress=progress, factor=factor, asked_at=asked_at)
    ledger.enter(old, task, (), ledger.now, **columns)
    queue = ledger.queue(task.user) if task.is_pending and task.user is not None else None
    if queue is None or goal == old.goal:
        return
    queue.tasks = [task if each.seq == task.seq else each for each in queue.tasks]
    last = queue.user.live.last
    spot = Spot(last.lat, last.lon) if last else None
    found = tasks.arrivals(queue.tasks, spot, ledger.now, queue.user.vehicle_type, queue.pace) if spot else {}
    outcome = lifecycle.on_time(task.progress, goal, ledger.now, found.get(task.seq))
    again = ledger.outcome(task, outcome, ledger.now)
    queue.tasks = [again if each.seq == task.seq else each for each in queue.tasks]


def _hand_over(ledger: Ledger, task: Task, to: User | Unset | None, wish: ActionWish) -> None:
    user = _seq(to)
    if user is None:
        assigning.take_away(ledger, task)
        return
    queue = ledger.queue(user)
    if queue is not None:
        assigning.give(ledger, queue, [task], wish.current_location)


def _close(w: Write, ledger: Ledger, columns: dict[str, Any]) -> None:
    try:
        with w.attempt():
            ledger.close()
    except Conflict:
        code = columns.get("short_code")
        if code is not None and store.by_short_code(w, code) is not None:
            raise _code_taken() from None
        raise Taken("unique_id", "This field must be unique.") from None


def redirect(w: Write, by: Caller, id: str, to: Spot) -> Action:
    """The action is expected at another point now."""
    return change(w, by, id, ActionWish(expected_place={"location": to}))


def redirect_collection(w: Write, by: Caller, collection_id: str, wish: ActionWish) -> list[Action]:
    """All pending actions of the collection are expected at another place now; these."""
    users.may_write(by)
    account = accounts.of(w, by)
    found = stored.matching(w, account.seq, None, None, collection_id, assigning.MOST)
    going = [task.id for task in found if task.progress.status not in FINAL]
    if not going:
        return []
    first = change(w, by, going[0], wish)
    # One place for all of them.
    place = ActionWish(expected_place_id=first.expected_place.id if first.expected_place else None)
    return [first, *(change(w, by, id, place) for id in going[1:])]


def drop(w: Write, by: Caller, id: str) -> None:
    """The action is gone, from its user's queue too; the events that told of it stay."""
    users.may_write(by)
    account = accounts.of(w, by)
    task = named(w, account, id)
    ledger = Ledger(w, account, clock.now())
    assigning.leave(ledger, [task], ledger.now)
    ledger.close()
    store.drop(w, account.seq, task.seq)
    accounts.gone(w, account, "action", task.id)
    w.announce(by, "tracking.action_deleted", "tracking_action", task.id)
