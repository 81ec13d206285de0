"""`/media/…`: pictures of users, as bare ASGI: the default one, and those that were sent to us."""

import hashlib
import re
from importlib.resources import files
from typing import Any

from hyway.domain import tracking
from hyway.edge.http import Receive, Send, answer
from hyway.edge.pages import Headers
from hyway.kernel.db import Database

_TEXT: Headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
# A picture from outside is a picture and nothing else, however a browser comes by it; any page may show it.
_GUARDED: Headers = [
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; sandbox"),
    (b"cross-origin-resource-policy", b"cross-origin"),
    (b"access-control-allow-origin", b"*"),
]
_DEFAULT = tracking.Picture("image/png", (files("hyway.edge") / "pictures" / "a1.png").read_bytes())
_DEFAULT_MARK = hashlib.sha256(_DEFAULT.bytes).hexdigest()[:16]
_OF_A_USER = re.compile(r"/media/users/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.png")


class Media:
    """An address shows one picture for ever: another picture of a user has another address."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        if scope["method"] not in ("GET", "HEAD"):
            return await answer(send, 405, [*_TEXT, (b"allow", b"GET, HEAD")], b"Only GET and HEAD.\n")
        found = await self._find(scope["path"])
        if found is None:
            return await answer(send, 404, _TEXT, b"There is nothing here.\n")
        picture, mark = found
        headers: Headers = [
            (b"etag", b'"%s"' % mark.encode()),
            (b"cache-control", b"public, max-age=86400"),
            *_GUARDED,
        ]
        if _is_known(scope["headers"], headers[0][1]):
            # A 304 says what a 200 would have said, less the body.
            await send({"type": "http.response.start", "status": 304, "headers": headers})
            return await send({"type": "http.response.body", "body": b""})
        headers.append((b"content-type", picture.type.encode()))
        await answer(send, 200, headers, picture.bytes, head=scope["method"] == "HEAD")

    async def _find(self, path: str) -> tuple[tracking.Picture, str] | None:
        """The picture of a path, and the mark that it is known by."""
        if path == tracking.payloads.DEFAULT_PHOTO:
            return _DEFAULT, _DEFAULT_MARK
        named = _OF_A_USER.fullmatch(path)
        picture = await self._db.read(tracking.users.picture, named[1]) if named else None
        return (picture, named[1]) if picture and named else None


def _is_known(sent: Any, mark: bytes) -> bool:
    """Whether If-None-Match names the picture; a proxy may have made a mark weak on its way."""
    known = next((value for name, value in sent if name == b"if-none-match"), b"")
    marks = {each.strip().removeprefix(b"W/") for each in known.split(b",")}
    return mark in marks or b"*" in marks
