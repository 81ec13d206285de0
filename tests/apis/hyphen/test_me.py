"""/api/me/ and /api/execution-context/: as whom a caller is seen."""

import time

from hyway.domain import identity
from tests.apis.hyphen.conftest import ADDRESS, Acme, refused

ME = {
    "isImpersonating",
    "isHyphenInternal",
    "decodedIdToken",
    "accessTokenExpiresIn",
    "accessTokenExpiresAt",
    "decodedToken",
    "memberships",
}
ABOUT = {"email_verified", "name", "preferred_username", "given_name", "family_name", "email"}


async def test_a_person_is_told_what_their_token_says_and_where_they_belong(acme: Acme) -> None:
    async with acme.client(of=acme.owner) as client:
        answer = await client.get("/api/me/")
    assert answer.status_code == 200
    me = answer.json()
    assert me.keys() == ME
    assert (me["isImpersonating"], me["isHyphenInternal"]) == (False, False)
    assert me["decodedIdToken"].keys() == ABOUT
    assert me["decodedToken"].keys() == ABOUT | {"exp", "iat", "iss", "aud", "sub", "scope"}
    assert me["decodedToken"]["sub"] == acme.owner.wire_id
    assert me["decodedIdToken"]["email"] == acme.owner.email
    # Milliseconds, of an hour that has just begun.
    assert 3_500_000 < me["accessTokenExpiresIn"] <= 3_600_000
    assert abs(me["accessTokenExpiresAt"] / 1000 - time.time() - 3600) < 60
    assert me["decodedToken"]["exp"] == me["accessTokenExpiresAt"] // 1000
    (own,) = me["memberships"]
    assert own["organization"] == {"id": acme.id, "name": "Acme", "isOrganizationAdmin": True}
    assert own["organizationRoles"] == ["OrganizationAdmin"]
    assert (own["nickname"], own["email"]) == ("Olga", acme.owner.email)
    assert (own["teams"], own["favorites"], own["resources"], own["connectedAccounts"]) == ([], [], [], [])


async def test_memberships_name_teams_favorites_and_what_there_are_roles_on(acme: Acme) -> None:
    async with acme.client() as client:
        team = (await client.post(f"{acme.base}/teams/", json={"name": "Core"})).json()
        member = acme.inside(acme.member).member
        assert (await client.put(f"{acme.base}/teams/{team['id']}/members", json=[member])).status_code == 202
    async with acme.client(of=acme.member) as client:
        made = await client.post(f"{acme.base}/projects/", json={"alternateId": "shop", "name": "Shop"})
        shop = made.json()["id"]
        added = await client.post(f"{acme.base}/members/{member}/favorites", json={"id": shop})
        assert added.status_code == 201
        (own,) = (await client.get("/api/me")).json()["memberships"]
    assert own["organization"]["isOrganizationAdmin"] is False
    assert own["organizationRoles"] == ["OrganizationMember"]
    assert own["teams"] == [{"id": team["id"], "name": "Core"}]
    assert own["resources"] == [{"id": shop, "type": "Project", "name": "Shop", "roles": ["ProjectAdmin"]}]
    assert own["favorites"] == [{"id": shop, "type": "Project", "name": "Shop", "index": 0}]


async def test_a_person_of_several_organizations_has_a_membership_in_each(acme: Acme) -> None:
    acme.db.write_now(identity.join, acme.elsewhere.by, acme.member, "admin")
    async with acme.client(of=acme.member) as client:
        me = (await client.get("/api/me/")).json()
        context = (await client.get("/api/execution-context/")).json()
    seen = {
        each["organization"]["name"]: each["organization"]["isOrganizationAdmin"]
        for each in me["memberships"]
    }
    assert seen == {"Acme": False, "Elsewhere": True}
    assert "member" not in context
    assert "organization" not in context


async def test_a_key_has_no_token_but_is_a_member(acme: Acme) -> None:
    async with acme.client() as client:
        me = (await client.get("/api/me/")).json()
    assert me.keys() == {"isImpersonating", "isHyphenInternal", "memberships"}
    (own,) = me["memberships"]
    assert own["organization"] == {"id": acme.id, "name": "Acme", "isOrganizationAdmin": True}
    assert own["id"].startswith("memb_")


async def test_the_command_line_finds_the_organization_of_a_key(acme: Acme) -> None:
    async with acme.client() as client:
        found = (await client.get("/api/execution-context/")).json()
    member = found["member"]
    assert member["organization"] == found["organization"] == {"id": acme.id, "name": "Acme"}
    assert (member["name"], member["email"]) == ("The administrator's", "")
    assert found["user"]["type"] == "apiKey"
    assert found["ipAddress"] == ADDRESS
    assert "location" not in found  # an address for documentation is nowhere
    assert {"action": "manage", "subject": "App", "conditions": {"organization.id": acme.id}} in member[
        "rules"
    ]


async def test_rules_are_single_words_with_conditions_of_texts(acme: Acme) -> None:
    async with acme.client(of=acme.member) as client:
        made = await client.post(f"{acme.base}/projects/", json={"alternateId": "shop", "name": "Shop"})
        shop = made.json()["id"]
        found = (await client.get(f"/api/execution-context?organizationId={acme.id}")).json()
    assert found["user"] == {
        "id": acme.member.wire_id,
        "name": "Mia",
        "type": "user",
        "rules": [{"action": "create", "subject": "Organization"}],
    }
    assert len(set(found["request"].values())) == 1
    rules = found["member"]["rules"]
    assert all(isinstance(each[word], str) for each in rules for word in ("action", "subject"))
    assert all(isinstance(said, str) for each in rules for said in each["conditions"].values())
    here = {"organization.id": acme.id}
    assert {"action": "create", "subject": "Project", "conditions": here} in rules
    assert {"action": "update", "subject": "Project", "conditions": {**here, "id": shop}} in rules
    assert {"action": "manage", "subject": "DotEnv", "conditions": {**here, "project.id": shop}} in rules
    assert not [each for each in rules if each["subject"] == "ApiKey"]


async def test_a_known_address_has_a_place(acme: Acme) -> None:
    async with acme.client(address="8.8.8.8") as client:
        found = (await client.get("/api/execution-context")).json()
    assert found["ipAddress"] == "8.8.8.8"
    assert found["location"]["country"] == "United States"
    assert isinstance(found["location"]["lat"], float)


async def test_a_proxy_is_believed_only_where_it_is_trusted(acme: Acme) -> None:
    async with acme.client() as client:
        found = await client.get("/api/execution-context", headers={"x-forwarded-for": "8.8.8.8"})
    assert found.json()["ipAddress"] == ADDRESS


async def test_no_context_of_an_organization_of_others(acme: Acme) -> None:
    said = f"Resource with id '{acme.id}' not found or you do not have permission to access it."
    async with acme.stranger() as client:
        refused(await client.get(f"/api/execution-context/?organizationId={acme.id}"), 404, said)
    async with acme.client("") as client:
        answer = await client.get("/api/execution-context/")
    refused(answer, 401)


async def test_who_has_no_role_left_still_knows_themselves(acme: Acme) -> None:
    by = acme.inside(acme.admin)
    entered = acme.inside(acme.member)
    found, _ = acme.db.read_now(identity.access.page, by, None, (entered.member,))
    for each in found:
        acme.db.write_now(identity.access.drop, by, each.id)
    async with acme.client(of=acme.member) as client:
        (own,) = (await client.get("/api/me/")).json()["memberships"]
        refused(await client.get(acme.base), 403)
    assert (own["nickname"], own["organizationRoles"]) == ("Mia", [])
