"""Environments of projects, as the vendor's command line reads them, and of apps, as its pages show them."""

import asyncio
import re
from typing import Any

import pytest

from tests.apis.hyphen import making
from tests.apis.hyphen.conftest import Acme, refused

_ID = re.compile("pevr_[0-9a-f]{24}")


async def make(
    acme: Acme, alternate_id: str = "staging", name: str = "Staging", **more: Any
) -> dict[str, Any]:
    return await making.make(acme, "projects/shop/environments/", alternateId=alternate_id, name=name, **more)


async def test_a_project_begins_with_development_and_production(acme: Acme) -> None:
    of = await making.project(acme)
    async with acme.client() as client:
        for project in ("shop", of["id"]):
            found = (await client.get(f"{acme.base}/projects/{project}/environments")).json()
            assert (found["total"], found["pageNum"], found["pageSize"]) == (2, 1, 100)
            first, second = found["data"]
            assert _ID.fullmatch(first["id"])
            assert first == {
                "id": first["id"],
                "alternateId": "development",
                "name": "Development",
                "color": "#3B82F6",
                "type": "development",
                "organization": {"id": acme.id, "name": "Acme"},
                "project": {"id": of["id"], "alternateId": "shop", "name": "Shop"},
            }
            assert (second["alternateId"], second["name"], second["type"]) == (
                "production",
                "Production",
                "production",
            )


async def test_a_project_begins_with_what_the_organization_has_chosen(acme: Acme) -> None:
    chosen = [
        {"name": "Production", "alternateId": "production", "color": "#00FF00"},
        {"name": "QA", "alternateId": "qa", "color": "#123abc"},
    ]
    async with acme.client() as client:
        assert (await client.patch(f"{acme.base}/", json={"defaultEnvironments": chosen})).status_code == 200
        await making.project(acme)
        found = (await client.get(f"{acme.base}/projects/shop/environments/")).json()["data"]
    shown = [(each["name"], each["alternateId"], each["color"], each["type"]) for each in found]
    assert shown == [("Production", "production", "#00FF00", "production"), ("QA", "qa", "#123abc", "custom")]


async def test_one_is_found_by_both_ids_or_is_404(acme: Acme) -> None:
    await making.project(acme)
    async with acme.client() as client:
        url = f"{acme.base}/projects/shop/environments"
        every = (await client.get(f"{url}/")).json()["data"]
        for each in every:
            for name in (each["id"], each["alternateId"], each["alternateId"].upper()):
                assert (await client.get(f"{url}/{name}/")).json() == each
                assert (await client.get(f"{url}/{name}")).json() == each
        for name in ("nothing", "pevr_0123456789abcdef01234567", "a" * 300):
            refused(await client.get(f"{url}/{name}/"), 404)
        page = (await client.get(f"{url}/?pageNum=2&pageSize=1")).json()
        assert page == {"total": 2, "pageNum": 2, "pageSize": 1, "data": every[1:]}
        assert (await client.get(f"{url}/?pageNum=3")).json()["data"] == []


async def test_an_app_shows_those_of_its_project_without_their_type(acme: Acme) -> None:
    await making.project(acme)
    made = await making.app(acme)
    async with acme.client() as client:
        of_project = (await client.get(f"{acme.base}/projects/shop/environments/")).json()["data"]
        for name in ("web", made["id"]):
            url = f"{acme.base}/apps/{name}/environments"
            of_app = (await client.get(f"{url}/")).json()
            assert of_app["total"] == 2
            for there, here in zip(of_project, of_app["data"], strict=True):
                assert here == {key: value for key, value in there.items() if key != "type"}
                assert (await client.get(f"{url}/{here['id']}/")).json() == here
                assert (await client.get(f"{url}/{here['alternateId']}")).json() == here
            refused(await client.get(f"{url}/nothing/"), 404)
        refused(
            await client.get(f"{acme.base}/apps/absent/environments/production/"),
            404,
            "Resource with id 'absent' not found or you do not have permission to access it.",
        )


async def test_one_of_another_project_is_not_there(acme: Acme) -> None:
    await making.project(acme)
    await making.project(acme, "other", "Other")
    made = await make(acme)
    async with acme.client() as client:
        refused(await client.get(f"{acme.base}/projects/other/environments/{made['id']}/"), 404)
        refused(await client.delete(f"{acme.base}/projects/other/environments/{made['id']}/"), 404)
        refused(
            await client.patch(f"{acme.base}/projects/other/environments/staging/", json={"name": "x"}), 404
        )


async def test_a_new_one_has_the_colour_and_the_type_that_it_says_or_that_follow(acme: Acme) -> None:
    await making.project(acme)
    made = await make(acme, "Staging")
    assert (made["alternateId"], made["color"], made["type"]) == ("staging", "#6B7280", "custom")
    second = await make(acme, "live", "Live", color="#aBcDeF", type="production")
    assert (second["color"], second["type"]) == ("#aBcDeF", "production")
    async with acme.client() as client:
        assert (
            await client.delete(f"{acme.base}/projects/shop/environments/development/")
        ).status_code == 204
    assert (await make(acme, "development", "Development", type=None))["type"] == "development"


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"alternateId": ""}, "body/alternateId must NOT have fewer than 1 characters"),
        ({"alternateId": "a" * 26}, "body/alternateId must NOT have more than 25 characters"),
        ({"alternateId": "a/b"}, 'body/alternateId must match pattern "^[A-Za-z0-9_-]+$"'),
        ({"name": ""}, "body/name must NOT have fewer than 1 characters"),
        ({"name": "n" * 101}, "body/name must NOT have more than 100 characters"),
        ({"name": "a\nb"}, "body/name must NOT have control characters"),
        ({"color": "red"}, 'body/color must match pattern "^#[0-9a-fA-F]{6}$"'),
        ({"color": "#12345"}, 'body/color must match pattern "^#[0-9a-fA-F]{6}$"'),
        ({"color": "#1234567"}, 'body/color must match pattern "^#[0-9a-fA-F]{6}$"'),
        ({"color": "#12345g"}, 'body/color must match pattern "^#[0-9a-fA-F]{6}$"'),
        ({"color": "#123456\n"}, 'body/color must match pattern "^#[0-9a-fA-F]{6}$"'),
        ({"type": "staging"}, "body/type must be equal to one of the allowed values"),
    ],
)
async def test_what_is_refused(acme: Acme, more: dict[str, Any], message: str) -> None:
    await making.project(acme)
    async with acme.client() as client:
        body = {"alternateId": "staging", "name": "Staging", **more}
        refused(await client.post(f"{acme.base}/projects/shop/environments/", json=body), 400, message)
        if "alternateId" not in more:
            url = f"{acme.base}/projects/shop/environments/production/"
            refused(await client.patch(url, json=more), 400, message)
        assert (await client.get(f"{acme.base}/projects/shop/environments/")).json()["total"] == 2


async def test_names_and_alternate_ids_are_unique_in_the_project(acme: Acme) -> None:
    await making.project(acme)
    async with acme.client() as client:
        url = f"{acme.base}/projects/shop/environments/"
        for body, field in (
            ({"alternateId": "PRODUCTION", "name": "Other"}, "alternateId"),
            ({"alternateId": "other", "name": "PRODUCTION"}, "name"),
        ):
            refused(
                await client.post(url, json=body),
                409,
                f"{field} is taken by another environment of the project",
            )
        refused(await client.patch(f"{url}development/", json={"name": "production"}), 409)
        # Its own name is no other's.
        same = await client.patch(f"{url}production/", json={"name": "PRODUCTION"})
        assert (same.status_code, same.json()["name"]) == (200, "PRODUCTION")
    # Another project may have the same.
    await making.project(acme, "other", "Other")


async def test_patch_changes_what_is_sent(acme: Acme) -> None:
    await making.project(acme)
    made = await make(acme)
    async with acme.client() as client:
        url = f"{acme.base}/projects/shop/environments/staging/"
        for sent in ({"name": "Stage"}, {"color": "#000000"}, {"type": "development"}, {}):
            answer = await client.patch(url, json={**sent, "alternateId": "x"})
            made |= sent
            assert (answer.status_code, answer.json()) == (200, made)


async def test_the_last_one_stays(acme: Acme) -> None:
    await making.project(acme)
    async with acme.client() as client:
        url = f"{acme.base}/projects/shop/environments/"
        gone = await client.delete(f"{url}development/")
        assert (gone.status_code, gone.content) == (204, b"")
        refused(
            await client.delete(f"{url}production/"),
            409,
            "The last environment of a project cannot be deleted",
        )


async def test_of_two_who_delete_the_last_two_at_once_one_is_refused(acme: Acme) -> None:
    async with acme.client() as one, acme.client(of=acme.owner) as two:
        for i in range(10):
            await making.project(acme, f"p{i}", "P")
            url = f"{acme.base}/projects/p{i}/environments"
            answers = await asyncio.gather(
                one.delete(f"{url}/development/"), two.delete(f"{url}/production/")
            )
            assert sorted(each.status_code for each in answers) == [204, 409]


async def test_a_project_has_at_most_fifty(acme: Acme) -> None:
    await making.project(acme)
    for i in range(48):
        await make(acme, f"e{i}", f"E {i}")
    async with acme.client() as client:
        url = f"{acme.base}/projects/shop/environments/"
        answer = await client.post(url, json={"alternateId": "more", "name": "More"})
        refused(answer, 409, "A project has at most 50 environments")
        assert (await client.get(url)).json()["total"] == 50


async def test_settings_of_apps_forget_one_that_is_deleted(acme: Acme) -> None:
    await making.project(acme)
    await making.app(acme)
    rule = {"description": "production", "type": "cidr", "cidr": "10.0.0.0/8"}
    rules = {"allow": [rule]}
    controls = {"deny": [rule], "environments": {"production": rules, "development": rules}}
    async with acme.client() as client:
        url = f"{acme.base}/apps/web/"
        sent = {"settings": {"env": {"accessControls": controls}}}
        assert (await client.patch(url, json=sent)).json()["settings"] == sent["settings"]
        assert (await client.delete(f"{acme.base}/projects/shop/environments/production/")).status_code == 204
        left = (await client.get(url)).json()["settings"]["env"]["accessControls"]
    assert left == {"deny": [rule], "environments": {"development": rules}}


@pytest.mark.parametrize(
    ("role", "changes"), [("ProjectReader", 403), ("ProjectContributor", 403), ("ProjectAdmin", 200)]
)
async def test_roles_on_the_project(acme: Acme, role: str, changes: int) -> None:
    of = await making.project(acme)
    making.give(acme, of["id"], role)
    async with acme.client(of=acme.member) as mia:
        url = f"{acme.base}/projects/shop/environments/"
        assert (await mia.get(url)).json()["total"] == 2
        assert (await mia.get(f"{url}production/")).status_code == 200
        new = await mia.post(url, json={"alternateId": "x", "name": "X"})
        assert new.status_code == (201 if changes == 200 else changes)
        assert (await mia.patch(f"{url}production/", json={"name": "P"})).status_code == changes
        gone = await mia.delete(f"{url}production/")
        assert gone.status_code == (204 if changes == 200 else changes)


async def test_a_stranger_meets_nothing(acme: Acme) -> None:
    of = await making.project(acme)
    made = await make(acme)
    own = f"/api/organizations/{acme.elsewhere.id}"
    async with acme.stranger() as stranger:
        for base in (acme.base, own):
            for project in ("shop", of["id"]):
                url = f"{base}/projects/{project}/environments"
                refused(await stranger.get(f"{url}/"), 404)
                refused(await stranger.post(f"{url}/", json={"alternateId": "x", "name": "x"}), 404)
                for name in ("staging", made["id"]):
                    refused(await stranger.get(f"{url}/{name}/"), 404)
                    refused(await stranger.patch(f"{url}/{name}/", json={"name": "x"}), 404)
                    refused(await stranger.delete(f"{url}/{name}/"), 404)
    async with acme.client() as client:
        assert (await client.get(f"{acme.base}/projects/shop/environments/staging/")).json() == made
