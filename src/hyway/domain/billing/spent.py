"""What an account's organizations have used of what has a price, by the plan in force."""

from collections.abc import Sequence
from fractions import Fraction

from hyway.domain import identity
from hyway.domain.billing import cycles, pricing, rules
from hyway.domain.billing.cycles import Cycle
from hyway.domain.billing.pricing import ACTIVE, Use
from hyway.domain.billing.records import METERS, Days, Stretch
from hyway.domain.billing.store import meters
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read


def of_cycle(
    r: Read, account: int, cycle: Cycle, stretches: Sequence[Stretch], pace: Fraction = Fraction(1)
) -> list[Use]:
    """In the cycle so far; what happens goes on at a pace of so many times that, what is held stays as it is."""
    paid = _paid(r, account, cycle.starts_at)
    spans = [each.span for each in stretches]
    counted = meters.by_day(r, paid, cycle.days)
    happened = rules.uses(stretches, {key: count for key, count in counted.items() if key[0] in METERS})
    if pace != 1:
        happened = [Use(each.plan, each.meter, pricing.half_up(each.count * pace)) for each in happened]
    active = ((plan, meters.active_on(r, paid, days)) for plan, days in sorted(rules.days_of(spans).items()))
    return [
        *happened,
        *(Use(plan, ACTIVE, count) for plan, count in active if count),
        *rules.held(spans, meters.seat_changes(r, paid, cycle.days)),
    ]


def today(r: Read, account: int, now: Instant) -> dict[str, int]:
    """What the day has counted by now, by meter."""
    day = cycles.day(now)
    counted = meters.by_day(r, _paid(r, account, cycles.starts_at(day)), Days(day, day + 1))
    return {meter: count for (meter, _), count in sorted(counted.items()) if meter in METERS}


def _paid(r: Read, account: int, since: Instant) -> list[int]:
    return [each.seq for each in identity.choices.paid_from(r, account, since)]
