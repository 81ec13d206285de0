"""Clients of OpenID Connect, and where one is signed in."""

import re

import pytest

from hyway.console.projects.sessions import agent
from hyway.domain import identity, oidc
from hyway.kernel import seal
from tests.console.conftest import PASSWORD, SAFARI, Browser
from tests.console.projects.conftest import Place


async def test_a_client_is_registered_and_its_secret_shown_once(owner: Browser) -> None:
    await owner.see("/console/clients/new")
    uris = "https://app.example/back\n\nhttp://localhost:5001/token"
    made = await owner.send("/console/clients/new", name="Tablet", kind="server", redirectUris=uris)
    secret = re.search(r"<code>(hcs_[\w-]+)</code>", made.text)
    page = re.search(r'href="(/console/clients/[0-9a-f-]{36})"', made.text)
    assert secret
    assert page
    text = (await owner.see(page[1])).text
    assert secret[1] not in text
    assert "http://localhost:5001/token" in text
    renewed = re.search(
        r"<code>(hcs_[\w-]+)</code>", (await owner.send(page[1] + "/secret", confirmed="yes")).text
    )
    assert renewed
    assert renewed[1] != secret[1]
    assert (await owner.send(page[1] + "/delete", confirmed="yes")).headers["location"] == "/console/clients"
    assert (await owner.see(page[1])).status_code == 404


async def test_a_public_client_has_no_secret(owner: Browser) -> None:
    await owner.see("/console/clients/new")
    fields = {"name": "Phone", "kind": "public", "redirectUris": "http://127.0.0.1/back"}
    answer = await owner.send("/console/clients/new", **fields)
    assert answer.status_code == 303
    assert "New secret" not in (await owner.see(answer.headers["location"])).text


@pytest.mark.parametrize("uri", ["", "http://app.example/back", "nonsense", "https://app.example/#part"])
async def test_wrong_addresses_are_told_beside_them(owner: Browser, uri: str) -> None:
    await owner.see("/console/clients/new")
    answer = await owner.send("/console/clients/new", name="Tablet", kind="server", redirectUris=uri)
    assert answer.status_code == 422
    assert 'id="wrong-redirectUris"' in answer.text
    assert 'value="Tablet"' in answer.text


async def test_other_browsers_are_signed_out(place: Place, owner: Browser) -> None:
    other, third = await place.browser("owner"), await place.browser("owner")
    text = (await owner.see("/console/sessions")).text
    assert text.count("This browser") == 1
    assert text.count("signed in on") == 3
    [one, _] = re.findall(r'action="(/console/sessions/[^"]+/end)"', text.replace("others/end", ""))
    await owner.send(one, confirmed="yes")
    assert sorted([(await each.see("/console")).status_code for each in (other, third)]) == [200, 303]
    answer = await owner.send("/console/sessions/others/end", confirmed="yes")
    assert answer.status_code == 303
    assert "Signed out 1 other browser." in (await owner.see("/console/sessions")).text
    assert [(await each.see("/console")).status_code for each in (other, third)] == [303, 303]


async def test_a_session_of_somebody_else_is_not_ended(place: Place, owner: Browser, member: Browser) -> None:
    await place.browser("member")
    theirs = re.findall(
        r'action="(/console/sessions/[^"]+/end)"', (await member.see("/console/sessions")).text
    )
    await owner.see("/console/sessions")
    assert (await owner.send(theirs[-1], confirmed="yes")).status_code == 404
    assert (await member.see("/console")).status_code == 200


async def test_a_program_is_signed_out(place: Place, owner: Browser) -> None:
    origin = oidc.Origin(SAFARI, "203.0.113.9")
    place.db.write_now(oidc.issue, place.people["owner"].seq, place.ids["client"], "openid", origin)
    text = (await owner.see("/console/sessions")).text
    assert "Status page" in text
    assert "Safari on iPhone" in text
    assert "203.0.113.9" in text
    found = re.search(r'action="(/console/sessions/programs/[^"]+/end)"', text)
    assert found
    assert (await owner.send(found[1], confirmed="yes")).status_code == 303
    assert "Status page" not in (await owner.see("/console/sessions")).text


@pytest.mark.parametrize(
    ("said", "name"),
    [
        (SAFARI, "Safari on iPhone"),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0",
            "Edge on Windows",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", "Firefox on Linux"),
        ("python-httpx/0.28.1", "python-httpx"),
        ("", "A browser"),
    ],
)
def test_browsers_by_name(said: str, name: str) -> None:
    assert agent(said) == name


@pytest.mark.parametrize("way", ["sign-out", "sign-in"])
async def test_what_our_own_pages_were_given_ends_with_the_session(place: Place, way: str) -> None:
    browser, elsewhere = await place.browser("owner"), await place.browser("owner")
    owner = place.people["owner"]
    found = [each.id for each in place.db.read_now(identity.sessions.page, place.by())]
    given = {
        id: place.db.write_now(oidc.issue, owner.seq, oidc.CONSOLE, "openid", oidc.Origin(session=id))
        for id in found
    }
    assert len(given) == 2
    if way == "sign-out":
        await browser.see("/console")
        assert (await browser.send("/console/sign-out")).status_code == 303
    else:  # signed in once more, in the same browser
        await browser.see("/console/sign-in?again=1")
        answer = await browser.send("/console/sign-in", email="owner@north.example", password=PASSWORD)
        assert answer.status_code == 303
    left = {each.id for each in place.db.read_now(identity.sessions.page, place.by())}
    alive = {
        id
        for id, tokens in given.items()
        if place.db.read_now(oidc.caller, seal.digest(tokens.access_token)) is not None
    }
    assert alive == left & set(found)
    assert len(alive) == 1
    assert (await elsewhere.see("/console")).status_code == 200
