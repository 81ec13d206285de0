"""The doorman in Hoko's manner: who comes in, how often, and what they are told."""

import asyncio
import time

import pytest

from hyway.apis.hoko import STYLE, app
from hyway.apis.kit.doorman import Kit
from hyway.apis.kit.family import Family
from hyway.apis.kit.operations import PUBLIC as ANYBODY
from hyway.apis.kit.operations import Ask, operation
from hyway.domain import identity
from hyway.domain.identity import Caller
from hyway.kernel import clock
from hyway.kernel.db import Database
from hyway.kernel.limits import LocalWindow
from tests.apis.hoko.conftest import World, make_world, organization

LIMITS = ("x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset")
WELL_FORMED = "hoko_" + "x" * 43


@pytest.mark.parametrize(
    ("headers", "en"),
    [
        ({}, "Missing Authorization header"),
        ({"Authorization": ""}, "Invalid API key format"),
        ({"Authorization": "Bearer"}, "Invalid API key format"),
        ({"Authorization": "Basic dXNlcjpwYXNz"}, "Invalid API key format"),
        ({"Authorization": "Bearer hoko_short"}, "Invalid API key format"),
        ({"Authorization": "Bearer مفتاح".encode()}, "Invalid API key format"),
        ({"Authorization": "Bearer invalid_key"}, "Invalid API key"),
        ({"Authorization": f"Bearer {WELL_FORMED}"}, "Invalid API key"),
        ({"Authorization": WELL_FORMED}, "Invalid API key"),
    ],
)
async def test_401_says_which_reason(world: World, headers, en) -> None:
    async with world.client(key="") as client:
        answer = await client.get("/api/links", headers=headers)
    assert answer.status_code == 401
    assert answer.json()["error"]["en"] == en
    assert set(answer.json()) == {"error"}
    if en == "Invalid API key":
        assert answer.json()["error"]["ar"] == "مفتاح API غير صالح"


@pytest.mark.parametrize("form", ["Bearer {}", "bearer {}", "BEARER   {}", "{}", " {} "])
async def test_a_key_comes_with_or_without_bearer(world: World, form: str) -> None:
    async with world.client(key="") as client:
        answer = await client.get("/api/links", headers={"Authorization": form.format(world.key)})
    assert answer.status_code == 200


async def test_a_revoked_key_is_refused_at_once(world: World) -> None:
    async with world.client() as client:
        assert (await client.get("/api/tags")).status_code == 200
        (key,) = world.db.read_now(identity.keys, world.by)
        world.db.write_now(identity.revoke_key, world.by, key.id)
        answer = await client.get("/api/tags")
    assert (answer.status_code, answer.json()["error"]["en"]) == (401, "Invalid API key")


async def test_a_key_expires_while_it_is_remembered(world: World) -> None:
    async with world.client(world.new_key("tagsRead", expires_at=clock.now() + clock.SECOND // 2)) as client:
        assert (await client.get("/api/tags")).status_code == 200
        await asyncio.sleep(0.6)
        answer = await client.get("/api/tags")
    assert (answer.status_code, answer.json()["error"]["en"]) == (401, "Expired API key")


async def test_what_was_read_before_a_change_is_not_remembered(world: World) -> None:
    """A revocation between the read and its return must win."""
    callers = world.app.callers
    read = world.db.read

    async def slow_read(verb, *args):
        found: Caller | None = await read(verb, *args)
        (key,) = world.db.read_now(identity.keys, world.by)
        world.db.write_now(identity.revoke_key, world.by, key.id)
        return found

    world.db.read = slow_read  # type: ignore[assignment,method-assign]
    assert await callers.find(world.key) is not None
    world.db.read = read  # type: ignore[method-assign]
    assert await callers.find(world.key) is None


async def test_403_names_the_missing_scope_before_anything_is_read(world: World) -> None:
    async with world.client(world.new_key("tagsRead", "linksRead")) as client:
        answer = await client.post("/api/links", content=b"not json")
        partner = await client.put("/api/partners", json=[])
    assert answer.status_code == 403
    assert answer.json() == {
        "error": {"en": "Missing required scopes", "ar": "الصلاحيات المطلوبة مفقودة"},
        "missingScopes": ["linksWrite"],
    }
    assert partner.json()["missingScopes"] == ["linksWrite"]


@pytest.mark.parametrize("scope", ["linksWrite", "partnersWrite"])
async def test_either_scope_changes_partners(world: World, scope: str) -> None:
    async with world.client(world.new_key(scope)) as client:
        assert (await client.put("/api/partners", json=[{"name": "P"}])).status_code == 200


@pytest.mark.parametrize("key", ["", None])
@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/api/nothing"), ("GET", "/api/links/"), ("PATCH", "/api/links"), ("HEAD", "/api/links"),
     ("POST", "/api/analytics"), ("OPTIONS", "/api/links"), ("GET", "/api/links/x"), ("GET", "/api/%00")],
)  # fmt: skip
async def test_404_is_for_paths_and_methods_alone(world: World, method, path, key) -> None:
    async with world.client(key) as client:
        answer = await client.request(method, path)
    assert answer.status_code == 404
    assert all(name in answer.headers for name in (*LIMITS, "x-request-id"))
    if method != "HEAD":
        assert answer.json() == {"error": {"en": "Not found", "ar": "المسار غير موجود"}}


async def test_every_answer_shows_the_standing(world: World) -> None:
    async with world.client() as client:
        first = await client.get("/api/links")
        bad = await client.get("/api/links?take=0")
        anonymous = await client.get("/api/links", headers={"Authorization": "x"})
    assert first.headers["x-ratelimit-limit"] == "120000"
    assert int(first.headers["x-ratelimit-remaining"]) - 1 == int(bad.headers["x-ratelimit-remaining"])
    assert abs(int(first.headers["x-ratelimit-reset"]) - time.time() - 60) <= 2
    assert anonymous.headers["x-ratelimit-limit"] == "600"


async def test_429_counts_the_workspace_and_spares_others(db: Database) -> None:
    world = make_world(db)
    free = World(db, world.app, organization(db, "Small", "free"), "")
    keys = [free.new_key("tagsRead"), free.new_key("tagsRead")]
    async with world.client(keys[0]) as one, world.client(keys[1]) as two, world.client() as other:
        for _ in range(30):
            assert (await one.get("/api/tags")).status_code == 200
            assert (await two.get("/api/tags")).status_code == 200
        answer = await one.get("/api/tags")
        assert (await other.get("/api/tags")).status_code == 200
    assert answer.status_code == 429
    assert answer.json()["error"] == {"en": "Rate limit exceeded", "ar": "تم تجاوز حد المعدل"}
    assert 1 <= answer.json()["retryAfter"] <= 60
    assert answer.headers["retry-after"] == str(answer.json()["retryAfter"])
    assert answer.headers["x-ratelimit-remaining"] == "0"


async def test_strangers_are_counted_by_address(db: Database) -> None:
    world = make_world(db, trusted_proxies=("127.0.0.1/32",))
    async with world.client(key="") as client:
        for _ in range(600):
            await client.get("/api/links", headers={"X-Forwarded-For": "192.0.2.7"})
        same = await client.get("/api/links", headers={"X-Forwarded-For": "198.51.100.1, 192.0.2.7"})
        other = await client.get("/api/links", headers={"X-Forwarded-For": "192.0.2.8"})
    assert (same.status_code, other.status_code) == (429, 401)


async def test_a_request_id_is_kept_if_it_is_harmless(world: World) -> None:
    async with world.client() as client:
        kept = await client.get("/api/links", headers={"X-Request-Id": "abc-123"})
        made = await client.get("/api/links", headers={"X-Request-Id": "a b\tc"})
    assert kept.headers["x-request-id"] == "abc-123"
    assert len(made.headers["x-request-id"]) == 36


async def test_a_body_is_bounded_whether_it_says_its_length_or_not(db: Database) -> None:
    world = make_world(db, body_limit=1_000)

    async def pieces():
        for _ in range(20):
            yield b" " * 100

    async with world.client() as client:
        said = await client.post("/api/tags", content=b" " * 1_001)
        streamed = await client.post("/api/tags", content=pieces())
    for answer in (said, streamed):
        assert answer.status_code == 400
        assert answer.json()["error"]["en"] == "The request body must be at most 1000 bytes"


async def test_browsers_may_ask_from_anywhere(world: World) -> None:
    asks = {"Origin": "https://shop.example", "Access-Control-Request-Method": "POST"}
    async with world.client(key="") as client:
        answer = await client.options("/api/track/lead", headers=asks)
        refused = await client.get("/api/links", headers={"Origin": "https://shop.example"})
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "Idempotency-Key" in answer.headers["access-control-allow-headers"]
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert "access-control-allow-credentials" not in answer.headers
    assert refused.headers["access-control-allow-origin"] == "*"
    assert "X-RateLimit-Reset" in refused.headers["access-control-expose-headers"]


async def test_an_unexpected_error_has_a_voice_and_tells_nothing(world: World, caplog) -> None:
    async def broken(verb, *args):
        raise ZeroDivisionError("the inner matter")

    async with world.client() as client:
        await client.get("/api/links")
        world.db.read = broken  # type: ignore[assignment,method-assign]
        inside = await client.get("/api/links")
        before = await client.get("/api/links", headers={"Authorization": WELL_FORMED})
    for answer in (inside, before):
        assert answer.status_code == 500
        assert answer.json() == {"error": {"en": "Internal server error", "ar": "خطأ داخلي في الخادم"}}
        assert all(name in answer.headers for name in LIMITS)
    assert "the inner matter" in caplog.text
    assert world.key not in caplog.text


async def test_when_a_key_was_used_is_noted_at_the_end(world: World) -> None:
    await world.app.start()
    async with world.client() as client:
        await client.get("/api/links")
    await world.app.stop()
    (key,) = world.db.read_now(identity.keys, world.by)
    assert key.last_used_at is not None


def test_a_route_that_states_no_need_does_not_start(db: Database) -> None:
    kit = Kit(db, "https://go.example", 1_000, (), LocalWindow())

    @operation("GET", "/api/open", gives=list[str])
    async def silent(ask: Ask) -> list[str]:
        """Says nothing of who may call it."""
        return []

    @operation("GET", "/api/open", gives=list[str], scope=ANYBODY)
    async def said(ask: Ask) -> list[str]:
        """For anybody."""
        return []

    with pytest.raises(ValueError, match="states no scope"):
        Family(kit, STYLE, [silent])
    assert Family(kit, STYLE, [said])
    assert app(kit)
