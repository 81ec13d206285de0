"""What strangers may send to the tracking API: numbers, texts, lists and addresses that nobody means well with."""

import json
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from hyway.hosts import Hosts
from hyway.kernel.db import Database
from tests.apis.hypertrack.conftest import World, make_world
from tests.make.world import open_database

POINT = {"type": "Point", "coordinates": [-122.42, 37.77]}
FIELDS = {
    "users": ("name", "phone", "photo", "lookup_id", "group_id", "vehicle_type", "device_name", "metadata"),
    "actions": (
        "user_id", "type", "expected_place", "scheduled_at", "lookup_id", "collection_id", "unique_id", "metadata",
        "current_location", "vehicle_type",
    ),
    "places": ("name", "location", "address", "zip_code", "lookup_id", "radius"),
    "groups": ("name", "lookup_id", "parent_group_id"),
    "geofences": ("user_id", "place", "shape", "radius", "min_duration", "expire_at", "name", "metadata"),
    "webhooks": ("url", "allowed_events", "group_id"),
}  # fmt: skip
NEEDED: dict[str, dict[str, Any]] = {
    "places": {"location": POINT}, "groups": {"name": "G"}, "geofences": {"place": {"location": POINT}},
    "webhooks": {"url": "https://example.com/"},
}  # fmt: skip
VALUES: list[Any] = [
    10**400, -(2**63), 2**63, 1e308, -0.0, True, None, [], {}, [[[]]], "", " ", "\0", "a\0b", "\ud800", "\u202e",
    "x" * 100_000, "' OR 1=1; --", "%", "_", "\\", {"\0": "\0"}, {"\ud800": "\ud800"}, {"a": 10**30}, ["\0"],
    "9999-12-31T23:59:59.999999Z", "0001-01-01T00:00:00+23:59", "2024-02-30T00:00:00Z", "2016-12-31T23:59:60Z",
    {"type": "Point", "coordinates": [1e999, 0]}, {"type": "Point", "coordinates": [10**400, 0]},
]  # fmt: skip


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def world(db: Database) -> World:
    return make_world(db)


@pytest.fixture
async def http(world: World) -> AsyncIterator[httpx.AsyncClient]:
    async with world.client() as client:
        yield client


def said(value: Any) -> bytes:
    return json.dumps(value).encode()


@pytest.mark.parametrize("noun", FIELDS)
async def test_any_value_in_any_field_is_taken_or_refused(http: httpx.AsyncClient, noun: str) -> None:
    found = []
    typed = {"content-type": "application/json"}
    for field in FIELDS[noun]:
        for value in VALUES:
            body = said({**NEEDED.get(noun, {}), field: value})
            answer = await http.post(f"/api/v1/{noun}/", content=body, headers=typed)
            if answer.status_code not in (200, 201, 400):
                found.append((field, str(value)[:40], answer.status_code))
            elif answer.status_code == 400:
                assert answer.json(), field
    assert not found
    listed = await http.get(f"/api/v1/{noun}/?page_size=500")  # whatever was taken can be shown
    assert listed.status_code == 200


@pytest.mark.parametrize("noun", ["users", "actions", "places", "groups", "events", "geofences", "webhooks"])
async def test_any_value_in_any_filter_is_an_answer(http: httpx.AsyncClient, noun: str) -> None:
    document = (await _parameters(noun)).keys()
    for name in document:
        for value in (
            "\0",
            "%00",
            "'",
            "%",
            "\ud7ff",
            "x" * 5_000,
            "-1",
            "1e400",
            "9" * 400,
            "٣",
            "[]",
            "null",
            ",,",
        ):
            answer = await http.get(f"/api/v1/{noun}/", params={name: value})
            assert answer.status_code in (200, 400, 404), f"{name}={value[:20]!r}: {answer.status_code}"


async def _parameters(noun: str) -> dict[str, Any]:
    from hyway.apis import hypertrack

    said = json.loads(hypertrack.openapi())["paths"][f"/api/v1/{noun}/"]["get"]["parameters"]
    return {each["name"]: each for each in said if each["in"] == "query"}


@pytest.mark.parametrize("page", ["0", "-1", "1000000", "9" * 400, "1e3", "1.0", "٣", "0x10", "last"])
async def test_a_page_that_cannot_be_is_not_found(http: httpx.AsyncClient, page: str) -> None:
    answer = await http.get(f"/api/v1/users/?page={page}")
    assert (answer.status_code, answer.json()) == (404, {"detail": "Invalid page."})


@pytest.mark.parametrize(
    "ordering",
    ["id;DROP TABLE tracking_users", "(SELECT 1)", "name desc", "account", "seq", "__", "-" * 5_000],
)
async def test_an_ordering_is_a_name_that_is_known(http: httpx.AsyncClient, ordering: str) -> None:
    for name in ("b", "a"):
        await http.post("/api/v1/users/", json={"name": name})
    answer = await http.get("/api/v1/users/", params={"ordering": ordering})
    assert [each["name"] for each in answer.json()["results"]] == ["a", "b"]
    assert answer.json()["count"] == 2


async def test_wildcards_of_the_database_are_letters(http: httpx.AsyncClient) -> None:
    for name in ("100%", "a_b", "axb", "back\\slash"):
        await http.post("/api/v1/users/", json={"name": name})
    for part, names in (("%", ["100%"]), ("_", ["a_b"]), ("\\", ["back\\slash"])):
        answer = await http.get("/api/v1/users/", params={"name": part})
        assert [each["name"] for each in answer.json()["results"]] == names


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/users%0d%0aSet-Cookie:a=b", "/api/v1/users%0aX:y", "/api/v1//evil.example", "/api/v1/\\evil.example",
        "/api/v1/%2f%2fevil.example", "/api/v1/users%00", "/api/v1/é",
    ],
)  # fmt: skip
async def test_a_redirect_leads_nowhere_else(world: World, path: str) -> None:
    async with world.client(key="") as client:
        answer = await client.get(path + "?next=%0d%0aSet-Cookie:a=b")
    assert answer.status_code == 301
    location = answer.headers["location"]
    assert location.startswith("/api/v1/")
    assert location.endswith("/?next=%0d%0aSet-Cookie:a=b")
    assert not set(location) & set("\r\n\0")
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "host",
    [
        'a".localhost',
        "a/b.localhost",
        "a?.localhost",
        "a b.localhost",
        "é.localhost",
        "[.localhost",
        ".localhost",
    ],
)
def test_no_name_of_this_machine_is_ours_that_is_no_name(host: str) -> None:
    """What the frameworks behind cannot read would be an accident there."""
    hosts = Hosts(frozenset())
    assert not hosts.look(host.encode("latin-1"))
    assert hosts.look(b"shop_1.a-b.localhost:8000")


async def test_the_next_page_is_where_the_caller_found_us(http: httpx.AsyncClient) -> None:
    for name in ("a", "b"):
        await http.post("/api/v1/users/", json={"name": name})
    for host, found in (("127.0.0.1:81", "http"), ("a.localhost", "http"), ("x" * 300, "https://go.example")):
        answer = await http.get("/api/v1/users/?page_size=1", headers={"host": host})
        assert answer.json()["next"].startswith(found)
        assert answer.json()["next"].endswith("/api/v1/users/?page_size=1&page=2")


@pytest.mark.parametrize(
    "id", ["x" * 7_000, "😀" * 500, "..%2f..%2fgroups", "%2e%2e", "%00", "1" * 36, "-" * 36]
)
@pytest.mark.parametrize("noun", ["users", "actions", "places", "groups", "events", "geofences", "webhooks"])
async def test_an_id_that_is_none_is_not_found(http: httpx.AsyncClient, noun: str, id: str) -> None:
    answer = await http.get(f"/api/v1/{noun}/{id}/")
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})


async def test_a_hundred_thousand_ids_are_refused_in_time(http: httpx.AsyncClient) -> None:
    user = (await http.post("/api/v1/users/", json={})).json()["id"]
    began = time.monotonic()
    many = [f"00000000-0000-4000-8000-{number:012d}" for number in range(40_000)]
    lists: list[list[Any]] = [many, ["x"] * 100_000, [[]] * 100_000]
    for ids in lists:
        answer = await http.post(f"/api/v1/users/{user}/assign_actions/", json={"action_ids": ids})
        assert answer.status_code == 400
    assert time.monotonic() - began < 20


@pytest.mark.parametrize("noun", ["users", "actions", "places", "groups", "events", "geofences"])
async def test_long_lists_in_filters_are_found_or_refused_in_time(http: httpx.AsyncClient, noun: str) -> None:
    """Both engines bound what a statement may hold: neither its parameters nor its depth is the caller's to choose."""
    few = [f"00000000-0000-4000-8000-{number:012d}" for number in range(1_500)]
    began = time.monotonic()
    for name in await _parameters(noun):
        listed = await http.get(f"/api/v1/{noun}/?{name}={','.join(few)}")
        assert listed.status_code in (200, 400, 404), name
        listed = await http.get(f"/api/v1/{noun}/?{name}={','.join(['x'] * 30_000)}")
        assert listed.status_code in (200, 400, 404), name
        listed = await http.get(f"/api/v1/{noun}/?{name}={','.join(map(str, range(9_000)))}")
        assert listed.status_code in (200, 400, 404), name
        inside = await http.request("GET", f"/api/v1/{noun}/", json={name: few * 10})
        assert inside.json() == {"detail": "The request body must be at most 65536 bytes."}
    assert time.monotonic() - began < 40
    found = await http.get(f"/api/v1/{noun}/?id={','.join(few)}")
    assert (found.status_code, found.json()["results"]) == (200, [])
    over = await http.get(f"/api/v1/{noun}/?id={','.join(map(str, range(2_001)))}")
    assert over.json() == {"id": ["Ensure this field has no more than 2000 elements."]}
    long = await http.get(f"/api/v1/{noun}/?search={'x' * 60_000}")
    assert long.json() == {"search": ["Ensure this field has no more than 1000 characters."]}


@pytest.mark.parametrize("opened", [b"[", b'{"a":', b'{"metadata":{"a":'])
async def test_json_that_is_too_deep_is_refused(http: httpx.AsyncClient, opened: bytes) -> None:
    for depth in (500, 5_000, 200_000):
        answer = await http.post("/api/v1/users/", content=opened * depth + b"1")
        assert answer.status_code == 400


async def test_deep_metadata_comes_back_or_is_refused(http: httpx.AsyncClient) -> None:
    for depth in (50, 400, 900, 2_000):
        body = b'{"metadata":' + b'{"a":' * depth + b"1" + b"}" * depth + b"}"
        answer = await http.post("/api/v1/users/", content=body, headers={"content-type": "application/json"})
        assert answer.status_code in (201, 400), depth
    assert (await http.get("/api/v1/users/")).status_code == 200


async def test_any_unicode_comes_back(http: httpx.AsyncClient) -> None:
    name = "Zoë 😀 \u202e \u0301 \uffff 日本 \U0010ffff"
    user = (await http.post("/api/v1/users/", json={"name": name, "metadata": {name: name}})).json()
    assert (user["name"], user["metadata"]) == (name, {name: name})
    found = await http.get("/api/v1/users/", params={"name": "日本"})
    assert [each["id"] for each in found.json()["results"]] == [user["id"]]
