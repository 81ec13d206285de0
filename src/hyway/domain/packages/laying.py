"""Bytes of packages on their way in, and looked at again."""

import contextlib
import hashlib
from collections.abc import Callable, Iterable, Iterator

from hyway.domain.packages.records import Laid, Package
from hyway.kernel.blobs import Away, Blobs
from hyway.kernel.faults import Invalid

LARGEST = 8 * 1024**3
"""The most bytes of a file."""
PIECE = 1024 * 1024
Went = Callable[[int], object]
"""Told how many bytes more have gone by."""


def lay(blobs: Blobs, pieces: Iterable[bytes], expected: str = "") -> Laid:
    """Puts them, durably, and reads them once more: what lies there is what came.

    Invalid for no bytes at all, for too many, and where their SHA-256 is not the `expected` one: then nothing stays.
    """
    seen = _Seen(expected.strip().lower())
    key = blobs.pour(seen.passing(pieces))
    laid = Laid(key, seen.size, seen.digest.hexdigest())
    try:
        if _digest(blobs, key, laid.size, lambda _: None) != laid.checksum:
            raise Away("what was put is not what lies there")
    except BaseException:  # whoever is asked to stop leaves nothing either
        with contextlib.suppress(Away):
            blobs.drop(key)
        raise
    return laid


def measure(blobs: Blobs, package: Package) -> str:
    """What is wrong with its size, nothing when all is well."""
    found = blobs.size(package.key)
    if found is None:
        return "is not there"
    return "" if found == package.size else f"has {found} bytes instead of {package.size}"


def verify(blobs: Blobs, package: Package, went: Went = lambda _: None) -> str:
    """Reads all of it; what is wrong with it, nothing when all is well."""
    return measure(blobs, package) or _differs(blobs, package, went)


def _differs(blobs: Blobs, package: Package, went: Went) -> str:
    same = _digest(blobs, package.key, package.size, went) == package.checksum
    return "" if same else "is not what was added"


class _Seen:
    """Counts and digests what goes by, and judges it before the last byte is taken for all."""

    def __init__(self, expected: str) -> None:
        self._expected = expected
        self.digest = hashlib.sha256()
        self.size = 0

    def passing(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        for each in pieces:
            self.size += len(each)
            if self.size > LARGEST:
                raise Invalid("file", "is too big (maximum is {most} GB)", most=LARGEST // 1024**3)
            self.digest.update(each)
            yield each
        if not self.size:
            raise Invalid("file", "is empty")
        if self._expected and self.digest.hexdigest() != self._expected:
            raise Invalid(
                "sha256", "is not that of the file, which is {found}", found=self.digest.hexdigest()
            )


def _digest(blobs: Blobs, key: str, size: int, went: Went) -> str:
    digest = hashlib.sha256()
    for start in range(0, size, PIECE):
        piece = blobs.part(key, start, PIECE)
        if piece is None:
            return ""
        digest.update(piece)
        went(len(piece))
    return digest.hexdigest()
