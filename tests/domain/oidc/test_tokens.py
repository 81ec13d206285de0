"""Tokens: given once, renewed in turn, and at an end at once whenever anything ends them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from hyway.domain import identity, oidc
from hyway.domain.oidc.server import Sent
from hyway.kernel import clock, seal
from hyway.kernel.db import Read
from hyway.kernel.faults import Missing
from tests.make.people import PASSWORD
from tests.make.signing import HOME, Signing, Wish, basic


def test_a_code_is_good_for_a_minute(kim: Signing, later: Callable[[int], None]) -> None:
    wish = Wish()
    code = kim.code(wish.pairs())
    later(59 * clock.SECOND)
    assert kim.trades(**wish.form(code)).status == 200
    code = kim.code(wish.pairs())
    later(61 * clock.SECOND)
    reply = kim.trades(**wish.form(code))
    assert (reply.status, reply.body["error"]) == (400, "invalid_grant")


def test_a_code_is_bound_to_client_and_address(kim: Signing) -> None:
    shop = kim.new_client("https://shop.example/back", "https://shop.example/other", is_public=True).client
    wish = Wish(shop.id, "https://shop.example/back", "openid")
    agreed = kim.db.write_now(oidc.authorizing.agree, list(wish.pairs().items()), kim.who, oidc.Origin()).to
    code = agreed.partition("code=")[2].partition("&")[0]
    for form in (
        wish.form(code, client_id=oidc.COMMAND_LINE),
        wish.form(code, redirect_uri="https://shop.example/other"),
        wish.form(code, code_verifier="w" * 43),
    ):
        assert kim.trades(**form).body["error"] == "invalid_grant"
    assert kim.trades(**wish.form(code)).status == 200


def test_of_two_who_show_a_code_at_once_one_is_served_and_then_nobody(kim: Signing) -> None:
    for _ in range(5):
        wish = Wish()
        form = wish.form(kim.code(wish.pairs()))
        with ThreadPoolExecutor(2) as crew:
            replies = [each.result() for each in [crew.submit(kim.trades, **form) for _ in range(2)]]
        assert sorted(reply.status for reply in replies) == [200, 400]
        good = next(reply for reply in replies if reply.status == 200)
        assert kim.caller(good.body["access_token"]) is None


def test_of_two_who_refresh_at_once_one_is_served_and_then_nobody(kim: Signing) -> None:
    for _ in range(5):
        token = kim.signs_in()["refresh_token"]
        with ThreadPoolExecutor(2) as crew:
            replies = [each.result() for each in [crew.submit(kim.refreshes, token) for _ in range(2)]]
        assert sorted(reply.status for reply in replies) == [200, 400]
        good = next(reply for reply in replies if reply.status == 200)
        assert kim.caller(good.body["access_token"]) is None
        assert kim.refreshes(good.body["refresh_token"]).body["error"] == "invalid_grant"


def test_a_chain_of_refreshes_and_a_thief(kim: Signing) -> None:
    given = [kim.signs_in()]
    for _ in range(4):
        reply = kim.refreshes(given[-1]["refresh_token"])
        assert reply.status == 200
        given.append(dict(reply.body))
    assert all(kim.caller(each["access_token"]) for each in given)
    other = kim.signs_in()
    assert kim.refreshes(given[1]["refresh_token"]).body["error"] == "invalid_grant"
    assert not any(kim.caller(each["access_token"]) for each in given)
    assert kim.caller(other["access_token"]), "another device has nothing to do with it"


def test_an_access_token_lives_for_an_hour(kim: Signing, later: Callable[[int], None]) -> None:
    given = kim.signs_in()
    found = kim.caller(given["access_token"])
    assert found is not None
    assert (found.person, found.organization, found.actor_kind) == (
        kim.person.seq,
        identity.NOBODYS,
        "person",
    )
    later(clock.HOUR + clock.SECOND)
    assert kim.caller(given["access_token"]) is None
    assert kim.db.read_now(oidc.told_of, given["access_token"]) is None
    assert kim.refreshes(given["refresh_token"]).status == 200


def test_a_refresh_token_may_lie_for_thirty_days(kim: Signing, later: Callable[[int], None]) -> None:
    first, second = kim.signs_in(), kim.signs_in()
    later(29 * clock.DAY)
    newer = kim.refreshes(first["refresh_token"])
    assert newer.status == 200
    later(2 * clock.DAY)
    assert kim.refreshes(second["refresh_token"]).body["error"] == "invalid_grant"
    assert kim.refreshes(newer.body["refresh_token"]).status == 200
    assert len(kim.db.read_now(oidc.grants.page, kim.me)) == 1


def test_a_refresh_token_is_its_clients_own(kim: Signing) -> None:
    given = kim.signs_in()
    other = kim.new_client(is_public=True).client
    assert kim.refreshes(given["refresh_token"], other.id).body["error"] == "invalid_grant"
    assert kim.refreshes(given["refresh_token"]).status == 200


def test_without_offline_access_there_is_nothing_to_refresh_with(kim: Signing) -> None:
    given = kim.signs_in(Wish(scope="openid email"))
    assert set(given) == {"access_token", "id_token", "expires_in", "token_type", "scope"}


def test_what_a_token_says(kim: Signing) -> None:
    wish = Wish()
    reply = kim.trades(**wish.form(kim.code(wish.pairs(nonce="n-1"))))
    known = KeySet.import_key_set(kim.db.read_now(oidc.keys.shown))  # type: ignore[arg-type]
    access = jwt.decode(reply.body["access_token"], known, algorithms=["RS256"])
    told = jwt.decode(reply.body["id_token"], known, algorithms=["RS256"]).claims
    assert access.header["typ"] == "at+jwt"
    for claims in (access.claims, told):
        assert (claims["iss"], claims["aud"], claims["sub"]) == (HOME, wish.client, kim.person.wire_id)
        assert (claims["given_name"], claims["family_name"]) == ("Kim", "Lee Doe")
    assert access.claims["scope"] == wish.scope
    assert (told["nonce"], told["auth_time"]) == ("n-1", kim.who.created_at // clock.SECOND)
    quiet = kim.signs_in(Wish(scope="openid"))
    claims = jwt.decode(quiet["id_token"], known, algorithms=["RS256"]).claims
    assert not {"email", "name", "preferred_username", "nonce"} & claims.keys()
    again = kim.refreshes(reply.body["refresh_token"])
    renewed = jwt.decode(again.body["id_token"], known, algorithms=["RS256"]).claims
    assert renewed["auth_time"] == told["auth_time"]
    assert "nonce" not in renewed


def test_a_new_password_ends_every_token(kim: Signing) -> None:
    wish = Wish()
    given, code = kim.signs_in(), kim.code(wish.pairs())
    assert kim.db.write_now(identity.change_password, kim.token, kim.who, PASSWORD, "another battery")
    assert kim.caller(given["access_token"]) is None
    assert kim.refreshes(given["refresh_token"]).body["error"] == "invalid_grant"
    assert kim.trades(**wish.form(code)).body["error"] == "invalid_grant"
    again = kim.signs_in()
    kim.db.write_now(identity.reset_password, kim.person)
    assert kim.caller(again["access_token"]) is None


def test_a_reset_password_ends_the_tokens_of_who_belongs_nowhere(kim: Signing) -> None:
    alone = kim.db.write_now(identity.add_person, "lou@example.com", "Lou", PASSWORD)
    given = kim.db.write_now(oidc.issue, alone.seq)
    assert kim.caller(given.access_token)
    kim.db.write_now(identity.reset_password, alone)
    assert kim.caller(given.access_token) is None


def test_devices_are_listed_and_signed_out(kim: Signing) -> None:
    first, second = kim.signs_in(), kim.signs_in()
    devices = kim.db.read_now(oidc.grants.page, kim.me)
    assert [each.client_name for each in devices] == ["Hyphen command line"] * 2
    assert devices[0].grant.user_agent == ""
    stranger = kim.db.write_now(identity.add_person, "eve@example.com", "Eve", PASSWORD)
    eve = identity.Caller(0, "self-hosted", "person", stranger.id, "Eve", "console", person=stranger.seq)
    for id in (devices[0].grant.id, "grnt_unknown", "a\0b"):
        with pytest.raises(Missing):
            kim.db.write_now(oidc.grants.drop, eve, id)
    kim.db.write_now(oidc.grants.drop, kim.me, devices[0].grant.id)
    assert kim.caller(second["access_token"]) is None
    assert kim.caller(first["access_token"])
    assert [each.grant.id for each in kim.db.read_now(oidc.grants.page, kim.me)] == [devices[1].grant.id]
    with pytest.raises(Missing):
        kim.db.write_now(oidc.grants.drop, kim.me, devices[0].grant.id)


def test_word_of_an_end_reaches_who_remembers(kim: Signing) -> None:
    heard: list[str] = []
    kim.db.changes.hear("key", heard.append)
    given = kim.signs_in()
    device = kim.db.read_now(oidc.grants.page, kim.me)[0]
    kim.db.write_now(oidc.grants.drop, kim.me, device.grant.id)
    assert heard == [seal.digest(given["access_token"])]


def test_sessions_are_listed_and_ended(kim: Signing) -> None:
    console = Wish(oidc.CONSOLE, f"{HOME}/api/auth/token-exchange")
    cookies, program = kim.signs_in(console), kim.signs_in()
    shown = kim.db.read_now(identity.sessions.page, kim.me)
    assert [(each.id, each.user_agent) for each in shown] == [(kim.who.id, "A browser")]
    with pytest.raises(Missing):
        kim.db.write_now(identity.sessions.drop, kim.me, "another\0")
    kim.db.write_now(identity.sessions.drop, kim.me, kim.who.id)
    assert kim.db.read_now(identity.session, kim.token) is None
    assert kim.caller(cookies["access_token"]) is None
    assert kim.caller(program["access_token"]), "a program of its own outlives the browser"


def test_an_old_key_verifies_until_nothing_that_it_signed_is_alive(
    kim: Signing, later: Callable[[int], None]
) -> None:
    given = kim.signs_in()
    first = kim.db.read_now(oidc.keys.shown)["keys"][0]["kid"]
    for _ in range(3):
        kim.db.write_now(oidc.keys.rotate, oidc.keys.fresh())
    shown = [each["kid"] for each in kim.db.read_now(oidc.keys.shown)["keys"]]
    assert (len(shown), shown[-1]) == (4, first)
    assert kim.db.read_now(oidc.keys.verified, given["id_token"])
    later(3 * clock.HOUR)
    kim.db.write_now(oidc.keys.rotate, oidc.keys.fresh())
    shown = [each["kid"] for each in kim.db.read_now(oidc.keys.shown)["keys"]]
    assert len(shown) == 2
    assert kim.db.read_now(oidc.keys.verified, given["id_token"]) is None
    assert kim.caller(given["access_token"]) is None
    assert not kim.db.read_now(oidc.keys.is_due)
    later(31 * clock.DAY)
    assert kim.db.read_now(oidc.keys.is_due)


def test_what_is_over_is_forgotten(kim: Signing, later: Callable[[int], None]) -> None:
    from hyway.domain.oidc.store import tokens as store

    wish = Wish()
    kim.signs_in()
    kim.code(wish.pairs())
    later(31 * clock.DAY)
    assert kim.db.write_now(store.purge, clock.now()) == 1
    tables = ("oidc_grants", "oidc_tokens", "oidc_codes")

    def left(r: Read) -> list[int]:
        from sqlalchemy import text

        return [r.run(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in tables]

    assert kim.db.read_now(left) == [0, 0, 0]


def test_a_program_signs_in_by_its_key(kim: Signing, later: Callable[[int], None]) -> None:
    key, secret = kim.db.write_now(identity.api_keys.create, kim.by, "Robot")
    assert secret.value is not None
    given = kim.db.write_now(oidc.machines.sign_in, key.id, secret.value, "203.0.113.7")
    assert given is not None
    found = kim.caller(given.access_token)
    assert found is not None
    assert (found.organization, found.actor_id, found.actor_kind) == (kim.organization.seq, key.id, "key")
    assert kim.db.read_now(oidc.told_of, given.access_token) is None
    heard: list[str] = []
    kim.db.changes.hear("key", heard.append)
    kim.db.write_now(identity.api_keys.drop_secret, kim.by, key.id, secret.id)
    assert kim.caller(given.access_token) is None
    assert set(heard) == {seal.digest(secret.value), seal.digest(given.access_token)}


def test_a_programs_token_ends_with_its_hour_and_its_key(kim: Signing, later: Callable[[int], None]) -> None:
    key, secret = kim.db.write_now(identity.api_keys.create, kim.by, "Robot")
    assert secret.value is not None
    first = kim.db.write_now(oidc.machines.sign_in, key.id, secret.value, "")
    later(clock.HOUR + clock.SECOND)
    second = kim.db.write_now(oidc.machines.sign_in, key.id, secret.value, "")
    assert first is not None
    assert second is not None
    assert kim.caller(first.access_token) is None
    assert kim.caller(second.access_token)
    kim.db.write_now(identity.api_keys.drop, kim.by, key.id)
    assert kim.caller(second.access_token) is None


def test_revoking_asks_who_the_client_is(kim: Signing) -> None:
    shop = kim.new_client(name="Shop")
    assert shop.secret is not None
    given = kim.signs_in()

    def revoked(headers: dict[str, str] | None = None, /, **form: str) -> tuple[int, Any]:
        reply = kim.db.write_now(oidc.server.revoke, Sent(tuple(form.items()), headers or {}))
        return reply.status, reply.body.get("error")

    token = given["refresh_token"]
    assert revoked(basic(shop.client.id, shop.secret), token=token) == (400, "invalid_grant")
    assert revoked(basic(shop.client.id, "wrong"), token=token) == (401, "invalid_client")
    assert revoked(token=token) == (401, "invalid_client")
    assert revoked(client_id=shop.client.id, token=token) == (401, "invalid_client")
    assert revoked(client_id=oidc.COMMAND_LINE) == (400, "invalid_request")
    assert kim.caller(given["access_token"])
    assert revoked(client_id=oidc.COMMAND_LINE, token=token) == (200, None)
    assert kim.caller(given["access_token"]) is None
