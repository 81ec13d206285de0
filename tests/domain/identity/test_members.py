"""Members: their order, their roles, and how they leave."""

import pytest

from hyway.domain import audit, identity, notices
from hyway.domain.identity import Caller, Organization, members, organizations
from hyway.kernel.db import Database
from hyway.kernel.faults import Invalid, Missing, Refused
from tests.make.people import faults, person, roles, signed_in, somebody, there

ONLY_ADMIN = "Role cannot be changed because this is the only admin."
OWNER = "Organization owner cannot be demoted from admin role."


@pytest.fixture
def ann(db: Database) -> Caller:
    return somebody(db, "Ann")


@pytest.fixture
def acme(db: Database, ann: Caller) -> Organization:
    return db.write_now(organizations.establish, ann, {"name": "Acme"})


def add(db: Database, acme: Organization, name: str, role: identity.Role) -> Caller:
    by = somebody(db, name)
    db.write_now(identity.join, identity.command_line(acme), person(db, by), role)
    return there(db, by, acme)


def seq(db: Database, acme: Organization, name: str) -> int:
    every = db.read_now(identity.members_of, identity.command_line(acme))
    return next(m.seq for m in every if m.person.name == name)


def titles(db: Database, by: Caller) -> list[str]:
    return [each.title for each in db.read_now(notices.inbox, by)[0]]


def test_admins_come_first(db: Database, acme: Organization):
    everybody: dict[str, identity.Role] = {"Bob": "member", "Cleo": "admin", "Dan": "member", "Eve": "admin"}
    for name, role in everybody.items():
        by = add(db, acme, name, role)
    shown, total = db.read_now(members.page, by)
    assert [m.person.name for m in shown] == ["Ann", "Cleo", "Eve", "Bob", "Dan"]
    assert total == 5
    assert [m.person.name for m in db.read_now(members.page, by, 3, 1)[0]] == ["Bob"]
    assert [p.name for p in db.read_now(members.admins, acme.seq)] == ["Ann", "Cleo", "Eve"]


def test_roles_change_and_their_people_are_told(db: Database, ann: Caller, acme: Organization):
    bob, owner = add(db, acme, "Bob", "member"), there(db, ann, acme)
    changed = db.write_now(members.change_role, owner, seq(db, acme, "Bob"), "admin")
    assert (changed.role, roles(db, acme)["Bob"]) == ("admin", "admin")
    assert changed.updated_at > changed.since
    (told,) = db.read_now(notices.inbox, bob)[0]
    assert (told.type, told.record_type, told.record) == (
        "Membership::RoleChangedNotifier", "Membership", changed.seq,
    )  # fmt: skip
    assert told.body == "You are now an admin of Acme."
    db.write_now(members.change_role, owner, changed.seq, "admin")
    db.write_now(members.change_role, owner, changed.seq, "member")
    assert roles(db, acme)["Bob"] == "member"
    assert len(titles(db, bob)) == 2


@pytest.mark.parametrize(
    ("role", "told"),
    [(None, "can't be blank"), ("", "can't be blank"), ("owner", "is not included in the list"),
     ("x", "is not included in the list")],
)  # fmt: skip
def test_there_are_two_roles_to_give(db: Database, ann: Caller, acme: Organization, role, told):
    add(db, acme, "Bob", "member")
    with pytest.raises(Invalid) as wrong:
        db.write_now(members.change_role, there(db, ann, acme), seq(db, acme, "Bob"), role)
    assert faults(wrong.value) == [("role", told)]


def test_the_owner_is_not_demoted(db: Database, ann: Caller, acme: Organization):
    owner = there(db, ann, acme)
    with pytest.raises(Invalid) as both:
        db.write_now(members.change_role, owner, seq(db, acme, "Ann"), "member")
    assert faults(both.value) == [("base", ONLY_ADMIN), ("base", OWNER)]
    bob = add(db, acme, "Bob", "admin")
    with pytest.raises(Invalid) as one:
        db.write_now(members.change_role, bob, seq(db, acme, "Ann"), "member")
    assert faults(one.value) == [("base", OWNER)]
    assert db.write_now(members.change_role, bob, seq(db, acme, "Ann"), "admin").role == "owner"


def test_the_only_admin_stays_one_where_nobody_owns(db: Database):
    found = db.write_now(identity.found_organization, "Ownerless")
    bob = add(db, found, "Bob", "admin")
    add(db, found, "Cleo", "member")
    with pytest.raises(Invalid) as demoted:
        db.write_now(members.change_role, bob, seq(db, found, "Bob"), "member")
    assert faults(demoted.value) == [("base", ONLY_ADMIN)]
    with pytest.raises(Invalid, match="only admin"):
        db.write_now(members.remove, bob, seq(db, found, "Bob"))
    db.write_now(members.change_role, bob, seq(db, found, "Cleo"), "admin")
    db.write_now(members.remove, bob, seq(db, found, "Bob"))
    assert roles(db, found) == {"Cleo": "admin"}


def test_who_is_removed_is_told_and_out(db: Database, ann: Caller, acme: Organization):
    bob = add(db, acme, "Bob", "member")
    other = db.write_now(organizations.establish, bob, {"name": "Bob's"})
    token, session = signed_in(db, "bob@example.com")
    assert session.organization == acme
    db.write_now(members.remove, there(db, ann, acme), seq(db, acme, "Bob"))
    assert roles(db, acme) == {"Ann": "owner"}
    moved = db.read_now(identity.session, token)
    assert moved is not None
    assert moved.organization == other
    assert titles(db, bob) == ["You are no longer a member of Acme"]
    with pytest.raises(Missing):
        there(db, bob, acme)
    (line,) = db.read_now(audit.recent, there(db, ann, acme), action="member.removed")
    assert (line.actor_name, line.data["user_name"]) == ("Ann", "Bob")


def test_who_leaves_needs_nobodys_word(db: Database, acme: Organization):
    bob = add(db, acme, "Bob", "member")
    token, _ = signed_in(db, "bob@example.com")
    db.write_now(members.remove, bob, seq(db, acme, "Bob"))
    moved = db.read_now(identity.session, token)
    assert moved is not None
    assert moved.organization is None
    assert titles(db, bob) == []


def test_who_may_not_be_removed(db: Database, ann: Caller, acme: Organization):
    with pytest.raises(Invalid, match="owner cannot be removed"):
        db.write_now(members.remove, there(db, ann, acme), seq(db, acme, "Ann"))
    bob = add(db, acme, "Bob", "admin")
    with pytest.raises(Invalid, match="owner cannot be removed"):
        db.write_now(members.remove, bob, seq(db, acme, "Ann"))
    lone = db.write_now(identity.found_organization, "Lone")
    cleo = add(db, lone, "Cleo", "member")
    with pytest.raises(Invalid, match="only member"):
        db.write_now(members.remove, cleo, seq(db, lone, "Cleo"))


def test_members_change_nobody_else(db: Database, ann: Caller, acme: Organization):
    bob = add(db, acme, "Bob", "member")
    add(db, acme, "Cleo", "member")
    with pytest.raises(Refused, match="Not authorized"):
        db.write_now(members.change_role, bob, seq(db, acme, "Cleo"), "admin")
    with pytest.raises(Refused, match="Not authorized"):
        db.write_now(members.remove, bob, seq(db, acme, "Cleo"))
    assert roles(db, acme) == {"Ann": "owner", "Bob": "member", "Cleo": "member"}


def test_members_of_others_are_missing(db: Database, ann: Caller, acme: Organization):
    other = db.write_now(organizations.establish, somebody(db, "Eve"), {"name": "Other"})
    owner = there(db, ann, acme)
    with pytest.raises(Missing, match="Not authorized"):
        db.read_now(members.find, owner, seq(db, other, "Eve"))
    with pytest.raises(Missing, match="Not authorized"):
        db.write_now(members.change_role, owner, seq(db, other, "Eve"), "admin")
    with pytest.raises(Missing, match="Not authorized"):
        db.write_now(members.remove, owner, seq(db, other, "Eve"))
    assert roles(db, other) == {"Eve": "owner"}
