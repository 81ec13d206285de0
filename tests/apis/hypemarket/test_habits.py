"""Habits that a single resource shows: roots that may be absent, decimals, what is left out, lists of words."""

from typing import Any

import pytest

from hyway.domain.creators.store.social_tables import SOCIAL_ACCOUNTS
from hyway.kernel import clock
from hyway.kernel.db import Write
from tests.apis.hypemarket.conftest import World, alone
from tests.apis.hypemarket.test_organizations import picture
from tests.make.campaigns import verify


@pytest.mark.parametrize("body", [b"", b"{}", b'{"collab":{}}', b'{"bogus":1}'])
async def test_a_collab_is_made_of_nothing(world: World, body: bytes) -> None:
    async with world.client() as client:
        made = await client.post(
            f"/organizations/{world.id}/collabs.json",
            content=body,
            headers={"Content-Type": "application/json"},
        )
        assert made.status_code == 201, made.text
        shown = made.json()
        assert (shown["state"], shown["currency"]) == ("draft", "usd")
        assert shown["name"]
        assert shown["countries"]
        assert shown["brief"]


async def test_settings_have_no_root(world: World) -> None:
    path = "/me/notification_settings.json"
    async with world.client() as client:
        assert (await client.get(path)).json() == {
            "push_notifications_enabled": True,
            "push_subscription_count": 0,
        }
        for said, meant in (("0", False), (True, True), ("off", False), (1, True)):
            answer = await client.patch(path, json={"push_notifications_enabled": said})
            assert (answer.status_code, answer.json()["push_notifications_enabled"]) == (200, meant)


async def test_decimals_are_texts_and_missing_figures_null(world: World) -> None:
    world.db.write_now(verify, alone(world.owner), "youtube", "https://www.youtube.com/@kim", "UC-kim")
    async with world.client() as client:
        before = (await client.get("/me/social_accounts.json")).json()[0]
        figures = ("subscriber_count", "view_count", "video_count", "likes_count", "engagement_rate")
        assert [before[name] for name in figures] == [None] * 5
        assert before["last_synced_at"] is None

        def measured(w: Write) -> None:
            seen = {"subscriber_count": 12345, "engagement_rate": "5.2", "last_synced_at": clock.now()}
            w.run(SOCIAL_ACCOUNTS.update().values(seen))

        world.db.write_now(measured)
        after = (await client.get("/me/social_accounts.json")).json()[0]
        assert (after["subscriber_count"], after["engagement_rate"]) == (12345, "5.2")
        assert after["view_count"] is None


async def test_a_picture_that_is_not_there_is_left_out(world: World) -> None:
    async with world.client() as client:
        path = f"/organizations/{world.id}/collabs.json"
        bare = (await client.post(path)).json()
        assert "banner_image_url" not in bare
        made = await client.post(path, files={"collab[banner_image]": ("b.png", picture())})
        assert made.json()["banner_image_url"].startswith(
            "https://go.example/rails/active_storage/blobs/redirect/"
        )
        one = made.json()["url"]
        gone = await client.patch(one, json={"collab": {"purge_banner_image": "1"}})
        assert "banner_image_url" not in gone.json()
        assert "logo_url" not in (await client.get(f"/organizations/{world.id}.json")).json()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("currency", "xxx", "is not included in the list"),
        ("currency", "USD ", "is not included in the list"),
        ("countries", ["US", "ZZ"], "is not included in the list"),
        ("platform_ids", ["myspace"], "is not included in the list"),
        ("content_type", "poem", "is not included in the list"),
        ("category", "weather", "is not included in the list"),
        ("cpm_amount", "12abc", "is not a number"),
        ("cpm_amount", 1.5, "must be an integer"),
        ("cpm_amount", -1, "must be greater than or equal to 0"),
        ("min_payout_amount", True, "is not a number"),
        ("max_payout_amount", "ten", "is not a number"),
    ],
)
async def test_a_word_or_number_that_is_none_is_told(world: World, field: str, value: Any, said: str) -> None:
    path = f"/organizations/{world.id}/campaigns.json"
    async with world.client() as client:
        answer = await client.post(path, json={"campaign": {"name": "Summer", field: value}})
        assert (answer.status_code, answer.json()) == (422, {"errors": {field: [said]}})
        assert (await client.get(path)).json() == []


async def test_every_fault_of_a_campaign_is_told_at_once_in_order(world: World) -> None:
    async with world.client() as client:
        answer = await client.post(
            f"/organizations/{world.id}/campaigns.json",
            json={
                "campaign": {
                    "max_payout_amount": "x",
                    "currency": "xxx",
                    "name": "",
                    "cpm_amount": -1,
                    "min_payout_amount": 1.5,
                }
            },
        )
        assert answer.status_code == 422
        assert answer.json() == {
            "errors": {
                "name": ["can't be blank"],
                "currency": ["is not included in the list"],
                "cpm_amount": ["must be greater than or equal to 0"],
                "min_payout_amount": ["must be an integer"],
                "max_payout_amount": ["is not a number"],
            }
        }


async def test_an_organization_is_public_without_a_logo(world: World) -> None:
    async with world.client() as client:
        made = await client.post(
            "/organizations.json", json={"organization": {"name": "Open", "privacy_setting": "public"}}
        )
        assert (made.status_code, made.json()["privacy_setting"]) == (201, "public")
        private = await client.post("/organizations.json", json={"organization": {"name": "Closed"}})
        assert private.json()["privacy_setting"] == "private"


async def test_what_people_are_told_has_the_vendors_types(world: World) -> None:
    async with world.client() as client, world.client(of=world.person("Yaro")) as other:
        await client.patch(
            f"/organizations/{world.id}.json", json={"organization": {"privacy_setting": "restricted"}}
        )
        asked = await other.post(f"/organizations/{world.id}/join_requests.json")
        told = (await client.get("/me/notifications.json")).json()[0]
        assert told["type"] == "Membership::JoinRequestReceivedNotifier"
        assert told["params"] == {"user_name": "Yaro", "organization_name": "Acme"}
        assert (told["record_type"], told["record_id"]) == ("Membership::JoinRequest", asked.json()["id"])
        assert told["seen_at"] is None
        assert (await client.get("/me/notifications.json")).json()[0] == told, "looking marks nothing"
