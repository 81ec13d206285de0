"""Pure decisions of signing in: clients, where they may be answered, and what may be asked for."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from hyway.domain.oidc.records import Client
from hyway.kernel import clock
from hyway.kernel.faults import Invalid

ACCESS_LIFE = clock.HOUR
REFRESH_LIFE = 30 * clock.DAY
"""How long a refresh token may lie unused."""
CODE_LIFE = clock.MINUTE

SCOPES = ("openid", "offline_access", "profile", "email", "api")
"""`api` lets a client act for the person in every API; the built-in ones always may."""
CONSOLE = "hyway-console"
_COMMAND_LINE = "http://localhost:5001/token"
_BUILT_IN = (
    # Both ids and the address are those that the vendor's command line was built with.
    Client("e6315ab1-5847-4c75-a003-65b5ed374dd1", "Hyphen command line", (_COMMAND_LINE,)),
    Client("8d5fb36d-2886-4c53-ab70-e6203e781fbc", "Hyphen command line (development)", (_COMMAND_LINE,)),
)
COMMAND_LINE = _BUILT_IN[0].id
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_MOST_URIS, _LONGEST_URI, _LONGEST_NAME = 20, 2_000, 100
_PRINTABLE = re.compile(r"[\x21-\x7e]+")


def callback(home: str) -> str:
    """Where the server's own cookies are handed out after a sign-in."""
    return f"{home}/api/auth/token-exchange"


def built_in(home: str, client_id: str) -> Client | None:
    """The clients that every server has: the vendor's command line, and its own pages."""
    if client_id == CONSOLE:
        return Client(CONSOLE, "Hyway", (callback(home),))
    return next((each for each in _BUILT_IN if each.id == client_id), None)


def may_be_id(text: str) -> bool:
    """Whether a client's id could look so; nothing else reaches the database."""
    return len(text) <= 100 and _PRINTABLE.fullmatch(text) is not None


def fits(client: Client, asked: str) -> bool:
    """Whether a client may be answered there: to the letter one of its addresses.

    Of a public client's loopback address the port may differ (RFC 8252, 7.3): a program takes one that is free.
    """
    if asked in client.redirect_uris:
        return True
    without = _portless(asked) if client.is_public else None
    return without is not None and without in {_portless(each) for each in client.redirect_uris}


def _portless(uri: str) -> str | None:
    """A loopback address with its port taken out, None for any other."""
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme != "http" or parts.hostname not in _LOOPBACK or not _PRINTABLE.fullmatch(uri):
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    # Spelled in the one way that a browser reads as its parser does: no user, no other spelling of the host.
    if parts.netloc != (host if port is None else f"{host}:{port}"):
        return None
    return uri.replace(parts.netloc, host, 1)


def name(value: str) -> str:
    """What a client is called on the page that asks for consent."""
    clean = value.strip()
    if not clean:
        raise Invalid("name", "must not be empty")
    if len(clean) > _LONGEST_NAME:
        raise Invalid("name", "must be at most {most} characters", most=_LONGEST_NAME)
    if not clean.isprintable():
        raise Invalid("name", "must not contain control characters")
    return clean


def redirect_uris(uris: Sequence[str]) -> tuple[str, ...]:
    """The addresses of a client, checked: https anywhere, http on this machine alone, no fragment."""
    clean = tuple(dict.fromkeys(each.strip() for each in uris if each.strip()))
    if not clean:
        raise Invalid("redirectUris", "must name at least one address")
    if len(clean) > _MOST_URIS:
        raise Invalid("redirectUris", "must be at most {most} addresses", most=_MOST_URIS)
    for each in clean:
        _check_uri(each)
    return clean


def _check_uri(uri: str) -> None:
    if len(uri) > _LONGEST_URI or not _PRINTABLE.fullmatch(uri) or "\\" in uri:
        raise Invalid("redirectUris", "must be addresses in plain ASCII, without blanks")
    try:
        parts = urlsplit(uri)
        named = bool(parts.hostname) and parts.port != 0
    except ValueError:
        named = False
    if not named:
        raise Invalid("redirectUris", "must be whole addresses, such as https://app.example.com/callback")
    if parts.username is not None or parts.password is not None:
        raise Invalid("redirectUris", "must not hold a user or a password")
    if "#" in uri:
        raise Invalid("redirectUris", "must not have a fragment")
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise Invalid("redirectUris", "must begin with https://, or with http:// on localhost")


def known_scope(asked: str) -> str:
    """What of a scope is known here, each word once, in the order asked."""
    return " ".join(dict.fromkeys(word for word in asked.split() if word in SCOPES))


def covers(given: str, asked: str) -> bool:
    return set(asked.split()) <= set(given.split())


def may_act(client: Client | None, scope: str) -> bool:
    """Whether a client's tokens speak for the person in the APIs."""
    return client is not None and (client.is_first_party or "api" in scope.split())


def names(name: str) -> tuple[str, str]:
    """Given and family name of what somebody calls themselves."""
    given, _, family = name.strip().partition(" ")
    return given, family.strip()
