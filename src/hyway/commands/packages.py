"""The commands about packages: add, list, remove, verify."""

import contextlib
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import IO, Annotated

from cyclopts import App, Parameter

from hyway import main, worker
from hyway.commands import shared
from hyway.commands.archive import Went
from hyway.commands.shared import Data, words
from hyway.domain import packages
from hyway.domain.packages import Laid, NewPackage, Package, Platform
from hyway.kernel import clock
from hyway.kernel.blobs import Blobs
from hyway.kernel.db import Database
from hyway.kernel.faults import Fault
from hyway.settings import Settings

package = App(
    name="package", help="Programs that anybody may fetch from this server: add, list, remove, verify."
)

_PIECE = 1024 * 1024
_SHOWN = "/api/downloads"
Name = Annotated[str, Parameter(help="What it is called in addresses: small letters and digits.")]
Version = Annotated[str, Parameter(help="A semantic version, such as 1.2.3 or 2.0.0-rc.1.")]


@package.command
def add(
    name: Name,
    version: Version,
    file: Annotated[Path, Parameter(help="What people get; it keeps its name.")],
    /,
    *,
    platform: Annotated[Platform, Parameter(name="--os", help="What it runs on.")],
    sha256: Annotated[str, Parameter(help="Its checksum; anything else is refused.")] = "",
    data: Data = None,
) -> int:
    """Offer FILE as this version of a package for one operating system, and print it with its SHA-256.

    It is copied into the data folder or the bucket (HYWAY_FILES), and read there once more. From then on
    /api/downloads/NAME/VERSION?os=OS leads to it, and so does /api/downloads/NAME/latest?os=OS while no higher
    version is there; a pre-release is the latest one only while there is no release. Works beside a running server.

    For example:

        hyway package add hyphen-cli 1.2.3 dist/hx --os linux
        hyway package add hyphen-cli 1.2.3 dist/hx.exe --os windows --sha256 "$(cut -d ' ' -f 1 hx.exe.sha256)"
    """
    new = NewPackage(name, version, platform, file.name)
    settings = shared.settings_of(data)
    with _opened(settings) as db:
        db.read_now(packages.check_new, new)
        if not file.is_file():
            raise (
                Fault("{file} is no file", file=file)
                if file.exists()
                else FileNotFoundError(2, "No such file", file)
            )
        blobs = worker.open_packages(settings)
        with _stoppable():
            laid = _copied(blobs, file, sha256)
        try:
            made = db.write_now(packages.add, new, laid)
        except Fault:
            blobs.drop(laid.key)
            raise
    _tell(made)
    words.print(f"{settings.public_url}{_SHOWN}/{made.name}/{made.version}?os={made.platform}")
    return 0


@package.command(name="list")
def list_(
    name: Annotated[str | None, Parameter(help="Of this package alone.")] = None, /, *, data: Data = None
) -> int:
    """Print the files of packages, the highest version first: name, version, os, bytes, SHA-256, day, file.

    For example:

        hyway package list
        hyway package list hyphen-cli | head -n 4
    """
    with _opened(shared.settings_of(data)) as db:
        found = db.read_now(packages.every, name)
    for each in found:
        _tell(each)
    if not found:
        words.print("there are no packages" + (f" called {name}" if name else ""))
    return 0


@package.command
def remove(
    name: Name,
    version: Version,
    /,
    *,
    platform: Annotated[Platform | None, Parameter(name="--os", help="For this one alone.")] = None,
    data: Data = None,
) -> int:
    """Offer a version no longer, and print what was removed. The bytes go a day later.

    For example:

        hyway package remove hyphen-cli 1.2.3
        hyway package remove hyphen-cli 1.2.3 --os windows
    """
    with _opened(shared.settings_of(data)) as db:
        gone = db.write_now(packages.remove, name, version, platform)
    for each in gone:
        _tell(each)
    return 0


@package.command
def verify(
    name: Annotated[str | None, Parameter(help="Of this package alone.")] = None, /, *, data: Data = None
) -> int:
    """Read all packages and compare them with their SHA-256. Exit code 1 when one is not what was added.

    For example:

        hyway package verify
    """
    settings = shared.settings_of(data)
    with _opened(settings) as db:
        kept = db.read_now(packages.every, name)
    blobs, failed = worker.open_packages(settings), 0
    with shared.progress("verifying", sum(each.size for each in kept)) as went:
        for each in kept:
            why = packages.verify(blobs, each, went)
            failed += bool(why)
            shared.tell(each.name, each.version, each.platform, why or "ok")
    return 1 if failed else 0


def _opened(settings: Settings) -> "closing[Database]":
    shared.check_present(settings)
    return closing(main.open_database(settings, threads=1))


def _copied(blobs: Blobs, file: Path, sha256: str) -> Laid:
    with file.open("rb") as source, shared.progress("copying", file.stat().st_size) as went:
        return packages.lay(blobs, _pieces(source, went), sha256)


@contextlib.contextmanager
def _stoppable() -> Iterator[None]:
    """Whoever ends the command while it copies (a build that is cancelled does) leaves nothing of the file."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _pieces(source: IO[bytes], went: Went) -> Iterator[bytes]:
    while piece := source.read(_PIECE):
        yield piece
        went(len(piece))


def _tell(of: Package) -> None:
    day = clock.text(of.created_at)[:10]
    shared.tell(of.name, of.version, of.platform, of.size, of.checksum, day, of.file)


def register(app: App) -> None:
    app.command(package)


__all__ = ["register"]
