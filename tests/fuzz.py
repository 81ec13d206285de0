"""`python -m tests.fuzz --minutes 5`: schemathesis against a real server, for as long as one likes.

Every API family's own document is the measure: no 5xx, no status or header that it does not state, no body
that it does not describe, no door that opens without a key, nothing accepted that it forbids.
"""

import argparse
import json
import os
import re
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests import fuzz_hyphen, fuzz_lane, fuzz_market, fuzz_third, fuzz_tracking
from tests.make.running import Running, hyway, serving

ROOT = Path(__file__).parents[1]
SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "ignored_auth",
)
# Left out: a good shape may still name what is not there (positive_data_acceptance), and an unknown method is
# 404 in Hoko's manner, not 405 (unsupported_method).
TOLERANT_CHECKS = (*(each for each in CHECKS if each != "negative_data_rejection"), "unsupported_method")
"""For a family that takes what its document forbids: numbers in texts, unknown fields, bodies of another kind."""


KNOWN = "HYWAY_FUZZ_KNOWN"
"""What the server has to find, by noun: for the process that makes the requests."""
# What breaks the document's own form stays as it is, for that is what it was made for.
_UUID = re.compile(r"(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_CLICK_ID = re.compile(r".{1,255}", re.DOTALL)
_NOUNS = {"collectionId": "collection", "partnerId": "partner", "clickId": "click", "tagIds": "tag"}


def with_known(path: str, body: Any, known: dict[str, str]) -> Any:
    """A generated body whose well-formed ids name something that is there: else nothing gets past them."""
    if isinstance(body, list):
        return [with_known(path, each, known) if isinstance(each, dict) else each for each in body]
    if not isinstance(body, dict):
        return body
    mine = {**known, "id": known.get(path.rpartition("/")[2].removesuffix("s"), "")}
    return {name: _known(name, value, mine) for name, value in body.items()}


def _known(name: str, value: Any, known: dict[str, str]) -> Any:
    found = known.get(_NOUNS.get(name, name))
    if not found or name not in (*_NOUNS, "id"):
        return value
    if isinstance(value, list):
        return [_known(name, each, known) for each in value]
    well_formed = isinstance(value, str) and (_CLICK_ID if name == "clickId" else _UUID).fullmatch(value)
    return found if well_formed else value


@dataclass(frozen=True)
class Family:
    """How a family is fuzzed: its document, how its keys are sent, what is measured.

    `furnish(url, key, data)` fills the server, whose folder is `data`, and gives what there is to find, by noun; a
    `credential` among it is sent instead of the key.
    `beside(url, known, seconds, seed)` fuzzes what no document describes, for a fifth of the time, and before the rest.
    """

    document: str
    scheme: str
    checks: tuple[str, ...]
    furnish: Callable[[str, str, Path], Any]
    beside: Callable[[str, Any, float, int], bool] | None = None
    around: Callable[[], AbstractContextManager[dict[str, str]]] = lambda: nullcontext({})
    """What stands beside the server, as settings of it."""


@contextmanager
def world(kind: str) -> Iterator[tuple[Running, str, Any]]:
    """A server with a key, and something in it to find."""
    with tempfile.TemporaryDirectory(prefix="hyway-fuzz-") as folder:
        data, family = Path(folder) / "data", FAMILIES[kind]
        with family.around() as settings, serving(data, **settings) as server:
            key = hyway("key", kind, "--name", "fuzz", data=data).stdout.strip()
            known = family.furnish(server.url, key, data)
            key = next(iter(known.get("credential", ())), key)
            os.environ[KNOWN] = json.dumps({"kind": kind, "known": known})
            yield server, key, known


def _furnish(url: str, key: str, _data: Path) -> dict[str, str]:
    """Fills a workspace, and gives one id of each noun."""
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}) as client:
        made = {
            noun: client.post(f"/api/{noun}s", json=[{"name": "One"}]).json()[0]["id"]
            for noun in ("collection", "tag", "partner")
        }
        new = {"url": "https://example.com", "collectionId": made["collection"]}
        links = client.post("/api/links", json=[new] * 20).json()
        for link in links:
            client.get(link["shortUrl"].removeprefix(url))
        click = client.get("/api/analytics?includeBots=true").json()[0]["id"]
        return {**made, "link": links[0]["id"], "click": click}


FAMILIES = {
    "hoko": Family("/openapi/hoko.json", "Bearer", CHECKS, _furnish),
    # In Rails' manner an unknown method is 404, too.
    "hypemarket": Family("/openapi/hypemarket.json", "Bearer", TOLERANT_CHECKS[:-1], fuzz_market.furnish),
    # An unknown method is 404 here as well, and unknown fields are passed over.
    "hyphen": Family(
        "/openapi/hyphen.json",
        "Bearer",
        TOLERANT_CHECKS[:-1],
        fuzz_hyphen.furnish,
        fuzz_lane.fuzz,
        fuzz_third.vendors,
    ),
    "hypertrack": Family("/openapi/hypertrack.json", "token", TOLERANT_CHECKS, fuzz_tracking.furnish),
}
"""By kind of key."""


def fuzz(kind: str, minutes: float, seed: int | None) -> int:
    """The exit code of schemathesis; what the server logged as an accident is shown, too."""
    family = FAMILIES[kind]
    with world(kind) as (server, key, known):
        fine, minutes = _beside(family, server, known, minutes, seed)
        words: list[str] = [
            str(SCHEMATHESIS), "run", server.url + family.document,
            "--header", f"Authorization: {family.scheme} {key}", "--header", "Accept: application/json",
            "--checks", ",".join(family.checks), "--max-time", str(int(minutes * 60)), "--continue-on-failure",
            "--suppress-health-check", "all", "--request-timeout", "30", "--no-color",
        ]  # fmt: skip
        if seed is not None:
            words += ["--seed", str(seed)]
        more = {"COLUMNS": "140", "SCHEMATHESIS_HOOKS": "tests.fuzz_hooks", "PYTHONPATH": str(ROOT)}
        code = subprocess.run(words, cwd=server.log.parent, env={**os.environ, **more}).returncode
        accidents = [
            line for line in server.log.read_text().splitlines() if "rror" in line or "Traceback" in line
        ]
        print("\n".join(accidents[:40]) or "the server logged no error")
        return code or int(bool(accidents) or not fine)


def _beside(
    family: Family, server: Running, known: Any, minutes: float, seed: int | None
) -> tuple[bool, float]:
    """Whether what no document describes stood it, and the minutes that are left."""
    if family.beside is None:
        return True, minutes
    fine = family.beside(server.url, known, minutes * 12, seed or secrets.randbelow(2**32))
    return fine, minutes * 0.8


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Fuzz the server's APIs.")
    asked.add_argument("--minutes", type=float, default=5)
    asked.add_argument("--seed", type=int)
    asked.add_argument("--kind", choices=FAMILIES, action="append", help="default: every family")
    said = asked.parse_args()
    codes = [fuzz(kind, said.minutes, said.seed) for kind in said.kind or FAMILIES]
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
