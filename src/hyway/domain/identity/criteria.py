"""What makes somebody a member of a dynamic team: criteria that all have to hold. Pure; compares without regard to
case."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from hyway.domain.identity.accounting import TYPES
from hyway.domain.identity.member_records import Profile
from hyway.kernel.faults import Invalid

MOST, MOST_VALUES, LONGEST_VALUE = 20, 100, 255
FIELDS = ("firstName", "lastName", "nickname", "email")
OPERATORS = ("equals", "notEquals", "contains", "startsWith", "endsWith", "in")

Test = Callable[[Profile], bool]

_READ: dict[str, Callable[[Profile], str]] = {
    "firstName": lambda of: (of.first_name or "").casefold(),
    "lastName": lambda of: (of.last_name or "").casefold(),
    "nickname": lambda of: of.nickname.casefold(),
    "email": lambda of: "" if of.is_claimed else of.email.casefold(),
}


def checked(given: Sequence[Any]) -> tuple[dict[str, Any], ...]:
    """The criteria as they are kept; Invalid with the place of the first one that is none."""
    if len(given) > MOST:
        raise Invalid("criteria", "must NOT have more than {most} items", most=MOST)
    return tuple(_checked(f"criteria/{at}", each) for at, each in enumerate(given))


def _checked(at: str, one: Any) -> dict[str, Any]:
    if not isinstance(one, Mapping):
        raise Invalid(at, "must be object")
    for name in ("type", "field", "operator"):
        if name not in one:
            raise Invalid(at, "must have required property '{name}'", name=name)
    if one["type"] == "account":
        _among(f"{at}/field", one["field"], TYPES)
        _among(f"{at}/operator", one["operator"], ("connected",))
        return {"type": "account", "field": one["field"], "operator": "connected"}
    _among(f"{at}/type", one["type"], ("property", "account"))
    _among(f"{at}/field", one["field"], FIELDS)
    _among(f"{at}/operator", one["operator"], OPERATORS)
    if "value" not in one:
        raise Invalid(at, "must have required property 'value'")
    value = _value(f"{at}/value", one["operator"], one["value"])
    return {"type": "property", "field": one["field"], "operator": one["operator"], "value": value}


def _among(at: str, value: Any, allowed: Sequence[str]) -> None:
    if not isinstance(value, str) or value not in allowed:
        raise Invalid(at, "must be equal to one of the allowed values")


def _value(at: str, operator: str, value: Any) -> Any:
    """One text; for `in` a list of them, or one with commas between them."""
    if operator != "in" or isinstance(value, str):
        return _text(at, value)
    if not isinstance(value, list):
        raise Invalid(at, "must be string,array")
    if not value:
        raise Invalid(at, "must NOT have fewer than 1 items")
    if len(value) > MOST_VALUES:
        raise Invalid(at, "must NOT have more than {most} items", most=MOST_VALUES)
    return [_text(f"{at}/{index}", each) for index, each in enumerate(value)]


def _text(at: str, value: Any) -> str:
    if not isinstance(value, str):
        raise Invalid(at, "must be string")
    if not value.strip():
        raise Invalid(at, "must NOT have fewer than 1 characters")
    if len(value) > LONGEST_VALUE:
        raise Invalid(at, "must NOT have more than {most} characters", most=LONGEST_VALUE)
    if "\x00" in value:
        raise Invalid(at, "must NOT contain control characters")
    return value


def stored(criteria: Sequence[Mapping[str, Any]]) -> str:
    return json.dumps(list(criteria), ensure_ascii=False, separators=(",", ":"))


def holds(text: str, of: Profile) -> bool:
    """Whether all of a team's stored criteria hold; none hold for nobody."""
    tests = _tests(text)
    return bool(tests) and all(test(of) for test in tests)


@lru_cache(maxsize=4096)
def _tests(text: str) -> tuple[Test, ...]:
    return tuple(_test(each) for each in json.loads(text))


def _test(one: Mapping[str, Any]) -> Test:
    if one["type"] == "account":
        wanted = one["field"]
        return lambda of: wanted in of.accounts
    read, operator = _READ[one["field"]], one["operator"]
    if operator == "in":
        values = one["value"].split(",") if isinstance(one["value"], str) else one["value"]
        several = frozenset(each.strip().casefold() for each in values)
        return lambda of: read(of) in several
    compare, value = _COMPARE[operator], one["value"].strip().casefold()
    return lambda of: compare(read(of), value)


_COMPARE: dict[str, Callable[[str, str], bool]] = {
    "equals": lambda is_, value: is_ == value,
    "notEquals": lambda is_, value: is_ != value,
    "contains": lambda is_, value: value in is_,
    "startsWith": lambda is_, value: is_.startswith(value),
    "endsWith": lambda is_, value: is_.endswith(value),
}
