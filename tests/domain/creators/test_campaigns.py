"""Campaigns from the draft to the settlement, and who may do what with them."""

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from hyway.domain import creators, identity
from hyway.domain.creators.store.campaigns import CAMPAIGN_COUNTS
from hyway.kernel import clock
from hyway.kernel.faults import Fault, Invalid, Missing, Refused
from tests.domain.creators.campaign_stage import stage as stage
from tests.make.campaigns import WHOLE, Stage
from tests.make.people import faults

campaigns = creators.campaigns


def test_a_draft_is_filled_in_as_the_form_would(stage: Stage) -> None:
    made = stage.db.write_now(campaigns.create, stage.by, {"name": "Summer"})
    assert (made.status, made.currency, made.countries, made.platform_ids) == ("draft", "usd", ("US",), ())
    assert (made.content_type, made.category, made.website, made.brief) == ("ugc", "product", None, "")
    assert (made.cpm_amount, made.max_payout_amount, made.total_budget_amount, made.used_amount) == (
        0,
        0,
        0,
        0,
    )
    assert (made.published_at, made.paused_at, made.view_count, made.submissions_count) == (None, None, 0, 0)
    assert stage.happened()[-1] == "campaign.created"


def test_nobody_writes_what_the_server_counts(stage: Stage) -> None:
    said = {"name": "Summer", "status": "active", "total_budget_amount": 5, "view_count": 9, "seq": 77}
    made = stage.db.write_now(campaigns.create, stage.by, said)
    assert (made.status, made.total_budget_amount, made.view_count) == ("draft", 0, 0)


def test_only_admins_change_campaigns(stage: Stage) -> None:
    of, member = stage.draft(), dataclasses.replace(stage.by, role="member")
    verbs: tuple[tuple[Any, tuple[Any, ...]], ...] = (
        (campaigns.create, ({"name": "X"},)),
        (campaigns.change, (of.seq, {"name": "X"})),
        *((verb, (of.seq,)) for verb in (
            campaigns.drop, campaigns.publish, campaigns.pause, campaigns.resume, campaigns.finish,
        )),
    )  # fmt: skip
    for verb, args in verbs:
        with pytest.raises(Refused, match="Not authorized"):
            stage.db.write_now(verb, member, *args)
    assert stage.campaign(of.seq) == of
    assert stage.db.read_now(campaigns.find, member, of.seq) == of


def test_another_organizations_campaign_is_not_there(stage: Stage) -> None:
    of = stage.active()
    other = identity.command_line(stage.db.write_now(identity.found_organization, "Others"))
    with pytest.raises(Missing, match="Not authorized"):
        stage.db.read_now(campaigns.find, other, of.seq)
    for verb in (campaigns.drop, campaigns.publish, campaigns.pause, campaigns.resume, campaigns.finish):
        with pytest.raises(Missing):
            stage.db.write_now(verb, other, of.seq)
    with pytest.raises(Missing):
        stage.db.write_now(campaigns.change, other, of.seq, {"name": "Mine"})
    assert stage.db.read_now(campaigns.page, other) == ([], 0)


def test_a_change_is_of_what_is_mentioned(stage: Stage, later: Callable[[int], None]) -> None:
    of = stage.draft()
    later(clock.HOUR)
    assert stage.db.write_now(campaigns.change, stage.by, of.seq, {"name": of.name}) == of
    new = stage.db.write_now(campaigns.change, stage.by, of.seq, {"cpm_amount": "700", "countries": ["FR"]})
    assert (new.cpm_amount, new.countries, new.name) == (700, ("FR",), of.name)
    assert new.updated_at > of.updated_at


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"min_payout_amount": 10_001}, [("max_payout_amount", "must be greater than or equal to 10001")]),
        ({"max_payout_amount": 99}, [("max_payout_amount", "must be greater than or equal to 100")]),
        ({"max_payout_amount": 0}, []),
        ({"name": ""}, [("name", "can't be blank")]),
    ],
)
def test_a_change_is_judged_with_what_is_there(stage: Stage, said: dict[str, Any], wrong: list[Any]) -> None:
    of = stage.draft()
    if not wrong:
        stage.db.write_now(campaigns.change, stage.by, of.seq, said)
        return
    with pytest.raises(Invalid) as refusal:
        stage.db.write_now(campaigns.change, stage.by, of.seq, said)
    assert faults(refusal.value) == wrong
    assert stage.campaign(of.seq) == of


def test_what_creators_were_promised_stays(stage: Stage) -> None:
    of = stage.active()
    said = {
        "currency": "eur", "cpm_amount": 1, "min_payout_amount": -5, "max_payout_amount": 1,
        "base_reward_amount": 1, "sale_share": 1, "name": "Autumn", "tiktok_music_id": "12",
    }  # fmt: skip
    new = stage.db.write_now(campaigns.change, stage.by, of.seq, said)
    assert new == dataclasses.replace(of, name="Autumn", tiktok_music_id="12", updated_at=new.updated_at)
    gone: tuple[dict[str, Any], ...] = (
        {"website": ""},
        {"countries": []},
        {"platform_ids": []},
        {"brief": "<p> </p>"},
    )
    for missing in gone:
        with pytest.raises(Invalid, match="can't be blank"):
            stage.db.write_now(campaigns.change, stage.by, of.seq, missing)
    assert stage.campaign(of.seq) == new


def test_the_currency_of_money_stays(stage: Stage) -> None:
    of = stage.draft()
    stage.fund(of.seq, 500)
    assert stage.db.write_now(campaigns.change, stage.by, of.seq, {"currency": "eur"}).currency == "usd"


def test_a_published_campaign_leads_its_creators_links(stage: Stage) -> None:
    of = stage.active()
    accepted = stage.join(of.seq, "Kim")
    assert stage.link(accepted.link_id).url == WHOLE["website"]
    stage.db.write_now(campaigns.change, stage.by, of.seq, {"website": "https://new.example.com/"})
    assert stage.link(accepted.link_id).url == "https://new.example.com/"


def test_drafts_go_unless_there_is_money_in_them(stage: Stage) -> None:
    stage.db.write_now(campaigns.drop, stage.by, stage.draft().seq)
    assert stage.db.read_now(campaigns.page, stage.by) == ([], 0)
    funded = stage.draft()
    stage.fund(funded.seq, 10)
    with pytest.raises(Invalid) as refusal:
        stage.db.write_now(campaigns.drop, stage.by, funded.seq)
    assert faults(refusal.value) == [("base", "Cannot delete record because dependent fundings exist")]
    for seq in (stage.active().seq,):
        with pytest.raises(Refused, match="Not authorized"):
            stage.db.write_now(campaigns.drop, stage.by, seq)
    assert stage.db.read_now(campaigns.page, stage.by)[1] == 2


def test_all_that_a_publication_needs(stage: Stage) -> None:
    bare = stage.db.write_now(campaigns.create, stage.by, {"name": "Summer", "countries": []})
    with pytest.raises(Invalid) as refusal:
        stage.db.write_now(campaigns.publish, stage.by, bare.seq)
    assert faults(refusal.value) == [
        ("website", "can't be blank"),
        ("brief", "can't be blank"),
        ("platform_ids", "can't be blank"),
        ("countries", "can't be blank"),
        ("cpm_amount", "must be greater than 0"),
        ("base", "Unused budget must be at least 1 to publish."),
    ]
    of = stage.draft(min_payout_amount=300)
    stage.fund(of.seq, 299)
    with pytest.raises(Invalid, match="Unused budget must be at least"):
        stage.db.write_now(campaigns.publish, stage.by, of.seq)
    stage.fund(of.seq, 1)
    published = stage.db.write_now(campaigns.publish, stage.by, of.seq)
    assert published.status == "active"
    assert published.published_at is not None
    assert stage.told(stage.by)[-1] == "Campaign::PublishedNotifier"


def test_the_way_of_a_campaign(stage: Stage, later: Callable[[int], None]) -> None:
    of = stage.active()
    do = lambda verb: stage.db.write_now(verb, stage.by, of.seq)  # noqa: E731
    refusals: list[tuple[Any, type[Fault]]] = [(campaigns.publish, Invalid), (campaigns.resume, Invalid)]
    for verb, fault in refusals:
        with pytest.raises(fault):
            do(verb)
    later(clock.HOUR)
    paused = do(campaigns.pause)
    assert (paused.status, paused.published_at) == ("paused", of.published_at)
    assert paused.paused_at is not None
    with pytest.raises(Invalid, match="Campaign is not active"):
        do(campaigns.pause)
    resumed = do(campaigns.resume)
    assert (resumed.status, resumed.paused_at, resumed.published_at) == ("active", None, of.published_at)
    assert do(campaigns.finish).finished_at is not None
    for verb in (campaigns.publish, campaigns.pause, campaigns.resume, campaigns.finish, campaigns.drop):
        with pytest.raises(Refused, match="Not authorized"):
            do(verb)
    with pytest.raises(Refused):
        stage.db.write_now(campaigns.change, stage.by, of.seq, {"name": "Late"})
    wanted = ["campaign.published", "campaign.paused", "campaign.resumed", "campaign.finished"]
    assert [each for each in stage.happened() if each.startswith("campaign.")][1:] == wanted


def test_a_campaign_ends_by_its_time_and_is_settled(stage: Stage, later: Callable[[int], None]) -> None:
    of = stage.active(ends_at=clock.now() + clock.DAY)
    stage.tick()
    assert stage.campaign(of.seq).status == "active"
    later(clock.DAY + clock.SECOND)
    stage.tick()
    over = stage.campaign(of.seq)
    assert (over.status, over.settled_at, over.unused_amount) == ("finished", None, 100_000)
    later(campaigns.SETTLE)
    stage.tick()
    settled = stage.campaign(of.seq)
    assert settled.settled_at is not None
    assert (settled.total_budget_amount, settled.unused_amount) == (0, 0)
    later(clock.DAY)
    stage.tick()
    assert stage.campaign(of.seq) == settled


def test_pages_of_campaigns_and_their_count(stage: Stage) -> None:
    made = [stage.draft(name=f"No. {at}") for at in range(5)]
    stage.db.write_now(campaigns.drop, stage.by, made[1].seq)
    left = [made[0], *made[2:]]
    found, total = stage.db.read_now(campaigns.page, stage.by, 1, 2)
    assert ([each.seq for each in found], total) == ([each.seq for each in left[1:3]], 4)
    assert found[0] == dataclasses.replace(left[1], brief="")
    for offset in range(6):
        for limit in range(1, 5):
            there, _ = stage.db.read_now(campaigns.page, stage.by, offset, limit)
            assert [each.seq for each in there] == [each.seq for each in left[offset : offset + limit]]
    kept = stage.db.read_now(lambda r: r.run(CAMPAIGN_COUNTS.select()).all())
    assert [tuple(row) for row in kept] == [(stage.by.organization, 4)]
