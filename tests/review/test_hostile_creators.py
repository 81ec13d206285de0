"""What creators, organizations and strangers may try with each other's money, secrets and patience."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from sqlalchemy import select

from hyway.domain import audit, creators, identity, notices
from hyway.domain.creators import brief, collabs, money, prefill
from hyway.domain.creators.collabs import making, work
from hyway.domain.creators.store import money_earnings
from hyway.domain.creators.store.money_tables import EARNINGS
from hyway.domain.identity import Caller
from hyway.kernel import clock
from hyway.kernel.db import Database, Write
from hyway.kernel.faults import Invalid
from hyway.kernel.outgoing import Answer
from tests.domain.creators.campaign_stage import stage as stage
from tests.domain.creators.test_hearing import sale
from tests.make.campaigns import Stage

_SOON = 1.5


def behind(stage: Stage, first: Callable[..., Any], args: tuple[Any, ...], second: Callable[[], Any]) -> None:
    """`second` begins while `first` has done its work and has not committed yet."""
    done = Event()

    def held(w: Write) -> None:
        first(w, *args)
        done.set()
        Event().wait(_SOON)

    with ThreadPoolExecutor(2) as crew:
        early = crew.submit(stage.db.write_now, held)
        assert done.wait(10)
        late = crew.submit(second)
        early.result(20)
        late.result(20)


def live(stage: Stage) -> list[tuple[str, str, int]]:
    """(source, stage, amount) of what was earned and not taken back."""
    found = select(EARNINGS.c.source, EARNINGS.c.stage, EARNINGS.c.amount)
    rows: list[Any] = list(stage.db.read_now(lambda r: r.run(found).all()))
    return [(row.source.partition(":")[0], row.stage, row.amount) for row in rows if row.stage != "reversed"]


def collab(stage: Stage, **fields: Any) -> tuple[collabs.Collab, Caller, collabs.Submission]:
    """A funded collab, and a creator who was accepted."""
    wish = {
        "name": "Gloss",
        "website": "https://e.com/x",
        "brief": "<p>Hi</p>",
        "sale_share": 1_000,
        **fields,
    }
    of = stage.db.write_now(collabs.create, stage.by, wish)
    stage.db.write_now(money.fund, stage.by, "collab", of.seq, "usd", 100_000)
    stage.db.write_now(collabs.submit, stage.by, of.seq)
    kim = stage.creator("Kim")
    asked = stage.db.write_now(work.apply, kim, of.seq)
    return of, kim, stage.db.write_now(work.accept, stage.by, asked.seq)


def posted(stage: Stage, kim: Caller, of: collabs.Submission, url: str) -> collabs.Submission:
    stage.db.write_now(making.submit_content, kim, of.seq, "https://drive.example/1")
    stage.db.write_now(making.approve_content, stage.by, of.seq)
    return stage.db.write_now(making.post, kim, of.seq, url)


def test_a_sale_earns_nothing_for_a_post_that_is_being_taken_back(stage: Stage) -> None:
    seq = stage.active(sale_share=1_000).seq
    link = stage.join(seq, "Kim").link_id
    post = stage.approved(seq, "Kim")
    behind(
        stage, creators.submissions.reverse, (stage.by, post.seq, "other"), lambda: sale(stage, link, 1_000)
    )
    assert live(stage) == []
    assert stage.wrong(seq) == []


def test_a_sale_earns_nothing_in_a_collab_that_is_being_canceled(stage: Stage) -> None:
    of, _, taken = collab(stage, reward_amount=500)
    behind(stage, work.cancel, (stage.by, taken.seq), lambda: sale(stage, taken.link_id, 1_000))
    assert live(stage) == []
    assert stage.db.read_now(collabs.find, stage.by, of.seq).used_amount == 0


def test_a_sale_while_a_collab_is_being_completed_is_owed_one_day(stage: Stage) -> None:
    _, kim, taken = collab(stage, reward_amount=500)
    posted(stage, kim, taken, "https://www.tiktok.com/@kim/video/7038475063498387001")
    behind(stage, making.complete, (stage.by, taken.seq), lambda: sale(stage, taken.link_id, 1_000))
    assert sorted(live(stage)) == [("sale", "held", 100), ("work", "held", 500)]


def test_a_post_is_not_paid_by_a_collab_and_by_a_campaign(stage: Stage) -> None:
    _, kim, taken = collab(stage, reward_amount=500)
    posted(stage, kim, taken, "https://www.youtube.com/watch?v=abcdefghijk")
    seq = stage.active().seq
    stage.join(seq, "Kim")
    with pytest.raises(Invalid) as caught:
        stage.submit(seq, "Kim", "abcdefghijk")
    assert caught.value.message == "has already been taken"


def test_nobody_hands_in_a_post_while_they_leave(stage: Stage) -> None:
    seq = stage.active().seq
    application = stage.join(seq, "Kim")

    def hand_in() -> None:
        with pytest.raises(Invalid):
            stage.submit(seq, "Kim")

    behind(stage, creators.applications.withdraw, (stage.creator("Kim"), application.seq), hand_in)
    assert stage.campaign(seq).submissions_count == 0


def test_rights_are_not_extended_into_years_that_no_calendar_has(stage: Stage) -> None:
    _, kim, taken = collab(stage)
    posted(stage, kim, taken, "https://www.youtube.com/watch?v=abcdefghijk")
    for _ in range(9):
        stage.db.write_now(making.extend_usage, kim, taken.seq, 3_650)
    with pytest.raises(Invalid):
        stage.db.write_now(making.extend_usage, kim, taken.seq, 3_650)
    until = stage.db.read_now(work.find, stage.by, taken.seq).usage_until
    assert until is not None
    assert until < clock.now() + 101 * 365 * clock.DAY


def test_a_payout_of_very_many_sales(stage: Stage) -> None:
    """A creator who sold more than an engine takes parameters is paid all the same."""

    def change(w: Write) -> int:
        return money_earnings.change(w, range(1, 300_000), ("payable",), payout=None)

    assert stage.db.write_now(change) == 0


def test_whom_an_invitation_found_is_not_in_the_organizations_log(stage: Stage) -> None:
    kim = stage.creator("Kim")
    known = stage.db.read_now(identity.named, [kim.person or 0])[kim.person or 0]
    for address in (known.email, "nobody@example.com"):
        stage.db.write_now(identity.joining.invite, stage.by, address)
    told = [each.data for each in stage.db.read_now(audit.recent, stage.by, action="invitation.")]
    assert len(told) == 2
    assert set(told[0]) == set(told[1])
    assert all(known.name not in str(each) for each in told), told


NEW = ("Real Owner", "kim@victim.example", "a long enough password")


@pytest.fixture
def db(stage: Stage) -> Database:
    stage.db.hearers.append(notices.hear)
    return stage.db


def test_whoever_proves_an_address_is_not_paid_to_the_account_of_who_took_it_first(db: Database) -> None:
    taker = identity.signing_up.newcomer("Taker", NEW[1], "another long password")
    person = db.write_now(identity.signing_up.at_once, taker, "192.0.2.1")
    by = Caller(
        identity.NOBODYS, "self-hosted", "person", person.id, person.name, "console", person=person.seq
    )
    db.write_now(money.put_bank, by, {"account_holder": "Taker", "account_number": "123456789"})
    db.write_now(
        notices.subscribe, by, "https://push.example/taker",
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "BTBZMqHH6r4Tts7J_aSIgg",
    )  # fmt: skip
    letter = db.read_now(identity.signing_up.link, NEW[1]).rpartition("/")[2]
    owner = db.write_now(identity.signing_up.finish, letter, identity.signing_up.newcomer(*NEW))
    assert owner.seq == person.seq
    assert db.read_now(money.methods, by) == []
    assert db.read_now(notices.preferences, by).push_subscription_count == 0


def test_a_campaign_does_not_end_on_the_last_day_of_all_calendars(stage: Stage) -> None:
    with pytest.raises(Invalid) as caught:
        stage.draft(ends_at=clock.parse("ends_at", "9999-12-31T23:59:59Z"))
    assert caught.value.message == "must be within 100 years"


def test_a_deeply_nested_brief_keeps_nobody_waiting() -> None:
    began = time.process_time()
    with pytest.raises(Invalid):
        brief.clean("<div>" * 39_000)
    assert time.process_time() - began < 2


class Deep:
    """The way to a page that is nothing but beginnings."""

    def send(self, *_: Any, most: int, **__: Any) -> Answer:
        page = b"<title>Lipstick</title>" + b"<div>" * 60_000
        return Answer(200, {"content-type": "text/html"}, page[:most])


def test_a_deeply_nested_page_keeps_nobody_waiting() -> None:
    way: Any = Deep()
    began = time.process_time()
    assert prefill.page(way, "https://shop.example/").name == "Lipstick"
    assert time.process_time() - began < 2
