"""Who gets in, and in which form they are answered: tokens, negotiation, what the framework itself says."""

import json
from typing import Any

import pytest

from hyway.kernel import sqid
from hyway.kernel.limits import LocalWindow
from tests.apis.hypemarket.conftest import PAGE, World, make_world

# The form of an answer is chosen before any statement; the resources have their tests on every engine.
pytestmark = pytest.mark.one_engine

TOKENS = "/me/access_tokens.json"
NOT_FOUND = {"status": 404, "error": "Not Found"}


def denied(answer: Any) -> bool:
    return (
        answer.status_code == 401
        and answer.headers["www-authenticate"] == 'Token realm="Application"'
        and answer.headers["content-type"] == "text/plain; charset=utf-8"
        and answer.headers["cache-control"] == "no-cache"
        and answer.content == b"HTTP Token: Access denied.\n"
    )


@pytest.mark.parametrize(
    "said",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer nobody",
        "Bearer \xff\xfe",
        "Bearer two words",
        "Token token=",
        "Basic {token}",
        "{token}",
        "Bearer " + "x" * 5_000,
    ],
)
async def test_a_token_is_wanted(world: World, said: str | None) -> None:
    async with world.client("") as client:
        whole = (said or "").format(token=world.token).encode("latin-1")
        headers = [] if said is None else [(b"Authorization", whole)]
        for method in ("GET", "HEAD", "POST", "PATCH", "DELETE"):
            path = "/me/address.json" if method != "POST" else TOKENS
            answer = await client.request(method, path, headers=headers)
            assert denied(answer) or (method == "HEAD" and answer.status_code == 401), (method, answer.text)


async def test_a_revoked_token_is_none(world: World) -> None:
    secret = world.new_token()
    async with world.client() as client, world.client(secret) as other:
        assert (await other.get(TOKENS)).status_code == 200
        await client.delete(f"/me/access_tokens/{(await client.get(TOKENS)).json()[0]['id']}.json")
        assert denied(await other.get(TOKENS))


@pytest.mark.parametrize(
    "scheme",
    ["Bearer {}", "bearer {}", "Token {}", 'Token token="{}"', "Token token={}", 'Token token="{}", n="1"'],
)
async def test_a_token_may_be_shown_in_several_ways(world: World, scheme: str) -> None:
    async with world.client("") as client:
        answer = await client.get(TOKENS, headers={"Authorization": scheme.format(world.token)})
        assert answer.status_code == 200


async def test_a_token_that_reads_does_nothing_else(world: World) -> None:
    """Refused before anything is looked for, whether it is there or not, and whatever is sent."""
    async with world.client(world.new_token(permission="read")) as client:
        assert (await client.get(f"/organizations/{world.id}.json")).status_code == 200
        assert (await client.head(f"/organizations/{world.id}.json")).status_code == 200
        for method, path in (
            ("POST", TOKENS),
            ("PATCH", f"/organizations/{world.id}.json"),
            ("PUT", f"/organizations/{world.id}.json"),
            ("DELETE", f"/organizations/{world.id}.json"),
            ("DELETE", "/organizations/ABCDEF.json"),
            ("DELETE", "/me/access_tokens/nothing.json"),
        ):
            assert denied(await client.request(method, path, content=b"{")), (method, path)


async def test_who_bears_a_token_gets_no_page(world: World) -> None:
    async with world.client() as client:
        for accept in ("text/html", "*/*", "", "text/html,application/json;q=0.9,*/*;q=0.8"):
            answer = await client.get("/organizations", headers={"Accept": accept})
            assert denied(answer), accept
        assert denied(await client.get("/organizations.html", headers={"Accept": "application/json"}))


async def test_who_bears_none_gets_pages(world: World) -> None:
    async with world.client("") as client:
        for path in ("/organizations", "/me/access_tokens", "/organizations/ABCDEF/campaigns/new"):
            answer = await client.get(path, headers={"Accept": "text/html"})
            assert (answer.content, answer.headers["x-asked"]) == (PAGE, path)
        suffixed = await client.get("/organizations.html")
        assert (suffixed.content, suffixed.headers["x-asked"]) == (PAGE, "/organizations")


async def test_a_session_speaks_no_json(world: World) -> None:
    async with world.client("", cookies={"hyway_session": "anything", "session": world.token}) as client:
        assert denied(await client.get(TOKENS))


JSON_WANTED = [
    ("/organizations.json", "text/html"),
    ("/organizations.json", "*/*"),
    ("/organizations.json", ""),
    ("/organizations", "application/json"),
    ("/organizations", "application/json; charset=utf-8"),
    ("/organizations", "application/json, text/html"),
    ("/organizations", "text/html;q=0.5, application/json"),
    ("/organizations", "text/x-json"),
    ("/organizations", "application/xml, application/json"),
    ("/organizations/", "application/json"),
]
HTML_WANTED = [
    ("/organizations", "text/html"),
    ("/organizations", ""),
    ("/organizations", "*/*"),
    ("/organizations", "application/json, */*"),
    ("/organizations", "*/*, application/json"),
    ("/organizations", "application/json, text/html, */*;q=0.1"),
    ("/organizations", "application/xhtml+xml"),
    ("/organizations", "application/*"),
    ("/organizations.html", "application/json"),
]


@pytest.mark.parametrize(("path", "accept"), JSON_WANTED)
async def test_json_is_asked_for_by_suffix_or_by_header(world: World, path: str, accept: str) -> None:
    async with world.client() as client:
        answer = await client.get(path, headers={"Accept": accept})
        assert (answer.status_code, answer.headers["content-type"]) == (
            200,
            "application/json; charset=utf-8",
        )


@pytest.mark.parametrize(("path", "accept"), HTML_WANTED)
async def test_all_else_is_a_page(world: World, path: str, accept: str) -> None:
    async with world.client("") as client:
        assert (await client.get(path, headers={"Accept": accept})).content == PAGE


@pytest.mark.parametrize(
    ("path", "accept", "is_xml"),
    [
        ("/organizations.xml", "application/json", True),
        ("/organizations", "application/xml", True),
        ("/organizations", "text/plain", False),
        ("/organizations", "image/png, text/csv", False),
    ],
)
async def test_no_other_form_is_to_be_had(world: World, path: str, accept: str, is_xml: bool) -> None:
    async with world.client() as client:
        answer = await client.get(path, headers={"Accept": accept})
        assert answer.status_code == 406
        if is_xml:
            assert answer.headers["content-type"] == "application/xml; charset=UTF-8"
            assert '<hash>\n  <status type="integer">406</status>' in answer.text


async def test_answers_vary_by_what_was_negotiated(world: World) -> None:
    async with world.client() as client:
        for answer in (await client.get("/organizations"), await client.get("/me/address")):
            assert answer.headers["vary"] == "Accept"
        assert "vary" not in (await client.get("/organizations.json")).headers
    async with world.client("") as client:
        browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
        assert "vary" not in (await client.get("/organizations", headers=browser)).headers


async def test_what_is_an_organizations_is_not_authorized(world: World) -> None:
    other = make_world(world.db, "Other")
    async with world.client() as client:
        for path in (
            f"/organizations/{other.id}.json",
            f"/organizations/{other.id}/members.json",
            "/organizations/ABCDEF.json",
            "/organizations/3.json",
            f"/organizations/{world.id}/members/ABCDEF.json",
        ):
            method = "DELETE" if path.endswith("members/ABCDEF.json") else "GET"
            answer = await client.request(method, path)
            assert (answer.status_code, answer.json()) == (404, {"error": "Not authorized"}), path
    async with world.client(of=world.person("Mia", "member")) as client:
        answer = await client.patch(f"/organizations/{world.id}.json", json={"organization": {"name": "x"}})
        assert (answer.status_code, answer.json()) == (403, {"error": "Not authorized"})


async def test_a_role_is_asked_before_the_body(world: World) -> None:
    async with world.client(of=world.person("Mia", "member")) as client:
        assert (await client.patch(f"/organizations/{world.id}.json", json={})).status_code == 403
    async with world.client(of=world.person("Sam")) as client:
        assert (await client.patch(f"/organizations/{world.id}.json", json={})).status_code == 404


async def test_what_is_a_persons_own_is_missing_without_a_word(world: World) -> None:
    async with world.client() as client:
        for method, path in (
            ("GET", "/me/address.json"),
            ("DELETE", "/me/address.json"),
            ("DELETE", "/me/access_tokens/ABCDEF.json"),
            ("DELETE", "/me/access_tokens/1.json"),
        ):
            answer = await client.request(method, path)
            assert (answer.status_code, answer.content) == (404, b"")
            assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/me/nothing.json"),
        ("GET", "/me/access_tokens/a.b.json"),
        ("GET", "/me/é.json"),
        ("GET", "/me//address.json"),
        ("OPTIONS", "/me/address.json"),
        ("POST", "/me/address.json"),
        ("PROPFIND", "/me/address.json"),
        ("DELETE", "/organizations.json"),
    ],
)
async def test_what_there_is_not_is_not_found(world: World, method: str, path: str) -> None:
    for token in (world.token, ""):
        async with world.client(token) as client:
            answer = await client.request(method, path)
            assert (answer.status_code, answer.json()) == (404, NOT_FOUND), path
            assert answer.headers["content-type"] == "application/json; charset=UTF-8"


async def test_an_unknown_verb_is_told_so(world: World) -> None:
    async with world.client() as client:
        answer = await client.request("BREW", "/me/address.json")
        assert (answer.status_code, answer.json()) == (405, {"status": 405, "error": "Method Not Allowed"})


async def test_who_asks_too_much_is_told_to_come_again(db: Any) -> None:
    """The vendor never answers 429: too much is a server that is busy for a moment."""
    window = LocalWindow()
    world = make_world(db, window=window)
    for _ in range(120_000):
        window.hit(f"person:{world.owner.seq}", 120_000)
    other = world.person("Kim", "member")
    async with world.client() as client, world.client(of=other) as another:
        answer = await client.get(TOKENS)
        assert (answer.status_code, answer.json()) == (503, {"status": 503, "error": "Service Unavailable"})
        assert 1 <= int(answer.headers["retry-after"]) <= 60
        assert (await another.get(TOKENS)).status_code == 200, "people are counted one by one"


async def test_ids_are_spelled_in_one_way(world: World) -> None:
    """Inner numbers and other spellings of an id lead nowhere, so that nobody counts through."""
    seq = world.organization.seq
    async with world.client() as client:
        assert (await client.get(f"/organizations/{world.id}.json")).status_code == 200
        for id in (str(seq), world.id.swapcase(), world.id + "a", world.id[:-1], "a" * 40, "qTFrufqTFruf"):
            assert (await client.get(f"/organizations/{id}.json")).status_code == 404, id


@pytest.mark.parametrize("number", [2**31 - 1, 2**31, 2**40, 2**63 - 1])
async def test_ids_of_nothing_are_of_any_size(world: World, number: int) -> None:
    id = sqid.text(number)
    async with world.client() as client:
        for path in (f"/organizations/{id}.json", f"/organizations/{id}/members.json"):
            assert (await client.get(path)).json() == {"error": "Not authorized"}
        assert (await client.post(f"/organizations/{id}/join_requests.json")).status_code == 404
        assert (await client.delete(f"/organizations/{world.id}/members/{id}.json")).status_code == 404
        assert (await client.get(f"/organizations/{world.id}/campaigns/{id}.json")).status_code == 404
        paid = await client.post(f"/organizations/{world.id}/payouts.json", json={"payout": {"user_id": id}})
        assert paid.status_code in (201, 404, 422)


async def test_every_answer_names_its_request(world: World) -> None:
    async with world.client() as client:
        answer = await client.get(TOKENS, headers={"X-Request-Id": "mine-1"})
        assert answer.headers["x-request-id"] == "mine-1"
        assert answer.headers["x-content-type-options"] == "nosniff"


async def test_languages_change_nothing(world: World) -> None:
    async with world.client() as client:
        wrong = await client.patch(
            f"/organizations/{world.id}.json",
            json={"organization": {"name": ""}},
            headers={"Accept-Language": "fr-FR,fr;q=0.9"},
        )
        assert wrong.json() == {"errors": {"name": ["can't be blank"]}}


async def test_a_body_may_be_too_long(db: Any) -> None:
    world = make_world(db, body_limit=10_000)
    async with world.client() as client:
        answer = await client.post(TOKENS, json={"access_token": {"description": "x" * 20_000}})
        assert (answer.status_code, answer.json()) == (413, {"status": 413, "error": "Content Too Large"})
        assert len((await client.get(TOKENS)).json()) == 1
        raw = json.dumps({"access_token": {"description": "x" * 20_000}}).encode()

        async def pieces() -> Any:
            for start in range(0, len(raw), 1_000):
                yield raw[start : start + 1_000]

        slowly = await client.post(TOKENS, content=pieces(), headers={"Content-Type": "application/json"})
        assert slowly.status_code == 413
