"""Verbs of webhooks for their owners, and the queue that other contexts fill."""

from collections.abc import Mapping, Sequence
from typing import Any

from hyway.domain.identity import Caller, may_manage
from hyway.domain.webhooks import rules, store
from hyway.domain.webhooks.records import Delivery, Endpoint, Keyed, State, Story
from hyway.kernel import clock, ids, outbox, seal
from hyway.kernel.db import Conflict, Fact, Read, Write
from hyway.kernel.faults import Invalid, Missing, Refused
from hyway.kernel.patch import UNSET, Unset, given

TOPIC = "webhooks.deliver"
SEALED = "webhook"
LEASE = clock.MINUTE
"""How long an attempt that was started may take before it is taken for lost; over any request's time-out."""


def add(w: Write, by: Caller, url: str, events: Sequence[str]) -> Keyed:
    """A new endpoint, switched on; at most 20 of an organization, else Refused."""
    may_manage(by)
    secret = seal.token("whsec_")
    id = ids.uuid7()
    row = {
        "id": id,
        "organization": by.organization,
        "url": rules.url(url, w.hosts),
        "events": " ".join(rules.events(events)),
        "secret": w.seal.close(secret, SEALED),
        "enabled": 1,
        "failures": 0,
        "trouble": 0,
        "created_at": clock.now(),
    }
    _place(w, row)
    made = endpoint(w, by, id)
    w.announce(by, "webhook.created", "webhook", made.id, {"url": made.url, "events": list(made.events)})
    return Keyed(made, secret)


def _place(w: Write, row: dict[str, Any]) -> None:
    """Into the first free slot; another transaction may be quicker, then into the next one."""
    for _ in range(rules.MOST_ENDPOINTS):
        free = set(range(1, rules.MOST_ENDPOINTS + 1)) - store.slots(w, row["organization"])
        if not free:
            break
        try:
            with w.attempt():
                return store.add_endpoint(w, {**row, "slot": min(free)})
        except Conflict:
            continue
    raise Refused("an organization can have at most {most} webhooks", most=rules.MOST_ENDPOINTS)


def endpoints(r: Read, by: Caller) -> list[Endpoint]:
    """Oldest first."""
    return store.endpoints(r, by.organization)


def endpoint(r: Read, by: Caller, id: str) -> Endpoint:
    found = store.endpoint(r, by.organization, id)
    if found is None:
        raise Missing("there is no such webhook")
    return found


def change(
    w: Write,
    by: Caller,
    id: str,
    *,
    url: str | Unset = UNSET,
    events: Sequence[str] | Unset = UNSET,
    enabled: bool | Unset = UNSET,
) -> Endpoint:
    """What is mentioned changes. Switching off fails what is pending, switching on starts afresh."""
    may_manage(by)
    old = endpoint(w, by, id)
    values: dict[str, Any] = {}
    if given(url):
        values["url"] = rules.url(url, w.hosts)
    if given(events):
        values["events"] = " ".join(rules.events(events))
    if given(enabled) and enabled and not old.enabled:
        values |= {"enabled": 1, "failures": 0, "trouble": 0, "rest_until": None}
        values |= {"disabled_at": None, "disabled_reason": None}
    if values:
        store.change_endpoint(w, by.organization, id, **values)
    if given(enabled) and not enabled and old.enabled:
        store.switch_off(w, old.seq, "switched off by hand", clock.now())
        store.give_up_all(w, old.seq, clock.now())
    new = endpoint(w, by, id)
    if new != old:
        told = {"url": new.url, "events": list(new.events), "enabled": new.enabled}
        w.announce(by, "webhook.changed", "webhook", id, told)
    return new


def rotate_secret(w: Write, by: Caller, id: str) -> Keyed:
    """A new secret, good from the next attempt on; the old one is gone."""
    may_manage(by)
    secret = seal.token("whsec_")
    found = endpoint(w, by, id)
    store.change_endpoint(w, by.organization, id, secret=w.seal.close(secret, SEALED))
    w.announce(by, "webhook.secret_rotated", "webhook", id)
    return Keyed(found, secret)


def remove(w: Write, by: Caller, id: str) -> None:
    """The endpoint and its delivery log are gone."""
    may_manage(by)
    if not store.remove_endpoint(w, by.organization, id):
        raise Missing("there is no such webhook")
    w.announce(by, "webhook.removed", "webhook", id)


def deliveries(
    r: Read,
    by: Caller,
    *,
    endpoint_id: str | None = None,
    state: State | None = None,
    before: int | None = None,
    most: int = 50,
) -> list[Delivery]:
    """Newest first, those before delivery number `before`."""
    return store.deliveries(r, by.organization, endpoint_id, state, before, most)


def delivery(r: Read, by: Caller, id: str) -> Story:
    found = store.delivery(r, by.organization, id)
    if found is None:
        raise Missing("there is no such delivery")
    of, body = found
    return Story(of, body, tuple(store.attempts(r, of.seq)))


def replay(w: Write, by: Caller, id: str) -> Delivery:
    """Sends the same body under the same delivery id again, at once and with a full set of retries."""
    may_manage(by)
    old = delivery(w, by, id).delivery
    _must_be_on(endpoint(w, by, old.endpoint_id))
    now = clock.now()
    store.renew(w, by.organization, id, now, now + LEASE)
    _send_later(w, by.organization, id, 0)
    w.announce(by, "webhook.replayed", "delivery", id, {"endpoint": old.endpoint_id, "event": old.event})
    return delivery(w, by, id).delivery


def send_test(w: Write, by: Caller, id: str) -> Delivery:
    """A body with the event `webhook.test`, to see whether it arrives."""
    may_manage(by)
    to = endpoint(w, by, id)
    _must_be_on(to)
    (sent,) = _deliver(w, by.organization, [to.seq], rules.TEST, [{"message": "It works.", "webhook": to.id}])
    return delivery(w, by, sent).delivery


def _must_be_on(of: Endpoint) -> None:
    if not of.enabled:
        raise Invalid("webhook", "is switched off; switch it on first")


def wants(r: Read, organization: int, event: str) -> bool:
    """Whether any endpoint wants the event: one prepared statement."""
    return bool(store.takers(r, organization, event))


def queue(w: Write, organization: int, event: str, items: Sequence[Mapping[str, Any]]) -> None:
    """Leaves a delivery for each endpoint that wants the event, in the transaction of what happened.

    `items` are JSON-shaped and become `data`; more than 100 are split over several deliveries.
    """
    to = store.takers(w, organization, event)
    if to:
        for start in range(0, len(items), rules.MOST_ITEMS):
            _deliver(w, organization, to, event, items[start : start + rules.MOST_ITEMS])


def _deliver(
    w: Write, organization: int, to: Sequence[int], event: str, items: Sequence[Mapping[str, Any]]
) -> list[str]:
    """The ids of the deliveries, one for each endpoint; all carry the same event id."""
    now = clock.now()
    row = {
        "organization": organization,
        "event": event,
        "body": rules.body(ids.prefixed("evt"), event, now, items),
        "state": "pending",
        "attempts": 0,
        "next_at": now + LEASE,
        "since": now,
        "created_at": now,
    }
    rows = [{**row, "id": ids.uuid7(), "endpoint": seq} for seq in to]
    store.add_deliveries(w, rows)
    for each in rows:
        _send_later(w, organization, str(each["id"]), 0)
    return [str(each["id"]) for each in rows]


def _send_later(w: Write, organization: int, id: str, attempts: int) -> None:
    outbox.later(w, TOPIC, organization, {"delivery": id, "attempts": attempts})


def hear(w: Write, facts: Sequence[Fact]) -> None:
    """Queues what happened to links: a hearer of the database."""
    told: dict[tuple[int, str], list[dict[str, Any]]] = {}
    for fact in facts:
        if fact.action in rules.LINK_EVENTS:
            told.setdefault((fact.by.organization, fact.action), []).append({"id": fact.id, **fact.data})
    for (organization, action), items in told.items():
        queue(w, organization, action, items)
