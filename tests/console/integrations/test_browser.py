"""Integrations in a real browser: tried without leaving the page, seen to come, and on a phone."""

import asyncio
import os
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from hyway.domain import connections, links
from hyway.domain.connections import Resource
from tests.console.integrations.conftest import Works
from tests.console.test_browser import page as page
from tests.make.vendor import TOKEN

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("HYWAY_TEST_PICTURES")
HERE = "/console/integrations"


@pytest.fixture
def world(works: Works) -> object:
    """What the browser's page is about."""
    return works.place


async def shoot(page: Page, name: str) -> None:
    """A picture, where somebody asked for pictures."""
    if PICTURES:
        await page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


async def test_from_the_catalogue_to_what_is_connected(works: Works, page: Page) -> None:
    await page.goto(HERE)
    await shoot(page, "catalogue")
    await page.get_by_role("link", name="Workshop").click()
    await page.fill("#f-token", "wk_wrong")
    await page.get_by_role("button", name="Test").click()
    await expect(page.get_by_role("alert")).to_contain_text("is not known")
    await shoot(page, "set-up")
    await page.fill("#f-token", TOKEN)
    await expect(page.get_by_role("alert")).to_have_count(0)
    await page.get_by_role("button", name="Test").click()
    await expect(page.locator("[data-verdict]")).to_contain_text("lets us in")
    await expect(page.locator("#f-token")).to_have_value(TOKEN)
    await page.locator("#f-token").press("Enter")
    await expect(page.get_by_role("status")).to_contain_text("Workshop has let us in.")
    works.vendor.put("DistributionList", "Everybody")
    await page.get_by_role("link", name="Connect").first.click()
    await page.get_by_label("Of yours").select_option(label="Backend")
    await shoot(page, "connect")
    await page.get_by_role("button", name="Connect").click()
    await expect(page.locator(".state-line")).to_contain_text("Workshop is asked.")
    works.vendor.trouble.append("refuses")
    await asyncio.to_thread(works.work)
    await expect(page.get_by_role("alert")).to_contain_text("does not include this", timeout=15_000)
    await shoot(page, "failed")


async def test_things_are_brought_in_while_somebody_looks(works: Works, page: Page) -> None:
    of = await works.integrate()
    for number in range(5):
        works.vendor.put("GitRepository", f"acme/site-{number}")
    await page.goto(f"{HERE}/{of.id}/import?type=GitRepository")
    await page.get_by_text("All that are shown").click()
    await shoot(page, "import")
    await page.get_by_role("button", name="Import").click()
    await expect(page.locator(".imports")).to_contain_text("0 of 5")
    await asyncio.to_thread(works.work)
    await expect(page.locator(".imports")).to_contain_text("5 of 5", timeout=15_000)
    await shoot(page, "integration")


async def test_a_phone_shows_all_of_it(works: Works, page: Page) -> None:
    of, db, by = await works.integrate(), works.place.db, works.place.by()
    made = works.connect(of, "DistributionList", works.place.ids["team"], "a-very-long-name-" * 12)
    db.write_now(links.domains.create, by, links.NewDomain("go.north.example", None, None))
    db.write_now(
        connections.zones.take_in,
        by,
        connections.imports.Arrival(of, "DNSZone", Resource("Z1" * 100, "north.example")),
    )
    (zone,), _ = db.read_now(connections.zones.page, by)
    await asyncio.to_thread(works.work)
    await page.set_viewport_size({"width": 360, "height": 800})
    rooms = (
        HERE,
        f"{HERE}/new/badge",
        f"{HERE}/{of.id}",
        f"{HERE}/{of.id}/connect",
        f"{HERE}/{of.id}/connections/{made.id}",
        "/console/connections",
        "/console/zones",
        f"/console/zones/{zone.id}",
        "/console/accounts",
        "/console/packages",
    )
    for room in rooms:
        await page.goto(room)
        wide = await page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, room
        await shoot(page, "phone-" + room.rpartition("/")[2][:12])
