"""The pages of creators in a real browser, under the strict content policy: editor, pictures, keys, widths, waking."""

import asyncio
import io
import json
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from granian.constants import Interfaces
from granian.server.embed import Server
from PIL import Image
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, async_playwright, expect

from hyway.domain import creators, identity
from hyway.edge.attachments import Attachments
from hyway.kernel import sqid
from hyway.kernel.blobs import Blobs
from tests.console.conftest import PASSWORD
from tests.console.market import making
from tests.console.market.conftest import Market, opened

pytestmark = pytest.mark.browser


@dataclass
class Shown:
    """A market that listens, and a browser; complaints of any page fail the test."""

    market: Market
    home: str
    browser: Browser
    complaints: list[str]

    async def context(self, **more: Any) -> BrowserContext:
        return await self.browser.new_context(base_url=self.home, timezone_id="Europe/Berlin", **more)

    async def page(self, name: str | None, context: BrowserContext | None = None) -> Page:
        """Signed in as that person."""
        made = await (context or await self.context()).new_page()

        def hear(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning"):
                self.complaints.append(message.text)

        made.on("console", hear)
        made.on("pageerror", lambda error: self.complaints.append(str(error)))
        if name is not None:
            await made.goto("/console/sign-in")
            await made.fill("#email", f"{name}@example.com")
            await made.fill("#password", PASSWORD)
            await made.press("#password", "Enter")
            await made.wait_for_url(re.compile("/(me|console)$"))
        return made


@pytest.fixture
async def shown(database_url: str, tmp_path: Path, chromium_path: str) -> AsyncIterator[Shown]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home, complaints = f"http://127.0.0.1:{port}", list[str]()
    async with (
        opened(database_url, tmp_path, home) as market,
        _served(market, tmp_path, port),
        async_playwright() as playwright,
    ):
        market.db.write_now(identity.organizations.change, market.by(), {"privacy_setting": "public"})
        browser = await playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        yield Shown(market, home, browser, complaints)
        await browser.close()
    assert complaints == []


@asynccontextmanager
async def _served(market: Market, tmp_path: Path, port: int) -> AsyncIterator[None]:
    attachments = Attachments(market.db, Blobs(tmp_path / "blobs"))

    async def front(scope: Any, receive: Any, send: Any) -> None:
        is_picture = scope["type"] == "http" and scope["path"].startswith("/rails/")
        await (attachments if is_picture else market.app)(scope, receive, send)

    server = Server(front, address="127.0.0.1", port=port, interface=Interfaces.ASGI, log_enabled=False)
    serving = asyncio.create_task(server.serve())
    yield
    server.stop()
    await serving


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (640, 360), (30, 90, 160)).save(out, "PNG")
    return out.getvalue()


async def test_a_campaign_is_written_with_editor_picture_and_countries(shown: Shown) -> None:
    market, page = shown.market, await shown.page("owner")
    await page.goto(market.base + "/campaigns/new")
    await page.fill("#f-name", "Summer teas")
    await page.fill("#f-website", "https://shop.example/tea")
    editor = page.get_by_role("textbox", name="Brief")
    await expect(page.locator("#f-brief")).to_be_hidden()
    await editor.click()
    await page.keyboard.type("Show it. ")
    await page.keyboard.press("Control+b")
    await page.keyboard.type("Slowly.")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="List", exact=True).click()
    await page.keyboard.type("In your kitchen")
    await editor.evaluate(
        """(page) => {
            const data = new DataTransfer();
            data.setData("text/html", "<img src=x onerror=alert(1)><b style='color:red'>pasted</b>");
            data.setData("text/plain", " (pasted)");
            page.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }"""
    )
    await page.set_input_files("#f-banner", {"name": "b.png", "mimeType": "image/png", "buffer": png()})
    await expect(page.locator(".picture canvas")).to_be_visible()
    await page.get_by_text("YouTube", exact=True).click()
    await page.get_by_placeholder("Find a country").fill("germ")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("2 chosen")).to_be_visible()
    await page.select_option("#f-currency", "eur")
    await expect(page.locator("[data-currency]").first).to_have_text("EUR")
    await page.fill("#f-cpm_amount", "5,50")
    await page.get_by_role("button", name="Save draft").click()
    await expect(page.get_by_role("status")).to_contain_text("The draft is there")
    await expect(page.locator(".programme-head img")).to_be_visible()
    assert await page.locator(".programme-head img").evaluate("(image) => image.naturalWidth") == 640
    (made,), _ = market.db.read_now(creators.campaigns.page, market.by())
    it = market.db.read_now(creators.campaigns.find, market.by(), made.seq)
    assert it.brief == "<p>Show it. <b>Slowly.</b></p><ul><li><b>In your kitchen (pasted)</b></li></ul>"
    assert (it.cpm_amount, set(it.countries), it.platform_ids) == (550, {"DE", "US"}, ("youtube",))


async def test_without_scripts_everything_is_said_by_forms(shown: Shown) -> None:
    market = shown.market
    page = await shown.page("owner", await shown.context(java_script_enabled=False))
    await page.goto(market.base + "/campaigns/new")
    await page.fill("#f-name", "Plain")
    await page.fill("#f-website", "https://shop.example/tea")
    await page.fill("#f-brief", "<p>By hand</p><script>alert(1)</script>")
    await page.get_by_text("TikTok", exact=True).click()
    await page.fill("#f-cpm_amount", "5")
    await page.get_by_role("button", name="Save draft").click()
    await page.fill("#f-amount", "100")
    await page.get_by_role("button", name="Fund").click()
    await page.get_by_role("button", name="Publish").click()
    await expect(page.get_by_text("Active")).to_be_visible()
    await page.get_by_role("button", name="Finish").click()
    await expect(page.get_by_text("Finish “Plain”?")).to_be_visible()
    await page.get_by_role("button", name="Finish campaign").click()
    await expect(page.get_by_text("Finished", exact=True)).to_be_visible()


async def test_the_queue_goes_by_keys(shown: Shown) -> None:
    market = shown.market
    of = making.campaign(market)
    making.account(market)
    making.application(market, of)
    first, second = making.post(market, of), making.post(market, of, "abcdefghijk")
    page = await shown.page("owner")
    await page.goto(market.base + "/submissions")
    await page.keyboard.press("j")
    await expect(page.locator(".item").first).to_be_focused()
    await page.keyboard.press("a")
    await expect(page.get_by_role("status")).to_contain_text("Approved")
    assert (
        market.db.read_now(creators.campaigns.submissions.find, market.by(), first.seq).status == "approved"
    )
    await page.keyboard.press("j")
    await page.keyboard.press("x")
    await expect(page.get_by_label("Why")).to_be_focused()
    await page.get_by_label("Why").select_option("other")
    await page.get_by_role("button", name="Do it").click()
    await expect(page.get_by_text("Nothing waits for you")).to_be_visible()
    turned = market.db.read_now(creators.campaigns.submissions.find, market.by(), second.seq)
    assert (turned.status, turned.reason) == ("rejected", "other")
    await page.keyboard.press("g")
    await page.keyboard.press("m")
    await expect(page).to_have_url(re.compile("/money$"))


async def test_a_message_appears_while_the_other_side_looks(shown: Shown) -> None:
    market = shown.market
    of = making.campaign(market)
    making.account(market)
    making.application(market, of)
    made = making.post(market, of)
    page = await shown.page("creator")
    await page.goto(making.paths(market, made).mine)
    await expect(page.get_by_text("Nothing has been said yet.")).to_be_visible()
    say = creators.collabs.chat.say
    await asyncio.to_thread(market.db.write_now, say, market.by(), "campaign", made.seq, "Hello <i>there</i>")
    await expect(page.get_by_text("Hello <i>there</i>")).to_be_visible(timeout=8_000)
    await page.fill("#text", "Hi!")
    await page.get_by_role("button", name="Send").click()
    await expect(page.locator(".talk .own")).to_contain_text("Hi!")


async def test_a_browser_is_woken_and_leads_to_the_page(shown: Shown) -> None:
    context = await shown.context()
    await context.grant_permissions(["notifications"])
    page = await shown.page("creator", context)
    devtools = await context.new_cdp_session(page)
    registered: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def hear(told: dict[str, Any]) -> None:
        for each in told["versions"]:
            if each["status"] == "activated" and not registered.done():
                registered.set_result(each["registrationId"])

    devtools.on("ServiceWorker.workerVersionUpdated", hear)
    await devtools.send("ServiceWorker.enable")
    await page.goto("/me/notification_settings")
    await expect(page.get_by_role("button", name="Wake this browser")).to_be_visible()
    await expect(page.get_by_role("button", name="Let it sleep")).to_be_hidden()
    registration = await asyncio.wait_for(registered, 10)
    message = {
        "title": "You are in",
        "body": "Summer teas",
        "url": shown.home + "/me/applications",
        "tag": "one",
    }
    told = {"origin": shown.home, "registrationId": registration, "data": json.dumps(message)}
    find = """async () => {
        const [worker] = await navigator.serviceWorker.getRegistrations();
        return (await worker.getNotifications()).map((each) => [each.title, each.body, each.data.url]);
    }"""
    found: list[list[str]] = []
    for turn in range(200):
        # A busy browser may drop what comes while its worker is still being stored; the tag keeps a second one from
        # standing beside the first.
        if turn % 20 == 0:
            await devtools.send("ServiceWorker.deliverPushMessage", told)
        found = await page.evaluate(find)
        if found:
            break
        await asyncio.sleep(0.1)
    assert found == [["You are in", "Summer teas", shown.home + "/me/applications"]]


def _pages(market: Market) -> dict[str, list[str]]:
    """Every kind of page, by whose it is."""
    of, collab = (
        making.campaign(market, name="A name as long as somebody would type " * 3),
        making.collab(market),
    )
    making.account(market)
    making.application(market, of)
    post, work = making.post(market, of), making.work(market, collab)
    market.db.write_now(creators.collabs.work.accept, market.by(), work.seq)
    ours, theirs = making.paths(market, post), making.paths(market, work)
    base = market.base
    lists = (
        "",
        "/campaigns",
        "/campaigns/new",
        "/collabs",
        "/collabs/new",
        "/applications",
        "/submissions",
        "/money",
    )
    programme = f"{base}/campaigns/{sqid.text(of.seq)}"
    return {
        "owner": [
            *(base + each for each in (*lists, "/submissions?kind=collab", "/members", "/join_requests", "/edit")),
            programme, programme + "/edit", ours.theirs, theirs.theirs, "/organizations", "/console",
        ],
        "creator": [
            "/me", "/me/applications", "/me/submissions", ours.mine, theirs.mine, "/me/earnings", "/me/address",
            "/me/social_accounts", "/me/notifications", "/me/notification_settings", "/me/access_tokens/new",
            "/mailbox", "/board", f"/board/campaigns/{sqid.text(of.seq)}",
        ],
    }  # fmt: skip


@pytest.mark.one_engine  # of what the browser makes of pages, which are the same on every engine
@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (768, "light"), (1280, "light")])
async def test_no_page_is_wider_than_its_window(shown: Shown, width: int, scheme: Any) -> None:
    wide = []
    for name, paths in _pages(shown.market).items():
        page = await shown.page(
            name, await shown.context(viewport={"width": width, "height": 800}, color_scheme=scheme)
        )
        for path in paths:
            answer = await page.goto(path)
            assert answer is not None
            assert answer.status == 200, path
            over = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            if await page.evaluate(over) > 0:
                wide.append(path)
    assert wide == []


async def test_the_menu_of_a_phone_leads_to_either_side(shown: Shown) -> None:
    market = shown.market
    page = await shown.page("owner", await shown.context(viewport={"width": 360, "height": 740}))
    await page.goto(market.base)
    await expect(page.get_by_role("link", name="Campaigns", exact=True)).to_be_hidden()
    await page.locator(".menu-button").click()
    await page.locator("summary", has_text="Northwind").click()
    await page.get_by_role("link", name="Owner, yourself").click()
    await expect(page).to_have_url(re.compile("/me$"))
    await page.locator(".menu-button").click()
    await page.locator("summary", has_text="yourself").click()
    await page.get_by_role("link", name="Northwind").click()
    await expect(page.get_by_role("heading", name="Northwind")).to_be_visible()
