"""Figures and views are read by the clock: in bundles, once for each look, whatever breaks in between."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import func, select, update

from hyway.domain import audit
from hyway.domain.creators.jobs import social as jobs
from hyway.domain.creators.social import Account, accounts, asked, services, syncing
from hyway.domain.creators.social.records import Grant
from hyway.domain.creators.store import social as store
from hyway.domain.creators.store.social_tables import SOCIAL_ACCOUNTS, SOCIAL_SNAPSHOTS
from hyway.domain.creators.store.tables import SUBMISSIONS, VIEW_SNAPSHOTS
from hyway.domain.identity import Caller, person_of
from hyway.kernel import clock
from hyway.kernel.clock import DAY, HOUR, MINUTE
from hyway.kernel.db import Read, Write
from hyway.kernel.jobs import Means
from hyway.kernel.outgoing import Outgoing
from tests.make import platforms as fakes
from tests.make.campaigns import Stage, stage_at
from tests.make.platforms import Platforms

OUT = Outgoing(lambda _: False)
POST = {"at": 1_767_225_600, "likes": 3, "comments": 2}
Later = Callable[[int], None]


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    with stage_at(database_url) as made:
        yield made


@pytest.fixture
def platforms() -> Iterator[Platforms]:
    with fakes.serving() as made:
        yield made


def known(platforms: Platforms) -> services.Services:
    return services.chosen(platforms.services, OUT)


def look(stage: Stage, platforms: Platforms) -> syncing.Pass:
    return syncing.Pass(stage.db, known(platforms))


def set_all(stage: Stage, **values: Any) -> None:
    def change(w: Write) -> None:
        w.run(update(SOCIAL_ACCOUNTS).values(**values))

    stage.db.write_now(change)


def mine(stage: Stage, by: Caller) -> list[Account]:
    return stage.db.read_now(accounts.page, by)[0]


def snapshots(stage: Stage) -> int:
    def count(r: Read) -> int:
        return int(r.run(select(func.count()).select_from(VIEW_SNAPSHOTS)).scalar_one())

    return stage.db.read_now(count)


def post_id(number: int) -> str:
    return f"post{number:07}"


def handed_in(stage: Stage, platforms: Platforms, posts: int, budget: int = 10_000_000) -> list[int]:
    """So many posts of one YouTube creator, which the platform knows; their numbers here."""
    campaign = stage.active(budget, approves=True).seq
    stage.join(campaign, "Kim")
    of = platforms.add("youtube", "kim", "UC-Kim")
    made = []
    for number in range(posts):
        of.posts[post_id(number)] = {**POST, "at": clock.now() // clock.SECOND + 60, "views": 1_000 + number}
        made.append(stage.submit(campaign, "Kim", post_id(number)).seq)
    return made


# --- posts


def test_posts_are_asked_for_in_bundles_and_kept_once(stage: Stage, platforms: Platforms):
    made = handed_in(stage, platforms, 120)
    assert look(stage, platforms).posts() == 120
    assert platforms.count("/videos") == 3, "fifty at a time"
    assert [stage.submission(seq).views for seq in made] == [1_000 + at for at in range(120)]
    assert snapshots(stage) == 120
    assert look(stage, platforms).posts() == 0
    assert (platforms.count("/videos"), snapshots(stage)) == (3, 120)


def test_posts_are_looked_at_again_when_it_is_time(stage: Stage, platforms: Platforms, later: Later):
    made = handed_in(stage, platforms, 2)
    look(stage, platforms).posts()
    for post in platforms.accounts["youtube"]["kim"].posts.values():
        post["views"] += 50
    later(DAY)
    assert look(stage, platforms).posts() == 2
    assert [stage.submission(seq).views for seq in made] == [1_050, 1_051]
    assert snapshots(stage) == 4


def test_a_post_that_is_gone_is_flagged_after_three_looks(stage: Stage, platforms: Platforms, later: Later):
    (seq,) = handed_in(stage, platforms, 1)
    platforms.accounts["youtube"]["kim"].posts.clear()
    for _ in range(3):
        assert stage.submission(seq).status == "submitted"
        look(stage, platforms).posts()
        later(DAY)
    assert (stage.submission(seq).status, stage.submission(seq).flags) == ("flagged", ("post_gone",))


def test_a_throttled_platform_is_left_alone_and_others_are_not(
    stage: Stage, platforms: Platforms, later: Later
):
    made = handed_in(stage, platforms, 60)
    platforms.throttle["youtube"] = 1
    run = look(stage, platforms)
    run.posts()
    asked_for = platforms.count("/videos")
    assert 1 <= asked_for <= 2, "a second bundle may be on its way"
    kept = snapshots(stage)
    assert kept in (0, 10, 50)
    assert not known(platforms).rests.over("youtube")
    assert look(stage, platforms).posts() == 0, "what was put off is not due before the platform wants it"
    later(DAY)
    assert look(stage, platforms).posts() == 60
    assert platforms.count("/videos") == asked_for, "it still rests"
    assert {stage.submission(seq).sync_failures for seq in made} == {0}


def test_what_a_broken_platform_does_not_tell_is_asked_later(
    stage: Stage, platforms: Platforms, later: Later
):
    (seq,) = handed_in(stage, platforms, 1)
    nobody = {**platforms.services, "youtube.url": "http://127.0.0.1:1"}
    run = syncing.Pass(stage.db, services.chosen(nobody, OUT))
    assert (run.posts(), run.posts()) == (1, 0)
    assert (stage.submission(seq).sync_failures, snapshots(stage)) == (0, 0)
    later(10 * MINUTE)
    assert look(stage, platforms).posts() == 1
    assert stage.submission(seq).views == 1_000


def test_a_platform_nobody_can_ask_is_tried_once_a_day(stage: Stage, later: Later, platforms: Platforms):
    (seq,) = handed_in(stage, platforms, 1)
    run = syncing.Pass(stage.db, services.chosen({}, OUT))
    assert (run.posts(), run.posts()) == (1, 0)
    assert stage.submission(seq).flags == ()
    later(DAY)
    assert run.posts() == 1


def test_a_write_that_fails_leaves_the_others(
    stage: Stage, platforms: Platforms, monkeypatch: pytest.MonkeyPatch
):
    made = handed_in(stage, platforms, 60)
    monkeypatch.setattr(syncing, "_WRITTEN_AT_ONCE", 10)
    real, failing = syncing.seen, [post_id(5)]

    def seen(w: Write, some: Any, found: Any) -> None:
        real(w, some, found)
        if failing and failing[0] in dict(some):
            raise OSError("the disk is full")

    monkeypatch.setattr(syncing, "seen", seen)
    look(stage, platforms).posts()
    missing = {seq for seq in made if stage.submission(seq).views_at is None}
    assert {made[5]} <= missing < set(made)
    failing.clear()
    look(stage, platforms).posts()
    assert [stage.submission(seq).views for seq in made] == [1_000 + at for at in range(60)]
    assert snapshots(stage) == 60


KILLED = """
import sys
from hyway.domain.creators.social import services, syncing
from hyway.kernel.outgoing import Outgoing
from tests.make.world import open_database
from hyway.domain import creators
db = open_database(sys.argv[1])
db.hearers.append(creators.hearing.hear)
named = {"youtube.key": "youtube-key", "youtube.url": sys.argv[2]}
syncing._WRITTEN_AT_ONCE = 1
syncing.Pass(db, services.chosen(named, Outgoing(lambda _: False)), threads=2).posts()
"""


def test_a_pass_that_is_killed_is_resumed_and_nothing_is_kept_twice(
    stage: Stage, platforms: Platforms, database_url: str
):
    made = handed_in(stage, platforms, 300)
    running = subprocess.Popen([sys.executable, "-c", KILLED, database_url, platforms.url])
    while snapshots(stage) < 40:
        assert running.poll() is None, "it was over before it could be killed"
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    kept = snapshots(stage)
    assert 40 <= kept < 300
    assert look(stage, platforms).posts() == 300 - kept
    assert snapshots(stage) == 300
    assert [stage.submission(seq).views for seq in made] == [1_000 + at for at in range(300)]


# --- accounts


def test_figures_of_accounts_are_read_and_kept_once(stage: Stage, platforms: Platforms, later: Later):
    kim = stage.creator("Kim")
    platforms.add("youtube", "kim", "UC-Kim", followers=500)
    due = clock.now()
    set_all(stage, next_sync_at=due)
    assert look(stage, platforms).accounts() == 2
    account = mine(stage, kim)[0]
    assert (account.subscriber_count, account.view_count, account.missed) == (500, 10_000, 0)
    assert account.last_synced_at is not None
    assert look(stage, platforms).accounts() == 0
    # Somebody who was slower comes with what they have seen at the same look.
    slow = platforms.accounts["youtube"]["kim"]
    profile = known(platforms).apis["youtube"].profile(asked.whose(account))
    assert profile.subscriber_count == slow.followers
    stage.db.write_now(syncing.noted, store_as_due(account, due), profile)
    assert len(stage.db.read_now(accounts.history, kim, account.seq)) == 1
    later(6 * HOUR)
    assert look(stage, platforms).accounts() == 2
    assert len(stage.db.read_now(accounts.history, kim, account.seq)) == 2


def store_as_due(account: Account, due: int) -> Account:
    from dataclasses import replace

    return replace(account, next_sync_at=due)


def test_three_looks_without_a_profile_end_the_proof(stage: Stage, platforms: Platforms, later: Later):
    kim = stage.creator("Kim")
    of = platforms.add("youtube", "kim", "UC-Kim")
    set_all(stage, next_sync_at=clock.now())
    for _ in range(2):
        platforms.accounts["youtube"].clear()
        look(stage, platforms).accounts()
        later(6 * HOUR)
    assert (mine(stage, kim)[0].status, mine(stage, kim)[0].missed) == ("verified", 2)
    platforms.accounts["youtube"]["kim"] = of
    look(stage, platforms).accounts()
    assert mine(stage, kim)[0].missed == 0, "it is there again: what was missed is forgotten"
    platforms.accounts["youtube"].clear()
    for _ in range(3):
        later(6 * HOUR)
        look(stage, platforms).accounts()
    assert mine(stage, kim)[0].status == "failed"
    assert stage.db.read_now(accounts.verified, person_of(kim), ["youtube"]) == []
    asked_for = len(platforms.asked)
    later(DAY)
    look(stage, platforms).accounts()
    assert platforms.count("/channels") == sum(
        "/channels" in each.path for each in platforms.asked[:asked_for]
    )


def give(stage: Stage, platforms: Platforms, by: Caller, expires_in: int = HOUR) -> int:
    """A grant for the person's TikTok account."""
    account = next(each for each in mine(stage, by) if each.platform_id == "tiktok")
    access, refresh = platforms.grant("tiktok", account.handle)
    made = asked.sealed(stage.db.seal, Grant(access, refresh, clock.now() + expires_in))
    stage.db.write_now(store.change, account.seq, {**made, "next_sync_at": clock.now()})
    return account.seq


def test_tokens_are_renewed_before_they_end_and_stored_sealed(stage: Stage, platforms: Platforms):
    kim = stage.creator("Kim")
    platforms.add("tiktok", "kim", "tt-Kim", followers=77)
    seq = give(stage, platforms, kim, expires_in=MINUTE)
    before = stage.db.read_now(asked.grants, [seq])[seq]
    look(stage, platforms).accounts()
    after = stage.db.read_now(asked.grants, [seq])[seq]
    assert platforms.count("/v2/oauth/token/") == 1
    assert after.access_token != before.access_token
    assert after.refresh_token != before.refresh_token
    assert (after.expires_at or 0) > clock.now() + 30 * MINUTE
    account = stage.db.read_now(store.find, seq)
    assert account is not None
    assert account.subscriber_count == 77
    raw = stage.db.read_now(store.sealed, [seq])[seq]
    assert "act." not in str(raw)
    assert "act." not in repr(after)
    assert not [each for each in stage.db.read_now(audit.recent, kim, most=100) if "act." in str(each)]


def test_a_token_that_is_refused_is_renewed_once_and_a_grant_taken_back_ends_the_proof(
    stage: Stage, platforms: Platforms, later: Later
):
    kim = stage.creator("Kim")
    platforms.add("tiktok", "kim", "tt-Kim")
    seq = give(stage, platforms, kim)
    platforms.tokens.clear()
    look(stage, platforms).accounts()
    assert platforms.count("/v2/oauth/token/") == 1
    account = stage.db.read_now(store.find, seq)
    assert account is not None
    assert (account.missed, account.last_synced_at is not None) == (0, True)
    for _ in range(3):
        later(6 * HOUR)
        platforms.tokens.clear()
        platforms.refreshes.clear()
        look(stage, platforms).accounts()
    account = stage.db.read_now(store.find, seq)
    assert account is not None
    assert account.status == "failed"


def test_many_posts_of_one_grant_renew_it_once(stage: Stage, platforms: Platforms):
    campaign = stage.active(approves=True, platform_ids=["tiktok"]).seq
    stage.join(campaign, "Kim")
    of = platforms.add("tiktok", "kim", "tt-Kim")
    for at in range(65):
        id = str(7038475063498387000 + at)
        of.posts[id] = {**POST, "at": clock.now() // clock.SECOND + 60, "views": 10 + at}
        url = f"https://www.tiktok.com/@kim/video/{id}"
        from hyway.domain import creators

        stage.db.write_now(creators.submissions.submit, stage.creator("Kim"), campaign, url)
    give(stage, platforms, stage.creator("Kim"), expires_in=MINUTE)
    assert look(stage, platforms).posts() == 65
    assert (platforms.count("/v2/video/query/"), platforms.count("/v2/oauth/token/")) == (4, 1)
    assert snapshots(stage) == 65


def test_an_account_proved_by_its_page_gets_its_number_once_the_platform_is_asked(
    stage: Stage, platforms: Platforms
):
    kim = stage.creator("Kim")
    platforms.add("youtube", "kim", "UC-real")
    set_all(stage, uid="kim", next_sync_at=clock.now())
    look(stage, platforms).accounts()
    assert mine(stage, kim)[0].uid == "UC-real"


# --- the clock's own


def test_the_chores(stage: Stage, platforms: Platforms, later: Later):
    made = handed_in(stage, platforms, 3)
    platforms.add("tiktok", "kim", "tt-Kim")
    set_all(stage, next_sync_at=clock.now())
    means = Means(stage.db, OUT, platforms.services)
    jobs.read_accounts(means)
    jobs.look_at_posts(means)
    assert [stage.submission(seq).views for seq in made] == [1_000, 1_001, 1_002]
    assert mine(stage, stage.creator("Kim"))[0].last_synced_at is not None


def test_codes_that_nobody_put_up_end(stage: Stage, platforms: Platforms, later: Later):
    kim = stage.creator("Kim")
    made = stage.db.write_now(accounts.create, kim, "twitter", "https://x.com/kim")
    means = Means(stage.db, OUT, platforms.services)
    later(23 * HOUR)
    jobs.end_codes(means)
    assert stage.db.read_now(accounts.find, kim, made.seq).status == "pending"
    later(HOUR)
    jobs.end_codes(means)
    ended = stage.db.read_now(accounts.find, kim, made.seq)
    assert (ended.status, ended.code) == ("failed", None)


def test_a_removed_account_takes_its_figures_along_and_leaves_the_posts(stage: Stage, platforms: Platforms):
    (seq,) = handed_in(stage, platforms, 1)
    kim = stage.creator("Kim")
    set_all(stage, next_sync_at=clock.now())
    look(stage, platforms).accounts()
    look(stage, platforms).posts()
    stage.db.write_now(accounts.drop, kim, mine(stage, kim)[0].seq)
    assert (stage.submission(seq).account, stage.submission(seq).views) == (None, 1_000)

    def left(r: Read) -> list[int]:
        rows = r.run(select(SOCIAL_SNAPSHOTS.c.account).where(SOCIAL_SNAPSHOTS.c.view_count.is_not(None)))
        return list(rows.scalars())

    assert stage.db.read_now(left) == []

    def due_again(w: Write) -> None:
        w.run(update(SUBMISSIONS).values(next_sync_at=clock.now()))

    stage.db.write_now(due_again)
    platforms.accounts["youtube"]["kim"].posts[post_id(0)]["views"] = 2_000
    look(stage, platforms).posts()
    assert stage.submission(seq).flags == ("author",), "nobody here is known as the post's author any more"
