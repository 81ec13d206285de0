"""Hypemarket's manners: personal tokens, and refusals as a Rails application words them."""

import dataclasses
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from hyway.apis.kit.style import Header, Nowhere, Style, Voiced
from hyway.domain import identity
from hyway.domain.identity import Caller
from hyway.kernel.db import Read
from hyway.kernel.faults import Fault, Gone, Missing, Refused, Several, Spent, Unknown

READ = ("read",)
"""For every token."""
WRITE = ("write",)
"""For tokens that may write; to others such a request is as good as one without a token."""

JSON = b"application/json; charset=utf-8"
_BARE = b"application/json"
_PUBLIC = b"application/json; charset=UTF-8"
"""As the framework itself types what no controller has answered."""
NO_CACHE: Header = (b"cache-control", b"no-cache")
_SCHEME = re.compile(r"(?:Bearer|Token)\s+(\S.*)", re.IGNORECASE)
_PAIR = re.compile(r'token\s*=\s*"?([^",;\t]*)"?(?:[,;\t].*)?', re.IGNORECASE)
_TOKEN = re.compile(r"[A-Za-z0-9]{1,100}")
_encode = msgspec.json.Encoder().encode

REASONS = {
    400: "Bad Request",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable",
    413: "Content Too Large",
    500: "Internal Server Error",
    503: "Service Unavailable",
}
_TOO_LONG = "the request body must be at most {most} bytes"
_TEXTS = {
    "must not be empty": "can't be blank",
    "is required": "can't be blank",
    "must be at most {most} characters": "is too long (maximum is {most} characters)",
    "must be one line": "is invalid",
    "must not contain control characters": "is invalid",
    "must be an e-mail address": "is invalid",
    "must be an http or https URL": "is invalid",
}
"""What other parts of the server say of a field, as ActiveModel says it."""


class BadRequest(Fault):
    """What was sent cannot be read, or lacks what everything else would be in."""

    def __init__(self) -> None:
        super().__init__("Bad Request")


class Malformed(Fault):
    """A body that is not the JSON it says it is; refused in JSON to whom asks for JSON in the header alone."""

    def __init__(self, is_json: bool) -> None:
        super().__init__("Bad Request")
        self.is_json = is_json


def find(r: Read, token_hash: str) -> Caller | None:
    """The person of a token; its permission as the scopes that operations need."""
    found = identity.tokens.caller(r, token_hash)
    if found is None:
        return None
    scopes = {"read", "write"} if found.permission == "write" else {"read"}
    return dataclasses.replace(found, scopes=frozenset(scopes))


def token(headers: Mapping[bytes, bytes]) -> str:
    """The token of `Bearer x`, `Token x` or `Token token="x"`."""
    said = bearer(headers)
    if said is None:
        raise Unknown("no token")
    pair = _PAIR.fullmatch(said)
    word = (pair[1] if pair else said).strip()
    if not _TOKEN.fullmatch(word):
        raise Unknown("not a token")
    return word


def bearer(headers: Mapping[bytes, bytes]) -> str | None:
    """What follows the name of a scheme that carries tokens; None for no such header, or another scheme."""
    found = _SCHEME.fullmatch(headers.get(b"authorization", b"").decode("latin-1").strip())
    return found[1] if found else None


def voice(fault: Fault | None) -> Voiced:
    """The answer to a refusal; None is an unexpected error."""
    match fault:
        case None:
            return public(500)
        case Unknown():
            return _denied()
        case Refused():
            return _denied() if fault.missing else _said(403, {"error": "Not authorized"})
        case Nowhere():
            return public(404)
        case Missing(text="Not authorized"):
            return _said(404, {"error": "Not authorized"})
        case Missing() | Gone():
            return Voiced(404, b"", ((b"content-type", _BARE), NO_CACHE))
        case Spent():
            return public(503, ((b"retry-after", b"%d" % fault.retry_after),))
        case Malformed(is_json=False):
            return Voiced(400, _page(400), (NO_CACHE,), b"text/html; charset=UTF-8")
        case BadRequest() | Malformed():
            return public(400)
    if not fault.field:
        return public(413 if fault.text == _TOO_LONG else 400)
    return _said(422, {"errors": _errors(fault)})


def public(status: int, headers: tuple[Header, ...] = ()) -> Voiced:
    """What the framework answers by itself, in JSON."""
    body = _encode({"status": status, "error": REASONS[status]})
    return Voiced(status, body, (NO_CACHE, *headers), _PUBLIC)


def public_xml(status: int) -> Voiced:
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<hash>\n'
        f'  <status type="integer">{status}</status>\n  <error>{REASONS[status]}</error>\n</hash>\n'
    )
    return Voiced(status, body.encode(), (NO_CACHE,), b"application/xml; charset=UTF-8")


def public_page(status: int) -> Voiced:
    return Voiced(status, _page(status), (NO_CACHE,), b"text/html; charset=UTF-8")


def _page(status: int) -> bytes:
    said = f"{REASONS[status]} ({status})"
    return f"<!doctype html><html lang=en><title>{said}</title><h1>{said}</h1></html>\n".encode()


def _denied() -> Voiced:
    challenge = (b"www-authenticate", b'Token realm="Application"')
    return Voiced(401, b"HTTP Token: Access denied.\n", (challenge, NO_CACHE), b"text/plain; charset=utf-8")


def _said(status: int, body: Any) -> Voiced:
    return Voiced(status, _encode(body), (NO_CACHE,), JSON)


def _errors(fault: Fault) -> dict[str, list[str]]:
    """Messages by attribute, both in the order in which they were found."""
    told: dict[str, list[str]] = {}
    for each in fault.faults if isinstance(fault, Several) else (fault,):
        told.setdefault(each.field or "base", []).append(_message(each))
    return told


def _message(fault: Fault) -> str:
    text = _TEXTS.get(fault.text, fault.text)
    return text.format(**fault.facts) if fault.facts else text


# Tokens are for programs: browsers on other sites have nothing to ask here, so no origin is let in.
STYLE = Style(
    family="hypemarket",
    find=find,
    token=token,
    voice=voice,
    standing=lambda _now: (),
    always=((b"x-content-type-options", b"nosniff"),),
)
