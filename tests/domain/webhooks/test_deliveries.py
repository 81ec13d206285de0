"""Deliveries: signed, retried, given up, replayed."""

import dataclasses
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from hyway.domain import audit, identity, notices, webhooks
from hyway.domain.webhooks import attempts, jobs, manners, rules, store
from hyway.kernel import clock, outbox
from hyway.kernel.db import Database
from hyway.kernel.faults import Invalid
from hyway.kernel.jobs import Means
from tests.make.receiver import Answer, Receiver

Run = Callable[[], int]
FAILED: Answer = (500, {}, b"no")


@pytest.fixture
def hook(db: Database, by: identity.Caller, receiver: Receiver) -> webhooks.Keyed:
    return db.write_now(webhooks.add, by, receiver.url + "/hook", ["link.clicked", "link.created"])


@pytest.fixture
def click(db: Database, by: identity.Caller, hook: webhooks.Keyed) -> Callable[..., str]:
    """Queues clicks; the id of the newest delivery."""

    def queue(*items: dict) -> str:
        db.write_now(webhooks.queue, by.organization, "link.clicked", items or [{"id": "c1"}])
        return db.read_now(webhooks.deliveries, by)[0].id

    return queue


def only(db: Database, by: identity.Caller) -> webhooks.Delivery:
    (found,) = db.read_now(webhooks.deliveries, by)
    return found


def test_a_delivery_is_signed_and_logged(db, by, receiver: Receiver, hook: webhooks.Keyed, click, run: Run):
    id = click({"id": "c1", "city": "Jeddah", "name": "جدة"})
    assert run() == 1
    (got,) = receiver.received
    stamp, _, mark = got.headers["Hyway-Signature"].partition(",v1=")
    seconds = stamp.removeprefix("t=")
    assert abs(time.time() - int(seconds)) < 5
    signed = f"{seconds}.".encode() + got.body
    assert mark == hmac.new(hook.secret.encode(), signed, hashlib.sha256).hexdigest()
    assert (got.path, got.headers["Hyway-Event"], got.headers["Hyway-Delivery"]) == (
        "/hook",
        "link.clicked",
        id,
    )
    sent = json.loads(got.body)
    assert list(sent) == ["id", "event", "createdAt", "data"]
    assert sent["id"].startswith("evt_")
    assert sent["data"] == [{"id": "c1", "city": "Jeddah", "name": "جدة"}]
    story = db.read_now(webhooks.delivery, by, id)
    assert (story.delivery.state, story.delivery.attempts, story.delivery.next_at) == ("delivered", 1, None)
    assert story.body.encode() == got.body
    (attempt,) = story.attempts
    assert (attempt.status, attempt.error, attempt.excerpt) == (200, None, "ok")


def test_after_rotation_the_new_secret_signs(
    db, by, receiver: Receiver, hook: webhooks.Keyed, click, run: Run
):
    click()
    new = db.write_now(webhooks.rotate_secret, by, hook.endpoint.id).secret
    run()
    got = receiver.received[0]
    seconds, _, mark = got.headers["Hyway-Signature"].removeprefix("t=").partition(",v1=")
    assert mark == hmac.new(new.encode(), f"{seconds}.".encode() + got.body, hashlib.sha256).hexdigest()


def test_nobody_wants_it(db, by, hook):
    db.write_now(webhooks.queue, by.organization, "sale.created", [{"id": "s"}])
    assert db.read_now(webhooks.deliveries, by) == []
    assert db.read_now(outbox.waiting) == []


def test_what_is_rolled_back_is_not_sent(db, by, hook):
    def fail(w):
        webhooks.queue(w, by.organization, "link.clicked", [{"id": "c"}])
        raise Invalid("x", "no")

    with pytest.raises(Invalid):
        db.write_now(fail)
    assert db.read_now(webhooks.deliveries, by) == []
    assert db.read_now(outbox.waiting) == []


def test_many_items_are_split(db, by, receiver: Receiver, click, run: Run):
    click(*({"id": n} for n in range(250)))
    assert run() == 3
    bodies = [json.loads(got.body) for got in receiver.received]
    assert [len(body["data"]) for body in bodies] == [100, 100, 50]
    assert [item["id"] for body in bodies for item in body["data"]] == list(range(250))
    assert len({body["id"] for body in bodies}) == 3


def test_a_failure_is_tried_again_under_the_same_id(
    db, by, receiver: Receiver, click, run: Run, means: Means, clock_: SimpleNamespace
):
    receiver.answers = [FAILED]
    id = click()
    run()
    waits = only(db, by)
    assert waits.state == "pending"
    assert waits.next_at is not None
    assert 8.5 < (waits.next_at - clock.now()) / clock.SECOND < 11.5
    jobs.start_due(means)
    assert run() == 0, "it is not due yet"
    clock_.forward(12 * clock.SECOND)
    jobs.start_due(means)
    jobs.start_due(means)
    assert run() == 1, "one sweep starts it, the next leaves it alone"
    assert [got.headers["Hyway-Delivery"] for got in receiver.received] == [id, id]
    story = db.read_now(webhooks.delivery, by, id)
    assert (story.delivery.state, [each.status for each in story.attempts]) == ("delivered", [500, 200])


def test_an_errand_that_runs_twice_sends_once(db, by, receiver: Receiver, click, means: Means):
    click()
    (errand,) = db.read_now(outbox.waiting)
    jobs.deliver(means, errand)
    jobs.deliver(means, errand)
    assert len(receiver.received) == 1


def test_an_attempt_that_got_lost_is_made_again(
    db, by, receiver: Receiver, click, run: Run, means: Means, clock_: SimpleNamespace
):
    id = click()
    (errand,) = db.read_now(outbox.waiting)
    assert db.write_now(attempts.begin, id, 0) is not None, "claimed, and then the process died"
    db.write_now(outbox.taken, [errand.seq])
    clock_.forward(61 * clock.SECOND)
    jobs.start_due(means)
    assert run() == 1
    assert only(db, by).state == "delivered"
    assert len(receiver.received) == 1


def test_a_long_line_is_not_made_longer(db, by, click, means: Means, clock_: SimpleNamespace):
    click(*({"id": n} for n in range(20_000)))
    clock_.forward(61 * clock.SECOND)
    jobs.start_due(means)
    assert len(db.read_now(outbox.waiting, 1000)) == 200


def test_a_redirect_is_a_failure_and_not_followed(db, by, receiver: Receiver, click, run: Run):
    receiver.answers = [(302, {"Location": receiver.url + "/elsewhere"}, b"")]
    click()
    run()
    assert [got.path for got in receiver.received] == ["/hook"]
    assert only(db, by).state == "pending"


def test_the_log_keeps_the_beginning_of_an_answer(db, by, receiver: Receiver, click, run: Run):
    receiver.answers = [(200, {}, b"\0" + b"x" * 200_000)]
    id = click()
    run()
    (attempt,) = db.read_now(webhooks.delivery, by, id).attempts
    assert attempt.excerpt == "\ufffd" + "x" * 1023


def test_nobody_listens(db, by, receiver: Receiver, click, run: Run):
    hook = db.read_now(webhooks.endpoints, by)[0]
    db.write_now(webhooks.change, by, hook.id, url="http://127.0.0.1:9/")
    id = click()
    run()
    (attempt,) = db.read_now(webhooks.delivery, by, id).attempts
    assert attempt.status is None
    assert "refused" in (attempt.error or "")


def test_gone_switches_off_with_a_notice(db, by, receiver: Receiver, click, run: Run):
    receiver.answers = [(410, {}, b"")]
    click()
    waiting = click()
    run()
    (hook,) = db.read_now(webhooks.endpoints, by)
    assert (hook.enabled, hook.disabled_reason) == (False, "it answered 410 Gone")
    assert len(receiver.received) == 1
    assert db.read_now(webhooks.delivery, by, waiting).delivery.state == "failed"
    (notice,) = db.read_now(notices.recent, by)
    assert (notice.kind, notice.link) == ("webhook.disabled", f"/console/webhooks/{hook.id}")
    assert receiver.url in notice.body
    assert db.read_now(audit.recent, by)[0].action == "webhook.disabled"
    with pytest.raises(Invalid, match="switched off"):
        db.write_now(webhooks.replay, by, waiting)
    db.write_now(webhooks.change, by, hook.id, enabled=True)
    db.write_now(webhooks.replay, by, waiting)
    run()
    assert db.read_now(webhooks.delivery, by, waiting).delivery.state == "delivered"


def test_twenty_given_up_in_a_row_switch_off(
    db, by, receiver: Receiver, click, run: Run, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(manners._known, "hyway", dataclasses.replace(manners.HYWAY, backoff=()))
    monkeypatch.setattr(rules, "rest", lambda trouble, now: None)
    receiver.answers = [FAILED] * 19 + [(200, {}, b"")] + [FAILED] * 19
    for _ in range(39):
        click()
    run()
    (hook,) = db.read_now(webhooks.endpoints, by)
    assert (hook.enabled, hook.failures) == (True, 19), "the success in between set it back"
    assert db.read_now(notices.count_unseen, by) == 0
    receiver.otherwise = FAILED
    click()
    run()
    (hook,) = db.read_now(webhooks.endpoints, by)
    assert (hook.enabled, hook.disabled_reason) == (False, "20 deliveries in a row failed")
    assert db.read_now(notices.count_unseen, by) == 1
    assert [each.action for each in db.read_now(audit.recent, by)].count("webhook.disabled") == 1
    click_id = db.read_now(webhooks.deliveries, by)[0].id
    db.write_now(webhooks.queue, by.organization, "link.clicked", [{"id": "late"}])
    assert db.read_now(webhooks.deliveries, by)[0].id == click_id, "nothing is queued for it any more"


def test_a_dead_endpoint_is_left_alone_for_a_while(
    db, by, receiver: Receiver, click, run: Run, means: Means, clock_: SimpleNamespace
):
    receiver.otherwise = FAILED
    for _ in range(30):
        click()
    run()
    assert len(receiver.received) == 5
    states = db.read_now(webhooks.deliveries, by, state="pending")
    assert sorted(each.attempts for each in states) == [0] * 25 + [1] * 5
    receiver.otherwise = (200, {}, b"")
    clock_.forward(12 * clock.SECOND)
    jobs.start_due(means)
    run()
    assert len(db.read_now(webhooks.deliveries, by, state="delivered")) == 30


def test_the_schedule_of_retries():
    now, waits = 0, []
    for attempts_made in range(1, 8):
        again = manners.HYWAY.next_try(attempts_made, 0, now, 0.5)
        assert again is not None
        waits.append((again - now) / clock.SECOND)
        now = again
    assert waits == [10, 60, 300, 1800, 7200, 21600, 43200]
    assert manners.HYWAY.next_try(8, 0, now, 0.5) is None
    assert manners.HYWAY.next_try(1, 0, rules.PATIENCE, 0.5) is None
    assert [rules.rest(n, 0) for n in (4, 5, 6, 100)] == [None, 10_000_000, 20_000_000, 300_000_000]


def test_a_replay_sends_the_same_again(db, by, receiver: Receiver, click, run: Run):
    id = click({"id": "c9"})
    run()
    again = db.write_now(webhooks.replay, by, id)
    assert (again.state, again.attempts) == ("pending", 0)
    run()
    first, second = receiver.received
    assert first.body == second.body
    assert first.headers["Hyway-Delivery"] == second.headers["Hyway-Delivery"] == id
    assert len(db.read_now(webhooks.delivery, by, id).attempts) == 2


def test_a_test_is_sent_whatever_the_endpoint_wants(
    db, by, receiver: Receiver, hook: webhooks.Keyed, run: Run
):
    sent = db.write_now(webhooks.send_test, by, hook.endpoint.id)
    run()
    assert receiver.received[0].headers["Hyway-Event"] == "webhook.test"
    assert db.read_now(webhooks.delivery, by, sent.id).delivery.state == "delivered"


def test_pages_of_deliveries(db, by, click, run: Run):
    ids = [click() for _ in range(5)]
    newest = db.read_now(webhooks.deliveries, by, most=2)
    older = db.read_now(webhooks.deliveries, by, before=newest[-1].seq, most=10)
    assert [each.id for each in newest + older] == ids[::-1]
    assert db.read_now(webhooks.deliveries, by, state="delivered") == []
    run()
    assert len(db.read_now(webhooks.deliveries, by, state="delivered")) == 5


def test_removed_while_it_was_being_sent(db, by, hook: webhooks.Keyed, click, means: Means):
    shot = db.write_now(attempts.begin, click(), 0)
    db.write_now(webhooks.remove, by, hook.endpoint.id)
    db.write_now(attempts.finish, shot, jobs.request(means.outgoing, shot))
    assert db.read_now(webhooks.deliveries, by) == []


def test_old_deliveries_are_forgotten(db, by, click, run: Run, means: Means, clock_: SimpleNamespace):
    click()
    run()
    clock_.forward(29 * clock.DAY)
    jobs.purge(means)
    assert len(db.read_now(webhooks.deliveries, by)) == 1
    clock_.forward(2 * clock.DAY)
    jobs.purge(means)
    assert db.read_now(webhooks.deliveries, by) == []


def test_what_happens_to_links_is_told(db, by, receiver: Receiver, hook, run: Run):
    def make(w):
        for n in range(3):
            w.announce(
                by, "link.created", "link", f"l{n}", {"shortId": f"s{n}", "url": "https://example.com"}
            )
        w.announce(by, "link.deleted", "link", "l9", {"shortId": "s9"})

    db.write_now(make)
    assert run() == 1
    sent = json.loads(receiver.received[0].body)
    assert sent["event"] == "link.created"
    assert sent["data"][0] == {"id": "l0", "shortId": "s0", "url": "https://example.com"}
    assert len(sent["data"]) == 3


def test_deliveries_of_a_lane_arrive_in_order(
    db, by, receiver: Receiver, run: Run, means: Means, clock_: SimpleNamespace
):
    """The second one waits for the first, however often that one fails; another lane does not wait."""
    hook = db.write_now(webhooks.add, by, receiver.url, ["link.clicked"]).endpoint
    receiver.answers = [FAILED, (200, {}, b"")]

    def send(lane: str, body: str) -> None:
        db.write_now(webhooks.send, by.organization, hook.seq, webhooks.Parcel("link.clicked", body, lane))

    send("a", "a1")
    run()
    send("a", "a2")
    send("a", "a3")
    send("b", "b1")
    run()
    assert [each.body for each in receiver.received] == [b"a1", b"b1"]
    clock_.forward(12 * clock.SECOND)
    jobs.start_due(means)
    while run():
        pass
    assert [each.body for each in receiver.received] == [b"a1", b"b1", b"a1", b"a2", b"a3"]


def test_a_turn_that_was_forgotten_is_found(db, by, receiver: Receiver, run: Run, means: Means):
    """Two transactions may each see the other's delivery unfinished; the sweep finds what nobody woke."""
    hook = db.write_now(webhooks.add, by, receiver.url, ["link.clicked"]).endpoint
    parcel = webhooks.Parcel("link.clicked", "b", "lane")
    db.write_now(webhooks.send, by.organization, hook.seq, parcel)
    id = db.write_now(webhooks.send, by.organization, hook.seq, parcel)
    first = db.read_now(webhooks.deliveries, by)[1]
    db.write_now(store.finish, first.seq, "delivered", clock.now())
    assert db.read_now(webhooks.delivery, by, id).delivery.next_at is None
    jobs.start_due(means)
    run()
    assert db.read_now(webhooks.delivery, by, id).delivery.state == "delivered"
