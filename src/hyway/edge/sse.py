"""Server-sent events, as WHATWG's HTML standard writes them."""

from hyway.edge.hub import Line

PING = b": ping\n\n"
PING_SECONDS = 15.0
HEADERS = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    # Proxies that collect an answer before they pass it on would hold events back.
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
    (b"access-control-allow-origin", b"*"),
)


def event(kind: str, body: bytes, number: int | None = None) -> bytes:
    """One event; JSON holds no line break, so its data is one line."""
    mark = b"" if number is None else b"id: %d\n" % number
    return b"%bevent: %b\ndata: %b\n\n" % (mark, kind.encode(), body)


def lines(found: list[Line]) -> bytes:
    return b"".join(event(line.kind, line.body, line.number) for line in found)
