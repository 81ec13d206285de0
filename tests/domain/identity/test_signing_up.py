"""Accounts that people make for themselves."""

import re
from collections.abc import Iterator

import pytest

from hyway.domain import audit, identity, notices
from hyway.domain.identity import signing_up
from hyway.kernel import clock
from hyway.kernel.db import Database
from hyway.kernel.faults import Gone, Invalid, Refused, Spent
from hyway.kernel.seal import Seal
from tests.make.people import PASSWORD, alone, faults, somebody
from tests.make.world import KEY


@pytest.fixture
def mailing(database_url: str) -> Iterator[Database]:
    """A server that can send mail."""
    made = Database(database_url, Seal(KEY), home="https://go.example", services=frozenset({"smtp"}))
    made.hearers += [audit.record, notices.hear]
    yield made
    made.close()


@pytest.fixture
def closed(database_url: str) -> Iterator[Database]:
    made = Database(database_url, Seal(KEY), home="https://go.example", terms={"sign_up": 0})
    made.hearers += [audit.record, notices.hear]
    yield made
    made.close()


def new(name: str = "Kim", email: str = "kim@example.com", password: str = PASSWORD) -> signing_up.Newcomer:
    return signing_up.newcomer(name, email, password)


def links(db: Database, address: str) -> list[str]:
    every = db.read_now(notices.letters, address)
    return [token for mail in every for token in re.findall(r"/sign-up/(\S+)", mail.text)]


def test_by_mail_an_address_comes_first(mailing: Database):
    assert mailing.read_now(signing_up.by_mail)
    mailing.write_now(signing_up.begin, "Kim@Example.com", "1")
    assert mailing.read_now(identity.person_by_email, "kim@example.com") is None
    (token,) = links(mailing, "kim@example.com")
    person = mailing.write_now(signing_up.finish, token, new(email="other@example.com"))
    assert (person.email, person.name, person.is_confirmed) == ("kim@example.com", "Kim", True)
    opened = mailing.write_now(identity.sign_in, "kim@example.com", PASSWORD)
    assert opened is not None
    assert opened[1].organization is None
    with pytest.raises(Invalid, match="already been taken"):
        mailing.write_now(signing_up.finish, token, new(password="another password"))
    with pytest.raises(Refused):
        mailing.write_now(signing_up.at_once, new(email="x@example.com"), "1")


def test_the_answer_does_not_tell_who_is_known(mailing: Database):
    somebody(mailing, "Ann")
    assert mailing.write_now(signing_up.begin, "ann@example.com", "1") is None
    (mail,) = mailing.read_now(notices.letters, "ann@example.com")
    assert mail.subject == "You have an account already"
    assert links(mailing, "ann@example.com") == []


def test_without_mail_an_account_is_made_at_once(db: Database):
    person = db.write_now(signing_up.at_once, new(), "1")
    assert not person.is_confirmed
    opened = db.write_now(identity.sign_in, "kim@example.com", PASSWORD)
    assert opened is not None
    assert (opened[1].person, opened[1].caller().organization) == (person, identity.NOBODYS)
    with pytest.raises(Invalid) as taken:
        db.write_now(signing_up.at_once, new("Eve"), "1")
    assert faults(taken.value) == [("email", "has already been taken")]


def test_a_closed_door_lets_in_who_is_invited(closed: Database):
    with pytest.raises(Refused):
        closed.write_now(signing_up.at_once, new(), "1")
    with pytest.raises(Refused):
        closed.write_now(signing_up.begin, "kim@example.com", "1")
    ann = somebody(closed, "Ann")
    acme = closed.write_now(identity.organizations.establish, ann, {"name": "Acme"})
    owner = closed.read_now(identity.at_organization, ann, acme.seq)
    closed.write_now(identity.joining.invite, owner, "kim@example.com")
    (token,) = links(closed, "kim@example.com")
    assert closed.write_now(signing_up.finish, token, new()).name == "Kim"


@pytest.mark.parametrize(
    ("name", "email", "password", "told"),
    [
        (" ", "k@example.com", PASSWORD, [("name", "can't be blank")]),
        ("x" * 101, "k@example.com", PASSWORD, [("name", "is too long (maximum is 100 characters)")]),
        ("a\nb", "k@example.com", PASSWORD, [("name", "is invalid")]),
        ("Kim", "", PASSWORD, [("email", "can't be blank")]),
        ("Kim", "k@", PASSWORD, [("email", "is invalid")]),
        ("Kim", "k@example.com", "x" * 9, [("password", "is too short (minimum is 10 characters)")]),
        ("Kim", "k@example.com", "x" * 201, [("password", "is too long (maximum is 200 characters)")]),
        (
            "", "", "",
            [
                ("name", "can't be blank"),
                ("email", "can't be blank"),
                ("password", "is too short (minimum is 10 characters)"),
            ],
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_form(name, email, password, told):
    with pytest.raises(Invalid) as wrong:
        signing_up.newcomer(name, email, password)
    assert faults(wrong.value) == told


def test_a_newcomers_password_is_not_shown():
    assert PASSWORD not in repr(new())
    assert "argon2" not in repr(new())


def test_one_place_makes_few_accounts(db: Database, later):
    for n in range(20):
        db.write_now(signing_up.at_once, signing_up.Newcomer("K", f"k{n}@example.com", "x"), "1.2.3.4")
    more = signing_up.Newcomer("K", "k20@example.com", "x")
    with pytest.raises(Spent):
        db.write_now(signing_up.at_once, more, "1.2.3.4")
    db.write_now(signing_up.at_once, signing_up.Newcomer("K", "k21@example.com", "x"), "1.2.3.5")
    later(clock.HOUR + 1)
    db.write_now(signing_up.at_once, more, "1.2.3.4")


def test_one_address_gets_few_letters(mailing: Database):
    for n in range(4):
        mailing.write_now(signing_up.begin, "kim@example.com", str(n))
    with pytest.raises(Spent):
        mailing.write_now(signing_up.begin, "KIM@example.com", "5")
    assert len(mailing.read_now(notices.letters, "kim@example.com")) == 4


@pytest.mark.parametrize("token", ["", "x", "9999999999~6b.AAAA", "~.", "é"])
def test_a_link_that_is_not_ours_opens_nothing(db: Database, token: str):
    with pytest.raises(Gone):
        db.read_now(signing_up.proven, token)


def test_a_link_of_sign_up_ends_after_a_day(mailing: Database, later):
    mailing.write_now(signing_up.begin, "kim@example.com", "1")
    (token,) = links(mailing, "kim@example.com")
    later(clock.DAY + clock.SECOND)
    with pytest.raises(Gone, match="too old"):
        mailing.write_now(signing_up.finish, token, new())


def test_nobody_confirms_anothers_address(db: Database):
    eve = alone(db.write_now(signing_up.at_once, new("Eve", "eve@example.com"), "1"))

    def link(r, email):
        return signing_up.link(r, email).rpartition("/")[2]

    with pytest.raises(Gone, match="another address"):
        db.write_now(signing_up.confirm, eve, db.read_now(link, "kim@example.com"))
    mine = db.read_now(link, "eve@example.com")
    assert db.write_now(signing_up.confirm, eve, mine).is_confirmed
    assert db.write_now(signing_up.confirm, eve, mine).is_confirmed


def test_the_log_holds_no_key(mailing: Database):
    mailing.write_now(signing_up.begin, "kim@example.com", "1")
    (token,) = links(mailing, "kim@example.com")
    mailing.write_now(signing_up.finish, token, new())
    nobody = identity.Caller(identity.NOBODYS, "", "system", "x", "x", "x")
    every = mailing.read_now(audit.recent, nobody)
    assert {each.action for each in every} >= {"sign_up.asked", "person.signed_up"}
    assert token not in str(every)
    assert "argon2" not in str(every)
