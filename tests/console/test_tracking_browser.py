"""The rooms of tracking in a real browser: what moves, what is drawn by mouse and by keyboard, what lights up."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import ConsoleMessage, Page, async_playwright, expect

from hyway.domain import tracking
from hyway.domain.tracking import Wanted
from hyway.kernel import clock
from hyway.kernel.clock import DAY, HOUR, SECOND
from tests.console import courier
from tests.console.conftest import PASSWORD, World
from tests.make.days import drive, stay

pytestmark = pytest.mark.browser
_SIZES = {"phone": (360, 740), "small": (320, 640), "desk": (1280, 860)}


@pytest.fixture
async def page(world: World, chromium_path: str) -> AsyncIterator[Page]:
    """A page of the owner's browser, signed in; the test fails on any complaint of the browser."""
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    async with courier.serving(world) as address, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        context = await browser.new_context(
            base_url=address, timezone_id="Europe/Zagreb", viewport={"width": 1280, "height": 860}
        )
        opened = await context.new_page()
        opened.on("console", hear)
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        await opened.goto("/console/sign-in")
        await opened.fill("#email", "owner@north.example")
        await opened.fill("#password", PASSWORD)
        await opened.press("#password", "Enter")
        await expect(opened.get_by_role("heading", name="Overview")).to_be_visible()
        yield opened
        await browser.close()
    assert complaints == []


async def _send(world: World, *sent: object) -> None:
    await asyncio.to_thread(courier.send, world, *sent)  # type: ignore[arg-type]


async def test_a_position_moves_the_marker(world: World, page: Page) -> None:
    ada, ben = courier.user(world), courier.user(world, "Ben Ray")
    await _send(world, ada, [courier.at(37.770, -122.42, 30)])
    await _send(world, ben, [courier.at(37.775, -122.41, 30)])
    await page.goto("/console/tracking")
    marker = page.locator(".hy-icon", has=page.locator(".hy-label", has_text="Ada Young"))
    await expect(marker).to_be_visible()
    await expect(page.locator("#live")).to_have_text("Live")
    await page.wait_for_timeout(800)
    before = await marker.bounding_box()
    await _send(world, ada, [courier.at(37.7715, -122.418, 2)])
    assert before
    for _ in range(30):
        await page.wait_for_timeout(100)
        now = await marker.bounding_box()
        if now and abs(now["x"] - before["x"]) > 20:
            break
    else:
        pytest.fail("the marker stands still")


async def test_who_is_new_appears_and_who_works_is_counted(world: World, page: Page) -> None:
    await _send(world, courier.user(world), [courier.at(37.77, -122.42, 30)])
    await page.goto("/console/tracking")
    await expect(page.locator("#live")).to_have_text("Live")
    ben = await asyncio.to_thread(courier.user, world, "Ben Ray")
    await _send(world, ben, [courier.at(37.775, -122.41, 10)])
    await expect(page.locator(".person", has_text="Ben Ray")).to_be_visible()
    await expect(page.locator('[data-count=""]')).to_have_text("2")
    await asyncio.to_thread(lambda: courier.action(world, user_id=ben.id))
    await expect(page.locator('[data-count="active"]')).to_have_text("1")
    await page.locator("#filters label", has_text="At work").click()
    await expect(page.locator(".person")).to_have_text(["Ben Ray" + "Driving · just now"])
    assert page.url.endswith("status=active")


async def test_the_list_by_keyboard_and_what_it_tells(world: World, page: Page) -> None:
    north = courier.group(world, "North")
    ada, ben = courier.user(world, group_id=north.id), courier.user(world, "Ben Ray")
    for each in (ada, ben):
        await _send(world, each, [courier.at(37.77, -122.42, 30)])
    action = courier.action(world, user_id=ada.id)
    await page.goto("/console/tracking")
    await expect(page.locator(".person")).to_have_count(2)
    await page.keyboard.press("/")
    await page.keyboard.type("ada")
    await expect(page.locator(".person")).to_have_count(1)
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    panel = page.locator("#chosen")
    await expect(panel).to_contain_text("37.77000, -122.42000")
    await expect(panel).to_contain_text("North")
    await expect(panel.get_by_role("link", name="Delivery to Ferry Building")).to_have_attribute(
        "href", f"/console/tracking/actions/{action.id}"
    )
    await page.keyboard.press("Escape")
    await expect(panel).to_be_hidden()
    await page.goto(f"/console/tracking?group={north.id}")
    await expect(page.locator(".person")).to_have_count(1)
    await page.locator(".hy-icon", has_text="Ada Young").click()
    await panel.get_by_role("link", name="Their day").click()
    await expect(page.get_by_role("heading", name="Ada Young")).to_be_visible()


def _only(world: World) -> tracking.Fence:
    (fence,) = world.db.read_now(tracking.fences.page, world.by, Wanted()).rows
    return fence


async def test_a_circle_is_drawn_by_mouse_and_changed(world: World, page: Page) -> None:
    await _send(world, courier.user(world), [courier.at(37.77, -122.42, 30)])
    await page.goto("/console/tracking/fences/new")
    await page.get_by_role("button", name="Circle").click()
    await page.locator("#map").click(position={"x": 300, "y": 200})
    await expect(page.locator('[name="shape"]')).not_to_have_value("")
    await page.fill('[name="name"]', "Depot")
    await page.get_by_role("button", name="Create geofence").click()
    await expect(page.get_by_role("status").first).to_contain_text("is watched from now on")
    before = _only(world)
    assert before.radius
    await page.get_by_role("link", name="Depot").click()
    rim = page.get_by_label("Radius: arrow keys, plus and minus")
    box = await rim.bounding_box()
    assert box
    await page.mouse.move(box["x"] + 16, box["y"] + 16)
    await page.mouse.down()
    await page.mouse.move(box["x"] + 76, box["y"] + 16, steps=5)
    await page.mouse.up()
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("status").first).to_contain_text("Saved")
    after = _only(world)
    assert after.radius
    assert after.radius > before.radius


async def test_an_area_is_drawn_by_keyboard_alone(world: World, page: Page) -> None:
    await _send(world, courier.user(world), [courier.at(37.77, -122.42, 30)])
    await page.goto("/console/tracking/fences/new")
    await expect(page.get_by_role("button", name="Area with corners")).to_be_enabled()
    await page.get_by_role("button", name="Area with corners").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#map")).to_be_focused()
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft"):
        await page.keyboard.press("Enter")
        await page.keyboard.press(key)
        await page.wait_for_timeout(500)
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    await expect(page.locator('[name="shape"]')).not_to_have_value("")
    drawn = json.loads(await page.locator('[name="shape"]').input_value())
    assert drawn["type"] == "polygon"
    await page.fill('[name="name"]', "Town")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status").first).to_contain_text("is watched from now on")
    shape = _only(world).shape
    assert shape
    assert len(shape["coordinates"][0]) == len(drawn["points"]) + 1 == 5


async def test_a_place_is_put_on_the_map(world: World, page: Page) -> None:
    ada = courier.user(world)
    await _send(world, ada, [courier.at(37.77, -122.42, 30)])
    await page.goto(f"/console/tracking/actions/new?user={ada.id}")
    await expect(page.locator("#f-user_id")).to_have_value(ada.id)
    await expect(page.locator("#map.hy-map")).to_be_visible()
    await page.locator("#map").click(position={"x": 200, "y": 100})
    await expect(page.locator(".hy-place")).to_be_visible()
    await page.fill('[name="name"]', "Tea house")
    await page.get_by_role("button", name="Create action").click()
    await expect(page.get_by_role("heading", name="Delivery to Tea house")).to_be_visible()
    await expect(page.locator(".hy-place")).to_be_visible()
    await expect(page.locator(".facts-card")).to_contain_text("Ada Young")


async def test_a_days_line_and_its_list_light_each_other_up(world: World, page: Page) -> None:
    world.db.write_now(tracking.accounts.settle, world.by, timezone="Europe/Zagreb")
    ada = courier.user(world)
    start = clock.now() - clock.now() % DAY - DAY + 9 * HOUR
    first = drive(start, 900)
    still = stay(start + 900 * SECOND, 1800, first[-1].lat)
    await _send(world, ada, [*first, *still, *drive(start + 2700 * SECOND, 600, lat=first[-1].lat)])
    await page.goto(f"/console/tracking/users/{ada.id}?date={clock.text(start)[:10]}")
    parts = page.locator("#day li")
    await expect(parts).to_have_count(3)
    await expect(page.locator("path.hy-route[d]").first).to_be_attached()
    await parts.nth(0).hover()
    await expect(page.locator("path.day-lit")).to_be_attached()
    await expect(page.locator("svg.strip .is-lit")).to_have_count(1)
    await page.locator("h1").hover()
    await expect(page.locator("path.day-lit")).to_have_count(0)
    await parts.nth(1).get_by_role("link").focus()
    await expect(page.locator("path.day-ring")).to_be_attached()
    await page.locator(".map .day-stop").hover()
    await expect(parts.nth(1)).to_have_class("day-stop is-lit")
    await page.get_by_label("The day before").click()
    await expect(page.get_by_text("Nothing on this day")).to_be_visible()


@pytest.mark.parametrize("size", sorted(_SIZES))
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_nothing_runs_out_of_the_screen(world: World, page: Page, size: str, scheme: str) -> None:
    width, height = _SIZES[size]
    await page.set_viewport_size({"width": width, "height": height})
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    group = courier.group(world, "Northern and western depots of the greater region")
    ada = courier.user(world, "Adalbertina Featherstonehaugh-Cholmondeley", group_id=group.id)
    await _send(world, ada, [courier.at(37.77, -122.42, 60), courier.at(37.772, -122.42, 30)])
    action, fence = courier.action(world, user_id=ada.id), courier.fence(world)
    rooms = ("", "/users", "/groups", "/actions", "/fences", "/settings", f"/users/{ada.id}")
    more = (
        "/users/new",
        f"/groups/{group.id}",
        f"/actions/{action.id}",
        "/actions/new",
        f"/fences/{fence.id}",
    )
    for room in (*rooms, *more):
        await page.goto("/console/tracking" + room)
        await page.wait_for_timeout(150)
        found = await page.evaluate("document.documentElement.scrollWidth")
        assert found <= width, room
