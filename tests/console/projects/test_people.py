"""Members, teams, roles and keys, as the pages change them."""

import re

import pytest

from hyway.domain import identity
from tests.console.conftest import Browser
from tests.console.projects.conftest import Place


async def test_somebody_is_added_with_a_role(place: Place, owner: Browser) -> None:
    await owner.see("/console/people/new")
    answer = await owner.send(
        "/console/people/new",
        email="Ada@Build.Example",
        firstName="Ada",
        lastName="Stein",
        roles="OrganizationAdmin",
    )
    assert answer.status_code == 303
    id = answer.headers["location"].rpartition("/")[2]
    made = place.db.read_now(identity.profiles.find, place.by(), id)
    assert (made.email, made.first_name, made.roles) == ("ada@build.example", "Ada", ("OrganizationAdmin",))
    listed = (await owner.see("/console/people")).text
    assert "Ada Stein" in listed
    assert "Ada Stein" in (await owner.see("/console/people?q=STEIN")).text
    assert "Ada Stein" not in (await owner.see("/console/people?q=nobody")).text


@pytest.mark.parametrize(
    ("email", "wrong"), [("nonsense", "Is no e-mail address."), ("", "Is no e-mail address.")]
)
async def test_a_wrong_address_is_told_beside_it(
    place: Place, owner: Browser, email: str, wrong: str
) -> None:
    await owner.see("/console/people/new")
    answer = await owner.send("/console/people/new", email=email, firstName="Ada", roles="OrganizationMember")
    assert answer.status_code == 422
    assert re.search(r'id="wrong-email">' + re.escape(wrong), answer.text)
    assert 'value="Ada"' in answer.text


async def test_an_address_twice_is_refused(owner: Browser) -> None:
    await owner.see("/console/people/new")
    answer = await owner.send("/console/people/new", email="member@north.example", roles="OrganizationMember")
    assert answer.status_code == 422
    assert 'id="wrong-email">A member with this email exists already.' in answer.text


async def test_names_are_changed_and_the_persons_own_stay(place: Place, owner: Browser) -> None:
    path = f"/console/people/{place.ids['member']}"
    await owner.see(path)
    shown = {"firstName": "Member", "lastName": "", "nickname": "Mem", "email": "member@north.example"}
    assert (await owner.send(path, **shown)).status_code == 303
    place.db.write_now(identity.profiles.change, place.by(), place.ids["member"], last_name=None)
    of = place.db.read_now(identity.profiles.find, place.by(), place.ids["member"])
    assert (of.nickname, of.first_name) == ("Mem", "Member")
    person = place.db.read_now(identity.person_by_email, "member@north.example")
    assert person is not None
    assert person.name == "Member"


async def test_a_member_is_removed_after_a_question(place: Place, owner: Browser) -> None:
    path = f"/console/people/{place.ids['member']}/remove"
    await owner.see("/console/people")
    asked = await owner.send(path)
    assert asked.status_code == 200
    assert "Remove Member from Northwind?" in asked.text
    assert (await owner.send(path, confirmed="yes")).headers["location"] == "/console/people"
    assert (await owner.see(f"/console/people/{place.ids['member']}")).status_code == 404


async def _role(owner: Browser, holder: str, entity: str, roles: str) -> str:
    await owner.see("/console/people")
    answer = await owner.send(
        "/console/roles", holder=holder, entity=entity, roles=roles, back="/console/roles?who=team"
    )
    assert answer.status_code == 303, answer.text
    assert answer.headers["location"] == "/console/roles?who=team"
    return (await owner.see("/console/roles?who=team")).text


async def test_roles_are_given_changed_and_taken(place: Place, owner: Browser) -> None:
    team, project = place.ids["team"], place.ids["project"]
    said = await _role(owner, team, project, "ProjectReader")
    assert "Backend is Reader on Shop." in said
    assert re.search(r'<option value="ProjectReader" selected>', said)
    assert "Backend is Contributor on Shop." in await _role(owner, team, project, "ProjectContributor")
    place.db.write_now(identity.teams.replace_members, place.by(), team, [place.ids["member"]])
    assert "Contributor through Backend" in (await owner.see("/console/roles")).text
    assert "through Backend" in (await owner.see(f"/console/people/{place.ids['member']}")).text
    assert "Backend has no role on Shop any more." in await _role(owner, team, project, "")


async def test_a_key_is_given_roles_as_a_member_is(place: Place, owner: Browser) -> None:
    for holder in (place.ids["key"], place.ids["key_member"]):
        for roles in ("ProjectContributor", ""):
            await _role(owner, holder, place.ids["project"], roles)
            text = (await owner.see("/console/roles?who=api_key")).text
            assert bool(re.search(r'<option value="ProjectContributor" selected>', text)) == bool(roles)
    on_all = await _role(owner, place.ids["key"], place.organization.wire_id, "OrganizationAdmin")
    assert "Builds is Admin on Northwind." in on_all
    assert "Admin through Northwind" in (await owner.see("/console/roles?who=api_key")).text


async def test_the_last_admin_stays(place: Place, owner: Browser) -> None:
    said = await _role(owner, place.member("owner"), place.organization.wire_id, "OrganizationMember")
    assert "Backend" in said
    assert place.by("owner").grants is not None
    assert "OrganizationAdmin" in place.by("owner").grants.organization  # type: ignore[union-attr]


async def test_the_page_of_roles_shows_the_table_of_roles(owner: Browser) -> None:
    text = (await owner.see("/console/roles")).text
    for role in identity.access.ROLES.values():
        assert f">{re.sub('^(Organization|Project|Team)', '', role.name)}<" in text
    assert "read, push, pull" in text


async def test_a_team_is_made_by_hand_and_filled(place: Place, owner: Browser) -> None:
    await owner.see("/console/teams/new")
    answer = await owner.send("/console/teams/new", name="Ops", type="static")
    path = answer.headers["location"]
    await owner.see(path)
    await owner.send(path + "/members", member=place.ids["member"])
    text = (await owner.see(path)).text
    assert "Members <small>1</small>" in text
    assert (
        await owner.send(f"{path}/members/{place.ids['member']}/remove", confirmed="yes")
    ).status_code == 303
    assert "Members <small>0</small>" in (await owner.see(path)).text
    await owner.send(path + "/delete", confirmed="yes")
    assert (await owner.see(path)).status_code == 404


async def test_conditions_are_tried_before_they_are_kept(place: Place, owner: Browser) -> None:
    query = {"type": "dynamic", "field": "email", "operator": "startsWith", "value": "MEMBER@"}
    text = (await owner.see("/console/teams/preview", params=query)).text
    assert "1 of 3 members" in text
    assert "Member" in text
    nobody = (await owner.see("/console/teams/preview", params={**query, "value": "zz"})).text
    assert "Nobody fits now" in nobody
    answer = await owner.send("/console/teams/new", name="Members", **query)
    assert answer.status_code == 303
    assert "Members <small>1</small>" in (await owner.see(answer.headers["location"])).text


async def test_a_team_that_cannot_be_keeps_what_was_typed(owner: Browser) -> None:
    await owner.see("/console/teams/new")
    taken = await owner.send("/console/teams/new", name="backend", type="static")
    assert taken.status_code == 422
    assert 'id="wrong-name">A team with this name exists already.' in taken.text
    empty = await owner.send(
        "/console/teams/new", name="Dyn", type="dynamic", field="email", operator="contains", value=""
    )
    assert empty.status_code == 422
    assert 'id="wrong-criteria">At least one is needed.' in empty.text
    assert 'value="Dyn"' in empty.text


async def test_without_a_script_the_form_says_whom_it_would_take(owner: Browser) -> None:
    await owner.see("/console/teams/new")
    answer = await owner.send(
        "/console/teams/new",
        name="Dyn",
        type="dynamic",
        field="email",
        operator="contains",
        value="north",
        look="yes",
    )
    assert answer.status_code == 200
    assert "3 of 3 members" in answer.text


async def test_a_key_is_shown_once_and_has_several_secrets(place: Place, owner: Browser) -> None:
    await owner.see("/console/api-keys/new")
    made = await owner.send("/console/api-keys/new", name="Deploy", roles="OrganizationMember")
    found = re.search(r"<code>(key_[\w-]+)</code>", made.text)
    assert found
    page = re.search(r'href="(/console/api-keys/akey_\w+)"', made.text)
    assert page
    text = (await owner.see(page[1])).text
    assert found[1] not in text
    assert f"key_…{found[1][-4:]}" in text
    second = await owner.send(page[1] + "/secrets")
    again = re.search(r"<code>(key_[\w-]+)</code>", second.text)
    assert again
    assert again[1] != found[1]
    text = (await owner.see(page[1])).text
    drop = re.search(rf'action="({page[1]}/secrets/asec_\w+/delete)"', text)
    assert drop
    assert (await owner.send(drop[1], confirmed="yes")).status_code == 303
    assert "Secrets <small>1</small>" in (await owner.see(page[1])).text
    assert (await owner.send(page[1] + "/delete", confirmed="yes")).headers["location"] == "/console/api-keys"


async def test_a_name_is_needed_for_a_key(owner: Browser) -> None:
    await owner.see("/console/api-keys/new")
    answer = await owner.send("/console/api-keys/new", name=" ", roles="OrganizationAdmin")
    assert answer.status_code == 422
    assert 'id="wrong-name">Is missing.' in answer.text
    assert re.search(r'value="OrganizationAdmin" checked', answer.text)
