"""Webhooks: endpoints, their secrets, and the log of what was delivered."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from litestar import get, post

from hyway.console import tracked
from hyway.console.form import Form, errors
from hyway.console.tracked import Branch
from hyway.console.visit import Here, Page, Visit
from hyway.domain import identity, tracking, webhooks
from hyway.domain.identity import Caller, Environment
from hyway.domain.webhooks import EVENTS, Delivery, Endpoint
from hyway.kernel.db import Read
from hyway.kernel.faults import Invalid, Refused

_PATH = "/console/webhooks"
_FIELDS = ("url", "events", "group_id")
_HYWAY, _TRACKING = "hyway", "hypertrack"
MANNERS = {_HYWAY: "Links and sales", _TRACKING: "Tracking"}
KINDS = {"web": "The event as JSON, to a program", "slack": "A sentence, to a Slack channel"}
TRACKED = {
    "Actions": tracking.kinds.ACTION,
    "Users": tracking.kinds.USER,
    "Tracking": tracking.kinds.TRACKING,
    "Trips and stops": tracking.kinds.SEGMENT,
    "Geofences": tracking.kinds.FENCE,
    "Devices": tracking.kinds.DEVICE,
}
_LOG = 30
TITLES = {
    "link.clicked": "A person clicks a link",
    "lead.created": "A visitor becomes a lead",
    "sale.created": "A customer buys",
    "link.created": "A link is created",
    "link.updated": "A link is changed",
    "link.deleted": "A link is deleted",
}


def _id(visit: Visit) -> str:
    return str(visit.request.path_params["webhook"])


def _back(id: str) -> str:
    return f"{_PATH}/{id}"


@get(_PATH)
async def index(visit: Here) -> Page:
    identity.may_manage(visit.by)
    found = await visit.read(webhooks.endpoints)
    latest = await visit.read(webhooks.deliveries, most=10)
    return visit.page("webhooks.html", endpoints=found, deliveries=latest)


def _typed(sent: Form) -> dict[str, Any]:
    """The form as it was sent; of tracking, no event at all means every one."""
    manner = sent.one_of("manner", MANNERS, _HYWAY)
    wanted = sent.many("events" if manner == _HYWAY else "tracked")
    return {
        "url": sent.text("url"),
        "manner": manner,
        "chosen": wanted,
        "environment": sent.one_of("environment", ("live", "test"), "live"),
        "kind": sent.one_of("kind", KINDS, "web"),
        "group": sent.uuid("group_id"),
    }


def _in(by: Caller, environment: Environment) -> Caller:
    """Live data and test data have webhooks apart."""
    return replace(by, environment=environment)


def _groups(r: Read, by: Caller) -> dict[str, list[Branch]]:
    return {each: tracked.groups(r, _in(by, each)) for each in _ENVIRONMENTS}


_ENVIRONMENTS: tuple[Environment, ...] = ("live", "test")


async def _choices(visit: Visit) -> dict[str, Any]:
    """What a webhook may be made of."""
    return {
        "events": {event: TITLES.get(event, event) for event in EVENTS},
        "tracked": TRACKED,
        "telling": tracked.telling,
        "manners": MANNERS,
        "kinds": KINDS,
        "groups": await visit.read(_groups),
    }


async def _form(visit: Visit, typed: Mapping[str, Any], wrong: dict[str, str], status: int = 200) -> Page:
    choices = await _choices(visit)
    return visit.page("webhook_form.html", status, endpoint=None, errors=wrong, **choices, **typed)


@get(_PATH + "/new")
async def ask(visit: Here) -> Page:
    identity.may_manage(visit.by)
    manner = visit.asked.one_of("for", MANNERS, _HYWAY)
    chosen = EVENTS[:3] if manner == _HYWAY else ()
    blank = {
        "url": "",
        "manner": manner,
        "chosen": chosen,
        "environment": "live",
        "kind": "web",
        "group": None,
    }
    return await _form(visit, blank, {})


@post(_PATH + "/new")
async def make(visit: Here) -> Page:
    """The answer shows the signing secret, this once."""
    typed = _typed(visit.sent)
    try:
        if typed["manner"] == _TRACKING:
            by = _in(visit.by, typed["environment"])
            said = (typed["url"], typed["chosen"], typed["kind"], typed["group"])
            keyed = await visit.house.db.write(tracking.subscribing.add, by, *said)
        else:
            keyed = await visit.write(webhooks.add, typed["url"], typed["chosen"])
    except Invalid as fault:
        return await _form(visit, typed, _wrong(fault), 422)
    except Refused as fault:
        identity.may_manage(visit.by)
        return await _form(visit, typed, errors(fault), 422)
    return visit.page("webhook_made.html", keyed=keyed, is_new=True)


def _wrong(fault: Invalid) -> dict[str, str]:
    fault.field = "events" if fault.field == "allowed_events" else fault.field
    return errors(fault, _FIELDS)


def _one(r: Read, by: Caller, id: str, state: Any, before: int | None) -> tuple[Endpoint, list[Delivery]]:
    found = webhooks.endpoint(r, by, id)
    return found, webhooks.deliveries(r, by, endpoint_id=id, state=state, before=before, most=_LOG + 1)


async def _show(visit: Visit, status: int = 200, wrong: dict[str, str] | None = None, **typed: Any) -> Page:
    identity.may_manage(visit.by)
    state = visit.asked.one_of("state", ("pending", "delivered", "failed"), "")
    before = visit.asked.whole("before", 0, 2**62, 0) or None
    endpoint, found = await visit.read(_one, _id(visit), state or None, before)
    typed = {
        "url": endpoint.url,
        "chosen": _chosen(endpoint),
        "kind": endpoint.kind,
        "group": endpoint.group,
    } | typed
    older = found[_LOG - 1].seq if len(found) > _LOG else None
    facts = {"deliveries": found[:_LOG], "state": state, "older": older, "errors": wrong or {}}
    facts |= {"manner": endpoint.manner, "environment": endpoint.environment, **await _choices(visit)}
    return visit.page("webhook.html", status, endpoint=endpoint, **facts | typed)


def _chosen(endpoint: Endpoint) -> tuple[str, ...]:
    """The events of its form; every one of tracking is none there."""
    return () if endpoint.events == (webhooks.EVERYTHING,) else endpoint.events


@get(_PATH + "/{webhook:uuid}")
async def show(visit: Here) -> Page:
    return await _show(visit)


@post(_PATH + "/{webhook:uuid}")
async def save(visit: Here) -> Page:
    identity.may_manage(visit.by)
    endpoint = await visit.read(webhooks.endpoint, _id(visit))
    typed = _typed(visit.sent)
    del typed["manner"], typed["environment"]
    try:
        if endpoint.manner == _TRACKING:
            typed["chosen"] = visit.sent.many("tracked")
            fields = {"url": typed["url"], "kind": typed["kind"], "group": typed["group"]}
            fields["events"] = typed["chosen"] or [webhooks.EVERYTHING]
            by = _in(visit.by, endpoint.environment)
            await visit.house.db.write(tracking.subscribing.change, by, endpoint.id, fields)
        else:
            typed["chosen"] = visit.sent.many("events")
            await visit.write(webhooks.change, endpoint.id, url=typed["url"], events=typed["chosen"])
    except Invalid as fault:
        return await _show(visit, 422, _wrong(fault), **typed)
    return visit.go(_back(endpoint.id), "Saved.")


@post(_PATH + "/{webhook:uuid}/turn")
async def turn(visit: Here) -> Page:
    """On or off."""
    on = visit.sent.ticked("on")
    await visit.write(webhooks.change, _id(visit), enabled=on)
    return visit.go(
        _back(_id(visit)), "The webhook is switched on." if on else "The webhook is switched off."
    )


@post(_PATH + "/{webhook:uuid}/rotate")
async def rotate(visit: Here) -> Page:
    identity.may_manage(visit.by)
    endpoint = await visit.read(webhooks.endpoint, _id(visit))
    if not visit.confirmed():
        question = "Make a new signing secret? The present one is worthless from the next delivery on."
        return visit.confirm(question, "Make a new secret", _back(endpoint.id))
    keyed = await visit.write(webhooks.rotate_secret, endpoint.id)
    return visit.page("webhook_made.html", keyed=keyed, is_new=False)


@post(_PATH + "/{webhook:uuid}/test")
async def test(visit: Here) -> Page:
    try:
        sent = await visit.write(webhooks.send_test, _id(visit))
    except Invalid as fault:
        return await _show(visit, 422, {"": "The webhook " + fault.message + "."})
    return visit.go(f"{_PATH}/deliveries/{sent.id}", "A test is on its way.")


@post(_PATH + "/{webhook:uuid}/delete")
async def delete(visit: Here) -> Page:
    identity.may_manage(visit.by)
    endpoint = await visit.read(webhooks.endpoint, _id(visit))
    if not visit.confirmed():
        question = f"Delete the webhook to {endpoint.url}? Its delivery log goes with it."
        return visit.confirm(question, "Delete webhook", _back(endpoint.id))
    await visit.write(webhooks.remove, endpoint.id)
    return visit.go(_PATH, "The webhook is deleted.")


@get(_PATH + "/deliveries/{delivery:uuid}")
async def delivery(visit: Here) -> Page:
    identity.may_manage(visit.by)
    story = await visit.read(webhooks.delivery, str(visit.request.path_params["delivery"]))
    return visit.page("delivery.html", story=story, delivery=story.delivery)


@get(_PATH + "/deliveries/{delivery:uuid}/attempts")
async def attempts(visit: Here) -> Page:
    """The attempts alone, for a page that is open."""
    identity.may_manage(visit.by)
    story = await visit.read(webhooks.delivery, str(visit.request.path_params["delivery"]))
    return visit.part("part_attempts.html", story=story, delivery=story.delivery)


@post(_PATH + "/deliveries/{delivery:uuid}/replay")
async def replay(visit: Here) -> Page:
    id = str(visit.request.path_params["delivery"])
    try:
        await visit.write(webhooks.replay, id)
    except Invalid as fault:
        return visit.go(f"{_PATH}/deliveries/{id}", f"Not sent: the webhook {fault.message}.")
    return visit.go(f"{_PATH}/deliveries/{id}", "It is sent again.")


ROUTES = [index, ask, make, show, save, turn, rotate, test, delete, delivery, attempts, replay]
