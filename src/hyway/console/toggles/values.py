"""Values of toggles as a form has them: texts."""

import json
import math
from typing import Any

from hyway.domain.toggles import Value
from hyway.kernel.faults import Invalid

TYPES = (
    ("boolean", "Boolean", "On or off"),
    ("string", "Text", "One of some words"),
    ("number", "Number", "A limit, a share"),
    ("object", "JSON", "A whole configuration"),
)


def typed(value: Value) -> str:
    """A stored value as somebody would type it."""
    return value if isinstance(value, str) else json.dumps(value)


def read(kind: str, text: str) -> Any:
    """What was typed as a value of the type; Invalid where it is none. JSON stays the text it is."""
    if kind == "string":
        return text
    if kind == "boolean":
        return text.strip() == "true"
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    if kind == "number":
        if type(value) not in (int, float) or not math.isfinite(value):
            raise Invalid("value", "Is no number")
        return value
    if not isinstance(value, dict | list):
        raise Invalid("value", "Is no JSON object")
    return text


def other(kind: str, default: str) -> str:
    """What a new target begins with: the opposite of what everybody else sees, or that to be changed."""
    if kind == "boolean":
        return "false" if default == "true" else "true"
    return default


def shown(value: Value) -> str:
    """A value on one line, as lists and answers show it."""
    text = typed(value)
    return text if len(text) <= 80 else text[:79] + "…"
