"""What may follow what, and what is well formed: no clock, no database."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from hyway.domain.billing.pricing import SEATS, Price, Span, Use
from hyway.domain.billing.records import Address, InvoiceStatus, Status, Stretch, Subscription
from hyway.kernel.clock import DAY, Instant
from hyway.kernel.faults import Invalid

MOVES: Mapping[Status, frozenset[Status]] = {
    "Active": frozenset({"PastDue", "Paused", "Canceled"}),
    "PastDue": frozenset({"Active", "Canceled"}),
    "Paused": frozenset({"Active", "Canceled"}),
    "Canceled": frozenset({"Active"}),
}
"""THE table of subscriptions. An overdue invoice alone leads to PastDue, its payment alone back; from Canceled a newly
chosen plan alone leads on."""
ASKED: Mapping[Status, frozenset[Status]] = {
    "Active": frozenset({"Paused", "Canceled"}),
    "PastDue": frozenset({"Canceled"}),
    "Paused": frozenset({"Active", "Canceled"}),
    "Canceled": frozenset(),
}
"""Those of the moves that may be asked for by name."""
INVOICE_MOVES: Mapping[InvoiceStatus, frozenset[InvoiceStatus]] = {
    "Draft": frozenset({"Open", "Paid", "Void"}),
    "Open": frozenset({"Paid", "Void", "Uncollectible"}),
    "Uncollectible": frozenset({"Paid", "Void"}),
    "Paid": frozenset(),
    "Void": frozenset(),
}
"""Always onward, so that word of several moves leads to the same end in any order."""
FALLBACK = "free"
"""The plan of organizations whose account pays for none."""
_CODE = re.compile(r"[A-Z0-9_-]{1,40}", re.ASCII)
_PHONE = re.compile(r"\+?[0-9][0-9 ()./-]{2,38}[0-9]", re.ASCII)
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
_LONGEST = 200
_PARTS = {
    "street_address": "streetAddress",
    "locality": "locality",
    "region": "region",
    "postal_code": "postalCode",
    "country": "country",
}


def leads(old: InvoiceStatus, new: InvoiceStatus) -> bool:
    """Whether one status can follow the other, at once or through others."""
    onward = INVOICE_MOVES[old]
    return new in onward or any(leads(each, new) for each in onward)


def in_force(of: Subscription) -> str:
    """The plan that the account's organizations have."""
    return of.plan if of.status in ("Active", "PastDue") else FALLBACK


def is_paid(price: Price) -> bool:
    """Whether the plan can cost anything."""
    return price.base > 0 or any(rate.micros for rate in price.rates.values())


def uses(stretches: Sequence[Stretch], counted: Mapping[tuple[str, int], int]) -> list[Use]:
    """Counts by meter and day as each plan's in whose time they were counted; what was counted while there was no plan
    is nobody's."""
    sums: Counter[tuple[str, str]] = Counter()
    for span, before, after in stretches:
        first, end = span.start // DAY, span.end // DAY
        for (meter, day), count in counted.items():
            if first <= day < end:
                sums[span.plan, meter] += count
        for meter in before.keys() | after.keys():
            sums[span.plan, meter] += after.get(meter, 0) - before.get(meter, 0)
    return [Use(plan, meter, count) for (plan, meter), count in sorted(sums.items()) if count > 0]


def held(spans: Sequence[Span], changes: Sequence[tuple[int, int]]) -> list[Use]:
    """Seats by the time that they were taken, as each plan's: unit times microsecond. `changes` are days, in order, and
    how many are taken from each of them on."""
    ends = [day * DAY for day, _ in changes[1:]] + [max((each.end for each in spans), default=0)]
    sums: Counter[str] = Counter()
    for (day, taken), until in zip(changes, ends, strict=True):
        for each in spans:
            sums[each.plan] += taken * max(0, min(each.end, until) - max(each.start, day * DAY))
    return [Use(plan, SEATS, count) for plan, count in sorted(sums.items()) if count > 0]


def days_of(spans: Sequence[Span]) -> dict[str, list[int]]:
    """The days on which each plan was in force, if only for a moment."""
    found: dict[str, set[int]] = {}
    for each in spans:
        if each.end > each.start:
            found.setdefault(each.plan, set()).update(range(each.start // DAY, -(-each.end // DAY)))
    return {plan: sorted(days) for plan, days in found.items()}


def code(place: str, text: str) -> str:
    """A promo code in capitals."""
    clean = text.strip().upper()
    if not _CODE.fullmatch(clean):
        raise Invalid(place, "must be a promo code that is valid")
    return clean


def phone(text: str) -> str:
    clean = text.strip()
    if clean and not _PHONE.fullmatch(clean):
        raise Invalid("phone", "must be a phone number")
    return clean


def address(parts: Mapping[str, Any] | None) -> Address | None:
    """The parts that are known, by their inner names; None for none."""
    if parts is None:
        return None
    clean = {name: str(parts.get(name) or "").strip() for name in _PARTS}
    for name, text in clean.items():
        if len(text) > _LONGEST:
            raise Invalid(
                f"address/{_PARTS[name]}", "must NOT have more than {most} characters", most=_LONGEST
            )
        if not text.isprintable():
            raise Invalid(f"address/{_PARTS[name]}", "must NOT have control characters")
    if clean["country"] and not _COUNTRY.fullmatch(clean["country"]):
        raise Invalid("address/country", 'must match pattern "^[A-Z]{2}$"')
    return Address(**clean) if any(clean.values()) else None


def number(account: str, issued: int) -> str:
    """The next invoice's, after so many of that account (`bill_…`)."""
    return f"{account[5:13].upper()}-{issued + 1:04}"


def next_end(now: Instant, days: int) -> Instant:
    """The end of the day that is so many days after today."""
    return (now // DAY + days + 1) * DAY
