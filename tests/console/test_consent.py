"""The page that asks whether a program may know who somebody is, and what comes of yes and no."""

import html
import re
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from hyway.domain import identity, oidc
from tests.console.conftest import PASSWORD, World
from tests.make.signing import HX_BACK, Wish

BACK = "https://shop.example/back"


def wish(world: World, scope: str = "openid email", name: str = "Shop <b>") -> Wish:
    made = world.db.write_now(oidc.clients.create, world.by, name, [BACK], True)
    return Wish(made.client.id, BACK, scope)


def address(of: Wish, **more: str) -> str:
    return f"/oauth2/auth?{urlencode(of.pairs(**more))}"


def wanted(page: httpx.Response) -> str:
    found = re.search(r'name="wanted" value="([^"]*)"', page.text)
    assert found, page.text
    return html.unescape(found[1])


def told(answer: httpx.Response) -> dict[str, str]:
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    return {name: values[0] for name, values in query.items()}


async def test_the_question_says_who_asks_for_what(world: World) -> None:
    browser = world.browser()
    await browser.sign_in("member@north.example")
    page = await browser.see(address(wish(world, "openid email offline_access")))
    assert page.status_code == 200
    assert "Shop &lt;b&gt;" in page.text
    assert "<b>" not in page.text
    for words in ("registered by Northwind", "See your e-mail address", "Stay signed in", "shop.example"):
        assert words in page.text
    assert "Act for you" not in page.text
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["x-frame-options"] == "DENY"
    powerful = await browser.see(address(wish(world, "openid api", "Mighty")))
    assert "Act for you" in powerful.text
    assert "only if you trust them" in powerful.text


async def test_yes_is_remembered_and_no_is_told(world: World) -> None:
    browser, shop = world.browser(), wish(world)
    await browser.sign_in("member@north.example")
    page = await browser.see(address(shop))
    denied = await browser.send("/oauth2/consent", wanted=wanted(page), decision="deny")
    assert (told(denied)["error"], told(denied)["state"]) == ("access_denied", "s-1")
    page = await browser.see(address(shop))
    allowed = await browser.send("/oauth2/consent", wanted=wanted(page), decision="allow")
    assert allowed.headers["location"].startswith(BACK + "?")
    assert told(allowed)["state"] == "s-1"
    again = await browser.see(address(shop))
    assert again.status_code == 302
    assert told(again)["code"] != told(allowed)["code"]


async def test_a_form_of_ours_leads_out_by_a_page(world: World) -> None:
    """Browsers do not let a form of ours lead to another site by a redirect: `form-action` forbids it."""
    browser, shop = world.browser(), wish(world)
    await browser.sign_in("member@north.example")
    page = await browser.see(address(shop))
    here = {"sec-fetch-site": "same-origin", "origin": "http://go.example"}
    going = await browser.send("/oauth2/consent", wanted=wanted(page), decision="allow", headers=here)
    assert going.status_code == 200
    assert f'http-equiv="refresh" content="0; url={BACK}?code=' in going.text


async def test_a_forged_yes_is_none(world: World) -> None:
    browser, shop = world.browser(), wish(world)
    await browser.sign_in("member@north.example")
    page = await browser.see(address(shop))
    fields = {"wanted": wanted(page), "decision": "allow"}
    assert (await browser.send("/oauth2/consent", csrf="0" * 40, **fields)).status_code == 403
    elsewhere = {"origin": "https://evil.example"}
    assert (await browser.send("/oauth2/consent", headers=elsewhere, **fields)).status_code == 403
    changed = fields["wanted"].replace("shop.example", "evil.example")
    lost = await browser.send("/oauth2/consent", wanted=changed, decision="allow")
    assert (lost.status_code, "location" in lost.headers) == (400, False)
    assert "cannot go on" in (await browser.see(address(shop).replace("shop.example", "evil.example"))).text


async def test_who_has_signed_out_meanwhile_signs_in_first(world: World) -> None:
    browser, shop = world.browser(), wish(world)
    await browser.sign_in("member@north.example")
    page = await browser.see(address(shop))
    csrf = browser.csrf
    for each in world.db.read_now(identity.members_of, world.by):
        by = identity.Caller(0, "", "person", each.person.id, "", "console", person=each.person.seq)
        for session in world.db.read_now(identity.sessions.page, by):
            world.db.write_now(identity.sessions.drop, by, session.id)
    answer = await browser.send("/oauth2/consent", csrf=csrf, wanted=wanted(page), decision="allow")
    assert answer.headers["location"].startswith("/oauth2/auth?")
    door = await browser.see(answer.headers["location"])
    assert door.headers["location"].startswith("/console/sign-in?next=%2Foauth2%2Fauth")


async def test_a_stranger_is_led_through_the_door_and_on(world: World) -> None:
    browser, hx = world.browser(), Wish()
    door = await browser.see(address(hx))
    assert door.status_code == 303
    page = await browser.see(door.headers["location"])
    next_one = html.unescape(re.search(r'name="next" value="([^"]*)"', page.text)[1])  # type: ignore[index]
    assert next_one == address(hx)
    entered = await browser.send(
        "/console/sign-in", email="member@north.example", password=PASSWORD, next=next_one
    )
    assert entered.headers["location"] == address(hx)
    back = await browser.see(entered.headers["location"])
    assert back.headers["location"].startswith(HX_BACK + "?code=")


async def test_a_one_time_password_is_changed_first(world: World) -> None:
    browser = world.browser()
    await browser.sign_in("fresh@north.example")
    answer = await browser.see(address(Wish()))
    assert answer.headers["location"] == "/console/password"


async def test_a_request_may_come_as_a_form(world: World) -> None:
    browser = world.browser()
    answer = await browser.http.post("/oauth2/auth", data=Wish().pairs())
    assert answer.status_code == 303
    assert urlsplit(answer.headers["location"]).path == "/oauth2/auth"
    assert told(answer) == Wish().pairs()


@pytest.mark.parametrize(
    "wanted_next",
    ["//evil.example", "https://evil.example", "/\\evil.example", "/oauth2\\@evil.example", "/x"],
)
async def test_the_door_leads_nowhere_else(world: World, wanted_next: str) -> None:
    browser = world.browser()
    await browser.sign_in("member@north.example")
    answer = await browser.see(f"/console/sign-in?{urlencode({'next': wanted_next})}")
    assert answer.headers["location"] == "/console"


async def test_signing_out_needs_a_yes_where_nothing_proves_whom(world: World) -> None:
    browser = world.browser()
    await browser.sign_in("member@north.example")
    page = await browser.see(f"/oauth2/sessions/logout?{urlencode({'id_token_hint': 'x.y.z'})}")
    assert "Sign out?" in page.text
    forged = await browser.send("/oauth2/sessions/logout", csrf="0" * 40, wanted="")
    assert forged.status_code == 403
    assert (await browser.see("/console")).status_code == 200
    wish_to = urlencode({"client_id": oidc.COMMAND_LINE, "post_logout_redirect_uri": HX_BACK})
    page = await browser.see(f"/oauth2/sessions/logout?{wish_to}")
    left = await browser.send("/oauth2/sessions/logout", wanted=wanted(page))
    assert left.headers["location"] == HX_BACK
    assert (await browser.see("/console")).status_code == 303
