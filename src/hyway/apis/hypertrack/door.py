"""What happens before the doorman: the slash at the end, the version's other name, HEAD."""

from hyway.apis.hypertrack.style import CORS
from hyway.apis.kit.doorman import ASKED_PATH, Message, Receive, Scope, Send, answer
from hyway.apis.kit.family import Family

_V1, _V2 = "/api/v1/", "/api/v2/"
_NOWHERE = "/api/v1/nowhere/"


class Door:
    """The family's app as the front door calls it.

    A path without its slash at the end is sent on to the one with it, whoever asks: two of the vendor's clients
    rely on that. `/api/v2/` is another name of `/api/v1/`, which the vendor's Python client uses in part.
    """

    def __init__(self, family: Family) -> None:
        self.family = family

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        if not path.endswith("/"):
            return await _send_on(scope, send)
        if not (path.isascii() and path.isprintable()):  # no path of ours, and some of it no database takes
            scope = {**scope, "path": _NOWHERE, "raw_path": _NOWHERE.encode()}
        elif path.startswith(_V2):
            raw = scope.get("raw_path") or path.encode()
            scope = {
                **scope,
                ASKED_PATH: path,
                "path": _V1 + path[len(_V2) :],
                "raw_path": _V1.encode() + raw[len(_V2) :],
            }
        if scope["method"] == "HEAD":
            return await self.family({**scope, "method": "GET"}, receive, _without_body(send))
        await self.family(scope, receive, send)

    async def start(self) -> None:
        await self.family.start()

    async def stop(self) -> None:
        await self.family.stop()


async def _send_on(scope: Scope, send: Send) -> None:
    raw: bytes = (scope.get("raw_path") or scope["path"].encode()).partition(b"?")[0]
    query: bytes = scope["query_string"]
    location = raw + b"/" + (b"?" + query if query else b"")
    await answer(send, 301, b"", ((b"location", location), *CORS))


def _without_body(send: Send) -> Send:
    async def say(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return say
