"""Lists: the envelope, its links, orders and filters."""

import asyncio
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.apis.hypertrack.conftest import PUBLIC, World, make_world

GROUPS = "/api/v1/groups/"


async def fill(http: httpx.AsyncClient, *names: str) -> None:
    for name in names:
        assert (await http.post(GROUPS, json={"name": name})).status_code == 201


async def names(http: httpx.AsyncClient, query: str = "") -> list[str]:
    answer = await http.get(GROUPS + query)
    assert answer.status_code == 200, answer.text
    return [each["name"] for each in answer.json()["results"]]


async def test_the_envelope(world: World) -> None:
    async with world.client() as http:
        assert (await http.get(GROUPS)).json() == {"count": 0, "next": None, "previous": None, "results": []}
        await fill(http, "a", "b", "c", "d", "e")
        first = (await http.get(f"{GROUPS}?page_size=2&ordering=name&nobody=x%20y")).json()
        assert (first["count"], [each["name"] for each in first["results"]]) == (5, ["a", "b"])
        assert first["previous"] is None
        assert first["next"] == f"{PUBLIC}{GROUPS}?page_size=2&ordering=name&nobody=x+y&page=2"
        second = (await http.get(first["next"])).json()
        assert [each["name"] for each in second["results"]] == ["c", "d"]
        assert second["previous"] == f"{PUBLIC}{GROUPS}?page_size=2&ordering=name&nobody=x+y"
        last = (await http.get(second["next"])).json()
        assert ([each["name"] for each in last["results"]], last["next"]) == (["e"], None)


@pytest.mark.parametrize("page", ["0", "-1", "2", "99999999999999999999", "last", "1.5", "٣", "x"])
async def test_a_page_that_is_none(world: World, page: str) -> None:
    async with world.client() as http:
        await fill(http, "a")
        answer = await http.get(GROUPS, params={"page": page})
    assert (answer.status_code, answer.json()) == (404, {"detail": "Invalid page."})


async def test_sizes(world: World) -> None:
    async with world.client() as http:
        await fill(http, *(f"{number:02}" for number in range(51)))
        assert len(await names(http)) == 50
        for size, count in (
            ("7", 7),
            ("501", 51),
            ("99999999999999999999999", 51),
            ("0", 50),
            ("-3", 50),
            ("x", 50),
        ):
            assert len(await names(http, f"?page_size={size}")) == count


async def test_orders(world: World) -> None:
    async with world.client() as http:
        await fill(http, "b", "a", "c")
        assert await names(http) == ["c", "a", "b"]
        assert await names(http, "?ordering=created_at") == ["b", "a", "c"]
        assert await names(http, "?ordering=name") == ["a", "b", "c"]
        assert await names(http, "?ordering=-name") == ["c", "b", "a"]
        assert await names(http, "?ordering=nobody,-token,name") == ["a", "b", "c"]
        for unknown in ("nobody", "--name", "user__name", "seq", "account;", ","):
            assert await names(http, f"?ordering={unknown}") == ["c", "a", "b"]


async def test_nulls_come_last_on_both_engines(world: World) -> None:
    async with world.client() as http:
        await http.post(GROUPS, json={"name": "none"})
        for each in ("a", "b"):
            await http.post(GROUPS, json={"name": each, "lookup_id": each})
        assert await names(http, "?ordering=lookup_id") == ["a", "b", "none"]
        assert await names(http, "?ordering=-lookup_id") == ["b", "a", "none"]


async def test_filters(world: World) -> None:
    async with world.client() as http:
        await fill(http, "North 100%", "South_west", "Southern")
        rows = (await http.get(f"{GROUPS}?ordering=name")).json()["results"]
        ids, times = [row["id"] for row in rows], [row["created_at"] for row in rows]
        assert await names(http, "?name=SOUTH&ordering=name") == ["South_west", "Southern"]
        assert await names(http, "?name=%25") == ["North 100%"]
        assert await names(http, "?name=_") == ["South_west"]
        assert await names(http, "?search=north") == ["North 100%"]
        assert await names(http, "?search=south%20west") == ["South_west"]
        assert await names(http, f"?id={ids[0]},{ids[2]}/&ordering=name") == ["North 100%", "Southern"]
        assert await names(http, "?id=nonsense") == []
        assert await names(http, f"?min_created_at={times[1]}&ordering=name") == ["South_west", "Southern"]
        assert await names(http, f"?max_date={times[0]}") == ["North 100%"]
        assert await names(http, "?min_date=2015-01-01T00:00:00%2B05:30&max_date=2016-01-01T00:00:00") == []
        answer = await http.get(f"{GROUPS}?min_date=yesterday")
        assert answer.status_code == 400
        assert answer.json()["min_date"][0].startswith("Datetime has wrong format.")


async def test_a_lookup_id_loses_the_slash_that_the_android_client_adds(world: World) -> None:
    async with world.client() as http:
        await http.post(GROUPS, json={"name": "G", "lookup_id": "abc"})
        for query in ("?lookup_id=abc/", "?lookup_id=abc", "?unique_id=abc/"):
            assert await names(http, query) == ["G"]
        assert await names(http, "?lookup_id=ab") == []


@pytest.mark.parametrize(
    ("host", "scheme", "peer", "told", "start"),
    [
        ("localhost:8000", "http", "127.0.0.1", None, "http://localhost:8000"),
        ("go.example", "http", "127.0.0.1", None, PUBLIC),
        ("10.0.0.5:81", "https", "127.0.0.1", None, "https://10.0.0.5:81"),
        ("track.example", "http", "10.1.1.1", "https", "https://track.example"),
        ("track.example", "http", "192.0.2.1", "https", "http://track.example"),
        ("track.example", "http", "10.1.1.1", "javascript", "http://track.example"),
    ],
)
async def test_links_lead_where_the_caller_came_from(
    db: Any, host: str, scheme: str, peer: str, told: str | None, start: str
) -> None:
    world = make_world(db, trusted_proxies=("10.0.0.0/8",))
    async with world.client(base_url=f"{scheme}://at", client=(peer, 5000)) as http:
        await fill(http, "a", "b")
        headers = {"Host": host, **({"X-Forwarded-Proto": told} if told else {})}
        page = (await http.get(f"{GROUPS}?page_size=1", headers=headers)).json()
    assert page["next"] == f"{start}{GROUPS}?page_size=1&page=2"


def test_following_next_gives_everything_once(world: World) -> None:
    """Whatever the size and the order: all rows, each once, and the same way back."""

    async def ready() -> list[str]:
        async with world.client() as http:
            await fill(http, *(f"{number % 3}" for number in range(11)))
            return sorted(row["id"] for row in (await http.get(GROUPS)).json()["results"])

    every = asyncio.run(ready())

    async def walk(start: str, link: str) -> list[list[str]]:
        pages, at = [], start
        async with world.client() as http:
            while at:
                page = (await http.get(at)).json()
                assert page["count"] == len(every)
                assert urlsplit(at).path == GROUPS
                pages.append([row["id"] for row in page["results"]])
                last, at = at, page[link]
        return [*pages, [last]]

    @settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        size=st.integers(1, 13),
        order=st.lists(st.sampled_from(["name", "-name", "created_at", "-lookup_id", "x"]), max_size=3),
    )
    def check(size: int, order: list[str]) -> None:
        query = f"{GROUPS}?page_size={size}&ordering={','.join(order)}"
        *pages, (end,) = asyncio.run(walk(query, "next"))
        assert sorted(id for page in pages for id in page) == every
        assert all(len(page) == size for page in pages[:-1])
        *back, _ = asyncio.run(walk(end, "previous"))
        assert back[::-1] == pages

    check()
