"""A family as a running thing: its Litestar app behind its doorman, and what it does while it lives."""

import asyncio
import contextlib
import logging
import re
from collections.abc import Sequence
from functools import lru_cache, partial
from typing import Any

import msgspec
from litestar import Litestar, Request, Response, route
from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp
from litestar.types import Receive as LitestarReceive
from litestar.types import Scope as LitestarScope
from litestar.types import Send as LitestarSend

from hyway.apis.kit.callers import Callers
from hyway.apis.kit.doorman import ASK, Doorman, Kit, Receive, Scope, Send, answer, speak, voiced
from hyway.apis.kit.operations import Ask, Operation, Reply, Routes, Stream
from hyway.apis.kit.style import Style, Voiced
from hyway.kernel.faults import Invalid

_FLUSH_EVERY = 5.0
log = logging.getLogger(__name__)
_encode = msgspec.json.Encoder().encode


class Family:
    """One API family as an ASGI app. `start` and `stop` go with the server's own life."""

    def __init__(self, kit: Kit, style: Style, operations: Sequence[Operation]) -> None:
        self.style = style
        self.callers = Callers(kit.db, style.find)
        """Whoever else takes requests for the family asks the same memory."""
        routes, inner = _routed(style, tuple(operations))
        self._doorman = Doorman(kit, style, routes, self.callers, inner)  # type: ignore[arg-type]
        self._flushing: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._doorman(scope, receive, send)

    async def start(self) -> None:
        """From now on, when keys were last used is written every few seconds."""
        self._flushing = asyncio.create_task(self._flush_often())

    async def stop(self) -> None:
        """Writes what is still only remembered."""
        if self._flushing is not None:
            self._flushing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._flushing
        await self.callers.flush()

    async def _flush_often(self) -> None:
        while True:
            await asyncio.sleep(_FLUSH_EVERY)
            try:
                await self.callers.flush()
            except Exception:  # the database is away for now: `flush` has kept everything for the next time
                log.warning("could not note when keys were last used; trying again", exc_info=True)


@lru_cache(maxsize=16)
def _routed(style: Style, operations: tuple[Operation, ...]) -> tuple[Routes, Litestar]:
    """The operations behind their paths. They know no database: every request brings its own, so that what costs
    longest at the start is made once, however many servers a process has.
    """
    inner = Litestar(
        route_handlers=[_handler(each, style) for each in operations],
        exception_handlers={Exception: partial(_spoken, style)},
        openapi_config=None,
        logging_config=None,
        request_max_body_size=None,
    )
    return Routes(operations), inner


def _spoken(style: Style, request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """The framework's answer to an exception, in the family's words."""
    ask: Ask = request.scope[ASK]  # type: ignore[literal-required]
    voice = voiced(style, error, ask.request_id)
    headers = {name.decode(): value.decode() for name, value in voice.headers}
    return Response(
        voice.body, status_code=voice.status, media_type=voice.media_type.decode(), headers=headers
    )


class _Answer:
    """The ASGI answer of an operation."""

    def __init__(self, status: int, value: Any) -> None:
        self._status = status
        self._value = value if isinstance(value, Reply | Stream) else _encode(value)

    async def __call__(self, scope: LitestarScope, receive: LitestarReceive, send: LitestarSend) -> None:
        value = self._value
        if isinstance(value, bytes):
            await answer(send, self._status, value)  # type: ignore[arg-type]
        elif isinstance(value, Reply):
            await answer(send, value.status, value.body, value.headers, value.media_type)  # type: ignore[arg-type]
        else:
            await _stream(send, value)  # type: ignore[arg-type]


class _Refusal:
    """The ASGI answer of an operation that has refused."""

    def __init__(self, voice: Voiced) -> None:
        self._voice = voice

    async def __call__(self, scope: LitestarScope, receive: LitestarReceive, send: LitestarSend) -> None:
        await speak(send, self._voice)  # type: ignore[arg-type]


async def _stream(send: Send, stream: Stream) -> None:
    headers = [(b"content-type", stream.media_type), *stream.headers]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": stream.first, "more_body": True})
    async for piece in stream.rest:
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


def _handler(operation: Operation, style: Style) -> HTTPRouteHandler:
    """The framework's handler: it routes and catches; what was sent is decoded by the operation, strictly."""
    path = re.sub(r"\{(\w+)\}", r"{\1:str}", operation.path)

    async def handle(request: Request[Any, Any, Any]) -> ASGIApp:
        ask: Ask = request.scope[ASK]  # type: ignore[literal-required]
        try:
            value = await operation.call(
                ask, request.scope["query_string"], lambda: _read(request.receive, ask.body_limit)
            )
            return _Answer(operation.status, value)
        except Exception as error:
            return _Refusal(voiced(style, error, ask.request_id))

    handle.__name__ = operation.handler.__name__
    # The framework is told 200 of all of them: an answer brings its own status.
    return route(path, http_method=operation.method, status_code=200)(handle)  # type: ignore[arg-type]


async def _read(receive: LitestarReceive, most: int) -> bytes:
    """The whole body; Invalid when it is longer than it said or may be."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Invalid("", "the request body ended too early")
        part: bytes = message.get("body", b"")  # type: ignore[assignment]
        size += len(part)
        if size > most:
            raise Invalid("", "the request body must be at most {most} bytes", most=most)
        parts.append(part)
        if not message.get("more_body"):
            return parts[0] if len(parts) == 1 else b"".join(parts)
