"""OpenFeature's Remote Evaluation Protocol, as its specification has it."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from hyway.edge import evaluate
from tests.apis.hyphen.conftest import PUBLIC
from tests.edge.evaluate_stage import PREMIUM, VIP, Stage, opened, staged

FLAGS = "/ofrep/v1/evaluate/flags"


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[Stage]:
    with opened(database_url) as db:
        async with staged(db) as made:
            yield made


async def asked(stage: Stage, path: str, body: Any, **headers: str) -> Any:
    async with stage.client(**headers) as client:
        return await client.post(path, json=body)


async def test_one_flag(stage: Stage) -> None:
    stage.toggle("a", "string", "no", (VIP, "yes"))
    answer = await asked(stage, f"{FLAGS}/a", {"context": {"targetingKey": "vip"}})
    assert answer.status_code == 200
    assert answer.json() == {
        "key": "a",
        "value": "yes",
        "reason": "TARGETING_MATCH",
        "variant": "target-0",
        "metadata": {"type": "string", "reason": "matched target 0"},
    }
    answer = await asked(stage, f"{FLAGS}/a", {"context": {"targetingKey": "somebody"}})
    assert (answer.json()["value"], answer.json()["reason"], answer.json()["variant"]) == (
        "no",
        "DEFAULT",
        "default",
    )


async def test_what_everybody_sees_is_static(stage: Stage) -> None:
    stage.toggle("a", "number", 7)
    answer = await asked(stage, f"{FLAGS}/a", {"context": {}})
    assert (answer.json()["value"], answer.json()["reason"], answer.json()["variant"]) == (
        7,
        "STATIC",
        "default",
    )


async def test_all_flags_an_object_as_itself(stage: Stage) -> None:
    stage.toggle("conf", "object", '{ "id": [1.5, null]}')
    stage.toggle("n", "number", 7)
    answer = await asked(stage, FLAGS, {"context": {"targetingKey": "x"}})
    assert answer.status_code == 200
    assert {each["key"]: each["value"] for each in answer.json()["flags"]} == {
        "conf": {"id": [1.5, None]},
        "n": 7,
    }


@pytest.mark.parametrize(
    "text", ['{"a": "\\ud800"}', '{"a": 1e999}', '{"a": 1, "a": 2}', '{"a":' * 900 + "{}" + "}" * 900]
)
async def test_any_object_that_is_kept_can_be_told(stage: Stage, text: str) -> None:
    stage.toggle("conf", "object", text)
    for path in (FLAGS, f"{FLAGS}/conf"):
        answer = await asked(stage, path, {"context": {}})
        assert answer.status_code == 200
        assert f'"value":{text},' in answer.text


async def test_where_changes_are_told(stage: Stage) -> None:
    """The address has the key in it, since a browser's EventSource sends no headers; a secret key stays out of it."""
    answer = await asked(stage, FLAGS, {"context": {}})
    (stream,) = answer.json()["eventStreams"]
    assert stream["type"] == "sse"
    at = urlsplit(stream["url"])
    assert stream["url"].startswith(f"{PUBLIC}/toggle/stream?")
    assert parse_qs(at.query) == {"key": [stage.key]}
    async with stage.client(stage.acme.key) as client:
        assert "eventStreams" not in (await client.post(FLAGS, json={"context": {}})).json()


async def test_flat_attributes_are_custom_ones(stage: Stage) -> None:
    stage.toggle("a", "boolean", False, (PREMIUM, True))
    for context in (
        {"targetingKey": "x", "plan": "premium"},
        {"customAttributes": {"plan": "premium"}, "plan": "free"},
        {"user": {"id": "x"}, "plan": "premium"},
    ):
        answer = await asked(stage, f"{FLAGS}/a", {"context": context})
        assert answer.json()["value"] is True


async def test_what_has_not_changed_is_not_sent_again(stage: Stage) -> None:
    stage.toggle("a", "boolean", False, (PREMIUM, True))
    body = {"context": {"targetingKey": "x", "plan": "free"}}
    first = await asked(stage, FLAGS, body)
    etag = first.headers["etag"]
    again = await asked(stage, FLAGS, body, **{"if-none-match": etag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    assert (await asked(stage, FLAGS, body, **{"if-none-match": f'"other", W/{etag}'})).status_code == 304
    other = {"context": {"targetingKey": "x", "plan": "premium"}}
    assert (await asked(stage, FLAGS, other, **{"if-none-match": etag})).status_code == 200
    stage.change("a", default_value=True)
    changed = await asked(stage, FLAGS, body, **{"if-none-match": etag})
    assert changed.status_code == 200
    assert changed.json()["flags"][0]["value"] is True
    assert changed.headers["etag"] != etag


async def test_no_such_flag(stage: Stage) -> None:
    answer = await asked(stage, f"{FLAGS}/nothing", {"context": {}})
    assert answer.status_code == 404
    told = answer.json()
    assert (told["key"], told["errorCode"]) == ("nothing", "FLAG_NOT_FOUND")
    assert told["errorDetails"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "PARSE_ERROR"),
        (b"[1]", "PARSE_ERROR"),
        (b'{"context": "x"}', "INVALID_CONTEXT"),
        (b'{"context": [1]}', "INVALID_CONTEXT"),
    ],
)
@pytest.mark.parametrize("path", [FLAGS, f"{FLAGS}/a"])
async def test_what_is_no_context(stage: Stage, path: str, body: bytes, code: str) -> None:
    stage.toggle("a")
    async with stage.client() as client:
        answer = await client.post(path, content=body)
    assert answer.status_code == 400
    assert answer.json()["errorCode"] == code
    assert answer.json().get("key") == ("a" if path != FLAGS else None)


async def test_keys_in_either_header(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.toggle("a")
    for headers in ({"authorization": f"Bearer {stage.key}"}, {"x-api-key": stage.key}):
        async with stage.client("", **headers) as client:
            assert (await client.post(FLAGS, json={"context": {}})).status_code == 200
    monkeypatch.setattr(evaluate, "STRANGERS", 1)
    async with stage.client("", authorization="Bearer nobodys") as client:
        answer = await client.post(FLAGS, json={"context": {}})
        assert (answer.status_code, list(answer.json())) == (401, ["errorCode", "errorDetails"])
        answer = await client.post(FLAGS, json={"context": {}})
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) > 0


async def test_it_is_counted_as_one_evaluation(stage: Stage) -> None:
    stage.toggle("a")
    stage.toggle("b")
    before = stage.lane.stats()["evaluations"]
    etag = (await asked(stage, FLAGS, {"context": {}})).headers["etag"]
    await asked(stage, FLAGS, {"context": {}}, **{"if-none-match": etag})
    await asked(stage, f"{FLAGS}/a", {})
    await asked(stage, f"{FLAGS}/nothing", {})
    assert stage.lane.stats()["evaluations"] - before == 3
    await stage.lane.flush()
    assert stage.meters() == {"toggle.evaluations": 3}
