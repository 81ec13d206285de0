"""Ends before their time: a hold that is over at once, and work that never came."""

from collections.abc import Callable

import pytest

from hyway.domain import creators, notices
from hyway.domain.creators import money
from hyway.domain.creators.campaigns import posts
from hyway.domain.creators.collabs import ending, making
from hyway.kernel import clock
from hyway.kernel.clock import DAY, HOUR
from hyway.kernel.faults import Invalid, Missing, Refused
from tests.domain.creators.campaign_stage import stage as stage
from tests.make import collabs as collab_stage
from tests.make.campaigns import Stage
from tests.make.collabs import refused
from tests.make.money import audit
from tests.make.world import World

Later = Callable[[int], None]
submissions = creators.submissions


@pytest.fixture
def collab(world: World) -> collab_stage.Stage:
    return collab_stage.stage_at(world.db)


def held(stage: Stage, later: Later) -> creators.campaigns.Submission:
    of = stage.active(budget=50_000)
    stage.join(of.seq, "Kim")
    post = stage.approved(of.seq, "Kim")
    later(posts.WINDOW)
    stage.look(post.seq, 4_000, "Kim", likes=90)
    stage.tick()
    found = stage.submission(post.seq)
    assert found.status == "held"
    return found


def test_a_hold_that_is_ended_is_owed_at_once(stage: Stage, later: Later):
    of = held(stage, later)
    owed = stage.db.write_now(submissions.approve, stage.by, of.seq)
    assert (owed.status, owed.decided_by, owed.committed_amount) == ("payable", stage.by.person, 2_200)
    assert stage.submission(of.seq) == owed
    sums = stage.db.read_now(money.stages, [posts.work(of)])["campaign", of.seq]
    assert (sums.held, sums.payable) == (0, 2_200)
    assert stage.told(stage.creator("Kim")).count("Campaign::SubmissionPayableNotifier") == 1
    with pytest.raises(Invalid, match="already been decided"):
        stage.db.write_now(submissions.approve, stage.by, of.seq)
    with pytest.raises(Invalid, match="cannot be reversed"):
        stage.db.write_now(submissions.reverse, stage.by, of.seq, "other")
    later(money.HOLD + clock.SECOND)
    stage.tick()
    assert stage.submission(of.seq).status == "payable"
    (payout,) = stage.db.write_now(money.pay_out, stage.by, None)
    stage.db.write_now(money.mark_paid, stage.by, payout.seq)
    assert stage.submission(of.seq).status == "paid"
    assert stage.wrong(of.campaign) == stage.db.read_now(audit, "campaign", of.campaign) == []


def test_who_may_not_end_a_hold(stage: Stage, later: Later):
    of = held(stage, later)
    with pytest.raises(Refused):
        stage.db.write_now(submissions.approve, stage.creator("Kim"), of.seq)
    assert stage.submission(of.seq).status == "held"


def test_a_creator_who_vanished_with_the_product(collab: collab_stage.Stage, later: Later):
    made = collab.collab(requires_product_shipment=True, reward_amount=20_000)
    collab.fund(made, 50_000)
    who, of = collab.brought_to("shipped", made)
    with refused("is shipped and cannot become reversed"):
        collab.write(ending.reverse, collab.by, of.seq)
    collab.write(making.deliver, collab.by, of.seq)
    later(5 * DAY + 14 * DAY - HOUR)
    with refused("once its content is 14 days late"):
        collab.write(ending.reverse, collab.by, of.seq)
    assert collab.again(made).unused_amount == 30_000
    later(2 * HOUR)
    with pytest.raises(Missing):
        collab.write(ending.reverse, who, of.seq)
    with pytest.raises(Refused):
        collab.write(ending.reverse, collab.colleague("member"), of.seq)
    over = collab.write(ending.reverse, collab.by, of.seq)
    assert (over.status, over.committed_amount, collab.again(made).unused_amount) == ("reversed", 0, 50_000)
    assert collab.db.read_now(audit, "collab", made.seq) == []
    with refused("is reversed and cannot become"):
        collab.write(making.submit_content, who, of.seq, "https://drive.example/late")
    assert collab.db.read_now(notices.inbox, who)[0][0].type == "Collab::SubmissionReversedNotifier"
    assert collab.again(made).submissions_count == 1


@pytest.mark.parametrize("changes", [False, True])
def test_content_that_was_promised_and_never_came(collab: collab_stage.Stage, later: Later, changes: bool):
    made = collab.collab()
    _, of = collab.brought_to("content_submitted" if changes else "in_production", made)
    if changes:
        collab.write(making.request_revision, collab.by, of.seq, "Shorter")
    later(19 * DAY + HOUR)
    assert collab.write(ending.reverse, collab.by, of.seq).status == "reversed"


def test_work_that_is_waited_for_by_the_organization_is_not_late(collab: collab_stage.Stage, later: Later):
    _, of = collab.brought_to("content_submitted", collab.collab())
    later(60 * DAY)
    with refused("cannot become reversed"):
        collab.write(ending.reverse, collab.by, of.seq)
