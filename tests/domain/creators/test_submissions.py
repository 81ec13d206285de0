"""Creators in campaigns: who gets in, what they hand in, what their posts earn, and when."""

from collections.abc import Callable
from typing import Any

import pytest

from hyway.domain import attribution, creators, identity
from hyway.domain.creators import money
from hyway.domain.creators.campaigns import closing, posts
from hyway.domain.creators.campaigns.records import Seen
from hyway.kernel import clock
from hyway.kernel.faults import Invalid, Missing, Refused
from tests.domain.creators.campaign_stage import stage as stage
from tests.make.campaigns import Stage
from tests.make.people import faults, somebody
from tests.make.world import World

applications, submissions = creators.applications, creators.submissions


def test_who_is_accepted_is_a_partner_with_a_link(stage: Stage) -> None:
    of = stage.active()
    kim = stage.creator("Kim")
    asked = stage.db.write_now(applications.apply, kim, of.seq, " Me! ")
    assert (asked.status, asked.message, asked.link_id) == ("applied", "Me!", None)
    assert stage.told(stage.by)[-1] == "Campaign::ApplicationReceivedNotifier"
    accepted = stage.db.write_now(applications.accept, stage.by, asked.seq)
    link = stage.link(accepted.link_id)
    assert (link.url, link.partner_id) == ("https://shop.example.com/lipstick", accepted.partner_id)
    assert link.utm == {"source": "creators", "medium": "influencer", "campaign": "Summer", "content": "Kim"}
    assert stage.told(kim) == ["Campaign::ApplicationAcceptedNotifier"]
    again = stage.join(stage.active(name="Autumn").seq, "Kim")
    assert again.partner_id == accepted.partner_id
    assert again.link_id != accepted.link_id
    other = stage.join(of.seq, "Lou")
    assert other.partner_id != accepted.partner_id
    assert stage.link(other.link_id).collection_id == link.collection_id


def test_a_campaign_that_takes_everybody(stage: Stage) -> None:
    made = stage.db.write_now(applications.apply, stage.creator("Kim"), stage.active(approves=True).seq)
    assert made.status == "accepted"
    assert made.link_id


def test_an_application_is_made_once_and_decided_once(stage: Stage) -> None:
    of, kim = stage.active(), stage.creator("Kim")
    asked = stage.db.write_now(applications.apply, kim, of.seq)
    with pytest.raises(Invalid, match="already applied"):
        stage.db.write_now(applications.apply, kim, of.seq)
    stage.db.write_now(applications.decline, stage.by, asked.seq)
    for verb in (applications.accept, applications.decline):
        with pytest.raises(Invalid, match="already been decided"):
            stage.db.write_now(verb, stage.by, asked.seq)
    with pytest.raises(Invalid):
        stage.db.write_now(applications.apply, kim, of.seq)
    with pytest.raises(Invalid):
        stage.db.write_now(applications.withdraw, kim, asked.seq)
    lou = stage.creator("Lou")
    first = stage.db.write_now(applications.apply, lou, of.seq, "one")
    stage.db.write_now(applications.withdraw, lou, first.seq)
    second = stage.db.write_now(applications.apply, lou, of.seq, "two")
    assert (second.seq, second.status, second.message) == (first.seq, "applied", "two")


def test_applications_are_for_what_creators_may_see(stage: Stage) -> None:
    kim, draft, of = stage.creator("Kim"), stage.draft(), stage.active()
    for seq in (draft.seq, 999):
        with pytest.raises(Missing):
            stage.db.write_now(applications.apply, kim, seq)
    stage.privacy("private")
    with pytest.raises(Missing):
        stage.db.write_now(applications.apply, kim, of.seq)
    stage.privacy("restricted")
    asked = stage.db.write_now(applications.apply, kim, of.seq)
    lou = stage.creator("Lou")
    for verb in (applications.mine, applications.withdraw):
        with pytest.raises(Missing):
            stage.db.write_now(verb, lou, asked.seq)
    other = identity.command_line(stage.db.write_now(identity.found_organization, "Others"))
    for verb in (applications.find, applications.accept, applications.decline):
        with pytest.raises(Missing, match="Not authorized"):
            stage.db.write_now(verb, other, asked.seq)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("", "can't be blank"),
        ("https://example.com/watch", "is not a post on a platform of this campaign"),
        ("https://www.youtube.com/@kim", "is not a post on a platform of this campaign"),
        ("https://www.instagram.com/p/Cabcdefghij/", "is not a post on a platform of this campaign"),
        ("https://www.youtube.com/watch?v=" + "a" * 2_000, "is not a post on a platform of this campaign"),
    ],
)
def test_what_is_no_post_of_the_campaign(stage: Stage, url: str, message: str) -> None:
    of = stage.active()
    stage.join(of.seq, "Kim")
    with pytest.raises(Invalid) as refusal:
        stage.db.write_now(submissions.submit, stage.creator("Kim"), of.seq, url)
    assert faults(refusal.value) == [("url", message)]
    assert stage.campaign(of.seq).submissions_count == 0


def test_a_post_is_handed_in_once_by_whoever_it_is(stage: Stage) -> None:
    of, other = stage.active(), stage.active(name="Autumn")
    for campaign in (of, other):
        stage.join(campaign.seq, "Kim")
    stage.join(of.seq, "Lou")
    made = stage.submit(of.seq, "Kim")
    assert (made.status, made.platform_id, made.views) == ("submitted", "youtube", 0)
    assert stage.told(stage.by)[-1] == "Campaign::SubmissionReceivedNotifier"
    for seq, name in ((of.seq, "Kim"), (other.seq, "Kim"), (of.seq, "Lou")):
        with pytest.raises(Invalid) as refusal:
            stage.db.write_now(
                submissions.submit, stage.creator(name), seq, "https://youtu.be/abcdefghijk?si=x"
            )
        assert faults(refusal.value) == [("url", "has already been taken")]
    assert stage.wrong(of.seq) == stage.wrong(other.seq) == []


def test_who_may_not_hand_in(stage: Stage) -> None:
    of, kim = stage.active(budget=500), stage.creator("Kim")
    url = "https://youtu.be/abcdefghijk"
    with pytest.raises(Missing):
        stage.db.write_now(submissions.submit, kim, of.seq, url)
    asked = stage.db.write_now(applications.apply, kim, of.seq)
    with pytest.raises(Invalid, match="has not been accepted"):
        stage.db.write_now(submissions.submit, kim, of.seq, url)
    stage.db.write_now(applications.accept, stage.by, asked.seq)
    stage.db.write_now(creators.campaigns.pause, stage.by, of.seq)
    with pytest.raises(Invalid, match="Campaign is not active"):
        stage.db.write_now(submissions.submit, kim, of.seq, url)
    nobody = somebody(stage.db, "Noa")
    stage.known["Noa"] = nobody
    stage.db.write_now(creators.campaigns.resume, stage.by, of.seq)
    stage.join(of.seq, "Noa")
    with pytest.raises(Invalid, match="one of your verified accounts"):
        stage.db.write_now(submissions.submit, nobody, of.seq, url)
    stage.join(of.seq, "Lou")
    stage.approved(of.seq, "Lou", "lou00000000")
    stage.look(stage.db.read_now(submissions.page, stage.by)[0][0].seq, 1_000_000, likes=9)
    with pytest.raises(Invalid, match="no budget left"):
        stage.db.write_now(submissions.submit, kim, of.seq, url)


def test_the_whole_way_of_a_post(stage: Stage, later: Callable[[int], None]) -> None:
    of, kim = stage.active(budget=50_000), stage.creator("Kim")
    stage.join(of.seq, "Kim")
    post = stage.submit(of.seq, "Kim")
    assert stage.look(post.seq, 1_000, "Kim", likes=50)
    assert (stage.submission(post.seq).status, stage.campaign(of.seq).used_amount) == ("submitted", 0)
    later(posts.REVIEW)
    stage.tick()
    good = stage.submission(post.seq)
    assert (good.status, good.decision, good.decided_by) == ("approved", "auto", None)
    assert (good.committed_amount, stage.campaign(of.seq).used_amount) == (
        700,
        700,
    )  # 200 and 500 for a thousand
    later(6 * clock.HOUR)
    assert stage.look(post.seq, 3_500, "Kim", likes=90)
    tracked = stage.submission(post.seq)
    assert (tracked.status, tracked.views, tracked.gross_amount) == ("tracking", 3_500, 1_950)
    assert stage.campaign(of.seq).view_count == 3_500
    later(posts.WINDOW)
    assert stage.look(post.seq, 4_000, "Kim", likes=90)
    locked = stage.submission(post.seq)
    assert (locked.status, locked.committed_amount, locked.next_sync_at) == ("locked", 2_200, None)
    stage.tick()
    held = stage.submission(post.seq)
    assert held.status == "held"
    assert held.hold_until is not None
    later(money.HOLD + clock.SECOND)
    stage.tick()
    assert stage.submission(post.seq).status == "payable"
    out = stage.db.write_now(money.pay_out, stage.by, None)
    for each in out:
        stage.db.write_now(money.mark_paid, stage.by, each.seq)
    paid = stage.submission(post.seq)
    assert (paid.status, paid.committed_amount) == ("paid", 2_200)
    assert paid.paid_at is not None
    assert stage.wrong(of.seq) == []
    assert stage.told(kim)[-4:] == [
        "Campaign::SubmissionApprovedNotifier", "Campaign::SubmissionHeldNotifier",
        "Campaign::SubmissionPayableNotifier", "Campaign::SubmissionPaidNotifier",
    ]  # fmt: skip


def test_what_nobody_looked_at_waits_for_somebody(stage: Stage, later: Callable[[int], None]) -> None:
    of = stage.active()
    stage.join(of.seq, "Kim")
    post = stage.submit(of.seq, "Kim")
    later(posts.REVIEW)
    stage.tick()
    assert (stage.submission(post.seq).status, stage.submission(post.seq).flags) == ("flagged", ("unseen",))
    assert stage.told(stage.by)[-1] == "Campaign::SubmissionFlaggedNotifier"
    later(posts.REVIEW)
    stage.tick()
    assert stage.submission(post.seq).status == "flagged"
    assert stage.db.write_now(submissions.approve, stage.by, post.seq).decision == "manual"


@pytest.mark.parametrize(
    ("seen", "flags"),
    [
        ({"views": 10, "name": "Kim"}, ()),
        ({"views": 10, "name": "Lou"}, ("author",)),
        ({"views": 10, "posted_at": 1}, ("too_early",)),
        ({"views": 10, "likes": 11}, ("views_odd",)),
        ({"views": 10_000}, ("views_odd",)),
        ({"views": 10_000, "likes": 1}, ()),
    ],
)
def test_what_is_odd_is_flagged(stage: Stage, seen: dict[str, Any], flags: tuple[str, ...]) -> None:
    of = stage.active()
    stage.join(of.seq, "Kim")
    post = stage.submit(of.seq, "Kim")
    stage.look(post.seq, **seen)
    looked = stage.submission(post.seq)
    assert (looked.flags, looked.status) == (flags, "flagged" if flags else "submitted")
    assert stage.wrong(of.seq) == []


def test_fewer_views_claw_nothing_back(stage: Stage) -> None:
    of = stage.active()
    stage.join(of.seq, "Kim")
    post = stage.approved(of.seq, "Kim")
    stage.look(post.seq, 5_000, likes=9)
    earned = stage.submission(post.seq).committed_amount
    stage.look(post.seq, 4_999, likes=9)
    flagged = stage.submission(post.seq)
    assert (flagged.status, flagged.views, flagged.flags) == ("flagged", 5_000, ("views_dropped",))
    assert flagged.committed_amount == earned == 2_700
    back = stage.db.write_now(submissions.approve, stage.by, post.seq)
    assert (back.status, back.window_ends_at) == ("tracking", flagged.window_ends_at)
    stage.look(post.seq, 4_500, likes=9)
    assert stage.submission(post.seq).status == "tracking"  # somebody has decided about that
    assert stage.wrong(of.seq) == []


def test_a_look_is_noted_once(stage: Stage) -> None:
    of = stage.active()
    stage.join(of.seq, "Kim")
    post = stage.approved(of.seq, "Kim")
    due = stage.db.read_now(submissions.due, clock.now(), 10)
    assert [(each.submission, each.platform_id, each.slot) for each in due] == [
        (post.seq, "youtube", post.next_sync_at)
    ]
    seen = Seen("UC-Kim", None, 700, 3, 1)
    assert stage.db.write_now(submissions.seen, post.seq, due[0].slot, seen)
    assert not stage.db.write_now(submissions.seen, post.seq, due[0].slot, seen)
    assert stage.db.read_now(submissions.due, clock.now(), 10) == []
    history = stage.db.read_now(submissions.history, post)
    assert [(each.views, each.likes, each.comments) for each in history] == [(700, 3, 1)]


def test_looks_come_at_growing_steps(stage: Stage, later: Callable[[int], None]) -> None:
    of = stage.active()
    stage.join(of.seq, "Kim")
    post = stage.approved(of.seq, "Kim")
    steps = []
    for ahead in (0, 2 * clock.DAY, 2 * clock.DAY):
        later(ahead)
        stage.look(post.seq, 10, "Kim")
        steps.append(round(((stage.submission(post.seq).next_sync_at or 0) - clock.now()) / clock.HOUR))
    assert steps == [1, 3, 6]
    later(3 * clock.DAY - 2 * clock.HOUR)
    stage.look(post.seq, 10, "Kim")
    assert stage.submission(post.seq).next_sync_at == stage.submission(post.seq).window_ends_at


def test_a_post_that_is_gone_is_flagged_at_the_third_look(stage: Stage) -> None:
    of = stage.active()
    stage.join(of.seq, "Kim")
    post = stage.approved(of.seq, "Kim")
    for wanted in ("approved", "approved", "flagged"):
        slot = stage.submission(post.seq).next_sync_at
        assert slot is not None
        stage.db.write_now(submissions.seen, post.seq, slot, None)
        assert stage.submission(post.seq).status == wanted
    assert stage.submission(post.seq).flags == ("post_gone",)


def test_a_post_that_reached_the_most_is_locked(stage: Stage) -> None:
    of = stage.active(max_payout_amount=1_000)
    stage.join(of.seq, "Kim")
    post = stage.approved(of.seq, "Kim")
    stage.look(post.seq, 1_599, likes=1)
    assert stage.submission(post.seq).status == "tracking"
    stage.look(post.seq, 1_600, likes=1)
    assert (stage.submission(post.seq).status, stage.submission(post.seq).committed_amount) == (
        "locked",
        1_000,
    )


def test_the_budget_bears_what_it_has_and_ends_the_campaign(stage: Stage) -> None:
    of = stage.active(budget=1_000)
    stage.join(of.seq, "Kim")
    post = stage.approved(of.seq, "Kim")
    stage.look(post.seq, 5_000, likes=1)
    short = stage.submission(post.seq)
    assert (short.gross_amount, short.committed_amount) == (2_700, 1_000)
    stage.tick()
    assert stage.campaign(of.seq).status == "finished"
    stage.look(post.seq, 9_000, likes=1)
    assert stage.submission(post.seq).status == "locked"
    assert stage.wrong(of.seq) == []


def test_rejected_once_reopened_once(stage: Stage) -> None:
    of, kim = stage.active(), stage.creator("Kim")
    stage.join(of.seq, "Kim")
    post = stage.submit(of.seq, "Kim")
    with pytest.raises(Invalid, match="is not included in the list"):
        stage.db.write_now(submissions.reject, stage.by, post.seq, "because")
    rejected = stage.db.write_now(submissions.reject, stage.by, post.seq, "didNotMeetCriteria", "No product.")
    assert (rejected.status, rejected.note, rejected.next_sync_at) == ("rejected", "No product.", None)
    assert (stage.campaign(of.seq).submissions_count, stage.told(kim)[-1]) == (
        0, "Campaign::SubmissionRejectedNotifier",
    )  # fmt: skip
    again = stage.db.write_now(submissions.appeal, kim, post.seq)
    assert (again.status, again.reason, again.reopened) == ("submitted", None, True)
    stage.db.write_now(submissions.reject, stage.by, post.seq, "other")
    for by, verb in ((kim, submissions.appeal), (stage.by, submissions.reopen)):
        with pytest.raises(Invalid, match="reopened before"):
            stage.db.write_now(verb, by, post.seq)
    free = stage.submit(of.seq, "Kim")
    assert free.seq != post.seq
    assert stage.wrong(of.seq) == []


def test_what_is_reversed_goes_back_to_the_budget(stage: Stage, later: Callable[[int], None]) -> None:
    of = stage.active()
    stage.join(of.seq, "Kim")
    post = stage.approved(of.seq, "Kim")
    stage.look(post.seq, 2_000, likes=1)
    with pytest.raises(Invalid, match="already been decided"):
        stage.db.write_now(submissions.reject, stage.by, post.seq, "other")
    later(posts.WINDOW + 2 * clock.HOUR)
    stage.tick()
    assert stage.submission(post.seq).status == "held"
    gone = stage.db.write_now(submissions.reverse, stage.by, post.seq, "invalidProof")
    assert (gone.status, gone.committed_amount, gone.hold_until) == ("reversed", 0, None)
    after = stage.campaign(of.seq)
    assert (after.unused_amount, after.view_count, after.submissions_count) == (100_000, 0, 0)
    assert stage.wrong(of.seq) == []
    with pytest.raises(Invalid, match="cannot be reversed"):
        stage.db.write_now(submissions.reverse, stage.by, post.seq, "other")


def test_what_is_owed_is_not_taken_back(stage: Stage, later: Callable[[int], None]) -> None:
    of = stage.active()
    stage.join(of.seq, "Kim")
    post = stage.approved(of.seq, "Kim")
    for ahead in (posts.WINDOW + 2 * clock.HOUR, money.HOLD + clock.SECOND):
        later(ahead)
        stage.tick()
    assert stage.submission(post.seq).status == "payable"
    with pytest.raises(Invalid, match="cannot be reversed"):
        stage.db.write_now(submissions.reverse, stage.by, post.seq, "other")


def test_only_the_organizations_admins_decide(stage: Stage) -> None:
    of = stage.active()
    stage.join(of.seq, "Kim")
    post = stage.submit(of.seq, "Kim")
    other = identity.command_line(stage.db.write_now(identity.found_organization, "Others"))
    verbs: list[tuple[Any, ...]] = [
        (submissions.approve,), (submissions.reopen,), (submissions.reject, "other"), (submissions.reverse, "other"),
    ]  # fmt: skip
    for verb, *more in verbs:
        with pytest.raises(Missing, match="Not authorized"):
            stage.db.write_now(verb, other, post.seq, *more)
        with pytest.raises(Refused, match="Not authorized"):
            stage.db.write_now(verb, stage.creator("Kim"), post.seq, *more)
    for verb in (submissions.mine_of, submissions.appeal):
        with pytest.raises(Missing):
            stage.db.write_now(verb, stage.creator("Lou"), post.seq)
    assert stage.submission(post.seq) == post


def test_what_is_left_undecided_at_the_settlement(stage: Stage, later: Callable[[int], None]) -> None:
    of = stage.active()
    for name in ("Kim", "Lou"):
        stage.join(of.seq, name)
    open_ = stage.submit(of.seq, "Kim", "open0000000")
    stage.look(open_.seq, 5, "Lou")
    doubted = stage.approved(of.seq, "Lou", "doubted0000")
    stage.look(doubted.seq, 2_000, "Lou", likes=1)
    stage.look(doubted.seq, 1_000, "Lou", likes=1)
    stage.db.write_now(creators.campaigns.finish, stage.by, of.seq)
    later(creators.campaigns.SETTLE + clock.SECOND)
    stage.tick()
    stage.tick()
    assert (stage.submission(open_.seq).status, stage.submission(open_.seq).reason) == ("rejected", "other")
    kept = stage.submission(doubted.seq)
    assert (kept.status, kept.committed_amount) == ("held", 1_200)
    after = stage.campaign(of.seq)
    assert (after.total_budget_amount, after.unused_amount, after.settled_at is None) == (1_200, 0, False)
    assert stage.wrong(of.seq) == []


def _sale(stage: Stage, link_id: str | None, amount: int, currency: str = "usd") -> attribution.Conversion:
    world = World(stage.db, stage.by, None)  # type: ignore[arg-type]
    click = world.click(stage.link(link_id))
    sale = attribution.NewSale(
        attribution.CustomerWish("c1", "A customer"), amount, currency, click_id=click.id
    )
    return stage.db.write_now(attribution.track_sale, stage.by, sale)


def test_a_share_of_sales(stage: Stage, later: Callable[[int], None]) -> None:
    of = stage.active(sale_share=1_250)
    link = stage.join(of.seq, "Kim").link_id
    _sale(stage, link, 1_000)  # nothing of theirs is approved yet
    post = stage.approved(of.seq, "Kim")
    _sale(stage, link, 1_999)
    _sale(stage, link, 5_000, "eur")
    shared = stage.submission(post.seq)
    assert (shared.share_amount, shared.committed_amount) == (249, 200)
    later(posts.WINDOW + 2 * clock.HOUR)
    stage.tick()
    assert stage.submission(post.seq).status == "held"
    _sale(stage, link, 800)
    assert stage.submission(post.seq).share_amount == 349
    later(money.HOLD + clock.SECOND)
    stage.tick()
    done = stage.submission(post.seq)
    assert (done.status, stage.wrong(of.seq)) == ("payable", [])
    brought = stage.db.read_now(creators.partners.figures, stage.by, [str(link), "no-such-link"])
    assert brought[str(link)].sales == 4
    assert brought[str(link)].revenue == {"eur": 5_000, "usd": 3_799}
    assert brought["no-such-link"].clicks == 0


def test_the_clock_of_two_servers(stage: Stage, later: Callable[[int], None]) -> None:
    of = stage.active()
    stage.join(of.seq, "Kim")
    post = stage.submit(of.seq, "Kim")
    stage.look(post.seq, 1_000, "Kim", likes=1)
    later(posts.REVIEW)
    assert stage.db.write_now(closing.review, post.seq, clock.now())
    assert not stage.db.write_now(closing.review, post.seq, clock.now())
    later(posts.WINDOW + 2 * clock.HOUR)
    assert stage.db.write_now(closing.close_window, post.seq, clock.now())
    assert not stage.db.write_now(closing.close_window, post.seq, clock.now())
    assert stage.db.write_now(closing.hold, post.seq, clock.now())
    assert not stage.db.write_now(closing.hold, post.seq, clock.now())
    assert (stage.submission(post.seq).committed_amount, stage.wrong(of.seq)) == (700, [])
