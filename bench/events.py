"""The event log of 1,000,000 events searched over HTTP, beside the bare statement; and what writing an event costs."""

import contextlib
import http.client
import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from sqlalchemy import text

from bench import event_log
from bench.report import Figure, Run, percentile, words
from bench.server import folder
from hyway.domain import audit, identity
from hyway.domain.audit.store import adding
from hyway.domain.identity import Caller
from hyway.kernel import clock, ids
from hyway.kernel.db import Database, Fact, Ref, Write
from hyway.kernel.seal import Seal
from tests.make import postgres
from tests.make.running import hyway, serving

CLAIM = "events"
_BAR = 50.0
"""Milliseconds at p95."""
_PAGE = 100
_BESIDE = 5
"""The other organization has a fifth of the events."""
_BARE = "SELECT * FROM events WHERE organization = :of ORDER BY at DESC, seq DESC LIMIT :most"


class _House(NamedTuple):
    """A server, the key of the organization with the long log, and the database itself."""

    url: str
    key: str
    organization: str
    seq: int
    events: int
    database: str


Ask = dict[str, Any]
Asks = Callable[[random.Random], Ask]


def measure(run: Run) -> list[Figure]:
    """POST /api/events/.../search in 1,000,000 events, every kind of filter, on both engines; p95 in ms."""
    count, rounds = (50_000, 40) if run.quick else (1_000_000, 200)
    figures = []
    for engine in ("sqlite", "postgresql"):
        with _served(engine, count) as house:
            bare = _bare(house, rounds)
            for what, asks in _searches(house).items():
                figures.append(_compared(f"{what}, {engine}", _asked(house, asks, rounds), bare, count))
            figures.append(
                Figure(
                    CLAIM, f"peer, {engine}: the statement, json.dumps", f"p50 {percentile(bare, 0.5):.1f} ms"
                )
            )
            figures.append(_written(house, engine, run))
    return figures


def _searches(house: _House) -> dict[str, Asks]:
    """What is asked, by what it is an example of."""
    app: Asks = lambda chance: {"id": f"app_{chance.randrange(event_log.APPS):024x}"}  # noqa: E731
    member: Asks = lambda chance: {"id": f"memb_{chance.randrange(event_log.MEMBERS):024x}", "type": "Member"}  # noqa: E731
    even, odd = ({"id": f"proj_{n:024x}"} for n in (0, 1))
    cursors = _cursors(house)

    def days(chance: random.Random) -> Ask:
        at = event_log.FIRST + chance.randrange(house.events) * event_log.STEP
        return {"startDate": clock.text(at - clock.DAY), "endDate": clock.text(at)}

    def deep(chance: random.Random) -> Ask:
        return {"pageCursor": chance.choice(cursors)}

    return {
        "the newest": lambda _: {},
        "a common type": lambda _: {"types": ["DOTENV.PULL"]},
        "a rare type": lambda _: {"types": ["PROJECT.CREATE"]},
        "the rarest noun": lambda _: {"types": ["ORGANIZATION"]},
        "three nouns": lambda _: {"types": ["TOGGLE", "PROJECT", "ORGANIZATION"]},
        "a common reference": lambda _: {"references": [even]},
        "a rarer reference": lambda chance: {"references": [app(chance)]},
        "two that often meet": lambda chance: {"references": [even, member(chance)]},
        "two that seldom meet": lambda chance: {"references": [app(chance), member(chance)]},
        "two that never meet": lambda _: {"references": [even, odd]},
        "any of five": lambda chance: {"references": [app(chance) for _ in range(5)], "referenceOperation": "OR"},
        "a type of a reference": lambda _: {"types": ["PROJECT"], "references": [odd]},
        "a type that a reference never has": lambda _: {"types": ["TOGGLE"], "references": [even]},
        "a day": days,
        "a day of a type of a reference": lambda chance: {**days(chance), "types": ["TOGGLE"], "references": [odd]},
        "a deep page": deep,
        "a deep page of a type of two": lambda chance: {
            **deep(chance), "types": ["DOTENV"], "references": [even, member(chance)],
        },
    }  # fmt: skip


@contextlib.contextmanager
def _served(engine: str, count: int) -> Iterator[_House]:
    with folder() as path, _database(engine, path) as (url, more), serving(path / "data", **more) as server:
        keys = []
        for name in ("Long", "Beside"):
            hyway("org", "add", name, data=path / "data", **more)
            made = hyway("key", "hyphen", "--name", "bench", "--org", name, data=path / "data", **more)
            if made.returncode:
                raise RuntimeError(made.stderr)
            keys.append(made.stdout.strip())
        with _opened(url) as db:
            found = {name: db.read_now(identity.organization_named, name) for name in ("Long", "Beside")}
        words.print(f"events: writing {count:,} events into {engine}")
        event_log.fill(url, [(found["Beside"].seq, count // _BESIDE), (found["Long"].seq, count)])
        yield _House(server.url, keys[0], found["Long"].wire_id, found["Long"].seq, count, url)


@contextlib.contextmanager
def _database(engine: str, path: Any) -> Iterator[tuple[str, dict[str, str]]]:
    if engine == "sqlite":
        yield f"sqlite:///{path / 'data' / 'hyway.db'}", {}
        return
    with postgres.serving() as server:
        server.run('CREATE DATABASE "bench"')
        yield server.url("bench"), {"HYWAY_DATABASE_URL": server.url("bench")}


@contextlib.contextmanager
def _opened(url: str) -> Iterator[Database]:
    db = Database(url, Seal(b"b" * 32), threads=1)
    try:
        yield db
    finally:
        db.close()


def _cursors(house: _House) -> list[str]:
    """Ids of events all over the log."""
    by, found = Caller(house.seq, "self-hosted", "system", "bench", "Bench", "command"), []
    with _opened(house.database) as db:
        for n in range(1, 50):
            at = event_log.FIRST + n * house.events // 50 * event_log.STEP
            found += [audit.wire_id(each) for each in db.read_now(audit.search, by, end=at, size=1).events]
    return found


def _asked(house: _House, asks: Asks, rounds: int) -> list[float]:
    """Milliseconds of each answer over one connection; ValueError for one that is no page."""
    chance, took = random.Random(5), []
    sent = {"x-api-key": house.key, "content-type": "application/json"}
    with contextlib.closing(http.client.HTTPConnection(urlsplit(house.url).netloc, timeout=60)) as connection:
        for n in range(rounds + 2):
            body = json.dumps({"pageSize": _PAGE, **asks(chance)})
            began = time.perf_counter()
            connection.request("POST", f"/api/events/{house.organization}/search", body, sent)
            answer = connection.getresponse()
            whole = answer.read()
            if n > 1:  # the first two warm up
                took.append((time.perf_counter() - began) * 1000)
            if answer.status != 200 or "data" not in json.loads(whole):
                raise ValueError(f"{body}: {answer.status} {whole[:200]!r}")
    return took


def _bare(house: _House, rounds: int) -> list[float]:
    """Milliseconds of the newest page by one statement, its rows made JSON."""
    took, statement = [], text(_BARE)
    with _opened(house.database) as db, db.engine.connect() as connection:
        for _ in range(rounds):
            began = time.perf_counter()
            rows = connection.execute(statement, {"of": house.seq, "most": _PAGE})
            json.dumps([dict(row) for row in rows.mappings()])
            took.append((time.perf_counter() - began) * 1000)
    return took


def _compared(what: str, ours: Sequence[float], bare: Sequence[float], count: int) -> Figure:
    middle, high = percentile(ours, 0.5), percentile(ours, 0.95)
    ratio = f"{middle / percentile(bare, 0.5):.1f} times the bare newest page"
    shown = f"{_PAGE} of {count:,} events: {what}"
    return Figure(
        CLAIM, shown, f"p50 {middle:.1f} ms, p95 {high:.1f} ms", f"p95 {_BAR:.0f} ms", ratio, high < _BAR
    )


def _written(house: _House, engine: str, run: Run) -> Figure:
    """Ten facts in a transaction, with what they are searched by, beside their rows alone."""
    by = Caller(house.seq, "self-hosted", "key", "bench", "Bench", "command")
    refs = [Ref("App", "app_" + "1" * 24), Ref("Project", "proj_" + "1" * 24)]
    facts = [Fact(by, "toggle.changed", "toggle", f"tgl_{n:024x}", {"name": "New"}, refs) for n in range(10)]
    with _opened(house.database) as db:
        whole, alone = [], []
        for _ in range(50 * run.rounds):
            whole.append(_timed(db, audit.record, facts))
            alone.append(_timed(db, _rows_alone, facts))
    ours, peer = percentile(whole, 0.5), percentile(alone, 0.5)
    figure = f"p50 {ours:.2f} ms, the rows alone {peer:.2f} ms"
    return Figure(
        CLAIM, f"ten events written, {engine}", figure, "", f"{ours / peer:.1f} times the rows alone"
    )


def _timed(db: Database, verb: Callable[[Write, Sequence[Fact]], None], facts: Sequence[Fact]) -> float:
    """Milliseconds of one transaction."""
    began = time.perf_counter()
    db.write_now(verb, facts)
    return (time.perf_counter() - began) * 1000


def _rows_alone(w: Write, facts: Sequence[Fact]) -> None:
    """The events without what they are searched by."""
    adding.add_rows(w, [(ids.uuid7(), adding.Line(fact, "", ())) for fact in facts], clock.now())
