"""A customer's web site: pages under a strict content policy, whose server tells Hyway of leads and sales."""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

BRAND, WWW, FOREIGN = "brand.example", "www.brand.example", "foreign.example"
"""Names that the tests' browser leads to the shop."""

LANDING = """<h1>Tea from the mountain</h1>
<form method="post" action="/sign-up"><label>Name <input name="name"></label>
<label>E-mail <input name="email" type="email"></label><button>Sign up</button></form>"""
ACCOUNT = '<h1>Welcome, {name}</h1><form method="post" action="/buy"><button>Buy for 24 euro</button></form>'


@dataclass
class Shop:
    """Where the shop is, and what Hyway answered to what it told."""

    port: int
    hyway: str
    key: str
    told: list[httpx.Response] = field(default_factory=list)

    def url(self, path: str = "/", host: str = "shop.localhost") -> str:
        return f"http://{host}:{self.port}{path}"

    def embed(self, short_id: str, query: str = "", host: str = BRAND) -> str:
        """A page of this site with the script of one short link, where `query` stands on the script's own URL."""
        return self.url(f"/embed/{short_id}?{query}", host)

    def tell(self, what: str, body: dict[str, Any]) -> None:
        """One conversion, told by the shop's server."""
        headers = {"Authorization": f"Bearer {self.key}"}
        self.told.append(httpx.post(f"{self.hyway}/api/track/{what}", json=body, headers=headers))

    def sign_up(self, name: str, email: str, click: str) -> str:
        lead = {"clickId": click, "eventName": "Sign up", "customerExternalId": email, "customerName": name}
        self.tell("lead", {**lead, "customerEmail": email})
        return email

    def buy(self, customer: str, name: str) -> None:
        self.tell(
            "sale",
            {"customerExternalId": customer, "customerName": name, "amount": 2400, "currency": "eur"},
        )


@contextlib.contextmanager
def selling(hyway: str, key: str) -> Iterator[Shop]:
    """A shop on a free port of the loopback that knows the server's public address and has a key."""
    shop = Shop(0, hyway, key)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(shop))
    shop.port = server.server_port
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield shop
    finally:
        server.shutdown()
        server.server_close()


def _handler(shop: Shop) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            embedded = parts.path.removeprefix("/embed/") if parts.path.startswith("/embed/") else ""
            if embedded:
                query = "?" + parts.query if parts.query else ""
                self._page("<h1>An article</h1>", f"/{embedded}/analytics.js{query}")
            elif parts.path == "/account":
                self._page(ACCOUNT.format(name=escape(self._cookie("name"))), "/analytics.js")
            elif parts.path == "/thanks":
                self._page("<h1>Thank you</h1>", "/analytics.js")
            elif parts.path == "/":
                self._page(LANDING, "/analytics.js")
            else:
                self.send_error(404)

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            sent = {name: values[0] for name, values in parse_qs(raw).items()}
            if self.path == "/sign-up":
                customer = shop.sign_up(sent["name"], sent["email"], self._cookie("hoko_id"))
                self._go("/account", customer=customer, name=sent["name"])
            else:
                shop.buy(self._cookie("customer"), self._cookie("name"))
                self._go("/thanks")

        def _cookie(self, name: str) -> str:
            kept = SimpleCookie(self.headers.get("Cookie") or "")
            return kept[name].value if name in kept else ""

        def _page(self, body: str, script: str) -> None:
            policy = (
                f"default-src 'none'; script-src {shop.hyway}; connect-src {shop.hyway};"
                " img-src data:; form-action 'self'; base-uri 'none'"
            )
            page = (
                '<!doctype html><html lang="en"><meta charset="utf-8"><title>Mountain Tea</title>'
                f'<link rel="icon" href="data:,"><body>{body}'
                f'<script src="{escape(shop.hyway + script)}" defer></script></body></html>'
            ).encode()
            self._answer(200, page, {"Content-Type": "text/html", "Content-Security-Policy": policy})

        def _go(self, path: str, **cookies: str) -> None:
            self._answer(303, b"", {"Location": path}, cookies)

        def _answer(
            self, status: int, body: bytes, headers: dict[str, str], cookies: dict[str, str] | None = None
        ) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            kept: SimpleCookie = SimpleCookie(cookies or {})
            for morsel in kept.values():
                self.send_header("Set-Cookie", morsel.OutputString())
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler
