"""What attribution does again and again: brings the roll-ups up to date, and forgets what is over."""

from hyway.domain.attribution import rolling, service
from hyway.kernel.jobs import Means, every

_ROLL_UP_SECONDS = 2.0
_CHUNKS = 8


@every(_ROLL_UP_SECONDS)
def roll_up(means: Means) -> None:
    """A few chunks a time: a long tail costs summaries time, a long transaction costs visitors theirs."""
    if not means.db.read_now(rolling.waiting):
        return
    for _ in range(_CHUNKS):
        if not rolling.roll_up(means.db):
            return


@every(3600)
def tidy(means: Means) -> None:
    """Visits whose hour is over, answers nobody asks for again."""
    means.db.write_now(service.tidy)
