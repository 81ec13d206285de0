"""What the event log and other contexts hear of projects, and what stands behind roles and favorites."""

from collections.abc import Iterator, Sequence

import pytest
from sqlalchemy import event

from hyway.domain import audit, billing, identity, projects
from hyway.domain.identity import Caller
from hyway.domain.projects import (
    AppChange,
    AppQuery,
    EnvironmentChange,
    NewApp,
    NewEnvironment,
    NewProject,
    ProjectChange,
)
from hyway.kernel.db import Database, Fact, Write
from tests.make.people import somebody
from tests.make.world import open_database


@pytest.fixture
def heard() -> list[Fact]:
    return []


@pytest.fixture
def db(database_url: str, heard: list[Fact]) -> Iterator[Database]:
    opened = open_database(database_url)

    def hear(_: Write, facts: Sequence[Fact]) -> None:
        heard.extend(facts)

    opened.hearers += [billing.accounts.hear, hear]
    yield opened
    opened.close()


@pytest.fixture
def by(db: Database, heard: list[Fact]) -> Caller:
    """Ann, who owns Acme, in it."""
    ann = somebody(db, "Ann")
    home = db.write_now(projects.founding.establish, ann, "Acme")
    heard.clear()
    return db.read_now(identity.access.enter, ann, home.organization.id)


def told(heard: list[Fact]) -> list[tuple[str, str, list[str]]]:
    """What was heard since the last look: action, id, and the kinds of what it speaks of."""
    found = [(fact.action, fact.id, [ref.kind for ref in fact.refs]) for fact in heard]
    heard.clear()
    return found


def test_every_change_is_told_once(db: Database, by: Caller, heard: list[Fact]) -> None:
    of = db.write_now(projects.create, by, NewProject("shop", "Shop"))
    first, second = db.read_now(projects.environments.every, by, of)
    environment = ["Environment", "Project"]
    assert told(heard) == [
        ("project.created", of.id, ["Project"]),
        ("environment.created", first.id, environment),
        ("environment.created", second.id, environment),
    ]
    app = db.write_now(projects.apps.create, by, "shop", NewApp("web", "Web"))
    assert told(heard) == [("app.created", app.id, ["App", "Project"])]
    db.write_now(projects.change, by, "shop", ProjectChange(name="Store"))
    db.write_now(projects.apps.change, by, "web", AppChange(name="Site"))
    staging = db.write_now(projects.environments.create, by, of, NewEnvironment("staging", "Staging"))
    db.write_now(projects.environments.change, by, of, "staging", EnvironmentChange(color="#000000"))
    db.write_now(projects.environments.drop, by, of, "staging")
    assert told(heard) == [
        ("project.changed", of.id, ["Project"]),
        ("app.changed", app.id, ["App", "Project"]),
        ("environment.created", staging.id, environment),
        ("environment.changed", staging.id, environment),
        ("environment.deleted", staging.id, environment),
    ]


def test_what_changes_nothing_is_not_told(db: Database, by: Caller, heard: list[Fact]) -> None:
    of = db.write_now(projects.create, by, NewProject("shop", "Shop"))
    app = db.write_now(projects.apps.create, by, "shop", NewApp("web", "Web"))
    heard.clear()
    assert db.write_now(projects.change, by, "shop", ProjectChange("Shop", False)) == of
    assert db.write_now(projects.apps.change, by, "web", AppChange("Web", {})) == app
    db.write_now(projects.environments.change, by, of, "production", EnvironmentChange("Production"))
    assert heard == []


def test_a_project_that_goes_says_so_of_its_apps(db: Database, by: Caller, heard: list[Fact]) -> None:
    of = db.write_now(projects.create, by, NewProject("shop", "Shop"))
    apps = [db.write_now(projects.apps.create, by, "shop", NewApp(f"a{i}", f"A {i}")) for i in range(2)]
    stays = db.write_now(projects.create, by, NewProject("other", "Other"))
    there = db.write_now(projects.apps.create, by, "other", NewApp("there", "There"))
    heard.clear()
    db.write_now(projects.drop, by, "shop")
    assert told(heard) == [
        *(("app.deleted", app.id, ["App", "Project"]) for app in apps),
        ("project.deleted", of.id, ["Project"]),
    ]
    assert db.read_now(projects.page, by) == ([stays], 1)
    assert db.read_now(projects.apps.page, by, AppQuery()) == ([there], 1)
    db.write_now(projects.apps.drop, by, "there")
    assert told(heard) == [("app.deleted", there.id, ["App", "Project"])]


def test_roles_can_be_given_on_what_there_is(db: Database, by: Caller) -> None:
    of = db.write_now(projects.create, by, NewProject("shop", "Shop"))
    app = db.write_now(projects.apps.create, by, "shop", NewApp("web", "Web"))
    db.write_now(projects.change, by, "shop", ProjectChange(name="Store"))
    db.write_now(projects.apps.change, by, "web", AppChange(name="Site"))
    assert db.read_now(identity.things.find, by, of.id) == (of.id, "Project", "Store", None)
    assert db.read_now(identity.things.find, by, app.id) == (app.id, "App", "Site", of.id)
    db.write_now(projects.drop, by, "shop")
    assert db.read_now(identity.things.find, by, of.id) is None
    assert db.read_now(identity.things.find, by, app.id) is None


def test_lists_take_as_many_statements_for_many_as_for_one(db: Database, by: Caller) -> None:
    def statements() -> list[int]:
        counts = []
        for verb, args in (
            (projects.page, (by,)),
            (projects.apps.page, (by, AppQuery())),
            (projects.apps.page, (by, AppQuery(("p0", "p1"), ("p0a", "p1a")))),
            (projects.founding.page, (by,)),
        ):
            run: list[str] = []

            def note(*said: object, run: list[str] = run) -> None:
                run.append(str(said[2]))

            event.listen(db.engine, "before_cursor_execute", note)
            db.read_now(verb, *args)
            event.remove(db.engine, "before_cursor_execute", note)
            counts.append(len([each for each in run if each.lstrip().upper().startswith("SELECT")]))
        return counts

    def grow(start: int, count: int) -> None:
        for i in range(start, start + count):
            db.write_now(projects.create, by, NewProject(f"p{i}", f"P {i}"))
            db.write_now(projects.apps.create, by, f"p{i}", NewApp(f"p{i}a", "A"))

    grow(0, 2)
    before = statements()
    grow(2, 20)
    assert statements() == before
    assert max(before) <= 6


def test_a_change_by_nobody_known_is_the_commands(db: Database, by: Caller) -> None:
    """The server's own command makes projects, too; it is no member that could have a role."""
    own = db.read_now(identity.organization, by)
    made = db.write_now(projects.create, identity.command_line(own), NewProject("ours", "Ours"))
    assert made.created_by is None
    assert db.read_now(projects.find, by, "ours") == made


def test_the_log_has_it(db: Database, by: Caller) -> None:
    made = db.write_now(projects.create, by, NewProject("shop", "Shop"))
    found = [each for each in db.read_now(audit.recent, by) if each.subject_kind == "project"]
    assert [(each.action, each.subject_id) for each in found] == [("project.created", made.id)]
