"""Word of changed toggles as server-sent events: whoever listens asks anew. Changes that come close together are one.

The data is what OpenFeature's providers take for "ask anew"; nothing of the toggles themselves is told here.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from hyway.domain import toggles
from hyway.edge import sse
from hyway.edge.evaluate_rules import Projects
from hyway.kernel.db import Database
from hyway.kernel.faults import Spent

MOST: Final = 5_000
MOST_OF_ONE: Final = 2_500
"""Streams that one process serves, and those of them about the same projects: others find room, too."""
LOOK_EVERY: Final = 10.0
"""Seconds after which it is asked whether the key is still good, if nothing changes before."""
_READY: Final = b"retry: 2000\n" + sse.event("ready", b"{}")
_CHANGED: Final = sse.event("message", b'{"type":"refetchEvaluation"}')
Lives = Callable[[], Awaitable[bool]]


@dataclass(eq=False, slots=True)
class Listener:
    """One who waits for word of these projects."""

    projects: Projects
    news: asyncio.Event = field(default_factory=asyncio.Event)
    has_changed: bool = False
    is_gone: bool = False

    def hear(self) -> None:
        self.has_changed = True
        self.news.set()

    def let_go(self) -> None:
        self.is_gone = True
        self.news.set()


class Listeners:
    """All who wait; everything but the first word of a change runs on the event loop."""

    def __init__(self, db: Database) -> None:
        self._all: set[Listener] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        db.changes.hear(toggles.TOPIC, self._heard)

    async def start(self) -> None:
        self._loop = asyncio.get_running_loop()

    async def stop(self) -> None:
        self.let_all_go()

    def let_all_go(self) -> None:
        """They come back when there is a server again."""
        for each in self._all:
            each.let_go()

    @property
    def count(self) -> int:
        return len(self._all)

    async def listen(self, projects: Projects, lives: Lives) -> AsyncIterator[bytes]:
        """What one of them is told, for as long as `lives` says that the key is good."""
        listener = Listener(projects)
        self._all.add(listener)
        try:
            yield _READY
            while not listener.is_gone:
                if await self._waited(listener, lives):
                    # Taken before it is said: what changes meanwhile is another change.
                    changed, listener.has_changed = listener.has_changed, False
                    yield _CHANGED if changed else b""
        finally:
            self._all.discard(listener)

    def room(self, projects: Projects) -> None:
        """Spent where as many as this process will serve are there, or as many of these projects."""
        alike = sum(each.projects == projects for each in self._all)
        if len(self._all) >= MOST or alike >= MOST_OF_ONE:
            raise Spent("Too many streams are open", retry_after=10)

    @staticmethod
    async def _waited(listener: Listener, lives: Lives) -> bool:
        """Whether there is something to say, if only that we are still here, and the key is still good."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOOK_EVERY):
                await listener.news.wait()
        listener.news.clear()
        if not listener.is_gone and not await lives():
            listener.let_go()
        return not listener.is_gone

    def _heard(self, project: str) -> None:
        """Called on other threads."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._tell, project)

    def _tell(self, project: str) -> None:
        for each in self._all:
            if project == "*" or int(project) in each.projects:
                each.hear()
