"""The key of a project over HTTP, as the vendor's command line reads and writes it."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from hyway.domain import audit, envs, projects
from hyway.domain.projects import NewProject
from hyway.kernel.db import Read
from tests.apis.hyphen.conftest import Acme, refused

MOST = 2**63 - 1
SECRET = "c2VjcmV0LWtleQ=="
ID = 1767322800


@pytest.fixture
def shop(acme: Acme) -> projects.Project:
    return acme.db.write_now(projects.create, acme.by, NewProject("shop", "Shop"))


def path(acme: Acme, project: str = "shop") -> str:
    return f"/{acme.id}/{project}/key"


def key(id: int = ID, secret: str = SECRET) -> dict[str, Any]:
    return {"secret_key_id": id, "secret_key": secret}


async def test_there_is_none_and_then_there_is_one(acme: Acme, shop: projects.Project) -> None:
    async with acme.client() as client:
        refused(await client.get(path(acme)), 404)  # what makes a client invent one
        made = await client.post(path(acme), json=key())
        assert (made.status_code, made.json()) == (201, {"key": key()})
        found = await client.get(path(acme))
        assert (found.status_code, found.json()) == (200, {"key": key()})
        assert found.headers["cache-control"] == "no-store"


async def test_both_ids_of_the_project_lead_to_it(acme: Acme, shop: projects.Project) -> None:
    async with acme.client() as client:
        await client.post(path(acme, shop.id), json=key())
        assert (await client.get(path(acme, "shop"))).json() == {"key": key()}
        assert (await client.get(path(acme, shop.id) + "/")).json() == {"key": key()}


async def test_a_new_key_replaces_and_the_old_ones_stay_readable(acme: Acme, shop: projects.Project) -> None:
    async with acme.client() as client:
        for id in (ID, ID + 1, ID - 5):  # the newest is the one that came last, whatever its number
            assert (await client.post(path(acme), json=key(id, f"secret {id}"))).status_code == 201
        assert (await client.get(path(acme))).json() == {"key": key(ID - 5, f"secret {ID - 5}")}
        old = await client.get(path(acme), params={"secretKeyId": ID})
        assert old.json() == {"key": key(ID, f"secret {ID}")}
        refused(await client.get(path(acme), params={"secretKeyId": 7}), 404)
    kept = acme.db.read_now(envs.vault.history, acme.by, "shop")
    assert [each.secret_key_id for each in kept] == [ID - 5, ID + 1, ID]


async def test_the_same_key_once_more_is_the_same(acme: Acme, shop: projects.Project) -> None:
    async with acme.client() as client:
        for _ in range(2):
            again = await client.post(path(acme), json=key())
            assert (again.status_code, again.json()) == (201, {"key": key()})
        other = await client.post(path(acme), json=key(secret="another"))
        refused(other, 409, f"Secret key {ID} is another key already")
        await client.post(path(acme), json=key(ID + 1))
        late = await client.post(path(acme), json=key())
        refused(late, 409, f"Secret key {ID} has been replaced by a newer one")
        assert (await client.get(path(acme))).json() == {"key": key(ID + 1)}
    written = acme.db.read_now(audit.recent, acme.by, action="vault_key.written")
    assert len(written) == 2


async def test_two_first_keys_at_once(acme: Acme, shop: projects.Project) -> None:
    async with acme.client() as client:
        sent = [client.post(path(acme), json=key(ID, f"secret {n}")) for n in range(6)]
        answers = await asyncio.gather(*sent)
        assert sorted(each.status_code for each in answers) == [201] + [409] * 5
        won = next(each.json() for each in answers if each.status_code == 201)
        assert (await client.get(path(acme))).json() == won


@pytest.mark.parametrize(
    ("field", "good", "bad", "message"),
    [
        ("secret_key_id", 1, 0, "body/secret_key_id must be >= 1"),
        ("secret_key_id", MOST, MOST + 1, f"body/secret_key_id must be <= {MOST}"),
        ("secret_key_id", 1, "1", "body/secret_key_id must be integer"),
        ("secret_key", "k", "", "body/secret_key must NOT have fewer than 1 characters"),
        ("secret_key", "k" * 4096, "k" * 4097, "body/secret_key must NOT have more than 4096 characters"),
        ("secret_key", "k", "\0", 'body/secret_key must match pattern "^[^\\u0000]*$"'),
    ],
)
async def test_each_bound(
    acme: Acme, shop: projects.Project, field: str, good: Any, bad: Any, message: str
) -> None:
    async with acme.client() as client:
        refused(await client.post(path(acme), json={**key(), field: bad}), 400, message)
        refused(await client.get(path(acme)), 404)
        assert (await client.post(path(acme), json={**key(), field: good})).status_code == 201


@pytest.mark.parametrize("field", ["secret_key_id", "secret_key"])
async def test_both_are_required(acme: Acme, shop: projects.Project, field: str) -> None:
    sent = {name: value for name, value in key().items() if name != field}
    async with acme.client() as client:
        answer = await client.post(path(acme), json=sent)
    refused(answer, 400, f"body must have required property '{field}'")


async def test_who_may_not(acme: Acme, shop: projects.Project) -> None:
    async with acme.client() as client:
        await client.post(path(acme), json=key())
        refused(await client.get(path(acme, "nothing")), 404)
        refused(await client.get(f"/org_{'0' * 24}/shop/key"), 404)
    async with acme.stranger() as client:
        refused(await client.get(path(acme)), 404)
        refused(await client.get(f"/{acme.elsewhere.id}/{shop.id}/key"), 404)
        refused(await client.post(path(acme), json=key(ID + 1)), 404)
    async with acme.client("") as client:
        refused(await client.get(path(acme)), 401)
    async with acme.client(acme.new_key("OrganizationMember")) as client:
        refused(await client.get(path(acme)), 403)
        refused(await client.post(path(acme), json=key(ID + 1)), 403)
    async with acme.client() as client:
        assert (await client.get(path(acme))).json() == {"key": key()}


async def test_it_is_sealed_and_every_reading_is_an_event(acme: Acme, shop: projects.Project) -> None:
    def kept(r: Read) -> str:
        return " ".join(map(str, r.run(text("SELECT content FROM vault_keys")).scalars()))

    async with acme.client() as client:
        await client.post(path(acme), json=key())
        await client.get(path(acme))
        await client.get(path(acme), params={"secretKeyId": ID})
        conflict = await client.post(path(acme), json=key(secret="another"))
    assert SECRET not in acme.db.read_now(kept)
    assert SECRET not in conflict.text
    found = acme.db.read_now(audit.recent, acme.by, action="vault_key.")
    assert [each.action for each in found] == ["vault_key.read", "vault_key.read", "vault_key.written"]
    assert all(each.data == {"secretKeyId": ID} and each.subject_id == shop.id for each in found)


async def test_keys_go_with_their_project(acme: Acme, shop: projects.Project) -> None:
    async with acme.client() as client:
        await client.post(path(acme), json=key())
        acme.db.write_now(projects.drop, acme.by, "shop")
        refused(await client.get(path(acme)), 404)
        acme.db.write_now(projects.create, acme.by, NewProject("shop", "Shop"))
        refused(await client.get(path(acme)), 404)
