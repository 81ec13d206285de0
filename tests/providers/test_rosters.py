"""npm, New Relic and incident.io, against their documented wires on the loopback."""

from collections.abc import Iterator

import pytest

from hyway.domain.connections import Declined, Entity, Reach, Unclear
from hyway.providers.incident_io import provider as incident_io
from hyway.providers.new_relic import provider as new_relic
from hyway.providers.npm import provider as npm
from tests.providers.wires.rosters import IncidentIo, NewRelic, Npm
from tests.providers.wires.wire import reply, running

BEN = Entity("Member", "memb_" + "1" * 24, "Ben", "ben@acme.example")
CLEO = Entity("Member", "memb_" + "2" * 24, "Cleo")
KEY = "conn_" + "a" * 24
NPM = {"registry": "https://registry.example/", "organization": "acme", "token": Npm.TOKEN}


@pytest.fixture
def registry() -> Iterator[tuple[Npm, Reach]]:
    made = Npm()
    with running(made) as address:
        yield made, Reach(NPM, address, 3.0)


@pytest.fixture
def nerds() -> Iterator[tuple[NewRelic, Reach]]:
    made = NewRelic()
    with running(made) as address:
        yield made, Reach({"apiKey": NewRelic.KEY}, address, 3.0)


@pytest.fixture
def incidents() -> Iterator[tuple[IncidentIo, Reach]]:
    made = IncidentIo()
    with running(made) as address:
        yield made, Reach({"apiKey": IncidentIo.KEY}, address, 3.0)


# npm.


def test_npm_lets_in_who_may_see_the_organization(registry: tuple[Npm, Reach]):
    _, reach = registry
    npm.check(reach)
    with pytest.raises(Declined, match="npm does not let us in: You must be logged in"):
        npm.check(Reach({**NPM, "token": "wrong"}, reach.endpoint))
    with pytest.raises(Declined, match="no organization other at npm that this token can see"):
        npm.check(Reach({**NPM, "organization": "other"}, reach.endpoint))


def test_npm_knows_who_is_in_the_organization(registry: tuple[Npm, Reach]):
    made, reach = registry
    made.roles["Ben-Dev"] = "developer"
    assert [each.id for each in npm.resources(reach, "Account")] == ["ada", "Ben-Dev"]
    for name in ("ben-dev", "@Ben-Dev", "~Ben-Dev"):
        made_of = npm.make(reach, "Account", BEN, name, KEY)
        assert (made_of.remote, made_of.config["identifier"]) == ("Ben-Dev", "Ben-Dev")
    with pytest.raises(Declined, match="Nobody at npm is known as nobody"):
        npm.make(reach, "Account", BEN, "nobody", KEY)
    with pytest.raises(Declined, match="Say which account at npm is Cleo's"):
        npm.make(reach, "Account", CLEO, "", KEY)


def test_a_registry_that_an_organization_names_is_asked_at_public_addresses_alone(
    registry: tuple[Npm, Reach],
):
    made, reach = registry
    with pytest.raises(Unclear, match="npm does not answer"):
        npm.check(Reach({**NPM, "registry": reach.endpoint}))
    assert made.said == []


# New Relic.


def test_new_relic_lets_in_who_may_see_users(nerds: tuple[NewRelic, Reach]):
    made, reach = nerds
    new_relic.check(reach)
    with pytest.raises(Declined, match="New Relic does not let us in: Invalid API key"):
        new_relic.check(Reach({"apiKey": "NRAK-WRONG"}, reach.endpoint))
    made.may = False
    with pytest.raises(Declined, match=r"New Relic does not let us in: You are not authorized\."):
        new_relic.check(reach)


def test_new_relics_people_come_from_all_domains_and_pages(nerds: tuple[NewRelic, Reach]):
    made, reach = nerds
    made.size = 7
    made.domains = {f"d-{at}": [] for at in range(9)}
    for at in range(100):
        made.user(f"d-{at % 9}", str(1000 + at), f"Dev {at:03}", f"dev{at}@acme.example")
    found = new_relic.resources(reach, "Account")
    assert [each.id for each in found] == [str(1000 + at) for at in range(100)]
    assert found[0].more == {"email": "dev0@acme.example"}


def test_new_relics_people_are_found_by_id_or_address(nerds: tuple[NewRelic, Reach]):
    made, reach = nerds
    made.user("d-2", "1001", "Ben Bit", "Ben@acme.example")
    for input in ("", "1001", "BEN@acme.example"):
        found = new_relic.make(reach, "Account", BEN, input, KEY)
        told = {"identifier": "1001", "name": "Ben Bit", "email": "Ben@acme.example"}
        assert (found.remote, found.config) == ("1001", told)
    made.user("d-1", "1002", "Ben Again", "ben@acme.example")
    with pytest.raises(Declined, match=r"Several accounts at New Relic are ben@acme\.example"):
        new_relic.make(reach, "Account", BEN, "", KEY)
    assert new_relic.make(reach, "Account", BEN, "1002", KEY).remote == "1002"


@pytest.mark.parametrize("of", ["TIMEOUT", "SERVER_ERROR", "TOO_MANY_REQUESTS"])
def test_what_new_relic_cannot_answer_now_is_to_be_asked_again(nerds: tuple[NewRelic, Reach], of: str):
    made, reach = nerds
    error = {"message": "Later", "extensions": {"errorClass": of}}
    made.instead = lambda _: reply(200, {"data": None, "errors": [error]})
    with pytest.raises(Unclear, match="New Relic cannot answer now: Later"):
        new_relic.check(reach)


def test_a_cursor_that_does_not_move_ends_the_list(nerds: tuple[NewRelic, Reach]):
    made, reach = nerds
    found = {"authenticationDomains": [], "nextCursor": "same"}
    body = {"data": {"actor": {"organization": {"userManagement": {"authenticationDomains": found}}}}}
    made.instead = lambda _: reply(200, body)
    assert new_relic.resources(reach, "Account") == []
    assert len(made.said) == 2


# incident.io.


def test_incident_io_lets_in_a_key_that_may_see_users(incidents: tuple[IncidentIo, Reach]):
    made, reach = incidents
    incident_io.check(reach)
    with pytest.raises(Declined, match=r"incident\.io does not let us in: The API key is not valid\."):
        incident_io.check(Reach({"apiKey": "wrong"}, reach.endpoint))
    refusal = made.error(403, "forbidden", "missing_scope", "This key may not view users.")
    identity = reply(200, {"identity": {"name": "Hyway"}})
    made.instead = lambda asked: identity if asked.path == "/v1/identity" else refusal
    with pytest.raises(Declined, match="may not view users"):
        incident_io.check(reach)


def test_incident_ios_people_come_from_all_pages(incidents: tuple[IncidentIo, Reach]):
    made, reach = incidents
    for at in range(600):
        made.user(f"01U{at:05}", f"Dev {at:03}", f"dev{at}@acme.example")
    found = incident_io.resources(reach, "Account")
    assert [each.id for each in found] == [f"01U{at:05}" for at in range(600)]
    assert made.count("GET /v2/users") == 3


def test_incident_ios_people_are_found_by_id_or_address(incidents: tuple[IncidentIo, Reach]):
    made, reach = incidents
    made.user("01U1", "Ben Bit", "ben@acme.example")
    for input in ("", "01U1", "ben@acme.example"):
        assert incident_io.make(reach, "Account", BEN, input, KEY).remote == "01U1"
    for input in ("01U2", "x@acme.example", "a/../b"):
        with pytest.raises(Declined, match=r"Nobody at incident\.io is known as"):
            incident_io.make(reach, "Account", BEN, input, KEY)
    assert not any("/../" in said for said in made.said)
    with pytest.raises(Declined, match="cannot be the name"):
        incident_io.make(reach, "Account", BEN, "..", KEY)


def test_nothing_but_accounts_is_to_be_had_there(incidents: tuple[IncidentIo, Reach]):
    made, reach = incidents
    for ask in (
        lambda: incident_io.resources(reach, "DNSZone"),
        lambda: incident_io.make(reach, "GitTeam", BEN, "x", KEY),
        lambda: incident_io.members(reach, "Account", "x"),
        lambda: incident_io.admit(reach, "Account", "x", "y"),
        lambda: incident_io.dismiss(reach, "Account", "x", "y"),
        lambda: incident_io.verify(reach, "Account", "x", "y"),
    ):
        with pytest.raises(Declined):
            ask()
    incident_io.remove(reach, "Account", "01U1")
    assert made.said == []
