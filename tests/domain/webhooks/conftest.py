"""An organization with a database of its own, and somebody to send to."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from hyway.domain import audit, identity, notices, webhooks
from hyway.domain.webhooks import jobs
from hyway.kernel import outbox
from hyway.kernel.db import Database
from hyway.kernel.jobs import Means
from hyway.kernel.outgoing import Outgoing
from hyway.kernel.seal import Seal
from tests.make.receiver import Receiver, receiving


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    made = Database(database_url, Seal(b"k" * 32), hosts=frozenset({"hyway.test"}))
    made.hearers += [audit.record, webhooks.hear, notices.hear]
    yield made
    made.close()


@pytest.fixture
def by(db: Database) -> identity.Caller:
    return identity.command_line(db.write_now(identity.found_organization, "Ours"))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


@pytest.fixture
def means(db: Database) -> Means:
    """Everything may be reached, the loopback too."""
    return Means(db, Outgoing(lambda _: True))


@pytest.fixture
def run(means: Means):
    """Runs every errand that is waiting, as a worker would; how many there were."""

    def run_all() -> int:
        errands = means.db.read_now(outbox.waiting)
        for errand in errands:
            jobs.deliver(means, errand)
        means.db.write_now(outbox.taken, [errand.seq for errand in errands])
        return len(errands)

    return run_all


@pytest.fixture
def clock_(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """`clock_.forward(microseconds)` makes it later."""
    from hyway.kernel import clock

    real, ahead = clock.now, SimpleNamespace(by=0)
    monkeypatch.setattr(clock, "now", lambda: real() + ahead.by)
    return SimpleNamespace(forward=lambda by: setattr(ahead, "by", ahead.by + by))
