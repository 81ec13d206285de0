"""Pictures of users: what was sent, as bytes that are a picture, or as an address elsewhere."""

import base64
import binascii
import re
from typing import Final
from urllib.parse import urlsplit

from hyway.domain.tracking.records import Picture
from hyway.kernel.faults import Invalid

MOST_BYTES: Final = 5 * 1024 * 1024
_LONGEST_ADDRESS = 2_000
_DATA = re.compile(r"data:image/[a-z+.-]{1,20};base64,", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x20\x7f]")


def read(sent: str | bytes, field: str = "photo") -> Picture | str:
    """The picture of bytes or of base64 (with `data:` before it or not), or the http address that was sent."""
    if isinstance(sent, bytes):
        return picture(sent, field)
    text = sent.strip()
    if text.lower().startswith(("http://", "https://")):
        return _address(text, field)
    return picture(_decoded(text, field), field)


def picture(raw: bytes, field: str = "photo") -> Picture:
    """Known by how it begins, not by what it is called."""
    if len(raw) > MOST_BYTES:
        raise Invalid(field, "The picture may be at most {most} bytes.", most=MOST_BYTES)
    kind = _kind(raw)
    if kind is None:
        raise Invalid(
            field,
            "Upload a valid image. The file you uploaded was either not an image or a corrupted image.",
        )
    return Picture(kind, raw)


def _kind(raw: bytes) -> str | None:
    if raw.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if raw.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if raw.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if raw[:4] == b"RIFF" and raw[8:12] == b"WEBP":
        return "image/webp"
    return None


def _decoded(text: str, field: str) -> bytes:
    # Four letters carry three bytes: what is too long is not worth decoding.
    if len(text) > MOST_BYTES * 3 // 2:
        raise Invalid(field, "The picture may be at most {most} bytes.", most=MOST_BYTES)
    head = _DATA.match(text)
    packed = re.sub(r"\s+", "", text[head.end() :] if head else text)
    try:
        return base64.b64decode(packed + "=" * (-len(packed) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise Invalid(field, "Must be the address of a picture, or a picture in base64.") from None


def _address(text: str, field: str) -> str:
    if len(text) > _LONGEST_ADDRESS:
        raise Invalid(field, "Ensure this field has no more than {most} characters.", most=_LONGEST_ADDRESS)
    try:
        host = urlsplit(text).hostname
    except ValueError:
        host = None
    if not host or _CONTROL.search(text):
        raise Invalid(field, "Enter a valid URL.")
    return text
