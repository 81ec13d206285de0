"""Pictures drawn anew: what was sent is decoded to its last byte, and only what can be seen is encoded again.

So nothing of a hidden kind comes through: no place where a photo was taken, no comment, no second file behind the
first, no script in a corner. Of what moves, the first frame stays.
"""

import io
import logging
import re
import threading
import unicodedata
from typing import Any

from PIL import Image, ImageCms, ImageOps

from hyway.domain.files import kinds
from hyway.domain.files.kinds import Kind
from hyway.domain.files.records import Picture
from hyway.kernel.faults import Invalid

log = logging.getLogger(__name__)

PIXELS = 25_000_000
"""The most pixels that are decoded: a camera's 24 megapixels fit."""
SIDE = 2560
"""The longest side of what is kept; larger pictures are made smaller."""
_NAME = 80
_MOST_PROFILE = 1 << 20
_MODES = {"JPEG": ("L", "RGB"), "GIF": ("P", "L"), "PNG": ("1", "L", "LA", "P", "RGB", "RGBA")}
_ALL = ("RGB", "RGBA")
_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
_UNSAID = re.compile(r"""[/\\:*?"'<>|%$;#&\s]+""")

# One at a time: a large one takes some hundred megabytes, and a server that draws should still answer.
_hand = threading.Lock()
# How many pixels there are is asked before anything is decoded, and refused in words.
Image.MAX_IMAGE_PIXELS = None


def picture(raw: bytes, name: str, most: int, field: str = "logo") -> Picture:
    """The picture that `raw` (at most so many bytes) shows, told by its content; Invalid for `field`.

    webp, png, jpeg, gif and avif are known. It takes up to a second and some hundred megabytes: see `take`.
    """
    if len(raw) > most:
        raise Invalid(field, "is too big (maximum is {most} MB)", most=most // (1024 * 1024))
    kind = kinds.kind_of(raw)
    if kind is None:
        raise Invalid(field, "has an invalid content type")
    told = kinds.says(raw, kind)
    if told is None:
        raise Invalid(field, "is not a valid image")
    if not kinds.is_alone(raw, kind, told[2]):
        raise Invalid(field, "has an invalid content type")
    _check_size(told[0], told[1], field)
    try:
        with _hand:
            drawn = _drawn(raw, kind, field)
            body = _encoded(drawn, kind, _is_lossless(raw))
    except Invalid:
        raise
    except Exception as error:  # decoders raise whatever they stumble over
        log.info("a picture cannot be decoded: %s", type(error).__name__)
        raise Invalid(field, "is not a valid image") from None
    return Picture(_named(name, kind), kind.media_type, body, drawn.width, drawn.height)


def _check_size(width: int, height: int, field: str) -> None:
    if width * height > PIXELS:
        raise Invalid(field, "is too large (maximum is {most} megapixels)", most=PIXELS // 1_000_000)


def _drawn(raw: bytes, kind: Kind, field: str) -> Image.Image:
    """The first frame, upright, in plain colours, no larger than we keep, with nothing attached."""
    with Image.open(io.BytesIO(raw), formats=(kind.format,)) as sent:
        _check_size(*sent.size, field)
        sent.draft(None, (SIDE, SIDE))
        sent.load()
        profile = sent.info.get("icc_profile")
        upright = ImageOps.exif_transpose(sent)
    seen = _plain(upright, kind)
    if max(seen.size) > SIDE:
        seen = (
            seen.convert("RGBA" if seen.has_transparency_data else "RGB") if seen.mode in ("1", "P") else seen
        )
        seen.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    seen = _in_srgb(seen, profile)
    seen = seen if seen.mode in _MODES.get(kind.format, _ALL) else _other_mode(seen, kind)
    transparency = seen.info.get("transparency")
    seen.info = {} if transparency is None else {"transparency": transparency}
    return seen


def _plain(seen: Image.Image, kind: Kind) -> Image.Image:
    """In a mode that can be resized and encoded; deep greys become eight bits, not white."""
    if seen.mode.startswith("I") or seen.mode == "F":
        return seen.point(lambda value: value * (1 / 256)).convert("L")
    if seen.mode in ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK"):
        return seen
    return seen.convert("RGBA" if seen.has_transparency_data else "RGB")


def _in_srgb(seen: Image.Image, profile: Any) -> Image.Image:
    """Colours as browsers take them where no profile is; one that cannot be read is left out."""
    if isinstance(profile, bytes) and len(profile) <= _MOST_PROFILE and seen.mode in ("RGB", "RGBA", "CMYK"):
        alpha = seen.getchannel("A") if seen.mode == "RGBA" else None
        try:
            given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            plain = seen.convert("RGB") if alpha else seen
            made = ImageCms.profileToProfile(plain, given, _SRGB, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            made = None
        if made is not None:
            if alpha is not None:
                made.putalpha(alpha)
            return made
    return seen.convert("RGB") if seen.mode == "CMYK" else seen


def _other_mode(seen: Image.Image, kind: Kind) -> Image.Image:
    if kind is kinds.JPEG:
        return seen.convert("RGB")
    whole = seen.convert("RGBA" if seen.has_transparency_data else "RGB")
    if kind is not kinds.GIF:
        return whole
    return whole.quantize(256, method=Image.Quantize.FASTOCTREE)


def _is_lossless(raw: bytes) -> bool:
    return raw[:4] == b"RIFF" and b"VP8L" in raw[12:65_536]


def _encoded(drawn: Image.Image, kind: Kind, lossless: bool) -> bytes:
    settings: dict[str, dict[str, Any]] = {
        "PNG": {"optimize": True},
        "JPEG": {"quality": 88, "optimize": True, "progressive": True},
        "GIF": {"optimize": True},
        "WEBP": {"quality": 88, "lossless": lossless, "method": 4},
        "AVIF": {"quality": 80, "speed": 8, "max_threads": 1},
    }
    out = io.BytesIO()
    drawn.save(out, kind.format, **settings[kind.format])
    return out.getvalue()


def _named(name: str, kind: Kind) -> str:
    """The name that was given, fit for an address and a folder, with the ending of what it is."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    shown = "".join(each for each in last if each.isprintable())
    stem = shown.rpartition(".")[0] or shown
    clean = _UNSAID.sub("-", stem).strip("-. ")[:_NAME].strip("-. ")
    return f"{clean or 'picture'}.{kind.ending}"


__all__ = ["PIXELS", "SIDE", "picture"]
