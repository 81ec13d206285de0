"""Billing's pages in a real browser: a card that is entered at Stripe, and every form, by mouse and by keyboard, on a
desk and on a phone."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from granian.constants import Interfaces
from granian.server.embed import Server
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright, expect

from hyway import console
from hyway.domain import billing
from hyway.kernel import clock
from hyway.kernel.clock import DAY
from hyway.kernel.db import Write
from hyway.kernel.outgoing import Outgoing
from tests.console.conftest import PASSWORD, World
from tests.console.test_billing_sheet import account
from tests.make import localstripe
from tests.make.checkout import ASKS
from tests.make.localstripe import VISA, Local

pytestmark = pytest.mark.browser
PAGE = "/console/billing"


@dataclass
class Desk:
    """The owner's browser; `local` is Stripe."""

    world: World
    local: Local
    browser: Browser
    base: str
    page: Page
    complaints: list[str] = field(default_factory=list)

    def hear(self, message: ConsoleMessage) -> None:
        # A form that is not right yet is answered with 422, which browsers note down; and localstripe has no icon.
        is_ours = not message.location["url"].startswith(self.local.url)
        if message.type in ("error", "warning") and "422" not in message.text and is_ours:
            self.complaints.append(message.text)

    @property
    def methods(self) -> list[billing.Method]:
        return self.world.db.read_now(billing.paying.of, account(self.world))

    async def said(self, text: str) -> None:
        await expect(self.page.get_by_role("status")).to_contain_text(text)

    async def agree(self) -> None:
        """Says yes to the question that goes before."""
        await self.page.locator("#confirm-yes").click()


async def _desk(world: World, chromium_path: str, services: list[str]) -> AsyncIterator[Desk]:
    local = localstripe.serving()
    local.forget()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{free.getsockname()[1]}"
    named = dict.fromkeys(services, local.address)
    app = console.app(world.db, public_url=base, outgoing=Outgoing(lambda _: True), services=named)
    port = int(base.rpartition(":")[2])
    server = Server(app, address="127.0.0.1", port=port, interface=Interfaces.ASGI, log_enabled=False)
    serving = asyncio.create_task(server.serve())
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        context = await browser.new_context(base_url=base)
        page = await context.new_page()
        made = Desk(world, local, browser, base, page)
        page.on("console", made.hear)
        page.on("pageerror", lambda error: made.complaints.append(str(error)))
        await page.goto("/console/sign-in")
        await page.fill("#email", "owner@north.example")
        await page.fill("#password", PASSWORD)
        await page.press("#password", "Enter")
        await expect(page.get_by_role("heading", name="Overview")).to_be_visible()
        yield made
        await browser.close()
    server.stop()
    await serving
    local.forget()
    assert made.complaints == []


@pytest.fixture
async def desk(world: World, chromium_path: str) -> AsyncIterator[Desk]:
    """Whoever runs the server is paid by other means."""
    async for made in _desk(world, chromium_path, []):
        yield made


@pytest.fixture
async def at_stripe(world: World, chromium_path: str) -> AsyncIterator[Desk]:
    async for made in _desk(world, chromium_path, ["stripe", "billing"]):
        yield made


async def test_a_card_is_entered_at_stripe(at_stripe: Desk) -> None:
    """There and back under the strict content policy; turned back from, then entered, then one whose bank asks."""
    page = at_stripe.page
    await page.goto(PAGE)
    await page.get_by_role("button", name="Add a card").click()
    await expect(page.get_by_role("heading", name="Save your card")).to_be_visible()
    await page.get_by_role("link", name="Back").click()
    await at_stripe.said("No card was added.")
    await page.get_by_role("button", name="Add a card").focus()
    await page.keyboard.press("Enter")
    await page.get_by_label("Card number").fill(VISA)
    await page.keyboard.press("Enter")
    await at_stripe.said("Visa ending in 4242 is a way to pay now.")
    assert [each.is_default for each in at_stripe.methods] == [True]
    entered = page.url
    await page.get_by_role("button", name="Add a card").click()
    await page.get_by_label("Card number").fill(ASKS)
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="It is me").click()
    await at_stripe.said("ending in 3155 is a way to pay now.")
    await page.goto(entered)
    assert len(at_stripe.methods) == 2
    assert len(at_stripe.local.everything("customer")) == 1


async def test_ways_to_pay_by_keyboard(desk: Desk) -> None:
    page = desk.page
    await page.goto(PAGE)
    await page.get_by_role("button", name="Add bank transfer").press("Enter")
    await desk.said("There is one more way to pay.")
    await page.locator("summary", has_text="Add a card").press("Enter")
    await page.get_by_label("Brand").select_option("Mastercard")
    await page.get_by_label("Last four digits").fill("1881")
    await page.get_by_label("Good until").fill("2035-12")
    await page.get_by_label("Good until").press("Enter")
    await desk.said("There is one more way to pay.")
    await expect(page.get_by_role("button", name=re.compile("Remove: Bank"))).to_have_count(0)
    await page.get_by_role("button", name="Make default: Mastercard ending in 1881").press("Enter")
    await desk.said("Invoices are paid that way from now on.")
    await page.get_by_role("button", name="Remove: Bank transfer").press("Enter")
    await expect(page.locator("#confirm")).to_contain_text("Remove Bank transfer?")
    await page.keyboard.press("Escape")
    assert len(desk.methods) == 2
    await page.get_by_role("button", name="Remove: Bank transfer").press("Enter")
    await desk.agree()
    await desk.said("It is gone.")
    assert [each.last4 for each in desk.methods] == ["1881"]


async def test_plan_status_owners_and_who_pays(desk: Desk) -> None:
    page, db = desk.page, desk.world.db
    db.write_now(billing.promos.create, "WELCOME", points=1_000)
    await page.goto(PAGE)
    await page.get_by_role("button", name="Choose Pro").click()
    await desk.agree()
    await desk.said("The plan is Pro now.")
    await page.get_by_role("button", name="Pause subscription").click()
    await desk.agree()
    await desk.said("The subscription is paused now.")
    await page.get_by_role("button", name="Resume subscription").click()
    await desk.agree()
    await desk.said("The subscription is active now.")
    await page.get_by_label("E-mail address of a new owner").fill("member@north.example")
    await page.keyboard.press("Enter")
    await desk.said("Member is an owner of the account now.")
    await page.get_by_role("button", name="Remove: Member").click()
    await desk.agree()
    await desk.said("They own the account no more.")
    await expect(page.get_by_label("E-mail", exact=True)).to_have_value("owner@north.example")
    await page.get_by_label("Country").fill("Germany")
    await page.get_by_label("Promo codes").fill("welcome")
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator("#wrong-country")).to_have_text("Two letters, such as DE.")
    await expect(page.get_by_label("Promo codes")).to_have_value("welcome")
    await page.get_by_label("Country").fill("de")
    await page.get_by_label("Country").press("Enter")
    await desk.said("Saved.")
    await expect(page.get_by_text("Promo code WELCOME")).to_be_visible()


def months(world: World, how_many: int) -> None:
    """An invoice of each, the oldest of them unpaid."""

    def close(w: Write) -> None:
        of = billing.accounts.of(w, world.by.organization)
        billing.subscriptions.put(w, world.by, of, "pro")
        for month in range(how_many):
            made = billing.closing.close(w, of.seq, clock.now() + (40 + 31 * month) * DAY)
            assert made is not None
            billing.invoices.draft(w, made.seq, clock.now() - (30 if month == 0 else 0) * DAY)
            billing.invoices.issued(w, made.seq, billing.payments.Issued(made.provider_id))

    world.db.write_now(close)


@pytest.mark.parametrize(("width", "theme"), [(320, "dark"), (1280, "light")])
async def test_invoices_are_leafed_through(desk: Desk, width: int, theme: str) -> None:
    months(desk.world, 14)
    await desk.page.set_viewport_size({"width": width, "height": 720})
    await desk.page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    await desk.page.goto(PAGE)
    alert = desk.page.get_by_role("alert")
    await expect(alert).to_contain_text("was due on")
    rows = desk.page.locator("section[aria-labelledby=invoices] li")
    await expect(rows).to_have_count(12)
    assert await desk.page.evaluate("document.documentElement.scrollWidth") <= width
    await desk.page.get_by_role("link", name="Older").press("Enter")
    await expect(desk.page).to_have_url(re.compile(r"page=2#invoices$"))
    await expect(rows).to_have_count(2)
    await expect(rows.last).to_contain_text("Overdue")
    await desk.page.get_by_role("link", name="Newer").click()
    await expect(rows).to_have_count(12)
    await alert.get_by_role("link").first.click()
    await expect(desk.page.get_by_role("heading", name=re.compile("^Invoice "))).to_be_visible()
