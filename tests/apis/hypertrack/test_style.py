"""The manners: the slash, who comes in, what is read, and how a refusal is worded."""

import gzip
import json
import time
import zlib
from typing import Any

import httpx
import pytest

from hyway.apis.hypertrack import OPERATIONS
from hyway.domain import identity
from hyway.kernel.db import Database
from hyway.kernel.limits import LocalWindow
from tests.apis.hypertrack.conftest import PUBLIC, World, make_world, organization

GROUPS = "/api/v1/groups/"
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"])
@pytest.mark.parametrize(
    ("sent", "location"),
    [
        ("/api/v1/users", "/api/v1/users/"),
        ("/api/v1/groups/abc?page=2&x=%2F", "/api/v1/groups/abc/?page=2&x=%2F"),
        ("/api/v2/nothing%20here", "/api/v2/nothing%20here/"),
        ("/api/v1", "/api/v1/"),
    ],
)
async def test_a_path_without_its_slash_is_sent_on(
    world: World, method: str, sent: str, location: str
) -> None:
    async with world.client(key="") as http:
        answer = await http.request(method, sent)
    assert (answer.status_code, answer.headers["location"], answer.content) == (301, location, b"")


NONE = "Authentication credentials were not provided."


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (None, NONE),
        ("", NONE),
        ("Bearer sk_1", NONE),
        ("sk_1", NONE),
        ("token", "Invalid token header. No credentials provided."),
        ("Token ", "Invalid token header. No credentials provided."),
        ("token sk_1 2", "Invalid token header. Token string should not contain spaces."),
        ("token sk_ü".encode(), "Invalid token header. Token string should not contain invalid characters."),
        ("token sk_0000", "Invalid token."),
        ("TOKEN hoko_" + "x" * 43, "Invalid token."),
        ("token gk_" + "0" * 40, "Invalid token."),
    ],
)
async def test_401_says_which_reason(world: World, line: Any, said: str) -> None:
    async with world.client(key="") as http:
        answer = await http.get(GROUPS, headers={} if line is None else {"Authorization": line})
    assert (answer.status_code, answer.json()) == (401, {"detail": said})
    assert answer.headers["www-authenticate"] == "Token"


async def test_an_unknown_token_may_be_403(db: Database) -> None:
    world = make_world(db, unknown_token=403)
    async with world.client("sk_nobody") as http:
        answer = await http.get(GROUPS)
        assert (answer.status_code, answer.json()) == (403, {"detail": "Invalid token."})
        assert "www-authenticate" not in answer.headers
        bare = await http.get(GROUPS, headers={"Authorization": ""})
        assert (bare.status_code, bare.headers["www-authenticate"]) == (401, "Token")


@pytest.mark.parametrize("word", ["token", "Token", "TOKEN"])
async def test_the_keyword_in_any_case(world: World, word: str) -> None:
    async with world.client(key="") as http:
        assert (await http.get(GROUPS, headers={"Authorization": f"{word} {world.key}"})).status_code == 200


async def test_test_keys_see_test_data_alone(world: World) -> None:
    async with world.client() as live, world.client(world.new_key("hypertrack-test")) as test:
        made = (await test.post(GROUPS, json={"name": "Rehearsal"})).json()
        assert (await live.get(GROUPS)).json()["count"] == 0
        assert (await live.get(f"{GROUPS}{made['id']}/")).status_code == 404
        assert (await test.get(GROUPS)).json()["count"] == 1


async def test_keys_of_other_families_open_nothing(world: World) -> None:
    key = world.db.write_now(identity.issue_key, world.by, identity.NewKey("hoko", "x")).secret
    async with world.client(key) as http:
        assert (await http.get(GROUPS)).status_code == 401


@pytest.mark.parametrize(
    "operation", [each for each in OPERATIONS if "publishable" not in (each.scopes or ())]
)
async def test_an_app_key_may_do_what_apps_do_and_nothing_else(world: World, operation: Any) -> None:
    path = operation.path.replace("{id}", "8166f3ba-1239-48cb-b4c3-4494e6a2f69c")
    for kind in ("hypertrack-public", "hypertrack-public-test"):
        async with world.client(world.new_key(kind)) as http:
            answer = await http.request(operation.method, path)
        assert (answer.status_code, answer.json()) == (
            403,
            {"detail": "You do not have permission to perform this action."},
        )


async def test_the_order_of_refusals(world: World) -> None:
    """An unknown path before the credential, the credential before the method."""
    async with world.client(key="") as http:
        assert (await http.get("/api/v1/nothing/")).json() == {"detail": "Not found."}
        assert (await http.get("/api/v1/")).status_code == 404
        assert (await http.delete(GROUPS)).status_code == 401
    async with world.client() as http:
        answer = await http.delete(GROUPS)
        assert (answer.status_code, answer.json()) == (405, {"detail": 'Method "DELETE" not allowed.'})
        assert answer.headers["allow"] == "GET, HEAD, POST"
        assert (await http.get(GROUPS, headers={"Accept": "text/html"})).status_code == 406
        for accept in ("*/*", "application/json; charset=utf-8", "text/html, application/*;q=0.1"):
            assert (await http.get(GROUPS, headers={"Accept": accept})).status_code == 200
        none = await http.post(GROUPS, headers={"Accept": "image/png"})
        assert none.json() == {"detail": "Could not satisfy the request Accept header."}


async def test_head_is_get_without_a_body(world: World) -> None:
    async with world.client() as http:
        head, get = await http.head(GROUPS), await http.get(GROUPS)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(get.content))


async def test_v2_is_another_name(world: World) -> None:
    async with world.client() as http:
        made = (await http.post("/api/v2/groups/", json={"name": "One"})).json()
        await http.post("/api/v2/groups/", json={"name": "Two"})
        assert (await http.get(f"/api/v1/groups/{made['id']}/")).json() == made
        page = (await http.get("/api/v2/groups/?page_size=1")).json()
        assert page["next"] == f"{PUBLIC}/api/v2/groups/?page_size=1&page=2"


async def test_browsers_may_come(world: World) -> None:
    headers = {"Origin": "https://shop.example", "Access-Control-Request-Method": "PATCH"}
    async with world.client(key="") as http:
        before = await http.options(GROUPS, headers=headers)
        assert (before.status_code, before.headers["access-control-allow-origin"]) == (204, "*")
        assert "PATCH" in before.headers["access-control-allow-methods"]
        assert "Authorization" in before.headers["access-control-allow-headers"]
        refused = await http.get(GROUPS, headers={"X-Request-Id": "mine-1234"})
    assert refused.headers["access-control-allow-origin"] == "*"
    assert refused.headers["x-request-id"] == "mine-1234"


async def test_the_limit_of_the_organization(db: Database) -> None:
    world = make_world(db, window=LocalWindow(seconds=50))
    world.by = organization(db, "Small", plan="free")
    async with world.client(world.new_key()) as http:
        answers = [await http.get(GROUPS) for _ in range(61)]
    assert answers[0].status_code == 200
    assert not [name for name in answers[0].headers if "ratelimit" in name]
    last = answers[-1]
    assert last.status_code == 429
    wait = int(last.headers["retry-after"])
    assert last.json() == {"detail": f"Request was throttled. Expected available in {wait} seconds."}


# What is read.


async def made(world: World, content: bytes, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with world.client() as http:
        return await http.post(GROUPS, content=content, headers=named)


async def test_nothing_is_an_empty_object(world: World) -> None:
    for kind in ("application/json", "text/plain", ""):
        answer = await made(world, b"", **({"Content_Type": kind} if kind else {}))
        assert (answer.status_code, answer.json()) == (400, {"name": ["This field is required."]})


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b'{"name": "G", "nobody": {"knows": [1]}}', "application/json; charset=utf-8"),
        (b'{"name": "G"}', "application/vnd.api+json"),
        (b"name=G&city=SF", "application/x-www-form-urlencoded"),
        (
            b'--b\r\nContent-Disposition: form-data; name="name"\r\n\r\nG\r\n--b--\r\n',
            "multipart/form-data; boundary=b",
        ),
    ],
)
@pytest.mark.parametrize("encoding", ["", "gzip"])
async def test_json_and_forms_packed_or_not(world: World, content: bytes, kind: str, encoding: str) -> None:
    sent = gzip.compress(content) if encoding else content
    more = {"Content_Encoding": encoding} if encoding else {}
    answer = await made(world, sent, Content_Type=kind, **more)
    assert (answer.status_code, answer.json().get("name")) == (201, "G")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            b"{",
            "JSON parse error - Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
        ),
        (b"nonsense", "JSON parse error - Expecting value: line 1 column 1 (char 0)"),
        (b'{"name": NaN}', "JSON parse error - Out of range float values are not JSON compliant: NaN"),
        (b'{"name": "\xff"}', "JSON parse error - "),
        (b"[" * 100_000, "JSON parse error - "),
    ],
)
async def test_broken_json(world: World, content: bytes, said: str) -> None:
    answer = await made(world, content, **JSON)
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith(said)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"[]", "Invalid data. Expected a dictionary, but got list."),
        (b'"text"', "Invalid data. Expected a dictionary, but got str."),
        (b"7", "Invalid data. Expected a dictionary, but got int."),
    ],
)
async def test_what_is_no_object(world: World, content: bytes, said: str) -> None:
    answer = await made(world, content, **JSON)
    assert (answer.status_code, answer.json()) == (400, {"non_field_errors": [said]})


async def test_other_kinds_of_bodies(world: World) -> None:
    answer = await made(world, b"name", Content_Type="text/plain; x=y")
    assert (answer.status_code, answer.json()) == (
        415,
        {"detail": 'Unsupported media type "text/plain" in request.'},
    )
    packed = await made(world, b"x", Content_Encoding="br", **JSON)
    assert packed.status_code == 415
    unbounded = await made(world, b"x", Content_Type="multipart/form-data")
    assert unbounded.json()["detail"].startswith("Multipart form parse error")


@pytest.mark.parametrize(
    "content",
    [
        # Named, because gzip writes the time into its header and workers must collect the same names.
        pytest.param(b"not gzip at all", id="no gzip"),
        pytest.param(gzip.compress(b'{"name": "G"}')[:-9], id="cut short"),
        pytest.param(zlib.compress(b"{}"), id="zlib"),
        pytest.param(gzip.compress(b"{}") + b"x", id="more behind it"),
    ],
)
async def test_broken_gzip(world: World, content: bytes) -> None:
    answer = await made(world, content, Content_Encoding="gzip", **JSON)
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("JSON parse error - ")


async def test_a_zip_bomb_is_not_unpacked(world: World) -> None:
    """600 MB in 600 kB, and many small ones in a row: refused at the limit, soon."""
    squeezed = zlib.compressobj(9, wbits=31)
    bomb = b"".join(squeezed.compress(b" " * 10_000_000) for _ in range(60)) + squeezed.flush()
    assert len(bomb) < 2_000_000
    began = time.monotonic()
    answer = await made(world, bomb, Content_Encoding="gzip", **JSON)
    assert time.monotonic() - began < 1
    assert (answer.status_code, answer.json()) == (
        400,
        {"detail": "The request body must be at most 2000000 bytes."},
    )
    many = gzip.compress(b" " * 500_000) * 5
    assert (await made(world, many, Content_Encoding="gzip", **JSON)).status_code == 400


async def test_a_body_that_is_too_long(world: World) -> None:
    answer = await made(world, b" " * 2_000_001, **JSON)
    assert answer.status_code == 400


async def test_several_wrong_fields_are_told_at_once(world: World) -> None:
    sent = {"name": ["a"], "lookup_id": "x" * 256, "parent_group_id": "nobody"}
    answer = await made(world, json.dumps(sent).encode(), **JSON)
    assert answer.json() == {
        "name": ["Not a valid string."],
        "lookup_id": ["Ensure this field has no more than 255 characters."],
        "parent_group_id": ['"nobody" is not a valid UUID.'],
    }
    for name, said in (
        (None, "This field may not be null."),
        ("  ", "This field may not be blank."),
        ("a\0b", "Null characters are not allowed."),
        (True, "Not a valid string."),
    ):
        answer = await made(world, json.dumps({"name": name}).encode(), **JSON)
        assert answer.json() == {"name": [said]}


async def test_get_reads_a_body_too_and_the_query_wins(world: World) -> None:
    async with world.client() as http:
        for name in ("North", "South"):
            await http.post(GROUPS, json={"name": name})

        async def names(query: str, content: bytes, **headers: str) -> list[str]:
            answer = await http.request("GET", GROUPS + query, content=content, headers={**JSON, **headers})
            assert answer.status_code == 200
            return sorted(each["name"] for each in answer.json()["results"])

        assert await names("", b'{"name": "nor"}') == ["North"]
        assert await names("?name=sou", b'{"name": "nor"}') == ["South"]
        assert await names("?", b"{}") == ["North", "South"]
        assert await names("?name=", b"") == ["North", "South"]
        packed = gzip.compress(b'{"name": "nor"}')
        assert await names("", packed, **{"Content-Encoding": "gzip"}) == ["North"]
        assert await names("", b"hello", **{"Content-Type": "text/plain"}) == ["North", "South"]
        broken = await http.request("GET", GROUPS, content=b"{", headers=JSON)
        assert broken.status_code == 400


async def test_an_accident_is_told_as_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: Any) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(world.db, "write", broken)
    async with world.client() as http:
        answer = await http.post(GROUPS, json={"name": "G"})
    assert (answer.status_code, answer.json()) == (500, {"detail": "A server error occurred."})
