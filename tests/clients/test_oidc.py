"""The OpenID provider of a live server, met by Authlib's client, and by the vendor's command line step by step."""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oauth2 import OAuth2Error
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from tests.clients.conftest import Live
from tests.make.browsers import PASSWORD, Browser, browser, location, told
from tests.make.running import hyway

HX = "e6315ab1-5847-4c75-a003-65b5ed374dd1"
HX_BACK = "http://localhost:5001/token"
SCOPE = "openid offline_access profile email"
KIM = "kim@example.com"


@dataclass
class Site:
    """A live server with somebody who can sign in, and what it says of itself."""

    live: Live
    about: dict[str, Any]

    @property
    def url(self) -> str:
        """Where it says that it is."""
        return str(self.about["issuer"])

    def client(self, **more: Any) -> OAuth2Client:
        """Authlib's, as the vendor's command line would be if it were written with it."""
        wish = {
            "client_id": HX,
            "redirect_uri": HX_BACK,
            "scope": SCOPE,
            "code_challenge_method": "S256",
            **more,
        }
        return OAuth2Client(token_endpoint_auth_method="none", **wish)

    def asked(self, client: OAuth2Client, verifier: str, **more: Any) -> tuple[str, str]:
        """The address to send a browser to, and its state."""
        made = client.create_authorization_url(
            self.about["authorization_endpoint"], code_verifier=verifier, **more
        )
        return made[0], made[1]

    def traded(self, client: OAuth2Client, back: str, verifier: str | None, **more: Any) -> dict[str, Any]:
        return client.fetch_token(
            self.about["token_endpoint"], authorization_response=back, code_verifier=verifier, **more
        )

    def me(self, access_token: str, **headers: str) -> httpx.Response:
        """What the API says to who shows the token."""
        said = {"authorization": f"Bearer {access_token}", **headers}
        return httpx.get(self.url + "/api/organizations/", headers=said, timeout=30)


@pytest.fixture(scope="module")
def site(live: Live) -> Site:
    made = hyway(
        "user", "add", KIM, "--name", "Kim Doe", "--password-stdin",
        data=live.data, input=PASSWORD + "\n", **live.env,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    about = httpx.get(live.url + "/.well-known/openid-configuration").json()
    return Site(live, about)


@pytest.fixture(scope="module")
def signed_in(site: Site) -> Browser:
    """Kim's browser, signed in."""
    kim = browser(site.url)
    page = kim.signs_in(kim.sees("/console/sign-in"), KIM)
    assert page.status_code == 200
    return kim


def verifier() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=")


@pytest.fixture
def given(site: Site, signed_in: Browser) -> dict[str, Any]:
    """Tokens of a sign-in of its own."""
    proof, client = verifier(), site.client()
    address, _ = site.asked(client, proof)
    return site.traded(client, signed_in.sees(address).headers["location"], proof)


def keys(site: Site) -> KeySet:
    return KeySet.import_key_set(httpx.get(site.about["jwks_uri"]).json())


def refusal(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["error_description"]
    return answer.status_code, answer.json()["error"]


def test_what_the_server_says_of_itself_is_there(site: Site) -> None:
    about = site.about
    assert urlsplit(about["issuer"]).port == urlsplit(site.live.url).port
    for name in ("authorization_endpoint", "end_session_endpoint"):
        assert httpx.get(about[name]).status_code in (303, 400)
    for name in ("token_endpoint", "revocation_endpoint"):
        assert httpx.get(about[name]).status_code == 405
    assert httpx.get(about["userinfo_endpoint"]).status_code == 401
    for key in httpx.get(about["jwks_uri"]).json()["keys"]:
        assert key["kty"] == "RSA"
        assert not {"d", "p", "q", "dp", "dq", "qi"} & key.keys()


def test_the_vendors_command_line_step_by_step(site: Site) -> None:
    kim, proof, state = browser(site.url), verifier(), secrets.token_hex(8)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(proof.encode()).digest()).decode().rstrip("=")
    address = (
        f"{site.url}/oauth2/auth?response_type=code&client_id={HX}&redirect_uri={HX_BACK}"
        f"&code_challenge={challenge}&code_challenge_method=S256"
        f"&scope=openid%20offline_access%20profile%20email&state={state}"
    )
    door = kim.sees(address)
    assert "Sign in" in door.text
    back = kim.signs_in(door, KIM)
    assert back.status_code == 302
    assert location(back) == HX_BACK
    assert told(back)["state"] == state
    form = {
        "grant_type": "authorization_code", "client_id": HX, "code": told(back)["code"],
        "code_verifier": proof, "redirect_uri": HX_BACK,
    }  # fmt: skip
    answer = httpx.post(site.url + "/oauth2/token", data=form)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.headers["cache-control"] == "no-store"
    first = answer.json()
    assert set(first) == {"access_token", "refresh_token", "id_token", "expires_in", "token_type", "scope"}
    assert (first["token_type"], first["scope"]) == ("bearer", SCOPE)
    assert type(first["expires_in"]) is int
    assert first["expires_in"] == 3600
    assert site.me(first["access_token"]).status_code == 200
    again = {"grant_type": "refresh_token", "client_id": HX, "refresh_token": first["refresh_token"]}
    second = httpx.post(site.url + "/oauth2/token", data=again).json()
    assert set(second) == set(first)
    assert second["refresh_token"] != first["refresh_token"]
    assert site.me(second["access_token"]).status_code == 200


def test_authlib_signs_in_and_verifies(site: Site, signed_in: Browser) -> None:
    proof, client = verifier(), site.client()
    address, state = site.asked(client, proof, nonce="n-1")
    back = signed_in.sees(address)
    assert told(back)["state"] == state
    token = site.traded(client, back.headers["location"], proof, state=state)
    claims = jwt.decode(token["id_token"], keys(site), algorithms=["RS256"]).claims
    assert (claims["iss"], claims["aud"], claims["nonce"]) == (site.url, HX, "n-1")
    assert claims["sub"].startswith("user_")
    assert (claims["email"], claims["email_verified"]) == (KIM, True)
    assert (claims["name"], claims["given_name"], claims["family_name"]) == ("Kim Doe", "Kim", "Doe")
    assert claims["preferred_username"] == KIM
    assert claims["exp"] - claims["iat"] == 3600
    assert claims["auth_time"] <= claims["iat"]
    half = hashlib.sha256(token["access_token"].encode()).digest()[:16]
    assert claims["at_hash"] == base64.urlsafe_b64encode(half).decode().rstrip("=")
    said = client.get(site.about["userinfo_endpoint"]).json()
    assert said == {name: claims[name] for name in said}
    assert said["sub"] == claims["sub"]
    renewed = client.refresh_token(site.about["token_endpoint"], token["refresh_token"])
    assert renewed["refresh_token"] != token["refresh_token"]


def test_a_refresh_token_that_comes_again_ends_everything(site: Site, given: dict[str, Any]) -> None:
    client = site.client()
    newer = client.refresh_token(site.about["token_endpoint"], given["refresh_token"])
    assert site.me(newer["access_token"]).status_code == 200
    with pytest.raises(OAuthError, match="invalid_grant"):
        site.client().refresh_token(site.about["token_endpoint"], given["refresh_token"])
    for token in (given, newer):
        assert site.me(token["access_token"]).status_code == 401
    with pytest.raises(OAuthError, match="invalid_grant"):
        site.client().refresh_token(site.about["token_endpoint"], newer["refresh_token"])


def test_a_code_that_comes_again_ends_what_it_gave(site: Site, signed_in: Browser) -> None:
    proof, client = verifier(), site.client()
    back = signed_in.sees(site.asked(client, proof)[0]).headers["location"]
    token = site.traded(client, back, proof)
    assert site.me(token["access_token"]).status_code == 200
    with pytest.raises(OAuthError, match="invalid_grant"):
        site.traded(site.client(), back, proof)
    assert site.me(token["access_token"]).status_code == 401
    with pytest.raises(OAuthError, match="invalid_grant"):
        site.client().refresh_token(site.about["token_endpoint"], token["refresh_token"])


def test_a_wrong_proof_gets_nothing(site: Site, signed_in: Browser) -> None:
    proof, client = verifier(), site.client()
    back = signed_in.sees(site.asked(client, proof)[0]).headers["location"]
    with pytest.raises(OAuthError, match="invalid_grant"):
        site.traded(site.client(), back, verifier())
    with pytest.raises(OAuthError, match="invalid_request"):
        site.traded(site.client(), back, None)
    assert site.traded(client, back, proof)["access_token"]


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": 'c"\u00e9'}, "unsupported_response_type"),
        ({"response_type": None}, "invalid_request"),
        ({"scope": "unheard-of"}, "invalid_scope"),
        ({"scope": None}, "invalid_scope"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"request": "eyJ"}, "request_not_supported"),
        ({"request_uri": "https://example.com"}, "request_uri_not_supported"),
        ({"nonce": "a\0b"}, "invalid_request"),
    ],
)
def test_a_wrong_request_is_told_to_the_client(
    site: Site, signed_in: Browser, more: dict[str, str | None], error: str
) -> None:
    back = signed_in.http.get("/oauth2/auth", params=asked(**more))
    assert location(back) == HX_BACK
    assert (told(back)["error"], told(back)["state"]) == (error, "s-1")
    assert "code" not in told(back)


def asked(**more: str | None) -> dict[str, str]:
    """The parameters of a request that is in order but for what is said."""
    wish: dict[str, str | None] = {
        "response_type": "code", "client_id": HX, "redirect_uri": HX_BACK, "scope": SCOPE, "state": "s-1",
        "code_challenge": "a" * 43, "code_challenge_method": "S256", **more,
    }  # fmt: skip
    return {name: value for name, value in wish.items() if value is not None}


@pytest.mark.parametrize(
    "more",
    [
        {"redirect_uri": "http://localhost:5001/tokens"},
        {"redirect_uri": "https://evil.example/token"},
        {"redirect_uri": "http://localhost.evil.example:5001/token"},
        {"redirect_uri": "http://localhost:5001@evil.example/token"},
        {"redirect_uri": "http://localhost:5001/token/../x"},
        {"redirect_uri": "//localhost:5001/token"},
        {"redirect_uri": None},
        {"redirect_uri": "http://localhost:5001/token#x"},
        {"client_id": "00000000-0000-0000-0000-000000000000"},
        {"client_id": "a\0b"},
        {"client_id": None},
    ],
)
def test_nobody_is_sent_to_an_unknown_place(
    site: Site, signed_in: Browser, more: dict[str, str | None]
) -> None:
    page = signed_in.http.get("/oauth2/auth", params=asked(**more))
    assert page.status_code == 400
    assert "location" not in page.headers
    assert "cannot go on" in page.text


def test_a_program_may_listen_at_any_port_of_this_machine(site: Site, signed_in: Browser) -> None:
    elsewhere = "http://localhost:49152/token"
    back = signed_in.http.get("/oauth2/auth", params=asked(redirect_uri=elsewhere))
    assert location(back) == elsewhere
    form = {"grant_type": "authorization_code", "client_id": HX, "code": told(back)["code"]}
    wrong = httpx.post(
        site.url + "/oauth2/token", data={**form, "redirect_uri": HX_BACK, "code_verifier": "b" * 43}
    )
    assert refusal(wrong) == (400, "invalid_grant")


def test_nobody_signed_in_and_nothing_may_be_shown(site: Site) -> None:
    back = browser(site.url).http.get("/oauth2/auth", params=asked(prompt="none"))
    assert (told(back)["error"], told(back)["state"]) == ("login_required", "s-1")


def test_prompt_login_asks_who_is_signed_in_once_more(site: Site) -> None:
    kim = browser(site.url)
    kim.signs_in(kim.sees("/console/sign-in"), KIM)
    door = kim.sees("/oauth2/auth?" + str(httpx.QueryParams(asked(prompt="login"))))
    assert 'name="password"' in door.text
    assert told(kim.signs_in(door, KIM))["code"]
    stale = kim.sees("/oauth2/auth?" + str(httpx.QueryParams(asked(max_age="0"))))
    assert 'name="password"' in stale.text
    assert told(kim.signs_in(stale, KIM))["code"]


def test_state_that_is_another_is_seen_by_the_client(site: Site, signed_in: Browser) -> None:
    proof, client = verifier(), site.client()
    back = signed_in.sees(site.asked(client, proof)[0]).headers["location"]
    with pytest.raises(OAuth2Error, match="mismatching_state"):
        site.traded(client, back, proof, state="another")


@pytest.mark.parametrize(
    ("form", "refused"),
    [
        ({}, (400, "invalid_request")),
        ({"grant_type": "password", "username": "a", "password": "b"}, (400, "unsupported_grant_type")),
        ({"grant_type": "client_credentials"}, (400, "unsupported_grant_type")),
        ({"grant_type": "authorization_code", "client_id": HX}, (400, "invalid_request")),
        ({"grant_type": "authorization_code", "client_id": HX, "code": "x"}, (400, "invalid_grant")),
        ({"grant_type": "authorization_code", "client_id": HX, "code": "x\0"}, (400, "invalid_request")),
        ({"grant_type": "authorization_code", "client_id": "nobody", "code": "x"}, (400, "invalid_client")),
        ({"grant_type": "authorization_code", "code": "x"}, (401, "invalid_client")),
        ({"grant_type": "refresh_token", "client_id": HX}, (400, "invalid_request")),
        ({"grant_type": "refresh_token", "client_id": HX, "refresh_token": "x"}, (400, "invalid_grant")),
        ({"grant_type": ["refresh_token", "refresh_token"], "client_id": HX}, (400, "invalid_request")),
    ],
)
def test_the_token_endpoint_refuses(site: Site, form: dict[str, Any], refused: tuple[int, str]) -> None:
    assert refusal(httpx.post(site.url + "/oauth2/token", data=form)) == refused


def test_a_revoked_token_is_refused_at_once(site: Site, given: dict[str, Any]) -> None:
    client = site.client(token=given)
    assert site.me(given["access_token"]).status_code == 200
    gone = client.revoke_token(site.about["revocation_endpoint"], given["access_token"], "access_token")
    assert gone.status_code == 200
    assert site.me(given["access_token"]).status_code == 401
    newer = client.refresh_token(site.about["token_endpoint"], given["refresh_token"])
    client.revoke_token(site.about["revocation_endpoint"], newer["refresh_token"], "refresh_token")
    assert site.me(newer["access_token"]).status_code == 401
    with pytest.raises(OAuthError, match="invalid_grant"):
        client.refresh_token(site.about["token_endpoint"], newer["refresh_token"])
    unknown = client.revoke_token(site.about["revocation_endpoint"], "never seen", "refresh_token")
    assert unknown.status_code == 200


def test_forged_tokens_are_nobodys(site: Site, given: dict[str, Any]) -> None:
    head, body, mark = given["access_token"].split(".")
    claims = jwt.decode(given["access_token"], keys(site), algorithms=["RS256"]).claims
    stranger = RSAKey.generate_key(2048, private=True, auto_kid=True)
    plain = base64.urlsafe_b64encode(b'{"alg":"none","typ":"at+jwt"}').decode().rstrip("=")
    forged = [
        jwt.encode({"alg": "RS256", "kid": stranger.kid}, claims, stranger),
        jwt.encode({"alg": "RS256"}, {**claims, "iss": "https://other.example"}, stranger),
        f"{plain}.{body}.",
        f"{plain}.{body}.{mark}",
        f"{head}.{body}.",
        f"{head}.{body}.{('B' if mark[0] == 'A' else 'A') + mark[1:]}",
        given["id_token"],
        given["refresh_token"],
        "x" * 9_000,
    ]
    for token in forged:
        answer = site.me(token)
        assert answer.status_code == 401, token
        assert set(answer.json()) == {"message", "requestId", "errorCode"}
        assert httpx.get(
            site.about["userinfo_endpoint"], headers={"authorization": f"Bearer {token}"}
        ).status_code == 401  # fmt: skip
    assert site.me(given["access_token"]).status_code == 200


def test_keys_rotate_and_what_was_signed_stays_verifiable(site: Site, given: dict[str, Any]) -> None:
    before = {each.kid for each in keys(site).keys}
    done = hyway("oidc", "rotate", data=site.live.data, **site.live.env)
    assert done.returncode == 0, done.stderr
    after = {each.kid for each in keys(site).keys}
    assert before < after
    assert done.stdout.strip() in after - before
    assert jwt.decode(given["id_token"], keys(site), algorithms=["RS256"]).claims["aud"] == HX
    assert site.me(given["access_token"]).status_code == 200
    newer = site.client().refresh_token(site.about["token_endpoint"], given["refresh_token"])
    head = jwt.decode(newer["id_token"], keys(site), algorithms=["RS256"]).header
    assert head["kid"] == done.stdout.strip()


def test_signing_out_by_a_program(site: Site) -> None:
    kim, proof, client = browser(site.url), verifier(), site.client()
    kim.signs_in(kim.sees("/console/sign-in"), KIM)
    token = site.traded(client, kim.sees(site.asked(client, proof)[0]).headers["location"], proof)
    question = kim.sees("/oauth2/sessions/logout")
    assert "Sign out?" in question.text
    assert kim.http.get("/console").status_code == 200
    wish = {
        "id_token_hint": token["id_token"], "post_logout_redirect_uri": HX_BACK, "state": "bye",
    }  # fmt: skip
    left = kim.http.get("/oauth2/sessions/logout", params=wish)
    assert left.headers["location"] == f"{HX_BACK}?state=bye"
    assert urlsplit(kim.http.get("/console").headers["location"]).path == "/console/sign-in"
    evil = {**wish, "post_logout_redirect_uri": "https://evil.example/"}
    assert kim.http.get("/oauth2/sessions/logout", params=evil).headers["location"] == "/console/sign-in"
    assert parse_qs(urlsplit(left.headers["location"]).query) == {"state": ["bye"]}
