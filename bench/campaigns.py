"""Twenty campaigns among 100,000 of an organization over HTTP, beside the bare statements."""

import http.client
import json
import random
import sqlite3
import time
from contextlib import closing
from typing import NamedTuple
from urllib.parse import urlsplit

from bench.ground import Ground, prepare, settings
from bench.report import Figure, Run, percentile
from bench.server import folder, serving
from hyway import main
from hyway.domain import identity
from hyway.domain.identity import Caller
from hyway.kernel import clock, sqid
from hyway.kernel.db import Write

CLAIM = "campaigns"
_BAR = 30.0
"""Milliseconds at p95."""
_PAGE = 20
_LONG = "<p>" + "What we would like you to show. " * 60 + "</p>"
_CAMPAIGNS = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)
INSERT INTO campaigns (organization, name, status, currency, countries, website, content_type, category, platform_ids,
    cpm_amount, min_payout_amount, max_payout_amount, base_reward_amount, brief, banner, total_budget_amount,
    unused_amount, view_count, submissions_count, published_at, created_at, updated_at)
SELECT :organization, 'Campaign ' || i, CASE i % 3 WHEN 0 THEN 'draft' WHEN 1 THEN 'active' ELSE 'finished' END, 'usd',
    'US GB DE', 'https://shop.example/products/' || i, 'ugc', 'product', 'youtube tiktok', 500, 1000, 10000, 0, :brief,
    CASE i % 2 WHEN 0 THEN i END, 100000, 60000 + i % 1000, i * 37, i % 90, :at + i, :at + i, :at + i
FROM n
"""
_BANNERS = """
WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 2 FROM n WHERE i < :count)
INSERT INTO files (seq, key, organization, name, media_type, size, width, height, checksum, created_at)
SELECT i, printf('%032x', i * 7919), :organization, 'banner.png', 'image/png', 1000, 1200, 630, 'x', :at FROM n
"""
_COUNT = "INSERT INTO campaign_counts (organization, campaigns) VALUES (:organization, :count)"
# What the list cannot do without: its rows, how many there are of them, where their banners are.
_ROWS = """SELECT c.* FROM campaigns c JOIN (SELECT seq FROM campaigns WHERE organization = ? ORDER BY seq
LIMIT ? OFFSET ?) AS these ON these.seq = c.seq ORDER BY c.seq"""
_TOTAL = "SELECT campaigns FROM campaign_counts WHERE organization = ?"
_NAMES = f"SELECT seq, key, name FROM files WHERE seq IN ({', '.join('?' * _PAGE)})"


class _House(NamedTuple):
    ground: Ground
    campaigns: int
    token: str

    @property
    def path(self) -> str:
        return f"/organizations/{sqid.text(self.ground.organization)}/campaigns.json"


def measure(run: Run) -> list[Figure]:
    """GET campaigns.json, 20 of 100,000 with counts and banners, any page; p95 in milliseconds."""
    count = 20_000 if run.quick else 100_000
    rounds = 200 if run.quick else 1_000
    with folder() as path:
        house = _prepared(prepare(path / "data"), count)
        with serving(house.ground.data) as server:
            figures = [
                figure
                for what, pages in _visits(count, rounds).items()
                for figure in _compared(what, _asked(server.url, house, pages), _bare(house, pages), count)
            ]
    return figures


def _visits(count: int, rounds: int) -> dict[str, list[int]]:
    """Which pages are asked for."""
    last, chance = count // _PAGE, random.Random(5)
    return {"first page": [1] * rounds, "any page": [chance.randint(1, last) for _ in range(rounds)]}


def _prepared(ground: Ground, count: int) -> _House:
    """The campaigns, by one statement, and a token of somebody who may read them."""
    db = main.open_database(settings(ground.data), threads=1)
    try:
        token = db.write_now(_member, ground.organization)
    finally:
        db.close()
    values = {"count": count, "organization": ground.organization, "at": clock.now(), "brief": _LONG}
    with closing(sqlite3.connect(ground.file)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        with connection:
            for statement in (_BANNERS, _CAMPAIGNS, _COUNT):
                connection.execute(statement, values)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return _House(ground, count, token)


def _member(w: Write, organization: int) -> str:
    found = next(each for each in identity.every_organization(w) if each.seq == organization)
    person = identity.add_person(w, "bench@example.com", "Bench", "correct horse battery")
    identity.join(w, identity.command_line(found), person, "owner")
    plan = identity.DEFAULT_PLAN
    by = Caller(identity.NOBODYS, plan, "person", person.id, person.name, "hypemarket", person=person.seq)
    return identity.tokens.create(w, by, "Benchmark", "read")[1]


def _asked(url: str, house: _House, pages: list[int]) -> list[float]:
    """Milliseconds of each answer over one connection; ValueError for one that is not the whole page."""
    sent = {"Authorization": f"Bearer {house.token}", "Accept": "application/json"}
    took = []
    with closing(http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)) as connection:
        for page in [1, *pages]:
            began = time.perf_counter()
            connection.request("GET", f"{house.path}?page={page}", headers=sent)
            answer = connection.getresponse()
            body = answer.read()
            took.append((time.perf_counter() - began) * 1000)
            if answer.status != 200 or answer.headers["Total-Count"] != str(house.campaigns):
                raise ValueError(f"page {page}: {answer.status} {body[:200]!r}")
            if len(json.loads(body)) != _PAGE:
                raise ValueError(f"page {page} has {len(json.loads(body))} campaigns")
    return took[1:]


def _bare(house: _House, pages: list[int]) -> list[float]:
    """Milliseconds that the statements alone take, with their rows made JSON."""
    took = []
    with closing(sqlite3.connect(house.ground.file)) as connection:
        connection.row_factory = sqlite3.Row
        for page in pages:
            began = time.perf_counter()
            of = house.ground.organization
            rows = connection.execute(_ROWS, [of, _PAGE, (page - 1) * _PAGE]).fetchall()
            connection.execute(_TOTAL, [of]).fetchone()
            connection.execute(_NAMES, [row["banner"] for row in rows]).fetchall()
            json.dumps([dict(row) for row in rows])
            took.append((time.perf_counter() - began) * 1000)
    return took


def _compared(what: str, ours: list[float], bare: list[float], count: int) -> list[Figure]:
    middle, high = percentile(ours, 0.5), percentile(ours, 0.95)
    ratio = f"{middle / percentile(bare, 0.5):.1f} times the bare statements"
    shown = f"20 of {count:,} campaigns, {what}"
    return [
        Figure(
            CLAIM, shown, f"p50 {middle:.1f} ms, p95 {high:.1f} ms", f"p95 {_BAR:.0f} ms", ratio, high < _BAR
        ),
        Figure(CLAIM, "peer: sqlite3 and json.dumps", f"p50 {percentile(bare, 0.5):.2f} ms"),
    ]
