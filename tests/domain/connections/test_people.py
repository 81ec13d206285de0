"""Lists, channels, teams and repositories in step with who comes and goes."""

from collections.abc import Callable

import pytest

from hyway.domain import connections, identity
from hyway.domain.connections import AccessQuery, Connection, ConnectionAccess, jobs
from hyway.domain.identity import Account
from hyway.kernel.clock import HOUR, MINUTE, SECOND
from hyway.kernel.db import Database
from hyway.kernel.jobs import Means
from hyway.kernel.outgoing import Outgoing
from tests.domain.connections.stage import Stage
from tests.make.vendor import Badge, Workshop

Later = Callable[[int], None]


def people(vendor: Workshop, of: Connection) -> list[str]:
    return sorted(vendor.things[of.remote].members)


def access(stage: Stage, **query: object) -> list[ConnectionAccess]:
    page = connections.connections.access_page
    return stage.db.read_now(page, stage.by, AccessQuery(**query))[0]  # type: ignore[arg-type]


def test_a_list_has_the_teams_members(stage: Stage, vendor: Workshop, later: Later) -> None:
    of = stage.integrate()
    ann, bob, cat = (stage.member(name) for name in ("ann", "bob", "cat"))
    stage.staff(ann, bob)
    core = stage.connected(of, "DistributionList", stage.team.id)
    assert people(vendor, core) == ["ann@example.com", "bob@example.com"]
    stage.staff(bob, cat)
    later(2 * SECOND)
    stage.work()
    assert people(vendor, core) == ["bob@example.com", "cat@example.com"]
    stage.db.write_now(identity.profiles.change, stage.by, bob.id, email="bobby@example.com")
    later(2 * SECOND)
    stage.work()
    assert people(vendor, core) == ["bobby@example.com", "cat@example.com"]
    stage.db.write_now(identity.profiles.drop, stage.by, cat.id)
    later(2 * SECOND)
    stage.work()
    assert people(vendor, core) == ["bobby@example.com"]


def test_dynamic_teams_are_in_step(stage: Stage, vendor: Workshop, later: Later) -> None:
    of = stage.integrate()
    criteria = [{"type": "property", "field": "lastName", "operator": "equals", "value": "Lee"}]
    team = stage.db.write_now(identity.teams.create, stage.by, "Lees", "dynamic", criteria)
    made = stage.connected(of, "GitTeam", team.id)
    assert people(vendor, made) == []
    ann = stage.member("ann", last_name="Lee")
    later(2 * SECOND)
    stage.work()
    assert people(vendor, made) == ["ann@example.com"]
    stage.db.write_now(identity.profiles.change, stage.by, ann.id, last_name="Ray")
    later(2 * SECOND)
    stage.work()
    assert people(vendor, made) == []


def test_whom_others_put_there_stays(stage: Stage, vendor: Workshop, later: Later) -> None:
    of = stage.integrate()
    there = vendor.put("MessagingChannel", "general", members=["cto@else.example", "ann@example.com"])
    ann = stage.member("ann")
    stage.staff(ann)
    core = stage.connected(of, "MessagingChannel", stage.team.id, "general")
    assert (core.remote, vendor.admitted) == (there.id, [])
    stage.staff()
    later(2 * SECOND)
    stage.work()
    assert there.members == ["cto@else.example"]


def test_many_changes_are_put_right_at_once(stage: Stage, vendor: Workshop, later: Later) -> None:
    of = stage.integrate()
    core = stage.connected(of, "DistributionList", stage.team.id)
    members = [stage.member(f"m{n}") for n in range(6)]
    asked = len(vendor.asked)
    for n in range(6):
        stage.staff(*members[: n + 1])
    later(2 * SECOND)
    stage.work()
    assert len(people(vendor, core)) == 6
    assert len(vendor.asked) - asked == 1 + 6


def test_what_is_unclear_of_one_is_tried_again(stage: Stage, vendor: Workshop, later: Later) -> None:
    of = stage.integrate()
    stage.staff(stage.member("ann"), stage.member("bob"))
    vendor.trouble = ["", "", "", "lost"]
    core = stage.connected(of, "DistributionList", stage.team.id)
    later(MINUTE)
    stage.work()
    assert people(vendor, core) == ["ann@example.com", "bob@example.com"]
    assert len(vendor.admitted) == 2
    vendor.trouble = ["busy"]
    stage.staff()
    later(2 * SECOND)
    stage.work()
    assert stage.again(core).errors == ("Workshop is not well (503)",)
    later(MINUTE)
    stage.work()
    assert (people(vendor, core), stage.again(core).errors) == ([], ())


def test_who_is_put_out_by_hand_is_back_after_a_sweep(stage: Stage, vendor: Workshop, later: Later) -> None:
    of = stage.integrate()
    stage.staff(stage.member("ann"))
    core = stage.connected(of, "DistributionList", stage.team.id)
    vendor.things[core.remote].members.clear()
    means = Means(stage.db, Outgoing(lambda _: False), parts={"connections": stage.known})
    jobs.sweep(means)
    jobs.look(means)
    assert stage.known.rest(30)
    assert people(vendor, core) == ["ann@example.com"]


def test_a_repository_lets_those_in_who_have_an_account_connected(
    stage: Stage, vendor: Workshop, later: Later
) -> None:
    of = stage.integrate()
    ann, bob = stage.member("ann"), stage.member("bob")
    stage.staff(bob)
    for who in (ann.id, bob.id, stage.team.id):
        stage.db.write_now(identity.access.create, stage.by, stage.project.id, who, ("ProjectReader",))
    shop = stage.connected(of, "GitRepository", stage.project.id, "octo/shop")
    assert (people(vendor, shop), access(stage)) == ([], [])
    own = stage.connected(of, "User", ann.id)
    assert people(vendor, shop) == [own.remote]
    group = stage.connected(of, "GitTeam", stage.team.id)
    assert people(vendor, shop) == sorted([own.remote, group.remote])
    found = access(stage, assignments=[ann.id])
    assert [(each.status, each.connection.id, each.assignment) for each in found] == [("Ready", shop.id, own)]
    assert len(access(stage, entity_connections=[shop.id])) == 2
    assert access(stage, entities=[stage.app.id]) == []
    assert [each.holder for each in access(stage, assignment_connections=[group.id])] == [stage.team.id]
    stage.drop(own)
    stage.work()
    assert people(vendor, shop) == [group.remote]
    given, _ = stage.db.read_now(identity.access.page, stage.by, [stage.project.id], [stage.team.id])
    stage.db.write_now(identity.access.drop, stage.by, given[0].id)
    later(2 * SECOND)
    stage.work()
    assert (people(vendor, shop), access(stage)) == ([], [])


def test_an_app_lets_in_who_has_access_to_its_project(stage: Stage, vendor: Workshop) -> None:
    of = stage.integrate()
    ann = stage.member("ann")
    stage.db.write_now(identity.access.create, stage.by, stage.project.id, ann.id, ("ProjectReader",))
    own = stage.connected(of, "User", ann.id)
    web = stage.connected(of, "GitRepository", stage.app.id, "octo/web")
    assert people(vendor, web) == [own.remote]


def test_everybody_is_in_the_organizations_list(stage: Stage, vendor: Workshop, later: Later) -> None:
    of = stage.integrate()
    stage.member("ann")
    everybody = stage.connected(of, "DistributionList", stage.home.wire_id)
    assert people(vendor, everybody) == ["ann@example.com"]
    stage.member("bob")
    later(2 * SECOND)
    stage.work()
    assert len(people(vendor, everybody)) == 2


@pytest.fixture
def badges(db: Database, vendor: Workshop) -> Stage:
    return Stage(db, vendor, Badge({"ann@example.com": "U1", "bob@example.com": "U2"}))


def test_a_vendor_with_ids_of_its_own_is_asked_for_them_once(
    badges: Stage, vendor: Workshop, later: Later
) -> None:
    of = badges.integrate()
    ann, bob, cat = (badges.member(name) for name in ("ann", "bob", "cat"))
    github = Account("github", "octocat")
    badges.db.write_now(identity.accounts.connect, badges.by, bob.id, github)
    badges.staff(ann, bob, cat)
    own = badges.connected(of, "User", bob.id)
    core = badges.connected(of, "DistributionList", badges.team.id)
    assert people(vendor, core) == sorted(["U1", own.remote])
    (shown,) = access(badges)
    assert (shown.holder, shown.who) == (bob.id, own.remote)
    later(HOUR)
    badges.drop(own)
    badges.work()
    assert (people(vendor, core), access(badges)) == (sorted(["U1", own.remote]), [])


def test_two_members_with_one_address_there_are_not_put_out_by_one(
    stage: Stage, vendor: Workshop, later: Later
) -> None:
    """A name that somebody else is known by now stays."""
    of = stage.integrate()
    ann, bob = stage.member("ann"), stage.member("bob")
    stage.staff(ann, bob)
    core = stage.connected(of, "DistributionList", stage.team.id)
    stage.db.write_now(identity.profiles.change, stage.by, bob.id, email="b@example.com")
    stage.db.write_now(identity.profiles.change, stage.by, ann.id, email="bob2@example.com")
    stage.db.write_now(identity.profiles.change, stage.by, bob.id, email="ann2@example.com")
    later(2 * SECOND)
    stage.work()
    assert people(vendor, core) == ["ann2@example.com", "bob2@example.com"]
