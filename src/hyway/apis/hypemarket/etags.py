"""Conditional requests: the weak tag of a body, and whether the caller has that body already."""

import hashlib
import re
from collections.abc import Mapping
from email.utils import formatdate

from hyway.apis.kit.style import Header
from hyway.kernel.clock import SECOND, Instant

REVALIDATE: Header = (b"cache-control", b"max-age=0, private, must-revalidate")
_TAG = re.compile(rb'(?:W/)?("[^"]*")')


def tag(body: bytes) -> bytes:
    """`W/"…"` with 32 hex digits of the body's SHA-256: another body, another tag."""
    return b'W/"%s"' % hashlib.sha256(body).hexdigest()[:32].encode()


def validators(body: bytes, changed_at: Instant) -> tuple[Header, ...]:
    """The headers by which a body may be kept and asked after."""
    stamp = formatdate(changed_at // SECOND, usegmt=True).encode()
    return ((b"etag", tag(body)), (b"last-modified", stamp), REVALIDATE)


def is_known(headers: Mapping[bytes, bytes], body: bytes) -> bool:
    """Whether If-None-Match names this body: compared weakly, in a list, or `*` for whatever there is.

    If-Modified-Since alone is passed over: figures change within a second, and without a change of the record.
    """
    said = headers.get(b"if-none-match", b"").strip()
    if said == b"*":
        return True
    return _TAG.findall(tag(body))[0] in _TAG.findall(said)
