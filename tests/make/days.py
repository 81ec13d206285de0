"""Tracked users and what their devices send, for tests of days."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import gpxpy

from hyway.domain.identity import Caller
from hyway.domain.tracking import accounts
from hyway.domain.tracking.days import trips
from hyway.domain.tracking.incoming.receiving import Reading, location, reading
from hyway.domain.tracking.records import Account, Location, Segment, User
from hyway.domain.tracking.store import positions, segments, users
from hyway.kernel import clock, ids
from hyway.kernel.clock import SECOND
from hyway.kernel.db import Database, Read, Write

TRACKS = Path(__file__).parents[1] / "data" / "tracks"
ALWAYS = (-(1 << 62), 1 << 62)


def recorded(name: str) -> list[Location]:
    """The positions of a recorded track, in order."""
    with (TRACKS / f"{name}.gpx").open() as file:
        gpx = gpxpy.parse(file)
    points = [point for track in gpx.tracks for part in track.segments for point in part.points]
    return [
        Location(clock.instant(point.time), point.latitude, point.longitude, accuracy=5.0)
        for point in points
        if point.time
    ]


class World(Protocol):
    """An organization that asks, and its database."""

    @property
    def db(self) -> Database: ...
    @property
    def by(self) -> Caller: ...


@dataclass(frozen=True)
class Tracked:
    """A user of an account, on a database."""

    world: World
    account: Account
    user: User

    def send(self, fixes: Iterable[Location]) -> trips.Followed | None:
        """What receiving a batch comes to: positions are stored, then segments follow; None without a new one."""
        return self.world.db.write_now(_receive, self, list(fixes))

    def read(self, verb: Callable[..., Any], *args: Any, **more: Any) -> Any:
        return self.world.db.read_now(verb, *args, **more)

    def segments(self) -> list[Segment]:
        """All of them, the open one last."""
        return self.read(_all, self)

    def zone(self, name: str) -> "Tracked":
        return replace(self, user=replace(self.user, timezone=name))


def tracked(world: World, **profile: Any) -> Tracked:
    """A new user in the live account of the world's organization."""
    return world.db.write_now(_tracked, world, profile)


def _tracked(w: Write, world: World, profile: dict[str, Any]) -> Tracked:
    account = accounts.opened(w, world.by)
    now = clock.now()
    blank: dict[str, Any] = dict.fromkeys(("phone", "photo", "lookup_id", "group", "device_name", "timezone"))
    row = {**blank, "id": ids.uuid4(), "name": "Ana", "vehicle_type": "car", "metadata": {}}
    seq = users.add(w, account.seq, 1, {**row, "created_at": now, "modified_at": now, **profile})
    user = users.by_seq(w, seq)
    assert user
    return Tracked(world, account, user)


def _receive(w: Write, of: Tracked, fixes: Sequence[Location]) -> trips.Followed | None:
    sent = sorted({_reading(fix) for fix in fixes})
    known = positions.stored(w, of.user.seq, [each[:3] for each in sent])
    fresh = [each for each in sent if each[:3] not in known]
    positions.add(w, [(of.user.seq, fresh)])
    new = [location(each) for each in fresh]
    if not new:
        return None
    machine, open_segment = segments.state(w, of.account.seq, of.user.seq)
    followed = trips.follow(w, of.account, of.user.seq, machine, open_segment, new)
    users.set_live(w, of.user.seq, machine=followed.machine, open_segment=followed.open_segment)
    return followed


def _reading(fix: Location) -> Reading:
    made = reading(*fix)
    assert made
    return made


def _all(r: Read, of: Tracked) -> list[Segment]:
    closed = segments.touching(r, of.account.seq, of.user.seq, *ALWAYS)
    last = trips.live(r, of.account, of.user.seq)
    return closed + ([last] if last else [])


def drive(start: int, seconds: int, lat: float = 45.0, lon: float = 14.0, step: int = 5) -> list[Location]:
    """Northwards at 10 m/s."""
    return [
        Location(
            start + at * SECOND, lat + at * 10 / 111_132, lon, accuracy=5.0, speed=10.0, activity="automotive"
        )
        for at in range(0, seconds, step)
    ]


def stay(start: int, seconds: int, lat: float, lon: float = 14.0, step: int = 10) -> list[Location]:
    """In one place, a metre or two to and fro."""
    return [
        Location(start + at * SECOND, lat + (at // step % 3) * 1e-5, lon, accuracy=5.0, speed=0.0)
        for at in range(0, seconds, step)
    ]
