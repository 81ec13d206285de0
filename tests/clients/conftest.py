"""A server in a process of its own, as the vendors' clients meet it, and keys to it."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.make.running import Running, hyway, serving


@dataclass(frozen=True)
class Live:
    """A running server with a data folder of its own."""

    server: Running
    data: Path
    env: dict[str, str]

    @property
    def url(self) -> str:
        return self.server.url

    def new_key(self, kind: str = "hypertrack", *words: str) -> str:
        made = hyway("key", kind, "--name", "client", *words, data=self.data, **self.env)
        assert made.returncode == 0, made.stderr
        return made.stdout.strip()

    def http(self, key: str, **headers: str) -> httpx.Client:
        """A plain client with the token, which follows nothing by itself."""
        said = {"authorization": f"token {key}", **headers}
        return httpx.Client(base_url=self.url, headers=said, timeout=30)


@pytest.fixture(scope="module")
def database(engine_name: str, request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """The settings of a server with an empty database."""
    if engine_name == "sqlite":
        yield {}
        return
    engine = request.getfixturevalue("postgres_server")
    name = f"live_{uuid.uuid4().hex}"
    engine.run(f'CREATE DATABASE "{name}"')
    yield {"HYWAY_DATABASE_URL": engine.url(name)}
    engine.drop(name)


@pytest.fixture(scope="module")
def live(database: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    folder = tmp_path_factory.mktemp("live")
    settings: Any = {**database, "HYWAY_PRIVATE_WEBHOOKS": "1"}
    with serving(folder / "data", **settings) as server:
        yield Live(server, folder / "data", database)


@pytest.fixture(scope="module")
def key(live: Live) -> str:
    """A secret key of the tracking API."""
    return live.new_key()
