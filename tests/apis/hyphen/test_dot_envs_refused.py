"""What is no good as a .env file or as a question for one, and who may not ask."""

import asyncio
from typing import Any

import httpx
import pytest

from hyway.domain import envs, projects
from hyway.domain.projects import NewApp, NewProject
from tests.apis.hyphen.conftest import Acme, refused
from tests.apis.hyphen.env_stage import CONTENT, KEY, Shop, make_shop, version

MOST = 2**63 - 1


@pytest.fixture
def shop(acme: Acme) -> Shop:
    return make_shop(acme)


@pytest.mark.parametrize(
    ("field", "good", "bad", "message"),
    [
        ("secretKeyId", 1, 0, "body/secretKeyId must be >= 1"),
        ("version", 1, 0, "body/version must be >= 1"),
        ("version", MOST, MOST + 1, f"body/version must be <= {MOST}"),
        ("secretKeyId", MOST, MOST + 1, f"body/secretKeyId must be <= {MOST}"),
        ("countVariables", 0, -1, "body/countVariables must be >= 0"),
        ("countVariables", MOST, MOST + 1, f"body/countVariables must be <= {MOST}"),
        ("countVariables", 1.0, 1.5, "body/countVariables must be integer"),
        ("version", 2, "2", "body/version must be integer"),
        ("size", "s" * 100, "s" * 101, "body/size must NOT have more than 100 characters"),
        ("size", "", None, "body/size must be string"),
        ("data", "", 7, "body/data must be string"),
        ("size", "1 kB", "\0", 'body/size must match pattern "^[^\\u0000]*$"'),
    ],
)
async def test_each_bound_of_a_version(shop: Shop, field: str, good: Any, bad: Any, message: str) -> None:
    async with shop.acme.client() as client:

        async def push(value: Any, was: int) -> httpx.Response:
            return await client.put(shop.path, params={"secretKeyId": was}, json={**version(1), field: value})

        refused(await push(bad, 1), 400, message)
        assert (await client.get(f"{shop.path}versions/")).json()["total"] == 0
        answer = await push(good, good if field == "secretKeyId" else KEY)
    assert answer.status_code == 201, answer.text
    assert answer.json()[field] == good


@pytest.mark.parametrize("field", ["countVariables", "size", "data", "version", "secretKeyId"])
async def test_everything_of_a_version_is_required(shop: Shop, field: str) -> None:
    sent = {name: value for name, value in version().items() if name != field}
    async with shop.acme.client() as client:
        answer = await client.put(shop.path, params={"secretKeyId": KEY}, json=sent)
    refused(answer, 400, f"body must have required property '{field}'")


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("", "querystring must have required property 'secretKeyId'"),
        ("?secretKeyId=0", "querystring/secretKeyId must be >= 1"),
        ("?secretKeyId=-1", "querystring/secretKeyId must be >= 1"),
        ("?secretKeyId=x", "querystring/secretKeyId must be integer"),
        (f"?secretKeyId={MOST + 1}", f"querystring/secretKeyId must be <= {MOST}"),
        ("?secretKeyId=9" + "9" * 5000, "querystring/secretKeyId must be integer"),
    ],
)
async def test_the_key_of_the_query(shop: Shop, query: str, message: str) -> None:
    async with shop.acme.client() as client:
        refused(await client.put(shop.path + query, json=version()), 400, message)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("version=0", "querystring/version must be >= 1"),
        ("secretKeyId=0", "querystring/secretKeyId must be >= 1"),
        (f"version={MOST + 1}", f"querystring/version must be <= {MOST}"),
        ("version=1.5", "querystring/version must be integer"),
        (
            "environmentId=" + "e" * 101,
            "querystring/environmentId must NOT have more than 100 characters",
        ),
        ("environmentId=%00", 'querystring/environmentId must match pattern "^[^\\u0000]*$"'),
    ],
)
async def test_a_question_that_makes_no_sense(shop: Shop, query: str, message: str) -> None:
    async with shop.acme.client() as client:
        refused(await client.get(f"{shop.path}?{query}"), 400, message)


async def test_the_bound_of_the_content_lies_below_five_megabytes(shop: Shop) -> None:
    async with shop.acme.client() as client:
        most = "x" * envs.LONGEST_DATA
        assert (await shop.push(client, 1, data=most)).status_code == 201
        assert (await client.get(shop.path)).json()["data"] == most
        for size in (envs.LONGEST_DATA + 1, 5_000_000):
            answer = await shop.push(client, 2, data="x" * size)
            refused(answer, 400, "body/data must NOT have more than 1048576 characters")
        assert (await client.get(shop.path)).json()["version"] == 1


async def test_a_body_beyond_what_the_server_reads(shop: Shop) -> None:
    async with shop.acme.client() as client:
        refused(await shop.push(client, 1, data="x" * 33_000_000), 413)


async def test_a_body_that_is_no_version(shop: Shop) -> None:
    async with shop.acme.client() as client:
        address = f"{shop.path}?secretKeyId={KEY}"
        refused(await client.put(address, content=b"{"), 400, "Body is not valid JSON")
        refused(await client.put(address, content=b"[]"), 400, "body must be object")
        refused(await client.put(address), 400)
        refused(await client.put(address, content=b"\xff\xfe"), 400, "Body is not valid JSON")


async def test_who_is_not_there(shop: Shop) -> None:
    base, acme = shop.acme.base, shop.acme
    unknown = "Resource with id '{}' not found or you do not have permission to access it."
    absent = f"pevr_{'0' * 24}"
    async with acme.client() as client:
        refused(await client.get(f"{base}/apps/nobody/dot-env/"), 404, unknown.format("nobody"))
        for environment in ("nowhere", absent, shop.app.id):
            where: dict[str, Any] = {"environmentId": environment}
            refused(await client.get(shop.path, params=where), 404, unknown.format(environment))
            refused(await shop.push(client, **where), 404, unknown.format(environment))
            refused(await client.delete(shop.path, params=where), 404, unknown.format(environment))
            refused(await client.get(f"{shop.path}versions/", params=where), 404, unknown.format(environment))
    assert not shop.events("dotenv.")


async def test_an_environment_of_another_project_is_none_of_the_apps(shop: Shop) -> None:
    acme = shop.acme
    other = acme.db.write_now(projects.create, acme.by, NewProject("other", "Other"))
    there = acme.db.read_now(projects.environments.every, acme.by, other)[0]
    async with acme.client() as client:
        refused(await shop.push(client, environmentId=there.id), 404)


OPERATIONS = [
    ("GET", "apps/web/dot-env/"),
    ("PUT", f"apps/web/dot-env/?secretKeyId={KEY}"),
    ("DELETE", "apps/web/dot-env/"),
    ("GET", "apps/web/dot-env/versions/"),
    ("DELETE", f"apps/web/dot-env/versions/?secretKeyId={KEY}"),
    ("GET", "dot-envs/"),
    ("GET", "dot-envs/summary"),
]


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
async def test_strangers_and_nobody(shop: Shop, method: str, path: str) -> None:
    acme = shop.acme
    sent: dict[str, Any] = {"json": version(2)} if method == "PUT" else {}
    async with acme.client() as client:
        await shop.push(client)
    async with acme.stranger() as client:
        refused(await client.request(method, f"{acme.base}/{path}", **sent), 404)
    async with acme.client("") as client:
        refused(await client.request(method, f"{acme.base}/{path}", **sent), 401)
    async with acme.client(acme.new_key("OrganizationMember")) as client:  # whose role is on no project
        refused(await client.request(method, f"{acme.base}/{path}", **sent), 403)
    async with acme.client() as client:
        assert (await client.get(shop.path)).json()["version"] == 1


async def test_ids_of_a_stranger_lead_nowhere_in_ones_own_organization(shop: Shop) -> None:
    there = shop.acme.elsewhere
    there.db.write_now(projects.create, there.by, NewProject("theirs", "Theirs"))
    app = there.db.write_now(projects.apps.create, there.by, "theirs", NewApp("their-app", "Theirs"))
    async with there.client() as client:
        path = f"{there.base}/apps/{app.id}/dot-env/?secretKeyId={KEY}"
        assert (await client.put(path, json=version(1))).status_code == 201
    async with shop.acme.client() as client:
        for named in (app.id, "their-app"):
            refused(await client.get(f"{shop.acme.base}/apps/{named}/dot-env/"), 404)
            told = (await client.get(f"{shop.acme.base}/dot-envs/?appIds={named}")).json()
            assert told["total"] == 0
        assert (await client.get(f"{shop.acme.base}/dot-envs/")).json()["total"] == 0


async def test_two_that_push_the_same_version_at_once(shop: Shop) -> None:
    async with shop.acme.client() as client:
        for number in range(1, 16):
            answers = await asyncio.gather(*(shop.push(client, number, data=f"{n}") for n in range(4)))
            assert sorted(each.status_code for each in answers) == [201, 409, 409, 409]
            won = next(each.json() for each in answers if each.status_code == 201)
            assert (await client.get(shop.path)).json() == won
        kept = (await client.get(f"{shop.path}versions/")).json()
    assert [each["version"] for each in kept["data"]] == list(range(15, 0, -1))


async def test_pushes_and_deletions_at_once_never_break(shop: Shop) -> None:
    async with shop.acme.client() as client:

        async def push(number: int) -> int:
            return (await shop.push(client, number)).status_code

        async def drop(path: str) -> int:
            return (await client.delete(path)).status_code

        for round in range(8):
            answers = await asyncio.gather(
                *(push(round * 5 + n) for n in range(1, 5)),
                drop(shop.path),
                drop(f"{shop.path}versions/?secretKeyId={KEY}"),
            )
            assert set(answers) <= {201, 204, 404, 409}, answers


async def test_no_secret_reaches_an_event_or_an_error(shop: Shop) -> None:
    async with shop.acme.client() as client:
        await shop.push(client, 1)
        told = [
            (await shop.push(client, 1)).text,
            (await shop.push(client, 0)).text,
            (await client.put(f"{shop.path}?secretKeyId={KEY}", json=CONTENT)).text,
        ]
        await client.get(shop.path)
    told += [str(each.data) for each in shop.events("")]
    assert not any(CONTENT in each for each in told)
