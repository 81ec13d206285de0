"""How actions end: completed, canceled, or given up."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from hyway.domain.identity import Caller, server
from hyway.domain.tracking import accounts, places
from hyway.domain.tracking.people import users
from hyway.domain.tracking.records import Account, Action, Location, Spot, User
from hyway.domain.tracking.store import actions as shown
from hyway.domain.tracking.store import tasks as store
from hyway.domain.tracking.work import assigning, lifecycle, measuring
from hyway.domain.tracking.work.ledger import Ledger
from hyway.domain.tracking.work.lifecycle import Outcome
from hyway.domain.tracking.work.tasks import Task
from hyway.kernel import clock
from hyway.kernel.clock import MINUTE, Instant
from hyway.kernel.db import Write
from hyway.kernel.faults import Invalid, Missing

ASKEW: Final = 10 * MINUTE
"""How far a caller's clock may be off ours."""
MOST: Final = 500
"""Actions that one call of many ends, the newest of them."""
_Rule = Callable[[Task], tuple[Outcome, dict[str, Any]]]


def complete(
    w: Write,
    by: Caller,
    id: str,
    at: Instant | None = None,
    where: Spot | None = None,
    field: str = "completion_time",
) -> Action:
    """Done at that instant (now, if it is None), at that place, else where the user was then, else where expected.

    Completing it again answers the action as it is; one that was canceled or suspended refuses. `field` is the name
    by which the caller calls the instant.
    """
    account = accounts.of(w, by)
    task = named(w, account, id)
    if task.progress.status != "completed":
        ledger = Ledger(w, account, clock.now())
        moment = _moment(task, at, ledger.now, field)
        end(ledger, [task], moment, _completion(ledger, moment, where))
        ledger.close()
        w.announce(by, "tracking.action_completed", "tracking_action", task.id)
    return again(w, account, task.id)


def cancel(w: Write, by: Caller, id: str, at: Instant | None = None) -> Action:
    """Given up at that instant, or now. Canceling it again answers it as it is; a completed one refuses."""
    account = accounts.of(w, by)
    task = named(w, account, id)
    if task.progress.status != "canceled":
        ledger = Ledger(w, account, clock.now())
        moment = _moment(task, at, ledger.now, "cancelation_time")
        end(ledger, [task], moment, _cancelation(moment))
        ledger.close()
        w.announce(by, "tracking.action_canceled", "tracking_action", task.id)
    return again(w, account, task.id)


def cancel_all(w: Write, by: Caller, user_id: str) -> User:
    """Cancels all that the user has still to do; the user afterwards."""
    account, user = accounts.of(w, by), users.find(w, by, user_id)
    ledger = Ledger(w, account, clock.now())
    queue = ledger.queue(user.seq)
    pending = list(queue.tasks) if queue else []
    if pending:
        end(ledger, pending, ledger.now, _cancelation(ledger.now))
        ledger.close()
        w.announce(by, "tracking.actions_canceled", "tracking_user", user.id, {"count": len(pending)})
    return users.find(w, by, user_id)


def cancel_matching(
    w: Write, by: Caller, user_id: str, *, lookup_id: str | None = None, collection_id: str | None = None
) -> list[Action]:
    """Cancels the user's pending actions that match; these, and those that were canceled before."""
    return _all_matching(w, by, user_id, lookup_id, collection_id, "canceled", lambda _, at: _cancelation(at))


def complete_matching(
    w: Write, by: Caller, user_id: str, *, lookup_id: str | None = None, collection_id: str | None = None
) -> list[Action]:
    """Completes the user's pending actions that match; these, and those that were completed before."""
    return _all_matching(w, by, user_id, lookup_id, collection_id, "completed", _completion)


def _all_matching(
    w: Write,
    by: Caller,
    user_id: str,
    lookup_id: str | None,
    collection_id: str | None,
    status: str,
    rule: Callable[[Ledger, Instant], _Rule],
) -> list[Action]:
    account, user = accounts.of(w, by), users.find(w, by, user_id)
    if lookup_id is None and collection_id is None:
        raise Invalid("", "action_lookup_id or action_collection_id is required.")
    found = store.matching(w, account.seq, user.seq, lookup_id, collection_id, MOST)
    ledger = Ledger(w, account, clock.now())
    if pending := [task for task in found if task.is_pending]:
        pending.sort(key=lambda task: (not task.has_started, task.rank))
        end(ledger, pending, ledger.now, rule(ledger, ledger.now))
        ledger.close()
        told = {"count": len(pending), "ids": [task.id for task in pending]}
        w.announce(by, f"tracking.actions_{status}", "tracking_user", user.id, told)
    seqs = {task.seq for task in found if task.is_pending or task.progress.status == status}
    return measuring.all_measured(w, account, shown.by_seqs(w, seqs)) if seqs else []


def by_device(
    w: Write,
    account: Account,
    user_seq: int,
    told: Mapping[str, Any],
    at: Instant,
    fix: Location | None = None,
) -> bool:
    """What a device reports as `action.completed`: those of its user with the `action_id`, else the `lookup_id`.

    Whether there was one; never refuses, for nobody reads the answer. The server announces it for the device.
    """
    id, lookup_id = told.get("action_id"), told.get("lookup_id")
    if isinstance(id, str) and id:
        found = [task for task in store.named(w, account.seq, [id.lower()]).values() if task.user == user_seq]
    elif isinstance(lookup_id, str) and lookup_id:
        found = store.matching(w, account.seq, user_seq, lookup_id, None, MOST)
    else:
        return False
    ledger = Ledger(w, account, clock.now())
    spot = Spot(fix.lat, fix.lon) if fix else None
    for task in found:
        if task.is_pending:
            moment = _clamped(task, at, ledger.now)
            end(ledger, [ledger.latest(task)], moment, _completion(ledger, moment, spot))
            by = server(account.organization)
            w.announce(by, "tracking.action_completed", "tracking_action", task.id)
    ledger.close()
    return bool(found)


def end(ledger: Ledger, ending: Sequence[Task], at: Instant, rule: _Rule) -> None:
    """The actions end by the rule, and what comes next in the queues has its turn."""
    for task in ending:
        (progress, events), columns = rule(task)
        if progress.started_at is not None and progress.started_at > at:
            progress = replace(progress, started_at=at)
        ledger.enter(task, replace(task, progress=progress), events, at, **columns)
    assigning.leave(ledger, ending, at)


def _completion(ledger: Ledger, at: Instant, where: Spot | None = None) -> _Rule:
    def rule(task: Task) -> tuple[Outcome, dict[str, Any]]:
        spot = where
        if spot is None and task.user is not None:
            spot = store.whereabouts(ledger.w, task.user, at)
        outcome = lifecycle.complete(task.progress, task.goal, at, spot)
        if spot is not None:
            place = places.keep(ledger.w, ledger.account, spot, {})
            return outcome, {"completed_place": place.seq}
        return outcome, {"completed_place": store.expected(ledger.w, task.seq)}

    return rule


def _cancelation(at: Instant) -> _Rule:
    return lambda task: (lifecycle.cancel(task.progress, at), {})


def named(w: Write, account: Account, id: str) -> Task:
    """The action of the id, locked; Missing if there is none."""
    found = store.named(w, account.seq, [id.lower()])
    if not found:
        raise Missing("Not found.")
    return next(iter(found.values()))


def again(w: Write, account: Account, id: str) -> Action:
    """The action as it is in this transaction."""
    found = shown.find(w, account.seq, id.lower())
    if found is None:
        raise Missing("Not found.")
    return measuring.measured(w, account, found)


def _moment(task: Task, said: Instant | None, now: Instant, field: str) -> Instant:
    """When it ended: in the past and after it was assigned, but for clocks that are a little off."""
    if said is None:
        return now
    if said > now + ASKEW:
        raise Invalid(field, "Ensure this value is not more than 10 minutes in the future.")
    if said < _since(task) - ASKEW:
        raise Invalid(field, "Ensure this value is not before the action was assigned.")
    return _clamped(task, said, now)


def _clamped(task: Task, said: Instant, now: Instant) -> Instant:
    return max(_since(task), min(said, now))


def _since(task: Task) -> Instant:
    return task.progress.assigned_at or task.goal.created_at
