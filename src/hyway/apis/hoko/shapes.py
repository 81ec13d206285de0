"""Words that several of Hoko's shapes use: types with what they mean on the wire, pages, deletions."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct

from hyway.apis.kit import decode
from hyway.kernel import clock
from hyway.kernel.clock import Instant
from hyway.kernel.faults import Invalid

MOST_EXACT = 2**53 - 1
"""The largest whole number that every JSON reader keeps exactly."""


def _meta(**schema: Any) -> Meta:
    return Meta(extra_json_schema=schema)


# What these say is for the reader of the documentation; the domain holds them and names item and field.
Uuid = Annotated[str, _meta(format="uuid")]
Url = Annotated[str, _meta(format="uri", maxLength=8192)]
Email = Annotated[str, _meta(format="email")]
DateTime = Annotated[str, _meta(format="date-time")]
Title = Annotated[str, _meta(maxLength=500)]
Long = Annotated[str, _meta(maxLength=5000)]
Foreign = Annotated[str, _meta(minLength=1, maxLength=255)]

Take = Annotated[int, Meta(ge=1, le=10_000, description="Number of results to return.")]
Skip = Annotated[int, Meta(ge=0, le=MOST_EXACT, description="Number of results to skip.")]
Sort = Annotated[Literal["asc", "desc"], Meta(description="Oldest first or newest first.")]


class Deleted(Struct, rename="camel"):
    """The ids that were deleted, in the order given, each once."""

    deleted_ids: list[Uuid]


def instant(value: str, field: str) -> Instant:
    """A date-time of a query string, where an unescaped `+` of the zone arrives as a space."""
    if len(value) > 6 and value[-6] == " ":
        value = f"{value[:-6]}+{value[-5:]}"
    return clock.parse(field, value)


def ids(sent: list[str]) -> list[str]:
    """Checked ids of a deletion; Invalid names the item."""
    return decode.each(sent, lambda id: decode.uuid("", id))


def filter_id(field: str, value: str | None) -> str | None:
    return None if value is None else decode.uuid(field, value)


def given(sent: Struct) -> Mapping[str, Any]:
    """The fields that were sent, null included, by their inner names."""
    return {name: value for name in sent.__struct_fields__ if (value := getattr(sent, name)) is not UNSET}


def lasting(field: str, value: str, last: int = 9999) -> Instant:
    """A date-time that can be reckoned with and shown again: years 1970 to `last` in UTC."""
    at = instant(value, field)
    if not 0 <= at < clock.instant(datetime(last, 12, 31, tzinfo=UTC)) + clock.DAY:
        raise Invalid(field, "must lie between the years 1970 and {last}", last=last)
    return at
