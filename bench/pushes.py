"""Two clients that push the same version of a .env file at once, over and over; and pulls beside a list."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import httpx

from bench.report import Figure, Run, spread
from bench.server import folder
from tests.make import postgres
from tests.make.running import hyway, serving

CLAIM = "pushes"
_TIMES, _QUICK = 1_000, 100
_KEY = 1767322800
_PAGE = 100


class _Files(NamedTuple):
    """Where the .env file of one app is, and how to come in."""

    url: str
    key: str
    organization: str

    @property
    def path(self) -> str:
        return f"{self.organization}/apps/web/dot-env/"

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, headers={"x-api-key": self.key}, timeout=60)


def measure(run: Run) -> list[Figure]:
    """One 201 and one 409 each time that two push one version, on both engines; pulls/s beside a list."""
    times = _QUICK if run.quick else _TIMES
    figures = []
    for engine in ("sqlite", "postgresql"):
        with _served(engine) as files:
            figures += [_raced(files, engine, times), *_pulled(files, engine, run)]
    return figures


@contextlib.contextmanager
def _served(engine: str) -> Iterator[_Files]:
    with folder() as path, _database(engine) as more, serving(path / "data", **more) as server:
        made = hyway("key", "hyphen", "--name", "bench", data=path / "data", **more)
        if made.returncode:
            raise RuntimeError(made.stderr)
        yield _filled(server.url, made.stdout.strip())


@contextlib.contextmanager
def _database(engine: str) -> Iterator[dict[str, str]]:
    if engine == "sqlite":
        yield {}
        return
    with postgres.serving() as server:
        server.run('CREATE DATABASE "bench"')
        yield {"HYWAY_DATABASE_URL": server.url("bench")}


def _filled(url: str, key: str) -> _Files:
    files = _Files(url, key, "")
    with files.client() as client:
        found = client.get("/api/organizations/").raise_for_status().json()["data"][0]["id"]
        base = f"/api/organizations/{found}"
        project = {"alternateId": "shop", "name": "Shop", "isMonorepo": False}
        client.post(f"{base}/projects/", json=project).raise_for_status()
        app = {"alternateId": "web", "name": "Web"}
        client.post(f"{base}/projects/shop/apps/", json=app).raise_for_status()
    return files._replace(organization=base)


def _raced(files: _Files, engine: str, times: int) -> Figure:
    """How often it was one 201 and one 409, and whether the versions are all there."""
    gate = threading.Barrier(2)

    def push(who: str) -> list[int]:
        statuses = []
        with files.client() as client:
            for version in range(1, times + 1):
                sent = {
                    "size": "1 kB",
                    "countVariables": 1,
                    "data": who,
                    "version": version,
                    "secretKeyId": _KEY,
                }
                gate.wait(60)
                statuses.append(client.put(f"{files.path}?secretKeyId={_KEY}", json=sent).status_code)
        return statuses

    began = time.monotonic()
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(push, ("one", "other"))
    took = time.monotonic() - began
    fair = sum(sorted(each) == [201, 409] for each in zip(one, other, strict=True))
    whole = _versions(files, times) == list(range(times, 0, -1))
    won = f"{fair:,} of {times:,}, the versions {'without' if whole else 'WITH'} a hole"
    beside = f"{one.count(201)} to {other.count(201)}, {times / took:,.0f} rounds/s"
    return Figure(CLAIM, f"one 201 and one 409, {engine}", won, "all, none", beside, fair == times and whole)


def _versions(files: _Files, times: int) -> list[int]:
    with files.client() as client:
        return [
            each["version"]
            for page in range(1, times // _PAGE + 2)
            for each in client.get(f"{files.path}versions/?pageNum={page}").raise_for_status().json()["data"]
        ]


def _pulled(files: _Files, engine: str, run: Run) -> list[Figure]:
    """Pulls of the latest version, each an event, beside lists that write nothing; in turns, over one connection."""
    many, pulls, lists = 50 if run.quick else 200, [], []
    with files.client() as client:
        for _ in range(run.rounds):
            pulls.append(_rate(lambda: client.get(files.path), many))
            lists.append(_rate(lambda: client.get(f"{files.organization}/dot-envs/"), many))
    ratio = (
        f"{sorted(pulls)[len(pulls) // 2] / sorted(lists)[len(lists) // 2]:.2f} x a list that writes nothing"
    )
    return [
        Figure(CLAIM, f"pulls with their events, {engine}", spread(pulls, unit="/s"), "", ratio),
        Figure(CLAIM, f"peer: lists, {engine}", spread(lists, unit="/s")),
    ]


def _rate(ask: Callable[[], httpx.Response], many: int) -> float:
    began = time.perf_counter()
    for _ in range(many):
        if ask().status_code != 200:
            raise ValueError("an answer that is none")
    return many / (time.perf_counter() - began)
