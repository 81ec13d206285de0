"""/api/organizations/{organizationId}/api-keys/, as the vendor's pages describe it."""

import re
from typing import Any

import pytest

from hyway.domain import audit
from tests.apis.hyphen.conftest import Acme, refused

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


async def test_a_key_is_made_listed_shown_and_deleted(acme: Acme) -> None:
    path = f"{acme.base}/api-keys/"
    async with acme.client() as client:
        answer = await client.post(path, json={"name": "Deploys"})
        assert answer.status_code == 201
        made = answer.json()
        assert list(made) == ["id", "name", "createdAt", "memberId", "secrets", "roles"]
        (secret,) = made["secrets"]
        assert list(secret) == ["id", "hint", "value"]
        assert re.fullmatch("akey_[0-9a-f]{24}", made["id"])
        assert re.fullmatch("memb_[0-9a-f]{24}", made["memberId"])
        assert re.fullmatch("asec_[0-9a-f]{24}", secret["id"])
        assert MOMENT.fullmatch(made["createdAt"])
        assert secret["value"].endswith(secret["hint"])
        assert (len(secret["hint"]), made["roles"]) == (4, ["OrganizationAdmin"])
        shown = {**made, "secrets": [{"id": secret["id"], "hint": secret["hint"]}]}
        assert (await client.get(f"{path}{made['id']}/")).json() == shown
        listed = (await client.get(path)).json()
        assert {key: listed[key] for key in ("total", "pageNum", "pageSize")} == {
            "total": 2, "pageNum": 1, "pageSize": 100,
        }  # fmt: skip
        assert listed["data"][1] == shown
        gone = await client.delete(f"{path}{made['id']}/")
        assert (gone.status_code, gone.content) == (204, b"")
        refused(await client.get(f"{path}{made['id']}/"), 404)
        refused(await client.delete(f"{path}{made['id']}"), 404)
    async with acme.client(secret["value"]) as client:
        refused(await client.get(f"{acme.base}/"), 401)


async def test_names_are_found_by_how_they_begin(acme: Acme) -> None:
    path = f"{acme.base}/api-keys"
    async with acme.client() as client:
        for name in ("build a", "Build b", "rebuild"):
            assert (await client.post(path, json={"name": name})).status_code == 201
        for query, names in {
            "name=bUILD": ["build a", "Build b"], "name=uild": [], "name=%25": [],
            "pageSize=2&pageNum=2": ["Build b", "rebuild"],
        }.items():  # fmt: skip
            found = (await client.get(f"{path}?{query}")).json()
            assert [each["name"] for each in found["data"]] == names, query


async def test_a_secret_opens_from_its_making_to_its_end(acme: Acme) -> None:
    path = f"{acme.base}/api-keys/"
    async with acme.client() as client:
        made = (await client.post(path, json={"name": "Deploys"})).json()
        one = f"{path}{made['id']}/secrets/"
        answer = await client.put(one)
        assert answer.status_code == 200
        second = answer.json()
        assert list(second) == ["id", "hint", "value"]
        first = made["secrets"][0]
        for value, status in ((first["value"], 200), (second["value"], 200)):
            async with acme.client(value) as robot:
                assert (await robot.get(path)).status_code == status
        gone = await client.delete(f"{one}{first['id']}")
        assert (gone.status_code, gone.content) == (204, b"")
        refused(await client.delete(f"{one}{first['id']}/"), 404)
        async with acme.client(first["value"]) as robot:
            refused(await robot.get(path), 401)
        assert (await client.delete(f"{one}{second['id']}")).status_code == 204
        assert (await client.get(f"{path}{made['id']}")).json()["secrets"] == []
        refused(await client.put(f"{path}akey_{'0' * 24}/secrets/"), 404)


async def test_when_a_secret_was_last_used_is_shown(acme: Acme) -> None:
    path = f"{acme.base}/api-keys/"
    async with acme.client() as client:
        made = (await client.post(path, json={"name": "Deploys"})).json()
        async with acme.client(made["secrets"][0]["value"]) as robot:
            assert (await robot.get(path)).status_code == 200
        await acme.app.family.callers.flush()
        (secret,) = (await client.get(f"{path}{made['id']}/")).json()["secrets"]
    assert list(secret) == ["id", "hint", "lastUsed"]
    assert MOMENT.fullmatch(secret["lastUsed"])


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "body must have required property 'name'"),
        ({"name": ""}, "body/name must NOT have fewer than 1 characters"),
        ({"name": "  "}, "body/name must NOT have fewer than 1 characters"),
        ({"name": "x" * 101}, "body/name must NOT have more than 100 characters"),
        ({"name": 7}, "body/name must be string"),
        ({"name": "x", "roles": []}, "body/roles must NOT have fewer than 1 items"),
        ({"name": "x", "roles": ["ProjectAdmin"]}, "body/roles/0 must be equal to one of the allowed values"),
    ],
    ids=lambda given: str(given)[:40],
)
async def test_what_is_sent_has_a_shape(acme: Acme, body: Any, message: str) -> None:
    async with acme.client() as client:
        refused(await client.post(f"{acme.base}/api-keys/", json=body), 400, message)
        assert (await client.get(f"{acme.base}/api-keys/")).json()["total"] == 1


async def test_a_name_may_be_as_long_as_said(acme: Acme) -> None:
    async with acme.client() as client:
        made = await client.post(f"{acme.base}/api-keys/", json={"name": "x" * 100})
    assert made.status_code == 201


async def test_a_key_has_the_roles_that_it_is_given(acme: Acme) -> None:
    path = f"{acme.base}/api-keys/"
    async with acme.client() as client:
        sent = {"name": "Reader", "roles": ["OrganizationMember"]}
        made = (await client.post(path, json=sent)).json()
        assert made["roles"] == ["OrganizationMember"]
        async with acme.client(made["secrets"][0]["value"]) as robot:
            refused(await robot.get(path), 403, "You do not have permission to read API keys")
            refused(await robot.post(path, json=sent), 403, "You do not have permission to create API keys")
        query = f"assignmentIds={made['memberId']}"
        (given,) = (await client.get(f"{acme.base}/access/?{query}")).json()["data"]
        changed = {"roles": ["OrganizationAdmin"]}
        assert (await client.patch(f"{acme.base}/access/{given['id']}", json=changed)).status_code == 200
        assert (await client.get(f"{path}{made['id']}/")).json()["roles"] == ["OrganizationAdmin"]
    async with acme.client(made["secrets"][0]["value"]) as robot:
        assert (await robot.get(path)).status_code == 200


async def test_members_and_strangers_have_nothing_to_do_with_keys(acme: Acme) -> None:
    path = f"{acme.base}/api-keys/"
    async with acme.client(of=acme.member) as client:
        refused(await client.get(path), 403)
        refused(await client.post(path, json={"name": "x"}), 403)
    async with acme.stranger() as client:
        refused(await client.get(path), 404)
        refused(await client.post(path, json={"name": "x"}), 404)


async def test_values_of_secrets_are_in_no_event(acme: Acme) -> None:
    path = f"{acme.base}/api-keys/"
    async with acme.client() as client:
        made = (await client.post(path, json={"name": "Deploys"})).json()
        second = (await client.put(f"{path}{made['id']}/secrets/")).json()
        await client.delete(f"{path}{made['id']}/")
    told = repr(acme.db.read_now(audit.recent, acme.by))
    assert "api_key.secret_created" in told
    for value in (made["secrets"][0]["value"], second["value"]):
        assert value not in told
