"""Social accounts on their pages, against a server that speaks the platforms' wires."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from hyway.domain import creators
from tests.console.conftest import PUBLIC
from tests.console.market.conftest import Market, opened
from tests.make import platforms as fakes
from tests.make.platforms import Platforms


@pytest.fixture
def platforms() -> Iterator[Platforms]:
    with fakes.serving() as made:
        yield made


@pytest.fixture
async def market(database_url: str, tmp_path: Path, platforms: Platforms) -> AsyncIterator[Market]:
    async with opened(database_url, tmp_path, PUBLIC, platforms.services) as found:
        yield found


async def test_an_account_is_connected_by_the_platforms_word(market: Market, platforms: Platforms) -> None:
    platforms.add("youtube", "mira", "4711", followers=42)
    creator, other = await market.browser("creator"), await market.browser("owner")
    assert "Connect YouTube" in (await creator.see("/me/social_accounts")).text
    left = await creator.see("/me/social_accounts/connect/youtube")
    assert left.status_code == 303
    query = dict(parse_qsl(urlsplit(left.headers["location"]).query))
    code = f"{fakes.CODE} youtube/mira"
    platforms.challenges[code] = query["code_challenge"]
    back = "/me/social_accounts/callback/youtube"
    came = {"code": code, "state": query["state"]}
    await other.see(back, params=came)
    assert "was not begun here" in (await other.see("/me/social_accounts")).text
    await creator.see(back, params={"state": query["state"], "error": "access_denied"})
    assert "was not allowed" in (await creator.see("/me/social_accounts")).text
    made = await creator.see(back, params=came)
    page = (await creator.see(made.headers["location"])).text
    assert "Connected: it is yours." in page
    assert "Verified" in page
    (account,), _ = market.db.read_now(creators.social.accounts.page, market.own("creator"))
    assert (account.uid, account.subscriber_count) == ("4711", 42)


async def test_an_account_is_proved_by_its_code(market: Market, platforms: Platforms) -> None:
    fake = platforms.add("twitter", "mira", "99", followers=7)
    creator = await market.browser("creator")
    made = await creator.send("/me/social_accounts", platform_id="twitter", account_url="https://x.com/mira")
    here = made.headers["location"]
    early = await creator.send(here + "/verify")
    assert early.status_code == 422
    assert "The code was not found" in early.text
    (account,), _ = market.db.read_now(creators.social.accounts.page, market.own("creator"))
    fake.bio = f"Tea. {account.code}"
    assert (await creator.send(here + "/verify")).status_code == 303
    assert "Verified: it is yours." in (await creator.see(here)).text
