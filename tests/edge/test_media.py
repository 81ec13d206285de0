"""/media/: pictures of users as any browser may load them."""

import httpx
import pytest

from hyway.domain import tracking
from hyway.domain.tracking import UserChange
from hyway.edge.media import Media
from tests.make.world import World

JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 20


def browser(world: World) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=Media(world.db)), base_url="https://go.example"
    )


async def test_the_default_picture_is_one(world: World) -> None:
    async with browser(world) as http:
        shown = await http.get("/media/default/a1.png")
        assert (shown.status_code, shown.headers["content-type"]) == (200, "image/png")
        assert shown.content.startswith(b"\x89PNG\r\n\x1a\n")
        again = await http.get(
            "/media/default/a1.png", headers={"if-none-match": "W/" + shown.headers["etag"]}
        )
        assert (again.status_code, again.content) == (304, b"")
        head = await http.head("/media/default/a1.png")
        assert (head.content, head.headers["content-length"]) == (b"", str(len(shown.content)))


async def test_a_users_picture_has_its_own_type_and_can_do_nothing(world: World) -> None:
    user, _ = world.db.write_now(tracking.users.create, world.by, UserChange(photo=JPEG))
    path = tracking.payloads.photo(user, "")
    async with browser(world) as http:
        shown = await http.get(path)
        assert (shown.status_code, shown.content) == (200, JPEG)
        assert shown.headers["content-type"] == "image/jpeg"
        assert shown.headers["x-content-type-options"] == "nosniff"
        assert shown.headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert (await http.get(path, headers={"if-none-match": shown.headers["etag"]})).status_code == 304
        world.db.write_now(tracking.users.change, world.by, user.id, UserChange(photo=None))
        assert (await http.get(path)).status_code == 404


@pytest.mark.parametrize(
    "path",
    ["/media/", "/media/users/", "/media/users/x.png", "/media/users/../default/a1.png", "/media/default/a2.png",
     "/media/users/4e2a8344-9864-4473-864f-e223dec208b3.png", "/media/users/4e2a8344-9864-4473-864f-e223dec208b3"],
)  # fmt: skip
async def test_there_is_nothing_else(world: World, path: str) -> None:
    async with browser(world) as http:
        assert (await http.get(path)).status_code == (200 if ".." in path else 404)
        refused = await http.post("/media/default/a1.png")
        assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD")
