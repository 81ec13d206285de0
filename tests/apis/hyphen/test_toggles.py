"""Toggles over HTTP, as the SDKs' own administration of them goes."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from hyway.domain import toggles
from tests.apis.hyphen.conftest import PUBLIC, Acme, refused
from tests.apis.hyphen.making import give, project

BETA: dict[str, Any] = {
    "key": "test-beta",
    "type": "boolean",
    "defaultValue": False,
    "description": "Who sees the beta",
    "targets": [
        {"logic": '{"==": [{"var": "user.id"}, "the-vip-user"]}', "value": True},
        {"logic": '{"==": [{"var": "customAttributes.plan"}, "premium"]}', "value": True},
    ],
}


@pytest.fixture
async def shop(acme: Acme) -> AsyncIterator[httpx.AsyncClient]:
    """The administrator at the toggles of a project."""
    await project(acme)
    async with acme.client() as client:
        client.base_url = client.base_url.join(f"{acme.base}/projects/shop/")
        yield client


async def create(shop: httpx.AsyncClient, **more: Any) -> dict[str, Any]:
    answer = await shop.post("toggles/", json={**BETA, **more})
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_what_is_made_is_shown_alike_everywhere(acme: Acme, shop: httpx.AsyncClient):
    made = await create(shop, tags=["beta"])
    assert {name: made[name] for name in BETA} == BETA
    assert made["tags"] == ["beta"]
    assert set(made) == {*BETA, "id", "tags", "meta", "project"}
    assert set(made["meta"]) == {"createdAt", "createdBy", "modifiedAt", "modifiedBy"}
    assert made["project"]["alternateId"] == "shop"
    for path in (f"toggles/{made['key']}", f"toggles/{made['key']}/", f"toggles/{made['id']}"):
        assert (await shop.get(path)).json() == made
    for path in ("toggles", f"{PUBLIC}{acme.base}/toggles/"):
        assert (await shop.get(path)).json() == {"total": 1, "pageNum": 1, "pageSize": 1000, "data": [made]}


async def test_a_list_has_all_unless_pages_are_asked_for(shop: httpx.AsyncClient):
    for n in range(3):
        await create(shop, key=f"t{n}", description=f"Number {n}")

    async def keys(query: str) -> tuple[int, list[str]]:
        found = (await shop.get(f"toggles/?{query}")).json()
        return found["total"], [each["key"] for each in found["data"]]

    assert await keys("") == (3, ["t0", "t1", "t2"])
    assert await keys("pageSize=2&pageNum=2") == (3, ["t2"])
    assert await keys("pageSize=2&pageNum=9") == (3, [])
    assert await keys("search=NUMBER%201") == (1, ["t1"])
    refused(await shop.get("toggles/?pageSize=1001"), 400, "querystring/pageSize must be <= 1000")
    refused(await shop.get("toggles/?search=a%00"), 400)


@pytest.mark.parametrize("sent", [{"id": "Hello World!"}, '{ "id": "Hello World!"}'])
async def test_an_object_is_its_text(shop: httpx.AsyncClient, sent: Any):
    made = await create(shop, type="json", defaultValue=sent, targets=[{"logic": "true", "value": sent}])
    text = sent if isinstance(sent, str) else '{"id":"Hello World!"}'
    assert (made["type"], made["defaultValue"], made["targets"][0]["value"]) == ("object", text, text)


async def test_a_patch_changes_what_it_names(shop: httpx.AsyncClient):
    made = await create(shop)
    answer = await shop.patch("toggles/test-beta", json={"defaultValue": True, "type": "string", "key": "x"})
    assert answer.status_code == 200
    assert {**answer.json(), "meta": None} == {**made, "defaultValue": True, "meta": None}
    assert (await shop.patch("toggles/test-beta", json={})).json() == answer.json()
    emptied = (await shop.patch("toggles/test-beta", json={"targets": [], "description": ""})).json()
    assert (emptied["targets"], emptied["description"]) == ([], "")


async def test_a_deleted_one_is_gone_by_key_and_shown_by_id(shop: httpx.AsyncClient):
    made = await create(shop)
    gone = await shop.delete("toggles/test-beta")
    assert (gone.status_code, gone.content) == (204, b"")
    said = "Resource with id 'test-beta' not found or you do not have permission to access it."
    refused(await shop.get("toggles/test-beta"), 404, said)
    for call in (shop.delete("toggles/test-beta"), shop.patch(f"toggles/{made['id']}", json={})):
        refused(await call, 404)
    shown = (await shop.get(f"toggles/{made['id']}")).json()
    assert set(shown["meta"]) - set(made["meta"]) == {"deletedAt", "deletedBy"}
    assert (await create(shop))["id"] != made["id"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"key": ""}, "body/key must NOT have fewer than 1 characters"),
        ({"key": "a b"}, 'body/key must match pattern "^[A-Za-z0-9._-]+$", and not be dots alone'),
        ({"key": None}, "body/key must be string"),
        ({"type": "array"}, "body/type must be equal to one of the allowed values"),
        ({"defaultValue": 1}, "body/defaultValue must be boolean"),
        ({"defaultValue": None}, "body/defaultValue must be boolean"),
        ({"type": "number"}, "body/targets/0/value must be number"),
        ({"type": "number", "targets": [], "defaultValue": True}, "body/defaultValue must be number"),
        ({"type": "string", "targets": [], "defaultValue": 1}, "body/defaultValue must be string"),
        ({"type": "json", "targets": [], "defaultValue": "no"}, "body/defaultValue must be object, or its JSON text"),
        ({"targets": None}, "body/targets must be array"),
        ({"targets": [{"value": True}]}, "body/targets/0 must have required property 'logic'"),
        ({"targets": [{"logic": {}, "value": True}]}, "body/targets/0/logic must be string"),
        ({"targets": [{"logic": '{"oops": 1}', "value": True}]},
         'body/targets/0/logic must use known operators, not "oops"'),
        ({"targets": [{"logic": '{"!":' * 1000 + "true" + "}" * 1000, "value": True}]},
         "body/targets/0/logic must NOT be nested more than 50 levels deep"),
        ({"targets": [{"logic": "true", "value": True}, {"logic": '{"segment": "x"}', "value": True}]},
         'body/targets/1/logic names the segment "x", which the project does not have'),
        ({"targets": [{"logic": "true", "value": "yes"}]}, "body/targets/0/value must be boolean"),
        ({"targets": [{"logic": '"' + "x" * 1_000_000 + '"', "value": True}]},
         "body/targets/0/logic must NOT have more than 65536 characters"),
        ({"targets": [{"logic": "true", "value": True}] * 101}, "body/targets must NOT have more than 100 items"),
        ({"description": "x" * 1_001}, "body/description must NOT have more than 1000 characters"),
        ({"tags": ["x"] * 51}, "body/tags must NOT have more than 50 items"),
        ({"tags": [1]}, "body/tags/0 must be string"),
    ],
    ids=range(22),
)  # fmt: skip
async def test_what_is_wrong_is_said_and_nothing_made(
    acme: Acme, shop: httpx.AsyncClient, wrong: dict[str, Any], said: str
):
    answer = await shop.post("toggles/", json={**BETA, **wrong})
    refused(answer, 400)
    assert answer.json()["message"].startswith(said)
    assert acme.db.read_now(toggles.page, acme.by, None) == ([], 0)
    if not {"key", "type"} & wrong.keys():
        made = await create(shop)
        refused(await shop.patch("toggles/test-beta", json=wrong), 400)
        assert (await shop.get("toggles/test-beta")).json() == made


@pytest.mark.parametrize("name", ["key", "type", "targets", "defaultValue"])
async def test_what_is_needed(shop: httpx.AsyncClient, name: str):
    sent = {key: value for key, value in BETA.items() if key != name}
    refused(await shop.post("toggles/", json=sent), 400, f"body must have required property '{name}'")


async def test_a_key_is_taken_once(shop: httpx.AsyncClient):
    await create(shop)
    answer = await shop.post("toggles/", json=BETA)
    refused(answer, 409, "key is taken by another toggle of the project")


async def test_roles_on_the_project_decide(acme: Acme, shop: httpx.AsyncClient):
    await create(shop)
    base = f"{acme.base}/projects/shop/toggles"
    async with acme.client(of=acme.member) as mia:
        refused(await mia.get(f"{base}/test-beta"), 403)
        refused(await mia.get(f"{acme.base}/toggles/"), 403)
        for role, statuses in (
            ("ProjectReader", (200, 403, 403, 403)),
            ("ProjectContributor", (200, 200, 200, 403)),
            ("ProjectAdmin", (200, 200, 200, 204)),
        ):
            of = (await shop.get("")).json()["id"]
            for each in (await shop.get(f"{PUBLIC}{acme.base}/access/?entityIds={of}")).json()["data"]:
                if each["assignment"]["name"] == "Mia":
                    await shop.delete(f"{PUBLIC}{acme.base}/access/{each['id']}/")
            give(acme, of, role)
            answers = (
                await mia.get(f"{base}/test-beta"),
                await mia.patch(f"{base}/test-beta", json={"description": role}),
                await mia.post(f"{base}/", json={**BETA, "key": role}),
                await mia.delete(f"{base}/test-beta"),
            )
            assert tuple(each.status_code for each in answers) == statuses, role
            assert (await mia.get(f"{acme.base}/toggles/")).status_code == 200


async def test_lists_show_no_other_projects(acme: Acme, shop: httpx.AsyncClient):
    await create(shop)
    other = await project(acme, "other", "Other")
    give(acme, other["id"], "ProjectReader")
    async with acme.client(of=acme.member) as mia:
        assert (await mia.get(f"{acme.base}/toggles/")).json()["total"] == 0
        refused(await mia.get(f"{acme.base}/projects/shop/toggles/"), 404)


async def test_changes_are_in_the_event_log(acme: Acme, shop: httpx.AsyncClient):
    made = await create(shop)
    await shop.patch("toggles/test-beta", json={"defaultValue": True})
    await shop.delete("toggles/test-beta")
    found = await shop.post(
        f"{PUBLIC}/api/events/{acme.id}/search",
        json={"types": ["TOGGLE"], "references": [{"id": made["id"]}]},
    )
    events = found.json()["data"]
    assert [each["type"] for each in events] == ["TOGGLE.DELETE", "TOGGLE.UPDATE", "TOGGLE.CREATE"]
    kinds = {each["type"] for each in events[1]["references"]}
    assert {"Toggle", "Project"} <= kinds
    assert json.dumps(events[1]["data"]) == json.dumps(
        {"id": made["id"], "key": "test-beta", "version": 2, "changed": ["defaultValue"]}
    )
