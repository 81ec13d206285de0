"""Vendors as organizations are connected to them: teams in step with GitHub, Slack and Google, and accounts known."""

import asyncio
import base64
import hashlib
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import pytest

from hyway.domain import audit, billing, connections, identity
from hyway.domain.connections import Integration, Registry
from hyway.domain.identity import Member
from hyway.kernel import clock
from hyway.kernel.clock import MINUTE, SECOND
from hyway.kernel.db import Database
from hyway.kernel.faults import Invalid, Taken
from hyway.kernel.seal import Seal
from hyway.providers.github import provider as github
from hyway.providers.google import provider as google
from hyway.providers.incident_io import provider as incident_io
from hyway.providers.slack import provider as slack
from tests.domain.connections.stage import Stage
from tests.make.vendor import Workshop
from tests.make.world import KEY
from tests.providers.test_google import config as google_config
from tests.providers.wires import github as hub
from tests.providers.wires.google import Google
from tests.providers.wires.rosters import IncidentIo
from tests.providers.wires.slack import CLIENT, SECRET, TOKEN, WORKSPACE, Slack
from tests.providers.wires.wire import running

VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


class Town(Stage):
    """An organization, and the vendors that it can be integrated with."""

    def __init__(self, db: Database, homes: dict[str, str]) -> None:
        super().__init__(db, cast(Workshop, SimpleNamespace(address="")))
        self.known = Registry([github, google, incident_io, slack], homes)

    def add(self, type: str, **config: Any) -> Integration:
        return asyncio.run(connections.integrations.add(self.db, self.known, self.by, type, config))

    def accounts(self, of: Member) -> set[tuple[str, str]]:
        found = self.db.read_now(identity.profiles.find, self.by, of.id)
        return {(each.type, each.identifier) for each in found.accounts}


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    made = Database(database_url, Seal(KEY), home="https://go.example")
    made.hearers += [audit.record, billing.accounts.hear, connections.hearing.hear]
    yield made
    made.close()


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Puts the clock on."""
    now, past = clock.now, [0]
    monkeypatch.setattr(clock, "now", lambda: now() + past[0])

    def put(on: int) -> None:
        past[0] += on

    return put


@pytest.fixture
def hubs() -> Iterator[hub.GitHub]:
    made = hub.GitHub()
    with running(made):
        yield made


@pytest.fixture
def chats() -> Iterator[Slack]:
    made = Slack()
    with running(made):
        yield made


def test_a_team_at_github_is_in_step_with_ours(db: Database, hubs: hub.GitHub, later: Callable[[int], None]):
    town = Town(db, {"github": hubs.home})
    for login in ("Ben-Dev", "Cleo"):
        hubs.user(login)
    ben, cleo, dora = (town.member(name) for name in ("ben", "cleo", "dora"))
    town.staff(ben, dora)
    of = town.add("github", organization=hub.ORGANIZATION, token=hub.TOKEN)
    for member, login in ((ben, "ben-dev"), (cleo, "cleo")):
        assert town.connected(of, "User", member.id, login).status == "Ready"
    assert town.accounts(ben) == {("github", "Ben-Dev")}
    team = town.connected(of, "GitTeam", town.team.id)
    town.work()
    inside = hubs.teams[int(team.remote.removeprefix("team:"))]["members"]
    assert set(inside) == {"ben-dev"}
    town.staff(cleo)
    later(2 * SECOND)
    town.work()
    assert set(inside) == {"cleo"}


def test_a_lost_answer_of_github_makes_no_second_team(
    db: Database, hubs: hub.GitHub, later: Callable[[int], None]
):
    town = Town(db, {"github": hubs.home})
    of = town.add("github", organization=hub.ORGANIZATION, token=hub.TOKEN)
    hubs.loses = "POST /orgs/acme/teams"
    made = town.connected(of, "GitTeam", town.team.id)
    assert (made.status, made.is_retryable) == ("Pending", True)
    later(MINUTE)
    town.work()
    assert town.again(made).status == "Ready"
    assert len(hubs.teams) == 1


def test_a_channel_is_in_step_with_a_team(db: Database, chats: Slack, later: Callable[[int], None]):
    town = Town(db, {"slack": chats.home})
    ben, cleo = town.member("ben"), town.member("cleo")
    id = chats.user("Ben Bit", "ben@example.com")
    town.staff(ben, cleo)
    of = town.add("slack", botToken=TOKEN)
    made = town.connected(of, "MessagingChannel", town.team.id, "#night-shift")
    town.work()
    assert id in chats.channels[made.remote]["members"]
    town.staff(cleo)
    later(2 * SECOND)
    town.work()
    assert id not in chats.channels[made.remote]["members"]
    town.drop(made, decommission=True)
    town.work()
    assert chats.channels[made.remote]["is_archived"] is True


def test_a_list_at_google_is_in_step_with_a_team(db: Database, later: Callable[[int], None]):
    wire = Google()
    with running(wire):
        town = Town(db, {"googleWorkspace": wire.home})
        ben, cleo = town.member("ben"), town.member("cleo")
        town.staff(ben, cleo)
        made = town.connected(
            town.add("googleWorkspace", **google_config()), "DistributionList", town.team.id
        )
        town.work()
        assert made.config == {"name": "Core", "email": "core@acme.example"}
        assert set(wire.members[made.remote]) == {"ben@example.com", "cleo@example.com"}
        town.staff(cleo)
        later(2 * SECOND)
        town.work()
        assert set(wire.members[made.remote]) == {"cleo@example.com"}


def test_an_account_that_was_found_is_a_members_connected_account(db: Database):
    wire = IncidentIo()
    wire.user("01U1", "Ben Bit", "ben@example.com")
    with running(wire):
        town = Town(db, {"incidentIo": wire.home})
        ben, cleo = town.member("ben"), town.member("cleo")
        of = town.add("incidentIo", apiKey=IncidentIo.KEY)
        assert town.connected(of, "Account", ben.id).remote == "01U1"
        assert town.accounts(ben) == {("incidentIo", "01U1")}
        failed = town.connected(of, "Account", cleo.id)
        assert (failed.status, failed.is_retryable) == ("Failed", False)
        assert failed.errors == ("Nobody at incident.io is known as cleo@example.com",)
        assert town.accounts(cleo) == set()


def test_slack_is_set_up_by_an_invitation_with_a_code_challenge(db: Database, chats: Slack):
    named = chats.home.replace("http://", f"http://{CLIENT}:{SECRET}@".replace(" ", "%20"))
    town = Town(db, {"slack": named})
    start = connections.invites.start
    invite = db.read_now(start, town.by, town.known, "slack", CHALLENGE)
    asked = {name: texts[0] for name, texts in parse_qs(urlsplit(invite.url).query).items()}
    assert asked["code_challenge"] == CHALLENGE
    assert asked["redirect_uri"].startswith("https://go.example/")
    assert db.read_now(connections.invites.is_ours, town.by, asked["state"])
    chats.codes = {"c1": asked["code_challenge"]}
    with pytest.raises(Invalid) as refused:
        town.add("slack", code="c0", codeVerifier=VERIFIER)
    assert refused.value.message == "Slack refuses: the code was used already, or has ended"
    of = town.add("slack", code="c1", codeVerifier=VERIFIER)
    assert of.config == {"workspaceId": WORKSPACE}
    chats.channel("general")
    found = connections.integrations.resources(db, town.known, town.by, of.id, "MessagingChannel")
    assert [each.name for each in asyncio.run(found)] == ["general"]
    with pytest.raises(Taken):
        town.add("slack", code="c1", codeVerifier=VERIFIER)


def test_channels_that_are_imported_are_teams(db: Database, chats: Slack):
    town = Town(db, {"slack": chats.home})
    ben = town.member("ben")
    id = chats.user("Ben Bit", "ben@example.com")
    channel = chats.channel("night-shift", members=["U9999999", id])
    of = town.add("slack", botToken=TOKEN)
    for type, resource in (("User", id), ("MessagingChannel", channel)):
        started = town.bring(of, type, resource)
        town.work()
        assert town.import_again(of, started).status == "done"
    teams = {each.name: each.id for each in db.read_now(identity.teams.page, town.by)}
    inside = db.read_now(identity.teams.members, town.by, teams["night-shift"])
    assert [each.id for each in inside] == [ben.id]
