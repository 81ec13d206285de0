"""Pictures to send: good ones of every kind, and the bad ones that are sent to servers."""

import io
import struct
import zipfile
import zlib
from typing import Any

from PIL import Image, PngImagePlugin

FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "AVIF")
SCRIPT = b"<script>alert(document.domain)</script>"


def drawn(width: int = 64, height: int = 48) -> Image.Image:
    """Red above, blue below: which side is up can be seen."""
    made = Image.new("RGB", (width, height), (220, 20, 20))
    made.paste((20, 20, 220), (0, height // 2, width, height))
    return made


def encoded(format: str, image: Image.Image | None = None, **more: Any) -> bytes:
    out = io.BytesIO()
    (image or drawn()).save(out, format, **more)
    return out.getvalue()


def opened(body: bytes) -> Image.Image:
    made = Image.open(io.BytesIO(body))
    made.load()
    return made


def pixel(image: Image.Image, at: tuple[int, int], mode: str = "RGBA") -> tuple[int, ...]:
    """The colour there, as so many numbers as the mode has."""
    found = image.convert(mode).getpixel(at)
    assert isinstance(found, tuple)
    return found


def from_a_phone(format: str = "JPEG", orientation: int = 6) -> bytes:
    """A photo that says where it was taken, by what, and which side is up."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "SecretCamera", orientation
    exif.get_ifd(0x8825).update({1: "N", 2: (24.0, 42.0, 0.0), 3: "E", 4: (46.0, 40.0, 0.0)})
    return encoded(format, exif=exif)


def png_with_words() -> bytes:
    said = PngImagePlugin.PngInfo()
    said.add_text("Comment", SCRIPT.decode())
    said.add_itxt("XML:com.adobe.xmp", "<x>SecretPlace</x>", zip=True)
    return encoded("PNG", pnginfo=said)


def animated(format: str) -> bytes:
    frames = [drawn(), Image.new("RGB", (64, 48), (0, 255, 0)), Image.new("RGB", (64, 48), (0, 0, 0))]
    return encoded(format, frames[0], save_all=True, append_images=frames[1:], duration=50, loop=0)


def bomb(width: int, height: int) -> bytes:
    """A small PNG that says it is so large, and is: its rows are there, packed."""
    pack = zlib.compressobj(9)
    row, rows = b"\0" * (1 + width * 3), b""
    for _ in range(min(height, 2000)):
        rows += pack.compress(row)
    rows += pack.flush()
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def with_a_zip(format: str = "JPEG") -> bytes:
    """A picture to one program, an archive to another."""
    packed = io.BytesIO(encoded(format))
    packed.seek(0, io.SEEK_END)
    with zipfile.ZipFile(packed, "a") as archive:
        archive.writestr("index.html", SCRIPT)
    return packed.getvalue()


def gif_and_script() -> bytes:
    """A GIF whose width reads as the beginning of a comment, with a script behind its end."""
    plain = bytearray(encoded("GIF"))
    plain[6:8] = b"/*"
    return bytes(plain) + b"*/=1;alert(document.domain)//"


def many_passes(count: int = 5000) -> bytes:
    """A progressive JPEG that paints itself over and over."""
    plain = encoded("JPEG", drawn(512, 512), progressive=True)
    last = plain.rindex(b"\xff\xda")
    return plain[:last] + plain[last:-2] * count + plain[-2:]


SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><title>x</title>" + SCRIPT
