"""Many objects in one call: order, all or nothing, places in errors, upserts; and pages of what is stored."""

import random
from typing import Any

import pytest

from tests.apis.hoko.contract import stage
from tests.apis.hoko.contract.contract import API, refusal_differs
from tests.apis.hoko.contract.stage import Party

SHELVES = ("links", "collections", "tags", "partners")
URL = "https://a.example"


def new(shelf: str, ours: Party, text: str) -> dict[str, Any]:
    if shelf == "links":
        return {"url": f"{URL}/{text}", "collectionId": ours.collection, "title": text}
    return {"name": text}


def shown(shelf: str) -> str:
    return "title" if shelf == "links" else "name"


@pytest.mark.parametrize("shelf", SHELVES)
async def test_many_are_made_and_answered_in_order_and_a_mistake_in_the_last_undoes_all(
    shelf: str, ours: Party
) -> None:
    count = 10_000 if shelf == "links" else 1_000
    texts = [f"n{number}" for number in random.Random(7).sample(range(10**6), count)]
    items = [new(shelf, ours, text) for text in texts]
    async with ours.world.client() as client:
        before = stage.dump(ours.world.db)
        bad = await client.post(f"/api/{shelf}", json=[*items[:-1], {**items[-1], shown(shelf): 7}])
        worse = await client.post(f"/api/{shelf}", json=[*items[:-1], {**items[-1], shown(shelf): "a\0"}])
        assert stage.changed(before, stage.dump(ours.world.db)) == []
        made = await client.post(f"/api/{shelf}", json=items)
        assert made.status_code == 201, made.text[:200]
        gone = await client.request(
            "DELETE", f"/api/{shelf}", json=[each["id"] for each in reversed(made.json())]
        )
    for answer in (bad, worse):
        assert refusal_differs(answer, 400) == ""
        assert answer.json()["error"]["en"].startswith(f"[{count - 1}].{shown(shelf)} must ")
        assert answer.json()["error"]["ar"].startswith(f"[{count - 1}].{shown(shelf)}: ")
    assert [each[shown(shelf)] for each in made.json()] == texts
    assert len({each["id"] for each in made.json()}) == count
    assert gone.json()["deletedIds"] == [each["id"] for each in reversed(made.json())]


@pytest.mark.parametrize("shelf", SHELVES)
async def test_an_upsert_mixes_old_and_new_in_order(shelf: str, ours: Party) -> None:
    name = shown(shelf)
    async with ours.world.client() as client:
        old = (await client.post(f"/api/{shelf}", json=[new(shelf, ours, text) for text in "abc"])).json()
        wishes = [
            {"id": old[2]["id"], name: "c2"}, new(shelf, ours, "d"), {"id": old[0]["id"]}, new(shelf, ours, "e"),
            {"id": old[2]["id"], name: "c3"},
        ]  # fmt: skip
        answer = await client.put(f"/api/{shelf}", json=wishes)
        unknown = {"id": "550e8400-e29b-41d4-a716-446655440000", name: "x"}
        before = stage.dump(ours.world.db)
        refused = await client.put(f"/api/{shelf}", json=[{"id": old[0]["id"], name: "lost"}, unknown])
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert [each["id"] for each in (said[0], said[2], said[4])] == [old[2]["id"], old[0]["id"], old[2]["id"]]
    assert [each[name] for each in said[1:4]] == ["d", "a", "e"]
    assert said[4][name] == "c3"
    assert refused.json()["error"]["en"] == f"[1].id names no {shelf.removesuffix('s')} of your workspace"
    assert stage.changed(before, stage.dump(ours.world.db)) == []


CLEARED: dict[str, Any] = {
    "title": None, "description": None, "image": None, "utm": None, "expiresAt": None, "expiredUrl": None,
    "password": None, "cloaked": False, "ios": None, "android": None, "geo": None, "externalId": None,
    "tenantId": None, "partnerId": None, "forwardQuery": "visitor", "tagIds": [],
}  # fmt: skip


async def test_each_field_of_a_link_keeps_clears_and_sets(ours: Party) -> None:
    """Absent keeps, null clears, a value sets: one field at a time, and the others stay."""
    full = {
        "title": "T", "description": "D", "image": f"{URL}/i.png", "utm": {"source": "s"},
        "expiresAt": "2030-01-01T00:00:00Z", "expiredUrl": f"{URL}/e", "password": "p", "cloaked": True,
        "ios": f"{URL}/ios", "android": f"{URL}/android", "geo": {"SA": f"{URL}/sa"}, "externalId": "e",
        "tenantId": "t", "partnerId": ours.partner, "forwardQuery": "off", "tagIds": [ours.tag],
    }  # fmt: skip
    documented = set(API["PUT /api/links"].body) - {"id", "url", "collectionId", "shortId"}
    assert set(full) == set(CLEARED) == documented
    async with ours.world.client() as client:
        (link,) = (await client.put("/api/links", json=[{"id": ours.link, **full}])).json()
        assert {name: link[name] for name in full} == full
        for field in full:
            kept = (await client.put("/api/links", json=[{"id": ours.link}])).json()[0]
            assert kept == link
            gone = (await client.put("/api/links", json=[{"id": ours.link, field: None}])).json()[0]
            assert gone == {**link, field: CLEARED[field]}, field
            assert (await client.get(f"/api/links?id={ours.link}")).json() == [gone]
            back = (await client.put("/api/links", json=[{"id": ours.link, field: full[field]}])).json()[0]
            assert back == link, field
        for field in ("url", "collectionId"):
            refused = await client.put("/api/links", json=[{"id": ours.link, field: None}])
            assert refused.status_code == 400
            assert refused.json()["error"]["en"].startswith(f"[0].{field} must ")


async def test_utm_merges_by_key(ours: Party) -> None:
    steps: list[tuple[Any, Any]] = [
        ({"medium": "cpc"}, {"source": "ours-source", "medium": "cpc"}),
        ({"source": "x", "term": "t"}, {"source": "x", "medium": "cpc", "term": "t"}),
        ({}, {"source": "x", "medium": "cpc", "term": "t"}),
        ({"medium": None, "source": None}, {"term": "t"}),
        ({"term": ""}, None),
        (
            {"referral": "r", "campaign": "c", "content": "n"},
            {"referral": "r", "campaign": "c", "content": "n"},
        ),
        (None, None),
    ]
    async with ours.world.client() as client:
        for sent, stored in steps:
            answer = await client.put("/api/links", json=[{"id": ours.link, "utm": sent}])
            assert answer.json()[0]["utm"] == stored, sent


async def test_external_ids_may_be_swapped_in_one_call(ours: Party) -> None:
    """The store is judged by what the whole call leaves, not by what stands there halfway."""
    async with ours.world.client() as client:
        items = [
            {**new("links", ours, "a"), "externalId": "1"},
            {**new("links", ours, "b"), "externalId": "2"},
        ]
        one, two = (await client.post("/api/links", json=items)).json()
        answer = await client.put(
            "/api/links", json=[{"id": one["id"], "externalId": "2"}, {"id": two["id"], "externalId": "1"}]
        )
    assert answer.status_code == 200, answer.text
    assert [each["externalId"] for each in answer.json()] == ["2", "1"]


async def test_an_external_id_is_unique_in_a_workspace_alone(ours: Party, theirs: Party) -> None:
    async with ours.world.client() as client:
        item = {**new("links", ours, "a"), "externalId": "stranger-link"}
        assert (await client.post("/api/links", json=[item])).status_code == 201
        assert (await client.post("/api/links", json=[item])).status_code == 400


async def test_filters_join_with_or(ours: Party) -> None:
    async with ours.world.client() as client:
        items = [
            {**new("links", ours, "a"), "externalId": "e"},
            {**new("links", ours, "b"), "tenantId": "t"},
            {**new("links", ours, "c"), "partnerId": ours.partner},
            new("links", ours, "d"),
        ]
        a, b, c, d = (each["id"] for each in (await client.post("/api/links", json=items)).json())
        for query, wanted in (
            (f"id={d}&externalId=e", {d, a}),
            ("externalId=e&tenantId=t", {a, b}),
            (f"tenantId=t&partnerId={ours.partner}", {b, c, ours.link}),
            (f"id={a}&externalId=e", {a}),
            ("externalId=none&tenantId=t", {b}),
            ("externalId=none", set()),
        ):
            found = (await client.get(f"/api/links?{query}")).json()
            assert {each["id"] for each in found} == wanted, query
            assert len(found) == len(wanted)


@pytest.mark.parametrize("shelf", SHELVES)
async def test_pages_are_ordered_and_whole(shelf: str, ours: Party) -> None:
    """Whatever the step, the pages together are everything once; the newest first, or the oldest."""
    async with ours.world.client() as client:
        first = (await client.get(f"/api/{shelf}")).json()
        items = [new(shelf, ours, f"n{number}") for number in range(60)]
        made = (await client.post(f"/api/{shelf}", json=items)).json()
        oldest_first = [each["id"] for each in (*first, *made)]
        assert len((await client.get(f"/api/{shelf}")).json()) == 50
        for sort, wanted in (("asc", oldest_first), ("desc", oldest_first[::-1])):
            for take in (1, 7, 61, 10_000):
                found: list[str] = []
                for skip in range(0, 62, take):
                    page = await client.get(f"/api/{shelf}?take={take}&skip={skip}&sort={sort}")
                    found += [each["id"] for each in page.json()]
                assert found == wanted, (sort, take)
        beyond = await client.get(f"/api/{shelf}?skip=9007199254740991&take=10000")
    assert (beyond.status_code, beyond.json()) == (200, [])
