"""The database alone, with a table that any test may fill."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Text

from hyway.kernel.db import Database
from hyway.kernel.seal import Seal

JARS = Table(
    "jars",
    MetaData(),
    Column("name", Text, primary_key=True),
    Column("holds", Integer, nullable=False),
)


@pytest.fixture
def jars() -> Table:
    """name (unique), holds."""
    return JARS


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    made = Database(database_url, Seal(b"k" * 32))
    JARS.create(made.engine)
    yield made
    made.close()


@pytest.fixture
def empty_url(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database with nothing in it."""
    if engine_name == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server = request.getfixturevalue("postgres_server")
    name = f"empty_{uuid.uuid4().hex}"
    server.run(f'CREATE DATABASE "{name}"')
    yield server.url(name)
    server.drop(name)
