"""The end of work that never came: a creator who has the product, or the promise, and is not heard of."""

from hyway.domain.creators import money
from hyway.domain.creators.collabs import steps, telling
from hyway.domain.creators.collabs.records import Submission
from hyway.domain.creators.collabs.work import money_of, ours, step
from hyway.domain.identity import Caller
from hyway.kernel import clock
from hyway.kernel.db import Write
from hyway.kernel.faults import Invalid


def reverse(w: Write, by: Caller, seq: int) -> Submission:
    """The organization waits no longer: the reward, and what sales brought the creator, go back to the budget.

    Invalid before the content is fourteen days late. A product that was sent is not paid for by that.
    """
    of, collab = ours(w, by, seq)
    steps.check(of.status, "reversed")
    if not of.is_given_up(clock.now(), steps.GRACE):
        days = steps.GRACE // clock.DAY
        raise Invalid("base", "Submission can be reversed once its content is {days} days late", days=days)
    money.release(w, by, money_of(of, collab))
    over = step(w, by, of, "reversed", address=None, committed_amount=0, share_amount=0)
    telling.creator(w, over, collab, "SubmissionReversed")
    return over
