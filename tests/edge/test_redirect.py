"""From a short link to its destination: what is answered, what is counted, and what never is."""

import asyncio
import re
from typing import Any

import httpx
import pytest

from hyway.domain import links
from hyway.edge.redirect import Lane
from hyway.kernel import clock
from tests.make.world import ANDROID, DESKTOP, IPHONE, PUBLIC, World, make_lane, open_database, visitor

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"
GERMAN_IP = "85.214.132.117"


def every(world: World) -> list[Any]:
    return world.clicks(include_bots=True, take=1000, ascending=True)


def split(answer: httpx.Response) -> tuple[str, str]:
    """The Location without its click id, and the id."""
    found = re.search(rf"[?&]hoko_id=({UUID})", answer.headers["location"])
    assert found
    return answer.headers["location"].replace(found[0], ""), found[1]


async def test_a_plain_redirect(world: World, browser: httpx.AsyncClient):
    link = world.link(url="https://example.com/p?x=1#f")
    answer = await browser.get(
        f"/{link.short_id}",
        headers={"referer": "https://news.example/a", "accept-language": "de-CH,de;q=0.9"},
    )
    (click,) = world.clicks()  # visible to the very next request
    assert answer.status_code == 302
    assert answer.headers["location"] == f"https://example.com/p?x=1&hoko_id={click.id}#f"
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["content-length"] == "0"
    assert answer.headers["x-request-id"] == click.id
    assert answer.content == b""
    assert sorted(answer.headers) == sorted(
        ["location", "cache-control", "set-cookie", "content-length", "x-request-id"]
    )
    assert (click.destination, click.referrer, click.language) == (
        "https://example.com/p?x=1#f",
        "https://news.example/a",
        "de-CH",
    )
    assert (click.city, click.browser_name, click.trigger, click.bot, click.first) == (
        "London",
        "Chrome",
        "link",
        False,
        True,
    )


async def test_cookies(world: World, browser: httpx.AsyncClient):
    link, other = world.link(), world.link()
    answer = await browser.get(f"/{link.short_id}")
    visitor_line, session_line = answer.headers.get_list("set-cookie")
    (click,) = world.clicks()
    assert (
        visitor_line
        == f"hoko_visitor={click.visitor_id}; Max-Age=7776000; Path=/; HttpOnly; SameSite=Lax; Secure"
    )
    assert (
        session_line
        == f"hoko_session={click.session_id}; Max-Age=1800; Path=/; HttpOnly; SameSite=Lax; Secure"
    )
    await browser.get(f"/{other.short_id}")
    first, second = every(world)
    assert (first.visitor_id, first.session_id) == (second.visitor_id, second.session_id)
    assert second.first


async def test_cookies_are_not_secure_where_there_is_no_https(world: World):
    lane = make_lane(world, public_url="http://go.example")
    await lane.start()
    async with visitor(lane, base_url="http://go.example") as client:
        answer = await client.get(f"/{world.link().short_id}")
    await lane.stop()
    assert len(answer.headers.get_list("set-cookie")) == 2
    assert "Secure" not in str(answer.headers)


async def test_a_visitor_who_refuses_cookies_is_still_one(world: World, lane: Lane):
    link = world.link()
    for _ in range(2):
        async with visitor(lane) as client:
            await client.get(f"/{link.short_id}")
    async with visitor(lane, agent=IPHONE) as client:
        await client.get(f"/{link.short_id}")
    one, again, another = every(world)
    assert one.visitor_id == again.visitor_id != another.visitor_id
    assert [one.first, again.first, another.first] == [True, False, True]
    assert one.session_id != again.session_id


@pytest.mark.parametrize(
    "value", ["short", "x" * 65, "with space here", "<script>alert(1)</script>", "a;b", "ünïcödé-visitor"]
)
async def test_a_cookie_that_is_not_ours_is_not_believed(world: World, lane: Lane, value: str):
    link = world.link()
    async with visitor(lane) as client:
        await client.get(f"/{link.short_id}", headers=[(b"cookie", f"hoko_visitor={value}".encode())])
    assert re.fullmatch("[0-9a-f]{24}", every(world)[0].visitor_id)


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        (
            "https://bücher.example/ü?x=é#ñ",
            b"https://xn--bcher-kva.example/%C3%BC?x=%C3%A9&hoko_id=ID#%C3%B1",
        ),
        ("https://example.com", b"https://example.com/?hoko_id=ID"),
        ("https://example.com/?hoko_id=old&a=%2F", b"https://example.com/?a=%2F&hoko_id=ID"),
        ("https://example.com/a?b#c?d", b"https://example.com/a?b&hoko_id=ID#c?d"),
    ],
)
async def test_the_location_to_the_byte(world: World, browser: httpx.AsyncClient, url: str, sent: bytes):
    answer = await browser.get(f"/{world.link(url=url).short_id}")
    raw = dict(answer.headers.raw)[b"location"]
    assert raw == sent.replace(b"ID", world.clicks()[0].id.encode())


@pytest.mark.parametrize(
    ("policy", "found"),
    [
        ("visitor", "https://example.com/?a=1&b=v&c=%C3%A9"),
        ("link", "https://example.com/?a=1&b=2&c=%C3%A9"),
        ("off", "https://example.com/?a=1&b=2"),
    ],
)
async def test_the_visitors_query(world: World, browser: httpx.AsyncClient, policy: str, found: str):
    link = world.link(url="https://example.com/?a=1&b=2", forward_query=policy)
    answer = await browser.get(f"/{link.short_id}?b=v&c=%C3%A9&qr=1&bot=0&hoko_id=theirs")
    assert split(answer)[0] == found
    assert every(world)[0].destination == found


async def test_a_long_query_is_passed_on_whole(world: World, browser: httpx.AsyncClient):
    long = "x" * 4_000
    answer = await browser.get(f"/{world.link().short_id}?token={long}")
    assert f"token={long}&" in answer.headers["location"]


async def test_utm_is_added_and_kept(world: World, browser: httpx.AsyncClient):
    link = world.link(utm={"source": "news letter", "referral": "r"})
    answer = await browser.get(f"/{link.short_id}?utm_medium=visitor")
    assert split(answer)[0] == "https://example.com/?utm_source=news+letter&ref=r&utm_medium=visitor"
    assert every(world)[0].utm == {"source": "news letter", "referral": "r", "medium": "visitor"}


async def test_a_scan_of_the_qr_code(world: World, browser: httpx.AsyncClient):
    answer = await browser.get(f"/{world.link().short_id}?qr=1")
    assert split(answer)[0] == "https://example.com/"
    assert every(world)[0].trigger == "qr"


async def test_head_is_answered_and_never_counts(world: World, browser: httpx.AsyncClient):
    link = world.link(url="https://example.com/?a=1")
    answer = await browser.head(f"/{link.short_id}")
    assert (answer.status_code, answer.headers["location"]) == (302, "https://example.com/?a=1")
    assert answer.headers["cache-control"] == "private, no-store"
    for path in (
        "/nothing",
        f"/{world.link(password='p').short_id}",
        f"/{world.link(cloaked=True).short_id}",
    ):
        assert (await browser.head(path)).content == b""
    assert every(world) == []


@pytest.mark.parametrize(
    "headers",
    [
        {"user-agent": "curl/8.5"},
        {"user-agent": ""},
        {"sec-purpose": "prefetch;prerender"},
        {"purpose": "prefetch"},
        {"x-moz": "prefetch"},
    ],
)
async def test_machines_are_sent_on_and_flagged(
    world: World, browser: httpx.AsyncClient, headers: dict[str, str]
):
    answer = await browser.get(f"/{world.link().short_id}", headers=headers)
    assert answer.status_code == 302
    assert [click.bot for click in every(world)] == [True]
    assert world.clicks() == []


async def test_whoever_says_to_be_a_bot_is_one(world: World, browser: httpx.AsyncClient):
    await browser.get(f"/{world.link().short_id}?bot=1")
    assert every(world)[0].bot


async def test_social_networks_get_a_card(world: World, browser: httpx.AsyncClient):
    link = world.link(
        url="https://example.com/x",
        title='A "title" <b>',
        description="D & d",
        image="https://example.com/i.png",
    )
    answer = await browser.get(f"/{link.short_id}", headers={"user-agent": "Twitterbot/1.0"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    for wanted in (
        '<meta property="og:title" content="A &#34;title&#34; &lt;b&gt;">',
        '<meta property="og:description" content="D &amp; d">',
        '<meta property="og:image" content="https://example.com/i.png">',
        f'<meta property="og:url" content="{PUBLIC}/{link.short_id}">',
    ):
        assert wanted in answer.text
    assert "<b>" not in answer.text
    assert [click.bot for click in every(world)] == [True]


DEVICES = {
    "ios": "https://ios.example/",
    "android": "https://android.example/",
    "geo": {"GB": "https://gb.example/", "DE": "https://de.example/"},
}


@pytest.mark.parametrize(
    ("agent", "ip", "where"),
    [
        (IPHONE, "81.2.69.142", "https://ios.example/"),
        (ANDROID, "81.2.69.142", "https://android.example/"),
        (DESKTOP, "81.2.69.142", "https://gb.example/"),
        (DESKTOP, GERMAN_IP, "https://de.example/"),
        (DESKTOP, "10.0.0.1", "https://example.com/"),
    ],
)
async def test_device_comes_before_country_before_everybody(
    world: World, lane: Lane, agent: str, ip: str, where: str
):
    link = world.link(**DEVICES)
    async with visitor(lane, agent, ip) as client:
        answer = await client.get(f"/{link.short_id}")
    assert split(answer)[0] == where
    assert every(world)[0].destination == where


async def test_only_a_trusted_proxy_is_believed(world: World):
    link = world.link(geo={"DE": "https://de.example/"})
    for trusted, where in ((("10.0.0.0/8",), "https://de.example/"), ((), "https://example.com/")):
        lane = make_lane(world, trusted_proxies=trusted)
        await lane.start()
        async with visitor(lane, ip="10.0.0.1") as client:
            answer = await client.get(
                f"/{link.short_id}", headers={"x-forwarded-for": f"1.1.1.1, {GERMAN_IP}, 10.2.2.2"}
            )
        await lane.stop()
        assert split(answer)[0] == where


async def test_precedence(world: World, browser: httpx.AsyncClient):
    """Expired, password, device, geo, url; then cloaking says how."""
    link = world.link(
        password="p", cloaked=True, expires_at=1, expired_url="https://late.example/", **DEVICES
    )
    path = f"/{link.short_id}"
    late = await browser.get(path)
    assert (late.status_code, late.headers["location"]) == (302, "https://late.example/")
    world.change(link, expires_at=None)
    asked = await browser.get(path)
    assert asked.status_code == 200
    assert 'type="password"' in asked.text
    assert every(world) == []
    world.change(link, password=None)
    framed = await browser.get(path, headers={"user-agent": IPHONE})
    assert framed.status_code == 200
    assert '<iframe src="https://ios.example/?hoko_id=' in framed.text
    world.change(link, ios=None, android=None)
    assert '<iframe src="https://gb.example/?hoko_id=' in (await browser.get(path)).text
    world.change(link, geo=None)
    assert '<iframe src="https://example.com/?hoko_id=' in (await browser.get(path)).text
    world.change(link, cloaked=False)
    assert split(await browser.get(path))[0] == "https://example.com/"


async def test_expiry(world: World, browser: httpx.AsyncClient, later):
    link = world.link(expires_at=clock.now() + clock.HOUR)
    assert (await browser.get(f"/{link.short_id}")).status_code == 302
    later(2 * clock.HOUR)
    answer = await browser.get(f"/{link.short_id}")
    assert answer.status_code == 410
    assert "expired" in answer.text
    assert answer.headers["cache-control"] == "private, no-store"
    assert "set-cookie" not in answer.headers
    assert len(every(world)) == 1


@pytest.mark.parametrize(
    "path", ["/nothing", "/no/such/path", "/" + "x" * 65, "/ü", "/a%00b", "/%F0%9F%98%80", "//", "/nothing/"]
)
async def test_an_unknown_link_gets_a_page_for_people(world: World, browser: httpx.AsyncClient, path: str):
    answer = await browser.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "no such short link" in answer.text
    assert "<script" not in answer.text


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "POST", "TRACE"])
async def test_a_link_can_only_be_opened(world: World, browser: httpx.AsyncClient, method: str):
    answer = await browser.request(method, f"/{world.link().short_id}")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
    assert every(world) == []


async def test_case_matters(world: World, browser: httpx.AsyncClient):
    world.link(short_id="Abc")
    assert (await browser.get("/Abc")).status_code == 302
    assert (await browser.get("/abc")).status_code == 404


HOSTILE = [
    "</iframe><script>alert(1)</script>",
    '" onload="alert(1)',
    "javascript:alert(1)//",
    "{{ 7 * 7 }}",
    "</title><script>x</script>",
]


@pytest.mark.parametrize("text", HOSTILE)
async def test_a_cloaked_page_cannot_be_scripted_into(world: World, browser: httpx.AsyncClient, text: str):
    link = world.link(url="https://example.com/?q=" + "'%22%3Cscript%3E", title=text, cloaked=True)
    answer = await browser.get(f"/{link.short_id}?x=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&y='onload='x")
    assert answer.status_code == 200
    assert "<script" not in answer.text
    assert answer.text.count("<iframe") == 1
    tag = re.search(r"<iframe [^>]*>", answer.text)
    assert tag
    assert re.findall(r' ([a-z]+)="', tag[0]) == ["src", "title", "referrerpolicy", "allow", "sandbox"]
    assert "onload" not in re.sub(r'"[^"]*"', "", tag[0])
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["cache-control"] == "private, no-store"


async def test_a_change_is_visible_at_once(world: World, browser: httpx.AsyncClient):
    link = world.link()
    path = f"/{link.short_id}"
    assert split(await browser.get(path))[0] == "https://example.com/"
    world.change(link, url="https://new.example/")
    assert split(await browser.get(path))[0] == "https://new.example/"
    world.db.write_now(links.drop, world.by, [link.id])
    assert (await browser.get(path)).status_code == 404


async def test_a_miss_is_remembered_and_forgotten_on_creation(
    world: World, browser: httpx.AsyncClient, lane: Lane
):
    assert (await browser.get("/soon")).status_code == 404
    assert lane._table.get("soon") is not None
    world.link(short_id="soon")
    assert (await browser.get("/soon")).status_code == 302


async def test_a_change_by_another_process_is_seen_soon(
    world: World, browser: httpx.AsyncClient, database_url: str
):
    world.db.start()
    link = world.link()
    path = f"/{link.short_id}"
    assert (await browser.get(path)).status_code == 302
    assert (await browser.get("/soon")).status_code == 404
    other = open_database(database_url)
    there = World(other, world.by, world.collection)
    there.change(link, url="https://new.example/")
    there.link(short_id="soon")
    other.close()
    seen = soon = 0
    for _ in range(200):
        seen = split(await browser.get(path))[0] == "https://new.example/"
        soon = (await browser.get("/soon")).status_code
        if seen and soon == 302:
            break
        await asyncio.sleep(0.02)
    assert (seen, soon) == (True, 302)


async def test_the_click_can_be_converted_at_once(world: World, browser: httpx.AsyncClient):
    from hyway.domain import attribution

    _, id = split(await browser.get(f"/{world.link().short_id}"))
    new = attribution.NewSale(attribution.CustomerWish("joe", "Joe"), 100, click_id=id)
    assert (await world.db.write(attribution.track_sale, world.by, new)).click_id == id


async def test_many_visitors_at_once_each_have_their_click(world: World, lane: Lane):
    made = [world.link() for _ in range(5)]
    async with visitor(lane) as client:
        answers = await asyncio.gather(*(client.get(f"/{made[i % 5].short_id}") for i in range(300)))
    ids = {split(answer)[1] for answer in answers}
    assert len(ids) == 300
    assert {click.id for click in every(world)} == ids
    assert lane.stats()["clicks"] == 300
    assert lane.stats()["commits"] < 300
