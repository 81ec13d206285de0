"""What happens to submissions to collabs by itself: time approves, tells who is late, and ends codes and rights.

Each is looked at again in a transaction of its own, which locks it: two processes may do this at once.
"""

from collections.abc import Callable

from hyway.domain.creators.collabs import making
from hyway.kernel.db import Read, Write
from hyway.kernel.jobs import Means, every

_SECONDS = 60.0
_AT_ONCE = 200
_MOST_ROUNDS = 50


@every(_SECONDS)
def look_at_collabs(means: Means) -> None:
    """Looks before it writes: an idle server's database stays untouched."""
    _each(means, making.to_approve, making.approve_unseen)
    _each(means, making.late, making.tell_late)
    _each(means, making.spark_over, making.end_spark_code)
    _each(means, making.usage_over, making.end_usage)


def _each(means: Means, look: Callable[[Read, int], list[int]], do: Callable[[Write, int], None]) -> None:
    for _ in range(_MOST_ROUNDS):
        found = means.db.read_now(look, _AT_ONCE)
        for seq in found:
            means.db.write_now(do, seq)
        if len(found) < _AT_ONCE:
            return
