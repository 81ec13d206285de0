"""/api/organizations/{organizationId}/domains/, as the vendor's pages describe it."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from hyway.domain import links
from hyway.domain.links import Finding
from hyway.kernel.db import Database
from tests.apis.hyphen.conftest import Acme, make_acme, refused
from tests.make.names import Names, name_server

NOBODYS = "dmn_" + "0" * 24
BOTH = {
    "notFoundRedirectUrl": "https://example.net/lost",
    "fallbackUrlTemplate": "https://example.com/{code}",
}
READY = Finding(True, True, "All is well.")


@pytest.fixture
def names() -> Iterator[Names]:
    with name_server() as made:
        yield made


@pytest.fixture
def acme(db: Database, names: Names) -> Acme:
    return make_acme(db, services={"resolver": names.address})


async def add(client: httpx.AsyncClient, acme: Acme, domain: str = "links.example.net", **more: Any) -> Any:
    answer = await client.post(f"{acme.base}/domains/", json={"domain": domain, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


def settle(acme: Acme, id: str, found: Finding = READY) -> None:
    seq = acme.db.read_now(links.domains.find, acme.by, id).seq
    acme.db.write_now(links.domains.settle, acme.by, seq, found)


async def test_create_list_and_find(acme: Acme) -> None:
    async with acme.client() as client:
        made = await add(client, acme, "Links.Example.NET", **BOTH)
        assert made == {
            "id": made["id"],
            "domain": "links.example.net",
            "status": "notReady",
            "dnsStatus": "pending",
            "sslStatus": "notReady",
            "createdAt": made["createdAt"],
            **BOTH,
            "organization": {"id": acme.id, "name": "Acme"},
        }
        plain = await add(client, acme, "bücher.example")
        assert plain["domain"] == "xn--bcher-kva.example"
        assert not plain.keys() & BOTH.keys()
        page = (await client.get(f"{acme.base}/domains/?pageNum=1&pageSize=1")).json()
        assert page == {"total": 2, "pageNum": 1, "pageSize": 1, "data": [made]}
        assert (await client.get(f"{acme.base}/domains/?pageNum=9")).json()["data"] == []
        found = (await client.get(f"{acme.base}/domains/{made['id']}/")).json()
        records = found.pop("records")
        assert found == {**made, "found": None}
        assert [(each["type"], each["name"]) for each in records] == [
            ("TXT", "_hyway.links.example.net"),
            ("CNAME", "links.example.net"),
        ]
        assert records[1]["value"] == "go.example"


async def test_verify(acme: Acme, names: Names) -> None:
    """200 `{"verified": …}`, whatever is found."""
    async with acme.client() as client:
        made = await add(client, acme)
        url = f"{acme.base}/domains/{made['id']}"
        answer = await client.post(f"{url}/verify")
        assert (answer.status_code, answer.json()) == (200, {"verified": False})
        found = (await client.get(url)).json()
        assert (found["status"], found["dnsStatus"]) == ("pending", "pending")
        assert "no TXT record" in found["found"]
        names.texts["_hyway.links.example.net"] = [found["records"][0]["value"]]
        settle(acme, made["id"], Finding(True, False, "No certificate yet."))
        assert (await client.post(f"{url}/verify")).json() == {"verified": True}
        assert (await client.get(url)).json()["sslStatus"] == "pending"
        settle(acme, made["id"])
        found = (await client.get(url)).json()
        assert (found["status"], found["dnsStatus"], found["sslStatus"]) == ("ready", "verified", "active")


async def test_change(acme: Acme) -> None:
    async with acme.client() as client:
        made = await add(client, acme, **BOTH)
        url = f"{acme.base}/domains/{made['id']}/"
        assert (await client.patch(url, json={})).json() == made
        changed = {**made, "notFoundRedirectUrl": "https://example.org/"}
        sent = {"notFoundRedirectUrl": "https://example.org/", "domain": "other.example", "status": "ready"}
        assert (await client.patch(url, json=sent)).json() == changed
        answer = await client.patch(url, json={"notFoundRedirectUrl": None, "fallbackUrlTemplate": ""})
        assert answer.json() == {name: value for name, value in made.items() if name not in BOTH}


async def test_delete(acme: Acme) -> None:
    async with acme.client() as client:
        made = await add(client, acme)
        settle(acme, made["id"])
        seq = acme.db.read_now(links.domains.find, acme.by, made["id"]).seq
        (shelf,) = acme.db.write_now(links.put_on_shelf, acme.by, links.COLLECTIONS, [{"name": "L"}])
        wish = links.LinkChange(url="https://example.com/", collection_id=shelf.id, domain=seq)
        (link,) = acme.db.write_now(links.put, acme.by, [wish])
        url = f"{acme.base}/domains/{made['id']}/"
        refused(await client.delete(url), 409, "The domain has links; delete them first")
        acme.db.write_now(links.drop, acme.by, [link.id])
        gone = await client.delete(url)
        assert (gone.status_code, gone.content) == (204, b"")
        for answer in (await client.get(url), await client.delete(url), await client.patch(url, json={})):
            refused(answer, 404)
        assert (await client.get(f"{acme.base}/domains/")).json()["total"] == 0
        assert (await add(client, acme))["id"] != made["id"]


async def test_whose_a_name_is(acme: Acme) -> None:
    async with acme.client() as client, acme.stranger() as stranger:
        made = await add(client, acme)
        again = await client.post(f"{acme.base}/domains/", json={"domain": "LINKS.example.net"})
        refused(again, 409, "domain is a domain of your organization already")
        theirs = f"{acme.elsewhere.base}/domains/"
        assert (await stranger.post(theirs, json={"domain": "links.example.net"})).status_code == 201
        settle(acme, made["id"])
        other = await client.post(f"{acme.base}/domains/", json={"domain": "b.example"})
        settle(acme, other.json()["id"])
        taken = await stranger.post(theirs, json={"domain": "b.example"})
        refused(taken, 409, "domain is verified by another organization of this server")
        for method, path in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "verify")):
            refused(await stranger.request(method, f"{theirs}{made['id']}/{path}", json={}), 404)


BAD = [
    ({}, "body must have required property 'domain'"),
    ({"domain": None}, "body/domain must be string"),
    ({"domain": 7}, "body/domain must be string"),
    ({"domain": ""}, "body/domain must NOT have fewer than 1 characters"),
    ({"domain": "x"}, 'body/domain must match format "hostname"'),
    ({"domain": "127.0.0.1"}, 'body/domain must match format "hostname"'),
    ({"domain": "https://links.example"}, 'body/domain must match format "hostname"'),
    ({"domain": "links.example:8080"}, 'body/domain must match format "hostname"'),
    ({"domain": "a.\0.example"}, 'body/domain must match pattern "^[^\\u0000]*$"'),
    ({"domain": "x" * 2_000}, "body/domain must NOT have more than 1000 characters"),
    ({"domain": "go.example"}, "body/domain must NOT be a name of this server"),
    (
        {"domain": "a.example", "notFoundRedirectUrl": "no"},
        'body/notFoundRedirectUrl must match format "uri"',
    ),
    ({"domain": "a.example", "notFoundRedirectUrl": 1}, "body/notFoundRedirectUrl must be string"),
    (
        {"domain": "a.example", "notFoundRedirectUrl": "https://a.example/x"},
        "body/notFoundRedirectUrl must NOT lead back to a short link",
    ),
    (
        {"domain": "a.example", "fallbackUrlTemplate": "https://{code}.example/"},
        'body/fallbackUrlTemplate must be an http or https URL with "{code}" in its path or query',
    ),
    (
        {"domain": "a.example", "fallbackUrlTemplate": "https://b.example/"},
        'body/fallbackUrlTemplate must be an http or https URL with "{code}" in its path or query',
    ),
    (
        {"domain": "a.example", "fallbackUrlTemplate": "https://b.example/{code}" + "x" * 3_000},
        "body/fallbackUrlTemplate must NOT have more than 2048 characters",
    ),
]


@pytest.mark.parametrize(("body", "said"), BAD, ids=[str(n) for n in range(len(BAD))])
async def test_bad_input_changes_nothing(acme: Acme, body: dict[str, Any], said: str) -> None:
    async with acme.client() as client:
        refused(await client.post(f"{acme.base}/domains/", json=body), 400, said)
        assert (await client.get(f"{acme.base}/domains/")).json()["total"] == 0


async def test_who_may(acme: Acme) -> None:
    async with acme.client() as client, acme.client(of=acme.member) as member:
        made = await add(client, acme)
        url = f"{acme.base}/domains/{made['id']}"
        assert (await member.get(f"{acme.base}/domains/")).status_code == 200
        assert (await member.get(url)).status_code == 200
        for method, path in (
            ("POST", f"{acme.base}/domains/"), ("PATCH", url), ("DELETE", url), ("POST", f"{url}/verify"),
        ):  # fmt: skip
            refused(await member.request(method, path, json={"domain": "b.example"}), 403)
        for id in (NOBODYS, "x", "dmn_", "links.example.net", "%00"):
            refused(await client.get(f"{acme.base}/domains/{id}"), 404)
            refused(await client.post(f"{acme.base}/domains/{id}/verify"), 404)
