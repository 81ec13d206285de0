"""Every organization has an account that pays, however it was founded."""

from collections.abc import Iterator

import pytest

from hyway.domain import audit, identity
from hyway.domain.billing import accounts
from hyway.domain.identity import Caller, Organization
from hyway.kernel.db import Database, Read
from tests.make.people import somebody
from tests.make.world import open_database


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url)
    opened.hearers.append(accounts.hear)
    yield opened
    opened.close()


def owners(db: Database, organization: Organization) -> list[int]:
    def found(r: Read) -> list[int]:
        return accounts.owners(r, accounts.of(r, organization.seq))

    return db.read_now(found)


def join(db: Database, organization: Organization, name: str, role: identity.Role) -> Caller:
    who = somebody(db, name)
    assert who.person is not None
    person = db.read_now(identity.named, [who.person])[who.person]
    db.write_now(identity.join, identity.command_line(organization), person, role)
    return who


def test_an_organization_of_a_persons_is_paid_for_by_them(db: Database) -> None:
    ann = somebody(db, "Ann")
    made = db.write_now(identity.organizations.establish, ann, {"name": "Acme"})
    account = db.read_now(accounts.of, made.seq)
    assert account.id.startswith("bill_")
    assert (account.name, account.email) == ("Acme", "ann@example.com")
    assert owners(db, made) == [ann.person]
    assert db.read_now(accounts.owned, ann, account.id) == account


def test_one_that_a_command_made_waits_for_its_owner(db: Database) -> None:
    made = db.write_now(identity.found_organization, "Acme")
    account = db.read_now(accounts.of, made.seq)
    assert (account.name, account.email) == ("Acme", "")
    assert owners(db, made) == []
    join(db, made, "Mia", "member")
    join(db, made, "Adam", "admin")
    assert owners(db, made) == []
    ann = join(db, made, "Ann", "owner")
    join(db, made, "Bea", "owner")
    assert owners(db, made) == [ann.person]


def test_accounts_of_several_in_two_statements(db: Database) -> None:
    made = [db.write_now(identity.found_organization, f"Org {i}") for i in range(3)]
    found = db.read_now(accounts.of_each, [each.seq for each in made])
    assert [found[each.seq].name for each in made] == ["Org 0", "Org 1", "Org 2"]
    assert len({each.id for each in found.values()}) == 3
    assert db.read_now(accounts.of_each, []) == {}


def test_the_log_has_it(db: Database) -> None:
    ann = somebody(db, "Ann")
    made = db.write_now(identity.organizations.establish, ann, {"name": "Acme"})
    account = db.read_now(accounts.of, made.seq)
    found = db.read_now(audit.recent, identity.command_line(made))
    assert ("billing_account.created", account.id) in [(each.action, each.subject_id) for each in found]
