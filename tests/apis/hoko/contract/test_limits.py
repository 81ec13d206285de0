"""How much a workspace may: requests in a sliding minute, objects in a call, links, and features of its plan."""

from typing import Any

import pytest

from hyway.apis import hoko
from hyway.domain.billing import FEATURES, PLANS
from hyway.kernel.limits import LocalWindow, SharedWindow, Standing
from tests.apis.hoko.conftest import PUBLIC, World, make_world
from tests.apis.hoko.contract import stage
from tests.apis.hoko.contract.contract import API, CONTRACT, refusal_differs

NOON = 1_800_000_000.0


class Clock(LocalWindow):
    """A window whose time is what the test says."""

    now = NOON

    def hit(self, key: str, limit: int, at: float | None = None) -> Standing:
        return super().hit(key, limit, self.now)


def limits(answer: Any) -> tuple[int, int, int]:
    return tuple(int(answer.headers[name]) for name in CONTRACT["headers"])  # type: ignore[return-value]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def free(db, clock: Clock) -> World:
    """An organization of the smallest plan (60 a minute) on a server with the test's clock."""
    return stage.neighbour(make_world(db, window=clock), "Small", "free")


async def test_the_window_slides_and_says_when_it_frees(free: World, clock: Clock) -> None:
    async with free.client() as client:
        for count in range(60):
            clock.now = NOON + count / 2
            answer = await client.get("/api/tags")
            assert answer.status_code == 200
            assert limits(answer) == (60, 59 - count, NOON + 60)
        clock.now = NOON + 30.2
        refused = await client.get("/api/tags")
        clock.now = NOON + 59.999
        late = await client.get("/api/tags")
        clock.now = NOON + 60
        freed = await client.get("/api/tags")
        again = await client.get("/api/tags")
        clock.now = NOON + 60.5
        next_one = await client.get("/api/tags")
    for answer, wait in ((refused, 30), (late, 1), (again, 1)):
        assert refusal_differs(answer, 429) == ""
        assert answer.json() == {
            "error": {"en": "Rate limit exceeded", "ar": "تم تجاوز حد المعدل"},
            "retryAfter": wait,
        }
        assert answer.headers["Retry-After"] == str(wait)
        assert limits(answer)[1] == 0
    assert limits(refused) == (60, 0, NOON + 60)
    assert (freed.status_code, next_one.status_code) == (200, 200)
    # The oldest request in the window is now the one of half a second after noon.
    assert limits(freed) == (60, 0, NOON + 61)


async def test_a_refused_request_is_not_counted(free: World, clock: Clock) -> None:
    async with free.client() as client:
        for _ in range(60):
            await client.get("/api/tags")
        for second in range(1, 60, 7):
            clock.now = NOON + second
            assert (await client.get("/api/tags")).status_code == 429
        clock.now = NOON + 60
        assert limits(await client.get("/api/tags")) == (60, 59, NOON + 120)


async def test_every_kind_of_answer_counts_and_shows_it(free: World) -> None:
    """Success, refusals of every status, an unknown path: each is one of the workspace's requests."""
    narrow = free.new_key("linksRead")
    kinds: list[tuple[str, str, Any, str | None, int]] = [
        ("GET", "/api/tags", None, None, 200),
        ("POST", "/api/tags", [{"name": "a"}], None, 201),
        ("POST", "/api/tags", [{}], None, 400),
        ("GET", "/api/tags?take=0", None, None, 400),
        ("GET", "/api/tags", None, narrow, 403),
        ("GET", "/api/nothing", None, None, 404),
        ("PATCH", "/api/tags", None, None, 404),
    ]
    left = 60
    for method, path, body, key, status in kinds:
        async with free.client(key) as client:
            answer = await client.request(method, path, json=body)
        left -= 1
        assert (answer.status_code, limits(answer)) == (status, (60, left, NOON + 60)), path
    async with free.client(key="") as client:
        unknown = await client.get("/api/tags")
    assert (unknown.status_code, limits(unknown)) == (401, (600, 599, NOON + 60))


async def test_429_comes_before_all_that_costs(free: World) -> None:
    """No operation is run, no scope is looked at, no body is read beyond the limit."""
    async with free.client() as client:
        for _ in range(60):
            await client.get("/api/tags")
        before = stage.dump(free.db)
        for of in API.values():
            answer = await stage.send(client, of, b"not json" if of.body else None)
            assert refusal_differs(answer, 429) == "", of.name
        assert (await client.get("/api/nothing")).status_code == 429
    assert stage.changed(before, stage.dump(free.db)) == []


async def test_keys_of_a_workspace_share_and_others_do_not(db, clock: Clock) -> None:
    base = make_world(db, window=clock)
    small, other = stage.neighbour(base, "Small", "free"), stage.neighbour(base, "Other", "free")
    async with small.client() as one, small.client(small.new_key("tagsRead")) as two, other.client() as three:
        for _ in range(30):
            await one.get("/api/tags")
            await two.get("/api/tags")
        assert [(await each.get("/api/tags")).status_code for each in (one, two, three)] == [429, 429, 200]


@pytest.mark.parametrize("name", PLANS)
async def test_each_plan_has_its_limit(name: str, db, clock: Clock) -> None:
    world = stage.neighbour(make_world(db, window=clock), "Some", name)
    async with world.client() as client:
        assert limits(await client.get("/api/tags"))[:2] == (PLANS[name].requests, PLANS[name].requests - 1)


async def test_two_servers_share_a_limit_over_redis(db, redis_url: str) -> None:
    small = stage.neighbour(make_world(db, window=SharedWindow(redis_url)), "Small", "free")
    second = hoko.app(hoko.Kit(db, PUBLIC, 1_000_000, (), SharedWindow(redis_url)))
    same = World(db, second, small.by, small.key)
    async with small.client() as one, same.client() as two:
        for count in range(30):
            assert limits(await one.get("/api/tags"))[:2] == (60, 59 - 2 * count)
            assert limits(await two.get("/api/tags"))[:2] == (60, 58 - 2 * count)
        answer = await two.get("/api/tags")
    assert refusal_differs(answer, 429) == ""
    assert 30 <= answer.json()["retryAfter"] <= 60


URL = "https://a.example"
PLANNED = [
    ("expiresAt", "2030-01-01T00:00:00Z"), ("expiredUrl", URL), ("password", "launch"), ("cloaked", True),
    ("ios", URL), ("android", URL), ("geo", {"SA": URL}),
]  # fmt: skip


def test_every_planned_field_of_the_page_is_tried() -> None:
    fields = {name: facts["plan"] for name, facts in API["POST /api/links"].body.items() if "plan" in facts}
    assert list(fields) == [name for name, _ in PLANNED]
    assert set(fields.values()) == FEATURES


@pytest.mark.parametrize("name", PLANS)
async def test_a_plan_gates_its_features(name: str, world: World) -> None:
    """A value needs the feature, in a new link and in a change; null and false never do."""
    some = stage.party(stage.neighbour(world, "some", name), "some")
    body = API["POST /api/links"].body
    async with some.world.client() as client:
        before = stage.dump(world.db)
        for field, value in PLANNED:
            new = {"url": URL, "collectionId": some.collection}
            allowed = body[field]["plan"] in PLANS[name].features
            made = await client.post("/api/links", json=[new, {**new, field: value}])
            put = await client.put("/api/links", json=[{"id": some.link, field: value}])
            for answer, at, status in ((made, 1, 201), (put, 0, 200)):
                if allowed:
                    assert answer.status_code == status, (field, answer.text)
                    assert answer.json()[at][field] == value
                else:
                    assert refusal_differs(answer, 403) == "", field
                    said = f"[{at}]: your plan does not include {body[field]['plan']}"
                    assert answer.json()["error"]["en"] == said
                    assert set(answer.json()) == {"error"}
            if not allowed:
                assert stage.changed(before, stage.dump(world.db)) == []
            before = stage.dump(world.db) if allowed else before
        for off in ({field: None for field, _ in PLANNED}, {"cloaked": False}):
            assert (await client.put("/api/links", json=[{"id": some.link, **off}])).status_code == 200


@pytest.mark.parametrize(("name", "most"), [("free", 100), ("pro", 1_000), ("business", 10_000)])
async def test_a_plan_bounds_a_call(name: str, most: int, world: World) -> None:
    some = stage.party(stage.neighbour(world, "some", name), "some")
    async with some.world.client() as client:
        fits = await client.post("/api/tags", json=[{"name": "a"}] * most)
        before = stage.dump(world.db)
        for of in API.values():
            if of.bulk:
                answer = await stage.send(client, of, stage.good_body(of.name, some) * (most + 1))
                assert refusal_differs(answer, 400) == "", of.name
                assert answer.json()["error"]["en"] == f"At most {most} objects may be sent in one request"
    assert (fits.status_code, len(fits.json())) == (201, most)
    assert stage.changed(before, stage.dump(world.db)) == []


async def test_a_plan_bounds_the_links_of_a_workspace(world: World) -> None:
    """1,000 live links in the free plan: the last call that would pass the bound is refused whole."""
    some = stage.party(stage.neighbour(world, "some", "free"), "some")  # which has one already
    new = {"url": URL, "collectionId": some.collection}
    async with some.world.client() as client:
        for size in (100,) * 9 + (99,):
            assert (await client.post("/api/links", json=[new] * size)).status_code == 201
        before = stage.dump(world.db)
        over = await client.post("/api/links", json=[new])
        put = await client.put("/api/links", json=[{"id": some.link, "title": "x"}, new])
        assert stage.changed(before, stage.dump(world.db)) == []
        changed = await client.put("/api/links", json=[{"id": some.link, "title": "x"}])
        await client.request("DELETE", "/api/links", json=[some.link])
        room = await client.post("/api/links", json=[new])
    for answer in (over, put):
        assert refusal_differs(answer, 403) == ""
        assert answer.json()["error"]["en"] == "Your plan allows 1000 links"
        assert set(answer.json()) == {"error"}
    assert (changed.status_code, room.status_code) == (200, 201)
