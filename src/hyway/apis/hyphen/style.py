"""This API's manners: credentials in three places, refusals as `{message, requestId, errorCode}`, browsers."""

import dataclasses
import hashlib
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from uuid import UUID

import msgspec

from hyway.apis.kit.style import Header, Nowhere, Style, Voiced
from hyway.domain import identity, oidc
from hyway.domain.identity import Caller
from hyway.kernel.db import Read
from hyway.kernel.faults import Fault, Gone, Invalid, Missing, Refused, Several, Spent, Taken, Unknown

CREDENTIAL = ("credential",)
"""For whoever shows a credential; what it may do is for the roles to say."""
JSON = b"application/json; charset=utf-8"
COOKIE = "access_token"
PUBLIC = "public_"
"""What keys begin with that everybody can read out of a program."""
UNKNOWN = (
    "Unable to validate JWT. "
    "Please make sure a valid JWT is sent as an Authorization header or access_token cookie."
)
MISSING = "Resource with id '{id}' not found or you do not have permission to access it."
_UNEXPECTED = "An unknown error occurred"
_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_TOO_LONG = "the request body must be at most {most} bytes"
_DOORMANS = ("Invalid API key", "Expired API key")
"""What is said of credentials before the request is this family's."""
_encode = msgspec.json.Encoder().encode


def find(r: Read, token_hash: str) -> Caller | None:
    """Whom a key's secret speaks for, or an access token."""
    found = identity.api_keys.caller(r, token_hash) or oidc.caller(r, token_hash)
    if found is None:
        return None
    return dataclasses.replace(found, scopes=frozenset(CREDENTIAL), via="hyphen")


def token(headers: Mapping[bytes, bytes]) -> str:
    """The credential: a key in `x-api-key`, else what a header or a cookie bears."""
    found = _key(headers) or _bearer(headers) or cookie(headers)
    if found is None or not found.isascii():
        raise Unknown(UNKNOWN)
    if found.startswith(PUBLIC):
        raise Refused("A public key may evaluate toggles and nothing else.")
    return found


def _key(headers: Mapping[bytes, bytes]) -> str | None:
    return headers.get(b"x-api-key", b"").decode("latin-1").strip() or None


def _bearer(headers: Mapping[bytes, bytes]) -> str | None:
    said = headers.get(b"authorization", b"").decode("latin-1").strip()
    if not said:
        return None
    scheme, _, word = said.partition(" ")
    if scheme.lower() != "bearer" or not word.strip():
        raise Unknown(UNKNOWN)
    return word.strip()


def cookie(headers: Mapping[bytes, bytes]) -> str | None:
    """The token of a browser that shows nothing but its cookie; None where a header speaks."""
    if headers.get(b"x-api-key") or headers.get(b"authorization"):
        return None
    return cookies(headers).get(COOKIE)


def cookies(headers: Mapping[bytes, bytes]) -> dict[str, str]:
    """All cookies of a request; what cannot be read is none."""
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(headers.get(b"cookie", b"").decode("latin-1"))
    except CookieError:
        return {}
    return {name: each.value for name, each in jar.items()}


def voice(fault: Fault | None) -> Voiced:
    """The answer to a refusal; None is an unexpected error."""
    match fault:
        case None:
            return _said(500, _UNEXPECTED, _UNEXPECTED)
        case Unknown():
            said = UNKNOWN if fault.text in _DOORMANS else fault.message
            return _said(401, said, said)
        case Refused():
            return _said(403, fault.message, fault.text)
        case Nowhere():
            return _said(404, "Not Found", "Not Found")
        case Missing() | Gone():
            return _said(404, fault.message, fault.text)
        case Spent():
            wait = ((b"retry-after", b"%d" % fault.retry_after),)
            return _said(429, fault.message, fault.text, headers=wait)
        case Several():
            return _said(400, _sentence(fault), fault.text, errors=[_sentence(each) for each in fault.faults])
        case Taken():
            return _said(409, _sentence(fault), fault.text)
        case Invalid(text=text) if text == _TOO_LONG:
            return _said(413, "Request body is too large", text)
    return _said(400, _sentence(fault), fault.text)


def _sentence(fault: Fault) -> str:
    return f"{fault.field} {fault.message}" if fault.field else fault.message


def _said(
    status: int, message: str, kind: str, errors: list[str] | None = None, headers: tuple[Header, ...] = ()
) -> Voiced:
    """`kind` is the sentence without what differs from one request to another: the error's code is made of it."""
    told: dict[str, Any] = {"message": message, "errorCode": _code(f"{status} {kind}")}
    if errors:  # a client of the vendor's reads a refusal as texts alone, so there is no empty list
        told["errors"] = errors
    return Voiced(status, _encode(told), headers, JSON)


def sign(said: Voiced, request_id: str) -> Voiced:
    """The refusal with the request's id, as 22 characters like all its ids."""
    told = msgspec.json.decode(said.body)
    ordered = {"message": told.pop("message"), "requestId": short(request_id), **told}
    return dataclasses.replace(said, body=_encode(ordered))


def short(request_id: str) -> str:
    """A request's id as this wire shows it: 128 bits in base 58."""
    try:
        return _base58(UUID(request_id).bytes)
    except ValueError:  # the caller's own
        return _code(request_id)


def _code(text: str) -> str:
    return _base58(hashlib.sha256(text.encode()).digest()[:16])


def _base58(whole: bytes) -> str:
    number, digits = int.from_bytes(whole, "big"), []
    for _ in range(22):
        number, rest = divmod(number, 58)
        digits.append(_ALPHABET[rest])
    return "".join(reversed(digits))


# Any origin may ask, as at the vendor's: a browser sends its cookie there for nobody's eyes, for what answers `*` is
# not shown to pages that let it send credentials.
CORS: tuple[Header, ...] = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"Retry-After, X-Request-Id"),
)

STYLE = Style(
    family="hyphen",
    find=find,
    token=token,
    voice=voice,
    standing=lambda _now: (),
    cors=CORS,
    preflight=(
        (b"access-control-allow-methods", b"GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"),
        (b"access-control-allow-headers", b"Accept, Authorization, Content-Type, X-Api-Key, X-Request-Id"),
        (b"access-control-max-age", b"86400"),
    ),
    sign=sign,
)
