"""The operations beside /api, through the whole server: redirect, QR codes, the two scripts, the capture."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from hyway import main
from hyway.domain import identity
from hyway.domain.identity import NewKey
from hyway.settings import Settings
from tests.apis.hoko.contract.contract import API, ARABIC, EDGE, differs, headers_differ, refusal_differs

PUBLIC = "https://go.example"
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/120.0.0.0 Safari/537.36"
)
PAGE = "https://www.shop.example/landing?a=1"


class Server:
    """The whole front, alive: people's browsers and programs with a key."""

    def __init__(self, app: Any, key: str) -> None:
        self.app, self.key = app, key

    def browser(self, base: str = PUBLIC) -> httpx.AsyncClient:
        inside = httpx.ASGITransport(self.app, client=("81.2.69.142", 5), raise_app_exceptions=False)
        return httpx.AsyncClient(transport=inside, base_url=base, headers={"User-Agent": CHROME})

    def program(self, base: str = PUBLIC) -> httpx.AsyncClient:
        client = self.browser(base)
        client.headers["Authorization"] = f"Bearer {self.key}"
        return client


@asynccontextmanager
async def living(app: Any) -> AsyncIterator[None]:
    """The application between its start-up and its shutdown, as a server runs it."""
    inbox: asyncio.Queue[dict[str, str]] = asyncio.Queue()
    said: asyncio.Queue[dict[str, str]] = asyncio.Queue()
    life = asyncio.ensure_future(app({"type": "lifespan", "asgi": {"version": "3.0"}}, inbox.get, said.put))
    await inbox.put({"type": "lifespan.startup"})
    assert (await said.get())["type"] == "lifespan.startup.complete"
    try:
        yield
    finally:
        await inbox.put({"type": "lifespan.shutdown"})
        assert (await said.get())["type"] == "lifespan.shutdown.complete"
        await life


@pytest.fixture
async def server(database_url: str, tmp_path: Path) -> AsyncIterator[Server]:
    environ = {"HYWAY_DATABASE_URL": database_url, "HYWAY_PUBLIC_URL": PUBLIC}
    settings = Settings.read(environ, data=tmp_path / "data")
    main.prepare(settings)
    db = main.open_database(settings)
    by = identity.command_line(db.write_now(identity.found_organization, "Acme", "self-hosted"))
    key = db.write_now(identity.issue_key, by, NewKey("hoko", "test")).secret
    db.close()
    app = main.build(settings)
    async with living(app):
        yield Server(app, key)


async def link(program: httpx.AsyncClient, **more: Any) -> dict[str, Any]:
    (shelf,) = (await program.post("/api/collections", json=[{"name": "Links"}])).json()
    new = {"url": "https://shop.example/p?x=1", "collectionId": shelf["id"], **more}
    answer = await program.post("/api/links", json=[new])
    assert answer.status_code == 201, answer.text
    return answer.json()[0]


TRIED = {
    "GET /{shortId}",
    "GET /qrcode",
    "GET /analytics.js",
    "GET /{shortId}/analytics.js",
    "POST /{shortId}/analytics.js",
}


def test_every_operation_beside_the_api_is_tried_here() -> None:
    assert set(EDGE) == TRIED


async def test_from_the_click_to_the_sale(server: Server) -> None:
    async with server.browser() as browser, server.program() as program:
        made = await link(program, utm={"source": "news"}, externalId="e", tenantId="t", shortId="spring")
        before = await browser.get("/nosuchlink")
        head = await browser.head("/spring")
        hop = await browser.get("/spring", headers={"Referer": "https://news.example/a"})
        clicks = (await program.get(f"/api/analytics?linkId={made['id']}")).json()
        scan = await browser.get(made["qrCode"] and "/spring?qr=1&utm_term=own")
        scans = (await program.get("/api/analytics?take=1")).json()
        click = parse_qs(urlsplit(hop.headers["location"]).query)["hoko_id"][0]
        who = {"customerExternalId": "c", "customerName": "Jo"}
        lead = await program.post("/api/track/lead", json={"clickId": click, "eventName": "Sign up", **who})
        sale = await program.post("/api/track/sale", json={"amount": 2400, "currency": "EUR", **who})
        summary = (await program.get("/api/analytics/summary")).json()
    assert (before.status_code, head.status_code) == (404, 302)
    assert hop.status_code == EDGE["GET /{shortId}"].success
    assert hop.headers["cache-control"] == "private, no-store"
    assert hop.headers["location"].startswith("https://shop.example/p?x=1&utm_source=news&hoko_id=")
    assert hop.headers["x-request-id"] == click
    (seen,) = clicks  # HEAD did not count
    assert differs(API["GET /api/analytics"].answer, clicks) == ""
    wanted = {
        "id": click, "linkId": made["id"], "shortId": "spring", "referrer": "https://news.example/a",
        "destination": "https://shop.example/p?x=1&utm_source=news", "utm": {"source": "news"}, "externalId": "e",
        "tenantId": "t", "browserName": "Chrome", "osName": "Windows", "deviceType": "desktop", "countryCode": "GB",
        "trigger": "link", "bot": False, "unique": True,
    }  # fmt: skip
    assert {name: seen[name] for name in wanted} == wanted
    assert scan.status_code == 302
    assert "qr=1" not in scan.headers["location"]
    assert (scans[0]["trigger"], scans[0]["utm"]) == ("qr", {"source": "news", "term": "own"})
    for answer, name in ((lead, "POST /api/track/lead"), (sale, "POST /api/track/sale")):
        assert answer.status_code == 201, answer.text
        assert differs(API[name].answer, answer.json()) == ""
        assert headers_differ(answer) == ""
        assert answer.json()["click"] == {"id": click}
    totals = summary["totals"]
    assert {name: totals[name] for name in ("clicks", "scans", "leads", "sales", "revenue")} == {
        "clicks": 2, "scans": 1, "leads": 1, "sales": 1, "revenue": {"eur": 2400}
    }  # fmt: skip


QR_REFUSED = [
    "", "text=", "text=a&size=0", "text=a&size=x", "text=a&size=100000", "text=a&errorCorrection=X",
    "text=a&foreground=red", "text=a&background=12345", "text=a&margin=-1", "text=a&format=gif", "text=" + "x" * 3000,
    "text=a&foreground=%00", "text=a&margin=%D9%A1", "&" * 200 + "text=a",
]  # fmt: skip


async def test_qr_codes(server: Server) -> None:
    async with server.browser() as browser, server.program() as program:
        made = await link(program)
        parts = urlsplit(made["qrCode"])
        said = parse_qs(parts.query)
        stated = EDGE["GET /qrcode"].query
        svg = await browser.get(made["qrCode"])
        png = await browser.get(
            "/qrcode", params={"text": "مرحبا 🎉", "format": "png", "size": 64, "margin": 0}
        )
        refused = {query: await browser.get(f"/qrcode?{query}") for query in QR_REFUSED}
    assert said["text"] == [f"{made['shortUrl']}?qr=1"]
    assert {name: facts["default"] for name, facts in stated.items() if "default" in facts} == {
        name: int(values[0]) if values[0].isdigit() and name in ("size", "margin") else values[0]
        for name, values in said.items() if name != "text"
    }  # fmt: skip
    assert (svg.status_code, svg.headers["content-type"]) == (200, EDGE["GET /qrcode"].content)
    assert (png.status_code, png.headers["content-type"], png.content[:4]) == (200, "image/png", b"\x89PNG")
    for query, answer in refused.items():
        assert answer.status_code == 400, query[:60]
        assert set(answer.json()) == {"error"}
        assert ARABIC.search(answer.json()["error"]["ar"])


def leave(script: str) -> tuple[str, str]:
    """The address and the token that a capture script would use."""
    url = re.search(r'fetch\("((?:[^"\\]|\\.)*)"', script)
    token = re.search(r'token:("(?:[^"\\]|\\.)*")', script)
    assert url
    assert token
    return json.loads(f'"{url[1]}"'), json.loads(token[1])


async def test_scripts_and_captures(server: Server) -> None:
    asked = (
        "utm_source=blog&utm_medium=post&utm_campaign=c&utm_term=t&utm_content=n&referral=later&ref=friend"
    )
    on_page = {"Referer": PAGE}
    async with server.browser() as browser, server.program() as program:
        made = await link(program, shortId="emb")
        plain = await browser.get("/analytics.js")
        script = await browser.get(f"/emb/analytics.js?{asked}", headers=on_page)
        for headers in (
            {},
            {"Referer": "https://evil.example/"},
            {"Origin": "https://shop.example.evil.example"},
        ):
            idle = await browser.get("/emb/analytics.js", headers=headers)
            assert (idle.status_code, "fetch" in idle.text) == (200, False)
        missing = await browser.get("/nosuch/analytics.js", headers=on_page)
        url, token = leave(script.text)
        body = {"token": token, "url": PAGE, "session": "s" * 24, "referrer": "https://search.example/"}
        away = {"Origin": "https://www.shop.example"}
        stored = [await browser.post(url, content=json.dumps(body), headers=away) for _ in range(3)]
        clicks = (await program.get(f"/api/analytics?linkId={made['id']}")).json()
        refused = await captures_refused(browser, url, body)
        after = (await program.get(f"/api/analytics?linkId={made['id']}&includeBots=true")).json()
    for answer in (plain, script, missing):
        assert answer.status_code == 200
        assert answer.headers["content-type"].partition(";")[0] == EDGE["GET /analytics.js"].content
    assert len(plain.content) < 2_048
    assert len(script.content) < 2_048
    assert "fetch" not in missing.text
    assert "no-store" in script.headers["cache-control"]
    assert {answer.status_code for answer in stored} == {200}
    (seen,) = clicks  # a report sent thrice is one click
    assert {answer.json()["id"] for answer in stored} == {seen["id"]}
    assert seen["utm"] == {
        "source": "blog", "medium": "post", "campaign": "c", "term": "t", "content": "n", "referral": "friend"
    }  # fmt: skip
    assert (seen["trigger"], seen["destination"], seen["visitorSessionId"]) == ("embed", PAGE, "s" * 24)
    for what, status, answer in refused:
        assert answer.status_code == status, (what, answer.text)
        assert ARABIC.search(answer.json()["error"]["ar"]), what
    assert after == clicks


async def captures_refused(
    browser: Any, url: str, body: dict[str, Any]
) -> list[tuple[str, int, httpx.Response]]:
    """Reports that are no click, each with its status."""
    here = {"Origin": "https://shop.example"}
    cases: list[tuple[str, int, Any, dict[str, str]]] = [
        ("empty", 400, b"", here),
        ("no JSON", 400, b"{", here),
        ("a list", 400, b"[]", here),
        ("no UTF-8", 400, b'{"token":"\xff"}', here),
        ("deep", 400, b"[" * 8_000, here),
        ("too long", 400, b'{"x":"' + b"x" * 9_000 + b'"}', here),
        ("no token", 403, {**body, "token": ""}, here),
        (
            "a false token",
            403,
            {**body, "token": body["token"][:-2] + ("yy" if body["token"].endswith("xx") else "xx")},
            here,
        ),
        ("a token with a surrogate", 403, {**body, "token": "\ud800"}, here),
        ("a token that is a list", 403, {**body, "token": [1]}, here),
        ("another origin", 403, body, {"Origin": "https://evil.example"}),
        ("no origin", 403, body, {}),
        ("another page", 403, {**body, "url": "https://evil.example/"}, here),
        ("a page with a surrogate", 403, {**body, "url": "https://\ud800.example/"}, here),
        ("no page", 403, {**body, "url": None}, here),
        ("a short session", 400, {**body, "session": "x"}, here),
        ("a session with a line", 400, {**body, "session": "x" * 20 + "\n"}, here),
    ]
    found = []
    for what, status, sent, headers in cases:
        content = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
        found.append((what, status, await browser.post(url, content=content, headers=headers)))
    return found


async def test_a_surrogate_in_a_report_is_stored_as_what_can_be_stored(server: Server) -> None:
    async with server.browser() as browser, server.program() as program:
        made = await link(program, shortId="emb")
        url, token = leave((await browser.get("/emb/analytics.js", headers={"Referer": PAGE})).text)
        odd = {
            "token": token,
            "url": PAGE + "&q=\ud800\0",
            "session": "s" * 24,
            "referrer": "https://x.example/\udfff\0",
        }
        answer = await browser.post(url, content=json.dumps(odd), headers={"Origin": "https://shop.example"})
        clicks = await program.get(f"/api/analytics?linkId={made['id']}")
    assert answer.status_code == 200, answer.text
    assert clicks.status_code == 200
    assert [each["id"] for each in clicks.json()] == [answer.json()["id"]]
    assert differs(API["GET /api/analytics"].answer, clicks.json()) == ""


async def test_under_a_name_that_is_not_ours(server: Server) -> None:
    """An unknown Host: the API refuses in its own voice, a short link leads nowhere and counts nothing."""
    strange = "https://evil.example"
    async with server.program() as program, server.program(strange) as elsewhere:
        made = await link(program, shortId="here")
        for method in ("GET", "POST", "DELETE"):
            answer = await elsewhere.request(method, "/api/links", json=[made["id"]])
            assert refusal_differs(answer, 404) == ""
            assert answer.json()["error"]["en"] == "Not found"
        for path in ("/here", "/here/analytics.js", "/qrcode?text=a", "/analytics.js"):
            answer = await elsewhere.get(path)
            assert answer.status_code == 404, path
            assert "location" not in answer.headers
        clicks = (await program.get("/api/analytics?includeBots=true")).json()
        kept = (await program.get("/api/links")).json()
    assert clicks == []
    assert [each["id"] for each in kept] == [made["id"]]
