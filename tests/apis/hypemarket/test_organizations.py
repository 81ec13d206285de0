"""/organizations and their members: who sees them, who changes them, what guards them."""

from io import BytesIO

import pytest
from PIL import Image

from hyway.kernel import sqid
from tests.apis.hypemarket.conftest import World, make_world


def picture(kind: str = "PNG") -> bytes:
    made = BytesIO()
    Image.new("RGB", (32, 32), (10, 20, 30)).save(made, kind)
    return made.getvalue()


async def test_whoever_makes_an_organization_owns_it(world: World) -> None:
    other = world.person("Kim")
    async with world.client(of=other) as client:
        assert (await client.get("/organizations.json")).json() == []
        made = await client.post(
            "/organizations.json",
            json={"organization": {"name": "Hot new organization", "privacy_setting": "public"}},
        )
        assert made.status_code == 201, made.text
        body = made.json()
        assert list(body) == [
            "id", "name", "privacy_setting", "website", "created_at", "updated_at", "url",
        ]  # fmt: skip
        assert (
            made.headers["location"] == body["url"] == f"https://go.example/organizations/{body['id']}.json"
        )
        assert (await client.get("/organizations.json")).json() == [body]
        members = (await client.get(f"/organizations/{body['id']}/members.json")).json()
        assert [(each["role"], each["is_owner"], each["user"]["name"]) for each in members] == [
            ("admin", True, "Kim")
        ]
        assert (await client.delete(f"/organizations/{body['id']}.json")).status_code == 204
        assert (await client.get(f"/organizations/{body['id']}.json")).status_code == 404


async def test_a_logo_comes_with_a_form_and_goes_by_a_flag(world: World) -> None:
    path = f"/organizations/{world.id}.json"
    async with world.client() as client:
        sent = {"organization[website]": "https://acme.example"}
        made = await client.patch(path, data=sent, files={"organization[logo]": ("l.png", picture())})
        assert made.status_code == 200, made.text
        assert made.json()["logo_url"].startswith("https://go.example/rails/active_storage/blobs/redirect/")
        assert made.json()["website"] == "https://acme.example"
        assert (await client.get("/organizations.json")).json()[0]["logo_url"] == made.json()["logo_url"]
        gone = await client.patch(path, json={"organization": {"purge_logo": "1"}})
        assert "logo_url" not in gone.json()


@pytest.mark.parametrize(
    "raw",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"",
        b"GIF89a<script>",
        b"x" * 1_100_000,
    ],
    ids=["svg", "empty", "polyglot", "large"],
)
async def test_what_is_no_logo_is_refused_with_everything_else(world: World, raw: bytes) -> None:
    path = f"/organizations/{world.id}.json"
    async with world.client() as client:
        before = (await client.get(path)).json()
        wrong = await client.patch(
            path,
            data={"organization[privacy_setting]": "secret"},
            files={"organization[logo]": ("l.png", raw)},
        )
        assert wrong.status_code == 422, wrong.text
        assert list(wrong.json()["errors"]) == ["privacy_setting", "logo"]
        assert (await client.get(path)).json() == before


async def test_strangers_learn_nothing_and_members_only_read(world: World) -> None:
    member, stranger = world.person("Mia", "member"), world.person("Sam")
    path, body = f"/organizations/{world.id}.json", {"organization": {"name": "Taken over"}}
    async with world.client(of=member) as client:
        assert (await client.get(path)).status_code == 200
        for tried in (await client.patch(path, json=body), await client.delete(path)):
            assert (tried.status_code, tried.json()) == (403, {"error": "Not authorized"})
    async with world.client(of=stranger) as client:
        for tried in (await client.get(path), await client.patch(path, json=body), await client.delete(path)):
            assert (tried.status_code, tried.json()) == (404, {"error": "Not authorized"})


async def test_an_admin_changes_and_the_owner_alone_deletes(world: World) -> None:
    path = f"/organizations/{world.id}.json"
    async with world.client(of=world.person("Ada", "admin")) as client:
        changed = await client.patch(path, json={"organization": {"name": "Renamed"}})
        assert (changed.status_code, changed.json()["name"]) == (200, "Renamed")
        assert (await client.delete(path)).status_code == 403


async def test_every_fault_of_an_organization_is_told(world: World) -> None:
    make_world(world.db, "Other")
    async with world.client() as client:
        wrong = await client.post(
            "/organizations.json",
            json={"organization": {"name": "", "privacy_setting": "open", "website": "javascript:alert(1)"}},
        )
        assert wrong.json() == {
            "errors": {
                "name": ["can't be blank"],
                "privacy_setting": ["is not included in the list"],
                "website": ["is invalid"],
            }
        }
        taken = await client.patch(
            f"/organizations/{world.id}.json", json={"organization": {"name": "other"}}
        )
        assert taken.json() == {"errors": {"name": ["has already been taken"]}}


async def test_admins_come_first_and_roles_change(world: World) -> None:
    mia = world.person("Mia", "member")
    world.person("Ada", "admin")
    path = f"/organizations/{world.id}/members"
    async with world.client() as client:
        found = (await client.get(path + ".json")).json()
        assert [each["user"]["name"] for each in found] == ["Acme-owner", "Ada", "Mia"]
        assert found[2]["user"] == {"id": sqid.text(mia.seq), "name": "Mia", "email": "mia@example.com"}
        one = f"{path}/{found[2]['id']}.json"
        changed = await client.patch(one, json={"membership": {"role": "admin"}})
        assert (changed.status_code, changed.json()["role"], changed.json()["is_owner"]) == (
            200,
            "admin",
            False,
        )
        wrong = await client.patch(one, json={"membership": {"role": "owner"}})
        assert wrong.json() == {"errors": {"role": ["is not included in the list"]}}
        assert (await client.delete(one)).status_code == 204
        assert (await client.delete(one)).json() == {"error": "Not authorized"}


async def test_the_owner_stays(world: World) -> None:
    path = f"/organizations/{world.id}/members"
    async with world.client() as client:
        one = f"{path}/{(await client.get(path + '.json')).json()[0]['id']}.json"
        demoted = await client.patch(one, json={"membership": {"role": "member"}})
        assert demoted.status_code == 422
        assert demoted.json() == {
            "errors": {
                "base": [
                    "Role cannot be changed because this is the only admin.",
                    "Organization owner cannot be demoted from admin role.",
                ]
            }
        }
        removed = await client.delete(one)
        assert (removed.status_code, list(removed.json()["errors"])) == (422, ["base"])


async def test_a_member_leaves_but_removes_nobody(world: World) -> None:
    mia, max_ = world.person("Mia", "member"), world.person("Max", "member")
    path = f"/organizations/{world.id}/members"
    async with world.client(of=mia) as client:
        ids = {each["user"]["id"]: each["id"] for each in (await client.get(path + ".json")).json()}
        other, own = ids[sqid.text(max_.seq)], ids[sqid.text(mia.seq)]
        assert (await client.delete(f"{path}/{other}.json")).status_code == 403
        assert (await client.delete(f"{path}/{own}.json")).status_code == 204
        assert (await client.get(path + ".json")).status_code == 404
