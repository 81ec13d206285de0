"""Verbs of events: what happened, for whoever asks afterwards."""

from collections.abc import Collection

from hyway.domain.tracking.records import Account, Event
from hyway.domain.tracking.store import events as store
from hyway.kernel.db import Read


def by_ids(r: Read, account: Account, ids: Collection[str]) -> list[tuple[Event, str | None]]:
    """Events with the id of their user's group, in the order of their frames."""
    return store.by_ids(r, account.seq, ids) if ids else []
