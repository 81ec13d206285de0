"""Signing in a browser by cookies at a live server, as the vendor's own pages do; and programs by their key."""

from http.cookies import SimpleCookie
from urllib.parse import urlsplit

import httpx
import pytest

from tests.clients.conftest import Live
from tests.make.browsers import PASSWORD, Browser, browser, location, told
from tests.make.running import hyway

KIM = "kim@example.com"
NAMES = {"access_token", "refresh_token", "id_token"}


@pytest.fixture(scope="module")
def home(live: Live) -> str:
    """Where the server says that it is, with somebody who can sign in there."""
    made = hyway(
        "user", "add", KIM, "--name", "Kim Doe", "--password-stdin", "--role", "admin",
        data=live.data, input=PASSWORD + "\n", **live.env,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    return str(httpx.get(live.url + "/.well-known/openid-configuration").json()["issuer"])


def cookies(answer: httpx.Response) -> dict[str, SimpleCookie]:
    found = {}
    for line in answer.headers.get_list("set-cookie"):
        jar: SimpleCookie = SimpleCookie(line)
        found.update(dict.fromkeys(jar, jar))
    return found


def signed_in(home: str, **query: str) -> tuple[Browser, httpx.Response]:
    """A browser with the cookies of a login, and the answer that gave them."""
    kim = browser(home)
    began = kim.http.get("/api/auth/login", params=query)
    assert began.status_code == 302
    door = kim.sees(began.headers["location"])
    answer = kim.http.post("/console/sign-in", data=_filled(door))
    assert answer.status_code == 303
    code = kim.http.get(answer.headers["location"])
    assert location(code) == f"{home}/api/auth/token-exchange"
    return kim, kim.http.get(code.headers["location"])


def _filled(door: httpx.Response) -> dict[str, str]:
    import html
    import re

    hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', door.text)
    return {**{name: html.unescape(value) for name, value in hidden}, "email": KIM, "password": PASSWORD}


def test_login_leads_to_the_provider_with_a_challenge(home: str) -> None:
    answer = httpx.get(f"{home}/api/auth/login", params={"scope": "openid email", "prompt": "login"})
    assert answer.status_code == 302
    assert location(answer) == f"{home}/oauth2/auth"
    asked = told(answer)
    assert asked["redirect_uri"] == f"{home}/api/auth/token-exchange"
    assert (asked["scope"], asked["prompt"], asked["response_type"]) == ("openid email", "login", "code")
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["code_challenge"]) == 43
    kept = next(each for each in answer.headers.get_list("set-cookie"))
    assert "HttpOnly" in kept
    assert "SameSite=Lax" in kept
    assert "Path=/api/auth/token-exchange" in kept


def test_a_login_from_start_to_end(home: str) -> None:
    kim, given = signed_in(home, state="mine")
    assert given.status_code == 302
    assert given.headers["location"] == f"{home}/console?state=mine"
    jar = cookies(given)
    assert jar.keys() >= NAMES
    for name in NAMES:
        morsel = jar[name][name]
        assert morsel["httponly"]
        assert morsel["samesite"] == "Lax"
        assert not morsel["secure"], "this server is not reached by https"
        assert int(morsel["max-age"]) > 0
    assert jar["refresh_token"]["refresh_token"]["path"] == "/api/auth"
    organizations = kim.http.get("/api/organizations/")
    assert organizations.status_code == 200
    old = kim.http.cookies["access_token"]
    renewed = kim.http.post("/api/auth/jwt-refresh", headers={"origin": home})
    assert (renewed.status_code, renewed.content) == (204, b"")
    assert cookies(renewed).keys() == NAMES
    assert kim.http.cookies["access_token"] != old
    left = kim.http.get("/api/auth/logout")
    assert left.status_code == 302
    assert location(left) == f"{home}/oauth2/sessions/logout"
    for name in NAMES:
        assert cookies(left)[name][name]["max-age"] == "0"
    gone = kim.http.get(left.headers["location"])
    assert gone.status_code == 303
    assert urlsplit(kim.http.get("/console").headers["location"]).path == "/console/sign-in"
    for token in (old, cookies(renewed)["access_token"]["access_token"].value):
        answer = httpx.get(f"{home}/api/organizations/", headers={"authorization": f"Bearer {token}"})
        assert answer.status_code == 401


def test_a_browser_is_signed_in_by_its_cookie_alone_and_only_from_here(home: str) -> None:
    kim, _ = signed_in(home)
    organization = kim.http.get("/api/organizations/").json()["data"][0]
    address, wish = f"/api/organizations/{organization['id']}/", {"name": organization["name"]}
    elsewhere = kim.http.patch(address, json=wish, headers={"origin": "https://evil.example"})
    assert elsewhere.status_code == 403
    assert kim.http.patch(address, json=wish).status_code == 403
    here = kim.http.patch(address, json=wish, headers={"origin": home, "sec-fetch-site": "same-origin"})
    assert here.status_code == 200, here.text


def test_a_state_of_another_browser_gets_nothing(home: str) -> None:
    kim = browser(home)
    began = kim.http.get("/api/auth/login")
    answer = kim.http.get("/api/auth/token-exchange", params={"code": "x", "state": "another"})
    refused(answer, 403)
    refused(kim.http.get("/api/auth/token-exchange", params={"code": "x"}), 400)
    assert not NAMES & cookies(answer).keys()
    stranger = httpx.get(
        f"{home}/api/auth/token-exchange", params={"code": "x", "state": told(began)["state"]}
    )
    refused(stranger, 403)


def test_a_code_that_is_none_gets_nothing(home: str) -> None:
    kim = browser(home)
    state = told(kim.http.get("/api/auth/login"))["state"]
    for query in ({"code": "x", "state": state}, {"state": state}):
        refused(kim.http.get("/api/auth/token-exchange", params=query), 403)


def test_a_refresh_without_its_cookie_or_from_elsewhere_gets_nothing(home: str) -> None:
    here = {"origin": home}
    refused(httpx.post(f"{home}/api/auth/jwt-refresh", headers=here), 403)
    wrong = {**here, "cookie": "refresh_token=hwr_x"}
    refused(httpx.post(f"{home}/api/auth/jwt-refresh", headers=wrong), 403)
    kim, _ = signed_in(home)
    for elsewhere in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}, {}):
        refused(kim.http.post("/api/auth/jwt-refresh", headers=elsewhere), 403)
    assert kim.http.post("/api/auth/jwt-refresh", headers={"origin": home}).status_code == 204


def test_a_refresh_token_that_comes_again_ends_the_login(home: str) -> None:
    kim, _ = signed_in(home)
    old = kim.http.cookies["refresh_token"]
    assert kim.http.post("/api/auth/jwt-refresh", headers={"origin": home}).status_code == 204
    again = {"origin": home, "cookie": f"refresh_token={old}"}
    refused(httpx.post(f"{home}/api/auth/jwt-refresh", headers=again), 403)
    assert kim.http.get("/api/organizations/").status_code == 401
    refused(kim.http.post("/api/auth/jwt-refresh", headers={"origin": home}), 403)


def refused(answer: httpx.Response, status: int) -> None:
    assert answer.status_code == status, answer.text
    assert set(answer.json()) == {"message", "requestId", "errorCode"}
    assert all(isinstance(each, str) for each in answer.json().values())


def test_a_program_gets_a_token_for_its_key(home: str, live: Live) -> None:
    kim, _ = signed_in(home)
    organization = kim.http.get("/api/organizations/").json()["data"][0]["id"]
    here = {"origin": home}
    made = kim.http.post(f"/api/organizations/{organization}/api-keys/", json={"name": "Robot"}, headers=here)
    assert made.status_code in (200, 201), made.text
    key = made.json()
    secret = key.get("secret") or key["secrets"][0]["value"]
    answer = httpx.post(f"{home}/api/auth/m2m", json={"clientId": key["id"], "clientSecret": secret})
    assert answer.status_code == 201, answer.text
    given = answer.json()
    assert set(given) == {
        "access_token", "id_token", "token_type", "access_token_expires_in", "access_token_expires_at",
    }  # fmt: skip
    assert (given["token_type"], given["access_token_expires_in"]) == ("Bearer", 3_600_000)
    said = {"authorization": f"Bearer {given['access_token']}"}
    found = httpx.get(f"{home}/api/organizations/", headers=said).json()
    assert [each["id"] for each in found["data"]] == [organization]


def test_a_wrong_secret_is_told_so_and_counted(home: str) -> None:
    for _ in range(10):
        answer = httpx.post(f"{home}/api/auth/m2m", json={"clientId": "akey_none", "clientSecret": "x"})
        refused(answer, 401)
        assert answer.json()["message"] == "Unable to login, verify username and password."
    answer = httpx.post(f"{home}/api/auth/m2m", json={"clientId": "akey_none", "clientSecret": "x"})
    refused(answer, 429)
    other = httpx.post(f"{home}/api/auth/m2m", json={"clientId": "akey_other", "clientSecret": "x"})
    refused(other, 401)
    nul = {"clientId": "akey_other\0", "clientSecret": "x"}
    for body in (
        nul,
        {"clientId": "akey_none"},
        {"clientSecret": "x"},
        {},
        {"clientId": 1, "clientSecret": "x"},
    ):
        answer = httpx.post(f"{home}/api/auth/m2m", json=body)
        assert answer.status_code == 400
        assert answer.json()["message"].startswith("body")
