"""Views, spending and revenue day by day: each counted once, in the day of the zone that it belongs to."""

import pytest

from hyway.domain import attribution, creators, netinfo
from hyway.kernel import clock, ids
from hyway.kernel.clock import DAY, HOUR, Instant
from tests.domain.creators.campaign_stage import stage as stage
from tests.make.campaigns import Stage

NOON: Instant = clock.parse("at", "2026-03-10T12:00:00Z")


class Hands:
    """Turns the clock."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.at = NOON
        patch.setattr(clock, "now", lambda: self.at)


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Hands:
    return Hands(monkeypatch)


def days(
    stage: Stage, zone: str = "UTC", count: int = 3, campaign: int | None = None
) -> list[creators.figures.Day]:
    programme: tuple[creators.money.ProgrammeKind, int] | None = ("campaign", campaign) if campaign else None
    return stage.db.read_now(creators.figures.days, stage.by, zone, count, programme)


def sold(stage: Stage, link_id: str | None, amount: int) -> None:
    """A person clicks the link and buys."""
    link, click = stage.link(link_id), ids.uuid7()
    capture = attribution.Capture(
        id=click, at=clock.now(), organization=stage.by.organization, link_seq=link.seq, link_id=link.id,
        short_id=link.short_id, partner_id=link.partner_id, external_id=None, tenant_id=None, trigger="link",
        user_agent="Mozilla/5.0", ip="81.169.181.179", visitor_id=click, session_id=click, referrer=None,
        destination=link.url, utm=link.utm, language="en", marked_bot=False,
    )  # fmt: skip
    stage.db.write_now(attribution.Recorder(netinfo.Places.bundled()).record, [capture])
    who = attribution.CustomerWish(external_id=click, name="Kim")
    stage.db.write_now(
        attribution.track_sale, stage.by, attribution.NewSale(who, amount, "usd", click_id=click)
    )


def test_what_is_new_of_a_day_is_counted_in_it(stage: Stage, hands: Hands) -> None:
    of = stage.active(min_payout_amount=0, base_reward_amount=0)
    stage.join(of.seq, "Mira")
    made = stage.approved(of.seq, "Mira")
    stage.look(made.seq, 1_000)
    hands.at += 14 * HOUR
    stage.look(made.seq, 5_000)
    hands.at += HOUR
    stage.look(made.seq, 6_000)
    found = days(stage)
    assert [day.views for day in found] == [0, 1_000, 5_000]
    assert [day.spent for day in found] == [{}, {"usd": 500}, {"usd": 2_500}]
    assert [day.spent_on_views for day in found] == [{}, {"usd": 500}, {"usd": 2_500}]
    assert [day.views for day in days(stage, "Asia/Tokyo", 2)] == [1_000, 5_000]
    assert [day.views for day in days(stage, "Pacific/Honolulu", 2)] == [0, 6_000]


def test_what_a_post_had_before_the_span_is_not_new(stage: Stage, hands: Hands) -> None:
    of = stage.active(min_payout_amount=0, max_payout_amount=0)
    stage.join(of.seq, "Mira")
    made = stage.approved(of.seq, "Mira")
    stage.look(made.seq, 90_000, likes=900)
    hands.at += DAY
    stage.look(made.seq, 91_000, likes=910)
    assert [day.views for day in days(stage, count=1)] == [1_000]


def test_what_is_taken_back_is_spent_no_more_and_its_views_are_gone(stage: Stage, hands: Hands) -> None:
    of = stage.active(min_payout_amount=0, base_reward_amount=0)
    stage.join(of.seq, "Mira")
    made = stage.approved(of.seq, "Mira")
    stage.look(made.seq, 1_000)
    stage.db.write_now(creators.submissions.reverse, stage.by, made.seq, "other")
    assert (days(stage)[-1].views, days(stage)[-1].spent) == (0, {"usd": 0})


def test_sales_through_creators_links_are_the_programmes_own(stage: Stage, hands: Hands) -> None:
    one, two = stage.active(), stage.active(name="Winter")
    first, second = stage.join(one.seq, "Mira"), stage.join(two.seq, "Mira")
    sold(stage, first.link_id, 2_400)
    hands.at += DAY
    sold(stage, second.link_id, 1_000)
    assert [day.revenue for day in days(stage, count=2)] == [{"usd": 2_400}, {"usd": 1_000}]
    assert [day.revenue for day in days(stage, count=2, campaign=one.seq)] == [{"usd": 2_400}, {}]


def test_what_a_collab_pays_is_for_no_views(stage: Stage, hands: Hands) -> None:
    fields = {"name": "Mugs", "website": "https://shop.example.com/mug", "reward_amount": 4_000}
    made = stage.db.write_now(creators.collabs.create, stage.by, fields)
    stage.db.write_now(creators.money.fund, stage.by, "collab", made.seq, "usd", 10_000)
    stage.db.write_now(creators.collabs.submit, stage.by, made.seq)
    work = stage.db.write_now(creators.collabs.work.apply, stage.creator("Mira"), made.seq, "")
    stage.db.write_now(creators.collabs.work.accept, stage.by, work.seq)
    (today,) = days(stage, count=1)
    assert (today.spent, today.spent_on_views) == ({"usd": 4_000}, {})
