"""What counting costs lanes, beside the same server without it; and whether counts and cents are right."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from bench import evaluate, logic
from bench.ground import Ground, prepare
from bench.load import BROWSER, Load, Wrk
from bench.report import Figure, Run, spread, words
from bench.server import Server, folder, serving

CLAIM = "metering"
_OPERATIONS, _MONTHS, _QUICK = 100_000, 10_000, 50
_CONNECTIONS, _BAR = 32, 0.02
_ROOT = Path(__file__).parents[1]
_TESTS = _ROOT / "tests" / "domain" / "billing"
# No option of the server's: whoever could turn counting off would not pay.
_UNCOUNTED = """
from hyway.domain import billing
from hyway.edge.evaluate_counts import Counts
billing.meters.add = billing.meters.hear = Counts.answered = Counts.told = lambda *_: None
"""
Prepare = Callable[[Wrk, Ground], tuple[str, tuple[str, ...], str]]
"""Gives the path, headers and Lua of a lane's requests."""


def measure(run: Run) -> list[Figure]:
    """Lanes with and without counting, in pairs; 100,000 operations recounted, 10,000 accounts invoiced."""
    with folder() as path:
        wrk = Wrk(path, _CONNECTIONS, threads=1)
        if wrk.missing:
            words.print("metering: wrk is not installed (Debian: apt install wrk); skipped")
            lanes = [Figure(CLAIM, "lanes", "wrk is missing")]
        else:
            lanes = [*_lane(run, wrk, "evaluations", _evaluations), *_lane(run, wrk, "redirects", _redirects)]
    return [*lanes, *_right(run)]


def _evaluations(wrk: Wrk, ground: Ground) -> tuple[str, tuple[str, ...], str]:
    key = evaluate.fill(ground.data, ground.organization)
    bodies = [{"application": "shop", **context} for context in logic.contexts()]
    return "/toggle/evaluate", (), evaluate.script(wrk.folder, key, bodies)


def _redirects(wrk: Wrk, ground: Ground) -> tuple[str, tuple[str, ...], str]:
    return "/plain", (f"User-Agent: {BROWSER}",), ""


def _lane(run: Run, wrk: Wrk, what: str, made: Prepare) -> list[Figure]:
    """Two servers on one core, asked in turn; the order changes from pair to pair."""
    pairs, seconds = (4, 2) if run.quick else (10, 4)
    costs: list[tuple[float, float]] = []
    loads: list[tuple[Load, Load]] = []
    with _both(wrk, what, made) as asked:
        for at in range(pairs + 1):
            found = {}
            for counting in (at % 2 == 0, at % 2 == 1):
                server, path, headers, lua = asked[counting]
                before = server.worked()
                load = wrk.run(server.url + path, seconds if at else 1, headers, lua)
                found[counting] = load, (server.worked() - before) / max(1, load.requests)
            if at:  # the first pair warms them up
                costs.append((found[True][1], found[False][1]))
                loads.append((found[True][0], found[False][0]))
    return _figures(what, costs, loads)


@contextmanager
def _both(
    wrk: Wrk, what: str, made: Prepare
) -> Iterator[dict[bool, tuple[Server, str, tuple[str, ...], str]]]:
    """The server that counts, and the one that does not, each on a folder of its own."""
    first, *others = sorted(os.sched_getaffinity(0))
    told = {}
    for counting in (True, False):
        ground = prepare(wrk.folder / f"{what}-{counting}", ["plain"])
        told[counting] = ground, *made(wrk, ground)
    with (
        serving(told[True][0].data, [first]) as one,
        serving(told[False][0].data, [first], _UNCOUNTED) as other,
    ):
        os.sched_setaffinity(0, others or [first])
        try:
            yield {True: (one, *told[True][1:]), False: (other, *told[False][1:])}
        finally:
            os.sched_setaffinity(0, [first, *others])


def _figures(
    what: str, costs: Sequence[tuple[float, float]], loads: Sequence[tuple[Load, Load]]
) -> list[Figure]:
    more = [100 * (counted / plain - 1) for counted, plain in costs]
    slower = [100 * (1 - counted.rate / plain.rate) for counted, plain in loads]
    wrong = sum(each.wrong + each.errors for pair in loads for each in pair)
    micros = [1e6 * counted for counted, _ in costs]
    told = f"{spread(micros, '{:.0f}', ' us')} of a processor each; {wrong} wrong"
    good = median(more) < 100 * _BAR and not wrong
    return [
        Figure(
            CLAIM,
            f"{what}: counting takes of a processor",
            spread(more, "{:+.1f}", " %"),
            "< 2 %",
            told,
            good,
        ),
        Figure(CLAIM, f"{what}: fewer a second", spread(slower, "{:+.1f}", " %"), "", f"{len(loads)} pairs"),
    ]


def _right(run: Run) -> list[Figure]:
    share = _QUICK if run.quick else 1
    operations, months = _OPERATIONS // share, _MONTHS // share
    return [
        _played(
            f"{operations:,} operations from eight threads, recounted",
            "test_recount.py", "HYWAY_METERED_OPERATIONS", operations,
        ),
        _played(
            f"{months:,} random histories of an account, invoiced",
            "test_invoices.py", "HYWAY_INVOICED_MONTHS", months,
        ),
    ]  # fmt: skip


def _played(what: str, test: str, name: str, many: int) -> Figure:
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n0", "-o", "timeout=0", "-p", "no:cacheprovider", str(_TESTS / test)],
        cwd=_ROOT, env={**os.environ, name: str(many)}, capture_output=True, text=True,
    )  # fmt: skip
    took = time.monotonic() - began
    told = "all agree" if done.returncode == 0 else done.stdout[-300:]
    return Figure(CLAIM, what, f"{told}, {took:,.0f} s", "to the last one", "", done.returncode == 0)
