"""One live server as the issuer of another: people of the first sign in at the second."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from hyway import main
from hyway.domain import identity, oidc
from hyway.kernel.db import Database
from hyway.settings import Settings
from tests.make.browsers import PASSWORD, Browser, browser, location, told
from tests.make.running import free_port, hyway, serving_at

START = "/console/sign-in/external"


@dataclass
class Pair:
    """The issuer, and who trusts it; with their data."""

    issuer: str
    here: str
    there_data: Path
    here_data: Path

    def add(self, email: str, name: str, data: Path) -> None:
        made = hyway(
            "user", "add", email, "--name", name, "--password-stdin", data=data, input=PASSWORD + "\n"
        )
        assert made.returncode == 0, made.stderr

    def signs_in(self, email: str, wanted: str = "/console/notices") -> tuple[Browser, httpx.Response]:
        """A browser that comes by the issuer, and what it is shown in the end."""
        far, near = browser(self.issuer), browser(self.here)
        leaving = near.http.get(START, params={"next": wanted})
        assert location(leaving) == f"{self.issuer}/oauth2/auth"
        asked = far.sees(leaving.headers["location"])
        consent = far.signs_in(asked, email)
        back = far.sends(consent, decision="allow") if "decision" in consent.text else consent
        assert location(back) == f"{self.here}/console/sign-in/callback"
        return near, near.http.get(back.headers["location"])


def opened(data: Path) -> Database:
    return main.open_database(Settings.read({}, data))


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("pair")
    there, here = folder / "there", folder / "here"
    first, second = free_port(), free_port()
    with serving_at(first, there):
        db = opened(there)
        organization = db.read_now(identity.organization_named, None)
        made = db.write_now(
            oidc.clients.create,
            identity.command_line(organization),
            "The other server",
            [f"http://localhost:{second}/console/sign-in/callback"],
        )
        db.close()
        settings = {
            "HYWAY_OIDC_ISSUER": f"http://localhost:{first}",
            "HYWAY_OIDC_CLIENT_ID": made.client.id,
            "HYWAY_OIDC_CLIENT_SECRET": made.secret or "",
            "HYWAY_OIDC_NAME": "The first server",
            "HYWAY_OIDC_SIGN_UP": "closed",
        }
        with serving_at(second, here, **settings):
            found = Pair(f"http://localhost:{first}", f"http://localhost:{second}", there, here)
            for name in ("kim", "lou", "eve", "ann"):
                found.add(f"{name}@example.com", name.title(), there)
            found.add("kim@example.com", "Kim", here)
            yield found


def test_the_door_offers_the_other_way(pair: Pair) -> None:
    page = browser(pair.here).sees("/console/sign-in?next=/console/notices")
    assert "Sign in with The first server" in page.text
    assert f'href="{START}?next=/console/notices"' in page.text
    assert "Sign in with" not in browser(pair.issuer).sees("/console/sign-in").text
    assert browser(pair.issuer).http.get(START).status_code == 404


def test_who_has_an_account_with_that_address_is_in(pair: Pair) -> None:
    near, answer = pair.signs_in("kim@example.com")
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/notices")
    assert (
        "kim@example.com" in near.sees("/console/notices").text
        or near.http.get("/console").status_code == 200
    )
    again, answer = pair.signs_in("kim@example.com", "https://evil.example/")
    assert answer.headers["location"] == "/console"
    assert again.http.get("/console").status_code == 200


def test_who_has_none_is_told_so_where_nobody_may_sign_up(pair: Pair) -> None:
    near, answer = pair.signs_in("lou@example.com")
    assert answer.status_code == 403
    assert "no account for lou@example.com" in answer.text
    assert near.http.get("/console").status_code == 303


def test_who_is_invited_gets_an_account(pair: Pair) -> None:
    db = opened(pair.here_data)
    organization = db.read_now(identity.organization_named, None)
    members = db.read_now(identity.members_of, identity.command_line(organization))
    owner = next(each.person for each in members if each.role == "owner")
    by = identity.Caller(
        organization.seq,
        "self-hosted",
        "person",
        owner.id,
        owner.name,
        "console",
        role="owner",
        person=owner.seq,
    )
    db.write_now(identity.joining.invite, by, "ann@example.com", "member")
    db.close()
    near, answer = pair.signs_in("ann@example.com")
    assert answer.status_code == 303
    assert near.http.get("/console").status_code in (200, 303)


def test_an_account_that_nobody_proved_is_taken_over(pair: Pair) -> None:
    """Somebody made an account with another's address first: the address's owner gets it, the maker loses it."""
    db = opened(pair.here_data)
    thief = db.write_now(
        identity.signing_up.at_once, identity.signing_up.newcomer("Eve?", "eve@example.com", PASSWORD), "1"
    )
    stolen = db.write_now(identity.sign_in, "eve@example.com", PASSWORD)
    assert stolen is not None
    given = db.write_now(oidc.issue, thief.seq)
    _, answer = pair.signs_in("eve@example.com")
    assert answer.status_code == 303
    assert db.read_now(identity.session, stolen[0]) is None
    assert db.write_now(identity.sign_in, "eve@example.com", PASSWORD) is None
    found = db.read_now(identity.person_by_email, "eve@example.com")
    assert found is not None
    assert (found.seq, found.name, found.is_confirmed) == (thief.seq, "Eve", True)
    db.close()
    said = {"authorization": f"Bearer {given.access_token}"}
    assert httpx.get(f"{pair.here}/api/organizations/", headers=said).status_code == 401


def test_an_answer_for_another_browser_or_of_nobody_lets_nobody_in(pair: Pair) -> None:
    near = browser(pair.here)
    state = told(near.http.get(START))["state"]
    for query in (
        {"state": "another", "code": "x"},
        {"state": state, "code": "never-given"},
        {"state": state, "error": "access_denied"},
        {"code": "x"},
        {},
    ):
        near = near if query.get("state") == state else browser(pair.here)
        answer = near.http.get("/console/sign-in/callback", params=query)
        assert answer.status_code == 403, query
        assert "hyway_session" not in answer.cookies
        near.http.get(START)
    assert near.http.get("/console").status_code == 303


def test_a_browsers_login_goes_by_the_issuer(pair: Pair) -> None:
    answer = httpx.get(f"{pair.here}/api/auth/login", params={"state": "mine"})
    assert location(answer) == f"{pair.here}{START}"
    assert told(answer)["next"].startswith("/oauth2/auth?")
