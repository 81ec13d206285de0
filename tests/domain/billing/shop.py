"""Books whose payments are Stripe's: a server of its wire on the loopback, and the work in the background."""

from dataclasses import dataclass, field
from typing import Any

import hyway.domain.billing.jobs  # noqa: F401  # registers its jobs
from hyway.domain import billing
from hyway.domain.billing import hooks, invoices, paying
from hyway.domain.billing.records import Account, Invoice, Method
from hyway.kernel import clock, outbox
from hyway.kernel.clock import SECOND
from hyway.kernel.db import Database, Fact
from hyway.kernel.jobs import JOBS, Means
from hyway.kernel.outgoing import Outgoing
from tests.domain.billing.conftest import Books
from tests.make.localstripe import Local


@dataclass
class Shop:
    books: Books
    local: Local
    heard: int = 0
    facts: list[Fact] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.db.hearers.append(lambda _, facts: self.facts.extend(facts))

    @property
    def db(self) -> Database:
        return self.books.db

    @property
    def means(self) -> Means:
        return Means(
            self.db, Outgoing(lambda _: True), dict.fromkeys(("stripe", "billing"), self.local.address)
        )

    @property
    def desk(self) -> paying.Desk:
        return paying.Desk(self.means.services, self.means.outgoing)

    @property
    def stripe(self) -> billing.payments.Payments:
        return self.desk.of(self.db, "Stripe")

    @property
    def account(self) -> Account:
        return self.db.read_now(billing.accounts.owned, self.books.ann, self.books.id)

    @property
    def methods(self) -> list[Method]:
        return self.db.read_now(paying.of, self.account)

    def add(self, token: str | None = None) -> Method:
        return paying.add(self.db, self.desk, self.books.ann, self.books.id, token or self.local.token())

    def work(self) -> None:
        """Runs the errands of billing that wait, and those that they leave."""
        while errands := self.db.read_now(outbox.waiting):
            self.db.write_now(outbox.taken, [each.seq for each in errands])
            for each in errands:
                if each.topic.startswith("billing."):
                    JOBS[each.topic](self.means, each)

    def closed(self) -> Invoice:
        """The draft of the cycle that has ended."""
        self.books.to_the_end()
        made = self.books.close()
        assert made is not None
        return made

    def opened(self) -> Invoice:
        """The same, as Stripe has it by now."""
        made = self.closed()
        self.work()
        return self.now(made)

    def now(self, of: Invoice) -> Invoice:
        return self.db.read_now(invoices.named, of.id)

    def there(self, of: Invoice) -> dict[str, Any]:
        found = [each for each in self.local.everything("invoice") if each["metadata"]["invoice"] == of.id]
        assert len(found) == 1, found
        return found[0]

    def event(self, kind: str, about: dict[str, Any], at: int | None = None, id: str = "") -> dict[str, Any]:
        self.heard += 1
        created = clock.now() // SECOND if at is None else at
        named = id or f"evt_{self.heard}"
        return {"id": named, "object": "event", "type": kind, "created": created, "data": {"object": about}}

    def hear(self, kind: str, about: dict[str, Any], at: int | None = None, id: str = "") -> bool:
        return self.db.write_now(hooks.hear, self.event(kind, about, at, id))
