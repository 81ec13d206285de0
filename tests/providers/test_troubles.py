"""Vendors that are down, slow, or answer nonsense: whatever happens, providers say Declined or Unclear, in words."""

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from hyway.domain.connections import Declined, Entity, Entry, Reach, Unclear
from hyway.domain.connections.vendor import Vendor
from hyway.providers.github import provider as github
from hyway.providers.google import provider as google
from hyway.providers.incident_io import provider as incident_io
from hyway.providers.new_relic import provider as new_relic
from hyway.providers.npm import provider as npm
from hyway.providers.slack import provider as slack
from tests.make.loopback import Reply, Request
from tests.providers.test_google import config as google_config
from tests.providers.wires.github import TOKEN as GITHUB_TOKEN
from tests.providers.wires.github import GitHub
from tests.providers.wires.google import Google
from tests.providers.wires.rosters import IncidentIo, NewRelic, Npm
from tests.providers.wires.slack import TOKEN as SLACK_TOKEN
from tests.providers.wires.slack import Slack
from tests.providers.wires.wire import Wire, reply, running

KEY = "conn_" + "a" * 24
TEAM = Entity("Team", "team_" + "1" * 24, "Platform")
BEN = Entity("Member", "memb_" + "1" * 24, "Ben", "ben@acme.example")


@dataclass(frozen=True)
class Case:
    provider: Any
    wire: Callable[[], Wire]
    config: Callable[[], dict[str, str]]
    type: str
    of: Entity
    input: str = ""
    remote: str = ""

    def asks(self, reach: Reach) -> list[Callable[[], Any]]:
        """Everything that asks the vendor."""
        own: Any = self.provider
        made = [
            lambda: own.check(reach),
            lambda: own.resources(reach, self.type),
            lambda: own.make(reach, self.type, self.of, self.input, KEY),
        ]
        if self.remote:
            made += [
                lambda: own.members(reach, self.type, self.remote),
                lambda: own.admit(reach, self.type, self.remote, "ben"),
                lambda: own.dismiss(reach, self.type, self.remote, "ben"),
                lambda: own.remove(reach, self.type, self.remote),
            ]
        return made


CASES = {
    "github": Case(
        github,
        GitHub,
        lambda: {"organization": "acme", "token": GITHUB_TOKEN},
        "GitTeam",
        TEAM,
        remote="team:7",
    ),
    "slack": Case(
        slack, Slack, lambda: {"botToken": SLACK_TOKEN}, "MessagingChannel", TEAM, remote="C1000001"
    ),
    "google": Case(google, Google, google_config, "DistributionList", TEAM, remote="00001abc"),
    "npm": Case(
        npm,
        Npm,
        lambda: {"registry": "https://x.example", "organization": "acme", "token": Npm.TOKEN},
        "Account",
        BEN,
        "ada",
    ),
    "new_relic": Case(new_relic, NewRelic, lambda: {"apiKey": NewRelic.KEY}, "Account", BEN),
    "incident_io": Case(incident_io, IncidentIo, lambda: {"apiKey": IncidentIo.KEY}, "Account", BEN),
}
HTML = (200, {"Content-Type": "text/html"}, b"<html>Sign in to the hotel's network</html>")
ANSWERS: dict[str, Reply] = {
    "HTML": HTML,
    "half": (200, {"Content-Type": "application/json"}, b'{"ok": tr'),
    "a list": reply(200, [[1, None, "x"]]),
    "a text": reply(200, "yes"),
    "a number": reply(200, 5),
    "bytes": (200, {"Content-Type": "application/json"}, b"\xff\xfe\x00"),
    "wrong shapes": reply(
        200, {"ok": True, "users": 5, "channels": {}, "groups": "x", "data": [], "members": 1, "id": []}
    ),
    "redirect": (302, {"Location": "http://127.0.0.1:9/"}, b""),
}


@pytest.mark.parametrize("name", CASES)
def test_a_vendor_that_is_down_is_to_be_asked_again(name: str):
    case = CASES[name]
    with running(case.wire()) as address:
        pass
    for ask in case.asks(Reach(case.config(), address, 2.0)):
        with pytest.raises(Unclear, match="does not answer"):
            ask()


@pytest.mark.parametrize("status", [500, 502, 503, 429])
@pytest.mark.parametrize("name", CASES)
def test_a_vendor_that_cannot_now_is_to_be_asked_again(name: str, status: int):
    case = CASES[name]
    wire = case.wire()
    wire.instead = lambda _: (status, {"Content-Type": "text/html"}, b"<h1>Later</h1>")
    with running(wire) as address:
        for ask in case.asks(Reach(case.config(), address, 2.0)):
            with pytest.raises(Unclear, match="cannot answer now"):
                ask()


@pytest.mark.parametrize("name", CASES)
def test_a_slow_vendor_is_not_waited_for(name: str):
    case = CASES[name]
    wire = case.wire()

    def slow(asked: Request) -> Reply:
        time.sleep(3.0)
        return reply(200, {"ok": True})

    wire.instead = slow
    with running(wire) as address:
        began = time.monotonic()
        with pytest.raises(Unclear, match=r"does not answer|takes too long"):
            case.asks(Reach(case.config(), address, 1.0))[0]()
        assert time.monotonic() - began < 2.5


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("name", CASES)
def test_nonsense_is_told_as_such(name: str, answer: str):
    """Some nonsense is an empty list, or a refusal, to some vendors' clients: but nothing else comes of it."""
    case = CASES[name]
    wire = case.wire()
    wire.instead = lambda _: ANSWERS[answer]
    with running(wire) as address:
        for at, ask in enumerate(case.asks(Reach(case.config(), address, 2.0))):
            found: Any = ()
            with contextlib.suppress(Unclear, Declined):
                found = ask()
                assert at not in (0, 2), f"{answer} was taken for an answer: {found}"
            assert not found


@pytest.mark.parametrize("name", CASES)
def test_no_secret_is_told(name: str):
    """Not by what a vendor says that repeats it."""
    case = CASES[name]
    secrets = [
        value
        for value in case.config().values()
        if value in (GITHUB_TOKEN, SLACK_TOKEN, Npm.TOKEN, NewRelic.KEY, IncidentIo.KEY)
    ]
    wire = case.wire()
    text = f"The token {' '.join(secrets)} is wrong"
    body = {"message": text, "error": text, "errors": [{"message": text}]}
    wire.instead = lambda _: reply(400, body)
    with running(wire) as address:
        vendor = Vendor(case.provider, Reach(case.config(), address, 2.0))
        with pytest.raises((Declined, Unclear)) as why:
            vendor.check()
    assert not any(secret in str(why.value) for secret in secrets)


@pytest.mark.parametrize("name", CASES)
def test_without_a_configuration_nobody_is_asked(name: str):
    case = CASES[name]
    wire = case.wire()
    with running(wire) as address:
        for ask in case.asks(Reach({}, address, 2.0)):
            with pytest.raises(Declined):
                ask()
    assert wire.said == []


@pytest.mark.parametrize("name", CASES)
def test_the_catalogue_says_how_to_set_it_up(name: str):
    entry: Entry = CASES[name].provider.entry
    assert entry.name
    assert entry.description.endswith(".")
    assert len(entry.guide) >= 3
    assert all(step.endswith(".") for step in entry.guide)
    assert entry.image.startswith("<svg ")
    assert any(field.secret for field in entry.fields)
    assert all(field.title and field.description for field in entry.fields)
