"""/api/v1/users/<id>/placeline/, mileage/ and export/: the bodies of the contract, whose key may read them."""

import json
from typing import Any

import gpxpy
import pytest

from hyway.domain import tracking
from hyway.kernel.clock import SECOND
from tests.apis.hypertrack.conftest import World, make_world
from tests.domain.tracking.test_payloads import CONTRACT, MORE_OF_USER
from tests.make.days import Tracked, drive, stay, tracked

NOON = 1_700_000_000 * SECOND
DATE = "2023-11-14"


@pytest.fixture
def ana(world: World) -> Tracked:
    made = tracked(world, name="Ana")
    fixes = drive(NOON, 600)
    lat = fixes[-1].lat
    made.send([*fixes, *stay(NOON + 610 * SECOND, 900, lat), *drive(NOON + 1_520 * SECOND, 300, lat)])
    return made


def at(of: Tracked, what: str) -> str:
    return f"/api/v1/users/{of.user.id}/{what}/"


async def test_a_day_is_the_contracts(world: World, ana: Tracked) -> None:
    example = CONTRACT["user_placeline"]
    async with world.client() as http:
        found = (await http.get(at(ana, "placeline"), params={"date": DATE})).json()
    assert set(found) == set(example) | MORE_OF_USER
    assert found["timeline_date"] == DATE
    trip, stop, last = found["segments"]
    for segment, shown in zip((trip, stop), example["segments"], strict=True):
        assert set(shown) <= set(segment)
    assert trip["id"] == f"{trip['trip_id']}_{NOON // SECOND}"
    assert (trip["activity"], stop["activity"], stop["type"]) == ("Drive", "Stop", "stop")
    assert stop["place"]["location"]["coordinates"][0] == pytest.approx(14.0)
    assert (last["ended_at"], last["step_count"], last["end_location"]) == (None, 0, {})
    assert [stop["encoded_polyline"], stop["time_aware_polyline"]] == [None, None]


@pytest.mark.parametrize("as_body", [False, True])
async def test_the_date_comes_in_the_query_or_in_a_body(world: World, ana: Tracked, as_body: bool) -> None:
    async with world.client() as http:
        more: dict[str, Any] = {"json": {"date": DATE}} if as_body else {"params": {"date": DATE}}
        found = (await http.request("GET", at(ana, "placeline"), **more)).json()
        assert (len(found["segments"]), found["timeline_date"]) == (3, DATE)
        way = (await http.request("GET", at(ana, "mileage"), **more)).json()
        assert way["distance"] == pytest.approx(sum(each["distance"] for each in found["segments"]), abs=0.05)


async def test_today_is_the_default_and_may_be_empty(world: World, ana: Tracked) -> None:
    async with world.client() as http:
        found = (await http.get(at(tracked(world), "placeline"))).json()
        assert (found["segments"], found["actions"], found["events"]) == ([], [], [])
        assert (await http.get(at(tracked(world), "mileage"))).json()["distance"] == 0


async def test_mileage_is_the_contracts(world: World, ana: Tracked) -> None:
    example = CONTRACT["mileage"]
    async with world.client() as http:
        day = (await http.get(at(ana, "mileage"), params={"date": DATE})).json()
        span = {"min_recorded_at": "2023-11-14T22:14:20Z", "max_recorded_at": "2023-11-14T22:15:20Z"}
        minute = (await http.get(at(ana, "mileage"), params=span)).json()
        first = (
            await http.get(at(ana, "mileage"), params={"max_recorded_at": "2023-11-14T22:13:00Z"})
        ).json()
    assert set(day) == set(example)
    assert set(day["activities"][0]) == set(example["activities"][0])
    assert (day["id"], day["started_at"], day["ended_at"]) == (
        ana.user.id,
        "2023-11-14T00:00:00Z",
        "2023-11-15T00:00:00Z",
    )
    assert day["activities"][0]["activity"] == "Drive"
    assert minute["distance"] == pytest.approx(600, rel=0.02)
    assert minute["duration"] == 60
    assert first["distance"] == 0


@pytest.mark.parametrize(
    "wrong", ["yesterday", "2023-13-01", "2023-02-30", "14.11.2023", "0001-01-01", "9999-12-31"]
)
@pytest.mark.parametrize("what", ["placeline", "mileage", "export"])
async def test_a_wrong_date_is_refused(world: World, ana: Tracked, what: str, wrong: str) -> None:
    async with world.client() as http:
        found = await http.get(at(ana, what), params={"date": wrong})
    assert found.status_code == 400
    assert list(found.json()) == ["date"]


async def test_wrong_spans_and_formats_are_refused(world: World, ana: Tracked) -> None:
    async with world.client() as http:
        turned = {"min_recorded_at": "2023-11-15T00:00:00Z", "max_recorded_at": "2023-11-14T00:00:00Z"}
        for what, sent in (
            ("mileage", turned),
            ("mileage", {"min_recorded_at": "x"}),
            ("export", {"format": "kml"}),
        ):
            found = await http.get(at(ana, what), params=sent)
            assert found.status_code == 400, found.text


async def test_files_come_with_their_names(world: World, ana: Tracked) -> None:
    async with world.client() as http:
        for form, media in tracking.exports.MEDIA.items():
            found = await http.get(at(ana, "export"), params={"date": DATE, "format": form})
            assert (found.status_code, found.headers["content-type"]) == (200, media)
            name = f'attachment; filename="user-{ana.user.id}-{DATE}.{form}"'
            assert found.headers["content-disposition"] == name
        assert (
            len(
                json.loads(
                    (await http.get(at(ana, "export"), params={"date": DATE, "format": "geojson"})).text
                )
            )
            == 2
        )
        assert len(gpxpy.parse((await http.get(at(ana, "export"), params={"date": DATE})).text).tracks) == 2


async def test_an_actions_file(world: World, ana: Tracked) -> None:
    given, free = (
        world.db.write_now(
            tracking.actions.create, world.by, tracking.ActionWish(type="visit", user_id=id)
        ).action
        for id in (ana.user.id, None)
    )
    async with world.client() as http:
        found = await http.get(f"/api/v1/actions/{given.id}/export/", params={"format": "csv"})
        assert found.status_code == 200
        assert f"action-{given.id}.csv" in found.headers["content-disposition"]
        assert (await http.get(f"/api/v1/actions/{free.id}/export/")).status_code == 404


async def test_whose_key_may_read(world: World, ana: Tracked) -> None:
    async with world.client(world.new_key("hypertrack-public")) as app:
        assert (await app.get(at(ana, "placeline"))).status_code == 200
        assert (await app.get(at(ana, "mileage"))).status_code == 403
        assert (await app.get(at(ana, "export"))).status_code == 403
    for key in (make_world(world.db, "Other").key, world.new_key("hypertrack-test")):
        async with world.client(key) as stranger:
            for what in ("placeline", "mileage", "export"):
                assert (await stranger.get(at(ana, what))).status_code == 404
