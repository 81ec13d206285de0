"""Pictures that come with forms, and where the kept ones are shown."""

from collections.abc import Sequence

from hyway.console.market.stay import Stay
from hyway.domain import files
from hyway.domain.files import BANNER, LOGO, Picture
from hyway.domain.identity import Caller
from hyway.kernel.blobs import Blobs
from hyway.kernel.db import Read, Write
from hyway.kernel.faults import Refused


def shown(r: Read, seqs: Sequence[int | None]) -> dict[int | None, str]:
    """The paths of pictures by their numbers: the browser asks for them where it asked for the page."""
    found = files.addresses(r, seqs)
    return {seq: address.removeprefix(r.home) for seq, address in found.items()}


async def sent(visit: Stay, field: str, most: int) -> "Sent":
    """The picture of a form's field, drawn anew and put; Invalid for `field`, None where none was chosen."""
    upload = visit.sent.file(field)
    if upload is None:
        return None
    blobs = visit.house.blobs
    if blobs is None:
        raise Refused("this server keeps no pictures")
    return blobs, await files.take(blobs, upload.body, upload.name, most, field)


Sent = tuple[Blobs, Picture] | None
"""A picture that was sent and where its bytes are put."""


def keep(w: Write, by: Caller, sent: Sent) -> int | None:
    """The number of the file; in the transaction that names it."""
    return files.keep(w, by, *sent).seq if sent else None


__all__ = ["BANNER", "LOGO", "Sent", "keep", "sent", "shown"]
