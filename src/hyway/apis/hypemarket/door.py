"""Where addresses speak JSON to programs and HTML to people: reads off who asks, and sends them on.

The bearer of a token who asks for HTML is refused, and no session ever speaks JSON: a browser's cookie is worth
nothing here.
"""

import re
from collections.abc import Sequence

from hyway.apis.hypemarket import formats, style
from hyway.apis.hypemarket.formats import Wanted
from hyway.apis.kit.doorman import ASKED_PATH, App, Message, Receive, Scope, Send, speak
from hyway.apis.kit.family import Family
from hyway.apis.kit.operations import Operation, Routes
from hyway.apis.kit.style import Voiced
from hyway.kernel.faults import Unknown

_PATH = re.compile(r"/[A-Za-z0-9_/-]*")
_NOWHERE = "/nowhere"
_VERBS = frozenset(
    {"OPTIONS", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT"}
    | {"PROPFIND", "PROPPATCH", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK", "REPORT", "SEARCH", "ACL", "MERGE"}
    | {"VERSION-CONTROL", "CHECKOUT", "CHECKIN", "UNCHECKOUT", "MKWORKSPACE", "UPDATE", "LABEL", "MKACTIVITY"}
    | {"BASELINE-CONTROL", "ORDERPATCH", "MKCALENDAR"}
)
"""The verbs of the RFCs that Rails knows."""


class Door:
    """The family's app as the front door calls it; `pages` are the same addresses for people."""

    def __init__(self, family: Family, operations: Sequence[Operation], pages: App) -> None:
        self.family = family
        self._routes = Routes(operations)
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        wanted = formats.wanted(scope["path"], headers.get(b"accept", b"").decode("latin-1"))
        send = _varied(send) if wanted.by_header else send
        if wanted.form == "html" and style.bearer(headers) is None:
            return await self._pages({**scope, "path": wanted.path}, receive, _found(send))
        if scope["method"] == "HEAD":
            scope, send = {**scope, "method": "GET"}, _without_body(send)
        if scope["method"] not in _VERBS:
            return await speak(send, _public(405, wanted))
        path = wanted.path.rstrip("/") if _PATH.fullmatch(wanted.path) else _NOWHERE
        method = "PATCH" if scope["method"] == "PUT" else scope["method"]
        if wanted.form == "json" or (wanted.form == "csv" and self._is_table(method, path)):
            asked = {ASKED_PATH: scope["path"], "path": path, "raw_path": path.encode(), "method": method}
            return await self.family({**scope, **asked}, receive, send)
        if self._routes.find(method, path) is None:
            return await speak(send, _public(404, wanted))
        refused = style.voice(Unknown("no HTML")) if wanted.form == "html" else _public(406, wanted)
        await speak(send, refused)

    def _is_table(self, method: str, path: str) -> bool:
        found = self._routes.find(method, path)
        return found is not None and found[0].media_type == "text/csv"

    async def start(self) -> None:
        await self.family.start()

    async def stop(self) -> None:
        await self.family.stop()


def _public(status: int, wanted: Wanted) -> Voiced:
    match wanted.form:
        case "json":
            return style.public(status)
        case "xml":
            return style.public_xml(status)
    return style.public_page(status)


def _found(send: Send) -> Send:
    """Pages lead on with 302, as the vendor's do, whatever was asked with."""

    async def say(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 303:
            message = {**message, "status": 302}
        await send(message)

    return say


def _varied(send: Send) -> Send:
    """The answer depends on what the request accepts."""

    async def say(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), (b"vary", b"Accept")]}
        await send(message)

    return say


def _without_body(send: Send) -> Send:
    async def say(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return say
