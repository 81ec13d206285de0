"""`/toggle/evaluate` and `/toggle/telemetry`, as the vendor's clients ask and are answered."""

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from hyway.domain import projects, toggles
from hyway.domain.projects import NewApp
from hyway.edge import evaluate
from hyway.kernel import clock
from tests.edge.evaluate_stage import PREMIUM, VIP, Stage, context, opened, staged


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[Stage]:
    with opened(database_url) as db:
        async with staged(db) as made:
            yield made


async def test_every_type_and_both_reasons(stage: Stage) -> None:
    """An object is its text, spacing and all; the answer names the targeting key as it was sent."""
    stage.toggle("beta-ui", "boolean", False, (VIP, True), (PREMIUM, True))
    stage.toggle("limit", "number", 42)
    stage.toggle("greeting", "string", "Hyphen!")
    stage.toggle("conf", "json", '{ "id": "Hello World!"}')
    async with stage.client() as client:
        answer = await client.post(
            "/toggle/evaluate", json=context(customAttributes={"plan": "premium"}, user=None, ipAddress=None)
        )
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["access-control-allow-origin"] == "*"
    told = answer.json()
    assert told == {
        "id": answer.headers["x-request-id"],
        "targetingKey": "user-1",
        "toggles": {
            "beta-ui": {"key": "beta-ui", "type": "boolean", "value": True, "reason": "matched target 1"},
            "limit": {"key": "limit", "type": "number", "value": 42, "reason": "no target matched"},
            "greeting": {
                "key": "greeting",
                "type": "string",
                "value": "Hyphen!",
                "reason": "no target matched",
            },
            "conf": {
                "key": "conf",
                "type": "object",
                "value": '{ "id": "Hello World!"}',
                "reason": "no target matched",
            },
        },
    }
    assert type(told["toggles"]["limit"]["value"]) is int


@pytest.mark.parametrize(
    ("sent", "told"), [(42.0, "42"), (-0.0, "0"), (1e15, "1000000000000000"), (0.5, "0.5")]
)
async def test_whole_numbers_have_no_fraction(stage: Stage, sent: float, told: str) -> None:
    """Typed clients read `42.0` into no integer."""
    stage.toggle("n", "number", sent, (VIP, sent))
    for user in ("vip", "other"):
        async with stage.client() as client:
            answer = await client.post("/toggle/evaluate", json=context(user={"id": user}))
        assert f'"value":{told},' in answer.text


async def test_only_the_toggles_that_are_named(stage: Stage) -> None:
    for key in ("a", "b", "c"):
        stage.toggle(key)
    assert list(await stage.ask(toggles=["c", "no such", "a"])) == ["c", "a"]
    assert list(await stage.ask(toggles=[])) == ["a", "b", "c"]
    assert list(await stage.ask(toggles=None)) == ["a", "b", "c"]
    assert await stage.ask(toggles=["no such"]) == {}
    assert await stage.ask(toggles=[1, None, {}]) == {}


@pytest.mark.parametrize(
    "sent",
    [
        {"user": {"id": "vip"}},
        {"user": {"Id": "vip", "Email": "a@b.c", "CustomAttributes": {"role": "x"}}},
        {"user": {"id": "vip", "name": None}, "customAttributes": None, "ipAddress": None},
        {"user": {"id": "vip"}, "bundle": {"more": [1, 2]}, "toggles": None},
        {
            "application": "app-not-defined",
            "environment": "pevr_000000000000000000000000",
            "user": {"id": "vip"},
        },
        {"application": None, "environment": None, "targetingKey": None, "user": {"id": "vip"}},
    ],
)
async def test_what_clients_send(stage: Stage, sent: dict[str, Any]) -> None:
    stage.toggle("a", "boolean", False, (VIP, True))
    assert (await stage.ask(**sent))["a"]["value"] is True


@pytest.mark.parametrize(
    ("sent", "echoed"), [("", ""), (None, ""), ("ü\u0000", "ü\u0000"), (7, 7), ("x" * 999, "x" * 999)]
)
async def test_the_targeting_key_comes_back(stage: Stage, sent: Any, echoed: Any) -> None:
    async with stage.client() as client:
        answer = await client.post("/toggle/evaluate", json=context(targetingKey=sent))
    assert answer.json()["targetingKey"] == echoed


async def test_the_next_evaluation_sees_a_change(stage: Stage) -> None:
    stage.toggle("a", "number", 0)
    for at in range(1, 30):
        stage.change("a", default_value=at)
        assert (await stage.ask())["a"]["value"] == at
    stage.db.write_now(toggles.drop, stage.acme.by, stage.project.id, "a")
    assert await stage.ask() == {}


async def test_the_lane_of_another_process_sees_a_change(stage: Stage, database_url: str) -> None:
    with opened(database_url) as other:
        other.start()
        family = stage.acme.app.family
        beside = Stage(
            stage.acme, evaluate.Evaluate(other, family.callers, family.style), stage.project, stage.key
        )
        stage.toggle("a", "number", 0)
        assert (await beside.ask())["a"]["value"] == 0
        for at in range(1, 6):
            stage.change("a", default_value=at)
            deadline = clock.now() + 5 * clock.SECOND
            while (await beside.ask())["a"]["value"] != at:
                assert clock.now() < deadline


async def test_words_of_changes_that_come_at_once_are_two(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thread that is slow to tell of its change must not undo what another has told since."""
    stage.toggle("a", "number", 0)
    rules, seq = stage.lane.rules, stage.project.seq

    class Slow(dict[int, Any]):
        """A thread that waits between looking and writing, as any may."""

        def __setitem__(self, key: int, value: Any) -> None:
            if threading.current_thread().name == "slow":
                waits.set()
                assert goes_on.wait(5)
            super().__setitem__(key, value)

    waits, goes_on = threading.Event(), threading.Event()
    monkeypatch.setattr(rules, "_turns", Slow())
    slow = threading.Thread(target=rules.forget, args=(str(seq),), name="slow")
    slow.start()
    assert waits.wait(5)
    rules.forget(str(seq))
    began = rules._turn((seq,))
    rules.forget(str(seq))  # what was read since is stale
    goes_on.set()
    slow.join(5)
    assert rules._turn((seq,)) != began


async def test_one_project_does_not_see_anothers(stage: Stage) -> None:
    other = stage.another_project("site")
    stage.toggle("a")
    stage.toggle("b", of=other)
    assert list(await stage.ask()) == ["a"]
    assert list(await stage.ask(stage.public_key(other))) == ["b"]


@pytest.mark.parametrize("key", ["", "public_", "public_nobodys", "key_nobodys", "public_ü", "x" * 5000])
async def test_a_key_of_nobodys(stage: Stage, key: str) -> None:
    headers = {b"x-api-key": key.encode("latin-1")} if key else {}
    async with stage.client("") as client:
        answer = await client.post("/toggle/evaluate", json=context(), headers=headers)
        assert answer.status_code == 401
        assert answer.headers["access-control-allow-origin"] == "*"
        assert set(answer.json()) == {"message", "requestId", "errorCode"}
        assert all(isinstance(each, str) for each in answer.json().values())


async def test_a_key_that_is_dropped_opens_nothing(stage: Stage) -> None:
    key = stage.public_key()
    assert await stage.ask(key) == {}
    stage.db.write_now(toggles.public_keys.drop, stage.acme.by, key)
    async with stage.client(key) as client:
        assert (await client.post("/toggle/evaluate", json=context())).status_code == 401
    stage.db.write_now(projects.drop, stage.acme.by, stage.project.id)
    async with stage.client() as client:
        assert (await client.post("/toggle/evaluate", json=context())).status_code == 401


async def test_who_guesses_keys_is_slowed_down(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluate, "STRANGERS", 3)
    async with stage.client("public_guess") as client:
        found = [(await client.post("/toggle/evaluate", json=context())).status_code for _ in range(5)]
        assert found == [401, 401, 401, 429, 429]
        answer = await client.post("/toggle/evaluate", json=context())
        assert int(answer.headers["retry-after"]) > 0
    assert await stage.ask() == {}


async def test_a_secret_key_means_the_project_of_the_application(stage: Stage) -> None:
    other = stage.another_project("site")
    app = stage.db.write_now(projects.apps.create, stage.acme.by, other.id, NewApp("web", "Web"))
    stage.toggle("a", "number", 1)
    stage.toggle("both", "string", "shop")
    stage.toggle("both", "string", "site", of=other)
    secret = stage.acme.key
    for application in ("web", app.id, "site", other.id):
        assert {
            key: each["value"] for key, each in (await stage.ask(secret, application=application)).items()
        } == {"both": "site"}
    for other_application in ("no such", "", None, "\x00", 7):
        found = await stage.ask(secret, application=other_application)
        assert {key: each["value"] for key, each in found.items()} == {"a": 1, "both": "shop"}


async def test_what_a_secret_key_means_may_change(stage: Stage) -> None:
    secret = stage.acme.key
    stage.toggle("a")
    assert list(await stage.ask(secret, application="site")) == ["a"]
    other = stage.another_project("site")
    assert list(await stage.ask(secret, application="site")) == []
    stage.toggle("b", of=other)
    assert list(await stage.ask(secret, application="site")) == ["b"]
    assert list(await stage.ask(secret, application="none")) == ["a", "b"]
    stage.db.write_now(projects.drop, stage.acme.by, other.id)
    assert list(await stage.ask(secret, application="site")) == ["a"]


async def test_a_secret_key_sees_what_its_roles_let_it(stage: Stage) -> None:
    other = stage.another_project("site")
    stage.toggle("a")
    stage.toggle("b", of=other)
    narrow = stage.acme.new_key("OrganizationMember")
    async with stage.client(narrow) as client:
        answer = await client.post("/toggle/evaluate", json=context())
    assert answer.status_code == 403
    stranger = stage.acme.elsewhere.key
    assert await stage.ask(stranger) == {}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "Body is not valid JSON"),
        (b"{", "Body is not valid JSON"),
        (b'{"a": "\xff"}', "Body is not valid JSON"),
        (b"[" * 100_000, "Body is not valid JSON"),
        (b"[]", "body must be object"),
        (b"null", "body must be object"),
        (b'{"toggles": "a"}', "body/toggles must be array"),
    ],
)
async def test_what_is_no_context(stage: Stage, body: bytes, message: str) -> None:
    async with stage.client() as client:
        answer = await client.post("/toggle/evaluate", content=body)
    assert answer.status_code == 400
    assert answer.json()["message"] == message


async def test_too_large(stage: Stage) -> None:
    async with stage.client() as client:
        answer = await client.post(
            "/toggle/evaluate", content=json.dumps(context(more="x" * evaluate.LARGEST))
        )
    assert answer.status_code == 413


async def test_rules_that_take_their_time_take_nobody_elses(stage: Stage) -> None:
    """A small context is enough for a hundred long loops."""
    sums = '{"<": [{"reduce": [{"var": "n"}, {"+": [{"var": "current"}, {"var": "accumulator"}]}, 0]}, 0]}'
    stage.toggle("slow", "boolean", False, *[(sums, True)] * 100)
    stage.toggle("quick", "boolean", False, (VIP, True))
    longest = 0.0

    async def others() -> None:
        nonlocal longest
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0)
            longest = max(longest, time.perf_counter() - before)

    await stage.ask(n=[])
    waiting = asyncio.create_task(others())
    await asyncio.sleep(0.01)
    seen = await stage.ask(n=[1] * 5_000, user={"id": "vip"})
    await asyncio.sleep(0.01)
    waiting.cancel()
    assert (seen["slow"]["value"], seen["quick"]["value"]) == (False, True)
    assert longest < 0.5


async def test_a_large_context_is_decided_all_the_same(stage: Stage) -> None:
    stage.toggle("a", "boolean", False, ('{"in": ["me", {"var": "customAttributes.listed"}]}', True))
    listed = [*(f"somebody-{at}" for at in range(5_000)), "me"]
    assert (await stage.ask(customAttributes={"listed": listed}))["a"]["value"] is True


async def test_other_methods_and_paths(stage: Stage) -> None:
    async with stage.client() as client:
        for method, path, allowed in (("GET", "/toggle/evaluate", "POST"), ("POST", "/toggle/stream", "GET")):
            answer = await client.request(method, path)
            assert (answer.status_code, answer.headers["allow"]) == (405, f"{allowed}, OPTIONS")
            assert answer.json()["message"] == "Method Not Allowed"
        answer = await client.get("/ofrep/v1/evaluate/flags")
        assert answer.json() == {"errorCode": "GENERAL", "errorDetails": "Method Not Allowed"}
        assert (await client.post("/toggle/nothing", json={})).status_code == 404
        assert (await client.post("/toggle/evaluate/", json=context())).status_code == 200


async def test_browsers_may_ask_from_anywhere(stage: Stage) -> None:
    headers = {
        "origin": "https://shop.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type,x-api-key",
    }
    async with stage.client("") as client:
        for path in ("/toggle/evaluate", "/toggle/telemetry", "/ofrep/v1/evaluate/flags"):
            answer = await client.options(path, headers=headers)
            assert answer.status_code == 204
            assert answer.headers["access-control-allow-origin"] == "*"
            assert {"content-type", "x-api-key"} <= set(
                answer.headers["access-control-allow-headers"].split(", ")
            )
            assert "POST" in answer.headers["access-control-allow-methods"]


TOLD = {"key": "a", "type": "boolean", "value": True, "reason": "TARGETING_MATCH", "errorMessage": None}


async def test_telemetry_is_counted(stage: Stage) -> None:
    stage.toggle("a")
    stage.toggle("conf", "object", "{}")
    async with stage.client() as client:
        for toggle in (
            TOLD,
            TOLD,
            {**TOLD, "key": "conf", "type": "Object", "value": {"b": [1]}},
            {**TOLD, "key": "no such"},
        ):
            sent = {"context": context(), "data": {"toggle": toggle}}
            answer = await client.post("/toggle/telemetry", json=sent)
            assert (answer.status_code, answer.json()) == (200, {})
    await stage.lane.flush()
    assert seen(stage, "a") == [("true", "TARGETING_MATCH", "telemetry", 2)]
    assert seen(stage, "conf") == [('{"b":[1]}', "TARGETING_MATCH", "telemetry", 1)]
    assert seen(stage, "no such") == []
    assert stage.meters()["toggle.telemetry"] == 4


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"context": 1, "data": []}',
        b'{"data": {"toggle": {"key": 1}}}',
        b'{"context": {"application": "\\u0000"}, "data": {"toggle": {"key": "a\\u0000", "value": "\\ud800"}}}',
        b'{"data": {"toggle": {"key": "a", "value": "\\u0000", "reason": ["x"]}}}',
        json.dumps({"data": {"toggle": {"key": "a", "value": 10**400}}}).encode(),
    ],
)
async def test_telemetry_never_fails(stage: Stage, body: bytes) -> None:
    stage.toggle("a")
    async with stage.client() as client:
        answer = await client.post("/toggle/telemetry", content=body)
    assert (answer.status_code, answer.json()) == (200, {})
    await stage.lane.flush()
    assert stage.meters()["toggle.telemetry"] == 1


async def test_evaluations_are_counted(stage: Stage) -> None:
    stage.toggle("a", "boolean", False, (VIP, True))
    stage.toggle("b", "string", "x")
    for user in ("vip", "other", "other"):
        await stage.ask(user={"id": user})
    await stage.ask(toggles=["b"])
    await stage.lane.flush()
    stage.change("b", default_value="y")
    await stage.ask(toggles=["b"])
    await stage.lane.stop()
    assert seen(stage, "a") == [
        ("false", "no target matched", "evaluate", 2),
        ("true", "matched target 0", "evaluate", 1),
    ]
    assert seen(stage, "b") == [
        ("x", "no target matched", "evaluate", 4),
        ("y", "no target matched", "evaluate", 1),
    ]
    assert stage.meters() == {"toggle.evaluations": 5}


def seen(stage: Stage, key: str) -> list[tuple[str, str, str, int]]:
    since = clock.now() - clock.HOUR
    found = stage.db.read_now(toggles.counting.seen, stage.acme.by, stage.project.id, key, since)
    return [(each.value, each.reason, each.source, each.count) for each in found]
