"""/organizations/:id/collabs: each operation as the vendor's pages describe it, and ours beside them."""

import io
from typing import Any

import httpx
import pytest
from PIL import Image

from hyway.domain import creators
from hyway.domain.creators import collabs
from hyway.kernel import sqid
from tests.apis.hypemarket.conftest import PUBLIC, World, make_world

LISTED = [
    "id", "name", "state", "currency", "countries", "website", "require_spark_ads", "requires_product_shipment",
    "submissions_count", "completed_count", "published_at", "created_at", "updated_at", "url",
]  # fmt: skip
SENT = {
    "name": "Spring lipsticks",
    "website": "https://example.com/lipstick",
    "currency": "eur",
    "countries": ["FR", "DE"],
    "require_spark_ads": True,
    "requires_product_shipment": False,
    "brief": "<p>Show the lipstick in a get-ready-with-me video...</p>",
}


@pytest.fixture
def at(world: World) -> str:
    return f"/organizations/{world.id}/collabs"


async def made(client: httpx.AsyncClient, at: str, **fields: Any) -> dict[str, Any]:
    answer = await client.post(f"{at}.json", json={"collab": {**SENT, **fields}})
    assert answer.status_code == 201, answer.text
    return answer.json()


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 20), "red").save(out, "PNG")
    return out.getvalue()


async def test_create_as_documented(world: World, at: str):
    async with world.client() as client:
        answer = await client.post(f"{at}.json", json={"collab": SENT})
        assert answer.status_code == 201
        body = answer.json()
        assert list(body) == [*LISTED, "brief"]
        assert {name: body[name] for name in SENT} == SENT
        assert (body["state"], body["submissions_count"], body["completed_count"]) == ("draft", 0, 0)
        assert body["published_at"] is None
        assert body["url"] == answer.headers["location"] == f"{PUBLIC}{at}/{body['id']}.json"
        shown = await client.get(body["url"])
        assert (shown.status_code, shown.json()) == (200, body)


@pytest.mark.parametrize("sent", [None, {}, {"collab": {}}, {"collab": None}, {"unknown": 1}])
async def test_without_a_collab_the_defaults_make_one(world: World, at: str, sent: Any):
    async with world.client() as client:
        more = {} if sent is None else {"json": sent}
        answer = await client.post(f"{at}.json", **more)
        assert answer.status_code == 201, answer.text
        body = answer.json()
        assert (body["name"], body["countries"], body["currency"]) == ("New collab", ["US"], "usd")
        assert body["website"] is None
        assert body["brief"].startswith("<h3>About the product</h3>")


async def test_flat_json_and_forms_say_the_same(world: World, at: str):
    async with world.client() as client:
        flat = await client.post(
            f"{at}.json", json={"name": "Flat", "countries": ["FR"], "brief": "<p>not taken</p>"}
        )
        assert (flat.status_code, flat.json()["name"], flat.json()["countries"]) == (201, "Flat", ["FR"])
        assert "not taken" not in flat.json()["brief"]
        form = await client.post(
            f"{at}.json", data={"collab[name]": "Form", "collab[countries][]": ["FR", "DE"]}
        )
        assert (form.status_code, form.json()["name"], form.json()["countries"]) == (
            201,
            "Form",
            ["FR", "DE"],
        )


async def test_a_banner_comes_with_a_form_and_goes_with_a_flag(world: World, at: str):
    async with world.client() as client:
        sent = await client.post(
            f"{at}.json", files={"collab[banner_image]": ("b.png", picture(), "image/png")}
        )
        body = sent.json()
        assert sent.status_code == 201, sent.text
        assert list(body) == [*LISTED, "banner_image_url", "brief"]
        assert body["banner_image_url"].startswith(f"{PUBLIC}/rails/active_storage/blobs/redirect/")
        listed = (await client.get(f"{at}.json")).json()
        assert list(listed[0]) == [*LISTED, "banner_image_url"]
        gone = await client.patch(body["url"], json={"collab": {"purge_banner_image": "1"}})
        assert (gone.status_code, list(gone.json())) == (200, [*LISTED, "brief"])
        bad = await client.patch(
            body["url"], files={"collab[banner_image]": ("b.png", b"<svg/>", "image/png")}
        )
        assert bad.status_code == 422
        assert list(bad.json()["errors"]) == ["banner_image"]


async def test_list_pages_without_briefs(world: World, at: str):
    async with world.client() as client:
        for number in range(21):
            await made(client, at, name=f"Collab {number}")
        first = await client.get(f"{at}.json")
        assert [list(each) for each in first.json()] == [LISTED] * 20
        assert (first.headers["total-count"], first.headers["total-pages"]) == ("21", "2")
        assert "etag" not in first.headers
        second = await client.get(f"{at}.json", params={"page": 2})
        assert [each["name"] for each in second.json()] == ["Collab 20"]


async def test_show_can_be_asked_for_conditionally(world: World, at: str):
    async with world.client() as client:
        body = await made(client, at)
        shown = await client.get(body["url"])
        tag = {"If-None-Match": shown.headers["etag"]}
        same = await client.get(body["url"], headers=tag)
        assert (same.status_code, same.content) == (304, b"")
        await client.patch(body["url"], json={"collab": {"name": "Other"}})
        assert (await client.get(body["url"], headers=tag)).status_code == 200


async def test_update_changes_what_is_sent(world: World, at: str):
    async with world.client() as client:
        body = await made(client, at)
        sent = {
            "name": "Updated name",
            "currency": "usd",
            "brief": "<p onclick='x'>New</p><script>y</script>",
        }
        for verb in (client.patch, client.put):
            changed = await verb(body["url"], json={"collab": sent})
            assert changed.status_code == 200
            new = changed.json()
            assert (new["name"], new["currency"], new["brief"]) == ("Updated name", "usd", "<p>New</p>")
            assert new["countries"] == ["FR", "DE"]
        assert (await client.patch(body["url"], json={})).status_code == 400


async def test_what_is_wrong_is_told_in_order_and_changes_nothing(world: World, at: str):
    wrong = {
        "reward_amount": "12abc", "sale_share": -1, "usage_days": 1.5, "brief": "x" * 210_000,
        "countries": ["ZZ"], "currency": "xxx", "website": "javascript:alert(1)", "name": "",
    }  # fmt: skip
    async with world.client() as client:
        body = await made(client, at)
        for send, url in ((client.post, f"{at}.json"), (client.patch, body["url"])):
            answer = await send(url, json={"collab": wrong})
            assert answer.status_code == 422
            assert list(answer.json()["errors"].items()) == [
                ("name", ["can't be blank"]),
                ("website", ["is invalid"]),
                ("currency", ["is not included in the list"]),
                ("countries", ["is not included in the list"]),
                ("brief", ["is too long (maximum is 50000 characters)"]),
                ("reward_amount", ["is not a number"]),
                ("sale_share", ["must be greater than or equal to 0"]),
                ("usage_days", ["must be an integer"]),
            ]
        assert (await client.get(body["url"])).json() == body
        assert len((await client.get(f"{at}.json")).json()) == 1


async def test_delete_a_draft_and_nothing_else(world: World, at: str):
    async with world.client() as client:
        body = await made(client, at)
        gone = await client.delete(body["url"])
        assert (gone.status_code, gone.content) == (204, b"")
        missing = await client.delete(body["url"])
        assert (missing.status_code, missing.json()) == (404, {"error": "Not authorized"})
        shown = await made(client, at)
        await client.post(shown["url"].removesuffix(".json") + "/submit.json")
        kept = await client.delete(shown["url"])
        assert (kept.status_code, kept.json()) == (403, {"error": "Not authorized"})


async def test_changes_of_state_answer_json(world: World, at: str):
    async with world.client() as client:
        body = await made(client, at)
        place = body["url"].removesuffix(".json")
        for step, state in (("submit", "published"), ("pause", "paused"), ("unpause", "published")):
            answer = await client.post(f"{place}/{step}")
            assert (answer.status_code, answer.json()["state"]) == (200, state)
            assert list(answer.json()) == [*LISTED, "brief"]
        again = await client.post(f"{place}/submit")
        assert again.status_code == 422
        assert again.json() == {"errors": {"base": ["Collab is published, not draft"]}}
        bare = await made(client, at, website=None, countries=[], brief="")
        lacking = await client.post(bare["url"].removesuffix(".json") + "/submit")
        blank = ["can't be blank"]
        assert lacking.json() == {"errors": {"website": blank, "countries": blank, "brief": blank}}
        world.db.house = world.db.house._replace(terms={collabs.REVIEW: 1})
        waiting = (await made(client, at))["url"].removesuffix(".json")
        assert (await client.post(f"{waiting}/submit")).json()["state"] == "submitted_for_review"
        assert (await client.post(f"{waiting}/withdraw")).json()["state"] == "draft"


async def test_roles_tokens_and_strangers(world: World, at: str):
    other = make_world(world.db, "Other")
    async with world.client() as client:
        body = await made(client, at)
    place = body["url"].removesuffix(".json")
    writes = [
        ("POST", f"{at}.json"), ("PATCH", body["url"]), ("DELETE", body["url"]), ("POST", f"{place}/submit"),
        ("POST", f"{place}/pause"), ("POST", f"{place}/unpause"), ("POST", f"{place}/withdraw"),
        ("PATCH", f"{place}/terms.json"),
    ]  # fmt: skip
    reads = [("GET", f"{at}.json"), ("GET", body["url"]), ("GET", f"{place}/terms.json")]
    member = world.person("Mel", "member")
    for client, reading, writing in (
        (world.client(of=member), 200, 403),
        (world.client(world.new_token(permission="read")), 200, 401),
        (other.client(), 404, 404),
        (world.client(""), 401, 401),
    ):
        async with client:
            for method, url in reads:
                assert (await client.request(method, url)).status_code == reading, (method, url)
            for method, url in writes:
                answer = await client.request(
                    method, url, json={"collab": {"name": "x"}, "terms": {"usage_days": 1}}
                )
                assert answer.status_code == writing, (method, url)
    async with other.client() as client:
        foreign = await client.get(body["url"].replace(world.id, other.id))
        assert (foreign.status_code, foreign.json()) == (404, {"error": "Not authorized"})
    async with world.client() as client:
        assert (await client.get(body["url"])).json() == body


async def test_terms_stand_beside_the_vendors_fields(world: World, at: str):
    async with world.client() as client:
        body = await made(client, at, reward_amount=5_000)
        place = body["url"].removesuffix(".json") + "/terms.json"
        shown = (await client.get(place)).json()
        assert shown == {
            "currency": "eur", "reward_amount": 5_000, "sale_share": 0, "usage_days": 365,
            "total_budget_amount": 0, "used_amount": 0, "unused_amount": 0,
        }  # fmt: skip
        changed = await client.patch(place, json={"terms": {"sale_share": 1_000, "usage_days": 30}})
        assert changed.json() == {**shown, "sale_share": 1_000, "usage_days": 30}
        assert (await client.patch(place, json={"terms": {"usage_days": 0}})).json() == {
            "errors": {"usage_days": ["must be greater than 0"]}
        }


async def test_a_products_page_fills_the_draft_in(world: World, at: str, monkeypatch: pytest.MonkeyPatch):
    asked: list[str] = []

    async def ask(_: Any, url: str) -> creators.prefill.Prefilled:
        asked.append(url)
        return creators.prefill.Prefilled("Lipstick No. 5", "<p>Red.</p>", picture(), ("CA",))

    monkeypatch.setattr(creators.prefill, "ask", ask)
    url = "https://shop.example/lipstick"
    async with world.client() as client:
        body = (await client.post(f"{at}.json", params={"website": url})).json()
        assert (body["name"], body["brief"], body["countries"], body["website"]) == (
            "Lipstick No. 5", "<p>Red.</p>", ["CA"], url
        )  # fmt: skip
        assert body["banner_image_url"]
        mine = await client.post(f"{at}.json", params={"website": url}, json={"collab": {"name": "Mine"}})
        assert (mine.json()["name"], mine.json()["countries"]) == ("Mine", ["CA"])
    assert asked == [url, url]
    async with world.client(of=world.person("Mel", "member")) as client:
        assert (await client.post(f"{at}.json", params={"website": url})).status_code == 403
    assert asked == [url, url], "whoever may not create makes the server read nothing"


@pytest.mark.parametrize("url", ["http://169.254.169.254/", "http://localhost/", "file:///etc/passwd", "x"])
async def test_a_page_that_must_not_be_read_makes_no_collab(world: World, at: str, url: str):
    async with world.client() as client:
        answer = await client.post(f"{at}.json", params={"website": url})
        assert answer.status_code == 422
        assert list(answer.json()["errors"]) == ["website"]
        assert (await client.get(f"{at}.json")).json() == []


async def test_ids_are_spelled_in_one_way(world: World, at: str):
    async with world.client() as client:
        body = await made(client, at)
        seq = sqid.number(body["id"])
        for id in (str(seq), body["id"].lower() + "a", "aaaaaa"):
            answer = await client.get(f"{at}/{id}.json")
            assert (answer.status_code, answer.json()) == (404, {"error": "Not authorized"})
