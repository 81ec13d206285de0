"""A list costs the same number of statements however long it is."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event

from hyway.domain import creators, files
from hyway.kernel.blobs import Blobs
from hyway.kernel.db import Read, Write
from tests.apis.hypemarket.conftest import World
from tests.make import pictures


@pytest.fixture
def statements(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The SQL that is run from now on, in either of the two ways there are."""
    said: list[str] = []
    real = Read.rows

    def rows(self: Read, prepared: Any, *values: Any) -> list[Any]:
        said.append(str(prepared.names))
        return real(self, prepared, *values)

    def heard(*sent: Any) -> None:
        said.append(sent[2])

    monkeypatch.setattr(Read, "rows", rows)
    event.listen(world.db.engine, "before_cursor_execute", heard)
    yield said
    event.remove(world.db.engine, "before_cursor_execute", heard)


def filled(w: Write, world: World, blobs: Blobs, count: int) -> None:
    by, picture = world.by, files.picture(pictures.encoded("PNG"), "banner.png", files.BANNER)
    for each in range(count):
        banner = files.keep(w, by, blobs, picture).seq if each % 2 else None
        creators.campaigns.create(w, by, {"name": f"Campaign {each}", "banner": banner})


async def test_twenty_campaigns_cost_what_three_do(
    world: World, statements: list[str], tmp_path: Any
) -> None:
    blobs, costs = Blobs(tmp_path / "files"), []
    async with world.client() as http:
        for more, shown in ((3, 3), (17, 20), (40, 20)):
            world.db.write_now(filled, world, blobs, more)
            await http.get(f"/organizations/{world.id}/campaigns.json")
            statements.clear()
            answer = await http.get(f"/organizations/{world.id}/campaigns.json")
            assert (answer.status_code, len(answer.json())) == (200, shown)
            assert answer.headers["total-count"] == str({3: 3, 17: 20, 40: 60}[more])
            assert [each["name"] for each in answer.json() if "banner_image_url" in each][:1] == [
                "Campaign 1"
            ]
            costs.append(len(statements))
    assert len(set(costs)) == 1, f"statements of lists of 3, 20 and 60 campaigns: {costs}"
    assert costs[0] <= 6
