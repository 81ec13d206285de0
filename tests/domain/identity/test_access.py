"""Access that is given: what it lets somebody do, who may give it, and the administrator who stays."""

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from hyway.domain import audit, identity
from hyway.domain.identity import (
    Caller,
    Organization,
    access,
    api_keys,
    favorites,
    members,
    organizations,
    profiles,
    teams,
    things,
)
from hyway.domain.identity.store.access_tables import ACCESS, API_KEY_SECRETS, FAVORITES, TEAM_MEMBERS
from hyway.kernel import ids, seal
from hyway.kernel.db import Database, Read, Write
from hyway.kernel.faults import Invalid, Missing, Refused, Taken
from tests.make.people import person, roles, somebody


class Play:
    """Acme with its owner Ann, and a project with an app."""

    def __init__(self, db: Database) -> None:
        self.db = db
        ann = somebody(db, "Ann")
        self.home: Organization = db.write_now(organizations.establish, ann, {"name": "Acme"})
        self.boss = identity.command_line(self.home)
        self.callers = {"Ann": ann}
        self.project, self.app = ids.prefixed("proj"), ids.prefixed("app")
        db.write_now(things.put, self.boss, self.project, "Project", "Shop")
        db.write_now(things.put, self.boss, self.app, "App", "Web", self.project)

    def join(self, name: str, role: identity.Role = "member") -> str:
        """The id of a new member."""
        self.callers[name] = somebody(self.db, name)
        self.db.write_now(identity.join, self.boss, person(self.db, self.callers[name]), role)
        return self.by(name).member

    def by(self, name: str) -> Caller:
        return self.db.read_now(access.enter, self.callers[name], self.home.wire_id)

    def give(self, entity: str, holder: str, *names: str, by: Caller | None = None) -> access.Access:
        return self.db.write_now(access.create, by or self.boss, entity, holder, names)

    def own(self, name: str) -> access.Access:
        """A member's access to the organization."""
        (found,), _ = self.db.read_now(access.page, self.boss, [self.home.wire_id], [self.by(name).member])
        return found

    def every(self, by: Caller | None = None) -> list[tuple[str, str, tuple[str, ...]]]:
        found, total = self.db.read_now(access.page, by or self.boss)
        assert total == len(found)
        return [(each.entity.name, each.holder.name, each.roles) for each in found]


@pytest.fixture
def play(db: Database) -> Play:
    return Play(db)


def test_members_are_what_their_role_says(play: Play):
    play.join("Bob")
    play.join("Cleo", "admin")
    assert play.by("Ann").grants == identity.Grants(frozenset({"OrganizationAdmin"}))
    assert play.by("Bob").grants == identity.Grants(frozenset({"OrganizationMember"}))
    assert play.every() == [
        ("Acme", "Ann", ("OrganizationAdmin",)),
        ("Acme", "Bob", ("OrganizationMember",)),
        ("Acme", "Cleo", ("OrganizationAdmin",)),
    ]


def test_who_belongs_elsewhere_does_not_enter(play: Play):
    zoe = somebody(play.db, "Zoe")
    other = play.db.write_now(organizations.establish, zoe, {"name": "Other"})
    _, secret = play.db.write_now(api_keys.create, identity.command_line(other), "Robot")
    assert secret.value is not None
    robot = play.db.read_now(api_keys.by_id_and_secret, "akey_0", secret.value)
    assert robot is None
    by_key = play.db.read_now(api_keys.caller, seal.digest(secret.value))
    assert by_key is not None
    for by in (zoe, by_key, identity.command_line(other)):
        for wanted in (play.home.wire_id, play.home.id, "org_" + "0" * 24, "", "org_\x00"):
            with pytest.raises(Missing):
                play.db.read_now(access.enter, by, wanted)
    assert play.db.read_now(access.enter, by_key, other.wire_id).organization == other.seq


def test_a_role_on_a_project_counts_for_its_apps_and_one_on_an_app_for_that_alone(play: Play):
    bob, cleo = play.join("Bob"), play.join("Cleo")
    play.give(play.project, bob, "ProjectContributor")
    play.give(play.app, cleo, "ProjectReader")
    assert access.may(play.by("Bob"), "push", "DotEnv", play.app, play.project)
    assert access.may(play.by("Cleo"), "pull", "DotEnv", play.app, play.project)
    assert not access.may(play.by("Cleo"), "push", "DotEnv", play.app, play.project)
    assert not access.may(play.by("Cleo"), "pull", "DotEnv", "app_other", play.project)


def test_unknown_ids_are_missing_and_a_second_access_is_taken(play: Play):
    bob = play.join("Bob")
    play.give(play.project, bob, "ProjectReader")
    with pytest.raises(Taken, match="exists already"):
        play.give(play.project, bob, "ProjectAdmin")
    with pytest.raises(Taken, match="exists already"):
        play.give(play.home.wire_id, bob, "OrganizationMember")
    for entity, holder in (("proj_0", bob), (play.project, "memb_0"), (play.project, play.app), ("\x00", bob),
                           (play.project, "\x00")):  # fmt: skip
        with pytest.raises(Missing):
            play.give(entity, holder, "ProjectReader")
    assert play.every()[2:] == [("Shop", "Bob", ("ProjectReader",))]


def test_roles_fit_what_they_are_on(play: Play):
    bob = play.join("Bob")
    for names in ((), ("OrganizationAdmin",), ("ProjectReader", "Nobody"), ("TeamMember",)):
        with pytest.raises(Invalid) as refused:
            play.give(play.app, bob, *names)
        assert not isinstance(refused.value, Taken)
        assert refused.value.field == ("roles/1" if len(names) > 1 else "roles/0" if names else "roles")
    assert play.give(play.app, bob, "ProjectReader", "ProjectAdmin", "ProjectReader").roles == (
        "ProjectAdmin", "ProjectReader",
    )  # fmt: skip


def test_nobody_gives_more_than_they_have_nor_sees_what_they_do_not_manage(play: Play):
    bob, cleo = play.join("Bob"), play.join("Cleo")
    play.give(play.project, bob, "ProjectAdmin")
    by = play.by("Bob")
    assert play.give(play.app, cleo, "ProjectAdmin", by=by).entity.part_of == play.project
    assert [each[:2] for each in play.every(by)] == [("Shop", "Bob"), ("Web", "Cleo")]
    with pytest.raises(Refused):
        play.give(play.home.wire_id, cleo, "OrganizationBilling", by=by)
    with pytest.raises(Missing):
        play.db.read_now(access.find, by, play.own("Cleo").id)
    mine = play.by("Cleo")
    assert [each[:2] for each in play.every(mine)] == [("Web", "Cleo")]
    with pytest.raises(Missing):
        play.give(play.project, cleo, "ProjectReader", by=mine)
    play.join("Dan")
    with pytest.raises(Refused):
        play.db.read_now(access.page, play.by("Dan"))


def test_a_members_access_to_the_organization_is_the_role_that_every_api_knows(play: Play):
    play.join("Bob")
    own = play.own("Bob")
    changed = play.db.write_now(
        access.change, play.boss, own.id, ["OrganizationBilling", "OrganizationAdmin"]
    )
    assert (changed.id, changed.roles) == (own.id, ("OrganizationAdmin", "OrganizationBilling"))
    assert roles(play.db, play.home)["Bob"] == "admin"
    play.db.write_now(access.drop, play.boss, own.id)
    assert roles(play.db, play.home)["Bob"] == "member"
    assert play.by("Bob").grants == identity.Grants()
    with pytest.raises(Missing):
        play.db.read_now(access.find, play.boss, own.id)
    again = play.give(play.home.wire_id, play.by("Bob").member, "OrganizationMember")
    assert again.id != own.id
    assert play.by("Bob").grants == identity.Grants(frozenset({"OrganizationMember"}))


def test_who_is_made_an_admin_elsewhere_has_access_again(play: Play):
    play.join("Bob")
    play.db.write_now(access.drop, play.boss, play.own("Bob").id)
    ann = play.by("Ann")
    number = next(m.seq for m in play.db.read_now(members.page, ann)[0] if m.person.name == "Bob")
    play.db.write_now(members.change_role, ann, number, "admin")
    assert play.own("Bob").roles == ("OrganizationAdmin",)


def test_the_owner_and_the_last_admin_stay(play: Play):
    play.join("Bob")
    own = play.own("Ann").id
    with pytest.raises(Taken):
        play.db.write_now(access.change, play.boss, own, ["OrganizationMember"])
    with pytest.raises(Taken):
        play.db.write_now(access.drop, play.boss, own)
    kept = play.db.write_now(access.change, play.boss, own, ["OrganizationAdmin", "OrganizationBilling"])
    assert kept.roles == ("OrganizationAdmin", "OrganizationBilling")
    assert roles(play.db, play.home) == {"Ann": "owner", "Bob": "member"}


ROADS: dict[str, Callable[[Write, Caller, int, str, str], object]] = {
    "access taken": lambda w, by, _seq, _id, own: access.drop(w, by, own),
    "access changed": lambda w, by, _seq, _id, own: access.change(w, by, own, ["OrganizationBilling"]),
    "role changed": lambda w, by, seq, _id, _own: members.change_role(w, by, seq, "member"),
    "membership ended": lambda w, by, seq, _id, _own: members.remove(w, by, seq),
    "member dropped": lambda w, by, _seq, id, _own: profiles.drop(w, by, id),
}
"""How somebody may cease to administer: by the number and the id of their membership, or the id of their access."""


def test_of_two_admins_who_go_at_once_one_stays_by_whichever_road(db: Database):
    people = [person(db, somebody(db, name)) for name in ("Bob", "Cleo")]
    with ThreadPoolExecutor(2) as pool:
        for one, other in itertools.product(ROADS, repeat=2):
            home = db.write_now(identity.found_organization, f"{one}, {other}")
            boss = identity.command_line(home)
            for each in people:
                db.write_now(identity.join, boss, each, "admin")
            ends = _ends(db, boss)
            ready = threading.Barrier(2)
            went = list(pool.map(lambda at: _went(db, ready, at), zip((one, other), ends, strict=True)))  # noqa: B023
            assert sorted(went) == [False, True], home.name
            assert list(roles(db, home).values()).count("admin") == 1, home.name
            found, _ = db.read_now(access.page, boss)
            assert [each.roles for each in found].count(("OrganizationAdmin",)) == 1, home.name


Ending = tuple[Caller, int, str, str]


def _ends(db: Database, boss: Caller) -> list[Ending]:
    found, _ = db.read_now(access.page, boss)
    numbers = sorted(each.seq for each in db.read_now(members.page, boss)[0])
    return [
        (boss, seq, own.holder.id, own.id)
        for seq, own in zip(numbers, sorted(found, key=lambda each: each.holder.seq), strict=True)
    ]


def _went(db: Database, ready: threading.Barrier, at: tuple[str, Ending]) -> bool:
    road, arguments = at
    ready.wait()
    try:
        db.write_now(ROADS[road], *arguments)
    except Invalid:
        return False
    return True


def test_what_goes_takes_the_access_to_it_along(play: Play):
    bob = play.join("Bob")
    play.give(play.project, bob, "ProjectReader")
    play.give(play.app, bob, "ProjectAdmin")
    play.db.write_now(things.drop, play.boss, play.project)
    assert play.by("Bob").grants == identity.Grants(frozenset({"OrganizationMember"}))
    assert play.db.read_now(things.find, play.boss, play.app) is None
    with pytest.raises(Missing):
        play.give(play.app, bob, "ProjectAdmin")


def test_another_organizations_things_and_people_are_missing(play: Play):
    zoe = somebody(play.db, "Zoe")
    other = identity.command_line(play.db.write_now(organizations.establish, zoe, {"name": "Other"}))
    theirs = ids.prefixed("proj")
    play.db.write_now(things.put, other, theirs, "Project", "Theirs")
    stranger = play.db.read_now(access.page, other)[0][0]
    bob = play.join("Bob")
    for entity, holder in ((theirs, bob), (play.project, stranger.holder.id)):
        with pytest.raises(Missing):
            play.give(entity, holder, "ProjectReader")
    for verb in (access.drop, access.find):
        with pytest.raises(Missing):
            play.db.write_now(verb, play.boss, stranger.id)
    play.db.write_now(things.drop, play.boss, theirs)
    assert play.db.read_now(things.find, other, theirs) is not None


def test_who_leaves_leaves_nothing_behind(play: Play):
    bob = play.join("Bob")
    play.give(play.project, bob, "ProjectAdmin")
    ann = play.by("Ann")
    number = next(m.seq for m in play.db.read_now(members.page, ann)[0] if m.person.name == "Bob")
    play.db.write_now(members.remove, ann, number)
    assert play.every() == [("Acme", "Ann", ("OrganizationAdmin",))]
    with pytest.raises(Missing):
        play.by("Bob")


def _rows(db: Database) -> dict[str, int]:
    """How many rows speak of who is in an organization, or of what they may do there."""

    def count(r: Read) -> dict[str, int]:
        tables = (ACCESS, TEAM_MEMBERS, FAVORITES, API_KEY_SECRETS)
        return {each.name: r.run(select(func.count()).select_from(each)).scalar_one() for each in tables}

    return db.read_now(count)


def _full(play: Play) -> None:
    """Bob is in a team, with access of his own and his team's, a favorite, and a program beside him."""
    bob = play.join("Bob")
    team = play.db.write_now(teams.create, play.boss, "Core")
    play.db.write_now(teams.replace_members, play.boss, team.id, [bob])
    for holder in (bob, team.id):
        play.give(play.project, holder, "ProjectReader")
    play.db.write_now(favorites.add, play.by("Bob"), bob, play.project)
    play.db.write_now(api_keys.create, play.boss, "Robot")


def test_a_member_who_is_removed_and_a_team_that_is_dropped_leave_no_rows(play: Play):
    _full(play)
    assert _rows(play.db) == {"access": 3, "team_members": 1, "favorites": 1, "api_key_secrets": 1}
    play.db.write_now(profiles.drop, play.boss, play.by("Bob").member)
    assert _rows(play.db) == {"access": 2, "team_members": 0, "favorites": 0, "api_key_secrets": 1}
    (team,) = play.db.read_now(teams.page, play.boss)
    play.db.write_now(teams.drop, play.boss, team.id)
    assert _rows(play.db) == {"access": 1, "team_members": 0, "favorites": 0, "api_key_secrets": 1}


def test_an_organization_that_is_closed_leaves_no_rows(play: Play):
    _full(play)
    play.db.write_now(organizations.close, play.by("Ann"))
    assert set(_rows(play.db).values()) == {0}


def test_a_closed_organization_lets_nobody_in(play: Play):
    key, secret = play.db.write_now(api_keys.create, play.boss, "Robot")
    assert secret.value is not None
    robot = play.db.read_now(api_keys.by_id_and_secret, key.id, secret.value)
    assert robot is not None
    play.db.write_now(organizations.close, play.by("Ann"))
    assert play.db.read_now(api_keys.by_id_and_secret, key.id, secret.value) is None
    for by in (play.callers["Ann"], robot, play.boss):
        with pytest.raises(Missing):
            play.db.read_now(access.enter, by, play.home.wire_id)


def test_what_changes_is_announced_with_what_it_is_about(play: Play):
    bob = play.join("Bob")
    made = play.give(play.app, bob, "ProjectReader")
    play.db.write_now(access.change, play.boss, made.id, ["ProjectAdmin"])
    play.db.write_now(access.drop, play.boss, made.id)

    events = play.db.read_now(audit.recent, play.boss)
    assert [each.action for each in events if each.subject_id == made.id] == [
        "access.deleted", "access.updated", "access.created",
    ]  # fmt: skip
