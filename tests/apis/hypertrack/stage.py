"""An organization that has one of everything, for the walk of a stranger."""

from typing import Any

from hyway.apis import hypertrack
from tests.apis.hypertrack.conftest import World

THERE = {f"{each.method} {each.path}" for each in hypertrack.OPERATIONS}
HERE = {"type": "Point", "coordinates": [-122.42434, 37.77629]}


async def party(world: World, name: str) -> dict[str, str]:
    """Ids by noun; every text begins with the name."""
    ids: dict[str, str] = {}
    async with world.client() as http:

        async def make(noun: str, path: str, **fields: Any) -> dict[str, Any]:
            if f"POST /api/v1/{path}/" not in THERE:
                return {}
            answer = await http.post(f"/api/v1/{path}/", json=fields)
            assert answer.status_code == 201, answer.text
            ids[noun] = answer.json()["id"]
            return answer.json()

        group = await make("group", "groups", name=f"{name} group", lookup_id=f"{name}-group")
        ids["token"] = group["token"]
        user = {"name": f"{name} user", "lookup_id": f"{name}-user", "group_id": ids["group"]}
        await make("user", "users", **user, metadata={"is": name})
        await make("place", "places", name=f"{name} place", location=HERE, lookup_id=f"{name}-place")
        work = {"lookup_id": f"{name}-work", "collection_id": f"{name}-works", "unique_id": f"{name}-one"}
        at = {"name": f"{name} door", "location": HERE}
        action = await make("action", "actions", user_id=ids["user"], expected_place=at, **work)
        ids["door"], ids["short_code"] = action["expected_place"]["id"], action["short_code"]
        fence = {"name": f"{name} fence", "user_id": ids["user"], "type": "place", "place": at}
        await make("fence", "geofences", **fence)
        await make("webhook", "webhooks", url=f"https://{name}.example/hook")
        if "GET /api/v1/events/" in THERE:
            ids["event"] = (await http.get("/api/v1/events/")).json()["results"][0]["id"]
    return ids
