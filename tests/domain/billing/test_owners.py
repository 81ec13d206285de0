"""Who owns an account: found by address, never nobody."""

import threading

import pytest

from hyway.domain.billing import owners
from hyway.kernel.faults import Fault, Invalid, Missing, Taken
from tests.domain.billing.conftest import Books
from tests.make.people import somebody


def names(books: Books) -> list[str]:
    return [each.name for each in books.db.read_now(owners.of, books.account)]


def test_by_address_and_away_again(books: Books) -> None:
    somebody(books.db, "Bea")
    made = books.db.write_now(owners.add, books.ann, books.id, "BEA@example.com")
    assert (made.name, made.email, made.id[:5]) == ("Bea", "bea@example.com", "user_")
    assert names(books) == ["Ann", "Bea"]
    books.db.write_now(owners.drop, books.ann, books.id, made.id)
    assert names(books) == ["Ann"]


def test_twice_an_unknown_one_and_none(books: Books) -> None:
    with pytest.raises(Taken):
        books.db.write_now(owners.add, books.ann, books.id, "ann@example.com")
    with pytest.raises(Missing):
        books.db.write_now(owners.add, books.ann, books.id, "nobody@example.com")
    with pytest.raises(Invalid, match='must match format "email"'):
        books.db.write_now(owners.add, books.ann, books.id, "nobody")
    with pytest.raises(Missing):
        books.db.write_now(owners.drop, books.ann, books.id, "user_" + "0" * 24)
    assert names(books) == ["Ann"]


def test_the_last_one_stays(books: Books) -> None:
    (ann,) = books.db.read_now(owners.of, books.account)
    with pytest.raises(Taken, match="The last owner"):
        books.db.write_now(owners.drop, books.ann, books.id, ann.id)


def test_of_two_who_go_at_once_one_stays(books: Books) -> None:
    bea = somebody(books.db, "Bea")
    books.db.write_now(owners.add, books.ann, books.id, "bea@example.com")
    ids = [each.id for each in books.db.read_now(owners.of, books.account)]
    refused: list[Fault] = []

    def leave(at: int) -> None:
        try:
            books.db.write_now(owners.drop, (books.ann, bea)[at], books.id, ids[at])
        except Fault as fault:
            refused.append(fault)

    threads = [threading.Thread(target=leave, args=(at,)) for at in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(names(books)) == 1
    assert len(refused) == 1
