"""`GET /api/links?take=50` while 1,000,000 links are stored, the server on one core."""

import json
import os
import sqlite3
import time
from contextlib import closing
from statistics import median

from bench.ground import Ground, prepare
from bench.load import Load, Wrk
from bench.report import Figure, Run, spread, words
from bench.server import folder, serving

CLAIM = "list"
_RATE = 1_000
_BETWEEN = 1.0  # wrk hangs up in the middle of answers; they end meanwhile
_SEED = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)
INSERT INTO links (id, organization, short_id, url, title, utm, cloaked, collection_id, external_id, forward_query,
                   tagged, created_at, updated_at)
SELECT printf('%08x-%04x-7000-8000-%012x', i >> 16, i & 65535, i * 7919), :organization, printf('s%07x', i),
       'https://shop.example/items/' || i || '?ref=mail', 'Item ' || i, '{"source": "newsletter", "medium": "email"}',
       0, :collection, 'external-' || i, 'visitor', 0, :at + i * 1000, :at + i * 1000
FROM n
"""
_STATEMENT = """SELECT * FROM links WHERE organization = ? AND deleted_at IS NULL
ORDER BY created_at DESC, seq DESC LIMIT 50"""


def measure(run: Run) -> list[Figure]:
    """GET /api/links?take=50 of 1,000,000 links on one core, beside the bare statement in a loop."""
    count = 100_000 if run.quick else 1_000_000
    with folder() as path:
        wrk = Wrk(path, connections=16, threads=1)
        if wrk.missing:
            words.print("list: wrk is not installed (Debian: apt install wrk); skipped")
            return [Figure(CLAIM, "GET /api/links?take=50", "wrk is missing")]
        ground = prepare(path / "data")
        seed(ground, count)
        cores = sorted(os.sched_getaffinity(0))
        with serving(ground.data, cores[:1]) as server:
            url = server.url + "/api/links?take=50"
            sent = (ground.authorization,)
            wrk.run(url, 1, sent)
            ours, peer = [], []
            for _ in range(run.rounds):
                time.sleep(_BETWEEN)
                ours.append(wrk.run(url, 3, sent))
                peer.append(_bare(ground, 1.0))
    return _figures(count, ours, peer)


def seed(ground: Ground, count: int) -> None:
    """Links by one statement."""
    values = {
        "count": count,
        "organization": ground.organization,
        "collection": ground.collection_id,
        "at": 1_700_000_000_000_000,
    }
    with closing(sqlite3.connect(ground.file)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA cache_size=-200000")
        with connection:
            connection.execute(_SEED, values)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _bare(ground: Ground, seconds: float) -> float:
    """How often a second the statement alone runs and its rows become JSON."""
    with closing(sqlite3.connect(ground.file)) as connection:
        connection.row_factory = sqlite3.Row
        began, done = time.perf_counter(), 0
        while time.perf_counter() - began < seconds:
            json.dumps([dict(row) for row in connection.execute(_STATEMENT, [ground.organization])])
            done += 1
        return done / (time.perf_counter() - began)


def _figures(count: int, ours: list[Load], peer: list[float]) -> list[Figure]:
    rates = [each.rate for each in ours]
    wrong = sum(each.wrong + each.errors for each in ours)
    ratio = f"{median(rates) / median(peer):.2f} of the bare statement"
    what = f"GET /api/links?take=50 of {count:,}, one core"
    good = median(rates) >= _RATE and not wrong
    return [
        Figure(
            CLAIM,
            what,
            spread(rates, unit="/s") + (f", {wrong} wrong" if wrong else ""),
            f"{_RATE:,}/s",
            ratio,
            good,
        ),
        Figure(CLAIM, f"{what}: p99", spread([each.p99 for each in ours], "{:.1f}", " ms")),
        Figure(CLAIM, "peer: sqlite3 and json.dumps in a loop", spread(peer, unit="/s")),
    ]
