"""Who is nearest among 100,000 users: the verb on a database, beside a statement that measures everybody."""

import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

from bench.ground import Ground, prepare, settings
from bench.report import Figure, Run, percentile
from bench.server import folder
from hyway import main
from hyway.domain import identity, tracking
from hyway.domain.identity import command_line
from hyway.domain.tracking import NearbyQuery, Spot, nearby
from hyway.domain.tracking.earth.geodesy import earth
from hyway.domain.tracking.earth.whereabouts import cell, vector
from hyway.kernel.db import Database

CLAIM = "nearby"
_BAR = 20.0
"""Milliseconds at p95."""
_ZAGREB = Spot(45.81, 15.98)
_SCAN = """SELECT user, (x - :x) * (x - :x) + (y - :y) * (y - :y) + (z - :z) * (z - :z) AS away, count(*) OVER ()
FROM tracking_tracks WHERE account = :account AND cell IS NOT NULL AND is_tracking = 1 ORDER BY away LIMIT 50"""
_USER = """INSERT INTO tracking_users (seq, id, account, name, vehicle_type, metadata, created_at, modified_at)
VALUES (?, ?, ?, 'Courier', 'car', '{}', 1, 1)"""
_TRACK = """INSERT INTO tracking_tracks (user, account, frame, is_tracking, is_away, location_status, pending, at, lat,
lon, activity, provider, machine, cell, x, y, z) VALUES (?, ?, 1, 1, 0, 'location_available', 0, 1, ?, ?, 0, 0, ?, ?, ?,
?, ?)"""


def measure(run: Run) -> list[Figure]:
    """users/nearby/ among 100,000 users: in a city, over the earth, from afar; p95 in milliseconds."""
    count = 20_000 if run.quick else 100_000
    figures: list[Figure] = []
    for layout, spread in (("one city", _city), ("all over the earth", _earth)):
        with folder() as path:
            ground = prepare(path / "data")
            db = main.open_database(settings(ground.data), threads=1)
            try:
                figures += _figures(run, ground, db, layout, count, spread)
            finally:
                db.close()
    return figures


def _figures(
    run: Run, ground: Ground, db: Database, layout: str, count: int, spread: Callable[[random.Random], Spot]
) -> list[Figure]:
    by = command_line(db.write_now(identity.found_organization, "Couriers"))
    account = db.write_now(tracking.accounts.opened, by).seq
    _seed(ground, account, count, spread)
    figures = []
    rounds = 50 if run.quick else 200
    for name, queries in _questions(spread).items():
        chance, took = random.Random(3), []
        ask = lambda query: db.read_now(nearby.nearest, by, query)  # noqa: E731
        ask(next(queries(chance)))
        for query, _ in zip(queries(chance), range(rounds), strict=False):
            began = time.perf_counter()
            found = ask(query)
            took.append((time.perf_counter() - began) * 1000)
        scan = _scan(ground, account, next(queries(chance)))
        barred = query.size == NearbyQuery().size  # a longer page is mostly the making of its rows
        middle, high = percentile(took, 0.5), percentile(took, 0.95)
        what = f"{count:,} users, {layout}, {name}"
        figures.append(
            Figure(
                CLAIM,
                what,
                f"p50 {middle:.1f} ms, p95 {high:.1f} ms (of {found.total:,})",
                f"p95 {_BAR:.0f} ms" if barred else "",
                f"{middle / scan:.2f} of measuring everybody ({scan:.0f} ms)",
                high < _BAR if barred else None,
            )
        )
    return figures


def _city(chance: random.Random) -> Spot:
    return Spot(chance.gauss(_ZAGREB.lat, 0.04), chance.gauss(_ZAGREB.lon, 0.06))


def _earth(chance: random.Random) -> Spot:
    return Spot(chance.uniform(-75, 75), chance.uniform(-180, 180))


_Questions = Callable[[random.Random], Iterator[NearbyQuery]]


def _questions(spread: Callable[[random.Random], Spot]) -> dict[str, _Questions]:
    def among(chance: random.Random, **more: Any) -> Iterator[NearbyQuery]:
        while True:
            yield NearbyQuery(location=spread(chance), **more)

    def afar(chance: random.Random) -> Iterator[NearbyQuery]:
        while True:
            yield NearbyQuery(location=_earth(chance), radius=nearby.FARTHEST)

    return {
        "within 5 km": among,
        "within 50 km": lambda chance: among(chance, radius=50_000.0),
        "anybody": lambda chance: among(chance, radius=nearby.FARTHEST),
        "500 of anybody": lambda chance: among(chance, radius=nearby.FARTHEST, size=500),
        "anybody, asked from anywhere on earth": afar,
    }


def _seed(ground: Ground, account: int, count: int, spread: Callable[[random.Random], Spot]) -> None:
    chance, machine = random.Random(7), "{" + " " * 400 + "}"
    spots = [spread(chance) for _ in range(count)]
    with closing(sqlite3.connect(ground.file)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        with connection:
            users = [(at + 1, f"{at:036}", account) for at in range(count)]
            connection.executemany(_USER, users)
            tracks = [
                (at + 1, account, *spot, machine, cell(*spot), *vector(*spot))
                for at, spot in enumerate(spots)
            ]
            connection.executemany(_TRACK, tracks)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _scan(ground: Ground, account: int, query: NearbyQuery) -> float:
    """Milliseconds, the best of three."""
    x, y, z = earth(*(query.location or _ZAGREB))
    best = float("inf")
    with closing(sqlite3.connect(ground.file)) as connection:
        for _ in range(3):
            began = time.perf_counter()
            connection.execute(_SCAN, {"x": x, "y": y, "z": z, "account": account}).fetchall()
            best = min(best, (time.perf_counter() - began) * 1000)
    return best
