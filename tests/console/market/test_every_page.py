"""Every page and every form of creators and organizations, as strangers and forgers meet them."""

import re

import pytest

from hyway.domain import creators, identity
from hyway.kernel import sqid
from tests.console.conftest import Browser
from tests.console.market import making
from tests.console.market.conftest import Market

NAMED = re.compile(r"\{(\w+):str\}")
FOREIGN = "/organizations/{organization:str}"
# Whoever asks to join is a stranger, and may be.
ASKED = FOREIGN + "/join_requests"


def addresses(market: Market, method: str) -> list[str]:
    """The paths of these pages that take the method, with their parameters."""
    found = [route for route in market.app.routes if method in getattr(route, "methods", ())]
    paths = sorted(route.path_format.replace("{", "{") for route in found)
    named = [re.sub(r"\{(\w+)\}", r"{\1:str}", path) for path in paths]
    return [path for path in named if re.match(r"/(organizations|me|board|mailbox)(/|$)", path)]


def filled(market: Market, path: str, other: str) -> str:
    """The path in the organization, with `other` for every further id."""
    organization = sqid.text(market.organization.seq)
    return NAMED.sub(lambda found: organization if found[1] == "organization" else other, path)


@pytest.fixture
async def creator(market: Market) -> Browser:
    return await market.browser("creator")


async def test_there_are_pages_to_try(market: Market) -> None:
    assert len(addresses(market, "GET")) > 30
    assert len(addresses(market, "POST")) > 50


async def test_no_page_of_an_organization_is_a_strangers(market: Market, creator: Browser) -> None:
    id = sqid.text(1)
    for path in [each for each in addresses(market, "GET") if each.startswith(FOREIGN)]:
        assert (await creator.see(filled(market, path, id))).status_code == 404, path
    for path in [each for each in addresses(market, "POST") if each.startswith(FOREIGN)]:
        if path != ASKED:
            assert (await creator.send(filled(market, path, id), confirmed="yes")).status_code == 404, path


async def test_nobody_is_led_to_the_door(market: Market) -> None:
    nobody = await market.browser()
    for method in ("GET", "POST"):
        for path in addresses(market, method):
            if path.startswith("/board") and method == "GET":
                continue
            answer = await nobody.http.request(method, filled(market, path, sqid.text(1)))
            assert answer.status_code == 303, path
            assert answer.headers["location"].startswith("/console/sign-in"), path


async def test_no_form_is_taken_without_its_token_or_from_elsewhere(market: Market) -> None:
    owner = await market.browser("owner")
    for path in addresses(market, "POST"):
        to = filled(market, path, sqid.text(1))
        assert (await owner.send(to, csrf="0" * 40, confirmed="yes")).status_code == 403, path
        foreign = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
        assert (await owner.send(to, headers=foreign, confirmed="yes")).status_code == 403, path


@pytest.mark.parametrize("id", ["nowhere", "1", "%00", "../../etc", "A" * 300, sqid.text(2**62)])
async def test_odd_ids_find_nothing(market: Market, id: str) -> None:
    owner = await market.browser("owner")
    for path in [each for each in addresses(market, "GET") if "{" in each.replace("{organization", "")]:
        answer = await owner.see(filled(market, path, id))
        assert answer.status_code in (400, 404), (path, answer.status_code)
    for path in [each for each in addresses(market, "POST") if "{" in each.replace("{organization", "")]:
        answer = await owner.send(filled(market, path, id), confirmed="yes")
        assert answer.status_code in (400, 404, 405), (path, answer.status_code)


async def test_members_change_nothing(market: Market) -> None:
    of, collab = making.campaign(market), making.collab(market)
    making.account(market)
    market.db.write_now(identity.organizations.change, market.by(), {"privacy_setting": "public"})
    making.application(market, of, accepted=False)
    making.work(market, collab)
    before = market.db.read_now(creators.money.balances, market.by())
    member = await market.browser("member")
    for path in [each for each in addresses(market, "POST") if each.startswith(FOREIGN)]:
        if path == ASKED or path.endswith("/messages") or "/members/" in path:
            continue
        answer = await member.send(
            filled(market, path, sqid.text(1)), confirmed="yes", amount="5", email="a@b.example"
        )
        assert answer.status_code in (403, 404), (path, answer.status_code)
    assert market.db.read_now(creators.money.balances, market.by()) == before
    assert market.db.read_now(creators.campaigns.find, market.by(), of.seq).status == "active"


async def test_too_much_at_once_is_refused_in_words(market: Market) -> None:
    owner = await market.browser("owner")
    files = {"logo": ("a.png", b"x" * 13_000_000, "image/png")}
    answer = await owner.http.post(market.base + "/edit", data={"csrf": owner.csrf}, files=files)
    assert answer.status_code == 413
    assert "larger than a form may be" in answer.text
