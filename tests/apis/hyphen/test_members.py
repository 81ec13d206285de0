"""/api/organizations/{organizationId}/members/, as the vendor's pages describe it."""

import asyncio
from typing import Any

import pytest

from hyway.domain import identity
from hyway.domain.identity.store.tables import MEMBERSHIPS
from hyway.kernel.db import Database, Read, Write
from tests.apis.hyphen.conftest import Acme, refused

JOHN = {"firstName": "John", "lastName": "Doe", "email": "john@example.com"}
ACCOUNTS = [
    {
        "type": "github",
        "identifier": "hyphenated-username",
        "profileUrl": "https://github.com/hyphenated-username",
    },
    {"type": "npm", "identifier": "npm-username", "email": "john@example.com"},
    {"type": "newRelic", "identifier": "newrelic-userid", "email": "john@example.com"},
    {"type": "incidentIo", "identifier": "incident-io-userid", "email": "john@example.com"},
]
NOBODY = "memb_" + "0" * 24


def missing(id: str) -> str:
    return f"Resource with id '{id}' not found or you do not have permission to access it."


async def made(acme: Acme, **body: Any) -> dict[str, Any]:
    async with acme.client() as client:
        answer = await client.post(f"{acme.base}/members/", json=JOHN | body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def member_id(acme: Acme, name: str) -> str:
    async with acme.client() as client:
        found = (await client.get(f"{acme.base}/members/", params={"search": name})).json()["data"]
    assert len(found) == 1
    return str(found[0]["id"])


async def test_create(acme: Acme) -> None:
    """201 with the member: what the page's example shows, and the empty lists of somebody new."""
    made_ = await made(acme, connectedAccounts=ACCOUNTS)
    assert made_ == {
        "id": made_["id"],
        "firstName": "John",
        "lastName": "Doe",
        "nickname": "John Doe",
        "email": "john@example.com",
        "organization": {"id": acme.id, "name": "Acme"},
        "connectedAccounts": ACCOUNTS,
        "organizationRoles": ["OrganizationMember"],
        "favorites": [],
        "teams": [],
    }
    assert made_["id"].startswith("memb_")
    assert len(made_["id"]) == len(NOBODY)


async def test_as_the_command_line_sends_it(acme: Acme) -> None:
    """It sends an empty id, and empty names where it knows none."""
    bare = await made(acme, id="", firstName="", lastName="")
    assert bare["nickname"] == "john"
    assert "firstName" not in bare
    assert "lastName" not in bare


async def test_list(acme: Acme) -> None:
    """The keys of the page's example in its list, and no others."""
    john = await made(acme, connectedAccounts=ACCOUNTS)
    async with acme.client() as client:
        answer = await client.get(f"{acme.base}/members/")
    found = answer.json()
    assert (found["total"], found["pageNum"], found["pageSize"]) == (4, 1, 100)
    assert [each["nickname"] for each in found["data"]] == ["Olga", "Adam", "Mia", "John Doe"]
    gone = ("organizationRoles", "favorites", "teams")
    assert found["data"][3] == {name: value for name, value in john.items() if name not in gone}


async def test_list_says_roles_where_asked(acme: Acme) -> None:
    async with acme.client() as client:
        found = (await client.get(f"{acme.base}/members/?includeOrganizationRoles=true")).json()["data"]
    assert [each["organizationRoles"] for each in found] == [
        ["OrganizationAdmin"], ["OrganizationAdmin"], ["OrganizationMember"],
    ]  # fmt: skip


async def test_api_keys_are_listed_where_asked(acme: Acme) -> None:
    query = {"includeApiKeys": "true", "includeOrganizationRoles": "true", "pageSize": "3", "pageNum": "2"}
    async with acme.client() as client:
        found = (await client.get(f"{acme.base}/members", params=query)).json()
        assert found["total"] == 4
        (key,) = found["data"]
        assert key == {
            "id": key["id"],
            "firstName": "The administrator's",
            "nickname": "The administrator's",
            "organization": {"id": acme.id, "name": "Acme"},
            "connectedAccounts": [],
            "organizationRoles": ["OrganizationAdmin"],
        }
        query = {"includeApiKeys": "true", "search": "ADMINIS"}
        assert (await client.get(f"{acme.base}/members", params=query)).json()["data"][0]["id"] == key["id"]


async def test_an_api_key_is_found_and_left_alone(acme: Acme) -> None:
    async with acme.client() as client:
        query = {"includeApiKeys": "true", "search": "administrator"}
        (key,) = (await client.get(f"{acme.base}/members", params=query)).json()["data"]
        one = f"{acme.base}/members/{key['id']}"
        found = (await client.get(one)).json()
        assert (found["nickname"], found["favorites"], found["teams"]) == ("The administrator's", [], [])
        told = "This member is an API key, which is changed and removed as an API key alone"
        refused(await client.patch(one, json={"firstName": "x"}), 409, told)
        refused(await client.delete(one), 409, told)
        refused(await client.post(f"{one}/favorites", json={"id": NOBODY}), 409, told)


@pytest.mark.parametrize(
    ("search", "names"),
    [
        ("john", ["John Doe", "100%_Jürgen"]), ("JOHN DOE", ["John Doe"]), ("n d", ["John Doe"]),
        ("jürgen", ["100%_Jürgen"]), ("JÜRGEN", ["100%_Jürgen"]), ("%", ["100%_Jürgen"]), ("_", ["100%_Jürgen"]),
        ("n@example", ["John Doe"]), ("nobody", []), ("\\", []),
    ],
)  # fmt: skip
async def test_search(acme: Acme, search: str, names: list[str]) -> None:
    """By name or address, without regard to case; nothing in it stands for anything."""
    await made(acme)
    await made(acme, firstName="100%_Jürgen", lastName="", email="johnny+x@example.org")
    async with acme.client() as client:
        found = (await client.get(f"{acme.base}/members/", params={"search": search})).json()
    assert [each["nickname"] for each in found["data"]] == names
    assert found["total"] == len(names)


async def test_paging(acme: Acme) -> None:
    async with acme.client() as client:
        second = (await client.get(f"{acme.base}/members/?pageNum=2&pageSize=2")).json()
        assert (second["total"], second["pageNum"], second["pageSize"]) == (3, 2, 2)
        assert [each["nickname"] for each in second["data"]] == ["Mia"]
        past = await client.get(f"{acme.base}/members/?pageNum=9&pageSize=2")
        assert (past.status_code, past.json()["data"]) == (200, [])
        refused(await client.get(f"{acme.base}/members/?pageNum=0"), 400, "querystring/pageNum must be >= 1")
        refused(
            await client.get(f"{acme.base}/members/?pageSize=0"), 400, "querystring/pageSize must be >= 1"
        )
        refused(await client.get(f"{acme.base}/members/?pageSize=201"), 400)
        assert (await client.get(f"{acme.base}/members/?pageSize=200")).status_code == 200


async def test_get(acme: Acme) -> None:
    john = await made(acme)
    async with acme.client() as client:
        found = (await client.get(f"{acme.base}/members/{john['id']}/")).json()
        assert found == {name: value for name, value in john.items() if name != "organizationRoles"}
        asked = await client.get(f"{acme.base}/members/{john['id']}?includeOrganizationRoles=true")
        assert asked.json() == john
        for id in (NOBODY, "memb_x", "x" * 3000, "memb_%00", "MEMB_" + "0" * 24):
            refused(await client.get(f"{acme.base}/members/{id}"), 404)
        refused(await client.get(f"{acme.base}/members/{NOBODY}"), 404, missing(NOBODY))


async def test_update(acme: Acme) -> None:
    """200 with the member; what is not mentioned stays, what is empty is as the member says."""
    mia = await member_id(acme, "mia@")
    async with acme.client() as client:
        one = f"{acme.base}/members/{mia}/"
        changed = (await client.patch(one, json={"firstName": "Maria"})).json()
        assert (changed["firstName"], changed["nickname"], changed["email"]) == (
            "Maria", "Maria", "mia@example.com",
        )  # fmt: skip
        more = {"lastName": "Ray", "email": "Maria.Ray@Example.com", "memberCount": 3}
        changed = (await client.patch(one, json=more)).json()
        assert (changed["nickname"], changed["email"]) == ("Maria Ray", "maria.ray@example.com")
        assert await member_id(acme, "maria.ray") == mia
        back = (await client.patch(one, json={"firstName": "", "lastName": None, "email": ""})).json()
        assert (back["firstName"], back["nickname"], back["email"]) == ("Mia", "Mia", "mia@example.com")
        assert "lastName" not in back
        refused(await client.patch(f"{acme.base}/members/{NOBODY}/", json={}), 404, missing(NOBODY))


async def test_what_somebody_calls_themselves_is_nobody_elses_to_change(acme: Acme, db: Database) -> None:
    mia = await member_id(acme, "mia@")
    async with acme.client() as client:
        body = {"firstName": "Eve", "email": "eve@example.com"}
        assert (await client.patch(f"{acme.base}/members/{mia}", json=body)).status_code == 200
    (own,) = db.read_now(identity.named, [acme.member.seq]).values()
    assert (own.name, own.email) == ("Mia", "mia@example.com")


async def test_what_one_organization_calls_somebody_another_does_not_learn(acme: Acme) -> None:
    await made(acme, firstName="Secret", lastName="Name")
    async with acme.stranger() as client:
        there = await client.post(f"{acme.elsewhere.base}/members/", json={"email": JOHN["email"]})
    assert there.status_code == 201
    assert "Secret" not in there.text
    assert there.json()["nickname"] == "john"


async def test_an_address_is_one_members(acme: Acme) -> None:
    """409 for an address that a member goes by, or would."""
    told = "A member with this email exists already"
    john, mia = await made(acme), await member_id(acme, "mia@")
    async with acme.client() as client:
        for email in ("john@example.com", "JOHN@example.com", "mia@example.com"):
            refused(await client.post(f"{acme.base}/members/", json={"email": email}), 409, told)
        one = f"{acme.base}/members/{mia}"
        refused(await client.patch(one, json={"email": "john@example.com"}), 409, told)
        assert (await client.patch(one, json={"email": "mm@example.com"})).status_code == 200
        refused(await client.post(f"{acme.base}/members/", json={"email": "mm@example.com"}), 409, told)
        # Her own is kept for her.
        other = f"{acme.base}/members/{john['id']}"
        refused(await client.patch(other, json={"email": "mia@example.com"}), 409, told)
        assert (await client.patch(other, json={"email": "john@example.com"})).status_code == 200
    assert await member_id(acme, "mm@example.com") == mia


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, "body must have required property 'email'"),
        ({"email": None}, "body/email must be string"),
        ({"email": ""}, 'body/email must match format "email"'),
        ({"email": "john"}, 'body/email must match format "email"'),
        ({"email": "a\0b@example.com"}, None),
        ({"email": "a..b@example.com"}, 'body/email must match format "email"'),
        (JOHN | {"firstName": 7}, "body/firstName must be string"),
        (JOHN | {"firstName": "x" * 101}, "body/firstName must NOT have more than 100 characters"),
        (JOHN | {"lastName": "x" * 101}, "body/lastName must NOT have more than 100 characters"),
        (JOHN | {"firstName": "a\0"}, None),
        (JOHN | {"lastName": "a\nb"}, "body/lastName must NOT contain control characters"),
        (JOHN | {"connectedAccounts": {}}, "body/connectedAccounts must be array"),
        (JOHN | {"connectedAccounts": [{}]}, "body/connectedAccounts/0 must have required property 'type'"),
        (
            JOHN | {"connectedAccounts": [{"type": "myspace", "identifier": "x"}]},
            "body/connectedAccounts/0/type must be equal to one of the allowed values",
        ),
        (
            JOHN | {"connectedAccounts": [{"type": "npm", "identifier": " "}]},
            "body/connectedAccounts/0/identifier must NOT have fewer than 1 characters",
        ),
        (
            JOHN | {"connectedAccounts": [{"type": "npm", "identifier": "x" * 256}]},
            "body/connectedAccounts/0/identifier must NOT have more than 255 characters",
        ),
        (
            JOHN | {"connectedAccounts": [{"type": "github", "identifier": "x", "profileUrl": "javascript:1"}]},
            'body/connectedAccounts/0/profileUrl must match format "uri"',
        ),
        (
            JOHN | {"connectedAccounts": [ACCOUNTS[1], ACCOUNTS[1]]},
            "body/connectedAccounts must NOT have duplicate items",
        ),
        (
            JOHN | {"connectedAccounts": [{"type": "npm", "identifier": str(n)} for n in range(51)]},
            "body/connectedAccounts must NOT have more than 50 items",
        ),
    ],
)  # fmt: skip
async def test_bad_bodies_change_nothing(acme: Acme, body: dict[str, Any], told: str | None) -> None:
    async with acme.client() as client:
        refused(await client.post(f"{acme.base}/members/", json=body), 400, told)
        assert (await client.get(f"{acme.base}/members/")).json()["total"] == 3


async def test_the_longest_that_may_be(acme: Acme) -> None:
    accounts = [{"type": "npm", "identifier": f"{n:0>255}"} for n in range(50)]
    long = await made(acme, firstName="x" * 100, lastName="y" * 100, connectedAccounts=accounts)
    assert len(long["connectedAccounts"]) == 50
    assert long["connectedAccounts"][49] == {"type": "npm", "identifier": f"{49:0>255}"}
    async with acme.client() as client:
        assert (await client.get(f"{acme.base}/members/?search={'x' * 255}")).status_code == 200
        refused(await client.get(f"{acme.base}/members/?search={'x' * 256}"), 400)
        refused(await client.get(f"{acme.base}/members/?search=%00"), 400)


async def test_delete(acme: Acme) -> None:
    """204; they belong no more, and may come again."""
    john = await made(acme, connectedAccounts=ACCOUNTS)
    async with acme.client() as client:
        team = (await client.post(f"{acme.base}/teams/", json={"name": "Core"})).json()["id"]
        await client.put(f"{acme.base}/teams/{team}/members", json=[john["id"]])
        await client.post(f"{acme.base}/members/{john['id']}/favorites", json={"id": team})
        gone = await client.delete(f"{acme.base}/members/{john['id']}/")
        assert (gone.status_code, gone.content) == (204, b"")
        refused(await client.get(f"{acme.base}/members/{john['id']}"), 404)
        refused(await client.delete(f"{acme.base}/members/{john['id']}"), 404)
        assert (await client.get(f"{acme.base}/teams/{team}")).json()["memberCount"] == 0
    again = await made(acme)
    assert again["id"] != john["id"]
    assert again["connectedAccounts"] == []


async def test_owners_and_the_last_administrator_stay(acme: Acme) -> None:
    async with acme.client() as client:
        owner, admin = await member_id(acme, "olga"), await member_id(acme, "adam")
        told = "Organization owner cannot be removed."
        refused(await client.delete(f"{acme.base}/members/{owner}"), 409, told)
        assert (await client.delete(f"{acme.base}/members/{admin}")).status_code == 204
        refused(await client.delete(f"{acme.base}/members/{owner}"), 409, told)


async def test_who_may(acme: Acme) -> None:
    john, mia = await made(acme), await member_id(acme, "mia@")
    one = f"{acme.base}/members/{john['id']}"
    async with acme.client(of=acme.member) as client:
        assert (await client.get(one)).status_code == 200
        told = "You do not have permission to {} members"
        refused(
            await client.post(f"{acme.base}/members", json={"email": "x@y.zz"}), 403, told.format("create")
        )
        refused(await client.patch(one, json={}), 403, told.format("update"))
        refused(await client.delete(one), 403, told.format("delete"))
        refused(await client.patch(f"{acme.base}/members/{mia}", json={}), 403)
        refused(await client.delete(f"{acme.base}/members/{mia}"), 403)
    async with acme.client("") as client:
        refused(await client.get(one), 401)
    async with acme.stranger() as client:
        refused(await client.get(one), 404)
        refused(await client.post(f"{acme.base}/members", json=JOHN), 404)
        # In an organization of one's own, the id of another's member is nobody's.
        own = f"{acme.elsewhere.base}/members/{john['id']}"
        refused(await client.get(own), 404)
        refused(await client.patch(own, json={"firstName": "x"}), 404)
        refused(await client.delete(own), 404)


async def test_the_same_address_at_once(acme: Acme) -> None:
    """Whoever is first makes the member; the others learn that there is one."""
    async with acme.client() as client:
        calls = [client.post(f"{acme.base}/members/", json=JOHN) for _ in range(6)]
        statuses = [answer.status_code for answer in await asyncio.gather(*calls)]
    assert sorted(statuses) == [201] + [409] * 5
    async with acme.client() as client:
        assert (await client.get(f"{acme.base}/members/?search=john")).json()["total"] == 1


async def test_two_organizations_make_the_same_person_at_once(acme: Acme) -> None:
    async with acme.client() as here, acme.stranger() as there:
        answers = await asyncio.gather(
            here.post(f"{acme.base}/members/", json=JOHN),
            there.post(f"{acme.elsewhere.base}/members/", json=JOHN),
        )
    assert [each.status_code for each in answers] == [201, 201]


async def test_two_administrators_removed_at_once(acme: Acme, db: Database) -> None:
    """Nobody owns this organization: one of the two has to stay."""
    admins = [await member_id(acme, "olga"), await member_id(acme, "adam")]

    def demote(w: Write) -> None:
        w.run(MEMBERSHIPS.update().where(MEMBERSHIPS.c.role == "owner").values(role="admin"))

    db.write_now(demote)
    async with acme.client() as client:
        calls = [client.delete(f"{acme.base}/members/{id}") for id in admins]
        statuses = sorted(answer.status_code for answer in await asyncio.gather(*calls))
    assert statuses == [204, 409]

    def left(r: Read) -> list[str]:
        return [each.name for each in identity.members.admins(r, acme.organization.seq)]

    assert len(db.read_now(left)) == 1
