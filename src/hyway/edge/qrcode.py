"""`GET /qrcode`: any text as a QR code, in the documented form of links' `qrCode`."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs

from hyway.domain import links
from hyway.edge.pages import Headers, Page
from hyway.kernel.faults import Invalid

_HEADERS: Headers = [
    (b"x-content-type-options", b"nosniff"),
    (b"access-control-allow-origin", b"*"),
    (b"cross-origin-resource-policy", b"cross-origin"),
    # An SVG opened by itself is a document; this one may do nothing.
    (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'"),
]
# One at a time: a large picture takes a tenth of a second of the interpreter, and anybody may ask for it.
_DRAWING = ThreadPoolExecutor(1, "hyway-qr")
_NUMBERS = {"size": 512, "margin": 1}
_WORDS = {"errorCorrection": "H", "foreground": "000000", "background": "FFFFFF", "format": "svg"}


async def render(query: bytes) -> Page:
    """The picture, drawn on a thread: a large one takes tens of milliseconds. Bad parameters are a 400."""
    try:
        given = parse_qs(query.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=50)
        first = {name: values[0] for name, values in given.items()}
        numbers = {name: _whole(name, first.get(name), default) for name, default in _NUMBERS.items()}
        words = {name: first.get(name, default) for name, default in _WORDS.items()}
        loop = asyncio.get_running_loop()
        picture = await loop.run_in_executor(_DRAWING, _draw, first.get("text", ""), numbers, words)
    except Invalid as fault:
        en, ar = f"{fault.field}: {fault.message}", f"قيمة غير صالحة للمعامل {fault.field}"
        body = json.dumps({"error": {"en": en, "ar": ar}}, ensure_ascii=False).encode()
        return Page(400, [(b"content-type", b"application/json"), *_HEADERS], body)
    except ValueError:
        body = json.dumps(
            {"error": {"en": "Invalid request", "ar": "طلب غير صالح"}}, ensure_ascii=False
        ).encode()
        return Page(400, [(b"content-type", b"application/json"), *_HEADERS], body)
    kind = links.qr.CONTENT_TYPES[words["format"]].encode()
    return Page(
        200,
        [(b"content-type", kind), (b"cache-control", b"public, max-age=31536000, immutable"), *_HEADERS],
        picture,
    )


def _draw(text: str, numbers: dict[str, int], words: dict[str, str]) -> bytes:
    return links.qr.render(
        text,
        numbers["size"],
        words["errorCorrection"],
        words["foreground"],
        words["background"],
        numbers["margin"],
        words["format"],
    )


def _whole(name: str, value: str | None, default: int) -> int:
    if value is None:
        return default
    if not value.isascii() or not value.isdigit() or len(value) > 6:
        raise Invalid(name, "must be a whole number")
    return int(value)
