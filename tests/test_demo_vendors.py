"""The demonstration's account, integrations and packages: all that pages can show, made once, with nobody asked."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from hyway import main
from hyway.commands import demo_billing, demo_integrations, demo_packages, demo_projects
from hyway.domain import billing, connections, packages
from hyway.domain.connections import AccessQuery, ConnectionQuery, jobs
from hyway.kernel.blobs import Blobs
from hyway.kernel.db import Database
from hyway.kernel.jobs import Means
from hyway.kernel.outgoing import Outgoing
from hyway.settings import Settings


@pytest.fixture
def db(database_url: str, tmp_path: Path) -> Iterator[Database]:
    """With all who hear of facts, as the command has it."""
    opened = main.open_database(Settings.read({"HYWAY_DATABASE_URL": database_url}, tmp_path), threads=2)
    yield opened
    opened.close()


def test_months_of_an_account(db: Database) -> None:
    by = demo_billing.found(db, "Demo", random.Random(1))
    whole = db.read_now(billing.showing.of_organization, by)
    assert [each.status for each in whole.invoices] == ["Open", "Paid", "Paid", "Paid"]
    assert [bool(each.discount) for each in whole.invoices] == [False, False, True, True]
    assert [each.card_type for each in whole.methods] == ["Visa"]
    assert (whole.plan.name, whole.subscription.status) == ("business", "Active")
    assert len(whole.cycles) == 5
    for each in whole.invoices:
        bill = db.read_now(billing.invoices.recomputed, each)
        assert (bill.total, bill.subtotal, bill.tax) == (each.total, each.subtotal, each.tax)
        assert each.tax == round((each.subtotal - each.discount) * 0.19)
    preview = db.read_now(billing.closing.preview, whole.account)
    assert preview.forecast.total >= preview.bill.total > 0
    # A server that starts has nothing left to do with them.
    assert db.read_now(billing.closing.due, preview.cycle.starts_at + 2 * 3_600_000_000) == []


def test_connections_stand_in_every_way_and_are_made_once(db: Database) -> None:
    by = demo_billing.found(db, "Demo", random.Random(1))
    demo_projects.build(db, by)
    made = demo_integrations.fill(db, by)
    found, total = db.read_now(connections.connections.page, by, ConnectionQuery())
    assert {each.status for each in found} == {"Ready", "Failed", "AwaitingVerification", "Pending"}
    inside, _ = db.read_now(connections.connections.access_page, by, AccessQuery())
    assert {each.holder for each in inside}
    integrations, _ = db.read_now(connections.integrations.page, by)
    (brought,) = [
        each
        for of in integrations
        for each in db.read_now(connections.imports.page, by, of.id)[0]
        if each.type == "GitRepository"
    ]
    assert (brought.status, brought.done, brought.total, len(brought.errors)) == ("done", 4, 4, 1)
    (zone,), _ = db.read_now(connections.zones.page, by)
    records = db.read_now(connections.zones.records, by, zone.id)
    assert {bool(each.error) for each in records} == {True, False}
    assert demo_integrations.fill(db, by) == 0
    assert db.read_now(connections.connections.page, by, ConnectionQuery())[1] == total
    assert made == len(integrations) >= 5


def test_no_vendor_is_asked_by_a_server_that_goes_on_with_them(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    by = demo_billing.found(db, "Demo", random.Random(1))
    demo_projects.build(db, by)
    demo_integrations.fill(db, by)
    known = connections.registry.load({})
    asked: list[object] = []
    for each in known.types:
        provider = known.find(each)
        for name in ("check", "resources", "make", "members", "admit", "dismiss", "remove", "verify"):
            monkeypatch.setattr(provider, name, lambda *args: asked.append(args), raising=False)
    means = Means(db, Outgoing(lambda _: False), parts={connections.registry.PART: known})
    jobs.sweep(means)
    jobs.look(means)
    assert known.rest(30)
    found, _ = db.read_now(connections.connections.page, by, ConnectionQuery())
    assert asked == []
    assert {each.status for each in found if each.type != "ContainerRegistry"} == {
        "Ready", "Failed", "AwaitingVerification",
    }  # fmt: skip


def test_a_program_is_there_to_be_fetched(db: Database, tmp_path: Path) -> None:
    blobs = Blobs(tmp_path / "packages")
    assert demo_packages.offer(db, blobs) == 9
    assert demo_packages.offer(db, blobs) == 0
    versions = db.read_now(packages.releases, demo_packages.NAME)
    assert [(each.version, each.latest) for each in versions] == [
        ("1.2.0-rc.1", False), ("1.1.0", True), ("1.0.0", False),
    ]  # fmt: skip
    for each in db.read_now(packages.every, demo_packages.NAME):
        assert packages.verify(blobs, each) == ""
