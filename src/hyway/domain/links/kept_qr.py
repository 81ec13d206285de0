"""QR codes that are kept: drawn once, with a logo if there is one, and shown again as they were drawn."""

import asyncio
import io
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from PIL import Image

from hyway.domain import files, identity
from hyway.domain.identity import Caller
from hyway.domain.links import qr, rules, short_codes
from hyway.domain.links.records import KeptQr, Link, NewQr
from hyway.domain.links.store import qrs as store
from hyway.kernel import clock, ids
from hyway.kernel.db import Read, Ref, Write
from hyway.kernel.faults import Invalid, Missing, Spent, Taken

SIDES: Final = {"small": 256, "medium": 512, "large": 1024}
"""Pixels of each size."""
MOST = 100
"""Of one link: a page of them is read at once."""
BIGGEST_LOGO = files.BANNER
_QUIET = 4
_LOGO, _ROOM = 0.2, 0.24
"""Sides of a logo and of its room, as parts of the picture's: far less than a code of level H makes up for."""
_QUEUE, _WAIT = 16, 5
_hands = ThreadPoolExecutor(1, "hyway-kept-qr")
_waiting = 0


async def draw(address: str, new: NewQr) -> KeptQr:
    """A code that leads to the short link and says that it did, ready for `keep`; Spent while too many wait.

    Off the event loop: a logo takes up to a second.
    """
    global _waiting  # of this process, as its hands are
    if _waiting >= _QUEUE:
        raise Spent("Too many pictures are being drawn", retry_after=_WAIT)
    _waiting += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(_hands, drawn, address, new)
    finally:
        _waiting -= 1


def drawn(address: str, new: NewQr) -> KeptQr:
    """The same, here and now."""
    color, background = new.color.lower(), new.background.lower()
    if color == background:
        raise Invalid("color", "must differ from backgroundColor")
    title = rules.text("title", new.title) if new.title else None
    id = ids.prefixed("lqr")
    level = "M" if new.logo is None else "H"
    png = qr.render(link(address, id), SIDES[new.size], level, color, background, _QUIET, "png")
    if new.logo is not None:
        png = _with_logo(png, new.logo, background)
    return KeptQr(id, title, new.size, color, background, png, clock.now())


def link(address: str, id: str) -> str:
    """Where the code leads: the short link, which counts a scan."""
    return f"{address}?qr={id}"


def _with_logo(png: bytes, raw: bytes, background: str) -> bytes:
    """The picture with the logo, drawn anew, in its middle."""
    seen = files.picture(raw, "logo", BIGGEST_LOGO).body
    with Image.open(io.BytesIO(png)) as plain, Image.open(io.BytesIO(seen)) as sent:
        whole, logo = plain.convert("RGB"), sent.convert("RGBA")
    most = int(whole.width * _LOGO)
    logo.thumbnail((most, most), Image.Resampling.LANCZOS)
    room = int(whole.width * _ROOM)
    whole.paste(Image.new("RGB", (room, room), background), ((whole.width - room) // 2,) * 2)
    whole.paste(logo, ((whole.width - logo.width) // 2, (whole.height - logo.height) // 2), logo)
    out = io.BytesIO()
    whole.quantize(256).save(out, "PNG", optimize=True)
    return out.getvalue()


def keep(w: Write, by: Caller, code: str, made: KeptQr) -> KeptQr:
    """Keeps what was drawn for this short code; Taken when it has as many as it can."""
    identity.access.require(by, "update", "Link")
    of = short_codes.held(w, by, code)
    if store.count(w, by.organization, of.seq) >= MOST:
        raise Taken("", "A link has at most {most} QR codes", most=MOST)
    store.add(w, by.organization, of.seq, made)
    w.announce(by, "qr_code.created", "qr_code", made.id, _said(made), [Ref("Link", of.id)])
    return made


def page(r: Read, by: Caller, code: str, offset: int, limit: int) -> tuple[list[KeptQr], int]:
    """Those of a short code, newest first, and how many they are."""
    of = short_codes.find(r, by, code).link
    found = store.page(r, by.organization, of.seq, offset, limit)
    return found, store.count(r, by.organization, of.seq)


def find(r: Read, by: Caller, code: str, id: str) -> KeptQr:
    return _one(r, by, short_codes.find(r, by, code).link, id)


def _one(r: Read, by: Caller, of: Link, id: str) -> KeptQr:
    found = store.find(r, by.organization, of.seq, id)
    if found is None:
        raise Missing("QR code not found", id=id)
    return found


def drop(w: Write, by: Caller, code: str, id: str) -> None:
    """What is printed leads on."""
    identity.access.require(by, "update", "Link")
    of = short_codes.held(w, by, code)
    made = _one(w, by, of, id)
    store.drop(w, by.organization, of.seq, id)
    w.announce(by, "qr_code.deleted", "qr_code", id, _said(made), [Ref("Link", of.id)])


def _said(made: KeptQr) -> dict[str, str]:
    return {"size": made.size, **({"name": made.title} if made.title else {})}
