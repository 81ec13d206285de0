"""Pure decisions about money; amounts are whole minor units."""

from hyway.domain.identity import Caller
from hyway.kernel.faults import Invalid, Refused

HOLD_DAYS = 3
MOST = 10**12
"""The largest amount of one funding."""


def gross(
    eligible_views: int, *, cpm: int, min_payout: int = 0, max_payout: int = 0, base_reward: int = 0
) -> int:
    """What a post has earned: a reward for the post, and so much for each thousand views.

    Views that have earned less than `min_payout` earn nothing yet. `max_payout` caps the whole; 0 is no cap. Parts of a
    minor unit are dropped.
    """
    by_views = eligible_views * cpm // 1000
    earned = base_reward + (by_views if by_views >= min_payout else 0)
    return min(earned, max_payout) if max_payout > 0 else earned


def borne(wanted: int, committed: int, unused: int) -> int:
    """By how much an earning grows: never below what it is, and at most by what the budget has unused."""
    return max(0, min(wanted - committed, unused))


def share(amount: int, sale_share: int) -> int:
    """A part of a sale; `sale_share` is in hundredths of a percent."""
    return amount * sale_share // 10_000


def fee(amount: int, rate: int) -> int:
    """What the platform keeps of a funding; `rate` is in hundredths of a percent."""
    return amount * rate // 10_000


def may_manage(by: Caller) -> None:
    """Only owners and admins decide about an organization's money."""
    if by.role not in ("owner", "admin"):
        raise Refused("Not authorized")


def amount(value: int, field: str = "amount") -> int:
    if value <= 0:
        raise Invalid(field, "must be greater than {count}", count=0)
    if value > MOST:
        raise Invalid(field, "must be less than or equal to {count}", count=MOST)
    return value
