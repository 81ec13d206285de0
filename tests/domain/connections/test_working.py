"""How connections are made, tried again, verified and taken away."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from hyway.domain import connections, identity, projects
from hyway.domain.connections import Connection, rules, working
from hyway.kernel.clock import HOUR, MINUTE, SECOND
from hyway.kernel.faults import Invalid, Missing, Taken
from tests.domain.connections.stage import Stage
from tests.make.vendor import CODE, TOKEN, TYPE, Workshop

Later = Callable[[int], None]


def test_a_connection_is_made_in_the_background(stage: Stage, vendor: Workshop) -> None:
    of = stage.integrate()
    made = stage.connect(of, "ContainerRegistry", stage.app.id, "images")
    assert (made.status, made.remote, vendor.made) == ("Pending", "", [])
    stage.work()
    ready = stage.again(made)
    assert (ready.status, ready.config, ready.errors) == ("Ready", {"name": "images"}, ())
    assert vendor.things[ready.remote].key == made.id
    assert ready.project == stage.project.id
    stage.work()
    assert vendor.made == [made.id]


def test_what_is_there_is_adopted(stage: Stage, vendor: Workshop) -> None:
    for name in ("one", "two", "images", "four"):
        vendor.put("ContainerRegistry", name)
    ready = stage.connected(stage.integrate(), "ContainerRegistry", stage.home.wire_id, "images")
    assert (ready.remote, vendor.made) == ("th3", [])


@pytest.mark.parametrize("trouble", ["lost", "cut", "busy", "nonsense"])
def test_what_is_unclear_is_tried_again_and_made_once(
    stage: Stage, vendor: Workshop, later: Later, trouble: str
) -> None:
    of = stage.integrate()
    vendor.trouble = ["", trouble]
    made = stage.connected(of, "ContainerRegistry", stage.app.id, "images")
    assert (made.status, made.is_retryable, made.attempts, len(made.errors)) == ("Pending", True, 1, 1)
    asked = len(vendor.asked)
    stage.work()
    assert len(vendor.asked) == asked
    later(7 * SECOND)
    stage.work()
    ready = stage.again(made)
    assert (ready.status, ready.errors, ready.is_retryable, ready.attempts) == ("Ready", (), False, 0)
    assert vendor.made == [made.id]


def test_after_many_tries_it_has_failed_and_somebody_can_try_it_again(
    stage: Stage, vendor: Workshop, later: Later
) -> None:
    of = stage.integrate()
    vendor.trouble = ["busy"] * rules.MOST_TRIES
    made = stage.connect(of, "ContainerRegistry", stage.app.id, "images")
    for _ in range(rules.MOST_TRIES):
        stage.work()
        later(2 * HOUR)
    failed = stage.again(made)
    assert (failed.status, failed.is_retryable, failed.next_at) == ("Failed", True, None)
    assert failed.errors == ("Workshop is not well (503)",)
    again = stage.connect(of, "ContainerRegistry", stage.app.id, "images")
    assert (again.id, again.status, again.errors) == (made.id, "Pending", ())
    stage.work()
    assert stage.again(made).status == "Ready"
    with pytest.raises(Taken):
        stage.connect(of, "ContainerRegistry", stage.app.id, "images")
    with pytest.raises(Taken):
        stage.db.write_now(connections.connections.retry, stage.by, of.id, made.id)


def test_what_is_declined_has_failed_at_once_and_for_good(stage: Stage, vendor: Workshop) -> None:
    of = stage.integrate()
    vendor.trouble = ["refuses"]
    failed = stage.connected(of, "ContainerRegistry", stage.app.id, "images")
    assert (failed.status, failed.is_retryable) == ("Failed", False)
    assert failed.errors == ("Workshop said: the plan does not include this",)
    with pytest.raises(Taken):
        stage.connect(of, "ContainerRegistry", stage.app.id, "images")


def test_no_secret_is_told_in_an_error(stage: Stage, vendor: Workshop) -> None:
    with pytest.raises(Invalid) as found:
        stage.integrate(token="wk_wrong")
    assert found.value.message == "Workshop said: the token Bearer *** is not known"
    assert TOKEN not in repr(stage.integrate())


def test_somebody_verifies_it(stage: Stage, vendor: Workshop) -> None:
    of = stage.integrate()
    waits = stage.connected(of, "MessagingChannel", stage.team.id, "verify-me")
    assert (waits.status, waits.verification_emails) == ("AwaitingVerification", ("owner@example.com",))
    accept = connections.connections.accept
    stage.db.write_now(accept, stage.by, of.id, waits.id, "111111")
    stage.work()
    wrong = stage.again(waits)
    assert (wrong.status, wrong.errors) == ("AwaitingVerification", ("Workshop said: the code is wrong",))
    stage.db.write_now(accept, stage.by, of.id, waits.id, CODE)
    stage.work()
    assert stage.again(waits).status == "Ready"


def test_a_code_survives_a_vendor_that_is_down(stage: Stage, vendor: Workshop, later: Later) -> None:
    of = stage.integrate()
    waits = stage.connected(of, "MessagingChannel", stage.team.id, "verify-me")
    vendor.trouble = ["busy"]
    stage.db.write_now(connections.connections.accept, stage.by, of.id, waits.id, CODE)
    stage.work()
    later(MINUTE)
    stage.work()
    ready = stage.again(waits)
    assert (ready.status, ready.verification_emails, ready.errors) == ("Ready", (), ())
    with pytest.raises(Taken):
        stage.db.write_now(connections.connections.accept, stage.by, of.id, waits.id, CODE)


def test_what_was_made_stays_unless_it_is_asked_for(stage: Stage, vendor: Workshop, later: Later) -> None:
    of = stage.integrate()
    one = stage.connected(of, "ContainerRegistry", stage.app.id, "one")
    two = stage.connected(of, "ContainerRegistry", stage.app.id, "two")
    stage.drop(one)
    stage.work()
    assert (vendor.removed, stage.all()) == ([], [two])
    vendor.trouble = ["lost"]
    stage.drop(two, decommission=True)
    assert stage.again(two).status == "Decommissioning"
    stage.work()
    assert stage.again(two).errors
    later(MINUTE)
    stage.work()
    assert (stage.all(), vendor.removed, list(vendor.things)) == ([], [two.remote], [one.remote])


def test_what_may_have_been_made_is_found_and_taken_away(
    stage: Stage, vendor: Workshop, later: Later
) -> None:
    of = stage.integrate()
    vendor.trouble = ["", "lost"]
    unclear = stage.connected(of, "ContainerRegistry", stage.app.id, "one")
    assert (unclear.remote, len(vendor.made)) == ("", 1)
    stage.drop(unclear, decommission=True)
    stage.work()
    assert (stage.all(), vendor.things, len(vendor.made)) == ([], {}, 1)


def test_what_was_never_tried_goes_at_once(stage: Stage, vendor: Workshop) -> None:
    of = stage.integrate()
    made = stage.connect(of, "ContainerRegistry", stage.app.id, "one")
    stage.drop(made, decommission=True)
    stage.work()
    assert (stage.all(), vendor.made) == ([], [])


def test_what_is_to_go_while_it_is_made_goes(stage: Stage, vendor: Workshop) -> None:
    of = stage.integrate()
    made = stage.connect(of, "ContainerRegistry", stage.app.id, "one")
    task = stage.db.write_now(working.begin, stage.known, made.seq)
    assert task is not None
    there = task.vendor.make(made.type, made.entity, made.input, made.id)
    stage.drop(made, decommission=True)
    stage.db.write_now(working.settled, task.of, there)
    stage.work()
    assert (stage.all(), vendor.removed) == ([], [there.remote])


def test_two_do_not_work_on_one(stage: Stage, vendor: Workshop, later: Later) -> None:
    of = stage.integrate()
    made = stage.connect(of, "ContainerRegistry", stage.app.id, "one")
    assert stage.db.write_now(working.begin, stage.known, made.seq) is not None
    assert stage.db.write_now(working.begin, stage.known, made.seq) is None
    stage.work()
    assert vendor.made == []
    later(working.LEASE + SECOND)
    stage.work()
    assert vendor.made == [made.id]


def test_one_list_is_one_teams(stage: Stage, vendor: Workshop) -> None:
    of = stage.integrate()
    other = stage.db.write_now(identity.teams.create, stage.by, "Other")
    stage.connected(of, "MessagingChannel", stage.team.id, "general")
    second = stage.connected(of, "MessagingChannel", other.id, "general")
    assert (second.status, second.is_retryable) == ("Failed", False)


def test_what_is_gone_is_connected_to_nothing(stage: Stage, vendor: Workshop) -> None:
    of = stage.integrate()
    ann, bob = stage.member("ann"), stage.member("bob")
    for type, entity in (("User", ann.id), ("User", bob.id), ("GitTeam", stage.team.id)):
        stage.connect(of, type, entity)
    stage.connect(of, "GitRepository", stage.project.id)
    stage.connect(of, "GitRepository", stage.app.id, "web")
    stage.work()
    stage.db.write_now(identity.profiles.drop, stage.by, ann.id)
    stage.db.write_now(identity.teams.drop, stage.by, stage.team.id)
    assert {each.entity.id for each in stage.all()} == {bob.id, stage.project.id, stage.app.id}
    stage.db.write_now(projects.drop, stage.by, "shop")
    assert {each.entity.id for each in stage.all()} == {bob.id}
    assert vendor.removed == []
    stage.db.write_now(connections.integrations.drop, stage.by, of.id)
    assert stage.all() == []


def test_names_are_todays(stage: Stage, vendor: Workshop) -> None:
    of = stage.integrate()
    ann = stage.member("ann", first_name="Ann")
    made = [stage.connect(of, "User", ann.id), stage.connect(of, "GitTeam", stage.team.id)]
    stage.db.write_now(identity.profiles.change, stage.by, ann.id, first_name="Anna", last_name="Lee")
    stage.db.write_now(identity.teams.change, stage.by, stage.team.id, name="Kernel")
    assert [stage.again(each).entity.name for each in made] == ["Anna Lee", "Kernel"]


@pytest.mark.parametrize(
    ("type", "entity", "input", "field"),
    [
        ("DNSZone", "app", "", "type"),
        ("nothing", "app", "", "type"),
        ("User", "app", "", "entity/id"),
        ("MessagingChannel", "team", "", ""),
        ("ContainerRegistry", "app", "../../admin", "input"),
        ("ContainerRegistry", "app", "a\x00b", "input"),
        ("ContainerRegistry", "app", "x" * 501, "input"),
    ],
)
def test_what_makes_no_sense_is_refused(
    stage: Stage, vendor: Workshop, type: str, entity: str, input: str, field: str
) -> None:
    of = stage.integrate()
    asked = len(vendor.asked)
    with pytest.raises(Invalid) as found:
        stage.connect(of, type, {"app": stage.app.id, "team": stage.team.id}[entity], input)
    assert (found.value.field, stage.all(), len(vendor.asked)) == (field, [], asked)


def test_what_is_not_there_is_missing(stage: Stage) -> None:
    of = stage.integrate()
    for entity in ("app_" + "0" * 24, "nothing", "memb_" + "0" * 24, "team_" + "0" * 24, "org_" + "0" * 24):
        with pytest.raises(Missing):
            stage.connect(of, "ContainerRegistry", entity)
    with pytest.raises(Missing):
        stage.connect(replace(of, id="intg_" + "0" * 24), "User", stage.app.id)


def test_alternate_ids_name_projects_and_apps(stage: Stage) -> None:
    of = stage.integrate()
    made: list[Connection] = [stage.connect(of, "GitRepository", id) for id in ("shop", "web")]
    assert [each.entity.id for each in made] == [stage.project.id, stage.app.id]


def test_a_vendor_is_not_asked_without_what_it_wants_to_be_asked_with(stage: Stage, vendor: Workshop) -> None:
    """A provider that wants more than it did, or an integration that is there to be looked at."""
    bare = connections.integrations.Draft(TYPE, {"region": "eu"}, {})
    of = stage.db.write_now(connections.integrations.create, stage.by, bare)
    failed = stage.connected(of, "ContainerRegistry", stage.app.id, "images")
    assert (failed.status, failed.errors) == (
        "Failed",
        ("This integration has no token: delete it, and set it up again",),
    )
    with pytest.raises(Invalid, match="has no"):
        stage.db.read_now(connections.integrations.vendor, stage.known, of)
    assert vendor.asked == []
