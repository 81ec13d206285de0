"""…/dns/zones/ and …/integrations/azure/context of an organization, as the vendor's pages describe them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hyway.domain import connections
from hyway.domain.connections import Registry
from hyway.kernel.db import Database, Write
from hyway.providers import azure as azure_provider
from hyway.providers import ways
from tests.apis.hyphen.conftest import Acme, World, make_world, refused
from tests.make import tls
from tests.make.clouds import PERSONS
from tests.make.vendor import TOKEN
from tests.providers.wires.azure import TENANT, Azure, azure

NOBODYS = "zone_" + "0" * 24
CONTEXT = "integrations/azure/context"


def adopted(acme: World, *names: str) -> list[str]:
    """Ids of zones that have just been imported."""

    def verb(w: Write) -> list[str]:
        integrations = connections.integrations
        draft = integrations.Draft("workshop", {}, {"token": TOKEN})
        of = integrations.of_type(w, acme.by, "workshop") or integrations.create(w, acme.by, draft)
        return [connections.zones.adopt(w, acme.by, of, f"remote-{name}", name).id for name in names]

    return acme.db.write_now(verb)


async def test_list_show_and_delete(acme: Acme) -> None:
    """200 a page of zones with their organization and meta; 200 one of them; 204."""
    first, second = adopted(acme, "example.com", "example.net")
    async with acme.client() as client:
        page = (await client.get(f"{acme.base}/dns/zones/?pageNum=1&pageSize=1")).json()
        assert {**page, "data": ...} == {"total": 2, "pageNum": 1, "pageSize": 1, "data": ...}
        [zone] = page["data"]
        assert (zone["id"], zone["name"], zone["organization"]) == (
            first,
            "example.com",
            {"id": acme.id, "name": "Acme"},
        )
        meta = zone["meta"]
        assert meta.keys() == {"createdAt", "createdBy", "modifiedAt", "modifiedBy"}
        assert meta["createdAt"] == meta["modifiedAt"]
        assert (await client.get(f"{acme.base}/dns/zones/{first}")).json() == zone
        assert (await client.get(f"{acme.base}/dns/zones/?pageNum=9")).json()["data"] == []
        gone = await client.delete(f"{acme.base}/dns/zones/{first}/")
        assert (gone.status_code, gone.content) == (204, b"")
        left = (await client.get(f"{acme.base}/dns/zones")).json()
        assert [each["id"] for each in left["data"]] == [second]
        for method in ("GET", "DELETE"):
            said = f"Resource with id '{first}' not found or you do not have permission to access it."
            refused(await client.request(method, f"{acme.base}/dns/zones/{first}/"), 404, said)


@pytest.mark.parametrize("id", [NOBODYS, "..%2Fx", "zone_", "%00", "zone_" + "F" * 24, "x" * 300])
async def test_an_id_of_none_is_not_found(acme: Acme, id: str) -> None:
    adopted(acme, "example.com")
    async with acme.client() as client:
        for method in ("GET", "DELETE"):
            answer = await client.request(method, f"{acme.base}/dns/zones/{id}/")
            assert answer.status_code in (400, 404), answer.text
        assert (await client.get(f"{acme.base}/dns/zones/")).json()["total"] == 1


@pytest.mark.parametrize("query", ["pageNum=0", "pageSize=0", "pageNum=x", "pageSize=99999999999999999999"])
async def test_a_page_that_is_none_is_refused(acme: Acme, query: str) -> None:
    async with acme.client() as client:
        answer = await client.get(f"{acme.base}/dns/zones/?{query}")
    refused(answer, 400)
    assert answer.json()["message"].startswith("querystring/page")


async def test_who_may(acme: Acme) -> None:
    """401 for nobody, 404 for strangers; a member reads, an administrator deletes."""
    [zone] = adopted(acme, "example.com")
    async with acme.client("") as client:
        refused(await client.get(f"{acme.base}/dns/zones/"), 401)
        refused(await client.post(f"{acme.base}/{CONTEXT}", json={"token": PERSONS}), 401)
    async with acme.stranger() as client:
        for path in ("dns/zones/", f"dns/zones/{zone}/"):
            refused(await client.get(f"{acme.base}/{path}"), 404)
        refused(await client.post(f"{acme.base}/{CONTEXT}", json={"token": PERSONS}), 404)
    async with acme.client(of=acme.member) as client:
        assert (await client.get(f"{acme.base}/dns/zones/{zone}/")).status_code == 200
        refused(await client.delete(f"{acme.base}/dns/zones/{zone}/"), 403)
        refused(await client.post(f"{acme.base}/{CONTEXT}", json={"token": PERSONS}), 403)


async def test_the_context_of_azure(acme: Acme) -> None:
    """200 `{"tenants": [{"id", "name"}], "subscriptions": [{"id", "name"}]}`."""
    async with acme.client() as client:
        answer = await client.post(f"{acme.base}/{CONTEXT}", json={"token": PERSONS})
        assert (answer.status_code, answer.json()) == (
            200,
            {
                "tenants": [{"id": "11111111-1111-4111-8111-111111111111", "name": "Acme"}],
                "subscriptions": [{"id": "33333333-3333-4333-8333-333333333333", "name": "Main"}],
            },
        )


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        ({}, "body must have required property 'token'"),
        ({"token": ""}, "body/token must NOT have fewer than 1 characters"),
        ({"token": 7}, "body/token must be string"),
        ({"token": "a b"}, "body/token must be an access token"),
        ({"token": "a\r\nX-Other: b"}, "body/token must be an access token"),
        ({"token": "töken"}, "body/token must be an access token"),
        ({"token": "x" * 20_001}, "body/token must NOT have more than 20000 characters"),
        ({"token": "eyJ-at-night"}, "body/token Azure did not answer"),
        ({"token": "eyJ-without-a-client"}, "body/token The vendor gave an answer that makes no sense"),
        ({"token": "eyJ-of-nobody"}, "body/token Azure refuses these credentials: *** is not valid"),
    ],
)
async def test_a_token_that_will_not_do(acme: Acme, sent: dict[str, object], text: str) -> None:
    async with acme.client() as client:
        refused(await client.post(f"{acme.base}/{CONTEXT}", json=sent), 400, text)


async def test_without_a_provider_there_is_no_context(db: Database) -> None:
    world = make_world(db, "Plain", vendors=Registry([]))
    async with world.client() as client:
        refused(await client.post(f"{world.base}/{CONTEXT}", json={"token": PERSONS}), 404)


@pytest.fixture
def wire(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Azure]:
    with azure(tls.context(tmp_path)) as made:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
        ways.outgoing.cache_clear()
        yield made
    ways.outgoing.cache_clear()


async def test_the_context_comes_from_azure_itself(db: Database, wire: Azure) -> None:
    world = make_world(db, "Cloudy", vendors=Registry([azure_provider.provider], {"azure": wire.address}))
    wire.more_subscriptions(4)
    async with world.client() as client:
        good = await client.post(f"{world.base}/{CONTEXT}", json={"token": wire.tokens["person"]})
        assert good.json()["tenants"] == [{"id": TENANT, "name": "Acme"}]
        assert len(good.json()["subscriptions"]) == 5
        bad = await client.post(f"{world.base}/{CONTEXT}", json={"token": "eyJ-of-nobody"})
        refused(bad, 400, "body/token Azure refuses these credentials: The access token is invalid.")
