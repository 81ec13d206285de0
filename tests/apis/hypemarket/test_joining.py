"""Requests to join and invitations, over the wire."""

import pytest

from hyway.domain import identity
from hyway.kernel import sqid
from tests.apis.hypemarket.conftest import World, alone


def open_as(world: World, privacy: str) -> None:
    world.db.write_now(identity.organizations.change, world.by, {"privacy_setting": privacy})


async def test_a_request_is_asked_and_approved(world: World):
    open_as(world, "restricted")
    kim = world.person("Kim")
    of, at = world.client(of=kim), f"/organizations/{world.id}/join_requests"
    made = await of.post(f"{at}.json")
    assert made.status_code == 201
    body = made.json()
    assert body == {
        "id": body["id"],
        "status": "pending",
        "created_at": body["created_at"],
        "decided_at": None,
        "organization": {"id": world.id, "name": "Acme"},
        "user": {"id": sqid.text(kim.seq), "name": "Kim", "email": "kim@example.com"},
    }
    again = await of.post(f"{at}.json")
    assert (again.status_code, again.json()) == (422, {"errors": {"user": ["already has a pending request"]}})
    assert (await of.get("/me/join_requests.json")).json() == [body]
    assert (await of.get(f"/organizations/{world.id}.json")).status_code == 404
    assert (await of.get(f"{at}.json")).status_code == 404
    listed = await world.client().get(f"{at}.json")
    assert (listed.json(), listed.headers["total-count"]) == ([body], "1")
    approved = await world.client().post(f"{at}/{body['id']}/approve.json")
    assert (approved.status_code, approved.json()["status"]) == (200, "approved")
    assert (await of.get(f"/organizations/{world.id}.json")).status_code == 200
    inbox = (await of.get("/me/notifications.json")).json()
    assert [each["type"] for each in inbox] == ["Membership::RequestAcceptedNotifier"]


async def test_rejected_and_canceled(world: World):
    open_as(world, "restricted")
    kim = world.person("Kim")
    of, at = world.client(of=kim), f"/organizations/{world.id}/join_requests"
    first = (await of.post(f"{at}.json")).json()["id"]
    gone = await world.client().post(f"{at}/{first}/reject.json")
    assert (gone.status_code, gone.content) == (204, b"")
    assert (await world.client().post(f"{at}/{first}/approve.json")).status_code == 404
    second = (await of.post(f"{at}.json")).json()["id"]
    assert (await of.delete(f"/me/join_requests/{second}.json")).status_code == 204
    missing = await of.delete(f"/me/join_requests/{second}.json")
    assert (missing.status_code, missing.content) == (404, b"")


async def test_public_and_private(world: World):
    kim = world.person("Kim")
    of, at = world.client(of=kim), f"/organizations/{world.id}/join_requests.json"
    hidden = await of.post(at)
    assert (hidden.status_code, hidden.json()) == (404, {"error": "Not authorized"})
    assert (await of.post("/organizations/zzzzzz/join_requests.json")).status_code == 404
    open_as(world, "public")
    joined = await of.post(at)
    assert (joined.status_code, joined.json()["status"]) == (201, "approved")
    inside = await of.post(at)
    assert (inside.status_code, inside.json()) == (422, {"errors": {"user": ["is already a member"]}})


async def test_members_see_and_decide_nothing(world: World):
    open_as(world, "restricted")
    asked = world.db.write_now(identity.joining.ask, alone(world.person("Kim")), world.organization.seq)
    member = world.client(of=world.person("Mo", "member"))
    at = f"/organizations/{world.id}"
    calls = [
        ("GET", f"{at}/join_requests.json"),
        ("POST", f"{at}/join_requests/{sqid.text(asked.seq)}/approve.json"),
        ("POST", f"{at}/join_requests/{sqid.text(asked.seq)}/reject.json"),
        ("GET", f"{at}/invitations.json"),
    ]
    for method, path in calls:
        answer = await member.request(method, path)
        assert (answer.status_code, answer.json()) == (403, {"error": "Not authorized"}), path
    refused = await member.post(f"{at}/invitations.json", json={"invitation": {"email": "x@example.com"}})
    assert refused.status_code == 403


async def test_an_invitation_is_accepted(world: World):
    kim = world.person("Kim")
    of, at = world.client(of=kim), f"/organizations/{world.id}/invitations"
    wanted = {"invitation": {"email": "Kim@Example.com", "role": "admin"}}
    made = await world.client().post(f"{at}.json", json=wanted)
    assert made.status_code == 201
    body = made.json()
    assert body == {
        "id": body["id"],
        "email": "kim@example.com",
        "role": "admin",
        "status": "pending",
        "created_at": body["created_at"],
        "organization": {"id": world.id, "name": "Acme"},
    }
    assert (await world.client().get(f"{at}.json")).json() == [body]
    assert (await of.get("/me/invitations.json")).json() == [body]
    (told,) = (await of.get("/me/notifications.json")).json()
    assert (told["type"], told["record_type"], told["record_id"]) == (
        "Membership::InvitationNotifier", "Membership::Invitation", body["id"],
    )  # fmt: skip
    accepted = await of.post(f"/me/invitations/{body['id']}/accept.json")
    assert (accepted.status_code, accepted.json()["status"]) == (200, "approved")
    members = (await of.get(f"/organizations/{world.id}/members.json")).json()
    assert [m["user"]["name"] for m in members if m["role"] == "admin"] == ["Acme-owner", "Kim"]
    assert (await of.get("/me/invitations.json")).json() == []


async def test_an_invitation_is_declined_or_withdrawn(world: World):
    kim = world.person("Kim")
    of, at = world.client(of=kim), f"/organizations/{world.id}/invitations"
    wanted = {"invitation": {"email": kim.email}}
    first = (await world.client().post(f"{at}.json", json=wanted)).json()
    assert first["role"] == "member"
    assert (await of.post(f"/me/invitations/{first['id']}/decline.json")).status_code == 204
    second = (await world.client().post(f"{at}.json", json=wanted)).json()["id"]
    assert (await world.client().delete(f"{at}/{second}.json")).status_code == 204
    assert (await of.post(f"/me/invitations/{second}/accept.json")).status_code == 404
    stranger = world.client(of=world.person("Eve"))
    third = (await world.client().post(f"{at}.json", json=wanted)).json()["id"]
    for what in ("accept", "decline"):
        answer = await stranger.post(f"/me/invitations/{third}/{what}.json")
        assert (answer.status_code, answer.content) == (404, b"")


async def test_an_answer_does_not_tell_whether_an_address_is_known(world: World):
    at = f"/organizations/{world.id}/invitations.json"
    world.person("Kim")
    known = (await world.client().post(at, json={"invitation": {"email": "kim@example.com"}})).json()
    unknown = (await world.client().post(at, json={"invitation": {"email": "who@example.com"}})).json()
    assert {**known, "id": "", "email": "", "created_at": ""} == {
        **unknown, "id": "", "email": "", "created_at": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("sent", "status", "body"),
    [
        ({"invitation": {"email": ""}}, 422, {"errors": {"email": ["can't be blank"]}}),
        ({"invitation": {"email": "x@"}}, 422, {"errors": {"email": ["is invalid"]}}),
        (
            {"invitation": {"email": "x@example.com", "role": "owner"}},
            422,
            {"errors": {"role": ["is not included in the list"]}},
        ),
        ({}, 400, {"status": 400, "error": "Bad Request"}),
    ],
)
async def test_what_is_wrong_with_an_invitation(world: World, sent, status, body):
    answer = await world.client().post(f"/organizations/{world.id}/invitations.json", json=sent)
    assert (answer.status_code, answer.json()) == (status, body)
    assert (await world.client().get(f"/organizations/{world.id}/invitations.json")).json() == []
