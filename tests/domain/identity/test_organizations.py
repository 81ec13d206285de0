"""Organizations of people: founded, changed, closed."""

import pytest

from hyway.domain import audit, identity
from hyway.domain.identity import organizations
from hyway.kernel import seal
from hyway.kernel.db import Database
from hyway.kernel.faults import Invalid, Missing, Refused
from tests.make.people import faults, person, roles, signed_in, somebody, there


def test_who_founds_one_owns_it(db: Database):
    ann = somebody(db, "Ann")
    made = db.write_now(organizations.establish, ann, {"name": " Acme ", "website": "https://acme.example"})
    assert (made.name, made.privacy, made.website, made.logo) == (
        "Acme", "private", "https://acme.example", None,
    )  # fmt: skip
    assert roles(db, made) == {"Ann": "owner"}
    assert db.read_now(organizations.find, ann, made.seq) == made
    assert db.read_now(organizations.page, ann) == ([made], 1)
    (line,) = db.read_now(audit.recent, there(db, ann, made), action="organization.created")
    assert (line.actor_name, line.subject_id) == ("Ann", made.id)


def test_pages_hold_ones_own_by_number(db: Database):
    ann, bob = somebody(db, "Ann"), somebody(db, "Bob")
    made = [db.write_now(organizations.establish, ann, {"name": f"A{n}"}) for n in range(3)]
    db.write_now(organizations.establish, bob, {"name": "B"})
    assert db.read_now(organizations.page, ann, 1, 1) == ([made[1]], 3)
    assert db.read_now(organizations.page, ann, 3, 20) == ([], 3)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, [("name", "can't be blank")]),
        ({"name": " "}, [("name", "can't be blank")]),
        ({"name": None}, [("name", "can't be blank")]),
        ({"name": "x" * 101}, [("name", "is too long (maximum is 100 characters)")]),
        ({"name": "a\0b"}, [("name", "is invalid")]),
        ({"name": "aCME"}, [("name", "has already been taken")]),
        ({"name": "New", "privacy_setting": "secret"}, [("privacy_setting", "is not included in the list")]),
        ({"name": "New", "privacy_setting": None}, [("privacy_setting", "is not included in the list")]),
        ({"name": "New", "website": "javascript:alert(1)"}, [("website", "is invalid")]),
        ({"name": "New", "website": "https://"}, [("website", "is invalid")]),
        ({"name": "New", "website": "https://a b.example"}, [("website", "is invalid")]),
        ({"name": "New", "website": "https://[::1"}, [("website", "is invalid")]),
        (
            {"website": "x", "privacy_setting": "x"},
            [
                ("name", "can't be blank"),
                ("privacy_setting", "is not included in the list"),
                ("website", "is invalid"),
            ],
        ),
    ],
)
def test_what_is_wrong_is_told_at_once_and_in_order(db: Database, fields, told):
    ann = somebody(db, "Ann")
    db.write_now(organizations.establish, ann, {"name": "Acme"})
    with pytest.raises(Invalid) as wrong:
        db.write_now(organizations.establish, ann, fields)
    assert faults(wrong.value) == told
    assert db.read_now(organizations.page, ann)[1] == 1


def test_what_is_mentioned_changes(db: Database):
    ann = somebody(db, "Ann")
    made = db.write_now(organizations.establish, ann, {"name": "Acme", "website": "https://acme.example"})
    owner = there(db, ann, made)
    new = db.write_now(organizations.change, owner, {"privacy_setting": "public"})
    assert (new.privacy, new.website) == ("public", "https://acme.example")
    assert new.updated_at > made.updated_at
    assert db.write_now(organizations.change, owner, {"name": "ACME"}).name == "ACME"
    last = db.write_now(organizations.change, owner, {"website": ""})
    assert last.website is None
    same = db.write_now(organizations.change, owner, {"website": "", "name": "ACME"})
    assert same.updated_at == last.updated_at
    assert len(db.read_now(audit.recent, owner, action="organization.changed")) == 3


def test_members_look_and_do_not_touch(db: Database):
    ann, bob = somebody(db, "Ann"), somebody(db, "Bob")
    made = db.write_now(organizations.establish, ann, {"name": "Acme"})
    with pytest.raises(Missing, match="Not authorized"):
        db.read_now(organizations.find, bob, made.seq)
    db.write_now(identity.join, there(db, ann, made), person(db, bob), "member")
    assert db.read_now(organizations.find, bob, made.seq) == made
    with pytest.raises(Refused, match="Not authorized"):
        db.write_now(organizations.change, there(db, bob, made), {"name": "Bobs"})
    with pytest.raises(Refused, match="Not authorized"):
        db.write_now(organizations.close, there(db, bob, made))


def test_a_closed_one_is_nobodys_and_its_name_is_free(db: Database):
    ann, bob = somebody(db, "Ann"), somebody(db, "Bob")
    made = db.write_now(organizations.establish, ann, {"name": "Acme", "privacy_setting": "restricted"})
    other = db.write_now(organizations.establish, ann, {"name": "Other"})
    owner = there(db, ann, made)
    db.write_now(identity.joining.ask, bob, made.seq)
    key = db.write_now(identity.issue_key, owner, identity.NewKey("hoko", "k"))
    token, _ = signed_in(db, "ann@example.com")
    before = db.read_now(identity.session, token)
    assert before is not None
    assert before.organization == made
    db.write_now(organizations.close, owner)
    with pytest.raises(Missing):
        db.read_now(identity.at_organization, ann, made.seq)
    assert db.read_now(identity.caller_of_key, seal.digest(key.secret), ["hoko"]) is None
    after = db.read_now(identity.session, token)
    assert after is not None
    assert after.organization == other
    assert db.read_now(identity.joining.my_requests, bob) == ([], 0)
    with pytest.raises(Missing):
        db.write_now(identity.joining.ask, bob, made.seq)
    assert db.read_now(organizations.page, ann) == ([other], 1)
    assert made not in db.read_now(identity.every_organization)
    assert db.read_now(audit.recent, owner, action="organization.closed")
    again = db.write_now(organizations.establish, bob, {"name": "Acme"})
    assert again.seq != made.seq


def test_admins_do_not_close(db: Database):
    ann, bob = somebody(db, "Ann"), somebody(db, "Bob")
    made = db.write_now(organizations.establish, ann, {"name": "Acme"})
    db.write_now(identity.join, there(db, ann, made), person(db, bob), "admin")
    with pytest.raises(Refused):
        db.write_now(organizations.close, there(db, bob, made))
