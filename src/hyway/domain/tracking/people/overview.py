"""Users in the mass, for a dashboard: how many are how, what they did, where they are dense."""

from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

import h3  # type: ignore[import-untyped]

from hyway.domain.identity import Caller
from hyway.domain.tracking import accounts
from hyway.domain.tracking.people.users import within
from hyway.domain.tracking.records import Page, Spot, User, UserQuery
from hyway.domain.tracking.store import overview as store
from hyway.domain.tracking.store import people
from hyway.domain.tracking.telling.display import LIST_STATUSES
from hyway.kernel import clock
from hyway.kernel.clock import DAY, Instant
from hyway.kernel.db import Read
from hyway.kernel.faults import Invalid

FINEST = 12
"""Of h3's resolutions: cells of some ten metres."""
_RESOLUTION = 8
_WEEK = 7 * DAY


@dataclass(frozen=True, slots=True)
class Counts:
    """Users by what a list calls their status, and by whether they can be given work."""

    total: int
    connected: int
    by_status: dict[str, int]
    by_availability: dict[str, int]


class Done(NamedTuple):
    """What a user did in a time."""

    user: User
    moved: store.Moved
    completed: int


class Dense(NamedTuple):
    """How many users were last seen in a cell of h3's grid; `spot` is its middle."""

    cell: str
    spot: Spot
    users: int


def counts(r: Read, by: Caller) -> Counts:
    statuses: dict[str, int] = dict.fromkeys((str(each) for each in LIST_STATUSES), 0)
    availabilities = {"online": 0, "offline": 0, "active": 0}
    total = connected = 0
    for status, availability, many, heard in people.counts(
        r, accounts.of(r, by).seq, within(by), clock.now()
    ):
        statuses[status] += many
        availabilities[availability] += many
        total += many
        connected += heard
    return Counts(total, connected, statuses, availabilities)


def done(
    r: Read, by: Caller, query: UserQuery, since: Instant | None = None, until: Instant | None = None
) -> Page[Done]:
    """A page of users with what each did from `since` (a week before) to `until` (now)."""
    account, now = accounts.of(r, by), clock.now()
    end = now if until is None else until
    start = end - _WEEK if since is None else since
    if start > end:
        raise Invalid("min_recorded_at", "Must not be later than max_recorded_at.")
    found = people.page(r, account.seq, query, within(by), now)
    users = [user.seq for user in found.rows]
    moved = store.moved(r, users, start, end)
    completed = store.completed(r, users, start, end)
    nothing = store.Moved(0.0, 0.0, 0, 0)
    rows = [Done(user, moved.get(user.seq, nothing), completed.get(user.seq, 0)) for user in found.rows]
    return Page(rows, found.total)


def dense(r: Read, by: Caller, query: UserQuery, resolution: int | None = None) -> list[Dense]:
    """The cells in which users were last seen, the fullest first."""
    fine = _RESOLUTION if resolution is None else resolution
    if not 0 <= fine <= FINEST:
        raise Invalid("resolution", "Must be from 0 to {most}.", most=FINEST)
    spots = store.spots(r, accounts.of(r, by).seq, query, within(by), clock.now())
    cells = Counter(h3.latlng_to_cell(spot.lat, spot.lon, fine) for spot in spots)
    ordered = sorted(cells.items(), key=lambda each: (-each[1], each[0]))
    return [Dense(cell, Spot(*h3.cell_to_latlng(cell)), many) for cell, many in ordered]
