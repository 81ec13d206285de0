"""/api/organizations/{organizationId}/apps/, as the vendor's pages describe it."""

import asyncio
import re
from typing import Any

import pytest

from tests.apis.hyphen import making
from tests.apis.hyphen.conftest import Acme, refused


async def test_create_answers_201_with_the_documented_shape(acme: Acme) -> None:
    of = await making.project(acme, "my-project", "My Project")
    made = await making.app(acme, "my-app", "My App", "my-project")
    assert re.fullmatch("app_[0-9a-f]{24}", made.pop("id"))
    assert made == {
        "alternateId": "my-app",
        "name": "My App",
        "settings": {},
        "organization": {"id": acme.id, "name": "Acme"},
        "project": {"id": of["id"], "alternateId": "my-project", "name": "My Project"},
    }


@pytest.mark.parametrize("slash", ["", "/"])
async def test_made_and_found_by_both_ids_with_and_without_the_slash(acme: Acme, slash: str) -> None:
    of = await making.project(acme)
    async with acme.client() as client:
        for i, name in enumerate((of["id"], "shop", "SHOP")):
            body = {"alternateId": f"Web-{i}", "name": "Web"}
            made = await client.post(f"{acme.base}/projects/{name}/apps{slash}", json=body)
            assert made.status_code == 201
            for called in (made.json()["id"], f"web-{i}", f"WEB-{i}"):
                answer = await client.get(f"{acme.base}/apps/{called}{slash}")
                assert (answer.status_code, answer.json()) == (200, made.json())


@pytest.mark.parametrize("word", ["projects", "apps", "environments", "envs", "ENVS"])
async def test_reserved_words_are_no_alternate_ids(acme: Acme, word: str) -> None:
    await making.project(acme)
    async with acme.client() as client:
        answer = await client.post(
            f"{acme.base}/projects/shop/apps/", json={"alternateId": word, "name": "x"}
        )
        words = '"apps", "environments", "envs", "projects"'
        refused(answer, 400, f"body/alternateId must NOT be one of the words {words}")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"name": "x"}, "body must have required property 'alternateId'"),
        ({"alternateId": "x"}, "body must have required property 'name'"),
        ({"alternateId": "", "name": "x"}, "body/alternateId must NOT have fewer than 1 characters"),
        ({"alternateId": "a" * 26, "name": "x"}, "body/alternateId must NOT have more than 25 characters"),
        ({"alternateId": "a.b", "name": "x"}, 'body/alternateId must match pattern "^[A-Za-z0-9_-]+$"'),
        ({"alternateId": "x", "name": ""}, "body/name must NOT have fewer than 1 characters"),
        ({"alternateId": "x", "name": "n" * 101}, "body/name must NOT have more than 100 characters"),
        ({"alternateId": "x", "name": 1}, "body/name must be string"),
    ],
)
async def test_bodies_that_are_refused(acme: Acme, body: Any, message: str) -> None:
    await making.project(acme)
    async with acme.client() as client:
        refused(await client.post(f"{acme.base}/projects/shop/apps/", json=body), 400, message)
        assert (await client.get(f"{acme.base}/apps/")).json()["total"] == 0


async def test_bodies_at_the_edge(acme: Acme) -> None:
    await making.project(acme)
    assert (await making.app(acme, "a" * 25, "n" * 100))["alternateId"] == "a" * 25
    assert (await making.app(acme, "a", "n"))["name"] == "n"


async def test_an_alternate_id_is_unique_in_the_organization(acme: Acme) -> None:
    await making.project(acme)
    await making.project(acme, "other", "Other")
    await making.app(acme)
    async with acme.client() as client:
        answer = await client.post(
            f"{acme.base}/projects/other/apps/", json={"alternateId": "WEB", "name": "Web"}
        )
        refused(answer, 409, "alternateId is taken by another app")


async def test_no_app_without_its_project(acme: Acme) -> None:
    async with acme.client() as client:
        answer = await client.post(
            f"{acme.base}/projects/nothing/apps/", json={"alternateId": "a", "name": "A"}
        )
        refused(
            answer,
            404,
            "Resource with id 'nothing' not found or you do not have permission to access it.",
        )


async def test_patch_changes_what_is_sent(acme: Acme) -> None:
    await making.project(acme)
    made = await making.app(acme)
    async with acme.client() as client:
        url = f"{acme.base}/apps/web/"
        named = await client.patch(url, json={"name": "Site"})
        assert (named.status_code, named.json()) == (200, {**made, "name": "Site"})
        assert (await client.patch(url, json={"alternateId": "x"})).json() == named.json()
        refused(await client.patch(url, json={"name": ""}), 400)
        refused(await client.patch(url, json={"settings": None}), 400, "body/settings must be object")
        refused(await client.patch(url, json={"settings": []}), 400, "body/settings must be object")


async def test_the_settings_of_the_vendors_page(acme: Acme) -> None:
    """They are sent with `value` and shown with `cidr`."""
    await making.project(acme)
    made = await making.app(acme)
    deny = {"type": "cidr", "description": "Deny all default", "value": "0.0.0.0/0"}
    allow = {"type": "cidr", "description": "Prod servers", "value": "10.10.0.0/16"}
    production = {"allow": [allow], "deny": []}
    controls = {"allow": [], "deny": [deny], "environments": {"production": production}}
    shown = {
        "allow": [],
        "deny": [{"description": "Deny all default", "type": "cidr", "cidr": "0.0.0.0/0"}],
        "environments": {
            "production": {
                "allow": [{"description": "Prod servers", "type": "cidr", "cidr": "10.10.0.0/16"}],
                "deny": [],
            }
        },
    }
    async with acme.client() as client:
        url = f"{acme.base}/apps/web/"
        sent = {"settings": {"env": {"accessControls": controls}}}
        answer = await client.patch(url, json=sent)
        assert answer.status_code == 200
        assert answer.json() == {**made, "settings": {"env": {"accessControls": shown}}}
        # What was shown can be sent back.
        again = await client.patch(url, json={"settings": answer.json()["settings"]})
        assert again.json() == answer.json() == (await client.get(url)).json()
        # They are replaced as a whole.
        assert (await client.patch(url, json={"settings": {}})).json() == made


async def test_settings_that_are_refused_change_nothing(acme: Acme) -> None:
    await making.project(acme)
    made = await making.app(acme)
    at = "body/settings/env/accessControls"
    async with acme.client() as client:
        for controls, message in (
            ({"denny": []}, f"{at} must NOT have additional properties"),
            ({"allow": {}}, f"{at}/allow must be array"),
            ({"allow": [{}]}, f"{at}/allow/0 must have required property 'type'"),
            (
                {"allow": [{"type": "cidr", "cidr": "10.0.0.0/33"}]},
                f'{at}/allow/0/cidr must match format "cidr"',
            ),
            (
                {"environments": {"staging": {}}},
                f"{at}/environments must have names of the project's environments alone",
            ),
        ):
            sent = {"name": "Other", "settings": {"env": {"accessControls": controls}}}
            refused(await client.patch(f"{acme.base}/apps/web/", json=sent), 400, message)
        assert (await client.get(f"{acme.base}/apps/web/")).json() == made


async def test_delete_answers_204(acme: Acme) -> None:
    await making.project(acme)
    await making.app(acme)
    other = await making.app(acme, "other", "Other")
    async with acme.client() as client:
        gone = await client.delete(f"{acme.base}/apps/web/")
        assert (gone.status_code, gone.content) == (204, b"")
        refused(await client.get(f"{acme.base}/apps/web/"), 404)
        refused(await client.delete(f"{acme.base}/apps/web/"), 404)
        assert (await client.get(f"{acme.base}/apps/")).json()["data"] == [other]
    await making.app(acme)


async def test_lists_are_filtered_by_projects_and_apps(acme: Acme) -> None:
    one, two = await making.project(acme, "one"), await making.project(acme, "two")
    a, b = await making.app(acme, "a", "A", "one"), await making.app(acme, "b", "B", "one")
    c = await making.app(acme, "c", "C", "two")
    async with acme.client() as client:

        async def found(query: str) -> list[Any]:
            answer = await client.get(f"{acme.base}/apps/?{query}")
            assert answer.status_code == 200
            assert answer.json()["total"] == len(answer.json()["data"])
            data: list[Any] = answer.json()["data"]
            return data

        assert await found("") == [a, b, c]
        for name in ("projectIds", "projects"):
            assert await found(f"{name}=one") == [a, b]
            assert await found(f"{name}={two['id']}") == [c]
            assert await found(f"{name}=one&{name}=TWO") == [a, b, c]
            assert await found(f"{name}=one,{two['id']}") == [a, b, c]
            assert await found(f"{name}=nothing") == []
        assert await found("appIds=a,c") == [a, c]
        assert await found(f"appIds={b['id']}&appIds=c") == [b, c]
        assert await found("appIds=nothing") == []
        assert await found(f"projectIds={one['id']}&appIds=b,c") == [b]
        assert await found("projects=&appIds=") == [a, b, c]
        paged = (await client.get(f"{acme.base}/apps/?projects=one&pageNum=2&pageSize=1")).json()
        assert paged == {"total": 2, "pageNum": 2, "pageSize": 1, "data": [b]}


async def test_a_stranger_meets_nothing(acme: Acme) -> None:
    await making.project(acme)
    made = await making.app(acme)
    own = f"/api/organizations/{acme.elsewhere.id}"
    async with acme.stranger() as stranger:
        for name in (made["id"], "web"):
            for base in (acme.base, own):
                refused(await stranger.get(f"{base}/apps/{name}/"), 404)
                refused(await stranger.patch(f"{base}/apps/{name}/", json={"name": "x"}), 404)
                refused(await stranger.delete(f"{base}/apps/{name}/"), 404)
                refused(await stranger.get(f"{base}/apps/{name}/environments/"), 404)
                refused(await stranger.get(f"{base}/apps/{name}/environments/production/"), 404)
        for of in ("shop", made["project"]["id"]):
            new = {"alternateId": "x", "name": "x"}
            refused(await stranger.post(f"{own}/projects/{of}/apps/", json=new), 404)
            assert (await stranger.get(f"{own}/apps/?projectIds={of}")).json()["data"] == []
        assert (await stranger.get(f"{own}/apps/?appIds={made['id']}")).json()["data"] == []
    async with acme.client() as client:
        assert (await client.get(f"{acme.base}/apps/")).json()["data"] == [made]


@pytest.mark.parametrize(
    ("role", "creates", "updates", "deletes"),
    [
        ("ProjectReader", 403, 403, 403),
        ("ProjectContributor", 201, 200, 403),
        ("ProjectAdmin", 201, 200, 204),
    ],
)
async def test_roles_on_the_project(acme: Acme, role: str, creates: int, updates: int, deletes: int) -> None:
    of = await making.project(acme)
    made = await making.app(acme)
    await making.project(acme, "other", "Other")
    await making.app(acme, "hidden", "Hidden", "other")
    making.give(acme, of["id"], role)
    async with acme.client(of=acme.member) as mia:
        assert (await mia.get(f"{acme.base}/apps/")).json()["data"] == [made]
        assert (await mia.get(f"{acme.base}/apps/?projects=other")).json()["data"] == []
        refused(await mia.get(f"{acme.base}/apps/hidden/"), 404)
        assert (await mia.patch(f"{acme.base}/apps/web/", json={"name": "x"})).status_code == updates
        assert (await mia.delete(f"{acme.base}/apps/web/")).status_code == deletes
        new = await mia.post(f"{acme.base}/projects/shop/apps/", json={"alternateId": "n", "name": "n"})
        assert new.status_code == creates


async def test_a_role_on_one_app_opens_that_alone(acme: Acme) -> None:
    await making.project(acme)
    made, _ = await making.app(acme), await making.app(acme, "other", "Other")
    making.give(acme, made["id"], "ProjectReader")
    async with acme.client(of=acme.member) as mia:
        assert (await mia.get(f"{acme.base}/apps/")).json()["data"] == [made]
        refused(await mia.get(f"{acme.base}/apps/other/"), 404)
        # The environments of its project can be seen from it.
        there = await mia.get(f"{acme.base}/apps/web/environments/")
        assert [each["alternateId"] for each in there.json()["data"]] == ["development", "production"]
        refused(await mia.get(f"{acme.base}/projects/shop/environments/"), 404)
        refused(await mia.patch(f"{acme.base}/apps/web/", json={"name": "x"}), 403)
        assert (await mia.get(f"{acme.base}/projects/")).json()["data"] == []


async def test_a_member_without_roles_sees_no_apps(acme: Acme) -> None:
    await making.project(acme)
    await making.app(acme)
    async with acme.client(of=acme.member) as mia:
        assert (await mia.get(f"{acme.base}/apps/")).json()["total"] == 0
        refused(await mia.get(f"{acme.base}/apps/web/"), 403)


async def test_of_two_who_take_an_alternate_id_at_once_one_has_it(acme: Acme) -> None:
    await making.project(acme)
    await making.project(acme, "other", "Other")
    async with acme.client() as client:
        for i in range(20):
            body = {"alternateId": f"race-{i}", "name": "Race"}
            answers = await asyncio.gather(
                *(client.post(f"{acme.base}/projects/{of}/apps/", json=body) for of in ("shop", "other"))
            )
            assert sorted(each.status_code for each in answers) == [201, 409]
        assert (await client.get(f"{acme.base}/apps/")).json()["total"] == 20
