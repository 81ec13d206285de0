"""Organizations with default environments and an account that pays."""

from collections.abc import Iterator

import pytest

from hyway.domain import billing, identity, projects
from hyway.domain.identity import Caller
from hyway.domain.projects import Home, NewEnvironment, NewProject, founding
from hyway.kernel.db import Database
from hyway.kernel.faults import Invalid, Missing, Refused, Taken
from tests.make.people import somebody
from tests.make.world import open_database

STAGES = [NewEnvironment("qa", "QA", "#00FF00"), NewEnvironment("production", "Production")]


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url)
    opened.hearers.append(billing.accounts.hear)
    yield opened
    opened.close()


@pytest.fixture
def ann(db: Database) -> Caller:
    return somebody(db, "Ann")


def inside(db: Database, by: Caller, home: Home) -> Caller:
    return db.read_now(identity.access.enter, by, home.organization.id)


def names(found: tuple[list[Home], int]) -> list[str]:
    assert len(found[0]) == found[1]
    return [each.organization.name for each in found[0]]


def test_whoever_founds_one_owns_it_and_its_account(db: Database, ann: Caller) -> None:
    home = db.write_now(founding.establish, ann, " Acme ")
    assert home.organization.name == "Acme"
    assert home.logo_url is None
    assert [each.alternate_id for each in home.default_environments] == ["development", "production"]
    assert (home.billing_account.name, home.billing_account.email) == ("Acme", "ann@example.com")
    by = inside(db, ann, home)
    assert by.role == "owner"
    assert identity.access.may(by, "manage", "Organization")
    assert db.read_now(billing.accounts.owners, home.billing_account) == [ann.person]
    assert db.read_now(founding.find, by) == home
    assert db.read_now(projects.page, by) == ([], 0)


def test_with_everything(db: Database, ann: Caller) -> None:
    new = billing.NewAccount("The purse", "Purse@Example.com")
    home = db.write_now(founding.establish, ann, "Acme", STAGES, new, True)
    assert (home.billing_account.name, home.billing_account.email) == ("The purse", "purse@example.com")
    by = inside(db, ann, home)
    (first,), _ = db.read_now(projects.page, by)
    assert (first.alternate_id, first.name, first.created_by) == ("default", "Default Project", by.member)
    there = db.read_now(projects.environments.every, by, first)
    assert [(each.alternate_id, each.color, each.type) for each in there] == [
        ("qa", "#00FF00", "custom"),
        ("production", "#22C55E", "production"),
    ]


def test_an_account_pays_for_several_of_those_who_own_it(db: Database, ann: Caller) -> None:
    first = db.write_now(founding.establish, ann, "One")
    second = db.write_now(founding.establish, ann, "Two", None, first.billing_account.id)
    assert second.billing_account == first.billing_account
    ben = somebody(db, "Ben")
    for id in (first.billing_account.id, "bill_0123456789abcdef01234567", "", "bill_\x00", "x" * 500):
        with pytest.raises(Missing):
            db.write_now(founding.establish, ben, "Three", None, id)
    assert names(db.read_now(founding.page, ben)) == []


def test_a_member_of_an_organization_does_not_own_what_pays_for_it(db: Database, ann: Caller) -> None:
    home = db.write_now(founding.establish, ann, "One")
    ben = somebody(db, "Ben")
    person = db.read_now(identity.named, [ben.person])[ben.person]  # type: ignore[list-item,index]
    db.write_now(identity.join, inside(db, ann, home), person, "admin")
    with pytest.raises(Missing):
        db.write_now(founding.establish, ben, "Two", None, home.billing_account.id)


@pytest.mark.parametrize(
    ("name", "fault"),
    [("", Invalid), (" ", Invalid), ("n" * 101, Invalid), ("a\x00", Invalid), ("ACME", Taken)],
)
def test_names_that_are_refused(db: Database, ann: Caller, name: str, fault: type[Invalid]) -> None:
    home = db.write_now(founding.establish, ann, "Acme")
    db.write_now(founding.establish, ann, "Other")
    with pytest.raises(fault) as refused:
        db.write_now(founding.establish, ann, name)
    assert refused.value.field == "name"
    assert type(refused.value) is fault
    other = db.read_now(founding.page, ann, "Other")[0][0]
    with pytest.raises(fault) as refused:
        db.write_now(founding.change, inside(db, ann, other), name)
    assert refused.value.field == "name"
    assert names(db.read_now(founding.page, ann)) == ["Acme", "Other"]
    assert db.read_now(founding.find, inside(db, ann, home)) == home


def test_what_breaks_a_rule_founds_nothing(db: Database, ann: Caller) -> None:
    for environments, account, field in (
        ([], None, "defaultEnvironments"),
        ([NewEnvironment("a b", "x")], None, "defaultEnvironments/0/alternateId"),
        (None, billing.NewAccount("", "a@example.com"), "billingAccount/name"),
        (None, billing.NewAccount("n" * 101, "a@example.com"), "billingAccount/name"),
        (None, billing.NewAccount("a\x00", "a@example.com"), "billingAccount/name"),
        (None, billing.NewAccount("Purse", "nowhere"), "billingAccount/email"),
    ):
        with pytest.raises(Invalid) as refused:
            db.write_now(founding.establish, ann, "Acme", environments, account)
        assert refused.value.field == field
    assert names(db.read_now(founding.page, ann)) == []


def test_only_people_found_organizations(db: Database, ann: Caller) -> None:
    home = db.write_now(founding.establish, ann, "Acme")
    own = db.read_now(identity.organization, inside(db, ann, home))
    with pytest.raises(Refused):
        db.write_now(founding.establish, identity.command_line(own), "Other")


def test_change_and_who_may(db: Database, ann: Caller) -> None:
    home = db.write_now(founding.establish, ann, "Acme")
    by = inside(db, ann, home)
    assert db.write_now(founding.change, by) == home
    changed = db.write_now(founding.change, by, "Acme Ltd", STAGES)
    assert changed.organization.name == "Acme Ltd"
    assert [each.alternate_id for each in changed.default_environments] == ["qa", "production"]
    assert db.read_now(founding.find, by) == changed
    # What projects began with stays with them.
    made = db.write_now(projects.create, by, NewProject("shop", "Shop"))
    db.write_now(founding.change, by, default_environments=STAGES[:1])
    assert len(db.read_now(projects.environments.every, by, made)) == 2

    ben = somebody(db, "Ben")
    person = db.read_now(identity.named, [ben.person])[ben.person]  # type: ignore[list-item,index]
    db.write_now(identity.join, by, person, "member")
    with pytest.raises(Refused):
        db.write_now(founding.change, inside(db, ben, changed), "Ben's")


def test_a_key_that_administers_may_rename(db: Database, ann: Caller) -> None:
    home = db.write_now(founding.establish, ann, "Acme")
    by = inside(db, ann, home)
    db.write_now(identity.api_keys.create, by, "Robot", ("OrganizationAdmin",))
    key = db.read_now(identity.api_keys.page, by, "")[0][0]
    robot = Caller(by.organization, by.plan, "key", key.id, key.name, "hyphen")
    entered = inside(db, robot, home)
    assert db.write_now(founding.change, entered, "Robots").organization.name == "Robots"
    assert names(db.read_now(founding.page, robot)) == ["Robots"]
    assert names(db.read_now(founding.page, robot, "rob")) == ["Robots"]
    assert names(db.read_now(founding.page, robot, "obots")) == []
    assert db.read_now(founding.page, robot, "", 1, 10) == ([], 1)


def test_pages_by_the_beginning_of_names(db: Database, ann: Caller) -> None:
    for name in ("Acme", "acme two", "Other", "100%", "1000"):
        db.write_now(founding.establish, ann, name)
    ben = somebody(db, "Ben")
    db.write_now(founding.establish, ben, "Acme of Ben")
    assert names(db.read_now(founding.page, ann, "ACME")) == ["Acme", "acme two"]
    assert names(db.read_now(founding.page, ann, "100%")) == ["100%"]
    assert names(db.read_now(founding.page, ann, "_")) == []
    page, total = db.read_now(founding.page, ann, "", 1, 2)
    assert ([each.organization.name for each in page], total) == (["acme two", "Other"], 5)
    with pytest.raises(Invalid):
        db.read_now(founding.page, ann, "a\x00")
