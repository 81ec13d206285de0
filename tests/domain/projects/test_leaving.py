"""Whoever leaves an organization while they make something there leaves nothing behind that speaks of them."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from hyway.domain import billing, identity, projects
from hyway.domain.projects import NewProject
from hyway.kernel.db import Database, Write
from hyway.kernel.seal import Seal
from tests.make.people import person, somebody
from tests.make.world import KEY


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    made = Database(database_url, Seal(KEY), home="https://go.example")
    made.hearers += [billing.accounts.hear]
    yield made
    made.close()


def test_who_leaves_while_they_make_a_project_has_no_access_to_it(db: Database):
    home = db.write_now(identity.organizations.establish, somebody(db, "Ann"), {"name": "Acme"})
    boss, bob = identity.command_line(home), somebody(db, "Bob")
    db.write_now(identity.join, boss, person(db, bob), "member")
    by = db.read_now(identity.access.enter, bob, home.wire_id)
    leaving, began = threading.Event(), threading.Event()

    def remove(w: Write) -> None:
        identity.profiles.drop(w, boss, by.member)
        leaving.set()
        began.wait(0.5)

    def make() -> None:
        leaving.wait(5)
        threading.Timer(0.3, began.set).start()
        db.write_now(projects.create, by, NewProject("shop", "Shop"))

    with ThreadPoolExecutor(2) as both:
        for each in [both.submit(db.write_now, remove), both.submit(make)]:
            each.result()
    # The list is whole: nothing in it is given to nobody.
    found, total = db.read_now(identity.access.page, boss)
    assert [(each.entity.kind, each.holder.name) for each in found] == [("Organization", "Ann")]
    assert total == 1
