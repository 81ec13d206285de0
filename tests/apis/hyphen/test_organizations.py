"""/api/organizations/, as the vendor's pages describe it."""

import re
from typing import Any

import pytest

from tests.apis.hyphen.conftest import Acme, refused

FIELDS = {"id", "name", "defaultEnvironments", "billingAccount"}
"""What an organization without a logo shows."""
NEW: dict[str, Any] = {
    "name": "New one",
    "billingAccount": {"name": "Books", "email": "books@example.com"},
}


async def test_a_key_lists_the_one_organization_that_it_belongs_to(acme: Acme) -> None:
    async with acme.client() as client:
        answer = await client.get("/api/organizations/")
    assert answer.status_code == 200
    found = answer.json()
    assert (found["total"], found["pageNum"], found["pageSize"]) == (1, 1, 100)
    (one,) = found["data"]
    assert one.keys() == FIELDS
    assert (one["id"], one["name"]) == (acme.id, "Acme")
    assert re.fullmatch("org_[0-9a-f]{24}", one["id"])
    assert [each["alternateId"] for each in one["defaultEnvironments"]] == ["development", "production"]
    assert one["defaultEnvironments"][0].keys() == {"name", "alternateId", "color"}
    assert re.fullmatch("bill_[0-9a-f]{24}", one["billingAccount"]["id"])


async def test_a_person_lists_those_that_they_belong_to(acme: Acme) -> None:
    async with acme.client(of=acme.member) as client:
        found = (await client.get("/api/organizations")).json()
        assert [each["id"] for each in found["data"]] == [acme.id]
        assert (await client.get("/api/organizations?name=aC")).json()["total"] == 1
        assert (await client.get("/api/organizations?name=cme")).json()["total"] == 0
        past = (await client.get("/api/organizations/?pageNum=7&pageSize=5")).json()
    assert past == {"total": 1, "pageNum": 7, "pageSize": 5, "data": []}


async def test_pages_follow_each_other_without_a_hole(acme: Acme) -> None:
    async with acme.client(of=acme.owner) as client:
        for name in ("B", "C", "D"):
            assert (await client.post("/api/organizations", json={**NEW, "name": name})).status_code == 201
        names = []
        for page in (1, 2, 3):
            found = (await client.get(f"/api/organizations/?pageSize=2&pageNum={page}")).json()
            assert found["total"] == 4
            names += [each["name"] for each in found["data"]]
    assert names == ["Acme", "B", "C", "D"]


async def test_whoever_creates_one_administers_it(acme: Acme) -> None:
    sent = {
        **NEW,
        "defaultEnvironments": [{"name": "Stage", "alternateId": "stage", "color": "#123abc"}],
        "createDefaultProject": True,
        "somethingElse": 1,
    }
    async with acme.client(of=acme.member) as client:
        answer = await client.post("/api/organizations/", json=sent)
        assert answer.status_code == 201
        made = answer.json()
        assert made.keys() == FIELDS
        assert made["defaultEnvironments"] == sent["defaultEnvironments"]
        assert made["billingAccount"]["name"] == "Books"
        assert (await client.get(f"/api/organizations/{made['id']}")).json() == made
        projects = (await client.get(f"/api/organizations/{made['id']}/projects")).json()
        assert projects["total"] == 1
        again = await client.post("/api/organizations/", json={**NEW, "name": "new ONE"})
        refused(again, 409)
        by_id = {**NEW, "name": "Third", "billingAccount": {"id": made["billingAccount"]["id"]}}
        third = (await client.post("/api/organizations/", json=by_id)).json()
        assert third["billingAccount"] == made["billingAccount"]
        assert (await client.get(f"/api/organizations/{third['id']}/projects")).json()["total"] == 0


async def test_nobody_spends_from_another_s_account(acme: Acme) -> None:
    async with acme.client(of=acme.owner) as client:
        own = (await client.get(acme.base)).json()["billingAccount"]["id"]
    async with acme.client(of=acme.member) as client:
        answer = await client.post("/api/organizations/", json={**NEW, "billingAccount": {"id": own}})
    refused(answer, 404)


async def test_a_program_creates_no_organization(acme: Acme) -> None:
    async with acme.client() as client:
        refused(await client.post("/api/organizations/", json=NEW), 403)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": None}, "body/name must be string"),
        ({"name": ""}, "body/name must NOT have fewer than 1 characters"),
        ({"name": "x" * 101}, "body/name must NOT have more than 100 characters"),
        ({"name": "a\u0000b"}, 'body/name must match pattern "^[^\\u0000]*$"'),
        ({"billingAccount": {}}, "body/billingAccount must match exactly one schema in oneOf"),
        ({"billingAccount": 5}, "body/billingAccount must match exactly one schema in oneOf"),
        ({"billingAccount": {"name": "x"}}, "body/billingAccount must match exactly one schema in oneOf"),
        ({"defaultEnvironments": {}}, "body/defaultEnvironments must be array"),
        ({"defaultEnvironments": []}, "body/defaultEnvironments must NOT have fewer than 1 items"),
        ({"defaultEnvironments": [1]}, "body/defaultEnvironments/0 must be object"),
        (
            {"defaultEnvironments": [{"name": "A"}]},
            "body/defaultEnvironments/0 must have required property 'alternateId'",
        ),
        (
            {"defaultEnvironments": [{"name": "A", "alternateId": "A b"}]},
            'body/defaultEnvironments/0/alternateId must match pattern "^[a-z0-9_-]+$"',
        ),
        (
            {"defaultEnvironments": [{"name": "A", "alternateId": "a", "color": "red"}]},
            'body/defaultEnvironments/0/color must match pattern "^#[0-9a-fA-F]{6}$"',
        ),
        ({"createDefaultProject": "yes"}, "body/createDefaultProject must be boolean"),
    ],
)
async def test_what_breaks_a_rule_is_told_and_changes_nothing(
    acme: Acme, change: dict[str, Any], message: str
) -> None:
    async with acme.client(of=acme.owner) as client:
        refused(await client.post("/api/organizations/", json={**NEW, **change}), 400, message)
        assert (await client.get("/api/organizations")).json()["total"] == 1


@pytest.mark.parametrize("absent", ["name", "billingAccount"])
async def test_what_is_required_is_told(acme: Acme, absent: str) -> None:
    sent = {name: value for name, value in NEW.items() if name != absent}
    async with acme.client(of=acme.owner) as client:
        answer = await client.post("/api/organizations/", json=sent)
    refused(answer, 400, f"body must have required property '{absent}'")


async def test_an_administrator_changes_name_and_environments(acme: Acme) -> None:
    environments = [{"name": "Only", "alternateId": "only", "color": "#000000"}]
    async with acme.client() as client:
        found = (await client.patch(f"{acme.base}/", json={"name": "Apex"})).json()
        assert found["name"] == "Apex"
        answer = await client.patch(acme.base, json={"defaultEnvironments": environments})
        assert answer.status_code == 200
        assert answer.json() == {**found, "defaultEnvironments": environments}
        assert (await client.patch(acme.base, json={})).json() == answer.json()
        refused(await client.patch(acme.base, json={"name": "Elsewhere"}), 409)
        assert (await client.get(acme.base)).json() == answer.json()


async def test_others_look_or_do_not_even_that(acme: Acme) -> None:
    async with acme.client(of=acme.member) as client:
        assert (await client.get(acme.base)).status_code == 200
        refused(await client.patch(acme.base, json={"name": "Mine"}), 403)
    for nobody in (acme.stranger(), acme.client(of=acme.person("Zoe"))):
        async with nobody as client:
            said = f"Resource with id '{acme.id}' not found or you do not have permission to access it."
            refused(await client.get(acme.base), 404, said)
            refused(await client.patch(f"{acme.base}/", json={"name": "Mine"}), 404, said)
            absent = await client.get("/api/organizations/org_000000000000000000000000")
            refused(absent, 404, said.replace(acme.id, "org_000000000000000000000000"))
