"""Joining: asked by people, offered by organizations, one matter at a time."""

import re

import pytest

from hyway.domain import identity, notices
from hyway.domain.identity import Caller, Organization, joining, members, organizations, signing_up
from hyway.kernel import clock
from hyway.kernel.db import Database
from hyway.kernel.faults import Gone, Invalid, Missing, Refused, Spent
from tests.make.people import PASSWORD, alone, faults, person, roles, signed_in, somebody, there


@pytest.fixture
def ann(db: Database) -> Caller:
    return somebody(db, "Ann")


@pytest.fixture
def bob(db: Database) -> Caller:
    return somebody(db, "Bob")


def found(db: Database, by: Caller, privacy: str, name: str = "Acme") -> Organization:
    return db.write_now(organizations.establish, by, {"name": name, "privacy_setting": privacy})


def types(db: Database, by: Caller) -> list[str]:
    return [each.type.split("::")[1] for each in db.read_now(notices.inbox, by)[0]]


def test_a_public_one_takes_in_at_once(db: Database, ann: Caller, bob: Caller):
    acme = found(db, ann, "public")
    made = db.write_now(joining.ask, bob, acme.seq)
    assert (made.kind, made.status, made.role) == ("request", "approved", "member")
    assert roles(db, acme) == {"Ann": "owner", "Bob": "member"}
    with pytest.raises(Invalid) as wrong:
        db.write_now(joining.ask, bob, acme.seq)
    assert faults(wrong.value) == [("user", "is already a member")]
    assert types(db, ann) == []


def test_a_private_one_is_not_there(db: Database, ann: Caller, bob: Caller):
    acme = found(db, ann, "private")
    for seq in (acme.seq, 10_000):
        with pytest.raises(Missing, match="Not authorized"):
            db.write_now(joining.ask, bob, seq)


def test_a_restricted_one_is_asked(db: Database, ann: Caller, bob: Caller):
    acme = found(db, ann, "restricted")
    asked = db.write_now(joining.ask, bob, acme.seq)
    assert (asked.status, roles(db, acme)) == ("pending", {"Ann": "owner"})
    with pytest.raises(Invalid) as wrong:
        db.write_now(joining.ask, bob, acme.seq)
    assert faults(wrong.value) == [("user", "already has a pending request")]
    (told,) = db.read_now(notices.inbox, ann)[0]
    assert (told.type, told.params, told.record_type, told.record) == (
        "Membership::JoinRequestReceivedNotifier",
        {"user_name": "Bob", "organization_name": "Acme"},
        "Membership::JoinRequest",
        asked.seq,
    )
    owner = there(db, ann, acme)
    assert db.read_now(joining.requests, owner) == ([asked], 1)
    assert db.read_now(joining.my_requests, bob) == ([asked], 1)
    approved = db.write_now(joining.approve, owner, asked.seq)
    assert (approved.status, approved.decided_at is not None) == ("approved", True)
    assert roles(db, acme) == {"Ann": "owner", "Bob": "member"}
    assert types(db, bob) == ["RequestAcceptedNotifier"]
    assert db.read_now(joining.requests, owner) == ([], 0)
    for verb in (joining.approve, joining.reject):
        with pytest.raises(Missing):
            db.write_now(verb, owner, asked.seq)


def test_who_is_rejected_may_ask_again(db: Database, ann: Caller, bob: Caller):
    acme = found(db, ann, "restricted")
    asked = db.write_now(joining.ask, bob, acme.seq)
    db.write_now(joining.reject, there(db, ann, acme), asked.seq)
    assert db.read_now(joining.my_requests, bob) == ([], 0)
    assert types(db, bob) == ["RequestRejectedNotifier"]
    again = db.write_now(joining.ask, bob, acme.seq)
    db.write_now(joining.cancel, bob, again.seq)
    assert db.read_now(joining.requests, there(db, ann, acme)) == ([], 0)


def test_only_admins_decide_and_only_their_own(db: Database, ann: Caller, bob: Caller):
    acme = found(db, ann, "restricted")
    asked = db.write_now(joining.ask, bob, acme.seq)
    cleo = somebody(db, "Cleo")
    db.write_now(
        identity.join,
        there(db, ann, acme),
        person(db, cleo),
        "member",
    )
    member = there(db, cleo, acme)
    for verb in (joining.approve, joining.reject):
        with pytest.raises(Refused):
            db.write_now(verb, member, asked.seq)
    for page in (joining.requests, joining.invitations):
        with pytest.raises(Refused):
            db.read_now(page, member)
    eve = somebody(db, "Eve")
    other = there(db, eve, found(db, eve, "public", "Other"))
    for verb in (joining.approve, joining.reject, joining.withdraw):
        with pytest.raises(Missing):
            db.write_now(verb, other, asked.seq)
    for verb in (joining.cancel, joining.accept, joining.decline):
        with pytest.raises(Missing):
            db.write_now(verb, eve, asked.seq)
    assert db.read_now(joining.requests, there(db, ann, acme)) == ([asked], 1)


def test_somebody_known_is_invited_in_the_inbox(db: Database, ann: Caller, bob: Caller):
    acme = found(db, ann, "private")
    owner = there(db, ann, acme)
    made = db.write_now(joining.invite, owner, " BOB@example.com ", "admin")
    assert (made.email, made.role, made.status) == ("bob@example.com", "admin", "pending")
    (told,) = db.read_now(notices.inbox, bob)[0]
    assert (told.type, told.record, told.link) == (
        "Membership::InvitationNotifier", made.seq, "/me/invitations",
    )  # fmt: skip
    assert db.read_now(joining.my_invitations, bob) == ([made], 1)
    assert db.read_now(joining.invitations, owner) == ([made], 1)
    with pytest.raises(Invalid) as wrong:
        db.write_now(joining.invite, owner, "bob@example.com")
    assert faults(wrong.value) == [("email", "already has a pending request")]
    db.write_now(joining.accept, bob, made.seq)
    assert roles(db, acme)["Bob"] == "admin"
    with pytest.raises(Invalid) as inside:
        db.write_now(joining.invite, owner, "bob@example.com")
    assert faults(inside.value) == [("email", "is already a member")]


def test_an_invitation_is_declined_or_taken_back(db: Database, ann: Caller, bob: Caller):
    acme = found(db, ann, "private")
    owner = there(db, ann, acme)
    db.write_now(joining.decline, bob, db.write_now(joining.invite, owner, "bob@example.com").seq)
    made = db.write_now(joining.invite, owner, "bob@example.com")
    db.write_now(joining.withdraw, owner, made.seq)
    assert db.read_now(joining.my_invitations, bob) == ([], 0)
    with pytest.raises(Missing):
        db.write_now(joining.accept, bob, made.seq)
    assert roles(db, acme) == {"Ann": "owner"}


def test_asking_where_one_is_invited_is_accepting(db: Database, ann: Caller, bob: Caller):
    acme = found(db, ann, "private")
    db.write_now(joining.invite, there(db, ann, acme), "bob@example.com", "admin")
    assert db.write_now(joining.ask, bob, acme.seq).status == "approved"
    assert roles(db, acme)["Bob"] == "admin"


def test_who_asks_is_not_invited_too(db: Database, ann: Caller, bob: Caller):
    acme = found(db, ann, "restricted")
    db.write_now(joining.ask, bob, acme.seq)
    with pytest.raises(Invalid, match="already has a pending request"):
        db.write_now(joining.invite, there(db, ann, acme), "bob@example.com")


@pytest.mark.parametrize(
    ("email", "role", "told"),
    [
        (None, "member", [("email", "can't be blank")]),
        ("bob", "member", [("email", "is invalid")]),
        ("x@example.com", "owner", [("role", "is not included in the list")]),
        (" ", None, [("email", "can't be blank"), ("role", "is not included in the list")]),
    ],
)
def test_what_is_wrong_with_an_invitation(db: Database, ann: Caller, email, role, told):
    owner = there(db, ann, found(db, ann, "private"))
    with pytest.raises(Invalid) as wrong:
        db.write_now(joining.invite, owner, email, role)
    assert faults(wrong.value) == told


def letter(db: Database, address: str) -> str:
    """The last part of the link in the latest letter to an address."""
    (mail, *_) = db.read_now(notices.letters, address)
    link = re.search(r"https://go\.example/sign-up/(\S+)", mail.text)
    assert link is not None
    return link[1]


def test_who_is_nobody_yet_gets_a_letter_and_finds_the_invitation(db: Database, ann: Caller):
    acme = found(db, ann, "private")
    owner = there(db, ann, acme)
    made = db.write_now(joining.invite, owner, "new@example.com", "admin")
    assert (made.person, made.email) == (None, "new@example.com")
    with pytest.raises(Invalid, match="already has a pending request"):
        db.write_now(joining.invite, owner, "New@Example.com")
    token = letter(db, "new@example.com")
    assert db.read_now(signing_up.proven, token) == "new@example.com"
    made_now = db.write_now(signing_up.finish, token, signing_up.newcomer("New", "new@example.com", PASSWORD))
    mine, total = db.read_now(joining.my_invitations, alone(made_now))
    assert ([each.seq for each in mine], total) == ([made.seq], 1)
    db.write_now(joining.accept, alone(made_now), made.seq)
    assert roles(db, acme) == {"Ann": "owner", "New": "admin"}


def test_an_operators_word_finds_the_invitation_too(db: Database, ann: Caller):
    made = db.write_now(joining.invite, there(db, ann, found(db, ann, "private")), "cleo@example.com")
    cleo = somebody(db, "Cleo")
    assert [each.seq for each in db.read_now(joining.my_invitations, cleo)[0]] == [made.seq]


def test_an_address_that_was_only_said_finds_nothing(db: Database, ann: Caller):
    """Somebody makes an account with another's address; what comes to that address is not theirs."""
    acme = found(db, ann, "private")
    eve = alone(
        db.write_now(signing_up.at_once, signing_up.newcomer("Eve", "victim@example.com", PASSWORD), "1")
    )
    made = db.write_now(joining.invite, there(db, ann, acme), "victim@example.com")
    assert made.person is None
    assert db.read_now(joining.my_invitations, eve) == ([], 0)
    with pytest.raises(Missing):
        db.write_now(joining.accept, eve, made.seq)
    with pytest.raises(Missing):
        db.write_now(joining.ask, eve, acme.seq)
    reader = signing_up.newcomer("Victim", "victim@example.com", "a much better password")
    stolen, _ = signed_in(db, "victim@example.com")
    db.write_now(identity.tokens.create, eve, "mine", "write")
    theirs = db.write_now(signing_up.finish, letter(db, "victim@example.com"), reader)
    assert (theirs.name, theirs.is_confirmed) == ("Victim", True)
    assert db.read_now(identity.session, stolen) is None
    assert db.read_now(identity.tokens.page, alone(theirs)) == ([], 0)
    assert db.write_now(identity.sign_in, "victim@example.com", PASSWORD) is None
    assert [each.seq for each in db.read_now(joining.my_invitations, alone(theirs))[0]] == [made.seq]


def test_an_invitation_takes_the_place_of_what_was_asked(db: Database, ann: Caller):
    """An account whose address is shown to be its own later on, while both directions wait."""
    acme, open_one = found(db, ann, "restricted"), found(db, ann, "public", "Open")
    eve = alone(
        db.write_now(signing_up.at_once, signing_up.newcomer("Eve", "eve@example.com", PASSWORD), "1")
    )
    db.write_now(joining.ask, eve, acme.seq)
    made = db.write_now(joining.invite, there(db, ann, acme), "eve@example.com", "admin")
    db.write_now(joining.ask, eve, open_one.seq)
    db.write_now(joining.invite, there(db, ann, open_one), "eve@example.com")
    db.write_now(signing_up.confirm, eve, letter(db, "eve@example.com"))
    assert [each.seq for each in db.read_now(joining.my_invitations, eve)[0]] == [made.seq]
    assert db.read_now(joining.my_requests, eve) == ([], 0)
    assert db.read_now(joining.invitations, there(db, ann, open_one)) == ([], 0)


def test_invitations_are_counted(db: Database, ann: Caller, monkeypatch, later):
    monkeypatch.setattr(joining, "_INVITATIONS_A_DAY", 2)
    owner = there(db, ann, found(db, ann, "private"))
    for n in range(2):
        db.write_now(joining.invite, owner, f"n{n}@example.com")
    with pytest.raises(Spent):
        db.write_now(joining.invite, owner, "n2@example.com")
    later(clock.DAY + 1)
    db.write_now(joining.invite, owner, "n2@example.com")


def test_a_link_ends(db: Database, ann: Caller, later):
    db.write_now(joining.invite, there(db, ann, found(db, ann, "private")), "new@example.com")
    token = letter(db, "new@example.com")
    later(31 * clock.DAY)
    with pytest.raises(Gone, match="too old"):
        db.read_now(signing_up.proven, token)


def test_pages_of_members_are_not_mixed(db: Database, ann: Caller, bob: Caller):
    """Two organizations, two people: each sees its own."""
    acme, other = found(db, ann, "restricted"), found(db, ann, "restricted", "Other")
    first, second = db.write_now(joining.ask, bob, acme.seq), db.write_now(joining.ask, bob, other.seq)
    assert db.read_now(joining.requests, there(db, ann, acme)) == ([first], 1)
    assert db.read_now(joining.my_requests, bob, 1, 1) == ([second], 2)
    assert db.read_now(members.page, there(db, ann, other))[1] == 1
