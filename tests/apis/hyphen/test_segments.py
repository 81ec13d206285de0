"""Segments over HTTP."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.apis.hyphen.conftest import PUBLIC, Acme, refused
from tests.apis.hyphen.making import give, project
from tests.domain.toggles.stage import VIP, names


@pytest.fixture
async def shop(acme: Acme) -> AsyncIterator[httpx.AsyncClient]:
    """The administrator at the segments of a project."""
    await project(acme)
    async with acme.client() as client:
        client.base_url = client.base_url.join(f"{acme.base}/projects/shop/")
        yield client


async def create(shop: httpx.AsyncClient, alternate_id: str, *needs: str, **more: Any) -> dict[str, Any]:
    sent = {
        "alternateId": alternate_id,
        "name": alternate_id.upper(),
        "logic": names(*needs) if needs else VIP,
    }
    answer = await shop.post("segments/", json={**sent, **more})
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def toggle(shop: httpx.AsyncClient, key: str, *needs: str) -> dict[str, Any]:
    sent = {"key": key, "type": "boolean", "defaultValue": False}
    answer = await shop.post("toggles/", json={**sent, "targets": [{"logic": names(*needs), "value": True}]})
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_what_is_made_is_shown_alike_everywhere(acme: Acme, shop: httpx.AsyncClient):
    made = await create(shop, "vips", description="Who matters", tags=["people"])
    assert (made["alternateId"], made["name"], made["logic"]) == ("vips", "VIPS", VIP)
    assert (made["description"], made["tags"], made["usages"]) == ("Who matters", ["people"], {"toggles": []})
    assert (made["organization"]["id"], made["project"]["alternateId"]) == (acme.id, "shop")
    for path in ("segments/vips", "segments/vips/", f"segments/{made['id']}"):
        assert (await shop.get(path)).json() == made
    assert (await shop.get("segments/")).json()["data"] == [made]
    everywhere = (await shop.get(f"{PUBLIC}{acme.base}/segments/")).json()
    assert everywhere == {"total": 1, "pageNum": 1, "pageSize": 100, "data": [made]}


async def test_usages_are_whole_toggles(shop: httpx.AsyncClient):
    await create(shop, "inner")
    await create(shop, "outer", "inner")
    used = await toggle(shop, "beta", "outer")
    for name in ("inner", "outer"):
        assert (await shop.get(f"segments/{name}")).json()["usages"] == {"toggles": [used]}
    changed = await shop.patch("segments/inner", json={"name": "Inner"})
    assert (changed.json()["name"], changed.json()["usages"]) == ("Inner", {"toggles": [used]})


async def test_lists_are_searched(acme: Acme, shop: httpx.AsyncClient):
    for name, needs in (("a", ()), ("b", ("a",)), ("c", ("b",))):
        await create(shop, name, *needs, description=f"Segment {name}")

    async def found(query: str, at: str = "segments/") -> list[str]:
        return [each["alternateId"] for each in (await shop.get(f"{at}?{query}")).json()["data"]]

    assert await found("") == ["a", "b", "c"]
    assert await found("availableFor=c") == ["a", "b"]
    assert await found("availableFor=a") == []
    assert await found("search=SEGMENT%20b") == ["b"]
    assert await found("pageSize=1&pageNum=2", f"{PUBLIC}{acme.base}/segments/") == ["b"]
    refused(await shop.get("segments/?availableFor=nobody"), 404)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (
            {"alternateId": "a b"},
            'body/alternateId must match pattern "^[A-Za-z0-9._-]+$", and not be dots alone',
        ),
        ({"name": " "}, "body/name must NOT have fewer than 1 characters"),
        ({"logic": "{"}, "body/logic must be JsonLogic in JSON: "),
        ({"logic": '{"oops": 1}'}, 'body/logic must use known operators, not "oops"'),
        ({"logic": names("new")}, 'body/logic names the segment "new", which the project does not have'),
        ({"logic": 1}, "body/logic must be string"),
        ({"tags": "x"}, "body/tags must be array"),
    ],
    ids=range(7),
)
async def test_what_is_wrong_is_said_and_nothing_made(
    shop: httpx.AsyncClient, wrong: dict[str, Any], said: str
):
    sent = {"alternateId": "new", "name": "New", "logic": VIP, **wrong}
    answer = await shop.post("segments/", json=sent)
    refused(answer, 400)
    assert answer.json()["message"].startswith(said)
    assert (await shop.get("segments/")).json()["total"] == 0


async def test_a_cycle_of_three_is_refused_and_nothing_changed(shop: httpx.AsyncClient):
    for name, needs in (("a", ()), ("b", ("a",)), ("c", ("b",))):
        await create(shop, name, *needs)
    before = (await shop.get("segments/a")).json()
    answer = await shop.patch("segments/a", json={"name": "Other", "logic": names("c")})
    refused(answer, 400, "body/logic must not lead back to the segment itself: a -> c -> b -> a")
    assert (await shop.get("segments/a")).json() == before


async def test_what_is_in_use_stays(shop: httpx.AsyncClient):
    await create(shop, "vips")
    used = await toggle(shop, "beta", "vips")
    answer = await shop.delete("segments/vips")
    refused(answer, 409, "The segment is in use and cannot be deleted: toggle beta")
    await shop.delete(f"toggles/{used['key']}")
    assert (await shop.delete("segments/vips")).status_code == 204
    refused(await shop.get("segments/vips"), 404)


async def test_an_alternate_id_is_taken_once(shop: httpx.AsyncClient):
    await create(shop, "vips")
    answer = await shop.post("segments/", json={"alternateId": "vips", "name": "V", "logic": VIP})
    refused(answer, 409, "alternateId is taken by another segment of the project")


async def test_a_segment_of_another_project_is_none(acme: Acme, shop: httpx.AsyncClient):
    made = await create(shop, "vips")
    await project(acme, "other", "Other")
    new = {"alternateId": "x", "name": "X", "logic": names(made["id"])}
    answer = await shop.post(f"{PUBLIC}{acme.base}/projects/other/segments/", json=new)
    refused(answer, 400)
    refused(await shop.get(f"{PUBLIC}{acme.base}/projects/other/segments/{made['id']}"), 404)


async def test_a_reader_reads(acme: Acme, shop: httpx.AsyncClient):
    made = await create(shop, "vips")
    give(acme, made["project"]["id"], "ProjectReader")
    async with acme.client(of=acme.member) as mia:
        base = f"{acme.base}/projects/shop/segments/vips"
        assert (await mia.get(base)).json() == made
        refused(await mia.patch(base, json={"name": "X"}), 403)
        refused(await mia.delete(base), 403)
