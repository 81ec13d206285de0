"""/api/organizations/{organizationId}/projects/, as the vendor's pages describe it."""

import asyncio
import re
from typing import Any

import pytest

from hyway.domain import projects
from tests.apis.hyphen import making
from tests.apis.hyphen.conftest import Acme, refused

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


async def test_create_answers_201_with_the_documented_shape(acme: Acme) -> None:
    made = await making.project(acme, "my-project", "My Project", isMonorepo=True)
    meta = made.pop("meta")
    assert re.fullmatch("proj_[0-9a-f]{24}", made.pop("id"))
    assert made == {
        "alternateId": "my-project",
        "name": "My Project",
        "isMonorepo": True,
        "organization": {"id": acme.id, "name": "Acme"},
    }
    assert meta.keys() == {"createdAt", "createdBy"}
    assert _MOMENT.fullmatch(meta["createdAt"])
    assert re.fullmatch("memb_[0-9a-f]{24}", meta["createdBy"])


async def test_a_project_of_the_command_line_was_made_by_nobody(acme: Acme) -> None:
    made = acme.db.write_now(projects.create, acme.by, projects.NewProject("ours", "Ours"))
    async with acme.client() as client:
        assert (await client.get(f"{acme.base}/projects/{made.id}/")).json()["meta"]["createdBy"] is None


async def test_is_monorepo_defaults_to_false(acme: Acme) -> None:
    assert (await making.project(acme))["isMonorepo"] is False


@pytest.mark.parametrize("slash", ["", "/"])
async def test_found_by_id_and_by_alternate_id_with_and_without_the_slash(acme: Acme, slash: str) -> None:
    made = await making.project(acme)
    async with acme.client() as client:
        for name in (made["id"], "shop", "SHOP"):
            answer = await client.get(f"{acme.base}/projects/{name}{slash}")
            assert (answer.status_code, answer.json()) == (200, made)


async def test_the_command_lines_capitals_become_small(acme: Acme) -> None:
    made = await making.project(acme, "New-One", "New One")
    assert made["alternateId"] == "new-one"
    async with acme.client() as client:
        again = await client.post(f"{acme.base}/projects/", json={"alternateId": "NEW-ONE", "name": "2"})
        refused(again, 409, "alternateId is taken by another project")
        assert (await client.get(f"{acme.base}/projects/New-One")).json() == made


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("", "body/alternateId must NOT have fewer than 1 characters"),
        ("a" * 26, "body/alternateId must NOT have more than 25 characters"),
        ("a b", 'body/alternateId must match pattern "^[A-Za-z0-9_-]+$"'),
        ("é", 'body/alternateId must match pattern "^[A-Za-z0-9_-]+$"'),
        ("line\n", 'body/alternateId must match pattern "^[A-Za-z0-9_-]+$"'),
        ("nul\x00", 'body/alternateId must match pattern "^[^\\u0000]*$"'),
        ("environments", 'body/alternateId must NOT be one of the words "environments"'),
        ("Environments", 'body/alternateId must NOT be one of the words "environments"'),
        (7, "body/alternateId must be string"),
        (None, "body/alternateId must be string"),
    ],
)
async def test_alternate_ids_that_are_refused(acme: Acme, said: Any, message: str) -> None:
    async with acme.client() as client:
        answer = await client.post(f"{acme.base}/projects/", json={"alternateId": said, "name": "Name"})
        refused(answer, 400, message)
        assert (await client.get(f"{acme.base}/projects/")).json()["total"] == 0


@pytest.mark.parametrize("said", ["a", "a" * 25, "-", "_", "0", "apps", "projects", "envs"])
async def test_alternate_ids_that_are_taken_as_they_are(acme: Acme, said: str) -> None:
    assert (await making.project(acme, said))["alternateId"] == said


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("", "body/name must NOT have fewer than 1 characters"),
        ("   ", "body/name must NOT have fewer than 1 characters"),
        ("n" * 101, "body/name must NOT have more than 100 characters"),
        ("a\tb", "body/name must NOT have control characters"),
    ],
)
async def test_names_that_are_refused(acme: Acme, said: str, message: str) -> None:
    made = await making.project(acme)
    async with acme.client() as client:
        answer = await client.post(f"{acme.base}/projects/", json={"alternateId": "x", "name": said})
        refused(answer, 400, message)
        refused(await client.patch(f"{acme.base}/projects/shop/", json={"name": said}), 400, message)
        assert (await client.get(f"{acme.base}/projects/shop/")).json() == made


@pytest.mark.parametrize("said", ["n", "n" * 100, "Émile's 店"])
async def test_names_that_are_taken(acme: Acme, said: str) -> None:
    assert (await making.project(acme, name=said))["name"] == said


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"name": "x"}, "body must have required property 'alternateId'"),
        ({"alternateId": "x"}, "body must have required property 'name'"),
        ({"alternateId": "x", "name": "x", "isMonorepo": "yes"}, "body/isMonorepo must be boolean"),
        ([], "body must be object"),
    ],
)
async def test_bodies_that_are_refused(acme: Acme, body: Any, message: str) -> None:
    async with acme.client() as client:
        refused(await client.post(f"{acme.base}/projects/", json=body), 400, message)


async def test_patch_changes_what_is_sent(acme: Acme) -> None:
    made = await making.project(acme)
    async with acme.client() as client:
        url = f"{acme.base}/projects/shop/"
        named = await client.patch(url, json={"name": "Store"})
        assert (named.status_code, named.json()) == (200, {**made, "name": "Store"})
        mono = await client.patch(url, json={"isMonorepo": True, "alternateId": "other", "unknown": 1})
        assert mono.json() == {**made, "name": "Store", "isMonorepo": True}
        assert (await client.patch(url, json={})).json() == mono.json()
        assert (await client.get(url)).json() == mono.json()


async def test_delete_answers_204_and_takes_all_along(acme: Acme) -> None:
    await making.project(acme)
    made = await making.app(acme)
    async with acme.client() as client:
        gone = await client.delete(
            f"{acme.base}/projects/shop/", headers={"content-type": "application/json"}
        )
        assert (gone.status_code, gone.content) == (204, b"")
        for path in ("projects/shop", "apps/web", f"apps/{made['id']}", "projects/shop/environments"):
            refused(await client.get(f"{acme.base}/{path}/"), 404)
        refused(await client.delete(f"{acme.base}/projects/shop/"), 404)
    # The names are free again.
    await making.project(acme)
    await making.app(acme)


@pytest.mark.parametrize(
    ("gone", "left"),
    [("projects/shop/environments/production/", [None]), ("apps/web/", []), ("projects/shop/", [])],
)
async def test_env_files_go_with_what_they_belong_to(acme: Acme, gone: str, left: list[Any]) -> None:
    version = {"size": "1 bytes", "countVariables": 1, "data": "eA==", "version": 7, "secretKeyId": 1}
    await making.project(acme)
    await making.app(acme)
    async with acme.client() as client:
        for where in ("", "&environmentId=production"):
            pushed = await client.put(f"{acme.base}/apps/web/dot-env/?secretKeyId=1{where}", json=version)
            assert pushed.status_code == 201, pushed.text
        assert (await client.delete(f"{acme.base}/{gone}")).status_code == 204
        found = (await client.get(f"{acme.base}/dot-envs/")).json()["data"]
        assert [each.get("projectEnvironment") for each in found] == left


async def test_a_vaults_key_goes_with_its_project(acme: Acme) -> None:
    await making.project(acme)
    async with acme.client() as client:
        key = f"/{acme.id}/shop/key"
        await client.post(key, json={"secret_key_id": 1, "secret_key": "s"})
        assert (await client.get(key)).status_code == 200
        assert (await client.delete(f"{acme.base}/projects/shop/")).status_code == 204
        await making.project(acme)
        refused(await client.get(key), 404)


async def test_lists_are_paged_in_the_order_of_creation(acme: Acme) -> None:
    made = [await making.project(acme, f"p{i}", f"P {i}") for i in range(3)]
    async with acme.client() as client:
        url = f"{acme.base}/projects/"
        whole = {"total": 3, "pageNum": 1, "pageSize": 100, "data": made}
        assert (await client.get(url)).json() == whole
        second = (await client.get(url, params={"pageNum": 2, "pageSize": 2})).json()
        assert second == {"total": 3, "pageNum": 2, "pageSize": 2, "data": made[2:]}
        past = (await client.get(url, params={"pageNum": 9, "pageSize": 200})).json()
        assert past == {"total": 3, "pageNum": 9, "pageSize": 200, "data": []}
        for query, message in (
            ("pageNum=0", "querystring/pageNum must be >= 1"),
            ("pageSize=0", "querystring/pageSize must be >= 1"),
            ("pageSize=201", "querystring/pageSize must be <= 200"),
        ):
            refused(await client.get(f"{url}?{query}"), 400, message)


async def test_a_stranger_meets_nothing(acme: Acme) -> None:
    made = await making.project(acme)
    own = f"/api/organizations/{acme.elsewhere.id}/projects"
    async with acme.stranger() as stranger:
        for name in (made["id"], "shop"):
            for url in (f"{acme.base}/projects/{name}/", f"{own}/{name}/"):
                refused(await stranger.get(url), 404)
                refused(await stranger.patch(url, json={"name": "Mine"}), 404)
                refused(await stranger.delete(url), 404)
        refused(await stranger.get(f"{acme.base}/projects/"), 404)
        refused(await stranger.post(f"{acme.base}/projects/", json={"alternateId": "x", "name": "x"}), 404)
        # What one organization calls something is free in another.
        assert (await stranger.post(f"{own}/", json={"alternateId": "shop", "name": "x"})).status_code == 201
    async with acme.client() as client:
        assert (await client.get(f"{acme.base}/projects/")).json()["data"] == [made]
    async with acme.client("") as nobody:
        refused(await nobody.get(f"{acme.base}/projects/"), 401)


@pytest.mark.parametrize(
    "name", ["proj_0123456789abcdef01234567", "nothing", "a%20b", "a" * 300, "%00", "%F0%9F%90%98"]
)
async def test_what_is_not_there_is_404(acme: Acme, name: str) -> None:
    async with acme.client() as client:
        answer = await client.get(f"{acme.base}/projects/{name}/")
        assert answer.status_code in ((400, 404) if name == "%00" else (404,))
        refused(answer, answer.status_code)


async def test_whoever_makes_a_project_administers_it_and_sees_no_other(acme: Acme) -> None:
    await making.project(acme, "theirs", "Theirs")
    async with acme.client(of=acme.member) as mia:
        assert (await mia.get(f"{acme.base}/projects/")).json()["data"] == []
        made = await mia.post(f"{acme.base}/projects/", json={"alternateId": "mine", "name": "Mine"})
        assert made.status_code == 201
        assert made.json()["meta"]["createdBy"] == acme.inside(acme.member).member
        assert (await mia.get(f"{acme.base}/projects/")).json()["data"] == [made.json()]
        refused(await mia.get(f"{acme.base}/projects/theirs/"), 404)
        refused(await mia.patch(f"{acme.base}/projects/theirs/", json={"name": "Mine"}), 404)
        refused(await mia.delete(f"{acme.base}/projects/theirs/"), 404)
        new = await mia.post(f"{acme.base}/projects/mine/apps/", json={"alternateId": "a", "name": "A"})
        assert new.status_code == 201
        assert (await mia.delete(f"{acme.base}/projects/mine/")).status_code == 204
        assert (await mia.get(f"{acme.base}/projects/")).json()["total"] == 0


async def test_a_key_that_makes_a_project_administers_it(acme: Acme) -> None:
    key = acme.new_key("OrganizationMember")
    async with acme.client(key) as client:
        made = await client.post(f"{acme.base}/projects/", json={"alternateId": "mine", "name": "Mine"})
        assert made.status_code == 201
        assert (await client.patch(f"{acme.base}/projects/mine/", json={"name": "My own"})).status_code == 200


@pytest.mark.parametrize(
    ("role", "reads", "updates"),
    [("ProjectReader", True, False), ("ProjectContributor", True, False), ("ProjectAdmin", True, True)],
)
async def test_roles_on_a_project(acme: Acme, role: str, reads: bool, updates: bool) -> None:
    made = await making.project(acme)
    await making.project(acme, "other", "Other")
    making.give(acme, made["id"], role)
    async with acme.client(of=acme.member) as mia:
        assert (await mia.get(f"{acme.base}/projects/")).json()["data"] == ([made] if reads else [])
        assert (await mia.get(f"{acme.base}/projects/shop/")).status_code == (200 if reads else 404)
        change = await mia.patch(f"{acme.base}/projects/shop/", json={"name": "New"})
        assert change.status_code == (200 if updates else 403)
        refused(await mia.get(f"{acme.base}/projects/other/"), 404)
        gone = await mia.delete(f"{acme.base}/projects/shop/")
        assert gone.status_code == (204 if updates else 403)


async def test_of_two_who_take_an_alternate_id_at_once_one_has_it(acme: Acme) -> None:
    async with acme.client() as one, acme.client(of=acme.owner) as two:
        for i in range(20):
            body = {"alternateId": f"race-{i}", "name": "Race"}
            answers = await asyncio.gather(
                *(client.post(f"{acme.base}/projects/", json=body) for client in (one, two))
            )
            assert sorted(each.status_code for each in answers) == [201, 409]
        assert (await one.get(f"{acme.base}/projects/")).json()["total"] == 20


async def test_an_app_is_made_in_a_project_or_the_project_is_gone(acme: Acme) -> None:
    async with acme.client() as one, acme.client(of=acme.owner) as two:
        for _ in range(10):
            await making.project(acme)
            body = {"alternateId": "web", "name": "Web"}
            made, gone = await asyncio.gather(
                one.post(f"{acme.base}/projects/shop/apps/", json=body),
                two.delete(f"{acme.base}/projects/shop/"),
            )
            assert gone.status_code == 204
            assert made.status_code in (201, 404)
            assert (await one.get(f"{acme.base}/apps/")).json()["total"] == 0
