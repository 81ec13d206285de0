"""What happens to geofences by itself: who stays long enough is told of, and what is over is forgotten."""

from hyway.domain.tracking.borders import fences
from hyway.kernel.jobs import Means, every

_LOOK_SECONDS = 10.0


@every(_LOOK_SECONDS)
def tell_stays(means: Means) -> None:
    """Looks before it writes: an idle server's database stays untouched."""
    if not means.db.read_now(fences.any_due):
        return
    while means.db.write_now(fences.tick):
        pass


@every(3600)
def forget_fences(means: Means) -> None:
    """In small transactions, so that nobody waits for it."""
    while means.db.write_now(fences.purge):
        pass
