"""The form of a toggle in a real browser: without leaving the page, by keyboard, and on a phone."""

import os
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from hyway.domain import toggles
from tests.console.projects.conftest import Place
from tests.console.test_browser import page as page
from tests.console.toggles.conftest import CHECKOUT

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("HYWAY_TEST_PICTURES")


@pytest.fixture
def world(shop: Place) -> Place:
    """What the browser's page is about."""
    return shop


async def shoot(page: Page, name: str) -> None:
    """A picture, where somebody asked for pictures."""
    if PICTURES:
        await page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


async def test_targets_are_built_by_keyboard_and_tried_as_they_stand(shop: Place, page: Page) -> None:
    await page.goto(CHECKOUT + "/edit")
    await page.fill("#x-key", "somebody")
    await page.locator("[name='x.name']").fill("plan")
    await page.locator("[name='x.value']").fill("gold")
    verdict = page.locator("[data-tried] .verdict")
    await expect(verdict).to_contain_text("Would see:")
    await page.get_by_role("button", name="Another target").focus()
    await page.keyboard.press("Enter")
    subject = page.locator("[name='t3.subject']")
    await expect(subject).to_be_focused()
    await subject.select_option("custom")
    await page.keyboard.press("Tab")
    await expect(page.locator("[name='t3.name']")).to_be_focused()
    await page.keyboard.type("plan")
    await page.locator("[name='t3.value']").fill("gold")
    for place in (3, 2, 1):
        await page.get_by_role("button", name=f"Target {place + 1}: earlier").press("Enter")
        await expect(page.locator(f"[name='t{place - 1}.name']").first).to_have_value("plan")
        way = "earlier" if place > 1 else "later"
        await expect(page.get_by_role("button", name=f"Target {place}: {way}")).to_be_focused()
    await expect(verdict).to_have_text("Would see: true, because target 1.")
    await shoot(page, "toggle-form")
    # Enter in a field saves; it presses none of the form's other buttons.
    await page.locator("#f-description").press("Enter")
    await expect(page.get_by_role("status")).to_contain_text("Saved.")
    made = shop.db.read_now(toggles.find, shop.by(), "shop", "new-checkout")
    assert len(made.targets) == 4
    assert made.targets[0].logic == '{"==": [{"var": "customAttributes.plan"}, "gold"]}'
    await page.locator(".past").get_by_role("button", name="Bring back").press("Enter")
    await expect(page.get_by_role("status")).to_contain_text("as it was in version 1")
    await shoot(page, "toggle")


async def test_rows_and_json_change_places_and_say_what_is_wrong(page: Page) -> None:
    await page.goto(CHECKOUT + "/edit")
    first = page.locator("fieldset.target").first
    await first.get_by_role("button", name="Write as JSON").click()
    logic = page.locator("textarea[name='t0.logic']")
    await expect(logic).to_have_value('{"segment": "beta"}')
    await logic.fill('{"map": [[1], 2]}')
    await first.get_by_role("button", name="Back to rows").click()
    await expect(first.locator(".wrong")).to_contain_text("it stays JSON")
    await logic.fill('{"and": [{"segment": "beta"}, {"rollout": [5]}]}')
    await first.get_by_role("button", name="Back to rows").click()
    await expect(page.locator("[name='t0.subject']")).to_have_count(2)
    await expect(page.locator("[name='t0.segment']").first).to_be_visible()
    await expect(page.locator("[name='t0.operator']").first).to_be_hidden()
    await page.locator("[name='t0.value']").last.fill("many")
    await first.get_by_role("button", name="Write as JSON").click()
    await expect(first.locator(".wrong")).to_have_text("Is no percentage from 0 to 100.")


async def test_another_type_has_other_fields_and_keeps_what_was_typed(page: Page) -> None:
    await page.goto("/console/toggles/new")
    await page.fill("#f-key", "limit-of-all")
    await page.get_by_label("Number").check()
    await expect(page.locator("input[name='defaultValue']")).to_be_visible()
    await expect(page.locator("#f-key")).to_have_value("limit-of-all")
    await page.fill("#f-defaultValue", "7")
    await page.get_by_role("button", name="Create toggle").click()
    await expect(page.get_by_role("heading", name="limit-of-all")).to_be_visible()


async def test_a_phone_shows_all_of_it(shop: Place, page: Page) -> None:
    await page.set_viewport_size({"width": 390, "height": 844})
    key = f"/console/public-keys/{shop.ids['key']}"
    for path in ("/console/toggles", CHECKOUT, CHECKOUT + "/edit", "/console/segments/shop/beta/edit", key):
        await page.goto(path)
        wide = await page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, path
        await shoot(page, "phone-" + path.replace("/", "-"))
