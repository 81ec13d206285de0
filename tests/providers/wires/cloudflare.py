"""Cloudflare's API of zones and records, as its pages document it, on the loopback."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.make.loopback import Reply, Request, serving

TOKEN = "a-token-of-cloudflare"
ACCOUNT = "a" * 32
Row = dict[str, Any]


class Cloudflare:
    """`reply` answers instead of it, while there is one; `said` is what was asked."""

    def __init__(self) -> None:
        self.zones: dict[str, Row] = {}
        self.records: dict[str, dict[str, Row]] = {}
        self.reply: Any = None
        self.loses: str = ""
        """A method whose next answer is lost after the work is done."""
        self.said: list[str] = []
        self._ids = count(1)

    def zone(self, name: str) -> str:
        id = f"{next(self._ids):032x}"
        self.zones[id] = {
            "id": id,
            "name": name,
            "status": "pending",
            "name_servers": ["ada.ns.cloudflare.com", "bob.ns.cloudflare.com"],
            "account": {"id": ACCOUNT, "name": "Acme"},
        }
        self.records[id] = {}
        return id

    def record(self, zone: str, name: str, type: str, content: str) -> str:
        id = f"{next(self._ids):032x}"
        self.records[zone][id] = {
            "id": id,
            "name": name,
            "type": type,
            "content": content,
            "ttl": 300,
            "proxiable": True,
            "proxied": False,
            "created_on": "2026-01-01T00:00:00Z",
            "modified_on": "2026-01-01T00:00:00Z",
        }
        return id

    def answer(self, asked: Request) -> Reply | None:
        parts = urlsplit(asked.path)
        self.said.append(f"{asked.method} {parts.path}")
        if self.reply is not None:
            given: Reply | None = self.reply(asked)
            return given
        if asked.headers.get("Authorization") != f"Bearer {TOKEN}":
            return refused(403, 9109, "Invalid access token")
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        sent = json.loads(asked.body) if asked.body else {}
        reply = self._found(asked.method, parts.path.removeprefix("/client/v4"), query, sent)
        if self.loses == asked.method:
            self.loses = ""
            return None
        return reply

    def _found(self, method: str, path: str, query: Row, sent: Row) -> Reply:
        if path == "/zones":
            return self._page(query) if method == "GET" else self._create(sent)
        if one := re.fullmatch(r"/zones/([0-9a-f]{32})", path):
            return self._zone(method, one[1])
        if many := re.fullmatch(r"/zones/([0-9a-f]{32})/dns_records(?:/([0-9a-f]{32}))?", path):
            return self._record(method, many[1], many[2], query, sent)
        return refused(404, 7003, "Could not route to the path")

    def _page(self, query: Row) -> Reply:
        found = [
            each
            for each in self.zones.values()
            if query.get("name", each["name"]) == each["name"]
            and query.get("account.id", ACCOUNT) == each["account"]["id"]
        ]
        return paged(found, query)

    def _create(self, sent: Row) -> Reply:
        if any(each["name"] == sent["name"] for each in self.zones.values()):
            return refused(400, 1061, f"{sent['name']} already exists")
        if sent["account"]["id"] != ACCOUNT:
            return refused(403, 0, "Requires permission com.cloudflare.api.account.zone.create")
        return good(self.zones[self.zone(sent["name"])])

    def _zone(self, method: str, id: str) -> Reply:
        if id not in self.zones:
            return refused(404, 1001, "Invalid zone identifier")
        if method == "DELETE":
            del self.zones[id]
            return good({"id": id})
        return good(self.zones[id])

    def _record(self, method: str, zone: str, id: str | None, query: Row, sent: Row) -> Reply:
        if zone not in self.zones:
            return refused(404, 7003, "Could not find the zone")
        mine = self.records[zone]
        if id is not None and id not in mine:
            return refused(404, 81044, "Record does not exist.")
        if method == "GET":
            name, kind = query.get("name.exact"), query.get("type")
            found = [
                each
                for each in mine.values()
                if name in (None, each["name"]) and kind in (None, each["type"])
            ]
            return paged(found, query)
        if method == "DELETE":
            del mine[id or ""]
            return good({"id": id})
        return self._written(mine, zone, id, sent)

    def _written(self, mine: dict[str, Row], zone: str, id: str | None, sent: Row) -> Reply:
        if sent["type"] == "CNAME" and any(
            each["name"] == sent["name"] and each["id"] != id for each in mine.values()
        ):
            return refused(400, 81053, "An A, AAAA, or CNAME record with that host already exists.")
        if id is None:
            id = self.record(zone, sent["name"], sent["type"], sent["content"])
        mine[id] |= sent
        return good(mine[id])


def good(result: Any, **more: Any) -> Reply:
    body = {"success": True, "errors": [], "messages": [], "result": result, **more}
    return 200, {"Content-Type": "application/json"}, json.dumps(body).encode()


def refused(status: int, code: int, text: str) -> Reply:
    body = {"success": False, "errors": [{"code": code, "message": text}], "messages": [], "result": None}
    return status, {"Content-Type": "application/json"}, json.dumps(body).encode()


def paged(found: list[Row], query: Row) -> Reply:
    page, size = int(query.get("page", 1)), int(query.get("per_page", 20))
    part = found[(page - 1) * size : page * size]
    info = {"page": page, "per_page": size, "count": len(part), "total_count": len(found)}
    return good(part, result_info=info)


@contextmanager
def cloudflare() -> Iterator[tuple[Cloudflare, str]]:
    """The vendor, and its address."""
    made = Cloudflare()
    with serving(made.answer, ("GET", "POST", "PUT", "PATCH", "DELETE"), "HTTP/1.1") as port:
        yield made, f"http://127.0.0.1:{port}"
