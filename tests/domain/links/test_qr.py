import struct
import xml.etree.ElementTree as ElementTree
import zlib

import pytest
import segno
import zxingcpp

from hyway.domain.links import qr
from hyway.kernel.faults import Invalid

TEXT = "https://hoko.to/abc123?qr=1"


def pixels(png: bytes) -> tuple[int, list[bytes], list[list[int]]]:
    """Side, palette and rows of a one-bit PNG of ours."""
    chunks, at = {}, 8
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        chunks[kind] = png[at + 8 : at + 8 + length]
        assert (
            zlib.crc32(kind + chunks[kind]) == struct.unpack(">I", png[at + 8 + length : at + 12 + length])[0]
        )
        at += 12 + length
    width, height, depth, colour = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
    assert (width, depth, colour) == (height, 1, 3)
    raw, stride = zlib.decompress(chunks[b"IDAT"]), 1 + (width + 7) // 8
    rows = [
        [raw[y * stride + 1 + x // 8] >> (7 - x % 8) & 1 for x in range(width)]
        for y in range(height)
        if raw[y * stride] == 0
    ]
    assert len(rows) == height
    return width, [chunks[b"PLTE"][:3], chunks[b"PLTE"][3:]], rows


def said(png: bytes) -> str:
    """What a reader of QR codes reads in a picture."""
    side, _, rows = pixels(png)
    grey = bytes(0 if dark else 255 for row in rows for dark in row)
    (found,) = zxingcpp.read_barcodes(memoryview(grey).cast("B", (side, side)))
    return found.text


def drawn(svg: bytes) -> tuple[ElementTree.Element, list[list[int]]]:
    """The root of an SVG of ours, and its dark modules."""
    root = ElementTree.fromstring(svg)
    side = int(root.get("viewBox", "").split()[2])
    rows = [[0] * side for _ in range(side)]
    for run in root[1].get("d", "").split("z")[:-1]:
        place, length = run.removeprefix("M").split("h")[:2]
        x, y = (int(part) for part in place.split())
        for dark in range(x, x + int(length.split("v")[0])):
            rows[y][dark] = 1
    return root, rows


@pytest.mark.parametrize("size", [64, 333, 512, 1000])
@pytest.mark.parametrize("level", "LMQH")
def test_a_png_is_as_large_as_asked_and_can_be_read(size, level):
    png = qr.render(TEXT, size=size, error_correction=level, format="png", margin=4)
    assert pixels(png)[0] == size
    assert said(png) == TEXT


@pytest.mark.parametrize(
    "text", ["a", "مرحبا بالعالم", "naïve café", "🎉 https://example.com/?q=%20", "x" * 1273]
)
def test_any_text_can_be_read_back(text):
    assert said(qr.render(text, size=800, margin=4, format="png")) == text


def test_a_png_wears_its_colours():
    _, palette, _ = pixels(qr.render(TEXT, format="png", foreground="#f0A", background="00ff7F"))
    assert palette == [bytes.fromhex("00ff7f"), bytes.fromhex("ff00aa")]


def test_an_svg_is_as_large_as_asked_and_shows_the_same_modules():
    root, rows = drawn(qr.render(TEXT, size=777, margin=3, foreground="123", background="#ABCDEF"))
    assert (root.get("width"), root.get("height")) == ("777", "777")
    assert root.get("viewBox") == f"0 0 {len(rows)} {len(rows)}"
    assert [path.get("fill") for path in root] == ["#ABCDEF", "#112233"]
    expected = segno.make(TEXT, error="H", micro=False, boost_error=False)
    assert rows == [list(row) for row in expected.matrix_iter(border=3)]


def test_defaults_are_those_of_the_documented_address():
    assert qr.render(TEXT) == qr.render(TEXT, 512, "H", "000000", "FFFFFF", 1, "svg")
    assert qr.CONTENT_TYPES == {"svg": "image/svg+xml", "png": "image/png"}


def test_the_margin_is_modules_and_may_be_none():
    assert len(drawn(qr.render(TEXT, margin=0))[1]) + 32 == len(drawn(qr.render(TEXT, margin=16))[1])


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("text", {"text": ""}),
        ("text", {"text": "x" * 2049}),
        ("text", {"text": "x" * 1274}),
        ("text", {"text": "\ud800"}),
        ("size", {"size": 31}),
        ("size", {"size": 4097}),
        ("size", {"size": 32, "format": "png", "text": "x" * 1000}),
        ("margin", {"margin": -1}),
        ("margin", {"margin": 17}),
        ("errorCorrection", {"error_correction": "X"}),
        ("errorCorrection", {"error_correction": ""}),
        ("foreground", {"foreground": "red"}),
        ("foreground", {"foreground": '"/><script'}),
        ("background", {"background": "#12345"}),
        ("background", {"background": "FFFFFF\n"}),
        ("format", {"format": "gif"}),
    ],
)
def test_values_out_of_bounds_are_refused_by_name(field, changed):
    with pytest.raises(Invalid) as refused:
        qr.render(**{"text": TEXT, **changed})
    assert refused.value.field == field
    assert "{" not in refused.value.message


def test_a_long_text_fits_at_the_lowest_correction():
    assert said(qr.render("y" * 2048, size=1024, error_correction="L", margin=4, format="png")) == "y" * 2048


def test_the_largest_picture_is_made_fast_and_stays_small():
    assert len(qr.render("x" * 1273, size=4096, format="png")) < 100_000
