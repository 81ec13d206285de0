"""What happens to deliveries later: the requests, their retries, and the clearing away."""

import time

from hyway.domain.webhooks import attempts, manners
from hyway.domain.webhooks.records import Attempt, Shot
from hyway.domain.webhooks.service import TOPIC
from hyway.kernel import clock
from hyway.kernel.jobs import Means, every, job
from hyway.kernel.outbox import Errand
from hyway.kernel.outgoing import Outgoing, Unreachable

SECONDS = 10.0
_EXCERPT = 1_024
_SWEEP_SECONDS = 2.0


@job(TOPIC)
def deliver(means: Means, errand: Errand) -> None:
    """One attempt of one delivery, if it is still to be made."""
    wanted = errand.payload
    shot = means.db.write_now(attempts.begin, wanted["delivery"], wanted["attempts"])
    if shot is not None:
        means.db.write_now(attempts.finish, shot, request(means.outgoing, shot))


def request(outgoing: Outgoing, shot: Shot) -> Attempt:
    """Sends the body, signed anew, and tells how it went; redirects count as failures."""
    at, began, sent = clock.now(), time.monotonic(), shot.body.encode()
    say = manners.manner(shot.endpoint.manner).headers
    headers = say(shot.secret, shot.id, shot.event, sent, at // clock.SECOND)
    try:
        answer = outgoing.send("POST", shot.endpoint.url, headers, sent, seconds=SECONDS)
    except Unreachable as error:
        return Attempt(at, None, str(error), _since(began), "")
    # PostgreSQL stores no NUL.
    excerpt = answer.body[:_EXCERPT].decode(errors="replace").replace("\0", "\ufffd")
    return Attempt(at, answer.status, None, _since(began), excerpt)


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)


@every(_SWEEP_SECONDS)
def start_due(means: Means) -> None:
    """Looks before it writes: an idle server's database stays untouched."""
    if means.db.read_now(attempts.any_due):
        means.db.write_now(attempts.start_due)


@every(3600)
def purge(means: Means) -> None:
    """In small transactions, so that nobody waits for it."""
    while means.db.write_now(attempts.purge):
        pass
