"""A person's inbox: told, seen, read; and what else reaches them."""

import pytest

from hyway.domain import audit, identity, notices
from hyway.domain.notices import Preferences, Telling
from hyway.domain.notices.texts import TEXTS
from hyway.kernel.db import Database
from hyway.kernel.faults import Missing
from hyway.kernel.jobs import Means
from tests.make.people import alone, person, somebody

TYPE = "Membership::RequestAcceptedNotifier"
PARAMS = {"user_name": "Yaro", "organization_name": "Acme {user_name} <b>"}


@pytest.fixture
def db(opened) -> Database:
    means: Means = opened(None)
    return means.db


def tell(db: Database, by: identity.Caller, type: str = TYPE, **more) -> int:
    return db.write_now(notices.tell, Telling(by.person or 0, type, PARAMS, "Membership", 7, **more))


def test_newest_first_to_its_person_alone(db: Database):
    ann, bob = somebody(db, "Ann"), somebody(db, "Bob")
    seqs = [tell(db, ann, link=f"/x/{n}") for n in range(3)]
    tell(db, bob)
    shown, total = db.read_now(notices.inbox, ann)
    assert ([each.seq for each in shown], total) == (seqs[::-1], 3)
    assert [each.link for each in db.read_now(notices.inbox, ann, 1, 1)[0]] == ["/x/1"]
    assert shown[0].title == "You are a member of Acme {user_name} <b>"
    assert dict(shown[0].params) == PARAMS


def test_seen_up_to_what_was_shown(db: Database):
    ann, bob = somebody(db, "Ann"), somebody(db, "Bob")
    seqs = [tell(db, ann) for _ in range(3)]
    theirs = tell(db, bob)
    assert db.read_now(notices.unseen, ann) == 3
    db.write_now(notices.mark_inbox_seen, ann, seqs[1])
    assert [each.seen_at is None for each in db.read_now(notices.inbox, ann)[0]] == [True, False, False]
    assert (db.read_now(notices.unseen, ann), db.read_now(notices.unseen, bob)) == (1, 1)
    db.write_now(notices.mark_inbox_seen, ann, theirs)
    assert (db.read_now(notices.unseen, ann), db.read_now(notices.unseen, bob)) == (0, 1)


def test_reading_is_seeing_and_the_first_time_counts(db: Database):
    ann, bob = somebody(db, "Ann"), somebody(db, "Bob")
    seq = tell(db, ann)
    first = db.write_now(notices.mark_read, ann, seq)
    assert first.read_at is not None
    assert first.seen_at == first.read_at
    assert db.write_now(notices.mark_read, ann, seq) == first
    for missing in (seq + 100, tell(db, bob)):
        with pytest.raises(Missing):
            db.write_now(notices.mark_read, ann, missing)
    assert db.read_now(notices.unseen, bob) == 1


def test_messages_stand_in_their_chat(db: Database):
    ann = somebody(db, "Ann")
    tell(db, ann, is_message=True)
    assert db.read_now(notices.inbox, ann) == ([], 0)
    assert db.read_now(notices.unseen, ann) == 0


def test_of_a_chat_the_first_unseen_message_comes_by_mail(db: Database):
    ann = somebody(db, "Ann")
    for _ in range(3):
        tell(db, ann, is_message=True)
    assert db.read_now(notices.mailbox, ann)[1] == 1
    db.write_now(notices.mark_messages_seen, ann, "Membership", 8)
    tell(db, ann, is_message=True)
    assert db.read_now(notices.mailbox, ann)[1] == 1
    db.write_now(notices.mark_messages_seen, ann, "Membership", 7)
    tell(db, ann, is_message=True)
    assert db.read_now(notices.mailbox, ann)[1] == 2


def test_admins_are_told_and_no_member(db: Database):
    ann, bob, cleo = (somebody(db, name) for name in ("Ann", "Bob", "Cleo"))
    acme = db.write_now(identity.organizations.establish, ann, {"name": "Acme"})
    owner = db.read_now(identity.at_organization, ann, acme.seq)
    db.write_now(identity.join, owner, person(db, bob), "admin")
    db.write_now(identity.join, owner, person(db, cleo), "member")
    db.write_now(notices.tell_admins, acme.seq, Telling(0, TYPE, PARAMS))
    assert [db.read_now(notices.unseen, by) for by in (ann, bob, cleo)] == [1, 1, 0]
    db.write_now(notices.tell_admins, acme.seq, Telling(0, TYPE, PARAMS), bob.person)
    assert [db.read_now(notices.unseen, by) for by in (ann, bob, cleo)] == [2, 1, 0]


def test_what_is_mentioned_of_the_settings_changes(db: Database):
    ann = somebody(db, "Ann")
    assert db.read_now(notices.preferences, ann) == Preferences(True, True, 0)
    assert db.write_now(notices.prefer, ann, push=False) == Preferences(False, True, 0)
    assert db.write_now(notices.prefer, ann, mail=False) == Preferences(False, False, 0)
    assert db.write_now(notices.prefer, ann) == Preferences(False, False, 0)
    assert len(db.read_now(audit.recent, ann, action="notification_settings.changed")) == 2
    tell(db, ann)
    assert db.read_now(notices.mailbox, ann) == ([], 0)
    assert db.read_now(notices.unseen, ann) == 1


def test_a_type_without_words_is_a_mistake(db: Database):
    ann = somebody(db, "Ann")
    with pytest.raises(KeyError):
        tell(db, ann, "Membership::UnheardOfNotifier")
    assert db.read_now(notices.inbox, ann) == ([], 0)


def test_every_type_is_named_as_the_vendor_names_them():
    assert all("::" in name and name.endswith("Notifier") for name in TEXTS)
    assert all(words.title and words.body and len(words.title) <= 120 for words in TEXTS.values())


def test_nobody_reads_anothers_letters(db: Database):
    ann, bob = somebody(db, "Ann"), somebody(db, "Bob")
    acme = db.write_now(identity.organizations.establish, ann, {"name": "Acme"})
    owner = db.read_now(identity.at_organization, ann, acme.seq)
    db.write_now(identity.join, owner, person(db, bob), "member")
    tell(db, bob)
    assert db.read_now(notices.mailbox, owner) == ([], 0)
    (mail,), _ = db.read_now(notices.mailbox, bob)
    assert (mail.state, mail.address) == ("kept", "bob@example.com")
    assert "&lt;b&gt;" in mail.html
    assert "<b>" not in mail.html
    assert alone(person(db, bob)) == bob


def test_members_are_told_that_their_organization_is_closed(db: Database):
    ann, bob, cem = (somebody(db, name) for name in ("Ann", "Bob", "Cem"))
    made = db.write_now(identity.organizations.establish, ann, {"name": "Acme"})
    db.write_now(lambda w: identity.join(w, identity.command_line(made), person(db, bob), "admin"))
    owner = db.read_now(identity.at_organization, ann, made.seq)
    db.write_now(identity.organizations.close, owner)
    assert [db.read_now(notices.unseen, each) for each in (ann, bob, cem)] == [0, 1, 0]
    (only,) = db.read_now(notices.inbox, bob)[0]
    assert (only.type, only.title) == ("Membership::OrganizationClosedNotifier", "Acme is closed")
    assert only.body.startswith("Ann has closed Acme.")
