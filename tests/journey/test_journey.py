"""The main job: from a short link to a lead and a sale in a customer's shop, and to the chart of its owner."""

import itertools
import json
import re
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.journey.conftest import PASSWORD, Hyway, People
from tests.journey.shop import Shop, selling

pytestmark = pytest.mark.browser

CLICK_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")


def test_from_a_click_to_the_chart(new_hyway: Hyway, people: People, tmp_path: Path) -> None:
    with selling(new_hyway.url, new_hyway.key) as shop:
        link = _first_link(new_hyway, shop)
        visitor = people.visitor(timezone_id="Europe/Berlin")
        click = _visit(visitor, link["shortUrl"], shop)
        _sign_up(visitor, shop, click, link["id"])
        _buy(visitor, shop, click)

        owner = people.owner(new_hyway, viewport={"width": 1280, "height": 900})
        _sign_in_for_the_first_time(owner, new_hyway)
        _see(owner, link["id"], click, tmp_path)
        _see_it_happen(owner, visitor, link["shortUrl"], tmp_path)
        assert [found["unique"] for found in new_hyway.clicks(link)] == [False, True]  # newest first
        _see_the_customer(owner, tmp_path)


def _first_link(hyway: Hyway, shop: Shop) -> dict[str, str]:
    """What the printed request makes when its example is replaced by a page of one's own."""
    words = hyway.request
    assert words[:3] == ["curl", "-X", "POST"]
    headers = dict(word.split(": ") for flag, word in itertools.pairwise(words) if flag == "-H")
    wish = json.loads(words[words.index("-d") + 1])
    wish[0] |= {"url": shop.url("/"), "title": "Autumn letter", "utm": {"source": "letter"}}
    answer = httpx.post(words[3], json=wish, headers=headers)
    assert answer.status_code == 201, answer.text
    made: dict[str, str] = answer.json()[0]
    return made


def _visit(page: Page, short_url: str, shop: Shop) -> str:
    """Lands in the shop; returns the click id that the visitor keeps."""
    page.goto(short_url)
    assert page.url.startswith(shop.url("/?"))
    click = page.evaluate("new URLSearchParams(location.search).get('hoko_id')")
    assert CLICK_ID.fullmatch(click)
    assert "utm_source=letter" in page.url
    assert _kept(page, shop) == click
    return str(click)


def _kept(page: Page, shop: Shop) -> str:
    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies(shop.url())}
    return cookies["hoko_id"]


def _sign_up(page: Page, shop: Shop, click: str, link_id: str) -> None:
    page.get_by_label("Name").fill("Nele Sommer")
    page.get_by_label("E-mail").fill("nele@example.com")
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_role("heading", name="Welcome, Nele Sommer")).to_be_visible()
    answer = shop.told[-1]
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert told["click"] == {"id": click}
    assert told["link"]["id"] == link_id


def _buy(page: Page, shop: Shop, click: str) -> None:
    """The shop names only the customer: the sale goes to the click that the lead came from."""
    page.get_by_role("button", name="Buy").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    answer = shop.told[-1]
    assert answer.status_code == 201, answer.text
    assert answer.json()["click"] == {"id": click}
    assert answer.json()["sale"]["amount"] == 2400


def _sign_in_for_the_first_time(page: Page, hyway: Hyway) -> None:
    page.goto("/")
    expect(page).to_have_url(re.compile("/console/sign-in"))
    page.get_by_label("E-mail").fill(hyway.email)
    page.get_by_label("Password").fill(hyway.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Choose your own password")).to_be_visible()
    page.goto("/console/links")  # nothing else is open before that
    expect(page.get_by_role("heading", name="Choose your own password")).to_be_visible()
    page.locator("#old").fill(hyway.password)
    page.locator("#password").fill(PASSWORD)
    page.locator("#again").fill(PASSWORD)
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()


def _see(page: Page, link_id: str, click: str, shots: Path) -> None:
    """The click, the lead and the sale, in figures, on the chart and in the lists."""
    page.screenshot(path=shots / "overview.png", full_page=True)
    page.get_by_role("navigation", name="Rooms").get_by_role("link", name="Links").click()
    page.get_by_role("link", name="Autumn letter").click()
    expect(page).to_have_url(re.compile(f"/console/links/{link_id}$"))
    for label, value in {"Clicks": "1", "Unique": "1", "Leads": "1", "Sales": "1", "Revenue": "€24"}.items():
        tile = page.locator(".tile", has=page.get_by_text(label, exact=True))
        expect(tile.locator("dd")).to_have_text(re.compile(re.escape(value)))
    chart = page.get_by_role("img", name="Over time: clicks 1, leads 1, sales 1")
    expect(chart).to_be_visible()
    assert chart.locator("rect.lead").count() == chart.locator("rect.sale").count() == 1
    expect(page.locator(f'[data-key="{click}"]')).to_contain_text("Chrome on Windows")
    told = page.get_by_role("region", name="Latest leads and sales")
    expect(told.get_by_role("listitem")).to_have_count(2)
    expect(told).to_contain_text("Sign up")
    _shoot(page, shots, "link")


def _see_it_happen(owner: Page, visitor: Page, short_url: str, shots: Path) -> None:
    """A second click shows on the page that is open, which is not loaded anew."""
    owner.evaluate("window.isStillHere = true")
    visitor.goto(short_url)
    second = visitor.evaluate("new URLSearchParams(location.search).get('hoko_id')")
    expect(owner.locator(f'[data-key="{second}"]')).to_contain_text("again", timeout=5_000)
    expect(owner.locator(".tile.k-clicks dd")).to_have_text("2", timeout=8_000)
    expect(owner.locator(".tile.k-unique dd")).to_have_text("1")
    assert owner.evaluate("window.isStillHere")
    owner.screenshot(path=shots / "link-live.png")


def _see_the_customer(page: Page, shots: Path) -> None:
    page.get_by_role("link", name="Nele Sommer").first.click()
    expect(page.get_by_role("heading", name="Nele Sommer")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Purchase")
    _shoot(page, shots, "customer")


def _shoot(page: Page, shots: Path, name: str) -> None:
    """One picture at a desk, one on a phone."""
    page.screenshot(path=shots / f"{name}.png", full_page=True)
    page.set_viewport_size({"width": 375, "height": 800})
    page.screenshot(path=shots / f"{name}-phone.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    page.set_viewport_size({"width": 1280, "height": 900})
