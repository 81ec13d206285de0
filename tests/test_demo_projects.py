"""The demonstration's project: made once, and whole again after somebody has deleted from it."""

from hyway.commands import demo_projects
from hyway.domain import projects
from tests.make.world import world_at


def test_it_is_made_once_and_mended(database_url: str) -> None:
    with world_at(database_url) as world:
        shop, api = demo_projects.build(world.db, world.by)
        assert (shop.alternate_id, api.alternate_id) == ("web-shop", "orders-api")
        there = world.db.read_now(projects.environments.every, world.by, api)
        assert [each.alternate_id for each in there] == ["development", "production", "staging"]
        assert "deny" in api.settings["env"]["accessControls"]
        assert demo_projects.build(world.db, world.by) == [shop, api]
        world.db.write_now(projects.apps.drop, world.by, api.id)
        again = demo_projects.build(world.db, world.by)
        assert again[0] == shop
        assert again[1].settings == api.settings
        assert world.db.read_now(projects.page, world.by)[1] == 1
