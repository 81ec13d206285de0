"""The provider's protocol: Authlib decides what a request of OAuth is worth, our verbs do what follows.

Each request runs in one transaction on a database thread. A refusal is an answer here, not an exception: what it
entails, such as the end of a stolen grant, is to stay written.
"""

import base64
import hmac
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import AuthorizationServer, ClientMixin, OAuth2Payload, OAuth2Request
from authlib.oauth2.rfc6749.errors import InvalidGrantError, InvalidRequestError
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant, RefreshTokenGrant
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7636 import CodeChallenge

from hyway.domain.oidc import clients, rules, tokens
from hyway.domain.oidc.records import Client, Code, Origin, Refresh
from hyway.domain.oidc.store import tokens as store
from hyway.kernel import clock, seal
from hyway.kernel.db import Write

Pairs = Sequence[tuple[str, str]]
_METHODS = ["client_secret_basic", "client_secret_post", "none"]
_GRANT_TYPES = ("authorization_code", "refresh_token")
# Authlib looks whether a request came by https; ours may come through a proxy that ended TLS, or on this machine.
_SOMEWHERE = "https://server.invalid/"


@dataclass(frozen=True, slots=True)
class Reply:
    """What the token endpoint and its like answer."""

    status: int
    body: Mapping[str, Any]
    headers: tuple[tuple[str, str], ...] = ()


def refusal(status: int, error: str, why: str) -> Reply:
    fresh = (("content-type", "application/json"), ("cache-control", "no-store"), ("pragma", "no-cache"))
    return Reply(status, {"error": error, "error_description": why}, fresh)


@dataclass(frozen=True, slots=True)
class Sent:
    """What came to an endpoint of programs: its form, and the credentials in its headers."""

    form: Pairs
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    origin: Origin = field(default_factory=Origin)


def token(w: Write, sent: Sent) -> Reply:
    """The token endpoint: a code or a refresh token for new tokens (RFC 6749, 4.1.3 and 6)."""
    wrong = _untidy(sent)
    if wrong is not None:
        return wrong
    kind = dict(sent.form).get("grant_type")
    if not kind:
        return refusal(400, "invalid_request", "Missing 'grant_type' in request.")
    if kind not in _GRANT_TYPES:
        return refusal(400, "unsupported_grant_type", "The grant type is not supported.")
    answer: Reply = Server(w, sent.origin).create_token_response(sent)
    return answer


def revoke(w: Write, sent: Sent) -> Reply:
    """The revocation endpoint (RFC 7009): a refresh token ends its grant, an access token itself."""
    wrong = _untidy(sent)
    if wrong is not None:
        return wrong
    answer: Reply = Server(w, sent.origin).create_endpoint_response("revocation", sent)
    return answer


def _untidy(sent: Sent) -> Reply | None:
    """What no request may be: parameters twice, or with characters that no value of ours has; credentials that are
    no text, with which Authlib would stumble."""
    form = sent.form
    if len({name for name, _ in form}) != len(form):
        return refusal(400, "invalid_request", "A parameter is in the request twice.")
    if any("\0" in name or "\0" in value for name, value in form):
        return refusal(400, "invalid_request", "A parameter holds a character that none may hold.")
    scheme, _, said = sent.headers.get("authorization", "").strip().partition(" ")
    if scheme.lower() == "basic" and not _is_text(said):
        return refusal(401, "invalid_client", "The credentials cannot be read.")
    return None


def _is_text(encoded: str) -> bool:
    try:
        base64.b64decode(encoded).decode()
    except ValueError:
        return False
    return True


class _Payload(OAuth2Payload):  # type: ignore[misc]
    def __init__(self, pairs: Pairs) -> None:
        self._all: defaultdict[str, list[str]] = defaultdict(list)
        for name, value in pairs:
            self._all[name].append(value)

    @property
    def data(self) -> dict[str, str]:
        return {name: values[0] for name, values in self._all.items()}

    @property
    def datalist(self) -> defaultdict[str, list[str]]:
        return self._all


class _Request(OAuth2Request):  # type: ignore[misc]
    def __init__(self, method: str, pairs: Pairs, headers: Mapping[str, str]) -> None:
        super().__init__(
            method, _SOMEWHERE, headers={name.title(): value.strip() for name, value in headers.items()}
        )
        self.payload = _Payload(pairs)

    @property
    def form(self) -> dict[str, str]:
        return self.payload.data if self.method == "POST" else {}

    @property
    def args(self) -> dict[str, str]:
        return self.payload.data if self.method == "GET" else {}


class _Client(ClientMixin):  # type: ignore[misc]
    """A client as Authlib asks about it."""

    def __init__(self, client: Client) -> None:
        self.known = client

    def get_client_id(self) -> str:
        return self.known.id

    def get_default_redirect_uri(self) -> None:
        """OpenID Connect wants the address in every request."""
        return

    def get_allowed_scope(self, scope: str) -> str | None:
        return rules.known_scope(scope or "") or None

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return rules.fits(self.known, redirect_uri)

    def check_client_secret(self, client_secret: str) -> bool:
        stored = self.known.secret_hash
        return stored is not None and hmac.compare_digest(stored, seal.digest(client_secret))

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return (method == "none") == self.known.is_public

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in _GRANT_TYPES


class _Code:
    """A code as Authlib asks about it."""

    def __init__(self, code: Code) -> None:
        self.known = code
        self.code_challenge = code.challenge
        self.code_challenge_method = "S256"

    def get_redirect_uri(self) -> str:
        return self.known.redirect_uri

    def get_scope(self) -> str:
        return self.known.scope


class _Token:
    """A token as Authlib asks about it."""

    def __init__(self, client: str, scope: str, refresh: Refresh | None, token_hash: str) -> None:
        self.client, self.scope, self.refresh, self.token_hash = client, scope, refresh, token_hash

    def check_client(self, client: _Client) -> bool:
        return client.known.id == self.client

    def get_scope(self) -> str:
        return self.scope


class _Challenge(CodeChallenge):  # type: ignore[misc]
    """PKCE: S256 alone, and not without where the client keeps no secret."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)

    def validate_code_challenge(self, grant: Any, redirect_uri: Any) -> None:
        super().validate_code_challenge(grant, redirect_uri)
        data = grant.request.payload.data
        if not data.get("code_challenge"):
            if grant.client.known.is_public:
                raise InvalidRequestError("Missing 'code_challenge': it is required here.")
        elif data.get("code_challenge_method") != "S256":
            raise InvalidRequestError("The 'code_challenge_method' must be S256.")


class _CodeGrant(AuthorizationCodeGrant):  # type: ignore[misc]
    TOKEN_ENDPOINT_AUTH_METHODS = _METHODS

    def generate_authorization_code(self) -> str:
        return seal.token("hwc_")

    def save_authorization_code(self, code: str, request: _Request) -> None:
        now, said = clock.now(), request.payload.data
        origin: Origin = self.server.origin
        row = {
            "code_hash": seal.digest(code),
            "client": request.client.known.id,
            "person": request.user,
            "redirect_uri": request.payload.redirect_uri,
            "scope": request.scope,
            "nonce": said.get("nonce"),
            "challenge": said.get("code_challenge"),
            "session": origin.session,
            "authenticated_at": origin.authenticated_at or now,
            "created_at": now,
            "expires_at": now + rules.CODE_LIFE,
        }
        store.add_code(self.server.w, row)

    def query_authorization_code(self, code: str, client: _Client) -> _Code | None:
        w: Write = self.server.w
        found = store.code(w, seal.digest(code))
        if found is None or found.client != client.known.id:
            return None
        if found.given is not None:
            tokens.replayed(w, found.code_hash)
            return None
        return _Code(found) if found.expires_at > clock.now() else None

    def authenticate_user(self, authorization_code: _Code) -> int:
        return authorization_code.known.person

    def generate_token(self, *_: Any, **__: Any) -> dict[str, Any]:
        given = tokens.trade(self.server.w, self.request.authorization_code.known, self.server.origin)
        if given is None:
            raise InvalidGrantError("The code has been used before.")
        return given.document()

    def delete_authorization_code(self, authorization_code: _Code) -> None:
        """It stays, marked as used, so that it is known when it comes again."""


class _RefreshGrant(RefreshTokenGrant):  # type: ignore[misc]
    TOKEN_ENDPOINT_AUTH_METHODS = _METHODS

    def authenticate_refresh_token(self, refresh_token: str) -> _Token:
        w: Write = self.server.w
        found = store.refresh(w, seal.digest(refresh_token))
        if found is None or found.expires_at <= clock.now():
            raise InvalidGrantError("The refresh token is unknown, or its time is over.")
        if found.grant.client != self.request.client.known.id:
            raise InvalidGrantError("The refresh token was given to another client.")
        if found.used_at is not None:
            tokens.reused(w, found)
            raise InvalidGrantError("The refresh token was used before; everything it led to has ended.")
        return _Token(found.grant.client, found.grant.scope, found, found.token_hash)

    def authenticate_user(self, refresh_token: _Token) -> int:
        assert refresh_token.refresh is not None  # noqa: S101 - as made above
        return refresh_token.refresh.grant.person

    def issue_token(self, user: int, refresh_token: _Token) -> dict[str, Any]:
        """A narrower scope that was asked for is not given: the whole one stays, as the answer says (RFC 6749, 3.3)."""
        assert refresh_token.refresh is not None  # noqa: S101 - as made above
        given = tokens.renew(self.server.w, refresh_token.refresh)
        if given is None:
            raise InvalidGrantError("The refresh token was used before; everything it led to has ended.")
        return given.document()

    def revoke_old_credential(self, refresh_token: _Token) -> None:
        """Done when it was used."""


class _Revocation(RevocationEndpoint):  # type: ignore[misc]
    CLIENT_AUTH_METHODS = _METHODS

    def query_token(self, token_string: str, token_type_hint: str | None) -> _Token | None:
        w, token_hash = self.server.w, seal.digest(token_string)
        refresh = store.refresh(w, token_hash)
        if refresh is not None:
            return _Token(refresh.grant.client, refresh.grant.scope, refresh, token_hash)
        access = store.access(w, token_hash)
        return _Token(access[0].client, access[0].scope, None, token_hash) if access else None

    def revoke_token(self, token: _Token, request: _Request) -> None:
        if token.refresh is not None:
            tokens.end(self.server.w, [token.refresh.grant.seq])
        else:
            store.drop_access(self.server.w, token.token_hash)
            self.server.w.changed("key", token.token_hash)


class Server(AuthorizationServer):  # type: ignore[misc]
    """Authlib's server over one transaction."""

    def __init__(self, w: Write, origin: Origin) -> None:
        super().__init__()
        self.w, self.origin = w, origin
        self.register_grant(_CodeGrant, [_Challenge()])
        self.register_grant(_RefreshGrant)
        self.register_endpoint(_Revocation)

    def query_client(self, client_id: str) -> _Client | None:
        found = clients.known(self.w, client_id)
        return _Client(found) if found else None

    def save_token(self, token: dict[str, Any], request: _Request) -> None:
        """Our own verbs have, when they made it."""

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens."""

    def create_oauth2_request(self, request: Sent) -> _Request:
        return _Request("POST", request.form, request.headers)

    def handle_response(
        self, status: int, body: Mapping[str, Any] | str, headers: Sequence[tuple[str, str]]
    ) -> Reply:
        told = body if isinstance(body, Mapping) else {}
        return Reply(status, told, tuple((name.lower(), value) for name, value in headers))


def checked(w: Write, pairs: Pairs) -> "str | OAuth2Error":
    """The scope that a request for a code may have, or what Authlib has against it."""
    request = _Request("GET", pairs, {})
    server = Server(w, Origin())
    try:
        grant = server.get_authorization_grant(request)
        grant.validate_no_multiple_request_parameter(request)
        grant.validate_consent_request()
    except OAuth2Error as error:
        return error
    return str(request.scope)


def code_for(w: Write, pairs: Pairs, person: int, origin: Origin) -> str:
    """The address that brings a new code to the client, of a request that was checked."""
    request = _Request("GET", pairs, {})
    server = Server(w, origin)
    grant = server.get_authorization_grant(request)
    answer: Reply = server.create_authorization_response(request, person, grant)
    return dict(answer.headers)["location"]


def with_query(uri: str, more: Mapping[str, str | None]) -> str:
    """The address with these parameters after those that it has."""
    said = urlencode({name: value for name, value in more.items() if value is not None})
    return f"{uri}{'&' if '?' in uri else '?'}{said}"
