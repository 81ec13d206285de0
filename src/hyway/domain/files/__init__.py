"""Pictures that people sent: judged, drawn anew, kept outside the database, shown under signed addresses.

`picture = await files.take(blobs, raw, name, files.LOGO, "logo")` before the transaction, then in it
`file = files.keep(w, by, blobs, picture)`, whose `seq` the owner of the picture remembers.
"""

from hyway.domain.files.drawing import picture
from hyway.domain.files.records import BANNER, LOGO, File, Picture
from hyway.domain.files.service import address, addresses, drop, find, keep, lay, shown, shown_at
from hyway.domain.files.taking import take

__all__ = [
    "BANNER",
    "LOGO",
    "File",
    "Picture",
    "address",
    "addresses",
    "drop",
    "find",
    "keep",
    "lay",
    "picture",
    "shown",
    "shown_at",
    "take",
]
