"""What is imported, and what is refused."""

from collections.abc import Callable
from typing import Any

import pytest

from hyway.domain import connections, identity, projects
from hyway.domain.connections import rules
from hyway.domain.connections.providing import Entry, Field
from hyway.kernel.clock import HOUR, MINUTE
from hyway.kernel.faults import Invalid, Missing, Refused
from tests.domain.connections.stage import Stage
from tests.make.vendor import Workshop

Later = Callable[[int], None]


def test_people_become_members(stage: Stage, vendor: Workshop) -> None:
    of = stage.integrate()
    ann = stage.member("ann")
    for name, email in (("Ann", "ANN@example.com"), ("Bob", "bob@example.com"), ("Bot", "")):
        vendor.put("User", name, email)
    made = stage.bring(of, "User", "th1", "th2", "th3", "th9")
    assert (made.status, made.total, made.done) == ("accepted", 4, 0)
    stage.work()
    done = stage.import_again(of, made)
    assert (done.status, done.done) == ("done", 4)
    assert done.errors == ("Bot: has no e-mail address that may be seen", "th9: is not there")
    people, total = stage.db.read_now(identity.profiles.page, stage.by)
    assert (total, {each.email for each in people}) == (2, {"ann@example.com", "bob@example.com"})
    assert {each.entity.id for each in stage.all(statuses=["Ready"])} == {each.id for each in people}
    assert ann.id in {each.id for each in people}
    stage.bring(of, "User", "th1", "th2")
    stage.work()
    assert len(stage.all()) == 2


def test_lists_become_teams_with_their_members(stage: Stage, vendor: Workshop) -> None:
    of = stage.integrate()
    ann = stage.member("ann")
    there = vendor.put("DistributionList", "Friends", members=["ann@example.com", "eve@else.example"])
    vendor.put("DistributionList", "core")
    stage.bring(of, "DistributionList", "th1", "th2")
    stage.work()
    teams = {each.name: each for each in stage.db.read_now(identity.teams.page, stage.by)}
    assert set(teams) == {"Core", "Friends"}
    inside = stage.db.read_now(identity.teams.members, stage.by, teams["Friends"].id)
    assert [each.id for each in inside] == [ann.id]
    assert there.members == ["ann@example.com", "eve@else.example"]
    assert {each.entity.id for each in stage.all()} == {each.id for each in teams.values()}


def test_repositories_become_projects(stage: Stage, vendor: Workshop) -> None:
    of = stage.integrate()
    for name in ("octo/shop", "octo/My.Repo", "octo/???"):
        vendor.put("GitRepository", name)
    made = stage.bring(of, "GitRepository", "th1", "th2", "th3")
    stage.work()
    found, _ = stage.db.read_now(projects.page, stage.by)
    assert {each.alternate_id for each in found} == {"shop", "my-repo"}
    assert len(stage.import_again(of, made).errors) == 1
    assert {each.project for each in stage.all()} == {each.id for each in found}


def test_what_the_organization_has_as_a_whole(stage: Stage, vendor: Workshop) -> None:
    of = stage.integrate()
    vendor.put("ContainerRegistry", "images")
    stage.bring(of, "ContainerRegistry", "th1")
    stage.work()
    (made,) = stage.all()
    assert (made.entity.id, made.status, made.remote) == (stage.home.wire_id, "Ready", "th1")


def test_an_import_waits_for_a_vendor_that_is_down(stage: Stage, vendor: Workshop, later: Later) -> None:
    of = stage.integrate()
    vendor.put("ContainerRegistry", "images")
    vendor.trouble = ["busy"]
    made = stage.bring(of, "ContainerRegistry", "th1")
    stage.work()
    assert stage.import_again(of, made).status == "running"
    later(MINUTE)
    stage.work()
    assert stage.import_again(of, made).status == "done"
    vendor.trouble = ["busy"] * rules.MOST_TRIES
    lost = stage.bring(of, "ContainerRegistry", "th1")
    for _ in range(rules.MOST_TRIES):
        stage.work()
        later(2 * HOUR)
    failed = stage.import_again(of, lost)
    assert (failed.status, failed.errors) == ("failed", ("Workshop is not well (503)",))


@pytest.mark.parametrize(
    "id", ["../admin", "a/../b", "..", "a//b", "", "a b", "a%2e%2e", "x" * 501, "\x00", "a\\b"]
)
def test_an_id_that_leads_elsewhere_is_refused_before_anybody_is_asked(
    stage: Stage, vendor: Workshop, id: str
) -> None:
    of = stage.integrate()
    asked = len(vendor.asked)
    with pytest.raises(Invalid) as found:
        stage.bring(of, "User", id)
    assert found.value.field == "resources/0/id"
    assert (len(vendor.asked), stage.db.read_now(connections.imports.page, stage.by, of.id)) == (
        asked,
        ([], 0),
    )


@pytest.mark.parametrize(
    ("type", "given", "field"),
    [
        ("User", [], "resources"),
        ("User", [{"id": "a"}] * 1_001, "resources"),
        ("User", [{"name": "a"}], "resources/0"),
        ("User", [{"id": 7}], "resources/0/id"),
        ("CloudSubscription", [{"id": "a"}], "type"),
        ("Account", [{"id": "a"}], "type"),
    ],
)
def test_what_cannot_be_imported(stage: Stage, type: str, given: list[dict[str, Any]], field: str) -> None:
    of = stage.integrate()
    with pytest.raises(Invalid) as found:
        stage.db.write_now(connections.imports.start, stage.by, stage.known, of.id, type, given)
    assert found.value.field == field


def test_not_too_many_at_once(stage: Stage, vendor: Workshop) -> None:
    of = stage.integrate()
    for _ in range(connections.imports.MOST_RUNNING):
        stage.bring(of, "User", "th1")
    with pytest.raises(Refused):
        stage.bring(of, "User", "th1")
    with pytest.raises(Missing):
        stage.db.read_now(connections.imports.find, stage.by, of.id, "impt_" + "0" * 24)


ENTRY = Entry(
    "x",
    "X",
    "",
    (),
    (Field("token", "Token", secret=True, pattern="[a-z]+"), Field("note", "Note", required=False)),
)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "config"),
        ({"token": ""}, "config"),
        ({"token": None}, "config"),
        ({"token": 7}, "config/token"),
        ({"token": " "}, "config/token"),
        ({"token": "A"}, "config/token"),
        ({"token": "a" * 501}, "config/token"),
        ({"token": "a\x00"}, "config/token"),
        ({"token": "a", "note": []}, "config/note"),
    ],
)
def test_a_configuration_is_looked_at(given: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as found:
        rules.config(ENTRY, given)
    assert found.value.field == field


def test_what_is_secret_is_kept_apart() -> None:
    assert rules.config(ENTRY, {"token": " a ", "note": "b", "more": 1}) == ({"note": "b"}, {"token": "a"})


def test_waits_grow_to_an_hour() -> None:
    waits = [rules.backoff(n) for n in range(1, 40)]
    assert waits == sorted(waits)
    assert waits[-1] <= 1.2 * HOUR
    assert rules.backoff(3, 0.0) < rules.backoff(3, 1.0)
