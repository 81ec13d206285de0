"""What counting costs lanes, in a server that is told to count and not to; and whether counts and cents are right."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench import counting, evaluate, logic
from bench.ground import Ground, prepare
from bench.load import BROWSER, Load, Wrk
from bench.report import Figure, Run, median_range, words
from bench.server import Server, folder, serving

CLAIM = "metering"
_OPERATIONS, _MONTHS, _QUICK = 100_000, 10_000, 50
_CONNECTIONS, _BAR = 32, 0.02
_ROOT = Path(__file__).parents[1]
_TESTS = _ROOT / "tests" / "domain" / "billing"
_SLICE, _WRITTEN = 1, 1.2
"""Seconds of load, and after it until what it brought is written: so that each pays for its own writing."""
_ALL, _METER, _NOTHING = signal.SIGRTMIN + 1, signal.SIGRTMIN + 2, signal.SIGRTMIN + 3
# One process in turn: two would differ by more than counting, in where their memory lies alone. No option of the
# server's: whoever could turn counting off would not pay.
_SWITCH = f"""
import signal
from hyway.domain import billing
from hyway.edge import evaluate_counts
evaluate_counts.SEEN_EVERY = 1
Counts, meters = evaluate_counts.Counts, billing.meters
names = ((Counts, "answered"), (Counts, "told"), (meters, "add"), (meters, "hear"))
ways = [getattr(owner, name) for owner, name in names]
nothing = [lambda *_: None] * len(names)
alone = [lambda self, organization, _: ways[0](self, organization, ()), *ways[1:]]
def to(chosen):
    def switch(*_):
        for (owner, name), way in zip(names, chosen):
            setattr(owner, name, way)
    return switch
for number, chosen in (({_ALL}, ways), ({_METER}, alone), ({_NOTHING}, nothing)):
    signal.signal(number, to(chosen))
"""
Prepare = Callable[[Wrk, Ground], tuple[str, tuple[str, ...], str]]
"""Gives the path, headers and Lua of a lane's requests."""


def measure(run: Run) -> list[Figure]:
    """Lanes with and without counting, in turn; 100,000 operations recounted, 10,000 accounts invoiced."""
    with folder() as path:
        wrk = Wrk(path, _CONNECTIONS, threads=1)
        lanes = counting.figures(run, CLAIM, path)
        if wrk.missing:
            words.print("metering: wrk is not installed (Debian: apt install wrk); skipped")
            lanes.append(Figure(CLAIM, "lanes", "wrk is missing"))
        else:
            ways = {"counting": _ALL, "the meter alone": _METER}
            lanes += _lane(run, wrk, "evaluations", _evaluations, ways)
            lanes += _lane(run, wrk, "redirects, of which none is metered", _redirects, {"counting": _ALL})
    return [*lanes, *_right(run)]


def _evaluations(wrk: Wrk, ground: Ground) -> tuple[str, tuple[str, ...], str]:
    key = evaluate.fill(ground.data, ground.organization)
    bodies = [{"application": "shop", **context} for context in logic.contexts()]
    return "/toggle/evaluate", (), evaluate.script(wrk.folder, key, bodies)


def _redirects(wrk: Wrk, ground: Ground) -> tuple[str, tuple[str, ...], str]:
    return "/plain", (f"User-Agent: {BROWSER}",), ""


@dataclass(frozen=True, slots=True)
class _Slice:
    """Of a second's load: microseconds of a processor for a request, with all that was written for it."""

    micros: float
    load: Load


def _lane(run: Run, wrk: Wrk, what: str, made: Prepare, ways: Mapping[str, int]) -> list[Figure]:
    """One server on one core, told in turn how to count; the order changes from round to round."""
    rounds = 8 if run.quick else 40
    names = {"nothing": _NOTHING, **ways}
    found: dict[str, list[_Slice]] = {name: [] for name in names}
    with _served(wrk, made) as (server, path, headers, lua):
        for at in range(rounds + 1):
            order = list(names) if at % 2 else list(reversed(names))
            for name in order:
                os.kill(server.pid, names[name])
                before = server.worked()
                load = wrk.run(server.url + path, _SLICE, headers, lua)
                time.sleep(_WRITTEN)
                took = _Slice(1e6 * (server.worked() - before) / max(1, load.requests), load)
                if at:  # the first round warms it up
                    found[name].append(took)
    return [_figure(f"{what}: {name}", found[name], found["nothing"]) for name in ways]


@contextmanager
def _served(wrk: Wrk, made: Prepare) -> Iterator[tuple[Server, str, tuple[str, ...], str]]:
    first, *others = sorted(os.sched_getaffinity(0))
    ground = prepare(wrk.folder / f"lane-{made.__name__}", ["plain"])
    asked = made(wrk, ground)
    with serving(ground.data, [first], _SWITCH) as server:
        os.sched_setaffinity(0, others or [first])
        try:
            yield server, *asked
        finally:
            os.sched_setaffinity(0, [first, *others])


def _figure(what: str, counted: Sequence[_Slice], plain: Sequence[_Slice]) -> Figure:
    more = [100 * (one.micros / other.micros - 1) for one, other in zip(counted, plain, strict=True)]
    wrong = sum(each.load.wrong + each.load.errors for each in (*counted, *plain))
    micros = median(each.micros for each in counted)
    return Figure(
        CLAIM,
        f"{what} takes of a processor more",
        median_range(more, "{:+.1f}", " %"),
        "< 2 %",
        f"{len(more)} pairs; {micros:.0f} us of a processor each; {wrong} wrong",
        median(more) < 100 * _BAR and not wrong,
    )


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
