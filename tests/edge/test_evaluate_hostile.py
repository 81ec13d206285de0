"""Whatever is sent to the lane of toggles: the answer that is meant, for any origin to read, and nothing is changed."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hyway.domain import toggles
from tests.edge.evaluate_stage import VIP, Stage, context, opened, staged
from tests.make.stored import rows

EVALUATE, TELEMETRY = "/toggle/evaluate", "/toggle/telemetry"
FLAGS = "/ofrep/v1/evaluate/flags"
ASKED = (EVALUATE, FLAGS, f"{FLAGS}/a")
LANE = (*ASKED, TELEMETRY)
NO_JSON: dict[str, bytes] = {
    "nothing": b"",
    "half": b'{"a": ',
    "two": b"{} {}",
    "no quotes": b"{a: 1}",
    "a form": b"application=shop&environment=development",
    "not UTF-8": b'{"a": "\xff\xfe"}',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "a mark before it": b"\xef\xbb\xbf{}",
    "a bare NUL": b'{"a": "\x00"}',
    "half a character": b'{"targetingKey": "\\ud800"}',
    "a key of half a character": b'{"\\udfff": 1}',
    "no number": b'{"targetingKey": NaN}',
    "endless": b'{"targetingKey": -Infinity}',
    "out of range": b'{"targetingKey": 1e400}',
    "100,000 digits": b'{"a": ' + b"9" * 100_000 + b"}",
    "100,000 arrays": b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "40,000 objects": b'{"a":' * 40_000 + b"1" + b"}" * 40_000,
    "1,000 objects": b'{"a":' * 1_000 + b"1" + b"}" * 1_000,
}
NO_OBJECT: tuple[bytes, ...] = (b"[]", b"null", b"7", b'"text"', b"true", b'[{"targetingKey": "a"}]')


def deep(opening: str, closing: str) -> Any:
    return json.loads(opening * 300 + "1" + closing * 300)


ODD: dict[str, Any] = {
    "lists for objects": {"user": ["a"], "customAttributes": [1], "ipAddress": {}},
    "texts for objects": {"user": "vip", "customAttributes": "premium", "context": {}},
    "numbers for texts": {"application": 7, "environment": 1.5, "targetingKey": 2**63, "ipAddress": 10**30},
    "objects for texts": {"application": {}, "environment": [], "targetingKey": {"a": [None]}},
    "NUL": {"application": "\0", "environment": "\0", "targetingKey": "\0", "user": {"id": "\0"}},
    "names of nothing": {"": "", "\0": 1, "__proto__": {"polluted": True}, "constructor": {"prototype": {}}},
    "what rules keep to themselves": {"$now": 1, "$toggle": "b", "segments": {"vips": True}},
    "many names": {f"name {at}": at for at in range(10_000)},
    "300 levels": {"user": deep('{"a":1,"b":', "}"), "targetingKey": deep("[", "]")},
    "the same name in two cases": {"user": {"id": "x", "ID": "vip", "Id": "vip"}},
    "toggles of all kinds": {"toggles": ["a", "a", "", "\0", None, 7, [], {}, "x" * 10_000]},
}  # fmt: skip


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[Stage]:
    with opened(database_url) as db:
        async with staged(db) as made:
            yield filled(made)


def filled(stage: Stage) -> Stage:
    """With rules that look at all there is."""
    looking = (
        '{"and": [{"cat": [{"var": ""}, {"var": "user"}]}, {"in": ["\\u0001", {"var": "targetingKey"}]}]}'
    )
    stage.toggle("a", "boolean", False, (VIP, True), (looking, True), ('{"rollout": 0}', True))
    stage.toggle("b", "object", "{}", ('{"==": [{"var": "user"}, {"var": "targetingKey"}]}', '{"b": 1}'))
    return stage


async def sent(client: httpx.AsyncClient, path: str, body: bytes) -> httpx.Response:
    """The answer: JSON, readable from any origin, kept by nobody."""
    answer = await client.post(path, content=body)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.headers["x-request-id"]
    answer.json()
    return answer


def refused(answer: httpx.Response, status: int, said: str) -> None:
    """The refusal is spelled as its path's clients read it."""
    told = answer.json()
    assert answer.status_code == status, told
    if answer.request.url.path.startswith("/ofrep/"):
        assert told["errorDetails"] == said
        assert told["errorCode"] in ("PARSE_ERROR", "INVALID_CONTEXT", "GENERAL")
        assert ("key" in told) is answer.request.url.path.endswith("/a")
    else:
        assert told["message"] == said
        assert all(isinstance(each, str) for each in told.values())


async def stored(stage: Stage) -> dict[str, Any]:
    await stage.lane.flush()
    return stage.db.read_now(rows)


@pytest.mark.parametrize("named", NO_JSON)
async def test_what_is_no_json(stage: Stage, named: str) -> None:
    before = await stored(stage)
    async with stage.client() as client:
        for path in ASKED:
            refused(await sent(client, path, NO_JSON[named]), 400, "Body is not valid JSON")
    assert await stored(stage) == before


@pytest.mark.parametrize("body", NO_OBJECT)
async def test_what_is_no_object(stage: Stage, body: bytes) -> None:
    before = await stored(stage)
    async with stage.client() as client:
        for path in ASKED:
            refused(await sent(client, path, body), 400, "body must be object")
    assert await stored(stage) == before


@pytest.mark.parametrize("wrong", ["a", 7, {}, {"a": True}, True, ""])
async def test_what_is_no_list_of_toggles(stage: Stage, wrong: Any) -> None:
    before = await stored(stage)
    async with stage.client() as client:
        body = json.dumps(context(toggles=wrong)).encode()
        refused(await sent(client, EVALUATE, body), 400, "body/toggles must be array")
    assert await stored(stage) == before


@pytest.mark.parametrize("wrong", ["a", 7, [], [{}], True])
async def test_what_is_no_context_of_the_protocol(stage: Stage, wrong: Any) -> None:
    before = await stored(stage)
    async with stage.client() as client:
        for path in (FLAGS, f"{FLAGS}/a"):
            answer = await sent(client, path, json.dumps({"context": wrong}).encode())
            refused(answer, 400, "context must be object")
            assert answer.json()["errorCode"] == "INVALID_CONTEXT"
    assert await stored(stage) == before


@pytest.mark.parametrize("named", ODD)
async def test_odd_contexts_are_answered(stage: Stage, named: str) -> None:
    """No rule matches what it does not understand; the defaults are seen."""
    async with stage.client() as client:
        for path, body in ((EVALUATE, ODD[named]), (FLAGS, {"context": ODD[named]})):
            answer = await sent(client, path, json.dumps(body).encode())
            assert answer.status_code == 200, answer.text
            told = answer.json()
            seen = told["toggles"] if path == EVALUATE else {each["key"]: each for each in told["flags"]}
            assert seen["a"]["value"] is False


async def test_of_a_name_said_twice_the_last_one_counts(stage: Stage) -> None:
    async with stage.client() as client:
        body = b'{"targetingKey": "a", "user": {"id": "x"}, "user": {"id": "vip"}, "targetingKey": "b"}'
        told = (await sent(client, EVALUATE, body)).json()
    assert (told["targetingKey"], told["toggles"]["a"]["value"]) == ("b", True)


async def test_ten_megabytes(stage: Stage) -> None:
    body = json.dumps(context(more="x" * 10_000_000)).encode()
    before = await stored(stage)
    async with stage.client() as client:
        for path in ASKED:
            refused(await sent(client, path, body), 413, "Request body is too large")
    assert await stored(stage) == before


TOLD: dict[str, Any] = {
    "a list": [],
    "lists": {"context": [], "data": []},
    "a toggle that is none": {"data": {"toggle": []}},
    "a key that is none": {"data": {"toggle": {"key": {}}}},
    "a key too long": {"data": {"toggle": {"key": "a" * 10_000}}},
    "NUL": {
        "context": {"application": "\0"},
        "data": {"toggle": {"key": "a", "value": "\0", "reason": "\0"}},
    },
    "a deep value": {"data": {"toggle": {"key": "a", "value": deep("[", "]")}}},
    "a long value": {"data": {"toggle": {"key": "a", "value": "x" * 200_000, "reason": "y" * 10_000}}},
    "a large value": {"data": {"toggle": {"key": "a", "value": 10**300, "reason": None}}},
    "ten megabytes": {"data": {"toggle": {"key": "a", "value": "x" * 10_000_000}}},
}


@pytest.mark.parametrize("named", [*NO_JSON, *TOLD])
async def test_telemetry_is_taken_whatever_it_says(stage: Stage, named: str) -> None:
    """One of the vendor's clients gives its program the default where this fails."""
    body = NO_JSON[named] if named in NO_JSON else json.dumps(TOLD[named]).encode()
    before = await stored(stage)
    async with stage.client() as client, stage.client(stage.acme.key) as with_secret:
        for each in (client, with_secret):
            answer = await sent(each, TELEMETRY, body)
            assert (answer.status_code, answer.json()) == (200, {}), answer.text
    after = await stored(stage)
    changed = {name for name in after if after[name] != before[name]}
    assert "meters" in changed
    assert changed <= {"meters", "toggle_counts"}
    assert stage.meters() == {"toggle.telemetry": 2}


KEYS = (
    "", " ", "public_", "public_nobodys", "key_nobodys", "x" * 5_000, "Bearer", "\u00fc", "public_\u00fc",
    "public_b3JnXzAwOnByb2pfMDA6YWFhYWE=", "public_" + "A" * 990, "'; --", "null",
)  # fmt: skip


@pytest.mark.parametrize("key", KEYS, ids=range(len(KEYS)))
async def test_wrong_keys_open_nothing(stage: Stage, key: str) -> None:
    before = await stored(stage)
    shown: tuple[dict[bytes, bytes], ...] = (
        {b"x-api-key": key.encode("latin-1")},
        {b"authorization": b"Bearer " + key.encode("latin-1")},
        {b"authorization": key.encode("latin-1")},
    )
    async with stage.client("") as client:
        for path in LANE:
            for headers in shown:
                answer = await client.post(path, json=context(), headers=headers)
                assert answer.status_code == 401, (path, headers)
                assert answer.headers["access-control-allow-origin"] == "*"
                assert answer.headers["content-type"] == "application/json; charset=utf-8"
        answer = await client.get("/toggle/stream", params={"key": key})
        assert answer.status_code == 401
        assert answer.headers["access-control-allow-origin"] == "*"
    assert await stored(stage) == before


async def test_a_key_is_judged_before_what_is_sent(stage: Stage) -> None:
    async with stage.client("public_nobodys") as client:
        for path in LANE:
            for body in (b"{", b"x" * 1_000_000, b"[]"):
                assert (await client.post(path, content=body)).status_code == 401
            assert (await client.get(path)).status_code == 405


async def test_what_was_not_read_ends_the_connection(stage: Stage) -> None:
    """Else the next request of a client that sent too much would be lost."""
    for key, path, length, status, is_last in (
        (stage.key, EVALUATE, 300_000, 413, True),
        (stage.key, FLAGS, 300_000, 413, True),
        (stage.key, TELEMETRY, 300_000, 200, True),
        ("public_nobodys", EVALUATE, 20_000, 401, True),
        (stage.key, TELEMETRY, 20_000, 200, False),
        (stage.key, EVALUATE, 20_000, 400, False),
        (stage.key, "/toggle/x", 20_000, 404, True),
        ("public_nobodys", EVALUATE, 2, 401, False),
    ):
        async with stage.client(key) as client:
            answer = await client.post(path, content=b"x" * length)
        assert (answer.status_code, "connection" in answer.headers) == (status, is_last), (path, length)
        assert answer.headers.get("connection", "close") == "close"
    async with stage.client() as client:
        for method in ("PUT", "GET", "OPTIONS"):
            answer = await client.request(method, EVALUATE, content=b"x" * 20_000)
            assert answer.headers["connection"] == "close", method


async def test_every_answer_may_be_read_from_any_origin(stage: Stage) -> None:
    origin = {"origin": "https://shop.example"}
    strange = (
        *LANE,
        "/toggle/stream",
        "/toggle/nothing",
        "/toggle/",
        f"{FLAGS}/no-such",
        "/ofrep/v1/configuration",
    )
    async with stage.client() as client, stage.client("") as nobody:
        for path in strange:
            for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW", "HEAD"):
                for each in (client, nobody):
                    answer = await each.request(method, path, content=b"{}", headers=origin)
                    assert answer.headers["access-control-allow-origin"] == "*", (method, path)
                    assert answer.status_code in (200, 204, 401, 404, 405), (method, path)


async def test_an_accident_may_be_read_from_any_origin(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A rule can raise nothing; whatever else goes wrong is told in the manner of each path, and no more than that."""

    def broken(*_: Any) -> Any:
        raise RuntimeError("secret of the house")

    monkeypatch.setattr(toggles.deciding.Compiled, "decide_at_once", broken)
    async with stage.client() as client:
        for path in ASKED:
            answer = await sent(client, path, b"{}")
            assert answer.status_code == 500
            assert "secret" not in answer.text
    assert "an evaluation failed" in caplog.text


METHODS = st.sampled_from(["POST"] * 8 + ["GET", "HEAD", "OPTIONS", "PUT", "BREW"])
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=40)
STRANGE = (f"{FLAGS}/b", f"{FLAGS}/", "/toggle/evaluate/", "/toggle/x", "/ofrep/")
PATHS = st.sampled_from([*LANE, *LANE, *STRANGE]) | ANY_TEXT.map((FLAGS + "/{}").format)
WORDS = st.sampled_from(["vip", "a", "b", "shop", "\0"]) | ANY_TEXT
INNER = st.sampled_from(["id", "Id", "user", "a", "toggle", "key", "", "customAttributes"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(INNER, inner, max_size=3),
    max_leaves=6,
)
OUTER = st.sampled_from([*context(), "user", "customAttributes", "ipAddress", "toggles", "context", "data"])
OBJECTS = st.dictionaries(OUTER, VALUES, max_size=5).map(lambda of: json.dumps(of).encode())
BODIES = st.binary(max_size=40) | OBJECTS
NAMES = (b"if-none-match", b"content-type", b"origin", b"x-forwarded-for", b"authorization", b"cookie")
HEADERS = st.lists(st.tuples(st.sampled_from(NAMES), st.binary(max_size=30)), max_size=3)
MEANT = {200, 204, 304, 400, 401, 404, 405}


def test_anything_gets_an_answer_that_is_meant(database_url: str) -> None:
    seen: set[int] = set()
    with asyncio.Runner() as runner, opened(database_url) as db:
        world = staged(db)
        stage = filled(runner.run(world.__aenter__()))
        key = stage.key.encode()

        @settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
        @given(METHODS, PATHS, HEADERS, BODIES)
        def anything(method: str, path: str, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
            status, told = runner.run(asked(stage, method, path, [(b"x-api-key", key), *headers], body))
            assert status in MEANT
            assert told[b"access-control-allow-origin"] == b"*"
            assert path != TELEMETRY or method != "POST" or status == 200
            seen.add(status)

        try:
            anything()
        finally:
            runner.run(world.__aexit__(None, None, None))
    assert seen >= {200, 204, 400, 404, 405}


async def asked(
    stage: Stage, method: str, path: str, headers: list[tuple[bytes, bytes]], body: bytes
) -> tuple[int, dict[bytes, bytes]]:
    told: list[Any] = []
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"",
        "headers": headers,
        "client": None,
    }

    async def receive() -> Any:
        return {"type": "http.request", "body": body}

    async def send(message: Any) -> None:
        told.append(message)

    await stage.lane(scope, receive, send)
    start, *rest = told
    content = b"".join(each.get("body", b"") for each in rest)
    found = dict(start["headers"])
    if start["status"] not in (204, 304) and method != "HEAD":
        assert int(found[b"content-length"]) == len(content)
    return start["status"], found
