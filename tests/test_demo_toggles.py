"""The demonstration's toggles: what the vendor's own tests ask for decides as they expect, and all are made once."""

from collections.abc import Iterator

import pytest

from hyway.commands import demo_projects, demo_toggles
from hyway.domain import identity, projects, toggles
from hyway.kernel.db import Database
from tests.make.world import open_database


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url)
    yield opened
    opened.close()


def test_they_decide_as_clients_expect_and_are_made_once(db: Database) -> None:
    by = identity.command_line(db.write_now(identity.found_organization, "Demo"))
    demo_projects.build(db, by)
    of = db.read_now(projects.find, by, demo_projects.PROJECT.alternate_id)
    made = demo_toggles.fill(db, by, of.alternate_id)
    assert made > len(demo_toggles.FIXTURES)
    assert demo_toggles.fill(db, by, of.alternate_id) == 0
    found = db.read_now(toggles.ruleset, of.seq)
    assert found is not None
    assert len(found.rules) == made
    decided = toggles.deciding.Compiled(found).decide({"targetingKey": "u1", "environment": "development"})
    values = {each.key: (each.type, each.value, each.reason) for each in decided}
    assert {key: values[key] for key in values if key.startswith("hyphen-sdk")} == {
        "hyphen-sdk-boolean": ("boolean", True, "no target matched"),
        "hyphen-sdk-number": ("number", 42, "no target matched"),
        "hyphen-sdk-string": ("string", "Hyphen!", "no target matched"),
        "hyphen-sdk-json": ("object", '{ "id": "Hello World!"}', "no target matched"),
    }
    staff = {"targetingKey": "u2", "user": {"email": "ann@example.com"}}
    seen = {each.key: each.value for each in toggles.deciding.Compiled(found).decide(staff)}
    assert seen["new-checkout"] is True
    past = db.read_now(toggles.history, by, of.id, "new-checkout")
    assert [each.verb for each in past] == ["changed", "changed", "created"]
    keys, total = db.read_now(toggles.public_keys.page, by, of.id)
    assert (total, keys[0].name) == (1, demo_toggles.KEY)
