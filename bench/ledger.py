"""10,000 random sequences of money events: after each event the books agree, and nothing is paid twice."""

import os
import subprocess
import sys
import time
from pathlib import Path

from bench.report import Figure, Run

CLAIM = "ledger"
_SEQUENCES, _QUICK = 10_000, 300
_ROOT = Path(__file__).parents[1]
_TESTS = ("test_money_sequences.py", "test_money_together.py")


def measure(run: Run) -> list[Figure]:
    """Plays the sequences on SQLite, and two workers at once on both engines."""
    many = _QUICK if run.quick else _SEQUENCES
    return [
        _played(f"{many:,} random sequences", _TESTS[0], "sqlite", many),
        *(
            _played(f"two workers at once, {engine}", _TESTS[1], engine)
            for engine in ("sqlite", "postgresql")
        ),
    ]


def _played(what: str, test: str, engine: str, many: int = 0) -> Figure:
    began = time.monotonic()
    environ = {**os.environ, "HYWAY_TEST_ENGINE": engine, "HYWAY_MONEY_SEQUENCES": str(many)}
    path = _ROOT / "tests" / "domain" / "creators" / test
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", str(path)],
        cwd=_ROOT, env=environ, capture_output=True, text=True,
    )  # fmt: skip
    took = time.monotonic() - began
    told = "the books agree" if done.returncode == 0 else done.stdout[-300:]
    return Figure(CLAIM, what, f"{told}, {took:,.0f} s", "after every event", "", done.returncode == 0)
