"""The history of the schema: from nothing, twice, step by step, and what it leads to."""

import importlib
import pkgutil

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect

import hyway.domain
from hyway.kernel import migrate
from hyway.kernel.sql import METADATA


def revisions() -> list[str]:
    walked = ScriptDirectory(str(migrate.HISTORY)).walk_revisions()
    return [each.revision for each in walked][::-1]


def tables(url: str) -> set[str]:
    engine = create_engine(url)
    try:
        return set(inspect(engine).get_table_names())
    finally:
        engine.dispose()


@pytest.fixture(autouse=True)
def every_table() -> None:
    """The metadata is whole once every module that keeps tables has been imported."""
    for found in pkgutil.walk_packages(hyway.domain.__path__, "hyway.domain."):
        importlib.import_module(found.name)


def test_from_nothing_and_again(empty_url: str):
    assert migrate.current(empty_url) is None
    migrate.upgrade(empty_url)
    assert migrate.current(empty_url) == migrate.newest()
    before = tables(empty_url)
    migrate.upgrade(empty_url)
    assert tables(empty_url) == before >= set(METADATA.tables)


def test_step_by_step(empty_url: str):
    steps = revisions()
    assert steps[-1] == migrate.newest()
    grown: set[str] = set()
    for revision in steps:
        migrate.upgrade(empty_url, revision)
        assert migrate.current(empty_url) == revision
        assert migrate.known(revision)
        assert tables(empty_url) >= grown
        grown = tables(empty_url)
    assert not migrate.known("ffff")


def test_the_schema_is_what_the_code_says(empty_url: str):
    migrate.upgrade(empty_url)
    engine = create_engine(empty_url)
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, METADATA) == []
    finally:
        engine.dispose()
