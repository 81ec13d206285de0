"""/ip: what is known of addresses, as the vendor's clients read it."""

import json
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyway.apis.hyphen import net_info
from hyway.domain import billing, netinfo
from hyway.domain.netinfo.places import place_of
from tests.apis.hyphen.conftest import ADDRESS, Acme, places, refused

LOCATION = {"country", "region", "city", "lat", "lng", "postalCode", "timezone", "geonameId"}
GOOGLE = {
    "ip": "8.8.8.8",
    "type": "public",
    "location": {
        "country": "United States",
        "region": "California",
        "city": "Mountain View",
        "lat": 37.4223,
        "lng": -122.085,
        "postalCode": "",
        "timezone": "",
        "geonameId": 6252001,
    },
}


def wrong(ip: str) -> dict[str, str]:
    return {"ip": ip, "type": "error", "errorMessage": "Invalid IP address"}


def requests(acme: Acme) -> int:
    used = acme.db.read_now(billing.usage.of_organization, acme.by)
    return used.total.counted["net_info.requests"]


async def test_an_address(acme: Acme) -> None:
    async with acme.client() as client:
        for path in ("/ip/8.8.8.8", "/ip/8.8.8.8/"):
            answer = await client.get(path)
            assert (answer.status_code, answer.json()) == (200, GOOGLE)
            assert answer.headers["content-type"] == "application/json; charset=utf-8"
        assert (await client.get("/ip/2001:4860:4860::8888")).json()["type"] == "public"
    assert requests(acme) == 3


@pytest.mark.parametrize(
    "ip",
    ["10.0.0.1", "127.0.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254", "203.0.113.7", "::1", "fe80::1",
     "fd00::1", "::ffff:10.0.0.1", "0.0.0.0", "224.0.0.1"],
)  # fmt: skip
async def test_a_private_one_has_no_location(acme: Acme, ip: str) -> None:
    async with acme.client() as client:
        assert (await client.get(f"/ip/{ip}")).json() == {"ip": ip, "type": "private"}


@pytest.mark.parametrize(
    "ip",
    [
        "nope",
        "256.1.1.1",
        "8.8.8",
        "8.8.8.8.8",
        "1::2::3",
        "fe80::1%eth0",
        "010.1.1.1",
        " 8.8.8.8",
        "9" * 5000,
    ],
)
async def test_what_is_no_address_is_told_of(acme: Acme, ip: str) -> None:
    async with acme.client() as client:
        answer = await client.post("/ip", json=[ip])
        assert answer.json() == {"data": [wrong(ip)]}
        if len(ip) < 100:
            alone = await client.get("/ip/" + ip.replace("%", "%25").replace(" ", "%20"))
            assert (alone.status_code, alone.json()) == (200, wrong(ip))


async def test_where_the_request_comes_from(acme: Acme) -> None:
    async with acme.client() as client:
        assert (await client.get("/ip")).json() == {"ip": ADDRESS, "type": "private"}
    async with acme.client(address="8.8.8.8") as client:
        assert (await client.get("/ip/")).json() == GOOGLE


async def test_several_in_their_order(acme: Acme) -> None:
    sent: list[Any] = ["10.0.0.1", "8.8.8.8", "nope", "8.8.8.8", "", "a\0b", 7, None, {"ip": "8.8.8.8"}]
    async with acme.client() as client:
        answer = await client.post("/ip", json=sent)
    assert answer.status_code == 200
    assert answer.json() == {
        "data": [
            {"ip": "10.0.0.1", "type": "private"},
            GOOGLE,
            wrong("nope"),
            GOOGLE,
            wrong(""),
            wrong("a\0b"),
            wrong("7"),
            wrong("null"),
            wrong('{"ip":"8.8.8.8"}'),
        ]
    }
    assert requests(acme) == 1


async def test_a_thousand_with_a_bad_one_among_them(acme: Acme) -> None:
    sent = [f"8.8.{at // 250}.{at % 250}" for at in range(1_000)]
    sent[613] = "8.8.8.800"
    async with acme.client() as client:
        told = (await client.post("/ip", json=sent)).json()["data"]
        assert [each["ip"] for each in told] == sent
        assert [each["ip"] for each in told if each["type"] != "public"] == ["8.8.8.800"]
        more = await client.post("/ip", json=[*sent, "8.8.8.8"])
    refused(more, 400, "body must NOT have more than 1000 items")
    assert requests(acme) == 1


async def test_none_at_all(acme: Acme) -> None:
    async with acme.client() as client:
        assert (await client.post("/ip", json=[])).json() == {"data": []}


@pytest.mark.parametrize("sent", [b"", b"null", b"{}", b'"8.8.8.8"', b"8"])
async def test_what_is_no_list(acme: Acme, sent: bytes) -> None:
    async with acme.client() as client:
        refused(await client.post("/ip", content=sent), 400, "body must be array")
        refused(await client.post("/ip", content=b"[1,"), 400, "Body is not valid JSON")
    assert requests(acme) == 0


async def test_nobody_and_people(acme: Acme) -> None:
    async with acme.client("") as nobody:
        for method, path in (("GET", "/ip"), ("GET", "/ip/8.8.8.8"), ("POST", "/ip")):
            refused(await nobody.request(method, path), 401)
    async with acme.client(of=acme.member) as person:
        assert (await person.get("/ip/8.8.8.8")).json() == GOOGLE
    assert requests(acme) == 0  # a person asks in nobody's name


async def test_every_organization_pays_for_its_own(acme: Acme) -> None:
    async with acme.client() as ours, acme.stranger() as theirs:
        await ours.get("/ip")
        for _ in range(2):
            await theirs.get("/ip")
    assert requests(acme) == 1
    used = acme.db.read_now(billing.usage.of_organization, acme.elsewhere.by)
    assert used.total.counted["net_info.requests"] == 2


def told(ip: str) -> dict[str, Any]:
    shown: dict[str, Any] = json.loads(net_info._encode(net_info.about(places(), ip)))
    return shown


@given(st.one_of(st.ip_addresses().map(str), st.text(max_size=80)))
def test_whatever_is_asked_is_one_of_three(ip: str) -> None:
    if any("\ud800" <= letter <= "\udfff" for letter in ip):
        return
    found = told(ip)
    assert found["ip"] == ip
    match found["type"]:
        case "public":
            assert netinfo.is_public(ip)
            assert set(found) == {"ip", "type", "location"}
            assert set(found["location"]) == LOCATION
            assert not any(value is None for value in found["location"].values())
            assert type(found["location"]["geonameId"]) is int
        case "private":
            assert set(found) == {"ip", "type"}
            assert not netinfo.is_public(ip)
        case _:
            assert found == wrong(ip)


def test_the_number_of_the_smallest_thing_that_has_one() -> None:
    record: dict[str, Any] = {
        "city": {"geoname_id": 3, "names": {"en": "C"}},
        "subdivisions": [{"geoname_id": 2}, {"geoname_id": 5}],
        "country": {"geoname_id": 1, "iso_code": "US"},
    }
    assert place_of(record).geoname_id == 3
    del record["city"]["geoname_id"]
    assert place_of(record).geoname_id == 5
    del record["subdivisions"]
    assert place_of(record).geoname_id == 1
    del record["country"]["geoname_id"]
    assert place_of(record).geoname_id is None
    assert net_info.location(place_of(record)).geoname_id == 0


async def test_a_browser_may_ask_from_anywhere(acme: Acme) -> None:
    async with acme.client(headers={"origin": "https://shop.example"}) as client:
        answer: httpx.Response = await client.get("/ip")
        assert answer.headers["access-control-allow-origin"] == "*"
