"""What happens to campaigns and their posts by itself: decisions, ends of windows, holds, ends, settlements."""

from hyway.domain.creators.campaigns import closing
from hyway.kernel.jobs import Means, every

_SECONDS = 30.0


@every(_SECONDS)
def keep_time(means: Means) -> None:
    """Looks before it writes: an idle server's database stays untouched."""
    closing.run(means.db)
