"""Posts of creators with several accounts at one platform, and posts of collabs: looked at, found, or not."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from hyway.domain import creators, identity
from hyway.domain.creators import collabs
from hyway.domain.creators.social import Account, accounts, asked, owning, services, syncing
from hyway.domain.creators.social.records import Grant
from hyway.domain.creators.store import social as store
from hyway.domain.identity import Caller
from hyway.kernel import clock, sqid
from hyway.kernel.clock import DAY, HOUR, MINUTE
from hyway.kernel.faults import Invalid
from hyway.kernel.outgoing import Outgoing
from tests.domain.creators.campaign_stage import stage as stage
from tests.make import collabs as collab_stage
from tests.make import platforms as fakes
from tests.make.campaigns import Stage, verify
from tests.make.platforms import Platforms
from tests.make.world import World

Later = Callable[[int], None]
VIDEO = "7038475063498387001"


@pytest.fixture
def platforms() -> Iterator[Platforms]:
    with fakes.serving() as made:
        yield made


@pytest.fixture
def collab(world: World) -> collab_stage.Stage:
    return collab_stage.stage_at(world.db)


def look(db: Any, platforms: Platforms) -> int:
    return syncing.Pass(db, services.chosen(platforms.services, Outgoing(lambda _: False))).posts()


def more(db: Any, who: Caller, platform: str, url: str, uid: str) -> int:
    """Another verified account."""
    return int(db.write_now(verify, who, platform, url, uid))


def grant(db: Any, platforms: Platforms, seq: int, handle: str) -> None:
    access, refresh = platforms.grant("tiktok", handle)
    made = asked.sealed(db.seal, Grant(access, refresh, clock.now() + HOUR))
    db.write_now(store.change, seq, dict(made))


def seq_of(db: Any, who: Caller, handle: str, platform: str = "tiktok") -> int:
    found: list[Account] = db.read_now(accounts.verified, identity.person_of(who), [platform])
    return next(each.seq for each in found if each.handle == handle)


def posted(views: int = 900) -> dict[str, int]:
    return {"at": clock.now() // clock.SECOND + 60, "views": views, "likes": 3, "comments": 2}


# --- campaigns


@pytest.mark.parametrize(
    ("platform", "url", "named"),
    [
        ("tiktok", f"https://www.tiktok.com/@Kim.2/video/{VIDEO}", "tiktok:kim.2"),
        ("tiktok", f"https://www.tiktok.com/share/video/{VIDEO}", None),
        ("instagram", "https://www.instagram.com/kim/reel/Cabcdefghij/", "instagram:kim"),
        ("instagram", "https://www.instagram.com/p/Cabcdefghij/", None),
        ("twitter", "https://twitter.com/Kim/status/20", "twitter:kim"),
        ("twitter", "https://x.com/i/web/status/20", None),
        ("youtube", "https://www.youtube.com/watch?v=abcdefghijk", None),
        ("youtube", "https://www.youtube.com/@kim", None),
    ],
)
def test_whose_a_post_is_by_its_address(platform: str, url: str, named: str | None):
    assert creators.social.platforms.author(platform, url) == named


def test_the_account_that_the_address_names_is_the_posts(stage: Stage):
    kim = stage.creator("Kim")
    second = more(stage.db, kim, "tiktok", "https://www.tiktok.com/@kim.2", "tt-2")
    campaign = stage.active(platform_ids=["tiktok"]).seq
    stage.join(campaign, "Kim")

    def hand_in(url: str) -> int | None:
        return stage.db.write_now(creators.submissions.submit, kim, campaign, url).account

    assert hand_in(f"https://www.tiktok.com/@kim.2/video/{VIDEO}") == second
    first = seq_of(stage.db, kim, "kim")
    assert hand_in("https://www.tiktok.com/@kim/video/7038475063498387002") == first
    assert hand_in("https://www.tiktok.com/@nobody/video/7038475063498387003") == first


def test_a_post_is_looked_for_with_each_account_until_one_has_it(
    stage: Stage, platforms: Platforms, later: Later
):
    kim = stage.creator("Kim")
    first = seq_of(stage.db, kim, "kim")
    more(stage.db, kim, "tiktok", "https://www.tiktok.com/@kim.2", "tt-2")  # nobody may ask with this one
    third = more(stage.db, kim, "tiktok", "https://www.tiktok.com/@kim.3", "tt-3")
    platforms.add("tiktok", "kim", "tt-Kim")
    platforms.add("tiktok", "kim.3", "tt-3", posts={VIDEO: posted()})
    grant(stage.db, platforms, first, "kim")
    grant(stage.db, platforms, third, "kim.3")
    campaign = stage.active(platform_ids=["tiktok"]).seq
    stage.join(campaign, "Kim")
    url = f"https://www.tiktok.com/share/video/{VIDEO}"
    made = stage.db.write_now(creators.submissions.submit, kim, campaign, url)
    assert made.account == first
    for _ in range(3):
        assert look(stage.db, platforms) == 1
        later(MINUTE)
    of = stage.submission(made.seq)
    assert (of.account, of.views, of.flags, of.sync_failures) == (third, 900, (), 0)
    assert look(stage.db, platforms) == 0


def test_a_post_of_none_of_the_accounts_is_missed_once_a_round(
    stage: Stage, platforms: Platforms, later: Later
):
    kim = stage.creator("Kim")
    first = seq_of(stage.db, kim, "kim")
    second = more(stage.db, kim, "tiktok", "https://www.tiktok.com/@kim.2", "tt-2")
    for seq, handle, uid in ((first, "kim", "tt-Kim"), (second, "kim.2", "tt-2")):
        platforms.add("tiktok", handle, uid)
        grant(stage.db, platforms, seq, handle)
    campaign = stage.active(platform_ids=["tiktok"]).seq
    stage.join(campaign, "Kim")
    url = f"https://www.tiktok.com/@kim.2/video/{VIDEO}"
    made = stage.db.write_now(creators.submissions.submit, kim, campaign, url)
    for missed, asked_next in ((0, first), (1, second), (1, first), (2, second), (2, first)):
        look(stage.db, platforms)
        of = stage.submission(made.seq)
        assert (of.sync_failures, of.account) == (missed, asked_next)
        later(HOUR)
    look(stage.db, platforms)
    of = stage.submission(made.seq)
    assert (of.status, of.flags, of.account) == ("flagged", ("post_gone",), second)


def test_the_author_is_one_of_several_or_somebody_else(stage: Stage, platforms: Platforms):
    kim = stage.creator("Kim")
    second = more(stage.db, kim, "youtube", "https://www.youtube.com/@kim2", "UC-2")
    platforms.add("youtube", "kim2", "UC-2", posts={"abcdefghij0": posted()})
    platforms.add("youtube", "else", "UC-else", posts={"abcdefghij1": posted()})
    campaign = stage.active().seq
    stage.join(campaign, "Kim")
    mine, others = (stage.submit(campaign, "Kim", f"abcdefghij{at}") for at in (0, 1))
    look(stage.db, platforms)
    assert (stage.submission(mine.seq).account, stage.submission(mine.seq).flags) == (second, ())
    assert stage.submission(others.seq).flags == ("author",)


def test_of_an_account_known_by_its_name_alone_nobody_says_that_a_post_is_anothers():
    by_page = Account(
        1, 1, "youtube", "", "youtube:kim", "kim", "kim", "verified", "code", None, None, 0,
        None, None, None, None, None, None, None, 0, 0,
    )  # fmt: skip
    assert not owning.is_anothers([by_page], "UC-else")
    assert owning.is_anothers([], "UC-else")


# --- collabs


def out(at: collab_stage.Stage) -> tuple[Caller, collabs.Submission]:
    """A post of a creator's only YouTube account."""
    who, of = at.brought_to("content_approved", at.collab(), at.creator("youtube"))
    return who, at.write(collabs.making.post, who, of.seq, "https://youtu.be/abcdefghijk")


def test_a_collabs_post_is_looked_at_soon_and_then_daily(
    collab: collab_stage.Stage, platforms: Platforms, later: Later
):
    who, of = out(collab)
    mine = collab.db.read_now(accounts.verified, identity.person_of(who), ["youtube"])[0]
    kept = platforms.add("youtube", "kim", mine.uid or "", posts={"abcdefghijk": posted()})
    collab.db.write_now(store.change, mine.seq, {"handle": "known", "next_sync_at": None})
    assert of.post_check is None
    assert look(collab.db, platforms) == 1
    seen = collab.find(of)
    assert (seen.post_check, seen.views, seen.likes, seen.comments) == ("found", 900, 3, 2)
    assert seen.post_made_at is not None
    assert look(collab.db, platforms) == 0
    kept.posts["abcdefghijk"]["views"] = 1_000
    later(DAY)
    assert look(collab.db, platforms) == 1
    assert collab.find(of).views == 1_000
    kept.posts.clear()
    later(DAY)
    look(collab.db, platforms)
    gone = collab.find(of)
    assert (gone.post_check, gone.views, gone.account) == ("gone", 1_000, mine.seq)
    assert ("collab_submission.post_checked", sqid.text(of.seq)) in collab.facts
    collab.write(collabs.making.complete, collab.by, of.seq)
    later(DAY)
    assert look(collab.db, platforms) == 0


def test_a_collabs_post_of_somebody_else_is_shown_as_such(
    collab: collab_stage.Stage, platforms: Platforms, later: Later
):
    who, of = out(collab)
    mine = collab.db.read_now(accounts.verified, identity.person_of(who), ["youtube"])[0]
    collab.db.write_now(store.change, mine.seq, {"uid": "UC-mine"})
    look(collab.db, platforms)
    assert collab.find(of).post_check == "gone"
    platforms.add("youtube", "else", "UC-else", posts={"abcdefghijk": posted()})
    later(HOUR)
    look(collab.db, platforms)
    assert collab.find(of).post_check == "other_author"


def test_a_page_of_ones_own_is_of_ones_own_site(collab: collab_stage.Stage):
    made = collab.collab()
    who = collab.creator("instagram")
    blog = more(collab.db, who, "generic", "https://kim.example.com/about", "kim.example.com/about")
    more(collab.db, who, "generic", "https://pages.example.com/kim", "pages.example.com/kim")
    who, of = collab.brought_to("content_approved", made, who)
    with pytest.raises(Invalid, match="one of your verified accounts"):
        collab.write(collabs.making.post, who, of.seq, "https://lou.example.com/lipstick")
    done = collab.write(collabs.making.post, who, of.seq, "https://kim.example.com/2026/lipstick")
    assert (done.account, done.platform_id) == (blog, "generic")
