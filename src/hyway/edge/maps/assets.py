"""`/maps/<file>`: the files of the bundle, as bare ASGI."""

from typing import Any

from hyway.edge.http import Receive, Send, answer
from hyway.edge.maps.bundle import Bundle, File, bundle
from hyway.edge.pages import Headers

_TEXT: Headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
_FOR_EVER = b"public, max-age=31536000, immutable"
_ASK_AGAIN = b"public, no-cache"


class Assets:
    """Serves `/maps/<mark>/<file>` for ever and `/maps/<file>` (or an older mark) with a question each time."""

    def __init__(self, files: Bundle | None = None) -> None:
        self._files = files or bundle()

    def address(self, name: str) -> str:
        """Where a page finds a file; raises KeyError for one that is not there."""
        return self._files.address(name)

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        name, is_current = self._asked(scope["path"])
        file = self._files.find(name)
        if file is None:
            return await answer(send, 404, _TEXT, b"There is nothing here.\n")
        if scope["method"] not in ("GET", "HEAD"):
            return await answer(send, 405, [*_TEXT, (b"allow", b"GET, HEAD")], b"Only GET and HEAD.\n")
        wishes = _wishes(scope["headers"])
        body, headers = _chosen(file, wishes.get(b"accept-encoding", b""))
        headers.append((b"cache-control", _FOR_EVER if is_current else _ASK_AGAIN))
        if _is_known(headers, wishes.get(b"if-none-match", b"")):
            # A 304 says what a 200 would have said, less the body.
            head = [pair for pair in headers if pair[0] not in (b"content-type", b"content-encoding")]
            await send({"type": "http.response.start", "status": 304, "headers": head})
            return await send({"type": "http.response.body", "body": b""})
        await answer(send, 200, headers, body, head=scope["method"] == "HEAD")

    def _asked(self, path: str) -> tuple[str, bool]:
        """The name that a path asks for, and whether it is asked for under today's mark."""
        name = path.removeprefix("/maps/")
        mark, slash, rest = name.partition("/")
        if slash and _is_mark(mark):
            return rest, mark == self._files.mark
        return name, False


def _is_mark(text: str) -> bool:
    return len(text) == 12 and set(text) <= set("0123456789abcdef")


def _wishes(headers: Headers) -> dict[bytes, bytes]:
    return {name: value for name, value in headers if name in (b"accept-encoding", b"if-none-match")}


def _chosen(file: File, accepted: bytes) -> tuple[bytes, Headers]:
    """The body in the form that was asked for. The two forms differ in bytes, so their marks differ too."""
    headers: Headers = [(b"content-type", file.kind), (b"x-content-type-options", b"nosniff")]
    if file.gzipped is None:
        return file.body, [*headers, (b"etag", b'"%s"' % file.mark)]
    headers.append((b"vary", b"accept-encoding"))
    if _takes_gzip(accepted):
        more = [(b"etag", b'"%s-gzip"' % file.mark), (b"content-encoding", b"gzip")]
        return file.gzipped, [*headers, *more]
    return file.body, [*headers, (b"etag", b'"%s"' % file.mark)]


def _takes_gzip(accepted: bytes) -> bool:
    for part in accepted.lower().split(b","):
        coding, _, weight = part.partition(b";")
        if coding.strip() in (b"gzip", b"*"):
            return weight.replace(b" ", b"") not in (b"q=0", b"q=0.0", b"q=0.00", b"q=0.000")
    return False


def _is_known(headers: Headers, known: bytes) -> bool:
    """Whether If-None-Match names this form; a proxy may have made a mark weak on its way."""
    mark = dict(headers)[b"etag"]
    marks = {each.strip().removeprefix(b"W/") for each in known.split(b",")}
    return mark in marks or b"*" in marks
