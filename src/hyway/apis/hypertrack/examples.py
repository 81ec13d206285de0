"""Examples of the documentation: bodies as the vendor's pages and clients have them, which the tests hold too."""

import json
from importlib.resources import files
from typing import Any

from hyway.apis.kit.openapi import Example

BODIES: dict[str, Any] = json.loads(files(__package__).joinpath("examples.json").read_text("utf-8"))


def _ours(body: Any) -> Any:
    """The body with what our users and geofences have beyond the vendor's of 2017."""
    if isinstance(body, list):
        return [_ours(each) for each in body]
    if not isinstance(body, dict):
        return body
    whole = {name: _ours(value) for name, value in body.items()}
    if "availability_status" in body:
        more = {"unique_id": body["lookup_id"], "metadata": {}}
        whole = {**more, "is_tracking": body["availability_status"] != "offline", **whole}
    if "max_duration" in body:
        whole = {"group_id": None, "name": "", "shape": None, "radius": 100.0, "metadata": {}, **whole}
    return whole


_OURS: dict[str, Any] = {name: _ours(body) for name, body in BODIES.items()}
_USER, _ACTION, _EVENT = _OURS["user_tracked"], _OURS["action_started"], _OURS["event_and_webhook_body"]
_PLACE, _GROUP, _FENCE = _OURS["place"], _OURS["group"], _OURS["geofence"]
_NEW_USER = {"name": "Tapan Pandita", "phone": "+16502469293", "lookup_id": "driver-7", "vehicle_type": "car"}
_NEW_PLACE = {
    name: _PLACE[name] for name in ("name", "location", "address", "zip_code", "city", "state", "country")
}
_NEW_GROUP = {name: _GROUP[name] for name in ("name", "parent_group_id")}
_NEW_ACTION = {
    "type": "delivery",
    "user_id": _USER["id"],
    "expected_place": _NEW_PLACE,
    "scheduled_at": "2017-07-14T03:00:00Z",
    "lookup_id": "order-123",
}
_NEW_FENCE = {"user_id": _FENCE["user_id"], "type": "place", "place": _NEW_PLACE}
_ASSIGNED = {"action_ids": [_ACTION["id"]]}


def _page(body: Any) -> dict[str, Any]:
    return {"count": 1, "next": None, "previous": None, "results": [body]}


def _resource(path: str, body: Any, sent: Any) -> dict[str, Example]:
    return {
        f"GET {path}": Example(_page(body)),
        f"POST {path}": Example(body, sent),
        f"GET {path}{{id}}/": Example(body),
        f"PATCH {path}{{id}}/": Example(body, sent),
        f"PUT {path}{{id}}/": Example(body, sent),
    }


EXAMPLES: dict[str, Example] = {
    **_resource("/api/v1/users/", _USER, _NEW_USER),
    **_resource("/api/v1/actions/", _ACTION, _NEW_ACTION),
    **_resource("/api/v1/places/", _PLACE, _NEW_PLACE),
    **_resource("/api/v1/groups/", _GROUP, _NEW_GROUP),
    **_resource("/api/v1/geofences/", _FENCE, _NEW_FENCE),
    "POST /api/v1/users/": Example(_OURS["user_fresh"], _NEW_USER),
    "GET /api/v1/users/nearby/": Example(_OURS["users_nearby"]),
    "GET /api/v1/users/{id}/placeline/": Example(_OURS["user_placeline"]),
    "GET /api/v1/users/{id}/mileage/": Example(_OURS["mileage"]),
    "POST /api/v1/sdk_events/bulk/": Example(
        BODIES["sdk_events_bulk_response"], BODIES["sdk_events_bulk_request"]
    ),
    "GET /api/v1/users/{id}/controls/": Example(_OURS["sdk_controls"]),
    "POST /api/v1/users/{id}/assign_actions/": Example(_USER, _ASSIGNED),
    "POST /api/v1/users/{id}/stop_tracking/": Example(_USER),
    "POST /api/v1/actions/": Example(_OURS["action_created"], _NEW_ACTION),
    "GET /api/v1/actions/track/": Example(_OURS["actions_track"]),
    "GET /api/v1/actions/{id}/detailed/": Example(_ACTION),
    "GET /api/v1/actions/{id}/meter/": Example(_OURS["mileage"]),
    "GET /api/v1/actions/{id}/mileage/": Example(_OURS["mileage"]),
    "POST /api/v1/actions/{id}/complete/": Example(
        _OURS["action_completed"], {"completion_location": _PLACE["location"]}
    ),
    "GET /api/v1/places/search/": Example({"results": [_PLACE]}),
    "GET /api/v1/events/": Example(_page(_EVENT)),
    "GET /api/v1/events/{id}/": Example(_EVENT),
    "GET /api/v1/get_eta/": Example(_OURS["get_eta"]),
    "GET /api/v1/simulate/": Example(_OURS["simulate"]),
}
"""By operation; those that have none are shown by their shape alone."""
