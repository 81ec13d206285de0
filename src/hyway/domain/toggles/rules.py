"""Pure decisions of toggles and segments. Fields are named as the wire spells them."""

import json
import math
import re
from collections.abc import Iterable, Sequence
from typing import Any

from hyway.domain.toggles import logic
from hyway.domain.toggles.records import Target, Value, ValueType
from hyway.kernel.faults import Invalid

MOST_TOGGLES, MOST_SEGMENTS, MOST_KEYS = 1_000, 200, 100
"""Of one project."""
MOST_TARGETS, MOST_TAGS = 100, 50
LONGEST_KEY, LONGEST_ALTERNATE, LONGEST_NAME, LONGEST_TAG = 100, 25, 100, 100
LONGEST_DESCRIPTION = 1_000
LONGEST_VALUE = 65_536
"""Characters of a text, or of an object's JSON text."""
MOST_LOGIC = 262_144
"""Characters of the logic of all targets of a toggle, and of all their values."""
MOST_CHAIN = 10
"""Segments that may follow one another, each named by the one before it."""

TYPES: tuple[ValueType, ...] = ("boolean", "string", "number", "object")
_ALIASES: dict[str, ValueType] = {**{each: each for each in TYPES}, "json": "object"}
_KEY = re.compile(r"[A-Za-z0-9._-]+")
_ID = re.compile(r"[a-z]+_[0-9a-f]{24}")
_BIGGEST, _EXACT = 2**63 - 1, 2**53


def key(text: str, field: str = "key", longest: int = LONGEST_KEY) -> str:
    """What programs call a toggle or a segment: letters, digits, dots, dashes and underscores.

    Dots alone would be lost from addresses, and what looks like an id would hide what has it.
    """
    _length(text, field, 1, longest)
    if not _KEY.fullmatch(text) or not text.strip("."):
        raise Invalid(field, 'must match pattern "^[A-Za-z0-9._-]+$", and not be dots alone')
    if _ID.fullmatch(text):
        raise Invalid(field, "must NOT look like an id")
    return text


def known_as(prefix: str, text: str) -> str | None:
    """Whether a text that leads to something is an `id` or a `key`; None for what can be neither."""
    if re.fullmatch(rf"{prefix}_[0-9a-f]{{24}}", text):
        return "id"
    return "key" if len(text) <= LONGEST_KEY and _KEY.fullmatch(text) else None


def type_of(text: str) -> ValueType:
    """The type of that name; `json` is how some clients call an object."""
    if text not in _ALIASES:
        raise Invalid("type", "must be equal to one of the allowed values")
    return _ALIASES[text]


def value(sent: Any, type: ValueType, field: str) -> Value:
    """A value of that type as it is kept: an object as its JSON text, verbatim where it was sent as one."""
    if type == "boolean":
        if not isinstance(sent, bool):
            raise Invalid(field, "must be boolean")
        return sent
    if type == "number":
        return _number(sent, field)
    if type == "string":
        return _plain(sent, field, LONGEST_VALUE)
    return _object(sent, field)


def _number(sent: Any, field: str) -> int | float:
    """A whole one without a fraction, however it was written: typed clients read `42.0` into no integer."""
    if isinstance(sent, bool) or not isinstance(sent, int | float) or not math.isfinite(sent):
        raise Invalid(field, "must be number")
    if isinstance(sent, int) and abs(sent) > _BIGGEST:
        side, most = ("<=", _BIGGEST) if sent > 0 else (">=", -_BIGGEST)
        raise Invalid(field, "must be {side} {most}", side=side, most=most)
    return int(sent) if sent == int(sent) and abs(sent) <= _EXACT else sent


def _object(sent: Any, field: str) -> str:
    if isinstance(sent, dict | list):
        try:
            sent = json.dumps(sent, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        except (ValueError, TypeError, RecursionError):
            raise Invalid(field, "must be object, or its JSON text") from None
    if not isinstance(sent, str):
        raise Invalid(field, "must be object, or its JSON text")
    text = _plain(sent, field, LONGEST_VALUE)
    try:
        found = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict | list):
        raise Invalid(field, "must be object, or its JSON text")
    return text


def _refuse(name: str) -> Any:
    raise ValueError(name)


def targets(
    sent: Sequence[tuple[str, Any]], type: ValueType
) -> tuple[tuple[Target, ...], tuple[logic.Tree, ...]]:
    """Checked targets in their order, and what their logic reads as."""
    if len(sent) > MOST_TARGETS:
        raise Invalid("targets", "must NOT have more than {most} items", most=MOST_TARGETS)
    made, trees = [], []
    for at, (said, worth) in enumerate(sent):
        tree = read(said, f"targets/{at}/logic")
        made.append(Target(said, value(worth, type, f"targets/{at}/value")))
        trees.append(tree)
    if sum(len(each.logic) + len(str(each.value)) for each in made) > MOST_LOGIC:
        raise Invalid("targets", "must NOT have more than {most} characters in all", most=MOST_LOGIC)
    return tuple(made), tuple(trees)


def read(said: str, field: str) -> logic.Tree:
    """The tree of a logic that can be kept as it was written."""
    return logic.read(_plain(said, field), field)


def description(text: str) -> str:
    return _plain(text, "description", LONGEST_DESCRIPTION)


def name(text: str, field: str = "name") -> str:
    """A name for people, without blanks around it."""
    clean = _plain(text, field).strip()
    _length(clean, field, 1, LONGEST_NAME)
    if not clean.isprintable():
        raise Invalid(field, "must NOT have control characters")
    return clean


def tags(sent: Iterable[str]) -> tuple[str, ...]:
    """Each once, in the order given."""
    clean = []
    for at, each in enumerate(sent):
        if at >= MOST_TAGS:
            raise Invalid("tags", "must NOT have more than {most} items", most=MOST_TAGS)
        field = f"tags/{at}"
        word = _plain(each, field).strip()
        _length(word, field, 1, LONGEST_TAG)
        if not word.isprintable():
            raise Invalid(field, "must NOT have control characters")
        clean.append(word)
    return tuple(dict.fromkeys(clean))


def words(*said: str) -> str:
    """What a search looks at: it never finds what stands in two of them."""
    return "\n".join(said).casefold()


def wanted(search: str) -> str | None:
    """What a search looks for; None for what can be nowhere."""
    return None if "\0" in search or "\n" in search.strip() else search.strip().casefold()


def unknown(field: str, named: str) -> Invalid:
    """The refusal of a logic that names a segment which is not there."""
    return Invalid(
        field, "names the segment {name}, which the project does not have", name=json.dumps(named[:100])
    )


def _plain(sent: Any, field: str, longest: int | None = None) -> str:
    """A text that every database keeps."""
    if not isinstance(sent, str):
        raise Invalid(field, "must be string")
    if "\0" in sent:
        raise Invalid(field, 'must match pattern "^[^\\u0000]*$"')
    try:
        sent.encode()
    except UnicodeEncodeError:
        raise Invalid(field, "must NOT have halves of characters") from None
    if longest is not None:
        _length(sent, field, 0, longest)
    return sent


def _length(text: str, field: str, least: int, most: int) -> None:
    if len(text) < least:
        raise Invalid(field, "must NOT have fewer than {least} characters", least=least)
    if len(text) > most:
        raise Invalid(field, "must NOT have more than {most} characters", most=most)
