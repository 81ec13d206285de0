"""What the fuzzer needs to get anywhere in the tracking API: a world to find, and ids that name something in it."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from zlib import crc32

import httpx

from hyway.kernel import clock

Known = Mapping[str, Sequence[str]]
_UUID = re.compile(r"(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MANY = 40  # some are deleted on the way
_FIELDS = {
    "user_id": "user", "action_id": "action", "action_ids": "action", "group_id": "group",
    "parent_group_id": "group", "expected_place_id": "place", "place_id": "place", "short_code": "short_code",
}  # fmt: skip
_PATHS = {
    "users": "user", "actions": "action", "places": "place", "groups": "group", "events": "event",
    "geofences": "fence", "webhooks": "webhook",
}  # fmt: skip


def furnish(url: str, key: str, _data: Path) -> Known:
    """Users who move and have something to do, and whatever else there can be; ids by noun."""
    with httpx.Client(base_url=f"{url}/api/v1", headers={"Authorization": f"token {key}"}) as client:

        def make(path: str, **fields: Any) -> str:
            return str(client.post(f"/{path}/", json=fields).json().get("id", ""))

        door = {"type": "Point", "coordinates": [-122.42434, 37.77629]}
        known: dict[str, list[str]] = {noun: [] for noun in (*_PATHS.values(), "short_code")}
        for number in range(_MANY):
            group = make("groups", name=f"G{number}")
            user = make("users", name=f"U{number}", group_id=group)
            client.post(f"/users/{user}/locations/", json=_drive(number))
            known["group"].append(group)
            known["user"].append(user)
            known["place"].append(make("places", name=f"P{number}", location=door))
            known["action"].append(make("actions", user_id=user, expected_place={"location": door}))
            known["fence"].append(make("geofences", user_id=user, type="place", place={"location": door}))
            known["webhook"].append(make("webhooks", url=f"https://example.com/{number}", allowed_events=[]))
        known["event"] = [each["id"] for each in client.get("/events/").json()["results"]]
        known["short_code"] = [each["short_code"] for each in client.get("/actions/").json()["results"]]
        return {noun: [id for id in ids if id] for noun, ids in known.items()}


def _drive(number: int) -> list[dict[str, Any]]:
    begin = clock.now() - clock.HOUR
    return [
        {
            "geojson": {"type": "Point", "coordinates": [-122.42 + number / 100, 37.77 + step / 1000]},
            "recorded_at": clock.text(begin + step * 10 * clock.SECOND),
            "speed": 11.1,
        }
        for step in range(30)
    ]


def in_path(path: str, sent: Any, known: Known) -> Any:
    """Path parameters of which three in four name something; the others stay what they were made."""
    if not isinstance(sent, dict):
        return sent
    ids = known.get(_PATHS.get(path.split("/")[3], ""), ())
    return {name: _chosen(value, ids) if name == "id" else value for name, value in sent.items()}


def _chosen(value: Any, ids: Sequence[str]) -> Any:
    roll = crc32(repr(value).encode(errors="replace"))
    return ids[roll // 4 % len(ids)] if ids and roll % 4 else value


def in_fields(sent: Any, known: Known) -> Any:
    """A query or a body whose well-formed ids name something."""
    if isinstance(sent, list):
        return [in_fields(each, known) for each in sent]
    if not isinstance(sent, dict):
        return sent
    return {name: _field(name, value, known) for name, value in sent.items()}


def _field(name: str, value: Any, known: Known) -> Any:
    if isinstance(value, list):
        return [_field(name, each, known) for each in value]
    if isinstance(value, dict):
        return in_fields(value, known)
    if name not in _FIELDS or not isinstance(value, str):
        return value
    ids = known.get(_FIELDS[name], ())
    if _UUID.fullmatch(value) and ids:
        return ids[crc32(value.encode()) % len(ids)]
    return _chosen(value, ids)
