"""The benchmark's command: speed itself is no test, for machines differ and are busy."""

import subprocess
import sys
from pathlib import Path

import pytest

from bench.__main__ import CLAIMS

ROOT = Path(__file__).parents[2]


def _bench(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bench", *words], cwd=ROOT, capture_output=True, text=True, timeout=60
    )


@pytest.fixture(scope="module")
def help_text() -> str:
    done = _bench("--help")
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "claim", ["redirect", "memory", "crash", "bulk", "list", "analytics", "campaigns", "pushes"]
)
def test_help_lists_every_claim_with_a_sentence(help_text: str, claim: str) -> None:
    assert claim in CLAIMS
    line = next(line for line in help_text.splitlines() if line.split()[:1] == [claim])
    assert line.endswith(".")
    assert len(line.split()) > 4


def test_a_claim_that_there_is_not_is_refused_by_name() -> None:
    done = _bench("warp")
    assert done.returncode == 2
    assert "warp" in done.stderr
    assert "redirect" in done.stderr
