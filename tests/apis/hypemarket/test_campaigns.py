"""/organizations/:id/campaigns: as the vendor's pages describe them, and what they leave open."""

import io
from typing import Any

import pytest
from PIL import Image

from hyway.domain import creators
from hyway.domain.creators import money
from hyway.kernel import sqid
from tests.apis.hypemarket.conftest import World, make_world

SHAPE = [
    "id", "name", "status", "currency", "countries", "website", "content_type", "category", "platform_ids",
    "tiktok_music_id", "cpm_amount", "min_payout_amount", "max_payout_amount", "base_reward_amount",
    "total_budget_amount", "used_amount", "unused_amount", "view_count", "submissions_count", "published_at",
    "paused_at", "created_at", "updated_at", "url",
]  # fmt: skip
"""The documented keys in their order, without those that are left out where there is nothing."""
WHOLE: dict[str, Any] = {
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
    "brief": "<p>Show it.</p>",
    "tiktok_music_id": "7038475063498387456",
}


def at(world: World, *steps: str) -> str:
    return "/".join(("/organizations", world.id, "campaigns", *steps)) + ".json"


def fund(world: World, id: str, amount: int = 100_000) -> None:
    seq = sqid.number(id)
    assert seq is not None
    world.db.write_now(money.fund, world.by, "campaign", seq, "usd", amount)


async def test_a_draft_is_made_shown_and_listed(world: World) -> None:
    async with world.client() as client:
        made = await client.post(at(world), json={"campaign": WHOLE})
        assert made.status_code == 201, made.text
        body = made.json()
        assert list(body) == [*SHAPE, "brief"]
        assert {name: body[name] for name in WHOLE} == WHOLE
        assert made.headers["location"] == body["url"]
        assert body["url"] == f"https://go.example/organizations/{world.id}/campaigns/{body['id']}.json"
        shown = await client.get(at(world, body["id"]))
        assert shown.json() == body
        same = await client.get(at(world, body["id"]), headers={"If-None-Match": shown.headers["etag"]})
        assert (same.status_code, same.content) == (304, b"")
        listed = await client.get(at(world))
        assert list(listed.json()[0]) == SHAPE
        assert {**listed.json()[0], "brief": body["brief"]} == body
        assert (listed.headers["total-count"], listed.headers.get("etag")) == ("1", None)


async def test_what_is_left_out_is_as_in_the_form(world: World) -> None:
    async with world.client() as client:
        made = (await client.post(at(world), json={"name": "Flat"})).json()
        assert (made["status"], made["currency"], made["countries"], made["platform_ids"]) == (
            "draft", "usd", ["US"], [],
        )  # fmt: skip
        assert (made["website"], made["tiktok_music_id"], made["brief"]) == (None, None, "")
        nothing: tuple[Any, ...] = ({}, {"campaign": {}}, {"campaign": "x"}, {"unknown": 1}, [])
        for empty in nothing:
            answer = await client.post(at(world), json=empty)
            assert (answer.status_code, answer.json()) == (400, {"status": 400, "error": "Bad Request"})
        nameless = await client.post(at(world), json={"campaign": {"website": "https://e.com"}})
        assert (nameless.status_code, nameless.json()) == (422, {"errors": {"name": ["can't be blank"]}})


async def test_all_that_is_wrong_in_order(world: World) -> None:
    said = {
        "name": "", "currency": "xxx", "countries": ["ZZ"], "platform_ids": ["myspace"], "content_type": "x",
        "category": "y", "cpm_amount": "12abc", "min_payout_amount": -1, "max_payout_amount": "1.5",
        "base_reward_amount": 10**13, "website": "nowhere", "tiktok_music_id": "x", "sale_share": 10_001,
        "ends_at": "soon", "banner_image": "x",
    }  # fmt: skip
    async with world.client() as client:
        wrong = await client.post(at(world), json={"campaign": said})
        assert wrong.status_code == 422
        assert wrong.json() == {
            "errors": {
                "name": ["can't be blank"],
                "currency": ["is not included in the list"],
                "countries": ["is not included in the list"],
                "platform_ids": ["is not included in the list"],
                "content_type": ["is not included in the list"],
                "category": ["is not included in the list"],
                "cpm_amount": ["is not a number"],
                "min_payout_amount": ["must be greater than or equal to 0"],
                "max_payout_amount": ["must be an integer"],
                "base_reward_amount": ["must be less than or equal to 1000000000000"],
                "website": ["is invalid"],
                "tiktok_music_id": ["is invalid"],
                "sale_share": ["must be less than or equal to 10000"],
                "ends_at": ["is invalid"],
                "banner_image": ["is invalid"],
            }
        }
        assert list(wrong.json()["errors"])[:3] == ["name", "currency", "countries"]
        assert (await client.get(at(world))).json() == []


async def test_a_change_and_what_is_passed_over_after_publication(world: World) -> None:
    async with world.client() as client:
        id = (await client.post(at(world), json={"campaign": WHOLE})).json()["id"]
        changed = await client.put(at(world, id), json={"campaign": {"name": "Updated", "cpm_amount": 650}})
        assert (changed.status_code, changed.json()["name"], changed.json()["cpm_amount"]) == (
            200,
            "Updated",
            650,
        )
        fund(world, id)
        assert (await client.post(at(world, id, "publish"))).json()["status"] == "active"
        said = {
            "cpm_amount": "x",
            "currency": "xxx",
            "max_payout_amount": 1,
            "total_budget_amount": 5,
            "name": "Live",
        }
        later = await client.patch(at(world, id), json={"campaign": said})
        assert later.status_code == 200, later.text
        kept = later.json()
        assert (kept["name"], kept["cpm_amount"], kept["currency"], kept["max_payout_amount"]) == (
            "Live", 650, "usd", 10000,
        )  # fmt: skip
        assert (kept["total_budget_amount"], kept["unused_amount"]) == (100_000, 100_000)
        blank = await client.patch(at(world, id), json={"campaign": {"website": ""}})
        assert (blank.status_code, blank.json()) == (422, {"errors": {"website": ["can't be blank"]}})


async def test_changes_of_state(world: World) -> None:
    async with world.client() as client:
        id = (await client.post(at(world), json={"campaign": {**WHOLE, "website": "", "brief": ""}})).json()[
            "id"
        ]
        early = await client.post(at(world, id, "publish"))
        assert (early.status_code, early.json()) == (422, {
            "errors": {
                "website": ["can't be blank"],
                "brief": ["can't be blank"],
                "base": ["Unused budget must be at least 1000 to publish."],
            }
        })  # fmt: skip
        await client.patch(
            at(world, id), json={"campaign": {"website": "https://e.com", "brief": "<p>Hi</p>"}}
        )
        fund(world, id)
        for verb, status in (
            ("publish", "active"),
            ("pause", "paused"),
            ("resume", "active"),
            ("finish", "finished"),
        ):
            moved = await client.post(at(world, id, verb))
            assert (moved.status_code, moved.json()["status"]) == (200, status), moved.text
            assert list(moved.json()) == [*SHAPE, "brief"]
        for call in (client.post(at(world, id, "pause")), client.patch(at(world, id), json={"name": "X"})):
            late = await call
            assert (late.status_code, late.json()) == (403, {"error": "Not authorized"})


async def test_what_a_campaign_brought(world: World) -> None:
    async with world.client() as client:
        said = {**WHOLE, "sale_share": 1_000, "ends_at": "2100-01-01T00:00:00Z", "approves": "1"}
        id = (await client.post(at(world), json={"campaign": said})).json()["id"]
        brought = await client.get(at(world, id, "performance"))
        assert brought.json() == {
            "sale_share": 1_000, "approves": True, "ends_at": "2100-01-01T00:00:00Z", "finished_at": None,
            "settled_at": None, "creators_count": 0, "view_count": 0, "used_amount": 0,
            "effective_cpm_amount": None, "clicks": 0, "leads": 0, "sales": 0, "revenue": {},
        }  # fmt: skip
        cleared = await client.patch(at(world, id), json={"campaign": {"ends_at": ""}})
        assert cleared.status_code == 200
        assert (await client.get(at(world, id, "performance"))).json()["ends_at"] is None


async def test_deletion_and_its_guards(world: World) -> None:
    async with world.client() as client:
        draft, funded = [
            (await client.post(at(world), json={"campaign": WHOLE})).json()["id"] for _ in range(2)
        ]
        gone = await client.delete(at(world, draft))
        assert (gone.status_code, gone.content) == (204, b"")
        assert (await client.delete(at(world, draft))).status_code == 404
        fund(world, funded)
        kept = await client.delete(at(world, funded))
        assert (kept.status_code, kept.json()) == (
            422, {"errors": {"base": ["Cannot delete record because dependent fundings exist"]}},
        )  # fmt: skip
        await client.post(at(world, funded, "publish"))
        live = await client.delete(at(world, funded))
        assert (live.status_code, live.json()) == (403, {"error": "Not authorized"})


async def test_who_may(world: World) -> None:
    made = world.db.write_now(creators.campaigns.create, world.by, WHOLE)
    id = sqid.text(made.seq)
    member, stranger = world.person("Mia", "member"), world.person("Sam")
    read_only = world.new_token(world.owner, "read")
    calls: list[tuple[str, str]] = [
        ("POST", at(world)), ("PATCH", at(world, id)), ("DELETE", at(world, id)),
        *(("POST", at(world, id, verb)) for verb in ("publish", "pause", "resume", "finish")),
    ]  # fmt: skip
    for who, status in ((member, 403), (stranger, 404)):
        async with world.client(of=who) as client:
            for method, path in calls:
                answer = await client.request(method, path, json={"campaign": {"name": "X"}})
                assert (answer.status_code, answer.json()) == (status, {"error": "Not authorized"}), path
            for path in (at(world), at(world, id), at(world, id, "performance")):
                assert (await client.get(path)).status_code == (200 if status == 403 else 404), path
    for token in (read_only, "", "nonsense"):
        async with world.client(token) as client:
            for method, path in calls:
                answer = await client.request(method, path, json={"campaign": {"name": "X"}})
                assert (answer.status_code, answer.text) == (401, "HTTP Token: Access denied.\n")
    assert world.db.read_now(creators.campaigns.find, world.by, made.seq) == made


async def test_a_campaign_of_another_organization(world: World) -> None:
    other = make_world(world.db, "Other")
    theirs = sqid.text(world.db.write_now(creators.campaigns.create, other.by, WHOLE).seq)
    async with world.client() as client:
        for id in (theirs, "3", "aaaaaa", "qTFru"):
            answer = await client.get(at(world, id))
            assert (answer.status_code, answer.json()) == (404, {"error": "Not authorized"})
        assert (await client.delete(at(world, theirs))).status_code == 404
        assert (await client.get(at(other, theirs))).status_code == 404


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (120, 60), "teal").save(out, "PNG")
    return out.getvalue()


async def test_a_banner_comes_by_a_form_and_goes(world: World) -> None:
    async with world.client() as client:
        made = await client.post(
            at(world), data={"campaign[name]": "With", "campaign[countries][]": ["US", "CA"]},
            files={"campaign[banner_image]": ("b.png", picture())},
        )  # fmt: skip
        assert made.status_code == 201, made.text
        body = made.json()
        assert list(body) == [*SHAPE, "banner_image_url", "brief"]
        assert body["banner_image_url"].startswith("https://go.example/rails/active_storage/blobs/redirect/")
        assert body["countries"] == ["US", "CA"]
        listed = (await client.get(at(world))).json()[0]
        assert listed["banner_image_url"] == body["banner_image_url"]
        gone = await client.patch(at(world, body["id"]), json={"campaign": {"purge_banner_image": "1"}})
        assert "banner_image_url" not in gone.json()


@pytest.mark.parametrize(
    ("page", "ids", "current"), [("1", 20, "1"), ("2", 2, "2"), ("9", 2, "2"), ("abc", 20, "1")]
)
async def test_pages(world: World, page: str, ids: int, current: str) -> None:
    for each in range(22):
        world.db.write_now(creators.campaigns.create, world.by, {"name": f"No. {each}"})
    async with world.client() as client:
        found = await client.get(at(world), params={"page": page})
        assert len(found.json()) == ids
        assert [found.headers[name] for name in ("current-page", "total-count", "total-pages")] == [
            current,
            "22",
            "2",
        ]
