"""Bodies on the wire: what the vendor's clients read of a user, an action and the rest, every key of it.

Its clients dereference much of it unseen: a location of nobody is `{}`, a photo and a status are never null. Beside
the keys of 2017 a user has `unique_id`, `metadata` and `is_tracking`, which the vendor's next version reads.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal

from hyway.domain.tracking.earth.geodesy import metres
from hyway.domain.tracking.records import Account, Action, Event, Fence, Group, Segment, User
from hyway.domain.tracking.telling import display
from hyway.domain.tracking.telling.wire import Body, lines, location, maybe, place, point, when
from hyway.kernel.clock import SECOND, Instant

__all__ = [
    "DEFAULT_PHOTO", "Body", "action", "action_display", "activity_name",
    "controls", "event", "fence", "group", "lines", "location", "maybe", "mileage",
    "photo", "place", "placeline", "point", "segment", "state", "track_row", "user", "when",
]  # fmt: skip

DEFAULT_PHOTO: Final = "/media/default/a1.png"
"""The picture of who has none."""

_ACTIVITIES: Final = {
    "stationary": "Stop",
    "walking": "Walk",
    "running": "Run",
    "cycling": "Cycle",
    "automotive": "Drive",
}


def group(kept: Group) -> Body:
    return {
        "id": kept.id,
        "lookup_id": kept.lookup_id,
        "unique_id": kept.lookup_id,
        "name": kept.name,
        "parent_group_id": kept.parent_id,
        "token": kept.token,
        "created_at": when(kept.created_at),
        "modified_at": when(kept.modified_at),
    }


def state(of: User) -> display.UserState:
    """What the texts about a user are made of."""
    live = of.live
    return display.UserState(
        tracking=live.is_tracking,
        ever_tracked=live.tracking_at is not None or live.last is not None,
        location_status=live.location_status,
        activity=live.last.activity if live.last else "unknown",
        speed=live.last.speed if live.last else None,
        stopped=live.is_stopped,
        battery=live.battery,
        heartbeat_at=live.heartbeat_at,
        pending=len(live.pending),
        assigned_at=live.assigned_at,
        stopped_at=None if live.is_tracking else live.tracking_at,
    )


def photo(of: User, home: str) -> str:
    """Where the user's picture is: elsewhere, here, or the default one."""
    if of.photo is None:
        return home + DEFAULT_PHOTO
    return of.photo if "://" in of.photo else f"{home}/media/users/{of.photo}.png"


def user(of: User, account: Account, now: Instant, home: str) -> Body:
    """A user as he is now; `home` is the address that this server goes by."""
    live, known = of.live, state(of)
    return {
        "id": of.id,
        "group_id": of.group_id,
        "lookup_id": of.lookup_id,
        "unique_id": of.lookup_id,
        "name": of.name,
        "phone": of.phone,
        "photo": photo(of, home),
        "availability_status": display.availability(known),
        "vehicle_type": of.vehicle_type,
        "pending_actions": list(live.pending),
        "last_location": location(live.last),
        "last_online_at": maybe(live.online_at),
        "last_heartbeat_at": maybe(live.heartbeat_at),
        "last_battery": live.battery,
        "location_status": live.location_status,
        "display": _user_display(known, now),
        "metadata": of.metadata,
        "is_tracking": live.is_tracking,
        "created_at": when(of.created_at),
        "modified_at": when(of.modified_at),
        "is_connected": display.is_connected(known, now),
    }


def _user_display(known: display.UserState, now: Instant) -> Body:
    shown = display.of_user(known, now)
    body: Body = {
        "activity_text": shown.activity_text,
        "status_text": shown.status_text,
        "sub_status_text": shown.sub_status_text,
        "has_new_sdk": shown.has_new_sdk,
        "is_warning": shown.is_warning,
    }
    if shown.battery is not None:
        body["battery"] = shown.battery
    if shown.seconds_elapsed_since_last_heartbeat is not None:
        body["seconds_elapsed_since_last_heartbeat"] = shown.seconds_elapsed_since_last_heartbeat
    if shown.speed:
        body["speed"] = shown.speed
    return body


def action(of: Action, account: Account, now: Instant, home: str) -> Body:
    """An action with its whole user, its places and its way so far."""
    return {
        "id": of.id,
        "user": user(of.user, account, now, home) if of.user else None,
        "user_id": of.user.id if of.user else None,
        "type": of.type,
        "lookup_id": of.lookup_id,
        "unique_id": of.unique_id,
        "collection_id": of.collection_id,
        "expected_place": place(of.expected_place),
        "started_place": place(of.started_place),
        "completed_place": place(of.completed_place),
        **_times(of),
        "status": of.status,
        "sub_status": of.sub_status,
        "initial_eta": maybe(of.initial_eta),
        "eta": maybe(of.eta),
        "distance": None if of.distance is None else round(of.distance, 2),
        "duration": of.duration,
        "tracking_url": f"{home}/track/{of.short_code}",
        "short_code": of.short_code,
        **lines(of.path),
        "display": action_display(of, account.distance_unit, now),
        "event_flags": [{"type": flag} for flag in of.flags],
        "vehicle_type": of.vehicle_type or (of.user.vehicle_type if of.user else "unknown"),
        "metadata": of.metadata,
        "created_at": when(of.created_at),
        "modified_at": when(of.modified_at),
    }


def _times(of: Action) -> Body:
    """`scheduled_at` and `expected_at` are two clients' names of one thing."""
    return {
        "scheduled_at": maybe(of.scheduled_at),
        "expected_at": maybe(of.scheduled_at),
        "assigned_at": maybe(of.assigned_at),
        "started_at": maybe(of.started_at),
        "completed_at": maybe(of.completed_at),
        "canceled_at": maybe(of.canceled_at),
        "suspended_at": maybe(of.suspended_at),
        "ended_at": maybe(of.ended_at),
    }


def action_display(of: Action, distance_unit: Literal["km", "mi"], now: Instant) -> Body:
    """The texts and figures of an action as a page shows them."""
    shown = display.of_action(
        display.ActionState(
            status=of.status,
            sub_status=of.sub_status,
            assigned_at=of.assigned_at,
            arrived_at=of.progress.get("arrived_at"),
            ended_at=of.ended_at,
            expected_at=of.scheduled_at,
            eta=of.eta,
            left=_left(of),
            distance_unit=distance_unit,
            user=state(of.user) if of.user else None,
        ),
        now,
    )
    body: Body = {
        "status": shown.status,
        "status_text": shown.status_text,
        "sub_status": shown.sub_status,
        "sub_status_text": shown.sub_status_text,
        "sub_status_duration": shown.sub_status_duration,
        "duration_remaining": shown.duration_remaining,
        "duration_elapsed": shown.duration_elapsed,
        "distance_remaining": shown.distance_remaining,
        "distance_unit": shown.distance_unit,
        "show_summary": shown.show_summary,
        "is_late": shown.is_late,
        "ended_at": maybe(shown.ended_at),
    }
    more = {"battery": shown.battery, "has_new_sdk": shown.has_new_sdk, "speed": shown.speed}
    return body | {name: value for name, value in more.items() if value is not None}


def _left(of: Action) -> float | None:
    """Metres from where the user is to the expected place, as the crow flies."""
    fix = of.user.live.last if of.user else None
    spot = of.expected_place.spot if of.expected_place else None
    return metres(fix.lat, fix.lon, spot.lat, spot.lon) if fix and spot else None


def segment(part: Segment, now: Instant) -> Body:
    """A trip, a stop or a gap. One that lasts is as long as it has lasted until now."""
    lasting = part.ended_at is None and part.kind != "trip"
    body: Body = {
        "id": f"{part.id}_{part.began_at // SECOND}" if part.kind == "trip" else part.id,
        "user_id": part.user_id,
        "type": part.kind,
        "activity": activity_name(part),
        "place": place(part.place),
        "started_at": when(part.began_at),
        "ended_at": maybe(part.ended_at),
        "distance": round(part.distance, 2),
        "duration": max(0, now - part.began_at) / SECOND if lasting else part.duration,
        "step_count": 0,
        "created_at": when(part.created_at),
        "modified_at": when(part.modified_at),
    }
    if part.kind == "trip":
        return body | _trip(part)
    if part.kind == "stop":
        return body | lines(None) | {"location": location(part.began), "lookup_id": part.lookup_id}
    ends = {"start_location": location(part.began), "end_location": location(part.ended)}
    return body | lines(None) | ends | {"reason": part.reason or "unknown"}


def _trip(part: Segment) -> Body:
    return {
        "trip_id": part.id,
        "start_location": location(part.began),
        "end_location": location(part.ended),
        **lines(part.path),
        "vehicle_type": part.vehicle_type,
    }


def activity_name(part: Segment) -> str:
    """Drive, Walk, Run, Cycle, Stop; nothing of a gap."""
    if part.kind == "location_void":
        return ""
    return "Stop" if part.kind == "stop" else _ACTIVITIES.get(part.activity, part.activity)


def event(told: Event) -> Body:
    """An event as lists show it and as webhooks carry it: `event_type` is the older name of `type`."""
    return {
        "id": told.id,
        "user_id": told.user_id,
        "action_id": told.action_id,
        "type": told.type,
        "event_type": told.type,
        "recorded_at": when(told.recorded_at),
        "location": location(told.location),
        "data": told.data,
        "has_been_delivered": told.delivered_at is not None,
        "delivered_at": maybe(told.delivered_at),
        "created_at": when(told.created_at),
        "modified_at": when(told.modified_at),
    }


def placeline(
    of: Body, date: str, segments: Iterable[Body], actions: Iterable[Body], events: Iterable[Event]
) -> Body:
    """A user's day (`date` is YYYY-MM-DD): the user's own body, and what happened."""
    return {
        **of,
        "timeline_date": date,
        "segments": list(segments),
        "actions": list(actions),
        "events": [_moment(told) for told in events],
    }


def _moment(told: Event) -> Body:
    """An event as a placeline has it."""
    return {
        "id": told.id,
        "recorded_at": when(told.recorded_at),
        "type": told.type,
        "user_id": told.user_id,
        "position": point(told.location) if told.location else None,
        "info": str(told.data.get("info", "")),
    }


def mileage(
    id: str,
    user_id: str | None,
    distance: float,
    duration: float,
    began_at: Instant | None,
    ended_at: Instant | None,
    activities: Mapping[str, tuple[float, float]],
) -> Body:
    """Of a user or an action (`id`): metres and seconds, in all and by activity."""
    return {
        "id": id,
        "user_id": user_id,
        "distance": round(distance, 2),
        "duration": duration,
        "started_at": maybe(began_at),
        "ended_at": maybe(ended_at),
        "activities": [
            {"activity": _ACTIVITIES.get(name, name), "distance": round(far, 2), "duration": long}
            for name, (far, long) in activities.items()
        ],
    }


def track_row(of: User, actions: Sequence[Action], account: Account, now: Instant, home: str) -> Body:
    """A user as a tracking page follows him: with the way and the distance of the first action that has one."""
    way = next((each for each in actions if each.path), None)
    return {
        "user": {
            **user(of, account, now, home),
            **lines(way.path if way else None),
            "distance": round(way.distance or 0.0, 2) if way else 0.0,
        },
        "actions": [action(each, account, now, home) for each in actions],
    }


def fence(kept: Fence) -> Body:
    """A geofence; `shape`, `radius`, `group_id`, `name` and `metadata` are beyond the vendor's."""
    return {
        "id": kept.id,
        "user_id": kept.user_id,
        "group_id": kept.group_id,
        "name": kept.name,
        "type": kept.type,
        "place": place(kept.place),
        "shape": kept.shape,
        "radius": kept.radius,
        "min_duration": kept.min_duration,
        "max_duration": kept.max_duration,
        "expire_at": when(kept.expire_at),
        "metadata": kept.metadata,
        "created_at": when(kept.created_at),
        "modified_at": when(kept.modified_at),
    }


def controls(of: User) -> Body:
    """What the device is to do: how often to send, seconds and metres as the vendor's clients have them."""
    known = state(of)
    busy = display.availability(known) == "active"
    command = "GO_ACTIVE" if busy else "GO_ONLINE" if known.tracking else "GO_OFFLINE"
    return {
        "user_id": of.id,
        "run_command": command,
        "batch_duration": display.ACTIVE_BATCH if busy else display.PASSIVE_BATCH,
        "ttl": None,
        "minimum_duration": 10,
        "minimum_displacement": 30,
    }
