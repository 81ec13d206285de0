"""Streams for who was let in elsewhere: the console's visitors have a session, not a key."""

from collections.abc import Sequence

from hyway.domain.tracking import Account
from hyway.edge import sse
from hyway.edge.hub import Full, Hub
from hyway.edge.streams import Lives, Receive, Send, pour, refuse_for, while_lives

_HEADERS = tuple(pair for pair in sse.HEADERS if not pair[0].startswith(b"access-control"))


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
        await pour(receive, send, self._hub, reader, while_lives(lives, reader, first), _HEADERS)
