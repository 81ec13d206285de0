"""Toggles as a program asks for them, on one core, each request counted; rules alone beside other libraries."""

import json
import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import Any

from bench import logic
from bench.ground import prepare, settings
from bench.load import Load, Wrk
from bench.report import Figure, Run, spread, words
from bench.server import Server, folder, serving
from hyway import main
from hyway.domain import identity, projects, toggles
from hyway.domain.identity import Caller
from hyway.domain.projects import NewProject
from hyway.domain.toggles import NewSegment, NewToggle
from hyway.kernel.db import Write

CLAIM = "evaluate"
CONNECTIONS = 32
TOGGLES, TARGETS, SEGMENTS = 50, 5, 10
_RATE, _P99 = 4_000, 20.0
_WARM = 2  # seconds
_METERED = "SELECT coalesce(sum(count), 0) FROM meters WHERE meter = 'toggle.evaluations'"


def measure(run: Run) -> list[Figure]:
    """evaluations a second of 50 toggles with 5 targets each, on one core; rules alone beside JsonLogic libraries."""
    with folder() as path:
        wrk = Wrk(path, CONNECTIONS, threads=1)
        if wrk.missing:
            words.print("evaluate: wrk is not installed (Debian: apt install wrk); skipped")
            return [Figure(CLAIM, "evaluations", "wrk is missing"), *logic.figures(run, CLAIM)]
        ground = prepare(path / "data")
        key = fill(ground.data, ground.organization)
        first, *others = sorted(os.sched_getaffinity(0))
        with serving(ground.data, [first]) as server:
            os.sched_setaffinity(0, others or [first])
            try:
                all_of_them, one = _rounds(run, wrk, server, key)
            finally:
                os.sched_setaffinity(0, [first, *others])
            counted = _counted(server, [*all_of_them, *one])
    named = f"{TOGGLES} toggles, {TARGETS} targets each, {CONNECTIONS} connections"
    figures = [*_figures(named, all_of_them[1:], bar=True), *_figures("one of them", one[1:], bar=False)]
    return [*figures, counted, *logic.figures(run, CLAIM)]


def _figures(what: str, loads: Sequence[Load], *, bar: bool) -> list[Figure]:
    rates, slowest = [each.rate for each in loads], [each.p99 for each in loads]
    wrong = sum(each.wrong + each.errors for each in loads)
    if not bar:
        return [Figure(CLAIM, what, spread(rates, unit="/s"))]
    fast, quick = median(rates) >= _RATE and not wrong, median(slowest) < _P99
    return [
        Figure(CLAIM, what, spread(rates, unit="/s"), f"{_RATE:,}/s", f"{wrong} wrong", fast),
        Figure(CLAIM, f"{what}: p50", spread([each.p50 for each in loads], "{:.1f}", " ms")),
        Figure(CLAIM, f"{what}: p99", spread(slowest, "{:.1f}", " ms"), f"< {_P99:.0f} ms", "", quick),
    ]


def _rounds(run: Run, wrk: Wrk, server: Server, key: str) -> tuple[list[Load], list[Load]]:
    """The first of each only warms it up."""
    seconds, url = 3 if run.quick else 6, server.url + "/toggle/evaluate"
    bodies = [{"application": "shop", **context} for context in logic.contexts()]
    every = script(wrk.folder, key, bodies)
    named = script(wrk.folder, key, [{**body, "toggles": ["toggle-7"]} for body in bodies], "named")
    found = [wrk.run(url, _WARM if not at else seconds, (), every) for at in range(run.rounds + 1)]
    return found, [wrk.run(url, _WARM, (), named) for _ in range(2)]


def script(folder: Path, key: str, bodies: Sequence[dict[str, Any]], name: str = "all") -> str:
    """Lua that sends one body after the other."""
    file = folder / f"bodies-{name}.txt"
    file.write_text("\n".join(json.dumps(body) for body in bodies) + "\n")
    return f"""
local bodies, at = {{}}, 0
function init(args)
  for line in io.lines("{file}") do bodies[#bodies + 1] = line end
end
local sent = {{["content-type"] = "application/json", ["x-api-key"] = "{key}"}}
function request()
  at = at % #bodies + 1
  return wrk.format("POST", nil, sent, bodies[at])
end
"""


def _counted(server: Server, loads: Sequence[Load]) -> Figure:
    """Every answer is in the meters; whoever hung up at the end of a round may be, too."""
    received = sum(each.requests for each in loads)
    server.stop()
    with closing(sqlite3.connect(server.data / "hyway.db")) as connection:
        (found,) = connection.execute(_METERED).fetchone()
    under_way = CONNECTIONS * len(loads)
    good = received <= found <= received + under_way
    told = f"{found:,} counted, {received:,} received"
    return Figure(
        CLAIM, "every answer is counted", told, f"received + at most {under_way} under way", "", good
    )


def fill(data: Path, organization: int) -> str:
    """A project as people have them; its public key."""
    db = main.open_database(settings(data), threads=1)
    try:
        return db.write_now(_make, organization)
    finally:
        db.close()


def _make(w: Write, organization: int) -> str:
    by = Caller(organization, "self-hosted", "system", "bench", "bench", "command")
    by = identity.access.enter(w, by, identity.organization(w, by).wire_id)
    of = projects.create(w, by, NewProject("shop", "Shop"))
    for at in range(SEGMENTS):
        toggles.segments.create(
            w, by, of.id, NewSegment(f"segment-{at}", f"Segment {at}", json.dumps(_segment(at)))
        )
    for at in range(TOGGLES):
        targets = tuple((json.dumps(rule), True) for rule in logic.with_segments(at, SEGMENTS))
        toggles.create(w, by, of.id, NewToggle(f"toggle-{at}", "boolean", targets, False))
    return toggles.public_keys.create(w, by, of.id, "Benchmark").key


def _segment(at: int) -> Any:
    plan = {"==": [{"var": "customAttributes.plan"}, "pro"]}
    return {"and": [plan, {">": [{"var": "user.age"}, 20 + 5 * at]}]}
