"""Telling of events: each is written once, carried by streams, and queued for the webhooks that want it."""

from collections.abc import Sequence

from hyway.domain.tracking import accounts
from hyway.domain.tracking.records import Account, Event, Happening
from hyway.domain.tracking.store import events as store
from hyway.domain.tracking.telling import hooks, payloads
from hyway.kernel import clock
from hyway.kernel.db import Write


def tell(w: Write, account: Account, happenings: Sequence[Happening]) -> None:
    """Writes the events in the order given; one that was told before (same user, type, instant, dedupe) is skipped."""
    if not happenings:
        return
    now, takers = clock.now(), hooks.takers(w, account)
    last = accounts.frame(w, account, len(happenings))
    for number, told in enumerate(happenings, last - len(happenings) + 1):
        # What a device says of itself cannot stand in for what it is about.
        own = {"object": told.object} if told.object else {}
        data = {**own, **(told.info or {}), **own}
        added = store.add(w, account.seq, number, told, data, now)
        if added is not None and takers:
            event = Event(
                seq=added[0],
                id=added[1],
                frame=number,
                user_id=told.user_id,
                action_id=told.action_id,
                type=told.type,
                recorded_at=told.recorded_at,
                location=told.location,
                data=data,
                delivered_at=None,
                created_at=now,
                modified_at=now,
            )
            hooks.post(w, account, takers, told.user_seq, payloads.event(event))
