"""`/qrcode`, in the documented form of links' `qrCode`."""

import io

import httpx
import pytest
import zxingcpp
from PIL import Image

DOCUMENTED = (
    "/qrcode?text=https%3A%2F%2Fgo.example%2Fabc123%3Fqr%3D1&size=512&errorCorrection=H"
    "&foreground=000000&background=FFFFFF&margin=1&format={}"
)


async def test_the_documented_form(browser: httpx.AsyncClient):
    picture = await browser.get(DOCUMENTED.format("svg"))
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/svg+xml")
    assert picture.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert picture.text.startswith(("<svg", "<?xml"))
    assert (await browser.head(DOCUMENTED.format("svg"))).content == b""


async def test_it_says_what_it_was_given(browser: httpx.AsyncClient):
    picture = await browser.get(DOCUMENTED.format("png"))
    assert picture.headers["content-type"] == "image/png"
    image = Image.open(io.BytesIO(picture.content))
    assert image.size == (512, 512)
    assert [found.text for found in zxingcpp.read_barcodes(image)] == ["https://go.example/abc123?qr=1"]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "text=",
        "text=a&size=1",
        "text=a&size=x",
        "text=a&size=99999",
        "text=a&size=-5",
        "text=a&margin=9999",
        "text=a&errorCorrection=Z",
        "text=a&foreground=zzz",
        "text=a&format=exe",
        "text=" + "x" * 9_000,
        "text=a&size=٣٠٠",
        "&".join(["text=a"] * 60),
    ],
)
async def test_what_cannot_be_drawn(browser: httpx.AsyncClient, query: str):
    answer = await browser.get(f"/qrcode?{query}")
    assert answer.status_code == 400
    assert set(answer.json()["error"]) == {"en", "ar"}


async def test_only_reading(browser: httpx.AsyncClient):
    assert (await browser.post("/qrcode?text=a")).status_code == 405
