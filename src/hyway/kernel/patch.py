"""Absent, null and value are three things: UNSET says that a caller did not mention a field."""

from enum import Enum
from typing import Any, Final, TypeGuard, TypeVar

T = TypeVar("T")


class Unset(Enum):
    UNSET = "UNSET"

    def __repr__(self) -> str:
        return "UNSET"

    def __bool__(self) -> bool:
        return False


UNSET: Final = Unset.UNSET


def given(value: "T | Unset") -> "TypeGuard[T]":
    """Did the caller mention it? Null counts as mentioned."""
    return value is not UNSET


def changes(**fields: Any) -> dict[str, Any]:
    """Only the fields that were mentioned."""
    return {name: value for name, value in fields.items() if value is not UNSET}
