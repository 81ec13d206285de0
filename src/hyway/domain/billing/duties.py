"""What a provider of payments has yet to be told or asked, besides invoices: kept until it is done.

A duty is left in the transaction that decides it, with an errand that does it at once. What the errand could not do, a
chore does, later and later, for as long as it takes.
"""

from hyway.domain.billing.records import ProviderName
from hyway.domain.billing.store import duties as store
from hyway.domain.billing.waiting import Duty, Kind
from hyway.domain.identity import NOBODYS
from hyway.kernel import clock, ids, outbox
from hyway.kernel.clock import HOUR, MINUTE, Instant
from hyway.kernel.db import Write

TOPIC = "billing.duty"
"""The topic of errands that do a duty at once."""
_GRACE = 2 * MINUTE
"""The errand has so long before the chore takes over."""
_SOONEST, _LATEST, _DOUBLES = MINUTE, 6 * HOUR, 10


def owe(
    w: Write,
    kind: Kind,
    account: int,
    subject: str = "",
    *,
    provider: ProviderName = "Stripe",
    at: Instant = 0,
) -> None:
    """From now on it is to be done: at once, or from an instant on."""
    store.owe(w, Duty(kind, account, subject, provider, ids.uuid7()), at or clock.now() + _GRACE)
    if not at:
        outbox.later(w, TOPIC, NOBODYS, {"kind": kind, "account": account, "subject": subject})


def next_try(of: Duty, now: Instant) -> Instant:
    """Twice as long after each try."""
    return now + min(_SOONEST << min(of.tries, _DOUBLES), _LATEST)
