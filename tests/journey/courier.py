"""A fleet on a running server: keys, a phone that drives a recorded track, and the pages of those who wait.

A drive takes minutes, a test has seconds. So server, phones and browsers read a clock of the test's own, which it
sets forward: positions keep their distances in time, and nobody can tell.
"""

import contextlib
import gzip
import itertools
import json
import math
import mmap
import signal
import struct
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Page

from hyway.domain.tracking.earth.geodesy import geodesic, metres
from hyway.domain.tracking.records import Location
from hyway.kernel import clock
from hyway.kernel.clock import SECOND
from tests.make.running import Running, free_port, hyway, serving_at

BULK = "/api/v1/sdk_events/bulk/"
_LATE_CLOCK = '''\
"""Python reads this at its start: the clock of this process is as far ahead as the file says."""
import mmap, os, struct, time

with open(os.environ["TEST_CLOCK"], "rb") as file:
    ahead = mmap.mmap(file.fileno(), 8, access=mmap.ACCESS_READ)
real = time.time_ns
time.time_ns = lambda: real() + struct.unpack("q", ahead[:])[0] * 1000
time.time = lambda: time.time_ns() / 1e9
'''
_HURRY = """\
steady = time.monotonic
time.monotonic = lambda: steady() + struct.unpack("q", ahead[:])[0] / 1e6
"""
"""And what is done every minute of that process is done once its clock was set forward by one."""


class Clock:
    """The time of all who take part; `forward` sets it."""

    def __init__(self, folder: Path, *, hurries: bool = False) -> None:
        folder.mkdir()
        (folder / "sitecustomize.py").write_text(_LATE_CLOCK + (_HURRY if hurries else ""))
        (folder / "ahead").write_bytes(bytes(8))
        self.environment = {"PYTHONPATH": str(folder), "TEST_CLOCK": str(folder / "ahead")}
        with (folder / "ahead").open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), 8)
        self._ahead = 0
        self.pages: list[Page] = []

    def now(self) -> int:
        return time.time_ns() // 1000 + self._ahead

    def until(self, instant: int) -> None:
        """Sets the clock to that instant; it never goes back."""
        by = instant - self.now()
        if by <= 0:
            return
        self._ahead += by
        self._shared[:] = struct.pack("q", self._ahead)
        for page in self.pages:
            page.evaluate("(ms) => { window.ahead += ms; }", by / 1000)

    def forward(self, seconds: float) -> None:
        self.until(self.now() + round(seconds * SECOND))


@dataclass
class Fleet:
    """A server that can be killed and started again where it was, and clients with each kind of key."""

    data: Path
    clock: Clock
    env: dict[str, str]
    port: int
    life: contextlib.ExitStack
    server: Running
    secret: str = ""
    public: str = ""
    clients: dict[str, httpx.Client] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def office(self) -> httpx.Client:
        """The vendor's own server, with the secret key."""
        return self._client(self.secret)

    def _client(self, key: str) -> httpx.Client:
        headers = {"authorization": f"token {key}"}
        return self.clients.setdefault(key, httpx.Client(base_url=self.url, headers=headers, timeout=30))

    def give(self, path: str, body: Any = None, method: str = "POST") -> dict[str, Any]:
        answer = self.office.request(method, f"/api/v1/{path}", json=body)
        assert answer.status_code in (200, 201), answer.text
        made: dict[str, Any] = answer.json()
        return made

    def ask(self, path: str, **query: Any) -> dict[str, Any]:
        answer = self.office.get(f"/api/v1/{path}", params=query)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def phone(self, name: str, **more: Any) -> "Phone":
        """A new user, and the phone in that user's pocket."""
        user = self.give("users/", {"name": name, "vehicle_type": "car", **more})
        return Phone(self, user["id"], f"device-{uuid.uuid4()}")

    def kill(self) -> None:
        """As a power cut would."""
        self.server.stop(signal.SIGKILL)

    def start(self) -> None:
        """The same server again: same data, same address."""
        self.server = self.life.enter_context(serving_at(self.port, self.data, **self.env))


@dataclass
class Phone:
    """Sends what its user does as the vendor's Android client does: gzip, in batches."""

    fleet: Fleet
    user: str
    device: str

    def event(self, type: str, at: int, **more: Any) -> dict[str, Any]:
        return {"user_id": self.user, "type": type, "recorded_at": clock.text(at), **more}

    def post(self, events: Sequence[dict[str, Any]]) -> dict[str, Any]:
        headers = {
            "authorization": f"Token {self.fleet.public}", "content-encoding": "gzip", "battery": "81.0",
            "content-type": "application/json", "device-id": self.device, "timezone": "Europe/Zagreb",
            "device-time": clock.text(self.fleet.clock.now()),
        }  # fmt: skip
        body = gzip.compress(json.dumps(events).encode())
        answer = httpx.post(self.fleet.url + BULK, content=body, headers=headers, timeout=30)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        assert told["rejected"] == [], told
        return told

    def begin(self) -> None:
        self.post([self.event("tracking.started", self.fleet.clock.now())])

    def send(self, fixes: Sequence[Location], batch: int = 5) -> None:
        """Positions, each batch once the clock shows the time of its last one."""
        for first in range(0, len(fixes), batch):
            part = fixes[first : first + batch]
            self.fleet.clock.until(part[-1].at)
            self.post([self.event("location.changed", each.at, location=shown(each)) for each in part])


def shown(fix: Location) -> dict[str, Any]:
    """A position as phones write it."""
    moves = (fix.speed or 0) > 1
    return {
        "geojson": {"type": "Point", "coordinates": [fix.lon, fix.lat]},
        "accuracy": fix.accuracy, "speed": fix.speed, "bearing": fix.bearing, "altitude": 0.0,
        "activity": "automotive" if moves else "stationary", "activity_confidence": 100, "provider": "gps",
        "recorded_at": clock.text(fix.at),
    }  # fmt: skip


def driven(fixes: Sequence[Location], began: int) -> list[Location]:
    """The same way begun at that instant, with the speed and the bearing that a phone would add."""
    made: list[Location] = []
    for before, fix in zip([fixes[0], *fixes], fixes, strict=False):
        seconds = (fix.at - before.at) / SECOND
        way = metres(before.lat, before.lon, fix.lat, fix.lon)
        east = math.radians(fix.lon - before.lon) * math.cos(math.radians(fix.lat))
        north = math.radians(fix.lat - before.lat)
        made.append(
            Location(
                began + fix.at - fixes[0].at, fix.lat, fix.lon, accuracy=5.0,
                speed=way / seconds if seconds else 0.0, bearing=math.degrees(math.atan2(east, north)) % 360,
            )
        )  # fmt: skip
    return made


def backwards(fixes: Sequence[Location]) -> list[Location]:
    """The same way driven from its end to its beginning."""
    last = fixes[-1].at
    return [Location(last - each.at, each.lat, each.lon, accuracy=5.0) for each in reversed(fixes)]


def parked(at: Location, seconds: int, every: int = 30) -> list[Location]:
    return [
        Location(at.at + after * SECOND, at.lat, at.lon, accuracy=5.0, speed=0.0)
        for after in range(every, seconds + 1, every)
    ]


def moving_length(fixes: Sequence[Location]) -> float:
    """Metres along the ellipsoid of the legs on which the car moved at walking speed at least."""
    legs = itertools.pairwise(fixes)
    return sum(
        geodesic(one.lat, one.lon, other.lat, other.lon) for one, other in legs if (other.speed or 0) >= 1
    )


@contextlib.contextmanager
def fleet(
    folder: Path, database_url: str | None, *, hurries: bool = False, **settings: str
) -> Iterator[Fleet]:
    """`hyway up` on a fresh database, with a secret key and the key that is in every phone."""
    made_clock, data, port = Clock(folder / "clock", hurries=hurries), folder / "data", free_port()
    more = {"HYWAY_DATABASE_URL": database_url} if database_url else {}
    env = {"HYWAY_PRIVATE_WEBHOOKS": "1", **made_clock.environment, **more, **settings}
    with contextlib.ExitStack() as life:
        server = life.enter_context(serving_at(port, data, **env))
        made = Fleet(data, made_clock, env, port, life, server)
        made.secret, made.public = (_key(made, kind) for kind in ("hypertrack", "hypertrack-public"))
        yield made
        for client in made.clients.values():
            client.close()


def _key(of: Fleet, kind: str) -> str:
    made = hyway("key", kind, data=of.data, **of.env)
    assert made.returncode == 0, made.stderr
    return made.stdout.strip()
