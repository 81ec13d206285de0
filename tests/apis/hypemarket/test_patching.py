"""Whatever JSON changes a record is taken or refused: no accident, and a refusal leaves the record as it was."""

import asyncio
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hyway.domain import creators
from hyway.kernel.db import Database
from tests.apis.hypemarket import party
from tests.apis.hypemarket.conftest import World
from tests.apis.hypemarket.test_hostile import SCHEMAS

RESOURCES = {
    "/organizations/organization": ("organization", "OrganizationFields"),
    "/organizations/organization/campaigns/campaign": ("campaign", "CampaignFields"),
    "/organizations/organization/collabs/collab": ("collab", "CollabFields"),
    "/organizations/organization/collabs/collab/terms": ("terms", "TermsFields"),
    "/me/address": ("address", "AddressFields"),
    "/me/notification_settings": ("", "SettingsFields"),
}
TEXTS = st.sampled_from(
    ("", " ", "x", "usd", "eur", "jpy", "xxx", "US", "ZZ", "youtube", "public", "https://shop.example.com/", "12abc",
     "1", "-1", "1.5", "2030-01-01T00:00:00Z", "<p onclick=x>Hi</p>", "javascript:x", "x" * 300, "false", "a\0b")
)  # fmt: skip
SCALARS = (
    TEXTS | st.text(max_size=20) | st.none() | st.booleans() | st.floats() | st.integers(-(2**70), 2**70)
)
SCALARS |= st.integers(0, 1_000)
JSON = st.recursive(
    SCALARS,
    lambda of: st.lists(of, max_size=4) | st.dictionaries(st.text(max_size=8), of, max_size=4),
    max_leaves=6,
)


@st.composite
def changes(draw: st.DrawFn) -> tuple[str, Any]:
    """A resource, and fields of its own with anything in them; now and then anything at all."""
    path = draw(st.sampled_from(sorted(RESOURCES)))
    root, schema = RESOURCES[path]
    names = st.sampled_from(sorted(SCHEMAS[schema]["properties"]))
    fields = draw(st.dictionaries(names, JSON, min_size=1, max_size=5))
    whole = {root: fields} if root else fields
    return path, draw(st.sampled_from([whole, whole, whole, fields])) if draw(st.integers(0, 9)) else draw(
        JSON
    )


def test_any_json_is_taken_or_leaves_the_record_as_it_was(db: Database) -> None:
    db.hearers += [creators.hearing.hear, creators.collabs.hear]
    world, ids = party.party(db, "visitor")
    db.write_now(creators.addresses.put, world.by, {**party.HOME, "address_one": "1 Loop"})
    met: dict[int, int] = {}

    @settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(changes())
    def tried(change: tuple[str, Any]) -> None:
        status = asyncio.run(_patched(world, ids, *change))
        met[status] = met.get(status, 0) + 1

    tried()
    assert set(met) == {200, 400, 422}, met


async def _patched(world: World, ids: dict[str, str], path: str, body: Any) -> int:
    url = "/".join(ids.get(step, step) for step in path.split("/")) + ".json"
    async with world.client() as client:
        before = await client.get(url)
        kind = {"Content-Type": "application/json"}
        answer = await client.patch(url, content=json.dumps(body).encode(), headers=kind)
        after = await client.get(url)
    assert answer.status_code in (200, 400, 422), (path, body, answer.text)
    if answer.status_code == 422:
        assert answer.json()["errors"], answer.text
    if answer.status_code != 200:
        assert (after.headers.get("etag"), after.content) == (before.headers.get("etag"), before.content)
    else:
        assert answer.json() == after.json()
    return answer.status_code
