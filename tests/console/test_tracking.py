"""The rooms of tracking over HTTP: what they show, what their forms store, and what strangers find."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from hyway.domain import identity, tracking, webhooks
from hyway.domain.tracking import Location, UserQuery, Wanted
from hyway.edge import streams
from hyway.kernel import clock
from hyway.kernel.clock import DAY, HOUR, SECOND
from tests.console import courier
from tests.console.conftest import Browser, World
from tests.make.days import drive, stay

ROOMS = (
    "",
    "/users",
    "/users/new",
    "/groups",
    "/groups/new",
    "/actions",
    "/actions/new",
    "/fences",
    "/fences/new",
    "/settings",
)


def users(world: World, **query: Any) -> list[tracking.User]:
    return world.db.read_now(tracking.users.page, world.by, UserQuery(**query)).rows


@pytest.mark.parametrize("room", ROOMS)
async def test_each_room_opens_empty_and_full(world: World, owner: Browser, room: str) -> None:
    assert (await owner.see("/console/tracking" + room)).status_code == 200
    ada = courier.user(world, "<b>Ada</b>", group_id=courier.group(world, "North <i>").id)
    courier.send(world, ada, [courier.at(*courier.HERE)])
    courier.action(world, user_id=ada.id)
    courier.fence(world)
    page = await owner.see("/console/tracking" + room)
    assert page.status_code == 200
    assert "<b>Ada" not in page.text
    assert "North <i>" not in page.text


async def test_without_a_script_the_map_is_a_list(world: World, owner: Browser) -> None:
    ada = courier.user(world)
    courier.send(world, ada, [courier.at(*courier.HERE)])
    page = (await owner.see("/console/tracking")).text
    assert f'href="/console/tracking/users/{ada.id}"' in page
    assert "<b>Ada Young</b>" in page
    assert "Nobody is offline now." in (await owner.see("/console/tracking?status=offline")).text


async def test_strangers_ids_are_not_found(world: World, owner: Browser) -> None:
    theirs = world.stranger
    user, group = courier.user(world, by=theirs), courier.group(world, "Theirs", by=theirs)
    action, fence = courier.action(world, by=theirs, user_id=user.id), courier.fence(world, by=theirs)
    courier.user(world)
    seen = (
        f"users/{user.id}",
        f"users/{user.id}/edit",
        f"users/{user.id}/export?format=gpx",
        f"groups/{group.id}",
        f"actions/{action.id}",
        f"actions/{action.id}/facts",
        f"actions/{action.id}/export?format=csv",
        f"fences/{fence.id}",
        f"users?group={group.id}",
        f"?group={group.id}",
    )
    for path in seen:
        assert (await owner.see(f"/console/tracking/{path}".replace("/?", "?"))).status_code == 404, path
    for kind, id in (("user", user.id), ("group", group.id), ("action", action.id)):
        answer = await owner.http.get(f"/console/tracking/stream?{kind}={id}", headers={"x-part": "1"})
        assert answer.status_code == 404
    await owner.see("/console/tracking/users")
    sent: tuple[tuple[str, dict[str, str]], ...] = (
        (f"users/{user.id}/edit", {"name": "x"}),
        (f"users/{user.id}/delete", {"confirmed": "yes"}),
        (f"users/{user.id}/stop", {"confirmed": "yes"}),
        (f"groups/{group.id}", {"name": "x"}),
        (f"groups/{group.id}/token", {}),
        (f"groups/{group.id}/delete", {"confirmed": "yes"}),
        (f"actions/{action.id}/complete", {"confirmed": "yes"}),
        (f"actions/{action.id}/cancel", {"confirmed": "yes"}),
        (f"actions/{action.id}/assign", {"user_id": user.id}),
        (f"fences/{fence.id}", {"name": "x"}),
        (f"fences/{fence.id}/delete", {"confirmed": "yes"}),
    )
    for path, fields in sent:
        answer = await owner.send(f"/console/tracking/{path}", **fields)
        assert answer.status_code == 404, path
    assert world.db.read_now(tracking.users.find, theirs, user.id).name == "Ada Young"


async def test_forms_need_the_browsers_token(world: World, owner: Browser) -> None:
    ada = courier.user(world)
    for path in (
        "environment",
        "users/new",
        f"users/{ada.id}/delete",
        "groups/new",
        "actions/new",
        "settings",
    ):
        answer = await owner.send(f"/console/tracking/{path}", csrf="0" * 40, name="x", confirmed="yes")
        assert answer.status_code == 403, path
    assert len(users(world)) == 1


async def test_a_user_is_made_and_changed(world: World, owner: Browser) -> None:
    group = courier.group(world, "North")
    await owner.see("/console/tracking/users/new")
    fields = {"name": "Ada Young", "phone": "+1 415 555 0132", "group_id": group.id, "vehicle_type": "van"}
    made = await owner.send("/console/tracking/users/new", lookup_id="driver-7", **fields)
    (ada,) = users(world)
    assert made.headers["location"] == f"/console/tracking/users/{ada.id}"
    assert (ada.phone, ada.group_id, ada.vehicle_type, ada.lookup_id) == (
        "+14155550132",
        group.id,
        "van",
        "driver-7",
    )
    wrong = await owner.send(f"/console/tracking/users/{ada.id}/edit", **{**fields, "phone": "12"})
    assert wrong.status_code == 422
    assert 'value="12"' in wrong.text
    await owner.send(f"/console/tracking/users/{ada.id}/edit", name="Ada", vehicle_type="car")
    (ada,) = users(world)
    assert (ada.name, ada.phone, ada.group_id, ada.lookup_id) == ("Ada", None, None, None)
    asked = await owner.send(f"/console/tracking/users/{ada.id}/delete")
    assert "forgotten for good" in asked.text
    await owner.send(f"/console/tracking/users/{ada.id}/delete", confirmed="yes")
    assert users(world) == []


async def test_groups_are_a_tree(world: World, owner: Browser) -> None:
    north = courier.group(world, "North")
    east = courier.group(world, "East", north)
    courier.user(world, "Ada", group_id=east.id)
    courier.user(world, "Ben", group_id=north.id)
    courier.user(world, "Cid")
    page = (await owner.see("/console/tracking/groups")).text
    assert page.index("North") < page.index("East")
    assert re.search(r"depth-1.*?East.*?1 user<", page, re.S)
    assert re.search(r"North.*?2 users<", page, re.S)
    listed = (await owner.see(f"/console/tracking/users?group={north.id}")).text
    assert "Ada" in listed
    assert "Ben" in listed
    assert ">Cid<" not in listed
    # A group cannot be put under one of its own.
    assert f'value="{east.id}"' not in (await owner.see(f"/console/tracking/groups/{north.id}")).text
    ring = await owner.send(f"/console/tracking/groups/{north.id}", name="North", parent_group_id=east.id)
    assert ring.status_code == 422


async def test_a_token_is_shown_to_who_manages_and_only_when_asked(
    world: World, owner: Browser, member: Browser
) -> None:
    group = courier.group(world, "North")
    path = f"/console/tracking/groups/{group.id}"
    for page in (await owner.see(path), await owner.see("/console/tracking/groups")):
        assert group.token not in page.text
    assert group.token in (await owner.send(path + "/token")).text
    assert "Show token" not in (await member.see(path)).text
    refused = await member.send(path + "/token")
    assert refused.status_code == 403
    assert group.token not in refused.text


async def test_an_action_is_made_given_and_completed(world: World, owner: Browser) -> None:
    ada, ben = courier.user(world), courier.user(world, "Ben")
    await owner.see("/console/tracking/actions/new")
    nowhere = await owner.send("/console/tracking/actions/new", type="delivery", name="Ferry Building")
    assert nowhere.status_code == 422
    fields = {
        "type": "delivery",
        "user_id": ada.id,
        "name": "Ferry Building",
        "lat": "37.7955",
        "lon": "-122.3937",
    }
    made = await owner.send("/console/tracking/actions/new", radius="150", lookup_id="order-1", **fields)
    (action,) = world.db.read_now(tracking.actions.page, world.by, Wanted()).rows
    here = f"/console/tracking/actions/{action.id}"
    assert made.headers["location"] == here
    assert action.user
    assert action.expected_place
    assert (action.user.id, action.status, action.expected_place.radius) == (ada.id, "assigned", 150)
    page = (await owner.see(here)).text
    assert f"/track/{action.short_code}" in page
    assert "Delivery to Ferry Building" in page
    assert "Delivery to Ferry Building" in (await owner.see("/console/tracking/actions?status=open")).text
    assert "No action matches" in (await owner.see("/console/tracking/actions?status=completed")).text
    await owner.send(here + "/assign", user_id=ben.id)
    asked = await owner.send(here + "/complete")
    assert "cannot be taken back" in asked.text
    await owner.send(here + "/complete", confirmed="yes")
    done = world.db.read_now(tracking.actions.find, world.by, action.id)
    assert done.user
    assert (done.user.id, done.status) == (ben.id, "completed")
    assert "Complete</span>" not in (await owner.see(here)).text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("lat", "91"),
        ("lon", "181"),
        ("lat", "nan"),
        ("radius", "-1"),
        ("scheduled_at", "soon"),
        ("type", "dance"),
    ],
)
async def test_a_refused_action_comes_back_as_it_was_typed(
    world: World, owner: Browser, field: str, value: str
) -> None:
    await owner.see("/console/tracking/actions/new")
    fields = {"type": "delivery", "name": "Tea house", "lat": "1", "lon": "2", field: value}
    answer = await owner.send("/console/tracking/actions/new", **fields)
    assert answer.status_code == 422
    assert 'value="Tea house"' in answer.text
    assert world.db.read_now(tracking.actions.page, world.by, Wanted()).total == 0


def _fences(world: World) -> list[tracking.Fence]:
    return world.db.read_now(tracking.fences.page, world.by, Wanted()).rows


async def test_geofences_are_drawn_and_typed(world: World, owner: Browser) -> None:
    group = courier.group(world, "North")
    await owner.see("/console/tracking/fences/new")
    path = "/console/tracking/fences/new"
    circle = json.dumps({"type": "circle", "center": [45.1, 14.2], "radius": 250})
    await owner.send(path, name="Depot", whose="all", type="location", shape=circle)
    corners = [[45.0, 14.0], [45.0, 14.1], [45.1, 14.1]]
    drawn = json.dumps({"type": "polygon", "points": corners})
    await owner.send(path, name="Town", whose=f"group:{group.id}", type="time", min_minutes="10", shape=drawn)
    await owner.send(path, name="Typed", whose="all", type="location", lat="10", lon="20", radius="100")
    typed, town, depot = _fences(world)
    assert depot.place
    assert (depot.place.spot, depot.radius, depot.user_id, depot.group_id) == ((45.1, 14.2), 250, None, None)
    assert town.shape
    assert [pair[::-1] for pair in town.shape["coordinates"][0]] == [*corners, corners[0]]
    assert (town.group_id, town.type, town.min_duration) == (group.id, "time", 600)
    assert typed.place
    assert typed.place.spot == (10, 20)
    page = (await owner.see("/console/tracking/fences")).text
    for words in ("Circle, radius 250 m", "Area with 3 corners", "Everybody", ">North<"):
        assert words in page


async def test_a_fence_that_is_only_renamed_does_not_begin_anew(world: World, owner: Browser) -> None:
    fence, ada = courier.fence(world), courier.user(world)
    far = [courier.at(37.70, -122.4193, 100), courier.at(37.71, -122.4193, 90)]
    courier.send(world, ada, [*far, *(courier.at(*courier.HERE, 60 - 5 * i, speed=0.0) for i in range(8))])
    here = f"/console/tracking/fences/{fence.id}"
    page = (await owner.see(here)).text
    assert "Ada Young" in page.split("Who came and went")[1]
    form = dict(re.findall(r'name="(\w+)"[^>]*? value="([^"]*)"', page))
    shape = form["shape"].replace("&#34;", '"')
    fields = {"whose": "all", "type": "location", "shape": shape, "expire_at": form["expire_at"]}
    await owner.send(here, name="Yard", **fields)
    (after,) = _fences(world)
    assert (after.name, after.place, after.radius) == ("Yard", fence.place, fence.radius)
    moved = json.dumps({"type": "circle", "center": [37.0, -122.0], "radius": 99})
    await owner.send(here, name="Yard", **{**fields, "shape": moved})
    (after,) = _fences(world)
    assert after.place
    assert (after.place.spot, after.radius) == ((37.0, -122.0), 99)
    await owner.send(here + "/delete", confirmed="yes")
    assert _fences(world) == []


@pytest.mark.parametrize(
    "shape",
    ["{", "[]", '{"type":"circle"}', '{"type":"circle","center":[91,0],"radius":5}', '{"type":"polygon","points":[]}',
     '{"type":"polygon","points":[[0,0],[1,1],[0,1],[1,0]]}', '{"type":"star","points":[[0,0],[1,1],[0,1]]}', "null"],
)  # fmt: skip
async def test_a_shape_that_is_none_is_refused(world: World, owner: Browser, shape: str) -> None:
    await owner.see("/console/tracking/fences/new")
    answer = await owner.send(
        "/console/tracking/fences/new", name="x", whose="all", type="location", shape=shape
    )
    assert answer.status_code == 422
    assert _fences(world) == []


def _yesterday(world: World) -> tuple[tracking.User, str, list[Location]]:
    """A user in Zagreb who drove, stood and drove on yesterday."""
    world.db.write_now(tracking.accounts.settle, world.by, timezone="Europe/Zagreb")
    ada = courier.user(world)
    start = clock.now() - clock.now() % DAY - DAY + 9 * HOUR
    first = drive(start, 900)
    still = stay(start + 900 * SECOND, 1800, first[-1].lat)
    second = drive(start + 2700 * SECOND, 600, lat=first[-1].lat)
    fixes = [*first, *still, *second]
    courier.send(world, ada, fixes)
    return ada, clock.text(start)[:10], fixes


async def test_a_day_is_told_and_drawn(world: World, owner: Browser) -> None:
    ada, date, _ = _yesterday(world)
    page = (await owner.see(f"/console/tracking/users/{ada.id}?date={date}")).text
    assert "Europe/Zagreb" in page
    assert re.search(r"<dt>Distance</dt><dd>1[45]\.\d km</dd>", page)
    assert re.findall(r'<li class="day-(\w+)"', page) == ["trip", "stop", "trip"]
    assert 'class="strip-stop"' in page
    world.db.write_now(tracking.accounts.settle, world.by, distance_unit="mi")
    page = (await owner.see(f"/console/tracking/users/{ada.id}?date={date}")).text
    assert re.search(r"<dt>Distance</dt><dd>[89]\.\d mi</dd>", page)
    empty = await owner.see(f"/console/tracking/users/{ada.id}?date=2001-01-01")
    assert "Nothing on this day" in empty.text
    assert f"?date={date}" in empty.text
    for wrong in ("tomorrow", "2020-02-30", "0000-01-01"):
        assert (await owner.see(f"/console/tracking/users/{ada.id}?date={wrong}")).status_code == 404


async def test_a_day_is_exported(world: World, owner: Browser) -> None:
    ada, date, fixes = _yesterday(world)
    found = {}
    for form in tracking.exports.FORMATS:
        answer = await owner.see(f"/console/tracking/users/{ada.id}/export?date={date}&format={form}")
        assert answer.status_code == 200
        assert f'.{form}"' in answer.headers["content-disposition"]
        found[form] = answer.text
    assert found["csv"].count("\r\n") == len(fixes) + 1
    assert json.loads(found["geojson"])["type"] == "FeatureCollection"
    assert found["gpx"].rstrip().endswith("</gpx>")
    assert (await owner.see(f"/console/tracking/users/{ada.id}/export?format=exe")).status_code == 404


async def test_test_data_lie_apart(world: World, owner: Browser) -> None:
    courier.user(world, "Ada Live")
    courier.user(world, "Tom Test", by=courier.test_caller(world.by))
    await owner.see("/console/tracking/users")
    moved = await owner.send(
        "/console/tracking/environment", environment="test", back="/console/tracking/users"
    )
    assert moved.headers["location"] == "/console/tracking/users"
    page = (await owner.see("/console/tracking/users")).text
    assert "Tom Test" in page
    assert "Ada Live" not in page
    assert "These are test data" in page
    # What is not about tracking knows no test data.
    await owner.see("/console/webhooks/new")
    await owner.send("/console/webhooks/new", url="https://example.com/h", events="link.clicked")
    (endpoint,) = world.db.read_now(webhooks.endpoints, world.by)
    assert endpoint.environment == "live"
    away = await owner.send("/console/tracking/environment", environment="live", back="https://evil.example/")
    assert away.headers["location"] == "/console/tracking"


async def test_settings_are_for_who_manages(world: World, owner: Browser, member: Browser) -> None:
    said = {"timezone": "Asia/Tokyo", "distance_unit": "mi", "retention_days": "30", "custom_types": "on"}
    await owner.see("/console/tracking/settings")
    await owner.send("/console/tracking/settings", **said)
    now = world.db.read_now(tracking.accounts.of, world.by)
    assert (now.timezone, now.distance_unit, now.retention_days, now.custom_types) == (
        "Asia/Tokyo",
        "mi",
        30,
        True,
    )
    for wrong in ({"timezone": "Mars/Base"}, {"retention_days": "0"}, {"retention_days": "x"}):
        assert (await owner.send("/console/tracking/settings", **{**said, **wrong})).status_code == 422
    await owner.send("/console/tracking/settings", **{**said, "retention_days": ""})
    assert world.db.read_now(tracking.accounts.of, world.by).retention_days is None
    await member.see("/console/tracking/settings")
    assert (await member.send("/console/tracking/settings", **said)).status_code == 403


@pytest.mark.parametrize(
    ("kind", "begins"),
    [("hypertrack", "sk_"), ("hypertrack-public", "pk_"), ("hypertrack-test", "sk_test_"),
     ("hypertrack-public-test", "pk_test_")],
)  # fmt: skip
async def test_keys_of_all_four_kinds(world: World, owner: Browser, kind: str, begins: str) -> None:
    await owner.see("/console/keys/new")
    answer = await owner.send("/console/keys/new", name="Phones", kind=kind)
    assert re.search(f"<code>{begins}[0-9a-f]{{40}}</code>", answer.text)
    (key,) = world.db.read_now(identity.keys, world.by)
    assert key.kind == kind
    assert f"<code>{begins}…{key.hint}</code>" in (await owner.see("/console/keys")).text
    assert (await owner.send("/console/keys/new", name="x", kind="hyphen")).status_code == 422


async def test_webhooks_of_tracking(world: World, owner: Browser) -> None:
    by = courier.test_caller(world.by)
    group = courier.group(world, "North", by=by)
    await owner.see("/console/webhooks/new?for=hypertrack")
    fields = {"manner": "hypertrack", "url": "https://example.com/t", "environment": "test", "kind": "slack"}
    made = await owner.send("/console/webhooks/new", tracked="action.completed", group_id=group.id, **fields)
    assert "whsec_" in made.text
    (hook,) = world.db.read_now(tracking.subscribing.page, by)
    assert (hook.events, hook.kind, hook.group) == (("action.completed",), "slack", group.id)
    here = f"/console/webhooks/{hook.id}"
    assert "Test data" in (await owner.see(here)).text
    await owner.send(here, url="https://example.com/u", kind="web")
    (hook,) = world.db.read_now(tracking.subscribing.page, by)
    assert (hook.url, hook.events, hook.kind, hook.group) == ("https://example.com/u", ("*",), "web", None)
    ada = courier.user(world, by=by)
    (sent,) = world.db.read_now(webhooks.deliveries, world.by, endpoint_id=hook.id)
    assert sent.event == "user.created"
    story = (await owner.see(f"/console/webhooks/deliveries/{sent.id}")).text
    assert ada.id in story
    assert (await owner.send(f"/console/webhooks/deliveries/{sent.id}/replay")).status_code == 303
    # A group of the live data is none of the test data.
    live = courier.group(world, "Live")
    wrong = await owner.send("/console/webhooks/new", group_id=live.id, **fields)
    assert wrong.status_code == 422


async def test_the_stream_wants_a_session_and_our_own_pages(world: World, owner: Browser) -> None:
    courier.user(world)
    stranger = world.browser()
    answer = await stranger.http.get("/console/tracking/stream", headers={"x-part": "1"})
    assert answer.status_code == 401
    answer = await owner.http.get("/console/tracking/stream", headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403
    assert (await owner.http.get("/console/tracking/stream?user=nobody")).status_code == 404


async def _events(lines: AsyncIterator[str], kind: str) -> dict[str, Any]:
    """The data of the next event of that kind."""
    async with asyncio.timeout(10):
        async for line in lines:
            if line == f"event: {kind}":
                data: dict[str, Any] = json.loads((await anext(lines)).removeprefix("data: "))
                return data
    raise AssertionError(f"the stream ended before {kind}")


async def test_the_stream_tells_of_its_group_and_ends_with_the_session(
    world: World, owner: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "LOOK_EVERY", 0.0)
    north = courier.group(world, "North")
    ada, ben = courier.user(world, group_id=north.id), courier.user(world, "Ben Ray")
    cookies = dict(owner.http.cookies)
    async with (
        courier.serving(world) as address,
        httpx.AsyncClient(base_url=address, cookies=cookies) as http,
    ):
        path = f"/console/tracking/stream?group={north.id}"
        async with http.stream("GET", path, headers={"x-part": "1"}) as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            assert "access-control-allow-origin" not in answer.headers
            lines = answer.aiter_lines()
            assert (await _events(lines, "user"))["id"] == ada.id
            courier.send(world, ben, [courier.at(37.0, -122.0)])
            courier.send(world, ada, [courier.at(37.77, -122.42)])
            moved = await _events(lines, "location")
            assert moved["user_id"] == ada.id
            assert moved["location"]["geojson"]["coordinates"] == [-122.42, 37.77]
            await owner.see("/console/tracking")
            await owner.send("/console/sign-out")
            courier.send(world, ada, [courier.at(37.78, -122.42)])
            assert await _events(lines, "end") == {}
