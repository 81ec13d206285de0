"""What happens to past days by itself: they are forgotten when their account keeps them no longer."""

from hyway.domain.tracking import retention
from hyway.kernel.jobs import Means, every

_SECONDS = 6 * 3600.0


@every(_SECONDS)
def forget_the_past(means: Means) -> None:
    retention.forget(means.db)
