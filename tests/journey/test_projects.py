"""Somebody founds a project, lets others in, and a program pushes its .env file: in a browser, on a real server."""

import re
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.journey.conftest import Hyway, People
from tests.journey.probes import CONTRAST, SENSE

pytestmark = pytest.mark.browser

WIDTHS = (320, 1280)
SHOP, WEB = "/console/projects/shop", "/console/projects/shop/apps/web"
FILE: dict[str, str | int] = {
    "size": "19 bytes",
    "countVariables": 2,
    "data": "AAECAwQFBgcICQoLDA0OD3bIZNW5zB1r27HjMfDRJ2Xghuc=",
}
SIDEWAYS = "document.documentElement.scrollWidth - innerWidth"


def _founded(page: Page) -> None:
    page.goto("/console/projects")
    expect(page.get_by_text("No projects yet")).to_be_visible()
    page.locator("main").get_by_role("link", name="New project").first.click()
    page.get_by_label("Name").fill("Shop")
    expect(page.get_by_label("Alternate id")).to_have_value("shop")
    page.get_by_role("button", name="Create project").click()
    page.get_by_role("link", name="New app").click()
    page.get_by_label("Name").fill("Web")
    page.get_by_role("button", name="Create app").click()
    expect(page.get_by_role("heading", name="Web", exact=True)).to_be_visible()
    expect(page.get_by_text("nothing pushed yet")).to_have_count(3)


def _added(page: Page, email: str, first: str, last: str) -> None:
    page.goto("/console/people/new")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("First name").fill(first)
    page.get_by_label("Last name").fill(last)
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("heading", name=f"{first} {last}")).to_be_visible()


def _teamed(page: Page) -> None:
    """A team of whoever has an address of build.example, which is told while it is typed."""
    page.goto("/console/teams/new")
    page.get_by_label("Name").fill("Builders")
    page.get_by_label("Who fits").check()
    page.get_by_label("With what").fill("@build.example")
    expect(page.get_by_text("1 of 3 members")).to_be_visible()
    page.get_by_role("button", name="Another condition").click()
    page.get_by_label("What is looked at").nth(1).select_option("First name")
    page.get_by_label("How it is compared").nth(1).select_option("is")
    page.get_by_label("With what").nth(1).fill("Somebody else")
    expect(page.get_by_text("Nobody fits now")).to_be_visible()
    page.get_by_role("button", name="Drop this condition").nth(1).click()
    expect(page.get_by_text("1 of 3 members")).to_be_visible()
    page.get_by_role("button", name="Create team").click()
    expect(page.get_by_role("link", name="Ada Stein")).to_be_visible()


def _allowed(page: Page, who: str, label: str, role: str) -> None:
    """A role on the project, chosen in the table."""
    page.goto(f"/console/roles?who={who}")
    page.get_by_label(label).select_option(role)
    expect(page.get_by_role("status")).to_contain_text(f"is {role} on Shop.")
    expect(page.get_by_label(label)).to_have_value(f"Project{role}")


def _key(page: Page) -> str:
    page.goto("/console/api-keys/new")
    page.get_by_label("Name").fill("Build server")
    page.get_by_role("button", name="Create key").click()
    secret = page.locator(".secret code").inner_text()
    page.get_by_role("button", name="Copy").first.click()
    expect(page.get_by_text("Copied")).to_be_visible()
    page.get_by_role("link", name="I have it").click()
    expect(page.get_by_text(f"key_…{secret[-4:]}")).to_be_visible()
    return secret


def _push(hyway: Hyway, secret: str, version: int) -> None:
    headers = {"x-api-key": secret}
    with httpx.Client(base_url=hyway.url, headers=headers) as http:
        organization = http.get("/api/execution-context/").json()["member"]["organization"]["id"]
        vault = http.post(
            f"/{organization}/shop/key", json={"secret_key_id": 7, "secret_key": "c2VjcmV0LWtleQ=="}
        )
        assert vault.status_code in (200, 201), vault.text
        path = f"/api/organizations/{organization}/apps/web/dot-env/?secretKeyId=7&environmentId=production"
        answer = http.put(path, json={**FILE, "version": version, "secretKeyId": 7})
        assert answer.status_code == 201, answer.text


def _denied(page: Page) -> None:
    """Rules for addresses, tried before they are kept."""
    page.goto(WEB + "/access")
    page.get_by_text("Production", exact=True).first.click()
    group = page.get_by_role("group", name="Production")
    group.get_by_label("Network").fill("10.10.0.0/16")
    group.get_by_role("button", name="Another rule").click()
    group.get_by_label("Allow or deny").nth(1).select_option("Deny")
    group.get_by_label("Network").nth(1).fill("0.0.0.0/0")
    page.get_by_label("Address").fill("10.10.7.1")
    page.get_by_label("Environment", exact=True).select_option("Production")
    expect(page.get_by_text("10.10.7.1 would be let in")).to_be_visible()
    page.get_by_label("Address").fill("10.11.7.1")
    expect(page.get_by_text("10.11.7.1 would be refused")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("0.0.0.0/0")).to_be_visible()


@pytest.mark.timeout(300)
def test_a_project_its_people_and_its_file(
    hyway: Hyway, people: People, session_cookie: str, tmp_path: Path
) -> None:
    page = people.owner(hyway, session_cookie, permissions=["clipboard-read", "clipboard-write"])
    _founded(page)
    _added(page, "ada@build.example", "Ada", "Stein")
    _added(page, "bruno@shop.example", "Bruno", "Babić")
    _teamed(page)
    _allowed(page, "team", "Role of Builders on Shop", "Reader")
    secret = _key(page)
    _allowed(page, "api_key", "Role of Build server on Shop", "Contributor")
    _push(hyway, secret, 1)
    _push(hyway, secret, 2)
    page.goto(WEB)
    expect(page.get_by_text("version 2")).to_be_visible()
    page.get_by_role("link", name="Production").click()
    expect(page.get_by_text("pushed by Build server")).to_have_count(2)
    assert str(FILE["data"]) not in page.content()
    _denied(page)
    page.goto("/console/projects")
    page.get_by_role("button", name="Shop is a favorite").click()
    expect(page.get_by_role("heading", name="Favorites")).to_be_visible()
    _looked_at(hyway, people, session_cookie, tmp_path)


def _looked_at(hyway: Hyway, people: People, session: str, folder: Path) -> None:
    """Every page narrow and wide, light and dark: nothing lies beside the screen, all can be read."""
    wrong = {}
    for scheme in ("light", "dark"):
        for width in WIDTHS:
            page = people.owner(
                hyway,
                session,
                viewport={"width": width, "height": 800},
                color_scheme=scheme,
                reduced_motion="reduce",
            )
            for path in (
                *_pages(page),
                SHOP,
                WEB,
                WEB + "/envs/production",
                WEB + "/access",
                SHOP + "/vault",
            ):
                page.goto(path)
                name = re.sub(r"\W+", "-", path.removeprefix("/console/"))[:40]
                page.screenshot(path=folder / f"{name}-{width}-{scheme}.png", full_page=True)
                assert page.evaluate(SIDEWAYS) <= 0, (path, width)
                page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
                wrong[path, width, scheme] = page.evaluate(SENSE) + page.evaluate(CONTRAST)
            page.context.close()
    assert {at: each for at, each in wrong.items() if each} == {}


def _pages(page: Page) -> list[str]:
    """The rooms, and of what lists lead to one of each."""
    rooms = [
        "people",
        "people/new",
        "teams",
        "teams/new",
        "roles",
        "api-keys",
        "api-keys/new",
        "clients",
        "sessions",
    ]
    found = [f"/console/{room}" for room in (*rooms, "clients/new", "projects", "projects/new")]
    for room in ("people", "teams", "api-keys"):
        page.goto(f"/console/{room}")
        one = page.locator(f'a.row-title[href^="/console/{room}/"]').first.get_attribute("href")
        assert one
        found.append(one)
    return found


def test_groups_of_rooms_stay_as_they_were_left(hyway: Hyway, people: People, session_cookie: str) -> None:
    page = people.owner(hyway, session_cookie, viewport={"width": 320, "height": 700})
    page.goto("/console/projects")
    page.locator(".menu-button").click()
    rooms = page.get_by_role("navigation", name="Rooms")
    expect(rooms.get_by_role("link", name="Partners")).to_be_visible()
    expect(rooms.get_by_role("link", name="People")).to_be_hidden()
    rooms.get_by_text("Links", exact=True).first.click()
    rooms.get_by_text("Organization", exact=True).click()
    rooms.get_by_role("link", name="Tracking").click()
    page.locator(".menu-button").click()
    expect(rooms.get_by_role("link", name="Partners")).to_be_hidden()
    expect(rooms.get_by_role("link", name="People")).to_be_visible()
