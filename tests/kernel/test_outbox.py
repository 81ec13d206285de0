"""Errands: left in the transaction, in order, once."""

import pytest

from hyway.kernel import outbox
from hyway.kernel.db import Database, Write


def test_an_errand_waits_in_order_until_it_is_taken(db: Database):
    for i in range(3):
        db.write_now(outbox.later, "bell.ring", 7, {"number": i, "name": "جرس"})
    waiting = db.read_now(outbox.waiting)
    assert [(e.topic, e.organization, e.payload["number"]) for e in waiting] == [
        ("bell.ring", 7, i) for i in range(3)
    ]
    assert waiting[0].payload["name"] == "جرس"
    assert len({e.id for e in waiting}) == 3
    assert db.read_now(outbox.waiting, 2) == waiting[:2]
    db.write_now(outbox.taken, [waiting[1].seq])
    assert db.read_now(outbox.waiting) == [waiting[0], waiting[2]]


def test_an_undone_verb_leaves_no_errand_and_wakes_nobody(db: Database, monkeypatch: pytest.MonkeyPatch):
    woken: list[str] = []
    monkeypatch.setattr(outbox, "_woken", [])
    outbox.on_new(lambda: woken.append("up"))

    def verb(w: Write) -> None:
        outbox.later(w, "bell.ring", 1, {})
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        db.write_now(verb)
    assert db.read_now(outbox.waiting) == []
    assert woken == []
    db.write_now(outbox.later, "bell.ring", 1, {})
    assert woken == ["up"]
