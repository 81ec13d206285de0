"""Projects, apps, environments, .env files and vaults, as the pages show and change them."""

import re
from dataclasses import replace

from hyway.domain import envs, projects
from tests.console.conftest import Browser
from tests.console.projects.conftest import KEY, Place, push

SHOP = "/console/projects/shop"
WEB = SHOP + "/apps/web"


async def test_a_project_is_founded_with_its_environments(place: Place, owner: Browser) -> None:
    await owner.see("/console/projects/new")
    answer = await owner.send(
        "/console/projects/new", name="Field service", alternateId="field", isMonorepo="yes"
    )
    assert answer.headers["location"] == "/console/projects/field"
    text = (await owner.see("/console/projects/field")).text
    assert "monorepo" in text
    assert "Development" in text
    assert "Production" in text
    assert 'fill="#22C55E"' in text
    assert "No apps yet" in text


async def test_errors_stand_beside_their_fields(owner: Browser) -> None:
    await owner.see("/console/projects/new")
    answer = await owner.send("/console/projects/new", name="", alternateId="shop")
    assert answer.status_code == 422
    assert 'id="wrong-name">Is missing.' in answer.text
    taken = await owner.send("/console/projects/new", name="Other", alternateId="shop")
    assert 'id="wrong-alternateId">Is taken by another project.' in taken.text
    assert 'value="Other"' in taken.text
    odd = await owner.send("/console/projects/new", name="Other", alternateId="a b")
    assert 'id="wrong-alternateId">Only small letters, digits, - and _.' in odd.text
    kept = await owner.send("/console/projects/new", name="Other", alternateId="environments")
    assert "Is kept for other things" in kept.text


async def test_a_member_makes_a_project_and_is_its_admin(place: Place, member: Browser) -> None:
    await member.see("/console/projects/new")
    assert (await member.send("/console/projects/new", name="Mine", alternateId="mine")).status_code == 303
    text = (await member.see("/console/projects")).text
    assert "/console/projects/mine" in text
    assert "/console/projects/shop" not in text
    page = (await member.see("/console/projects/mine")).text
    assert "New app" in page
    assert "Who has access" in page
    assert ">Admin<" in page


async def test_environments_come_change_and_go(place: Place, owner: Browser) -> None:
    await owner.see(SHOP + "/environments/new")
    fields = {"name": "Staging", "alternateId": "staging", "type": "custom", "color": "#f59e0b"}
    assert (await owner.send(SHOP + "/environments/new", **fields)).status_code == 303
    assert 'fill="#f59e0b"' in (await owner.see(SHOP)).text
    wrong = await owner.send(SHOP + "/environments/staging", name="Staging", type="custom", color="red")
    assert 'id="wrong-color">Is no colour.' in wrong.text
    await owner.send(SHOP + "/environments/staging", name="Try-out", type="production", color="#123456")
    assert "Try-out" in (await owner.see(SHOP)).text
    asked = await owner.send(SHOP + "/environments/staging/delete")
    assert "Delete Try-out with the .env files" in asked.text
    await owner.send(SHOP + "/environments/staging/delete", confirmed="yes")
    assert "Try-out" not in (await owner.see(SHOP)).text.replace("Try-out is gone", "")


async def test_versions_are_shown_and_never_values(place: Place, owner: Browser) -> None:
    push(place, 2)
    push(place, 7)
    place.db.write_now(envs.versions.pull, place.by("admin"), "web", envs.Wanted("production"))
    app = (await owner.see(WEB)).text
    assert "version 7" in app
    assert "338 bytes" in app
    assert re.search(r"pulled.*by Admin", app)
    history = (await owner.see(WEB + "/envs/production")).text
    assert [int(each) for each in re.findall(r"<b>Version (\d+)</b>", history)] == [7, 2, 1]
    assert str(KEY) in history
    assert "pushed by Owner" in history
    vault = (await owner.see(SHOP + "/vault")).text
    assert str(KEY) in vault
    for text in (app, history, vault):
        assert "c2VhbGVk" not in text
        assert "c2VjcmV0" not in text
    assert "hx push development" in (await owner.see(WEB + "/envs/development")).text


async def test_a_denial_is_shown(place: Place, owner: Browser) -> None:
    deny = {"every~kind": "deny", "every~cidr": "0.0.0.0/0", "every~description": "Nobody"}
    await owner.see(WEB + "/access")
    assert (await owner.send(WEB + "/access", **deny)).status_code == 303
    answer = place.db.write_now(envs.versions.pull, place.by("admin"), "web", envs.Wanted("production"))
    assert isinstance(answer, envs.Denied)
    assert re.search(r"denied.*by Admin", (await owner.see(WEB)).text)
    assert "Nobody" in (await owner.see(WEB)).text


async def test_an_address_is_tried_against_rules_that_are_not_stored(place: Place, owner: Browser) -> None:
    rules = [
        ("production~kind", "allow"), ("production~cidr", "10.10.0.0/16"), ("production~description", "Ours"),
        ("production~kind", "deny"), ("production~cidr", "0.0.0.0/0"), ("production~description", ""),
    ]  # fmt: skip

    async def tried(address: str, where: str) -> str:
        query = [*rules, ("address", address), ("in", where)]
        return (await owner.see(WEB + "/access/test", params=query)).text

    assert "10.10.3.4 would be let in for the .env file of Production." in await tried(
        "10.10.3.4", "production"
    )
    assert "10.11.3.4 would be refused" in await tried("10.11.3.4", "production")
    assert "10.11.3.4 would be let in" in await tried("10.11.3.4", "development")
    assert "10.11.3.4 would be let in for the .env file of all environments." in await tried("10.11.3.4", "")
    assert "nonsense is no address" in await tried("nonsense", "production")
    assert place.db.read_now(projects.apps.find, place.by(), "web").settings == {}


async def test_a_wrong_network_is_told_on_its_line(place: Place, owner: Browser) -> None:
    await owner.see(WEB + "/access")
    data = {
        "csrf": owner.csrf,
        "every~kind": ["allow", "deny"],
        "every~cidr": ["10.0.0.0/8", "10.0.0.0/99"],
        "every~description": ["Good", "Bad"],
    }
    answer = await owner.http.post(WEB + "/access", data=data)
    assert answer.status_code == 422
    assert re.search(r'value="10.0.0.0/99"[^>]* aria-invalid="true"', answer.text)
    assert not re.search(r'value="10.0.0.0/8"[^>]* aria-invalid', answer.text)
    assert "Is no network" in answer.text
    assert 'value="Good"' in answer.text
    assert place.db.read_now(projects.apps.find, place.by(), "web").settings == {}


async def test_rules_come_back_into_their_form(place: Place, owner: Browser) -> None:
    await owner.see(WEB + "/access")
    rule = {"production~kind": "deny", "production~cidr": "192.0.2.7/24", "production~description": "Office"}
    await owner.send(WEB + "/access", **rule)
    text = (await owner.see(WEB + "/access")).text
    assert 'value="192.0.2.0/24"' in text
    assert 'value="Office"' in text
    controls = place.db.read_now(projects.apps.find, place.by(), "web").settings["env"]["accessControls"]
    assert controls["environments"]["production"]["deny"][0]["cidr"] == "192.0.2.0/24"


async def test_favorites_come_first(place: Place, owner: Browser) -> None:
    await owner.see("/console/projects")
    for _ in range(2):  # who clicks twice has it once
        answer = await owner.send("/console/favorites", entity=place.ids["app"], star="yes", back=WEB)
        assert answer.headers["location"] == WEB
    text = (await owner.see("/console/projects")).text
    assert text.index("Favorites") < text.index("All projects")
    assert "App of Shop" in text
    assert (await owner.see(f"/console/apps/{place.ids['app']}")).headers["location"] == WEB
    await owner.send("/console/favorites", entity=place.ids["app"], star="no", back="https://evil.example")
    assert "Favorites" not in (await owner.see("/console/projects")).text


async def test_apps_belong_to_their_project(place: Place, owner: Browser) -> None:
    place.db.write_now(projects.create, place.by(), projects.NewProject("blog", "Blog"))
    assert (await owner.see("/console/projects/blog/apps/web")).status_code == 404
    await owner.see("/console/projects/blog/apps/new")
    taken = await owner.send("/console/projects/blog/apps/new", name="Web", alternateId="web")
    assert 'id="wrong-alternateId">Is taken by another app.' in taken.text


async def test_deleting_asks_and_takes_everything_along(place: Place, owner: Browser) -> None:
    await owner.see(SHOP + "/edit")
    assert "Delete Web with every version" in (await owner.send(WEB + "/delete")).text
    assert (await owner.send(WEB + "/delete", confirmed="yes")).headers["location"] == SHOP
    assert (await owner.see(WEB)).status_code == 404
    assert (await owner.send(SHOP + "/delete", confirmed="yes")).headers["location"] == "/console/projects"
    assert "No projects yet" in (await owner.see("/console/projects")).text


async def test_a_file_is_deleted(place: Place, owner: Browser) -> None:
    await owner.see(WEB)
    assert (await owner.send(WEB + "/envs/production/delete", confirmed="yes")).status_code == 303
    assert "Nothing pushed yet" in (await owner.see(WEB + "/envs/production")).text


async def test_history_turns_its_pages(place: Place, owner: Browser) -> None:
    by = replace(place.by(), actor_name="Builds")
    for version in range(2, 32):
        push(place, version, by=by)
    first = (await owner.see(WEB + "/envs/production")).text
    assert "1–25 of 31 versions" in first
    last = (await owner.see(WEB + "/envs/production?page=9")).text
    assert "26–31 of 31 versions" in last
    assert "<dd>31</dd>" in last
