"""What an account has subscribed to is what its organizations may do, from the next request on."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from hyway.domain import audit, billing, identity, links
from hyway.domain.billing import PLANS, Account
from hyway.domain.identity import Caller
from hyway.kernel.db import Database
from hyway.kernel.seal import Seal
from tests.apis.hoko.conftest import World, make_world
from tests.apis.hoko.contract.contract import CONTRACT
from tests.make.people import somebody

LIMIT = CONTRACT["headers"][0]
FIELDS = {"password": "launch", "cloaked": True, "geo": {"SA": "https://a.example"}}
NEEDS = {"password": "password protection", "cloaked": "link cloaking", "geo": "geo targeting"}


@dataclass
class Payer:
    """Ann, her account, and the two organizations that it pays for, with a key and a collection each."""

    db: Database
    ann: Caller
    account: Account
    paid: list[tuple[World, str]]

    def choose(self, plan: str) -> None:
        self.db.write_now(billing.subscriptions.choose, self.ann, self.account.id, plan)

    def move(self, status: str) -> None:
        self.db.write_now(billing.subscriptions.move, self.ann, self.account.id, status)

    async def has(self, plan: str) -> None:
        """Features and rates of that plan, by every key."""
        for world, collection in self.paid:
            async with world.client() as client:
                for name, value in FIELDS.items():
                    link = {"url": "https://a.example", "collectionId": collection, name: value}
                    answer = await client.post("/api/links", json=[link])
                    allowed = NEEDS[name] in PLANS[plan].features
                    assert answer.status_code == (201 if allowed else 403), (plan, name, answer.text)
                    assert int(answer.headers[LIMIT]) == PLANS[plan].requests


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    opened = Database(database_url, Seal(b"k" * 32), hosts=frozenset({"go.example"}))
    opened.hearers += [audit.record, billing.accounts.hear]
    yield opened
    opened.close()


@pytest.fixture
def payer(db: Database) -> Payer:
    base, ann = make_world(db), somebody(db, "Ann")
    paid: list[tuple[World, str]] = []
    for name in ("First", "Second"):
        made = db.write_now(identity.organizations.establish, ann, {"name": name})
        world = World(db, base.app, identity.command_line(made), "")
        world.key = world.new_key()
        shelf = db.write_now(links.put_on_shelf, world.by, links.COLLECTIONS, [{"name": "Links"}])[0]
        paid.append((world, shelf.id))
    first, second = (world.by for world, _ in paid)
    account = db.read_now(billing.accounts.of, first.organization)
    db.write_now(billing.accounts.pays_for, second, account)
    return Payer(db, ann, account, paid)


async def test_a_chosen_plan_gates_every_organization_that_it_pays_for(payer: Payer) -> None:
    await payer.has("self-hosted")
    for plan in ("free", "business", "pro", "free"):
        payer.choose(plan)
        await payer.has(plan)


async def test_what_is_not_paid_for_is_not_to_be_had(payer: Payer) -> None:
    payer.choose("business")
    payer.move("Paused")
    await payer.has("free")
    payer.move("Active")
    await payer.has("business")
    payer.db.write_now(billing.subscriptions.owes, payer.account)  # overdue, which is a reminder yet
    await payer.has("business")
    payer.move("Canceled")
    await payer.has("free")
    payer.choose("pro")
    await payer.has("pro")


async def test_an_organization_that_comes_to_an_account_has_its_plan(payer: Payer) -> None:
    payer.choose("pro")
    made = payer.db.write_now(identity.organizations.establish, payer.ann, {"name": "Third"})
    world = World(payer.db, payer.paid[0][0].app, identity.command_line(made), "")
    world.key = world.new_key()
    shelf = payer.db.write_now(links.put_on_shelf, world.by, links.COLLECTIONS, [{"name": "Links"}])[0]
    third = Payer(payer.db, payer.ann, payer.account, [(world, shelf.id)])
    await third.has("self-hosted")
    payer.db.write_now(billing.accounts.pays_for, world.by, payer.account)
    await third.has("pro")
