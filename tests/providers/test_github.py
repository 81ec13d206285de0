"""GitHub through PyGithub, against its documented wire on the loopback."""

from collections.abc import Iterator

import pytest

from hyway.domain.connections import Declined, Entity, Reach, Unclear
from hyway.providers.github import provider
from tests.providers.wires.github import ORGANIZATION, OWNER, TOKEN, GitHub
from tests.providers.wires.wire import reply, running

TEAM = Entity("Team", "team_" + "1" * 24, "Platform & Tools")
APP = Entity("App", "app_" + "1" * 24, "Web shop")
BEN = Entity("Member", "memb_" + "1" * 24, "Ben", "ben@acme.example")
CONFIG = {"organization": ORGANIZATION, "token": TOKEN}
KEY, OTHER_KEY = "conn_" + "a" * 24, "conn_" + "b" * 24
Vendor = tuple[GitHub, Reach]


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    made = GitHub()
    with running(made) as address:
        yield made, Reach(CONFIG, address, 3.0)


def test_an_owners_token_lets_us_in(vendor: Vendor):
    provider.check(vendor[1])


def test_a_token_of_a_member_does_not(vendor: Vendor):
    made, reach = vendor
    made.roles[OWNER] = {"role": "member", "state": "active"}
    with pytest.raises(Declined, match="must be of an owner of acme"):
        provider.check(reach)


def test_a_wrong_token_is_refused_in_the_vendors_words(vendor: Vendor):
    wrong = Reach({**CONFIG, "token": "ghp_wrong"}, vendor[1].endpoint)
    with pytest.raises(Declined, match="GitHub does not let us in: Bad credentials"):
        provider.check(wrong)


def test_another_organization_is_not_there(vendor: Vendor):
    with pytest.raises(Declined, match="no such thing, or the token may not see it"):
        provider.check(Reach({**CONFIG, "organization": "other"}, vendor[1].endpoint))


def test_a_classic_token_needs_its_scopes(vendor: Vendor):
    made, reach = vendor
    made.scopes = "read:org, gist"
    with pytest.raises(Declined, match="lacks the scope admin:org and repo"):
        provider.check(reach)
    made.scopes = "admin:org, repo"
    provider.check(reach)


def test_members_come_from_all_pages_with_addresses_that_may_be_seen(vendor: Vendor):
    made, reach = vendor
    for at in range(230):
        made.member(f"dev{at:03}", f"Dev No{at}", f"dev{at}@acme.example" if at % 2 else "")
    found = {each.id: each for each in provider.resources(reach, "User")}
    assert len(found) == 231
    assert made.count("POST /graphql") == 3
    assert found["dev001"].more == {"email": "dev1@acme.example", "firstName": "Dev", "lastName": "No1"}
    assert "email" not in found["dev000"].more


def test_teams_and_repositories_come_from_all_pages(vendor: Vendor):
    made, reach = vendor
    teams = [made.team(f"Team {at:03}") for at in range(130)]
    for at in range(205):
        made.repository(f"repo{at:03}")
    made.repository("elsewhere", owner="other")
    assert [each.id for each in provider.resources(reach, "GitTeam")] == [f"team:{id}" for id in teams]
    found = provider.resources(reach, "GitRepository")
    assert [each.name for each in found] == [f"acme/repo{at:03}" for at in range(205)]
    assert made.count("GET /orgs/acme/repos") == 3


def test_a_member_is_invited_once_and_an_owner_stays_one(vendor: Vendor):
    made, reach = vendor
    made.user("Ben-Dev")
    first = provider.make(reach, "User", BEN, "https://github.com/Ben-Dev", KEY)
    assert first.remote == "ben-dev"
    told = {"identifier": "Ben-Dev", "profileUrl": "https://github.com/Ben-Dev", "state": "pending"}
    assert first.config == told
    assert provider.make(reach, "User", BEN, "@ben-dev", KEY) == first
    assert made.count("PUT /orgs/acme/memberships") == 1
    provider.make(reach, "User", BEN, OWNER, OTHER_KEY)
    assert made.roles[OWNER]["role"] == "admin"


@pytest.mark.parametrize("login", ["nobody", "../orgs/acme", "a b", "acme-bot", ""])
def test_whoever_has_no_account_of_their_own_is_refused(vendor: Vendor, login: str):
    made, reach = vendor
    made.user("acme-bot", type="Organization")
    with pytest.raises(Declined, match="Nobody at GitHub is called"):
        provider.make(reach, "User", BEN, login, KEY)
    assert not made.count("PUT ")
    assert not any(".." in said for said in made.said)


def test_a_team_is_made_once_although_its_answer_was_lost(vendor: Vendor):
    made, reach = vendor
    made.loses = "POST /orgs/acme/teams"
    with pytest.raises(Unclear, match="does not answer"):
        provider.make(reach, "GitTeam", TEAM, "", KEY)
    found = provider.make(reach, "GitTeam", TEAM, "", KEY)
    assert [each["name"] for each in made.teams.values()] == ["Platform & Tools"]
    url = "https://github.com/orgs/acme/teams/platform-tools"
    assert found.config == {"name": "Platform & Tools", "slug": "platform-tools", "url": url}
    assert provider.make(reach, "GitTeam", TEAM, "", KEY) == found


def test_a_team_that_is_not_ours_is_taken_only_by_its_name(vendor: Vendor):
    made, reach = vendor
    id = made.team("Platform & Tools")
    with pytest.raises(Declined, match="has a team Platform & Tools already"):
        provider.make(reach, "GitTeam", TEAM, "", KEY)
    for name in (
        "platform-tools",
        "Platform & Tools",
        f"team:{id}",
        "github.com/orgs/acme/teams/platform-tools",
    ):
        assert provider.make(reach, "GitTeam", TEAM, name, KEY).remote == f"team:{id}"
    assert len(made.teams) == 1


def test_a_team_of_a_new_name_is_made(vendor: Vendor):
    made, reach = vendor
    provider.make(reach, "GitTeam", TEAM, "Night shift", KEY)
    assert [(each["name"], each["description"]) for each in made.teams.values()] == [
        ("Night shift", f"Platform & Tools ({KEY})")
    ]


def test_who_is_in_a_team(vendor: Vendor):
    made, reach = vendor
    for login in ("Ben", "Cleo"):
        made.member(login)
    made.user("Guest")
    remote = f"team:{made.team('Platform')}"
    for login in ("ben", "guest", "ben"):
        provider.admit(reach, "GitTeam", remote, login)
    assert provider.members(reach, "GitTeam", remote) == {"ben", "guest"}
    provider.dismiss(reach, "GitTeam", remote, "guest")
    provider.dismiss(reach, "GitTeam", remote, "cleo")
    provider.dismiss(reach, "GitTeam", remote, "gone-for-good")
    assert provider.members(reach, "GitTeam", remote) == {"ben"}


def test_a_maintainer_of_a_team_stays_one(vendor: Vendor):
    made, reach = vendor
    made.member("Ben")
    id = made.team("Platform")
    made.teams[id]["members"]["ben"] = {"role": "maintainer", "state": "active"}
    provider.admit(reach, "GitTeam", f"team:{id}", "ben")
    assert made.teams[id]["members"]["ben"]["role"] == "maintainer"


def test_who_is_in_a_team_comes_from_all_pages(vendor: Vendor):
    made, reach = vendor
    id = made.team("Everybody")
    for at in range(150):
        made.member(f"dev{at}")
        made.teams[id]["members"][f"dev{at}"] = {"role": "member", "state": "active"}
    assert len(provider.members(reach, "GitTeam", f"team:{id}")) == 150


def test_a_repository_is_made_once_although_its_answer_was_lost(vendor: Vendor):
    made, reach = vendor
    made.loses = "POST /orgs/acme/repos"
    with pytest.raises(Unclear):
        provider.make(reach, "GitRepository", APP, "", KEY)
    found = provider.make(reach, "GitRepository", APP, "", KEY)
    assert [(each["name"], each["private"]) for each in made.repositories.values()] == [("web-shop", True)]
    assert found.config["fullName"] == "acme/web-shop"


def test_a_repository_that_is_not_ours_is_taken_only_by_its_name(vendor: Vendor):
    made, reach = vendor
    id = made.repository("web-shop")
    with pytest.raises(Declined, match="has a repository web-shop already"):
        provider.make(reach, "GitRepository", APP, "", KEY)
    for name in ("web-shop", str(id), "https://github.com/acme/web-shop.git"):
        assert provider.make(reach, "GitRepository", APP, name, KEY).remote == str(id)
    assert len(made.repositories) == 1


@pytest.mark.parametrize("name", ["..", ".", "a b", "a?b", "x" * 101])
def test_what_cannot_be_a_repository_is_not_asked_for(vendor: Vendor, name: str):
    made, reach = vendor
    with pytest.raises(Declined, match="cannot be the name of a repository"):
        provider.make(reach, "GitRepository", APP, name, KEY)
    assert not made.count("GET /repos") + made.count("POST ")


def test_somebody_elses_repository_is_refused(vendor: Vendor):
    made, reach = vendor
    id = made.repository("theirs", owner="other")
    for ask in (provider.members, provider.remove):
        with pytest.raises(Declined, match="is not of acme"):
            ask(reach, "GitRepository", str(id))
    with pytest.raises(Declined, match="is not of acme"):
        provider.make(reach, "GitRepository", APP, str(id), KEY)
    with pytest.raises(Declined, match="not the id"):
        provider.members(reach, "GitRepository", "../user")


def test_people_and_teams_are_let_into_a_repository(vendor: Vendor):
    made, reach = vendor
    made.member("Ben")
    made.user("Guest")
    team = f"team:{made.team('Platform')}"
    id = made.repository("web")
    for who in ("ben", "guest", team, team, OWNER):
        provider.admit(reach, "GitRepository", str(id), who)
    assert provider.members(reach, "GitRepository", str(id)) == {"ben", "guest", team}
    assert made.repositories[id]["people"] == {"ben": "write"}
    assert made.teams[int(team[5:])]["repos"] == {"web": "push"}
    for who in ("ben", "guest", team, "guest"):
        provider.dismiss(reach, "GitRepository", str(id), who)
    assert provider.members(reach, "GitRepository", str(id)) == frozenset()


def test_what_is_taken_away_is_taken_away_once(vendor: Vendor):
    made, reach = vendor
    made.member("Ben")
    team, repository = f"team:{made.team('Platform')}", made.repository("web")
    for _ in range(2):
        provider.remove(reach, "User", "ben")
        provider.remove(reach, "GitTeam", team)
        provider.remove(reach, "GitRepository", str(repository))
    assert "ben" not in made.roles
    assert not made.teams
    assert made.repositories[repository]["archived"] is True
    assert made.count("PATCH ") == 1


def test_people_are_known_by_their_connected_accounts(vendor: Vendor):
    _, reach = vendor
    assert provider.whom(reach, "ben@acme.example", {"github": "Ben-Dev", "npm": "x"}) == "ben-dev"
    assert provider.whom(reach, "ben@acme.example", {}) == ""
    assert provider.whom(reach, "", {"github": "../x"}) == ""


def test_a_limit_of_requests_is_to_be_asked_again(vendor: Vendor):
    made, reach = vendor
    body = {"message": "API rate limit exceeded for user ID 1."}
    made.instead = lambda _: reply(403, body, x_ratelimit_remaining="0")
    with pytest.raises(Unclear, match="rate limit exceeded"):
        provider.check(reach)
    made.instead = lambda _: reply(403, {"message": "You have exceeded a secondary rate limit."})
    with pytest.raises(Unclear, match="secondary rate limit"):
        provider.resources(reach, "GitTeam")
    made.instead = lambda _: reply(403, {"message": "Resource not accessible by personal access token"})
    with pytest.raises(Declined, match="does not let us in: Resource not accessible"):
        provider.resources(reach, "GitTeam")


def test_pages_of_other_hosts_are_not_followed(vendor: Vendor):
    made, reach = vendor
    with running(GitHub()) as elsewhere:
        link = f'<{elsewhere.replace("127.0.0.1", "localhost")}/orgs/acme/teams?page=2>; rel="next"'
        row = {"id": 7, "name": "Platform", "slug": "platform"}
        org = {"login": "acme", "id": 1, "url": f"{made.home}/orgs/acme"}
        made.instead = lambda asked: reply(200, [row] if "/teams" in asked.path else org, Link=link)
        with pytest.raises(Unclear, match="makes no sense"):
            provider.resources(reach, "GitTeam")
    assert made.count("GET /orgs/acme/teams") == 1
