"""Bytes that live outside the database: in a folder, or in a bucket that speaks S3.

Bytes are put before the row that names them commits: a row never names nothing. A row that does not commit after
all leaves an orphan, which whoever keeps the rows finds with `laid` and drops.
"""

import os
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

from hyway.kernel import clock
from hyway.kernel.clock import Instant

_SECONDS = 20
_LISTED = 500
_KEY = 32
"""Characters of a key: hexadecimal, so that it is a name in every folder and every address."""
_PIECE = 8 * 1024 * 1024
_PIECES = 4
"""How much of a stream is on its way at once; a bucket takes 10,000 pieces of one file."""


class Away(OSError):
    """The folder or the bucket refused or did not answer; what was asked may go well later."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where an S3-compatible service keeps what is ours. `prefix` ends with no slash."""

    name: str
    endpoint: str
    region: str
    prefix: str
    key: str = field(repr=False)
    secret: str = field(repr=False)


class Blobs:
    """Puts bytes and gets them back, by keys of its own; safe to share between threads. All calls wait."""

    def __init__(self, place: Path | Bucket) -> None:
        self._folder = place if isinstance(place, Path) else None
        self._store = _bucket(place) if isinstance(place, Bucket) else _folder(place)

    def put(self, body: bytes) -> str:
        """Keeps the bytes and gives their new key; they survive a power cut when this returns."""
        key = secrets.token_hex(_KEY // 2)
        try:
            obstore.put(self._store, _path(key), body)
            if self._folder is not None:
                _settle(self._folder, _path(key))
        except (BaseError, OSError) as error:
            raise Away(_why(error)) from error
        return key

    def pour(self, pieces: Iterable[bytes]) -> str:
        """As `put`, of bytes that come piece by piece and are never all in memory; what breaks off leaves nothing."""
        key = secrets.token_hex(_KEY // 2)
        try:
            obstore.put(self._store, _path(key), pieces, chunk_size=_PIECE, max_concurrency=_PIECES)
            if self._folder is not None:
                _settle(self._folder, _path(key))
        except (BaseError, OSError) as error:
            raise Away(_why(error)) from error
        return key

    def part(self, key: str, start: int, length: int) -> bytes | None:
        """So many of the bytes from `start` on, fewer at the end; None where there are none of that key."""
        try:
            return bytes(obstore.get_range(self._store, _path(key), start=start, length=length))
        except FileNotFoundError:
            return None
        except (BaseError, OSError) as error:
            raise Away(_why(error)) from error

    def get(self, key: str) -> bytes | None:
        """The bytes; None where there are none."""
        try:
            return bytes(obstore.get(self._store, _path(key)).bytes())
        except FileNotFoundError:
            return None
        except (BaseError, OSError) as error:
            raise Away(_why(error)) from error

    def size(self, key: str) -> int | None:
        """How many bytes there are; None where there are none."""
        try:
            return int(obstore.head(self._store, _path(key))["size"])
        except FileNotFoundError:
            return None
        except (BaseError, OSError) as error:
            raise Away(_why(error)) from error

    def drop(self, key: str) -> None:
        """Forgets the bytes, if there are any."""
        try:
            obstore.delete(self._store, _path(key))
        except FileNotFoundError:
            return
        except (BaseError, OSError) as error:
            raise Away(_why(error)) from error

    def laid(self) -> Iterator[list[tuple[str, Instant]]]:
        """Every key with when it was put, some hundred at a time; names that are no keys are passed over."""
        try:
            for page in obstore.list(self._store, chunk_size=_LISTED):
                named = ((each["path"].rpartition("/")[2], each) for each in page)
                yield [
                    (key, clock.instant(each["last_modified"]))
                    for key, each in named
                    if len(key) == _KEY and each["path"] == _path(key)
                ]
        except (BaseError, OSError) as error:
            raise Away(_why(error)) from error

    def sweep(self, before: Instant) -> int:
        """Removes what a process that died was writing in the folder before then; how many there were.

        A bucket gives up unfinished uploads by rules of its own.
        """
        if self._folder is None:
            return 0
        try:
            half = [each for each in self._folder.rglob("*#*") if each.stat().st_mtime_ns // 1000 < before]
            for each in half:
                each.unlink(missing_ok=True)
        except OSError as error:
            raise Away(_why(error)) from error
        return len(half)

    def check(self) -> None:
        """Puts, gets and drops some bytes; Away says what does not work."""
        key = self.put(b"works")
        if self.get(key) != b"works":
            raise Away("what was put is not there")
        self.drop(key)


def _folder(path: Path) -> LocalStore:
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return LocalStore(path)


def _bucket(of: Bucket) -> S3Store:
    limit = timedelta(seconds=_SECONDS)
    return S3Store(
        of.name,
        prefix=of.prefix or None,
        config={
            "endpoint": of.endpoint,
            "region": of.region,
            "access_key_id": of.key,
            "secret_access_key": of.secret,
            "virtual_hosted_style_request": False,
        },
        client_options={
            "timeout": limit,
            "connect_timeout": timedelta(seconds=5),
            "allow_http": of.endpoint.startswith("http://"),
        },
        retry_config={"max_retries": 2, "retry_timeout": limit},
    )


def _path(key: str) -> str:
    """Spread over folders, none of which grows long."""
    return f"{key[:2]}/{key[2:4]}/{key}"


def _settle(folder: Path, path: str) -> None:
    """Makes the file, its name and the names of its folders survive a power cut."""
    file = folder / path
    for each in (file, file.parent, file.parent.parent, folder):
        handle = os.open(each, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _why(error: Exception) -> str:
    """The first line: what follows may tell of requests in full."""
    return (str(error).splitlines() or [type(error).__name__])[0][:300]


__all__ = ["Away", "Blobs", "Bucket"]
