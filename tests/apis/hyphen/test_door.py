"""Manners of the wire: slashes, HEAD, credentials, cookies, browsers, envelopes, limits, what cannot be read."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from hyway.apis.hyphen import reading, style
from hyway.domain import identity
from hyway.kernel.db import Database
from hyway.kernel.faults import Fault, Gone, Invalid, Missing, Refused, Several, Spent, Taken, Unknown
from hyway.kernel.limits import LocalWindow, Standing
from tests.apis.hyphen.conftest import PUBLIC, Acme, make_world, refused

HERE = {"origin": PUBLIC}
NEW = {"name": "Core"}


@pytest.mark.parametrize("path", ["/api/organizations", "/api/me", "/api/execution-context"])
async def test_a_slash_at_the_end_makes_no_difference(acme: Acme, path: str) -> None:
    async with acme.client() as client:
        bare, slashed = await client.get(path), await client.get(f"{path}/")
        assert (bare.status_code, slashed.status_code) == (200, 200)
        assert not bare.history
        if "context" not in path:
            assert bare.json() == slashed.json()
        refused(await client.get(f"{path}//"), 404, "Not Found")


async def test_head_is_get_without_its_body(acme: Acme) -> None:
    async with acme.client() as client:
        got, head = await client.get(acme.base), await client.head(f"{acme.base}/")
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == got.headers["content-length"]
        assert (await client.head("/api/nothing")).status_code == 404


async def test_every_answer_has_its_headers(acme: Acme) -> None:
    async with acme.client() as client, acme.client("") as nobody:
        for answer in (await client.get(acme.base), await nobody.get(acme.base), await client.get("/api/x")):
            assert answer.headers["content-type"] == "application/json; charset=utf-8"
            assert answer.headers["cache-control"] == "no-store"
            assert answer.headers["access-control-allow-origin"] == "*"


async def test_a_browser_asks_first(acme: Acme) -> None:
    asks = {
        "origin": "https://app.example",
        "access-control-request-method": "PATCH",
        "access-control-request-headers": "x-api-key",
    }
    async with acme.client("") as nobody:
        answer = await nobody.options(f"{acme.base}/teams/", headers=asks)
    assert (answer.status_code, answer.content) == (204, b"")
    assert "X-Api-Key" in answer.headers["access-control-allow-headers"]
    assert "PATCH" in answer.headers["access-control-allow-methods"]
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    "path", ["/api", "/api/nothing", "/api/me/more", "/api/organizations/x/nothing", "/api/me\x00", "/api/mé"]
)
async def test_what_is_not_there_is_not_found(acme: Acme, path: str) -> None:
    async with acme.client() as client, acme.client("") as nobody:
        refused(await client.get(path.replace("\x00", "%00")), 404, "Not Found")
        refused(await nobody.get(path.replace("\x00", "%00")), 404, "Not Found")


async def test_a_wrong_method_is_not_found(acme: Acme) -> None:
    async with acme.client() as client:
        for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
            refused(await client.request(method, "/api/me/"), 404, "Not Found")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-api-key": "key_nobodys"},
        {"x-api-key": "schlüssel".encode("latin-1")},
        {"authorization": "Bearer "},
        {"authorization": "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1c2VyXzEifQ."},
        {"authorization": "Basic a2V5OmtleQ=="},
        {"cookie": "access_token=nobodys"},
        {"cookie": "\x01;=;;access_token"},
    ],
    ids=["nothing", "unknown", "latin", "empty", "alg-none", "basic", "cookie", "no-cookie"],
)
async def test_who_shows_nothing_good_is_unknown(acme: Acme, headers: dict[str, Any]) -> None:
    async with acme.client("", headers=headers) as nobody:
        refused(await nobody.get(acme.base), 401, style.UNKNOWN)


@pytest.mark.parametrize(
    "headers",
    [
        {"x-api-key": "public_b3JnXzE6cHJval8xOnNlY3JldA=="},
        {"authorization": "Bearer public_"},
        {"authorization": "bearer public_b3JnXzE6cHJval8xOnNlY3JldA=="},
    ],
)
async def test_a_public_key_is_told_what_it_is_for(acme: Acme, headers: dict[str, Any]) -> None:
    """Somebody's or nobody's: which it is, is not said."""
    async with acme.client("", headers=headers) as client:
        for path in (acme.base, "/api/me/", "/api/public-keys/", "/ip"):
            refused(await client.get(path), 403, "A public key may evaluate toggles and nothing else.")


async def test_a_key_may_be_borne_too(acme: Acme) -> None:
    async with acme.client("", headers={"authorization": f"bearer {acme.key}"}) as client:
        assert (await client.get(acme.base)).status_code == 200
    # A header that is there and empty says nothing.
    headers = {"x-api-key": "", "authorization": f"Bearer {acme.key}"}
    async with acme.client("", headers=headers) as client:
        assert (await client.get(acme.base)).status_code == 200


async def test_a_key_that_is_dropped_opens_nothing_any_longer(acme: Acme) -> None:
    made, secret = acme.db.write_now(identity.api_keys.create, acme.by, "Gone soon")
    assert secret.value
    async with acme.client(secret.value) as client:
        assert (await client.get(acme.base)).status_code == 200
        acme.db.write_now(identity.api_keys.drop, acme.by, made.id)
        refused(await client.get(acme.base), 401)


@pytest.fixture
def browser(acme: Acme) -> dict[str, str]:
    return {"cookie": f"other=1; access_token={acme.token(acme.owner)}"}


async def test_a_cookie_alone_reads_from_anywhere(acme: Acme, browser: dict[str, str]) -> None:
    async with acme.client("", headers=browser) as client:
        found = await client.get("/api/me/", headers={"origin": "https://evil.example"})
    assert found.status_code == 200
    assert "access-control-allow-credentials" not in found.headers


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": PUBLIC.replace("https", "http")},
        {"origin": f"{PUBLIC}.evil.example"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site", "origin": PUBLIC},
    ],
)
async def test_a_cookie_alone_changes_nothing_from_elsewhere(
    acme: Acme, browser: dict[str, str], headers: dict[str, str]
) -> None:
    async with acme.client("", headers=browser) as client:
        refused(await client.post(f"{acme.base}/teams/", json=NEW, headers=headers), 403)
        assert (await client.get(f"{acme.base}/teams/")).json()["data"] == []


@pytest.mark.parametrize(
    "headers",
    [HERE, {"sec-fetch-site": "same-origin"}, {"sec-fetch-site": "none"}, {"origin": PUBLIC.upper()}],
)
async def test_a_cookie_changes_things_from_pages_of_ours(
    acme: Acme, browser: dict[str, str], headers: dict[str, str]
) -> None:
    async with acme.client("", headers=browser) as client:
        answer = await client.post(f"{acme.base}/teams/", json=NEW, headers=headers)
    assert answer.status_code == 201


async def test_a_header_counts_before_the_cookie(acme: Acme, browser: dict[str, str]) -> None:
    async with acme.client("", headers={**browser, "x-api-key": "key_nobodys"}) as client:
        refused(await client.get("/api/me/"), 401)
    async with acme.client("", headers={**browser, "x-api-key": acme.key}) as client:
        # It is a key that asks, which no page of somebody else's can make a browser send.
        assert (await client.post(f"{acme.base}/teams/", json=NEW)).status_code == 201


async def test_a_refusal_names_its_request_and_its_kind(acme: Acme) -> None:
    wanted = "/api/organizations/org_000000000000000000000000"
    async with acme.client() as client:
        one, two = await client.get(f"{wanted[:-1]}1"), await client.get(f"{wanted[:-1]}2")
        named = await client.get(wanted, headers={"x-request-id": "mine"})
        unknown = await client.get("/api/nothing")
    assert one.json()["errorCode"] == two.json()["errorCode"] != unknown.json()["errorCode"]
    assert one.json()["requestId"] != two.json()["requestId"]
    assert one.json()["requestId"] == style.short(one.headers["x-request-id"])
    assert named.json()["requestId"] == style.short("mine")


@pytest.mark.parametrize(
    ("fault", "status", "message"),
    [
        (None, 500, "An unknown error occurred"),
        (Unknown("Who?"), 401, "Who?"),
        (Refused("You may not"), 403, "You may not"),
        (Missing("Not {what}", what="there"), 404, "Not there"),
        (Gone("Over"), 404, "Over"),
        (Taken("alternateId", "is taken"), 409, "alternateId is taken"),
        (Taken("", "The last one stays"), 409, "The last one stays"),
        (Invalid("body/name", "must be string"), 400, "body/name must be string"),
        (Invalid("", "Body is not valid JSON"), 400, "Body is not valid JSON"),
        (Spent("Rate limit exceeded", retry_after=3), 429, "Rate limit exceeded"),
        (
            Invalid("", "the request body must be at most {most} bytes", most=1),
            413,
            "Request body is too large",
        ),
        (Several([Invalid("a", "is bad"), Invalid("b", "is worse")]), 400, "a is bad"),
    ],
)
def test_a_refusal_has_a_status_and_texts_alone(fault: Fault | None, status: int, message: str) -> None:
    voiced = style.sign(style.voice(fault), "01900000-0000-7000-8000-000000000000")
    told = json.loads(voiced.body)
    assert (voiced.status, told["message"]) == (status, message)
    # The vendor's command line reads a map of texts: a list only where there is more to tell.
    assert ("errors" in told) == isinstance(fault, Several)
    if isinstance(fault, Spent):
        assert (b"retry-after", b"3") in voiced.headers


@pytest.mark.parametrize("sent", [b"", b"   ", b"null", b"{}", b'{"unknown": [1, {"deep": null}]}'])
async def test_a_body_that_says_nothing_is_taken_for_nothing(acme: Acme, sent: bytes) -> None:
    headers = {"content-type": "application/json"}
    async with acme.client(headers=headers) as client:
        assert (await client.patch(acme.base, content=sent)).status_code == 200
        assert (await client.request("GET", acme.base, content=sent)).status_code == 200


async def test_a_body_may_come_in_chunks(acme: Acme) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b'{"name"'
        yield b': "Apex"}'

    async with acme.client() as client:
        answer = await client.patch(acme.base, content=chunks())
    assert answer.json()["name"] == "Apex"


@pytest.mark.parametrize(
    "sent",
    [b"{", b"name=Apex", b"\xff\xfe", b'{"name": "\xff"}', b'{"a": 1e999999999999}x', b"[" * 200_000],
    ids=["open", "form", "no-utf8", "half-utf8", "trailing", "deep"],
)
async def test_what_is_no_json_is_refused(acme: Acme, sent: bytes) -> None:
    async with acme.client() as client:
        refused(await client.patch(acme.base, content=sent), 400)
        assert (await client.get(acme.base)).json()["name"] == "Acme"


@pytest.mark.parametrize("sent", ["text", 5, True, [], [{}]])
async def test_a_body_of_another_kind_is_refused(acme: Acme, sent: Any) -> None:
    async with acme.client() as client:
        refused(await client.patch(acme.base, json=sent), 400, "body must be object")


async def test_what_is_too_long_is_refused(db: Database) -> None:
    world = make_world(db, body_limit=1000)
    async with world.client() as client:
        answer = await client.patch(world.base, json={"name": "x" * 2000})
    refused(answer, 413, "Request body is too large")


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("pageNum=0", "querystring/pageNum must be >= 1"),
        ("pageNum=-1", "querystring/pageNum must be >= 1"),
        ("pageNum=x", "querystring/pageNum must be integer"),
        ("pageNum=1.5", "querystring/pageNum must be integer"),
        ("pageNum=9007199254740992", "querystring/pageNum must be <= 9007199254740991"),
        ("pageNum=99999999999999999999999", "querystring/pageNum must be integer"),
        ("pageNum=1&pageNum=2", "querystring/pageNum must be integer"),
        ("pageSize=0", "querystring/pageSize must be >= 1"),
        ("pageSize=201", "querystring/pageSize must be <= 200"),
        ("name=a%00b", 'querystring/name must match pattern "^[^\\u0000]*$"'),
        ("name=" + "x" * 101, "querystring/name must NOT have more than 100 characters"),
        ("name=a&name=b", "querystring/name must be string"),
        ("&".join(f"p{n}=1" for n in range(2_001)), "querystring must NOT have more than 2000 properties"),
    ],
)
async def test_what_is_wrong_in_a_query_is_told(acme: Acme, query: str, message: str) -> None:
    async with acme.client() as client:
        refused(await client.get(f"/api/organizations/?{query}"), 400, message)


@pytest.mark.parametrize("query", ["pageNum=", "name=", "unknown=1&unknown=2", "pageSize=200", "%FF=%FE"])
async def test_what_is_empty_or_unknown_in_a_query_is_passed_over(acme: Acme, query: str) -> None:
    async with acme.client() as client:
        assert (await client.get(f"/api/organizations/?{query}")).json()["total"] == 1


async def test_who_may_not_is_refused_before_the_body_is_read(acme: Acme) -> None:
    read = False

    async def body() -> AsyncIterator[bytes]:
        nonlocal read
        read = True
        yield b"{}"

    async with acme.client(of=acme.member) as client:
        refused(await client.post(f"{acme.base}/api-keys/", content=body()), 403)
    async with acme.stranger() as client:
        refused(await client.post(f"{acme.base}/teams/", content=body()), 404)
    assert not read


async def test_requests_are_limited_by_organization(db: Database) -> None:
    class Once(LocalWindow):
        def hit(self, key: str, limit: int, at: float | None = None) -> Standing:
            return super().hit(key, 1, at)

    world = make_world(db, window=Once())
    async with world.client() as client:
        assert (await client.get("/api/organizations")).status_code == 200
        spent = await client.get("/api/organizations")
    refused(spent, 429, "Rate limit exceeded")
    assert int(spent.headers["retry-after"]) > 0


async def test_an_accident_tells_nothing(acme: Acme, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("hunter2")

    monkeypatch.setattr("hyway.domain.projects.founding.find", broken)
    async with acme.client() as client:
        answer = await client.get(acme.base)
    refused(answer, 500, "An unknown error occurred")
    assert "hunter2" not in answer.text


def test_several_values_come_in_every_manner() -> None:
    assert reading.parameters(b"a=1&a=2&b=x%2Cy&c=") == {"a": ["1", "2"], "b": "x,y"}


async def test_when_a_key_was_last_used_is_known(acme: Acme) -> None:
    async with acme.client() as client:
        await client.get(acme.base)
        await acme.app.stop()
        (key,) = (await client.get(f"{acme.base}/api-keys/")).json()["data"]
    assert key["secrets"][0]["lastUsed"]
