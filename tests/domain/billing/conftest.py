"""An account with an organization that it pays for, its owner, and months that go by."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from hyway.domain import billing, identity
from hyway.domain.billing import Account, closing, invoices, paying, subscriptions
from hyway.domain.billing.payments import Offline
from hyway.domain.identity import Caller
from hyway.kernel import clock
from hyway.kernel.clock import DAY, HOUR
from hyway.kernel.db import Database
from hyway.kernel.outgoing import Outgoing
from tests.make.people import somebody
from tests.make.world import open_database

if TYPE_CHECKING:
    from tests.domain.billing.shop import Shop


@dataclass
class Books:
    """`ann` owns the account; `at` is when its first cycle began; `forward` puts the clock on."""

    db: Database
    ann: Caller
    inside: Caller
    account: Account
    forward: Callable[[int], None]

    @property
    def id(self) -> str:
        return self.account.id

    @property
    def subscription(self) -> billing.Subscription:
        return self.db.read_now(subscriptions.of, self.account)

    @property
    def status(self) -> str:
        return self.subscription.status

    @property
    def plan(self) -> str:
        """The organization's."""
        return self.db.read_now(identity.organization, self.inside).plan

    @property
    def desk(self) -> paying.Desk:
        return paying.Desk({}, Outgoing(lambda _: False))

    def choose(self, plan: str) -> None:
        self.db.write_now(subscriptions.put, self.inside, self.account, plan)

    def count(self, meter: billing.Meter, how_many: int) -> None:
        day = billing.cycles.day(clock.now())
        self.db.write_now(billing.meters.add, [(self.inside.organization, meter, day, how_many)])

    def to_the_end(self) -> None:
        """The running cycle's, and so much later that it is closed."""
        self.forward(self.subscription.closes_at + 2 * HOUR - clock.now())

    def close(self) -> billing.Invoice | None:
        return self.db.write_now(closing.close, self.account.seq, clock.now())

    def issue(self, seq: int) -> None:
        """As the background work does it."""
        found = self.db.write_now(invoices.draft, seq, clock.now())
        assert found is not None
        self.db.write_now(invoices.issued, seq, Offline(self.db.seal).issue(*found, None))

    def invoiced(self) -> billing.Invoice:
        """The open invoice of the cycle that runs."""
        self.to_the_end()
        made = self.close()
        assert made is not None
        self.issue(made.seq)
        return self.db.read_now(invoices.named, made.id)

    def overdue(self) -> billing.Invoice:
        made = self.invoiced()
        self.forward(15 * DAY)
        self.db.write_now(invoices.chase, clock.now())
        return made


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url)
    opened.hearers.append(billing.accounts.hear)
    yield opened
    opened.close()


@pytest.fixture
def books(db: Database, later: Callable[[int], None]) -> Books:
    ann = somebody(db, "Ann")
    made = db.write_now(identity.organizations.establish, ann, {"name": "Acme"})
    inside = identity.command_line(made)
    return Books(db, ann, inside, db.read_now(billing.accounts.of, made.seq), later)


@pytest.fixture
def shop(books: Books) -> "Iterator[Shop]":
    """Imported here alone: the server of Stripe's wire takes a second."""
    from tests.domain.billing.shop import Shop
    from tests.make import localstripe

    local = localstripe.serving()
    local.forget()
    yield Shop(books, local)
    local.forget()
