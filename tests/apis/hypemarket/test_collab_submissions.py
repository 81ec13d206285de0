"""Submissions to collabs and messages over JSON: each operation, from both sides."""

from typing import Any

import httpx
import pytest

from hyway.domain import creators, identity, tracking
from hyway.domain.creators.collabs import making
from hyway.domain.creators.store.tables import COLLAB_SUBMISSIONS
from hyway.kernel import clock, sqid
from tests.apis.hypemarket.conftest import PUBLIC, World, make_world
from tests.make import collabs as make
from tests.make.collabs import ADDRESS

SHOWN = [
    "id", "status", "overdue", "organization", "collab", "user", "message", "reward_amount", "share_amount",
    "currency", "link", "carrier", "tracking_number", "tracking_url", "ship_due_at", "shipped_at", "delivered_at",
    "content_url", "content_note", "content_due_at", "revisions_count", "revision_note", "review_due_at",
    "approved_at", "decision", "platform_id", "post_url", "posted_at", "post_check", "post_published_at",
    "view_count", "likes_count", "comments_count", "last_synced_at", "spark_code", "spark_expires_at",
    "usage_status", "usage_until", "unread_messages_count", "created_at", "updated_at", "decided_at",
    "completed_at", "hold_until", "paid_at", "url",
]  # fmt: skip
SENT = {
    "name": "Lipstick",
    "website": "https://example.com/lipstick",
    "brief": "<p>Show it.</p>",
    "require_spark_ads": True,
    "requires_product_shipment": True,
}


class Scene:
    """A published collab of the world's organization and a creator who has not applied yet."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.kim = world.person("Kim")
        world.db.hearers += [creators.hearing.hear, creators.collabs.hear]
        world.db.write_now(identity.organizations.change, world.by, {"privacy_setting": "public"})
        made = world.db.write_now(creators.collabs.create, world.by, SENT)
        self.collab = world.db.write_now(creators.collabs.submit, world.by, made.seq)
        world.db.write_now(make.account, self.kim.seq, "tiktok")
        world.db.write_now(creators.addresses.put, world.caller(self.kim), ADDRESS)

    @property
    def ours(self) -> str:
        return f"/organizations/{self.world.id}/collabs/{sqid.text(self.collab.seq)}/submissions"

    def brief(self) -> dict[str, str]:
        return {"collab_id": sqid.text(self.collab.seq), "message": "I would love to"}


@pytest.fixture
def scene(world: World) -> Scene:
    return Scene(world)


async def applied(scene: Scene, kim: httpx.AsyncClient) -> dict[str, Any]:
    answer = await kim.post("/me/collab_submissions.json", json={"collab_submission": scene.brief()})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def done(client: httpx.AsyncClient, place: str, step: str, status: str, **sent: Any) -> dict[str, Any]:
    answer = await client.post(f"{place}/{step}.json", json=sent or None)
    assert (answer.status_code, answer.json().get("status")) == (200, status), answer.text
    return answer.json()


async def test_the_whole_way(scene: Scene):
    async with scene.world.client() as us, scene.world.client(of=scene.kim) as kim:
        made = await applied(scene, kim)
        assert list(made) == SHOWN
        assert made["url"] == f"{PUBLIC}/me/collab_submissions/{made['id']}.json"
        assert (made["user"], made["collab"]["name"]) == (
            {"id": sqid.text(scene.kim.seq), "name": "Kim"},
            "Lipstick",
        )
        mine, ours = f"/me/collab_submissions/{made['id']}", f"{scene.ours}/{made['id']}"
        assert (await us.get(f"{scene.ours}.json")).json()[0]["status"] == "applied"
        ready = await done(us, ours, "accept", "awaiting_shipment")
        assert list(ready) == [*SHOWN, "address"]
        assert ready["address"] == {**ADDRESS, "address_two": None}
        assert ready["url"] == f"{PUBLIC}{ours}.json"
        link = ready["link"]
        assert link["short_url"].startswith(f"{PUBLIC}/")
        assert (link["clicks"], link["sales"], link["revenue"]) == (0, 0, {})
        sent = {"carrier": "DHL", "tracking_number": "JD1", "tracking_url": "https://dhl.example/JD1"}
        gone = await done(us, ours, "ship", "shipped", shipment=sent)
        assert {name: gone[name] for name in sent} == sent
        there = await done(us, ours, "deliver", "delivered")
        assert "address" not in there
        await done(kim, mine, "receive", "in_production")
        await done(
            kim, mine, "submit_content", "content_submitted", content={"url": "https://drive.example/1"}
        )
        asked = await done(us, ours, "request_revision", "revision_requested", revision={"note": "Shorter"})
        assert (asked["revisions_count"], asked["revision_note"]) == (1, "Shorter")
        await done(
            kim, mine, "submit_content", "content_submitted", content={"url": "https://drive.example/2"}
        )
        good = await done(us, ours, "approve_content", "content_approved")
        assert (good["usage_status"], good["decision"]) == ("granted", "manual")
        more = await done(kim, mine, "extend_usage", "content_approved", usage_rights={"days": 30})
        assert more["usage_status"] == "extended"
        await done(kim, mine, "post", "posted", post={"url": make.post_url()})
        code = {"code": "abc", "days": 30}
        given = await done(kim, mine, "spark_code", "spark_code_submitted", spark_code=code)
        assert given["spark_code"] == "abc"
        over = await done(us, ours, "complete", "completed")
        assert list(over) == SHOWN
        shown = await us.get(f"{ours}.json")
        assert shown.json() == over
        same = await us.get(f"{ours}.json", headers={"If-None-Match": shown.headers["etag"]})
        assert same.status_code == 304
        assert (await kim.get(f"{mine}.json")).json() == {**over, "url": made["url"]}


async def test_other_ends(scene: Scene):
    others = [scene.world.person(name) for name in ("Ann", "Bob", "Cem")]
    async with scene.world.client() as us:
        for person, side, step, status in (
            (scene.kim, "mine", "withdraw", "withdrawn"),
            (others[0], "ours", "decline", "declined"),
            (others[1], "ours", "cancel", "canceled"),
            (others[2], "mine", "cancel", "canceled"),
        ):
            async with scene.world.client(of=person) as client:
                id = (await applied(scene, client))["id"]
                if step == "cancel":
                    await done(us, f"{scene.ours}/{id}", "accept", "accepted")
                place = f"{scene.ours}/{id}" if side == "ours" else f"/me/collab_submissions/{id}"
                await done(us if side == "ours" else client, place, step, status)
        listed = await us.get(f"{scene.ours}.json", params={"status": "declined,canceled"})
        assert [each["status"] for each in listed.json()] == ["declined", "canceled", "canceled"]
        assert listed.headers["total-count"] == "3"
        assert (await us.get(f"{scene.ours}.json", params={"status": "nonsense"})).json() == []
        shown = await us.get(f"/organizations/{scene.world.id}/collabs.json")
        assert shown.json()[0]["submissions_count"] == 3


async def test_brought_by_our_own_people(scene: Scene):
    courier, _ = scene.world.db.write_now(
        tracking.users.create, scene.world.by, tracking.UserChange(name="Courier")
    )
    async with scene.world.client() as us, scene.world.client(of=scene.kim) as kim:
        id = (await applied(scene, kim))["id"]
        place = f"{scene.ours}/{id}"
        await done(us, place, "accept", "awaiting_shipment")
        wrong = await us.post(f"{place}/ship", json={"shipment": {"own": True, "user_id": "nobody"}})
        assert (wrong.status_code, wrong.json()) == (422, {"errors": {"user": ["must exist"]}})
        gone = await done(us, place, "ship", "shipped", shipment={"own": True, "user_id": courier.id})
        assert gone["tracking_url"].startswith(f"{PUBLIC}/track/")
        action = scene.world.db.read_now(
            tracking.actions.by_short_code, gone["tracking_url"].rpartition("/")[2]
        )
        assert action is not None
        scene.world.db.write_now(tracking.actions.complete, scene.world.by, action.id)
        assert (await kim.get(f"/me/collab_submissions/{id}.json")).json()["status"] == "delivered"


async def test_what_is_wrong(scene: Scene):
    async with scene.world.client() as us, scene.world.client(of=scene.kim) as kim:
        for sent, expected in (
            ({"collab_id": "aaaaaa"}, {"collab": ["must exist"]}),
            ({"message": "x"}, {"collab": ["must exist"]}),
            (
                {**scene.brief(), "message": "x" * 2_001},
                {"message": ["is too long (maximum is 2000 characters)"]},
            ),
        ):
            answer = await kim.post("/me/collab_submissions.json", json={"collab_submission": sent})
            assert (answer.status_code, answer.json()) == (422, {"errors": expected})
        assert (await kim.post("/me/collab_submissions.json", json={})).status_code == 400
        id = (await applied(scene, kim))["id"]
        again = await kim.post("/me/collab_submissions.json", json={"collab_submission": scene.brief()})
        assert again.json() == {"errors": {"collab": ["has already been taken"]}}
        place, mine = f"{scene.ours}/{id}", f"/me/collab_submissions/{id}"
        early = await us.post(f"{place}/complete.json")
        assert early.json() == {"errors": {"base": ["Submission is applied and cannot become completed"]}}
        await done(us, place, "accept", "awaiting_shipment")
        bare = await us.post(f"{place}/ship.json", json={"shipment": {"carrier": " ", "tracking_url": "x"}})
        assert bare.json() == {
            "errors": {"carrier": ["can't be blank"], "tracking_number": ["can't be blank"],
                       "tracking_url": ["is invalid"]}
        }  # fmt: skip
        text = await kim.post(f"{mine}/extend_usage", json={"usage_rights": {"days": "12abc"}})
        assert text.json()["errors"]["days"] == ["is not a number"]
        seq = sqid.number(id)
        row = {"status": "posted", "shipped_at": clock.now()}
        c = COLLAB_SUBMISSIONS.c
        scene.world.db.write_now(
            lambda w: w.run(COLLAB_SUBMISSIONS.update().where(c.seq == seq).values(**row))
        )
        odd = await kim.post(f"{mine}/spark_code", json={"spark_code": {"code": "x", "days": 8}})
        assert odd.json() == {"errors": {"days": ["is not included in the list"]}}


async def test_who_may_see_and_do_what(scene: Scene):
    other, member = make_world(scene.world.db, "Other"), scene.world.person("Mel", "member")
    stranger = scene.world.person("Stranger")
    async with scene.world.client(of=scene.kim) as kim, scene.world.client() as us:
        id = (await applied(scene, kim))["id"]
        await done(us, f"{scene.ours}/{id}", "accept", "awaiting_shipment")
    place, mine = f"{scene.ours}/{id}", f"/me/collab_submissions/{id}"
    acts = [
        "accept",
        "decline",
        "cancel",
        "deliver",
        "approve_content",
        "complete",
        "ship",
        "request_revision",
        "reverse",
    ]
    body: dict[str, dict[str, Any]] = {
        "shipment": {"carrier": "x"},
        "revision": {"note": "x"},
        "content": {"url": "x"},
        "post": {"url": "x"},
    }
    body |= {"spark_code": {"code": "x"}, "usage_rights": {"days": 1}}
    async with scene.world.client(of=member) as client:
        shown = await client.get(f"{place}.json")
        assert (shown.status_code, "address" in shown.json()) == (200, False)
        for act in acts:
            assert (await client.post(f"{place}/{act}.json", json=body)).status_code == 403, act
    for client in (other.client(), scene.world.client(of=stranger), scene.world.client(of=scene.kim)):
        async with client:
            assert (await client.get(f"{place}.json")).status_code == 404
            assert (await client.get(f"{scene.ours}.json")).status_code == 404
            for act in acts:
                answer = await client.post(f"{place}/{act}.json", json=body)
                assert (answer.status_code, answer.json()) == (404, {"error": "Not authorized"}), act
    mines = ["withdraw", "cancel", "receive", "submit_content", "post", "spark_code", "extend_usage"]
    for client in (scene.world.client(), scene.world.client(of=stranger), scene.world.client(of=member)):
        async with client:
            assert (await client.get("/me/collab_submissions.json")).json() == []
            for method, url in [("GET", f"{mine}.json"), *(("POST", f"{mine}/{act}.json") for act in mines)]:
                answer = await client.request(method, url, json=body)
                assert (answer.status_code, answer.content) == (404, b""), url
    async with scene.world.client(of=scene.kim) as kim:
        assert (await kim.get(f"{mine}.json")).json()["status"] == "awaiting_shipment"
        elsewhere = make_elsewhere(scene)
        async with scene.world.client() as us:
            assert (
                await us.get(place.replace(sqid.text(scene.collab.seq), elsewhere) + ".json")
            ).status_code == 404


async def test_a_post_that_was_looked_at_and_work_that_is_waited_for_no_longer(scene: Scene):
    def put(seq: int, **values: Any) -> None:
        c = COLLAB_SUBMISSIONS.c
        scene.world.db.write_now(
            lambda w: w.run(COLLAB_SUBMISSIONS.update().where(c.seq == seq).values(**values))
        )

    async with scene.world.client() as us, scene.world.client(of=scene.kim) as kim:
        id = (await applied(scene, kim))["id"]
        seq, place = sqid.number(id) or 0, f"{scene.ours}/{id}"
        now = clock.now()
        put(seq, status="posted", post_url=make.post_url(), platform_id="tiktok", next_sync_at=now)
        assert (await us.get(f"{place}.json")).json()["post_check"] is None
        post = creators.social.Post(None, 1_767_225_600 * clock.SECOND, None, 3, 2)
        scene.world.db.write_now(creators.collabs.posted.seen, seq, now, post)
        shown = (await kim.get(f"/me/collab_submissions/{id}.json")).json()
        assert shown["post_check"] == "found"
        assert shown["post_published_at"] == "2026-01-01T00:00:00Z"
        assert (shown["view_count"], shown["likes_count"], shown["comments_count"]) == (None, 3, 2)
        assert shown["last_synced_at"] is not None
        put(seq, status="in_production", content_due_at=now)
        early = await us.post(f"{place}/reverse.json")
        assert early.json() == {
            "errors": {"base": ["Submission can be reversed once its content is 14 days late"]}
        }
        put(seq, content_due_at=now - 15 * clock.DAY)
        await done(us, place, "reverse", "reversed")


def make_elsewhere(scene: Scene) -> str:
    """The id of another collab of the same organization."""
    return sqid.text(scene.world.db.write_now(creators.collabs.create, scene.world.by, {}).seq)


async def test_messages_of_both_sides(scene: Scene):
    member = scene.world.person("Mel", "member")
    async with scene.world.client(of=scene.kim) as kim, scene.world.client(of=member) as mel:
        id = (await applied(scene, kim))["id"]
        mine, ours = f"/me/collab_submissions/{id}", f"{scene.ours}/{id}"
        said = await kim.post(f"{mine}/messages.json", json={"message": {"text": " Hello "}})
        assert said.status_code == 201
        assert list(said.json()) == ["id", "text", "from_creator", "user", "created_at"]
        assert (said.json()["text"], said.json()["from_creator"], said.json()["user"]["name"]) == (
            "Hello",
            True,
            "Kim",
        )
        assert (await mel.get(f"{ours}.json")).json()["unread_messages_count"] == 1
        await mel.post(f"{ours}/messages.json", json={"message": {"text": "Hi Kim"}})
        listed = await kim.get(f"{mine}/messages.json")
        assert [(each["text"], each["from_creator"]) for each in listed.json()] == [
            ("Hello", True),
            ("Hi Kim", False),
        ]
        assert listed.headers["total-count"] == "2"
        assert (await mel.get(f"{ours}/messages.json")).json() == listed.json()
        read = await mel.post(f"{ours}/messages/read.json")
        assert (read.status_code, read.content) == (204, b"")
        assert (await mel.get(f"{ours}.json")).json()["unread_messages_count"] == 0
        assert (await kim.get(f"{mine}.json")).json()["unread_messages_count"] == 1
        for text, why in ((" ", "can't be blank"), ("x" * 4_001, "is too long (maximum is 4000 characters)")):
            wrong = await kim.post(f"{mine}/messages.json", json={"message": {"text": text}})
            assert (wrong.status_code, wrong.json()) == (422, {"errors": {"text": [why]}})
        inbox = (await kim.get("/me/notifications.json")).json()
        assert all("Message" not in each["type"] for each in inbox)
        stranger = scene.world.person("Stranger")
        async with scene.world.client(of=stranger) as client:
            for method, place in (("GET", mine), ("POST", mine), ("GET", ours), ("POST", ours)):
                answer = await client.request(
                    method, f"{place}/messages.json", json={"message": {"text": "x"}}
                )
                assert answer.status_code == 404
        away = (
            f"/organizations/{scene.world.id}/collabs/{make_elsewhere(scene)}/submissions/{id}/messages.json"
        )
        assert (await mel.get(away)).status_code == 404


async def test_a_code_that_has_run_out_is_shown_no_more(scene: Scene, world: World):
    async with world.client(of=scene.kim) as kim:
        id = (await applied(scene, kim))["id"]
        c = COLLAB_SUBMISSIONS.c
        seq = sqid.number(id) or 0
        code = world.db.read_now(lambda r: r.seal.close("abc", "spark code"))
        row = {"spark_code": code, "spark_expires_at": 1}
        world.db.write_now(lambda w: w.run(COLLAB_SUBMISSIONS.update().where(c.seq == seq).values(**row)))
        assert (await kim.get(f"/me/collab_submissions/{id}.json")).json()["spark_code"] == "abc"
        world.db.write_now(making.end_spark_code, seq)
        assert (await kim.get(f"/me/collab_submissions/{id}.json")).json()["spark_code"] is None
