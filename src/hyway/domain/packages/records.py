"""Nouns of packages."""

from dataclasses import dataclass
from typing import Literal, get_args

from hyway.kernel.clock import Instant

Platform = Literal["linux", "macos", "macos-arm", "windows"]
PLATFORMS: tuple[Platform, ...] = get_args(Platform)
LATEST = "latest"
"""The word for the version that everybody should have."""


@dataclass(frozen=True, slots=True)
class NewPackage:
    """What is to be fetched as this version of the package on this platform; `file` is its name there."""

    name: str
    version: str
    platform: str
    file: str


@dataclass(frozen=True, slots=True)
class Laid:
    """Bytes that are put: `checksum` is their SHA-256 in hexadecimal."""

    key: str
    size: int
    checksum: str


@dataclass(frozen=True, slots=True)
class Package:
    """One file of a package; its bytes lie under `key`."""

    seq: int
    name: str
    version: str
    platform: str
    file: str
    size: int
    checksum: str
    key: str
    created_at: Instant


@dataclass(frozen=True, slots=True)
class Release:
    """A version of a package, for whatever platforms; `published_at` is when its first file came."""

    package: str
    version: str
    latest: bool
    published_at: Instant
