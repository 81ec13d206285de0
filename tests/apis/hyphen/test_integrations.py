"""Integrations, invitations, imports and connections over HTTP: what is refused, and that nothing secret is shown."""

from collections.abc import Iterator

import pytest

from hyway.domain.connections import Registry, jobs
from hyway.kernel.db import Database
from tests.apis.hyphen.conftest import Acme, make_acme, refused
from tests.make.vendor import CODE, STILL_IDS, TOKEN, TYPE, Badge, Workshop, workshop

GOOD = {"type": TYPE, "config": {"token": TOKEN, "region": "eu"}}


@pytest.fixture
def vendor() -> Iterator[Workshop]:
    with workshop() as made:
        yield made


@pytest.fixture
def known(vendor: Workshop) -> Registry:
    return Registry([Badge({})], {TYPE: vendor.address})


@pytest.fixture
async def shop(db: Database, known: Registry) -> Acme:
    return make_acme(db, vendors=known)


async def integrate(shop: Acme) -> str:
    async with shop.client() as client:
        made = await client.post(f"{shop.base}/integrations/", json=GOOD)
    assert made.status_code == 201, made.text
    return f"{shop.base}/integrations/{made.json()['id']}"


async def test_the_catalogue_is_for_everybody(shop: Acme) -> None:
    async with shop.client("") as nobody:
        (found,) = (await nobody.get("/api/integrations/")).json()["data"]
    assert found["provides"][0] == {"connectionType": "DistributionList", "for": ["Team", "Organization"]}
    assert found["configSchema"]["properties"]["token"]["writeOnly"] is True
    assert found["configSchema"]["required"] == ["token"]


async def test_an_integration_is_tried_sealed_and_the_only_one_of_its_type(
    shop: Acme, vendor: Workshop
) -> None:
    base = f"{shop.base}/integrations/"
    async with shop.client() as client:
        assert (await client.post(f"{base}test", json=GOOD)).status_code == 204
        assert (await client.get(base)).json()["total"] == 0
        made = await client.post(base, json=GOOD)
        assert (made.status_code, made.json()["config"]) == (201, {"region": "eu"})
        for answer in (made, await client.get(base), await client.get(f"{base}{made.json()['id']}")):
            assert TOKEN not in answer.text
        refused(await client.post(base, json=GOOD), 409)
        assert vendor.asked == ["GET /whoami"] * 2
        assert (await client.delete(f"{base}{made.json()['id']}")).status_code == 204
        refused(await client.get(f"{base}{made.json()['id']}"), 404)
    events = await _events(shop)
    assert TOKEN not in events
    assert "INTEGRATION.CREATE" in events


async def _events(shop: Acme) -> str:
    async with shop.client() as client:
        return (await client.post(f"/api/events/{shop.id}/search", json={"types": ["INTEGRATION"]})).text


@pytest.mark.parametrize(
    ("trouble", "sent", "message"),
    [
        ("", {"type": "nothing", "config": {}}, "body/type must be equal to one of the allowed values"),
        ("", {"type": TYPE}, "body must have required property 'config'"),
        ("", {"type": TYPE, "config": {}}, "body/config must have required property 'token'"),
        ("", {"type": TYPE, "config": {"token": "no"}}, 'body/config/token must match pattern "wk_.*"'),
        (
            "",
            {"type": TYPE, "config": {"token": "wk_no"}},
            "Workshop said: the token Bearer *** is not known",
        ),
        ("refuses", GOOD, "Workshop said: the plan does not include this"),
        ("busy", GOOD, "Workshop is not well (503)"),
        ("nonsense", GOOD, "Workshop gave an answer that makes no sense"),
    ],
)
async def test_what_the_vendor_does_not_take_is_not_kept(
    shop: Acme, vendor: Workshop, trouble: str, sent: dict[str, object], message: str
) -> None:
    base = f"{shop.base}/integrations/"
    async with shop.client() as client:
        for path in (f"{base}test", base):
            vendor.trouble = [trouble] if trouble else []
            refused(await client.post(path, json=sent), 400, message)
        assert (await client.get(base)).json()["data"] == []


async def test_resources_are_all_pages_and_ids_lead_nowhere_else(shop: Acme, vendor: Workshop) -> None:
    for n in range(5):
        vendor.put("User", f"Person {n}")
    of = await integrate(shop)
    async with shop.client() as client:
        found = (await client.get(f"{of}/resources/?type=User")).json()["data"]
        assert [each["id"] for each in found] == [f"th{n}" for n in range(1, 6)]
        asked = len(vendor.asked)
        for query in ("type=nothing", "type=User&parentId=../x", "", "type=User&parentId=%00"):
            assert (await client.get(f"{of}/resources/?{query}")).status_code == 400, query
        bad = {"type": "User", "resources": [{"id": "../../things"}]}
        refused(
            await client.post(f"{of}/import/", json=bad),
            400,
            "body/resources/0/id must be the id of a resource",
        )
        for bad_id in ("..%2F..%2Fthings", "intg_" + "0" * 24):
            answer = await client.get(f"{shop.base}/integrations/{bad_id}/resources/?type=User")
            assert answer.status_code == 404
        assert len(vendor.asked) == asked


async def test_an_import_is_accepted_and_its_progress_shown(
    shop: Acme, vendor: Workshop, known: Registry
) -> None:
    vendor.put("User", "Ann", "ann@example.com")
    of = await integrate(shop)
    async with shop.client() as client:
        sent = {"type": "User", "resources": [{"id": "th1", "name": "Ann"}, {"id": STILL_IDS[0]}]}
        begun = await client.post(f"{of}/import/", json=sent)
        assert (begun.status_code, begun.json()["status"]) == (202, "accepted")
        jobs.begin(shop.db, known)
        assert known.rest(30)
        (done,) = (await client.get(f"{of}/import/")).json()["data"]
    assert (done["status"], done["total"], done["done"]) == ("done", 2, 2)
    assert done["errors"] == [f"{STILL_IDS[0]}: is not there"]


async def test_an_invitation_becomes_an_integration(shop: Acme, vendor: Workshop) -> None:
    invites = f"{shop.base}/integration-invites/"
    async with shop.client() as client:
        made = await client.post(invites, json={"type": TYPE, "codeChallenge": "c" * 43})
        assert made.status_code == 201
        assert made.json()["url"].startswith(f"{vendor.address}/let-in?to=")
        refused(await client.post(invites, json={"type": TYPE, "codeChallenge": "short"}), 400)
        refused(await client.post(invites, json={"type": "nothing"}), 400)
        base = f"{shop.base}/integrations/"
        wrong = {"type": TYPE, "config": {"code": "999999"}}
        refused(await client.post(base, json=wrong), 400, "body/config/code the code *** is not known")
        right = await client.post(
            base, json={"type": TYPE, "config": {"code": CODE, "codeVerifier": "v" * 43}}
        )
        assert (right.status_code, right.json()["config"]) == (201, {})


async def test_a_connection_from_its_beginning_to_its_end(
    shop: Acme, vendor: Workshop, known: Registry
) -> None:
    of = await integrate(shop)
    async with shop.client() as client:
        team = (await client.post(f"{shop.base}/teams/", json={"name": "Core"})).json()["id"]
        sent = {"type": "MessagingChannel", "entity": {"id": team}, "input": "verify"}
        made = await client.post(f"{of}/connections/", json=sent)
        assert (made.status_code, made.json()["status"]) == (201, "Pending")
        refused(await client.post(f"{of}/connections/", json=sent), 409)
        one = f"{of}/connections/{made.json()['id']}"
        refused(await client.post(f"{one}/verify", json={"code": CODE}), 409)
        jobs.begin(shop.db, known)
        assert known.rest(30)
        waits = (await client.get(one)).json()
        assert (waits["status"], waits["verification"]) == (
            "AwaitingVerification",
            {"emails": ["owner@example.com"]},
        )
        for bad in ({}, {"code": ""}, {"code": 7}, {"code": "x" * 201}):
            refused(await client.post(f"{one}/verify", json=bad), 400)
        wrong = await client.post(f"{one}/verify", json={"code": "111111"})
        refused(wrong, 400, "body/code is not taken: Workshop said: the code is wrong")
        still = (await client.get(one)).json()
        assert (still["status"], still["isRetryable"]) == ("AwaitingVerification", False)
        assert still["errors"] == ["Workshop said: the code is wrong"]
        assert (await client.post(f"{one}/verify", json={"code": CODE})).status_code == 204
        assert (await client.get(one)).json()["status"] == "Ready"
        refused(await client.delete(f"{one}?decommissionRemoteResources=maybe"), 400)
        assert (await client.delete(f"{one}?decommissionRemoteResources=true")).status_code == 204
        assert (await client.get(one)).json()["status"] == "Decommissioning"
        jobs.begin(shop.db, known)
        assert known.rest(30)
        refused(await client.get(one), 404)
    assert len(vendor.removed) == 1


async def test_a_code_is_kept_where_the_vendor_does_not_answer(
    shop: Acme, vendor: Workshop, known: Registry
) -> None:
    """Accepted, as the contract says it: the server goes on by itself."""
    of = await integrate(shop)
    async with shop.client() as client:
        team = (await client.post(f"{shop.base}/teams/", json={"name": "Core"})).json()["id"]
        sent = {"type": "MessagingChannel", "entity": {"id": team}, "input": "verify"}
        one = f"{of}/connections/{(await client.post(f'{of}/connections/', json=sent)).json()['id']}"
        jobs.begin(shop.db, known)
        assert known.rest(30)
        vendor.trouble = ["busy"]
        assert (await client.post(f"{one}/verify", json={"code": CODE})).status_code == 204
        kept = (await client.get(one)).json()
        assert (kept["status"], kept["errors"]) == ("AwaitingVerification", ["Workshop is not well (503)"])
        assert (await client.post(f"{one}/verify", json={"code": CODE})).status_code == 204
        assert (await client.get(one)).json()["status"] == "Ready"


async def test_only_who_may_manages_integrations(shop: Acme) -> None:
    of = await integrate(shop)
    async with shop.client(of=shop.member) as member:
        for path in (f"{shop.base}/integrations/", of, f"{shop.base}/integrations/connections"):
            refused(await member.get(path), 403)
    async with shop.stranger() as stranger:
        refused(await stranger.get(of), 404)
        elsewhere = of.replace(shop.id, shop.elsewhere.id)
        refused(await stranger.get(elsewhere), 404)
        refused(await stranger.delete(elsewhere), 404)
