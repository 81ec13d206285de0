"""What members like to find again: /api/organizations/{organizationId}/members/{memberId}/favorites."""

import asyncio
from typing import Any

import httpx

from hyway.domain import identity
from tests.apis.hyphen.conftest import Acme, refused
from tests.apis.hyphen.test_members import NOBODY, made, member_id, missing
from tests.apis.hyphen.test_teams import NOTEAM, team


async def shown(client: httpx.AsyncClient, acme: Acme, member: str) -> list[str]:
    """Names in order; their numbers count from 0 without a gap."""
    found = (await client.get(f"{acme.base}/members/{member}")).json()["favorites"]
    assert [each["index"] for each in found] == list(range(len(found)))
    return [each["name"] for each in found]


async def with_teams(client: httpx.AsyncClient, acme: Acme, member: str, names: str) -> dict[str, str]:
    """Teams that are the member's favorites, by name."""
    ids = {name: (await team(client, acme, name))["id"] for name in names}
    for id in ids.values():
        answer = await client.post(f"{acme.base}/members/{member}/favorites", json={"id": id})
        assert answer.status_code == 201
    return ids


async def test_add(acme: Acme) -> None:
    """201 with all of them, the new one last: a team, a project, an app."""
    mia = await member_id(acme, "mia@")
    things: tuple[tuple[str, identity.things.Kind, str | None], ...] = (
        ("proj_" + "1" * 24, "Project", None),
        ("app_" + "2" * 24, "App", "proj_" + "1" * 24),
    )
    for id, kind, of in things:
        acme.db.write_now(identity.things.put, acme.by, id, kind, f"My {kind}", of)
    async with acme.client() as client:
        url = f"{acme.base}/members/{mia}/favorites"
        core = (await team(client, acme))["id"]
        first = await client.post(url, json={"id": core})
        assert first.status_code == 201
        assert first.json() == {"favorites": [{"id": core, "type": "Team", "name": "Core", "index": 0}]}
        for id in ("proj_" + "1" * 24, "app_" + "2" * 24):
            last = await client.post(f"{url}/", json={"id": id})
        assert last.json()["favorites"][1:] == [
            {"id": "proj_" + "1" * 24, "type": "Project", "name": "My Project", "index": 1},
            {"id": "app_" + "2" * 24, "type": "App", "name": "My App", "index": 2},
        ]
        refused(await client.post(url, json={"id": core}), 409, "This is a favorite already")
        acme.db.write_now(identity.things.drop, acme.by, "proj_" + "1" * 24)
        assert await shown(client, acme, mia) == ["Core"]
        await client.patch(f"{acme.base}/teams/{core}", json={"name": "Edge"})
        assert await shown(client, acme, mia) == ["Edge"]
        await client.delete(f"{acme.base}/teams/{core}")
        assert await shown(client, acme, mia) == []


async def test_move(acme: Acme) -> None:
    """204; the others keep their order, and an index that there is none of changes nothing."""
    mia = await member_id(acme, "mia@")
    async with acme.client() as client:
        ids = await with_teams(client, acme, mia, "abcd")
        url = f"{acme.base}/members/{mia}/favorites"
        for name, index, order in (
            ("a", 2, "bcad"), ("d", 0, "dbca"), ("b", 1, "dbca"), ("d", 3, "bcad"), ("a", 0, "abcd"),
        ):  # fmt: skip
            moved = await client.patch(f"{url}/{ids[name]}", json={"index": index})
            assert (moved.status_code, moved.content) == (204, b"")
            assert await shown(client, acme, mia) == list(order)
        one = f"{url}/{ids['a']}"
        refused(await client.patch(one, json={"index": 4}), 400, "body/index must be <= 3")
        refused(await client.patch(one, json={"index": -1}), 400, "body/index must be >= 0")
        refused(await client.patch(one, json={"index": 2**63}), 400)
        refused(await client.patch(one, json={"index": "1"}), 400, "body/index must be integer")
        refused(await client.patch(one, json={"index": 1.5}), 400, "body/index must be integer")
        refused(await client.patch(one, json={}), 400, "body must have required property 'index'")
        assert await shown(client, acme, mia) == list("abcd")
        assert (await client.patch(one, json={"index": 1.0})).status_code == 204
        assert await shown(client, acme, mia) == list("bacd")


async def test_delete(acme: Acme) -> None:
    """204, by the thing's id or the favorite's own; the others close up."""
    mia = await member_id(acme, "mia@")
    async with acme.client() as client:
        ids = await with_teams(client, acme, mia, "abcd")
        url = f"{acme.base}/members/{mia}/favorites"
        gone = await client.delete(f"{url}/{ids['b']}")
        assert (gone.status_code, gone.content) == (204, b"")
        assert await shown(client, acme, mia) == list("acd")
        refused(await client.delete(f"{url}/{ids['b']}"), 404, missing(ids["b"]))
        own = acme.db.read_now(identity.profiles.find, acme.by, mia).favorites[1].own
        assert own.startswith("fav_")
        await client.patch(f"{url}/{own}", json={"index": 0})
        assert await shown(client, acme, mia) == list("cad")
        assert (await client.delete(f"{url}/{own}")).status_code == 204
        assert await shown(client, acme, mia) == list("ad")


async def test_bad_input(acme: Acme) -> None:
    mia = await member_id(acme, "mia@")
    async with acme.stranger() as client:
        theirs = (await client.post(f"{acme.elsewhere.base}/teams/", json={"name": "Theirs"})).json()["id"]
    async with acme.client() as client:
        url = f"{acme.base}/members/{mia}/favorites"
        for id in (NOTEAM, theirs, NOBODY, "x", "proj_", acme.id):
            refused(await client.post(url, json={"id": id}), 404, missing(id))
        refused(await client.post(url, json={}), 400, "body must have required property 'id'")
        refused(await client.post(url, json={"id": 7}), 400, "body/id must be string")
        refused(await client.post(url, json={"id": ""}), 400)
        refused(await client.post(url, json={"id": "a\0"}), 400)
        refused(await client.post(url, json={"id": "x" * 101}), 400)
        refused(await client.post(f"{acme.base}/members/{NOBODY}/favorites", json={"id": NOTEAM}), 404)
        for id in ("%00", NOTEAM, "x" * 3000):
            refused(await client.delete(f"{url}/{id}"), 404)
            refused(await client.patch(f"{url}/{id}", json={"index": 0}), 404)
        assert await shown(client, acme, mia) == []


async def test_only_members_themselves_and_administrators(acme: Acme) -> None:
    john, mia = await made(acme), await member_id(acme, "mia@")
    told = "You do not have permission to change the favorites of others"
    async with acme.client() as client:
        core = (await team(client, acme))["id"]
    async with acme.client(of=acme.member) as client:
        mine, others = f"{acme.base}/members/{mia}/favorites", f"{acme.base}/members/{john['id']}/favorites"
        assert (await client.post(mine, json={"id": core})).status_code == 201
        assert (await client.patch(f"{mine}/{core}", json={"index": 0})).status_code == 204
        refused(await client.post(others, json={"id": core}), 403, told)
        refused(await client.patch(f"{others}/{core}", json={"index": 0}), 403, told)
        refused(await client.delete(f"{others}/{core}"), 403, told)
        assert (await client.delete(f"{mine}/{core}")).status_code == 204
        # What she may not read she cannot have, and is told nothing of.
        acme.db.write_now(identity.things.put, acme.by, "proj_" + "1" * 24, "Project", "Secret")
        refused(await client.post(mine, json={"id": "proj_" + "1" * 24}), 404)
    async with acme.client() as client:
        secret: dict[str, Any] = {"id": "proj_" + "1" * 24}
        assert (await client.post(others, json=secret)).status_code == 201
        assert await shown(client, acme, john["id"]) == ["Secret"]
    async with acme.client(of=acme.member) as client:
        assert await shown(client, acme, john["id"]) == []
    async with acme.stranger() as client:
        refused(await client.post(mine, json={"id": core}), 404)


async def test_many_at_once(acme: Acme) -> None:
    """Each has a place of its own."""
    mia = await member_id(acme, "mia@")
    async with acme.client() as client:
        ids = [(await team(client, acme, name))["id"] for name in "abcde"]
        url = f"{acme.base}/members/{mia}/favorites"
        answers = await asyncio.gather(*(client.post(url, json={"id": id}) for id in [*ids, *ids]))
        assert sorted(each.status_code for each in answers) == [201] * 5 + [409] * 5
        assert sorted(await shown(client, acme, mia)) == list("abcde")
