"""One request to the lane, read once: headers, cookies, who comes and from where."""

from typing import Any
from urllib.parse import parse_qsl

from hyway.domain import attribution
from hyway.kernel.seal import Seal

VISITOR_COOKIE, SESSION_COOKIE = "hoko_visitor", "hoko_session"
VISITOR_LIFE, SESSION_LIFE = 90 * 86_400, 30 * 60
OURS = frozenset({"qr", "bot", "hoko_id"})
"""Parameters that speak to us and are not passed on."""
_LONGEST, _LONGEST_QUERY = 2_048, 8_192
_REMEMBERED = 10_000
_TOKEN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")


class Visit:
    """What a request says; absent headers are empty."""

    __slots__ = (
        "agent",
        "cookie",
        "fetch_site",
        "forwarded",
        "headers",
        "host",
        "language",
        "method",
        "origin",
        "path",
        "peer",
        "purpose",
        "query",
        "referrer",
    )

    def __init__(self, scope: Any) -> None:
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.query: bytes = scope["query_string"]
        client = scope.get("client")
        self.peer: str = client[0] if client else ""
        self.agent = self.cookie = self.referrer = self.language = self.forwarded = self.host = b""
        self.origin = b""
        self.purpose = False
        self.headers = scope["headers"]
        for name, value in self.headers:
            if name == b"user-agent":
                self.agent = value
            elif name == b"cookie":
                self.cookie = value
            elif name == b"referer":
                self.referrer = value
            elif name == b"accept-language":
                self.language = value
            elif name == b"x-forwarded-for":
                self.forwarded = self.forwarded + b"," + value if self.forwarded else value
            elif name == b"host":
                self.host = value
            elif name == b"origin":
                self.origin = value
            elif name in (b"purpose", b"sec-purpose", b"x-purpose", b"x-moz"):
                self.purpose = True

    @property
    def prefetch(self) -> bool:
        return self.purpose and attribution.bots.is_prefetch(dict(self.headers))

    def pairs(self) -> list[tuple[str, str]]:
        """The visitor's own query, without the parameters that speak to us."""
        if not self.query:
            return []
        try:
            whole = self.query if len(self.query) <= _LONGEST_QUERY else _whole_pairs(self.query)
            found = parse_qsl(whole.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=200)
        except ValueError:
            return []
        return [pair for pair in found if pair[0] not in OURS]

    def asks(self, name: bytes) -> bool:
        """Is the parameter there, whatever its value?"""
        return name in self.query and any(part.split(b"=")[0] == name for part in self.query.split(b"&"))


def _whole_pairs(query: bytes) -> bytes:
    """The beginning of an overlong query, cut between two parameters."""
    return query[:_LONGEST_QUERY].rpartition(b"&")[0]


def text(raw: bytes) -> str:
    """A header as text without what cannot be stored; bounded."""
    return raw[:_LONGEST].decode("utf-8", "replace").replace("\0", "")


def cookie(raw: bytes, name: str) -> str | None:
    """One cookie's value if it looks like one of ours."""
    wanted = name.encode() + b"="
    for part in raw.split(b";"):
        part = part.strip()
        if part.startswith(wanted):
            return part[len(wanted) :].decode("latin-1")[:600]
    return None


def token(raw: bytes, name: str) -> str | None:
    """A cookie that is an id: 8 to 64 harmless characters."""
    value = cookie(raw, name)
    return value if value and 8 <= len(value) <= 64 and _TOKEN.issuperset(value) else None


def referrer(raw: bytes) -> str | None:
    """An http or https referrer, else none."""
    if not raw.startswith((b"http://", b"https://")):
        return None
    return text(raw)


def language(raw: bytes) -> str | None:
    """The visitor's first language, such as `en-GB`."""
    first = raw[:100].split(b",")[0].split(b";")[0].strip().decode("latin-1")
    return first[:35] if first and _TOKEN.issuperset(first) else None


class Visitors:
    """Names visitors who bring no cookie: a keyed digest of address and user agent, which names no one elsewhere.

    So a visitor who refuses cookies is still one visitor, and the cookie we set says the same name.
    """

    def __init__(self, seal: Seal) -> None:
        self._seal = seal
        self._known: dict[tuple[str, bytes], str] = {}

    def name(self, ip: str, agent: bytes) -> str:
        key = (ip, agent)
        known = self._known.get(key)
        if known is None:
            if len(self._known) > _REMEMBERED:
                self._known.clear()
            known = self._seal.mark(ip.encode() + b"\0" + agent, b"visitor").hex()[:24]
            self._known[key] = known
        return known
