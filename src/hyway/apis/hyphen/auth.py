"""/api/auth/: signing in a browser by cookies, and programs by their key.

The cookies carry what the provider gave, out of reach of scripts. Where a login came from and what proves it stand in
a sealed cookie of ten minutes, so that nothing is kept of who never comes back.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from msgspec import Struct

from hyway.apis.hyphen import style
from hyway.apis.hyphen.asking import PUBLIC, from_here, operation
from hyway.apis.kit.operations import Ask, Reply
from hyway.domain import oidc
from hyway.domain.oidc import Sent
from hyway.kernel import clock
from hyway.kernel.faults import Fault, Refused, Unknown
from hyway.kernel.seal import Seal

SCOPE = "openid offline_access profile email"
_BASE = "/api/auth"
_LIFE = 600
_PURPOSE = "hyphen login"
_AFTER = "/console"
_REFRESH_LIFE = 30 * 86_400
_NO_TOKEN = "Unable to get a token. Please log in again."
_NO_REFRESH = "Unable to refresh the token. Please log in again."
_NOT_THEM = "Unable to login, verify username and password."
Cookie = tuple[bytes, bytes]


class LoginQuery(Struct):
    scope: str = ""
    state: str = ""
    prompt: str = ""


class ExchangeQuery(Struct):
    state: str
    code: str = ""


class MachineIn(Struct, rename="camel"):
    client_id: str
    client_secret: str


class MachineOut(Struct):
    """Times in milliseconds."""

    access_token: str
    id_token: str
    token_type: str
    access_token_expires_in: int
    access_token_expires_at: int


@operation("GET", "/api/auth/login", needs=PUBLIC, query=LoginQuery, status=302)
async def login(ask: Ask, query: LoginQuery) -> Reply:
    """Log in a browser.

    Leads to the sign-in page and then to `/api/auth/token-exchange`. `scope` is what the tokens are to be worth,
    `state` comes back to whoever began, `prompt` is that of OpenID Connect.
    """
    state, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(32)
    digest = hashlib.sha256(verifier.encode()).digest()
    asked = {
        "response_type": "code",
        "client_id": oidc.CONSOLE,
        "redirect_uri": oidc.callback(ask.public_url),
        "scope": _scope(query.scope),
        "state": state,
        "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
        "code_challenge_method": "S256",
        **({"prompt": query.prompt} if query.prompt else {}),
    }
    kept = json.dumps(
        {"until": clock.now() + _LIFE * clock.SECOND, "verifier": verifier, "state": query.state}
    )
    sealed = ask.db.seal.close(kept, _purpose(state))
    path = f"{_BASE}/token-exchange"
    to = f"/oauth2/auth?{urlencode(asked)}"
    if oidc.external.KIND in ask.db.house.services:
        to = f"{oidc.external.START}?{urlencode({'next': to})}"
    return _go(ask, ask.public_url + to, _cookie(ask, _name(state), sealed, _LIFE, path))


@operation("GET", "/api/auth/token-exchange", needs=PUBLIC, query=ExchangeQuery, status=302)
async def exchange(ask: Ask, query: ExchangeQuery) -> Reply:
    """Get a token for the code of a login: as cookies.

    Leads on to the console, with the `state` that the login began with. 403 for a state that is not this browser's.
    """
    began = _began(ask.db.seal, style.cookies(ask.headers), query.state)
    if began is None or not query.code:
        raise Refused(_NO_TOKEN)
    form = {
        "grant_type": "authorization_code",
        "client_id": oidc.CONSOLE,
        "code": query.code,
        "redirect_uri": oidc.callback(ask.public_url),
        "code_verifier": began["verifier"],
    }
    given = await _given(ask, form, Refused(_NO_TOKEN))
    back = f"?{urlencode({'state': began['state']})}" if began["state"] else ""
    done = _cookie(ask, _name(query.state), "", 0, f"{_BASE}/token-exchange")
    return _go(ask, f"{ask.public_url}{_AFTER}{back}", *_tokens(ask, given), done)


@operation("POST", "/api/auth/jwt-refresh", needs=PUBLIC, status=204)
async def refresh(ask: Ask) -> Reply:
    """Renew the tokens in the cookies.

    The refresh token of the cookie is worth nothing afterwards: whoever uses it once more ends the login. As for all
    that changes something by cookies, the request must come from a page of this server (`Origin`, `Sec-Fetch-Site`).
    """
    token = style.cookies(ask.headers).get("refresh_token", "")
    if not token or not from_here(ask):
        raise Refused(_NO_REFRESH)
    form = {"grant_type": "refresh_token", "client_id": oidc.CONSOLE, "refresh_token": token}
    given = await _given(ask, form, Refused(_NO_REFRESH))
    return Reply(b"", 204, tuple(_tokens(ask, given)))


@operation("GET", "/api/auth/logout", needs=PUBLIC, status=302)
async def logout(ask: Ask) -> Reply:
    """Log a browser out.

    The tokens of the cookies are worth nothing from now on, the cookies are cleared, and the provider ends its own
    session.
    """
    found = style.cookies(ask.headers)
    for name in ("refresh_token", "access_token"):
        if found.get(name):
            form = (("client_id", oidc.CONSOLE), ("token", found[name]))
            await ask.db.write(oidc.server.revoke, Sent(form))
    hint = found.get("id_token", "")
    to = f"{ask.public_url}/oauth2/sessions/logout" + (f"?id_token_hint={quote(hint)}" if hint else "")
    return _go(ask, to, *_cleared(ask))


@operation("POST", "/api/auth/m2m", needs=PUBLIC, takes=MachineIn, gives=MachineOut, status=201)
async def machine(ask: Ask, sent: MachineIn) -> MachineOut:
    """Get a token for a program.

    `clientId` is the id of an API key, `clientSecret` one of its secrets. The token ends with the secret.
    """
    given = await ask.db.write(oidc.machines.sign_in, sent.client_id, sent.client_secret, ask.client)
    if given is None:
        raise Unknown(_NOT_THEM)
    millis = given.expires_in * 1000
    return MachineOut(
        access_token=given.access_token,
        id_token=given.id_token or "",
        token_type="Bearer",
        access_token_expires_in=millis,
        access_token_expires_at=clock.now() // 1000 + millis,
    )


async def _given(ask: Ask, form: Mapping[str, str], otherwise: Fault) -> Mapping[str, Any]:
    """The provider's answer; it is asked as any client asks it."""
    agent = ask.headers.get(b"user-agent", b"").decode("latin-1")
    sent = Sent(tuple(form.items()), {}, oidc.Origin(agent, ask.client))
    reply = await ask.db.write(oidc.server.token, sent)
    if reply.status != 200:
        raise otherwise
    return reply.body


def _scope(asked: str) -> str:
    """What was asked for and is known here, or everything; `openid` always."""
    known = [word for word in asked.split() if word in oidc.SCOPES and word != "openid"]
    return " ".join(["openid", *known]) if known else SCOPE


def _began(seal: Seal, cookies: Mapping[str, str], state: str) -> dict[str, str] | None:
    """What this browser's login with that state began with, if it is not too long ago."""
    sealed = cookies.get(_name(state))
    if not sealed:
        return None
    try:
        kept: dict[str, Any] = json.loads(seal.open(sealed, _purpose(state)))
    except (Fault, ValueError):  # sealed for another state, or by nobody
        return None
    return kept if kept["until"] > clock.now() else None


def _purpose(state: str) -> str:
    return f"{_PURPOSE} {state}"


def _name(state: str) -> str:
    """Each login has a cookie of its own: several may go on in one browser."""
    return f"login_{hashlib.sha256(state.encode()).hexdigest()[:16]}"


def _tokens(ask: Ask, given: Mapping[str, Any]) -> list[Cookie]:
    life = int(given["expires_in"])
    made = [_cookie(ask, style.COOKIE, given["access_token"], life)]
    if "refresh_token" in given:
        made.append(_cookie(ask, "refresh_token", given["refresh_token"], _REFRESH_LIFE, _BASE))
    if "id_token" in given:
        made.append(_cookie(ask, "id_token", given["id_token"], _REFRESH_LIFE))
    return made


def _cleared(ask: Ask) -> list[Cookie]:
    return [
        _cookie(ask, style.COOKIE, "", 0),
        _cookie(ask, "refresh_token", "", 0, _BASE),
        _cookie(ask, "id_token", "", 0),
    ]


def _cookie(ask: Ask, name: str, value: str, seconds: int, path: str = "/") -> Cookie:
    secure = (
        "; Secure" if "https" in (ask.public_url.partition(":")[0], ask.address.partition(":")[0]) else ""
    )
    text = f"{name}={value}; Path={path}; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"
    return b"set-cookie", text.encode()


def _go(ask: Ask, to: str, *cookies: Cookie) -> Reply:
    return Reply(b"", 302, ((b"location", to.encode()), *cookies))


OPERATIONS = (login, exchange, refresh, logout, machine)
