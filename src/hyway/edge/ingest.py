"""Ingest: what devices send is stored before it is answered, many requests in one commit.

It stands before the family that the paths belong to and takes its own of them; credentials and refusals are the
family's. Connectors speak for other vendors' apps.
"""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, Final, Protocol

import msgspec

from hyway.domain import tracking
from hyway.domain.identity import Caller
from hyway.domain.tracking import Batch, Verdict
from hyway.edge import ingest_gpx as gpx
from hyway.edge import ingest_wire as wire
from hyway.edge import pages
from hyway.edge.http import Receive, Send, answer
from hyway.edge.ingest_request import Answer, Asked, Headers, batch_of, body, query, told
from hyway.edge.writer import Overrun, Unstored, Writer
from hyway.kernel import clock
from hyway.kernel.clock import Instant
from hyway.kernel.db import Database
from hyway.kernel.faults import Fault, Missing, Refused, Spent, Unknown
from hyway.kernel.limits import LocalWindow, household
from hyway.kernel.proxies import Proxies

log = logging.getLogger(__name__)

AT_ONCE = 48
"""Batches in a transaction: so many of 50 positions take some 40 ms."""
STRANGERS = 600
"""Requests a minute from one address that name no known key."""
_SMALL = 32_768  # bytes
MAY: Final = frozenset({"secret", "publishable"})
_PATH = re.compile(r"/api/v[12]/(?:(sdk_events/bulk)|users/([!-.0-~]{1,200})/(locations|gpx))/")
_encode = msgspec.json.Encoder().encode


class Voice(Protocol):
    """A refusal in a family's words."""

    @property
    def status(self) -> int: ...
    @property
    def body(self) -> bytes: ...
    @property
    def headers(self) -> Sequence[tuple[bytes, bytes]]: ...


class Manners(Protocol):
    """What the lane borrows of the family: how it reads a token, how it refuses, what it tells browsers."""

    @property
    def token(self) -> Callable[[Headers], str]: ...
    @property
    def voice(self) -> Callable[[Fault | None], Voice]: ...
    @property
    def cors(self) -> Sequence[tuple[bytes, bytes]]: ...


class Callers(Protocol):
    """The family's memory of who is behind a credential."""

    def find(self, token: str) -> Awaitable[Caller | None]: ...

    def note(self, caller: Caller, at: Instant) -> None: ...


class Ingest:
    """The ASGI app of the lane; `takes` says which requests are its own."""

    def __init__(
        self,
        db: Database,
        callers: Callers,
        manners: Manners,
        *,
        trusted_proxies: tuple[str, ...] = (),
    ) -> None:
        self.db = db
        self._callers = callers
        self._manners = manners
        self._writer: Writer[Batch, Verdict] = Writer(
            db, tracking.ingest.take, "batches", at_once=AT_ONCE, apart=True
        )
        self._strangers = LocalWindow()
        self._proxies = Proxies(trusted_proxies)
        self._stats = {"accepted": 0, "duplicates": 0, "rejected": 0, "refused": 0, "busy": 0}

    async def start(self) -> None:
        self._writer.start()

    async def stop(self) -> None:
        """Returns when everything that was taken in is durable."""
        await self._writer.stop()

    def stats(self) -> dict[str, int]:
        """Counts since the start: items by what became of them, batches written and the commits they took."""
        return {**self._stats, "batches": self._writer.written, "commits": self._writer.batches}

    @staticmethod
    def takes(scope: Any) -> bool:
        """Whether the request is the lane's own."""
        return scope["method"] == "POST" and _PATH.fullmatch(scope["path"]) is not None

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        found = _PATH.fullmatch(scope["path"])
        headers: Headers = dict(scope["headers"])
        try:
            by = await self.caller(scope, self._manners.token, headers)
            asked = Asked(scope["path"], headers, query(scope), await body(receive, headers))
            if found is None:
                raise Missing("Not found")
            done = await self._take(by, found, asked)
        except Exception as error:
            done = self.refusal(error)
        await self.say(send, done)

    async def _take(self, by: Caller, path: re.Match[str], asked: Asked) -> Answer:
        user = (path[2] or "").lower()
        if path[3] == "gpx":
            return await self._gpx(by, user, asked)
        decode = partial(wire.locations, user=user) if user else wire.events
        # What takes long is read beside the event loop.
        small = len(asked.body) <= _SMALL
        read = decode(asked.body) if small else await asyncio.to_thread(decode, asked.body)
        return told(await self.put(batch_of(by, asked, read, user or None)))

    async def _gpx(self, by: Caller, user: str, asked: Asked) -> Answer:
        """A recorded track, in as many batches as it takes; what is sent again is a duplicate."""
        track = await asyncio.to_thread(gpx.read, asked.headers, asked.body)
        if asked.query.get("as") == "route":
            return Answer(200, await asyncio.to_thread(gpx.route, track))
        sum = Verdict()
        for items in gpx.items(track, user):
            verdict = await self.put(batch_of(by, asked, wire.Read(items, []), user))
            if verdict.standing != "taken":
                return told(verdict)
            sum.accepted += verdict.accepted
            sum.duplicates += verdict.duplicates
            sum.refused += verdict.refused
        return told(sum)

    async def put(self, batch: Batch) -> Verdict:
        """What became of the batch; durable when this returns."""
        verdict = await self._writer.put(batch)
        self._stats["accepted"] += verdict.accepted
        self._stats["duplicates"] += verdict.duplicates
        self._stats["rejected"] += len(verdict.refused)
        return verdict

    async def caller(self, scope: Any, token: Callable[[Headers], str], headers: Headers) -> Caller:
        """Who sends; Unknown, Refused for a key that may not, Spent for who guesses keys."""
        try:
            found = await self._callers.find(token(headers))
            now = clock.now()
            if found is None or (found.expires_at is not None and found.expires_at <= now):
                raise Unknown("Invalid API key")
        except Unknown:
            self._count(scope, headers)
            raise
        if not found.scopes & MAY:
            raise Refused("Missing required scopes", missing=("publishable",))
        self._callers.note(found, now)
        return found

    def _count(self, scope: Any, headers: Headers) -> None:
        peer = scope.get("client")
        said = headers.get(b"x-forwarded-for", b"").decode("latin-1")
        client = self._proxies.client(peer[0] if peer else "", said)
        standing = self._strangers.hit(household(client), STRANGERS)
        if not standing.allowed:
            raise Spent("Rate limit exceeded", retry_after=standing.retry_after)

    def refusal(self, error: Exception) -> Answer:
        """What is said of an error: the family's words for the family's faults."""
        self._stats["refused"] += 1
        match error:
            case wire.TooLarge():
                return Answer(413, {"detail": f"The body is larger than {wire.LARGEST} bytes."})
            case wire.Unreadable():
                return Answer(400, error.said)
            case Overrun() | Unstored():
                self._stats["busy"] += 1
                return Answer(503, {"detail": "Try again in a moment."}, ((b"retry-after", b"2"),))
            case Fault() if type(error) is not Fault:
                voice = self._manners.voice(error)
            case _:
                log.error("a batch failed", exc_info=error)
                voice = self._manners.voice(None)
        return Answer(voice.status, msgspec.Raw(voice.body), tuple(voice.headers))

    async def say(self, send: Send, done: Answer) -> None:
        headers: pages.Headers = [
            (b"content-type", b"application/json"),
            (b"cache-control", b"no-store"),
            (b"x-content-type-options", b"nosniff"),
            *self._manners.cors,
            *done.headers,
        ]
        await answer(send, done.status, headers, _encode(done.body))
