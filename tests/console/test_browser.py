"""The console in a real browser: what the script does, under the strict content policy."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator

import pytest
from granian.constants import Interfaces
from granian.server.embed import Server
from playwright.async_api import ConsoleMessage, Page, async_playwright, expect

from hyway.domain import identity, links
from tests.console.conftest import PASSWORD, World

pytestmark = pytest.mark.browser


@pytest.fixture
async def page(world: World, chromium_path: str) -> AsyncIterator[Page]:
    """A page of the owner's browser, signed in; the test fails on any complaint of the browser."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Server(world.app, address="127.0.0.1", port=port, interface=Interfaces.ASGI, log_enabled=False)
    serving = asyncio.create_task(server.serve())
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        # The pictures of QR codes come from the redirect, which is not running here.
        if message.type in ("error", "warning") and "/qrcode" not in message.location["url"]:
            complaints.append(message.text)

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        context = await browser.new_context(base_url=f"http://127.0.0.1:{port}", timezone_id="Asia/Tokyo")
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
    server.stop()
    await serving
    assert complaints == []


async def test_a_click_appears_within_three_seconds(world: World, page: Page) -> None:
    link = world.link(title="Tea")
    await page.goto(f"/console/links/{link.id}")
    await expect(page.get_by_text("No clicks yet")).to_be_visible()
    click = await asyncio.to_thread(world.click, link)
    await expect(page.locator(f'[data-key="{click}"]')).to_be_visible(timeout=3_000)
    await expect(page.locator(".tile.k-clicks dd")).to_have_text("1", timeout=7_000)


async def test_deleting_asks_and_escape_says_no(world: World, page: Page) -> None:
    link = world.link(title="Tea")
    await page.goto(f"/console/links/{link.id}")
    await page.get_by_role("button", name="Delete").click()
    await expect(page.locator("#confirm")).to_contain_text("its numbers stay")
    await page.keyboard.press("Escape")
    await expect(page.locator("#confirm")).to_be_hidden()
    assert world.db.read_now(links.find, world.by, link.id)
    await page.get_by_role("button", name="Delete").click()
    await page.locator("#confirm-yes").click()
    await expect(page.get_by_role("status")).to_contain_text("is deleted")
    assert world.db.read_now(links.find, world.by, link.id) is None


async def test_the_keyboard_leads_around(world: World, page: Page) -> None:
    link = world.link(title="Tea")
    await page.keyboard.press("Tab")
    await expect(page.get_by_text("Skip to the content")).to_be_focused()
    await page.keyboard.press("g")
    await page.keyboard.press("l")
    await expect(page).to_have_url(re.compile("/console/links$"))
    await page.keyboard.press("/")
    await expect(page.get_by_role("searchbox")).to_be_focused()
    await page.keyboard.type("tea")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(r"q=tea"))
    await page.get_by_role("link", name="Tea").click()
    await page.get_by_role("button", name="QR").click()
    await expect(page.locator("#qr")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator("#qr")).to_be_hidden()
    await page.keyboard.press("e")
    await expect(page).to_have_url(re.compile(f"{link.id}/edit$"))


async def test_the_form_shows_where_visitors_arrive(page: Page) -> None:
    await page.goto("/console/links/new")
    await page.fill("#f-url", "https://example.com/a?x=1")
    await page.get_by_text("Campaign (UTM)").click()
    await page.fill("[name='utm.source']", "news letter")
    await page.fill("[name='utm.referral']", "ada")
    preview = page.locator("[data-preview]")
    await expect(preview).to_have_text("https://example.com/a?x=1&utm_source=news+letter&ref=ada")
    await page.get_by_text("Targeting").click()
    await page.get_by_role("button", name="Another country").click()
    await expect(page.locator(".geo-row")).to_have_count(2)
    await page.get_by_text("Access", exact=True).click()
    await expect(page.get_by_text("In your time zone, Asia/Tokyo.")).to_be_visible()


async def test_a_secret_is_copied_and_the_theme_kept(world: World, page: Page) -> None:
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await page.goto("/console/keys/new")
    await page.fill("#f-name", "Shop")
    await page.get_by_role("button", name="Create key").click()
    await page.locator(".secret").get_by_role("button").click()
    await expect(page.locator(".secret").get_by_role("button")).to_contain_text("Copied")
    secret = await page.locator(".secret code").inner_text()
    assert await page.evaluate("navigator.clipboard.readText()") == secret
    assert world.db.read_now(identity.keys, world.by)[0].hint == secret[-4:]
    await page.get_by_role("button", name="Dark").click()
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    await page.goto("/console")
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")


@pytest.mark.parametrize("width", [320, 375, 1280])
async def test_nothing_is_wider_than_the_screen(world: World, page: Page, width: int) -> None:
    link = world.link(title="A very long title " * 12, url="https://example.com/" + "long" * 200)
    world.sale(world.click(link))
    await page.set_viewport_size({"width": width, "height": 800})
    rooms = (
        "",
        "/links",
        f"/links/{link.id}",
        f"/links/{link.id}/edit",
        "/customers",
        "/log",
        "/keys/new",
        "/organization",
    )
    for room in rooms:
        await page.goto("/console" + room)
        over = await page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert over <= 0, room
    if width < 900:
        await page.locator(".menu-button").click()
        await expect(page.get_by_role("link", name="Partners")).to_be_visible()
