"""Endpoints: who may have them, what they may be, and that a secret is seen once."""

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from hyway.domain import audit, identity, webhooks
from hyway.kernel.db import Database
from hyway.kernel.faults import Invalid, Missing, Refused

URL = "https://example.com/hook"


def test_a_new_endpoint_shows_its_secret_once(db: Database, by: identity.Caller):
    made = db.write_now(webhooks.add, by, URL, ["sale.created", "link.clicked", "sale.created"])
    assert made.secret.startswith("whsec_")
    assert made.endpoint.events == ("link.clicked", "sale.created")
    assert db.read_now(webhooks.endpoints, by) == [made.endpoint]
    with db.engine.connect() as connection:
        stored = connection.exec_driver_sql("SELECT secret FROM webhook_endpoints").scalar_one()
    assert made.secret not in stored
    assert made.secret not in repr(made)
    told = db.read_now(audit.recent, by, action="webhook.")
    assert [event.action for event in told] == ["webhook.created"]
    assert made.secret not in str(told)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/",
        "javascript:alert(1)",
        "http://",
        "http:///x",
        "//example.com",
        "http://a..b/",
        "http://user:pass@example.com/",
        "http://example.com/#x",
        "http://exa mple.com/",
        "http://example.com/\0",
        "http://éxample.com/",
        "http://example.com:0/",
        "http://example.com:99999/",
        "http://[::1",
        "http://" + "a" * 64 + ".com/",
        "http://example.com/" + "a" * 2048,
        "https://hyway.test/loop",
        "https://HYWAY.test:443/loop",
    ],
)
def test_a_bad_url_is_refused(db: Database, by: identity.Caller, url: str):
    with pytest.raises(Invalid) as refused:
        db.write_now(webhooks.add, by, url, ["link.clicked"])
    assert refused.value.field == "url"
    assert db.read_now(webhooks.endpoints, by) == []


@pytest.mark.parametrize("events", [[], ["link.viewed"], ["link.clicked", ""]])
def test_unknown_events_are_refused(db: Database, by: identity.Caller, events: list[str]):
    with pytest.raises(Invalid, match=r"event"):
        db.write_now(webhooks.add, by, URL, events)


def test_only_those_who_manage_may_change(db: Database, by: identity.Caller):
    made = db.write_now(webhooks.add, by, URL, ["link.clicked"]).endpoint
    member = dataclasses.replace(by, actor_kind="person", role="member")
    tried: list[tuple[Any, tuple[Any, ...]]] = [
        (webhooks.add, (URL, ["link.clicked"])),
        (webhooks.change, (made.id,)),
        (webhooks.rotate_secret, (made.id,)),
        (webhooks.remove, (made.id,)),
        (webhooks.send_test, (made.id,)),
        (webhooks.replay, ("x",)),
    ]
    for verb, args in tried:
        with pytest.raises(Refused):
            db.write_now(verb, member, *args)
    assert db.read_now(webhooks.endpoints, by) == [made]


def test_strangers_find_nothing(db: Database, by: identity.Caller):
    made = db.write_now(webhooks.add, by, URL, ["link.clicked"]).endpoint
    sent = db.write_now(webhooks.send_test, by, made.id)
    other = identity.command_line(db.write_now(identity.found_organization, "Theirs"))
    assert db.read_now(webhooks.endpoints, other) == []
    assert db.read_now(webhooks.deliveries, other) == []
    assert db.read_now(webhooks.deliveries, other, endpoint_id=made.id) == []
    asked: list[tuple[Any, str]] = [
        (webhooks.endpoint, made.id),
        (webhooks.delivery, sent.id),
        (webhooks.change, made.id),
        (webhooks.rotate_secret, made.id),
        (webhooks.remove, made.id),
        (webhooks.send_test, made.id),
        (webhooks.replay, sent.id),
    ]
    for verb, id in asked:
        with pytest.raises(Missing):
            db.write_now(verb, other, id)
    db.write_now(webhooks.queue, other.organization, "link.clicked", [{"id": "c"}])
    assert len(db.read_now(webhooks.deliveries, by)) == 1


def test_twenty_at_most_even_when_asked_at_once(db: Database, by: identity.Caller):
    def try_one(_: int) -> bool:
        try:
            db.write_now(webhooks.add, by, URL, ["link.clicked"])
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(4) as crew:
        made = list(crew.map(try_one, range(24)))
    assert sum(made) == webhooks.MOST_ENDPOINTS == len(db.read_now(webhooks.endpoints, by))
    db.write_now(webhooks.remove, by, db.read_now(webhooks.endpoints, by)[3].id)
    db.write_now(webhooks.add, by, URL, ["link.clicked"])


def test_what_is_mentioned_changes(db: Database, by: identity.Caller):
    made = db.write_now(webhooks.add, by, URL, ["link.clicked"]).endpoint
    kept = db.write_now(webhooks.change, by, made.id)
    assert kept == made
    changed = db.write_now(webhooks.change, by, made.id, events=["lead.created"], enabled=False)
    assert (changed.url, changed.events, changed.enabled) == (URL, ("lead.created",), False)
    assert changed.disabled_reason == "switched off by hand"
    assert not db.read_now(webhooks.wants, by.organization, "lead.created")
    again = db.write_now(webhooks.change, by, made.id, enabled=True)
    assert (again.enabled, again.disabled_at, again.disabled_reason) == (True, None, None)
    assert db.read_now(webhooks.wants, by.organization, "lead.created")
    assert not db.read_now(webhooks.wants, by.organization, "link.clicked")


def test_rotating_makes_a_new_secret(db: Database, by: identity.Caller):
    made = db.write_now(webhooks.add, by, URL, ["link.clicked"])
    assert db.write_now(webhooks.rotate_secret, by, made.endpoint.id).secret != made.secret
