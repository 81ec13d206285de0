"""Leads and sales: attribution in its order, and retries under an Idempotency-Key, however many at once."""

import asyncio
from typing import Any

import pytest

from hyway.apis import hoko
from hyway.domain import attribution
from hyway.kernel.limits import LocalWindow
from tests.apis.hoko.conftest import PUBLIC, World
from tests.apis.hoko.contract import stage
from tests.apis.hoko.contract.contract import refusal_differs
from tests.apis.hoko.contract.stage import Party
from tests.apis.hoko.test_track_and_analytics import capture, record

KINDS = ("lead", "sale")


def conversion(kind: str, of: Party, **more: Any) -> dict[str, Any]:
    who = {"clickId": of.click, "customerExternalId": "retry", "customerName": "Jo"}
    return {**who, **({"eventName": "E"} if kind == "lead" else {"amount": 5}), **more}


def stored(of: Party) -> int:
    return len(of.world.db.read_now(attribution.recent_conversions, of.world.by, None, 1_000))


@pytest.mark.parametrize("kind", KINDS)
async def test_many_retries_at_once_on_two_servers_are_one_conversion(kind: str, ours: Party) -> None:
    db = ours.world.db
    second = World(
        db, hoko.app(hoko.Kit(db, PUBLIC, 10**6, (), LocalWindow())), ours.world.by, ours.world.key
    )
    before = stored(ours)
    async with ours.world.client() as one, second.client() as two:
        asks = [
            client.post(f"/api/track/{kind}", json=conversion(kind, ours), headers={"Idempotency-Key": "k"})
            for _ in range(12)
            for client in (one, two)
        ]
        answers = await asyncio.gather(*asks)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sorted(answer.headers.get("Idempotent-Replayed", "") for answer in answers) == ["", *["true"] * 23]
    assert stored(ours) == before + 1


async def test_a_key_belongs_to_one_workspace_and_one_operation(ours: Party, theirs: Party) -> None:
    key = {"Idempotency-Key": "same"}
    async with ours.world.client() as client, theirs.world.client() as stranger:
        answers = [
            await client.post("/api/track/lead", json=conversion("lead", ours), headers=key),
            await client.post("/api/track/sale", json=conversion("sale", ours), headers=key),
            await stranger.post("/api/track/lead", json=conversion("lead", theirs), headers=key),
        ]
    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert {answer.headers.get("Idempotent-Replayed") for answer in answers} == {None}
    assert len({answer.content for answer in answers}) == 3


@pytest.mark.parametrize("kind", KINDS)
async def test_without_a_key_each_call_is_a_conversion(kind: str, ours: Party) -> None:
    before = stored(ours)
    async with ours.world.client() as client:
        sent = conversion(kind, ours)
        answers = await asyncio.gather(*(client.post(f"/api/track/{kind}", json=sent) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {201}
    assert stored(ours) == before + 5


@pytest.mark.parametrize("kind", KINDS)
async def test_another_request_under_the_key_changes_nothing(kind: str, ours: Party) -> None:
    key = {"Idempotency-Key": "k"}
    async with ours.world.client() as client:
        await client.post(f"/api/track/{kind}", json=conversion(kind, ours), headers=key)
        before = stage.dump(ours.world.db)
        other = conversion(kind, ours, customerName="Joe")
        answer = await client.post(f"/api/track/{kind}", json=other, headers=key)
    assert refusal_differs(answer, 400) == ""
    assert answer.json()["error"]["en"] == "Idempotency-Key was used for another request"
    assert stage.changed(before, stage.dump(ours.world.db)) == []


async def test_many_first_calls_of_a_customer_make_one_customer(ours: Party) -> None:
    async with ours.world.client() as client:
        asks = (
            client.post("/api/track/lead", json=conversion("lead", ours, eventName=f"E{at}"))
            for at in range(12)
        )
        answers = await asyncio.gather(*asks)
        found = (await client.get("/api/customers?externalId=retry")).json()
    assert {answer.status_code for answer in answers} == {201}
    assert {answer.json()["customer"]["id"] for answer in answers} == {found[0]["id"]}
    assert len(found) == 1


async def test_a_sale_is_attributed_in_the_documented_order(ours: Party) -> None:
    """leadEventName, then clickId, then the latest lead; else it is refused."""
    world = ours.world
    made = [capture(world, ours.short_id) for _ in range(3)]
    await record(world, *made)
    first, second, third = (each.id for each in made)
    who = {"customerExternalId": "buyer", "customerName": "Jo"}
    async with world.client() as client:
        for click, event in ((first, "Trial"), (second, "Demo")):
            await client.post("/api/track/lead", json={"clickId": click, "eventName": event, **who})

        async def sold(**more: Any) -> Any:
            answer = await client.post("/api/track/sale", json={"amount": 0, **who, **more})
            return answer.json()["click"]["id"] if answer.status_code == 201 else answer

        assert await sold() == second
        assert await sold(leadEventName="Trial") == first
        assert await sold(leadEventName="Trial", clickId=third) == first
        assert await sold(clickId=third) == third
        assert await sold(clickId="") == second
        assert await sold(leadEventName="Never", clickId=third) == third
        assert await sold(customerExternalId="nobody", clickId=third) == third
        deferred = {"clickId": "", "eventName": "Later", **who}
        lead = await client.post("/api/track/lead", json=deferred)
        before = stage.dump(world.db)
        alone = await sold(customerExternalId="a-stranger")
        unknown = await sold(clickId="nope")
    assert lead.json()["click"]["id"] == second
    assert alone.json()["error"]["en"].startswith("The sale cannot be attributed")
    assert unknown.json()["error"]["en"] == "Click ID nope not found or does not belong to your workspace"
    assert stage.changed(before, stage.dump(world.db)) == []
