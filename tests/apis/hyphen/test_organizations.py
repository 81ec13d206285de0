"""/api/organizations/, as the vendor's pages describe it."""

from tests.apis.hyphen.conftest import Acme


async def test_a_key_lists_the_one_organization_that_it_belongs_to(acme: Acme) -> None:
    async with acme.client() as client:
        answer = await client.get("/api/organizations/")
    assert answer.status_code == 200
    found = answer.json()
    assert (found["total"], found["pageNum"], found["pageSize"]) == (1, 1, 100)
    assert [(each["id"], each["name"]) for each in found["data"]] == [(acme.id, "Acme")]


async def test_a_person_lists_those_that_they_belong_to(acme: Acme) -> None:
    async with acme.client(of=acme.member) as client:
        found = (await client.get("/api/organizations")).json()
        assert [each["id"] for each in found["data"]] == [acme.id]
        assert (await client.get("/api/organizations?name=aC")).json()["total"] == 1
        assert (await client.get("/api/organizations?name=cme")).json()["total"] == 0
        past = (await client.get("/api/organizations/?pageNum=7&pageSize=5")).json()
    assert past == {"total": 1, "pageNum": 7, "pageSize": 5, "data": []}
