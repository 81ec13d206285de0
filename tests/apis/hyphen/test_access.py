"""/api/organizations/{organizationId}/access/: the filters are the vendor's, the shape follows from them."""

import re
from typing import Any

import httpx
import pytest

from hyway.domain import identity
from hyway.kernel import ids
from tests.apis.hyphen.conftest import Acme, refused

ALLOWED = "must be equal to one of the allowed values"


class Play:
    """Acme with a project, its app, and calls to its access."""

    def __init__(self, acme: Acme) -> None:
        self.acme = acme
        self.project, self.app = ids.prefixed("proj"), ids.prefixed("app")
        acme.db.write_now(identity.things.put, acme.by, self.project, "Project", "Shop")
        acme.db.write_now(identity.things.put, acme.by, self.app, "App", "Web", self.project)
        self.mia = acme.inside(acme.member).member
        self.path = f"{acme.base}/access/"

    async def call(self, method: str, path: str = "", json: Any = None, **who: Any) -> httpx.Response:
        async with self.acme.client(**who) as client:
            return await client.request(method, self.path + path, json=json)

    async def give(self, entity: str, holder: str, *roles: str, **who: Any) -> httpx.Response:
        sent = {"entity": {"id": entity}, "assignment": {"id": holder}, "roles": roles}
        return await self.call("POST", json=sent, **who)

    async def listed(self, query: str = "", **who: Any) -> list[dict[str, Any]]:
        answer = await self.call("GET", f"?{query}", **who)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["data"]
        return found


@pytest.fixture
def play(acme: Acme) -> Play:
    return Play(acme)


async def test_roles_are_given_shown_replaced_and_taken(play: Play) -> None:
    answer = await play.give(play.project, play.mia, "ProjectReader")
    assert answer.status_code == 201
    made = answer.json()
    assert re.fullmatch("accs_[0-9a-f]{24}", made["id"])
    assert made == {
        "id": made["id"],
        "entity": {"type": "Project", "id": play.project, "name": "Shop"},
        "assignment": {"type": "Member", "id": play.mia, "name": "Mia"},
        "roles": ["ProjectReader"],
        "organization": {"id": play.acme.id, "name": "Acme"},
    }
    one = f"{made['id']}/"
    assert (await play.call("GET", one)).json() == made
    assert (await play.call("GET", made["id"])).json() == made
    changed = await play.call("PATCH", one, {"roles": ["ProjectReader", "ProjectAdmin"]})
    assert changed.status_code == 200
    assert changed.json() == {**made, "roles": ["ProjectAdmin", "ProjectReader"]}
    single = await play.call("PATCH", one, {"roles": "ProjectContributor"})
    assert single.json()["roles"] == ["ProjectContributor"]
    gone = await play.call("DELETE", one)
    assert (gone.status_code, gone.content) == (204, b"")
    for method, body in (("GET", None), ("PATCH", {"roles": ["ProjectReader"]}), ("DELETE", None)):
        refused(
            await play.call(method, one, body), 404,
            f"Resource with id '{made['id']}' not found or you do not have permission to access it.",
        )  # fmt: skip


async def test_lists_have_pages_filters_and_an_order(play: Play) -> None:
    key = await play.call("GET")
    assert list(key.json()) == ["total", "pageNum", "pageSize", "data"]
    await play.give(play.project, play.mia, "ProjectReader")
    await play.give(play.app, play.mia, "ProjectAdmin")
    every = await play.listed()
    assert [(each["entity"]["name"], each["assignment"]["type"]) for each in every] == [
        ("Acme", "ApiKey"), ("Acme", "Member"), ("Acme", "Member"), ("Acme", "Member"),
        ("Shop", "Member"), ("Web", "Member"),
    ]  # fmt: skip
    assert [each["id"] for each in await play.listed("pageNum=2&pageSize=4")] == [
        each["id"] for each in every[4:]
    ]
    assert await play.listed(f"assignmentIds={play.mia}") == every[3:]
    assert await play.listed(f"entityIds={play.project}&entityIds={play.app}") == every[4:]
    assert (
        await play.listed(f"entityIds={play.project},{play.acme.id}&assignmentIds={play.mia}") == every[3:5]
    )
    assert await play.listed("entityIds=proj_nobody") == await play.listed("entityIds=nobody") == []
    past = await play.call("GET", f"?entityIds={play.app}&pageNum=2")
    assert past.json() == {"total": 1, "pageNum": 2, "pageSize": 100, "data": []}


async def test_a_project_and_its_app_are_found_by_their_alternate_id(acme: Acme, play: Play) -> None:
    async with acme.client() as client:
        made = await client.post(f"{acme.base}/projects/", json={"alternateId": "till", "name": "Till"})
        project = made.json()["id"]
        apps = f"{acme.base}/projects/{project}/apps/"
        app = (await client.post(apps, json={"alternateId": "kiosk", "name": "Kiosk"})).json()["id"]
    for entity in (project, app):
        assert (await play.give(entity, play.mia, "ProjectReader")).status_code == 201
    found = await play.listed("entityIds=till,kiosk")
    assert [each["entity"]["id"] for each in found] == [project, app]
    assert await play.listed("entityIds=kiosk") == found[1:]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (None, "body must have required property 'entity'"),
        ([], "body must be object"),
        ({}, "body must have required property 'entity'"),
        ({"entity": {"id": "e"}}, "body must have required property 'assignment'"),
        ({"entity": {}, "assignment": {"id": "a"}, "roles": ["ProjectReader"]},
         "body/entity must have required property 'id'"),
        ({"entity": {"id": ""}, "assignment": {"id": "a"}, "roles": ["ProjectReader"]},
         "body/entity/id must NOT have fewer than 1 characters"),
        ({"entity": {"id": "e"}, "assignment": {"id": 7}, "roles": ["ProjectReader"]},
         "body/assignment/id must be string"),
        ({"entity": {"id": "e"}, "assignment": {"id": "a"}}, "body must have required property 'roles'"),
        ({"entity": {"id": "e"}, "assignment": {"id": "a"}, "roles": []},
         "body/roles must NOT have fewer than 1 items"),
        ({"entity": {"id": "e"}, "assignment": {"id": "a"}, "roles": ["ProjectReader", 1]},
         "body/roles/1 must be string"),
    ],
    ids=str,
)  # fmt: skip
async def test_what_is_sent_has_a_shape(play: Play, body: Any, message: str) -> None:
    refused(await play.call("POST", json=body), 400, message)


async def test_roles_fit_their_entity(play: Play) -> None:
    refused(await play.give(play.project, play.mia, "TeamAdmin"), 400, f"body/roles/0 {ALLOWED}")
    refused(await play.give(play.acme.id, play.mia, "ProjectReader"), 400, f"body/roles/0 {ALLOWED}")
    made = (await play.give(play.app, play.mia, "ProjectReader")).json()["id"]
    for roles, message in (
        (["ProjectReader", "Nobody"], f"body/roles/1 {ALLOWED}"),
        ([], "body/roles must match exactly one schema in oneOf"),
        ("", f"body/roles/0 {ALLOWED}"),
        (7, "body/roles must match exactly one schema in oneOf"),
    ):
        refused(await play.call("PATCH", made, {"roles": roles}), 400, message)
    assert (await play.call("GET", made)).json()["roles"] == ["ProjectReader"]


async def test_there_is_one_access_for_a_pair_of_things_that_there_are(play: Play) -> None:
    await play.give(play.project, play.mia, "ProjectReader")
    refused(
        await play.give(play.project, play.mia, "ProjectAdmin"), 409,
        "Access for this entity and assignment exists already",
    )  # fmt: skip
    theirs = play.acme.elsewhere
    async with play.acme.stranger() as client:
        (their_key,) = (await client.get(f"{theirs.base}/access/")).json()["data"]
    for entity, holder in (
        (ids.prefixed("proj"), play.mia),
        (theirs.id, play.mia),
        (play.project, ids.prefixed("memb")),
        (play.project, their_key["assignment"]["id"]),
    ):
        refused(await play.give(entity, holder, "ProjectReader"), 404)
    for method, body in (("GET", None), ("PATCH", {"roles": ["OrganizationMember"]}), ("DELETE", None)):
        refused(await play.call(method, their_key["id"], body), 404)


async def test_the_owner_and_the_last_admin_stay(acme: Acme, play: Play) -> None:
    found = await play.listed(f"entityIds={acme.id}")
    own = {each["assignment"]["name"]: each["id"] for each in found}
    refused(
        await play.call("PATCH", own["Olga"], {"roles": ["OrganizationMember"]}), 409,
        "The owner of an organization stays an OrganizationAdmin",
    )  # fmt: skip
    refused(await play.call("DELETE", own["Olga"]), 409)
    assert (await play.call("PATCH", own["Adam"], {"roles": ["OrganizationMember"]})).status_code == 200
    assert [each["id"] for each in await play.listed(f"entityIds={acme.id}")] == [
        each["id"] for each in found
    ]


async def test_without_an_owner_the_last_admin_stays(acme: Acme) -> None:
    base = acme.elsewhere.base
    bob = acme.elsewhere.person("Bob", "admin")
    async with acme.elsewhere.client(of=bob) as client:
        (_, own) = (await client.get(f"{base}/access/")).json()["data"]
        answer = await client.delete(f"{base}/access/{own['id']}/")
        refused(answer, 409, "The last OrganizationAdmin of an organization cannot go")
        answer = await client.patch(f"{base}/access/{own['id']}/", json={"roles": "OrganizationBilling"})
        refused(answer, 409, "The last OrganizationAdmin of an organization cannot go")


async def test_nobody_gives_more_than_they_have(acme: Acme, play: Play) -> None:
    pam = acme.person("Pam", "member")
    await play.give(play.project, acme.inside(pam).member, "ProjectAdmin")
    assert (await play.give(play.app, play.mia, "ProjectAdmin", of=pam)).status_code == 201
    refused(
        await play.give(acme.id, acme.inside(pam).member, "OrganizationAdmin", of=pam), 403,
        "You do not have permission to create access",
    )  # fmt: skip
    assert [each["entity"]["name"] for each in await play.listed(of=pam)] == ["Shop", "Web"]
    refused(await play.call("GET", of=acme.person("Sam", "member")), 403)
    refused(await play.call("GET", key=""), 401)
    refused(await play.call("GET", key=acme.elsewhere.key), 404)


async def test_what_is_given_counts_for_the_very_next_request(acme: Acme, play: Play) -> None:
    refused(await play.call("GET", of=acme.member), 403)
    made = (await play.give(play.project, play.mia, "ProjectAdmin")).json()["id"]
    assert len(await play.listed(of=acme.member)) == 1
    await play.call("DELETE", made)
    refused(await play.call("GET", of=acme.member), 403)


async def test_a_nul_anywhere_is_an_unknown_id_or_a_bad_request(play: Play) -> None:
    assert (await play.call("GET", "accs_%00")).status_code in (400, 404)
    assert (await play.call("GET", "?entityIds=a%00b")).status_code == 400
    assert (await play.give("proj_\x00", play.mia, "ProjectReader")).status_code == 400


async def test_ids_are_looked_for_together_and_alternate_ids_as_far_as_they_are_few(acme: Acme):
    async with acme.client() as client:
        many = ",".join(f"proj_{n:024x}" for n in range(900))
        assert (await client.get(f"{acme.base}/access/?entityIds={many}")).json()["total"] == 0
        names = [f"shop-{n}" for n in range(51)]
        few = await client.get(f"{acme.base}/access/?entityIds={','.join(names[:50])}")
        assert few.json()["total"] == 0
        answer = await client.get(f"{acme.base}/access/?entityIds={','.join(names)}")
        refused(answer, 400, "querystring/entityIds must NOT have more than 50 alternate ids")
