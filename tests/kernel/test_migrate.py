"""The history of the schema: from nothing, twice, step by step, and what it leads to."""

import importlib
import pkgutil

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text

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


def test_members_of_before_are_found(empty_url: str):
    """What a search looks in is written for those who belonged before there was one."""
    migrate.upgrade(empty_url, "0011")
    engine = create_engine(empty_url)
    try:
        with engine.begin() as connection:
            for line in (
                "INSERT INTO organizations (seq, id, name, folded_name, plan, created_at, updated_at)"
                " VALUES (1, 'o', 'Acme', 'acme', 'self-hosted', 1, 1)",
                "INSERT INTO people (seq, id, email, name, must_change_password, created_at)"
                " VALUES (1, 'p', 'ada@example.com', 'Ada ÖZ', 0, 1)",
                "INSERT INTO memberships (organization, person, role, since, updated_at)"
                " VALUES (1, 1, 'owner', 1, 1)",
            ):
                connection.execute(text(line))
        migrate.upgrade(empty_url)
        with engine.connect() as connection:
            found = connection.execute(text("SELECT found_by, wire_id FROM memberships")).one()
        assert found.found_by == "ada öz\nada öz\nada@example.com"
        assert found.wire_id.startswith("memb_")
    finally:
        engine.dispose()
