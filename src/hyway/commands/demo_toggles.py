"""Toggles for the demonstration's project: those that the vendor's own live tests ask for, and some that look alive."""

import json
from typing import Any

from hyway.domain import toggles
from hyway.domain.identity import Caller
from hyway.domain.toggles import NewSegment, NewToggle, ToggleChange
from hyway.kernel.db import Database, Write

KEY = "Web shop"
"""The name of the public key."""


def _logic(rule: Any) -> str:
    return json.dumps(rule)


_STAFF = _logic({"in": ["@example.com", {"var": "user.email"}]})
_SEGMENTS = (
    NewSegment("staff", "Staff", _STAFF, "Who works here", ("people",)),
    NewSegment(
        "loyal-customers",
        "Loyal customers",
        _logic({">=": [{"var": "customAttributes.orders"}, 5]}),
        "Five orders or more",
        ("people",),
    ),
    NewSegment(
        "early-access",
        "Early access",
        _logic({"or": [{"segment": "staff"}, {"segment": "loyal-customers"}]}),
        "Whoever sees new things first",
        ("people", "beta"),
    ),
)

FIXTURES = (
    NewToggle("hyphen-sdk-boolean", "boolean", (), True, "Asked for by the live tests of Hyphen's clients"),
    NewToggle("hyphen-sdk-number", "number", (), 42, "Asked for by the live tests of Hyphen's clients"),
    NewToggle(
        "hyphen-sdk-string", "string", (), "Hyphen!", "Asked for by the live tests of Hyphen's clients"
    ),
    NewToggle(
        "hyphen-sdk-json",
        "json",
        (),
        '{ "id": "Hello World!"}',
        "Asked for by the live tests of Hyphen's clients",
    ),
)
"""What clients find in the project of their public key; the blanks in the last one count."""

_LIVELY = (
    NewToggle(
        "new-checkout",
        "boolean",
        ((_logic({"segment": "early-access"}), True), (_logic({"rollout": [10]}), True)),
        False,
        "The checkout on one page",
        ("checkout", "beta"),
    ),
    NewToggle(
        "free-shipping-from",
        "number",
        (
            (_logic({"segment": "loyal-customers"}), 0),
            (_logic({"==": [{"var": "customAttributes.country"}, "CH"]}), 80),
        ),
        50,
        "From which amount parcels go for free",
        ("checkout",),
    ),
    NewToggle(
        "greeting",
        "string",
        (
            (
                _logic(
                    {"and": [{"after": [{"now": []}, "2026-12-01"]}, {"before": [{"now": []}, "2027-01-01"]}]}
                ),
                "Happy holidays!",
            ),
        ),
        "Welcome!",
        "What the first page says",
        ("content",),
    ),
    NewToggle(
        "search-settings",
        "object",
        (
            (
                _logic({"semver": [{"var": "customAttributes.appVersion"}, ">=", "2.0.0"]}),
                {"engine": "vector", "results": 30},
            ),
        ),
        {"engine": "words", "results": 20},
        "How the shop searches",
        ("search",),
    ),
    NewToggle("maintenance", "boolean", (), False, "Closes the shop for all but staff", ("operations",)),
)
_STEPS = (10, 25, 50)
"""How many of a hundred see the new checkout, one change after another."""


def fill(db: Database, by: Caller, project: str) -> int:
    """How many toggles were made: none in a project that has some."""
    return db.write_now(_fill, by, project)


def _fill(w: Write, by: Caller, project: str) -> int:
    if toggles.page(w, by, project, limit=1)[1]:
        return 0
    for segment in _SEGMENTS:
        toggles.segments.create(w, by, project, segment)
    new = (*FIXTURES, *_LIVELY)
    for each in new:
        toggles.create(w, by, project, each)
    for share in _STEPS[1:]:
        targets = ((_logic({"segment": "early-access"}), True), (_logic({"rollout": [share]}), True))
        toggles.change(w, by, project, "new-checkout", ToggleChange(targets=targets))
    toggles.public_keys.create(w, by, project, KEY)
    return len(new)


__all__ = ["FIXTURES", "KEY", "fill"]
