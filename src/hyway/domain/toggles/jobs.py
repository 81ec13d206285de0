"""What is done by the clock: old counts are forgotten."""

from hyway.domain.toggles import counting
from hyway.kernel import clock
from hyway.kernel.jobs import Means, every


@every(3600)
def forget_old_counts(means: Means) -> None:
    means.db.write_now(counting.forget, clock.now())
