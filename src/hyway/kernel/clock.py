"""Instants: whole microseconds since 1970-01-01T00:00:00Z, as int. Text exists at the edges only."""

import re
import time
from datetime import UTC, datetime, timedelta

from hyway.kernel.faults import Invalid

Instant = int
SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ISO = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d([.,]\d{1,9})?)?([Zz]|[+-]\d\d:?\d\d)", re.ASCII)


def now() -> Instant:
    return time.time_ns() // 1000


def moment(at: Instant) -> datetime:
    """The same instant as an aware datetime in UTC."""
    return _EPOCH + timedelta(microseconds=at)


def instant(at: datetime) -> Instant:
    """An aware datetime as an instant."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def text(at: Instant) -> str:
    """RFC 3339 in UTC with `Z`; milliseconds only when they are not zero (`2024-01-01T00:00:00Z`)."""
    whole, rest = divmod(at, SECOND)
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole))
    millis = rest // 1000
    return f"{stamp}.{millis:03}Z" if millis else stamp + "Z"


def parse(field: str, value: str) -> Instant:
    """An ISO 8601 date-time with a zone as an instant; anything else raises Invalid for `field`."""
    if not _ISO.fullmatch(value):
        raise Invalid(field, "must be an ISO 8601 date-time with a time zone, such as 2026-12-31T23:59:00Z")
    try:
        return instant(datetime.fromisoformat(value.upper().replace(",", ".")))
    except (ValueError, OverflowError):
        raise Invalid(
            field, "must be an ISO 8601 date-time with a time zone, such as 2026-12-31T23:59:00Z"
        ) from None
