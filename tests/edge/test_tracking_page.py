"""The public tracking page: what it holds, what it never holds, and what a customer's browser makes of it."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright, expect

from hyway.edge import tracking_page
from hyway.edge.maps import Tiles
from hyway.edge.tracking_page import Destination, Summary, Traveller, as_json, headers
from hyway.kernel import clock
from tests.edge.track_stage import CODE, GOAL, WAY, Stage, located, serving, view

PHONE = {"width": 390, "height": 844}
SMALL = {"width": 320, "height": 568}
DESK = {"width": 1280, "height": 800}


def policy(shown: tracking_page.TrackView | None) -> dict[str, list[str]]:
    text = dict(headers(shown))[b"content-security-policy"].decode()
    return {name: rest for name, *rest in (part.split() for part in text.split(";"))}


def ended(status: str = "completed") -> tracking_page.TrackView:
    now = clock.now()
    shown = view(status=status, sub_status="arrived", ended=True, summary=Summary(now, 1260.0, 5230.4))
    return replace(shown, duration_elapsed=1260.0)


def test_the_state_in_the_page_is_what_the_stream_will_send() -> None:
    shown = view()
    body = tracking_page.page(shown).decode()
    found = re.search(r'<script type="application/json" id="state">(.*?)</script>', body, re.S)
    assert found
    state = json.loads(found[1])
    assert state.pop("now")
    assert state == json.loads(json.dumps(as_json(shown)))
    assert state["location"]["lat"] == WAY[4][0]


@pytest.mark.parametrize("status", ["completed", "canceled", "suspended"])
def test_an_action_that_is_over_has_no_position_in_it(status: str) -> None:
    shown = ended(status)
    assert shown.location is not None
    assert shown.polyline
    state = as_json(shown)
    assert state["location"] is None
    assert state["time_aware_polyline"] == ""
    assert state["eta"] is None
    assert state["summary"]["distance"] == 5230.4
    body = tracking_page.page(shown).decode()
    assert str(shown.location.lat) not in body
    assert json.dumps(shown.polyline)[1:-1] not in body
    assert "http-equiv" not in body


def test_nothing_that_people_write_becomes_markup() -> None:
    evil = "</script><img src=x onerror=alert(1)>\u2028&"
    shown = view(
        organization=evil,
        user=Traveller(evil, 'https://p.example/"><script>', evil),
        destination=Destination(evil, evil, *GOAL, 50.0),
        status_text=evil,
        sub_status_text=evil,
        type=evil,
        tiles=Tiles("https://t.example/{z}/{x}/{y}.png", evil),
    )
    body = tracking_page.page(shown).decode()
    assert "<img src=x" not in body
    assert body.count("<script") == 2
    assert "\u2028" not in body.split('id="state">')[1].split("</script>")[0]
    state = json.loads(body.split('id="state">')[1].split("</script>")[0])
    assert state["organization"] == evil


def test_the_policy_allows_our_own_files_and_no_more() -> None:
    assert policy(view()) == {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "frame-ancestors": ["'none'"],
        "img-src": ["'self'"],
        "connect-src": ["'self'"],
    }
    assert dict(headers(None))[b"x-robots-tag"] == b"noindex, nofollow"


@pytest.mark.parametrize(
    ("tiles", "pictures", "sources"),
    [
        ("https://tiles.example/{z}/{x}/{y}.png?key=1", ["https://tiles.example", "data:"], []),
        ("https://{s}.tiles.example:8443/{z}/{x}/{y}.png", ["https://*.tiles.example:8443", "data:"], []),
        ("https://tiles.example/world.pmtiles", ["blob:"], ["https://tiles.example"]),
        ("/tiles/{z}/{x}/{y}.png", ["data:"], []),
        ("https://tiles.example; script-src *", ["data:"], []),
        ("javascript:alert(1)", ["data:"], []),
    ],
)
def test_the_policy_allows_exactly_the_tiles_origin(
    tiles: str, pictures: list[str], sources: list[str]
) -> None:
    found = policy(view(tiles=Tiles(tiles)))
    assert found["img-src"] == ["'self'", *pictures]
    assert found["connect-src"] == ["'self'", *sources]
    assert found["script-src"] == ["'self'"]


def test_the_policy_allows_the_pictures_origin() -> None:
    shown = view(user=Traveller("Ada", "https://photos.example/ada.jpg", "car"))
    assert policy(shown)["img-src"] == ["'self'", "https://photos.example"]


def test_without_scripts_it_says_where_things_stand() -> None:
    now = clock.parse("now", "2026-05-04T12:38:00Z")
    shown = view(eta=now + 14 * clock.MINUTE, sub_status_text="14 min away")
    body = tracking_page.page(shown, now).decode()
    assert "Arrives 12:52 UTC · 14 min" in body
    assert '<noscript><meta http-equiv="refresh" content="30"></noscript>' in body
    late = tracking_page.page(replace(shown, is_late=True, expected_at=now), now).decode()
    assert "Running late: it was expected at 12:38 UTC." in late
    nobody = tracking_page.page(view(status="created", user=None, location=None, expected_at=None)).decode()
    assert "Getting ready" in nobody
    assert "Canceled" in tracking_page.page(ended("canceled")).decode()


def test_the_page_holds_no_names_of_things_that_are_not_there() -> None:
    """Every file that the page names is served; `asset` raises for one that is not."""
    body = tracking_page.page(view()).decode()
    assert len(re.findall(r"/maps/[0-9a-f]{12}/", body)) > 10
    assert b"Nothing to follow here" in tracking_page.not_found_page()


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with serving(Stage(view())) as running:
        yield running


@pytest.fixture
async def browser(chromium_path: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        yield opened
        await opened.close()


@pytest.fixture
def complaints() -> list[str]:
    return []


async def visit(stage: Stage, browser: Browser, complaints: list[str], **wish: object) -> Page:
    """A customer's page, open; what the browser complains of is collected."""
    context = await browser.new_context(
        base_url=stage.base,
        timezone_id="America/Los_Angeles",
        locale="en-GB",
        **{"viewport": PHONE, **wish},  # type: ignore[arg-type]
    )
    page = await context.new_page()

    def hear(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto(f"/track/{CODE}")
    return page


async def marker(page: Page) -> tuple[float, float]:
    box = await page.locator(".hy-user .hy-disc").bounding_box()
    assert box
    return box["x"], box["y"]


@pytest.mark.browser
async def test_the_marker_follows_and_the_end_hides_it(
    stage: Stage, browser: Browser, complaints: list[str]
) -> None:
    page = await visit(stage, browser, complaints)
    await expect(page.locator("#headline")).to_have_text(re.compile(r"^Arrives \d\d:\d\d · 1[34] min$"))
    await expect(page.locator(".hy-user")).to_be_visible()
    await expect(page.locator(".hy-place")).to_be_visible()
    await stage.heard()
    before = await marker(page)
    lat, lon = WAY[5]
    stage.say("location", located(lat, lon, clock.now(), bearing=330.0))
    await asyncio.sleep(0.5)
    halfway = await marker(page)
    await asyncio.sleep(1.0)
    after = await marker(page)
    assert before != halfway != after
    assert after[1] < halfway[1] < before[1]
    await expect(page.locator("#age")).to_have_text(re.compile("^Updated (just now|[0-9] s ago)$"))

    over = ended()
    stage.view = over
    stage.say("action", as_json(over))
    stage.say("end", {})
    await expect(page.locator(".hy-user")).to_have_count(0)
    await expect(page.locator("#headline")).to_have_text(re.compile("^Delivered at "))
    await expect(page.locator("#facts")).to_contain_text("21 min")
    await expect(page.locator("#facts")).to_contain_text("5.2 km")
    assert await page.locator("path.hy-route").evaluate_all("all => all.every(p => !p.getTotalLength())")
    await expect(page.locator("#person")).to_be_hidden()
    asked = len(stage.resumed)
    await asyncio.sleep(1.5)
    assert len(stage.resumed) == asked
    assert not stage.listeners
    assert complaints == []


@pytest.mark.browser
async def test_a_late_visitor_sees_the_summary_and_asks_for_no_stream(
    stage: Stage, browser: Browser, complaints: list[str]
) -> None:
    stage.view = ended()
    page = await visit(stage, browser, complaints)
    await expect(page.locator("#headline")).to_contain_text("Delivered at")
    await expect(page.locator(".steps .done")).to_have_count(5)
    await asyncio.sleep(0.7)
    assert stage.resumed == []
    assert await page.locator(".hy-user").count() == 0
    assert complaints == []


@pytest.mark.browser
async def test_a_broken_line_is_said_and_taken_up_where_it_was(
    stage: Stage, browser: Browser, complaints: list[str]
) -> None:
    page = await visit(stage, browser, complaints)
    await stage.heard()
    await expect(page.locator("#lost")).to_be_hidden()
    lat, lon = WAY[5]
    stage.say("location", located(lat, lon, clock.now()))
    await asyncio.sleep(0.3)
    stage.is_down = True
    stage.drop()
    await expect(page.locator("#lost")).to_be_visible()
    stage.is_down = False
    await expect(page.locator("#lost")).to_be_hidden(timeout=8_000)
    assert stage.resumed[0] is None
    assert stage.resumed[-1] == "1"
    # The 503s in between are the test's own doing; nothing else may be said.
    assert [text for text in complaints if "503" not in text] == []


@pytest.mark.browser
@pytest.mark.parametrize("viewport", [SMALL, PHONE, DESK], ids=["small", "phone", "desk"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_nothing_sticks_out(
    stage: Stage, browser: Browser, complaints: list[str], viewport: dict[str, int], scheme: str
) -> None:
    stage.view = view(
        organization="Northwind Refrigerated Deliveries and Removals of Greater San Francisco",
        destination=Destination("Donaudampfschifffahrtsgesellschaft", "A" * 90, *GOAL, 100.0),
        is_late=True,
    )
    page = await visit(stage, browser, complaints, viewport=viewport, color_scheme=scheme)
    await expect(page.locator(".hy-user")).to_be_visible()
    assert await page.evaluate("document.scrollingElement.scrollWidth") == viewport["width"]
    sheet = page.locator("#sheet")
    assert await sheet.evaluate("sheet => sheet.scrollWidth <= sheet.clientWidth")
    for name in (".hy-disc", ".hy-pin"):
        box = await page.locator(name).bounding_box()
        stage_box = await page.locator("#map").bounding_box()
        assert box
        assert stage_box
        assert stage_box["x"] <= box["x"] <= stage_box["x"] + stage_box["width"] - box["width"]
        assert stage_box["y"] <= box["y"] <= stage_box["y"] + stage_box["height"] - box["height"]
    assert complaints == []


@pytest.mark.browser
async def test_each_state_is_said(stage: Stage, browser: Browser, complaints: list[str]) -> None:
    now = clock.now()
    stage.view = view(
        status="created", sub_status="not_started", user=None, location=None, polyline="", eta=None
    )
    page = await visit(stage, browser, complaints)
    await expect(page.locator("#headline")).to_have_text("Getting ready")
    await expect(page.locator("#person")).to_be_hidden()
    await stage.heard()
    stage.say("action", as_json(view(status="assigned", sub_status="in_queue", eta=None, location=None)))
    await expect(page.locator("#detail")).to_have_text("Tapan has another stop first.")
    await expect(page.locator("#age")).to_have_text("On the map once this is the next stop")
    await expect(page.locator("[aria-current=step]")).to_have_text("Assigned")
    stage.say("action", as_json(view(is_late=True, expected_at=now - clock.MINUTE)))
    await expect(page.locator("#late")).to_be_visible()
    await expect(page.locator("#detail")).to_contain_text("Running late")
    await expect(page.locator("#live")).to_contain_text("Running late")
    old = view().location
    assert old
    stage.say("action", as_json(view(location=replace(old, recorded_at=now - 7 * clock.MINUTE))))
    await expect(page.locator("#age")).to_contain_text("No position for 7 min")
    await expect(page.locator('.hy-user[data-state="warning"]')).to_be_visible()
    stage.say("action", as_json(view(sub_status="arriving", eta=now + 10 * clock.SECOND)))
    await expect(page.locator("#headline")).to_have_text("Arriving now")
    stage.say("action", as_json(view(sub_status="arrived")))
    await expect(page.locator("#headline")).to_have_text("Tapan has arrived")
    stage.say("action", as_json(ended("canceled")))
    await expect(page.locator("#headline")).to_have_text("Canceled")
    await expect(page.locator("#steps")).to_be_hidden()
    await expect(page.locator(".hy-user")).to_have_count(0)
    assert complaints == []


@pytest.mark.browser
async def test_the_sheet_folds_and_the_keyboard_gets_around(
    stage: Stage, browser: Browser, complaints: list[str]
) -> None:
    page = await visit(stage, browser, complaints)
    handle = page.locator("#handle")
    await expect(page.locator("#more")).to_be_visible()
    await handle.focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#more")).to_be_hidden()
    await page.keyboard.press("Space")
    await expect(page.locator("#more")).to_be_visible()
    await handle.click()
    await expect(handle).to_have_attribute("aria-expanded", "false")
    # Somebody who moved the map keeps their view until they ask for ours.
    await page.locator("#map").focus()
    await page.keyboard.press("+")
    await expect(page.locator("#map.following")).to_have_count(0)
    await page.get_by_role("button", name="Show everything").click()
    await expect(page.locator("#map.following")).to_have_count(1)
    assert complaints == []


@pytest.mark.browser
async def test_without_scripts_the_words_are_there(stage: Stage, browser: Browser) -> None:
    page = await visit(stage, browser, [], java_script_enabled=False)
    await expect(page.locator("#headline")).to_contain_text("Arrives")
    await expect(page.locator("#map")).to_be_hidden()
    await expect(page.locator("#name")).to_have_text("Tapan")
