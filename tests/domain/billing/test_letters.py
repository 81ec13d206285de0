"""Owners are told of invoices: issued, overdue, not collected; each once, whatever is repeated."""

import pytest

from hyway.domain import billing, notices
from hyway.domain.billing import Invoice, invoices, jobs, owners, promos
from hyway.domain.notices import Mail
from hyway.kernel.clock import DAY
from hyway.kernel.db import Database, Read
from hyway.kernel.jobs import Means
from hyway.kernel.outgoing import Outgoing
from tests.domain.billing.conftest import Books
from tests.domain.billing.shop import Shop
from tests.make.localstripe import FAILS_LATER
from tests.make.people import somebody


@pytest.fixture
def db(db: Database) -> Database:
    db.hearers.append(notices.hear)
    return db


def letters(db: Database, to: str = "ann@example.com") -> list[Mail]:
    def found(r: Read) -> list[Mail]:
        return notices.letters(r, to, 50)

    return db.read_now(found)[::-1]


def chase(books: Books) -> None:
    jobs.chase(Means(books.db, Outgoing(lambda _: False)))


def test_each_owner_of_what_is_owed_and_overdue(books: Books) -> None:
    somebody(books.db, "Bob")
    books.db.write_now(owners.add, books.ann, books.id, "bob@example.com")
    books.choose("pro")
    before = len(letters(books.db))
    made = books.invoiced()
    for who in ("ann", "bob"):
        (letter,) = letters(books.db, f"{who}@example.com")[before if who == "ann" else 0 :]
        assert letter.subject == f"Invoice {made.number} of ${made.total / 100:,.2f}"
        assert "Acme owes $" in letter.text
        assert "/console/billing" in letter.text
    books.forward(14 * DAY)
    chase(books)
    assert len(letters(books.db, "bob@example.com")) == 1
    books.forward(DAY)
    for _ in range(3):
        chase(books)
    told = letters(books.db, "bob@example.com")
    assert [each.subject for each in told[1:]] == [f"Invoice {made.number} is overdue"]
    assert books.status == "PastDue"


def test_the_second_overdue_one_of_who_is_past_due_and_of_who_has_canceled(books: Books) -> None:
    books.choose("pro")
    books.overdue()
    second = books.invoiced()
    books.db.write_now(billing.subscriptions.move, books.ann, books.id, "Canceled")
    books.forward(15 * DAY)
    chase(books)
    assert letters(books.db)[-1].subject == f"Invoice {second.number} is overdue"
    assert books.status == "Canceled"


def test_who_pays_in_time_is_not_chased(books: Books) -> None:
    books.choose("pro")
    made = books.invoiced()
    books.db.write_now(invoices.paid, books.inside, made.id)
    before = len(letters(books.db))
    books.forward(30 * DAY)
    chase(books)
    assert len(letters(books.db)) == before


def test_what_was_taken_off_whole_is_told_as_paid(books: Books) -> None:
    books.choose("pro")
    books.db.write_now(promos.create, "FREE", points=10_000)
    books.db.write_now(promos.enter, books.account, ["FREE"])
    books.to_the_end()
    books.close()
    assert letters(books.db)[-1].subject.endswith("of $0.00 is paid")


def test_a_draft_that_is_voided_is_nobodys(books: Books) -> None:
    books.choose("pro")
    books.to_the_end()
    draft = books.close()
    assert draft is not None
    before = len(letters(books.db))
    books.db.write_now(invoices.void, books.inside, draft.id)
    assert len(letters(books.db)) == before


def test_more_overdue_ones_than_are_told_at_once(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invoices, "_AT_ONCE", 1)
    books.choose("pro")
    many = [books.invoiced() for _ in range(3)]
    books.forward(15 * DAY)
    chase(books)
    told = [each.subject for each in letters(books.db) if each.subject.endswith("overdue")]
    assert told == [f"Invoice {each.number} is overdue" for each in many]


def failing(shop: Shop, of: Invoice, attempt: int, id: str) -> bool:
    about = {**shop.there(of), "attempt_count": attempt}
    return shop.hear("invoice.payment_failed", about, id=id)


@pytest.mark.parametrize("order", [(1, 1, 2), (1, 2, 1), (2, 1, 2)])
def test_each_try_that_failed_is_told_once(shop: Shop, order: tuple[int, ...]) -> None:
    shop.books.choose("pro")
    shop.add(shop.local.token(FAILS_LATER))
    made = shop.opened()
    assert made.status == "Open"
    before = len(letters(shop.db))
    for at, attempt in enumerate(order):
        failing(shop, made, attempt, f"evt_try_{at}")
        failing(shop, made, attempt, f"evt_try_{at}")
    told = [each.subject for each in letters(shop.db)[before:]]
    news = len({each for at, each in enumerate(order) if each > max((0, *order[:at]))})
    assert told == [f"Invoice {made.number} could not be paid"] * news


def test_a_try_that_failed_before_it_was_paid_is_no_news(shop: Shop) -> None:
    shop.books.choose("pro")
    shop.add(shop.local.token(FAILS_LATER))
    made = shop.opened()
    shop.db.write_now(invoices.told, "Stripe", made.provider_id, "Paid", 2**60)
    before = len(letters(shop.db))
    failing(shop, made, 1, "evt_late")
    assert len(letters(shop.db)) == before
