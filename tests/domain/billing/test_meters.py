"""What the meters say is what the event log tells, whatever happens at once."""

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest

from hyway.domain import billing, envs, identity, links
from hyway.domain.envs import NewVersion, Wanted
from hyway.domain.identity import Caller
from hyway.domain.projects import App
from hyway.kernel import clock, seal
from hyway.kernel.clock import DAY
from hyway.kernel.db import Database, Write
from hyway.kernel.faults import Fault, Missing, Refused
from tests.domain.billing.recount import app_of, founded, joined, leave, recounted, shelf, used, wish
from tests.make.people import somebody
from tests.make.world import open_database

KEY = 1_700_000_000


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url)
    opened.hearers += [billing.accounts.hear, billing.meters.hear]
    yield opened
    opened.close()


def test_a_recount_of_the_event_log(db: Database) -> None:
    """Some hundred operations of several people in two organizations, from several threads; some of them fail."""
    acme, other = founded(db, "Acme"), founded(db, "Other")
    people = [joined(db, acme, f"P{n}") for n in range(4)]
    owner = joined(db, acme, "Olga", "owner")
    app, numbers = app_of(db, owner), iter(range(1, 10_000))
    shelves = {each.organization: shelf(db, each) for each in (acme, other)}

    def link(by: Caller, chance: random.Random) -> None:
        wishes = [wish(shelves[by.organization]) for _ in range(chance.randint(1, 5))]
        db.write_now(links.put, by, wishes)

    def broken(by: Caller, chance: random.Random) -> None:
        with pytest.raises(Fault):
            db.write_now(links.put, by, [wish(shelves[by.organization]), wish("no such collection")])

    def push(by: Caller, chance: random.Random) -> None:
        if by.organization == acme.organization:
            _push(db, by, app, next(numbers))

    def pull(by: Caller, chance: random.Random) -> None:
        if by.organization == acme.organization:
            try:
                db.write_now(envs.versions.pull, by, app.id, Wanted())
            except Missing:  # nothing was pushed yet
                return

    def come(by: Caller, chance: random.Random) -> None:
        who = joined(db, acme, f"Guest{next(numbers)}", "member")
        if chance.random() < 0.5:
            leave(db, who)

    def work(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(30):
            by = chance.choice([*people, acme, other])
            chance.choice([link, link, broken, push, push, pull, pull, come])(by, chance)

    with ThreadPoolExecutor(6) as threads:
        for each in [threads.submit(work, seed) for seed in range(6)]:
            each.result()
    for by in (acme, other):
        assert used(db, by) == recounted(db, by)
    assert used(db, acme).counted["env.push"] > 5
    assert used(db, acme).active >= len(people)


def _push(db: Database, by: Caller, app: App, number: int) -> None:
    new = NewVersion(number, KEY, "9 bytes", 1, "AAAA")
    try:
        db.write_now(envs.versions.push, by, app.id, None, KEY, new)
    except Fault:  # somebody was quicker
        return


def test_counts_add_up_across_threads(db: Database) -> None:
    by, today = founded(db, "Acme"), billing.cycles.day(clock.now())
    rows: list[billing.Count] = [
        (by.organization, "toggle.evaluations", today, 3),
        (by.organization, "toggle.evaluations", today, 2),
        (by.organization, "toggle.telemetry", today, 1),
    ]
    with ThreadPoolExecutor(6) as threads:
        for each in [threads.submit(db.write_now, billing.meters.add, rows) for _ in range(60)]:
            each.result()
    counted = used(db, by).counted
    assert (counted["toggle.evaluations"], counted["toggle.telemetry"]) == (300, 60)


def test_what_fails_counts_nothing(db: Database) -> None:
    by = founded(db, "Acme")

    def fails(w: Write) -> None:
        billing.meters.add(w, [(by.organization, "toggle.telemetry", billing.cycles.day(clock.now()), 1)])
        w.announce(by, "link.created", "link", "x")
        raise Refused("no")

    with pytest.raises(Refused):
        db.write_now(fails)
    assert not any(used(db, by).counted.values())


def test_nothing_counts_nothing(db: Database) -> None:
    db.write_now(billing.meters.add, [])
    by = founded(db, "Acme")
    db.write_now(billing.meters.add, [(by.organization, "env.pull", billing.cycles.day(clock.now()), 0)])
    assert db.read_now(billing.usage.of_organization, by).total.counted["env.pull"] == 0


def test_a_member_is_active_once_and_a_key_or_a_stranger_never(db: Database) -> None:
    acme, other = founded(db, "Acme"), founded(db, "Other")
    ann = joined(db, acme, "Ann")
    assert used(db, acme).active == 0  # the command line took them in
    for _ in range(3):
        db.write_now(links.put, ann, [wish(shelf(db, acme))])
    _, secret = db.write_now(identity.api_keys.create, acme, "Robot")
    assert secret.value is not None
    stranger = joined(db, other, "Stan")

    def writes(w: Write) -> None:
        w.announce(identity.within(stranger, acme.organization), "note.written", "note", "1")
        robot = identity.api_keys.caller(w, seal.digest(secret.value or ""))
        assert robot is not None
        w.announce(robot, "note.written", "note", "2")

    db.write_now(writes)
    assert used(db, acme).active == 1


def test_a_cycle_has_its_own_counts_and_seats(db: Database, later: Callable[[int], None]) -> None:
    acme = founded(db, "Acme")
    ann = joined(db, acme, "Ann")
    joined(db, acme, "Bob")
    collection = shelf(db, acme)
    db.write_now(links.put, ann, [wish(collection)])
    first = db.read_now(billing.usage.of_organization, acme)
    with pytest.raises(Missing):
        db.read_now(billing.usage.of_organization, acme, 2)
    later(first.cycle.total * DAY)
    db.write_now(links.put, acme, [wish(collection), wish(collection)])
    leave(db, ann)
    second = db.read_now(billing.usage.of_organization, acme)
    assert second.cycle.number == 2
    assert (second.total.counted["link.created"], second.total.seats) == (2, 1)
    before = db.read_now(billing.usage.of_organization, acme, 1)
    assert (before.total.counted["link.created"], before.total.seats, before.total.active) == (1, 2, 1)
    assert before.as_of == before.cycle.ends_at == second.cycle.starts_at


def test_day_by_day(db: Database, later: Callable[[int], None]) -> None:
    acme = founded(db, "Acme")
    ann, collection = joined(db, acme, "Ann"), shelf(db, acme)
    db.write_now(links.put, ann, [wish(collection)])
    later(2 * DAY)
    db.write_now(links.put, acme, [wish(collection)] * 3)
    usage = db.read_now(billing.usage.of_organization, acme)
    days = db.read_now(billing.usage.daily, acme, usage.cycle)
    assert [(each.counted["link.created"], each.active) for each in days] == [(1, 1), (0, 0), (3, 0)]
    assert days[0].at == usage.cycle.starts_at
    assert [after.at - before.at for before, after in pairwise(days)] == [DAY, DAY]


def test_an_account_pays_for_several(db: Database) -> None:
    olga = somebody(db, "Olga")
    for name in ("First", "Second"):
        db.write_now(_found, olga, name)
    assert olga.person is not None
    first, second = db.read_now(identity.choices.beginning, olga.person, "", 0, 10)[0]
    account = db.read_now(billing.accounts.of, first.seq)
    inside = [db.read_now(identity.at_organization, olga, each.seq) for each in (first, second)]
    db.write_now(billing.accounts.pays_for, inside[1], account)
    for each in inside:
        db.write_now(links.put, each, [wish(shelf(db, each))])
    found = db.read_now(billing.usage.of_account, olga, account.id)
    assert [each.organization.name for each in found.organizations] == ["First", "Second"]
    assert [each.totals.counted["link.created"] for each in found.organizations] == [1, 1]
    assert (found.total.counted["link.created"], found.total.seats, found.total.active) == (2, 2, 2)
    with pytest.raises(Missing):
        db.read_now(billing.usage.of_account, somebody(db, "Stan"), account.id)


def _found(w: Write, by: Caller, name: str) -> None:
    identity.organizations.establish(w, by, {"name": name})


def test_who_may_not_read_usage(db: Database) -> None:
    acme = founded(db, "Acme")
    mia = joined(db, acme, "Mia", "member")
    with pytest.raises((Refused, Missing)):
        db.read_now(billing.usage.of_organization, mia)
    cycle = db.read_now(billing.usage.of_organization, acme).cycle
    with pytest.raises((Refused, Missing)):
        db.read_now(billing.usage.daily, mia, cycle)
