"""The verbs of files: keep a picture, tell where it is shown, let go of it."""

import dataclasses
import hashlib
from collections.abc import Sequence
from urllib.parse import quote

from hyway.domain.files.records import File, Picture
from hyway.domain.files.store import files as store
from hyway.domain.identity import NOBODYS, Caller
from hyway.kernel import clock
from hyway.kernel.blobs import Blobs
from hyway.kernel.clock import Instant
from hyway.kernel.db import Read, Write

SHOWN_FOR = 5 * clock.MINUTE
"""How long the second address of a picture works, which the first one leads to."""
_KEPT, _SHOWN = "file", "shown file"
_STEM = "/rails/active_storage"


def lay(blobs: Blobs, picture: Picture) -> Picture:
    """The picture with its bytes put, unless they have been: durable before a row can name them."""
    return picture if picture.key else dataclasses.replace(picture, key=blobs.put(picture.body))


def keep(w: Write, by: Caller, blobs: Blobs, picture: Picture) -> File:
    """Keeps it for the organization, or for the person where there is none.

    Bytes that are not yet put are put now, while others wait to write: `take` puts them before.
    """
    laid = lay(blobs, picture)
    organization = None if by.organization == NOBODYS else by.organization
    checksum = hashlib.sha256(laid.body).hexdigest()
    person = by.person if organization is None else None
    return store.add(w, organization, person, laid, checksum, clock.now())


def find(r: Read, seq: int) -> File | None:
    """The file of that number, unless it was dropped."""
    return store.find(r, seq)


def drop(w: Write, seq: int) -> None:
    """Shows it to nobody from now on; its bytes go a day later."""
    store.drop(w, seq, clock.now())


def address(r: Read, seq: int | None) -> str | None:
    """Where the file is shown, absolute, the same each time; None for no file."""
    return addresses(r, [] if seq is None else [seq]).get(seq or 0)


def addresses(r: Read, seqs: Sequence[int | None]) -> dict[int, str]:
    """Addresses by number, in one statement; of none no statement."""
    wanted = sorted({seq for seq in seqs if seq is not None})
    found = store.keys_and_names(r, wanted) if wanted else {}
    return {
        seq: f"{r.home}{_STEM}/blobs/redirect/{r.seal.sign(key, _KEPT)}/{quote(name)}"
        for seq, (key, name) in found.items()
    }


def shown_at(r: Read, signed: str, now: Instant) -> str | None:
    """The path where the file of a signed address can be had for the next minutes; None for one that is not signed.

    Without a host: whoever came under another name of this server's stays there.
    """
    key = r.seal.signed(signed, _KEPT)
    file = store.under(r, key) if key else None
    if file is None:
        return None
    until = (now + SHOWN_FOR) // clock.SECOND
    return f"{_STEM}/disk/{r.seal.sign(f'{file.key}-{until}', _SHOWN)}/{quote(file.name)}"


def shown(r: Read, signed: str, now: Instant) -> File | None:
    """The file of such an address, while its time lasts."""
    key, _, until = (r.seal.signed(signed, _SHOWN) or "").partition("-")
    if not until or int(until) * clock.SECOND < now:
        return None
    return store.under(r, key)
