"""What is asked of a list."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Wanted:
    """One page of a list: `filters` by their names on the wire, `order` as `("-created_at", "name")`.

    Filters and orders that a list does not know are passed over; without an order it has one of its own.
    """

    filters: Mapping[str, Any] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    search: str = ""
    page: int = 1
    size: int = 50
