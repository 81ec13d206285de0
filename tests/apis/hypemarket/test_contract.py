"""Every documented operation over HTTP: its status and headers, and a body with the keys and types of its example.

The operations of `tests/contracts/hypemarket.json` must all stand in CALLS.
"""

import json
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from hyway.apis import hypemarket
from hyway.kernel import sqid
from tests.apis.hypemarket.conftest import World

CONTRACT: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "contracts" / "hypemarket.json").read_text("utf-8")
)
DOCUMENTED: dict[str, dict[str, Any]] = {
    f"{each['method']} {each['path'].removesuffix('.json')}": each for each in CONTRACT["operations"]
}
OFFERED = {
    f"{each.method} {each.path.replace('{', ':').replace('}', '')}": each for each in hypemarket.OPERATIONS
}
OMITTED = {"logo_url", "banner_image_url"}
NULLABLE = {
    "address_two", "last_used_at", "uid", "subscriber_count", "view_count", "video_count", "likes_count",
    "engagement_rate", "last_synced_at", "seen_at", "read_at", "website", "published_at", "paused_at",
    "tiktok_music_id",
}  # fmt: skip
"""What the pages say may be null, or show so."""
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
ID = re.compile(r"[A-Za-z]{6,12}")
HOME = {"address_one": "1 Infinite Loop", "city": "Cupertino", "state": "CA", "postal_code": "95014"}
CAMPAIGN = {
    "name": "Summer UGC Campaign",
    "website": "https://example.com/product",
    "content_type": "ugc",
    "category": "product",
    "currency": "usd",
    "cpm_amount": 500,
    "min_payout_amount": 1000,
    "max_payout_amount": 10000,
    "base_reward_amount": 0,
    "platform_ids": ["youtube", "tiktok"],
    "countries": ["US", "GB"],
    "brief": "<p>Create a product demo in your own style…</p>",
}
COLLAB = {
    "name": "Spring lipsticks",
    "website": "https://example.com/lipstick",
    "currency": "eur",
    "countries": ["FR", "DE"],
    "require_spark_ads": True,
    "requires_product_shipment": False,
    "brief": "<p>Show the lipstick in a get-ready-with-me video…</p>",
}


class Stage:
    """An organization with something of everything, through the eyes of its owner's client."""

    def __init__(self, world: World, http: httpx.AsyncClient) -> None:
        self.world, self.http = world, http
        self.at = f"/organizations/{world.id}"

    async def call(self, method: str, path: str, **more: Any) -> httpx.Response:
        return await self.http.request(method, path, **more)

    async def made(self, path: str, root: str, **fields: Any) -> str:
        """The address of something new, without its suffix."""
        answer = await self.http.post(f"{path}.json", json={root: fields})
        assert answer.status_code == 201, answer.text
        return f"{path}/{answer.json()['id']}"

    async def campaign(self) -> str:
        return await self.made(f"{self.at}/campaigns", "campaign", **CAMPAIGN)

    async def live(self) -> str:
        """A campaign that is funded and published."""
        at = await self.campaign()
        await self.made(f"{at}/fundings", "funding", amount=1_000_000)
        return await self.after(at, "publish")

    async def collab(self) -> str:
        return await self.made(f"{self.at}/collabs", "collab", **COLLAB)

    async def after(self, at: str, *steps: str) -> str:
        for step in steps:
            answer = await self.http.post(f"{at}/{step}.json")
            assert answer.status_code == 200, answer.text
        return at

    async def social_account(self) -> str:
        found = await self.http.get("/me/social_accounts.json")
        url = f"https://x.com/example{len(found.json())}"
        return await self.made(
            "/me/social_accounts", "social_account", platform_id="twitter", account_url=url
        )

    async def member(self) -> str:
        """The address of a member's membership."""
        mia = sqid.text(self.world.person("Mia", "member").seq)
        found = (await self.http.get(f"{self.at}/members.json")).json()
        return f"{self.at}/members/{next(each['id'] for each in found if each['user']['id'] == mia)}"

    async def notified(self) -> None:
        """Somebody asks to join, of which the owner is told."""
        await self.http.patch(f"{self.at}.json", json={"organization": {"privacy_setting": "restricted"}})
        async with self.world.client(of=self.world.person("Yaro")) as other:
            answer = await other.post(f"{self.at}/join_requests.json")
            assert answer.status_code == 201, answer.text


Call = Callable[[Stage], Awaitable[httpx.Response]]


def to(method: str, path: str, **more: Any) -> Call:
    return lambda stage: stage.call(method, path.format(at=stage.at), **more)


def of(noun: Callable[[Stage], Awaitable[str]], method: str, suffix: str = ".json", **more: Any) -> Call:
    async def call(stage: Stage) -> httpx.Response:
        return await stage.call(method, await noun(stage) + suffix, **more)

    return call


def after(before: Callable[[Stage], Awaitable[Any]], then: Call) -> Call:
    async def call(stage: Stage) -> httpx.Response:
        await before(stage)
        return await then(stage)

    return call


async def lived(stage: Stage) -> None:
    sent = {"address": {**HOME, "country_code": "US"}}
    assert (await stage.call("PATCH", "/me/address.json", json=sent)).status_code == 200


async def paused(stage: Stage) -> str:
    return await stage.after(await stage.live(), "pause")


async def submitted(stage: Stage) -> str:
    return await stage.after(await stage.collab(), "submit")


async def quiet(stage: Stage) -> str:
    return await stage.after(await submitted(stage), "pause")


CALLS: dict[str, Call] = {
    "GET /me/access_tokens": to("GET", "/me/access_tokens.json"),
    "POST /me/access_tokens": to(
        "POST",
        "/me/access_tokens.json",
        json={"access_token": {"description": "CI script", "permission": "write"}},
    ),
    "DELETE /me/access_tokens/:id": of(
        lambda stage: stage.made("/me/access_tokens", "access_token", description="x"), "DELETE"
    ),
    "GET /me/address": after(lived, to("GET", "/me/address.json")),
    "PATCH /me/address": to("PATCH", "/me/address.json", json={"address": {**HOME, "country_code": "US"}}),
    "DELETE /me/address": after(lived, to("DELETE", "/me/address.json")),
    "GET /me/notifications": after(Stage.notified, to("GET", "/me/notifications.json")),
    "GET /me/notification_settings": to("GET", "/me/notification_settings.json"),
    "PATCH /me/notification_settings": to(
        "PATCH", "/me/notification_settings.json", json={"push_notifications_enabled": True}
    ),
    "GET /me/social_accounts": after(Stage.social_account, to("GET", "/me/social_accounts.json")),
    "GET /me/social_accounts/:id": of(Stage.social_account, "GET"),
    "POST /me/social_accounts": to(
        "POST",
        "/me/social_accounts.json",
        json={"social_account": {"platform_id": "twitter", "account_url": "https://x.com/example"}},
    ),
    "DELETE /me/social_accounts/:id": of(Stage.social_account, "DELETE"),
    "GET /organizations": to("GET", "/organizations.json"),
    "GET /organizations/:id": to("GET", "{at}.json"),
    "POST /organizations": to(
        "POST",
        "/organizations.json",
        json={"organization": {"name": "Hot new organization", "privacy_setting": "public"}},
    ),
    "PATCH /organizations/:id": to(
        "PATCH", "{at}.json", json={"organization": {"name": "Renamed", "website": "https://new.example.com"}}
    ),
    "DELETE /organizations/:id": to("DELETE", "{at}.json"),
    "GET /organizations/:organization_id/members": to("GET", "{at}/members.json"),
    "PATCH /organizations/:organization_id/members/:id": of(
        Stage.member, "PATCH", json={"membership": {"role": "admin"}}
    ),
    "DELETE /organizations/:organization_id/members/:id": of(Stage.member, "DELETE"),
    "GET /organizations/:organization_id/campaigns": after(Stage.campaign, to("GET", "{at}/campaigns.json")),
    "GET /organizations/:organization_id/campaigns/:id": of(Stage.campaign, "GET"),
    "POST /organizations/:organization_id/campaigns": to(
        "POST", "{at}/campaigns.json", json={"campaign": CAMPAIGN}
    ),
    "PATCH /organizations/:organization_id/campaigns/:id": of(
        Stage.campaign, "PATCH", json={"campaign": {"name": "Updated campaign name", "cpm_amount": 650}}
    ),
    "DELETE /organizations/:organization_id/campaigns/:id": of(Stage.campaign, "DELETE"),
    "GET /organizations/:organization_id/collabs": after(Stage.collab, to("GET", "{at}/collabs.json")),
    "GET /organizations/:organization_id/collabs/:id": of(Stage.collab, "GET"),
    "POST /organizations/:organization_id/collabs": to("POST", "{at}/collabs.json", json={"collab": COLLAB}),
    "PATCH /organizations/:organization_id/collabs/:id": of(
        Stage.collab,
        "PATCH",
        json={
            "collab": {"name": "Updated name", "currency": "eur", "countries": ["FR"], "brief": "<p>New</p>"}
        },
    ),
    "DELETE /organizations/:organization_id/collabs/:id": of(Stage.collab, "DELETE"),
    "POST /organizations/:organization_id/campaigns/:id/publish": after(
        Stage.campaign, lambda stage: _published(stage)
    ),
    "POST /organizations/:organization_id/campaigns/:id/pause": of(Stage.live, "POST", "/pause.json"),
    "POST /organizations/:organization_id/campaigns/:id/resume": of(paused, "POST", "/resume.json"),
    "POST /organizations/:organization_id/collabs/:id/submit": of(Stage.collab, "POST", "/submit.json"),
    "POST /organizations/:organization_id/collabs/:id/pause": of(submitted, "POST", "/pause.json"),
    "POST /organizations/:organization_id/collabs/:id/unpause": of(quiet, "POST", "/unpause.json"),
}


async def _published(stage: Stage) -> httpx.Response:
    at = await stage.campaign()
    await stage.made(f"{at}/fundings", "funding", amount=1_000_000)
    return await stage.call("POST", f"{at}/publish", headers={"Accept": "application/json"})


def example(name: str) -> Any:
    """What the pages show; a change of state answers with the record, as its show does."""
    found = DOCUMENTED[name]
    if "example" not in found and found["success"] == 302:
        found = DOCUMENTED["GET " + name.split()[1].rpartition("/")[0]]
    if name.endswith("/me/notification_settings"):
        found = DOCUMENTED["GET /me/notification_settings"]
    return found.get("example")


def differs(shown: Any, given: Any, at: str = "") -> list[str]:
    """Where what is given has other keys, another order or other types than what is shown."""
    name = at.rpartition(".")[2]
    if isinstance(shown, list) and isinstance(given, list):
        if not given:
            return [f"{at}: nothing is there"]
        return [wrong for each in given for wrong in differs(shown[0], each, at)]
    if name == "params":
        return [] if isinstance(given, dict) else [f"{at}: {given!r} is no object"]
    if isinstance(shown, dict) and isinstance(given, dict):
        wanted = [key for key in shown if key in given or key not in OMITTED]
        if list(given) != wanted:
            return [f"{at}: {list(given)} for {wanted}"]
        return [wrong for key in wanted for wrong in differs(shown[key], given[key], f"{at}.{key}")]
    if given is None or shown is None:
        return [] if name in NULLABLE else [f"{at}: null"]
    if type(shown) is not type(given):
        return [f"{at}: {given!r} for {shown!r}"]
    if isinstance(shown, str):
        return [f"{at}: {given!r} for {shown!r}" for form in _forms(name, shown) if not form.fullmatch(given)]
    return []


def _forms(name: str, shown: str) -> list[re.Pattern[str]]:
    if TIME.fullmatch(shown):
        return [TIME]
    if name == "id" or name.endswith("record_id"):
        return [ID]
    return [re.compile(r"https://go\.example/.*\.json")] if name == "url" else []


@pytest.mark.parametrize("name", CALLS)
async def test_an_operation_is_as_documented(name: str, world: World) -> None:
    said = DOCUMENTED[name]
    async with world.client() as client:
        answer = await CALLS[name](Stage(world, client))
    status = 200 if said["success"] == 302 else said["success"]
    assert answer.status_code == status, answer.text
    if status == 204:
        assert (answer.content, "content-type" in answer.headers) == (b"", False)
        return
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert differs(example(name), answer.json()) == []
    paged = [header for header in CONTRACT["pagination"]["headers"] if header in answer.headers]
    assert paged == (CONTRACT["pagination"]["headers"] if said.get("paginated") else [])
    assert ("etag" in answer.headers) == (bool(said.get("etag")) or name == "GET /me/address")


@pytest.mark.parametrize("name", [name for name, said in DOCUMENTED.items() if said["scope"] == "write"])
async def test_a_token_that_reads_is_refused(name: str, world: World) -> None:
    method, path = name.split()
    path = re.sub(r":\w+", world.id, path)
    async with world.client(world.new_token(permission="read")) as client:
        answer = await client.request(method, path + ".json", json={})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == CONTRACT["errors"]["401"]["headers"]["WWW-Authenticate"]


@pytest.mark.parametrize(
    "name",
    [
        name
        for name, said in DOCUMENTED.items()
        if said["role"] in ("organization admin", "organization owner")
    ],
)
async def test_a_member_may_only_look(name: str, world: World) -> None:
    method, path = name.split()
    path = path.replace(":organization_id", world.id)
    path = path.replace(":id", world.id if path == "/organizations/:id" else "ABCDEF")
    async with world.client(of=world.person("Mia", "member")) as client:
        answer = await client.request(method, path + ".json", json={})
    assert answer.status_code in (403, 404)
    assert answer.json() == {"error": "Not authorized"}
    if "ABCDEF" not in path:
        assert answer.status_code == 403


@pytest.mark.parametrize(
    "name", [name for name, said in DOCUMENTED.items() if said["role"] != "authenticated user"]
)
async def test_a_stranger_finds_no_organization(name: str, world: World) -> None:
    method, path = name.split()
    path = path.replace(":organization_id", world.id).replace(":id", world.id)
    async with world.client(of=world.person("Sam")) as client:
        answer = await client.request(method, path + ".json", json={})
    assert (answer.status_code, answer.json()) == (404, {"error": "Not authorized"})


def test_every_documented_operation_is_called() -> None:
    assert set(CALLS) == set(DOCUMENTED)


def test_every_documented_operation_is_there() -> None:
    assert set(DOCUMENTED) <= set(OFFERED)


@pytest.mark.parametrize("name", [name for name, said in DOCUMENTED.items() if "body" in said])
def test_every_documented_field_is_taken(name: str) -> None:
    said = DOCUMENTED[name]
    found = OFFERED[name]
    schema = json.loads(hypemarket.openapi())["components"]["schemas"]
    fields = set(schema[found.takes.__name__]["properties"])
    if "root" in said:
        assert fields == {said["root"]}
        fields = set(schema[found.takes.__name__.removesuffix("Params") + "Fields"]["properties"])
    wanted = [field for field in said["body"] if not field.startswith("...")]
    assert set(wanted) <= fields
