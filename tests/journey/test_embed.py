"""The script of a short link on its owner's own pages, which may carry a strict content policy."""

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.journey.conftest import Hyway, People
from tests.journey.shop import BRAND, FOREIGN, WWW, Shop

pytestmark = pytest.mark.browser


def _cookie(page: Page) -> str | None:
    """The click id that scripts of the page can read."""
    kept = page.context.cookies(page.url)
    return next((cookie["value"] for cookie in kept if cookie["name"] == "hoko_id"), None)


def _one_click(hyway: Hyway, link: dict[str, Any]) -> dict[str, Any]:
    [click] = hyway.clicks(link, includeBots="true")
    return click


@pytest.mark.parametrize("host", [BRAND, WWW])
def test_a_page_view_is_a_click(hyway: Hyway, shop: Shop, people: People, host: str) -> None:
    link = hyway.link(shop.url("/", BRAND))
    page = people.visitor()
    with page.expect_response(lambda answer: answer.request.method == "POST") as told:
        page.goto(shop.embed(link["shortUrl"][-7:], "utm_source=blog&utm_campaign=autumn&ref=ada", host))
    assert told.value.status == 200
    page.wait_for_load_state("networkidle")
    click = _one_click(hyway, link)
    assert click["trigger"] == "embed"
    assert click["utm"] == {"source": "blog", "campaign": "autumn", "referral": "ada"}
    assert click["destination"] == page.url
    assert click["browserName"] == "Chrome"
    assert click["language"] == "en-GB"
    assert not click["bot"]
    assert _cookie(page) == click["id"]


def test_an_older_click_keeps_the_visitor(hyway: Hyway, shop: Shop, people: People) -> None:
    """A script's click does not replace a kept `hoko_id`; one in the page's own URL does."""
    link = hyway.link(shop.url("/", BRAND))
    page, embedded = people.visitor(), shop.embed(link["shortUrl"][-7:])
    page.goto(link["shortUrl"])
    first = _cookie(page)
    page.goto(embedded)
    page.wait_for_load_state("networkidle")
    second = _newest(hyway, link)
    assert second["trigger"] == "embed"
    assert second["id"] != first
    assert _cookie(page) == first
    page.goto(f"{embedded}hoko_id={second['id']}")
    page.wait_for_load_state("networkidle")
    assert _cookie(page) == second["id"]


def _newest(hyway: Hyway, link: dict[str, Any]) -> dict[str, Any]:
    return hyway.clicks(link, includeBots="true")[0]


def test_another_site_gets_a_script_that_does_nothing(hyway: Hyway, shop: Shop, people: People) -> None:
    link = hyway.link(shop.url("/", BRAND))
    page = people.visitor()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    with page.expect_response("**/analytics.js*") as answered:
        page.goto(shop.embed(link["shortUrl"][-7:], host=FOREIGN))
    page.wait_for_load_state("networkidle")
    assert answered.value.status == 200
    assert "fetch" not in answered.value.text()
    assert "POST" not in sent
    assert _cookie(page) is None
    assert hyway.clicks(link, includeBots="true") == []


def test_a_lead_by_the_click_of_a_page_view(hyway: Hyway, shop: Shop, people: People) -> None:
    link = hyway.link(shop.url("/", BRAND))
    page = people.visitor()
    page.goto(shop.embed(link["shortUrl"][-7:], "utm_source=blog"))
    page.wait_for_load_state("networkidle")
    shop.sign_up("Ada Stein", "ada@example.com", _cookie(page) or "")
    assert shop.told[-1].status_code == 201, shop.told[-1].text
    assert shop.told[-1].json()["link"]["id"] == link["id"]
