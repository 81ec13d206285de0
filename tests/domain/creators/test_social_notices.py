"""What people are told of their social accounts."""

from collections.abc import Callable, Iterator

import pytest

from hyway.domain import notices
from hyway.domain.creators.jobs import social as jobs
from hyway.domain.creators.social import Account, Profile, accounts, oauth, services, syncing, verifying
from hyway.domain.creators.social.records import Grant
from hyway.domain.creators.store import social as store
from hyway.domain.identity import Caller
from hyway.domain.notices import Notification
from hyway.kernel import clock, sqid
from hyway.kernel.clock import DAY
from hyway.kernel.jobs import Means
from hyway.kernel.outgoing import Outgoing
from tests.domain.creators.campaign_stage import stage as stage
from tests.make import platforms as fakes
from tests.make.campaigns import Stage
from tests.make.people import somebody
from tests.make.platforms import Platforms

OUT = Outgoing(lambda _: False)
KIM = Profile("UC-Kim", "kim", "Kim", "")
GRANT = Grant("act.1", "rft.1", None)


@pytest.fixture
def platforms() -> Iterator[Platforms]:
    with fakes.serving() as made:
        yield made


@pytest.fixture
def kim(stage: Stage) -> Caller:
    return somebody(stage.db, "Kim")


def told(stage: Stage, who: Caller) -> list[Notification]:
    return list(stage.db.read_now(notices.inbox, who)[0])


def test_once_verified_and_not_again(stage: Stage, kim: Caller):
    for _ in range(2):
        made: Account = stage.db.write_now(oauth.connect, kim, "youtube", KIM, GRANT)
    (only,) = told(stage, kim)
    assert (only.type, only.title) == ("SocialAccount::VerifiedNotifier", "kim is verified")
    assert "YouTube" in only.body
    assert only.link == f"/me/social_accounts/{sqid.text(made.seq)}"


def test_a_code_that_was_not_put_up_in_time(
    stage: Stage, kim: Caller, platforms: Platforms, later: Callable[[int], None]
):
    stage.db.write_now(accounts.create, kim, "twitter", "https://x.com/kim")
    later(DAY)
    jobs.end_codes(Means(stage.db, OUT, platforms.services))
    (only,) = told(stage, kim)
    assert (only.type, only.title) == ("SocialAccount::FailedNotifier", "kim is not verified")
    assert "within a day" in only.body


def test_a_profile_that_vanished(
    stage: Stage, kim: Caller, platforms: Platforms, later: Callable[[int], None]
):
    stage.db.write_now(oauth.connect, kim, "youtube", KIM, GRANT)
    for _ in range(3):
        assert [each.type for each in told(stage, kim)] == ["SocialAccount::VerifiedNotifier"]
        later(DAY)
        syncing.Pass(stage.db, services.chosen(platforms.services, OUT)).accounts()
    newest = told(stage, kim)[0]
    assert newest.type == "SocialAccount::FailedNotifier"
    assert "three times in a row" in newest.body


def test_who_asks_and_is_answered_is_not_told_besides(stage: Stage, kim: Caller, platforms: Platforms):
    made = stage.db.write_now(accounts.create, kim, "twitter", "https://x.com/kim")
    checked = verifying.check(stage.db, services.chosen(platforms.services, OUT), kim, made.seq)
    assert (checked.account.status, checked.why) == ("failed", verifying.NO_PROFILE)
    assert told(stage, kim) == []
    assert stage.db.read_now(store.any_due, clock.now()) is False
