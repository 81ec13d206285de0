"""Domains, links under them, QR codes and usage in a real browser: by keyboard, and on a phone."""

import asyncio
import re

import pytest
from playwright.async_api import Page, expect

from hyway.domain import billing, links
from hyway.domain.billing import cycles
from hyway.domain.links import NewDomain, NewQr
from hyway.domain.links.records import Finding
from hyway.kernel import clock
from tests.console.conftest import World
from tests.console.test_browser import page as page

pytestmark = pytest.mark.browser
LONG = "links.a-rather-long-name-of-a-company-of-the-north.example"


def settle(world: World, of: links.Domain, proved: bool) -> None:
    said = f"_hyway.{of.domain} has no TXT record; {of.domain} has no CNAME record."
    world.db.write_now(links.domains.settle, world.by, of.seq, Finding(proved, None, said))


async def test_a_domain_from_its_form_to_its_first_link(world: World, page: Page) -> None:
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await page.get_by_role("link", name="Domains").click()
    await page.keyboard.press("c")
    await page.get_by_label("Domain", exact=True).fill("go.north.example")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="go.north.example", exact=True)).to_be_visible()
    of = world.db.read_now(links.domains.page, world.by)[0][0]
    await page.locator(".records li", has_text="TXT").get_by_role("button", name="Copy").last.click()
    assert await page.evaluate("navigator.clipboard.readText()") == of.challenge
    await asyncio.to_thread(settle, world, of, True)
    await expect(page.locator(".steps .is-done")).to_have_count(2, timeout=13_000)
    await page.get_by_role("link", name="Make one").click()
    await expect(page.get_by_label("Domain")).to_have_value(of.id)
    await page.fill("#f-url", "https://example.com/tea")
    await page.fill("#f-shortId", "tea")
    await page.get_by_role("button", name="Create link").click()
    await expect(page.locator(".share .short")).to_have_text(re.compile(r"^go\.north\.example(:\d+)?/tea$"))
    await page.goto("/console/links")
    await page.get_by_label("Domain").select_option(label="go.north.example")
    await expect(page).to_have_url(re.compile(f"domain={of.id}"))
    await expect(page.locator("main .row-item")).to_have_count(1)


async def test_a_code_is_drawn_in_two_colours(world: World, page: Page) -> None:
    link = world.link(title="Tea")
    await page.goto(f"/console/links/{link.id}")
    await page.get_by_role("button", name="QR").click()
    await page.get_by_role("link", name="With colours or a logo").click()
    await page.get_by_label("Title").fill("Poster")
    await page.get_by_label("Colour").fill("#0b756b")
    await page.get_by_role("button", name="Make QR code").click()
    picture = page.get_by_role("img", name="QR code Poster")
    await expect(picture).to_be_visible()
    assert await picture.evaluate("each => each.decode().then(() => each.naturalWidth)") == 512
    await page.get_by_role("button", name="Delete").click()
    await page.locator("#confirm-yes").click()
    await expect(picture).to_have_count(0)


@pytest.mark.parametrize("width", [320, 390, 1280])
async def test_nothing_is_wider_than_the_screen(world: World, page: Page, width: int) -> None:
    waiting = world.db.write_now(links.domains.create, world.by, NewDomain(LONG))
    settle(world, waiting, False)
    ready = world.db.write_now(
        links.domains.create, world.by, NewDomain("go.north.example", None, f"https://{LONG}/of/{{code}}")
    )
    settle(world, ready, True)
    link = world.link(title="A title that goes on and on " * 5, domain=ready.seq, short_id="x" * 60)
    short = links.hosting.address(link, "http://go.example")
    drawn = links.kept_qr.drawn(short, NewQr("A title that goes on " * 5))
    world.db.write_now(links.kept_qr.keep, world.by, links.short_codes.wire_id(link), drawn)
    today = cycles.day(clock.now())
    world.db.write_now(
        billing.meters.add, [(world.by.organization, "toggle.evaluations", today, 123_456_789_012)]
    )
    await page.set_viewport_size({"width": width, "height": 800})
    one = f"/domains/{waiting.id}"
    rooms = (
        "/domains", "/domains/new", one, f"/domains/{ready.id}", "/links", f"/links/{link.id}",
        f"/links/{link.id}/qr", "/links/new", "/usage",
    )  # fmt: skip
    for room in rooms:
        await page.goto("/console" + room)
        over = await page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert over <= 0, room
