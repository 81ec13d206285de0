"""Zones of a vendor's, and the records of short domains in them, against Cloudflare's wire on the loopback."""

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import update

from hyway.domain import audit, billing, connections, identity, links
from hyway.domain.connections import Registry, jobs, rules, zone_records
from hyway.domain.connections.store import zone_records as record_store
from hyway.domain.links import jobs as link_jobs
from hyway.kernel import clock
from hyway.kernel.db import Database, Write
from hyway.kernel.faults import Invalid, Missing, Refused
from hyway.kernel.jobs import Means
from hyway.kernel.outgoing import Outgoing
from hyway.kernel.seal import Seal
from tests.domain.connections.zone_stage import ZoneStage
from tests.make.names import name_server
from tests.make.vendor import Still
from tests.make.world import KEY
from tests.providers.wires.cloudflare import Cloudflare, cloudflare

NAME = "go.example.com"
BUSY = (503, {"Content-Type": "application/json"}, b"{}")


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    made = Database(database_url, Seal(KEY), hosts=frozenset({"hyway.example"}), home="http://hyway.example")
    made.hearers += [audit.record, billing.accounts.hear, connections.hearing.hear, connections.zones.hear]
    yield made
    made.close()


@pytest.fixture
def vendor() -> Iterator[tuple[Cloudflare, str]]:
    with cloudflare() as made:
        yield made


@pytest.fixture
def stage(db: Database, vendor: tuple[Cloudflare, str]) -> ZoneStage:
    return ZoneStage(db, *vendor)


def both(stage: ZoneStage, of: links.Domain) -> list[tuple[str, str, str]]:
    """The records of a domain, as the vendor has them."""
    proof = stage.again(of).challenge
    return [("CNAME", of.domain, "hyway.example"), ("TXT", f"_hyway.{of.domain}", f'"{proof}"')]


def test_zones_are_imported_once_listed_shown_and_deleted(stage: ZoneStage):
    first, second = stage.vendor.zone("example.com"), stage.vendor.zone("example.net")
    found = stage.bring(first, second)
    assert [(each.name, each.remote) for each in found] == [("example.com", first), ("example.net", second)]
    assert stage.bring(first, second) == found
    assert stage.told("zone.") == ["zone.created", "zone.created"]
    assert stage.db.read_now(connections.zones.page, stage.by, 1, 1) == ([found[1]], 2)
    assert stage.db.read_now(connections.zones.find, stage.by, found[0].id) == found[0]
    stage.db.write_now(connections.zones.drop, stage.by, found[0].id)
    assert stage.zones() == [found[1]]
    assert first in stage.vendor.zones
    for id in (found[0].id, "zone_" + "0" * 24, "../x", "\0"):
        with pytest.raises(Missing):
            stage.db.read_now(connections.zones.find, stage.by, id)
        with pytest.raises(Missing):
            stage.db.write_now(connections.zones.drop, stage.by, id)
    [again, _] = sorted(stage.bring(first), key=lambda each: each.name)
    assert again.id != found[0].id


def test_zones_are_their_organizations_own(stage: ZoneStage):
    [zone] = stage.bring(stage.vendor.zone("example.com"))
    other = identity.command_line(stage.db.write_now(identity.found_organization, "Other"))
    assert stage.db.read_now(connections.zones.page, other) == ([], 0)
    for verb in (connections.zones.find, connections.zones.records):
        with pytest.raises(Missing):
            stage.db.read_now(verb, other, zone.id)
    for change in (connections.zones.drop, connections.zones.retry):
        with pytest.raises(Missing):
            stage.db.write_now(change, other, zone.id)
    with pytest.raises(Invalid):
        stage.db.write_now(connections.zones.adopt, stage.by, stage.integration, "x" * 32, "no name")


def test_a_member_reads_zones_and_deletes_none(stage: ZoneStage):
    [zone] = stage.bring(stage.vendor.zone("example.com"))
    member = replace(stage.by, actor_kind="person", role="member", grants=None)
    assert stage.db.read_now(connections.zones.find, member, zone.id) == zone
    with pytest.raises(Refused):
        stage.db.write_now(connections.zones.drop, member, zone.id)


def test_a_connection_to_a_zone_makes_it_ours_and_its_end_takes_it_away(stage: ZoneStage):
    args = (stage.by, stage.known, stage.integration.id, "DNSZone")
    made = stage.db.write_now(connections.connections.create, *args, stage.home.wire_id, "Example.com")
    assert stage.zones() == []
    stage.work()
    [zone] = stage.zones()
    assert (zone.name, zone.remote) == ("example.com", next(iter(stage.vendor.zones)))
    stage.db.write_now(connections.connections.drop, stage.by, stage.integration.id, made.id, True)
    assert stage.zones() == []
    stage.work()
    assert stage.vendor.zones == {}
    assert stage.told("zone.") == ["zone.created", "zone.deleted"]


def test_a_new_domain_within_a_zone_is_written_and_verified_by_itself(
    stage: ZoneStage, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(links.domains, "_PAUSE", 0)
    remote = stage.vendor.zone("example.com")
    [zone] = stage.bring(remote)
    domain = stage.domain(NAME)
    assert stage.written(remote) == []
    stage.work()
    assert stage.written(remote) == both(stage, domain)
    assert all(each.written_at and not each.error and each.next_at is None for each in stage.kept(zone))
    with name_server() as names:
        for type, name, content in stage.written(remote):
            if type == "TXT":
                names.texts[name] = [content.strip('"')]
            else:
                names.aliases[name] = content
        link_jobs.look_again(Means(stage.db, Outgoing(lambda _: True), {"resolver": names.address}))
    assert (stage.again(domain).dns_status, stage.again(domain).status) == ("verified", "ready")


def test_a_domain_of_before_is_written_when_its_zone_comes(stage: ZoneStage):
    domain, other = stage.domain(NAME), stage.domain("go.notexample.com")
    stage.work()
    remote = stage.vendor.zone("example.com")
    stage.bring(remote)
    stage.work()
    assert stage.written(remote) == both(stage, domain)
    assert stage.db.read_now(zone_records.of_domain, stage.home.seq, other.id) == []


def test_the_name_of_the_zone_itself_gets_its_text_alone(stage: ZoneStage):
    remote = stage.vendor.zone("example.com")
    stage.bring(remote)
    domain = stage.domain("example.com")
    stage.work()
    assert stage.written(remote) == both(stage, domain)[1:]


def test_the_nearest_zone_is_the_one(stage: ZoneStage):
    far, near = stage.vendor.zone("example.com"), stage.vendor.zone("go.example.com")
    stage.bring(far, near)
    domain = stage.domain("x.go.example.com")
    stage.work()
    assert (stage.written(far), stage.written(near)) == ([], both(stage, domain))


def test_what_was_written_goes_with_the_domain_and_nothing_else(stage: ZoneStage):
    remote = stage.vendor.zone("example.com")
    [zone] = stage.bring(remote)
    domain = stage.domain(NAME)
    stage.work()
    stage.vendor.record(remote, f"_hyway.{NAME}", "TXT", '"of somebody else"')
    stage.drop(domain)
    stage.work()
    assert stage.written(remote) == [("TXT", f"_hyway.{NAME}", '"of somebody else"')]
    assert stage.kept(zone) == []


def test_a_domain_that_comes_again_keeps_its_alias(stage: ZoneStage):
    remote = stage.vendor.zone("example.com")
    stage.bring(remote)
    stage.domain("other.example.com")
    first = stage.domain(NAME)
    stage.work()
    stage.drop(first)
    second = stage.domain(NAME)
    stage.work()
    assert set(both(stage, second)) <= set(stage.written(remote))
    assert len(stage.written(remote)) == 4


def test_a_name_that_leads_elsewhere_is_not_bent_until_somebody_mends_it(stage: ZoneStage):
    remote = stage.vendor.zone("example.com")
    [zone] = stage.bring(remote)
    theirs = stage.vendor.record(remote, NAME, "CNAME", "shop.example.net")
    domain = stage.domain(NAME)
    stage.work()
    text, alias = stage.kept(zone)
    assert (text.error, alias.written_at, alias.next_at) == ("", None, None)
    assert alias.error == f"{NAME} leads to shop.example.net already; change that at Cloudflare"
    assert ("CNAME", NAME, "shop.example.net") in stage.written(remote)
    del stage.vendor.records[remote][theirs]
    stage.db.write_now(connections.zones.retry, stage.by, zone.id)
    stage.work()
    assert stage.written(remote) == both(stage, domain)


def test_a_vendor_that_is_away_is_asked_again_later_and_not_for_ever(stage: ZoneStage):
    remote = stage.vendor.zone("example.com")
    [zone] = stage.bring(remote)
    stage.vendor.reply = lambda _: BUSY
    domain = stage.domain(NAME)
    for tries in range(1, rules.MOST_TRIES + 1):
        stage.work()
        kept = stage.kept(zone)
        assert [each.attempts for each in kept] == [tries, tries]
        assert all("cannot do it at the moment" in each.error for each in kept)
        assert all((each.next_at is None) == (tries == rules.MOST_TRIES) for each in kept)
        stage.db.write_now(_bring_forward)
    stage.vendor.reply = None
    stage.bring(remote)
    stage.work()
    assert stage.written(remote) == both(stage, domain)


def _bring_forward(w: Write) -> None:
    table = record_store.ZONE_RECORDS
    w.run(update(table).where(table.c.next_at.is_not(None)).values(next_at=clock.now()))


def test_who_dies_after_writing_leaves_nothing_twice(stage: ZoneStage, monkeypatch: pytest.MonkeyPatch):
    remote = stage.vendor.zone("example.com")
    [zone] = stage.bring(remote)

    def dies(*_: object) -> None:
        raise SystemExit

    domain = stage.domain(NAME)
    with monkeypatch.context() as patch:
        patch.setattr(zone_records, "_settled", dies)
        for _ in range(2):
            with pytest.raises(SystemExit):
                zone_records.carry_on(stage.db, stage.known, zone.seq)
    assert stage.written(remote) == both(stage, domain)
    assert all(each.written_at is None for each in stage.kept(zone))
    stage.work()
    assert all(each.written_at is None for each in stage.kept(zone))  # somebody else's, as far as we know
    stage.db.write_now(_claims_lapse)
    stage.work()
    assert stage.written(remote) == both(stage, domain)
    assert all(each.written_at is not None for each in stage.kept(zone))


def _claims_lapse(w: Write) -> None:
    w.run(update(record_store.ZONE_RECORDS).values(claimed_until=0))


def test_without_the_integration_its_zones_are_gone_and_the_vendor_is_left_alone(stage: ZoneStage):
    remote = stage.vendor.zone("example.com")
    [zone] = stage.bring(remote)
    domain = stage.domain(NAME)
    stage.work()
    stage.db.write_now(connections.integrations.drop, stage.by, stage.integration.id)
    assert stage.zones() == []
    assert stage.told("zone.") == ["zone.created", "zone.deleted"]
    asked = len(stage.vendor.said)
    stage.drop(domain)
    stage.domain("more.example.com")
    stage.work()
    assert len(stage.vendor.said) == asked
    assert len(stage.written(remote)) == 2
    with pytest.raises(Missing):
        stage.db.read_now(connections.zones.records, stage.by, zone.id)


def test_a_vendor_whose_zones_cannot_be_written_says_so(stage: ZoneStage):
    remote = stage.vendor.zone("example.com")
    [zone] = stage.bring(remote)
    still = Still("cloudflare")
    still.entry = replace(still.entry, fields=())
    stage.known = Registry([still])
    stage.domain(NAME)
    stage.work()
    assert {each.error for each in stage.kept(zone)} == {"The zones of Cloudflare cannot be written"}
    stage.known = Registry([])
    stage.db.write_now(connections.zones.retry, stage.by, zone.id)
    stage.work()
    assert {each.error for each in stage.kept(zone)} == {"There is no provider for this integration"}


def test_what_others_say_under_a_name_of_ours_stays(stage: ZoneStage):
    remote = stage.vendor.zone("example.com")
    stage.bring(remote)
    domain = stage.domain(NAME)
    [text] = [each for each in both(stage, domain) if each[0] == "TXT"]
    stage.vendor.record(remote, text[1], "TXT", '"of-somebody-else"')
    stage.work()
    theirs = ("TXT", text[1], '"of-somebody-else"')
    assert stage.written(remote) == sorted([*both(stage, domain), theirs])
    stage.drop(domain)
    stage.work()
    assert stage.written(remote) == [theirs]


def test_what_was_there_before_us_is_not_taken_away(stage: ZoneStage):
    """Somebody wrote by hand what we would have: it counts, and stays theirs."""
    remote = stage.vendor.zone("example.com")
    domain = stage.domain(NAME)
    [alias] = [each for each in both(stage, domain) if each[0] == "CNAME"]
    stage.vendor.record(remote, alias[1], alias[0], alias[2].upper() + ".")
    [zone] = stage.bring(remote)
    stage.work()
    assert {each.type: each.is_ours for each in stage.kept(zone)} == {"TXT": True, "CNAME": False}
    assert all(each.written_at and not each.error for each in stage.kept(zone))
    stage.drop(domain)
    stage.work()
    assert stage.written(remote) == [("CNAME", alias[1], alias[2].upper() + ".")]
    assert stage.kept(zone) == []


def test_a_domain_that_comes_again_takes_over_what_was_ours(stage: ZoneStage):
    remote = stage.vendor.zone("example.com")
    stage.bring(remote)
    first = stage.domain(NAME)
    stage.work()
    stage.drop(first)
    second = stage.domain(NAME)
    stage.work()
    assert stage.written(remote) == both(stage, second)
    stage.drop(second)
    stage.work()
    assert stage.written(remote) == []


def test_nothing_is_written_beneath_what_is_delegated(stage: ZoneStage):
    remote = stage.vendor.zone("example.com")
    [zone] = stage.bring(remote)
    stage.vendor.record(remote, "team.example.com", "NS", "ns1.other.example")
    stage.domain("go.team.example.com")
    stage.work()
    why = "team.example.com is delegated to ns1.other.example: connect the zone that is there"
    assert {each.error for each in stage.kept(zone)} == {why}
    assert stage.written(remote) == [("NS", "team.example.com", "ns1.other.example")]


def test_a_zone_that_comes_later_leaves_domains_to_a_nearer_one(stage: ZoneStage):
    wide, near = stage.vendor.zone("example.com"), stage.vendor.zone("team.example.com")
    stage.bring(near)
    domain = stage.domain("go.team.example.com")
    stage.work()
    stage.bring(wide)
    stage.work()
    assert stage.written(near) == both(stage, domain)
    assert stage.written(wide) == []


def test_a_zone_that_is_gone_at_the_vendors_is_told_in_words(stage: ZoneStage):
    remote = stage.vendor.zone("example.com")
    [zone] = stage.bring(remote)
    domain = stage.domain(NAME)
    stage.work()
    del stage.vendor.zones[remote]
    stage.domain("more.example.com")
    stage.drop(domain)
    stage.work()
    [why] = {each.error for each in stage.kept(zone)}
    assert why == "Cloudflare refuses: Could not find the zone (7003)"
    assert {each.domain for each in stage.kept(zone)} != {domain.id}


def test_a_vendor_that_says_when_is_asked_no_sooner(stage: ZoneStage):
    remote = stage.vendor.zone("example.com")
    [zone] = stage.bring(remote)
    stage.vendor.reply = lambda _: (429, {"Retry-After": "1800"}, b"{}")
    stage.domain(NAME)
    began = clock.now()
    stage.work()
    assert all(each.next_at and each.next_at >= began + 1800 * clock.SECOND for each in stage.kept(zone))
    assert {each.error for each in stage.kept(zone)} == {
        "Cloudflare cannot answer now: it asks to be left alone for 1800 seconds"
    }


def test_it_takes_no_longer_than_the_slowest(stage: ZoneStage):
    """Vendors are asked outside of any transaction: meanwhile others write."""
    remote = stage.vendor.zone("example.com")
    stage.bring(remote)

    def slow(_: object) -> object:
        time.sleep(0.5)
        return BUSY

    stage.vendor.reply = slow
    stage.domain(NAME)
    jobs.begin(stage.db, stage.known)
    began = time.monotonic()
    stage.domain("more.example.com")
    assert time.monotonic() - began < 0.4
    assert stage.known.rest(30)
