"""Who may pull a .env file from where, and that who pushed, pulled or was denied is written down."""

import asyncio
import re
from typing import Any

import pytest

from hyway.domain import identity
from hyway.kernel import seal
from tests.apis.hyphen.conftest import Acme, make_acme, refused
from tests.apis.hyphen.env_stage import CONTENT, KEY, Shop, make_shop

HOME = "10.10.3.4"
FAR = "198.51.100.9"


@pytest.fixture
def shop(acme: Acme) -> Shop:
    return make_shop(acme)


async def pulls(shop: Shop, address: str, environment: str = "", **headers: str) -> int:
    """The status of a pull from there."""
    async with shop.acme.client(address=address) as client:
        query = {"environmentId": environment} if environment else {}
        return (await client.get(shop.path, params=query, headers=headers)).status_code


async def filled(shop: Shop) -> None:
    async with shop.acme.client() as client:
        assert (await shop.push(client)).status_code == 201
        for environment in ("production", "development"):
            assert (await shop.push(client, environmentId=environment)).status_code == 201


async def test_the_pages_own_example(shop: Shop) -> None:
    """Production is for servers of one network; everybody else is blocked there, and nowhere else."""
    await filled(shop)
    shop.guard({"environments": {"production": {"allow": ["10.10.0.0/16"], "deny": ["0.0.0.0/0"]}}})
    assert await pulls(shop, HOME, "production") == 200
    assert await pulls(shop, HOME, shop.production.id) == 200
    assert await pulls(shop, FAR, "production") == 403
    assert await pulls(shop, FAR, shop.production.id) == 403
    assert await pulls(shop, "2001:db8::1", "production") == 403
    assert await pulls(shop, FAR, "development") == await pulls(shop, FAR) == 200


async def test_the_environments_lists_come_before_the_general_ones(shop: Shop) -> None:
    await filled(shop)
    shop.guard(
        {
            "allow": ["10.0.0.0/8"],
            "deny": ["0.0.0.0/0"],
            "environments": {"production": {"deny": ["10.10.0.0/16"]}, "development": {"allow": [FAR]}},
        }
    )
    assert [await pulls(shop, HOME, each) for each in ("production", "development", "")] == [403, 200, 200]
    assert [await pulls(shop, FAR, each) for each in ("production", "development", "")] == [403, 200, 403]
    assert [await pulls(shop, "10.9.9.9", each) for each in ("production", "development", "")] == [200] * 3


async def test_ipv4_in_ipv6_clothes_and_ipv6_of_its_own(shop: Shop) -> None:
    await filled(shop)
    shop.guard({"allow": ["10.10.0.0/16", "2001:db8:7::/48"], "deny": ["0.0.0.0/0"]})
    assert await pulls(shop, "::ffff:10.10.3.4") == 200
    assert await pulls(shop, "::ffff:198.51.100.9") == 403
    assert await pulls(shop, "2001:db8:7::5") == 200
    assert await pulls(shop, "2001:db8:8::5") == 403


async def test_what_the_client_writes_itself_is_not_believed(shop: Shop) -> None:
    await filled(shop)
    shop.guard({"allow": ["10.10.0.0/16"], "deny": ["0.0.0.0/0"]})
    for header in ("x-forwarded-for", "x-real-ip", "forwarded", "x-client-ip"):
        assert await pulls(shop, FAR, **{header: HOME}) == 403


async def test_behind_a_trusted_proxy_the_one_before_it_counts(db: Any) -> None:
    shop = make_shop(make_acme(db, trusted_proxies=("192.0.2.0/24",)))
    await filled(shop)
    shop.guard({"allow": ["10.10.0.0/16"], "deny": ["0.0.0.0/0"]})
    proxy = "192.0.2.1"
    assert await pulls(shop, proxy, **{"x-forwarded-for": HOME}) == 200
    assert await pulls(shop, proxy, **{"x-forwarded-for": FAR}) == 403
    assert await pulls(shop, proxy, **{"x-forwarded-for": f"{HOME}, {FAR}"}) == 403
    assert await pulls(shop, proxy, **{"x-forwarded-for": f"{FAR}, {HOME}, 192.0.2.9"}) == 200
    assert await pulls(shop, proxy) == 403
    assert await pulls(shop, FAR, **{"x-forwarded-for": HOME}) == 403


async def test_a_denial_says_nothing_of_what_there_is(shop: Shop) -> None:
    shop.guard({"deny": [FAR]})
    async with shop.acme.client(address=FAR) as client:
        before = await client.get(shop.path)
        await shop.push(client)  # pushing shows nothing that the client has not got
        after = await client.get(shop.path)
        numbered = await client.get(shop.path, params={"version": 77})
    for answer in (before, after, numbered):
        refused(answer, 403, f"You do not have permission to pull this .env file from {FAR}")


async def test_every_pull_push_and_denial_is_an_event(shop: Shop) -> None:
    acme = shop.acme
    key = acme.new_key("OrganizationAdmin", name="Deploy")
    shop.guard({"deny": [FAR]})
    async with acme.client(key) as client:
        await shop.push(client, 3, environmentId="production")
        await client.get(shop.path, params={"environmentId": "production"})
        refused(await client.get(shop.path), 404)
    async with acme.client(key, address=FAR) as client:
        refused(await client.get(shop.path), 403)
    found = shop.events("dotenv.")
    assert [each.action for each in found] == ["dotenv.denied", "dotenv.pulled", "dotenv.pushed"]
    assert {each.actor_name for each in found} == {"Deploy"}
    denied, pulled, pushed = found
    assert denied.data["address"] == FAR
    told = {"version": 3, "secretKeyId": KEY, "size": "338 bytes", "countVariables": 4}
    assert pulled.data == pushed.data == told
    assert pulled.subject_id == pushed.subject_id
    assert re.fullmatch("denv_[0-9a-f]{24}", pulled.subject_id)


async def test_the_summary(shop: Shop) -> None:
    acme = shop.acme
    shop.another("api")
    shop.guard({"environments": {"production": {"deny": [FAR]}}})
    secret, key = acme.new_key("OrganizationAdmin", name="Deploy"), seal.digest
    by = acme.db.read_now(identity.api_keys.caller, key(secret))
    assert by is not None
    member = acme.db.read_now(identity.access.enter, by, acme.id).member
    async with acme.client(secret, address=FAR) as client:
        await shop.push(client, 1)
        await shop.push(client, 4, environmentId="production")
        await client.get(shop.path)
        await client.get(shop.path, params={"environmentId": "production"})
    async with acme.client(of=acme.admin) as client:
        await client.get(shop.path)
        answer = await client.get(f"{acme.base}/dot-envs/summary")
        none = await client.get(f"{acme.base}/dot-envs/summary/?projectIds=nobodys")
        named = await client.get(f"{acme.base}/dot-envs/summary", params={"projectIds": ["shop", "x"]})
    assert answer.status_code == 200
    assert none.json() == {"data": []}
    assert named.json() == answer.json()
    (project,) = answer.json()["data"]
    assert {name: project[name] for name in ("id", "alternateId", "name")} == {
        "id": shop.project.id,
        "alternateId": "shop",
        "name": "Shop",
    }
    assert project["projectEnvironments"] == [
        {"id": each.id, "alternateId": each.alternate_id, "name": each.name, "color": each.color}
        for each in (shop.development, shop.production)
    ]
    web, api = project["apps"]
    assert (web["id"], web["alternateId"], web["name"]) == (shop.app.id, "web", "Web")
    assert {name: each["version"] for name, each in web["dotEnvData"].items()} == {
        "default": 1,
        shop.production.id: 4,
    }
    assert web["dotEnvData"]["default"].keys() == {
        "size", "countVariables", "version", "secretKeyId", "published",
    }  # fmt: skip
    who = {kind: each["member"] for kind, each in web["lastEvents"].items()}
    deploy = {"id": member, "name": "Deploy"}
    assert who == {
        "push": deploy,
        "pull": {"id": acme.inside(acme.admin).member, "name": "Adam"},
        "deny": deploy,
    }
    assert all(re.fullmatch(r"[0-9T:.-]+Z", each["timestamp"]) for each in web["lastEvents"].values())
    assert (api["dotEnvData"], api["lastEvents"]) == ({}, {})


async def test_many_pulls_at_once_leave_one_last_and_all_events(shop: Shop) -> None:
    await filled(shop)
    async with shop.acme.client() as client:
        answers = await asyncio.gather(*(client.get(shop.path) for _ in range(20)))
        assert {each.status_code for each in answers} == {200}
        told = (await client.get(f"{shop.acme.base}/dot-envs/summary")).json()
    found = shop.events("dotenv.pulled")
    assert len(found) == 20
    assert "pull" in told["data"][0]["apps"][0]["lastEvents"]


async def test_a_role_on_one_project_shows_its_files_alone(shop: Shop) -> None:
    acme = shop.acme
    await filled(shop)
    reader = acme.person("Rita", "member")
    member = acme.inside(reader).member
    async with acme.client(of=reader) as client:
        refused(await client.get(f"{acme.base}/dot-envs/"), 403)
    acme.db.write_now(identity.access.create, acme.by, shop.app.id, member, ["ProjectReader"])
    hidden = shop.another("hidden")
    async with acme.client() as client:
        path = f"{acme.base}/apps/{hidden.id}/dot-env/?secretKeyId=1"
        sent = {"size": "", "countVariables": 0, "data": "", "version": 1, "secretKeyId": 1}
        assert (await client.put(path, json=sent)).status_code == 201
    async with acme.client(of=reader) as client:
        listed = (await client.get(f"{acme.base}/dot-envs/")).json()
        assert {each["app"]["id"] for each in listed["data"]} == {shop.app.id}
        assert listed["total"] == 3
        (seen,) = (await client.get(f"{acme.base}/dot-envs/summary")).json()["data"]
        assert [each["id"] for each in seen["apps"]] == [shop.app.id]
        assert (await client.get(shop.path)).status_code == 200
        refused(await client.get(f"{acme.base}/apps/hidden/dot-env/"), 404)
        refused(await shop.push(client, 9), 403)
        refused(await client.delete(shop.path), 403)


async def test_events_are_found_by_what_they_speak_of(shop: Shop) -> None:
    acme = shop.acme
    shop.guard({"environments": {"production": {"deny": [FAR]}}})
    async with acme.client(address=FAR) as client:
        pushed = await shop.push(client, 3, environmentId="production")
        await shop.push(client, 1)
        await client.get(shop.path)
        await client.get(shop.path, params={"environmentId": "production"})
        found: dict[str, Any] = {}
        for type in ("DOTENV.PUSH", "DOTENV.PULL", "DOTENV.DENY"):
            sent = {"types": [type], "references": [{"id": shop.app.id}], "pageSize": 10}
            answer = await client.post(f"/api/events/{acme.id}/search", json=sent)
            assert answer.status_code == 200, answer.text
            found[type] = answer.json()["data"]
        there = {"types": ["DOTENV"], "references": [{"id": shop.production.id}], "pageSize": 10}
        of_production = (await client.post(f"/api/events/{acme.id}/search", json=there)).json()["data"]
    assert pushed.status_code == 201
    assert {type: len(each) for type, each in found.items()} == {
        "DOTENV.PUSH": 2,
        "DOTENV.PULL": 1,
        "DOTENV.DENY": 1,
    }
    assert [each["type"] for each in of_production] == ["DOTENV.DENY", "DOTENV.PUSH"]
    views = {each["type"]: each["view"] for each in of_production[1]["references"]}
    assert views["App"]["id"] == shop.app.id
    assert views["Project"]["id"] == shop.project.id
    assert (views["DotEnv"]["version"], views["DotEnv"]["secretKeyId"]) == (3, KEY)
    assert CONTENT not in str(found)
