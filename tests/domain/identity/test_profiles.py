"""Members as their organization knows them: who is told, who arrives, and what the log says."""

import pytest

from hyway.domain import identity, notices
from hyway.domain.identity import Caller, NewMember, Organization, profiles, signing_up
from hyway.domain.notices.store.tables import MAILS
from hyway.kernel.db import Database, Read
from hyway.kernel.faults import Taken
from tests.make.people import person, somebody, there

MIA = {"type": "property", "field": "firstName", "operator": "equals", "value": "mia"}


@pytest.fixture
def ann(db: Database) -> Caller:
    return somebody(db, "Ann")


@pytest.fixture
def acme(db: Database, ann: Caller) -> Organization:
    return db.write_now(identity.organizations.establish, ann, {"name": "Acme"})


@pytest.fixture
def by(db: Database, ann: Caller, acme: Organization) -> Caller:
    return there(db, ann, acme)


def letters(db: Database, address: str) -> list[str]:
    """The subjects of what was written to an address."""

    def found(r: Read) -> list[str]:
        return [row.subject for row in r.run(MAILS.select().where(MAILS.c.address == address))]

    return db.read_now(found)


@pytest.fixture
def told(db: Database) -> list[str]:
    """The actions of all facts, as they happen."""
    heard: list[str] = []
    db.hearers.append(lambda _w, facts: heard.extend(fact.action for fact in facts))
    return heard


def test_who_is_known_is_told_in_the_inbox(db: Database, by: Caller):
    bob = somebody(db, "Bob")
    made = db.write_now(profiles.create, by, NewMember("BOB@example.com", "Robert"))
    assert (made.nickname, made.roles) == ("Robert", ("OrganizationMember",))
    (told,) = db.read_now(notices.inbox, bob)[0]
    assert (told.title, told.body) == ("You are now a member of Acme", "Ann has made you a member of Acme.")
    db.write_now(profiles.drop, by, made.id)
    newest = db.read_now(notices.inbox, bob)[0][0]
    assert newest.title == "You are no longer a member of Acme"


def test_who_is_nobody_yet_finds_a_way_in_in_a_letter(db: Database, by: Caller):
    made = db.write_now(profiles.create, by, NewMember("mia@example.com"))
    assert (made.first_name, made.nickname) == (None, "mia")
    assert letters(db, "mia@example.com") == ["You are a member of Acme"]
    assert db.write_now(identity.sign_in, "mia@example.com", "") is None


def test_who_arrives_says_what_they_are_called(db: Database, by: Caller):
    """From then on the organization knows them so, and the teams that are for them hold them."""
    made = db.write_now(profiles.create, by, NewMember("m@example.com"))
    team = db.write_now(identity.teams.create, by, "Mias", None, [MIA])
    assert team.member_count == 0
    token = db.read_now(signing_up.link, "m@example.com").rpartition("/")[2]
    db.write_now(signing_up.finish, token, signing_up.Newcomer("Mia Ray", "m@example.com", "x"))
    now = db.read_now(profiles.find, by, made.id)
    assert (now.first_name, now.last_name, now.nickname) == ("Mia", "Ray", "Mia Ray")
    assert [each.name for each in now.teams] == ["Mias"]
    assert [each.id for each in db.read_now(profiles.page, by, search="mia ray")[0]] == [made.id]


def test_whoever_asked_or_was_asked_waits_no_longer(db: Database, by: Caller):
    bob = somebody(db, "Bob")
    db.write_now(identity.joining.invite, by, "bob@example.com")
    db.write_now(profiles.create, by, NewMember("bob@example.com"))
    assert db.read_now(identity.joining.invitations, by)[1] == 0
    assert db.read_now(identity.joining.my_invitations, bob)[1] == 0


def test_the_other_api_keeps_its_words(db: Database, by: Caller, ann: Caller):
    own = next(each for each in db.read_now(profiles.page, by)[0] if each.email == "ann@example.com")
    with pytest.raises(Taken, match="Organization owner cannot be removed"):
        db.write_now(profiles.drop, by, own.id)
    assert person(db, ann).name == "Ann"


def test_each_change_is_told_once(db: Database, by: Caller, told: list[str]):
    made = db.write_now(profiles.create, by, NewMember("m@example.com", "Mia"))
    db.write_now(profiles.change, by, made.id, first_name="Maria")
    db.write_now(profiles.change, by, made.id, first_name="Maria")
    db.write_now(profiles.drop, by, made.id)
    assert told == ["member.created", "member.updated", "member.removed"]


def test_changes_of_teams_are_told(db: Database, by: Caller, told: list[str]):
    made = db.write_now(profiles.create, by, NewMember("m@example.com", "Mia"))
    team = db.write_now(identity.teams.create, by, "Core")
    db.write_now(identity.teams.replace_members, by, team.id, [made.id])
    db.write_now(identity.teams.replace_members, by, team.id, [made.id])
    db.write_now(identity.teams.remove, by, team.id, made.id)
    db.write_now(identity.teams.change, by, team.id, name="Core")
    db.write_now(identity.teams.change, by, team.id, type="dynamic", criteria_=[MIA])
    db.write_now(identity.teams.drop, by, team.id)
    assert told[1:] == [
        "team.created", "team.members_replaced", "team.member_removed", "team.updated", "team.deleted",
    ]  # fmt: skip
