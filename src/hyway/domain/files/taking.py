"""Pictures on their way in: drawn anew off the event loop, one at a time, and put before anybody must wait for them."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from hyway.domain.files.drawing import picture
from hyway.domain.files.records import Picture
from hyway.domain.files.service import lay
from hyway.kernel.blobs import Blobs
from hyway.kernel.faults import Spent

_QUEUE = 16
_WAIT = 5
# Two, so that one's bytes are put while the next one is drawn.
_hands = ThreadPoolExecutor(2, "hyway-draw")
_waiting = 0


async def take(blobs: Blobs, raw: bytes, name: str, most: int, field: str = "logo") -> Picture:
    """The picture drawn anew with its bytes put, ready for `keep`; Invalid for `field`, Spent while too many wait."""
    global _waiting  # of this process, as its hands are
    if _waiting >= _QUEUE:
        raise Spent("Too many pictures are being drawn", retry_after=_WAIT)
    _waiting += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(_hands, _take, blobs, raw, name, most, field)
    finally:
        _waiting -= 1


def _take(blobs: Blobs, raw: bytes, name: str, most: int, field: str) -> Picture:
    return lay(blobs, picture(raw, name, most, field))
