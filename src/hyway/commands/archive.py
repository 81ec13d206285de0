"""A backup file: a tar.gz whose first member, the manifest, names all others with their sizes and digests."""

import gzip
import hashlib
import io
import json
import os
import tarfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Literal

from hyway.kernel.faults import Fault

FORMAT = 1
MANIFEST = "manifest.json"
_CHUNK = 1 << 20
_LEVEL = 4  # three quarters of the gain of 9 in a fifth of its time

Engine = Literal["sqlite", "postgresql"]
Went = Callable[[int], None]
"""Told how many more bytes are done."""


@dataclass(frozen=True)
class Manifest:
    """What a backup is: by which program, of which engine and revision, when, with how many rows of what."""

    program: str
    engine: Engine
    revision: str
    made_at: str
    counts: dict[str, int]
    sequences: dict[str, int] = field(default_factory=dict)
    members: dict[str, tuple[int, str]] = field(default_factory=dict)
    format: int = FORMAT


def pack(folder: Path, about: Manifest, file: Path, went: Went) -> Manifest:
    """Writes the folder's files to `file`, which exists whole or not at all and is for its owner alone."""
    names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    about = Manifest(**{**asdict(about), "members": {name: _digest(folder / name) for name in names}})
    part = file.with_name(file.name + ".part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as out:
            # The file's name and time stay out of it: the same data make the same bytes.
            with gzip.GzipFile("", "wb", _LEVEL, out, mtime=0) as packed:
                _write(packed, folder, names, about, went)
            out.flush()
            os.fsync(out.fileno())
        os.replace(part, file)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    _settle(file.parent)
    return about


def _write(packed: gzip.GzipFile, folder: Path, names: list[str], about: Manifest, went: Went) -> None:
    with tarfile.open(mode="w|", fileobj=packed, format=tarfile.PAX_FORMAT) as tar:
        text = json.dumps(asdict(about), indent=1).encode()
        tar.addfile(_member(MANIFEST, len(text)), io.BytesIO(text))
        for name in names:
            with (folder / name).open("rb") as file:
                tar.addfile(_member(name, about.members[name][0]), _Counted(file, went))


def _member(name: str, size: int) -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.size, made.mode = size, 0o600
    return made


class _Counted:
    def __init__(self, file: IO[bytes], went: Went) -> None:
        self._file, self._went = file, went

    def read(self, size: int = -1) -> bytes:
        piece = self._file.read(size)
        self._went(len(piece))
        return piece


def unpack(file: Path, folder: Path, went: Went) -> Manifest:
    """Puts the members into the folder and gives the manifest; a Fault unless all is there and unhurt."""
    try:
        with tarfile.open(file, "r|gz") as tar:
            members = iter(tar)
            about = _manifest(tar, next(members, None))
            for member in members:
                _extract(tar, member, about, folder, went)
    except (tarfile.TarError, EOFError, gzip.BadGzipFile, OSError) as error:
        if isinstance(error, FileNotFoundError | PermissionError | IsADirectoryError):
            raise
        raise Fault(
            "{file} is no whole backup: {why}", file=file, why=str(error) or "it ends too early"
        ) from None
    missing = [name for name in about.members if not (folder / name).is_file()]
    if missing:
        raise Fault("{file} lacks {names}", file=file, names=", ".join(missing))
    return about


def _manifest(tar: tarfile.TarFile, first: tarfile.TarInfo | None) -> Manifest:
    content = tar.extractfile(first) if first is not None and first.name == MANIFEST else None
    if content is None:
        raise Fault("this is no backup of Hyway: it begins with no manifest")
    try:
        told = json.load(content)
        if told["format"] > FORMAT:
            raise Fault("this backup was made by a newer Hyway ({program})", program=told["program"])
        return Manifest(**told)
    except (ValueError, KeyError, TypeError):
        raise Fault("this is no backup of Hyway: its manifest cannot be read") from None


def _extract(
    tar: tarfile.TarFile, member: tarfile.TarInfo, about: Manifest, folder: Path, went: Went
) -> None:
    wanted, content = about.members.get(member.name), tar.extractfile(member)
    if wanted is None or content is None or ".." in Path(member.name).parts or member.name.startswith("/"):
        raise Fault("the backup holds {name}, which its manifest does not name", name=member.name)
    path, digest, size = folder / member.name, hashlib.sha256(), 0
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        while piece := content.read(_CHUNK):
            out.write(piece)
            digest.update(piece)
            size += len(piece)
            went(len(piece))
        out.flush()
        os.fsync(out.fileno())
    if [size, digest.hexdigest()] != list(wanted):
        raise Fault("{name} in the backup is damaged: its digest differs", name=member.name)


def _digest(path: Path) -> tuple[int, str]:
    with path.open("rb") as file:
        return path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()


def _settle(folder: Path) -> None:
    """Makes a new name in the folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
