"""Geofences: drawn on the map, for everybody, a group or a user; who came and went."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from litestar import get, post

from hyway.console import tracked
from hyway.console.dates import for_input, parse_local
from hyway.console.form import Form, errors
from hyway.console.pages.tracking_actions import number, point
from hyway.console.tracked import PATH, Branch
from hyway.console.visit import Here, Page, Visit
from hyway.domain import tracking
from hyway.domain.identity import Caller
from hyway.domain.tracking import Account, Event, Fence, User, Wanted
from hyway.kernel import clock
from hyway.kernel.db import Read
from hyway.kernel.faults import Invalid

_HERE = PATH + "/fences"
_SIZE = 100
_EVENTS = 30
_TYPES = ("geofence.entered", "geofence.exited", "geofence.triggered")
_FIELDS = ("name", "whose", "type", "min_minutes", "expire_at", "shape", "lat", "lon", "radius")
KINDS = {"location": "comes and goes", "time": "has stayed for a while"}


def _id(visit: Visit) -> str:
    return str(visit.request.path_params["fence"])


Visited = tuple[Event, str, str]
"""An event, the name of the user, and the name of the geofence."""


def _recent(r: Read, by: Caller, fence: str = "") -> list[Visited]:
    """Who came and went lately, through all geofences or one."""
    found = tracking.events.page(r, by, Wanted({"type": _TYPES}, size=_EVENTS * (10 if fence else 1))).rows
    told = []
    for event in found:
        of = event.data.get("geofence") or {}
        who = (event.data.get("object") or {}).get("name") or "Somebody"
        if not fence or of.get("id") == fence:
            told.append((event, who, of.get("name") or "a geofence"))
    return told[:_EVENTS]


def _list(
    r: Read, by: Caller, wanted: Wanted
) -> tuple[Account, list[Fence], int, list[Visited], dict[str, str]]:
    found = tracking.fences.page(r, by, wanted)
    account = tracked.account(r, by)
    names = {branch.group.id: branch.group.name for branch in tracked.groups(r, by)}
    ids = tuple({each.user_id for each in found.rows if each.user_id})
    if ids:
        users = tracking.users.page(r, by, tracking.UserQuery(ids=ids, take=len(ids))).rows
        names |= {user.id: user.name for user in users}
    return account, found.rows, found.total, _recent(r, by), names


@get(_HERE)
async def index(visit: Here) -> Page:
    page = visit.asked.whole("page", 1, 1_000_000, 1)
    search = visit.asked.text("q")[:200]
    wanted = Wanted(search=search, page=page, size=_SIZE)
    account, fences, total, recent, names = await visit.read(_list, wanted)
    shapes = [{"id": each.id, "name": each.name, "shape": tracked.shape(each)} for each in fences]
    return tracked.room(
        visit,
        "tracking_fences.html",
        account=account,
        fences=fences,
        total=total,
        recent=recent,
        names=names,
        now=clock.now(),
        search=search,
        size=tracked.size,
        data={"fences": shapes},
        pages=tracked.paging(visit, page, total, _SIZE),
    )


def _choices(r: Read, by: Caller) -> tuple[Account, list[Branch], list[User], list[dict[str, Any]]]:
    users = tracked.people(r, by)
    spots = [spot for user in users if (spot := tracked.fix(user.live.last))]
    return tracked.account(r, by), tracked.groups(r, by), users, spots[:100]


async def _form(
    visit: Visit,
    fence: Fence | None,
    typed: Mapping[str, Any],
    wrong: Mapping[str, str],
    status: int = 200,
    recent: Sequence[Visited] = (),
) -> Page:
    account, groups, users, near = await visit.read(_choices)
    shape = json.loads(typed["shape"]) if typed["shape"] and "shape" not in wrong else None
    # An area of several parts came by the API; the page can show its name and its times, and leaves it as it is.
    is_odd = fence is not None and tracked.shape(fence) is None
    return tracked.room(
        visit,
        "tracking_fence_form.html",
        status,
        fence=fence,
        typed=typed,
        errors=wrong,
        account=account,
        groups=groups,
        users=users,
        kinds=KINDS,
        recent=recent,
        is_odd=is_odd,
        data={"shape": shape, "near": near},
    )


@get(_HERE + "/new")
async def ask(visit: Here) -> Page:
    year = for_input(clock.now() + 365 * clock.DAY, visit.zone)
    typed = {**dict.fromkeys(_FIELDS, ""), "type": "location", "whose": "all", "expire_at": year}
    return await _form(visit, None, typed, {})


@get(_HERE + "/{fence:uuid}")
async def show(visit: Here) -> Page:
    fence = await visit.read(tracking.fences.find, _id(visit))
    return await _form(visit, fence, _of(fence, visit.zone), {}, recent=await visit.read(_recent, fence.id))


def _of(fence: Fence, zone: str) -> dict[str, Any]:
    shape = tracked.shape(fence)
    is_circle = shape is not None and shape["type"] == "circle"
    whose = (
        f"user:{fence.user_id}" if fence.user_id else f"group:{fence.group_id}" if fence.group_id else "all"
    )
    return {
        "name": fence.name,
        "whose": whose,
        "type": fence.type,
        "min_minutes": f"{fence.min_duration / 60:g}" if fence.min_duration else "",
        "expire_at": for_input(fence.expire_at, zone),
        "shape": json.dumps(shape) if shape else "",
        "lat": shape["center"][0] if is_circle and shape else "",
        "lon": shape["center"][1] if is_circle and shape else "",
        "radius": f"{shape['radius']:g}" if is_circle and shape else "",
    }


@post(_HERE + "/new")
async def make(visit: Here) -> Page:
    typed = {name: visit.sent.text(name) for name in _FIELDS}
    try:
        fields = {**_said(visit.sent, visit.zone), **_area(visit.sent, typed["name"])}
        made = await visit.write(tracking.fences.create, fields)
    except Invalid as fault:
        return await _form(visit, None, typed, _wrong(fault, typed), 422)
    return visit.go(_HERE, f"The geofence “{made.name}” is watched from now on.")


@post(_HERE + "/{fence:uuid}")
async def save(visit: Here) -> Page:
    typed = {name: visit.sent.text(name) for name in _FIELDS}
    fence = await visit.read(tracking.fences.find, _id(visit))
    before = _of(fence, visit.zone)
    try:
        fields = _said(visit.sent, visit.zone)
        # A geofence that moves, or comes to be for others, begins anew: only what changed is said.
        if typed["whose"] == before["whose"]:
            del fields["user_id"], fields["group_id"]
        if tracked.shape(fence) is not None and _is_moved(typed, before):
            fields |= {"place": None, "place_id": None, "shape": None, "radius": None}
            fields |= _area(visit.sent, typed["name"])
        await visit.write(tracking.fences.change, fence.id, fields)
    except Invalid as fault:
        return await _form(visit, fence, typed, _wrong(fault, typed), 422)
    return visit.go(_HERE, "Saved.")


def _is_moved(typed: Mapping[str, str], before: Mapping[str, Any]) -> bool:
    if typed["shape"]:
        return bool(_drawn(typed["shape"]) != (json.loads(before["shape"]) if before["shape"] else None))
    return any(typed[name] != str(before[name]) for name in ("lat", "lon", "radius"))


def _said(sent: Form, zone: str) -> dict[str, Any]:
    """All but where it is, as the verbs take it."""
    kind, _, id = sent.text("whose").partition(":")
    type = sent.one_of("type", KINDS, "location")
    minutes = number(sent, "min_minutes", 1, 527_040) if sent.text("min_minutes") else None
    if type == "time" and minutes is None:
        raise Invalid("min_minutes", "must say after how many minutes")
    if not sent.text("name"):
        raise Invalid("name", "must not be empty")
    return {
        "name": sent.text("name"),
        "user_id": id if kind == "user" else None,
        "group_id": id if kind == "group" else None,
        "type": type,
        "min_duration": round(minutes * 60) if minutes and type == "time" else None,
        "expire_at": parse_local("expire_at", sent.text("expire_at"), zone),
    }


def _area(sent: Form, name: str) -> dict[str, Any]:
    """What was drawn, else the point and the radius that were typed."""
    shape = _drawn(sent.text("shape")) if sent.text("shape") else None
    if shape is None:
        spot = point(sent)
        if spot is None:
            raise Invalid("shape", "must be drawn on the map")
        return {"place": {"location": spot, "name": name}, "radius": number(sent, "radius", 10, 500_000)}
    if shape["type"] == "circle":
        lat, lon = shape["center"]
        return {"place": {"location": tracking.Spot(lat, lon), "name": name}, "radius": shape["radius"]}
    ring = [[lon, lat] for lat, lon in shape["points"]]
    return {"shape": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}}


def _drawn(text: str) -> dict[str, Any]:
    """A shape as the map's script writes it; Invalid for anything else."""
    try:
        said = json.loads(text)
        if said["type"] == "circle":
            (lat, lon), radius = map(float, said["center"]), float(said["radius"])
            if not (-90 <= lat <= 90 and -180 <= lon <= 180 and 0 < radius <= 500_000):
                raise ValueError
            return {"type": "circle", "center": [lat, lon], "radius": radius}
        points = [[float(lat), float(lon)] for lat, lon in said["points"]]
        if said["type"] != "polygon" or not all(
            -90 <= lat <= 90 and -180 <= lon <= 180 for lat, lon in points
        ):
            raise ValueError
        if not 3 <= len(points) <= 1_000:
            raise ValueError
        return {"type": "polygon", "points": points}
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Invalid("shape", "cannot be read; draw it again") from None


def _wrong(fault: Invalid, typed: dict[str, str]) -> dict[str, str]:
    fault.field = {"min_duration": "min_minutes", "user_id": "whose", "group_id": "whose"}.get(
        fault.field, fault.field
    )
    try:
        json.loads(typed["shape"] or "null")
    except ValueError:
        typed["shape"] = ""
    return errors(fault, _FIELDS)


@post(_HERE + "/{fence:uuid}/delete")
async def delete(visit: Here) -> Page:
    fence = await visit.read(tracking.fences.find, _id(visit))
    if not visit.confirmed():
        question = (
            f"Delete the geofence “{fence.name}”? Nothing is told of who comes and goes there any more."
        )
        return visit.confirm(question, "Delete geofence", f"{_HERE}/{fence.id}")
    await visit.write(tracking.fences.remove, fence.id)
    return visit.go(_HERE, f"The geofence “{fence.name}” is deleted.")


ROUTES = [index, ask, show, make, save, delete]
