"""Verbs of webhooks in the vendor's manner: which addresses hear of which events, of which group."""

from collections.abc import Sequence
from typing import Any

from hyway.domain import webhooks
from hyway.domain.identity import Caller
from hyway.domain.tracking import accounts
from hyway.domain.tracking.store import groups
from hyway.domain.tracking.telling import hooks
from hyway.domain.webhooks import Endpoint, Keyed
from hyway.kernel.db import Read, Write
from hyway.kernel.faults import Fault, Invalid, Missing
from hyway.kernel.patch import UNSET


def page(r: Read, by: Caller) -> list[Endpoint]:
    """The endpoints of the caller's account, oldest first."""
    found = webhooks.endpoints(r, by, hooks.MANNER)
    return [each for each in found if each.environment == by.environment]


def find(r: Read, by: Caller, id: str) -> Endpoint:
    found = next((each for each in page(r, by) if each.id == id), None)
    if found is None:
        raise Missing("Not found.")
    return found


def add(
    w: Write, by: Caller, url: str, events: Sequence[str], kind: str = "web", group_id: str | None = None
) -> Keyed:
    """A new endpoint; all events when none is named. Its secret is in the answer and nowhere else."""
    accounts.opened(w, by)
    _check_group(w, by, group_id)
    wanted = list(events) or [webhooks.EVERYTHING]
    try:
        return webhooks.add(w, by, url, wanted, manner=hooks.MANNER, kind=kind, group=group_id)
    except Fault as fault:
        raise _named(fault) from None


def change(w: Write, by: Caller, id: str, fields: dict[str, Any]) -> Endpoint:
    """What is mentioned of `url`, `events`, `kind`, `group`, `enabled` changes."""
    find(w, by, id)
    if "group" in fields:
        _check_group(w, by, fields["group"])
    try:
        return webhooks.change(
            w,
            by,
            id,
            url=fields.get("url", UNSET),
            events=fields.get("events", UNSET),
            enabled=fields.get("enabled", UNSET),
            kind=fields.get("kind", UNSET),
            group=fields.get("group", UNSET),
        )
    except Fault as fault:
        raise _named(fault) from None


def drop(w: Write, by: Caller, id: str) -> None:
    find(w, by, id)
    webhooks.remove(w, by, id)


def deliveries(r: Read, by: Caller, id: str, before: int | None, most: int) -> list[webhooks.Delivery]:
    """The endpoint's deliveries, newest first."""
    find(r, by, id)
    return webhooks.deliveries(r, by, endpoint_id=id, before=before, most=most)


def replay(w: Write, by: Caller, id: str, delivery_id: str) -> webhooks.Delivery:
    """The same body once more, with a full set of retries."""
    find(w, by, id)
    story = webhooks.delivery(w, by, delivery_id)
    if story.delivery.endpoint_id != id:
        raise Missing("Not found.")
    return webhooks.replay(w, by, delivery_id)


def _check_group(r: Read, by: Caller, id: str | None) -> None:
    if id is not None and groups.find(r, accounts.of(r, by).seq, id) is None:
        raise Invalid("group_id", 'Invalid pk "{id}" - object does not exist.', id=id)


def _named(fault: Fault) -> Fault:
    """Told of the field as the wire spells it."""
    if isinstance(fault, Invalid) and fault.field == "events":
        fault.field = "allowed_events"
    return fault
