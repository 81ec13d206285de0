"""Notices: told, counted, seen, and only to the organization they are for."""

from collections.abc import Iterator

import pytest

from hyway.domain import identity, notices
from hyway.kernel.db import Database
from hyway.kernel.seal import Seal


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    made = Database(database_url, Seal(b"k" * 32))
    made.hearers.append(notices.hear)
    yield made
    made.close()


@pytest.fixture
def by(db: Database) -> identity.Caller:
    return identity.command_line(db.write_now(identity.found_organization, "Ours"))


def test_they_are_counted_until_seen(db: Database, by: identity.Caller):
    other = identity.command_line(db.write_now(identity.found_organization, "Theirs"))
    for n in range(3):
        db.write_now(notices.post, by.organization, "x.happened", f"title {n}", "body", "/console")
    db.write_now(notices.post, other.organization, "x.happened", "theirs", "body")
    found = db.read_now(notices.recent, by)
    assert [each.title for each in found] == ["title 2", "title 1", "title 0"]
    assert [each.title for each in db.read_now(notices.recent, by, before=found[0].seq, most=1)] == [
        "title 1"
    ]
    assert db.read_now(notices.count_unseen, by) == 3
    db.write_now(notices.mark_seen, by, found[1].seq)
    assert db.read_now(notices.count_unseen, by) == 1
    assert [each.seen_at is None for each in db.read_now(notices.recent, by)] == [True, False, False]
    assert db.read_now(notices.count_unseen, other) == 1


def test_a_webhook_that_was_switched_off_is_told(db: Database, by: identity.Caller):
    def switch_off(w):
        w.announce(
            by, "webhook.disabled", "webhook", "w1", {"url": "https://example.com", "reason": "it is gone"}
        )
        w.announce(by, "webhook.changed", "webhook", "w1", {})

    db.write_now(switch_off)
    (notice,) = db.read_now(notices.recent, by)
    assert (notice.kind, notice.link) == ("webhook.disabled", "/console/webhooks/w1")
    assert "https://example.com: it is gone." in notice.body
