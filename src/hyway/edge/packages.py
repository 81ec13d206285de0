"""`/media/packages/<sha256>/<name>`: the bytes of packages, as bare ASGI; anybody may fetch them.

An address shows the same bytes for ever, or nothing. They go out piece by piece, whole or from anywhere on (`Range`),
so that a download that broke off goes on where it stopped.
"""

import asyncio
import base64
import logging
import re
from typing import Any
from urllib.parse import quote

from hyway.domain import packages
from hyway.domain.packages import Package
from hyway.edge.http import Receive, Send, answer
from hyway.edge.pages import Headers
from hyway.kernel.blobs import Away, Blobs
from hyway.kernel.db import Database

log = logging.getLogger(__name__)

PIECE = 1024 * 1024
"""Bytes of one file that are in memory for one reader."""
_PATH = re.compile(rf"{packages.PREFIX}([0-9a-f]{{64}})/([^/]{{1,100}})")
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)
_TEXT: Headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
# It is a file to keep, however a browser comes by it; any page may fetch it.
_GUARDED: Headers = [
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; sandbox"),
    (b"cross-origin-resource-policy", b"cross-origin"),
    (b"access-control-allow-origin", b"*"),
]
_TYPES = {
    ".gz": b"application/gzip",
    ".tgz": b"application/gzip",
    ".xz": b"application/x-xz",
    ".zip": b"application/zip",
    ".exe": b"application/vnd.microsoft.portable-executable",
    ".msi": b"application/x-msi",
    ".dmg": b"application/x-apple-diskimage",
    ".deb": b"application/vnd.debian.binary-package",
    ".rpm": b"application/x-rpm",
}
"""By the end of the name; everything else is bytes and no more."""


class Packages:
    """Hands out what `packages` keeps."""

    def __init__(self, db: Database, blobs: Blobs) -> None:
        self._db, self._blobs = db, blobs

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        if scope["method"] not in ("GET", "HEAD"):
            return await answer(send, 405, [*_TEXT, (b"allow", b"GET, HEAD")], b"Only GET and HEAD.\n")
        asked = _PATH.fullmatch(scope["path"])
        if asked is None or not asked[2].isprintable():
            return await _nothing(send)
        package = await self._db.read(packages.served, asked[1], asked[2])
        if package is None:
            return await _nothing(send)
        headers, said = _about(package), dict(scope["headers"])
        if _is_known(said, headers[0][1]):
            return await _bare(send, 304, headers)
        headers.append((b"content-type", _type(package.file)))
        headers.append((b"content-disposition", _attached(package.file)))
        if scope["method"] == "HEAD":
            return await _bare(send, 200, [*headers, _length(package.size)])
        part = _part(said, headers[0][1], package.size)
        if not part:
            headers.append((b"content-range", b"bytes */%d" % package.size))
            return await answer(send, 416, [*_TEXT, *headers[-1:]], b"There are no such bytes.\n")
        if len(part) < package.size:
            where = b"bytes %d-%d/%d" % (part.start, part.stop - 1, package.size)
            return await self._pour(package, part, 206, [*headers, (b"content-range", where)], receive, send)
        await self._pour(package, part, 200, headers, receive, send)

    async def _pour(
        self, of: Package, part: range, status: int, headers: Headers, receive: Receive, send: Send
    ) -> None:
        """Refuses while it can: once the head is gone, what cannot be read ends the connection."""
        try:
            first = await self._read(of, part)
        except Away as error:
            log.warning("a package cannot be read: %s", error)
            return await answer(send, 503, [*_TEXT, (b"retry-after", b"5")], b"Not now.\n")
        if first is None:
            log.error("the bytes of package %d are not there", of.seq)
            return await _nothing(send)
        await send(
            {"type": "http.response.start", "status": status, "headers": [*headers, _length(len(part))]}
        )
        left = asyncio.ensure_future(_left(receive))
        try:
            piece: bytes | None = first
            while piece is not None and not left.done():
                part = part[len(piece) :]
                await send({"type": "http.response.body", "body": piece, "more_body": bool(part)})
                if not part:
                    return
                piece = await self._read(of, part)
        finally:
            left.cancel()
        if piece is None:
            raise Away(f"package {of.seq} ends too early")

    async def _read(self, of: Package, part: range) -> bytes | None:
        """The next piece, on a thread that is free again before anybody takes it: slow readers hold none."""
        wanted = min(PIECE, len(part))
        piece = await asyncio.to_thread(self._blobs.part, of.key, part.start, wanted)
        return piece if piece is not None and len(piece) == wanted else None


def _about(package: Package) -> Headers:
    """What a 200 and a 304 say alike; the first is the entity tag."""
    digest = base64.b64encode(bytes.fromhex(package.checksum))
    return [
        (b"etag", b'"%s"' % package.checksum.encode()),
        (b"repr-digest", b"sha-256=:%s:" % digest),  # RFC 9530
        (b"accept-ranges", b"bytes"),
        (b"cache-control", b"public, max-age=86400"),
        *_GUARDED,
    ]


def _part(said: dict[bytes, bytes], mark: bytes, size: int) -> range:
    """The bytes that are asked for, all of them where no part is; none where there are none of these (RFC 9110, 14).

    One part alone is known: whoever asks for several gets the whole, as is any server's right.
    """
    asked = _RANGE.fullmatch(said.get(b"range", b"").decode("latin-1").strip())
    if asked is None or not (asked[1] or asked[2]) or said.get(b"if-range", mark).strip() != mark:
        return range(size)
    if not asked[1]:
        return range(max(0, size - int(asked[2])), size)
    first, last = int(asked[1]), int(asked[2]) if asked[2] else size - 1
    return range(size) if last < first and asked[2] else range(first, min(last + 1, size))


def _is_known(said: dict[bytes, bytes], mark: bytes) -> bool:
    """Whether If-None-Match names it; a proxy may have made a mark weak on its way."""
    marks = {each.strip().removeprefix(b"W/") for each in said.get(b"if-none-match", b"").split(b",")}
    return mark in marks or b"*" in marks


def _type(file: str) -> bytes:
    return _TYPES.get(file[file.rfind(".") :].lower() if "." in file else "", b"application/octet-stream")


def _attached(name: str) -> bytes:
    """Both spellings of a name: the plain one for old readers, the whole one for the others (RFC 6266)."""
    plain = name.encode("ascii", "replace").decode().replace("?", "-")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}".encode()


def _length(size: int) -> tuple[bytes, bytes]:
    return b"content-length", b"%d" % size


async def _left(receive: Receive) -> None:
    """Ends when whoever reads has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _bare(send: Send, status: int, headers: Headers) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


async def _nothing(send: Send) -> None:
    await answer(send, 404, _TEXT, b"There is nothing here.\n")
