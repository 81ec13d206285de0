"""Verbs of events: what happened, for whoever asks afterwards."""

from collections.abc import Collection

from hyway.domain.identity import Caller
from hyway.domain.tracking import accounts
from hyway.domain.tracking.listing import Wanted
from hyway.domain.tracking.people import groups
from hyway.domain.tracking.records import Account, Event, Page
from hyway.domain.tracking.store import events as store
from hyway.kernel.db import Read
from hyway.kernel.faults import Missing


def page(r: Read, by: Caller, wanted: Wanted) -> Page[Event]:
    """Newest first, unless another order is asked for."""
    return Page(*store.page(r, accounts.of(r, by).seq, wanted, groups.seen_by(r, by)))


def find(r: Read, by: Caller, id: str) -> Event:
    """The event; Missing if there is none, or none that the caller may see."""
    found = store.find(r, accounts.of(r, by).seq, id)
    seen = groups.seen_by(r, by)
    if found is None or (seen is not None and not store.in_groups(r, found[0].seq, seen)):
        raise Missing("Not found.")
    return found[0]


def by_ids(r: Read, account: Account, ids: Collection[str]) -> list[tuple[Event, str | None]]:
    """Events with the id of their user's group, in the order of their frames."""
    return store.by_ids(r, account.seq, ids) if ids else []
