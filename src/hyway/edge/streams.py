"""Live streams: server-sent events and a WebSocket, over one hub.

`GET /api/v1/stream/users/<id>/`, `…/groups/<id>/`, `…/actions/<id>/` and `…/stream/` (everything) are read as
`text/event-stream`; `Last-Event-ID` goes on where a stream stopped. `/api/v1/ws/` takes `{"subscribe": ["user:<id>"]}`
and `{"unsubscribe": […]}`. A browser cannot set headers on either, so the key may come as `?token=`.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import parse_qs

from hyway.domain import tracking
from hyway.domain.identity import Caller
from hyway.edge import sse
from hyway.edge.http import answer
from hyway.edge.hub import Full, Hub, Line, Reader
from hyway.kernel import clock
from hyway.kernel.db import Database
from hyway.kernel.faults import Fault, Invalid, Missing, Refused

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
Admit = Callable[[str], Awaitable[Caller | None]]
"""Who a credential of this API speaks for."""

_KINDS = {"users": "user", "groups": "group", "actions": "action"}
_MOST_TOPICS = 1_000
_LONGEST_FRAME = 65_536
LOOK_EVERY = 10.0
"""Seconds after which it is asked again whether a reader may still see this."""
Lives = Callable[[], Awaitable[bool]]


class Streams:
    """The ASGI app below `/api/v1/stream/` and of `/api/v1/ws/`."""

    def __init__(self, db: Database, hub: Hub, admit: Admit) -> None:
        self._db, self._hub, self._admit = db, hub, admit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            return await self._talk(scope, receive, send)
        if scope["method"] not in ("GET", "HEAD"):
            said = f'Method "{scope["method"]}" not allowed.'
            return await refuse(send, 405, said, (b"allow", b"GET"))
        try:
            by, topics = await self._asked(scope)
            account = await self._db.read(tracking.live.watch, by, topics)
            reader, first = await self._hub.join(account, topics, since(scope))
        except Exception as error:
            return await refuse_for(send, error)
        lives = self._lives(_token(scope) or "", reader)
        await pour(receive, send, self._hub, reader, while_lives(lives, reader, first))

    def _lives(self, token: str, reader: Reader) -> Lives:
        """Asks whether the credential is still good, and for a group's token whether the topics still are its own."""

        async def lives() -> bool:
            by = await self._known(token)
            if by is None or "group" not in by.scopes:
                return by is not None
            try:
                await self._db.read(tracking.live.watch, by, sorted(reader.topics))
            except Fault:
                return False
            return True

        return lives

    async def _known(self, token: str) -> Caller | None:
        by = await self._admit(token)
        return None if by is None or (by.expires_at is not None and by.expires_at <= clock.now()) else by

    async def _asked(self, scope: Scope) -> tuple[Caller, list[str]]:
        path = [part for part in scope["path"].split("/stream/", 1)[1].split("/") if part]
        topics = _topics(path)
        return await self._who(scope), topics

    async def _who(self, scope: Scope) -> Caller:
        token = _token(scope)
        by = await self._known(token) if token else None
        if by is None:
            raise NoCaller(token is not None)
        return by

    async def _talk(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One WebSocket: subscriptions come in, frames go out."""
        await receive()
        try:
            by = await self._who(scope)
        except NoCaller:
            return await send({"type": "websocket.close", "code": 4401, "reason": "Invalid token."})
        await send({"type": "websocket.accept"})
        await _Talk(self._db, self._hub, by, send, partial(self._lives, _token(scope) or "")).run(receive)


class NoCaller(Exception):
    """No credential, or one that is worth nothing."""

    def __init__(self, was_given: bool) -> None:
        super().__init__()
        self.was_given = was_given


class _Talk:
    """The life of one WebSocket."""

    def __init__(
        self, db: Database, hub: Hub, by: Caller, send: Send, lives: Callable[[Reader], Lives]
    ) -> None:
        self._db, self._hub, self._by, self._send, self._lives = db, hub, by, send, lives
        self._reader: Reader | None = None
        self._carrying: asyncio.Task[None] | None = None

    async def run(self, receive: Receive) -> None:
        try:
            while (message := await receive())["type"] == "websocket.receive":
                await self._hear(
                    message.get("text") or (message.get("bytes") or b"").decode("utf-8", "replace")
                )
        finally:
            if self._carrying is not None:
                self._carrying.cancel()
            if self._reader is not None:
                self._hub.leave(self._reader)

    async def _hear(self, text: str) -> None:
        try:
            wish = json.loads(text) if len(text) <= _LONGEST_FRAME else None
        except (ValueError, RecursionError):
            wish = None
        if not isinstance(wish, dict):
            return await self._say({"error": "Send a JSON object with subscribe or unsubscribe."})
        try:
            if "unsubscribe" in wish:
                await self._drop(_listed(wish["unsubscribe"]))
            if "subscribe" in wish:
                await self._add(_listed(wish["subscribe"]), _number(wish.get("since")))
        except Fault as fault:
            await self._say({"error": fault.message})
        except Full:
            await self._say({"error": "Too many streams are open."})

    async def _add(self, topics: list[str], last: int | None) -> None:
        account = await self._db.read(tracking.live.watch, self._by, topics)
        if self._reader is None:
            self._reader, first = await self._hub.join(account, topics, last)
        elif len(self._reader.topics) + len(topics) > _MOST_TOPICS:
            raise Invalid("subscribe", "at most {most} topics at a time", most=_MOST_TOPICS)
        else:
            first = await self._hub.add(self._reader, topics)
        await self._say({"subscribed": topics})
        for line in first:
            await self._carry(line)
        if self._carrying is None:
            self._carrying = asyncio.create_task(self._carry_on(self._reader))

    async def _drop(self, topics: list[str]) -> None:
        if self._reader is not None:
            self._reader.topics.difference_update(topics)
        await self._say({"unsubscribed": topics})

    async def _carry_on(self, reader: Reader) -> None:
        time, lives = asyncio.get_running_loop().time, self._lives(reader)
        looked = time()
        async for lines in waiting(reader):
            if time() - looked >= LOOK_EVERY:
                looked = time()
                if not await lives():
                    return await self._send(
                        {"type": "websocket.close", "code": 4401, "reason": "Invalid token."}
                    )
            for line in lines:
                await self._carry(line)
        await self._send({"type": "websocket.close", "code": 4408, "reason": "Too slow; come back."})

    async def _carry(self, line: Line) -> None:
        head = f'{{"id":{line.number},"event":"{line.kind}","data":'
        await self._send({"type": "websocket.send", "text": head + line.body.decode() + "}"})

    async def _say(self, what: dict[str, Any]) -> None:
        await self._send({"type": "websocket.send", "text": json.dumps(what)})


def _topics(path: list[str]) -> list[str]:
    if not path:
        return [tracking.live.EVERYBODY]
    if len(path) != 2 or path[0] not in _KINDS:
        raise Missing("Not found.")
    return [f"{_KINDS[path[0]]}:{_id(path[1])}"]


def _id(said: str) -> str:
    """An id as it may be looked for: no database takes all that may stand in a path or in JSON."""
    if not (said.isascii() and said.isprintable()):
        raise Missing("Not found.")
    return said.lower()


def _listed(wish: Any) -> list[str]:
    if not isinstance(wish, list) or not all(isinstance(each, str) for each in wish):
        raise Invalid("subscribe", "must be a list of topics such as user:<id>")
    if len(wish) > _MOST_TOPICS:
        raise Invalid("subscribe", "at most {most} topics at a time", most=_MOST_TOPICS)
    return [_id(each) for each in wish]


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63 else None


def _query(scope: Scope, name: str) -> str | None:
    try:
        found = parse_qs(scope["query_string"].decode("utf-8", "replace"), max_num_fields=20)
    except ValueError:
        return None
    return found[name][0] if name in found else None


def _header(scope: Scope, wanted: bytes) -> str | None:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == wanted), None)


def _token(scope: Scope) -> str | None:
    said = (_header(scope, b"authorization") or "").split()
    if len(said) == 2 and said[0].lower() == "token":
        return said[1]
    return _query(scope, "token")


def since(scope: Scope) -> int | None:
    """The number that the reader has seen last, by header or by `?since=`."""
    text = _header(scope, b"last-event-id") or _query(scope, "since") or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


async def while_lives(lives: Lives, reader: Reader, first: list[Line]) -> AsyncIterator[bytes]:
    """What a stream of topics says: the first lines, then what comes, pings between; until `lives` says no."""
    time = asyncio.get_running_loop().time
    looked = time()
    yield sse.lines(first)
    async for lines in waiting(reader):
        if time() - looked >= LOOK_EVERY:
            looked = time()
            if not await lives():
                yield sse.event("end", b"{}")
                return
        yield sse.lines(lines)


async def waiting(reader: Reader) -> AsyncIterator[list[Line]]:
    """What came for a reader, as much as there is at a time; nothing at all when it is time for a ping."""
    while True:
        try:
            async with asyncio.timeout(sse.PING_SECONDS):
                line = await reader.lines.get()
        except TimeoutError:
            yield []
            continue
        found: list[Line] = []
        while line is not None:
            found.append(line)
            if reader.lines.empty():
                break
            line = reader.lines.get_nowait()
        if found:
            yield found
        if line is None:
            return


async def pour(
    receive: Receive,
    send: Send,
    hub: Hub,
    reader: Reader | None,
    pieces: AsyncIterator[bytes],
    headers: Sequence[tuple[bytes, bytes]] = sse.HEADERS,
) -> None:
    """An event stream until it ends or its reader, who leaves the hub then, goes away."""
    try:
        await carry(receive, send, pieces, headers)
    finally:
        if reader is not None:
            hub.leave(reader)


async def carry(
    receive: Receive,
    send: Send,
    pieces: AsyncIterator[bytes],
    headers: Sequence[tuple[bytes, bytes]] = sse.HEADERS,
) -> None:
    """An event stream until it ends or its reader goes away; an empty piece is a ping."""
    await send({"type": "http.response.start", "status": 200, "headers": list(headers)})
    pouring = asyncio.create_task(_send_all(send, pieces))
    leaving = asyncio.create_task(_gone(receive))
    try:
        await asyncio.wait({pouring, leaving}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (pouring, leaving):
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await pouring


async def _send_all(send: Send, pieces: AsyncIterator[bytes]) -> None:
    async for piece in pieces:
        await send({"type": "http.response.body", "body": piece or sse.PING, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def refuse(send: Send, status: int, detail: str, *headers: tuple[bytes, bytes]) -> None:
    """A refusal in this API's envelope."""
    shown = [(b"content-type", b"application/json"), (b"cache-control", b"no-store"), *headers]
    await answer(send, status, shown, json.dumps({"detail": detail}).encode())


async def refuse_for(send: Send, error: Exception) -> None:
    """What an exception is to whoever asked for a stream; an accident is raised again."""
    match error:
        case NoCaller():
            given = "Invalid token." if error.was_given else "Authentication credentials were not provided."
            await refuse(send, 401, given, (b"www-authenticate", b"Token"))
        case Refused():
            await refuse(send, 403, "You do not have permission to perform this action.")
        case Missing():
            await refuse(send, 404, "Not found.")
        case Full():
            await refuse(send, 503, "Too many streams are open.", (b"retry-after", b"10"))
        case Fault():
            await refuse(send, 400, error.message)
        case _:
            raise error
