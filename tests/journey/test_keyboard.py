"""The console without a mouse, and for those who do not see it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journey.conftest import PASSWORD, Hyway, People
from tests.journey.probes import CONTRAST, LOOK, SENSE
from tests.journey.shop import Shop

# Of what the browser makes of pages, which are the same on every engine.
pytestmark = [pytest.mark.browser, pytest.mark.one_engine]

MANY = 60
"""Steps of the Tab key in which everything on a page is reached."""


def _tab(page: Page, words: str) -> dict[str, Any]:
    """Presses Tab until what has these words is reached; every stop on the way must be seen."""
    passed = []
    for _ in range(MANY):
        page.keyboard.press("Tab")
        stop: dict[str, Any] = page.evaluate(LOOK)
        assert stop["isSeen"], stop
        assert stop["isOnScreen"], stop
        passed.append(stop["words"])
        if re.search(words, stop["words"]) or stop["id"] == words:
            return stop
    raise AssertionError(f"{words!r} was not reached: {passed}")


def test_a_link_is_made_and_copied_without_a_mouse(
    hyway: Hyway, shop: Shop, people: People, session_cookie: str, tmp_path: Path
) -> None:
    assert session_cookie  # the password is one's own by now
    page = people.owner(hyway, permissions=["clipboard-read", "clipboard-write"])
    page.goto("/console/links")
    expect(page.get_by_label("E-mail")).to_be_focused()
    page.keyboard.type(hyway.email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Links").first).to_be_visible()
    _tab(page, "Skip to the content")
    page.keyboard.press("Enter")
    _tab(page, "New link")
    page.screenshot(path=tmp_path / "focus.png")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="New link")).to_be_visible()
    _fill_in(page, shop.url("/"))
    expect(page.get_by_role("heading", name="By hand")).to_be_visible()
    _tab(page, "^Copy")
    page.screenshot(path=tmp_path / "made.png")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    made = hyway.http.get("/api/links", params={"take": 1}).json()[0]
    assert copied == made["shortUrl"]
    assert made["utm"] == {"source": "keys"}
    _tab(page, "^QR")
    page.keyboard.press("Space")
    expect(page.locator("#qr")).to_be_visible()
    page.keyboard.press("Escape")
    assert page.evaluate(LOOK)["words"] == "QR"


def _fill_in(page: Page, url: str) -> None:
    _tab(page, "f-url")
    page.keyboard.type(url)
    _tab(page, "f-title")
    page.keyboard.type("By hand")
    _tab(page, "Campaign")
    page.keyboard.press("Enter")  # unfolds
    _tab(page, "f-utm.source")
    page.keyboard.type("keys")
    page.keyboard.press("Enter")


def test_the_menu_of_a_phone_opens_by_key(hyway: Hyway, people: People, session_cookie: str) -> None:
    page = people.owner(hyway, session_cookie, viewport={"width": 375, "height": 700})
    page.goto("/console")
    assert page.get_by_role("navigation", name="Rooms").is_hidden()
    _tab(page, "menu")
    page.keyboard.press("Space")
    _tab(page, "^Customers")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/console/customers$"))


ROOMS = (
    "", "/links", "/links/new", "/partners", "/partners/new", "/customers", "/collections", "/tags",
    "/webhooks", "/webhooks/new", "/keys", "/keys/new", "/log", "/organization", "/notices", "/password",
)  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_room_makes_sense_without_seeing_and_can_be_read(
    hyway: Hyway, shop: Shop, people: People, session_cookie: str, scheme: str, tmp_path: Path
) -> None:
    """Landmarks, headings, labels, names; and the contrast that WCAG 2 asks of texts (AA)."""
    link = hyway.link(shop.url("/"), title="Seen by all", password="open sesame")
    visitor = people.visitor()
    visitor.goto(hyway.link(shop.url("/"))["shortUrl"])
    customer = shop.sign_up("Ada Stein", "ada@example.com", _click(visitor))
    shop.buy(customer, "Ada Stein")
    page = people.owner(hyway, session_cookie, color_scheme=scheme, reduced_motion="reduce")
    own = (f"/links/{link['id']}", f"/links/{link['id']}/edit", f"/customers/{_customer(hyway)}")
    wrong: dict[str, list[str]] = {}
    for room in (*ROOMS, *own):
        page.goto("/console" + room)
        name = room.strip("/").replace("/", "-")[:20] or "home"
        page.screenshot(path=tmp_path / f"{name}.png")
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
        wrong[room] = page.evaluate(SENSE) + page.evaluate(CONTRAST)
    stranger = people.owner(hyway, color_scheme=scheme)
    for address in (hyway.url + "/console/sign-in", link["shortUrl"], hyway.url + "/docs/hoko"):
        stranger.goto(address)
        wrong[address] = stranger.evaluate(SENSE) + stranger.evaluate(CONTRAST)
    found = {room: each for room, each in wrong.items() if each}
    assert found == {}, json.dumps(found, indent=1)


def _click(visitor: Page) -> str:
    return str(visitor.evaluate("new URLSearchParams(location.search).get('hoko_id')"))


def _customer(hyway: Hyway) -> str:
    return str(hyway.http.get("/api/customers").json()[0]["id"])
