"""The vendor's bodies as a measure: what it means that an answer is like them."""

import json
import re
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).parents[1] / "contracts"
BODIES: dict[str, Any] = json.loads((SOURCE / "hypertrack.json").read_text())
EXPECTED: dict[str, Any] = {
    f"{each['method']} {each['path']}": each
    for each in json.loads((SOURCE / "hypertrack-operations.json").read_text())
}
MAY_BE_NULL = frozenset(
    {
        "delivered_at",
        "ended_at",
        "lookup_id",
        "expected_place",
        "scheduled_at",
        "expected_at",
        "parent_group_id",
        "encoded_polyline",
        "time_aware_polyline",
    }
)
"""Besides what is null in any of the bodies: the vendor's pages say so."""
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

USERS = [BODIES["user_fresh"], BODIES["user_tracked"]]
ACTIONS = [BODIES["action_created"], BODIES["action_started"], BODIES["action_completed"]]


def page(*samples: Any) -> list[Any]:
    """A list's envelope around each of the bodies; `next` and `previous` may be null."""
    return [
        {"count": 1, "next": "https://example.com/?page=2", "previous": None, "results": list(samples)},
        {"count": 1, "next": None, "previous": "https://example.com/", "results": list(samples)},
    ]


def differs(samples: list[Any], value: Any, place: str = "$") -> str:
    """Where a value is not like the samples, "" where it is.

    A key that all samples have must be there, null only where one of them is null; what stands under it must be of
    the kind that the samples have. Further keys are additions.
    """
    kinds = [sample for sample in samples if sample is not None]
    if value is None:
        fine = len(kinds) < len(samples) or place.rpartition(".")[2] in MAY_BE_NULL
        return "" if fine else f"{place} is null"
    if not kinds:
        return ""
    if isinstance(kinds[0], dict):
        return _object(kinds, value, place)
    if isinstance(kinds[0], list):
        return _list(kinds, value, place)
    return (
        ""
        if any(_like(sample, value) for sample in kinds)
        else f"{place} is {value!r}, not like {kinds[0]!r}"
    )


def _object(samples: list[Any], value: Any, place: str) -> str:
    if not isinstance(value, dict):
        return f"{place} is {value!r}, no object"
    if place.endswith(".metadata"):
        return ""  # the caller's own
    if "availability_status" in samples[0]:
        samples = [*samples, *USERS]  # a user inside of something is a user
    if "short_code" in samples[0]:
        samples = [*samples, *ACTIONS]
    if not value:
        fine = {} in samples or place.endswith(".end_location")  # what lasts has not ended anywhere
        return "" if fine else f"{place} is empty"
    full = [sample for sample in samples if sample]
    if not full:
        return ""
    named = [sample for sample in full if sample.get("type") == value.get("type")] or full
    if missing := set.intersection(*map(set, named)) - value.keys():
        return f"{place} has no {sorted(missing)}"
    found = (
        differs([sample[name] for sample in named if name in sample], value[name], f"{place}.{name}")
        for name in value.keys() & set().union(*named)
    )
    return next((text for text in found if text), "")


def _list(samples: list[Any], value: Any, place: str) -> str:
    if not isinstance(value, list):
        return f"{place} is {value!r}, no list"
    inside = [each for sample in samples for each in sample]
    found = (differs(inside, each, f"{place}[{at}]") for at, each in enumerate(value)) if inside else ()
    return next((text for text in found if text), "")


def _like(sample: Any, value: Any) -> bool:
    if isinstance(sample, bool) or isinstance(value, bool):
        return isinstance(sample, bool) and isinstance(value, bool)
    if isinstance(sample, int):
        return isinstance(value, int)
    if isinstance(sample, float):
        return isinstance(value, int | float)
    if not isinstance(value, str):
        return False
    for form in (_TIME, _UUID, _DAY):
        if form.fullmatch(sample):
            return form.fullmatch(value) is not None
    if sample.startswith("http"):
        return value.startswith("http")
    return True
