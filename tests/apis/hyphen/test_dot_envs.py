"""Versions of .env files over HTTP, as the vendor's pages describe them and its command line calls them."""

import re

import pytest
from sqlalchemy import text

from hyway.domain import projects
from hyway.kernel.db import Read
from tests.apis.hyphen.conftest import Acme, refused
from tests.apis.hyphen.env_stage import CONTENT, KEY, Shop, make_shop, version

MOST = 2**63 - 1


@pytest.fixture
def shop(acme: Acme) -> Shop:
    return make_shop(acme)


async def test_a_push_answers_201_with_the_stored_version(shop: Shop) -> None:
    async with shop.acme.client() as client:
        answer = await shop.push(client, 3, environmentId=shop.production.id)
    assert answer.status_code == 201
    told = answer.json()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", told.pop("published"))
    assert told == {
        "size": "338 bytes",
        "countVariables": 4,
        "version": 3,
        "secretKeyId": KEY,
        "organization": {"id": shop.acme.id, "name": "Acme"},
        "project": {"id": shop.project.id, "alternateId": "shop", "name": "Shop"},
        "app": {"id": shop.app.id, "alternateId": "web", "name": "Web"},
        "projectEnvironment": {
            "id": shop.production.id,
            "alternateId": "production",
            "name": "Production",
        },
        "data": CONTENT,
    }


async def test_the_default_environment_has_no_name_in_the_answer(shop: Shop) -> None:
    async with shop.acme.client() as client:
        pushed = (await shop.push(client)).json()
        pulled = (await client.get(shop.path)).json()
        refused(await client.get(shop.path, params={"environmentId": "production"}), 404)
    assert "projectEnvironment" not in pushed
    assert pulled == pushed


async def test_apps_and_environments_go_by_either_id_and_with_or_without_the_slash(shop: Shop) -> None:
    async with shop.acme.client() as client:
        assert (await shop.push(client, environmentId="production")).status_code == 201
        for app in ("web", shop.app.id):
            for environment in ("production", shop.production.id):
                for end in ("", "/"):
                    path = f"{shop.acme.base}/apps/{app}/dot-env{end}"
                    answer = await client.get(path, params={"environmentId": environment})
                    assert (answer.status_code, answer.json()["data"]) == (200, CONTENT)


async def test_versions_only_grow(shop: Shop) -> None:
    async with shop.acme.client() as client:
        assert (await shop.push(client, 2)).status_code == 201
        refused(await shop.push(client, 2), 409, "Version 2 is not above the latest version 2")
        refused(await shop.push(client, 1), 409, "Version 1 is not above the latest version 2")
        assert (await shop.push(client, 7)).status_code == 201  # clients count on from what they have
        assert (await shop.push(client, 1, environmentId="production")).status_code == 201
        found = (await client.get(f"{shop.path}versions/")).json()
    assert [each["version"] for each in found["data"]] == [7, 2]


async def test_the_key_of_the_query_is_the_new_ones_or_the_latest_ones(shop: Shop) -> None:
    async with shop.acme.client() as client:
        refused(await shop.push(client, 1, was=5), 409)  # there is no version before the first
        assert (await shop.push(client, 1)).status_code == 201
        rotated = await shop.push(client, 2, secretKeyId=KEY + 1, was=KEY)
        assert (rotated.status_code, rotated.json()["secretKeyId"]) == (201, KEY + 1)
        refused(
            await shop.push(client, 3, secretKeyId=KEY + 2, was=KEY),
            409,
            f"The latest version is not encrypted with the secret key {KEY}",
        )
        assert (await shop.push(client, 3, secretKeyId=KEY + 2)).status_code == 201


async def test_a_pull_finds_the_newest_that_fits(shop: Shop) -> None:
    async with shop.acme.client() as client:
        await shop.push(client, 1, data="one")
        await shop.push(client, 2, data="two")
        await shop.push(client, 3, data="three", secretKeyId=KEY + 1, was=KEY)

        async def pulled(**query: int) -> str:
            answer = await client.get(shop.path, params=query)
            return str(answer.json()["data"]) if answer.status_code == 200 else str(answer.status_code)

        assert await pulled() == "three"
        assert await pulled(secretKeyId=KEY) == "two"
        assert await pulled(version=1) == "one"
        assert await pulled(version=1, secretKeyId=KEY) == "one"
        assert await pulled(version=1, secretKeyId=KEY + 1) == "404"
        assert await pulled(version=4) == await pulled(secretKeyId=1) == "404"
        assert await pulled(version=MOST) == "404"


async def test_content_is_opaque(shop: Shop) -> None:
    strange = [
        "",
        "not base64 at all: äöü ☃ !!",
        "AAEC",
        "====",
        "FOO=bar\nNESTED=a=b\n",
        "😀" * 10,
        "\u0001",
    ]
    async with shop.acme.client() as client:
        for number, content in enumerate(strange, 1):
            assert (await shop.push(client, number, data=content)).status_code == 201
            assert (await client.get(shop.path)).json()["data"] == content


async def test_content_is_sealed_where_it_is_kept(shop: Shop) -> None:
    def kept(r: Read) -> str:
        rows = r.run(text("SELECT content FROM env_versions"))
        return " ".join(map(str, rows.all()))

    async with shop.acme.client() as client:
        await shop.push(client, data="PLAIN-AS-DAY")
        await shop.push(client, 2, data="PLAIN-AS-DAY")
        other = shop.another("api")
        moved = text(f"UPDATE env_files SET app = '{other.id}'")
        assert "PLAIN" not in shop.acme.db.read_now(kept)
        shop.acme.db.write_now(lambda w: w.run(moved))
        # What is sealed for one app does not open as another's.
        answer = await client.get(f"{shop.acme.base}/apps/api/dot-env/")
    assert answer.status_code == 500
    assert "PLAIN" not in answer.text


async def test_the_latest_of_each_app_and_environment(shop: Shop) -> None:
    shop.another("api")
    async with shop.acme.client() as client:
        await shop.push(client, 1)
        await shop.push(client, 2)
        await shop.push(client, 5, environmentId="production")
        answer = await client.put(
            f"{shop.acme.base}/apps/api/dot-env/?secretKeyId=9", json=version(8, secretKeyId=9)
        )
        assert answer.status_code == 201
        whole = (await client.get(f"{shop.acme.base}/dot-envs")).json()
        web = (await client.get(f"{shop.acme.base}/dot-envs/?appIds=web")).json()
        both = (await client.get(f"{shop.acme.base}/dot-envs/?appIds=web,{shop.app.id}&appIds=api")).json()
        of = (await client.get(f"{shop.acme.base}/dot-envs/?projectIds={shop.project.id}&appIds=api")).json()
        none = (await client.get(f"{shop.acme.base}/dot-envs/?projectIds=nobodys")).json()
        second = (await client.get(f"{shop.acme.base}/dot-envs/?pageNum=2&pageSize=2")).json()
        past = (await client.get(f"{shop.acme.base}/dot-envs/?pageNum=9")).json()
    seen = [(each["app"]["alternateId"], each["version"]) for each in whole["data"]]
    assert seen == [("web", 2), ("web", 5), ("api", 8)]
    assert (whole["total"], whole["pageNum"], whole["pageSize"]) == (3, 1, 100)
    assert not any("data" in each for each in whole["data"])
    assert whole["data"][1]["projectEnvironment"]["alternateId"] == "production"
    assert [each["version"] for each in web["data"]] == [2, 5]
    assert [each["version"] for each in both["data"]] == [2, 5, 8]
    assert [each["version"] for each in of["data"]] == [8]
    assert none == {"total": 0, "pageNum": 1, "pageSize": 100, "data": []}
    assert (second["total"], [each["version"] for each in second["data"]]) == (3, [8])
    assert past == {"total": 3, "pageNum": 9, "pageSize": 100, "data": []}


async def test_versions_are_listed_newest_first_without_content(shop: Shop) -> None:
    async with shop.acme.client() as client:
        for number in (1, 2, 3):
            await shop.push(client, number)
        await shop.push(client, 4, secretKeyId=KEY + 1, was=KEY)
        first = (await client.get(f"{shop.path}versions/?pageSize=3")).json()
        second = (await client.get(f"{shop.path}versions?pageSize=3&pageNum=2")).json()
        old = (await client.get(f"{shop.path}versions/?secretKeyId={KEY}")).json()
        empty = (await client.get(f"{shop.path}versions/?environmentId=production")).json()
    assert first["total"] == second["total"] == 4
    assert [each["version"] for each in first["data"] + second["data"]] == [4, 3, 2, 1]
    assert not any("data" in each for each in first["data"])
    assert (old["total"], [each["version"] for each in old["data"]]) == (3, [3, 2, 1])
    assert (empty["total"], empty["data"]) == (0, [])


async def test_a_file_is_deleted_with_its_versions(shop: Shop) -> None:
    async with shop.acme.client() as client:
        await shop.push(client, 5)
        await shop.push(client, 1, environmentId="production")
        gone = await client.delete(shop.path)
        assert (gone.status_code, gone.content) == (204, b"")
        refused(await client.get(shop.path), 404)
        refused(await client.delete(shop.path), 404)
        assert (await client.get(f"{shop.path}?environmentId=production")).status_code == 200
        assert (await shop.push(client, 1)).status_code == 201  # a new file begins anew


async def test_versions_are_deleted_by_the_key_that_they_are_encrypted_with(shop: Shop) -> None:
    async with shop.acme.client() as client:
        await shop.push(client, 1)
        await shop.push(client, 2)
        await shop.push(client, 3, secretKeyId=KEY + 1, was=KEY)
        refused(
            await client.delete(f"{shop.path}versions/"),
            400,
            "querystring must have required property 'secretKeyId'",
        )
        refused(await client.delete(f"{shop.path}versions/?secretKeyId=7"), 404)
        gone = await client.delete(f"{shop.path}versions/?secretKeyId={KEY}")
        assert (gone.status_code, gone.content) == (204, b"")
        left = (await client.get(f"{shop.path}versions/")).json()
        assert [each["version"] for each in left["data"]] == [3]
        await shop.push(client, 4, secretKeyId=KEY + 2, was=KEY + 1)
        assert (await client.delete(f"{shop.path}versions/?secretKeyId={KEY + 2}")).status_code == 204
        # What is left is the latest, and the next push goes on from there.
        assert (await client.get(shop.path)).json()["version"] == 3
        assert (await shop.push(client, 4, secretKeyId=KEY + 1)).status_code == 201
        assert (await client.delete(f"{shop.path}versions/?secretKeyId={KEY + 1}")).status_code == 204
        refused(await client.get(shop.path), 404)
        assert (await client.get(f"{shop.acme.base}/dot-envs/")).json()["total"] == 0


async def test_what_belongs_to_something_goes_with_it(shop: Shop) -> None:
    acme, by = shop.acme, shop.acme.by
    shop.another("api")
    async with acme.client() as client:
        await shop.push(client)
        await shop.push(client, environmentId="production")
        await client.get(shop.path, params={"environmentId": "production"})
        api = f"{acme.base}/apps/api/dot-env/?secretKeyId={KEY}"
        await client.put(api, json=version(1))
        acme.db.write_now(projects.environments.drop, by, shop.project, "production")
        assert (await client.get(f"{acme.base}/dot-envs/")).json()["total"] == 2
        acme.db.write_now(projects.apps.drop, by, "web")
        assert (await client.get(f"{acme.base}/dot-envs/")).json()["total"] == 1
        acme.db.write_now(projects.drop, by, "shop")
        assert (await client.get(f"{acme.base}/dot-envs/")).json()["total"] == 0
        assert (await client.get(f"{acme.base}/dot-envs/summary")).json() == {"data": []}


async def test_a_role_on_the_app_alone_reaches_its_files_in_every_environment(shop: Shop) -> None:
    ada = shop.acme.person("Ada", "member")
    member = shop.acme.inside(ada).member
    access = {"entity": {"id": shop.app.id}, "assignment": {"id": member}, "roles": ["ProjectContributor"]}
    async with shop.acme.client() as client:
        assert (await client.post(f"{shop.acme.base}/access/", json=access)).status_code == 201
    async with shop.acme.client(of=ada) as client:
        assert (await shop.push(client, environmentId="production")).status_code == 201
        answer = await client.get(shop.path, params={"environmentId": shop.production.id})
    assert answer.status_code == 200
    assert answer.json()["projectEnvironment"]["id"] == shop.production.id
