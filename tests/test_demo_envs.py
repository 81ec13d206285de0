"""The demonstration's .env files: a client with the project's key can read them."""

import dataclasses
from collections.abc import Iterator

import pytest

from hyway.commands import demo_envs, demo_projects
from hyway.domain import envs, identity, projects
from hyway.domain.envs import Denied, Version, Wanted
from hyway.domain.projects import AppQuery
from hyway.kernel.db import Database
from tests.clients.hyphen_env import Key
from tests.make.world import open_database


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url)
    yield opened
    opened.close()


def test_a_client_can_read_them_and_they_are_made_once(db: Database) -> None:
    by = identity.command_line(db.write_now(identity.found_organization, "Demo"))
    built = demo_projects.build(db, by)
    pushed = demo_envs.fill(db, by, built)
    assert pushed > len(built)
    assert demo_envs.fill(db, by, demo_projects.build(db, by)) == 0
    latest, total = db.read_now(envs.versions.latest, by, AppQuery())
    assert total == len(built) * (1 + len(db.read_now(projects.environments.every, by, built[0])))
    office = dataclasses.replace(by, client="203.0.113.7")
    for each in latest:
        kept = db.write_now(envs.vault.read, by, each.app.project.id)
        environment = each.environment.id if each.environment else None
        pulled = db.write_now(envs.versions.pull, office, each.app.id, Wanted(environment))
        guarded = each.app.alternate_id == demo_projects.GUARDED.alternate_id
        if guarded and each.environment is not None and each.environment.alternate_id == "production":
            assert isinstance(pulled, Denied)
            continue
        assert isinstance(pulled, Version)
        clear = Key(kept.secret_key_id, kept.secret_key).decrypt(pulled.data)
        assert clear.count("=") == pulled.count_variables
        assert pulled.size == f"{len(clear)} bytes"
