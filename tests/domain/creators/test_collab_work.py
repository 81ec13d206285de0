"""Submissions to collabs, from the application to the payment."""

from typing import Any

import pytest
from sqlalchemy import select

from hyway.domain import creators, identity, links
from hyway.domain.audit.store.tables import EVENTS
from hyway.domain.creators import collabs, money
from hyway.domain.creators.collabs import Submission, making, shipping, work
from hyway.domain.creators.jobs import collabs as jobs
from hyway.domain.creators.store.tables import COLLAB_SUBMISSIONS
from hyway.domain.notices.store.tables import NOTIFICATIONS
from hyway.kernel import clock
from hyway.kernel.clock import DAY, HOUR
from hyway.kernel.faults import Invalid, Missing, Refused
from hyway.kernel.jobs import Means
from hyway.kernel.outgoing import Outgoing
from tests.make.collabs import ADDRESS, Stage, post_url, refused, stage_at
from tests.make.money import audit
from tests.make.world import World


@pytest.fixture
def stage(world: World) -> Stage:
    return stage_at(world.db)


def told(stage: Stage, person: int | None) -> list[str]:
    """What the person was told, without what is around the names."""
    n = NOTIFICATIONS.c
    rows = stage.db.read_now(lambda r: r.run(select(n.type).where(n.person == person).order_by(n.seq)).all())
    return [row.type.removeprefix("Collab::").removesuffix("Notifier") for row in rows]


def counts(stage: Stage, of: collabs.Collab) -> tuple[int, int]:
    now = stage.again(of)
    return now.submissions_count, now.completed_count


def sums(stage: Stage, of: Submission) -> dict[str, int]:
    key = work.money_of(of, stage.db.read_now(collabs.find, stage.by, of.collab))
    found = stage.db.read_now(money.stages, [key]).get(("collab", of.seq))
    return {name: n for name in ("accrued", "held", "payable", "paid") if (n := getattr(found, name, 0))}


def look(stage: Stage) -> None:
    jobs.look_at_collabs(Means(stage.db, Outgoing(lambda _: False)))


def test_the_whole_way_with_a_product_a_code_and_a_reward(stage: Stage, later):
    made = stage.collab(
        requires_product_shipment=True, require_spark_ads=True, reward_amount=20_000, usage_days=30
    )
    stage.fund(made, 50_000)
    who, done = stage.brought_to("completed", made)
    assert stage.statuses().popitem()[1] == [
        "applied", "accepted", "awaiting_shipment", "shipped", "delivered", "in_production",
        "content_submitted", "content_approved", "posted", "spark_code_submitted", "completed",
    ]  # fmt: skip
    assert counts(stage, made) == (1, 1)
    assert (done.carrier, done.tracking_number) == ("DHL", "JD0001")
    assert (done.usage_status, done.platform_id, done.decision) == ("granted", "tiktok", "manual")
    assert done.usage_until is not None
    assert done.approved_at is not None
    assert done.usage_until - done.approved_at == 30 * DAY
    assert stage.db.read_now(making.spark_code, done) == "spark-1"
    assert sums(stage, done) == {"held": 20_000}
    assert stage.again(made).unused_amount == 30_000
    later(3 * DAY + HOUR)
    assert stage.db.write_now(money.mature, clock.now()) == 1
    payout = stage.write(money.pay_out, stage.by, who.person)[0]
    stage.write(money.mark_paid, stage.by, payout.seq)
    paid = stage.find(done)
    assert (paid.status, sums(stage, paid)) == ("paid", {"paid": 20_000})
    assert counts(stage, made) == (1, 1)
    assert stage.db.read_now(audit, "collab", made.seq) == []
    assert told(stage, who.person) == [
        "SubmissionAccepted", "SubmissionShipped", "SubmissionDelivered", "ContentApproved",
        "SubmissionCompleted", "SubmissionPaid",
    ]  # fmt: skip
    assert told(stage, stage.by.person) == [
        "Published", "SubmissionReceived", "ShipmentDue", "SubmissionDelivered", "ContentSubmitted",
        "ContentPosted", "SparkCodeSubmitted",
    ]  # fmt: skip


def test_who_is_accepted_is_a_partner_with_a_link(stage: Stage):
    made = stage.collab()
    _, of = stage.brought_to("in_production", made)
    link = stage.db.read_now(links.page, stage.by, links.LinkQuery(ids=(of.link_id or "",)))[0]
    assert (link.url.split("?")[0], link.partner_id) == ("https://example.com/lipstick", of.partner_id)
    assert stage.db.write_now(work.held_of_link, of.link_id or "") == of
    stage.write(collabs.change, stage.by, made.seq, {"website": "https://example.com/other"})
    moved = stage.db.read_now(links.page, stage.by, links.LinkQuery(ids=(of.link_id or "",)))[0]
    assert moved.url.split("?")[0] == "https://example.com/other"


def test_everything_is_in_the_organizations_log(stage: Stage):
    _, of = stage.brought_to("content_submitted", stage.collab())
    query = select(EVENTS.c.action, EVENTS.c.organization).where(EVENTS.c.subject_kind == "collab_submission")
    rows = stage.db.read_now(lambda r: r.run(query.order_by(EVENTS.c.seq)).all())
    assert [row.action.partition(".")[2] for row in rows] == [
        "applied", "accepted", "in_production", "content_submitted"
    ]  # fmt: skip
    assert {row.organization for row in rows} == {of.organization}


def test_one_applies_once_and_only_to_what_is_on_the_board(stage: Stage, world: World):
    made, draft, paused = stage.collab(), stage.collab(published=False), stage.collab()
    who, _ = stage.applied(made)
    stage.write(collabs.pause, stage.by, paused.seq)
    for collab, field in ((made, "collab"), (draft, "collab"), (paused, "base")):
        with pytest.raises(Invalid) as caught:
            stage.write(work.apply, who, collab.seq)
        assert caught.value.field == field
    stage.write(identity.organizations.change, stage.by, {"privacy_setting": "private"})
    with refused("must exist"):
        stage.write(work.apply, stage.creator(), made.seq)
    stage.write(work.apply, stage.by, made.seq)
    assert counts(stage, made) == (2, 0)
    assert counts(stage, draft) == counts(stage, paused) == (0, 0)


def test_who_withdraws_counts_no_more_and_who_is_declined_does(stage: Stage):
    made = stage.collab()
    who, of = stage.applied(made)
    _, other = stage.applied(made)
    stage.write(work.withdraw, who, of.seq)
    stage.write(work.decline, stage.by, other.seq)
    assert counts(stage, made) == (1, 0)
    with refused("is withdrawn and cannot become accepted"):
        stage.write(work.accept, stage.by, of.seq)
    with refused("is declined and cannot become withdrawn"):
        stage.write(work.withdraw, stage.db.read_now(_caller_of, other.person), other.seq)


def _caller_of(r: Any, person: int) -> identity.Caller:
    found = identity.named(r, [person])[person]
    return identity.Caller(0, "self-hosted", "person", found.id, found.name, "hypemarket", person=person)


def test_nobody_is_accepted_whom_the_budget_does_not_bear(stage: Stage):
    made = stage.collab(reward_amount=600)
    stage.fund(made, 1_000)
    stage.brought_to("in_production", made)
    _, second = stage.applied(made)
    with refused("does not bear the reward"):
        stage.write(work.accept, stage.by, second.seq)
    assert (stage.find(second), sums(stage, second)) == (second, {})
    assert stage.again(made).unused_amount == 400
    stage.fund(made, 200)
    assert stage.write(work.accept, stage.by, second.seq).status == "in_production"
    assert stage.again(made).unused_amount == 0


def test_what_was_set_aside_comes_back_when_it_is_canceled(stage: Stage):
    made = stage.collab(reward_amount=600, requires_product_shipment=True)
    stage.fund(made, 2_000)
    who, of = stage.brought_to("awaiting_shipment", made)
    _, other = stage.brought_to("awaiting_shipment", made)
    _, gone = stage.brought_to("shipped", made)
    assert stage.again(made).unused_amount == 200
    stage.write(work.cancel, who, of.seq)
    stage.write(work.cancel, stage.by, other.seq)
    for by in (stage.by, stage.db.read_now(_caller_of, gone.person)):
        with refused("after the product was shipped"):
            stage.write(work.cancel, by, gone.seq)
    assert stage.again(made).unused_amount == 1_400
    assert stage.find(of).address is None
    assert told(stage, who.person)[-1] == "SubmissionAccepted"
    assert told(stage, other.person)[-1] == "SubmissionCanceled"
    assert stage.db.read_now(audit, "collab", made.seq) == []


def test_the_address_is_asked_for_and_then_shown_as_long_as_it_is_needed(stage: Stage):
    made = stage.collab(requires_product_shipment=True)
    who, of = stage.brought_to("accepted", made, stage.creator(address=False))
    assert told(stage, who.person)[-1] == "AddressNeeded"
    with refused("is accepted and cannot become shipped"):
        stage.write(shipping.ship, stage.by, of.seq, collabs.Shipment("DHL", "1"))
    stage.write(creators.addresses.put, who, ADDRESS)
    ready = stage.find(of)
    assert ready.status == "awaiting_shipment"
    shown = stage.db.read_now(work.address_of, ready)
    assert shown == collabs.Address("1 Infinite Loop", "", "Cupertino", "CA", "95014", "US")
    assert "Infinite" not in (ready.address or "")
    # It is as it was when it was needed.
    stage.write(creators.addresses.put, who, {"city": "Paris", "country_code": "FR"})
    assert stage.db.read_now(work.address_of, stage.find(of)) == shown
    stage.write(shipping.ship, stage.by, of.seq, collabs.Shipment("DHL", "1"))
    assert stage.db.read_now(work.address_of, stage.find(of)) == shown
    stage.write(making.deliver, stage.by, of.seq)
    c = COLLAB_SUBMISSIONS.c
    assert stage.db.read_now(lambda r: r.run(select(c.address).where(c.seq == of.seq)).scalar_one()) is None


def test_the_creator_may_say_that_it_has_come(stage: Stage):
    who, of = stage.brought_to("shipped", stage.collab(requires_product_shipment=True))
    assert stage.write(making.receive, who, of.seq).status == "in_production"
    assert stage.statuses().popitem()[1][-2:] == ["delivered", "in_production"]


def test_content_goes_to_and_fro_twice_at_most(stage: Stage):
    who, of = stage.brought_to("content_submitted", stage.collab())
    with refused("can't be blank"):
        stage.write(making.request_revision, stage.by, of.seq, " ")
    for number in (1, 2):
        asked = stage.write(making.request_revision, stage.by, of.seq, "Shorter")
        assert (asked.revisions, asked.review_due_at) == (number, None)
        assert asked.content_due_at is not None
        assert 0 <= clock.now() + 48 * HOUR - asked.content_due_at < HOUR
        stage.write(making.submit_content, who, of.seq, "https://drive.example/2")
    with refused("2 times at most"):
        stage.write(making.request_revision, stage.by, of.seq, "Shorter")
    assert stage.write(making.approve_content, stage.by, of.seq).status == "content_approved"


def test_what_nobody_looks_at_is_approved(stage: Stage, later):
    who, of = stage.brought_to("content_submitted", stage.collab())
    look(stage)
    assert stage.find(of).status == "content_submitted"
    later(6 * DAY)  # three business days, wherever a weekend lies
    look(stage)
    look(stage)
    good = stage.find(of)
    assert (good.status, good.decision, good.usage_status) == ("content_approved", "auto", "granted")
    assert told(stage, who.person).count("ContentApproved") == 1
    assert told(stage, stage.by.person).count("ContentApprovedAutomatically") == 1


def test_who_is_late_is_told_once_for_each_step(stage: Stage, later):
    made = stage.collab(requires_product_shipment=True)
    who, of = stage.brought_to("awaiting_shipment", made)
    assert of.overdue(clock.now()) is None
    later(2 * DAY + HOUR)
    assert of.overdue(clock.now()) == "shipment"
    look(stage)
    look(stage)
    assert told(stage, who.person).count("ShipmentOverdue") == 1
    stage.write(shipping.ship, stage.by, of.seq, collabs.Shipment("DHL", "1"))
    assert stage.find(of).overdue(clock.now()) is None
    stage.write(making.deliver, stage.by, of.seq)
    later(5 * DAY + HOUR)
    look(stage)
    assert stage.find(of).overdue(clock.now()) == "content"
    # Beginning late is late still, and told anew: it is another step.
    stage.write(making.receive, who, of.seq)
    look(stage)
    look(stage)
    assert told(stage, who.person).count("ContentOverdue") == 2
    assert told(stage, stage.by.person).count("ContentOverdue") == 2


def test_a_post_must_be_the_creators_and_counts_once(stage: Stage):
    made, url = stage.collab(), post_url()
    _, first = stage.brought_to("content_approved", made)
    _, second = stage.brought_to("content_approved", made, stage.creator("youtube", "tiktok"))
    one, two = (stage.db.read_now(_caller_of, each.person) for each in (first, second))
    for wrong in ("https://www.tiktok.com/@kim", "https://youtu.be/dQw4w9WgXcQ", "nonsense", ""):
        with pytest.raises(Invalid) as caught:
            stage.write(making.post, one, first.seq, wrong)
        assert caught.value.field == "url"
    stage.write(making.post, one, first.seq, url)
    with refused("has already been taken"):
        stage.write(making.post, two, second.seq, url + "?lang=en")
    posted = stage.write(making.post, two, second.seq, "https://youtu.be/dQw4w9WgXcQ")
    assert (posted.platform_id, posted.status) == ("youtube", "posted")


def test_spark_codes_are_for_tiktok_and_for_so_many_days(stage: Stage, later):
    made = stage.collab(require_spark_ads=True)
    who, of = stage.brought_to("content_approved", made, stage.creator("youtube"))
    with refused("verified TikTok account"):
        stage.write(making.post, who, of.seq, "https://youtu.be/dQw4w9WgXcQ")
    who, of = stage.brought_to("posted", made)
    with refused("still to give a Spark code"):
        stage.write(making.complete, stage.by, of.seq)
    for code, days, field in ((" ", 30, "code"), ("x", 31, "days"), ("x" * 501, 30, "code")):
        with pytest.raises(Invalid) as caught:
            stage.write(making.give_spark_code, who, of.seq, code, days)
        assert caught.value.field == field
    given = stage.write(making.give_spark_code, who, of.seq, "abc", 7)
    assert "abc" not in (given.spark_code or "")
    stage.write(making.complete, stage.by, of.seq)
    later(7 * DAY + HOUR)
    look(stage)
    look(stage)
    over = stage.find(of)
    assert (over.status, over.spark_code) == ("completed", None)
    assert over.spark_expires_at == given.spark_expires_at
    assert told(stage, stage.by.person).count("SparkCodeExpired") == 1
    _, other = stage.brought_to("posted", stage.collab())
    with refused("asks for no Spark code"):
        stage.write(making.give_spark_code, stage.db.read_now(_caller_of, other.person), other.seq, "x", 7)


def test_usage_rights_are_extended_by_the_creator_and_end(stage: Stage, later):
    who, of = stage.brought_to("content_approved", stage.collab(usage_days=10))
    with pytest.raises(Missing):
        stage.write(making.extend_usage, stage.by, of.seq, 10)
    more = stage.write(making.extend_usage, who, of.seq, 5)
    assert (more.usage_status, more.status) == ("extended", "content_approved")
    later(11 * DAY)
    look(stage)
    assert stage.find(of).usage_status == "extended"
    later(5 * DAY)
    look(stage)
    assert stage.find(of).usage_status == "expired"
    with refused("Usage rights are expired"):
        stage.write(making.extend_usage, who, of.seq, 5)


def test_a_gift_is_paid_by_the_first_share_of_a_sale_alone(stage: Stage):
    made = stage.collab(sale_share=1_000)
    _, of = stage.brought_to("completed", made)
    assert stage.db.write_now(making.paid, stage.by, of.seq, "sale:1") is not None
    rewarded = stage.collab(reward_amount=100)
    stage.fund(rewarded, 100)
    _, other = stage.brought_to("completed", rewarded)
    assert stage.db.write_now(making.paid, stage.by, other.seq, "sale:1") is None
    assert stage.db.write_now(making.paid, stage.by, other.seq, "work") is not None
    _, early = stage.brought_to("posted", made)
    assert stage.db.write_now(making.paid, stage.by, early.seq, "sale:1") is None


def test_who_may_do_what(stage: Stage):
    made, member, other = stage.collab(), stage.colleague("member"), stage_at(stage.db)
    who, of = stage.applied(made)
    stranger = stage.creator()
    for verb in (work.accept, work.decline, making.approve_content, making.complete):
        with pytest.raises(Refused):
            stage.write(verb, member, of.seq)
        for by in (other.by, who, stranger):
            with pytest.raises(Missing):
                stage.write(verb, by, of.seq)
    for verb in (work.withdraw, making.receive):
        for by in (stranger, stage.by, member):
            with pytest.raises(Missing):
                stage.write(verb, by, of.seq)
    for by in (stranger, other.by):
        with pytest.raises(Missing):
            stage.write(work.cancel, by, of.seq)
        with pytest.raises(Missing):
            stage.db.read_now(work.find, by, of.seq)
    with pytest.raises(Missing):
        stage.db.read_now(work.find_mine, stranger, of.seq)
    assert stage.db.read_now(work.find, member, of.seq, made.seq) == of
    with pytest.raises(Missing):
        stage.db.read_now(work.find, member, of.seq, made.seq + 1)
    assert stage.db.read_now(work.mine, who) == ([of], 1)
    assert stage.db.read_now(work.mine, stranger) == ([], 0)
    assert stage.db.read_now(work.page, stage.by, statuses=("accepted",)) == ([], 0)
    assert stage.db.read_now(work.page, member, collab=made.seq, statuses=("applied",)) == ([of], 1)
