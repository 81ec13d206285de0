"""Public keys over HTTP: made as clients take them apart, shown to who may see them, gone at once."""

import base64
import re
from typing import Any

import pytest

from hyway.domain import identity, toggles
from hyway.domain.identity import access
from tests.apis.hyphen.conftest import Acme, refused
from tests.apis.hyphen.making import give, project
from tests.apis.hyphen.test_roles import ON, Walker

KEYS = "/api/public-keys/"


async def made(acme: Acme, of: str = "shop", name: str = "Web") -> dict[str, Any]:
    async with acme.client() as client:
        answer = await client.post(KEYS, json={"organizationId": acme.id, "projectId": of, "name": name})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_key_says_whose_it_is(acme: Acme):
    shop = await project(acme)
    key = await made(acme)
    assert key["id"].startswith("pkey_")
    text = base64.b64decode(key["key"].removeprefix("public_"), validate=True).decode()
    organization, of, secret = text.split(":")
    assert (organization, of) == (acme.id, shop["id"])
    assert re.fullmatch("[A-Za-z0-9]{20}", secret)
    assert key["organization"] == {"id": acme.id, "name": acme.organization.name}
    assert key["project"] == {"id": shop["id"], "alternateId": "shop", "name": "Shop"}
    asker = acme.db.read_now(toggles.public_keys.asker, key["key"])
    assert asker is not None
    assert (asker.organization_id, asker.organization) == (acme.id, acme.by.organization)


async def test_it_is_found_by_its_id_and_by_itself(acme: Acme):
    await project(acme)
    key = await made(acme)
    async with acme.client() as client:
        for name in ("id", "key"):
            assert (await client.get(KEYS + key[name])).json() == key
        refused(await client.get(f"{KEYS}{key['key'][:-4]}AAA="), 404)
        refused(await client.get(f"{KEYS}pkey_{'0' * 24}"), 404)


async def test_lists_are_of_a_project_or_of_all(acme: Acme):
    await project(acme)
    await project(acme, "other", "Other")
    here, there = await made(acme), await made(acme, "other")
    async with acme.client() as client:
        assert (await client.get(KEYS)).json() == {
            "total": 2, "pageNum": 1, "pageSize": 100, "data": [here, there],
        }  # fmt: skip
        for of in ("other", there["project"]["id"]):
            found = await client.get(f"{KEYS}?organizationId={acme.id}&projectId={of}")
            assert found.json()["data"] == [there]
        refused(await client.get(f"{KEYS}?projectId=nobody"), 404)
    async with acme.client(of=acme.admin) as person:
        refused(await person.get(KEYS), 400, "querystring must have required property 'organizationId'")
        assert (await person.get(f"{KEYS}?organizationId={acme.id}")).json()["total"] == 2


async def test_a_deleted_one_opens_nothing(acme: Acme):
    await project(acme)
    key = await made(acme)
    heard: list[str] = []
    acme.db.changes.hear(toggles.KEY_TOPIC, heard.append)
    async with acme.client() as client:
        assert (await client.delete(KEYS + key["id"])).status_code == 204
        refused(await client.delete(KEYS + key["id"]), 404)
    assert len(heard) == 1
    assert acme.db.read_now(toggles.public_keys.asker, key["key"]) is None


async def test_who_may_not(acme: Acme):
    shop = await project(acme)
    key = await made(acme)
    new = {"organizationId": acme.id, "projectId": "shop", "name": "Mine"}
    async with acme.stranger() as stranger:
        for name in ("id", "key"):
            refused(await stranger.get(KEYS + key[name]), 404)
            refused(await stranger.delete(KEYS + key[name]), 404)
        refused(await stranger.post(KEYS, json=new), 404)
        refused(await stranger.get(f"{KEYS}?organizationId={acme.id}"), 404)
        assert (await stranger.get(KEYS)).json()["data"] == []
    async with acme.client("") as nobody:
        refused(await nobody.get(KEYS + key["id"]), 401)
    async with acme.client(of=acme.member) as mia:
        refused(await mia.get(KEYS + key["id"]), 404)
        give(acme, shop["id"], "ProjectReader")
        assert (await mia.get(KEYS + key["id"])).json() == key
        refused(await mia.delete(KEYS + key["id"]), 403)
        refused(await mia.post(KEYS, json=new), 403)


@pytest.mark.parametrize(("role", "kind"), ON)
async def test_an_answer_is_what_the_table_of_roles_says(acme: Acme, role: str, kind: str):
    """For the project on which one has the role, and for another of the organization."""
    walker = Walker(acme, role, kind)
    there, here = walker.place(), walker.own_place()
    wrong: list[str] = []
    async with acme.client(walker.secret) as client:
        for at in (here, there):
            key = await made(acme, at.ids["projectId"])
            new = {"organizationId": acme.id, "projectId": at.ids["projectId"], "name": "Mine"}
            reaches = kind == "Organization" or (kind == "Project" and at is here)
            for action, method, path, body in (
                ("read", "GET", f"{KEYS}?projectId={at.ids['projectId']}", None),
                ("create", "POST", KEYS, new),
                ("read", "GET", KEYS + key["id"], None),
                ("read", "GET", KEYS + key["key"], None),
                ("delete", "DELETE", KEYS + key["id"], None),
            ):
                answer = await client.request(method, path, json=body)
                may = reaches and (action, "PublicKey") in access.powers(frozenset({role}))
                good = (204 if method == "DELETE" else 200,)
                if answer.status_code not in (good if may else (403, 404)):
                    wrong.append(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
    assert wrong == []


@pytest.mark.parametrize("name", ["organizationId", "projectId", "name"])
async def test_what_is_needed(acme: Acme, name: str):
    sent = {"organizationId": acme.id, "projectId": "shop", "name": "Web"}
    del sent[name]
    async with acme.client() as client:
        refused(await client.post(KEYS, json=sent), 400, f"body must have required property '{name}'")


async def test_a_closed_organizations_keys_open_nothing(acme: Acme):
    await project(acme)
    key = await made(acme)
    if toggles.hearing.hear not in acme.db.hearers:
        acme.db.hearers.append(toggles.hearing.hear)
    acme.db.write_now(identity.organizations.close, acme.inside(acme.owner))
    assert acme.db.read_now(toggles.public_keys.asker, key["key"]) is None
