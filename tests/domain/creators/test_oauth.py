"""Connecting an account by its platform's own word, against a server that trades codes as the vendors do."""

from collections.abc import Callable, Iterator
from urllib.parse import parse_qsl, urlsplit

import pytest

from hyway.domain.creators.social import accounts, asked, oauth, services
from hyway.domain.creators.store import social as store
from hyway.domain.identity import Caller
from hyway.kernel.clock import MINUTE
from hyway.kernel.db import Database
from hyway.kernel.faults import Fault, Invalid, Refused, Taken
from hyway.kernel.outgoing import Outgoing
from tests.make import platforms as fakes
from tests.make.people import somebody
from tests.make.platforms import Platforms
from tests.make.world import open_database

EVERY = ["youtube", "tiktok", "instagram", "twitter"]
OUT = Outgoing(lambda _: False)
Later = Callable[[int], None]


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def platforms() -> Iterator[Platforms]:
    with fakes.serving() as made:
        yield made


@pytest.fixture
def known(platforms: Platforms) -> services.Services:
    return services.chosen(platforms.services, OUT)


def sent_to(
    db: Database, known: services.Services, by: Caller, platform: str, session: str = "s"
) -> dict[str, str]:
    url = db.read_now(oauth.start, known, by, session, platform)
    return dict(parse_qsl(urlsplit(url).query))


def back(platforms: Platforms, query: dict[str, str], platform: str, handle: str) -> dict[str, str]:
    """What the platform sends a person back with, who consented as the handle's owner."""
    code = f"{fakes.CODE} {platform}/{handle}"
    if "code_challenge" in query:
        platforms.challenges[code] = query["code_challenge"]
    return {"code": code, "state": query["state"]}


@pytest.mark.parametrize("platform", EVERY)
def test_the_whole_way(db: Database, platforms: Platforms, known: services.Services, platform: str):
    kim = somebody(db, "Kim")
    platforms.add(platform, "kim", "4711", followers=42)
    query = sent_to(db, known, kim, platform)
    assert query["redirect_uri"] == f"{db.house.home}/me/social_accounts/callback/{platform}"
    assert query["response_type"] == "code"
    assert fakes.CLIENT in (query.get("client_id"), query.get("client_key"))
    assert fakes.SECRET not in str(query)
    assert (query.get("code_challenge_method") == "S256") == (platform in ("youtube", "twitter"))
    made = oauth.finish(db, known, kim, "s", platform, back(platforms, query, platform, "kim"))
    assert (made.status, made.uid, made.connected_by, made.subscriber_count) == (
        "verified",
        "4711",
        "oauth",
        42,
    )
    assert "kim" in made.account_url
    grant = db.read_now(asked.grants, [made.seq])[made.seq]
    assert platforms.tokens[grant.access_token] == f"{platform}/kim"
    assert grant.access_token not in str(db.read_now(store.sealed, [made.seq]))
    assert (grant.refresh_token is None) == (platform == "instagram")
    # The same again is the same account.
    again = oauth.finish(
        db, known, kim, "s", platform, back(platforms, sent_to(db, known, kim, platform), platform, "kim")
    )
    assert again.seq == made.seq


def test_a_state_is_worth_something_to_whom_it_was_given_and_for_ten_minutes(
    db: Database, platforms: Platforms, known: services.Services, later: Later
):
    kim, eve = somebody(db, "Kim"), somebody(db, "Eve")
    platforms.add("twitter", "kim", "1")
    platforms.add("youtube", "kim", "2")
    came = back(platforms, sent_to(db, known, kim, "twitter"), "twitter", "kim")
    wrong: list[tuple[Caller, str, str, dict[str, str]]] = [
        (eve, "s", "twitter", came),
        (kim, "another session", "twitter", came),
        (kim, "s", "youtube", came),
        (kim, "s", "nobody", came),
        (kim, "s", "twitter", {"code": came["code"]}),
        (
            kim,
            "s",
            "twitter",
            {**came, "state": came["state"][:-1] + ("y" if came["state"].endswith("x") else "x")},
        ),
        (kim, "s", "twitter", {**came, "state": "9" + came["state"]}),
        (kim, "s", "twitter", {**came, "state": "."}),
        (kim, "s", "twitter", {**came, "state": "é"}),
    ]
    for who, session, platform, query in wrong:
        with pytest.raises(Refused):
            oauth.finish(db, known, who, session, platform, query)
    later(10 * MINUTE)
    with pytest.raises(Refused):
        oauth.finish(db, known, kim, "s", "twitter", came)
    assert not platforms.asked, "nobody was asked anything"
    assert db.read_now(accounts.page, kim) == ([], 0)


def test_a_no_of_the_owner_or_the_platform_makes_no_account(
    db: Database, platforms: Platforms, known: services.Services
):
    kim = somebody(db, "Kim")
    platforms.add("twitter", "kim", "1")
    query = sent_to(db, known, kim, "twitter")
    no = {"error": "access_denied", "state": query["state"]}
    with pytest.raises(Invalid, match="not allowed"):
        oauth.finish(db, known, kim, "s", "twitter", no)
    stale = {"code": "an-old-code twitter/kim", "state": query["state"]}
    with pytest.raises(Invalid, match="did not confirm"):
        oauth.finish(db, known, kim, "s", "twitter", stale)
    came = back(platforms, query, "twitter", "kim")
    platforms.challenges[came["code"]] = "somebody else's"
    with pytest.raises(Invalid, match="did not confirm"):
        oauth.finish(db, known, kim, "s", "twitter", came)
    assert db.read_now(accounts.page, kim) == ([], 0)


def connect(db: Database, platforms: Platforms, known: services.Services, who: Caller, handle: str) -> object:
    came = back(platforms, sent_to(db, known, who, "twitter"), "twitter", handle)
    return oauth.finish(db, known, who, "s", "twitter", came)


def test_who_has_proved_theirs_goes_before_who_only_says_so(
    db: Database, platforms: Platforms, known: services.Services
):
    kim, eve = somebody(db, "Kim"), somebody(db, "Eve")
    platforms.add("twitter", "kim", "1")
    db.write_now(accounts.create, eve, "twitter", "https://x.com/kim")
    connect(db, platforms, known, kim, "kim")
    assert db.read_now(accounts.page, eve) == ([], 0)
    with pytest.raises(Taken):
        connect(db, platforms, known, eve, "kim")
    with pytest.raises(Fault):
        db.write_now(accounts.create, eve, "twitter", "https://twitter.com/Kim")


def test_ones_own_claim_becomes_the_proved_account(
    db: Database, platforms: Platforms, known: services.Services
):
    kim = somebody(db, "Kim")
    platforms.add("twitter", "kim", "1")
    claimed = db.write_now(accounts.create, kim, "twitter", "https://twitter.com/Kim")
    connect(db, platforms, known, kim, "kim")
    (only,), _ = db.read_now(accounts.page, kim)
    assert (only.seq, only.status, only.code) == (claimed.seq, "verified", None)


def test_a_renamed_profile_is_the_same_account(db: Database, platforms: Platforms, known: services.Services):
    kim = somebody(db, "Kim")
    platforms.add("twitter", "kim", "1")
    connect(db, platforms, known, kim, "kim")
    platforms.accounts["twitter"].clear()
    platforms.add("twitter", "kim_films", "1")
    connect(db, platforms, known, kim, "kim_films")
    (only,), _ = db.read_now(accounts.page, kim)
    assert (only.uid, only.status, only.account_url) == ("1", "verified", "https://x.com/kim_films")


def test_what_the_operator_did_not_set_up_is_not_offered(db: Database):
    nobody = services.chosen({"twitter.client": "a:b"}, OUT)
    assert oauth.offered(nobody) == ("twitter",)
    with pytest.raises(Invalid):
        db.read_now(oauth.start, nobody, somebody(db, "Kim"), "s", "tiktok")
    assert "b" not in repr(nobody.clients["twitter"]).removeprefix("Client(")


def test_the_vendors_own_addresses_are_used_unless_others_are_named(db: Database):
    known = services.chosen({f"{each}.client": "a:b" for each in EVERY}, OUT)
    kim = somebody(db, "Kim")
    hosts = [urlsplit(db.read_now(oauth.start, known, kim, "s", each)).netloc for each in EVERY]
    assert hosts == ["accounts.google.com", "www.tiktok.com", "www.instagram.com", "x.com"]
