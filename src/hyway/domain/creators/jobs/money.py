"""What happens to money by itself: holds end, and what comes back after a settlement is refunded."""

from hyway.domain.creators import money
from hyway.kernel import clock
from hyway.kernel.jobs import Means, every

_LOOK_SECONDS = 20.0
_MOST_ROUNDS = 1_000


@every(_LOOK_SECONDS)
def mature_holds(means: Means) -> None:
    """Looks before it writes; a part at a time, so that nobody waits for it."""
    for _ in range(_MOST_ROUNDS):
        now = clock.now()
        if not means.db.read_now(money.any_due, now):
            return
        means.db.write_now(money.mature, now)


@every(60)
def refund_what_came_back(means: Means) -> None:
    """A campaign that is settled keeps no budget."""
    if means.db.read_now(money.any_left_over):
        means.db.write_now(money.close_left_over)
