"""AWS through its own client, against a moto server on the loopback."""

import logging
import time
from collections.abc import Iterator
from typing import Any

import boto3
import httpx
import pytest
from moto.server import ThreadedMotoServer

from hyway.domain.connections import Entity
from hyway.domain.connections.providing import Declined, Reach, Unclear
from hyway.providers.aws import provider
from tests.make.loopback import Request, serving

PROJECT = Entity("Project", "proj_" + "1" * 24, "The Shop!")
KEYS = {"accessKeyId": "AKIAEXAMPLEEXAMPLE", "secretAccessKey": "s3cr3t", "region": "eu-west-1"}


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def reach(moto: str) -> Reach:
    httpx.post(f"{moto}/moto-api/reset")
    return Reach(KEYS, moto)


def theirs(reach: Reach, service: str) -> Any:
    """AWS as somebody else sees it."""
    return boto3.client(
        service,
        endpoint_url=reach.endpoint,
        region_name="eu-west-1",
        aws_access_key_id="other",
        aws_secret_access_key="other",
    )


def test_it_is_checked_that_everything_may_be_looked_at(reach: Reach):
    provider.check(reach)


def test_keys_that_aws_does_not_know_are_declined(reach: Reach):
    httpx.post(f"{reach.endpoint}/moto-api/reset-auth", content="0")
    try:
        with pytest.raises(Declined, match="AWS refuses these credentials: The security token"):
            provider.check(reach)
    finally:
        httpx.post(f"{reach.endpoint}/moto-api/reset-auth", content="1000000000")


def test_zones_are_listed_page_by_page_without_the_private_ones(reach: Reach):
    client = theirs(reach, "route53")
    for at in range(120):
        client.create_hosted_zone(Name=f"z{at:03}.example.com", CallerReference=str(at))
    client.create_hosted_zone(
        Name="inside.example.com",
        CallerReference="inside",
        VPC={"VPCRegion": "eu-west-1", "VPCId": "vpc-1"},
        HostedZoneConfig={"PrivateZone": True},
    )
    found = provider.resources(reach, "DNSZone")
    assert sorted(each.name for each in found) == [f"z{at:03}.example.com" for at in range(120)]
    assert all(each.id.isalnum() for each in found)


def test_a_zone_is_made_once_however_often_it_is_tried(reach: Reach):
    made = [
        provider.make(reach, "DNSZone", PROJECT, name, "conn_1") for name in ("Example.COM.", "example.com")
    ]
    assert made[0] == made[1]
    assert made[0].config["name"] == "example.com"
    assert len(str(made[0].config["nameServers"]).split()) == 4
    assert len(provider.resources(reach, "DNSZone")) == 1


def test_a_zone_of_before_is_found_by_its_name_or_its_id(reach: Reach):
    id = theirs(reach, "route53").create_hosted_zone(Name="example.com", CallerReference="x")["HostedZone"][
        "Id"
    ]
    id = id.rsplit("/", 1)[-1]
    assert provider.make(reach, "DNSZone", PROJECT, "example.com", "conn_1").remote == id
    assert provider.make(reach, "DNSZone", PROJECT, id, "conn_1").config["name"] == "example.com"


@pytest.mark.parametrize("name", ["", "no", "../x.com", "a b.com", "x" * 64 + ".com", "-.com"])
def test_what_is_no_name_is_declined_before_anybody_is_asked(reach: Reach, name: str):
    with pytest.raises(Declined, match="not the name of a domain"):
        provider.make(reach, "DNSZone", PROJECT, name, "conn_1")
    assert provider.resources(reach, "DNSZone") == []


def test_a_zone_goes_when_it_is_empty_and_what_is_gone_is_no_mistake(reach: Reach):
    made = provider.make(reach, "DNSZone", PROJECT, "example.com", "conn_1")
    provider.put_record(reach, made.remote, "www.example.com", "CNAME", "go.example.net", 300)
    with pytest.raises(Declined, match=r"AWS refuses: .* resource record"):
        provider.remove(reach, "DNSZone", made.remote)
    provider.drop_record(reach, made.remote, "www.example.com", "CNAME", "go.example.net")
    provider.remove(reach, "DNSZone", made.remote)
    provider.remove(reach, "DNSZone", made.remote)
    assert provider.resources(reach, "DNSZone") == []


@pytest.mark.parametrize(
    ("type", "value"), [("TXT", 'a "quoted" \\ text ' + "x" * 300), ("CNAME", "go.example.net")]
)
def test_a_record_is_set_and_taken_away_twice_with_one_effect(reach: Reach, type: str, value: str):
    zone = provider.make(reach, "DNSZone", PROJECT, "example.com", "conn_1").remote
    for _ in range(2):
        provider.put_record(reach, zone, "_hyway.go.example.com", type, value, 300)
    client = theirs(reach, "route53")
    sets = client.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    assert len([each for each in sets if each["Type"] == type]) == 1
    assert len(provider.records(reach, zone, "_hyway.go.example.com", type)) == 1
    provider.drop_record(reach, zone, "_hyway.go.example.com", type, "something else")
    assert len(provider.records(reach, zone, "_hyway.go.example.com", type)) == 1
    for _ in range(2):
        provider.drop_record(reach, zone, "_hyway.go.example.com", type, value)
    assert provider.records(reach, zone, "_hyway.go.example.com", type) == []
    assert provider.records(reach, zone, "other.example.com", type) == []


def test_what_others_say_under_the_same_name_stays(reach: Reach):
    zone = provider.make(reach, "DNSZone", PROJECT, "example.com", "conn_1").remote
    values = [{"Value": '"ours"'}, {"Value": '"theirs"'}]
    record = {"Name": "example.com", "Type": "TXT", "TTL": 60, "ResourceRecords": values}
    theirs(reach, "route53").change_resource_record_sets(
        HostedZoneId=zone, ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
    )
    provider.drop_record(reach, zone, "example.com", "TXT", "ours")
    assert provider.records(reach, zone, "example.com", "TXT") == ['"theirs"']


def test_what_others_wrote_is_not_written_over(reach: Reach):
    zone = provider.make(reach, "DNSZone", PROJECT, "example.com", "conn_1").remote
    for type, value in (("TXT", '"theirs"'), ("CNAME", "theirs.example.net")):
        record = {"Name": "go.example.com", "Type": type, "TTL": 60, "ResourceRecords": [{"Value": value}]}
        record["Name"] = f"{type.lower()}.example.com"
        theirs(reach, "route53").change_resource_record_sets(
            HostedZoneId=zone, ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
        )
    for _ in range(2):
        provider.put_record(reach, zone, "txt.example.com", "TXT", "ours", 300)
    assert provider.records(reach, zone, "txt.example.com", "TXT") == ['"theirs"', '"ours"']
    with pytest.raises(Declined, match=r"cname\.example\.com leads to theirs\.example\.net already"):
        provider.put_record(reach, zone, "cname.example.com", "CNAME", "ours.example.net", 300)
    assert provider.records(reach, zone, "cname.example.com", "CNAME") == ["theirs.example.net"]


def test_of_two_zones_of_a_name_one_must_be_chosen(reach: Reach):
    client = theirs(reach, "route53")
    for reference in "ab":
        client.create_hosted_zone(Name="example.com", CallerReference=reference)
    with pytest.raises(Declined, match=r"AWS has several zones example\.com: choose one by its id"):
        provider.make(reach, "DNSZone", PROJECT, "example.com", "conn_1")


def test_a_repository_of_somebody_elses_is_not_taken_for_ours(reach: Reach):
    theirs(reach, "ecr").create_repository(repositoryName="the-shop")
    with pytest.raises(Declined, match="AWS has a repository the-shop already: connect to it by its name"):
        provider.make(reach, "ContainerRegistry", PROJECT, "", "conn_1")
    assert provider.make(reach, "ContainerRegistry", PROJECT, "the-shop", "conn_1").remote == "the-shop"
    other = Entity("Project", PROJECT.id, "Another")
    made = provider.make(reach, "ContainerRegistry", other, "", "conn_1")
    assert provider.make(reach, "ContainerRegistry", other, "", "conn_1") == made
    with pytest.raises(Declined, match="already"):
        provider.make(reach, "ContainerRegistry", other, "", "conn_2")


def test_records_of_a_zone_are_listed_by_their_parent(reach: Reach):
    zone = provider.make(reach, "DNSZone", PROJECT, "example.com", "conn_1").remote
    provider.put_record(reach, zone, "*.example.com", "CNAME", "go.example.net", 300)
    found = {each.id: each for each in provider.resources(reach, "DNSZone", zone)}
    assert set(found) == {"example.com/NS", "example.com/SOA", "*.example.com/CNAME"}
    assert found["*.example.com/CNAME"].more == {"value": "go.example.net"}


def test_a_repository_is_made_found_and_removed(reach: Reach):
    made = provider.make(reach, "ContainerRegistry", PROJECT, "", "conn_1")
    assert made.remote == "the-shop"
    assert str(made.config["uri"]).endswith(".dkr.ecr.eu-west-1.amazonaws.com/the-shop")
    assert provider.make(reach, "ContainerRegistry", PROJECT, "the-shop", "conn_2") == made
    assert [each.id for each in provider.resources(reach, "ContainerRegistry")] == ["the-shop"]
    provider.remove(reach, "ContainerRegistry", "the-shop")
    provider.remove(reach, "ContainerRegistry", "the-shop")
    assert provider.resources(reach, "ContainerRegistry") == []


def test_many_repositories_come_page_by_page(reach: Reach):
    client = theirs(reach, "ecr")
    for at in range(105):
        client.create_repository(repositoryName=f"team/app-{at:03}")
    assert len(provider.resources(reach, "ContainerRegistry")) == 105


@pytest.mark.parametrize("name", ["Upper", "../x", "a//b", "x" * 300])
def test_a_name_that_no_repository_can_have_is_declined(reach: Reach, name: str):
    with pytest.raises(Declined, match="not the name of a repository"):
        provider.make(reach, "ContainerRegistry", PROJECT, name, "conn_1")


@pytest.mark.parametrize("id", ["../Z123", "Z123/../../x", "Z", "zzzz"])
def test_an_id_that_leads_elsewhere_reaches_nobody(reach: Reach, id: str):
    with pytest.raises(Declined, match="not the id of a hosted zone"):
        provider.put_record(reach, id, "example.com", "TXT", "x", 60)
    with pytest.raises(Declined, match="not the id of a hosted zone"):
        provider.resources(reach, "DNSZone", id)


def test_what_it_does_not_provide_is_declined(reach: Reach):
    for call in (
        lambda: provider.resources(reach, "GitTeam"),
        lambda: provider.make(reach, "GitTeam", PROJECT, "", "k"),
        lambda: provider.remove(reach, "GitTeam", "x"),
        lambda: provider.verify(reach, "DNSZone", "Z1", "1"),
        lambda: provider.members(reach, "DNSZone", "Z1"),
        lambda: provider.admit(reach, "DNSZone", "Z1", "x"),
        lambda: provider.dismiss(reach, "DNSZone", "Z1", "x"),
    ):
        with pytest.raises(Declined):
            call()


def answers(status: int, body: bytes, kind: str = "text/xml") -> Any:
    return lambda asked: (status, {"Content-Type": kind}, body)


THROTTLED = (
    b"<ErrorResponse><Error><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>"
)
FORBIDDEN = (
    b"<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code><Message>No.</Message></Error></ErrorResponse>"
)


@pytest.mark.parametrize(
    ("answer", "error", "text"),
    [
        (answers(400, THROTTLED), Unclear, "cannot do it at the moment: Rate exceeded"),
        (answers(403, FORBIDDEN), Declined, "refuses these credentials: No."),
        (answers(503, b"<html>busy</html>"), Unclear, "AWS"),
        (answers(200, b"<html>hello</html>"), Unclear, "cannot be read"),
        (lambda asked: None, Unclear, "does not answer"),
    ],
    ids=["throttled", "forbidden", "busy", "nonsense", "hangs up"],
)
def test_whatever_comes_back_is_told_apart(answer: Any, error: type[Exception], text: str):
    with serving(answer) as port, pytest.raises(error, match=text):
        provider.resources(Reach(KEYS, f"http://127.0.0.1:{port}", 2.0), "DNSZone")


def test_one_that_is_down_or_slow_is_to_be_tried_again():
    with pytest.raises(Unclear, match="does not answer"):
        provider.resources(Reach(KEYS, "http://127.0.0.1:9", 1.0), "DNSZone")

    def slow(asked: Request) -> None:
        time.sleep(1.5)

    with serving(slow) as port, pytest.raises(Unclear, match="does not answer"):
        provider.check(Reach(KEYS, f"http://127.0.0.1:{port}", 0.6))
