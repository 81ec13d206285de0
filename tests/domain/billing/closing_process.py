"""A process that closes what is to be closed, as the worker does it, and can be killed at any step.

    python -m tests.domain.billing.closing_process DATABASE [STRIPE]

Of each line that it reads, `NOW STEP`, it makes a process of its own, which lives at that instant and is killed with
SIGKILL at that step (never for 0; below 0 at that request to Stripe or its answer), and answers with its exit code: -9,
or 0. It has imported everything before, so that each takes a fraction of a second.
"""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from sqlalchemy import event

import hyway.domain.billing.jobs
import hyway.domain.billing.stripe  # its client takes a second
from hyway.domain import billing, notices
from hyway.kernel import clock, outbox
from hyway.kernel.db import Database
from hyway.kernel.jobs import JOBS, Means
from hyway.kernel.outgoing import Answer, Outgoing
from tests.make.world import open_database


class Steps:
    """Counts down to the last one of this process: of all of them, or below 0 of those that ask somebody."""

    def __init__(self, last: int) -> None:
        self.asks_alone, self.left = last < 0, abs(last)

    def step(self, *_: Any) -> None:
        if not self.asks_alone:
            self._down()

    def ask(self) -> None:
        self._down()

    def _down(self) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


class Counted(Outgoing):
    """Before a request, and after it, when the answer is not heard any more."""

    def __init__(self, steps: Steps) -> None:
        super().__init__(lambda _: True)
        self._step = steps.ask

    def send(self, *words: Any, **more: Any) -> Answer:
        self._step()
        answer = super().send(*words, **more)
        self._step()
        return answer


def work(url: str, stripe: str | None, now: int, last: int) -> None:
    """All that is due at that instant."""
    fixed: Callable[[], int] = lambda: now  # noqa: E731
    clock.now = fixed
    db, steps = open_database(url), Steps(last)
    db.hearers += [billing.accounts.hear, billing.meters.hear, notices.hear]
    # Statements, BEGIN and COMMIT among them: before each, so that what follows a COMMIT is a step as well.
    event.listen(db.engine, "before_cursor_execute", steps.step)
    event.listen(db.engine, "commit", steps.step)
    means = Means(db, Counted(steps), dict.fromkeys(("stripe", "billing"), stripe) if stripe else {})
    billing_jobs = hyway.domain.billing.jobs
    billing_jobs.close_cycles(means)
    _run_errands(db, means)
    billing_jobs.issue_again(means)
    billing_jobs.chase(means)
    _run_errands(db, means)
    db.close()


def _run_errands(db: Database, means: Means) -> None:
    """An errand is taken away after it has ended, so one that was killed is run again."""
    while errands := [each for each in db.read_now(outbox.waiting) if each.topic.startswith("billing.")]:
        for each in errands:
            JOBS[each.topic](means, each)
            db.write_now(outbox.taken, [each.seq])


def main(url: str, stripe: str | None = None) -> None:
    for line in sys.stdin:
        now, last = map(int, line.split())
        child = os.fork()
        if child == 0:
            code = 1
            try:
                work(url, stripe, now, last)
                code = 0
            finally:
                sys.stderr.flush()
                os._exit(code)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
