"""Positions in batches of 50, gzip, stored durably before the answer; and what kill -9 leaves of them."""

import asyncio
import gzip
import math
import random
import sqlite3
import time
from collections import deque
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import msgspec

from bench.ground import settings
from bench.report import Figure, Run, percentile, spread
from bench.server import Server, folder, serving
from hyway import main
from hyway.domain import identity, tracking
from hyway.domain.identity import NewKey
from hyway.domain.tracking import UserChange
from hyway.edge import ingest_wire
from hyway.kernel import clock
from hyway.kernel.db import Write

CLAIM, CRASH = "ingest", "ingest-crash"
SIZE = 50
_USERS, _CONNECTIONS = 400, 16
_RATE, _P99 = 20_000, 100.0
_MOST = 800  # batches a second that are made ready
_encode = msgspec.json.Encoder().encode
_INSERT = """
INSERT INTO tracking_positions (user, at, lat, lon, accuracy, speed, bearing, altitude, activity, confidence, provider)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


@dataclass(frozen=True, slots=True)
class Fleet:
    """A prepared folder: a key for phones, and the users whose phones send."""

    data: Path
    key: str
    users: tuple[str, ...]

    @property
    def file(self) -> Path:
        return self.data / "hyway.db"


@dataclass(slots=True)
class Sent:
    """What the phones of a round got through, and how long each batch took, in milliseconds."""

    took: list[float]
    seconds: float
    wrong: int

    @property
    def rate(self) -> float:
        return len(self.took) * SIZE / self.seconds


def prepare(data: Path, users: int) -> Fleet:
    chosen = settings(data)
    main.prepare(chosen)
    db = main.open_database(chosen, threads=1)
    try:
        return db.write_now(_fill, data, users)
    finally:
        db.close()


def _fill(w: Write, data: Path, users: int) -> Fleet:
    by = identity.command_line(identity.found_organization(w, "Fleet"))
    key = identity.issue_key(w, by, NewKey("hypertrack-public", "Phones"))
    made = [
        tracking.users.create(w, by, UserChange(name=f"Driver {at}", lookup_id=f"d-{at}"))
        for at in range(users)
    ]
    return Fleet(data, key.secret, tuple(user.id for user, _ in made))


class Phones:
    """Drives that go on from round to round: each user's positions are a second apart."""

    def __init__(self, fleet: Fleet, port: int) -> None:
        self.fleet, self._port = fleet, port
        self._began = clock.now() - 12 * clock.HOUR
        self._gone = [0] * len(fleet.users)

    def batches(self, many: int) -> list[list[bytes]]:
        """About `many` requests, by connection: a user's own stay on one, in their order."""
        lines: list[list[bytes]] = [[] for _ in range(_CONNECTIONS)]
        for at in range(many):
            user = at % len(self.fleet.users)
            lines[user % _CONNECTIONS].append(self.request(user))
        return lines

    def request(self, user: int) -> bytes:
        body = gzip.compress(_encode(self.events(user)), 6)
        return (
            f"POST /api/v1/sdk_events/bulk/ HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n"
            f"Authorization: Token {self.fleet.key}\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n"
            f"Device-ID: phone-{user}\r\nTimezone: Europe/Zagreb\r\nBattery: 81.0\r\n"
            f"Content-Length: {len(body)}\r\n\r\n".encode()
            + body
        )

    def events(self, user: int) -> list[dict]:
        first = self._gone[user]
        self._gone[user] += SIZE
        return [self._event(user, second) for second in range(first, first + SIZE)]

    def _event(self, user: int, second: int) -> dict:
        at = clock.text(self._began + second * clock.SECOND + 137_000)
        lat = 40 + user * 0.01 + second * 8e-5
        lon = 15 + math.sin(second / 90 + user) * 4e-3
        where = {"type": "Point", "coordinates": [round(lon, 6), round(lat, 6)]}
        said = {"accuracy": 8.0, "speed": 9.1, "bearing": float(second % 360), "altitude": 120.0}
        more = {"activity": "automotive", "activity_confidence": 95, "provider": "gps", "recorded_at": at}
        location = {"geojson": where, **said, **more}
        user_id = self.fleet.users[user]
        return {"user_id": user_id, "type": "location.changed", "recorded_at": at, "location": location}


async def _drive(port: int, lines: Sequence[Sequence[bytes]], seconds: float) -> Sent:
    """Every connection sends its next batch as soon as the last one was answered."""
    sent = Sent([], 0.0, 0)
    began = time.perf_counter()
    await asyncio.gather(*(_line(port, line, began + seconds, sent) for line in lines))
    sent.seconds = time.perf_counter() - began
    return sent


async def _line(port: int, requests: Sequence[bytes], until: float, sent: Sent) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for request in requests:
            began = time.perf_counter()
            if began >= until:
                return
            writer.write(request)
            answer = await _answer(reader)
            sent.took.append((time.perf_counter() - began) * 1e3)
            sent.wrong += f'"accepted":{SIZE},"duplicates":0' not in answer
    finally:
        writer.close()


async def _answer(reader: asyncio.StreamReader) -> str:
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
    return (await reader.readexactly(length)).decode()


def measure(run: Run) -> list[Figure]:
    """Positions a second in batches of 50 gzip, durable before the answer, beside SQLite alone."""
    seconds = 4 if run.quick else 8
    with folder() as path:
        fleet = prepare(path / "data", _USERS)
        rounds: list[Sent] = []
        with serving(fleet.data) as server:
            phones = Phones(fleet, server.port)
            asyncio.run(_drive(server.port, phones.batches(_USERS), 2))
            for _ in range(run.rounds):
                ready = phones.batches(seconds * _MOST)
                rounds.append(asyncio.run(_drive(server.port, ready, seconds)))
        peers = [_bare(fleet, path) for _ in range(run.rounds)]
        decoded = [_decoded(phones) for _ in range(run.rounds)]
        stored = _stored(fleet)
    return _figures(rounds, peers, decoded, stored)


def _figures(rounds: list[Sent], peers: list[float], decoded: list[float], stored: int) -> list[Figure]:
    rates = [each.rate for each in rounds]
    slowest = [percentile(each.took, 0.99) for each in rounds]
    middle = [percentile(each.took, 0.5) for each in rounds]
    wrong = sum(each.wrong for each in rounds)
    ratio = f"{median(rates) / median(peers):.2f} of SQLite alone"
    fast, soon = median(rates) >= _RATE, median(slowest) < _P99
    return [
        Figure(CLAIM, "positions, batches of 50 gzip", spread(rates, unit="/s"), f"{_RATE:,}/s", ratio, fast),
        Figure(CLAIM, "a batch: p50", spread(middle, "{:.1f}", " ms")),
        Figure(CLAIM, "a batch: p99", spread(slowest, "{:.1f}", " ms"), f"< {_P99:.0f} ms", "", soon),
        Figure(CLAIM, "answers that are not 50 new ones", f"{wrong:,}", "0", f"{stored:,} stored", not wrong),
        Figure(CLAIM, "peer: the same rows, bare executemany", spread(peers, unit="/s")),
        Figure(CLAIM, "peer: gunzip and typed JSON alone", spread(decoded, unit="/s")),
    ]


def _stored(fleet: Fleet) -> int:
    with closing(sqlite3.connect(fleet.file)) as connection:
        return int(connection.execute("SELECT count(*) FROM tracking_positions").fetchone()[0])


def _bare(fleet: Fleet, path: Path) -> float:
    """Rows a second of the same positions into the same table, as durable, eight batches in a commit."""
    file = path / "bare.db"
    with closing(sqlite3.connect(fleet.file)) as ours:
        query = "SELECT sql FROM sqlite_master WHERE name = 'tracking_positions'"
        (table,) = ours.execute(query).fetchone()
        rows = ours.execute("SELECT * FROM tracking_positions WHERE user <= 400 LIMIT 120000").fetchall()
    # Runs as they came, from eight users at a time.
    runs = [rows[at : at + SIZE] for at in range(0, len(rows), SIZE)]
    step = len(runs) // 8
    commits = [sorted(row for run in runs[at::step] for row in run) for at in range(step)]
    with closing(sqlite3.connect(file, isolation_level=None)) as bare:
        for line in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=OFF", "wal_autocheckpoint=25000"):
            bare.execute(f"PRAGMA {line}")
        bare.execute(table)
        began = time.perf_counter()
        for commit in commits:
            bare.execute("BEGIN IMMEDIATE")
            bare.executemany(_INSERT, commit)
            bare.execute("COMMIT")
        took = time.perf_counter() - began
    for each in path.glob("bare.db*"):
        each.unlink()
    return sum(map(len, commits)) / took


def _decoded(phones: Phones) -> float:
    """Events a second out of the same bodies on one core, without anything done to them."""
    bodies = [phones.request(user).partition(b"\r\n\r\n")[2] for user in range(100)]
    began = time.perf_counter()
    for body in bodies:
        ingest_wire.events(ingest_wire.unpacked(body))
    return len(bodies) * SIZE / (time.perf_counter() - began)


def crash(run: Run) -> list[Figure]:
    """`kill -9` during ingest: every acknowledged position is there after the restart, once."""
    lost = twice = acknowledged = 0
    with folder() as path:
        fleet = prepare(path / "data", 64)
        server = Server(fleet.data)
        phones = Phones(fleet, server.port)
        try:
            server.start()
            for _ in range(2 if run.quick else 3):
                heard = asyncio.run(load_then_kill(server, phones, 1.5))
                server.start()
                there = asyncio.run(again(server.port, heard))
                lost += there.wrong
                acknowledged += len(heard) * SIZE
            twice = doubles(fleet)
        finally:
            server.stop()
    told = f"{lost} batches with a loss, {twice} positions twice, of {acknowledged:,} acknowledged"
    return [
        Figure(CRASH, "positions after kill -9", told, "none lost, none twice", "", not lost and not twice)
    ]


async def load_then_kill(server: Server, phones: Phones, seconds: float, many: int = 4_000) -> list[bytes]:
    """The requests that were answered before the server was killed under them."""
    heard: list[bytes] = []
    lines = [asyncio.create_task(_until_killed(server.port, line, heard)) for line in phones.batches(many)]
    await asyncio.sleep(seconds)
    server.kill()
    await asyncio.wait(lines, timeout=10)
    for each in lines:
        each.cancel()
    return heard


async def _until_killed(port: int, requests: Sequence[bytes], heard: list[bytes]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for request in requests:
            writer.write(request)
            if '"accepted"' not in await _answer(reader):
                raise RuntimeError("a batch was refused")
            heard.append(request)
    except (ConnectionError, asyncio.IncompleteReadError):
        pass  # this is the kill
    finally:
        writer.close()


async def again(port: int, heard: Sequence[bytes]) -> Sent:
    """Sends what was acknowledged once more: all of it must be there, so all of it is a duplicate."""
    sent, left = Sent([], 0.0, 0), deque(random.Random(5).sample(heard, len(heard)))

    async def line() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while left:
            writer.write(left.popleft())
            sent.wrong += f'"accepted":0,"duplicates":{SIZE}' not in await _answer(reader)
        writer.close()

    await asyncio.gather(*(line() for _ in range(8)))
    return sent


def doubles(fleet: Fleet) -> int:
    """Instants that a user has two positions of: these drives have none."""
    query = "SELECT count(*) - count(DISTINCT user || ' ' || at) FROM tracking_positions"
    with closing(sqlite3.connect(fleet.file)) as connection:
        return int(connection.execute(query).fetchone()[0])
