"""What those who wait see: their pages, read as a person reads them and as the map knows it."""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Page, expect

from hyway.domain.tracking.earth.geodesy import metres
from hyway.domain.tracking.records import Location
from tests.journey.conftest import People
from tests.journey.courier import Fleet

PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True,
}  # fmt: skip
Scheme = Literal["light", "dark"]
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"}
WATCH = """(() => {
  const real = Date.now, seen = new Set();
  let leaflet;
  window.ahead = 0;
  Date.now = () => real() + window.ahead;
  Object.defineProperty(window, 'L', { get: () => leaflet, set(made) {
    leaflet = made;
    for (const kind of [made.Marker, made.Path]) {
      const add = kind.prototype.onAdd;
      kind.prototype.onAdd = function (map) { seen.add(this); return add.call(this, map); };
    }
  } });
  window.people = () => [...seen].filter((each) => each._map && each.getElement()?.querySelector('.hy-user'))
    .map((each) => [each.getLatLng().lat, each.getLatLng().lng]);
  window.route = () => [...seen].filter((each) => each._map && each.options.className === 'hy-route')
    .flatMap((each) => each.getLatLngs().flat()).map(({ lat, lng }) => [lat, lng]);
  window.isInView = () => [...seen].filter((each) => each._map && each.getLatLng && each.getElement())
    .every((each) => each._map.getBounds().contains(each.getLatLng()));
})()"""
"""Put into a page before its own scripts: a clock that can be set forward; where the map's markers of people are;
the points of the way that is drawn; and whether all markers are in view."""


@dataclass
class Watching:
    """The pages of people who wait, and the pictures that are taken of them."""

    cars: Fleet
    people: People
    shots: Path
    taken: list[str] = field(default_factory=list)

    def open(self, action: dict[str, Any], **more: Any) -> Page:
        """The tracking link, opened by somebody who has never been here."""
        page = self.people.visitor(**{**PHONE, "timezone_id": "Europe/Zagreb", **more})
        page.add_init_script(WATCH)
        page.goto(action["tracking_url"])
        self.cars.clock.pages.append(page)
        return page

    def shoot(self, name: str, *pages: Page, both: bool = False) -> None:
        """Each page as it is; with `both`, in the other scheme, too."""
        for page in pages:
            size = "phone" if page.viewport_size == PHONE["viewport"] else "desk"
            dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
            mine: Scheme = "dark" if dark else "light"
            other: Scheme = "light" if dark else "dark"
            for scheme in (other, mine) if both else (mine,):
                page.emulate_media(color_scheme=scheme)
                page.screenshot(path=self.shots / f"{len(self.taken):02}-{name}-{size}-{scheme}.png")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        self.taken.append(name)


def marker(page: Page) -> tuple[float, float] | None:
    """Where on the earth the page's one marker of a person is."""
    found = page.evaluate("people()")
    assert len(found) <= 1, found
    return (found[0][0], found[0][1]) if found else None


def left_of(page: Page, goal: Location) -> float:
    """Metres from the marker to there."""
    at = marker(page)
    assert at is not None
    return metres(*at, goal.lat, goal.lon)


def reaches(page: Page, fix: Location) -> None:
    """The marker comes to where the phone is, gliding for a second, and the map shows it."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        at = marker(page)
        if at is not None and metres(*at, fix.lat, fix.lon) < 2 and page.evaluate("isInView()"):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"the marker is at {marker(page)}, the phone at {fix}")


def drawn(page: Page) -> list[tuple[float, float]]:
    """The points of the way on the map."""
    return [(lat, lon) for lat, lon in page.evaluate("route()")]


def covers(page: Page, way: Sequence[Location]) -> bool:
    """Whether the way on the map leads along all of these positions."""
    line = drawn(page)
    return all(min(metres(*at, fix.lat, fix.lon) for at in line) < 60 for fix in way)


def says(page: Page, headline: str, step: str | None = None) -> None:
    expect(page.locator("#headline")).to_have_text(re.compile(headline))
    if step is not None:
        expect(page.locator("[aria-current=step]")).to_have_text(step)
