"""POST /api/events/{organizationId}/search, as the vendor's pages describe it."""

import re
from typing import Any

import httpx
import pytest

from hyway.domain import identity
from hyway.kernel.db import Ref
from tests.apis.hyphen.conftest import Acme, refused
from tests.domain.audit.logs import fact, tell

EVENT = {"id", "type", "timestamp", "organization", "requestId", "references", "actor", "data"}
PROJECT = Ref("Project", "proj_1", {"name": "Store"})


def url(acme: Acme) -> str:
    return f"/api/events/{acme.id}/search"


async def found(acme: Acme, **asked: Any) -> dict[str, Any]:
    async with acme.client() as client:
        answer = await client.post(url(acme), json=asked)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def test_the_shape_of_events(acme: Acme) -> None:
    """`{data: [{id, type, timestamp, organization, requestId, references, actor, user, data}], pageSize}`."""
    told = await found(acme, types=["ORGANIZATION"])
    assert told.keys() == {"data", "pageSize"}
    assert told["pageSize"] == 100
    (event,) = told["data"]
    assert event.keys() == EVENT
    assert re.fullmatch("evnt_[0-9a-f]{24}", event["id"])
    assert event["type"] == "ORGANIZATION.CREATE"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", event["timestamp"])
    assert event["organization"] == {"id": acme.id, "name": "Acme"}
    assert event["references"] == [{"id": acme.id, "type": "Organization", "view": {"name": "Acme"}}]
    assert event["actor"].keys() == {"id", "name"}
    assert event["data"] == {"name": "Acme"}


async def test_what_a_member_did_says_who_they_are(acme: Acme) -> None:
    by = acme.inside(acme.admin)
    acme.db.write_now(tell, [fact(by, "app.created", "app", "app_1", PROJECT, id="app_1", name="Shop")])
    (event,) = (await found(acme, types=["APP.CREATE"]))["data"]
    assert event.keys() == EVENT | {"user"}
    assert event["user"] == {"id": by.member, "name": "Adam"}
    assert event["actor"] == {"id": acme.admin.id, "name": "Adam"}
    assert event["references"] == [
        {"id": "app_1", "type": "App", "view": {"name": "Shop"}},
        {"id": by.member, "type": "Member", "view": {"name": "Adam"}},
        {"id": "proj_1", "type": "Project", "view": {"name": "Store"}},
    ]
    assert event["data"] == {"id": "app_1", "name": "Shop"}
    for reference in event["references"]:
        assert event in (await found(acme, references=[reference]))["data"]
    assert (await found(acme, references=event["references"]))["data"] == [event]


async def test_what_a_key_did_says_which(acme: Acme) -> None:
    async with acme.client() as client:
        made = await client.post(f"{acme.base}/teams/", json={"name": "Core", "type": "static"})
    assert made.status_code in (200, 201), made.text
    (event,) = (await found(acme, types=["TEAM.CREATE"], references=[{"id": made.json()["id"]}]))["data"]
    assert event["actor"]["name"] == "The administrator's"
    assert event["actor"]["id"].startswith("akey_")
    assert event["user"]["id"].startswith("memb_")
    assert event["requestId"]
    kinds = {each["type"]: each["id"] for each in event["references"]}
    assert kinds["ApiKey"] == event["actor"]["id"]
    assert kinds["Member"] == event["user"]["id"]


async def test_pages_by_cursor(acme: Acme) -> None:
    """ "pageCursor": "evnt_60b3b3f4c4b3f00001f3b3f4", answered with "nextPageCursor" until there is no more."""
    acme.db.write_now(tell, [fact(acme.by, "tag.created", "tag", f"t{n}") for n in range(5)])
    first = await found(acme, types=["TAG"], pageSize=2)
    assert first["pageSize"] == 2
    assert first["nextPageCursor"] == first["data"][-1]["id"]
    second = await found(acme, types=["TAG"], pageSize=2, pageCursor=first["nextPageCursor"])
    third = await found(acme, types=["TAG"], pageSize=2, pageCursor=second["nextPageCursor"])
    assert "nextPageCursor" not in third
    shown = [each["references"][0]["id"] for page in (first, second, third) for each in page["data"]]
    assert shown == ["t4", "t3", "t2", "t1", "t0"]


async def test_references_with_and_and_or(acme: Acme) -> None:
    for id, ref in (("app_1", "proj_1"), ("app_2", "proj_1"), ("app_3", "proj_2")):
        acme.db.write_now(tell, [fact(acme.by, "app.created", "app", id, Ref("Project", ref))])
    both = [{"id": "app_1"}, {"id": "proj_1", "type": "Project", "view": {"name": "anything"}}]
    assert len((await found(acme, references=both))["data"]) == 1
    assert len((await found(acme, references=both, referenceOperation="AND"))["data"]) == 1
    assert len((await found(acme, references=both, referenceOperation="OR"))["data"]) == 2
    assert (await found(acme, references=[*both, {"id": "proj_2"}]))["data"] == []


async def test_dates(acme: Acme) -> None:
    acme.db.write_now(tell, [fact(acme.by, "tag.created", "tag", "t")])
    (tag,) = (await found(acme, types=["TAG"]))["data"]
    assert (await found(acme, types=["TAG"], startDate=tag["timestamp"]))["data"] == [tag]
    assert (await found(acme, types=["TAG"], endDate=tag["timestamp"]))["data"] == []
    assert (await found(acme, types=["TAG"], startDate="2021-09-14T15:00:00Z"))["data"] == [tag]
    assert (
        await found(
            acme, types=["TAG"], startDate="2021-09-14T15:00:00+02:00", endDate="2022-01-01T00:00:00Z"
        )
    )["data"] == []


async def test_nothing_asked_is_everything(acme: Acme) -> None:
    everything = await found(acme)
    assert everything["data"]
    async with acme.client() as client:
        for body in (b"", b"null", b"{}", b'{"types": [], "references": [], "more": 1}'):
            answer = await client.post(url(acme), content=body, headers={"content-type": "application/json"})
            assert answer.status_code == 200, answer.text
            assert answer.json() == everything
        slashed = await client.post(url(acme) + "/", json={})
    assert slashed.json() == everything


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"types": "DATABASE"}, "body/types must be array"),
        ({"types": [1]}, "body/types/0 must be string"),
        ({"references": ["proj_1"]}, "body/references/0 must be object"),
        ({"references": [{}]}, "body/references/0 must have required property 'id'"),
        ({"references": [{"id": 1}]}, "body/references/0/id must be string"),
        ({"references": [{"id": ""}]}, "body/references/0/id must NOT have fewer than 1 characters"),
        ({"references": [{"id": "a"}] * 21}, "body/references must NOT have more than 20 items"),
        ({"types": ["A"] * 101}, "body/types must NOT have more than 100 items"),
        ({"referenceOperation": "and"}, "body/referenceOperation must be equal to one of the allowed values"),
        ({"startDate": "string"}, 'body/startDate must match format "date-time"'),
        ({"endDate": "2021-09-14"}, 'body/endDate must match format "date-time"'),
        ({"pageSize": 0}, "body/pageSize must be >= 1"),
        ({"pageSize": 201}, "body/pageSize must be <= 200"),
        ({"pageSize": 1.5}, "body/pageSize must be integer"),
        ({"pageCursor": "x"}, "body/pageCursor must be the id of an event of the organization"),
        (
            {"pageCursor": "evnt_60b3b3f4c4b3f00001f3b3f4"},
            "body/pageCursor must be the id of an event of the organization",
        ),
    ],
)
async def test_what_is_no_search(acme: Acme, asked: dict[str, Any], message: str) -> None:
    async with acme.client() as client:
        refused(await client.post(url(acme), json=asked), 400, message)


@pytest.mark.parametrize(
    "asked", [{"pageSize": 1}, {"pageSize": 200}, {"types": ["A"] * 100}, {"types": ["\x7f💥"]}]
)
async def test_what_is_just_a_search(acme: Acme, asked: dict[str, Any]) -> None:
    await found(acme, **asked)


@pytest.mark.parametrize(
    "asked", [{"types": ["a\0"]}, {"references": [{"id": "a\0"}]}, {"pageCursor": "evnt_\0"}]
)
async def test_nul_is_refused(acme: Acme, asked: dict[str, Any]) -> None:
    async with acme.client() as client:
        refused(await client.post(url(acme), json=asked), 400)


async def test_strangers_learn_nothing(acme: Acme) -> None:
    async with acme.stranger() as client:
        refused(await client.post(url(acme), json={}), 404)
        theirs = await client.post(f"/api/events/{acme.elsewhere.id}/search", json={})
        assert acme.id not in theirs.text
        (mine, *_) = (await found(acme))["data"]
        foreign = await client.post(
            f"/api/events/{acme.elsewhere.id}/search", json={"pageCursor": mine["id"]}
        )
        refused(foreign, 400)
    async with acme.client("") as client:
        refused(await client.post(url(acme), json={}), 401)


async def test_the_log_is_for_administrators(acme: Acme) -> None:
    async def asks(client: httpx.AsyncClient) -> httpx.Response:
        async with client:
            return await client.post(url(acme), json={})

    for of in (acme.owner, acme.admin):
        assert (await asks(acme.client(of=of))).status_code == 200
    refused(await asks(acme.client(of=acme.member)), 403)
    for role in ("OrganizationBilling", "OrganizationMember"):
        refused(await asks(acme.client(acme.new_key(role))), 403)


async def test_what_other_families_announce_is_shown_without_numbers_of_ours(acme: Acme) -> None:
    by = identity.within(acme.by, acme.by.organization)
    acme.db.write_now(
        tell, [fact(by, "payout.created", "payout", "Uk", person=2, amount=500, currency="usd")]
    )
    (event,) = (await found(acme, types=["PAYOUT"]))["data"]
    assert isinstance(event["data"].pop("person"), str)
    assert event["data"] == {"amount": 500, "currency": "usd"}
