"""What counting takes of a request, within one process: a hundred thousand requests show what a machine's noise hides
from any load over a network."""

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from bench import evaluate, logic
from bench.ground import prepare, settings
from bench.report import Figure, Run, spread
from hyway import main
from hyway.edge.evaluate import Evaluate
from hyway.edge.evaluate_counts import SEEN_EVERY, Counts, Decision

RATE = 4_000
"""Requests a second, of which each second's writing is a part."""
_BAR = 2.0
_AT_ONCE, _DIFFERENT = 2_000, 512
_QUESTION = {
    "type": "http", "method": "POST", "path": "/toggle/evaluate", "query_string": b"", "client": ("127.0.0.1", 1),
}  # fmt: skip


def figures(run: Run, claim: str, path: Path) -> list[Figure]:
    """Everything that is counted of an evaluation, and the meter alone, beside the whole request without HTTP."""
    return asyncio.run(_figures(run, claim, path))


async def _figures(run: Run, claim: str, path: Path) -> list[Figure]:
    ground = prepare(path / "counting")
    key = evaluate.fill(ground.data, ground.organization)
    db = main.open_database(settings(ground.data), threads=1)
    lane = Evaluate(db, _Nobody(), _Nobody())
    try:
        rounds = 5 if run.quick else 20
        whole = [await _asked(lane, key, _AT_ONCE) for _ in range(rounds + 1)][1:]
        await lane.flush()
        calls = 40_000 if run.quick else 200_000
        given = await _given(lane, key)
        every = [await _everything(lane, ground.organization, given, calls // rounds) for _ in range(rounds)]
        meter = [await _meter(db, ground.organization, calls // rounds) for _ in range(rounds)]
        return [
            _figure(claim, "everything that is counted", every, whole),
            _figure(claim, "the meter alone", meter, whole),
        ]
    finally:
        db.close()


class _Nobody:
    """A public key needs no memory of callers, and nobody is refused."""

    def __getattr__(self, name: str) -> Any:
        raise LookupError(name)


async def _asked(lane: Evaluate, key: str, many: int) -> float:
    """Microseconds of a processor for a whole request of the lane, without a server's HTTP."""
    bodies = [json.dumps({"application": "shop", **each}).encode() for each in logic.contexts()]
    headers = [(b"x-api-key", key.encode()), (b"content-type", b"application/json")]

    async def send(_: Any) -> None:
        pass

    began = time.process_time_ns()
    for at in range(many):
        body = bodies[at % len(bodies)]

        async def receive(body: bytes = body) -> Any:
            return {"type": "http.request", "body": body, "more_body": False}

        await lane({**_QUESTION, "headers": headers}, receive, send)
    return (time.process_time_ns() - began) / many / 1e3


async def _given(lane: Evaluate, key: str) -> list[list[Decision]]:
    """What people see, each answer a list of its own, as requests have it."""
    entry = await lane.rules.load((await lane._keys.asking(await lane._keys.who(key), "")).projects)
    seen = [entry.compiled.decide(each) for each in logic.contexts()]
    return [list(seen[at % len(seen)]) for at in range(_DIFFERENT)]


async def _everything(lane: Evaluate, organization: int, given: list[list[Decision]], many: int) -> float:
    """Microseconds of a processor for counting a request's 50 decisions, and for its part of a second's writing."""
    answered = lane._counts.answered
    one = _each(lambda at: answered(organization, given[at % _DIFFERENT]), many)
    return one + await _written(lane._counts, organization)


async def _meter(db: Any, organization: int, many: int) -> float:
    """The same of the number that is paid for alone."""
    counts = Counts(db)
    one = _each(lambda _: counts.answered(organization, ()), many)
    return one + await _written(counts, organization)


def _each(call: Callable[[int], None], many: int) -> float:
    """Microseconds of a call, without the loop around it."""
    began = time.process_time_ns()
    for at in range(many):
        call(at)
    took, began = time.process_time_ns() - began, time.process_time_ns()
    nothing: Callable[[int], None] = lambda _: None  # noqa: E731
    for at in range(many):
        nothing(at)
    return max(0, took - (time.process_time_ns() - began)) / many / 1e3


async def _written(counts: Counts, organization: int) -> float:
    """A request's part, in microseconds, of what is written in those seconds after which all is."""
    took = 0
    for turn in reversed(range(SEEN_EVERY)):
        began = time.process_time_ns()
        await counts.flush(seen=not turn)
        took += time.process_time_ns() - began
        counts.answered(organization, ())
    return took / (SEEN_EVERY * RATE) / 1e3


def _figure(claim: str, what: str, costs: Sequence[float], whole: Sequence[float]) -> Figure:
    share = 100 * median(costs) / median(whole)
    return Figure(
        claim,
        f"evaluations: {what}, of a request in process",
        f"{share:.2f} %: {spread(costs, '{:.2f}', ' us')}",
        f"< {_BAR:.0f} %",
        f"of {spread(whole, '{:.0f}', ' us')}, without HTTP",
        share < _BAR,
    )
