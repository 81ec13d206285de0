"""Telling of events: each is written once, carried by streams, and queued for the webhooks that want it."""

from collections.abc import Sequence

from hyway.domain.tracking import accounts
from hyway.domain.tracking.records import Account, Happening
from hyway.domain.tracking.store import events as store
from hyway.kernel import clock
from hyway.kernel.db import Write


def tell(w: Write, account: Account, happenings: Sequence[Happening]) -> None:
    """Writes the events in the order given; one that was told before (same user, type, instant, dedupe) is skipped."""
    if not happenings:
        return
    now = clock.now()
    last = accounts.frame(w, account, len(happenings))
    for number, told in enumerate(happenings, last - len(happenings) + 1):
        data = {**({"object": told.object} if told.object else {}), **(told.info or {})}
        store.add(w, account.seq, number, told, data, now)
