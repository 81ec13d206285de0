"""/api/v1/groups/: who belongs together, and what a group's token shows."""

import re
import uuid

import pytest

from tests.apis.hypertrack.conftest import World, make_world

GROUPS = "/api/v1/groups/"


async def test_a_group_is_made_read_changed_and_deleted(world: World) -> None:
    async with world.client() as http:
        made = await http.post(GROUPS, json={"name": " Southern group ", "lookup_id": "south", "city": "SF"})
        assert made.status_code == 201
        group = made.json()
        assert set(group) == {
            "id", "lookup_id", "unique_id", "name", "parent_group_id", "token", "created_at", "modified_at"
        }  # fmt: skip
        assert (group["name"], group["lookup_id"], group["unique_id"]) == ("Southern group", "south", "south")
        assert re.fullmatch(r"gk_[0-9a-f]{40}", group["token"])
        assert uuid.UUID(group["id"]).version == 4
        at = f"{GROUPS}{group['id']}/"
        assert (await http.get(at)).json() == group
        assert (await http.get(at.replace(group["id"], group["id"].upper()))).json() == group
        changed = (await http.patch(at, json={"name": "South"})).json()
        assert changed == {**group, "name": "South", "modified_at": changed["modified_at"]}
        gone = await http.delete(at)
        assert (gone.status_code, gone.content) == (204, b"")
        assert (await http.get(at)).json() == {"detail": "Not found."}
        assert (await http.delete(at)).status_code == 404


async def make(http, name: str, **more) -> dict:
    answer = await http.post(GROUPS, json={"name": name, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def names(http, query: str = "") -> set[str]:
    return {each["name"] for each in (await http.get(GROUPS + query)).json()["results"]}


async def test_a_lookup_id_is_unique_in_the_account(world: World) -> None:
    async with world.client() as http:
        await make(http, "One", lookup_id="one")
        two = await make(http, "Two", unique_id="two")
        assert two["lookup_id"] == "two"
        again = await http.post(GROUPS, json={"name": "X", "lookup_id": "one"})
        assert (again.status_code, again.json()) == (400, {"lookup_id": ["This field must be unique."]})
        moved = await http.patch(f"{GROUPS}{two['id']}/", json={"lookup_id": "one"})
        assert moved.json() == {"lookup_id": ["This field must be unique."]}
        freed = await http.patch(f"{GROUPS}{two['id']}/", json={"lookup_id": None})
        assert freed.json()["lookup_id"] is None
        assert await names(http, "?lookup_id=one") == {"One"}
    other = make_world(world.db, "Others")
    async with other.client() as http:
        await make(http, "Theirs", lookup_id="one")


async def test_parents(world: World) -> None:
    async with world.client() as http:
        top = await make(http, "top")
        middle = await make(http, "middle", parent_group_id=top["id"])
        low = await make(http, "low", parent_group_id=middle["id"].upper())
        assert low["parent_group_id"] == middle["id"]
        assert await names(http, f"?parent_group_id={top['id']}") == {"middle"}
        assert await names(http, "?has_parent=false") == {"top"}
        assert await names(http, "?has_parent=true") == {"middle", "low"}
        for parent in (top, middle, low):
            ring = await http.patch(f"{GROUPS}{top['id']}/", json={"parent_group_id": parent["id"]})
            assert ring.status_code == 400
            assert ring.json() == {"parent_group_id": ["A group cannot be placed under itself."]}
        nobody = "8166f3ba-1239-48cb-b4c3-4494e6a2f69c"
        lost = await http.post(GROUPS, json={"name": "x", "parent_group_id": nobody})
        said = f'Invalid pk "{nobody}" - object does not exist.'
        assert (lost.status_code, lost.json()) == (400, {"parent_group_id": [said]})
        assert (await http.delete(f"{GROUPS}{middle['id']}/")).status_code == 204
        assert (await http.get(f"{GROUPS}{low['id']}/")).json()["parent_group_id"] is None


async def test_a_parent_of_another_account_is_nobody(world: World) -> None:
    other = make_world(world.db, "Others")
    async with other.client() as theirs, world.client() as ours:
        foreign = await make(theirs, "theirs")
        answer = await ours.post(GROUPS, json={"name": "x", "parent_group_id": foreign["id"]})
        assert answer.status_code == 400
        assert (await ours.get(f"{GROUPS}{foreign['id']}/")).status_code == 404


@pytest.mark.parametrize(
    "id", ["nonsense", "8166f3ba-1239-48cb-b4c3-4494e6a2f69c", "%00", "%FF", "%C3%A9", "%0D%0A", "a" * 500]
)
@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
async def test_an_unknown_id(world: World, method: str, id: str) -> None:
    async with world.client() as http:
        answer = await http.request(method, f"{GROUPS}{id}/")
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})


async def test_put_needs_a_name(world: World) -> None:
    async with world.client() as http:
        at = f"{GROUPS}{(await make(http, 'One'))['id']}/"
        assert (await http.put(at, json={})).json() == {"name": ["This field is required."]}
        assert (await http.put(at, json={"name": "Two"})).json()["name"] == "Two"
        before = (await http.get(at)).json()
        assert (await http.patch(at, json={})).json() == before
        assert (await http.patch(at, json={"name": None})).status_code == 400


async def test_a_groups_token_reads_its_group_and_those_under_it(world: World) -> None:
    async with world.client() as http:
        top = await make(http, "top")
        mine = await make(http, "mine", parent_group_id=top["id"])
        under = await make(http, "under", parent_group_id=mine["id"])
        await make(http, "aside", parent_group_id=top["id"])
        async with world.client(mine["token"]) as widget:
            assert await names(widget) == {"mine", "under"}
            assert (await widget.get(f"{GROUPS}{under['id']}/")).json() == under
            assert (await widget.get(f"{GROUPS}{top['id']}/")).status_code == 404
            for method, path in (
                ("POST", GROUPS),
                ("PATCH", f"{GROUPS}{mine['id']}/"),
                ("GET", "/api/v1/places/"),
            ):
                assert (await widget.request(method, path, json={"name": "x"})).status_code == 403
            await http.patch(f"{GROUPS}{under['id']}/", json={"parent_group_id": None})
            assert await names(widget) == {"mine"}
            await http.delete(f"{GROUPS}{mine['id']}/")
            assert (await widget.get(GROUPS)).json() == {"detail": "Invalid token."}


async def test_users_of_a_deleted_group_are_in_none(world: World) -> None:
    async with world.client() as http:
        group = await make(http, "team")
        user = (await http.post("/api/v1/users/", json={"name": "Kim", "group_id": group["id"]})).json()
        assert user["group_id"] == group["id"]
        await http.delete(f"{GROUPS}{group['id']}/")
        assert (await http.get(f"/api/v1/users/{user['id']}/")).json()["group_id"] is None
