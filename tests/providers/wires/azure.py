"""Azure's sign-in and its management API of zones and subscriptions, as its pages document them, on the loopback."""

import json
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.make.loopback import Reply, Request, serving

TENANT = "11111111-1111-4111-8111-111111111111"
CLIENT = "22222222-2222-4222-8222-222222222222"
SUBSCRIPTION = "33333333-3333-4333-8333-333333333333"
SECRET = "a-secret-of-azure"
_ZONES = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Network/dnszones"
_ZONE = re.compile(
    rf"/subscriptions/{SUBSCRIPTION}/resourceGroups/(?P<group>[^/]+)/providers/Microsoft.Network/dnsZones"
    r"/(?P<zone>[^/]+)(?:/(?P<kind>[^/]+)(?:/(?P<name>[^/]+))?)?"
)
_PAGE = 2
Row = dict[str, Any]


class Azure:
    """`reply` answers management instead of it, while there is one; `said` is what was asked."""

    def __init__(self) -> None:
        self.address = ""
        self.zones: dict[str, Row] = {}
        self.sets: dict[str, dict[tuple[str, str], Row]] = {}
        self.subscriptions = [self._subscription(SUBSCRIPTION, "Main")]
        self.tenants: list[Row] = [{"tenantId": TENANT, "displayName": "Acme", "defaultDomain": "acme.test"}]
        self.reply: Any = None
        self.said: list[str] = []
        self.tokens = {"made": "eyJ-made-here", "person": "eyJ-of-a-person"}

    def more_subscriptions(self, count: int) -> None:
        ids = [f"{at:08x}-0000-4000-8000-000000000000" for at in range(1, count + 1)]
        self.subscriptions += [self._subscription(id, f"Sub {id[:8]}") for id in ids]

    def _subscription(self, id: str, name: str) -> Row:
        told = {"id": f"/subscriptions/{id}", "subscriptionId": id, "displayName": name}
        return {**told, "tenantId": TENANT, "state": "Enabled"}

    def zone(self, name: str, group: str = "dns") -> str:
        id = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{group}/providers/Microsoft.Network/dnszones/{name}"
        servers = [f"ns{at}-01.azure-dns.com." for at in (1, 2)]
        self.zones[id.lower()] = {
            "id": id,
            "name": name,
            "type": "Microsoft.Network/dnszones",
            "location": "global",
            "properties": {"nameServers": servers, "zoneType": "Public"},
        }
        self.sets[id.lower()] = {("SOA", "@"): {"TTL": 3600}, ("NS", "@"): {"TTL": 3600}}
        return id

    def answer(self, asked: Request) -> Reply | None:
        parts = urlsplit(asked.path)
        path = unquote(parts.path)
        self.said.append(f"{asked.method} {path}")
        if path.startswith(f"/{TENANT}/"):
            return self._sign_in(path, asked.body)
        if self.reply is not None:
            given: Reply | None = self.reply(asked)
            return given
        if asked.headers.get("Authorization", "").removeprefix("Bearer ") not in self.tokens.values():
            return refused(401, "InvalidAuthenticationToken", "The access token is invalid.")
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        return self._managed(asked, path, query)

    def _sign_in(self, path: str, body: bytes) -> Reply:
        if path.endswith("/.well-known/openid-configuration"):
            own = f"{self.address}/{TENANT}"
            return good(
                {
                    "issuer": f"{own}/v2.0",
                    "authorization_endpoint": f"{own}/oauth2/v2.0/authorize",
                    "token_endpoint": f"{own}/oauth2/v2.0/token",
                }
            )
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        if form.get("client_secret") != SECRET or form.get("client_id") != CLIENT:
            told = {
                "error": "invalid_client",
                "error_description": "AADSTS7000215: Invalid client secret provided.",
            }
            return good(told, 401)
        return good({"token_type": "Bearer", "expires_in": 3599, "access_token": self.tokens["made"]})

    def _managed(self, asked: Request, path: str, query: Row) -> Reply:
        lists = {
            "/subscriptions": self.subscriptions,
            "/tenants": self.tenants,
            _ZONES: [self._told(id) for id in self.zones],
        }
        if path in lists:
            return self._paged(path, lists[path], query)
        one = [each for each in self.subscriptions if path == f"/subscriptions/{each['subscriptionId']}"]
        if one:
            return good(one[0])
        found = _ZONE.fullmatch(path)
        if found is None:
            return refused(404, "SubscriptionNotFound", "The subscription could not be found.")
        sent = json.loads(asked.body) if asked.body else {}
        return self._zone(asked, found, query, sent)

    def _told(self, id: str) -> Row:
        zone = self.zones[id]
        return zone | {"properties": {**zone["properties"], "numberOfRecordSets": len(self.sets[id])}}

    def _zone(self, asked: Request, found: re.Match[str], query: Row, sent: Row) -> Reply:
        group, name, kind = found["group"], found["zone"], found["kind"]
        id = found.string.split(f"/{name}", 1)[0].lower() + f"/{name}".lower()
        if kind is None and asked.method == "PUT":
            if id in self.zones and asked.headers.get("If-None-Match") == "*":
                return refused(
                    412, "PreconditionFailed", "The Zone exists already and hence cannot be created again."
                )
            self.zone(name, group)
            return good(self._told(id), 201)
        if id not in self.zones:
            return refused(404, "ResourceNotFound", f"The Resource '{name}' was not found.")
        if kind is None:
            if asked.method == "DELETE":
                del self.zones[id]
                return 202, {"Location": f"{self.address}/wait"}, b""
            return good(self._told(id))
        if kind == "recordsets":
            return self._paged(found.string, [self._set(id, key) for key in self.sets[id]], query)
        key = (kind, str(found["name"]))
        if asked.headers.get("If-None-Match") == "*" and key in self.sets[id]:
            return refused(412, "PreconditionFailed", "The record set exists already.")
        return self._record(asked.method, id, key, sent)

    def _set(self, id: str, key: tuple[str, str]) -> Row:
        kind, name = key
        told = {"id": f"{self.zones[id]['id']}/{kind}/{name}", "name": name}
        return {**told, "type": f"Microsoft.Network/dnszones/{kind}", "properties": self.sets[id][key]}

    def _record(self, method: str, id: str, key: tuple[str, str], sent: Row) -> Reply:
        mine = self.sets[id]
        if method == "DELETE":
            return good({}) if mine.pop(key, None) is not None else (204, {}, b"")
        if method == "GET":
            if key not in mine:
                return refused(404, "NotFound", f"The resource record '{key[1]}' does not exist.")
            return good(self._set(id, key))
        alias = "CNAME" in (key[0], *(kind for kind, name in mine if name == key[1]))
        if alias and any(name == key[1] and kind != key[0] for kind, name in mine):
            return refused(
                400, "BadRequest", "The record could not be created because a CNAME record exists."
            )
        mine[key] = mine.get(key, {}) | sent["properties"] if method == "PATCH" else sent["properties"]
        return good(self._set(id, key))

    def _paged(self, path: str, found: list[Row], query: Row) -> Reply:
        start = int(query.get("$skipToken", 0))
        told: Row = {"value": found[start : start + _PAGE]}
        if start + _PAGE < len(found):
            version = query.get("api-version", "")
            told["nextLink"] = f"{self.address}{path}?api-version={version}&$skipToken={start + _PAGE}"
        return good(told)


def good(body: Row, status: int = 200) -> Reply:
    return status, {"Content-Type": "application/json; charset=utf-8"}, json.dumps(body).encode()


def refused(status: int, code: str, text: str) -> Reply:
    return good({"error": {"code": code, "message": text}}, status)


@contextmanager
def azure(tls: ssl.SSLContext) -> Iterator[Azure]:
    made = Azure()
    with serving(made.answer, ("GET", "POST", "PUT", "PATCH", "DELETE"), "HTTP/1.1", tls) as port:
        made.address = f"https://127.0.0.1:{port}"
        yield made
