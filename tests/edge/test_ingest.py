"""The ingest lane over HTTP: what it takes, what it refuses and how, and that it answers after the commit."""

import asyncio
import gzip
import json
import random
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from sqlalchemy import text

from hyway.domain import tracking
from hyway.domain.tracking import User
from hyway.domain.tracking.telling import payloads
from hyway.edge import writer
from hyway.kernel import clock
from hyway.kernel.clock import SECOND
from tests.make.phones import BULK, Site, event, packed, site
from tests.make.world import World

START = clock.now() // SECOND * SECOND - 3_600 * SECOND


@pytest.fixture
async def phones(world: World) -> AsyncIterator[Site]:
    async with site(world) as made:
        yield made


@pytest.fixture
def ana(phones: Site) -> User:
    return phones.user()


def drive(user: User, many: int, first: int = 0) -> list[dict[str, Any]]:
    return [event(user.id, START + at * SECOND, 45 + at * 9e-5) for at in range(first, first + many)]


def count(phones: Site) -> int:
    query = text("SELECT count(*) FROM tracking_positions")
    return phones.world.db.read_now(lambda r: r.run(query).scalar_one())


async def test_a_batch_is_answered_once_it_is_stored(phones, ana):
    async with phones.client(phones.key()) as phone:
        sent = packed(drive(ana, 50))
        first = await phone.post(BULK, content=sent, headers={"content-encoding": "gzip", "device-id": "A"})
        assert first.status_code == 200
        assert first.json() == {"accepted": 50, "duplicates": 0, "rejected": []}
        assert first.headers["content-type"] == "application/json"
        assert first.headers["access-control-allow-origin"] == "*"
        assert count(phones) == 50
        again = await phone.post(
            "/api/v2/sdk_events/bulk/", content=sent, headers={"content-encoding": "gzip"}
        )
        assert again.json() == {"accepted": 0, "duplicates": 50, "rejected": []}
    assert phones.ingest.stats()["accepted"] == 50


async def test_a_bad_item_is_refused_by_its_place_alone(phones, ana, world):
    foreign = phones.user("bob", world.stranger())
    good = drive(ana, 3)
    far = [
        event(ana.id, START, 91),
        event(ana.id, START, 0, 181),
        event(ana.id, clock.now() + 3_600 * SECOND),
    ]
    odd = [7, {"type": "x"}, {**good[0], "recorded_at": "yesterday"}, {**good[0], "location": None}]
    more = [
        event(foreign.id, START),
        {**good[0], "type": "x" * 300},
        {**good[0], "data": {"a": "b" * 9_000}, "type": "y"},
    ]
    async with phones.client(phones.key()) as phone:
        answer = await phone.post(BULK, json=[*good, *far, *odd, *more])
    assert answer.status_code == 200
    said = answer.json()
    assert said["accepted"] == 3
    assert [(each["index"], *each["errors"]) for each in said["rejected"]] == [
        (3, "location"), (4, "location"), (5, "recorded_at"), (6, "non_field_errors"), (7, "user_id"),
        (8, "recorded_at"), (9, "location"), (10, "user_id"), (11, "type"), (12, "data"),
    ]  # fmt: skip
    assert count(phones) == 3


async def test_nan_is_refused_as_the_item_it_is_in(phones, ana):
    sent = json.dumps(
        [*drive(ana, 1), event(ana.id, START + 1, float("nan")), event(ana.id, START + 2, 45, 1e400)]
    )
    async with phones.client(phones.key()) as phone:
        answer = await phone.post(BULK, content=sent)
    assert (answer.status_code, answer.json()["accepted"]) == (200, 1)
    assert [each["index"] for each in answer.json()["rejected"]] == [1, 2]


async def test_what_the_vendors_clients_get_away_with_is_taken(phones, ana):
    first, second, third = drive(ana, 3)
    first["location"]["geojson"] = json.dumps({"type": "point", "coordinates": [14.0, 45.0]})
    second["location"]["accuracy"] = "12.5"
    third["recorded_at"] = "2026-01-05T10:00Z"
    del third["location"]["recorded_at"]
    async with phones.client(phones.key()) as phone:
        answer = await phone.post(BULK, json=[first, second, third])
    assert answer.json() == {"accepted": 3, "duplicates": 0, "rejected": []}


BAD: dict[str, tuple[bytes | Callable[[], bytes], int]] = {
    "not JSON": (b"[1", 400),
    "nothing": (b"", 400),
    "an object": (b'{"a": 1}', 400),
    "no text": (b"\xff\xfe\xff", 400),
    "broken gzip": (gzip.compress(b"[" + b" " * 500 + b"]")[:-9], 400),
    "gzip with something behind it": (gzip.compress(b"[]") + b"rest", 400),
    "no gzip after its first bytes": (b"\x1f\x8bxxxxxxxxxxxxxx", 400),
    "ten megabytes": (b"[" + b" " * 10_000_000 + b"]", 413),
    # Made when it is thrown: every run reads this file, few throw it.
    "a zip bomb": (lambda: gzip.compress(b"[" + b" " * 200_000_000 + b"]", 1), 413),
    "a zip bomb in two members": (gzip.compress(b" " * 3_000_000) * 2, 413),
    "a thousand and one": (packed([1] * 1_001), 400),
    "nested too deeply": (b"[" * 100_000, 400),
}


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("path", [BULK, "locations"])
async def test_a_bad_body_changes_nothing(phones, ana, name, path):
    body, status = BAD[name]
    body = body() if callable(body) else body
    path = path if path == BULK else f"/api/v1/users/{ana.id}/locations/"
    async with phones.client(phones.key()) as phone:
        answer = await phone.post(path, content=body)
    assert answer.status_code == status
    (field,) = answer.json()
    assert field in ("detail", "non_field_errors")
    assert count(phones) == 0


async def test_a_body_is_refused_before_it_came_when_it_is_too_long(phones):
    async with phones.client(phones.key()) as phone:
        answer = await phone.post(BULK, content=b"[]", headers={"content-length": "99999999"})
    assert answer.status_code == 413


async def test_the_key_is_read_and_refused_as_the_family_does(phones, ana):
    group = phones.world.db.write_now(tracking.groups.create, phones.world.by, {"name": "North"})
    asked = [None, "pk_nobody", group.token]
    for key in asked:
        async with phones.client(key) as phone:
            lane = await phone.post(BULK, content=b"[]")
            family = await phone.post("/api/v1/groups/", json={"name": "x"})
        assert lane.status_code == family.status_code
        assert lane.json() == family.json()
        assert lane.headers.get("www-authenticate") == family.headers.get("www-authenticate")


async def test_test_keys_see_no_live_user(phones, ana):
    async with phones.client(phones.key("hypertrack-public-test")) as phone:
        answer = await phone.post(BULK, json=drive(ana, 2))
        other = await phone.post(f"/api/v1/users/{ana.id}/locations/", json=[drive(ana, 1)[0]["location"]])
    assert [each["errors"].keys() for each in answer.json()["rejected"]] == [{"user_id"}, {"user_id"}]
    assert (other.status_code, other.json()) == (404, {"detail": "Not found."})


async def test_who_guesses_keys_is_stopped(phones, monkeypatch):
    monkeypatch.setattr("hyway.edge.ingest.STRANGERS", 5)
    async with phones.client("pk_wrong") as phone:
        seen = [(await phone.post(BULK, content=b"[]")).status_code for _ in range(8)]
    assert seen == [401] * 5 + [429] * 3


async def test_a_second_device_is_told_to_stop(phones, ana):
    began = {"user_id": ana.id, "type": "tracking.started", "recorded_at": clock.text(START - SECOND)}
    async with phones.client(phones.key()) as phone:
        await phone.post(BULK, json=[began, *drive(ana, 2)], headers={"device-id": "A"})
        answer = await phone.post(BULK, json=drive(ana, 5), headers={"device-id": "B"})
    assert answer.status_code == 409
    assert answer.json() == {"detail": "Secondary devices with the same user id detected."}
    assert count(phones) == 2


def locations(many: int) -> list[dict[str, Any]]:
    return [{**event("", START + at * SECOND, 45 + at * 1e-4)["location"]} for at in range(many)]


@pytest.mark.parametrize("form", ["list", "wrapped", "features", "feature", "one"])
async def test_locations_come_in_several_forms(phones, ana, form):
    plain = locations(4)
    features = [
        {"type": "Feature", "geometry": each["geojson"], "properties": {"timestamp": each["recorded_at"]}}
        for each in plain
    ]
    sent: Any = {
        "list": plain,
        "wrapped": {"locations": plain},
        "features": {"type": "FeatureCollection", "features": features},
        "feature": features[0],
        "one": plain[0],
    }[form]
    many = 1 if form in ("feature", "one") else 4
    async with phones.client(phones.key()) as phone:
        answer = await phone.post(f"/api/v1/users/{ana.id}/locations/", json=sent)
    assert answer.json() == {"accepted": many, "duplicates": 0, "rejected": []}
    async with phones.client(phones.key("hypertrack")) as server:
        shown = (await server.get(f"/api/v1/users/{ana.id}/")).json()
    assert shown["availability_status"] == "online"
    assert shown["last_location"]["recorded_at"] == payloads.when(START + (many - 1) * SECOND)


async def test_a_named_request_is_answered_as_before(phones, ana):
    path, name = f"/api/v1/users/{ana.id}/locations/", {"idempotency-key": "trip-1"}
    async with phones.client(phones.key(), **name) as phone:
        answers = [await phone.post(path, json=locations(5)) for _ in range(2)]
        other = await phone.post(path, json=locations(6))
    assert [each.json()["accepted"] for each in answers] == [5, 5]
    assert other.status_code == 400
    assert count(phones) == 5


async def test_what_was_sent_is_listed(phones, ana):
    path = f"/api/v1/users/{ana.id}/locations/"
    sent = locations(5)
    async with phones.client(phones.key()) as phone, phones.client(phones.key("hypertrack")) as server:
        await phone.post(path, json=sent)
        assert (await phone.get(path)).status_code == 403
        whole = (await server.get(path)).json()
        some = {"min_recorded_at": sent[1]["recorded_at"], "max_recorded_at": sent[3]["recorded_at"]}
        part = (await server.get(path, params={**some, "page_size": 2, "ordering": "recorded_at"})).json()
        beyond = await server.get(path, params={**some, "page": 3, "page_size": 2})
        nobody = await server.get(path.replace(ana.id, "0" * 8 + ana.id[8:]))
    assert [whole["count"], whole["next"], len(whole["results"])] == [5, None, 5]
    newest = whole["results"][0]
    assert newest["geojson"]["coordinates"] == sent[4]["geojson"]["coordinates"]
    assert len(newest) == 9
    assert part["count"] == 3
    assert "page=2" in part["next"]
    assert [each["recorded_at"] for each in part["results"]] == [each["recorded_at"] for each in sent[1:3]]
    assert (beyond.status_code, nobody.status_code) == (404, 404)


async def test_thrice_in_any_order_over_http(phones, world):
    one, other = phones.user("one"), phones.user("other")
    async with phones.client(phones.key()) as phone, phones.client(phones.key("hypertrack")) as server:
        for at in range(0, 600, 50):
            await phone.post(BULK, content=packed(drive(one, 50, at)))
        bodies = [packed(drive(other, 50, at)) for at in range(0, 600, 50)] * 3
        random.Random(4).shuffle(bodies)
        answers = await asyncio.gather(*(phone.post(BULK, content=body) for body in bodies))
        assert sum(each.json()["accepted"] for each in answers) == 600
        assert sum(each.json()["duplicates"] for each in answers) == 1_200
        shown = [(await server.get(f"/api/v1/users/{user.id}/")).json() for user in (one, other)]
    for each in shown:
        for name in (
            "id",
            "lookup_id",
            "unique_id",
            "created_at",
            "modified_at",
            "last_heartbeat_at",
            "photo",
        ):
            del each[name]
    assert shown[0] == shown[1]


async def test_what_fails_in_a_commit_does_not_take_the_others_with_it(phones, ana, monkeypatch):
    monkeypatch.setattr(writer, "sleep", lambda seconds: None)
    record = phones.ingest._writer._record

    def failing(w, batches):
        if any(each.device == "bad" for each in batches):
            raise RuntimeError("cannot be stored")
        return record(w, batches)

    phones.ingest._writer._record = failing
    async with phones.client(phones.key()) as phone:
        sent = [
            phone.post(BULK, json=drive(ana, 5, at * 5), headers={"device-id": "bad" if at == 3 else "good"})
            for at in range(6)
        ]
        answers = await asyncio.gather(*sent)
    assert sorted(each.status_code for each in answers) == [200] * 5 + [503]
    assert count(phones) == 25


async def test_a_stop_drains_what_was_taken_in(world):
    async with site(world) as phones:
        ana = phones.user()
        async with phones.client(phones.key()) as phone:
            waiting = [
                asyncio.ensure_future(phone.post(BULK, json=drive(ana, 5, at * 5))) for at in range(20)
            ]
            await asyncio.sleep(0.05)
            await phones.ingest.stop()
            answers = await asyncio.gather(*waiting)
            late = await phone.post(BULK, json=drive(ana, 5))
        taken = sum(each.status_code == 200 for each in answers)
        assert count(phones) == taken * 5
        assert late.status_code == 503
        assert late.headers["retry-after"] == "2"
