"""The owner watches a fleet: two cars on the console's live map, fed by phones through the server's own process."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from hyway.domain.tracking.earth.geodesy import metres
from hyway.domain.tracking.records import Location
from tests.journey.conftest import PASSWORD, People
from tests.journey.courier import Fleet, backwards, driven, fleet
from tests.journey.waiting import WATCH
from tests.make.days import recorded

pytestmark = pytest.mark.browser

DRIVE = recorded("around-visnjan-with-car")[5:57]


@pytest.fixture(scope="module")
def cars(
    chromium_path: str, tmp_path_factory: pytest.TempPathFactory, fresh_database: Callable[[], str | None]
) -> Iterator[Fleet]:
    with fleet(tmp_path_factory.mktemp("watched"), fresh_database()) as made:
        yield made


def _session(cars: Fleet) -> str:
    """The owner's, after the first sign-in."""
    said = dict(re.findall(r"(E-mail|Password):\s+(\S+)", cars.server.said))
    with httpx.Client(base_url=cars.url) as http:

        def send(path: str, **fields: str) -> None:
            found = re.search(r'name="csrf" value="([0-9a-f]+)"', http.get(path).text)
            assert found
            answer = http.post(path, data={"csrf": found[1], **fields})
            assert answer.status_code == 303, answer.text

        send("/console/sign-in", email=said["E-mail"], password=said["Password"])
        send("/console/password", old=said["Password"], password=PASSWORD, again=PASSWORD)
        return http.cookies["hyway_session"]


def _shows(page: Page, *fixes: Location) -> None:
    """As many markers as positions, each where it should be; they glide for a second."""

    def is_so() -> bool:
        at = page.evaluate("people()")
        near = [any(metres(lat, lon, fix.lat, fix.lon) < 2 for lat, lon in at) for fix in fixes]
        return len(at) == len(fixes) and all(near)

    for _ in range(200):
        if is_so():
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"markers at {page.evaluate('people()')}, phones at {fixes}")


@pytest.mark.timeout(300)
def test_the_owner_sees_the_fleet_move(cars: Fleet, people: People, tmp_path: Path) -> None:
    north = cars.give("groups/", {"name": "North"})
    ana = cars.phone("Ana Kovač", group_id=north["id"])
    bruno = cars.phone("Bruno Babić", vehicle_type="bicycle")
    page = people.visitor(viewport={"width": 1280, "height": 800})
    page.context.add_cookies([{"name": "hyway_session", "value": _session(cars), "url": cars.url}])
    page.add_init_script(WATCH)
    page.goto(cars.url + "/console/tracking")
    cars.clock.pages.append(page)
    there, back = driven(DRIVE, cars.clock.now()), driven(backwards(DRIVE), cars.clock.now())
    for phone in (ana, bruno):
        phone.begin()
    ana.send(there[:10])
    bruno.send([each for each in back if each.at <= there[9].at])
    _shows(page, there[9], [each for each in back if each.at <= there[9].at][-1])
    page.screenshot(path=tmp_path / "0-both.png")
    ana.send(there[10:30])
    ridden = [each for each in back if there[9].at < each.at <= there[29].at]
    bruno.send(ridden)
    _shows(page, there[29], ridden[-1])
    expect(page.locator("#people")).to_contain_text("Driving")
    page.locator("#people").get_by_role("button", name="Ana Kovač").click()
    expect(page.locator("#chosen")).to_contain_text("North")
    page.screenshot(path=tmp_path / "1-chosen.png")
    page.emulate_media(color_scheme="dark")
    page.screenshot(path=tmp_path / "2-dark.png")
    page.set_viewport_size({"width": 390, "height": 844})
    page.screenshot(path=tmp_path / "3-phone.png")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.goto(cars.url + f"/console/tracking?group={north['id']}")
    _shows(page, there[29])
    ana.send(there[30:35])
    bruno.send([each for each in back if there[29].at < each.at <= there[34].at])
    _shows(page, there[34])
    cars.clock.pages.clear()
