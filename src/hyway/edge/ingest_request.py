"""A request of the ingest lane: its headers and body as a batch, and the answer to what became of it."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from hyway.domain import tracking
from hyway.domain.identity import Caller
from hyway.domain.tracking import Batch, Verdict
from hyway.edge import ingest_wire as wire
from hyway.edge.http import Receive
from hyway.kernel import clock
from hyway.kernel.clock import Instant

_SKEW = 2 * clock.DAY
_DIGITS = re.compile(r"\d{9,17}(\.\d{1,6})?")
Headers = Mapping[bytes, bytes]


class Answer(NamedTuple):
    """What is sent back, as JSON."""

    status: int
    body: Any
    headers: tuple[tuple[bytes, bytes], ...] = ()


class Asked(NamedTuple):
    """One request, its body read and unpacked."""

    path: str
    headers: Headers
    query: dict[str, str]
    body: bytes


def told(verdict: Verdict) -> Answer:
    """The answer to a batch. It is an object: the vendor's Android client would send it again for ever otherwise."""
    match verdict.standing:
        case "missing":
            return Answer(404, {"detail": "Not found."})
        case "secondary":
            return Answer(409, {"detail": "Secondary devices with the same user id detected."})
        case "reused":
            said = "Another request was sent with this Idempotency-Key."
            return Answer(400, {"detail": said})
    refused = [{"index": each.place, "errors": {each.field: [each.text]}} for each in verdict.refused]
    return Answer(200, {"accepted": verdict.accepted, "duplicates": verdict.duplicates, "rejected": refused})


def batch_of(by: Caller, asked: Asked, read: wire.Read, only: str | None = None) -> Batch:
    """The request as one batch; with `only`, of positions alone, all of that user."""
    headers, now = asked.headers, clock.now()
    key = said(headers, b"idempotency-key", 255)
    return Batch(
        by,
        now,
        read.items,
        read.refused,
        device=said(headers, b"device-id", 200),
        timezone=said(headers, b"timezone", 64),
        battery=_percent(said(headers, b"battery", 10)),
        skew=_skew(said(headers, b"device-time", 40), now),
        plain=only is not None,
        only=only,
        once=tracking.ingest.once(key, asked.path.encode() + b"\n" + asked.body) if key and only else None,
    )


def said(headers: Headers, name: bytes, most: int) -> str | None:
    """A header's text, where it is one that can be kept."""
    text = headers.get(name, b"").decode("latin-1").strip()
    return text if text and len(text) <= most and text.isprintable() else None


def _percent(text: str | None) -> int | None:
    try:
        level = float(text or "nan")
    except ValueError:
        return None
    return int(level) if 0 <= level <= 100 else None


def _skew(text: str | None, now: Instant) -> int:
    """How far the device's clock is behind ours: by its own word, as ISO 8601 or as seconds or milliseconds."""
    if text is None:
        return 0
    if _DIGITS.fullmatch(text):
        number = float(text)
        at = round(number * (1_000 if number > 1e11 else 1_000_000))
    else:
        try:
            at = wire.instant(wire.moment(text))
        except (wire.Wrong, OverflowError):
            return 0
    return now - at if abs(now - at) <= _SKEW else 0


def query(scope: Any) -> dict[str, str]:
    """The parameters of the address, the last value of each."""
    raw: bytes = scope["query_string"]
    try:
        return dict(parse_qsl(raw[:8_192].decode("utf-8", "replace"), max_num_fields=100)) if raw else {}
    except ValueError:
        return {}


async def body(receive: Receive, headers: Headers) -> bytes:
    """The whole body, unpacked; TooLarge as soon as that is known."""
    length = headers.get(b"content-length", b"0")
    if not length.isdigit() or int(length[:18]) > wire.LARGEST:
        raise wire.TooLarge
    kind = headers.get(b"content-encoding", b"").lower()
    if kind not in (b"", b"gzip", b"x-gzip", b"identity"):
        raise wire.Unreadable({"detail": "The body may be packed with gzip, or not at all."})
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise wire.Unreadable({"detail": "The request broke off."})
        part = message.get("body", b"")
        size += len(part)
        if size > wire.LARGEST:
            raise wire.TooLarge
        parts.append(part)
        if not message.get("more_body"):
            return wire.unpacked(b"".join(parts))
