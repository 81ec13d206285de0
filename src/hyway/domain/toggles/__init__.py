"""Toggles and segments, and the public keys that ask for them."""

from hyway.domain.toggles import counting, deciding, hearing, logic, public_keys, segments
from hyway.domain.toggles.records import (
    Asker,
    Meta,
    NewSegment,
    NewToggle,
    Past,
    PublicKey,
    Rule,
    Ruleset,
    Segment,
    SegmentChange,
    Target,
    Toggle,
    ToggleChange,
    Value,
    ValueType,
)
from hyway.domain.toggles.rulesets import ruleset
from hyway.domain.toggles.telling import KEY_TOPIC, TOPIC
from hyway.domain.toggles.toggles import change, create, drop, find, history, page, revert

__all__ = [
    "KEY_TOPIC",
    "TOPIC",
    "Asker",
    "Meta",
    "NewSegment",
    "NewToggle",
    "Past",
    "PublicKey",
    "Rule",
    "Ruleset",
    "Segment",
    "SegmentChange",
    "Target",
    "Toggle",
    "ToggleChange",
    "Value",
    "ValueType",
    "change",
    "counting",
    "create",
    "deciding",
    "drop",
    "find",
    "hearing",
    "history",
    "logic",
    "page",
    "public_keys",
    "revert",
    "ruleset",
    "segments",
]
