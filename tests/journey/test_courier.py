"""A customer follows a courier: a recorded drive is sent as a phone sends it, and real browsers look on.

Between the two are the server's own process, its database, its streams and its webhooks; one of the tests kills it on
the way.
"""

import hashlib
import hmac
import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from hyway.domain.tracking.earth.geodesy import metres
from hyway.domain.tracking.records import Location
from hyway.kernel import clock
from hyway.kernel.clock import MINUTE
from tests.journey.conftest import People
from tests.journey.courier import Fleet, Phone, backwards, driven, fleet, moving_length, parked
from tests.journey.waiting import DESK, Watching, covers, drawn, left_of, marker, reaches, says
from tests.make.days import recorded
from tests.make.receiver import Received, Receiver, receiving

pytestmark = pytest.mark.browser

DRIVE = recorded("around-visnjan-with-car")
GIVEN, STARTED, HALFWAY, LOST, FOUND, NEAR = 31, 33, 46, 50, 54, 73
"""Where the order is given and begun, the customer looks anew, the server dies and is back, the car pauses."""


@pytest.fixture(scope="module")
def cars(
    chromium_path: str, tmp_path_factory: pytest.TempPathFactory, fresh_database: Callable[[], str | None]
) -> Iterator[Fleet]:
    """A server of these tests' own, whose clock they set."""
    with fleet(tmp_path_factory.mktemp("cars"), fresh_database()) as made:
        yield made


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


@pytest.fixture
def watching(cars: Fleet, people: People, tmp_path: Path) -> Iterator[Watching]:
    yield Watching(cars, people, tmp_path)
    cars.clock.pages.clear()


def place(fix: Location, name: str) -> dict[str, Any]:
    point = {"type": "Point", "coordinates": [fix.lon, fix.lat]}
    return {"name": name, "address": "Trg slobode 1, Višnjan", "location": point, "radius": 50}


def frames(url: str) -> list[tuple[str, dict[str, Any]]]:
    """What a stream says until it ends by itself."""
    text = httpx.get(url, timeout=10).text
    return [(name, json.loads(data)) for name, data in re.findall(r"event: (\w+)\ndata: (.*)\n", text)]


def stream_of(fleet_of: Fleet, action: dict[str, Any]) -> str:
    return f"{fleet_of.url}/api/v1/stream/track/{action['short_code']}/"


@pytest.mark.timeout(300)
def test_a_customer_follows_a_courier_to_the_door(
    cars: Fleet, watching: Watching, receiver: Receiver, people: People
) -> None:
    hook = cars.give("webhooks/", {"url": receiver.url + "/events"})
    ana = cars.phone("Ana Kovač", lookup_id="car-7")
    goal = DRIVE[-1]
    order = cars.give(
        "actions/", {"type": "delivery", "expected_place": place(goal, "Kod Tone"), "lookup_id": "order-1"}
    )
    page, desk = watching.open(order), watching.open(order, **DESK)
    for each in (page, desk):
        says(each, "^Getting ready$")
        assert marker(each) is None
    watching.shoot("created", page, desk)

    ana.begin()
    way = driven(DRIVE, cars.clock.now())
    ana.send(way[:GIVEN])
    assert marker(page) is None  # who may yet get the order is nobody's business
    cars.give(f"users/{ana.user}/assign_actions/", {"action_ids": [order["id"]]})
    expect(page.locator("#name")).to_have_text("Ana")
    reaches(page, way[GIVEN - 1])
    watching.shoot("assigned", page, desk)

    _set_out(watching, ana, way, page, desk)
    _look_again(watching, way, page)
    _survive(watching, ana, way, page, desk)
    _arrive(watching, ana, way, page, desk)
    done = _hand_over(watching, order, page, desk)
    _stranger(watching, order)

    ana.send(parked(way[-1], 600))
    _count(cars, ana, way, done)
    _heard(receiver, hook["secret"], ana.user)
    cut = ("ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE_CHUNKED_ENCODING")  # what browsers say of a dead server
    people.complaints[:] = [each for each in people.complaints if not any(name in each for name in cut)]


def _set_out(watching: Watching, ana: Phone, way: list[Location], page: Page, desk: Page) -> None:
    ana.send(way[GIVEN:HALFWAY], batch=3)
    for each in (page, desk):
        says(each, r"^Arrives \d\d:\d\d · \d+ min$", "On the way")
        reaches(each, way[HALFWAY - 1])
        expect(each.locator("#age")).to_have_text(re.compile("^Updated (just now|[0-9] s ago)$"))
        assert covers(each, way[STARTED:HALFWAY])
    watching.shoot("on-the-way", page, desk, both=True)


def _look_again(watching: Watching, way: list[Location], page: Page) -> None:
    """Loaded anew in the middle of the drive, the page draws the way so far, from where it was begun."""
    page.reload()
    reaches(page, way[HALFWAY - 1])
    says(page, r"^Arrives", "On the way")
    assert covers(page, way[STARTED:HALFWAY])
    watching.shoot("reloaded", page)


def _survive(watching: Watching, ana: Phone, way: list[Location], page: Page, desk: Page) -> None:
    """The server dies as by a power cut; the phone keeps what it could not send; the pages come back by themselves."""
    ana.send(way[HALFWAY:LOST])
    reaches(page, way[LOST - 1])
    page.evaluate("window.isStillHere = true")
    watching.cars.kill()
    for each in (page, desk):
        expect(each.locator("#lost")).to_be_visible()
    watching.shoot("lost", page, desk)
    watching.cars.clock.until(way[FOUND - 1].at)
    watching.cars.start()
    ana.send(way[LOST:FOUND])
    for each in (page, desk):
        expect(each.locator("#lost")).to_be_hidden(timeout=15_000)
        reaches(each, way[FOUND - 1])
    assert page.evaluate("window.isStillHere")
    watching.shoot("found", page, desk)


def _arrive(watching: Watching, ana: Phone, way: list[Location], page: Page, desk: Page) -> None:
    """Nearer with each batch: on the way, arriving, arrived."""
    goal = way[-1]
    ana.send(way[FOUND:NEAR])
    for each in (page, desk):
        says(each, "^Arriv(es|ing)", "Arriving")
        reaches(each, way[NEAR - 1])
    watching.shoot("arriving", page, desk)
    left = left_of(page, goal)
    for first in range(NEAR, 90, 6):
        part = way[first : first + 6]
        ana.send(part)
        reaches(page, part[-1])
        nearer = left_of(page, goal)
        assert nearer < left + 2
        left = nearer
    assert left < 120
    ana.send(way[first + 6 :])
    for each in (page, desk):
        says(each, "^Ana has arrived$", "Arrived")
        reaches(each, way[-1])
    watching.shoot("arrived", page, desk)


def _hand_over(watching: Watching, order: dict[str, Any], page: Page, desk: Page) -> dict[str, Any]:
    """The vendor's own server says that it is done: no page shows a position any more."""
    cars = watching.cars
    assert cars.ask(f"actions/{order['id']}/")["sub_status"] == "arrived"
    cars.clock.forward(20)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    done = cars.give(f"actions/{order['id']}/complete/")
    assert done["status"] == "completed"
    for each in (page, desk):
        says(each, r"^Delivered at \d\d:\d\d$")
        expect(each.locator("#steps .done")).to_have_count(5)
        expect(each.locator("#facts")).to_contain_text("Distance")
        expect(each.locator(".hy-user")).to_have_count(0)
        assert drawn(each) == []
        assert each.evaluate("document.body.dataset.line") == "over"
    watching.shoot("delivered", page, desk, both=True)
    assert [url for url in asked if "/stream/" in url] == []
    page.reload()
    says(page, "^Delivered at")
    _is_over(page, asked)
    return done


def _is_over(page: Page, asked: list[str]) -> None:
    """No marker, no way, no stream, nothing in the page's source that tells where anybody is."""
    expect(page.locator(".hy-place")).to_be_visible()
    assert marker(page) is None
    assert drawn(page) == []
    assert [url for url in asked if "/stream/" in url] == []
    state = json.loads(page.locator("#state").text_content() or "")
    assert (state["location"], state["time_aware_polyline"]) == (None, "")


def _stranger(watching: Watching, order: dict[str, Any]) -> None:
    """Somebody who opens the link later sees how it ended, and the stream behind it says no more than that."""
    cars, asked = watching.cars, list[str]()
    late = watching.open(order)
    late.on("request", lambda request: asked.append(request.url))
    late.reload()
    says(late, "^Delivered at")
    _is_over(late, asked)
    expect(late.locator("#person")).to_be_hidden()
    (name, state), last = frames(stream_of(cars, order))
    assert (name, last) == ("action", ("end", {}))
    assert (state["status"], state["location"], state["time_aware_polyline"]) == ("completed", None, "")
    tracked = httpx.get(f"{cars.url}/api/v1/actions/track/", params={"short_code": order["short_code"]},
                        headers={"authorization": f"token {cars.public}"}).json()  # fmt: skip
    for row in tracked["results"]:
        assert row["user"]["last_location"] == {}
    watching.shoot("late", late)


def _count(cars: Fleet, ana: Phone, way: list[Location], done: dict[str, Any]) -> None:
    """The day shows the drive and the stop after it; the metres are those of the road."""
    day = cars.ask(f"users/{ana.user}/placeline/")
    *before, trip, stop = day["segments"]
    assert (trip["type"], stop["type"]) == ("trip", "stop")
    assert all(each["type"] == "stop" for each in before)
    assert trip["activity"] == "Drive"
    assert [each["id"] for each in day["actions"]] == [done["id"]]
    expected = moving_length(way)
    whole = cars.ask(f"users/{ana.user}/mileage/")
    assert whole["distance"] == pytest.approx(expected, rel=0.02)
    assert trip["distance"] == pytest.approx(expected, rel=0.02)
    part = cars.ask(f"actions/{done['id']}/mileage/")
    assert part["distance"] == pytest.approx(moving_length(way[GIVEN - 1 :]), rel=0.02)


def _signed(one: Received, secret: str) -> dict[str, Any]:
    t, v1 = (part.split("=")[1] for part in one.headers["X-HyperTrack-Signature"].split(","))
    assert v1 == hmac.new(secret.encode(), f"{t}.".encode() + one.body, hashlib.sha256).hexdigest()
    body: dict[str, Any] = json.loads(one.body)
    return body


def _heard(receiver: Receiver, secret: str, user: str) -> None:
    """The vendor's server was told of all of it, in order; what came twice, because of the power cut, counts once."""
    wanted = [  # an order that nobody has yet is no event of anybody
        "user.created", "tracking.started", "trip.started", "action.assigned", "action.started", "action.on_the_way",
        "action.arriving", "action.arrived", "action.completed", "trip.ended", "stop.started",
    ]  # fmt: skip
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        told = {body["id"]: body for body in (_signed(one, secret) for one in list(receiver.received))}
        mine = [each["type"] for each in told.values() if each["user_id"] == user]
        if wanted[-1] in mine:
            break
        time.sleep(0.1)
    assert [kind for kind in mine if not kind.startswith("user.activity.")] == wanted


def test_two_couriers_two_customers(cars: Fleet, watching: Watching) -> None:
    """Both drive the same road, one from each end; nobody sees the other's courier, on the page or in what feeds it."""
    ana, bruno = cars.phone("Ana Kovač"), cars.phone("Bruno Babić", vehicle_type="bicycle")
    there, back = driven(DRIVE[5:57], cars.clock.now()), driven(backwards(DRIVE[5:57]), cars.clock.now())
    orders = [
        cars.give("actions/", {"user_id": phone.user, "type": "delivery", "expected_place": place(way[-1], name)})
        for phone, way, name in ((ana, there, "At Ana's goal"), (bruno, back, "At Bruno's goal"))
    ]  # fmt: skip
    first, second = (watching.open(order) for order in orders)
    for phone in (ana, bruno):
        phone.begin()
    for at in range(0, 40, 8):
        ana.send(there[at : at + 8], batch=8)
        bruno.send(
            [each for each in back if there[at].at <= each.at <= there[at + 7].at] or back[at : at + 1]
        )
    mine, yours = there[39], [each for each in back if each.at <= there[39].at][-1]
    for page, fix, name in ((first, mine, "Ana"), (second, yours, "Bruno")):
        reaches(page, fix)  # and it is the only marker
        expect(page.locator("#name")).to_have_text(name)
    assert metres(mine.lat, mine.lon, yours.lat, yours.lon) > 100
    for order, other, their in ((orders[0], bruno, back), (orders[1], ana, there)):
        page_text = httpx.get(order["tracking_url"]).text
        with httpx.stream("GET", stream_of(cars, order), timeout=10) as answer:
            said = next(text for text in answer.iter_text() if "event: action" in text)
        for text in (page_text, said):
            assert other.user not in text
            assert not any(str(each.lat) in text for each in their if each not in (their[0], their[-1]))
    watching.shoot("two-ana", first)
    watching.shoot("two-bruno", second)


def test_a_second_stop_waits_without_promises(cars: Fleet, watching: Watching) -> None:
    """An order that is not the next one names no hour: nobody knows how long the stop before it takes."""
    ana = cars.phone("Ana Kovač")
    way = driven(DRIVE[5:57], cars.clock.now())
    kinds = {"user_id": ana.user, "type": "delivery"}
    ana.begin()
    ana.send(way[:20])
    first = cars.give("actions/", {**kinds, "expected_place": place(DRIVE[56], "First stop")})
    second = cars.give("actions/", {**kinds, "expected_place": place(DRIVE[50], "Second stop")})
    assert second["sub_status"] == "in_queue"
    assert second["eta"]
    page, other = watching.open(second), watching.open(first)
    ana.send(way[20:35])
    reaches(other, way[34])
    assert marker(page) is None  # where the first one lives is not the second one's business
    says(page, "^Assigned$", "Assigned")
    expect(page.locator("#detail")).to_have_text("Ana has another stop first.")
    expect(page.locator("#facts")).to_be_empty()
    expect(page.locator("#age")).to_have_text("On the map once this is the next stop")
    watching.shoot("in-queue", page)
    cars.give(f"actions/{first['id']}/complete/")
    says(page, "^Arrives")
    reaches(page, way[34])
    ana.send(way[35:45])
    reaches(page, way[44])
    assert not covers(page, way[25:30])
    watching.shoot("next", page)


def test_a_late_order_says_so(cars: Fleet, watching: Watching) -> None:
    ana = cars.phone("Ana Kovač")
    way = driven(DRIVE[5:57], cars.clock.now())
    wanted = clock.text(cars.clock.now() + MINUTE)
    order = cars.give(
        "actions/",
        {"user_id": ana.user, "type": "pickup", "expected_at": wanted, "expected_place": place(DRIVE[56], "Kiosk")},
    )  # fmt: skip
    page, desk = watching.open(order), watching.open(order, **DESK)
    expect(page.locator("#late")).to_be_hidden()
    ana.begin()
    ana.send(way[:30])
    for each in (page, desk):
        expect(each.locator("#late")).to_be_visible()
        expect(each.locator("#detail")).to_contain_text("Running late: it was expected at")
    assert cars.ask(f"actions/{order['id']}/")["event_flags"] == [{"type": "action.delayed"}]
    watching.shoot("late-order", page, desk, both=True)
    cars.clock.forward(6 * 60)
    says(page, "^On the way$")  # no hour is made up for whom nobody hears of
    expect(page.locator("#facts")).to_contain_text("8 min")
    expect(page.locator("#age")).to_contain_text("No position for 6 min")
    expect(page.locator('.hy-user[data-state="warning"]')).to_be_visible()
    watching.shoot("silent", page, desk)


def test_a_canceled_order_shows_nobody(cars: Fleet, watching: Watching) -> None:
    ana = cars.phone("Ana Kovač")
    way = driven(DRIVE[5:57], cars.clock.now())
    order = cars.give("actions/", {"user_id": ana.user, "expected_place": place(DRIVE[56], "Kiosk")})
    page, desk = watching.open(order), watching.open(order, **DESK)
    ana.begin()
    ana.send(way[:26], batch=13)
    reaches(page, way[25])
    cars.give(f"actions/{order['id']}/cancel/")
    for each in (page, desk):
        says(each, "^Canceled$")
        expect(each.locator("#steps")).to_be_hidden()
        expect(each.locator(".hy-user")).to_have_count(0)
        assert drawn(each) == []
    ana.send(way[26:40], batch=14)
    watching.shoot("canceled", page, desk)
    page.reload()
    says(page, "^Canceled$")
    _is_over(page, [])
