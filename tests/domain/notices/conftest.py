"""Servers that can and that cannot send mail, and what runs their errands."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

import hyway.domain.notices.jobs  # noqa: F401  # registers its jobs
from hyway.domain import audit, notices
from hyway.kernel import outbox
from hyway.kernel.db import Database
from hyway.kernel.jobs import JOBS, Means
from hyway.kernel.outgoing import Outgoing
from hyway.kernel.seal import Seal
from tests.make.world import KEY

HOME = "https://go.example"


@pytest.fixture
def opened(database_url: str) -> Iterator[Callable[[str | None], Means]]:
    """`opened(smtp)`: a server with that mail server, or with none, as its jobs see it."""
    with ExitStack() as stack:

        def open_with(smtp: str | None) -> Means:
            services = {"smtp": smtp} if smtp else {}
            db = Database(database_url, Seal(KEY), home=HOME, services=frozenset(services))
            stack.callback(db.close)
            db.hearers += [audit.record, notices.hear]
            return Means(db, Outgoing(lambda _: True), services)

        yield open_with


def run(means: Means) -> list[str]:
    """Runs every errand that waits, once; the names of those that failed, to be tried again by the engine."""
    waiting, failed = means.db.read_now(outbox.waiting), []
    means.db.write_now(outbox.taken, [each.seq for each in waiting])
    for each in waiting:
        try:
            JOBS[each.topic](means, each)
        except Exception as error:  # whatever it is, the engine would see it
            failed.append(f"{each.topic}: {error}")
    return failed
