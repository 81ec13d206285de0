"""/api/organizations/{organizationId}/teams/, as the vendor's pages describe it."""

import asyncio
from typing import Any

import httpx
import pytest

from hyway.domain import identity
from tests.apis.hyphen.conftest import Acme, refused
from tests.apis.hyphen.test_members import NOBODY, made, member_id, missing

EXAMPLE: dict[str, Any] = {
    "name": "string",
    "type": "static",
    "memberCount": 0,
    "channels": [{"id": "string", "type": "slack"}],
    "criteria": [{"type": "property", "field": "firstName", "value": "string", "operator": "equals"}],
}
NOTEAM = "team_" + "0" * 24
TAKEN = "A team with this name exists already"
DYNAMIC = "The members of a dynamic team follow from its criteria"


def named(field: str, operator: str, value: Any) -> dict[str, Any]:
    return {"type": "property", "field": field, "operator": operator, "value": value}


async def team(client: httpx.AsyncClient, acme: Acme, name: str = "Core", **body: Any) -> dict[str, Any]:
    answer = await client.post(f"{acme.base}/teams/", json={"name": name, **body})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def names_in(client: httpx.AsyncClient, acme: Acme, id: str) -> list[str]:
    """Who is in a team; and there are as many as the team says."""
    found = (await client.get(f"{acme.base}/teams/{id}/members")).json()["data"]
    assert (await client.get(f"{acme.base}/teams/{id}/")).json()["memberCount"] == len(found)
    return [each["nickname"] for each in found]


async def test_create(acme: Acme) -> None:
    """201: the page's own example; its count is not ours, and what a static team has no use for is not kept."""
    async with acme.client() as client:
        found = await team(client, acme, **{**EXAMPLE, "memberCount": 17})
    assert found == {
        "id": found["id"],
        "name": "string",
        "type": "static",
        "memberCount": 0,
        "organization": {"id": acme.id, "name": "Acme"},
        "criteria": [],
        "channels": [{"id": "string", "type": "slack"}],
    }
    assert found["id"].startswith("team_")
    assert len(found["id"]) == len(NOTEAM)


async def test_list(acme: Acme) -> None:
    """By name, those whose name starts so, in any case; with the true number of members."""
    async with acme.client() as client:
        empty = await client.get(f"{acme.base}/teams/")
        assert (empty.status_code, empty.json()) == (200, {"data": []})
        for name in ("beta", "Alpha", "ÄRZTE", "al%", "100_"):
            await team(client, acme, name)
        everybody = await team(client, acme, "Everybody", criteria=[named("email", "contains", "@")])
        every = (await client.get(f"{acme.base}/teams")).json()["data"]
        assert [each["name"] for each in every] == ["100_", "al%", "Alpha", "beta", "Everybody", "ÄRZTE"]
        assert [each["memberCount"] for each in every] == [0, 0, 0, 0, 3, 0]
        assert every[4] == everybody
        for start, names in {
            "AL": ["al%", "Alpha"], "al%": ["al%"], "%": [], "_": [], "ä": ["ÄRZTE"], "lpha": [], "x": [],
        }.items():  # fmt: skip
            found = (await client.get(f"{acme.base}/teams/", params={"name": start})).json()
            assert [each["name"] for each in found["data"]] == names
        refused(await client.get(f"{acme.base}/teams/", params={"name": "x" * 101}), 400)
        refused(await client.get(f"{acme.base}/teams/?name=%00"), 400)


async def test_get(acme: Acme) -> None:
    async with acme.client() as client:
        found = await team(client, acme)
        assert (await client.get(f"{acme.base}/teams/{found['id']}/")).json() == found
        refused(await client.get(f"{acme.base}/teams/{NOTEAM}/"), 404, missing(NOTEAM))
        for id in ("team_%00", "x" * 3000, "team_", NOBODY):
            refused(await client.get(f"{acme.base}/teams/{id}"), 404)


async def test_a_name_is_one_teams(acme: Acme) -> None:
    """409, without regard to case; it is free again when its team is gone, and another organization may have it."""
    async with acme.client() as client:
        first = await team(client, acme, "Core")
        second = await team(client, acme, "Edge")
        for name in ("Core", "cORE", " core "):
            refused(await client.post(f"{acme.base}/teams/", json={"name": name}), 409, TAKEN)
        refused(await client.patch(f"{acme.base}/teams/{second['id']}", json={"name": "core"}), 409, TAKEN)
        answer = await client.patch(f"{acme.base}/teams/{first['id']}", json={"name": "CORE"})
        assert answer.json()["name"] == "CORE"
        assert (await client.delete(f"{acme.base}/teams/{first['id']}/")).status_code == 204
        assert (
            await client.patch(f"{acme.base}/teams/{second['id']}", json={"name": "core"})
        ).status_code == 200
    async with acme.stranger() as client:
        assert (await client.post(f"{acme.elsewhere.base}/teams/", json={"name": "core"})).status_code == 201


async def test_the_same_name_at_once(acme: Acme) -> None:
    async with acme.client() as client:
        calls = [client.post(f"{acme.base}/teams/", json={"name": "Core"}) for _ in range(5)]
        statuses = [each.status_code for each in await asyncio.gather(*calls)]
    assert sorted(statuses) == [201] + [409] * 4


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, "body must have required property 'name'"),
        ({"name": 7}, "body/name must be string"),
        ({"name": ""}, "body/name must NOT have fewer than 1 characters"),
        ({"name": "  "}, "body/name must NOT have fewer than 1 characters"),
        ({"name": "x" * 101}, "body/name must NOT have more than 100 characters"),
        ({"name": "a\0"}, None),
        ({"name": "a\nb"}, "body/name must NOT contain control characters"),
        ({"name": "x", "type": "round"}, "body/type must be equal to one of the allowed values"),
        ({"name": "x", "type": "dynamic"}, "body/criteria must NOT have fewer than 1 items"),
        ({"name": "x", "type": "dynamic", "criteria": []}, "body/criteria must NOT have fewer than 1 items"),
        ({"name": "x", "criteria": ["x"]}, "body/criteria/0 must be object"),
        ({"name": "x", "criteria": [{}]}, "body/criteria/0 must have required property 'type'"),
        ({"name": "x", "criteria": [named("shoe", "equals", "x")]},
         "body/criteria/0/field must be equal to one of the allowed values"),
        ({"name": "x", "criteria": [named("email", "is", "x")]},
         "body/criteria/0/operator must be equal to one of the allowed values"),
        ({"name": "x", "criteria": [named("email", "equals", ["x"])]}, "body/criteria/0/value must be string"),
        ({"name": "x", "criteria": [named("email", "equals", "")]},
         "body/criteria/0/value must NOT have fewer than 1 characters"),
        ({"name": "x", "criteria": [named("email", "equals", "x" * 256)]},
         "body/criteria/0/value must NOT have more than 255 characters"),
        ({"name": "x", "criteria": [named("email", "in", [])]},
         "body/criteria/0/value must NOT have fewer than 1 items"),
        ({"name": "x", "criteria": [named("email", "in", ["x"] * 101)]},
         "body/criteria/0/value must NOT have more than 100 items"),
        ({"name": "x", "criteria": [named("email", "in", 3)]}, "body/criteria/0/value must be string,array"),
        ({"name": "x", "criteria": [named("email", "in", ["x", 3])]}, "body/criteria/0/value/1 must be string"),
        ({"name": "x", "criteria": [{"type": "property", "field": "email", "operator": "equals"}]},
         "body/criteria/0 must have required property 'value'"),
        ({"name": "x", "criteria": [{"type": "account", "field": "myspace", "operator": "connected"}]},
         "body/criteria/0/field must be equal to one of the allowed values"),
        ({"name": "x", "criteria": [{"type": "account", "field": "npm", "operator": "equals"}]},
         "body/criteria/0/operator must be equal to one of the allowed values"),
        ({"name": "x", "criteria": [named("email", "equals", "x")] * 21},
         "body/criteria must NOT have more than 20 items"),
        ({"name": "x", "channels": "x"}, "body/channels must be array"),
        ({"name": "x", "channels": [{"id": "c"}]}, "body/channels/0 must have required property 'type'"),
        ({"name": "x", "channels": [{"id": "c", "type": "irc"}]},
         "body/channels/0/type must be equal to one of the allowed values"),
        ({"name": "x", "channels": [{"id": "", "type": "slack"}]},
         "body/channels/0/id must NOT have fewer than 1 characters"),
        ({"name": "x", "channels": [{"id": "c" * 256, "type": "slack"}]},
         "body/channels/0/id must NOT have more than 255 characters"),
        ({"name": "x", "channels": [{"id": "c", "type": "slack"}] * 2},
         "body/channels must NOT have duplicate items"),
        ({"name": "x", "channels": [{"id": str(n), "type": "slack"} for n in range(21)]},
         "body/channels must NOT have more than 20 items"),
    ],
)  # fmt: skip
async def test_bad_bodies_change_nothing(acme: Acme, body: dict[str, Any], told: str | None) -> None:
    async with acme.client() as client:
        refused(await client.post(f"{acme.base}/teams/", json=body), 400, told)
        assert (await client.get(f"{acme.base}/teams/")).json() == {"data": []}
        old = await team(client, acme, "Old", criteria=[named("email", "contains", "@")])
        if body != {"name": "x", "type": "dynamic"}:
            refused(await client.patch(f"{acme.base}/teams/{old['id']}", json=body), 400, told)
        assert (await client.get(f"{acme.base}/teams/{old['id']}")).json()["criteria"] == old["criteria"]


async def test_the_most_that_may_be(acme: Acme) -> None:
    criteria = [named("email", "in", ["x" * 255] * 100) for _ in range(20)]
    channels = [{"id": f"{n:0>255}", "type": "slack"} for n in range(20)]
    async with acme.client() as client:
        found = await team(client, acme, "x" * 100, criteria=criteria, channels=channels)
    assert (found["type"], found["criteria"], found["channels"]) == ("dynamic", criteria, channels)


async def test_update(acme: Acme) -> None:
    """200; the name is required, what is not mentioned stays."""
    async with acme.client() as client:
        found = await team(client, acme, "Core", channels=[{"id": "C1", "type": "slack"}])
        one = f"{acme.base}/teams/{found['id']}/"
        refused(
            await client.patch(one, json={"channels": []}), 400, "body must have required property 'name'"
        )
        assert (await client.patch(one, json={"name": "Base"})).json() == found | {"name": "Base"}
        assert (await client.patch(one, json={"name": "Base", "channels": []})).json()["channels"] == []
        assert (await client.patch(one, json=EXAMPLE)).json()["criteria"] == []
        told = "body/criteria must be given with type dynamic for a static team"
        body = {"name": "Base", "criteria": [named("email", "contains", "@")]}
        refused(await client.patch(one, json=body), 400, told)
        refused(await client.patch(f"{acme.base}/teams/{NOTEAM}/", json={"name": "x"}), 404, missing(NOTEAM))


async def test_a_team_changes_its_type(acme: Acme) -> None:
    """A dynamic one follows its criteria; what becomes static keeps who was in it."""
    async with acme.client() as client:
        id = (await team(client, acme))["id"]
        one = f"{acme.base}/teams/{id}"
        await client.put(f"{one}/members", json=[await member_id(acme, "olga")])
        body = {"name": "Core", "type": "dynamic", "criteria": [named("firstName", "contains", "a")]}
        assert (await client.patch(one, json=body)).json()["memberCount"] == 3
        body["criteria"] = [named("firstName", "startsWith", "A"), named("email", "endsWith", "EXAMPLE.com")]
        changed = (await client.patch(one, json=body)).json()
        assert (changed["type"], changed["criteria"], changed["memberCount"]) == (
            "dynamic",
            body["criteria"],
            1,
        )
        static = (await client.patch(one, json={"name": "Core", "type": "static"})).json()
        assert (static["type"], static["criteria"], static["memberCount"]) == ("static", [], 1)
        assert await names_in(client, acme, id) == ["Adam"]
        refused(await client.patch(one, json={"name": "Core", "type": "dynamic"}), 400)


async def test_delete(acme: Acme) -> None:
    async with acme.client() as client:
        one = f"{acme.base}/teams/{(await team(client, acme))['id']}/"
        gone = await client.delete(one)
        assert (gone.status_code, gone.content) == (204, b"")
        for call in (client.get(one), client.delete(one), client.get(f"{one}members")):
            refused(await call, 404)


async def test_members(acme: Acme) -> None:
    """The list of the page's example: members as lists of members show them."""
    john = await made(acme, connectedAccounts=[{"type": "npm", "identifier": "jd", "email": "j@d.ee"}])
    async with acme.client() as client:
        one = f"{acme.base}/teams/{(await team(client, acme))['id']}"
        assert (await client.get(f"{one}/members")).json() == {"data": []}
        await client.put(f"{one}/members", json=[john["id"]])
        gone = ("organizationRoles", "favorites", "teams")
        listed = {name: value for name, value in john.items() if name not in gone}
        assert (await client.get(f"{one}/members/")).json() == {"data": [listed]}
        theirs = (await client.get(f"{acme.base}/members/{john['id']}")).json()["teams"]
        assert theirs == [{"id": one.rpartition("/")[2], "name": "Core"}]


@pytest.mark.parametrize("shape", ["list", "members", "memberIds", "objects"])
async def test_replace_members(acme: Acme, shape: str) -> None:
    """202 without a body; just these are in the team, however the list is wrapped."""
    adam, mia = await member_id(acme, "adam"), await member_id(acme, "mia@")

    def body(ids: list[str]) -> Any:
        listed: list[Any] = [{"id": each} for each in ids] if shape == "objects" else ids
        return listed if shape in ("list", "objects") else {shape: listed}

    async with acme.client() as client:
        id = (await team(client, acme))["id"]
        one = f"{acme.base}/teams/{id}/members"
        done = await client.put(one, json=body([adam, mia, adam]))
        assert (done.status_code, done.content) == (202, b"")
        assert await names_in(client, acme, id) == ["Adam", "Mia"]
        assert (await client.put(one, json=body([mia]))).status_code == 202
        assert await names_in(client, acme, id) == ["Mia"]
        assert (await client.put(one, json=body([]))).status_code == 202
        assert await names_in(client, acme, id) == []


async def test_replace_members_by_strangers_changes_nothing(acme: Acme) -> None:
    mia = await member_id(acme, "mia@")
    async with acme.stranger() as client:
        theirs = (
            await client.post(f"{acme.elsewhere.base}/members/", json={"email": "else@example.com"})
        ).json()["id"]
    async with acme.client() as client:
        query = {"includeApiKeys": "true", "search": "administrator"}
        key = (await client.get(f"{acme.base}/members", params=query)).json()["data"][0]["id"]
        id = (await team(client, acme))["id"]
        one = f"{acme.base}/teams/{id}/members"
        await client.put(one, json=[mia])
        for stranger in (NOBODY, theirs, key, "x", "", "memb_\x01"):
            told = "must be the id of a person who is a member of the organization"
            refused(await client.put(one, json=[mia, stranger]), 400, f"body/1 {told}")
            refused(await client.put(one, json={"members": [stranger]}), 400, f"body/members/0 {told}")
        refused(await client.put(one, json=["a\0"]), 400)
        refused(await client.put(one, json={}), 400, "body must have required property 'members'")
        refused(await client.put(one, json={"members": {}}), 400, "body/members must be array")
        refused(await client.put(one, json=[7]), 400, "body/0 must be string")
        refused(await client.put(one, json=["x"] * 20_001), 400)
        refused(await client.put(f"{acme.base}/teams/{NOTEAM}/members", json=[mia]), 404)
        assert await names_in(client, acme, id) == ["Mia"]


async def test_delete_member(acme: Acme) -> None:
    """200; they are in the organization as before."""
    adam, mia = await member_id(acme, "adam"), await member_id(acme, "mia@")
    async with acme.client() as client:
        id = (await team(client, acme))["id"]
        one = f"{acme.base}/teams/{id}/members"
        await client.put(one, json=[adam, mia])
        done = await client.delete(f"{one}/{mia}")
        assert (done.status_code, done.content) == (200, b"")
        assert await names_in(client, acme, id) == ["Adam"]
        refused(await client.delete(f"{one}/{mia}"), 404, missing(mia))
        refused(await client.delete(f"{one}/{NOBODY}"), 404, missing(NOBODY))
        refused(await client.delete(f"{one}/%00"), 404)
        assert (await client.get(f"{acme.base}/members/{mia}")).status_code == 200


async def test_nobody_is_put_into_a_dynamic_team_or_taken_out(acme: Acme) -> None:
    mia = await member_id(acme, "mia@")
    async with acme.client() as client:
        id = (await team(client, acme, criteria=[named("nickname", "notEquals", "mia")]))["id"]
        refused(await client.put(f"{acme.base}/teams/{id}/members", json=[mia]), 409, DYNAMIC)
        refused(await client.put(f"{acme.base}/teams/{id}/members", json=[]), 409, DYNAMIC)
        refused(await client.delete(f"{acme.base}/teams/{id}/members/{mia}"), 409, DYNAMIC)
        assert await names_in(client, acme, id) == ["Olga", "Adam"]


async def test_members_move_between_dynamic_teams_at_once(acme: Acme) -> None:
    """Whatever changes a member, by whichever API."""
    async with acme.client() as client:
        johns = (await team(client, acme, "Johns", criteria=[named("firstName", "in", "john, Jim")]))["id"]
        coders = [{"type": "account", "field": "github", "operator": "connected"}]
        coders_ = (await team(client, acme, "Coders", criteria=coders))["id"]
        kims = (await team(client, acme, "Kims", criteria=[named("email", "startsWith", "kim@")]))["id"]
        john = await made(acme, connectedAccounts=[{"type": "github", "identifier": "jd"}])
        assert await names_in(client, acme, johns) == ["John Doe"]
        assert await names_in(client, acme, coders_) == ["John Doe"]
        one = f"{acme.base}/members/{john['id']}"
        changed = (await client.patch(one, json={"firstName": "Bob"})).json()
        assert changed["teams"] == [{"id": coders_, "name": "Coders"}]
        await client.patch(one, json={"firstName": "JIM", "email": "Kim@example.com"})
        assert await names_in(client, acme, johns) == await names_in(client, acme, kims) == ["JIM Doe"]
        acme.db.write_now(identity.accounts.disconnect, acme.by, john["id"], "github", "jd")
        assert await names_in(client, acme, coders_) == []
        account = identity.Account("github", "jd2")
        acme.db.write_now(identity.accounts.connect, acme.by, john["id"], account)
        assert await names_in(client, acme, coders_) == ["JIM Doe"]
        # As the command line and the other APIs take people in; the address is now that of somebody who has it.
        acme.person("Kim", "member")
        assert await names_in(client, acme, kims) == ["Kim"]
        assert (await client.get(one)).json()["email"] == "john@example.com"
        await client.delete(one)
        assert await names_in(client, acme, johns) == await names_in(client, acme, coders_) == []


async def test_who_may(acme: Acme) -> None:
    async with acme.client() as client:
        id = (await team(client, acme))["id"]
    one, base = f"{acme.base}/teams/{id}", f"{acme.base}/teams"
    async with acme.client(of=acme.member) as client:
        assert (await client.get(base)).json()["data"][0]["id"] == id
        assert (await client.get(f"{one}/members")).status_code == 200
        for call, action in (
            (client.post(base, json={"name": "x"}), "create"), (client.patch(one, json={"name": "x"}), "update"),
            (client.delete(one), "delete"), (client.put(f"{one}/members", json=[]), "update"),
            (client.delete(f"{one}/members/{NOBODY}"), "update"),
        ):  # fmt: skip
            refused(await call, 403, f"You do not have permission to {action} teams")
    async with acme.stranger() as client:
        for here in (one, f"{acme.elsewhere.base}/teams/{id}"):
            refused(await client.get(here), 404)
            refused(await client.get(f"{here}/members"), 404)
            refused(await client.patch(here, json={"name": "x"}), 404)
            refused(await client.put(f"{here}/members", json=[]), 404)
            refused(await client.delete(here), 404)
    async with acme.client("") as client:
        refused(await client.get(one), 401)


async def test_the_admin_of_a_team_looks_after_that_team_alone(acme: Acme) -> None:
    mia = await member_id(acme, "mia@")
    async with acme.client() as client:
        own, other = (await team(client, acme, "Own"))["id"], (await team(client, acme, "Other"))["id"]
        body = {"entity": {"id": own}, "assignment": {"id": mia}, "roles": ["TeamAdmin"]}
        assert (await client.post(f"{acme.base}/access/", json=body)).status_code == 201
    async with acme.client(of=acme.member) as client:
        assert (await client.put(f"{acme.base}/teams/{own}/members", json=[mia])).status_code == 202
        refused(await client.put(f"{acme.base}/teams/{other}/members", json=[mia]), 403)
        refused(await client.post(f"{acme.base}/teams/", json={"name": "x"}), 403)
        assert (await client.delete(f"{acme.base}/teams/{own}")).status_code == 204


async def test_being_in_a_team_counts_at_once(acme: Acme) -> None:
    """What a team may do its members may, from the next request on, and no longer than they are in it."""
    mia = await member_id(acme, "mia@")
    async with acme.client() as client, acme.client(of=acme.member) as as_mia:
        id = (await team(client, acme))["id"]
        body = {"entity": {"id": acme.id}, "assignment": {"id": id}, "roles": ["OrganizationAdmin"]}
        assert (await client.post(f"{acme.base}/access/", json=body)).status_code == 201
        nobody: list[str] = []
        for ids, status in ((nobody, 403), ([mia], 201), (nobody, 403)):
            await client.put(f"{acme.base}/teams/{id}/members", json=ids)
            answer = await as_mia.post(f"{acme.base}/teams/", json={"name": "By Mia"})
            assert answer.status_code == status
        change = {"name": "Core", "type": "dynamic", "criteria": [named("firstName", "equals", "mia")]}
        await client.patch(f"{acme.base}/teams/{id}", json=change)
        assert (await as_mia.post(f"{acme.base}/teams/", json={"name": "Again"})).status_code == 201
        await client.delete(f"{acme.base}/teams/{id}")
        refused(await as_mia.post(f"{acme.base}/teams/", json={"name": "No more"}), 403)
