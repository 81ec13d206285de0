"""Ways to more than one was given, each of which is closed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from hyway.domain import identity
from hyway.domain.identity import (
    Caller,
    NewMember,
    Organization,
    Person,
    access,
    profiles,
    signing_up,
    teams,
    things,
)
from hyway.kernel import ids
from hyway.kernel.db import Database, Read
from hyway.kernel.faults import Refused, Spent, Taken
from tests.make.people import alone, person, somebody, there

ON_ACME = {"type": "property", "field": "email", "operator": "endsWith", "value": "@acme.example"}
EVERYBODY = {"type": "property", "field": "email", "operator": "notEquals", "value": "nobody@example.com"}


@pytest.fixture
def acme(db: Database) -> Organization:
    return db.write_now(identity.organizations.establish, somebody(db, "Ann"), {"name": "Acme"})


@pytest.fixture
def boss(acme: Organization) -> Caller:
    return identity.command_line(acme)


@pytest.fixture
def joins(db: Database, boss: Caller, acme: Organization) -> Callable[[str], Caller]:
    def make(name: str) -> Caller:
        made = somebody(db, name)
        db.write_now(identity.join, boss, person(db, made), "member")
        return db.read_now(access.enter, made, acme.wire_id)

    return make


def again(db: Database, by: Caller, acme: Organization) -> Caller:
    return db.read_now(access.enter, by, acme.wire_id)


@pytest.mark.parametrize("on", ["organization", "project"])
def test_who_administers_a_team_lends_none_of_its_roles_that_they_do_not_have(
    db: Database, boss: Caller, acme: Organization, joins: Callable[[str], Caller], on: str
):
    bob, cleo = joins("Bob"), joins("Cleo")
    project = ids.prefixed("proj")
    db.write_now(things.put, boss, project, "Project", "Shop")
    team = db.write_now(teams.create, boss, "Admins")
    db.write_now(access.create, boss, team.id, bob.member, ("TeamAdmin",))
    # While the team may do nothing its admin fills it as they like.
    db.write_now(teams.replace_members, again(db, bob, acme), team.id, [cleo.member])
    entity, role = (acme.wire_id, "OrganizationAdmin") if on == "organization" else (project, "ProjectAdmin")
    db.write_now(access.create, boss, entity, team.id, (role,))
    bob = again(db, bob, acme)
    for members in ([cleo.member, bob.member], [bob.member]):
        with pytest.raises(Refused, match="give the role"):
            db.write_now(teams.replace_members, bob, team.id, members)
    with pytest.raises(Refused, match="give the role"):
        db.write_now(teams.add, bob, team.id, bob.member)
    with pytest.raises(Refused, match="give the role"):
        db.write_now(teams.change, bob, team.id, type="dynamic", criteria_=[EVERYBODY])
    assert db.write_now(teams.change, bob, team.id, name="The admins").member_count == 1
    assert db.write_now(teams.replace_members, bob, team.id, []).member_count == 0
    assert not access.may(again(db, bob, acme), "delete", "Project", project)


def test_who_is_in_the_team_that_they_administer_takes_others_in(
    db: Database, boss: Caller, acme: Organization, joins: Callable[[str], Caller]
):
    bob, cleo = joins("Bob"), joins("Cleo")
    project = ids.prefixed("proj")
    db.write_now(things.put, boss, project, "Project", "Shop")
    team = db.write_now(teams.create, boss, "Shopkeepers")
    db.write_now(access.create, boss, project, team.id, ("ProjectContributor",))
    db.write_now(access.create, boss, team.id, bob.member, ("TeamAdmin",))
    db.write_now(teams.add, boss, team.id, bob.member)
    assert db.write_now(teams.add, again(db, bob, acme), team.id, cleo.member).member_count == 2
    assert db.write_now(teams.add, again(db, bob, acme), team.id, cleo.member).member_count == 2
    assert access.may(again(db, cleo, acme), "push", "DotEnv", project)
    changed = db.write_now(teams.change, again(db, bob, acme), team.id, type="dynamic", criteria_=[EVERYBODY])
    assert changed.member_count == 3


def _squatter(db: Database, email: str) -> Person:
    """Somebody who makes an account with an address that may be anybody's, where no mail can be sent."""
    new = signing_up.newcomer("Mallory", email, "correct horse battery")
    return db.write_now(signing_up.at_once, new, "203.0.113.9")


def test_an_address_that_was_only_claimed_makes_nobody_a_member(db: Database, boss: Caller):
    _squatter(db, "bob@acme.example")
    with pytest.raises(Taken, match="invite them"):
        db.write_now(profiles.create, boss, NewMember("bob@acme.example"))
    assert [each.nickname for each in db.read_now(profiles.page, boss)[0]] == ["Ann"]


def test_an_address_that_was_only_claimed_opens_no_team(db: Database, boss: Caller, acme: Organization):
    team = db.write_now(teams.create, boss, "Ours", criteria_=[ON_ACME])
    mallory = _squatter(db, "mallory@acme.example")
    db.write_now(identity.join, boss, mallory, "member")
    assert db.read_now(teams.find, boss, team.id).member_count == 0
    # Neither do criteria that come later, nor the list of whom they would take in.
    later = db.write_now(teams.create, boss, "Ours, too", criteria_=[ON_ACME])
    assert later.member_count == 0
    assert db.read_now(identity.trying.who_fits, boss, [ON_ACME]) == ([], 2)
    # What the organization itself says of a member counts, and what a letter has shown.
    member = there(db, alone(mallory), acme).member or _member(db, boss, "Mallory")
    db.write_now(profiles.change, boss, member, email="m@acme.example")
    assert db.read_now(teams.find, boss, team.id).member_count == 1
    db.write_now(profiles.change, boss, member, email=None)
    assert db.read_now(teams.find, boss, team.id).member_count == 0
    token = db.read_now(lambda r: signing_up.link(r, mallory.email)).rpartition("/")[2]
    db.write_now(signing_up.confirm, alone(mallory), token)
    assert db.read_now(teams.find, boss, team.id).member_count == 1


def _member(db: Database, by: Caller, nickname: str) -> str:
    def found(r: Read) -> str:
        return next(each.id for each in profiles.page(r, by)[0] if each.nickname == nickname)

    return db.read_now(found)


def test_an_organization_writes_so_many_letters_a_day(
    db: Database, boss: Caller, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(profiles, "_LETTERS_A_DAY", 3)
    monkeypatch.setattr(signing_up, "by_mail", lambda _: True)
    somebody(db, "Zoe")
    for n in range(3):
        db.write_now(profiles.create, boss, NewMember(f"n{n}@example.com"))
    with pytest.raises(Spent):
        db.write_now(profiles.create, boss, NewMember("n3@example.com"))
    db.write_now(
        profiles.create, boss, NewMember("zoe@example.com")
    )  # she is known, and is told in her inbox


def test_two_who_take_others_into_a_team_at_once_both_do(
    db: Database, boss: Caller, joins: Callable[[str], Caller]
):
    team = db.write_now(teams.create, boss, "Crew")
    crew = [joins(f"P{n}") for n in range(6)]
    with ThreadPoolExecutor(6) as hands:
        list(hands.map(lambda each: db.write_now(teams.add, boss, team.id, each.member), crew))
    assert {each.id for each in db.read_now(teams.members, boss, team.id)} == {each.member for each in crew}


def test_the_teams_of_several_members_are_those_that_the_caller_may_see(
    db: Database, boss: Caller, acme: Organization, joins: Callable[[str], Caller]
):
    bob, cleo = joins("Bob"), joins("Cleo")
    both = db.write_now(teams.create, boss, "both")
    one = db.write_now(teams.create, boss, "Alone")
    db.write_now(teams.replace_members, boss, both.id, [bob.member, cleo.member])
    db.write_now(teams.add, boss, one.id, bob.member)
    asked = [bob.member, cleo.member, "memb_" + "0" * 24]
    found = db.read_now(teams.of_members, boss, asked)
    assert {id: [each.name for each in those] for id, those in found.items()} == {
        bob.member: ["Alone", "both"],
        cleo.member: ["both"],
    }
    elsewhere = db.write_now(identity.organizations.establish, somebody(db, "Zoe"), {"name": "Other"})
    assert db.read_now(teams.of_members, identity.command_line(elsewhere), asked) == {}
    # Who is nothing to the organization sees the team that they have a role on, whoever is in it.
    own = db.read_now(access.page, boss, [acme.wire_id], [cleo.member])[0][0]
    db.write_now(access.drop, boss, own.id)
    db.write_now(access.create, boss, both.id, cleo.member, ("TeamMember",))
    found = db.read_now(teams.of_members, again(db, cleo, acme), asked)
    assert {id: [each.name for each in those] for id, those in found.items()} == {
        bob.member: ["both"],
        cleo.member: ["both"],
    }
