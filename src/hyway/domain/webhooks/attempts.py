"""An attempt from claim to outcome: who may make it, and what follows from how it ended.

The table of deliveries is the truth. An errand names a delivery and how many attempts it has seen; only the
first to claim that number sends. Whatever gets lost on the way is due again when its lease ends, so each
body is sent at least once and, but for a crash in the middle of a request, each attempt is made once.
"""

import random
from collections.abc import Sequence
from typing import Any

from hyway.domain.identity import Caller
from hyway.domain.webhooks import manners, rules, store
from hyway.domain.webhooks.records import Attempt, Shot, State
from hyway.domain.webhooks.service import LEASE, SEALED, TOPIC
from hyway.kernel import clock, outbox
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write

KEPT = 30 * clock.DAY
_AT_ONCE = 200
_GONE = 410


def begin(w: Write, id: str, attempts: int) -> Shot | None:
    """Claims an attempt; None when it is another's, or the endpoint is off or being left alone."""
    now = clock.now()
    claimed = store.claim(w, id, attempts, now + LEASE)
    if claimed is None:
        return None
    row, target = claimed
    if not target.enabled:
        _over(w, _shot(w, row, target), "failed", now)
        return None
    if target.rest_until is not None and target.rest_until > now and row.event != rules.TEST:
        if now - row.since > manners.manner(target.manner).patience:
            _give_up(w, _shot(w, row, target), now)
        else:
            store.put_off(w, row.seq, attempts, target.rest_until + random.randrange(clock.SECOND))  # noqa: S311
        return None
    return _shot(w, row, target)


def _shot(w: Write, row: Any, target: Any) -> Shot:
    return Shot(
        seq=row.seq,
        id=row.id,
        organization=row.organization,
        endpoint=store.as_endpoint(target),
        event=row.event,
        body=row.body,
        attempts=row.attempts,
        since=row.since,
        lane=row.lane,
        subject=row.subject,
        secret=w.seal.open(target.secret, SEALED),
    )


def finish(w: Write, shot: Shot, attempt: Attempt) -> None:
    """Writes the attempt down. 2xx is success, 410 switches the endpoint off, the rest is tried again."""
    now = clock.now()
    if not store.is_there(w, shot.seq):
        return  # the endpoint was removed while the request was under way
    store.add_attempt(w, shot.seq, attempt)
    if attempt.status is not None and 200 <= attempt.status < 300:
        _over(w, shot, "delivered", now)
        store.worked(w, shot.endpoint.seq)
        return
    if attempt.status == _GONE:
        _over(w, shot, "failed", now)
        _switch_off(w, shot, "it answered 410 Gone", now)
        return
    until = rules.rest(store.count_trouble(w, shot.endpoint.seq), now)
    if until is not None:
        store.let_rest(w, shot.endpoint.seq, until)
    manner = manners.manner(shot.endpoint.manner)
    again = manner.next_try(shot.attempts, shot.since, now, random.random())  # noqa: S311
    if again is None:
        _give_up(w, shot, now)
    else:
        store.retry(w, shot.seq, again)


def _over(w: Write, shot: Shot, state: State, now: Instant) -> None:
    """The delivery has its outcome; the next one of its lane has its turn."""
    store.finish(w, shot.seq, state, now)
    acknowledged = manners.manner(shot.endpoint.manner).acknowledged
    if state == "delivered" and shot.subject is not None and acknowledged is not None:
        acknowledged(w, shot.organization, shot.subject, now)
    if shot.lane is not None:
        following = store.next_of_lane(w, shot.endpoint.seq, shot.lane)
        if following is not None:
            _start(w, [following], now)


def _start(w: Write, rows: Sequence[Any], now: Instant) -> None:
    store.lease(w, [row.seq for row in rows], now + LEASE)
    for row in rows:
        outbox.later(w, TOPIC, row.organization, {"delivery": row.id, "attempts": row.attempts})


def _give_up(w: Write, shot: Shot, now: Instant) -> None:
    _over(w, shot, "failed", now)
    if store.count_failure(w, shot.endpoint.seq) >= rules.MOST_FAILURES:
        _switch_off(w, shot, f"{rules.MOST_FAILURES} deliveries in a row failed", now)


def _switch_off(w: Write, shot: Shot, reason: str, now: Instant) -> None:
    if not store.switch_off(w, shot.endpoint.seq, reason, now):
        return
    store.give_up_all(w, shot.endpoint.seq, now)
    # The server acts of itself, under no plan.
    by = Caller(shot.organization, "", "system", "server", "Hyway", "server")
    told = {"url": shot.endpoint.url, "reason": reason}
    w.announce(by, "webhook.disabled", "webhook", shot.endpoint.id, told)


def any_due(r: Read) -> bool:
    return bool(store.due(r, clock.now(), 1) or store.forgotten(r, 1))


def start_due(w: Write) -> None:
    """Leaves an errand for each delivery whose time has come: next attempts, and those that got lost.

    Not while errands queue up: what is late then is in the line already, and must not stand in it twice.
    """
    if len(outbox.waiting(w, _AT_ONCE)) == _AT_ONCE:
        return
    now = clock.now()
    rows = [*store.due(w, now, _AT_ONCE), *store.forgotten(w, _AT_ONCE)]
    if rows:
        _start(w, rows, now)


def purge(w: Write) -> int:
    """Forgets a thousand deliveries older than 30 days; how many there were."""
    return store.purge(w, clock.now() - KEPT, 1_000)
