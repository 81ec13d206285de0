"""Signing in and out, forms that are not ours, and what stands on every answer."""

from typing import Any

import httpx
import pytest

from hyway import console
from hyway.domain import identity
from tests.console.conftest import PASSWORD, World


async def test_a_stranger_is_led_to_the_door_and_back(world: World) -> None:
    browser = world.browser()
    away = await browser.see("/console/links?q=tea")
    assert (away.status_code, away.headers["location"]) == (
        303,
        "/console/sign-in?next=%2Fconsole%2Flinks%3Fq%3Dtea",
    )
    page = await browser.see(away.headers["location"])
    assert 'value="/console/links?q=tea"' in page.text
    back = await browser.send(
        "/console/sign-in", email="owner@north.example", password=PASSWORD, next="/console/links?q=tea"
    )
    assert back.headers["location"] == "/console/links?q=tea"
    cookie = next(
        value for value in back.headers.get_list("set-cookie") if value.startswith("hyway_session=")
    )
    for part in ("HttpOnly", "SameSite=lax", "Path=/"):
        assert part.lower() in cookie.lower()


async def test_secure_cookies_on_https(world: World) -> None:
    app: Any = console.app(world.db, public_url="https://go.example")
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="https://go.example") as http:
        assert "secure" in (await http.get("/console/sign-in")).headers["set-cookie"].lower()


@pytest.mark.parametrize("email", ["owner@north.example", "nobody@north.example", "no address", ""])
async def test_a_wrong_pair_is_told_alike(world: World, email: str) -> None:
    browser = world.browser()
    answer = await browser.sign_in(email, "not the password")
    assert answer.status_code == 401
    assert "do not belong together" in answer.text
    assert "hyway_session" not in browser.http.cookies


async def test_many_tries_are_stopped(world: World) -> None:
    browser = world.browser()
    answers = [(await browser.sign_in("owner@north.example", f"wrong {n}")).status_code for n in range(11)]
    assert answers == [401] * 10 + [429]
    assert (await browser.sign_in("owner@north.example")).status_code == 429


async def test_one_address_cannot_try_many_people(world: World) -> None:
    browser = world.browser()
    answers = [(await browser.sign_in(f"p{n}@north.example", "wrong")).status_code for n in range(21)]
    assert answers == [401] * 20 + [429]


@pytest.mark.parametrize(
    "to", ["https://evil.example", "//evil.example", "/console\\@evil.example", "/consolexyz"]
)
async def test_no_one_is_led_elsewhere_after_signing_in(world: World, to: str) -> None:
    browser = world.browser()
    await browser.see("/console/sign-in")
    answer = await browser.send("/console/sign-in", email="owner@north.example", password=PASSWORD, next=to)
    assert answer.headers["location"] == "/console"


async def test_signing_in_gives_a_new_session(world: World) -> None:
    browser = world.browser()
    await browser.sign_in("owner@north.example")
    first = browser.http.cookies["hyway_session"]
    away = world.browser()
    away.http.cookies.set("hyway_session", first, domain="go.example", path="/")
    await away.see("/console/sign-in")
    away.http.cookies.delete("hyway_session", domain="go.example", path="/")
    await browser.send("/console/sign-out")
    assert world.db.read_now(identity.session, first) is None
    await browser.sign_in("owner@north.example")
    assert browser.http.cookies["hyway_session"] != first


async def test_a_one_time_password_is_changed_first(world: World) -> None:
    browser = world.browser()
    answer = await browser.sign_in("fresh@north.example")
    assert answer.headers["location"] == "/console/password"
    assert (await browser.see("/console/links")).headers["location"] == "/console/password"
    await browser.see("/console/password")
    wrong = await browser.send(
        "/console/password", old=PASSWORD, password="another good one", again="another one"
    )
    assert (wrong.status_code, "Is not the same as above" in wrong.text) == (422, True)
    short = await browser.send("/console/password", old=PASSWORD, password="short", again="short")
    assert (short.status_code, "at least 10 characters" in short.text) == (422, True)
    bad = await browser.send(
        "/console/password", old="nope", password="another good one", again="another good one"
    )
    assert (bad.status_code, "Is not your present password" in bad.text) == (422, True)
    done = await browser.send(
        "/console/password", old=PASSWORD, password="another good one", again="another good one"
    )
    assert done.status_code == 303
    assert (await browser.see("/console/links")).status_code == 200


async def test_sign_out_ends_the_session(world: World) -> None:
    browser = world.browser()
    await browser.sign_in("owner@north.example")
    assert (await browser.http.get("/console/sign-out")).status_code == 405
    kept = browser.http.cookies["hyway_session"]
    assert (await browser.send("/console/sign-out")).status_code == 303
    browser.http.cookies.set("hyway_session", kept, domain="go.example", path="/")
    assert (await browser.see("/console")).headers["location"] == "/console/sign-in"


@pytest.mark.parametrize(
    ("csrf", "headers"),
    [
        ("", None),
        ("0" * 40, None),
        ("ü", None),
        (None, {"origin": "https://evil.example"}),
        (None, {"origin": "null"}),
        (None, {"sec-fetch-site": "cross-site"}),
        (None, {"sec-fetch-site": "same-site"}),
    ],
)
async def test_a_form_of_another_site_changes_nothing(
    world: World, csrf: str | None, headers: dict[str, str] | None
) -> None:
    browser = world.browser()
    await browser.sign_in("owner@north.example")
    answer = await browser.send("/console/organization", csrf=csrf, headers=headers, name="Taken over")
    assert answer.status_code == 403
    assert world.db.read_now(identity.organization, world.by).name == "Northwind"


async def test_another_persons_token_is_no_good(world: World) -> None:
    mine, theirs = world.browser(), world.browser()
    await mine.sign_in("owner@north.example")
    await theirs.sign_in("owner@harbour.example")
    assert (await mine.send("/console/organization", csrf=theirs.csrf, name="Taken over")).status_code == 403


async def test_the_door_wants_its_token_too(world: World) -> None:
    browser = world.browser()
    answer = await browser.send("/console/sign-in", email="owner@north.example", password=PASSWORD)
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("path", "status"),
    [("/console/sign-in", 200), ("/console/nothing", 404), ("/console", 303), ("/static/hyway.css", 200)],
)
async def test_the_strict_policy_stands_on_every_answer(world: World, path: str, status: int) -> None:
    answer = await world.browser().http.get(path)
    assert answer.status_code == status
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"


async def test_static_files_are_kept_and_pages_are_not(world: World) -> None:
    http = world.browser().http
    page = await http.get("/console/sign-in")
    assert page.headers["cache-control"] == "no-store"
    style = await http.get("/static/hyway.css?v=1")
    assert "immutable" in style.headers["cache-control"]
    again = await http.get("/static/hyway.css", headers={"if-none-match": style.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert (await http.get("/static/favicon.svg")).headers["content-type"].startswith("image/svg+xml")
    for path in ("/static/../app.py", "/static/%2e%2e%2fapp.py", "/static/app.py"):
        assert (await http.get(path)).status_code == 404


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"\xff\xfe=\xff&csrf=\xf0", "application/x-www-form-urlencoded"),
        (b"not multipart", "multipart/form-data; boundary=x"),
        (b"{}", "application/json"),
        (b"a=1", "application/x-www-form-urlencoded; charset=nonsense"),
        (b"", "nonsense"),
    ],
)
async def test_a_broken_body_is_refused_in_peace(world: World, body: bytes, kind: str) -> None:
    browser = world.browser()
    await browser.sign_in("owner@north.example")
    for path in ("/console/organization", "/console/sign-in"):
        answer = await browser.http.post(path, content=body, headers={"content-type": kind})
        assert 400 <= answer.status_code < 500
        assert "<html" in answer.text


async def test_a_form_has_a_largest_size(world: World) -> None:
    browser = world.browser()
    await browser.sign_in("owner@north.example")
    assert (await browser.send("/console/organization", name="x" * 1_100_000)).status_code == 413
