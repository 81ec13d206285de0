"""Cloudflare through its own client, against its documented wire on the loopback."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from hyway.domain.connections import Entity
from hyway.domain.connections.providing import Declined, Reach, Unclear
from hyway.providers.cloudflare import provider
from tests.providers.wires.cloudflare import ACCOUNT, TOKEN, Cloudflare, cloudflare

PROJECT = Entity("Project", "proj_" + "1" * 24, "Shop")
CONFIG = {"apiToken": TOKEN, "accountId": ACCOUNT}


@pytest.fixture
def vendor() -> Iterator[tuple[Cloudflare, Reach]]:
    with cloudflare() as (made, address):
        yield made, Reach(CONFIG, address, 4.0)


Vendor = tuple[Cloudflare, Reach]


def test_a_token_is_checked_with_the_vendor(vendor: Vendor):
    _, reach = vendor
    provider.check(reach)
    with pytest.raises(Declined, match=r"refuses this token: Invalid access token \(9109\)"):
        provider.check(Reach({"apiToken": "wrong"}, reach.endpoint))
    with pytest.raises(Declined, match="refuses this token"):
        provider.check(Reach({}, reach.endpoint))


def test_zones_come_from_all_pages(vendor: Vendor):
    made, reach = vendor
    names = [f"z{at:03}.example.com" for at in range(120)]
    ids = [made.zone(name) for name in names]
    found = provider.resources(reach, "DNSZone")
    assert [(each.id, each.name) for each in found] == list(zip(ids, names, strict=True))
    assert len([said for said in made.said if said == "GET /client/v4/zones"]) >= 3


def test_records_come_from_all_pages(vendor: Vendor):
    made, reach = vendor
    zone = made.zone("example.com")
    for at in range(70):
        made.record(zone, f"a{at}.example.com", "A", "192.0.2.1")
    found = provider.resources(reach, "DNSZone", zone)
    assert len(found) == 70
    assert (found[0].name, found[0].more) == ("a0.example.com A", {"value": "192.0.2.1"})


def test_a_zone_is_made_once(vendor: Vendor):
    made, reach = vendor
    first = provider.make(reach, "DNSZone", PROJECT, "Example.com", "conn_1")
    assert provider.make(reach, "DNSZone", PROJECT, "example.com", "conn_1") == first
    assert provider.make(reach, "DNSZone", PROJECT, first.remote, "conn_1") == first
    assert first.config["nameServers"] == "ada.ns.cloudflare.com bob.ns.cloudflare.com"
    assert len(made.zones) == 1


def test_a_zone_whose_making_nobody_heard_of_is_found(vendor: Vendor):
    made, reach = vendor
    made.loses = "POST"
    with pytest.raises(Unclear, match="does not answer"):
        provider.make(reach, "DNSZone", PROJECT, "example.com", "conn_1")
    assert provider.make(reach, "DNSZone", PROJECT, "example.com", "conn_1").remote in made.zones
    assert len(made.zones) == 1


def test_none_is_made_without_an_account_or_in_another(vendor: Vendor):
    made, reach = vendor
    with pytest.raises(Declined, match="none can be made without"):
        provider.make(Reach({"apiToken": TOKEN}, reach.endpoint), "DNSZone", PROJECT, "example.com", "k")
    other = {"apiToken": TOKEN, "accountId": "b" * 32}
    with pytest.raises(Declined, match="refuses this token: Requires permission"):
        provider.make(Reach(other, reach.endpoint), "DNSZone", PROJECT, "example.com", "k")
    assert made.zones == {}


def test_a_zone_goes_when_it_is_empty(vendor: Vendor):
    made, reach = vendor
    zone = made.zone("example.com")
    made.record(zone, "example.com", "A", "192.0.2.1")
    with pytest.raises(Declined, match="has records"):
        provider.remove(reach, "DNSZone", zone)
    made.records[zone].clear()
    provider.remove(reach, "DNSZone", zone)
    provider.remove(reach, "DNSZone", zone)
    assert made.zones == {}


@pytest.mark.parametrize(("type", "value"), [("TXT", 'says "so" \\'), ("CNAME", "go.example.net")])
def test_a_record_is_set_and_taken_away_twice_with_one_effect(vendor: Vendor, type: str, value: str):
    made, reach = vendor
    zone = made.zone("example.com")
    for _ in range(2):
        provider.put_record(reach, zone, "go.example.com", type, value, 300)
    assert len(made.records[zone]) == 1
    provider.drop_record(reach, zone, "go.example.com", type, "another.example.net")
    assert len(made.records[zone]) == 1
    for _ in range(2):
        provider.drop_record(reach, zone, "go.example.com", type, value)
    assert made.records[zone] == {}


def test_what_others_wrote_is_not_written_over(vendor: Vendor):
    made, reach = vendor
    zone = made.zone("example.com")
    for value in ("one", "two"):
        made.record(zone, "example.com", "TXT", f'"{value}"')
    provider.put_record(reach, zone, "example.com", "TXT", "ours", 300)
    provider.put_record(reach, zone, "example.com", "TXT", "two", 300)
    assert [each["content"] for each in made.records[zone].values()] == ['"one"', '"two"', '"ours"']
    made.record(zone, "go.example.com", "CNAME", "theirs.example.net")
    with pytest.raises(Declined, match=r"go\.example\.com leads to theirs\.example\.net already"):
        provider.put_record(reach, zone, "go.example.com", "CNAME", "ours.example.net", 300)
    assert len(made.records[zone]) == 4


def test_of_two_zones_of_a_name_one_must_be_chosen(vendor: Vendor):
    made, reach = vendor
    ids = [made.zone("example.com") for _ in range(2)]
    with pytest.raises(Declined, match=f"has several zones example.com: .* {ids[0]} or {ids[1]}"):
        provider.make(reach, "DNSZone", PROJECT, "example.com", "conn_1")
    assert provider.make(reach, "DNSZone", PROJECT, ids[1], "conn_1").remote == ids[1]


def test_a_record_that_cannot_stand_beside_another_is_declined(vendor: Vendor):
    made, reach = vendor
    zone = made.zone("example.com")
    made.record(zone, "go.example.com", "A", "192.0.2.1")
    with pytest.raises(Declined, match=r"that host already exists\. \(81053\)"):
        provider.put_record(reach, zone, "go.example.com", "CNAME", "hyway.example.net", 300)
    assert len(made.records[zone]) == 1


@pytest.mark.parametrize("id", ["", "../zones", "A" * 32, "0" * 31, f"{'0' * 32}/../x"])
def test_an_id_that_is_none_reaches_nobody(vendor: Vendor, id: str):
    made, reach = vendor
    with pytest.raises(Declined, match="not the id of a zone"):
        provider.put_record(reach, id, "example.com", "TXT", "x", 300)
    with pytest.raises(Declined, match="not the id of a zone"):
        provider.remove(reach, "DNSZone", id)
    assert made.said == []


def test_what_it_does_not_provide_is_declined(vendor: Vendor):
    _, reach = vendor
    for call in (
        lambda: provider.resources(reach, "GitTeam"),
        lambda: provider.make(reach, "GitTeam", PROJECT, "", "k"),
        lambda: provider.remove(reach, "GitTeam", "x"),
    ):
        with pytest.raises(Declined, match="Cloudflare provides no GitTeam"):
            call()


JSON = {"Content-Type": "application/json"}


def slow(_: object) -> None:
    time.sleep(1.2)


@pytest.mark.parametrize(
    ("answer", "error", "text"),
    [
        (lambda _: (429, JSON, b'{"errors":[{"code":10000,"message":"Slow down"}]}'), Unclear, "Slow down"),
        (lambda _: (502, {"Content-Type": "text/html"}, b"<html>Bad gateway"), Unclear, "status 502"),
        (lambda _: (400, JSON, b'{"errors":"what"}'), Declined, "Cloudflare refuses: status 400"),
        (lambda _: (200, {"Content-Type": "text/html"}, b"<html>hello"), Unclear, "cannot be read"),
        (lambda _: (200, JSON, b'{"result":'), Unclear, "cannot be read"),
        (lambda _: (200, JSON, b'{"result":null}'), Unclear, "cannot be read"),
        (lambda _: (200, JSON, b'{"result":["x"]}'), Unclear, "cannot be read|took longer"),
        (lambda _: None, Unclear, "does not answer"),
        (slow, Unclear, "does not answer"),
    ],
    ids=["throttled", "broken", "odd refusal", "page", "cut", "null", "odd", "hangs up", "slow"],
)
def test_whatever_comes_back_is_told_apart(vendor: Vendor, answer: Any, error: type[Exception], text: str):
    made, reach = vendor
    made.reply = answer
    with pytest.raises(error, match=text):
        provider.resources(Reach(CONFIG, reach.endpoint, 0.8), "DNSZone")


def test_pages_without_end_are_cut_by_the_clock(vendor: Vendor):
    made, reach = vendor
    body = b'{"success":true,"result":[{"id":"0","name":"example.com"}],"result_info":{"page":1}}'
    made.reply = lambda _: (200, JSON, body)
    with pytest.raises(Unclear, match=r"took longer than 0\.3 seconds"):
        provider.resources(Reach(CONFIG, reach.endpoint, 0.3), "DNSZone")
