"""Names under which an organization's links answer: whose they are, and what a look at them makes of them."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from hyway.domain import audit, identity, links
from hyway.domain.links import (
    Domain,
    DomainChange,
    Finding,
    LinkChange,
    NewDomain,
    NewShortCode,
    ShelfQuery,
    domain_rules,
    inquiry,
    jobs,
)
from hyway.domain.links.domain_rules import LOST, MOST
from hyway.kernel import clock
from hyway.kernel.clock import DAY, MINUTE
from hyway.kernel.db import Database
from hyway.kernel.faults import Invalid, Missing, Refused, Spent, Taken
from hyway.kernel.jobs import Means
from hyway.kernel.outgoing import Outgoing, Unreachable
from hyway.kernel.resolver import Resolver
from hyway.kernel.seal import Seal
from tests.make.names import Names, name_server
from tests.make.world import KEY, World

NAME = "links.example"
PROVED = Finding(True, None, "The record is there.")
NOTHING = Finding(False, None, "No record.")
NO_ANSWER = Finding(None, None, "The name servers gave no answer.")


class Certified(Outgoing):
    """A way out on which a name has a certificate, or the reason why not."""

    def __init__(self, why_not: str = "") -> None:
        super().__init__(lambda _: True)
        self.why_not = why_not
        self.asked: list[str] = []

    def secured(self, host: str, port: int = 443, *, seconds: float = 10.0) -> None:
        self.asked.append(host)
        if self.why_not:
            raise Unreachable(self.why_not)


@pytest.fixture
def names() -> Iterator[Names]:
    with name_server() as made:
        yield made


@pytest.fixture
def secure(world: World) -> Iterator[Database]:
    """The same database as a server has it that is reached by https."""
    db = Database(world.db.url, Seal(KEY), hosts=frozenset({"go.example"}), home="https://go.example")
    db.hearers.append(audit.record)
    yield db
    db.close()


def add(world: World, name: str = NAME, **more: Any) -> Domain:
    return world.db.write_now(links.domains.create, world.by, NewDomain(name, **more))


def settle(world: World, domain: Domain, found: Finding, db: Database | None = None) -> Domain:
    made = (db or world.db).write_now(links.domains.settle, world.by, domain.seq, found)
    assert made is not None
    return made


def ready(world: World, name: str = NAME, **more: Any) -> Domain:
    return settle(world, add(world, name, **more), PROVED)


def find(world: World, domain: Domain) -> Domain:
    return world.db.read_now(links.domains.find, world.by, domain.id)


def hearing(world: World) -> list[str]:
    """What is announced from now on."""
    heard: list[str] = []
    world.db.hearers.append(lambda _, facts: heard.extend(each.action for each in facts))
    return heard


def test_a_new_domain_is_its_organizations_but_not_ready(world: World):
    made = add(world, "Bücher.Example")
    assert made.domain == "xn--bcher-kva.example"
    assert (made.status, made.dns_status, made.ssl_status) == ("notReady", "pending", "notReady")
    assert made.challenge.startswith("hyway-")
    assert find(world, made) == made
    assert world.db.read_now(links.domains.page, world.by) == ([made], 1)
    assert world.db.read_now(links.domains.places) == {}
    with pytest.raises(Missing):
        find(world.stranger(), made)


def test_a_proof_makes_it_ready_where_the_server_has_no_https(world: World):
    made = ready(world, fallback_url_template="https://old.example/{code}")
    assert (made.status, made.dns_status, made.ssl_status) == ("ready", "verified", "notReady")
    assert world.db.read_now(links.domains.by_name, world.by, "LINKS.example:8000") == made
    (place,) = world.db.read_now(links.domains.places).values()
    assert (place.domain, place.name) == (made.seq, NAME)
    assert (place.fallback_url_template, place.not_found_redirect_url) == ("https://old.example/{code}", None)
    assert world.db.read_now(links.domains.by_name, world.stranger().by, NAME) is None


def test_with_https_it_is_ready_once_it_has_a_certificate(world: World, secure: Database):
    made = add(world)
    seen = settle(world, made, Finding(True, False, "No certificate yet."), secure)
    assert (seen.status, seen.dns_status, seen.ssl_status) == ("pending", "verified", "pending")
    assert NAME in secure.read_now(links.domains.places)  # so that one can be got
    assert secure.read_now(links.domains.by_name, world.by, NAME) is None
    seen = settle(world, made, Finding(True, True, "All is well."), secure)
    assert (seen.status, seen.dns_status, seen.ssl_status) == ("ready", "verified", "active")


def test_a_name_has_one_verified_owner(world: World):
    stranger = world.stranger()
    mine, theirs = add(world), add(stranger)
    assert settle(stranger, theirs, PROVED).status == "ready"
    beaten = settle(world, mine, PROVED)
    assert (beaten.status, beaten.dns_status) == ("failed", "failed")
    assert beaten.found is not None
    assert "another organization" in beaten.found
    with pytest.raises(Taken, match="another organization"):
        add(world.stranger("Others"))
    with pytest.raises(Taken, match="already"):
        add(world)
    world.db.write_now(links.domains.drop, stranger.by, theirs.id)
    assert settle(world, mine, PROVED).status == "ready"


def test_of_two_that_prove_it_at_once_one_has_it(world: World):
    worlds = [world, *(world.stranger(f"Others {n}") for n in range(5))]
    domains = [add(each) for each in worlds]
    start, seen = threading.Barrier(len(worlds)), []

    def prove(whose: World, domain: Domain) -> None:
        start.wait()
        seen.append(settle(whose, domain, PROVED).status)

    threads = [threading.Thread(target=prove, args=each) for each in zip(worlds, domains, strict=True)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(seen) == ["failed"] * 5 + ["ready"]
    assert len(world.db.read_now(links.domains.places)) == 1


def test_a_domain_that_loses_its_record_is_lost_after_days(world: World, later: Any):
    heard = hearing(world)
    made = ready(world)
    assert settle(world, made, NOTHING).status == "ready"
    later(LOST)
    assert settle(world, made, NO_ANSWER).status == "ready"
    lost = settle(world, made, NOTHING)
    assert (lost.status, lost.dns_status) == ("failed", "failed")
    assert world.db.read_now(links.domains.places) == {}
    assert heard == ["domain.created", "domain.verified", "domain.failed"]
    assert add(world.stranger()).status == "notReady"  # and another may have it


def test_what_is_told(world: World):
    heard = hearing(world)
    made = ready(world)
    change = DomainChange(not_found_redirect_url="https://example.com/lost")
    world.db.write_now(links.domains.change, world.by, made.id, change)
    world.db.write_now(links.domains.change, world.by, made.id, change)  # nothing new
    world.db.write_now(links.domains.drop, world.by, made.id)
    assert heard == ["domain.created", "domain.verified", "domain.updated", "domain.deleted"]


def test_what_is_not_mentioned_stays_and_null_takes_it_away(world: World):
    both = {
        "not_found_redirect_url": "https://example.com/lost",
        "fallback_url_template": "https://e.example/{code}",
    }
    made = add(world, **both)

    def change(**wish: Any) -> Domain:
        return world.db.write_now(links.domains.change, world.by, made.id, DomainChange(**wish))

    assert change() == made
    seen = change(not_found_redirect_url=None)
    assert (seen.not_found_redirect_url, seen.fallback_url_template) == (None, "https://e.example/{code}")
    assert change(fallback_url_template="").fallback_url_template is None
    with pytest.raises(Invalid):
        change(fallback_url_template="https://e.example/", not_found_redirect_url="https://a.example/")
    assert find(world, made).not_found_redirect_url is None


def test_an_organization_has_so_many(world: World):
    for n in range(MOST):
        add(world, f"n{n}.example")
    with pytest.raises(Refused, match="domains"):
        add(world)
    assert add(world.stranger()).domain == NAME


def test_not_even_when_many_are_added_at_once(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(domain_rules, "MOST", 2)
    together = at_once(6, lambda number: add(world, f"n{number}.example"), Refused)
    assert len(together) == 2
    assert world.db.read_now(links.domains.page, world.by)[1] == 2


def test_what_short_codes_share_is_made_once(world: World):
    new = NewShortCode("https://example.com/", "localhost", tags=("a", "b"))
    made = at_once(6, lambda _: world.db.write_now(links.short_codes.create, world.by, new))
    shelves = {each.link.collection_id for each in made}
    assert (len(made), len(shelves)) == (6, 1)
    assert len(world.db.read_now(links.page_of_shelf, world.by, links.TAGS, ShelfQuery())) == 2


def at_once(many: int, do: Callable[[int], Any], *expected: type[Exception]) -> list[Any]:
    """What so many threads got that began together, without those that were refused as expected."""
    start, got = threading.Barrier(many), []

    def run(number: int) -> None:
        start.wait()
        with suppress(*expected):
            got.append(do(number))

    threads = [threading.Thread(target=run, args=(number,)) for number in range(many)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return got


def test_links_are_made_under_a_domain_of_ones_own_that_is_ready(world: World):
    domain = ready(world)
    waiting, theirs = add(world, "b.example"), ready(world.stranger(), "c.example")
    link = world.link(short_id="abc", domain=domain.seq)
    assert (link.domain, link.host) == (domain.seq, NAME)
    assert world.link(short_id="abc").domain == 0  # the same code on another name is another link
    for seq in (waiting.seq, theirs.seq, 10**9):
        with pytest.raises(Invalid, match="names no"):
            world.link(domain=seq)
    with pytest.raises(Taken, match="is taken"):
        world.link(short_id="abc", domain=domain.seq)
    with pytest.raises(Taken, match="twice"):
        world.put(*[world.wish(short_id="x", domain=domain.seq) for _ in range(2)])
    two = world.put(world.wish(short_id="y", domain=domain.seq), world.wish(short_id="y"))
    assert [each.domain for each in two] == [domain.seq, 0]
    with pytest.raises(Invalid, match="cannot be changed"):
        world.put(LinkChange(id=link.id, domain=0))
    assert world.change(link, title="T")._replace(updated_at=0) == link._replace(title="T", updated_at=0)


@pytest.mark.parametrize("wish", [{"url": "https://LINKS.example/x"}, {"ios": "http://links.example"}])
def test_a_link_does_not_lead_back_to_its_domain(world: World, wish: dict[str, str]):
    domain = ready(world)
    link = world.link(domain=domain.seq)
    with pytest.raises(Invalid, match="lead back"):
        world.link(**{"domain": domain.seq, **wish})
    with pytest.raises(Invalid, match="lead back"):
        world.change(link, **wish)


def test_nor_to_it_with_the_port_of_the_server(world: World):
    hosts = frozenset({"go.example:8000"})
    db = Database(world.db.url, Seal(KEY), hosts=hosts, home="http://go.example:8000")
    wish = world.wish(domain=ready(world).seq, url=f"http://{NAME}:8000/x")
    with pytest.raises(Invalid, match="lead back"):
        db.write_now(links.put, world.by, [wish])
    (made,) = db.write_now(links.put, world.by, [replace(wish, url=f"http://{NAME}:3000/x")])
    assert made.domain == wish.domain
    db.close()


def test_each_domain_has_its_own_targets(world: World):
    domain = ready(world)
    world.link(short_id="abc", url="https://one.example/")
    world.link(short_id="abc", url="https://two.example/", domain=domain.seq)
    one = world.db.read_now(links.target, "abc")
    two = world.db.read_now(links.target, "abc", domain.seq)
    assert one is not None
    assert two is not None
    assert (one.url, two.url, two.host) == ("https://one.example/", "https://two.example/", NAME)


def test_a_domain_with_links_cannot_go(world: World):
    domain = ready(world)
    link = world.link(domain=domain.seq)
    with pytest.raises(Taken, match="has links"):
        world.db.write_now(links.domains.drop, world.by, domain.id)
    world.db.write_now(links.drop, world.by, [link.id])
    world.db.write_now(links.domains.drop, world.by, domain.id)
    with pytest.raises(Missing):
        find(world, domain)
    assert world.db.write_now(links.domains.settle, world.by, domain.seq, PROVED) is None
    assert add(world).seq != domain.seq


def test_members_may_look_and_admins_alone_may_change(world: World):
    made = add(world)
    person = world.db.write_now(identity.add_person, "kim@example.com", "Kim", "correct horse battery")
    member = identity.Caller(
        world.by.organization, world.by.plan, "person", person.id, "Kim", "t", role="member"
    )
    assert world.db.read_now(links.domains.find, member, made.id) == made
    for verb, *more in (
        (links.domains.create, NewDomain("b.example")),
        (links.domains.change, made.id, DomainChange()),
        (links.domains.drop, made.id),
    ):
        with pytest.raises(Refused):
            world.db.write_now(verb, member, *more)
    with pytest.raises(Refused):
        links.domains.verify(world.db, Certified(), {}, member, made.id)


def verify(db: Database, world: World, made: Domain, names: Names, out: Outgoing) -> tuple[Domain, bool]:
    return links.domains.verify(db, out, {"resolver": names.address}, world.by, made.id)


def test_verified_by_its_text(world: World, names: Names):
    made = add(world)
    names.texts["_hyway.links.example"] = ["something else", made.challenge]
    seen, is_verified = verify(world.db, world, made, names, Certified())
    assert (is_verified, seen.status) == (True, "ready")
    assert names.asked == [("TXT", "_hyway.links.example")]


@pytest.mark.parametrize(("alias", "verified"), [("Go.Example", True), ("went.example", False)])
def test_verified_by_its_alias(world: World, names: Names, alias: str, verified: bool):
    made = add(world)
    names.aliases["links.example"] = alias
    seen, is_verified = verify(world.db, world, made, names, Certified())
    assert is_verified is verified
    assert seen.found is not None
    assert alias.lower() in seen.found


def test_an_alias_does_not_say_whose_a_name_is_that_others_want(world: World, names: Names, later: Any):
    names.aliases[NAME] = "go.example"
    mine, stranger = add(world), world.stranger()
    theirs = add(stranger)
    for whose, made in ((world, mine), (stranger, theirs)):
        seen, is_verified = verify(world.db, whose, made, names, Certified())
        assert (is_verified, seen.dns_status) == (False, "pending")
        assert seen.found is not None
        assert "TXT record has to say whose" in seen.found
    later(4 * clock.SECOND)
    names.texts[f"_hyway.{NAME}"] = [mine.challenge]
    assert verify(world.db, world, mine, names, Certified())[1]


def test_nor_of_one_that_others_had(world: World, names: Names):
    names.aliases[NAME] = "go.example"
    mine, stranger = add(world), world.stranger()
    assert verify(world.db, world, mine, names, Certified())[1]
    world.db.write_now(links.domains.drop, world.by, mine.id)
    assert not verify(world.db, stranger, add(stranger), names, Certified())[1]
    assert not verify(world.db, world, add(world), names, Certified())[1]


def test_a_domain_that_is_deleted_while_it_is_looked_at_is_not_there(
    world: World, names: Names, monkeypatch: pytest.MonkeyPatch
):
    made = ready(world)

    class Slow(Resolver):
        def texts(self, name: str) -> list[str]:
            world.db.write_now(links.domains.drop, world.by, made.id)
            return super().texts(name)

    monkeypatch.setattr(inquiry, "Resolver", Slow)
    monkeypatch.setattr(links.domains, "_PAUSE", -1)
    with pytest.raises(Missing):
        verify(world.db, world, made, names, Certified())


async def test_name_servers_that_hang_hold_up_nobody_else(world: World, monkeypatch: pytest.MonkeyPatch):
    made, go_on = add(world), threading.Event()

    def hang(*_: Any) -> Finding:
        assert go_on.wait(20)
        return NO_ANSWER

    monkeypatch.setattr(inquiry, "look", hang)
    asked = [
        asyncio.create_task(links.domains.verified(world.db, Certified(), {}, world.by, made.id))
        for _ in range(16)
    ]
    await asyncio.sleep(0.05)
    assert await asyncio.wait_for(asyncio.to_thread(lambda: 1), 5) == 1
    with pytest.raises(Spent):
        await links.domains.verified(world.db, Certified(), {}, world.by, made.id)
    go_on.set()
    assert {is_verified for _, is_verified in await asyncio.gather(*asked)} == {False}


def test_an_organization_that_is_closed_lets_go_of_its_names(world: World):
    world.db.hearers.append(links.domains.hear)
    domain, other = ready(world), ready(world.stranger(), "b.example")
    world.link(domain=domain.seq)
    forgotten: list[str] = []
    world.db.changes.hear(links.domains.TOPIC, forgotten.append)
    world.db.write_now(identity.organizations.close, replace(world.by, role="owner"))
    assert forgotten == [NAME]
    assert world.db.read_now(links.domains.places).keys() == {other.domain}
    assert add(world.stranger("Third")).domain == NAME


def test_looked_for_in_vain(world: World, names: Names, later: Any):
    made = add(world)
    names.texts["_hyway.links.example"] = [add(world.stranger()).challenge]  # another's
    seen, is_verified = verify(world.db, world, made, names, Certified())
    assert (is_verified, seen.status, seen.dns_status) == (False, "pending", "pending")
    asked = len(names.asked)
    names.texts["_hyway.links.example"] = [made.challenge]
    assert verify(world.db, world, made, names, Certified())[1] is False  # not again within three seconds
    assert len(names.asked) == asked
    later(4 * clock.SECOND)
    assert verify(world.db, world, made, names, Certified())[1] is True


def test_name_servers_that_do_not_answer_prove_nothing(world: World, names: Names):
    made, names.fails = add(world), True
    seen, is_verified = verify(world.db, world, made, names, Certified())
    assert (is_verified, seen.status) == (False, "pending")
    assert seen.found is not None
    assert "no answer" in seen.found


def test_its_certificate_is_looked_for_once_it_is_proved(
    world: World, secure: Database, names: Names, later: Any
):
    made, out = add(world), Certified("certificate verify failed")
    assert verify(secure, world, made, names, out)[0].status == "pending"
    assert out.asked == []
    later(4 * clock.SECOND)
    names.texts["_hyway.links.example"] = [made.challenge]
    seen, is_verified = verify(secure, world, made, names, out)
    assert (is_verified, seen.status, seen.ssl_status) == (True, "pending", "pending")
    assert out.asked == ["links.example"]
    assert seen.found is not None
    assert "certificate verify failed" in seen.found
    later(4 * clock.SECOND)
    out.why_not = ""
    assert verify(secure, world, made, names, out)[0].status == "ready"


def test_the_job_looks_at_what_is_due(world: World, names: Names, later: Any):
    made, other = add(world), add(world.stranger(), "b.example")
    means = Means(world.db, Certified(), {"resolver": names.address})
    names.texts["_hyway.links.example"] = [made.challenge]
    jobs.look_again(means)
    assert names.asked == []  # nobody has had the time to make a record
    later(MINUTE + 1)
    jobs.look_again(means)
    assert find(world, made).status == "ready"
    assert ("TXT", f"_hyway.{other.domain}") in names.asked
    names.asked.clear()
    jobs.look_again(means)
    assert names.asked == []
    later(MINUTE + 1)
    jobs.look_again(means)
    assert {name for _, name in names.asked} == {"_hyway.b.example", "b.example"}
    later(DAY)
    names.asked.clear()
    jobs.look_again(means)
    assert ("TXT", "_hyway.links.example") in names.asked


def test_what_its_owner_has_to_enter(world: World):
    made = add(world)
    hosts = {"go.example", "127.0.0.1:8000", "localhost:8000", "[::1]:80", "hyway", "b.example:8443"}
    wanted = [(each.type, each.name, each.value) for each in links.domains.records(made, hosts)]
    assert wanted == [
        ("TXT", "_hyway.links.example", made.challenge),
        ("CNAME", "links.example", "b.example"),
        ("CNAME", "links.example", "go.example"),
    ]
