"""What programs ask the OpenID provider: tokens, keys, who somebody is. Bare ASGI; people's part is in the console."""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl

from hyway.domain import oidc
from hyway.domain.oidc import Reply, Sent, refusal
from hyway.edge.http import Receive, Send, answer, body
from hyway.edge.pages import Headers
from hyway.kernel.db import Database, Write
from hyway.kernel.proxies import Proxies

TOKEN, REVOKE, USERINFO = "/oauth2/token", "/oauth2/revoke", "/userinfo"
KEYS, ABOUT = "/.well-known/jwks.json", "/.well-known/openid-configuration"
PREFIXES = (f"{TOKEN}/", f"{REVOKE}/", f"{USERINFO}/", f"{KEYS}/", f"{ABOUT}/")
_MOST = 65_536
_METHODS = ("client_secret_basic", "client_secret_post", "none")
_JSON = (b"content-type", b"application/json")
_FRESH = (b"cache-control", b"no-store")
# Programs in browsers are clients like others: they show tokens and codes, never cookies.
_ANYWHERE: Headers = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", b"GET, POST, OPTIONS"),
    (b"access-control-allow-headers", b"Authorization, Content-Type"),
    (b"x-content-type-options", b"nosniff"),
]


def about(issuer: str) -> dict[str, Any]:
    """The discovery document (OpenID Connect Discovery 1.0, 3): what is true of this provider, and no more."""
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/oauth2/auth",
        "token_endpoint": issuer + TOKEN,
        "userinfo_endpoint": issuer + USERINFO,
        "jwks_uri": issuer + KEYS,
        "revocation_endpoint": issuer + REVOKE,
        "end_session_endpoint": f"{issuer}/oauth2/sessions/logout",
        "scopes_supported": list(oidc.SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [oidc.keys.ALGORITHM],
        "token_endpoint_auth_methods_supported": list(_METHODS),
        "revocation_endpoint_auth_methods_supported": list(_METHODS),
        "code_challenge_methods_supported": ["S256"],
        "prompt_values_supported": ["none", "login", "consent"],
        "claims_supported": [
            "iss", "sub", "aud", "azp", "exp", "iat", "auth_time", "nonce", "at_hash", "email", "email_verified",
            "name", "given_name", "family_name", "preferred_username",
        ],
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
    }  # fmt: skip


class Provider:
    """Answers under PREFIXES, with a slash at the end or without."""

    def __init__(self, db: Database, public_url: str, trusted_proxies: Sequence[str] = ()) -> None:
        self._db = db
        self._about = json.dumps(about(public_url)).encode()
        self._proxies = Proxies(trusted_proxies)

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        path, method = scope["path"].rstrip("/"), scope["method"]
        if method == "OPTIONS":
            return await answer(send, 204, [*_ANYWHERE, (b"access-control-max-age", b"86400")])
        if path in (TOKEN, REVOKE):
            return await self._trade(scope, receive, send, path)
        if path == USERINFO:
            return await self._tell(scope, receive, send)
        if path in (KEYS, ABOUT):
            return await self._show(scope, send, path)
        await answer(send, 404, [*_ANYWHERE, _JSON], b'{"error":"not_found"}')

    async def _trade(self, scope: Any, receive: Receive, send: Send, path: str) -> None:
        if scope["method"] != "POST":
            return await _speak(send, refusal(405, "invalid_request", "Only POST."), [(b"allow", b"POST")])
        raw = await body(receive, _MOST)
        if raw is None:
            return await _speak(send, refusal(413, "invalid_request", "The request is too large."))
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/x-www-form-urlencoded":
            return await _speak(send, refusal(400, "invalid_request", "The body must be a form."))
        try:
            form = parse_qsl(raw.decode(), keep_blank_values=True, max_num_fields=50)
        except ValueError:
            return await _speak(send, refusal(400, "invalid_request", "The body is no form."))
        # An empty parameter is none (RFC 6749, 3.2).
        sent = Sent([pair for pair in form if pair[1]], headers, self._origin(scope, headers))
        verb = oidc.server.token if path == TOKEN else oidc.server.revoke
        await _speak(send, await self._db.write(verb, sent))

    def _origin(self, scope: Any, headers: dict[str, str]) -> oidc.Origin:
        peer = scope.get("client")
        address = self._proxies.client(peer[0] if peer else "", headers.get("x-forwarded-for", ""))
        return oidc.Origin(headers.get("user-agent", ""), address)

    async def _tell(self, scope: Any, receive: Receive, send: Send) -> None:
        if scope["method"] not in ("GET", "HEAD", "POST"):
            return await answer(send, 405, [*_ANYWHERE, _JSON, (b"allow", b"GET, POST")], b"{}")
        said = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
        scheme, _, token = said.partition(" ")
        found = None
        if scheme.lower() == "bearer" and token.strip():
            found = await self._db.read(oidc.told_of, token.strip())
        if found is None:
            why = b'Bearer error="invalid_token"' if said else b"Bearer"
            refused = json.dumps({"error": "invalid_token"}).encode()
            return await answer(send, 401, [*_ANYWHERE, _JSON, _FRESH, (b"www-authenticate", why)], refused)
        head = scope["method"] == "HEAD"
        await answer(send, 200, [*_ANYWHERE, _JSON, _FRESH], json.dumps(found).encode(), head=head)

    async def _show(self, scope: Any, send: Send, path: str) -> None:
        if scope["method"] not in ("GET", "HEAD"):
            return await answer(send, 405, [*_ANYWHERE, _JSON, (b"allow", b"GET, HEAD")], b"{}")
        told = self._about
        if path == KEYS:
            shown = await self._db.read(oidc.keys.shown)
            if not shown["keys"]:
                shown = await self._db.write(_first_key)
            told = json.dumps(shown).encode()
        kept = (b"cache-control", b"public, max-age=60")
        await answer(send, 200, [*_ANYWHERE, _JSON, kept], told, head=scope["method"] == "HEAD")


def _first_key(w: Write) -> dict[str, Any]:
    if oidc.keys.is_due(w):
        oidc.keys.rotate(w, oidc.keys.fresh())
    return oidc.keys.shown(w)


async def _speak(send: Send, reply: Reply, more: Headers | None = None) -> None:
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers]
    told = json.dumps(reply.body).encode()
    await answer(send, reply.status, [*_ANYWHERE, *headers, *(more or [])], told)
