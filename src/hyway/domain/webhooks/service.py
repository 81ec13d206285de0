"""Verbs of webhooks for their owners, and the queue that other contexts fill."""

from collections.abc import Mapping, Sequence
from typing import Any

from hyway.domain.identity import Caller, Environment, may_manage
from hyway.domain.webhooks import manners, rules, store
from hyway.domain.webhooks.manners import HYWAY
from hyway.domain.webhooks.records import Delivery, Endpoint, Keyed, Parcel, State, Story, Taker
from hyway.kernel import clock, ids, outbox, seal
from hyway.kernel.db import Conflict, Fact, Read, Write
from hyway.kernel.faults import Invalid, Missing, Refused
from hyway.kernel.patch import UNSET, Unset, changes, given

TOPIC = "webhooks.deliver"
SEALED = "webhook"
LEASE = clock.MINUTE
"""How long an attempt that was started may take before it is taken for lost; over any request's time-out."""


def add(
    w: Write,
    by: Caller,
    url: str,
    events: Sequence[str],
    *,
    manner: str = HYWAY.name,
    kind: str = "web",
    group: str | None = None,
) -> Keyed:
    """A new endpoint, switched on; at most 20 of an organization, else Refused."""
    may_manage(by)
    secret = seal.token("whsec_")
    id = ids.uuid7()
    row = {
        "id": id,
        "organization": by.organization,
        "url": rules.url(url, w.hosts),
        "events": " ".join(manners.manner(manner).check(tuple(events))),
        "manner": manner,
        "environment": by.environment,
        "kind": kind,
        "group": group,
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


def endpoints(r: Read, by: Caller, manner: str | None = None) -> list[Endpoint]:
    """Oldest first; of every manner unless one is named."""
    return store.endpoints(r, by.organization, manner)


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
    kind: str | Unset = UNSET,
    group: str | Unset | None = UNSET,
) -> Endpoint:
    """What is mentioned changes. Switching off fails what is pending, switching on starts afresh."""
    may_manage(by)
    old = endpoint(w, by, id)
    values: dict[str, Any] = changes(kind=kind, group=group)
    if given(url):
        values["url"] = rules.url(url, w.hosts)
    if given(events):
        values["events"] = " ".join(manners.manner(old.manner).check(tuple(events)))
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
    return bool(_takers(r, organization, event))


def _takers(r: Read, organization: int, event: str) -> list[int]:
    found = store.takers(r, organization, HYWAY.name, "live")
    return [seq for seq, events, _, _ in found if _is_wanted(event, events)]


def _is_wanted(event: str, events: str) -> bool:
    return events == manners.EVERYTHING or event in events.split()


def queue(w: Write, organization: int, event: str, items: Sequence[Mapping[str, Any]]) -> None:
    """Leaves a delivery for each endpoint that wants the event, in the transaction of what happened.

    `items` are JSON-shaped and become `data`; more than 100 are split over several deliveries.
    """
    to = _takers(w, organization, event)
    if to:
        for start in range(0, len(items), rules.MOST_ITEMS):
            _deliver(w, organization, to, event, items[start : start + rules.MOST_ITEMS])


def takers(r: Read, organization: int, manner: str, environment: Environment) -> list[Taker]:
    """Who wants events of a manner: one prepared statement."""
    found = store.takers(r, organization, manner, environment)
    return [Taker(seq, events.split(), kind, group) for seq, events, kind, group in found]


def send(w: Write, organization: int, to: int, parcel: Parcel) -> str:
    """Leaves one delivery for one endpoint, in the transaction of what happened; its id.

    Deliveries of one lane arrive in the order in which they were sent: each waits for the one before.
    """
    now, id = clock.now(), ids.uuid7()
    waits = parcel.lane is not None and store.is_lane_busy(w, to, parcel.lane)
    row = {
        "id": id,
        "organization": organization,
        "endpoint": to,
        "event": parcel.event,
        "body": parcel.body,
        "state": "pending",
        "attempts": 0,
        "next_at": None if waits else now + LEASE,
        "since": now,
        "created_at": now,
        "lane": parcel.lane,
        "subject": parcel.subject,
    }
    store.add_deliveries(w, [row])
    if not waits:
        _send_later(w, organization, id, 0)
    return id


def forget(w: Write, organization: int, lane: str, after: int, most: int) -> int | None:
    """Forgets deliveries of a lane that are over, a part at a time; after which to go on, None when it is done."""
    return store.forget_lane(w, organization, lane, after, most)


def _deliver(
    w: Write, organization: int, to: Sequence[int], event: str, items: Sequence[Mapping[str, Any]]
) -> list[str]:
    """The ids of the deliveries, one for each endpoint; all carry the same event id."""
    body = rules.body(ids.prefixed("evt"), event, clock.now(), items)
    return [send(w, organization, seq, Parcel(event, body)) for seq in to]


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
