"""What the rooms of tracking share: whose data is meant, groups as a tree, distances and times as people say them."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from markupsafe import Markup

from hyway.console.visit import Page, Visit
from hyway.domain import tracking
from hyway.domain.identity import Caller
from hyway.domain.tracking import Account, Action, Fence, Group, Location, User
from hyway.kernel import clock
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read

PATH = "/console/tracking"
MOST = 500
"""Users, or groups, that a list to choose from holds."""
_MILE, _FOOT = 1609.344, 0.3048
AVAILABLE = {"active": "At work", "online": "Online", "offline": "Offline"}
VEHICLES = {
    "unknown": "Not known",
    "walking": "On foot",
    "bicycle": "Bicycle",
    "motorcycle": "Motorcycle",
    "car": "Car",
    "3-wheeler": "Three-wheeler",
    "van": "Van",
}
STATUSES = {
    "created": "Nobody's yet",
    "assigned": "Waiting",
    "started": "Under way",
    "completed": "Completed",
    "canceled": "Canceled",
    "suspended": "Given up",
}
_THITHER = ("delivery", "dropoff", "trip")
"""Types of actions that go to a place; the others are done at one."""
_EVENTS = {
    "action.completed_at_different_place_than_expected": "Completed at another place than expected",
    "geofence.entered": "Entered",
    "geofence.exited": "Left",
    "geofence.triggered": "Stayed as long as was asked",
    "tracking.started": "Tracking began",
    "tracking.ended": "Tracking ended",
    "user.activity.stopped": "Stands still",
    "user.network.offline": "Went silent",
    "user.network.online": "Is heard of again",
    "user.created": "Was added",
}
_ABOUT = {
    "action": "Action: ",
    "trip": "A trip ",
    "stop": "A stop ",
    "device": "Device: ",
    "user": "",
    "geofence": "",
}


class Branch(NamedTuple):
    """A group in the tree; `depth` 0 is under nobody."""

    group: Group
    depth: int


def groups(r: Read, by: Caller) -> list[Branch]:
    """All groups by name, each followed by those under it."""
    found = tracking.groups.page(r, by, tracking.Wanted(order=("name",), size=MOST)).rows
    return tree(found)


def tree(found: Sequence[Group]) -> list[Branch]:
    under: dict[str | None, list[Group]] = {}
    ids = {group.id for group in found}
    for group in found:
        under.setdefault(group.parent_id if group.parent_id in ids else None, []).append(group)
    made: list[Branch] = []
    waiting = [Branch(group, 0) for group in reversed(under.get(None, []))]
    while waiting:
        branch = waiting.pop()
        made.append(branch)
        waiting += [Branch(each, branch.depth + 1) for each in reversed(under.get(branch.group.id, []))]
    return made


def within(branches: Sequence[Branch], id: str) -> set[str]:
    """The ids of the group and of all under it."""
    found: set[str] = set()
    depth: int | None = None
    for branch in branches:
        if branch.group.id == id:
            depth = branch.depth
        elif depth is not None and branch.depth <= depth:
            depth = None
        if depth is not None:
            found.add(branch.group.id)
    return found


def account(r: Read, by: Caller) -> Account:
    return tracking.accounts.of(r, by)


def people(r: Read, by: Caller) -> list[User]:
    """Users to choose from, by name."""
    return tracking.users.page(r, by, tracking.UserQuery(ordering=("name",), take=MOST)).rows


def room(visit: Visit, template: str, status: int = 200, **facts: Any) -> Page:
    """A page of these rooms: the words that all of them use go with it."""
    words = {
        "far": far,
        "lasting": lasting,
        "hour": hour,
        "named": named,
        "telling": telling,
        "embedded": embedded,
        "vehicles": VEHICLES,
        "statuses": STATUSES,
        "available": AVAILABLE,
        "environment": visit.by.environment,
    }
    return visit.page(template, status, **words, **facts)


def far(metres: float, unit: str) -> str:
    """`850 m`, `3.4 km`, `127 km`; in miles and feet for those who chose them."""
    whole, small, least = (_MILE, _FOOT, 0.1) if unit == "mi" else (1000.0, 1.0, 1.0)
    if metres / whole < least:
        return f"{round(metres / small):,} {'ft' if unit == 'mi' else 'm'}"
    count = metres / whole
    return f"{count:,.0f} {unit}" if count >= 100 else f"{count:.1f} {unit}"


def lasting(seconds: float) -> str:
    """`40 s`, `12 min`, `1 h 05 min`, `2 d 3 h`."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes = round(whole / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours < 24 else f"{hours // 24} d {hours % 24} h"


def hour(at: Instant, zone: str) -> str:
    return clock.moment(at).astimezone(ZoneInfo(zone)).strftime("%H:%M")


def named(action: Action) -> str:
    """An action as people would call it: `Delivery to Ferry Building`."""
    kind = action.type.replace("_", " ").capitalize()
    place = action.expected_place
    where = (place.name or place.address) if place else ""
    way = "to" if action.type in _THITHER else "at"
    return f"{kind} {way} {where}" if where else f"{kind} {action.lookup_id or action.short_code}"


def telling(type: str) -> str:
    """An event's type in plain words."""
    if type in _EVENTS:
        return _EVENTS[type]
    about, _, rest = type.partition(".")
    words = rest.replace(".", " ").replace("_", " ")
    return (_ABOUT.get(about, about + " ") + words).strip().capitalize()


def shape(fence: Fence) -> dict[str, Any] | None:
    """A geofence as the map's script draws it; None for areas of several parts, which it cannot."""
    if fence.shape is None:
        spot = fence.place.spot if fence.place else None
        radius = fence.radius or (fence.place.radius if fence.place else 0)
        return {"type": "circle", "center": [spot.lat, spot.lon], "radius": radius} if spot else None
    if fence.shape["type"] != "Polygon":
        return None
    outer = fence.shape["coordinates"][0][:-1]
    return {"type": "polygon", "points": [[lat, lon] for lon, lat, *_ in outer]}


def size(fence: Fence, unit: str) -> str:
    """How large it is, in words."""
    if fence.shape is None:
        radius = fence.radius or (fence.place.radius if fence.place else 0.0)
        return f"Circle, radius {far(radius, unit)}"
    if fence.shape["type"] != "Polygon":
        return f"{len(fence.shape['coordinates'])} areas"
    return f"Area with {len(fence.shape['coordinates'][0]) - 1} corners"


def fix(last: Location | None) -> dict[str, Any] | None:
    """A position as the map's script takes it."""
    if last is None:
        return None
    return {"lat": last.lat, "lon": last.lon, "bearing": last.bearing, "speed": last.speed}


def embedded(data: Any) -> Markup:
    """JSON that cannot end the element which holds it, nor open a comment in it."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return Markup(text)  # noqa: S704  # nothing in it is markup any more


def bodies(r: Read, by: Caller, users: Iterable[User]) -> list[dict[str, Any]]:
    """Users as streams tell of them, so that a page and its stream speak alike."""
    whose, now = account(r, by), clock.now()
    return [dict(tracking.payloads.user(user, whose, now, r.home)) for user in users]


def paging(visit: Visit, page: int, total: int, size: int) -> dict[str, object]:
    """First and last item of this page, and where the pages before and after are; the filters are kept."""
    kept = [(name, visit.asked.text(name)) for name in ("q", "group", "status") if visit.asked.text(name)]

    def at(number: int) -> str:
        return f"{visit.request.url.path}?{urlencode([*kept, ('page', str(number))])}"

    return {
        "first": min((page - 1) * size + 1, total),
        "last": min(page * size, total),
        "total": total,
        "before": at(page - 1) if page > 1 else "",
        "after": at(page + 1) if page * size < total else "",
    }
