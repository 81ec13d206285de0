"""Nouns of files."""

from dataclasses import dataclass, field

from hyway.kernel.clock import Instant

LOGO = 1024 * 1024
"""The most bytes of a logo."""
BANNER = 5 * LOGO
"""And of a banner."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture drawn anew from what was sent: `body` holds nothing else. `key` once its bytes are put."""

    name: str
    media_type: str
    body: bytes = field(repr=False)
    width: int
    height: int
    key: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """A picture that is kept; its bytes lie under `key`."""

    seq: int
    key: str
    name: str
    media_type: str
    size: int
    width: int
    height: int
    checksum: str
    created_at: Instant
