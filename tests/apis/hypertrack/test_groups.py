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
        changed = (await http.patch(at, json={"name": "South"})).json()
        assert changed == {**group, "name": "South", "modified_at": changed["modified_at"]}
        gone = await http.delete(at)
        assert (gone.status_code, gone.content) == (204, b"")
        assert (await http.get(at)).json() == {"detail": "Not found."}
        assert (await http.delete(at)).status_code == 404
