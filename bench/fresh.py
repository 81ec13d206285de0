"""From a change of a toggle in one process to the next evaluation that shows it in another, over one PostgreSQL."""

import contextlib
import http.client
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from bench.report import Figure, Run, percentile
from bench.server import folder
from tests.make import postgres
from tests.make.running import hyway, serving

CLAIM = "fresh"
_BAR = 100.0
"""Milliseconds at p95."""
_PATIENCE = 10.0  # seconds


class _Talk:
    """One connection to a server, with a key."""

    def __init__(self, url: str, key: str) -> None:
        parts = urlsplit(url)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
        self._headers = {"x-api-key": key, "content-type": "application/json"}

    def say(self, method: str, path: str, body: Any = None) -> Any:
        sent = None if body is None else json.dumps(body)
        self._connection.request(method, path, sent, self._headers)
        answer = self._connection.getresponse()
        raw = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {raw[:200]!r}")
        return json.loads(raw) if raw else None


@dataclass
class _Watch:
    """What the other process shows, asked without a pause: when each value was first shown, and what came too late."""

    talk: _Talk
    first: dict[int, float] = field(default_factory=dict)
    asked: int = 0
    stale: int = 0
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        newest = -1
        while not self.stop.is_set():
            began = time.perf_counter()
            shown = self.talk.say("POST", "/toggle/evaluate", {"application": "shop", "targetingKey": "x"})
            value = int(shown["toggles"]["turn"]["value"])
            self.asked += 1
            self.stale += value < newest
            if value > newest:
                newest = value
                self.first[value] = began

    def shows(self, value: int) -> float:
        """When the first question was asked whose answer showed it."""
        deadline = time.monotonic() + _PATIENCE
        while value not in self.first:
            if time.monotonic() > deadline:
                raise RuntimeError(f"the other process still does not show change {value}")
            time.sleep(0.001)
        return self.first[value]


def measure(run: Run) -> list[Figure]:
    """a toggle's change until another process evaluates by it, on PostgreSQL; p95 in ms, and nothing stale after."""
    changes = 100 if run.quick else 1_000
    with _two_processes() as (here, there, secret):
        admin = _Talk(here, secret)
        path, key = _prepare(admin)
        watch = _Watch(_Talk(there, key))
        thread = threading.Thread(target=watch.run, daemon=True)
        thread.start()
        watch.shows(0)
        took = []
        for turn in range(1, changes + 1):
            admin.say("PATCH", path, {"defaultValue": turn})
            done = time.perf_counter()
            took.append(max(0.0, watch.shows(turn) - done) * 1000)
        watch.stop.set()
        thread.join(30)
    high = percentile(took, 0.95)
    told = f"p50 {percentile(took, 0.5):.1f} ms, p95 {high:.1f} ms, at most {max(took):.1f} ms"
    what = f"{changes:,} changes, seen in another process after the answer"
    stale = f"{watch.stale} of {watch.asked:,} answers"
    return [
        Figure(CLAIM, what, told, f"p95 {_BAR:.0f} ms", "", high < _BAR),
        Figure(CLAIM, "older than one before it", stale, "none", "", watch.stale == 0),
    ]


@contextlib.contextmanager
def _two_processes() -> Iterator[tuple[str, str, str]]:
    """Their addresses, and the secret of an administrator's key."""
    with folder() as path, postgres.serving() as engine:
        engine.run('CREATE DATABASE "bench"')
        more = {"HYWAY_DATABASE_URL": engine.url("bench"), "HYWAY_KEY_FILE": str(path / "key")}
        with serving(path / "one", **more) as here, serving(path / "two", "serve", **more) as there:
            made = hyway("key", "hyphen", "--name", "bench", data=path / "one", **more)
            if made.returncode:
                raise RuntimeError(made.stderr)
            yield here.url, there.url, made.stdout.strip()


def _prepare(admin: _Talk) -> tuple[str, str]:
    """The address of a toggle among fifty, and a public key to evaluate them with."""
    organization = admin.say("GET", "/api/organizations/")["data"][0]["id"]
    base = f"/api/organizations/{organization}/projects/"
    named = {"alternateId": "shop", "name": "Shop", "isMonorepo": False}
    project = admin.say("POST", base, named)["id"]
    for key in ("turn", *(f"toggle-{at}" for at in range(49))):
        sent = {"key": key, "type": "number", "defaultValue": 0, "targets": [], "description": "", "tags": []}
        admin.say("POST", f"{base}shop/toggles/", sent)
    wanted = {"organizationId": organization, "projectId": project, "name": "bench"}
    return f"{base}shop/toggles/turn", admin.say("POST", "/api/public-keys/", wanted)["key"]
