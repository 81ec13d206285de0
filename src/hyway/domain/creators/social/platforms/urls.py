"""Addresses of profiles and posts, taken apart."""

import re
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

LONGEST = 2_000
_HOST = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
_PORTS = {None: True, 80: True, 443: True}


class Address(NamedTuple):
    """A web address as it is compared: lower-case host, decoded path without empty pieces, first value of each name."""

    host: str
    path: tuple[str, ...]
    query: dict[str, str]

    def under(self, *hosts: str) -> bool:
        """Whether the host is one of these, or one of its doors for browsers and phones."""
        bare = self.host
        for door in ("www.", "m.", "mobile."):
            bare = bare.removeprefix(door)
        return bare in hosts

    def piece(self, at: int) -> str:
        """The piece of the path; nothing beyond its end."""
        return self.path[at] if at < len(self.path) else ""


class Name(NamedTuple):
    """Who a profile's address names: its handle, or another name of the kind; and the key that all spellings share."""

    kind: str
    text: str

    @property
    def key(self) -> str:
        return self.text if self.kind == "handle" else f"{self.kind}/{self.text}"


def taken(url: str) -> Address | None:
    """The parts of an http or https address of a named host; None for anything else."""
    text = url.strip()
    if len(text) > LONGEST or not text.isprintable() or " " in text or "\\" in text:
        return None
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    host = (parts.hostname or "").removesuffix(".")
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or port not in _PORTS:
        return None
    if not _HOST.fullmatch(host):
        return None
    path = tuple(unquote(piece) for piece in parts.path.split("/") if piece)
    if any(not piece.isprintable() or "/" in piece or piece in (".", "..") for piece in path):
        return None
    query: dict[str, str] = {}
    for name, value in parse_qsl(parts.query):
        query.setdefault(name, value)
    return Address(host, path, query)
