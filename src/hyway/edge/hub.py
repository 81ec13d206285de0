"""The hub: one look at what changed, carried to everybody in this process who waits for it.

Of each account that somebody watches it knows how far it has read. A commit wakes it; it reads what is new once,
encodes each frame once, and puts it into the queue of every reader whose topics it bears. A reader who does not keep
up is let go: it comes back and goes on where it stopped.
"""

import asyncio
import contextlib
import logging
from collections.abc import Collection
from dataclasses import dataclass, field

import msgspec

from hyway.domain import tracking
from hyway.domain.tracking import Account
from hyway.kernel.db import Database

log = logging.getLogger(__name__)

MOST_READERS = 10_000
_WAITING = 2_000
"""Frames that a reader may be behind."""
_FARTHEST = 100_000
"""Changes of an account back from which a stream goes on; from farther it begins anew."""
_BREATH = 0.04
"""Seconds between two looks: what comes in meanwhile is one look's work."""
_encode = msgspec.json.Encoder().encode


class Full(Exception):
    """As many readers as this process is willing to serve are there."""


@dataclass(frozen=True, slots=True)
class Line:
    """A frame as it goes out: `body` is the JSON of its data."""

    number: int
    kind: str
    topics: frozenset[str]
    body: bytes
    data: dict[str, object]


@dataclass(eq=False, slots=True)
class Reader:
    """One who waits: `lines` ends with None when the hub lets go of it."""

    account: Account
    topics: set[str]
    lines: "asyncio.Queue[Line | None]" = field(default_factory=lambda: asyncio.Queue(_WAITING + 1))
    is_gone: bool = False

    def take(self, line: Line) -> None:
        if self.is_gone or not line.topics.intersection(self.topics):
            return
        if self.lines.qsize() >= _WAITING:
            self.let_go()
        else:
            self.lines.put_nowait(line)

    def let_go(self) -> None:
        if not self.is_gone:
            self.is_gone = True
            self.lines.put_nowait(None)


class _Feed:
    """One account that is watched: how far it was read, and for whom."""

    def __init__(self, account: Account, at: int) -> None:
        self.account = account
        self.at = at
        self.seen: tracking.live.Seen = {}
        self.readers: set[Reader] = set()
        self.lock = asyncio.Lock()


class Hub:
    """`start` and `stop` go with the server's life; everything else runs on its event loop."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._feeds: dict[int, _Feed] = {}
        self._stirred: set[int] = set()
        self._news = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._looking: asyncio.Task[None] | None = None
        self._burying: set[asyncio.Task[None]] = set()
        db.changes.hear(tracking.accounts.CHANGED, self._heard)
        db.changes.hear(tracking.accounts.GONE, self._lost)

    async def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._looking = asyncio.create_task(self._look_often())

    async def stop(self) -> None:
        """Lets everybody go."""
        if self._looking is not None:
            self._looking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._looking
        self.let_all_go()

    def let_all_go(self) -> None:
        """Everybody comes back when there is a server again, and goes on where they stopped."""
        for feed in self._feeds.values():
            for reader in feed.readers:
                reader.let_go()

    @property
    def readers(self) -> int:
        return sum(len(feed.readers) for feed in self._feeds.values())

    def stats(self) -> dict[str, float]:
        """Numbers for the metrics page."""
        return {"readers": self.readers, "accounts": len(self._feeds)}

    def _heard(self, key: str) -> None:
        """Called on other threads."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stir, key)

    def _lost(self, key: str) -> None:
        """Called on other threads, when something is there no more."""
        if key != "*" and self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._begin_to_bury, key)

    def _begin_to_bury(self, key: str) -> None:
        account, kind, id, *topics = key.split("|")
        feed = self._feeds.get(int(account))
        if feed is not None:
            named = frozenset([tracking.live.EVERYBODY, f"{kind}:{id}", *topics])
            task = asyncio.ensure_future(self._bury(feed, kind, id, named))
            self._burying.add(task)
            task.add_done_callback(self._burying.discard)

    async def _bury(self, feed: _Feed, kind: str, id: str, topics: frozenset[str]) -> None:
        """Says that it is gone; a look that began before may still have seen it, so not before that one is told."""
        async with feed.lock:
            data = {"id": id, "deleted": True}
            line = Line(feed.at, kind, topics, _encode(data), data)
            for reader in feed.readers:
                reader.take(line)

    def _stir(self, key: str) -> None:
        self._stirred.update(self._feeds if key == "*" else {int(key)} & self._feeds.keys())
        if self._stirred:
            self._news.set()

    async def _look_often(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            stirred, self._stirred = self._stirred, set()
            for key in stirred:
                feed = self._feeds.get(key)
                if feed is None:
                    continue
                try:
                    await self._look(feed)
                except Exception:  # the database is away for now: what was missed is there at the next look
                    log.warning("a stream could not read what changed; trying again", exc_info=True)
                    self._stirred.add(key)
            if self._stirred:
                self._news.set()
            await asyncio.sleep(_BREATH)

    async def _look(self, feed: _Feed) -> None:
        async with feed.lock:
            found = await self._db.read(tracking.live.since, feed.account, feed.at, feed.seen)
            feed.at = max(feed.at, found.upto)
            if found.is_cut:
                self._stirred.add(feed.account.seq)
            lines = [_line(frame) for frame in found.frames if _is_wanted(frame, feed)]
            for line in lines:
                for reader in feed.readers:
                    reader.take(line)

    async def join(
        self, account: Account, topics: Collection[str], since: int | None
    ) -> tuple[Reader, list[Line]]:
        """A reader, and what it is to have first: what changed after `since`, or all there is.

        Nothing is missed between the two: while the first frames are read, the feed stands still.
        """
        if self.readers >= MOST_READERS:
            raise Full
        feed = self._feeds.get(account.seq)
        if feed is None:
            counted = await self._db.read(tracking.live.frame_count, account)
            feed = self._feeds.setdefault(account.seq, _Feed(account, counted))
        reader = Reader(account, set(topics))
        # Joined before anything is awaited: a feed that has a reader is kept.
        feed.readers.add(reader)
        try:
            async with feed.lock:
                first = await self._first(feed, topics, since)
                # What came while the feed was waited for is in the first frames already.
                while not reader.lines.empty():
                    reader.lines.get_nowait()
        except BaseException:
            self.leave(reader)
            raise
        return reader, first

    async def _first(self, feed: _Feed, topics: Collection[str], since: int | None) -> list[Line]:
        # Going on from long ago costs all that happened since, of everybody: what there is now says as much.
        if since is None or feed.at - since > _FARTHEST:
            found = await self._db.read(tracking.live.everything, feed.account, topics)
            return [_line(frame) for frame in found.frames]
        lines: list[Line] = []
        wanted = set(topics)
        seen: tracking.live.Seen = {}
        while True:
            found = await self._db.read(tracking.live.since, feed.account, since, seen)
            lines += [_line(frame) for frame in found.frames if wanted & frame.topics]
            if not found.is_cut:
                return lines
            since = found.upto

    async def add(self, reader: Reader, topics: Collection[str]) -> list[Line]:
        """More topics for a reader; what they hold now."""
        feed = self._feeds[reader.account.seq]
        async with feed.lock:
            reader.topics.update(topics)
            return await self._first(feed, topics, None)

    def leave(self, reader: Reader) -> None:
        feed = self._feeds.get(reader.account.seq)
        if feed is not None:
            feed.readers.discard(reader)
            if not feed.readers:
                del self._feeds[reader.account.seq]


def _is_wanted(frame: tracking.live.Frame, feed: _Feed) -> bool:
    return any(frame.topics & reader.topics for reader in feed.readers)


def _line(frame: tracking.live.Frame) -> Line:
    return Line(frame.number, frame.kind, frame.topics, _encode(frame.data), frame.data)
