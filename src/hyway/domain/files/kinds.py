"""What the bytes of a picture say of themselves, read without decoding them; a file's name says nothing.

Each kind is read to where the picture ends: what follows there belongs to something else, and a file that is two
things at once is refused.
"""

import re
from dataclasses import dataclass
from struct import error as TooShort
from struct import unpack_from


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of picture: as Pillow, the wire and people's file names call it."""

    format: str
    media_type: str
    ending: str


PNG = Kind("PNG", "image/png", "png")
JPEG = Kind("JPEG", "image/jpeg", "jpg")
GIF = Kind("GIF", "image/gif", "gif")
WEBP = Kind("WEBP", "image/webp", "webp")
AVIF = Kind("AVIF", "image/avif", "avif")

# A progressive picture comes in about ten passes; a thousand of them keep a decoder busy for hours.
_MOST_PASSES = 100
_MOST_PIECES = 100_000
_NEXT_MARK = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]")
# Frames and frame headers; of another file behind a JPEG, only what cameras put there is borne.
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_FOREIGN = re.compile(rb"PK\x03\x04|PK\x05\x06|%PDF-|<script|<html|<svg|<\?php|<!doctype", re.IGNORECASE)


def kind_of(raw: bytes) -> Kind | None:
    """The kind by the first bytes."""
    if raw.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if raw.startswith(b"\xff\xd8\xff"):
        return JPEG
    if raw.startswith((b"GIF87a", b"GIF89a")):
        return GIF
    if raw[:4] == b"RIFF" and raw[8:12] == b"WEBP":
        return WEBP
    if raw[4:8] == b"ftyp" and b"avi" in raw[8:64]:
        return AVIF
    return None


def says(raw: bytes, kind: Kind) -> tuple[int, int, int] | None:
    """Its width, its height (0 and 0 where only a decoder can tell) and where it ends; None if it does not hold."""
    readers = {"PNG": _png, "JPEG": _jpeg, "GIF": _gif, "WEBP": _webp, "AVIF": _avif}
    try:
        return readers[kind.format](raw)
    except (TooShort, IndexError):
        return None


def is_alone(raw: bytes, kind: Kind, end: int) -> bool:
    """Whether nothing but the picture is there. Cameras put further pictures and short films behind a JPEG."""
    rest = raw[end:].lstrip(b"\0")
    if not rest:
        return True
    from_camera = rest.startswith(b"\xff\xd8\xff") or b"ftyp" in rest[:8]  # the zeros of its length are gone
    return kind is JPEG and from_camera and not _FOREIGN.search(rest)


def _png(raw: bytes) -> tuple[int, int, int] | None:
    width, height = unpack_from(">II", raw, 16)
    at = 8
    for _ in range(_MOST_PIECES):
        (size,) = unpack_from(">I", raw, at)
        name = raw[at + 4 : at + 8]
        at += 12 + size
        if name == b"IEND":
            return (width, height, at) if at <= len(raw) else None
    return None


def _jpeg(raw: bytes) -> tuple[int, int, int] | None:
    at, width, height, passes = 2, 0, 0, 0
    while (found := _NEXT_MARK.search(raw, at)) is not None and passes <= _MOST_PASSES:
        mark, at = raw[found.end() - 1], found.end()
        if mark == 0xD9:
            return (width, height, at) if width else None
        if mark in (0x01, 0xD8):
            continue
        if mark in _FRAMES:
            height, width = unpack_from(">HH", raw, at + 3)
        passes += mark == 0xDA
        at += unpack_from(">H", raw, at)[0]
    return None


def _gif(raw: bytes) -> tuple[int, int, int] | None:
    width, height, flags = unpack_from("<HHB", raw, 6)
    at = 13 + _colours(flags)
    for _ in range(_MOST_PIECES):
        mark = raw[at]
        if mark == 0x3B:
            return width, height, at + 1
        if mark == 0x2C:
            at = _blocks(raw, at + 11 + _colours(raw[at + 9]))
        elif mark == 0x21:
            at = _blocks(raw, at + 2)
        else:
            return None
    return None


def _colours(flags: int) -> int:
    """Bytes of a colour table."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _blocks(raw: bytes, at: int) -> int:
    while size := raw[at]:
        at += 1 + size
    return at + 1


def _webp(raw: bytes) -> tuple[int, int, int] | None:
    (size,) = unpack_from("<I", raw, 4)
    end, first = 8 + size + size % 2, raw[12:16]
    if end > len(raw):
        return None
    if first == b"VP8X":
        wide, wide_more, high, high_more = unpack_from("<HBHB", raw, 24)
        return (wide | wide_more << 16) + 1, (high | high_more << 16) + 1, end
    if first == b"VP8L":
        (bits,) = unpack_from("<I", raw, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, end
    if first == b"VP8 ":
        wide, high = unpack_from("<HH", raw, 26)
        return wide & 0x3FFF, high & 0x3FFF, end
    return None


def _avif(raw: bytes) -> tuple[int, int, int] | None:
    """Boxes to the last one; how large the picture is stands deep in them, and the decoder reads that first."""
    at = 0
    while at < len(raw):
        size, name = unpack_from(">I4s", raw, at)
        if name not in (b"ftyp", b"meta", b"mdat", b"moov", b"free", b"skip", b"uuid", b"idat", b"mfra"):
            return (0, 0, at) if at else None
        if size < 8:
            return None
        at += size
    return (0, 0, at) if at == len(raw) else None


__all__ = ["AVIF", "GIF", "JPEG", "PNG", "WEBP", "Kind", "is_alone", "kind_of", "says"]
