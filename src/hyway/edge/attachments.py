"""`/rails/active_storage/…`: kept pictures under signed addresses, as bare ASGI.

The first address is for ever and leads to a second one, which works for five minutes. Who asks does not matter:
an address is the permission.
"""

import asyncio
import logging
import re
from typing import Any
from urllib.parse import quote

from hyway.domain import files
from hyway.edge.http import Receive, Send, answer
from hyway.edge.pages import Headers
from hyway.kernel import clock
from hyway.kernel.blobs import Away, Blobs
from hyway.kernel.db import Database

log = logging.getLogger(__name__)

_PATH = re.compile(r"/rails/active_storage/(blobs/redirect|disk)/([A-Za-z0-9_.-]{1,120})/[^/]{1,300}")
_TEXT: Headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
# Shorter than the second address works, or a browser would follow it too late.
_LEADS = b"private, max-age=240"
_SHOWS = b"private, max-age=31536000, immutable"
_GUARDED: Headers = [
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'"),
    (b"cross-origin-resource-policy", b"cross-origin"),
]


class Attachments:
    """Shows the pictures that `files` keeps."""

    def __init__(self, db: Database, blobs: Blobs) -> None:
        self._db, self._blobs = db, blobs

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        if scope["method"] not in ("GET", "HEAD"):
            return await answer(send, 405, [*_TEXT, (b"allow", b"GET, HEAD")], b"Only GET and HEAD.\n")
        asked = _PATH.fullmatch(scope["path"])
        if asked is None:
            return await _nothing(send)
        if asked[1] == "disk":
            return await self._show(scope, send, asked[2])
        led = await self._db.read(files.shown_at, asked[2], clock.now())
        if led is None:
            return await _nothing(send)
        await answer(send, 302, [(b"location", led.encode()), (b"cache-control", _LEADS), *_GUARDED])

    async def _show(self, scope: Any, send: Send, signed: str) -> None:
        file = await self._db.read(files.shown, signed, clock.now())
        if file is None:
            return await _nothing(send)
        headers: Headers = [(b"etag", f'"{file.checksum}"'.encode()), (b"cache-control", _SHOWS), *_GUARDED]
        if _is_known(scope["headers"], headers[0][1]):
            await send({"type": "http.response.start", "status": 304, "headers": headers})
            return await send({"type": "http.response.body", "body": b""})
        try:
            body = await asyncio.to_thread(self._blobs.get, file.key)
        except Away as error:
            log.warning("a picture cannot be read: %s", error)
            return await answer(send, 503, [*_TEXT, (b"retry-after", b"5")], b"Not now.\n")
        if body is None:
            log.error("the bytes of file %d are not there", file.seq)
            return await _nothing(send)
        headers += [(b"content-type", file.media_type.encode()), (b"content-disposition", _inline(file.name))]
        await answer(send, 200, headers, body, head=scope["method"] == "HEAD")


async def _nothing(send: Send) -> None:
    await answer(send, 404, _TEXT, b"There is nothing here.\n")


def _inline(name: str) -> bytes:
    """Both spellings of a name: the plain one for old readers, the whole one for the others (RFC 6266)."""
    plain = name.encode("ascii", "replace").decode().replace("?", "-")
    return f"inline; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}".encode()


def _is_known(sent: Any, mark: bytes) -> bool:
    known = next((value for name, value in sent if name == b"if-none-match"), b"")
    marks = {each.strip().removeprefix(b"W/") for each in known.split(b",")}
    return mark in marks or b"*" in marks
