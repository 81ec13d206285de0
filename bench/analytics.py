"""`GET /api/analytics` and `/api/analytics/summary` over 5,000,000 clicks of 90 days."""

import http.client
import json
import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from statistics import median
from urllib.parse import urlencode

from bench.clicks import LINKS, PARTNERS, TIMES, Span, repeat, seed
from bench.ground import Ground, prepare, settings
from bench.report import Figure, Run, percentile, words
from bench.server import Server, folder, serving
from hyway import main
from hyway.domain import attribution
from hyway.kernel import clock
from hyway.kernel.clock import DAY

CLAIM = "analytics"
_BAR = 50.0
_DAYS = (7, 30, 90)
_STEP = 20_000
_PLAIN = """SELECT place, sum(bot = 0), sum(first), sum(bot) FROM clicks
WHERE {scope} = ? AND at BETWEEN ? AND ? GROUP BY place ORDER BY 2 DESC LIMIT 10"""


def measure(run: Run) -> list[Figure]:
    """GET /api/analytics and its summary over 5,000,000 clicks: every kind of question, at odd hours."""
    count = 200_000 if run.quick else 5_000_000
    with folder() as path:
        ground = prepare(path / "data", [f"a{at}" for at in range(LINKS)], PARTNERS)
        began = time.monotonic()
        span = seed(ground, count)
        rolled = _roll_up(ground, count // TIMES)
        repeat(ground, span)
        words.print(f"analytics: {count:,} clicks stored and rolled up in {time.monotonic() - began:.0f} s")
        size = ground.file.stat().st_size / 1e6
        with serving(ground.data) as server:
            answers = _ask(run, server, ground, span)
            exact = _exact(server, ground, span)
        peer = _plain(ground, span)
    return [
        *_figures(answers, peer, count),
        exact,
        rolled,
        Figure(CLAIM, "the database's file", f"{size:,.0f} MB"),
    ]


def _roll_up(ground: Ground, count: int) -> Figure:
    """Brings the tallies up to date as the server does beside its other work, and says how fast."""
    db = main.open_database(settings(ground.data), threads=1)
    try:
        began = time.monotonic()
        while attribution.roll_up(db, _STEP):
            pass
        took = time.monotonic() - began
    finally:
        db.close()
    return Figure(CLAIM, f"roll-up of {count:,} clicks, {_STEP:,} at a time", f"{count / took:,.0f} clicks/s")


def _exact(server: Server, ground: Ground, span: Span) -> Figure:
    """The summary of everything beside a count of the rows."""
    dates = {"startDate": clock.text(span.begin), "endDate": clock.text(span.end)}
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)) as connection:
        said = json.loads(_get(connection, _path("/summary", dates), ground))["totals"]
    with closing(sqlite3.connect(ground.file)) as file:
        counted = file.execute("SELECT sum(bot = 0), sum(first), sum(bot) FROM clicks").fetchone()
        sold = file.execute(
            "SELECT count(*) - count(amount), count(amount), sum(amount) FROM conversions"
        ).fetchone()
    told = [said[name] for name in ("clicks", "unique", "bots", "leads", "sales")]
    good = [*told, said["revenue"].get("eur")] == [*counted, *sold]
    return Figure(
        CLAIM,
        "the summary equals a count of the rows",
        f"{told[0]:,} of {counted[0]:,} clicks",
        "equal",
        "",
        good,
    )


def _ask(run: Run, server: Server, ground: Ground, span: Span) -> dict[str, list[float]]:
    """Milliseconds of each answer by kind of question."""
    dice = random.Random(3)
    taken: dict[str, list[float]] = {}
    rounds = 20 if run.quick else 40
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)) as connection:
        for at in range(rounds):
            for what, path in _questions(dice, ground, span):
                took = _time(connection, path, ground)
                if at:  # the first of each kind builds statements and connections
                    taken.setdefault(what, []).append(took)
    return taken


def _questions(dice: random.Random, ground: Ground, span: Span) -> Iterator[tuple[str, str]]:
    link = {"linkId": _drawn(dice, ground)}
    partner = {"partnerId": dice.choice(ground.partner_ids)}
    for skip in (0, 10_000):
        dates = _dates(dice, span, 30)
        yield (
            f"clicks of a link, skip {skip:,}",
            _path("", {**link, **dates, "take": "50", "skip": str(skip)}),
        )
    for scope, which in (("a link", link), ("a partner", partner), ("all", {})):
        for days in _DAYS:
            yield f"summary of {scope}, {days} days", _path("/summary", {**which, **_dates(dice, span, days)})


def _drawn(dice: random.Random, ground: Ground) -> str:
    weights = [1 / (at + 1) for at in range(len(ground.links))]
    return dice.choices(ground.links, weights)[0].id


def _dates(dice: random.Random, span: Span, days: int) -> dict[str, str]:
    """A span that begins and ends at odd hours, within a day of the clicks' end."""
    end = span.end - dice.randrange(DAY)
    return {"startDate": clock.text(max(span.begin, end - days * DAY)), "endDate": clock.text(end)}


def _path(rest: str, query: dict[str, str]) -> str:
    return f"/api/analytics{rest}?{urlencode(query)}"


def _time(connection: http.client.HTTPConnection, path: str, ground: Ground) -> float:
    began = time.perf_counter()
    _get(connection, path, ground)
    return (time.perf_counter() - began) * 1e3


def _get(connection: http.client.HTTPConnection, path: str, ground: Ground) -> bytes:
    connection.request("GET", path, headers={"Authorization": f"Bearer {ground.key}"})
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status} {body[:200]!r}")
    return body


def _plain(ground: Ground, span: Span) -> dict[str, float]:
    """Milliseconds of one list of one scope over 30 days by GROUP BY over the rows: a summary makes 14."""
    begin = span.end - 30 * DAY
    scopes = {"a link": ("link", ground.links[0].seq), "a partner": ("partner_id", ground.partner_ids[0])}
    scopes["all"] = ("organization", ground.organization)
    taken: dict[str, float] = {}
    with closing(sqlite3.connect(ground.file)) as connection:
        for name, (column, value) in scopes.items():
            rounds = []
            for _ in range(3):
                began = time.perf_counter()
                connection.execute(_PLAIN.format(scope=column), [value, begin, span.end]).fetchall()
                rounds.append((time.perf_counter() - began) * 1e3)
            taken[name] = median(rounds)
    return taken


def _figures(answers: dict[str, list[float]], peer: dict[str, float], count: int) -> list[Figure]:
    figures = []
    for what, taken in answers.items():
        slow = percentile(taken, 0.95)
        told = f"p50 {median(taken):.1f}, p95 {slow:.1f} ms ({min(taken):.1f}-{max(taken):.1f})"
        scope = next((name for name in peer if f"of {name}, 30" in what), None)
        ratio = f"{median(taken) / peer[scope]:.3f} of one GROUP BY of the rows" if scope else ""
        figures.append(
            Figure(CLAIM, f"{what}, of {count:,}", told, f"p95 < {_BAR:.0f} ms", ratio, slow < _BAR)
        )
    told = ", ".join(f"{name} {took:,.0f} ms" for name, took in peer.items())
    return [*figures, Figure(CLAIM, "peer: one GROUP BY of the rows, 30 days", told)]
