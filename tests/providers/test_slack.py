"""Slack through slack-sdk, against its documented wire on the loopback."""

import base64
import hashlib
from collections.abc import Iterator
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from hyway.domain.connections import Declined, Entity, Inviting, Reach, Unclear
from hyway.providers.slack import provider
from tests.providers.wires.slack import ALL_SCOPES, BOT, CLIENT, SECRET, TOKEN, WORKSPACE, Slack
from tests.providers.wires.wire import reply, running

TEAM = Entity("Team", "team_" + "1" * 24, "Platform & Tools")
BEN = Entity("Member", "memb_" + "1" * 24, "Ben", "ben@acme.example")
KEY, OTHER_KEY = "conn_" + "a" * 24, "conn_" + "b" * 24
REDIRECT = "https://hyway.example/console/integrations/callback"
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
Vendor = tuple[Slack, Reach]


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    made = Slack()
    with running(made) as address:
        yield made, Reach({"botToken": TOKEN}, address, 3.0)


def app(of: Reach, secret: str = SECRET, **config: str) -> Reach:
    """The operator's app, named in the address."""
    whole = f"{quote(CLIENT)}:{quote(secret)}" if secret else CLIENT
    return Reach(config, of.endpoint.replace("http://", f"http://{whole}@"), 3.0)


def test_a_token_with_its_scopes_lets_us_in(vendor: Vendor):
    _, reach = vendor
    provider.check(reach)
    provider.check(Reach({**reach.config, "workspaceId": WORKSPACE}, reach.endpoint))


def test_a_token_that_will_not_do_is_refused_in_words(vendor: Vendor):
    made, reach = vendor
    with pytest.raises(Declined, match="Slack refuses: the token is not valid"):
        provider.check(Reach({"botToken": "xoxb-wrong"}, reach.endpoint))
    with pytest.raises(Declined, match="is of the workspace Acme, not of T0000OTHER"):
        provider.check(Reach({**reach.config, "workspaceId": "T0000OTHER"}, reach.endpoint))
    made.scopes = ALL_SCOPES.replace("channels:manage,", "").replace(",groups:write", "")
    with pytest.raises(Declined, match="lacks the scope channels:manage and groups:write"):
        provider.check(reach)


def test_channels_come_from_all_pages(vendor: Vendor):
    made, reach = vendor
    ids = [made.channel(f"c{at:03}") for at in range(450)]
    made.channel("secret", is_private=True)
    made.channel("old", is_archived=True)
    assert [each.id for each in provider.resources(reach, "MessagingChannel")] == ids
    assert made.count("POST /api/conversations.list") == 3


def test_people_are_no_bots_and_nobody_who_left(vendor: Vendor):
    made, reach = vendor
    made.user("Slackbot", "", id="USLACKBOT")
    made.user("Deploy", "", is_bot=True)
    made.user("Gone Girl", "gone@acme.example", deleted=True)
    ids = [made.user(f"Dev No{at:03}", f"dev{at}@acme.example") for at in range(220)]
    found = provider.resources(reach, "User")
    assert [each.id for each in found] == ids
    assert found[0].more == {"email": "dev0@acme.example", "firstName": "Dev", "lastName": "No000"}


def test_people_are_found_by_their_address(vendor: Vendor):
    made, reach = vendor
    ben = made.user("Ben Bit", "ben@acme.example")
    assert provider.make(reach, "User", BEN, "", KEY).remote == ben
    assert provider.make(reach, "User", BEN, ben, KEY).config == {"identifier": ben, "name": "Ben Bit"}
    assert provider.whom(reach, "ben@acme.example", {}) == ben
    assert provider.whom(reach, "nobody@acme.example", {}) == ""
    assert provider.whom(reach, "", {}) == ""
    with pytest.raises(Declined, match=r"is known as x@acme\.example"):
        provider.make(reach, "User", BEN, "x@acme.example", KEY)
    with pytest.raises(Declined, match="has no e-mail address"):
        provider.make(reach, "User", TEAM, "", KEY)


def test_a_channel_is_made_once_whatever_answer_was_lost(vendor: Vendor):
    made, reach = vendor
    for lost in ("conversations.create", "conversations.setPurpose"):
        made.loses = lost
        with pytest.raises(Unclear, match="does not answer"):
            provider.make(reach, "MessagingChannel", TEAM, "", KEY)
        found = provider.make(reach, "MessagingChannel", TEAM, "", KEY)
        assert [each["name"] for each in made.channels.values()] == ["platform-tools"]
        assert found.config["name"] == "platform-tools"
    (channel,) = made.channels.values()
    assert channel["purpose"]["value"] == f"Platform & Tools ({KEY})"


def test_a_channel_of_another_connection_is_not_ours(vendor: Vendor):
    _, reach = vendor
    provider.make(reach, "MessagingChannel", TEAM, "", KEY)
    with pytest.raises(Declined, match="has a channel #platform-tools already"):
        provider.make(reach, "MessagingChannel", TEAM, "", OTHER_KEY)


def test_a_channel_that_is_not_ours_is_taken_only_by_its_name(vendor: Vendor):
    made, reach = vendor
    id = made.channel("platform-tools")
    with pytest.raises(Declined, match="connect to it by its name"):
        provider.make(reach, "MessagingChannel", TEAM, "", KEY)
    assert BOT not in made.channels[id]["members"]
    for name in ("#platform-tools", "Platform-Tools", id):
        assert provider.make(reach, "MessagingChannel", TEAM, name, KEY).remote == id
    assert BOT in made.channels[id]["members"]
    assert len(made.channels) == 1


def test_a_channel_that_cannot_be_had_is_refused_in_words(vendor: Vendor):
    made, reach = vendor
    made.channel("secret", is_private=True)
    archived = made.channel("old", is_archived=True)
    with pytest.raises(Declined, match="#secret that is archived, or that our app is not in"):
        provider.make(reach, "MessagingChannel", TEAM, "secret", KEY)
    with pytest.raises(Declined, match="channel #old at Slack is archived"):
        provider.make(reach, "MessagingChannel", TEAM, archived, KEY)
    with pytest.raises(Declined, match="letters, digits, hyphens"):
        provider.make(reach, "MessagingChannel", TEAM, "a/../b", KEY)
    with pytest.raises(Declined, match="there is no such channel"):
        provider.make(reach, "MessagingChannel", TEAM, "C99999999", KEY)


def test_who_is_in_a_channel(vendor: Vendor):
    made, reach = vendor
    ben, cleo = made.user("Ben", "ben@acme.example"), made.user("Cleo", "cleo@acme.example")
    id = made.channel("platform")
    for who in (ben, ben, cleo):
        provider.admit(reach, "MessagingChannel", id, who)
    assert {ben, cleo} <= provider.members(reach, "MessagingChannel", id)
    for who in (ben, ben):
        provider.dismiss(reach, "MessagingChannel", id, who)
    assert provider.members(reach, "MessagingChannel", id) == {"U9999999", BOT, cleo}
    with pytest.raises(Declined, match="there is nobody of that id"):
        provider.admit(reach, "MessagingChannel", id, "U0")
    with pytest.raises(Declined, match="not the id of a channel"):
        provider.members(reach, "MessagingChannel", "../x")


def test_who_is_in_a_channel_comes_from_all_pages(vendor: Vendor):
    made, reach = vendor
    id = made.channel("everybody", members=[f"U{at:07}" for at in range(410)])
    assert len(provider.members(reach, "MessagingChannel", id)) == 410
    assert made.count("POST /api/conversations.members") == 3


def test_a_channel_is_archived_once_and_people_stay(vendor: Vendor):
    made, reach = vendor
    id, ben = made.channel("platform"), made.user("Ben", "ben@acme.example")
    for _ in range(2):
        provider.remove(reach, "MessagingChannel", id)
    provider.remove(reach, "MessagingChannel", "C99999999")
    provider.remove(reach, "User", ben)
    assert made.channels[id]["is_archived"] is True
    assert ben in made.users


def test_an_invitation_leads_to_slacks_page_with_the_challenge(vendor: Vendor):
    _, reach = vendor
    assert isinstance(provider, Inviting)
    parts = urlsplit(provider.invite(app(reach), REDIRECT, "a state", CHALLENGE))
    assert f"{parts.scheme}://{parts.netloc}" == reach.endpoint
    assert parts.path == "/oauth/v2/authorize"
    assert {name: texts[0] for name, texts in parse_qs(parts.query).items()} == {
        "client_id": CLIENT,
        "scope": ALL_SCOPES,
        "redirect_uri": REDIRECT,
        "state": "a state",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    assert "code_challenge" not in provider.invite(app(reach), REDIRECT, "s", "")


def test_without_an_app_nobody_is_invited(vendor: Vendor):
    _, reach = vendor
    for endpoint in ("", reach.endpoint):
        with pytest.raises(Declined, match="no app at Slack: give it a bot token"):
            provider.invite(Reach({}, endpoint), REDIRECT, "s", CHALLENGE)
    with pytest.raises(Declined, match="needs a code challenge"):
        provider.invite(app(reach, secret=""), REDIRECT, "s", "")


def test_a_code_is_redeemed_with_the_secret_and_what_the_challenge_was_made_of(vendor: Vendor):
    made, reach = vendor
    made.codes = {"c1": CHALLENGE, "c2": ""}
    found = provider.redeem(app(reach, code="c1", codeVerifier=VERIFIER), REDIRECT)
    assert found == {"botToken": TOKEN, "workspaceId": WORKSPACE}
    assert provider.redeem(app(reach, code="c2"), REDIRECT) == found
    provider.check(Reach(found, reach.endpoint))


def test_a_public_app_redeems_by_the_challenge_alone(vendor: Vendor):
    made, reach = vendor
    made.secret, made.codes = "", {"c1": CHALLENGE}
    found = provider.redeem(app(reach, secret="", code="c1", codeVerifier=VERIFIER), REDIRECT)
    assert found["botToken"] == TOKEN


def test_a_code_that_will_not_do_is_refused(vendor: Vendor):
    made, reach = vendor
    made.codes = {"c1": CHALLENGE}
    with pytest.raises(Declined, match="invalid_code_verifier"):
        provider.redeem(app(reach, code="c1", codeVerifier="w" * 64), REDIRECT)
    with pytest.raises(Declined, match="was used already, or has ended"):
        provider.redeem(app(reach, code="c1", codeVerifier=VERIFIER), REDIRECT)
    with pytest.raises(Declined, match="secret of the server's app is wrong"):
        provider.redeem(app(reach, secret="wrong", code="c1"), REDIRECT)


def test_tokens_that_end_are_refused(vendor: Vendor):
    made, reach = vendor
    made.rotates, made.codes = True, {"c1": ""}
    with pytest.raises(Declined, match="turn token rotation off"):
        provider.redeem(app(reach, code="c1"), REDIRECT)


def test_a_limit_of_requests_is_to_be_asked_again(vendor: Vendor):
    made, reach = vendor
    for said in (
        reply(429, {"ok": False, "error": "ratelimited"}, Retry_After="30"),
        reply(200, {"ok": False, "error": "internal_error"}),
        reply(200, {"ok": False}),
    ):
        made.instead = lambda _, said=said: said
        with pytest.raises(Unclear):
            provider.check(reach)
    made.instead = lambda _: reply(200, {"ok": False, "error": "missing_scope", "needed": "groups:read"})
    with pytest.raises(Declined, match="lacks the scope groups:read"):
        provider.resources(reach, "MessagingChannel")
