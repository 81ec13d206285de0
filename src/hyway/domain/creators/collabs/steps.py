"""The way of a submission to a collab: pure decisions, no clock, no database.

Where the vendor's pages are silent the deadlines are those that are usual among such products: two days to send, five
to make, 48 hours to mend, three business days to look at what was made.
"""

from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from hyway.domain.creators.collabs.records import Status
from hyway.kernel import clock
from hyway.kernel.clock import DAY, HOUR, Instant
from hyway.kernel.faults import Invalid

SHIP: Final = 2 * DAY
MAKE: Final = 5 * DAY
MEND: Final = 48 * HOUR
GRACE: Final = 14 * DAY
"""So much later than the deadline the content may still come before the organization may end it."""
REVIEW_DAYS: Final = 3
"""Business days, after which what was made counts as approved."""
HOLD: Final = 3 * DAY
"""So long a reward waits after completion before it is owed."""
REVISIONS: Final = 2
SPARK_DAYS: Final = (7, 30, 60, 365)
"""For how long TikTok lets a creator give a Spark code."""
_LONGEST_URL = 2_000

ARROWS: Final[dict[Status, frozenset[Status]]] = {
    "applied": frozenset({"accepted", "declined", "withdrawn"}),
    "accepted": frozenset({"awaiting_shipment", "in_production", "canceled"}),
    "declined": frozenset(),
    "withdrawn": frozenset(),
    "canceled": frozenset(),
    "awaiting_shipment": frozenset({"shipped", "canceled"}),
    "shipped": frozenset({"delivered"}),
    "delivered": frozenset({"in_production", "reversed"}),
    "in_production": frozenset({"content_submitted", "canceled", "reversed"}),
    "content_submitted": frozenset({"revision_requested", "content_approved"}),
    "revision_requested": frozenset({"content_submitted", "reversed"}),
    "content_approved": frozenset({"posted"}),
    "posted": frozenset({"spark_code_submitted", "completed"}),
    "spark_code_submitted": frozenset({"completed"}),
    "completed": frozenset({"paid"}),
    "paid": frozenset(),
    "reversed": frozenset(),
}
COUNTED: Final[frozenset[Status]] = frozenset(ARROWS) - {"withdrawn"}
"""Those that a collab's `submissions_count` counts."""
DONE: Final[frozenset[Status]] = frozenset({"completed", "paid"})
ADDRESSED: Final[frozenset[Status]] = frozenset({"awaiting_shipment", "shipped"})
"""While it is one of these, somebody has to know the creator's address."""


def check(was: Status, to: Status) -> None:
    """Invalid where no arrow leads from one to the other."""
    if to not in ARROWS[was]:
        raise Invalid(
            "base",
            "Submission is {was} and cannot become {to}",
            was=was.replace("_", " "),
            to=to.replace("_", " "),
        )


def review_due(now: Instant) -> Instant:
    """The same hour three business days on: Saturdays and Sundays in UTC do not count."""
    at, left = clock.moment(now), REVIEW_DAYS
    while left:
        at += timedelta(days=1)
        left -= at.weekday() < 5
    return clock.instant(at)


def web_address(field: str, value: str | None) -> str:
    """An http or https address as it was given, without space around it."""
    clean = (value or "").strip()
    if not clean:
        raise Invalid(field, "can't be blank")
    try:
        parts = urlsplit(clean)
        host = parts.hostname
    except ValueError:
        raise Invalid(field, "is invalid") from None
    odd = any(ch.isspace() or not ch.isprintable() for ch in clean)
    if odd or parts.scheme.lower() not in ("http", "https") or not host or len(clean) > _LONGEST_URL:
        raise Invalid(field, "is invalid")
    return clean


def words(field: str, value: str | None, most: int, *, blank: bool = False) -> str:
    """Text for people: without NUL, which PostgreSQL stores not, and space around it."""
    clean = (value or "").replace("\0", "").strip()
    if not clean and not blank:
        raise Invalid(field, "can't be blank")
    if len(clean) > most:
        raise Invalid(field, "is too long (maximum is {most} characters)", most=most)
    return clean
