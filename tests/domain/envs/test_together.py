"""Verbs of .env files at once, from threads of their own: what goes while somebody pushes, and who wins."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import text

from hyway.domain import envs, identity, projects
from hyway.domain.envs import NewVersion, VaultKey, Version, Wanted
from hyway.domain.identity import Caller
from hyway.domain.projects import AppQuery, NewApp, NewEnvironment, NewProject, Project
from hyway.kernel.db import Database
from hyway.kernel.faults import Fault
from tests.make.world import open_database

KEY = 1767322800


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def by(db: Database) -> Caller:
    return identity.command_line(db.write_now(identity.found_organization, "Acme"))


@pytest.fixture
def shop(db: Database, by: Caller) -> Project:
    return db.write_now(projects.create, by, NewProject("shop", "Shop"))


def new(version: int, content: str = "x") -> NewVersion:
    return NewVersion(version, KEY, "1 byte", 1, content)


def at_once(*verbs: Callable[[], Any]) -> list[Any]:
    """What each of them gives, begun together; a refusal is an answer, too."""
    gate = Barrier(len(verbs))

    def run(verb: Callable[[], Any]) -> Any:
        gate.wait(30)
        try:
            return verb()
        except Fault as fault:
            return fault

    with ThreadPoolExecutor(len(verbs)) as pool:
        return list(pool.map(run, verbs))


def kept(db: Database, table: str) -> int:
    return int(db.read_now(lambda r: r.run(text(f"SELECT count(*) FROM {table}")).scalar_one()))


def test_nothing_stays_of_what_goes_while_it_is_pushed(db: Database, by: Caller, shop: Project) -> None:
    for round in range(8):
        name, stage = f"app{round}", f"stage{round}"
        db.write_now(projects.apps.create, by, "shop", NewApp(name, name))
        db.write_now(projects.environments.create, by, shop, NewEnvironment(stage, stage))

        def push(where: str | None, version: int, app: str = name) -> Callable[[], Any]:
            return lambda: db.write_now(envs.versions.push, by, app, where, KEY, new(version))

        def drop_app(app: str = name) -> None:
            db.write_now(projects.apps.drop, by, app)

        def drop_environment(where: str = stage) -> None:
            db.write_now(projects.environments.drop, by, shop, where)

        drops = [drop_app, drop_environment] if round % 2 else [drop_environment, drop_app]
        given = at_once(push(stage, 1), push(stage, 2), drops[0], push(None, 1))
        assert given[2] is None, given
        assert kept(db, "env_files WHERE environment <> ''") == 0
        drops[1]()
        assert [kept(db, table) for table in ("env_files", "env_versions", "env_last")] == [0, 0, 0]


def test_no_key_stays_of_a_project_that_goes_while_it_is_written(db: Database, by: Caller) -> None:
    for round in range(6):
        name = f"project{round}"
        db.write_now(projects.create, by, NewProject(name, name))

        def write(id: int, project: str = name) -> Callable[[], Any]:
            return lambda: db.write_now(envs.vault.write, by, project, VaultKey(id, f"secret {id}"))

        def drop(project: str = name) -> None:
            db.write_now(projects.drop, by, project)

        assert at_once(write(1), write(2), drop, write(2))[2] is None
        assert kept(db, "vault_keys") == 0


def test_versions_that_race_only_grow(db: Database, by: Caller, shop: Project) -> None:
    db.write_now(projects.apps.create, by, "shop", NewApp("web", "Web"))
    for round in range(10):
        verbs = [
            (lambda n=n: db.write_now(envs.versions.push, by, "web", None, KEY, new(n)))
            for n in (round * 4 + 4, round * 4 + 3, round * 4 + 2, round * 4 + 3)
        ]
        given = at_once(*verbs)
        assert any(isinstance(each, Version) for each in given)
    found, total = db.read_now(envs.versions.history, by, "web", Wanted(), 0, 200)
    numbers = [each.version for each in found]
    assert numbers == sorted(set(numbers), reverse=True)
    assert total == len(numbers)
    assert numbers[0] == 40
    assert db.read_now(envs.versions.latest, by, AppQuery())[0][0].version == 40
