"""A day of 20,000 positions as a placeline, over HTTP, beside the bare SELECT of the same rows and their encoding."""

import http.client
import json
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import msgspec

from bench.ground import settings
from bench.report import Figure, Run, spread
from bench.server import folder, serving
from hyway import main
from hyway.domain import identity, tracking
from hyway.domain.identity import Caller, NewKey
from hyway.domain.tracking import Batch, Item, UserChange
from hyway.domain.tracking.incoming import receiving
from hyway.kernel import clock
from hyway.kernel.clock import DAY, SECOND
from hyway.kernel.db import Database, Write

CLAIM = "placeline"
_POSITIONS = 20_000
_MOST = 150.0  # milliseconds
_STEP = 4 * SECOND
_LOOKS = 20
_encode = msgspec.json.Encoder().encode
_ROWS = "SELECT * FROM tracking_positions WHERE user = ? AND at >= ? AND at < ? ORDER BY at, lat, lon"


@dataclass(frozen=True, slots=True)
class Days:
    """A prepared folder: who drove and stopped all day, and who drove without a stop until the end of it."""

    data: Path
    key: str
    start: int
    mixed: tuple[str, ...]
    driven: tuple[str, ...]

    @property
    def file(self) -> Path:
        return self.data / "hyway.db"

    @property
    def date(self) -> str:
        return clock.text(self.start)[:10]


def prepare(data: Path, many: int) -> Days:
    """Users of each kind with a whole day, yesterday's, taken in as from their phones."""
    chosen = settings(data)
    main.prepare(chosen)
    db = main.open_database(chosen, threads=1)
    start = clock.now() // DAY * DAY - DAY
    try:
        by, key, users = db.write_now(_found, 2 * many)
        for at, user in enumerate(users):
            _send(db, by, user, start, pauses=at < many)
        return Days(data, key, start, users[:many], users[many:])
    finally:
        db.close()


def _found(w: Write, many: int) -> tuple[Caller, str, tuple[str, ...]]:
    by = identity.command_line(identity.found_organization(w, "Fleet"))
    key = identity.issue_key(w, by, NewKey("hypertrack", "Benchmark"))
    made = [tracking.users.create(w, by, UserChange(name=f"Driver {at}"))[0] for at in range(many)]
    return by, key.secret, tuple(user.id for user in made)


def _send(db: Database, by: Caller, user: str, start: int, *, pauses: bool) -> None:
    """Drives of 75 minutes with, if it `pauses`, stops of 25 between them."""
    lat, items = 40.0, []
    for number in range(_POSITIONS):
        moves = not pauses or number % 1_500 < 1_125
        lat += 2.4e-4 if moves else 0.0
        lon = 15 + (number % 40) * 1e-4 if moves else 15.0
        at = start + number * _STEP
        said = receiving.reading(
            at, lat, lon, accuracy=8.0, speed=7.0 if moves else 0.0, activity="automotive"
        )
        items.append(Item(number % 1_000, user, said, None))
    for first in range(0, _POSITIONS, 1_000):
        batch = Batch(by, clock.now(), items[first : first + 1_000])
        verdict = db.write_now(tracking.ingest.take, [batch])[0]
        assert verdict.accepted == 1_000, verdict


def measure(run: Run) -> list[Figure]:
    """A day of 20,000 positions with trips and stops, and one that is a single trip still under way."""
    with folder() as path:
        days = prepare(path / "data", run.rounds)
        with serving(days.data) as server:
            _looks(server.port, days, days.mixed[0], 2)
            mixed = [_looks(server.port, days, user, _LOOKS) for user in days.mixed]
            cold = [_looks(server.port, days, user, 1) for user in days.driven]
            warm = [_looks(server.port, days, user, _LOOKS) for user in days.driven]
        peer = [_bare(days, seq) for seq in range(1, run.rounds + 1)]
    return _figures(mixed, cold, warm, peer)


def _figures(mixed: list[float], cold: list[float], warm: list[float], peer: list[float]) -> list[Figure]:
    def figure(what: str, took: list[float]) -> Figure:
        ratio = f"{median(took) / median(peer):.2f} of the bare rows"
        return Figure(
            CLAIM, what, spread(took, "{:.1f}", " ms"), f"< {_MOST:.0f} ms", ratio, median(took) < _MOST
        )

    return [
        figure(f"{_POSITIONS:,} positions: trips and stops", mixed),
        figure(f"{_POSITIONS:,} positions: one trip under way, first look", cold),
        figure(f"{_POSITIONS:,} positions: one trip under way, again", warm),
        Figure(CLAIM, "peer: SELECT of the rows and JSON", spread(peer, "{:.1f}", " ms")),
    ]


def _looks(port: int, days: Days, user: str, many: int) -> float:
    """The median time of the whole answer, in milliseconds."""
    took = []
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as http_:
        for _ in range(many):
            began = time.perf_counter()
            path = f"/api/v1/users/{user}/placeline/?date={days.date}"
            http_.request("GET", path, headers={"Authorization": f"token {days.key}"})
            answer = http_.getresponse()
            body = answer.read()
            took.append((time.perf_counter() - began) * 1e3)
            assert answer.status == 200, body[:500]
    points = sum(len(each["time_aware_polyline"] or "") for each in json.loads(body)["segments"])
    assert points > 3 * _POSITIONS // 2, f"a way of {points} characters is too short"
    return median(took)


def _bare(days: Days, user: int) -> float:
    """The rows of the day as they are, as JSON, in milliseconds."""
    with closing(sqlite3.connect(days.file)) as connection:
        took = []
        for _ in range(_LOOKS):
            began = time.perf_counter()
            rows = connection.execute(_ROWS, (user, days.start, days.start + DAY)).fetchall()
            _encode(rows)
            took.append((time.perf_counter() - began) * 1e3)
            assert len(rows) == _POSITIONS
        return median(took)
