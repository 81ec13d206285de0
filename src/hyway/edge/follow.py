"""Streams for who was let in elsewhere: the console's visitors have a session, not a key."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

from hyway.domain.tracking import Account
from hyway.edge import sse
from hyway.edge.hub import Full, Hub, Line, Reader
from hyway.edge.streams import Receive, Send, pour, refuse_for, waiting

_LOOK_EVERY = 10.0
"""Seconds after which it is asked again whether the visitor may still see this."""
_HEADERS = tuple(pair for pair in sse.HEADERS if not pair[0].startswith(b"access-control"))
Lives = Callable[[], Awaitable[bool]]


class Follow:
    """Pours a hub's frames to whoever its caller vouches for; other sites cannot read them."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    async def pour(
        self,
        receive: Receive,
        send: Send,
        watched: tuple[Account, Sequence[str]],
        since: int | None,
        lives: Lives,
    ) -> None:
        """What changes under the topics of an account, until the reader goes or `lives` says no."""
        try:
            reader, first = await self._hub.join(*watched, since)
        except Full as error:
            return await refuse_for(send, error)
        await pour(receive, send, self._hub, reader, _while(lives, reader, first), _HEADERS)


async def _while(lives: Lives, reader: Reader, first: list[Line]) -> AsyncIterator[bytes]:
    clock = asyncio.get_running_loop().time
    looked = clock()
    yield sse.lines(first)
    async for lines in waiting(reader):
        if clock() - looked >= _LOOK_EVERY:
            looked = clock()
            if not await lives():
                yield sse.event("end", b"{}")
                return
        yield sse.lines(lines)
