"""Signing in by another issuer, which the operator has chosen: here this server is the client.

What proves that an answer belongs to a browser (state, nonce, PKCE verifier) is sealed into a cookie of ten minutes.
The issuer's keys and addresses are asked for when they are needed, and remembered for ten minutes.
"""

import base64
import contextlib
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key, KeySet

from hyway.domain import identity
from hyway.domain.identity import Session
from hyway.domain.oidc.store import clients as store
from hyway.kernel import clock
from hyway.kernel.db import Conflict, Database, Write
from hyway.kernel.faults import Fault, Refused
from hyway.kernel.outgoing import Outgoing, Unreachable
from hyway.kernel.seal import Seal

KIND = "oidc"
"""The kind of outside service that an issuer is."""
SIGN_UP = "oidc_sign_up"
"""The operator's word on whether whom the issuer vouches for may make an account: 1 or 0."""
START = "/console/sign-in/external"
BACK = "/console/sign-in/callback"
_SCOPE = "openid profile email"
_LIFE = 10 * clock.MINUTE
_KEPT_SECONDS = 600.0
_SILENT_SECONDS = 5.0
_LEEWAY = 60
_PURPOSE = "external sign-in"
# What an issuer may sign with: nothing that its clients' shared secret, or nobody's, could have made.
_ALGORITHMS = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519",
)  # fmt: skip
_METHODS = ("client_secret_basic", "client_secret_post")
_FAILED = "{name} did not confirm who you are. Try again."


@dataclass(frozen=True, slots=True)
class Known:
    """What an issuer says of itself."""

    about: Mapping[str, Any]
    keys: KeySet
    until: float


class Issuer:
    """Another OpenID provider, as the operator named it; safe to share between threads."""

    def __init__(self, url: str, client_id: str, client_secret: str, name: str, outgoing: Outgoing) -> None:
        self.url, self.client_id, self.client_secret, self.name = url, client_id, client_secret, name
        self.outgoing = outgoing
        self._known: Known | None = None
        self._silent_until = 0.0
        self._lock = threading.Lock()

    def known(self, fresh: bool = False) -> Known:
        """What it says of itself, ten minutes old at most; Refused where it does not answer.

        Who comes within some seconds of a failure fails as well: one that is down would hold up a thread for everybody
        who tries, one after the other.
        """
        with self._lock:
            now = time.monotonic()
            if self._known is None or fresh or self._known.until < now:
                if now < self._silent_until:
                    raise self.failed()
                self._silent_until = now + _SILENT_SECONDS
                self._known = self._found()
                self._silent_until = 0.0
            return self._known

    def _found(self) -> Known:
        about = self._asked("GET", f"{self.url}/.well-known/openid-configuration")
        if str(about.get("issuer", "")).rstrip("/") != self.url:
            raise self.failed()
        said = self._asked("GET", str(about.get("jwks_uri", ""))).get("keys")
        keys = KeySet([key for each in said if (key := _key(each))] if isinstance(said, list) else [])
        if not keys.keys:
            raise self.failed()
        return Known(about, keys, time.monotonic() + _KEPT_SECONDS)

    def traded(self, code: str, verifier: str, back: str) -> dict[str, Any]:
        """The tokens for a code."""
        about = self.known().about
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "code_verifier": verifier,
        }
        headers: dict[str, str] = {}
        offered = about.get("token_endpoint_auth_methods_supported") or _METHODS
        if not self.client_secret:
            form["client_id"] = self.client_id
        elif "client_secret_basic" in offered:
            pair = f"{quote(self.client_id, safe='')}:{quote(self.client_secret, safe='')}"
            headers["authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        else:
            form |= {"client_id": self.client_id, "client_secret": self.client_secret}
        return self._asked("POST", str(about.get("token_endpoint", "")), headers, form)

    def told(self, access_token: str) -> dict[str, Any]:
        """What it says at its `userinfo` of the person behind a token; nothing where it has none."""
        where = self.known().about.get("userinfo_endpoint")
        if not where or not access_token:
            return {}
        return self._asked("GET", str(where), {"authorization": f"Bearer {access_token}"})

    def _asked(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        said = {"accept": "application/json", **(headers or {})}
        body = b""
        if form is not None:
            said["content-type"] = "application/x-www-form-urlencoded"
            body = urlencode(form).encode()
        try:
            answer = self.outgoing.send(method, url, said, body, seconds=10.0, most=262_144)
            found = json.loads(answer.body) if answer.status == 200 else None
        except (Unreachable, ValueError):
            found = None
        if not isinstance(found, dict):
            raise self.failed()
        return found

    def failed(self) -> Refused:
        return Refused(_FAILED, name=self.name)


def _key(said: Any) -> Key | None:
    """One of an issuer's keys; None for one of a kind that is not known here, which is no harm (RFC 7517, 5)."""
    try:
        return JWKRegistry.import_key(said)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        return None


def chosen(services: Mapping[str, str], outgoing: Outgoing | None = None) -> Issuer | None:
    """The issuer that the operator named: `https://id:secret@host/path?name=…`; None where there is none."""
    said = services.get(KIND)
    if not said:
        return None
    parts = urlsplit(said)
    host = parts.netloc.rpartition("@")[2]
    url = f"{parts.scheme}://{host}{parts.path}".rstrip("/")
    name = dict(parse_qsl(parts.query)).get("name") or parts.hostname or host
    # The operator may well choose a neighbour.
    way = outgoing or Outgoing(lambda _: True)
    return Issuer(url, unquote(parts.username or ""), unquote(parts.password or ""), name, way)


def start(seal: Seal, home: str, issuer: Issuer, wanted: str) -> tuple[str, str]:
    """The address to send a browser to, and what it must keep; `wanted` is where it goes in the end."""
    state, nonce, verifier = (secrets.token_urlsafe(24) for _ in range(3))
    verifier += secrets.token_urlsafe(12)
    digest = hashlib.sha256(verifier.encode()).digest()
    query = {
        "response_type": "code",
        "client_id": issuer.client_id,
        "redirect_uri": home + BACK,
        "scope": _SCOPE,
        "state": state,
        "nonce": nonce,
        "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
        "code_challenge_method": "S256",
    }
    kept = {
        "until": clock.now() + _LIFE,
        "state": state,
        "nonce": nonce,
        "verifier": verifier,
        "next": wanted,
    }
    where = str(issuer.known().about.get("authorization_endpoint", ""))
    if urlsplit(where).scheme not in ("http", "https"):
        raise issuer.failed()
    to = f"{where}{'&' if '?' in where else '?'}{urlencode(query)}"
    return to, seal.close(json.dumps(kept), _PURPOSE)


def finish(
    db: Database, issuer: Issuer, came: Mapping[str, str], kept: str, user_agent: str
) -> tuple[str, Session, str]:
    """A browser's new token, its session, and where it wanted to go; on the calling thread.

    Refused for an answer that this browser has not asked for, now; where the issuer or the person says no; and where
    there is no account for the person and none is made.
    """
    began = _opened(db.seal, kept)
    if began is None or not secrets.compare_digest(began["state"].encode(), came.get("state", "").encode()):
        raise Refused("This sign-in was begun in another browser, or too long ago. Try again.")
    if not came.get("code"):
        raise Refused("{name} did not let you in.", name=issuer.name)
    given = issuer.traded(came["code"], began["verifier"], db.house.home + BACK)
    claims = _verified(issuer, str(given.get("id_token", "")), began["nonce"])
    if not claims.get("email"):
        more = issuer.told(str(given.get("access_token", "")))
        # The answer of `userinfo` is signed by nobody: it counts for the same person alone.
        claims = {**more, **claims} if more.get("sub") == claims["sub"] else claims
    token, session = db.write_now(_enter, issuer.url, claims, user_agent)
    return token, session, began["next"]


def _opened(seal: Seal, kept: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads(seal.open(kept, _PURPOSE))
    except (Fault, ValueError):  # nothing, or nothing of ours
        return None
    return found if found["until"] > clock.now() else None


def _verified(issuer: Issuer, token: str, nonce: str) -> dict[str, Any]:
    """The claims of an id token: signed by the issuer, for us, for this sign-in, and now (OpenID Connect, 3.1.3.7)."""
    claims = _signed(issuer, token)
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    now = clock.now() // clock.SECOND
    good = (
        str(claims.get("iss", "")).rstrip("/") == issuer.url
        and issuer.client_id in audiences
        and claims.get("azp", issuer.client_id) == issuer.client_id
        and (len(audiences) == 1 or "azp" in claims)
        and _is_number(claims.get("exp"))
        and claims["exp"] > now - _LEEWAY
        and _is_number(claims.get("iat"))
        and claims["iat"] < now + _LEEWAY
        and claims.get("nonce") == nonce
        and isinstance(claims.get("sub"), str)
        and 0 < len(claims["sub"]) <= 255
        and "\0" not in claims["sub"]
    )
    if not good:
        raise issuer.failed()
    return claims


def _signed(issuer: Issuer, token: str) -> dict[str, Any]:
    """The claims of what the issuer has signed: by a key that we know, or by one that it shows now."""
    for fresh in (False, True):
        try:
            return dict(jwt.decode(token, issuer.known(fresh).keys, algorithms=_ALGORITHMS).claims)
        except (JoseError, ValueError, TypeError):
            continue
    raise issuer.failed()


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _enter(w: Write, issuer: str, claims: Mapping[str, Any], user_agent: str) -> tuple[str, Session]:
    subject = str(claims["sub"])
    person = store.known_as(w, issuer, subject)
    if person is None:
        person = _matched(w, claims)
        # Of two at once that are the same person one is enough.
        with contextlib.suppress(Conflict), w.attempt():
            store.know_as(w, issuer, subject, person, clock.now())
    return identity.vouching.enter(w, person, user_agent)


def _matched(w: Write, claims: Mapping[str, Any]) -> int:
    """Whose address it is that the issuer has verified; an unverified one is nobody's."""
    email = claims.get("email")
    if not isinstance(email, str) or claims.get("email_verified") is not True:
        raise Refused("your e-mail address is not verified where you signed in, so it opens no account here")
    is_open = bool(w.terms.get(SIGN_UP, w.terms.get(identity.signing_up.TERM, 1)))
    return identity.vouching.person_for(w, email, str(claims.get("name") or ""), is_open).seq
