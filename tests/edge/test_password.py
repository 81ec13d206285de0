"""The gate in front of a link with a password."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from hyway.edge.redirect import Lane
from hyway.kernel import clock
from tests.make.world import PUBLIC, World, visitor


@pytest.fixture
def path(world: World) -> str:
    return f"/{world.link(short_id='locked', password='pässword 1').short_id}"


@pytest.fixture
async def other(lane: Lane) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody else, elsewhere."""
    async with visitor(lane, ip="81.2.69.143") as client:
        yield client


async def csrf(client: httpx.AsyncClient, path: str) -> str:
    page = await client.get(path)
    assert page.status_code == 200
    found = re.search('name="csrf" value="([^"]+)"', page.text)
    assert found
    return found[1]


async def enter(
    client: httpx.AsyncClient, path: str, word: str = "pässword 1", **headers: str
) -> httpx.Response:
    return await client.post(path, data={"csrf": await csrf(client, path), "password": word}, headers=headers)


async def test_the_form(world: World, browser: httpx.AsyncClient, path: str):
    page = await browser.get(path)
    assert page.headers["cache-control"] == "private, no-store"
    assert page.headers["content-security-policy"].startswith("default-src 'none'; ")
    assert "<script" not in page.text
    assert "location" not in page.headers
    assert "example.com" not in page.text
    assert world.clicks(include_bots=True) == []


async def test_the_right_password_leads_on(world: World, browser: httpx.AsyncClient, path: str):
    answer = await enter(browser, path + "?utm_source=x")
    assert (answer.status_code, answer.headers["location"]) == (303, path + "?utm_source=x")
    assert answer.headers["cache-control"] == "private, no-store"
    (line,) = answer.headers.get_list("set-cookie")
    assert re.fullmatch(
        r"hoko_pass_\d+=[^;]+; Max-Age=86400; Path=/locked; HttpOnly; SameSite=Lax; Secure", line
    )
    assert "word" not in line
    assert world.clicks() == []
    landed = await browser.get(answer.headers["location"])
    assert landed.status_code == 302
    (click,) = world.clicks()
    assert click.utm == {"source": "x"}
    assert (await browser.get(path)).status_code == 302


async def test_a_wrong_one_does_not(world: World, browser: httpx.AsyncClient, path: str):
    answer = await enter(browser, path, "password 1")
    assert answer.status_code == 403
    assert "not the password" in answer.text
    assert (await browser.get(path)).status_code == 200
    assert world.clicks() == []


async def test_guessing_is_throttled(browser: httpx.AsyncClient, other: httpx.AsyncClient, path: str):
    statuses = [(await enter(browser, path, f"guess {i}")).status_code for i in range(12)]
    assert statuses == [403] * 10 + [429] * 2
    assert (await enter(browser, path)).status_code == 429
    assert (await enter(other, path)).status_code == 303


async def test_a_form_needs_our_own_token(
    world: World, browser: httpx.AsyncClient, other: httpx.AsyncClient, path: str
):
    token = await csrf(browser, path)
    stolen = await csrf(other, path)
    for wrong in ("", "x", token + "x", stolen, token.replace(".", "..")):
        answer = await browser.post(path, data={"csrf": wrong, "password": "pässword 1"})
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers
    assert (await browser.post(path, content=b"\xff\xfe")).status_code == 403
    assert (await browser.post(path)).status_code == 403


async def test_a_form_from_another_site_is_refused(browser: httpx.AsyncClient, path: str):
    assert (await enter(browser, path, origin="https://evil.example")).status_code == 403
    assert (await enter(browser, path, origin=PUBLIC)).status_code == 303


async def test_a_form_without_the_visitors_cookie_is_refused(browser: httpx.AsyncClient, path: str):
    token = await csrf(browser, path)
    browser.cookies.clear()
    answer = await browser.post(path, data={"csrf": token, "password": "pässword 1"})
    assert answer.status_code == 403


async def test_a_form_grows_old(browser: httpx.AsyncClient, path: str, later):
    token = await csrf(browser, path)
    later(2 * clock.HOUR)
    assert (await browser.post(path, data={"csrf": token, "password": "pässword 1"})).status_code == 403


async def test_a_form_that_is_too_large(browser: httpx.AsyncClient, path: str):
    answer = await browser.post(path, data={"password": "x" * 10_000})
    assert answer.status_code == 413


async def test_the_pass_is_for_one_link_one_password_and_one_day(
    world: World, browser: httpx.AsyncClient, path: str, later
):
    second = world.link(password="pässword 1")
    await enter(browser, path)
    assert (await browser.get(f"/{second.short_id}")).status_code == 200
    world.put(world.wish(id=_id(world, "locked"), password="another"))
    assert (await browser.get(path)).status_code == 200
    assert (await enter(browser, path, "another")).status_code == 303
    assert (await browser.get(path)).status_code == 302
    later(25 * clock.HOUR)  # a browser would have dropped it; this one still sends it
    assert (await browser.get(path)).status_code == 200


async def test_a_pass_cannot_be_made_up(world: World, browser: httpx.AsyncClient, path: str):
    from hyway.domain import links

    found = world.db.read_now(links.target, "locked")
    assert found is not None
    until = clock.now() + clock.DAY
    for value in (str(until), f"{until}.{'A' * 24}", "", "x.y"):
        answer = await browser.get(path, headers={"cookie": f"hoko_pass_{found.seq}={value}"})
        assert answer.status_code == 200
        assert 'type="password"' in answer.text


def _id(world: World, short_id: str) -> str:
    from hyway.domain import links

    found = world.db.read_now(links.target, short_id)
    assert found is not None
    return found.id
