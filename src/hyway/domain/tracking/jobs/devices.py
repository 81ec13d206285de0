"""What happens to users and their phones by itself: silence is noticed, who left is forgotten, logs end."""

from hyway.domain.tracking.people import leaving, phones
from hyway.kernel.jobs import Means, every, job
from hyway.kernel.outbox import Errand

_LOOK_SECONDS = 30.0


@every(_LOOK_SECONDS)
def notice_silence(means: Means) -> None:
    """Looks before it writes: an idle server's database stays untouched."""
    if not means.db.read_now(phones.any_silent):
        return
    while means.db.write_now(phones.tell_silent):
        pass


@job(leaving.TOPIC)
def purge_user(means: Means, errand: Errand) -> None:
    leaving.purge(means.db, errand.payload["account"], errand.payload["user"])


@every(3600)
def purge_logs(means: Means) -> None:
    """In small transactions, so that nobody waits for it."""
    while means.db.write_now(phones.purge_logs):
        pass
