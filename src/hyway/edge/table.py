"""What the lane remembers of links: a bounded table, misses included, that forgets at every change."""

from typing import Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from hyway.domain import links
from hyway.kernel.db import Database

_SIZE = 100_000
_MISSES = 20_000
# What RFC 3986 lets stand in a URL, and "%": what is quoted already stays as it is.
_SAFE = "%:/?#[]@!$&'()*+,;=-._~"
_UTM_NAMES = {
    "source": "utm_source",
    "medium": "utm_medium",
    "campaign": "utm_campaign",
    "term": "utm_term",
    "content": "utm_content",
    "referral": "ref",
}
_NAMES_UTM = {name: key for key, name in _UTM_NAMES.items()} | {"referral": "referral"}


class Entry:
    """A live link, made ready: for the plain case the Location is head + click id + tail, and nothing to decide."""

    __slots__ = ("destination", "head", "plain", "tail", "target", "utm")

    def __init__(self, target: links.Target) -> None:
        self.target = target
        self.destination, self.utm = destination(target, target.url, [])
        self.head, self.tail = split_at_click(self.destination)
        special = (target.expires_at, target.password, target.cloaked, target.ios, target.android, target.geo)
        self.plain = not any(special)


class Missing:
    """There is no such link."""


MISSING: Final = Missing()


def destination(
    target: links.Target, url: str, visitor: list[tuple[str, str]]
) -> tuple[str, dict[str, str] | None]:
    """Where a visitor with this query goes (without the click id), and the UTM that the click is stored with.

    The link's own UTM replaces what its URL says. The visitor's query wins, yields or is dropped by the link's policy.
    """
    parts = urlsplit(url)
    query = parse_qsl(parts.query, keep_blank_values=True)
    utm = {_UTM_NAMES[key]: value for key, value in (target.utm or {}).items()}
    own = [(name, value) for name, value in query if name not in utm] + list(utm.items())
    merged = _merged(own, visitor, target.forward_query)
    # An untouched query keeps its exact bytes: some sites sign theirs.
    text = urlencode(merged) if merged != query else parts.query
    tagged = {_NAMES_UTM[name]: value for name, value in merged if name in _NAMES_UTM and value}
    host = ascii_host(parts.netloc)
    return quote(
        urlunsplit((parts.scheme, host, parts.path, text, parts.fragment)), safe=_SAFE
    ), tagged or None


def _merged(own: list[tuple[str, str]], visitor: list[tuple[str, str]], policy: str) -> list[tuple[str, str]]:
    if policy == "off" or not visitor:
        return own
    first, second = (visitor, own) if policy == "visitor" else (own, visitor)
    taken = {name for name, _ in first}
    rest = [pair for pair in second if pair[0] not in taken]
    return rest + first if policy == "visitor" else first + rest


def location(url: str) -> bytes:
    """A URL in the form that a Location header can carry."""
    parts = urlsplit(url)
    host = ascii_host(parts.netloc)
    return quote(urlunsplit(parts._replace(netloc=host)), safe=_SAFE).encode("ascii")


def ascii_host(netloc: str) -> str:
    """An internationalised host in the form that a Location header can carry."""
    if netloc.isascii():
        return netloc
    head, at, host = netloc.rpartition("@")
    name, colon, port = host.partition(":")
    try:
        name = name.encode("idna").decode()
    except UnicodeError:
        name = quote(name)
    return f"{quote(head, safe=_SAFE)}{at}{name}{colon}{port}"


def split_at_click(url: str) -> tuple[bytes, bytes]:
    """A URL in two pieces with room for the click id between them; a `hoko_id` it had is replaced."""
    parts = urlsplit(url)
    query = parts.query
    if "hoko_id=" in query:
        query = "&".join(pair for pair in query.split("&") if not pair.startswith("hoko_id="))
    path = parts.path or "/"
    head = (
        urlunsplit((parts.scheme, parts.netloc, path, "", ""))
        + "?"
        + (query + "&" if query else "")
        + "hoko_id="
    )
    tail = "#" + parts.fragment if parts.fragment else ""
    return head.encode("ascii"), tail.encode("ascii")


class LinkTable:
    """Entries by `links.lane_key`. A load that a change overtakes is used once and not remembered."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._entries: dict[str, Entry | Missing] = {}
        self._misses = 0
        self._generation = 0
        self.get = self._entries.get
        db.changes.hear(links.TOPIC, self.forget)

    def forget(self, key: str) -> None:
        """Called at every commit that changes the link, in whichever process."""
        self._generation += 1
        if key == "*":
            self._entries.clear()
            self._misses = 0
        else:
            self._entries.pop(key, None)

    async def load(self, short_id: str, domain: int = 0) -> Entry | Missing:
        """From the database, remembered unless something changed meanwhile."""
        before, key = self._generation, links.lane_key(short_id, domain)
        target = await self._db.read(links.target, short_id, domain)
        entry = Entry(target) if target else MISSING
        if self._generation == before:
            self._remember(key, entry)
            if self._generation != before:  # changes come on other threads: this one came in between
                self._entries.pop(key, None)
        return entry

    def _remember(self, key: str, entry: Entry | Missing) -> None:
        if entry is MISSING:
            # Whoever guesses short ids must not push real links out.
            if self._misses >= _MISSES:
                for miss in [miss for miss, known in list(self._entries.items()) if known is MISSING]:
                    self._entries.pop(miss, None)
                self._misses = 0
            self._misses += 1
        elif len(self._entries) >= _SIZE:
            for old in list(self._entries)[: _SIZE // 10]:
                self._entries.pop(old, None)
        self._entries[key] = entry
