"""Applications, submissions and the board over JSON: two people, one campaign."""

from typing import Any

import pytest

from hyway.domain import creators
from hyway.domain.creators import money
from hyway.domain.creators.campaigns import posts
from hyway.domain.creators.campaigns.records import Seen
from hyway.domain.identity import Person
from hyway.kernel import sqid
from hyway.kernel.db import Write
from tests.apis.hypemarket.conftest import World, alone, make_world
from tests.make.campaigns import WHOLE, verify

LINK = ["short_url", "destination", "clicks", "leads", "sales", "revenue"]
APPLICATION = [
    "id", "status", "message", "campaign", "organization", "user", "partner_id", "link", "created_at",
    "updated_at", "decided_at", "url",
]  # fmt: skip
SUBMISSION = [
    "id", "status", "campaign", "organization", "user", "platform_id", "post_url", "flags", "decision", "reason",
    "note", "reopened", "view_count", "likes_count", "comments_count", "currency", "gross_amount",
    "committed_amount", "share_amount", "link", "posted_at", "last_synced_at", "review_due_at", "decided_at",
    "window_ends_at", "hold_until", "paid_at", "created_at", "updated_at", "url",
]  # fmt: skip
POST = "https://www.youtube.com/watch?v=abcdefghijk"


def campaign(world: World, privacy: str = "public", **fields: Any) -> str:
    """A running campaign of the organization, by its id."""
    from hyway.domain import identity

    world.db.write_now(identity.organizations.change, world.by, {"privacy_setting": privacy})
    made = world.db.write_now(creators.campaigns.create, world.by, {**WHOLE, **fields})
    world.db.write_now(money.fund, world.by, "campaign", made.seq, "usd", 100_000)
    return sqid.text(world.db.write_now(creators.campaigns.publish, world.by, made.seq).seq)


def creator(world: World, name: str) -> Person:
    """Somebody outside the organization with a verified account at YouTube."""
    made = world.person(name)
    world.db.write_now(
        verify, alone(made), "youtube", f"https://www.youtube.com/@{name.lower()}", f"UC-{name}"
    )
    return made


def theirs(world: World, *steps: str) -> str:
    return "/".join(("/organizations", world.id, *steps)) + ".json"


async def test_from_the_board_to_a_post_that_earns(world: World) -> None:
    kim, id = creator(world, "Kim"), campaign(world)
    async with world.client(of=kim) as hers, world.client() as ours:
        board = await hers.get("/board.json")
        assert [(each["id"], each["kind"]) for each in board.json()] == [(id, "campaign")]
        asked = await hers.post(
            f"/board/campaigns/{id}/applications.json", json={"application": {"message": "Me!"}}
        )
        assert asked.status_code == 201, asked.text
        mine = asked.json()
        assert list(mine) == APPLICATION
        assert (mine["status"], mine["message"], mine["link"]) == ("applied", "Me!", None)
        assert (
            asked.headers["location"]
            == mine["url"]
            == f"https://go.example/me/applications/{mine['id']}.json"
        )
        waiting = await ours.get(
            theirs(world, "applications"), params={"status": "applied", "campaign_id": id}
        )
        assert [each["user"]["name"] for each in waiting.json()] == ["Kim"]
        accepted = (await ours.post(theirs(world, "applications", mine["id"], "accept"))).json()
        assert (accepted["status"], list(accepted["link"])) == ("accepted", LINK)
        assert accepted["link"]["short_url"].startswith("https://go.example/")
        assert (await ours.get(theirs(world, "applications"), params={"status": "applied"})).json() == []
        assert (await hers.get("/me/applications.json")).json()[0]["link"] == accepted["link"]
        made = await hers.post("/me/submissions.json", json={"submission": {"campaign_id": id, "url": POST}})
        assert made.status_code == 201, made.text
        post = made.json()
        assert list(post) == SUBMISSION
        assert (post["status"], post["post_url"], post["link"]) == ("submitted", POST, accepted["link"])
        here = theirs(world, "campaigns", id, "submissions", post["id"])
        approved = await ours.post(here.replace(".json", "/approve.json"))
        assert (approved.json()["status"], approved.json()["committed_amount"]) == ("approved", 200)
        due = world.db.read_now(creators.submissions.due, 1 << 60, 5)
        world.db.write_now(
            creators.submissions.seen, due[0].submission, due[0].slot, Seen("UC-Kim", None, 3_000, 5)
        )
        seen = (await hers.get(f"/me/submissions/{post['id']}.json")).json()
        assert (seen["status"], seen["view_count"], seen["committed_amount"]) == ("tracking", 3_000, 1_700)
        shown = await ours.get(here)
        assert {**shown.json(), "url": seen["url"]} == seen
        assert (await ours.get(here, headers={"If-None-Match": shown.headers["etag"]})).status_code == 304
        counted = (await ours.get(theirs(world, "campaigns", id))).json()
        assert (counted["view_count"], counted["submissions_count"], counted["used_amount"]) == (
            3_000,
            1,
            1_700,
        )
        brought = (await ours.get(theirs(world, "campaigns", id, "performance"))).json()
        assert (brought["creators_count"], brought["effective_cpm_amount"]) == (1, 566)


async def test_decisions_and_their_reasons(world: World) -> None:
    kim, id = creator(world, "Kim"), campaign(world, approves=True)
    async with world.client(of=kim) as hers, world.client() as ours:
        applied = await hers.post(f"/board/campaigns/{id}/applications.json")
        assert applied.json()["status"] == "accepted"
        again = await hers.post(f"/board/campaigns/{id}/applications.json")
        assert (again.status_code, again.json()) == (
            422, {"errors": {"base": ["You have already applied to this campaign."]}},
        )  # fmt: skip
        post = (await hers.post("/me/submissions.json", json={"campaign_id": id, "url": POST})).json()
        here = f"/organizations/{world.id}/campaigns/{id}/submissions/{post['id']}"
        why = {"submission": {"reason": "because"}}
        wrong = await ours.post(f"{here}/reject.json", json=why)
        assert (wrong.status_code, wrong.json()) == (
            422,
            {"errors": {"reason": ["is not included in the list"]}},
        )
        assert (await ours.post(f"{here}/reject.json")).status_code == 422
        why = {"submission": {"reason": "didNotMeetCriteria", "note": "No product."}}
        rejected = (await ours.post(f"{here}/reject.json", json=why)).json()
        assert (rejected["status"], rejected["reason"], rejected["note"]) == (
            "rejected", "didNotMeetCriteria", "No product.",
        )  # fmt: skip
        assert (await hers.post(f"/me/submissions/{post['id']}/appeal.json")).json()["status"] == "submitted"
        await ours.post(f"{here}/approve.json")
        back = (await ours.post(f"{here}/reverse.json", json={"reason": "other"})).json()
        assert (back["status"], back["committed_amount"]) == ("reversed", 0)
        assert (await ours.post(f"{here}/reopen.json")).status_code == 422
        queue = await ours.get(theirs(world, "submissions"), params={"status": "reversed"})
        assert [each["id"] for each in queue.json()] == [post["id"]]
        assert (await ours.get(theirs(world, "submissions"), params={"status": "submitted"})).json() == []


async def test_a_hold_is_ended_by_approving_once_more(world: World) -> None:
    kim, id = creator(world, "Kim"), campaign(world, approves=True)
    async with world.client(of=kim) as hers, world.client() as ours:
        await hers.post(f"/board/campaigns/{id}/applications.json")
        post = (await hers.post("/me/submissions.json", json={"campaign_id": id, "url": POST})).json()["id"]
        here = f"/organizations/{world.id}/campaigns/{id}/submissions/{post}"
        assert (await ours.post(f"{here}/approve.json")).json()["status"] == "approved"
        await ours.post(f"/organizations/{world.id}/campaigns/{id}/finish.json")
        world.db.write_now(hold, sqid.number(post) or 0)
        assert (await hers.get(f"/me/submissions/{post}.json")).json()["status"] == "held"
        owed = (await ours.post(f"{here}/approve.json")).json()
        assert (owed["status"], owed["committed_amount"]) == ("payable", 200)
        assert (await ours.post(f"{here}/approve.json")).status_code == 422


def hold(w: Write, seq: int) -> None:
    """As the clock does once the window of a post is over."""
    campaign, of = posts.held(w, seq) or pytest.fail("there is no such post")
    posts.hold(w, posts.lock(w, campaign, of))


@pytest.mark.parametrize(
    ("said", "errors"),
    [
        ({"url": "https://example.com"}, {"url": ["is not a post on a platform of this campaign"]}),
        ({"url": ""}, {"url": ["can't be blank"]}),
        ({"url": "https://www.tiktok.com/@kim/video/7038475063498387456"}, {
            "url": ["must be a post of one of your verified accounts"],
        }),
    ],
)  # fmt: skip
async def test_what_is_no_post(world: World, said: dict[str, str], errors: dict[str, list[str]]) -> None:
    kim, id = creator(world, "Kim"), campaign(world, approves=True)
    async with world.client(of=kim) as hers:
        nowhere = await hers.post("/me/submissions.json", json={"submission": {"campaign_id": id, **said}})
        assert (nowhere.status_code, nowhere.content) == (404, b"")
        await hers.post(f"/board/campaigns/{id}/applications.json")
        wrong = await hers.post("/me/submissions.json", json={"submission": {"campaign_id": id, **said}})
        assert (wrong.status_code, wrong.json()) == (422, {"errors": errors})
        assert (await hers.post("/me/submissions.json", json={})).status_code == 400
        withdrawn = await hers.get("/me/applications.json")
        own = withdrawn.json()[0]["id"]
        assert (await hers.post(f"/me/applications/{own}/withdraw.json")).json()["status"] == "withdrawn"


async def test_whose_is_whose(world: World) -> None:
    kim, lou, id = creator(world, "Kim"), creator(world, "Lou"), campaign(world, approves=True)
    member, other = world.person("Mia", "member"), make_world(world.db, "Other")
    async with world.client(of=kim) as hers:
        application = (await hers.post(f"/board/campaigns/{id}/applications.json")).json()["id"]
        post = (await hers.post("/me/submissions.json", json={"campaign_id": id, "url": POST})).json()["id"]
    mine = [
        f"/me/applications/{application}", f"/me/applications/{application}/withdraw",
        f"/me/submissions/{post}", f"/me/submissions/{post}/appeal",
    ]  # fmt: skip
    inside = f"/organizations/{world.id}"
    decisions = [
        f"{inside}/applications/{application}/accept", f"{inside}/applications/{application}/decline",
        *(f"{inside}/campaigns/{id}/submissions/{post}/{verb}" for verb in ("approve", "reject", "reverse", "reopen")),
    ]  # fmt: skip
    why = {"reason": "other"}
    async with world.client(of=lou) as stranger:
        for path in mine:
            call = stranger.get if path.count("/") == 3 else stranger.post
            answer = await call(f"{path}.json")
            assert (answer.status_code, answer.content) == (404, b""), path
        for path in decisions:
            assert (await stranger.post(f"{path}.json", json=why)).status_code == 404, path
    async with world.client(of=member) as colleague:
        assert len((await colleague.get(f"{inside}/submissions.json")).json()) == 1
        assert (await colleague.get(f"{inside}/campaigns/{id}/submissions.json")).status_code == 200
        for path in decisions:
            answer = await colleague.post(f"{path}.json", json=why)
            assert (answer.status_code, answer.json()) == (403, {"error": "Not authorized"}), path
    async with other.client() as foreign:
        for path in decisions:
            answer = await foreign.post(f"{path.replace(world.id, other.id)}.json", json=why)
            assert (answer.status_code, answer.json()) == (404, {"error": "Not authorized"}), path
    second = campaign(world)
    async with world.client() as ours:
        elsewhere = f"{inside}/campaigns/{second}/submissions/{post}"
        assert (await ours.get(f"{elsewhere}.json")).status_code == 404
        assert (await ours.post(f"{elsewhere}/approve.json")).status_code == 404
        assert (await ours.get(f"{inside}/campaigns/{second}/submissions.json")).json() == []


async def test_the_board_shows_what_one_may_see(world: World) -> None:
    first = campaign(world, countries=["US"], platform_ids=["youtube"])
    second = campaign(world, countries=["FR", "GB"], platform_ids=["tiktok"], name="Autumn")
    private = make_world(world.db, "Private")
    hidden = campaign(private, privacy="private")
    async with world.client(of=world.person("Sam")) as client:
        every = await client.get("/board.json")
        assert [each["id"] for each in every.json()] == [second, first]
        assert (every.headers["total-count"], "brief" in every.json()[0]) == ("2", False)
        for asked, wanted in (
            ({"country": "US"}, [first]), ({"country": "GB"}, [second]), ({"country": "G"}, []),
            ({"platform_id": "tiktok"}, [second]), ({"platform_id": "myspace"}, []),
            ({"kind": "collab"}, []), ({"kind": "campaign", "country": "FR"}, [second]),
        ):  # fmt: skip
            found = await client.get("/board.json", params=asked)
            assert [each["id"] for each in found.json()] == wanted, asked
        shown = await client.get(f"/board/campaigns/{first}.json")
        assert (shown.json()["brief"], shown.json()["organization"]["name"]) == ("<p>Show it.</p>", "Acme")
        for path in (f"campaigns/{hidden}", f"collabs/{first}", "campaigns/nobody"):
            answer = await client.get(f"/board/{path}.json")
            assert (answer.status_code, answer.content) == (404, b""), path
        blocked = await client.post(f"/board/campaigns/{hidden}/applications.json")
        assert (blocked.status_code, blocked.content) == (404, b"")
    async with private.client() as member:
        assert hidden in [each["id"] for each in (await member.get("/board.json")).json()]
    async with world.client() as ours:
        await ours.post(theirs(world, "campaigns", first, "pause"))
        assert [each["id"] for each in (await ours.get("/board.json")).json()] == [second]
