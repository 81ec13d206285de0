"""What happens to social accounts by the clock: figures and posts are read, old codes end."""

from hyway.domain.creators.social import syncing
from hyway.domain.creators.social.services import chosen
from hyway.domain.creators.store import social as store
from hyway.kernel import clock
from hyway.kernel.jobs import Means, every

_SOME = 100


@every(60)
def read_accounts(means: Means) -> None:
    """The figures of accounts that are due."""
    if means.db.read_now(store.any_due, clock.now()):
        syncing.Pass(means.db, chosen(means.services, means.outgoing)).accounts()


@every(60)
def look_at_posts(means: Means) -> None:
    """The views of posts that are due."""
    syncing.Pass(means.db, chosen(means.services, means.outgoing)).posts()


@every(600)
def end_codes(means: Means) -> None:
    """Codes that were not put up in a day, and tries that count no more."""
    while means.db.read_now(store.expired, clock.now(), 1):
        means.db.write_now(syncing.expire, _SOME)
    means.db.write_now(store.forget_tries, clock.now() - clock.DAY)
