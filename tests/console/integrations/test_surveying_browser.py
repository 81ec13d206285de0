"""Setting Azure up in a real browser: what there is to choose from comes into the form, and nothing typed is lost."""

import pytest
from playwright.async_api import Page, expect

from tests.console.integrations.conftest import Works
from tests.console.integrations.test_browser import HERE, shoot
from tests.console.integrations.test_surveying import ACME, APPLICATION, MAIN, SECRET, Azure
from tests.console.integrations.test_surveying import azure as azure
from tests.console.test_browser import page as page
from tests.make.clouds import PERSONS

pytestmark = pytest.mark.browser


@pytest.fixture
def world(works: Works, azure: Azure) -> object:
    """What the browser's page is about."""
    return works.place


async def test_what_somebody_has_comes_into_the_form_as_it_stands(page: Page) -> None:
    await page.goto(f"{HERE}/new/azure")
    await page.fill("#f-clientSecret", SECRET)
    await page.fill("#f-clientId", APPLICATION)
    await page.fill("#f-survey", "eyJ-unknown-one")
    await page.locator("#f-survey").press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("*** is not valid")
    await page.fill("#f-survey", PERSONS)
    await page.get_by_role("button", name="Show my tenants and subscriptions").click()
    await expect(page.get_by_role("status")).to_contain_text("2 tenants to choose from.")
    await expect(page.locator("#f-survey")).to_have_value("")
    await expect(page.locator("#f-clientSecret")).to_have_value(SECRET)
    await expect(page.locator("#f-subscriptionId")).to_have_value(MAIN)
    await page.get_by_label("Directory (tenant) id").select_option(value=ACME)
    await shoot(page, "choose")
    await page.set_viewport_size({"width": 360, "height": 800})
    wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0
    await shoot(page, "phone-choose")
    await page.get_by_role("button", name="Connect", exact=True).last.click()
    await expect(page.get_by_role("status")).to_contain_text("Microsoft Azure has let us in.")
