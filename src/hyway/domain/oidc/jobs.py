"""What is done by the clock: another signing key each thirty days, and what is over is forgotten."""

from hyway.domain.oidc import keys
from hyway.domain.oidc.store import tokens as store
from hyway.kernel import clock
from hyway.kernel.db import Write
from hyway.kernel.jobs import Means, every


@every(3600)
def rotate_keys(means: Means) -> None:
    if means.db.read_now(keys.is_due):
        means.db.write_now(keys.rotate, keys.fresh())


@every(600)
def forget_what_is_over(means: Means) -> None:
    def purge(w: Write) -> None:
        store.purge(w, clock.now())

    means.db.write_now(purge)
