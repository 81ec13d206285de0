"""/api/organizations/{organizationId}/link/codes/{codeId}/qrs: QR codes that are kept."""

import base64
import binascii
import re
from typing import TYPE_CHECKING, Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from hyway.apis.hyphen import forms, lists
from hyway.apis.hyphen.asking import at, operation
from hyway.apis.hyphen.codes_shapes import CODE
from hyway.apis.hyphen.fields import reader
from hyway.apis.hyphen.lists import PageOut, PageQuery
from hyway.apis.kit.operations import Ask
from hyway.domain import links
from hyway.domain.links import KeptQr, NewQr
from hyway.kernel.faults import Invalid

_QRS = f"{CODE}/qrs"
_QR = f"{CODE}/qrs/{{qrId}}"
_text = reader(str)
_DATA = re.compile(r"\s*data:[a-z0-9.+-]{1,99}/[a-z0-9.+-]{1,99};base64,", re.IGNORECASE)
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_BLANK = b" \t\r\n"


def _picture(value: Any, place: str) -> bytes:
    """The bytes of a file, or of its base64, alone or as a `data:` address."""
    if isinstance(value, bytes):
        return value
    text = _text(value, place)
    if len(text) > 2 * links.kept_qr.BIGGEST_LOGO:
        raise Invalid(place, "is too big (maximum is {most} MB)", most=links.kept_qr.BIGGEST_LOGO >> 20)
    head = _DATA.match(text)
    try:
        coded = text[head.end() if head else 0 :].encode("ascii").translate(_URL_SAFE, _BLANK).rstrip(b"=")
        return base64.b64decode(coded + b"=" * (-len(coded) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise Invalid(place, "must be base64") from None


if TYPE_CHECKING:
    Logo = bytes
else:
    Logo = Annotated[
        str,
        Meta(
            description="A PNG, JPEG, GIF, WebP or AVIF picture of at most 5 MB: base64, or a file of a form.",
            extra={"read": _picture},
        ),
    ]
Colour = Annotated[str, Meta(pattern="^#[0-9a-fA-F]{6}$")]


class QrIn(Struct, kw_only=True, rename="camel"):
    title: Annotated[str, Meta(max_length=500)] | UnsetType | None = UNSET
    size: Literal["small", "medium", "large"] | UnsetType | None = UNSET
    background_color: Colour | UnsetType | None = UNSET
    color: Colour | UnsetType | None = UNSET
    logo: Logo | UnsetType | None = UNSET


class Qr(Struct, kw_only=True, rename="camel"):
    id: str
    title: str | UnsetType = UNSET
    qr_code: Annotated[str, Meta(description="The picture, a PNG, as a `data:` address.")]
    qr_link: Annotated[str, Meta(description="Where it leads: the short link, which counts a scan.")]


def out(of: links.ShortCode, qr: KeptQr) -> Qr:
    return Qr(
        id=qr.id,
        title=qr.title or UNSET,
        qr_code=f"data:image/png;base64,{base64.b64encode(qr.png).decode()}",
        qr_link=links.kept_qr.link(of.address, qr.id),
    )


@operation("GET", _QRS, needs=("read", "Link"), query=PageQuery, gives=PageOut[Qr])
async def page(ask: Ask, query: PageQuery) -> PageOut[Qr]:
    """List a short code's QR codes.

    Newest first.
    """
    by, code = await at(ask), ask.path["codeId"]
    of = await ask.db.read(links.short_codes.find, by, code)
    found, total = await ask.db.read(links.kept_qr.page, by, code, query.offset, query.limit)
    return lists.page(query, total, [out(of, each) for each in found])


@operation("POST", _QRS, needs=("update", "Link"), takes=QrIn, gives=Qr, status=201, parse=forms.parse)
async def create(ask: Ask, sent: QrIn) -> Qr:
    """Create a QR code.

    Everything may be left out, the body too. It is taken as `multipart/form-data` as well, with `logo` as a file. Sizes
    are 256, 512 and 1024 pixels, `medium` if nothing is said; the code is black on white unless `color` and
    `backgroundColor` say otherwise. It is drawn once and stays as it is.
    """
    by, code = await at(ask), ask.path["codeId"]
    of = await ask.db.read(links.short_codes.find, by, code)
    made = await links.kept_qr.draw(of.address, _new(sent))
    return out(of, await ask.db.write(links.kept_qr.keep, by, code, made))


def _new(sent: QrIn) -> NewQr:
    return NewQr(
        title=sent.title or None,
        size=sent.size or "medium",
        color=sent.color or "#000000",
        background=sent.background_color or "#ffffff",
        logo=sent.logo or None,
    )


@operation("GET", _QR, needs=("read", "Link"), gives=Qr)
async def find(ask: Ask) -> Qr:
    """Show a QR code."""
    by, code = await at(ask), ask.path["codeId"]
    of = await ask.db.read(links.short_codes.find, by, code)
    return out(of, await ask.db.read(links.kept_qr.find, by, code, ask.path["qrId"]))


@operation("DELETE", _QR, needs=("update", "Link"), status=204)
async def drop(ask: Ask) -> None:
    """Delete a QR code.

    What is printed of it leads on.
    """
    await ask.db.write(links.kept_qr.drop, await at(ask), ask.path["codeId"], ask.path["qrId"])


OPERATIONS = (page, create, find, drop)
