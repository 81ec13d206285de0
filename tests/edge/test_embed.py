"""The two scripts for customers' pages, and the clicks that one of them reports."""

import json
import re
from typing import Any

import httpx
import pytest

from hyway.edge import scripts
from hyway.edge.redirect import Lane
from hyway.kernel import clock
from hyway.kernel.seal import Seal
from tests.make.world import PUBLIC, World, visitor

PAGE = "https://www.example.com/pricing?x=1"


@pytest.fixture
def path(world: World) -> str:
    link = world.link(url="https://example.com/landing", short_id="embed", external_id="e", tenant_id="t")
    return f"/{link.short_id}/analytics.js"


async def script(client: httpx.AsyncClient, path: str, **headers: str) -> str:
    answer = await client.get(path, headers=headers or {"referer": PAGE})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    return answer.text


async def token(client: httpx.AsyncClient, path: str) -> str:
    found = re.search('token:"([^"]+)"', await script(client, path))
    assert found
    return found[1]


async def report(
    client: httpx.AsyncClient, path: str, origin: str = "https://www.example.com", **sent: Any
) -> httpx.Response:
    body = {"url": PAGE, "session": "session-12345", "referrer": "https://news.example/", **sent}
    return await client.post(
        path, content=json.dumps(body), headers={"origin": origin, "content-type": "text/plain"}
    )


@pytest.mark.parametrize(
    "text", [scripts.ANALYTICS.decode(), scripts.embedded(PUBLIC + "/x" * 100, "t" * 120).decode()]
)
def test_scripts_are_small_and_work_under_a_strict_policy(text: str):
    assert len(text.encode()) < 2_048
    for forbidden in (
        "eval",
        "innerHTML",
        "document.write",
        "new Function",
        "setTimeout",
        ".style",
        "import",
    ):
        assert forbidden not in text
    assert "7776000" in text


async def test_the_plain_script_sends_nothing(browser: httpx.AsyncClient):
    answer = await browser.get("/analytics.js")
    assert answer.status_code == 200
    assert answer.content == scripts.ANALYTICS
    assert "hoko_id" in answer.text
    for sending in ("fetch", "XMLHttpRequest", "sendBeacon", "Image"):
        assert sending not in answer.text
    assert (await browser.head("/analytics.js")).content == b""
    assert (await browser.post("/analytics.js")).status_code == 405


@pytest.mark.parametrize(
    "headers",
    [
        {"referer": "https://example.com/"},
        {"referer": "https://www.example.com/deep/page?q"},
        {"origin": "https://example.com"},
        {"referer": "http://example.com:8080/"},
        {"referer": "https://EXAMPLE.com/"},
    ],
)
async def test_a_page_of_the_destination_gets_leave(
    browser: httpx.AsyncClient, path: str, headers: dict[str, str]
):
    text = await script(browser, path, **headers)
    assert "fetch(" in text
    assert len(text.encode()) < 2_048


@pytest.mark.parametrize(
    "headers",
    [
        {"referer": "https://evil.example/"},
        {"origin": "https://evil.example"},
        {"referer": "https://example.com.evil.example/"},
        {"referer": "https://evil.example/?https://example.com/"},
        {"referer": "https://sub.example.com/"},
        {"referer": "https://[broken"},
        {"referer": "https://example.com@evil.example/"},
        {"origin": "null"},
        {"accept": "*/*"},
    ],
)
async def test_any_other_page_gets_a_script_that_does_nothing(
    browser: httpx.AsyncClient, path: str, headers: dict[str, str]
):
    assert await script(browser, path, **headers) == scripts.NOTHING.decode()


async def test_so_does_a_link_that_is_unknown_or_expired(world: World, browser: httpx.AsyncClient):
    world.link(url="https://example.com/", short_id="late", expires_at=1)
    for short_id in ("late", "nothing"):
        assert await script(browser, f"/{short_id}/analytics.js") == scripts.NOTHING.decode()
        assert (await report(browser, f"/{short_id}/analytics.js", token="x")).status_code in (403, 405)


async def test_www_is_the_same_either_way_and_other_scripts_too(world: World, browser: httpx.AsyncClient):
    world.link(url="https://www.shop.example/", short_id="with-www")
    assert "fetch(" in await script(browser, "/with-www/analytics.js", referer="https://shop.example/")
    world.link(url="https://bücher.example/", short_id="idn")
    assert "fetch(" in await script(browser, "/idn/analytics.js", referer="https://xn--bcher-kva.example/")


async def test_a_report_is_a_click(world: World, browser: httpx.AsyncClient, path: str):
    query = "?utm_source=s&utm_term=t&referral=r&other=x"
    answer = await report(browser, path + query, token=await token(browser, path + query))
    (click,) = world.clicks()
    assert (answer.status_code, answer.json()) == (200, {"id": click.id})
    assert answer.headers["access-control-allow-origin"] == "https://www.example.com"
    assert "set-cookie" not in answer.headers
    assert (click.trigger, click.destination, click.referrer) == ("embed", PAGE, "https://news.example/")
    assert (click.visitor_id, click.session_id) == ("session-12345", "session-12345")
    assert click.utm == {"source": "s", "term": "t", "referral": "r"}
    assert (click.external_id, click.tenant_id, click.city, click.browser_name) == (
        "e",
        "t",
        "London",
        "Chrome",
    )
    assert (click.bot, click.first) == (False, True)


async def test_ref_comes_before_referral_and_qr_is_not_marked(
    world: World, browser: httpx.AsyncClient, path: str
):
    query = "?referral=second&ref=first&qr=1"
    await report(browser, path + query, token=await token(browser, path + query))
    (click,) = world.clicks()
    assert (click.utm, click.trigger) == ({"referral": "first"}, "embed")


async def test_nothing_is_counted_before_the_report(world: World, browser: httpx.AsyncClient, path: str):
    await token(browser, path)
    assert world.clicks(include_bots=True) == []


async def test_a_report_sent_twice_is_one_click(world: World, browser: httpx.AsyncClient, path: str):
    leave = await token(browser, path)
    first, second = await report(browser, path, token=leave), await report(browser, path, token=leave)
    assert first.json() == second.json()
    assert len(world.clicks(include_bots=True)) == 1


async def test_leave_is_short(world: World, browser: httpx.AsyncClient, path: str, later):
    leave = await token(browser, path)
    later(11 * clock.MINUTE)
    answer = await report(browser, path, token=leave)
    assert answer.status_code == 403
    assert answer.json()["error"]["ar"]
    assert world.clicks(include_bots=True) == []


async def test_leave_cannot_be_forged_or_borrowed(world: World, browser: httpx.AsyncClient, path: str):
    other = world.link(url="https://example.com/other")
    borrowed = await token(browser, f"/{other.short_id}/analytics.js")
    seq, until, id = "1", clock.now() + clock.HOUR, "01890000-0000-7000-8000-000000000000"
    forged = Seal(b"x" * 32).sign(f"{seq}.{until}.{id}", "embedded click")
    purpose = world.db.seal.sign(f"{seq}.{until}.{id}", "another purpose")
    mine = await token(browser, path)
    for wrong in (
        borrowed,
        forged,
        purpose,
        mine[:-1],
        "9" + mine,
        "",
        "..",
        None,
        7,
        {"a": 1},
        "\ud800",
        "\0",
    ):
        assert (await report(browser, path, token=wrong)).status_code == 403
    assert world.clicks(include_bots=True) == []


@pytest.mark.parametrize(
    ("origin", "url"),
    [
        ("https://evil.example", PAGE),
        ("https://example.com", "https://evil.example/"),
        ("https://example.com", ""),
        ("https://example.com", "\ud800"),
        ("https://example.com", "javascript:alert(1)"),
        ("null", PAGE),
    ],
)
async def test_the_page_is_looked_at_again(
    world: World, browser: httpx.AsyncClient, path: str, origin: str, url: str
):
    assert (await report(browser, path, origin, token=await token(browser, path), url=url)).status_code == 403
    assert world.clicks(include_bots=True) == []


@pytest.mark.parametrize(
    "session", ["", "short", "x" * 65, "with space", "a;b=c12345", None, "\ud800" * 9, "ünïcödé-session"]
)
async def test_a_session_that_is_none(world: World, browser: httpx.AsyncClient, path: str, session: object):
    answer = await report(browser, path, token=await token(browser, path), session=session)
    assert answer.status_code == 400
    assert world.clicks(include_bots=True) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"7",
        b"\xff",
        b"[" * 5_000,
        b'{"token":' + b"9" * 5_000 + b"}",
        b"x" * 20_000,
    ],
)
async def test_a_body_that_is_none(browser: httpx.AsyncClient, path: str, body: bytes):
    answer = await browser.post(path, content=body, headers={"origin": "https://example.com"})
    assert answer.status_code == 400
    assert set(answer.json()["error"]) == {"en", "ar"}


async def test_odd_words_are_stored_without_harm(world: World, browser: httpx.AsyncClient, path: str):
    odd = await token(browser, path)
    url, came_from = "https://example.com/\ud800\0" + "x" * 5_000, "https://news.example/\udfff\0"
    answer = await report(browser, path, token=odd, url=url, referrer=came_from)
    assert answer.status_code == 200
    (click,) = world.clicks()
    assert click.destination.startswith("https://example.com/?")
    assert len(click.destination) <= 2_048


async def test_browsers_may_ask_before(world: World, browser: httpx.AsyncClient, path: str):
    answer = await browser.options(path, headers={"origin": "https://example.com"})
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-methods"] == "GET, POST"
    assert (await browser.put(path)).status_code == 405


async def test_machines_are_flagged_here_too(world: World, lane: Lane, path: str):
    async with visitor(lane, agent="HeadlessChrome/120.0") as client:
        await report(client, path, token=await token(client, path))
    assert [click.bot for click in world.clicks(include_bots=True)] == [True]


async def test_the_scripts_own_address_cannot_break_out_of_it(browser: httpx.AsyncClient, path: str):
    text = await script(browser, path + "?x=</script><script>alert(1)//\"'%22%5c", referer=PAGE)
    assert "<" not in text.replace("i<12", "")
    (literal,) = re.findall(r'fetch\(("(?:[^"\\]|\\.)*"),', text)
    assert json.loads(literal).startswith(f"{PUBLIC}{path}?x=")
