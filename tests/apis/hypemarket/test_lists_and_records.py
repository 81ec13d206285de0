"""How lists are paged and single records may be kept: Pagy's headers, weak tags, what stands on every answer."""

import hashlib
import re
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import pytest

from hyway.domain import identity
from hyway.kernel.db import Write
from tests.apis.hypemarket.conftest import World, alone

TOKENS = "/me/access_tokens.json"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def fill(world: World, count: int) -> None:
    """So many tokens of the owner, besides the one that a client uses."""

    def many(w: Write) -> None:
        for number in range(count - 1):
            identity.tokens.create(w, alone(world.owner), f"Token {number:03}")

    world.db.write_now(many)


def standing(answer: httpx.Response) -> list[str]:
    return [answer.headers[name] for name in ("current-page", "page-items", "total-count", "total-pages")]


def links(answer: httpx.Response) -> dict[str, str]:
    return {found[1]: found[0] for found in re.findall(r'<([^>]*)>; rel="(\w+)"', answer.headers["link"])}


async def test_headers_tell_where_a_page_stands(world: World) -> None:
    fill(world, 45)
    async with world.client() as client:
        answer = await client.get(TOKENS, params={"page": 2})
        assert standing(answer) == ["2", "20", "45", "3"]
        assert len(answer.json()) == 20
        at = "https://go.example/me/access_tokens.json?page="
        assert links(answer) == {"first": at + "1", "prev": at + "1", "next": at + "3", "last": at + "3"}


async def test_there_is_no_link_beyond_the_ends(world: World) -> None:
    fill(world, 21)
    async with world.client() as client:
        assert list(links(await client.get(TOKENS))) == ["first", "next", "last"]
        assert list(links(await client.get(TOKENS, params={"page": 2}))) == ["first", "prev", "last"]


async def test_other_parameters_stay_in_the_links(world: World) -> None:
    async with world.client() as client:
        answer = await client.get(TOKENS, params={"q": "a&b", "page": 1})
        assert links(answer)["last"] == "https://go.example/me/access_tokens.json?q=a%26b&page=1"


async def test_a_page_has_twenty_whatever_is_asked(world: World) -> None:
    fill(world, 30)
    async with world.client() as client:
        answer = await client.get(TOKENS, params={"per_page": 100, "limit": 100})
        assert (len(answer.json()), answer.headers["page-items"]) == (20, "20")


async def test_an_empty_list_has_one_page(world: World) -> None:
    async with world.client(of=world.person("Kim")) as client:
        answer = await client.get("/organizations.json")
        assert (answer.json(), standing(answer)) == ([], ["1", "20", "0", "1"])
        assert list(links(answer)) == ["first", "last"]


@pytest.mark.parametrize("page", ["3", "4", "1000", "99999999999999999999999"])
async def test_beyond_the_last_page_is_the_last_page(world: World, page: str) -> None:
    fill(world, 45)
    async with world.client() as client:
        answer = await client.get(TOKENS, params={"page": page})
        assert (standing(answer), len(answer.json())) == (["3", "20", "45", "3"], 5)


@pytest.mark.parametrize("page", ["0", "-1", "abc", "", "1.9", " 1", "1abc", "[]"])
async def test_what_is_no_page_is_the_first(world: World, page: str) -> None:
    fill(world, 25)
    async with world.client() as client:
        answer = await client.get(f"{TOKENS}?page={page}")
        assert (answer.status_code, answer.headers["current-page"]) == (200, "1")
        several = await client.get(f"{TOKENS}?page[]=2")
        assert several.headers["current-page"] == "1"


async def test_a_record_has_a_weak_tag_of_its_body(world: World) -> None:
    async with world.client() as client:
        answer = await client.get(f"/organizations/{world.id}.json")
        assert answer.headers["etag"] == f'W/"{hashlib.sha256(answer.content).hexdigest()[:32]}"'
        assert answer.headers["cache-control"] == "max-age=0, private, must-revalidate"
        changed = parsedate_to_datetime(answer.headers["last-modified"])
        assert changed.strftime("%Y-%m-%dT%H:%M:%SZ") == answer.json()["updated_at"]


async def test_a_list_has_no_tag(world: World) -> None:
    async with world.client() as client:
        answer = await client.get("/organizations.json")
        assert "etag" not in answer.headers
        assert "last-modified" not in answer.headers


def known(tag: str) -> list[str]:
    strong = tag.removeprefix("W/")
    return [tag, strong, "*", f'"other", {tag}', f'W/"a,b",{strong} , "c"']


@pytest.mark.parametrize("spelling", range(5))
async def test_a_known_body_is_not_sent_again(world: World, spelling: int) -> None:
    path = f"/organizations/{world.id}.json"
    async with world.client() as client:
        first = await client.get(path)
        said = known(first.headers["etag"])[spelling]
        answer = await client.get(path, headers={"If-None-Match": said, "If-Modified-Since": "x"})
        assert (answer.status_code, answer.content) == (304, b"")
        assert "content-type" not in answer.headers
        assert "content-length" not in answer.headers
        for name in ("etag", "last-modified", "cache-control"):
            assert answer.headers[name] == first.headers[name]


@pytest.mark.parametrize("said", ["", "W/", "nonsense", '"0123456789abcdef0123456789abcdef"', 'W/"'])
async def test_another_tag_gets_the_body(world: World, said: str) -> None:
    async with world.client() as client:
        answer = await client.get(f"/organizations/{world.id}.json", headers={"If-None-Match": said})
        assert answer.status_code == 200
        assert answer.json()["id"] == world.id


async def test_the_tag_changes_exactly_when_the_body_does(world: World) -> None:
    path = f"/organizations/{world.id}.json"
    async with world.client() as client:
        seen: dict[str, str] = {}
        for name in ("One", "One", "Two", "Two", "One"):
            await client.patch(path, json={"organization": {"name": name}})
            answer = await client.get(path)
            body, tag = answer.text, answer.headers["etag"]
            assert seen.setdefault(body, tag) == tag
            again = await client.get(path, headers={"If-None-Match": tag})
            assert again.status_code == 304
        assert len(set(seen.values())) == len(seen) >= 2


async def test_an_old_date_alone_gets_the_body(world: World) -> None:
    """Figures change within a second: what is not told by the tag may have changed."""
    path = f"/organizations/{world.id}.json"
    async with world.client() as client:
        when = (await client.get(path)).headers["last-modified"]
        assert (await client.get(path, headers={"If-Modified-Since": when})).status_code == 200


async def test_head_is_get_without_a_body(world: World) -> None:
    async with world.client(world.new_token(permission="read")) as client:
        for path in (TOKENS, f"/organizations/{world.id}.json", "/me/address.json", "/me/nothing.json"):
            got, head = await client.get(path), await client.head(path)
            assert (head.status_code, head.content) == (got.status_code, b"")
            same = [name for name in got.headers if name not in ("x-request-id", "date")]
            assert [head.headers[name] for name in same] == [got.headers[name] for name in same]
        tag = (await client.get(f"/organizations/{world.id}.json")).headers["etag"]
        known = await client.head(f"/organizations/{world.id}.json", headers={"If-None-Match": tag})
        assert known.status_code == 304


async def test_put_is_patch(world: World) -> None:
    path = f"/organizations/{world.id}.json"
    async with world.client() as client:
        answer = await client.put(path, json={"organization": {"website": "https://acme.example"}})
        assert answer.status_code == 200
        assert (answer.json()["website"], answer.json()["name"]) == ("https://acme.example", "Acme")


async def test_what_is_new_answers_like_its_show_and_says_where_it_is(world: World) -> None:
    async with world.client() as client:
        made = await client.post("/organizations.json", json={"organization": {"name": "New"}})
        assert made.status_code == 201
        shown = await client.get(made.headers["location"])
        assert shown.json() == made.json()


async def test_what_is_gone_answers_with_nothing(world: World) -> None:
    async with world.client() as client:
        id = (await client.get(TOKENS)).json()[0]["id"]
        answer = await client.delete(f"/me/access_tokens/{id}.json")
        assert (answer.status_code, answer.content) == (204, b"")
        assert "content-type" not in answer.headers
        assert answer.headers["cache-control"] == "no-cache"


def refusals(world: World) -> dict[int, Callable[[httpx.AsyncClient], Any]]:
    path = f"/organizations/{world.id}.json"
    return {
        400: lambda client: client.patch(path, json={}),
        401: lambda client: client.get(path, headers={"Authorization": "Bearer nobody"}),
        404: lambda client: client.get("/organizations/ABCDEF.json"),
        422: lambda client: client.patch(path, json={"organization": {"name": ""}}),
    }


@pytest.mark.parametrize("status", [400, 401, 404, 422])
async def test_refusals_are_not_kept(world: World, status: int) -> None:
    async with world.client() as client:
        answer = await refusals(world)[status](client)
        assert (answer.status_code, answer.headers["cache-control"]) == (status, "no-cache")


async def test_answers_are_json_in_utf8(world: World) -> None:
    async with world.client() as client:
        for answer in (
            await client.get(TOKENS),
            await client.get(f"/organizations/{world.id}.json"),
            await client.post("/organizations.json", json={"organization": {"name": "Ünïcode"}}),
            await client.patch(f"/organizations/{world.id}.json", json={"organization": {"name": ""}}),
            await client.get("/organizations/ABCDEF.json"),
        ):
            assert answer.headers["content-type"] == "application/json; charset=utf-8"
            answer.content.decode()


async def test_times_are_whole_seconds(world: World) -> None:
    async with world.client() as client:
        shown = (await client.get(f"/organizations/{world.id}.json")).json()
        assert all(TIME.fullmatch(shown[name]) for name in ("created_at", "updated_at"))
        token = (await client.get(TOKENS)).json()[0]
        assert TIME.fullmatch(token["created_at"])
        assert token["last_used_at"] is None


async def test_a_record_tells_its_absolute_address(world: World) -> None:
    async with world.client() as client:
        for path in (f"/organizations/{world.id}.json", f"/organizations/{world.id}"):
            shown = (await client.get(path)).json()
            assert shown["url"] == f"https://go.example/organizations/{world.id}.json"


async def test_tokens_come_newest_first(world: World) -> None:
    fill(world, 4)
    async with world.client() as client:
        found = [each["description"] for each in (await client.get(TOKENS)).json()]
        assert found == ["Token 002", "Token 001", "Token 000", "A test"]
