"""Verbs of geofences: whom they are for, where they are, and what is told of who comes and goes.

A fence is for one user, for a group and those below it, or for everybody. It is a circle round a place, or an area
drawn as GeoJSON. What it tells is decided in `fencing`; here positions and the passing of time are put to it.
"""

import calendar
import json
from collections.abc import Mapping
from datetime import UTC
from typing import Any, Final

from hyway.domain.identity import Caller
from hyway.domain.tracking import accounts, places
from hyway.domain.tracking.borders.watching import any_due, any_for, on_positions, tick
from hyway.domain.tracking.earth import shapes
from hyway.domain.tracking.listing import Wanted
from hyway.domain.tracking.people import groups as grouping
from hyway.domain.tracking.records import Account, Fence, Page, Place
from hyway.domain.tracking.store import accounts as account_store
from hyway.domain.tracking.store import fences as store
from hyway.domain.tracking.store import groups, users
from hyway.kernel import clock, ids
from hyway.kernel.clock import DAY, Instant
from hyway.kernel.db import Read, Write
from hyway.kernel.faults import Invalid, Missing, Several

MOST: Final = 50_000
"""Geofences of an account whose time is not over."""
TYPES: Final = ("location", "time", "place")
LONGEST_STAY: Final = 366 * 24 * 3600
"""Seconds of `min_duration` and `max_duration`."""
_LATEST = 10 * 366 * DAY
_KEPT = 30 * DAY
_BATCH = 500
_LONGEST_NAME = 255
_MOST_METADATA = 16_384
_WHERE = frozenset({"place", "place_id", "shape", "radius"})
_WHOSE = frozenset({"user_id", "group_id"})
_Fields = Mapping[str, Any]


def page(r: Read, by: Caller, wanted: Wanted) -> Page[Fence]:
    """Also those whose time is over, for a month; a group's token sees what is for its groups and their users."""
    return Page(*store.page(r, accounts.of(r, by).seq, wanted, grouping.seen_by(r, by)))


def find(r: Read, by: Caller, id: str) -> Fence:
    """The fence; Missing if there is none, or none that the caller may see."""
    found = store.find(r, accounts.of(r, by).seq, id.lower(), grouping.seen_by(r, by))
    if found is None:
        raise Missing("Not found.")
    return found


def create(w: Write, by: Caller, fields: _Fields) -> Fence:
    """A new fence of `user_id` or `group_id` (neither is everybody), `place` or `place_id` or `shape`, `radius`,
    `type`, `min_duration`, `max_duration`, `expire_at`, `name`, `metadata`; a month long if nothing else is said."""
    account, now = accounts.opened(w, by), clock.now()
    if store.count(w, account.seq, now) >= MOST:
        raise Invalid("", "There are {most} geofences already.", most=MOST)
    row = {
        "id": ids.uuid4(),
        "account": account.seq,
        **_whose(w, account, fields),
        **_terms(fields, None, now),
        **_said({"name": "", "metadata": {}, **fields}),
        **_area(w, account, fields),
        "created_at": now,
        "modified_at": now,
    }
    store.add(w, row)
    accounts.fenced(w, account.seq, first=True)
    made = _stored(w, account, row["id"])
    w.announce(by, "geofence.created", "geofence", made.id, {"name": made.name})
    return made


def change(w: Write, by: Caller, id: str, fields: _Fields) -> Fence:
    """What is mentioned changes. A fence that moves, or comes to be for others, begins anew: nobody is inside yet."""
    account, now = accounts.of(w, by), clock.now()
    old = _stored(w, account, id)
    values = {**_terms(fields, old, now), **_said(fields)}
    anew = False
    if fields.keys() & _WHOSE:
        values |= _whose(w, account, {"user_id": old.user_id, "group_id": old.group_id, **fields})
        anew = True
    if fields.keys() & _WHERE:
        values |= _moved(w, account, old, fields)
        anew = True
    if not values:
        return old
    store.change(w, account.seq, old.seq, {**values, "modified_at": now})
    if anew:
        store.forget_visits(w, old.seq)
    else:
        store.look_again(w, old.seq, now)
    accounts.fenced(w, account.seq)
    w.announce(by, "geofence.changed", "geofence", old.id, {"changed": sorted(values)})
    return _stored(w, account, id)


def remove(w: Write, by: Caller, id: str) -> None:
    """Nothing is told of who is inside."""
    account = accounts.of(w, by)
    old = _stored(w, account, id)
    store.drop(w, account.seq, old.seq)
    accounts.fenced(w, account.seq)
    w.announce(by, "geofence.deleted", "geofence", old.id, {"name": old.name})


def purge(w: Write) -> bool:
    """Forgets fences that expired a month ago; whether there may be more of them."""
    before = clock.now() - _KEPT
    fenced = [each.seq for each in account_store.every(w) if each.fences]
    return any(store.purge(w, seq, before, _BATCH) == _BATCH for seq in fenced)


def _stored(r: Read, account: Account, id: str) -> Fence:
    found = store.find(r, account.seq, id.lower())
    if found is None:
        raise Missing("Not found.")
    return found


def _whose(r: Read, account: Account, fields: _Fields) -> dict[str, int | None]:
    user_id, group_id = fields.get("user_id"), fields.get("group_id")
    if user_id and group_id:
        raise Invalid("", "Only one of user_id or group_id must be specified.")
    user = users.find(r, account.seq, user_id.lower()) if user_id else None
    group = groups.find(r, account.seq, group_id.lower()) if group_id else None
    for name, id, found in (("user_id", user_id, user), ("group_id", group_id, group)):
        if id and found is None:
            raise Invalid(name, 'Invalid pk "{id}" - object does not exist.', id=id[:60])
    return {"user": user.seq if user else None, "group": group.seq if group else None}


def _area(w: Write, account: Account, fields: _Fields) -> dict[str, Any]:
    """Where the fence is: columns of the place, of the area, of the radius."""
    given = [name for name in ("place", "place_id", "shape") if fields.get(name) is not None]
    if "place" in given and "place_id" in given:
        raise Invalid("", "Only one of place or place_id must be specified.")
    if not given:
        raise Invalid("", "A geofence needs a place, a place_id or a shape.")
    drawn = _drawn(fields["shape"]) if "shape" in given else None
    radius = fields.get("radius")
    if drawn is not None and radius is not None:
        raise Invalid("radius", "A geofence with a shape has no radius.")
    if radius is not None:
        shapes.circle(0, 0, radius)
    place = _place(w, account, fields)
    if drawn is None and (place is None or place.spot is None):
        raise Invalid(given[0], "A geofence needs a place with a location, or a shape.")
    return {
        "place": place.seq if place else None,
        "radius": radius,
        **(drawn or {"shape": None, "box": None}),
    }


def _drawn(shape: Any) -> dict[str, str]:
    """The columns of an area; Invalid says what is wrong with it."""
    box = shapes.polygon(shape).box
    kept = {"type": shape["type"], "coordinates": shape["coordinates"]}
    return {"shape": json.dumps(kept, separators=(",", ":")), "box": json.dumps(box)}


def _place(w: Write, account: Account, fields: _Fields) -> Place | None:
    id = fields.get("place_id")
    if id is not None:
        try:
            return places.of(w, account.seq, id.lower())
        except Missing:
            raise Invalid("place_id", 'Invalid pk "{id}" - object does not exist.', id=id[:60]) from None
    described = fields.get("place")
    if described is None:
        return None
    try:
        spot, clean = places.check(described)
    except Invalid as fault:
        raise _inside("place", fault) from None
    return places.keep(w, account, spot, clean)


def _inside(name: str, fault: Invalid) -> Invalid:
    """The same refusal, of what is inside the field."""
    if isinstance(fault, Several):
        return Several([_inside(name, each) for each in fault.faults])
    return Invalid(f"{name}.{fault.field}" if fault.field else name, fault.text, **fault.facts)


def _moved(w: Write, account: Account, old: Fence, fields: _Fields) -> dict[str, Any]:
    """Where the fence is from now on: a new place leaves the old area, and the other way round."""
    said = {name: fields[name] for name in fields.keys() & _WHERE}
    if said.get("place") is None and said.get("place_id") is None:
        said.setdefault("shape", old.shape)
        if old.place and not said.keys() & {"place", "place_id"}:
            said["place_id"] = old.place.id
    elif said.get("shape") is None and old.shape is None and old.place and old.radius != old.place.radius:
        said.setdefault("radius", old.radius)
    return _area(w, account, said)


def _terms(fields: _Fields, old: Fence | None, now: Instant) -> dict[str, Any]:
    """Type, durations and the end, those that were mentioned; all of them of a new fence."""
    type = fields.get("type", old.type if old else None) or "location"
    if type not in TYPES:
        raise Invalid("type", '"{value}" is not a valid choice.', value=str(type)[:60])
    least = fields.get("min_duration", old.min_duration if old else None)
    most = fields.get("max_duration", old.max_duration if old else None)
    for name, value in (("min_duration", least), ("max_duration", most)):
        if value is not None and not 0 < value <= LONGEST_STAY:
            raise Invalid(name, "Ensure this value is above 0 and at most {most}.", most=LONGEST_STAY)
    if least is not None and most is not None and most < least:
        raise Invalid("max_duration", "Ensure this value is not below min_duration.")
    if type == "time" and least is None and most is None:
        raise Invalid("min_duration", "A geofence of type time needs min_duration or max_duration.")
    found = {"type": type, "min_duration": least, "max_duration": most}
    if old is None or "expire_at" in fields:
        found["expire_at"] = _end(fields.get("expire_at"), now)
    return found if old is None else {name: value for name, value in found.items() if name in fields}


def _end(said: Instant | None, now: Instant) -> Instant:
    if said is None:
        return _a_month_after(now)
    if not now < said <= now + _LATEST:
        raise Invalid("expire_at", "Must be in the future, and within ten years.")
    return said


def _a_month_after(at: Instant) -> Instant:
    """The same time on the same day of the next month, or on its last day."""
    moment = clock.moment(at).astimezone(UTC)
    year, month = (moment.year + 1, 1) if moment.month == 12 else (moment.year, moment.month + 1)
    day = min(moment.day, calendar.monthrange(year, month)[1])
    return clock.instant(moment.replace(year=year, month=month, day=day))


def _said(fields: _Fields) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "name" in fields:
        found["name"] = fields["name"] or ""
        if len(found["name"]) > _LONGEST_NAME:
            raise Invalid("name", "Ensure this field has no more than {n} characters.", n=_LONGEST_NAME)
    if "metadata" in fields:
        found["metadata"] = json.dumps(fields["metadata"] or {})
        if len(found["metadata"]) > _MOST_METADATA:
            raise Invalid("metadata", "Ensure this field has no more than {n} characters.", n=_MOST_METADATA)
    return found


__all__ = [
    "LONGEST_STAY", "MOST", "TYPES", "any_due", "any_for", "change", "create", "find", "on_positions", "page", "purge",
    "remove", "tick",
]  # fmt: skip
