"""A day of a small fleet for the demonstration: who drives where, and what is to be done there.

The day is told to the same verbs that the API calls, in the order of its time, which is a working day up to now.
"""

import contextlib
import heapq
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import count, cycle

from rich.progress import Progress

from hyway.commands import demo_data, demo_routes
from hyway.commands.demo_data import Rider
from hyway.commands.demo_routes import Step
from hyway.domain import tracking
from hyway.domain.identity import Caller
from hyway.domain.tracking import ActionWish, Batch, Item, Spot, UserChange, UserQuery
from hyway.kernel import clock
from hyway.kernel.clock import HOUR, MINUTE, Instant
from hyway.kernel.db import Database, Write
from hyway.kernel.patch import UNSET

_DAY, _SLOT = 8 * HOUR, 10 * MINUTE
_ZONE = "Europe/Berlin"
_GIVEN_UP = 26 * HOUR
"""Ago: work that nobody has ended for more than a day is suspended by the server itself."""
_TYPES = ("delivery", "delivery", "pickup", "visit")


@dataclass
class _Tour:
    """One rider's day: the positions to come, how many were told, and the work that is at hand."""

    rider: Rider
    user: str
    steps: list[Step] = field(default_factory=list)
    told: int = 0
    work: str = ""


@dataclass
class _Story:
    """What is yet to happen, by its time."""

    db: Database
    by: Caller
    chance: random.Random
    coming: list[tuple[Instant, int, Callable[[], object]]] = field(default_factory=list)
    turns: Iterator[int] = field(default_factory=count)
    orders: Iterator[int] = field(default_factory=lambda: count(1001))

    def plan(self, at: Instant, happen: Callable[[], object]) -> None:
        heapq.heappush(self.coming, (at, next(self.turns), happen))


def drive(db: Database, by: Caller, chance: random.Random, bar: Progress) -> int:
    """How many positions were stored; none where an earlier demonstration has left its fleet."""
    if db.read_now(tracking.users.page, by, UserQuery(take=1)).total:
        return 0
    end = clock.now()
    start = end - _DAY
    story = _Story(db, by, chance)
    with telling() as tell:
        tell(end - _GIVEN_UP)
        groups = _grounds(story)
        _forget(story, groups)
        tell(start)
        tours = [_tour(story, rider, groups, start, end) for rider in demo_data.RIDERS]
        for place, where in chance.sample(demo_data.SITES, 3):  # nobody has these yet
            _order(story, place, where, end + HOUR, None)
        task = bar.add_task("a day of the fleet", total=_DAY // _SLOT)
        for slot in range(start, end, _SLOT):
            _happen(story, slot, tell)
            tell(slot + _SLOT)
            db.write_now(_send, by, tours, slot + _SLOT, chance)
            bar.advance(task)
    return sum(tour.told for tour in tours)


@contextlib.contextmanager
def telling() -> Iterator[Callable[[Instant], None]]:
    """While a story is told it is whatever time the teller says: verbs ask the clock when something happens."""
    real, at = clock.now, clock.now()

    def tell(to: Instant) -> None:
        nonlocal at
        at = to

    clock.now = lambda: at
    try:
        yield tell
    finally:
        clock.now = real


def _happen(story: _Story, until: Instant, tell: Callable[[Instant], None]) -> None:
    while story.coming and story.coming[0][0] <= until:
        at, _, happen = heapq.heappop(story.coming)
        tell(at)
        happen()


def _grounds(story: _Story) -> dict[str, str]:
    """The ids of the groups by name; two geofences besides."""
    write, by = story.db.write_now, story.by
    write(partial(tracking.accounts.settle, timezone=_ZONE), by)
    made: dict[str, str] = {}
    for name, parent in demo_data.GROUPS:
        made[name] = write(tracking.groups.create, by, {"name": name, "parent_group_id": made.get(parent)}).id
    depot, where = demo_data.DEPOT
    write(
        tracking.fences.create,
        by,
        {"name": depot, "place": {"name": depot, "location": where}, "radius": 150},
    )
    ring = [list(each) for each in demo_data.CENTRE]
    shape = {"type": "Polygon", "coordinates": [ring]}
    write(tracking.fences.create, by, {"name": "Centre", "shape": shape, "group_id": made["Vans"]})
    return made


def _user(story: _Story, rider: Rider, groups: dict[str, str]) -> str:
    wish = UserChange(
        name=rider.name,
        lookup_id=rider.name.lower().replace(" ", "-"),
        group_id=groups[rider.group],
        vehicle_type=rider.kind,
    )
    user, _ = story.db.write_now(tracking.users.create, story.by, wish)
    return user.id


def _order(story: _Story, place: str, where: Spot, due: Instant, user: str | None) -> str:
    number = next(story.orders)
    wish = ActionWish(
        type=_TYPES[number % len(_TYPES)],
        expected_place={"name": place, "location": where},
        lookup_id=f"order-{number}",
        scheduled_at=due,
        user_id=user or UNSET,
    )
    return story.db.write_now(tracking.actions.create, story.by, wish).action.id


def _forget(story: _Story, groups: dict[str, str]) -> None:
    """One who was given work and never set out."""
    place, where = demo_data.SITES[0]
    _order(story, place, where, clock.now() + HOUR, _user(story, demo_data.IDLE, groups))


def _tour(story: _Story, rider: Rider, groups: dict[str, str], start: Instant, end: Instant) -> _Tour:
    """A rider from the depot to one place after another, and what becomes of the work at each."""
    tour = _Tour(rider, _user(story, rider, groups))
    chance, (_, here) = story.chance, demo_data.DEPOT
    home = end - HOUR if rider.ends_early else end
    at = start + _SLOT * chance.randrange(1, 5)
    tour.steps += demo_routes.stay(here, start, at)
    for number, (place, where) in enumerate(cycle(chance.sample(demo_data.SITES, len(demo_data.SITES)))):
        if at >= home:
            break
        if at == home - _SLOT:  # most are under way when the story ends
            place, where = max(demo_data.SITES, key=lambda site: demo_routes.apart(here, site[1]))
        way = demo_routes.drive(here, where, rider.kind, at, chance)
        leaves = _slot_after(way[-1].at + chance.randrange(8, 30) * MINUTE, start)
        if way[-1].at < home - _SLOT <= leaves:
            leaves = home - _SLOT
        tour.steps += [*way, *demo_routes.stay(where, way[-1].at + MINUTE, leaves)]
        due = way[-1].at + round(chance.uniform(-0.05, 0.5) * HOUR)
        story.plan(at, partial(_begin, story, tour, place, where, due))
        if leaves <= home:
            story.plan(leaves, partial(_end, story, tour, number))
        at, here = leaves, where
    tour.steps = [step for step in tour.steps if step.at < home]
    if rider.ends_early:
        story.plan(home, partial(_go_home, story, tour))
    else:
        for place, where in chance.sample(demo_data.SITES, 2):
            story.plan(end - _SLOT, partial(_order, story, place, where, end + 2 * HOUR, tour.user))
    return tour


def _begin(story: _Story, tour: _Tour, place: str, where: Spot, due: Instant) -> None:
    tour.work = _order(story, place, where, due, tour.user)


def _end(story: _Story, tour: _Tour, number: int) -> None:
    """Most of it is done; some is called off, and some is done somewhere else than expected."""
    write, by = story.db.write_now, story.by
    if number % 5 == 3:
        write(tracking.actions.cancel, by, tour.work)
    elif number % 5 == 2:
        write(tracking.actions.complete, by, tour.work, None, demo_data.DEPOT[1])
    else:
        write(tracking.actions.complete, by, tour.work)


def _go_home(story: _Story, tour: _Tour) -> None:
    story.db.write_now(tracking.actions.cancel_all, story.by, tour.user)
    story.db.write_now(tracking.users.stop_tracking, story.by, tour.user)


def _slot_after(at: Instant, start: Instant) -> Instant:
    return at - (at - start) % _SLOT + _SLOT


def _send(w: Write, by: Caller, tours: list[_Tour], now: Instant, chance: random.Random) -> None:
    """What the phones send: all that is new up to now, a batch for each."""
    batches = []
    for tour in tours:
        new = [step for step in tour.steps if step.at <= now]
        del tour.steps[: len(new)]
        readings = [demo_routes.reading(step, tour.rider.kind, chance) for step in new]
        items = [Item(at, tour.user, each, None) for at, each in enumerate(readings) if each is not None]
        if items:
            charge = max(15, 97 - tour.told // 30)
            batch = Batch(by, now, items, timezone=_ZONE, battery=charge, plain=True, only=tour.user)
            batches.append(batch)
            tour.told += len(items)
    tracking.ingest.take(w, batches)


__all__ = ["drive", "telling"]
