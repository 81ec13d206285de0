"""Questions to platforms over HTTP: how they are sent, and the four ways in which they fail."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol
from urllib.parse import urlencode

from hyway.domain.creators.social.platforms.urls import Name
from hyway.domain.creators.social.records import Grant, Post, Profile
from hyway.kernel import clock
from hyway.kernel.clock import Instant
from hyway.kernel.outgoing import Answer, Outgoing, Unreachable

SECONDS = 15.0
_MOST = 4_000_000
_REST = 60
"""Seconds to leave a platform alone that asks for it and does not say for how long."""
_LONGEST_REST = 86_400
_AGENT = "Hyway-Social/1"
_BIGGEST = 2**63 - 1


class Trouble(Exception):
    """The question has no answer; the text says why, and holds no secret."""


class Gone(Trouble):
    """There is no such profile, or it may not be seen."""


class Denied(Trouble):
    """The platform does not take our credential, or not any more."""


class Throttled(Trouble):
    """Enough was asked for now; `retry_after` in seconds."""

    def __init__(self, why: str, retry_after: float = _REST) -> None:
        super().__init__(why)
        self.retry_after = min(max(retry_after, 1.0), _LONGEST_REST)


class Broken(Trouble):
    """Something is wrong on the way, with the platform or with its answer."""


@dataclass(frozen=True, slots=True)
class Whose:
    """A profile to ask about: by its number where it is known, else by name; with what its owner granted."""

    name: Name
    url: str
    uid: str | None = None
    grant: Grant | None = None


class Adapter(Protocol):
    """Who knows how to ask one platform. `most` posts fit into one question. Every verb raises a Trouble."""

    most: int

    def profile(self, whose: Whose) -> Profile:
        """The profile; of a `Whose` without a name that of the grant's owner."""

    def bundle(self, whose: Whose | None) -> str | None:
        """Posts of the same bundle go into one question; None where this platform cannot be asked for them."""

    def posts(self, whose: Whose | None, ids: Sequence[str]) -> dict[str, Post | None]:
        """How posts of one bundle stand, by their ids: None for one that is gone, nothing where it was not told."""


class Way:
    """The way to one platform: `base` before every path in place of the vendor's own hosts, where it is given."""

    def __init__(self, out: Outgoing, base: str = "") -> None:
        self._out = out
        self._base = base.rstrip("/")

    def url(self, host: str, path: str, **query: object) -> str:
        """An address at the vendor's host; a value that is None is left out."""
        asked = urlencode({name: value for name, value in query.items() if value is not None})
        return (self._base or f"https://{host}") + path + (f"?{asked}" if asked else "")

    def send(
        self, method: str, url: str, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Answer:
        """The answer whatever its status is; Broken if there is none."""
        sent = {"User-Agent": _AGENT, "Accept": "application/json", **(headers or {})}
        try:
            return self._out.send(method, url, sent, body, seconds=SECONDS, most=_MOST)
        except Unreachable as error:
            raise Broken(str(error)) from error

    def form(self, url: str, fields: Mapping[str, str], headers: Mapping[str, str] | None = None) -> Answer:
        """A POST of a form."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.send("POST", url, {**kind, **(headers or {})}, urlencode(fields).encode())


def document(answer: Answer) -> dict[str, Any]:
    """The JSON object of an answer; Broken for anything else."""
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Broken(f"the answer ({answer.status}) is no JSON object")
    return found


def part(of: object, *names: str) -> dict[str, Any]:
    """The object at the end of a way through objects; empty where the way ends before."""
    for name in names:
        of = of.get(name) if isinstance(of, dict) else None
    return of if isinstance(of, dict) else {}


def items(of: object, name: str) -> list[dict[str, Any]]:
    """The objects of a list in an object."""
    found = of.get(name) if isinstance(of, dict) else None
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def text(of: Mapping[str, Any], name: str, most: int = 5_000) -> str:
    """A text of an object without NUL, which PostgreSQL does not store; numbers become text."""
    found = of.get(name)
    if isinstance(found, int) and not isinstance(found, bool):
        return str(found)
    return found[:most].replace("\0", "") if isinstance(found, str) else ""


def count(of: Mapping[str, Any], name: str) -> int | None:
    """A count, which may be the text of one; None where there is none."""
    found = of.get(name)
    if isinstance(found, str) and re.fullmatch(r"[0-9]{1,18}", found):
        found = int(found)
    is_count = isinstance(found, int) and not isinstance(found, bool) and 0 <= found <= _BIGGEST
    return found if is_count else None


def instant(found: object) -> Instant | None:
    """Seconds since 1970, or ISO 8601 with any zone (`+0000`, too); None for anything else."""
    try:
        if isinstance(found, int) and not isinstance(found, bool):
            return found * clock.SECOND if 0 <= found < 2**40 else None
        if isinstance(found, str):
            at = datetime.fromisoformat(found)
            return clock.instant(at if at.tzinfo else at.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        pass  # a time that cannot be read is one that was not told
    return None


def rate(interactions: int, seen: int | None) -> str | None:
    """Interactions of a hundred who have seen it, as decimal text with one digit after the point."""
    if not seen:
        return None
    tenths = (interactions * 2_000 + seen) // (2 * seen)
    return f"{tenths // 10}.{tenths % 10}" if tenths < 10**9 else None


def rest(headers: Mapping[str, str], default: float = _REST) -> float:
    """The seconds of a Retry-After."""
    said = headers.get("retry-after", "")
    return float(said) if re.fullmatch(r"[0-9]{1,6}", said) else default
