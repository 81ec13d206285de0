"""What somebody tries who wants money, or gets in the way of another: two at once, in between, and out of turn."""

import threading
from collections.abc import Callable

import pytest

from hyway.domain import identity
from hyway.domain.billing import accounts, closing, invoices, jobs, owners, showing, subscriptions
from hyway.domain.billing.payments import Declined
from hyway.kernel import clock
from hyway.kernel.clock import DAY, HOUR, MINUTE
from hyway.kernel.db import Write
from hyway.kernel.faults import Missing
from hyway.kernel.jobs import Means
from hyway.kernel.outgoing import Outgoing
from tests.domain.billing.conftest import Books
from tests.make.people import somebody


def together(first: Callable[[threading.Event], None], second: Callable[[], None]) -> None:
    """The second begins when the first one says so."""
    ready = threading.Event()
    one = threading.Thread(target=first, args=[ready])
    one.start()
    ready.wait(30)
    second()
    one.join()


def test_an_organization_that_comes_while_the_plan_is_left_does_not_keep_it(books: Books) -> None:
    books.choose("business")
    made = books.db.write_now(identity.organizations.establish, books.ann, {"name": "Late"})
    late = identity.command_line(made)

    def leave(ready: threading.Event) -> None:
        def verb(w: Write) -> None:
            subscriptions.put(w, books.inside, books.account, "free")
            ready.set()
            threading.Event().wait(1)

        books.db.write_now(verb)

    together(leave, lambda: books.db.write_now(accounts.pays_for, late, books.account))
    assert books.plan == "free"
    assert books.db.read_now(identity.organization, late).plan == "free"


def test_whom_somebody_removes_removes_nobody(books: Books) -> None:
    people = {name: somebody(books.db, name) for name in ("Bob", "Eve")}
    for name in people:
        books.db.write_now(owners.add, books.ann, books.id, f"{name.lower()}@example.com")
    ids = {each.email: each.id for each in books.db.read_now(owners.of, books.account)}

    def remove(ready: threading.Event) -> None:
        def verb(w: Write) -> None:
            owners.drop(w, books.ann, books.id, ids["eve@example.com"])
            ready.set()
            threading.Event().wait(1)

        books.db.write_now(verb)

    def resist() -> None:
        with pytest.raises(Missing):
            books.db.write_now(owners.drop, people["Eve"], books.id, ids["bob@example.com"])

    together(remove, resist)
    assert [each.email for each in books.db.read_now(owners.of, books.account)] == [
        "ann@example.com",
        "bob@example.com",
    ]


def test_a_cycle_that_is_over_and_not_closed_yet_shows_what_it_costs(books: Books) -> None:
    books.choose("pro")
    books.to_the_end()
    books.close()
    books.forward(books.subscription.closes_at + MINUTE - clock.now())
    shown = books.db.read_now(showing.whole, books.ann, books.id)
    assert [each.due for each in shown.cycles[:2]] == [2_900, 2_900]
    books.forward(2 * HOUR)
    made = books.close()
    assert made is not None
    assert books.db.read_now(showing.whole, books.ann, books.id).cycles[1].due == made.total == 2_900


def test_drafts_that_cannot_be_issued_keep_no_other_from_it(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closing, "_AT_ONCE", 1)
    books.choose("pro")
    for _ in range(3):
        books.to_the_end()
        assert books.close() is not None
    first, second, third = sorted(each.seq for each in books.db.read_now(invoices.every))
    really = jobs._issue

    def hindered(means: Means, seq: int) -> None:
        if seq == first:
            raise Declined("never")
        if seq == second:
            raise ZeroDivisionError
        really(means, seq)

    monkeypatch.setattr(jobs, "_issue", hindered)
    books.forward(DAY)
    jobs.issue_again(Means(books.db, Outgoing(lambda _: False)))
    found = {each.seq: each.status for each in books.db.read_now(invoices.every)}
    assert found == {first: "Draft", second: "Draft", third: "Open"}


def test_accounts_that_cannot_be_closed_keep_no_other_from_it(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closing, "_AT_ONCE", 1)
    ann = somebody(books.db, "Zoe")
    made = books.db.write_now(identity.organizations.establish, ann, {"name": "Behind"})
    behind = books.db.read_now(accounts.of, made.seq)
    really = closing.close

    def hindered(w: Write, account: int, now: int) -> object:
        if account == books.account.seq:
            raise ZeroDivisionError
        return really(w, account, now)

    monkeypatch.setattr(closing, "close", hindered)
    books.to_the_end()
    jobs.close_cycles(Means(books.db, Outgoing(lambda _: False)))
    assert books.subscription.cycle == 1
    assert books.db.read_now(subscriptions.of, behind).cycle == 2


def test_a_closed_organization_is_billed_for_what_it_used_and_its_account_can_be_ended(books: Books) -> None:
    books.choose("pro")
    books.to_the_end()
    books.close()
    books.count("toggle.evaluations", 3_000_000)
    owner = books.db.read_now(identity.at_organization, books.ann, books.inside.organization)
    books.db.write_now(identity.organizations.close, owner)
    books.forward(HOUR)
    books.db.write_now(subscriptions.move, books.ann, books.id, "Canceled")
    books.to_the_end()
    made = books.close()
    assert made is not None
    assert [each.name for each in made.lines] == ["pro", "toggle.evaluations"]
    assert made.lines[0].amount < 30
    assert made.lines[1].quantity > 2_900_000
    books.to_the_end()
    assert books.close() is None
