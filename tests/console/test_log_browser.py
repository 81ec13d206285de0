"""The page of the event log in a real browser: by keyboard alone, and on a phone."""

import os
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from hyway.domain import links
from hyway.kernel.db import Ref
from tests.console.conftest import World
from tests.console.test_browser import page as page
from tests.domain.audit.logs import fact, tell

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("HYWAY_TEST_PICTURES")


async def shoot(page: Page, name: str) -> None:
    """A picture, where somebody asked for pictures."""
    if PICTURES:
        await page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


def live_through(world: World) -> None:
    app = Ref("App", "app_6a1b2c3d4e5f60718293a4b5", {"name": "Shop"})
    project = Ref("Project", "proj_6a1b2c3d4e5f60718293a4b5", {"name": "Store"})
    told = (
        fact(world.by, "app.created", "app", app.id, project, name="Shop", alternateId="shop"),
        fact(
            world.by,
            "dotenv.pushed",
            "dotenv",
            "denv_6a1b2c3d4e5f60718293a4b5",
            app,
            project,
            version="three",
        ),
        fact(world.by, "campaign.changed", "campaign", "Uk", changed=["brief", "name"]),
    )
    for each in told:
        world.db.write_now(tell, [each])
    names = (
        "Summer",
        "A name that is so long that it has to go on in the next line of a telephone",
        "Win" * 25,
    )
    for name in names:
        world.db.write_now(links.put_on_shelf, world.by, links.TAGS, [{"name": name}])


async def test_the_keyboard_searches_and_opens_details(world: World, page: Page) -> None:
    live_through(world)
    await page.goto("/console/log")
    await shoot(page, "log")
    about = page.get_by_label("About")
    await about.focus()
    await page.keyboard.type("app_6a1b2c3d4e5f60718293a4b5")
    await page.keyboard.press("Enter")
    await expect(page.locator("main .row-title")).to_have_text([".env file pushed", "App created"])
    details = page.locator("main details").first
    await details.locator("summary").focus()
    await page.keyboard.press("Enter")
    await expect(details.locator("dl")).to_contain_text("three")
    await shoot(page, "log-details")
    await page.keyboard.press("Tab")
    await expect(page.locator(":focus")).to_have_text("denv_6a1b2c3d4e5f60718293a4b5")
    await page.get_by_role("link", name="proj_6a1b2c3d4e5f60718293a4b5").first.press("Enter")
    await expect(about).to_have_value("proj_6a1b2c3d4e5f60718293a4b5")
    await page.get_by_label("Kind of event").select_option("APP")
    await expect(page.locator("main .row-title")).to_have_text(["App created"])


async def test_a_phone_shows_all_of_it(world: World, page: Page) -> None:
    live_through(world)
    await page.set_viewport_size({"width": 360, "height": 740})
    await page.goto("/console/log")
    await page.locator("main details summary").first.click()
    await shoot(page, "log-phone")
    wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0
    for summary in await page.locator("main details summary").all():
        box = await summary.bounding_box()
        assert box
        assert box["height"] >= 24
