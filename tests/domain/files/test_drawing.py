"""Pictures drawn anew: what comes through, what does not, and what is refused before it costs anything."""

import io
import resource
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from hyway.domain import files
from hyway.domain.files import drawing, kinds
from hyway.kernel.faults import Invalid
from tests.make import pictures
from tests.make.pictures import FORMATS, encoded, opened, pixel

MB = 1024 * 1024


def taken(raw: bytes, name: str = "logo.png", most: int = files.BANNER) -> files.Picture:
    return files.picture(raw, name, most, "logo")


def refused(raw: bytes, most: int = files.BANNER) -> str:
    with pytest.raises(Invalid) as caught:
        taken(raw, most=most)
    assert caught.value.field == "logo"
    return caught.value.message


@pytest.mark.parametrize("format", FORMATS)
def test_every_kind_comes_through_as_itself(format: str) -> None:
    made = taken(encoded(format))
    shown = opened(made.body)
    assert (shown.format, made.media_type, shown.size) == (format, f"image/{format.lower()}", (64, 48))
    assert (made.width, made.height) == (64, 48)
    red, blue = (pixel(shown, at) for at in ((32, 5), (32, 43)))
    assert red[0] > 200 > 60 > red[2]
    assert blue[2] > 200 > 60 > blue[0]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_png_of_every_mode(mode: str) -> None:
    image = (
        pictures.drawn().convert("L").convert(mode)
        if mode.startswith("I")
        else pictures.drawn().convert(mode)
    )
    assert opened(taken(encoded("PNG", image)).body).size == (64, 48)


def test_deep_grey_stays_grey() -> None:
    image = Image.new("I;16", (8, 8), 0x8000)
    assert opened(taken(encoded("PNG", image)).body).getpixel((4, 4)) == 0x80


@pytest.mark.parametrize("format", ["PNG", "WEBP", "GIF", "AVIF"])
def test_what_is_transparent_stays_so(format: str) -> None:
    image = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    image.paste((255, 0, 0, 255), (0, 0, 20, 40))
    shown = opened(taken(encoded(format, image)).body)
    assert (pixel(shown, (5, 20))[3], pixel(shown, (35, 20))[3]) == (255, 0)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_nothing_tells_where_a_photo_was_taken_and_it_stands_upright(format: str) -> None:
    raw = pictures.from_a_phone(format)
    assert b"SecretCamera" in raw
    made = taken(raw)
    shown = opened(made.body)
    assert b"SecretCamera" not in made.body
    assert not dict(shown.getexif())
    assert not shown.getexif().get_ifd(0x8825)
    assert shown.size == (48, 64), "turned as the camera said"


def test_words_in_a_png_are_gone() -> None:
    made = taken(pictures.png_with_words())
    assert b"script" not in made.body
    assert b"tEXt" not in made.body
    assert b"iTXt" not in made.body
    assert set(opened(made.body).info) <= {"transparency"}


@pytest.mark.parametrize("format", ["GIF", "JPEG"])
def test_comments_are_gone(format: str) -> None:
    raw = encoded(format, comment=pictures.SCRIPT)
    assert pictures.SCRIPT in raw
    assert b"script" not in taken(raw).body


def test_a_profile_becomes_plain_colours() -> None:
    """Of a profile whose red is another red; what is left says the same to eyes, and carries no profile."""
    lab = ImageCms.createProfile("LAB")
    odd = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    shown = opened(taken(encoded("JPEG", icc_profile=odd)).body)
    assert "icc_profile" not in shown.info
    assert pixel(shown, (32, 5))[0] > 200
    for bad in (b"no profile", ImageCms.ImageCmsProfile(lab).tobytes(), b"\0" * 600_000):
        assert "icc_profile" not in opened(taken(encoded("PNG", icc_profile=bad)).body).info


def test_ink_becomes_light() -> None:
    assert opened(taken(encoded("JPEG", pictures.drawn().convert("CMYK"))).body).mode == "RGB"


@pytest.mark.parametrize("format", ["GIF", "WEBP", "PNG", "AVIF"])
def test_of_what_moves_the_first_frame_stays(format: str) -> None:
    raw = pictures.animated(format)
    assert getattr(opened(raw), "n_frames", 1) == 3
    shown = opened(taken(raw).body)
    assert getattr(shown, "n_frames", 1) == 1
    assert pixel(shown, (32, 5))[0] > 200


def test_large_ones_become_smaller() -> None:
    made = taken(encoded("JPEG", pictures.drawn(6000, 4000)))
    assert (made.width, made.height) == (2560, 1707)
    assert opened(made.body).size == (2560, 1707)


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "has an invalid content type"),
        (b"GIF", "has an invalid content type"),
        (pictures.SVG, "has an invalid content type"),
        (b"\xef\xbb\xbf  " + pictures.SVG, "has an invalid content type"),
        (pictures.HTML, "has an invalid content type"),
        (b"%PDF-1.7\n", "has an invalid content type"),
        (encoded("BMP"), "has an invalid content type"),
        (encoded("TIFF"), "has an invalid content type"),
        (encoded("ICO"), "has an invalid content type"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "has an invalid content type"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", "has an invalid content type"),
        (pictures.gif_and_script(), "has an invalid content type"),
        (encoded("GIF") + pictures.SCRIPT, "has an invalid content type"),
        (encoded("PNG") + pictures.HTML, "has an invalid content type"),
        (encoded("WEBP") + b"PK\x05\x06" + bytes(18), "has an invalid content type"),
        (encoded("AVIF") + pictures.SCRIPT, "has an invalid content type"),
        (encoded("JPEG") + b"<?php system($_GET[0]);", "has an invalid content type"),
        (encoded("JPEG") * 2 + b"PK\x05\x06" + bytes(18), "has an invalid content type"),
        *((pictures.with_a_zip(format), "has an invalid content type") for format in FORMATS),
        (pictures.many_passes(), "is not a valid image"),
        (b"\x89PNG\r\n\x1a\n", "is not a valid image"),
        (b"GIF89a" + b"\0" * 20, "is not a valid image"),
        (b"\xff\xd8\xff" + b"\0" * 100, "is not a valid image"),
    ],
)  # fmt: skip
def test_what_is_no_picture_is_refused(raw: bytes, says: str) -> None:
    assert refused(raw) == says


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.99])
def test_half_a_picture_is_refused(format: str, part: float) -> None:
    whole = encoded(format, Image.effect_noise((200, 200), 90).convert("RGB"))
    assert refused(whole[: int(len(whole) * part)]) == "is not a valid image"


def test_what_cameras_put_behind_a_picture_is_borne_and_left_out() -> None:
    clip = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(2000)
    for behind in (encoded("JPEG"), clip, b"\0" * 64):
        made = taken(encoded("JPEG") + behind)
        assert made.body.endswith(b"\xff\xd9")
        assert b"ftyp" not in made.body


@pytest.mark.parametrize(("width", "height"), [(30_000, 30_000), (1, 30_000_000), (65_535, 65_535)])
def test_a_bomb_is_refused_before_it_is_opened(width: int, height: int) -> None:
    raw = pictures.bomb(width, min(height, 2000)) if height < 70_000 else pictures.bomb(1, 2000)
    raw = raw[:16] + width.to_bytes(4, "big") + height.to_bytes(4, "big") + raw[24:]
    began, before = time.perf_counter(), peak()
    assert refused(raw) == "is too large (maximum is 25 megapixels)"
    assert time.perf_counter() - began < 1
    assert peak() - before < 50 * MB


@pytest.mark.parametrize("format", ["GIF", "WEBP", "JPEG"])
def test_a_header_that_lies_costs_nothing(format: str) -> None:
    raw = bytearray(encoded(format))
    at = {"GIF": 6, "WEBP": 26, "JPEG": raw.find(b"\xff\xc0") + 5}[format]
    raw[at : at + 4] = b"\xff\x3f\xff\x3f" if format == "WEBP" else b"\xff\xff\xff\xff"
    before = peak()
    assert refused(bytes(raw)) == "is too large (maximum is 25 megapixels)"
    assert peak() - before < 50 * MB


def test_a_large_file_is_refused_by_its_length_alone() -> None:
    raw = encoded("PNG") + bytes(40 * MB)
    began, before = time.perf_counter(), peak()
    assert refused(raw, files.LOGO) == "is too big (maximum is 1 MB)"
    assert refused(raw, files.BANNER) == "is too big (maximum is 5 MB)"
    assert time.perf_counter() - began < 0.1
    assert peak() - before < 5 * MB


def peak() -> int:
    """The most memory this process has ever had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("logo.jpg", "logo.png"),
        ("evil.html", "evil.png"),
        ("no ending", "no-ending.png"),
        ("../../etc/passwd", "passwd.png"),
        (r"C:\pictures\me.bmp", "me.png"),
        ("\u202egnp.exe", "gnp.png"),
        ('a"b<c>;d%00\r\nSet-Cookie: x.png', "a-b-c-d-00Set-Cookie-x.png"),
        ("شعار.png", "شعار.png"),
        ("", "picture.png"),
        ("....", "picture.png"),
        ("x" * 500 + ".png", "x" * 80 + ".png"),
    ],
)  # fmt: skip
def test_names_are_fit_for_addresses_and_end_in_what_they_are(given: str, kept: str) -> None:
    assert taken(encoded("PNG"), given).name == kept


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(FORMATS), st.data())
def test_whatever_is_broken_is_refused_in_words(format: str, data: st.DataObject) -> None:
    raw = bytearray(encoded(format))
    for _ in range(data.draw(st.integers(1, 6))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    if (said := refusal(bytes(raw))) is not None:
        assert said in (
            "has an invalid content type", "is not a valid image", "is too large (maximum is 25 megapixels)"
        )  # fmt: skip
    else:
        made = taken(bytes(raw))
        assert opened(made.body).size == (made.width, made.height)


def refusal(raw: bytes) -> str | None:
    try:
        taken(raw)
    except Invalid as fault:
        return fault.message
    return None


@given(st.binary(max_size=200), st.sampled_from([b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b""]))
def test_any_bytes_are_read_to_an_end(rest: bytes, start: bytes) -> None:
    raw = start + rest
    if (kind := kinds.kind_of(raw)) is not None:
        kinds.says(raw, kind)


def test_headers_agree_with_the_decoder() -> None:
    for format in FORMATS:
        raw = encoded(format, pictures.drawn(123, 45))
        kind = kinds.kind_of(raw)
        assert kind is not None
        assert kinds.says(raw, kind) == ((0, 0) if format == "AVIF" else (123, 45)) + (len(raw),)
    lossless = encoded("WEBP", pictures.drawn(123, 45), lossless=True)
    assert kinds.says(lossless, kinds.WEBP) == (123, 45, len(lossless))


def test_lossless_stays_lossless() -> None:
    noise = Image.effect_noise((64, 64), 90).convert("RGB")
    made = taken(encoded("WEBP", noise, lossless=True))
    assert opened(made.body).convert("RGB").tobytes() == noise.tobytes()


def test_no_more_is_decoded_than_said() -> None:
    assert drawing.PIXELS == 25_000_000
    assert Image.MAX_IMAGE_PIXELS is None
    assert io.BytesIO(taken(encoded("PNG")).body).read(4) == b"\x89PNG"
