"""Collabs from the draft to the board, and who may do what to them."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from hyway.domain import identity
from hyway.domain.creators import collabs
from hyway.domain.creators.store.tables import COLLABS
from hyway.domain.notices.store.tables import NOTIFICATIONS
from hyway.kernel.faults import Invalid, Missing, Refused, Several
from tests.make.collabs import BRIEF, Stage, stage_at
from tests.make.world import World


@pytest.fixture
def stage(world: World) -> Stage:
    return stage_at(world.db)


def told(stage: Stage) -> list[tuple[int, str]]:
    n = NOTIFICATIONS.c
    return [
        tuple(row)
        for row in stage.db.read_now(lambda r: r.run(select(n.person, n.type).order_by(n.seq)).all())
    ]


def test_a_draft_has_defaults(stage: Stage):
    made = stage.write(collabs.create, stage.by, {})
    assert (made.name, made.state, made.currency, made.countries) == ("New collab", "draft", "usd", ("US",))
    assert made.brief.startswith("<h3>About the product</h3>")
    assert (made.website, made.banner, made.published_at, made.submissions_count) == (None, None, None, 0)
    assert (made.require_spark_ads, made.requires_product_shipment, made.usage_days) == (False, False, 365)
    assert stage.again(made) == made


def test_a_published_one_keeps_when_it_was_first_published(stage: Stage, later):
    made = stage.collab()
    assert made.state == "published"
    assert made.published_at is not None
    later(5_000_000)
    assert stage.write(collabs.pause, stage.by, made.seq).state == "paused"
    again = stage.write(collabs.unpause, stage.by, made.seq)
    assert (again.state, again.published_at) == ("published", made.published_at)
    assert [action for action, _ in stage.facts] == [
        "collab.created",
        "collab.submitted",
        "collab.published",
        "collab.paused",
        "collab.unpaused",
    ]
    assert told(stage) == [(stage.by.person, "Collab::PublishedNotifier")]


def test_the_servers_owner_may_want_to_look_first(stage: Stage):
    stage.db.house = stage.db.house._replace(terms={collabs.REVIEW: 1})
    made = stage.collab()
    assert (made.state, made.published_at) == ("submitted_for_review", None)
    with pytest.raises(Refused):
        stage.write(collabs.approve, stage.by, made.seq)
    assert [each.seq for each in stage.db.read_now(collabs.to_review)] == [made.seq]
    staff = identity.server(stage.by.organization)
    back = stage.write(collabs.reject, staff, made.seq, "No prices, please.")
    assert (back.state, told(stage)) == ("draft", [(stage.by.person, "Collab::RejectedNotifier")])
    stage.write(collabs.submit, stage.by, made.seq)
    assert stage.write(collabs.withdraw, stage.by, made.seq).state == "draft"
    stage.write(collabs.submit, stage.by, made.seq)
    assert stage.write(collabs.approve, staff, made.seq).published_at is not None
    assert stage.db.read_now(collabs.to_review) == []


def test_nothing_is_submitted_that_lacks_what_creators_must_know(stage: Stage):
    made = stage.collab(published=False, website=None, countries=[], brief="")
    with pytest.raises(Several) as caught:
        stage.write(collabs.submit, stage.by, made.seq)
    assert [(each.field, each.message) for each in caught.value.faults] == [
        ("website", "can't be blank"),
        ("countries", "can't be blank"),
        ("brief", "can't be blank"),
    ]
    assert stage.again(made).state == "draft"


@pytest.mark.parametrize(
    ("verb", "state"),
    [
        ("pause", "draft"),
        ("unpause", "draft"),
        ("unpause", "published"),
        ("withdraw", "draft"),
        ("submit", "published"),
    ],
)
def test_steps_from_the_wrong_state_are_refused(stage: Stage, verb: str, state: str):
    made = stage.collab(published=state == "published")
    with pytest.raises(Invalid) as caught:
        stage.write(getattr(collabs, verb), stage.by, made.seq)
    assert caught.value.field == "base"
    assert stage.again(made) == made


def test_what_changes_is_what_was_mentioned(stage: Stage):
    made = stage.collab(published=False)
    new = stage.write(collabs.change, stage.by, made.seq, {"name": "Other", "countries": ["FR", "DE"]})
    assert (new.name, new.countries, new.website, new.brief) == ("Other", ("FR", "DE"), made.website, BRIEF)
    same = stage.write(collabs.change, stage.by, made.seq, {"name": "Other"})
    assert same.updated_at == new.updated_at


def test_what_creators_see_stays_complete(stage: Stage):
    made = stage.collab()
    wrong: list[dict[str, Any]] = [{"website": None}, {"countries": []}, {"brief": " "}]
    for fields in wrong:
        with pytest.raises(Invalid, match="can't be blank"):
            stage.write(collabs.change, stage.by, made.seq, fields)
    assert stage.again(made) == made


def test_money_fixes_the_currency(stage: Stage):
    made = stage.collab()
    assert stage.write(collabs.change, stage.by, made.seq, {"currency": "eur"}).currency == "eur"
    stage.fund(stage.again(made), 1_000)
    with pytest.raises(Invalid, match="once the collab is funded"):
        stage.write(collabs.change, stage.by, made.seq, {"currency": "usd"})


def test_it_gets_no_worse_for_those_who_have_applied(stage: Stage):
    made = stage.collab(reward_amount=100, sale_share=500, usage_days=30)
    stage.applied(made)
    worse = {"require_spark_ads": True, "reward_amount": 99, "sale_share": 499, "usage_days": 31}
    with pytest.raises(Several) as caught:
        stage.write(collabs.change, stage.by, made.seq, worse)
    assert {each.field for each in caught.value.faults} == set(worse)
    better = {"reward_amount": 101, "sale_share": 501, "usage_days": 29}
    assert stage.write(collabs.change, stage.by, made.seq, better).reward_amount == 101


def test_only_a_draft_without_submissions_and_money_can_be_deleted(stage: Stage):
    shown, draft, funded = stage.collab(), stage.collab(published=False), stage.collab(published=False)
    with pytest.raises(Refused):
        stage.write(collabs.drop, stage.by, shown.seq)
    stage.fund(funded, 100)
    with pytest.raises(Invalid, match="dependent fundings exist"):
        stage.write(collabs.drop, stage.by, funded.seq)
    stage.applied(shown)
    stage.db.write_now(lambda w: w.run(COLLABS.update().values(state="draft")))
    with pytest.raises(Invalid, match="dependent submissions exist"):
        stage.write(collabs.drop, stage.by, shown.seq)
    # One that was withdrawn counts no more, but it is there.
    stage.db.write_now(lambda w: w.run(COLLABS.update().values(submissions_count=0)))
    with pytest.raises(Invalid, match="dependent submissions exist"):
        stage.write(collabs.drop, stage.by, shown.seq)
    stage.write(collabs.drop, stage.by, draft.seq)
    with pytest.raises(Missing):
        stage.again(draft)


def test_members_read_and_strangers_know_nothing(stage: Stage):
    made, member, other = stage.collab(), stage.colleague("member"), stage_at(stage.db)
    assert stage.db.read_now(collabs.find, member, made.seq) == made
    verbs: list[tuple[Callable[..., Any], tuple[Any, ...]]] = [
        (collabs.create, ({},)),
        (collabs.change, (made.seq, {"name": "x"})),
        (collabs.drop, (made.seq,)),
        (collabs.submit, (made.seq,)),
        (collabs.pause, (made.seq,)),
    ]
    for verb, args in verbs:
        with pytest.raises(Refused):
            stage.write(verb, member, *args)
    for verb, args in verbs[1:]:
        with pytest.raises(Missing):
            stage.write(verb, other.by, *args)
    with pytest.raises(Missing):
        stage.db.read_now(collabs.find, other.by, made.seq)
    assert stage.db.read_now(collabs.page, other.by) == ([], 0)
    assert stage.db.read_now(collabs.page, member) == ([made], 1)
    assert stage.again(made) == made


def test_pages_go_by_number(stage: Stage):
    made = [stage.collab(published=False) for _ in range(5)]
    rows, total = stage.db.read_now(collabs.page, stage.by, offset=2, limit=2)
    assert ([row.seq for row in rows], total) == ([made[2].seq, made[3].seq], 5)
