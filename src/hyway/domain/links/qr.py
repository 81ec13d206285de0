"""QR codes as SVG or PNG, exactly as large as asked."""

import re
import struct
import zlib
from collections.abc import Iterator, Sequence
from typing import Final

import segno

from hyway.kernel.faults import Invalid

CONTENT_TYPES: Final = {"svg": "image/svg+xml", "png": "image/png"}
"""The media type of each format."""

LONGEST_TEXT = 2_048
SIZES = (32, 4_096)
MARGINS = (0, 16)

_COLOUR = re.compile(r"#?([0-9a-fA-F]{6}|[0-9a-fA-F]{3})")

Modules = Sequence[Sequence[int]]  # rows of 0 and 1, the margin included


def render(
    text: str,
    size: int = 512,
    error_correction: str = "H",
    foreground: str = "000000",
    background: str = "FFFFFF",
    margin: int = 1,
    format: str = "svg",
) -> bytes:
    """A picture of `size` x `size` pixels that says `text`; `margin` counts modules, the code's own squares.

    Invalid, with the name of the parameter as the QR endpoint spells it, for a value out of bounds, and for a
    text that does not fit: at level H a code holds 1,273 bytes. In a PNG modules are whole pixels: what is
    left over widens the margin, and a size that gives a module less than one pixel is refused.
    """
    _check(text, size, margin, format)
    ink, paper = _colour("foreground", foreground), _colour("background", background)
    modules = _modules(text, error_correction, margin)
    if format == "svg":
        return _svg(modules, size, ink, paper)
    return _png(modules, size, ink, paper)


def _check(text: str, size: int, margin: int, format: str) -> None:
    if not 1 <= len(text) <= LONGEST_TEXT:
        raise Invalid("text", "must have 1 to {longest} characters", longest=LONGEST_TEXT)
    for field, value, (least, most) in (("size", size, SIZES), ("margin", margin, MARGINS)):
        if not least <= value <= most:
            raise Invalid(field, "must be a whole number from {least} to {most}", least=least, most=most)
    if format not in CONTENT_TYPES:
        raise Invalid("format", "must be svg or png")


def _colour(field: str, text: str) -> str:
    """The colour as six hex digits."""
    found = _COLOUR.fullmatch(text)
    if found is None:
        raise Invalid(field, "must be a colour of 3 or 6 hexadecimal digits")
    digits = found[1]
    return digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)


def _modules(text: str, error_correction: str, margin: int) -> Modules:
    level = error_correction.upper()
    if level not in ("L", "M", "Q", "H"):
        raise Invalid("errorCorrection", "must be L, M, Q or H")
    try:
        code = segno.make(text, error=level, micro=False, boost_error=False)
    except segno.DataOverflowError as wrong:
        raise Invalid("text", "is too long for a QR code of this error correction") from wrong
    except UnicodeEncodeError as wrong:
        raise Invalid("text", "must be valid Unicode") from wrong
    return tuple(tuple(row) for row in code.matrix_iter(scale=1, border=margin))


def _svg(modules: Modules, size: int, ink: str, paper: str) -> bytes:
    side = len(modules)
    path = "".join(
        f"M{start} {y}h{length}v1h-{length}z" for y, row in enumerate(modules) for start, length in _runs(row)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" viewBox="0 0 {side} {side}"'
        f' shape-rendering="crispEdges"><path fill="#{paper}" d="M0 0h{side}v{side}H0z"/>'
        f'<path fill="#{ink}" d="{path}"/></svg>'
    ).encode("ascii")


def _runs(row: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Start and length of each run of dark modules."""
    start = 0
    while 1 in row[start:]:
        start = row.index(1, start)
        end = row.index(0, start) if 0 in row[start:] else len(row)
        yield start, end - start
        start = end


def _png(modules: Modules, size: int, ink: str, paper: str) -> bytes:
    """A PNG of one bit a pixel with a palette of two colours (PNG specification, third edition)."""
    scale = size // len(modules)
    if scale == 0:
        raise Invalid("size", "must be at least {least} to show this text as PNG", least=len(modules))
    before = (size - scale * len(modules)) // 2
    after = size - scale * len(modules) - before
    blank = _scanline("0" * size)
    lines = (
        _scanline("0" * before + "".join("01"[dark] * scale for dark in row) + "0" * after) * scale
        for row in modules
    )
    pixels = blank * before + b"".join(lines) + blank * after
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", struct.pack(">IIBBBBB", size, size, 1, 3, 0, 0, 0))
        + _chunk(b"PLTE", bytes.fromhex(paper + ink))
        + _chunk(b"IDAT", zlib.compress(pixels, 6))
        + _chunk(b"IEND", b"")
    )


def _scanline(bits: str) -> bytes:
    """One row of pixels, filled up to whole bytes, behind the mark that says it is not filtered."""
    width = (len(bits) + 7) // 8
    return b"\0" + int(bits.ljust(width * 8, "0"), 2).to_bytes(width, "big")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
