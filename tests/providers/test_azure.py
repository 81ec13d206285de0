"""Azure through its own clients, against its documented wire on the loopback, by TLS as they insist."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from hyway.domain.connections import Entity
from hyway.domain.connections.providing import Declined, Reach, Unclear
from hyway.providers import ways
from hyway.providers.azure import provider
from tests.make import tls
from tests.providers.wires.azure import CLIENT, SECRET, SUBSCRIPTION, TENANT, Azure, azure

PROJECT = Entity("Project", "proj_" + "1" * 24, "Shop")
CONFIG = {
    "tenantId": TENANT,
    "clientId": CLIENT,
    "clientSecret": SECRET,
    "subscriptionId": SUBSCRIPTION,
    "resourceGroup": "dns",
}
Vendor = tuple[Azure, Reach]


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Azure]:
    folder = tmp_path_factory.mktemp("azure")
    with azure(tls.context(folder)) as made, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(folder / "cert.pem"))
        ways.outgoing.cache_clear()
        yield made
    ways.outgoing.cache_clear()


@pytest.fixture
def vendor(wire: Azure) -> Vendor:
    address = wire.address
    Azure.__init__(wire)
    wire.address = address
    return wire, Reach(CONFIG, address, 6.0)


def test_credentials_are_checked_with_the_vendor(vendor: Vendor):
    made, reach = vendor
    provider.check(reach)
    assert f"POST /{TENANT}/oauth2/v2.0/token" in made.said
    with pytest.raises(Declined, match=r"refuses these credentials: .*AADSTS7000215: Invalid client secret"):
        provider.check(Reach({**CONFIG, "clientSecret": "wrong"}, reach.endpoint))
    with pytest.raises(Declined, match="Azure refuses: The subscription could not be found"):
        provider.check(Reach({**CONFIG, "subscriptionId": CLIENT}, reach.endpoint))


def test_a_person_sees_their_tenants_and_all_their_subscriptions(vendor: Vendor):
    made, reach = vendor
    made.more_subscriptions(6)
    found = provider.survey(Reach({}, reach.endpoint), made.tokens["person"])
    assert [(each.id, each.name) for each in found.tenants] == [(TENANT, "Acme")]
    assert len(found.subscriptions) == 7
    assert found.subscriptions[0].name == "Main"
    assert not any("oauth2" in said for said in made.said)
    with pytest.raises(Declined, match="refuses these credentials: The access token is invalid"):
        provider.survey(Reach({}, reach.endpoint), "eyJ-of-nobody")


def test_zones_records_and_subscriptions_come_from_all_pages(vendor: Vendor):
    made, reach = vendor
    ids = [made.zone(f"z{at}.example.com") for at in range(7)]
    assert [each.id for each in provider.resources(reach, "DNSZone")] == ids
    for at in range(5):
        provider.put_record(reach, ids[0], f"r{at}.z0.example.com", "TXT", f"value {at}", 300)
    found = provider.resources(reach, "DNSZone", ids[0])
    assert [each.name for each in found][1:3] == ["z0.example.com NS", "r0.z0.example.com TXT"]
    assert found[-1].more == {"value": "value 4"}
    made.more_subscriptions(4)
    assert len(provider.resources(reach, "CloudSubscription")) == 5


def test_a_zone_is_made_once_or_found(vendor: Vendor):
    made, reach = vendor
    first = provider.make(reach, "DNSZone", PROJECT, "Example.com", "conn_1")
    assert first.config == {"name": "example.com", "nameServers": "ns1-01.azure-dns.com ns2-01.azure-dns.com"}
    assert provider.make(reach, "DNSZone", PROJECT, "example.com", "conn_1") == first
    assert provider.make(reach, "DNSZone", PROJECT, first.remote, "conn_2") == first
    assert len(made.zones) == 1
    bare = {name: value for name, value in CONFIG.items() if name != "resourceGroup"}
    assert provider.make(Reach(bare, reach.endpoint), "DNSZone", PROJECT, "example.com", "k") == first
    with pytest.raises(Declined, match="none can be made without"):
        provider.make(Reach(bare, reach.endpoint), "DNSZone", PROJECT, "example.net", "k")


def test_a_zone_goes_when_it_is_empty(vendor: Vendor):
    made, reach = vendor
    zone = made.zone("example.com")
    provider.put_record(reach, zone, "go.example.com", "CNAME", "hyway.example.net", 300)
    with pytest.raises(Declined, match="has records"):
        provider.remove(reach, "DNSZone", zone)
    provider.drop_record(reach, zone, "go.example.com", "CNAME", "hyway.example.net")
    provider.remove(reach, "DNSZone", zone)
    provider.remove(reach, "DNSZone", zone)
    assert made.zones == {}


@pytest.mark.parametrize(
    ("type", "value"), [("TXT", 'says "so" ' + "x" * 300), ("CNAME", "go.example.net"), ("A", "192.0.2.1")]
)
def test_a_record_is_set_and_taken_away_twice_with_one_effect(vendor: Vendor, type: str, value: str):
    made, reach = vendor
    zone = made.zone("example.com")
    for _ in range(2):
        provider.put_record(reach, zone, "_hyway.go.example.com", type, value, 300)
    assert provider.records(reach, zone, "_hyway.go.example.com", type) == [value]
    assert len(made.sets[zone.lower()]) == 3
    provider.drop_record(reach, zone, "_hyway.go.example.com", type, "something else")
    assert len(made.sets[zone.lower()]) == 3
    for _ in range(2):
        provider.drop_record(reach, zone, "_hyway.go.example.com", type, value)
    assert provider.records(reach, zone, "_hyway.go.example.com", type) == []


def test_what_others_wrote_is_not_written_over(vendor: Vendor):
    made, reach = vendor
    zone = made.zone("example.com")
    sets = made.sets[zone.lower()]
    sets["TXT", "@"] = {"TTL": 60, "TXTRecords": [{"value": ["theirs"]}], "metadata": {"of": "them"}}
    sets["CNAME", "go"] = {"TTL": 60, "CNAMERecord": {"cname": "theirs.example.net"}}
    for _ in range(2):
        provider.put_record(reach, zone, "example.com", "TXT", "ours", 300)
    assert provider.records(reach, zone, "example.com", "TXT") == ["theirs", "ours"]
    assert (sets["TXT", "@"]["TTL"], sets["TXT", "@"]["metadata"]) == (60, {"of": "them"})
    with pytest.raises(Declined, match=r"go\.example\.com leads to theirs\.example\.net already"):
        provider.put_record(reach, zone, "go.example.com", "CNAME", "ours.example.net", 300)


def test_what_others_say_under_the_same_name_stays(vendor: Vendor):
    made, reach = vendor
    zone = made.zone("example.com")
    texts = [{"value": ["ours"]}, {"value": ["theirs"]}]
    made.sets[zone.lower()]["TXT", "@"] = {"TTL": 60, "TXTRecords": texts}
    provider.drop_record(reach, zone, "example.com", "TXT", "ours")
    assert provider.records(reach, zone, "example.com", "TXT") == ["theirs"]
    assert made.sets[zone.lower()]["TXT", "@"]["TTL"] == 60


def test_a_record_outside_of_its_zone_or_beside_an_alias_is_declined(vendor: Vendor):
    made, reach = vendor
    zone = made.zone("example.com")
    with pytest.raises(Declined, match=r"example\.net is not within example\.com"):
        provider.put_record(reach, zone, "example.net", "TXT", "x", 300)
    provider.put_record(reach, zone, "go.example.com", "A", "192.0.2.1", 300)
    with pytest.raises(Declined, match="Azure refuses: The record could not be created"):
        provider.put_record(reach, zone, "go.example.com", "CNAME", "hyway.example.net", 300)
    with pytest.raises(Declined, match="type MX are not written"):
        provider.put_record(reach, zone, "go.example.com", "MX", "10 mail.example.com", 300)


def test_a_subscription_is_connected_and_never_cancelled(vendor: Vendor):
    _, reach = vendor
    made = provider.make(reach, "CloudSubscription", PROJECT, "", "conn_1")
    assert (made.remote, made.config["name"]) == (SUBSCRIPTION, "Main")
    with pytest.raises(Declined, match="Azure refuses: The subscription could not be found"):
        provider.make(reach, "CloudSubscription", PROJECT, CLIENT, "conn_1")
    with pytest.raises(Declined, match="not the id of a subscription"):
        provider.make(reach, "CloudSubscription", PROJECT, "../tenants", "conn_1")
    with pytest.raises(Declined, match="cancelled by its owner"):
        provider.remove(reach, "CloudSubscription", SUBSCRIPTION)


_GROUPS = f"/subscriptions/{SUBSCRIPTION}/resourceGroups"


@pytest.mark.parametrize(
    ("id", "text"),
    [
        ("../x", "not the id of a zone"),
        ("", "not the id of a zone"),
        (f"{_GROUPS}/../providers/Microsoft.Network/dnszones/example.com", "not the id of a zone"),
        (f"{_GROUPS}/dns/providers/Microsoft.Network/dnszones/../x", "not the id of a zone"),
        (f"{_GROUPS}/dns/providers/Microsoft.Network/dnszones/example.com/TXT/x", "not the id of a zone"),
        (
            f"/subscriptions/{CLIENT}/resourceGroups/dns/providers/Microsoft.Network/dnszones/example.com",
            "of another subscription",
        ),
    ],
)
def test_an_id_that_leads_elsewhere_reaches_nobody(vendor: Vendor, id: str, text: str):
    made, reach = vendor
    with pytest.raises(Declined, match=text):
        provider.put_record(reach, id, "example.com", "TXT", "x", 300)
    with pytest.raises(Declined, match=text):
        provider.remove(reach, "DNSZone", id)
    assert made.said == []


JSON = {"Content-Type": "application/json"}


def slow(_: object) -> None:
    time.sleep(1.2)


@pytest.mark.parametrize(
    ("answer", "error", "text"),
    [
        (lambda _: (429, JSON, b'{"error":{"code":"TooMany","message":"Slow down"}}'), Unclear, "Slow down"),
        (lambda _: (503, {"Content-Type": "text/html"}, b"<html>Busy"), Unclear, "at the moment"),
        (
            lambda _: (403, JSON, b'{"error":{"code":"No","message":"No role"}}'),
            Declined,
            "allow this: No role",
        ),
        (lambda _: (400, JSON, b'{"error":"what"}'), Declined, "Azure refuses"),
        (lambda _: (200, {"Content-Type": "text/html"}, b"<html>hello"), Unclear, "Azure"),
        (lambda _: (200, JSON, b'{"value":'), Unclear, "Azure"),
        (lambda _: (200, JSON, b'{"value":null}'), Unclear, "cannot be read"),
        (lambda _: None, Unclear, "does not answer"),
        (slow, Unclear, "does not answer"),
    ],
    ids=["throttled", "busy", "forbidden", "odd refusal", "page", "cut", "null", "hangs up", "slow"],
)
def test_whatever_comes_back_is_told_apart(vendor: Vendor, answer: Any, error: type[Exception], text: str):
    made, reach = vendor
    made.reply = answer
    with pytest.raises(error, match=text):
        provider.resources(Reach(CONFIG, reach.endpoint, 2.0), "DNSZone")


def test_what_it_does_not_provide_is_declined(vendor: Vendor):
    _, reach = vendor
    for call in (
        lambda: provider.resources(reach, "GitTeam"),
        lambda: provider.make(reach, "GitTeam", PROJECT, "", "k"),
        lambda: provider.remove(reach, "GitTeam", "x"),
    ):
        with pytest.raises(Declined, match="Azure provides no GitTeam"):
            call()
