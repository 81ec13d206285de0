"""Bare ASGI, in the three forms the lane needs: answer, read a small body, read a form."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

from hyway.edge.pages import Headers, Page
from hyway.kernel import ids

Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]


async def answer(send: Send, status: int, headers: Headers, body: bytes = b"", *, head: bool = False) -> None:
    """Sends a whole answer with an id to ask by; for HEAD its headers alone."""
    headers = [*headers, (b"content-length", str(len(body)).encode())]
    if not any(name == b"x-request-id" for name, _ in headers):
        headers.append((b"x-request-id", ids.uuid7().encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if head else body})


async def show(send: Send, page: Page, *, head: bool = False, more: Headers | None = None) -> None:
    await answer(send, page.status, [*page.headers, *(more or ())], page.body, head=head)


async def body(receive: Receive, most: int) -> bytes | None:
    """The request's body; None when it is longer than `most` or the visitor went away."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        part = message.get("body", b"")
        size += len(part)
        if size > most:
            return None
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)


def form(raw: bytes) -> dict[str, str]:
    """A urlencoded form's fields, the first value of each; empty for what is no form."""
    try:
        found = parse_qs(raw.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=20)
    except ValueError:
        return {}
    return {name: values[0] for name, values in found.items()}
