"""How a subscription stands: every move of the one table, and no other."""

from itertools import product

import pytest

from hyway.domain import identity
from hyway.domain.billing import STATUSES, Status, accounts, invoices, owners, subscriptions
from hyway.domain.billing.rules import ASKED, MOVES
from hyway.kernel.faults import Invalid, Missing, Refused, Taken
from tests.domain.billing.conftest import Books
from tests.make.people import somebody


def reach(books: Books, status: Status) -> None:
    """By the ways that there are."""
    if status == "PastDue":
        books.choose("pro")
        books.overdue()
    elif status != "Active":
        books.db.write_now(subscriptions.move, books.ann, books.id, status)
    assert books.status == status


def test_what_may_be_asked_for_is_part_of_what_may_follow():
    assert all(ASKED[status] <= MOVES[status] for status in STATUSES)


@pytest.mark.parametrize(("old", "new"), list(product(STATUSES, STATUSES)))
def test_only_moves_of_the_table_may_be_asked_for(books: Books, old: Status, new: Status) -> None:
    reach(books, old)
    if new == old or new in ASKED[old]:
        books.db.write_now(subscriptions.move, books.ann, books.id, new)
        assert books.status == new
        return
    with pytest.raises(Taken):
        books.db.write_now(subscriptions.move, books.ann, books.id, new)
    assert books.status == old


def test_a_status_that_is_none(books: Books) -> None:
    with pytest.raises(Invalid, match="must be equal to one of the allowed values"):
        books.db.write_now(subscriptions.move, books.ann, books.id, "Dead")


def test_a_pause_takes_the_plan_from_the_organizations_and_gives_it_back(books: Books) -> None:
    books.choose("business")
    assert books.plan == "business"
    books.db.write_now(subscriptions.move, books.ann, books.id, "Paused")
    assert books.plan == "free"
    books.db.write_now(subscriptions.move, books.ann, books.id, "Active")
    assert books.plan == "business"


def test_who_owes_keeps_the_plan_until_they_cancel(books: Books) -> None:
    reach(books, "PastDue")
    assert books.plan == "pro"
    books.db.write_now(subscriptions.move, books.ann, books.id, "Canceled")
    assert books.plan == "free"


def test_a_plan_begins_a_canceled_subscription_anew(books: Books) -> None:
    reach(books, "Canceled")
    books.db.write_now(subscriptions.choose, books.ann, books.id, "pro")
    assert (books.status, books.subscription.plan, books.plan) == ("Active", "pro", "pro")


def test_the_operators_own_plan_is_not_for_choosing(books: Books) -> None:
    books.choose("pro")
    with pytest.raises(Invalid) as refused:
        books.db.write_now(subscriptions.choose, books.ann, books.id, "self-hosted")
    assert refused.value.message == "must be one of free, pro, business"
    with pytest.raises(Invalid):
        books.db.write_now(subscriptions.choose, books.ann, books.id, "gold")
    assert books.plan == "pro"


def test_payment_ends_it_and_so_does_voiding(books: Books) -> None:
    books.choose("pro")
    first = books.overdue()
    second = books.overdue()
    books.db.write_now(invoices.paid, books.inside, first.number)
    assert books.status == "PastDue"  # the other one is overdue still
    books.db.write_now(invoices.void, books.inside, second.number)
    assert books.status == "Active"


def test_a_new_plan_does_not_pay_what_is_overdue(books: Books) -> None:
    reach(books, "PastDue")
    books.db.write_now(subscriptions.choose, books.ann, books.id, "business")
    assert (books.status, books.plan) == ("PastDue", "business")


def test_an_organization_that_comes_to_an_account_has_its_plan(books: Books) -> None:
    books.choose("business")
    other = books.db.write_now(identity.organizations.establish, books.ann, {"name": "Second"})
    by = identity.command_line(other)
    books.db.write_now(accounts.pays_for, by, books.account)
    assert books.db.read_now(identity.organization, by).plan == "business"
    books.choose("pro")
    assert books.db.read_now(identity.organization, by).plan == "pro"


def test_strangers_know_of_no_account_and_readers_change_none(books: Books) -> None:
    eve = somebody(books.db, "Eve")
    with pytest.raises(Missing):
        books.db.write_now(subscriptions.move, eve, books.id, "Paused")
    with pytest.raises(Missing):
        books.db.read_now(accounts.find, eve, "bill_" + "0" * 24)
    person = books.db.read_now(identity.named, [eve.person or 0])[eve.person or 0]
    books.db.write_now(identity.join, books.inside, person, "member")
    member = books.db.read_now(identity.at_organization, eve, books.inside.organization)
    with pytest.raises((Missing, Refused)):
        books.db.write_now(subscriptions.move, member, books.id, "Paused")
    assert books.status == "Active"


def test_who_administers_the_organization_manages_what_pays_for_it(books: Books) -> None:
    kim = somebody(books.db, "Kim")
    person = books.db.read_now(identity.named, [kim.person or 0])[kim.person or 0]
    books.db.write_now(identity.join, books.inside, person, "admin")
    admin = books.db.read_now(identity.at_organization, kim, books.inside.organization)
    books.db.write_now(subscriptions.move, admin, books.id, "Paused")
    assert books.status == "Paused"
    with pytest.raises(Missing):  # who owns it is for its owners to say
        books.db.write_now(owners.add, admin, books.id, person.email)
