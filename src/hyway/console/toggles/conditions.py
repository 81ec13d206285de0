"""Conditions as a form has them, and the JsonLogic that they stand for, both ways."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

PATHS: Final[Mapping[str, str]] = {
    "user.id": "User id",
    "user.email": "E-mail address",
    "user.name": "User name",
    "targetingKey": "Targeting key",
    "environment": "Environment",
    "application": "App",
    "ipAddress": "IP address",
}
"""What every client sends, and what people call it."""
OWN: Final[Mapping[str, str]] = {
    "custom": "customAttributes.",
    "user": "user.customAttributes.",
    "path": "",
}
"""Where attributes lie whose name a program chooses."""
SEGMENT, NOT_SEGMENT, ROLLOUT, EVERYBODY = "segment", "not-segment", "rollout", "everybody"
SUBJECTS: Final = (*PATHS, *OWN, SEGMENT, NOT_SEGMENT, ROLLOUT, EVERYBODY)
NUMBERS: Final[Mapping[str, str]] = {"more": ">", "least": ">=", "less": "<", "most": "<="}
VERSIONS: Final[Mapping[str, str]] = {"v=": "=", "v>=": ">=", "v>": ">", "v<": "<", "v<=": "<="}
DATES: Final = ("before", "after")
BARE: Final[Mapping[str, tuple[str, Any]]] = {
    "there": ("!=", None),
    "not-there": ("==", None),
    "true": ("===", True),
    "false": ("===", False),
}
"""Operators that need no value."""
TEXTS: Final = (
    "is", "is-not", "one-of", "none-of", "contains", "contains-not", "begins", "ends",
)  # fmt: skip
OPERATORS: Final = (*TEXTS, *NUMBERS, *VERSIONS, *DATES, *BARE)
MOST: Final = 100
"""Rows of one rule."""
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,6})?")
_ITEM: Final = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[^,]*)\s*(?:,|$)')
_SIGNS: Final = {sign: name for name, sign in NUMBERS.items()}
_ORDERS: Final = {sign: name for name, sign in VERSIONS.items()}
_HOLDS_AT_NOTHING: Final[Mapping[str, Any]] = {
    ">": lambda n: n < 0,
    ">=": lambda n: n <= 0,
    "<": lambda n: n > 0,
    "<=": lambda n: n >= 0,
}
_NO_NUMBER: Final = "none"
"""Stands in for an attribute that is not there, which would count as 0: it is neither more nor less than any."""


class Row(NamedTuple):
    """One condition: `subject` is one of SUBJECTS, `name` that of an attribute whose name a program chose."""

    subject: str = "user.id"
    name: str = ""
    operator: str = "is"
    value: str = ""


class Conditions(NamedTuple):
    """Rows of which all must hold, or any."""

    rows: tuple[Row, ...]
    join: str = "all"


def problem(row: Row) -> str:
    """What is wrong with a row as it was typed, nothing if it can be written."""
    if row.subject == EVERYBODY:
        return ""
    if row.subject == ROLLOUT:
        share = number(row.value.removesuffix("%").strip())
        fits = share is not None and 0 <= share <= 100 and round(share, 2) == share
        return "" if fits else "Is no percentage from 0 to 100."
    if row.subject in (SEGMENT, NOT_SEGMENT):
        return "" if row.value else "Choose a segment."
    if row.subject in OWN and not row.name:
        return "Name the attribute."
    if row.operator in BARE or (row.value and row.operator not in NUMBERS):
        return ""
    if not row.value:
        return "A value is missing."
    return "" if number(row.value) is not None else "Is no number."


def write(conditions: Conditions) -> Any:
    """The JsonLogic of rows that have no problem, as a JSON value."""
    written = [_written(row) for row in conditions.rows]
    if len(written) == 1:
        return written[0]
    return {"and" if conditions.join == "all" else "or": written}


def read(logic: str) -> Conditions | None:
    """The rows that say the same as a rule, None where rows cannot."""
    try:
        given = normal(json.loads(logic))
    except (ValueError, RecursionError):
        return None
    found = _read(given)
    if found is None or len(found.rows) > MOST or any(problem(row) for row in found.rows):
        return None
    return found if same(write(found), given) else None


def same(a: Any, b: Any) -> bool:
    """Whether two rules are written alike, but for spaces and the brackets around one argument."""
    return json.dumps(normal(a)) == json.dumps(normal(b))


def normal(given: Any) -> Any:
    """A rule with every operator's arguments in a list."""
    if isinstance(given, list):
        return [normal(each) for each in given]
    if not isinstance(given, dict) or len(given) != 1:
        return given
    ((name, arguments),) = given.items()
    return {name: normal(arguments if isinstance(arguments, list) else [arguments])}


def path(row: Row) -> str:
    """Where in the context the attribute of a row lies."""
    return OWN[row.subject] + row.name if row.subject in OWN else row.subject


def number(typed: str) -> int | float | None:
    """A number as people write it, where a double holds it exactly enough to be written back."""
    if not _NUMBER.fullmatch(typed) or typed == "-0":
        return None
    return float(typed) if "." in typed else int(typed)


def _written(row: Row) -> Any:
    if row.subject == EVERYBODY:
        return True
    if row.subject == ROLLOUT:
        return {"rollout": [number(row.value.removesuffix("%").strip())]}
    if row.subject == SEGMENT:
        return {"segment": row.value}
    if row.subject == NOT_SEGMENT:
        return {"!": [{"segment": row.value}]}
    return _compared(path(row), row.operator, row.value)


def _compared(at: str, operator: str, value: str) -> Any:
    attribute = {"var": at}
    if operator in BARE:
        sign, what = BARE[operator]
        return {sign: [attribute, what]}
    if operator in NUMBERS:
        return _measured(at, NUMBERS[operator], number(value))
    if operator in VERSIONS:
        return {"semver": [attribute, VERSIONS[operator], value]}
    if operator in DATES:
        return {operator: [attribute, value]}
    if operator in ("is", "is-not"):
        return {"==" if operator == "is" else "!=": [attribute, _literal(value)]}
    if operator in ("one-of", "none-of"):
        return _turned({"in": [attribute, _list(value)]}, operator == "none-of")
    if operator in ("contains", "contains-not"):
        return _turned({"in": [_text(value), attribute]}, operator == "contains-not")
    return _part(at, _text(value), operator == "ends")


def _turned(rule: Any, is_turned: bool) -> Any:
    return {"!": [rule]} if is_turned else rule


def _measured(at: str, sign: str, than: int | float | None) -> Any:
    """What is not there would count as 0; where 0 would do, something that is no number stands in for it."""
    variable = [at, _NO_NUMBER] if _HOLDS_AT_NOTHING[sign](than) else at
    return {sign: [{"var": variable}, than]}


def _part(at: str, value: str, is_end: bool) -> Any:
    """A text's beginning or end; lengths are in UTF-16 units, as JavaScript counts."""
    units = len(value.encode("utf-16-le", "surrogatepass")) // 2
    place = [-units] if is_end else [0, units]
    return {"==": [{"substr": [{"var": [at, ""]}, *place]}, value]}


def _text(typed: str) -> str:
    """What stands between quotes as JSON has it, else what was typed."""
    if len(typed) > 1 and typed[0] == typed[-1] == '"':
        try:
            told = json.loads(typed)
        except ValueError:
            return typed
        return told if isinstance(told, str) else typed
    return typed


def _literal(typed: str) -> str | int | float:
    """A number where one was typed: `==` takes a text for it, too."""
    found = number(typed)
    return _text(typed) if found is None or json.dumps(found) != typed else found


def _list(typed: str) -> list[Any]:
    """What is between commas; a number twice, as text and as number, since `in` tells them apart."""
    found: list[Any] = []
    for item in _ITEM.findall(typed):
        if not (each := item.strip()):
            continue
        literal = _literal(each)
        found += [literal] if isinstance(literal, str) else [each, literal]
    return found


def _spoken(value: Any, more: str = "") -> str:
    """A literal as somebody would type it; `more` are characters that must not stand bare."""
    if not isinstance(value, str):
        return json.dumps(value)
    is_plain = value == value.strip() and value.isprintable() and not any(each in value for each in more)
    return value if value and is_plain and _literal(value) == value else json.dumps(value)


def _items(values: list[Any]) -> str:
    """The list as somebody would type it."""
    spoken: list[str] = []
    for each in values:
        if isinstance(each, str):
            spoken.append(_spoken(each, ',"'))
        elif spoken and spoken[-1] == json.dumps(json.dumps(each)):
            spoken[-1] = json.dumps(each)
    return ", ".join(spoken)


def _read(given: Any) -> Conditions | None:
    for name, join in (("and", "all"), ("or", "any")):
        if isinstance(given, dict) and name in given and len(given) == 1 and len(given[name]) > 1:
            rows = [_row(each) for each in given[name]]
            found = tuple(row for row in rows if row is not None)
            return Conditions(found, join) if len(found) == len(rows) else None
    row = _row(given)
    return None if row is None else Conditions((row,))


def _row(given: Any) -> Row | None:
    """The row of a normal rule, as near as it can be guessed: whether it says the same is looked at afterwards."""
    match given:
        case True:
            return Row(EVERYBODY)
        case {"rollout": [int() | float() as share]}:
            return Row(ROLLOUT, value=json.dumps(share))
        case {"segment": [str() as name]}:
            return Row(SEGMENT, value=name)
        case {"!": [{"segment": [str() as name]}]}:
            return Row(NOT_SEGMENT, value=name)
        case {"!": [{"in": _} as inner]}:
            row = _row(inner)
            opposite = {"one-of": "none-of", "contains": "contains-not"}
            return row and row._replace(operator=opposite[row.operator])
    return _compare(given)


def _compare(given: Any) -> Row | None:
    match given:
        case {"in": [{"var": [str() as at]}, [*values]]}:
            return _at(at, "one-of", _items(values))
        case {"in": [str() as value, {"var": [str() as at]}]}:
            return _at(at, "contains", _quoted(value))
        case {"==": [{"substr": [{"var": [str() as at, ""]}, int() as start, *_]}, str() as value]}:
            return _at(at, "begins" if start == 0 else "ends", _quoted(value))
        case {"semver": [{"var": [str() as at]}, str() as order, str() as value]} if order in _ORDERS:
            return _at(at, _ORDERS[order], value)
        case {"before": [{"var": [str() as at]}, str() as value]}:
            return _at(at, "before", value)
        case {"after": [{"var": [str() as at]}, str() as value]}:
            return _at(at, "after", value)
    return _sign(given)


def _sign(given: Any) -> Row | None:
    """Comparisons by a sign: with a number, a text, or what needs no value."""
    if not isinstance(given, dict) or len(given) != 1:
        return None
    ((sign, arguments),) = given.items()
    match arguments:
        case [{"var": [str() as at, *_]}, value] if not isinstance(value, list | dict):
            for operator, told in BARE.items():
                if sign == told[0] and value is told[1]:
                    return _at(at, operator, "")
            if sign in ("==", "!="):
                return _at(at, "is" if sign == "==" else "is-not", _spoken(value))
            return _at(at, _SIGNS[sign], json.dumps(value)) if sign in _SIGNS else None
    return None


def _quoted(value: str) -> str:
    """A text that is never a number, as somebody would type it."""
    is_plain = value == value.strip() and value.isprintable() and value and _text(value) == value
    return value if is_plain else json.dumps(value)


def _at(at: str, operator: str, value: str) -> Row | None:
    if at in PATHS:
        return Row(at, "", operator, value)
    for subject in ("user", "custom", "path"):
        name = at.removeprefix(OWN[subject])
        if at.startswith(OWN[subject]) and name and name.isprintable() and name == name.strip():
            return Row(subject, name, operator, value)
    return None
