"""Google Workspace by google-auth and the Directory API, against their documented wire on the loopback."""

import json
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from hyway.domain.connections import Declined, Entity, Reach, Unclear
from hyway.providers.google import provider
from tests.providers.wires.google import ADMINISTRATOR, DOMAIN, Google, service_account
from tests.providers.wires.wire import reply, running

TEAM = Entity("Team", "team_" + "1" * 24, "Platform & Tools")
BEN = Entity("Member", "memb_" + "1" * 24, "Ben", "Ben@acme.example")
KEY, OTHER_KEY = "conn_" + "a" * 24, "conn_" + "b" * 24
LISTS = "/admin/directory/v1/groups"
Vendor = tuple[Google, Reach]


def config(**more: str) -> dict[str, str]:
    return {
        "domain": DOMAIN,
        "administrator": ADMINISTRATOR,
        "serviceAccount": service_account(),
        **more,
    }


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    made = Google()
    with running(made) as address:
        yield made, Reach(config(), address, 3.0)


def test_a_service_account_that_may_act_for_the_administrator_is_let_in(vendor: Vendor):
    made, reach = vendor
    provider.check(reach)
    made.delegated = set()
    with pytest.raises(Declined, match="let the service account in: Client is unauthorized to retrieve"):
        provider.check(reach)


def test_the_token_of_an_hour_is_not_told_either(vendor: Vendor):
    """It is in no configuration, and a vendor may repeat it."""
    made, reach = vendor
    made.on(
        "GET",
        "/admin/directory/v1/users",
        lambda asked: reply(400, {"error": {"message": f"{asked.headers['Authorization']} is not for this"}}),
    )
    made._routes.insert(0, made._routes.pop())
    with pytest.raises(Declined) as why:
        provider.check(reach)
    assert str(why.value) == "Google refuses: Bearer *** is not for this"


def test_another_domain_is_refused(vendor: Vendor):
    with pytest.raises(Declined, match=r"Google refuses: Domain not found\."):
        provider.check(Reach(config(domain="other.example"), vendor[1].endpoint))


def test_a_forged_key_is_refused_in_googles_words(vendor: Vendor):
    pem = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    forged = service_account(private_key=pem.decode())
    with pytest.raises(Declined, match="Invalid JWT Signature"):
        provider.check(Reach(config(serviceAccount=forged), vendor[1].endpoint))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "not the key of a service account"),
        ("no JSON", "not the key of a service account"),
        ("[]", "not the key of a service account"),
        ('{"type": "authorized_user", "refresh_token": "x"}', "not the key of a service account"),
        ('{"type": "service_account", "client_email": "x"}', "is not whole"),
        ('{"type": "service_account", "client_email": "x", "private_key": 5}', "is not whole"),
        ('{"type": "service_account", "client_email": "x", "private_key": "x"}', "cannot be read"),
    ],
)
def test_what_is_no_key_is_never_sent(vendor: Vendor, text: str, why: str):
    made, reach = vendor
    with pytest.raises(Declined, match=why):
        provider.check(Reach(config(serviceAccount=text), reach.endpoint))
    assert made.said == []


def test_the_addresses_in_a_key_are_nobodys(vendor: Vendor):
    made, reach = vendor
    with running(Google()) as elsewhere:
        told = json.loads(service_account(token_uri=f"{elsewhere}/token", universe_domain="evil.example"))
        provider.check(Reach(config(serviceAccount=json.dumps(told)), reach.endpoint))
    assert made.count("POST /token") == 1


def test_groups_and_users_come_from_all_pages(vendor: Vendor):
    made, reach = vendor
    ids = [made.group(f"g{at:03}@{DOMAIN}", f"Group {at:03}") for at in range(450)]
    for at in range(1100):
        made.user(f"Dev{at}@{DOMAIN}", f"Dev No{at:04}")
    made.user(f"gone@{DOMAIN}", "Gone Girl", suspended=True)
    lists = provider.resources(reach, "DistributionList")
    assert [each.id for each in lists] == ids
    assert lists[0].more == {"email": f"g000@{DOMAIN}"}
    people = provider.resources(reach, "User")
    assert len(people) == 1100
    more = {"email": f"dev0@{DOMAIN}", "firstName": "Dev", "lastName": "No0000"}
    assert (people[0].id, people[0].more) == (f"dev0@{DOMAIN}", more)
    assert (made.count(f"GET {LISTS}"), made.count("GET /admin/directory/v1/users")) == (3, 3)


def test_where_there_is_nothing_the_list_is_empty(vendor: Vendor):
    made, reach = vendor
    assert provider.resources(reach, "DistributionList") == []
    assert provider.members(reach, "DistributionList", made.group(f"a@{DOMAIN}", "A")) == frozenset()


def test_people_are_found_by_their_address(vendor: Vendor):
    made, reach = vendor
    made.user("Ben@acme.example", "Ben Bit")
    made_of = provider.make(reach, "User", BEN, "", KEY)
    assert made_of.remote == "ben@acme.example"
    assert provider.make(reach, "User", TEAM, "ben@acme.example", KEY) == made_of
    assert provider.whom(reach, "Ben@Acme.example", {}) == "ben@acme.example"
    with pytest.raises(Declined, match=r"has the address x@acme\.example"):
        provider.make(reach, "User", BEN, "x@acme.example", KEY)
    for wrong in ("../groups", "x@y/../z.example", "ben"):
        with pytest.raises(Declined, match="no e-mail address"):
            provider.make(reach, "User", TEAM, wrong, KEY)


def test_a_list_is_made_once_although_its_answer_was_lost(vendor: Vendor):
    made, reach = vendor
    made.loses = f"POST {LISTS}"
    with pytest.raises(Unclear, match="does not answer"):
        provider.make(reach, "DistributionList", TEAM, "", KEY)
    found = provider.make(reach, "DistributionList", TEAM, "", KEY)
    assert [each["email"] for each in made.groups.values()] == [f"platform-tools@{DOMAIN}"]
    assert found.config == {"name": "Platform & Tools", "email": f"platform-tools@{DOMAIN}"}
    assert provider.make(reach, "DistributionList", TEAM, "", KEY) == found
    with pytest.raises(Declined, match="already: connect to it by its address"):
        provider.make(reach, "DistributionList", TEAM, "", OTHER_KEY)


def test_a_list_that_is_not_ours_is_taken_only_by_its_name(vendor: Vendor):
    made, reach = vendor
    id = made.group(f"platform-tools@{DOMAIN}", "Their tools")
    with pytest.raises(Declined, match="already: connect to it by its address"):
        provider.make(reach, "DistributionList", TEAM, "", KEY)
    for name in (id, f"platform-tools@{DOMAIN}", "Platform-Tools"):
        assert provider.make(reach, "DistributionList", TEAM, name, KEY).remote == id
    assert len(made.groups) == 1


def test_an_address_that_cannot_be_had_is_refused(vendor: Vendor):
    made, reach = vendor
    made.user(f"sales@{DOMAIN}", "Sales Person")
    with pytest.raises(Declined, match=f"The address sales@{DOMAIN} is taken"):
        provider.make(reach, "DistributionList", TEAM, "sales", KEY)
    with pytest.raises(Declined, match="does not let us in: Not Authorized"):
        provider.make(reach, "DistributionList", TEAM, "tools@other.example", KEY)
    with pytest.raises(Declined, match="cannot be the address of a group"):
        provider.make(reach, "DistributionList", TEAM, "a b@acme.example", KEY)
    assert not made.groups


def test_who_is_in_a_list(vendor: Vendor):
    made, reach = vendor
    id = made.group(f"tools@{DOMAIN}", "Tools")
    made.put(id, f"Boss@{DOMAIN}", "OWNER")
    made.put(id, f"others@{DOMAIN}", type="GROUP")
    for who in ("ben@acme.example", "cleo@other.example", "ben@acme.example", f"boss@{DOMAIN}"):
        provider.admit(reach, "DistributionList", id, who)
    inside = {"ben@acme.example", "cleo@other.example", f"boss@{DOMAIN}"}
    assert provider.members(reach, "DistributionList", id) == inside
    assert made.members[id][f"boss@{DOMAIN}"]["role"] == "OWNER"
    for who in ("cleo@other.example", "cleo@other.example"):
        provider.dismiss(reach, "DistributionList", id, who)
    assert provider.members(reach, "DistributionList", id) == inside - {"cleo@other.example"}
    assert f"others@{DOMAIN}" in made.members[id]


def test_who_is_in_a_list_comes_from_all_pages(vendor: Vendor):
    made, reach = vendor
    id = made.group(f"all@{DOMAIN}", "Everybody")
    for at in range(500):
        made.put(id, f"dev{at}@{DOMAIN}")
    assert len(provider.members(reach, "DistributionList", id)) == 500


def test_a_list_is_deleted_once_and_people_stay(vendor: Vendor):
    made, reach = vendor
    id = made.group(f"tools@{DOMAIN}", "Tools")
    made.user("ben@acme.example", "Ben Bit")
    for _ in range(2):
        provider.remove(reach, "DistributionList", id)
    provider.remove(reach, "User", "ben@acme.example")
    assert not made.groups
    assert "ben@acme.example" in made.users


def test_ids_stay_one_part_of_the_path(vendor: Vendor):
    made, reach = vendor
    for wrong in ("a/../../users/x", "a?b=c", "a#b"):
        with pytest.raises(Declined):
            provider.members(reach, "DistributionList", wrong)
    assert all(said.startswith(f"GET {LISTS}/a%") for said in made.said if "token" not in said)
    for wrong in ("..", ".", ""):
        with pytest.raises(Declined, match="cannot be the name"):
            provider.members(reach, "DistributionList", wrong)


def test_a_limit_of_requests_is_to_be_asked_again(vendor: Vendor):
    made, reach = vendor
    limit = made.error(403, "Quota exceeded for quota metric 'Queries'", "rateLimitExceeded")
    token = reply(200, {"access_token": "t", "expires_in": 3599})
    made.instead = lambda asked: token if asked.path == "/token" else limit
    with pytest.raises(Unclear, match="Google cannot answer now: Quota exceeded"):
        provider.check(reach)
