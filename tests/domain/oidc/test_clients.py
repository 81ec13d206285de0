"""Clients that organizations register, what they may ask for, and what people have to agree to."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hyway.domain import identity, oidc
from hyway.domain.oidc import rules
from hyway.domain.oidc.authorizing import Ask, Back, SignIn
from hyway.domain.oidc.server import Sent
from hyway.kernel.faults import Invalid, Missing, Refused
from tests.make.people import PASSWORD
from tests.make.signing import Signing, Wish, basic, told

BACK = "https://shop.example/back"


@pytest.mark.parametrize(
    ("uris", "why"),
    [
        ([], "at least one"),
        ([" "], "at least one"),
        (["http://shop.example/back"], "begin with https"),
        (["ftp://shop.example/back"], "begin with https"),
        (["javascript:alert(1)"], "whole addresses"),
        (["/back"], "whole addresses"),
        (["https:///back"], "whole addresses"),
        (["https://shop.example/back#here"], "fragment"),
        (["https://shop.example/back#"], "fragment"),
        (["https://kim@shop.example/back"], "user"),
        (["https://shop.example/b\u00e4ck"], "ASCII"),
        (["https://shop.example/a b"], "ASCII"),
        (["https://shop.example/a\0"], "ASCII"),
        (["https://shop.example\\@evil.example/"], "ASCII"),
        (["https://shop.example:99999/back"], "whole addresses"),
        (["http://localhost.evil.example/back"], "begin with https"),
        (["https://shop.example/" + "a" * 2_000], "ASCII"),
        ([f"https://shop.example/{each}" for each in range(21)], "at most"),
    ],
)
def test_addresses_that_no_client_may_have(kim: Signing, uris: list[str], why: str) -> None:
    with pytest.raises(Invalid, match=why) as refused:
        kim.db.write_now(oidc.clients.create, kim.by, "Shop", uris)
    assert refused.value.field == "redirectUris"


def test_addresses_that_a_client_may_have(kim: Signing) -> None:
    uris = [BACK, "http://localhost:8080/back", "http://127.0.0.1/back", "http://[::1]:9/back?x=1", BACK]
    made = kim.db.write_now(oidc.clients.create, kim.by, " Shop ", uris)
    assert made.client.redirect_uris == tuple(uris[:4])
    assert made.client.name == "Shop"
    assert made.secret is not None
    assert made.client.hint == made.secret[-4:]
    assert made.secret not in repr(made)


def test_only_who_manages_clients_sees_them(kim: Signing) -> None:
    made = kim.new_client()
    member = kim.db.read_now(identity.access.enter, kim.me, kim.organization.wire_id)
    for verb, args in (
        (oidc.clients.create, ("Shop", [BACK])),
        (oidc.clients.page, ()),
        (oidc.clients.find, (made.client.id,)),
        (oidc.clients.change, (made.client.id, {"name": "Mine"})),
        (oidc.clients.renew_secret, (made.client.id,)),
        (oidc.clients.drop, (made.client.id,)),
    ):
        with pytest.raises((Refused, Missing)):
            kim.db.write_now(verb, member, *args)
    other = identity.command_line(kim.db.write_now(identity.found_organization, "Other"))
    assert kim.db.read_now(oidc.clients.page, other) == ([], 0)
    for verb, args in (
        (oidc.clients.find, (made.client.id,)),
        (oidc.clients.change, (made.client.id, {"name": "Mine"})),
        (oidc.clients.renew_secret, (made.client.id,)),
        (oidc.clients.drop, (made.client.id,)),
        (oidc.clients.find, ("a\0b",)),
    ):
        with pytest.raises(Missing):
            kim.db.write_now(verb, other, *args)
    assert kim.db.read_now(oidc.clients.page, kim.by) == ([made.client], 1)


def test_a_client_changes_and_goes(kim: Signing) -> None:
    made = kim.new_client(BACK)
    wish = Wish(made.client.id, BACK, "openid offline_access api")
    secret = made.secret or ""
    kim.db.write_now(oidc.authorizing.agree, list(wish.pairs().items()), kim.who, oidc.Origin())
    reply = kim.trades(basic(made.client.id, secret), **_without_client(wish.form(kim.code(wish.pairs()))))
    assert reply.status == 200
    token = reply.body["access_token"]
    assert kim.caller(token)
    changed = kim.db.write_now(oidc.clients.change, kim.by, made.client.id, {"name": "Store"})
    assert (changed.name, changed.redirect_uris) == ("Store", (BACK,))
    moved = kim.db.write_now(
        oidc.clients.change, kim.by, made.client.id, {"redirect_uris": ["https://shop.example/new"]}
    )
    assert moved.redirect_uris == ("https://shop.example/new",)
    with pytest.raises(Invalid):
        kim.begins(wish.pairs())
    newer = kim.db.write_now(oidc.clients.renew_secret, kim.by, made.client.id)
    form = {"grant_type": "refresh_token", "refresh_token": reply.body["refresh_token"]}
    assert kim.trades(basic(made.client.id, secret), **form).status == 401
    assert kim.trades(basic(made.client.id, newer.secret or ""), **form).status == 200
    kim.db.write_now(oidc.clients.drop, kim.by, made.client.id)
    assert kim.caller(token) is None
    assert kim.db.read_now(oidc.grants.page, kim.me) == []
    with pytest.raises(Missing):
        kim.db.write_now(oidc.clients.drop, kim.by, made.client.id)


def _without_client(form: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in form.items() if name != "client_id"}


def test_a_secret_is_shown_in_one_of_two_ways_or_not_at_all(kim: Signing) -> None:
    made = kim.new_client(BACK)
    wish, secret = Wish(made.client.id, BACK, "openid"), made.secret or ""
    kim.db.write_now(oidc.authorizing.agree, list(wish.pairs().items()), kim.who, oidc.Origin())

    def traded(headers: dict[str, str] | None = None, /, **more: str) -> int:
        form = wish.form(kim.code(wish.pairs()), **more)
        return kim.trades(headers, **(_without_client(form) if headers else form)).status

    assert traded(basic(made.client.id, secret)) == 200
    assert traded(client_secret=secret) == 200
    assert traded() == 401
    assert traded(client_secret="wrong") == 401
    assert traded(basic(made.client.id, "wrong")) == 401
    assert traded(basic("nobody", secret)) == 401
    public = kim.new_client(BACK, is_public=True)
    assert public.secret is None
    with pytest.raises(Invalid):
        kim.db.write_now(oidc.clients.renew_secret, kim.by, public.client.id)


def test_a_confidential_client_needs_no_challenge_but_its_challenge_counts(kim: Signing) -> None:
    made = kim.new_client(BACK)
    wish, head = Wish(made.client.id, BACK, "openid"), basic(made.client.id, made.secret or "")
    bare = {name: value for name, value in wish.pairs().items() if not name.startswith("code_challenge")}
    kim.db.write_now(oidc.authorizing.agree, list(bare.items()), kim.who, oidc.Origin())
    form = _without_client(wish.form(kim.code(bare)))
    assert kim.trades(head, **form).body["error"] == "invalid_request", "a proof of nothing"
    form.pop("code_verifier")
    assert kim.trades(head, **form).status == 200
    form["code"] = kim.code(wish.pairs())
    assert kim.trades(head, **form).body["error"] == "invalid_request", "a challenge without its proof"


def test_consent_is_asked_for_once_for_each_scope(kim: Signing) -> None:
    made = kim.new_client(BACK)
    small, large = Wish(made.client.id, BACK, "openid"), Wish(made.client.id, BACK, "openid email")
    assert isinstance(kim.begins(small.pairs()), Ask)
    assert told(kim.begins(small.pairs(prompt="none")))["error"] == "consent_required"
    denied = kim.db.write_now(oidc.authorizing.deny, list(small.pairs().items()))
    assert (told(denied)["error"], told(denied)["state"]) == ("access_denied", "s-1")
    assert isinstance(kim.begins(small.pairs()), Ask)
    kim.db.write_now(oidc.authorizing.agree, list(small.pairs().items()), kim.who, oidc.Origin())
    assert told(kim.begins(small.pairs()))["code"]
    assert told(kim.begins(small.pairs(prompt="none")))["code"]
    assert isinstance(kim.begins(large.pairs()), Ask)
    kim.db.write_now(oidc.authorizing.agree, list(large.pairs().items()), kim.who, oidc.Origin())
    assert told(kim.begins(large.pairs()))["code"]
    assert told(kim.begins(small.pairs()))["code"]
    assert isinstance(kim.begins(small.pairs(prompt="consent")), Ask)
    eve = kim.db.write_now(identity.add_person, "eve@example.com", "Eve", PASSWORD)
    opened = kim.db.write_now(identity.sign_in, eve.email, PASSWORD)
    assert opened is not None
    assert isinstance(kim.begins(small.pairs(), opened[1]), Ask)


def test_who_signs_a_client_out_is_asked_again(kim: Signing) -> None:
    made = kim.new_client(BACK, is_public=True)
    wish = Wish(made.client.id, BACK, "openid")
    kim.db.write_now(oidc.authorizing.agree, list(wish.pairs().items()), kim.who, oidc.Origin())
    kim.signs_in(wish)
    device = kim.db.read_now(oidc.grants.page, kim.me)[0]
    assert device.client_name == "Shop"
    kim.db.write_now(oidc.grants.drop, kim.me, device.grant.id)
    assert isinstance(kim.begins(wish.pairs()), Ask)


def test_a_client_of_others_acts_only_with_the_scope_to(kim: Signing) -> None:
    made = kim.new_client(BACK, is_public=True)
    for scope, acts in (("openid email", False), ("openid api", True), ("api", True)):
        wish = Wish(made.client.id, BACK, scope)
        kim.db.write_now(oidc.authorizing.agree, list(wish.pairs().items()), kim.who, oidc.Origin())
        token = kim.signs_in(wish)["access_token"]
        assert (kim.caller(token) is not None) is acts
        assert (kim.db.read_now(oidc.told_of, token) is not None) is ("openid" in scope)


def test_a_closed_organizations_clients_are_nobodys(kim: Signing) -> None:
    made = kim.new_client(BACK, is_public=True)
    wish = Wish(made.client.id, BACK, "openid api")
    kim.db.write_now(oidc.authorizing.agree, list(wish.pairs().items()), kim.who, oidc.Origin())
    token = kim.signs_in(wish)["access_token"]
    kim.db.write_now(identity.organizations.close, kim.by)
    assert kim.caller(token) is None
    with pytest.raises(Invalid, match="not known"):
        kim.begins(wish.pairs())


def test_who_is_not_signed_in_is_sent_to_the_door(kim: Signing) -> None:
    step = kim.begins(Wish().pairs(), nobody=True)
    assert isinstance(step, SignIn)
    assert not step.again
    stale = kim.begins(Wish().pairs(prompt="login", max_age="10"))
    assert isinstance(stale, SignIn)
    assert stale.again
    assert not {"prompt", "max_age"} & dict(stale.wish.again()).keys()
    asked = kim.begins(Wish().pairs(prompt="login consent"))
    assert isinstance(asked, SignIn)
    assert dict(asked.wish.again())["prompt"] == "consent"
    assert isinstance(kim.begins(Wish().pairs(max_age="3600")), Back)


def test_what_is_unknown_in_a_scope_is_left_out(kim: Signing) -> None:
    given = kim.signs_in(Wish(scope="openid address phone email openid"))
    assert given["scope"] == "openid email"


HOSTS = st.sampled_from(
    ["localhost", "127.0.0.1", "[::1]", "shop.example", "localhost.evil.example", "2130706433"]
)
URIS = st.builds(
    lambda scheme, user, host, port, rest: f"{scheme}://{user}{host}{port}{rest}",
    st.sampled_from(["http", "https", "HTTP"]),
    st.sampled_from(["", "", "", "evil.example@", "a:b@"]),
    HOSTS,
    st.sampled_from(["", ":80", ":5001", ":65535", ":65536", ":x", ":"]),
    st.sampled_from(
        ["/token", "/token/", "/Token", "/token?a=1", "/token#x", "/a/../token", "", "\\@evil.example"]
    ),
)


@settings(max_examples=500)
@given(URIS)
def test_only_the_port_of_a_loopback_address_may_differ(uri: str) -> None:
    client = oidc.Client("c", "C", ("http://localhost:5001/token", "http://127.0.0.1/token"))
    expected = any(
        uri == f"http://{host}{port}/token"
        for host in ("localhost", "127.0.0.1")
        for port in ("", ":80", ":5001", ":65535")
    )
    assert rules.fits(client, uri) is expected
    confidential = oidc.Client("c", "C", ("http://localhost:5001/token",), 1, "hash")
    assert rules.fits(confidential, uri) is (uri == "http://localhost:5001/token")


@pytest.mark.parametrize(
    "said", ["Basic \xff\xfe", "Basic /////w==", "Basic", "Basic ", "basic a", "Basic ::::"]
)
def test_credentials_that_are_no_text_are_nobodys(kim: Signing, said: str) -> None:
    for verb in (oidc.server.token, oidc.server.revoke):
        form = (("grant_type", "authorization_code"), ("code", "x"), ("token", "x"))
        reply = kim.db.write_now(verb, Sent(form, {"authorization": said}))
        assert (reply.status, reply.body["error"]) == (401, "invalid_client")
