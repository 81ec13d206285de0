"""What happens before the doorman: the slash at the end, HEAD, what cannot be a path."""

from hyway.apis.hyphen.tools import Tools
from hyway.apis.kit.doorman import ASKED_PATH, Message, Receive, Scope, Send
from hyway.apis.kit.family import Family

_NOWHERE = "/api/nowhere"


class Door:
    """The family's app as the front door calls it.

    A path with a slash at its end and the same without are one, and neither leads to the other: the vendor's clients
    write both ways, and some lose a body on a redirect.
    """

    def __init__(self, family: Family, tools: Tools) -> None:
        self.family = family
        self.tools = tools

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        bare = path[:-1] if path.endswith("/") else path
        if not path.isprintable():  # no path of ours, and some of it no database takes
            bare = _NOWHERE
        if bare != path:
            scope = {**scope, ASKED_PATH: path, "path": bare, "raw_path": bare.encode()}
        if scope["method"] == "HEAD":
            return await self.family({**scope, "method": "GET"}, receive, _without_body(send))
        await self.family(scope, receive, send)

    async def start(self) -> None:
        await self.family.start()

    async def stop(self) -> None:
        await self.family.stop()


def _without_body(send: Send) -> Send:
    async def say(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return say
