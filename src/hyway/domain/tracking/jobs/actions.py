"""What happens to actions by itself: time makes them late, or ends them; a router is asked of their ways."""

import logging

from hyway.domain.tracking.outside.routing import NoRoute
from hyway.domain.tracking.outside.services import chosen
from hyway.domain.tracking.work import following
from hyway.domain.tracking.work.ledger import ROUTE
from hyway.kernel.jobs import Means, every, job
from hyway.kernel.outbox import Errand

_LOOK_SECONDS = 20.0
_MOST_ROUNDS = 1_000
log = logging.getLogger(__name__)


@every(_LOOK_SECONDS)
def look_at_due(means: Means) -> None:
    """Looks before it writes, and writes for some users at a time, so that nobody waits for it."""
    for _ in range(_MOST_ROUNDS):
        if not means.db.read_now(following.any_due):
            return
        means.db.write_now(following.look)


@job(ROUTE)
def ask_the_way(means: Means, errand: Errand) -> None:
    """How long a user takes to the place of an action; where no router knows it, the estimate stays."""
    router, action = chosen(means.services).router, errand.payload["action"]
    asked = means.db.read_now(following.question, action)
    if router is None or asked is None:
        return
    try:
        found = router.route(asked.origin, asked.destination, asked.vehicle_type)
    except NoRoute as why:
        log.warning("the router could not be asked about an action: %s", why)
        return
    means.db.write_now(following.answered, action, asked, found.seconds)
