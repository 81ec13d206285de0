"""Webhooks: endpoints, their secrets, and the log of what was delivered."""

from typing import Any

from litestar import get, post

from hyway.console.form import errors
from hyway.console.visit import Here, Page, Visit
from hyway.domain import identity, webhooks
from hyway.domain.identity import Caller
from hyway.domain.webhooks import EVENTS, Delivery, Endpoint
from hyway.kernel.db import Read
from hyway.kernel.faults import Invalid, Refused

_PATH = "/console/webhooks"
_FIELDS = ("url", "events")
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


def _form(visit: Visit, url: str, chosen: Any, wrong: dict[str, str], status: int = 200) -> Page:
    events = {event: TITLES.get(event, event) for event in EVENTS}
    return visit.page("webhook_form.html", status, url=url, chosen=chosen, events=events, errors=wrong)


@get(_PATH + "/new")
async def ask(visit: Here) -> Page:
    identity.may_manage(visit.by)
    return _form(visit, "", EVENTS[:3], {})


@post(_PATH + "/new")
async def make(visit: Here) -> Page:
    """The answer shows the signing secret, this once."""
    url, events = visit.sent.text("url"), visit.sent.many("events")
    try:
        keyed = await visit.write(webhooks.add, url, events)
    except Invalid as fault:
        return _form(visit, url, events, errors(fault, _FIELDS), 422)
    except Refused as fault:
        identity.may_manage(visit.by)
        return _form(visit, url, events, errors(fault), 422)
    return visit.page("webhook_made.html", keyed=keyed, is_new=True)


def _one(r: Read, by: Caller, id: str, state: Any, before: int | None) -> tuple[Endpoint, list[Delivery]]:
    found = webhooks.endpoint(r, by, id)
    return found, webhooks.deliveries(r, by, endpoint_id=id, state=state, before=before, most=_LOG + 1)


async def _show(visit: Visit, status: int = 200, wrong: dict[str, str] | None = None, **typed: Any) -> Page:
    identity.may_manage(visit.by)
    state = visit.asked.one_of("state", ("pending", "delivered", "failed"), "")
    before = visit.asked.whole("before", 0, 2**62, 0) or None
    endpoint, found = await visit.read(_one, _id(visit), state or None, before)
    events = {event: TITLES.get(event, event) for event in EVENTS}
    typed = {"url": endpoint.url, "chosen": endpoint.events} | typed
    older = found[_LOG - 1].seq if len(found) > _LOG else None
    facts = {
        "deliveries": found[:_LOG],
        "state": state,
        "older": older,
        "events": events,
        "errors": wrong or {},
    }
    return visit.page("webhook.html", status, endpoint=endpoint, **facts, **typed)


@get(_PATH + "/{webhook:uuid}")
async def show(visit: Here) -> Page:
    return await _show(visit)


@post(_PATH + "/{webhook:uuid}")
async def save(visit: Here) -> Page:
    url, events = visit.sent.text("url"), visit.sent.many("events")
    try:
        await visit.write(webhooks.change, _id(visit), url=url, events=events)
    except Invalid as fault:
        return await _show(visit, 422, errors(fault, _FIELDS), url=url, chosen=events)
    return visit.go(_back(_id(visit)), "Saved.")


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
