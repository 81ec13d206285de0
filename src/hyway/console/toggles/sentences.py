"""Rules as sentences: what a piece of JsonLogic says, for people who do not read JsonLogic."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from hyway.console.toggles.conditions import OWN, PATHS, normal

LONGEST: Final = 400
"""Characters of a sentence that somebody still reads."""
_DEEPEST: Final = 4
_SIGNS: Final[Mapping[str, str]] = {
    "==": "is",
    "===": "is exactly",
    "!=": "is not",
    "!==": "is not exactly",
    ">": "is more than",
    ">=": "is at least",
    "<": "is less than",
    "<=": "is at most",
}
_ORDERS: Final[Mapping[str, str]] = {
    "<": "is before version",
    "<=": "is at most version",
    "=": "is version",
    "!=": "is not version",
    ">=": "is at least version",
    ">": "is after version",
    "^": "is compatible with version",
    "~": "is a patch of version",
}
_DATES: Final[Mapping[str, str]] = {"before": "is before", "after": "is after"}


class _TooMuch(Exception):
    """No sentence says this shortly."""


def sentence(logic: str, segments: Mapping[str, str]) -> str:
    """What a rule says, with a capital and without a stop; nothing where no sentence says it shortly.

    `segments` are the names of segments by id and by alternate id.
    """
    try:
        said = _clause(normal(json.loads(logic)), segments, 0)
    except (_TooMuch, ValueError, RecursionError):
        return ""
    # What JSON can escape, a page cannot always show.
    clean = said.encode("utf-8", "replace").decode()
    return clean[:1].upper() + clean[1:] if len(clean) <= LONGEST else ""


def literal(value: Any) -> str:
    """A value in a sentence: texts stand in quotes."""
    if isinstance(value, str):
        return f"“{value}”"
    if isinstance(value, list | dict):
        raise _TooMuch
    return "nothing" if value is None else json.dumps(value)


def attribute(at: str) -> str:
    """What people call what a variable leads to."""
    if at in PATHS:
        name = PATHS[at]
        return name if name.startswith("IP") else name[:1].lower() + name[1:]
    if at.startswith(OWN["user"]):
        return f"the user’s {at.removeprefix(OWN['user'])}"
    return at.removeprefix(OWN["custom"]) or at


def _clause(rule: Any, segments: Mapping[str, str], depth: int) -> str:
    if depth > _DEEPEST:
        raise _TooMuch
    if not isinstance(rule, dict):
        if isinstance(rule, list):
            raise _TooMuch
        return "everybody" if rule else "nobody"
    if len(rule) != 1:
        raise _TooMuch
    ((name, given),) = rule.items()
    if name in ("and", "or") and given:
        return _joined(name, given, segments, depth)
    if name == "!" and len(given) == 1:
        return _turned(given[0], segments, depth)
    return _said(name, given, segments)


def _joined(name: str, given: Sequence[Any], segments: Mapping[str, str], depth: int) -> str:
    said = [_clause(each, segments, depth + 1) for each in given]
    mixed = {"and", "or"}
    inner = [
        f"({text})" if isinstance(each, dict) and mixed & each.keys() and len(given) > 1 else text
        for each, text in zip(given, said, strict=True)
    ]
    return f" {name} ".join(inner)


def _turned(rule: Any, segments: Mapping[str, str], depth: int) -> str:
    match rule:
        case {"segment": [str() as name]}:
            return f"is not in the segment {segments.get(name, name)}"
        case {"in": [item, where]}:
            return _in(item, where, is_not=True)
        case {"var": [str() as at]}:
            return f"{attribute(at)} is off or not there"
    return f"not ({_clause(rule, segments, depth + 1)})"


def _said(name: str, given: Sequence[Any], segments: Mapping[str, str]) -> str:
    """A condition by itself."""
    match name, given:
        case "segment", [str() as segment]:
            return f"is in the segment {segments.get(segment, segment)}"
        case "rollout", [share, *_] if not isinstance(share, dict):
            return f"is among {literal(share)} % of people"
        case "in", [item, where]:
            return _in(item, where, is_not=False)
        case "semver", [a, str() as order, b] if order in _ORDERS:
            return f"{_operand(a)} {_ORDERS[order]} {_bare(b)}"
        case (("before" | "after"), [a, b]):
            return f"{_operand(a)} {_DATES[name]} {_bare(b)}"
        case "var", [str() as at]:
            if at.startswith("segments."):
                alias = at.removeprefix("segments.")
                return f"is in the segment {segments.get(alias, alias)}"
            return f"{attribute(at)} is on or there"
        case "!!", [{"var": [str()]} as inner]:
            return _clause(inner, segments, 0)
    return _signed(name, given)


def _signed(name: str, given: Sequence[Any]) -> str:
    match name, given:
        case "==", [{"substr": [{"var": [str() as at, *_]}, int() as start, *rest]}, str() as text]:
            if start == 0 and rest == [len(text)]:
                return f"{attribute(at)} begins with {literal(text)}"
            if start == -len(text) and not rest:
                return f"{attribute(at)} ends with {literal(text)}"
        case "==", [left, None]:
            return f"{_operand(left)} is not there"
        case "!=", [left, None]:
            return f"{_operand(left)} is there"
        case (("==" | "==="), [left, bool() as value]):
            return f"{_operand(left)} is {literal(value)}"
        case (("<" | "<="), [low, middle, high]):
            ends = "between" if name == "<" else "from"
            joint = "and" if name == "<" else "to"
            return f"{_operand(middle)} is {ends} {_operand(low)} {joint} {_operand(high)}"
        case _, [left, right] if name in _SIGNS:
            return f"{_operand(left)} {_SIGNS[name]} {_operand(right)}"
    raise _TooMuch


def _in(item: Any, where: Any, is_not: bool) -> str:
    if isinstance(where, list):
        told = " or ".join(dict.fromkeys(literal(each).strip("“”") for each in where)) or "nothing"
        return f"{_operand(item)} {'is not' if is_not else 'is'} {told}"
    return f"{_operand(where)} {'does not contain' if is_not else 'contains'} {_operand(item)}"


def _operand(given: Any) -> str:
    """A variable or a literal; anything that has to be worked out is too much."""
    match given:
        case {"var": [str() as at, *rest]} if len(rest) < 2 and at:
            return attribute(at)
        case {"now": []}:
            return "now"
    return literal(given)


def _bare(given: Any) -> str:
    return given if isinstance(given, str) else _operand(given)
