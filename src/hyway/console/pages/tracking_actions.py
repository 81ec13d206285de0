"""Actions: work to be done at a place, given to somebody, followed, completed or canceled."""

from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post

from hyway.console import tracked
from hyway.console.dates import parse_local
from hyway.console.form import Form, errors
from hyway.console.tracked import PATH, Branch
from hyway.console.visit import Here, Page, Visit
from hyway.domain import tracking
from hyway.domain.identity import Caller
from hyway.domain.tracking import Account, Action, ActionWish, Event, Spot, User, Wanted
from hyway.kernel import clock
from hyway.kernel.db import Read
from hyway.kernel.faults import Invalid, Missing

_HERE = PATH + "/actions"
_SIZE = 50
_EVENTS = 100
TYPES = {
    "delivery": "Delivery",
    "pickup": "Pickup",
    "dropoff": "Drop-off",
    "visit": "Visit",
    "stopover": "Stopover",
    "task": "Task",
    "trip": "Trip",
    "meetup": "Meetup",
    "sos": "Emergency",
}
_PLACE = ("name", "address", "lat", "lon", "radius")
_FIELDS = ("type", "user_id", "scheduled_at", "lookup_id", *_PLACE)
_OPEN = ("created", "assigned", "started")


def _id(visit: Visit) -> str:
    return str(visit.request.path_params["action"])


def _list(
    r: Read, by: Caller, wanted: Wanted
) -> tuple[Account, list[Branch], list[Action], int, dict[str, dict[str, Any]]]:
    found = tracking.actions.page(r, by, wanted)
    account = tracked.account(r, by)
    return account, tracked.groups(r, by), found.rows, found.total, _bodies(r, account, found.rows)


def _bodies(r: Read, account: Account, actions: list[Action]) -> dict[str, dict[str, Any]]:
    now = clock.now()
    return {each.id: dict(tracking.payloads.action(each, account, now, r.home)) for each in actions}


@get(_HERE)
async def index(visit: Here) -> Page:
    asked = visit.asked
    page = asked.whole("page", 1, 1_000_000, 1)
    status = asked.one_of("status", ("open", *tracked.STATUSES), "")
    filters: dict[str, Any] = {}
    if status:
        filters["status"] = _OPEN if status == "open" else (status,)
    if user := asked.uuid("user"):
        filters["user_id"] = user
    wanted = Wanted(filters, search=asked.text("q")[:200], page=page, size=_SIZE)
    account, _, actions, total, bodies = await visit.read(_list, wanted)
    return tracked.room(
        visit,
        "tracking_actions.html",
        account=account,
        actions=actions,
        bodies=bodies,
        total=total,
        search=asked.text("q"),
        state=status,
        is_narrow=bool(filters or wanted.search),
        pages=tracked.paging(visit, page, total, _SIZE),
    )


async def _form(visit: Visit, typed: Mapping[str, Any], wrong: Mapping[str, str], status: int = 200) -> Page:
    users = await visit.read(tracked.people)
    chosen = typed["user_id"]
    if chosen and all(chosen != user.id for user in users):
        try:
            users = [await visit.read(tracking.users.find, chosen), *users]
        except Missing:
            typed = {**typed, "user_id": ""}
    account = await visit.read(tracked.account)
    spots = [tracked.fix(user.live.last) for user in users if user.live.last][:100]
    facts = {"users": users, "account": account, "types": TYPES, "data": {"near": spots}}
    return tracked.room(visit, "tracking_action_form.html", status, typed=typed, errors=wrong, **facts)


@get(_HERE + "/new")
async def ask(visit: Here) -> Page:
    typed = {**dict.fromkeys(_FIELDS, ""), "type": "delivery", "user_id": visit.asked.uuid("user") or ""}
    return await _form(visit, typed, {})


@post(_HERE + "/new")
async def make(visit: Here) -> Page:
    typed = {name: visit.sent.text(name) for name in _FIELDS}
    try:
        wish = _wish(visit.sent, visit.zone)
        made = await visit.write(tracking.actions.create, wish)
    except Invalid as fault:
        fault.field = fault.field.removeprefix("expected_place.").replace("location", "lat")
        return await _form(visit, typed, errors(fault, _FIELDS), 422)
    said = "It is assigned." if made.action.user else "It waits for somebody to be given it."
    return visit.go(f"{_HERE}/{made.action.id}", said)


def _wish(sent: Form, zone: str) -> ActionWish:
    place: dict[str, Any] = {name: sent.text(name) for name in ("name", "address") if sent.text(name)}
    spot = point(sent)
    if spot:
        place["location"] = spot
    if sent.text("radius"):
        place["radius"] = number(sent, "radius", 1, 100_000)
    if place and not spot and "address" not in place:
        raise Invalid("address", "must be filled in, or click the place on the map")
    return ActionWish(
        user_id=sent.uuid("user_id"),
        type=sent.text("type") or None,
        expected_place=place or None,
        scheduled_at=parse_local("scheduled_at", sent.text("scheduled_at"), zone),
        lookup_id=sent.text("lookup_id") or None,
    )


def point(sent: Form) -> Spot | None:
    """The point of a form's `lat` and `lon`; None where both are empty."""
    if not sent.text("lat") and not sent.text("lon"):
        return None
    return Spot(number(sent, "lat", -90, 90), number(sent, "lon", -180, 180))


def number(sent: Form, name: str, least: float, most: float) -> float:
    try:
        value = float(sent.text(name))
    except ValueError:
        raise Invalid(name, "must be a number") from None
    if not least <= value <= most:
        raise Invalid(name, "must be from {least} to {most}", least=least, most=most)
    return value


def _one(r: Read, by: Caller, id: str) -> tuple[Account, Action, dict[str, Any], list[Event]]:
    action, account = tracking.actions.find(r, by, id), tracked.account(r, by)
    told = tracking.events.page(r, by, Wanted({"action_id": action.id}, size=_EVENTS)).rows
    return account, action, _bodies(r, account, [action])[action.id], told


async def _facts(visit: Visit) -> dict[str, Any]:
    account, action, body, events = await visit.read(_one, _id(visit))
    return {
        "account": account,
        "action": action,
        "body": body,
        "events": events,
        "is_open": action.status in _OPEN,
    }


@get(_HERE + "/{action:uuid}")
async def show(visit: Here) -> Page:
    facts = await _facts(visit)
    action, body = facts["action"], facts["body"]
    users: list[User] = await visit.read(tracked.people) if facts["is_open"] else []
    place = action.expected_place
    data = {
        "place": {"lat": place.spot.lat, "lon": place.spot.lon, "radius": place.radius, "name": place.name}
        if place and place.spot
        else None,
        "path": action.path or "",
        "user": body["user"] if facts["is_open"] else None,
    }
    stream = f"{PATH}/stream?action={action.id}" if facts["is_open"] and action.user else ""
    return tracked.room(visit, "tracking_action.html", users=users, data=data, stream=stream, **facts)


@get(_HERE + "/{action:uuid}/facts")
async def facts(visit: Here) -> Page:
    """How it stands, alone, for a page that is open."""
    return tracked.room(visit, "part_action.html", **await _facts(visit))


@post(_HERE + "/{action:uuid}/assign")
async def assign(visit: Here) -> Page:
    here, user = f"{_HERE}/{_id(visit)}", visit.sent.uuid("user_id")
    if user is None:
        return visit.go(here, "Choose somebody first.")
    try:
        given = await visit.write(tracking.actions.assign, user, [_id(visit)])
    except Invalid as fault:
        return visit.go(here, f"Not assigned: {fault.message}")
    return visit.go(here, f"It is {given.name or 'theirs'}’s now." if given.name else "It is assigned.")


@post(_HERE + "/{action:uuid}/complete")
async def complete(visit: Here) -> Page:
    return await _end(visit, "Complete", tracking.actions.complete)


@post(_HERE + "/{action:uuid}/cancel")
async def cancel(visit: Here) -> Page:
    return await _end(visit, "Cancel", tracking.actions.cancel)


async def _end(visit: Visit, what: str, verb: Any) -> Page:
    action = await visit.read(tracking.actions.find, _id(visit))
    here = f"{_HERE}/{action.id}"
    if not visit.confirmed():
        question = f"{what} “{tracked.named(action)}”? This cannot be taken back."
        return visit.confirm(question, f"{what} action", here)
    try:
        await visit.write(verb, action.id)
    except Invalid as fault:
        return visit.go(here, fault.message)
    return visit.go(here, "It is completed." if what == "Complete" else "It is canceled.")


def _file(r: Read, by: Caller, id: str, form: tracking.exports.Format) -> tuple[str, str]:
    span = tracking.exports.of_action(r, by, id)
    return span.name, "".join(tracking.exports.text(r, span, form))


@get(_HERE + "/{action:uuid}/export")
async def export(visit: Here) -> Response[bytes]:
    """The way as a file to keep."""
    form = next((each for each in tracking.exports.FORMATS if each == visit.asked.text("format")), None)
    if form is None:
        raise Missing("there is no such format")
    name, text = await visit.read(_file, _id(visit), form)
    headers = {"content-disposition": f'attachment; filename="{name}.{form}"'}
    return Response(text.encode(), media_type=tracking.exports.MEDIA[form], headers=headers)


ROUTES = [index, ask, make, show, facts, assign, complete, cancel, export]
