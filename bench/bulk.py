"""One call that creates 10,000 links: seconds, and how much more memory the server takes meanwhile."""

import http.client
import json
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import Any

from bench.ground import Ground, prepare
from bench.report import Figure, Run, spread
from bench.server import Server, folder, serving

CLAIM = "bulk"
_LINKS = 10_000
_SECONDS, _MEMORY = 1.0, 150


def measure(run: Run) -> list[Figure]:
    """One call that makes 10,000 links: seconds, and memory at its peak above what it was before."""
    with folder() as path:
        ground = prepare(path / "data", partners=5)
        with serving(ground.data) as server:
            _post(server, ground, _wishes(ground, "warm", 10))
            before = server.memory()["VmRSS"]
            server.forget_peak()
            ours = [_post(server, ground, _wishes(ground, f"r{at}", _LINKS)) for at in range(run.rounds)]
            growth = server.memory()["VmHWM"] - before
        peer = [
            _plain(path / f"plain-{at}.db", _wishes(ground, f"p{at}", _LINKS)) for at in range(run.rounds)
        ]
    ratio = f"{median(ours) / median(peer):.1f} x sqlite3 executemany"
    return [
        Figure(
            CLAIM,
            "10,000 links in one call",
            spread(ours, "{:.2f}", " s"),
            f"< {_SECONDS:.0f} s",
            ratio,
            median(ours) < _SECONDS,
        ),
        Figure(
            CLAIM,
            "memory at its peak",
            f"+{growth:.0f} MB",
            f"< {_MEMORY} MB",
            f"{growth / _MEMORY:.2f} of the limit",
            growth < _MEMORY,
        ),
        Figure(CLAIM, "peer: rows into a plain table", spread(peer, "{:.3f}", " s")),
    ]


def _wishes(ground: Ground, batch: str, count: int) -> list[dict[str, Any]]:
    return [
        {
            "url": f"https://shop.example/items/{at}?ref=mail",
            "collectionId": ground.collection_id,
            "partnerId": ground.partner_ids[at % len(ground.partner_ids)],
            "externalId": f"{batch}-{at}",
            "title": f"Item {at}",
            "utm": {"source": "newsletter", "medium": "email", "campaign": batch},
        }
        for at in range(count)
    ]


def _post(server: Server, ground: Ground, wishes: list[dict[str, Any]]) -> float:
    """Seconds from the first byte sent to the last byte of the answer."""
    body = json.dumps(wishes)
    headers = {"Authorization": f"Bearer {ground.key}", "Content-Type": "application/json"}
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)) as connection:
        connection.connect()
        began = time.perf_counter()
        connection.request("POST", "/api/links", body, headers)
        answer = connection.getresponse()
        raw = answer.read()
        took = time.perf_counter() - began
    if answer.status != 201 or len(json.loads(raw)) != len(wishes):
        raise RuntimeError(f"{answer.status}: {raw[:300]!r}")
    return took


def _plain(file: Path, wishes: list[dict[str, Any]]) -> float:
    """Seconds for the same rows, durable, by the standard library into a table without an index."""
    rows = [
        tuple(json.dumps(each) if isinstance(each, dict) else each for each in wish.values())
        for wish in wishes
    ]
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE plain (url, collection_id, partner_id, external_id, title, utm)")
        began = time.perf_counter()
        with connection:
            connection.executemany("INSERT INTO plain VALUES (?, ?, ?, ?, ?, ?)", rows)
        return time.perf_counter() - began
