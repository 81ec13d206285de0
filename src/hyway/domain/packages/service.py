"""The verbs of packages: add and remove a file, tell of versions, find what somebody wants."""

from urllib.parse import quote

from hyway.domain.packages import rules
from hyway.domain.packages.records import LATEST, PLATFORMS, Laid, NewPackage, Package, Release
from hyway.domain.packages.store import packages as store
from hyway.kernel import clock
from hyway.kernel.db import Conflict, Read, Write
from hyway.kernel.faults import Missing, Taken

PREFIX = "/media/packages/"
"""What the addresses of bytes begin with."""


def check_new(r: Read, new: NewPackage) -> None:
    """Before its bytes are put: Invalid for what cannot be, Taken for what is there."""
    rules.check(new)
    if store.of_version(r, new.name, new.version, new.platform):
        raise _taken(new)


def add(w: Write, new: NewPackage, laid: Laid) -> Package:
    """The package with its bytes named; Taken where this version has a file for the platform."""
    rules.check(new)
    try:
        with w.attempt():
            return store.add(w, new, laid, clock.now())
    except Conflict:
        raise _taken(new) from None


def remove(w: Write, name: str, version: str, platform: str | None = None) -> list[Package]:
    """Nobody finds them from now on; their bytes go a day later. Of all platforms where none is named.

    Missing where there is nothing to remove.
    """
    gone = store.drop(w, name, version, platform, clock.now())
    if not gone:
        what = f"{name} {version}" + (f" for {platform}" if platform else "")
        raise Missing("there is no {what}", what=what)
    return gone


def releases(r: Read, name: str) -> list[Release]:
    """The versions of a package, the highest first; Missing for a package of which there are none."""
    published = store.published(r, name)
    if not published:
        raise Missing("Package not found", id=name)
    latest = rules.latest(published)
    return [Release(name, each, each == latest, published[each]) for each in rules.newest_first(published)]


def find(r: Read, name: str, version: str, platform: str = "") -> Package:
    """The file of this version, or of the latest one, for the platform; without one the first that there is.

    The latest version is the same for everybody: whoever has no file of it is told so, and gets no older one, for a
    program that brings itself up to date would do that again and again. Missing names what is not there by `id`.
    """
    if version == LATEST:
        version = next(each.version for each in releases(r, name) if each.latest)
    found = {each.platform: each for each in store.of_version(r, name, version)}
    if not found:
        raise Missing("there is no such version", id=version if store.published(r, name) else name)
    wanted = platform or next(each for each in PLATFORMS if each in found)
    if wanted not in found:
        raise Missing("there is none for this platform", id=platform)
    return found[wanted]


def served(r: Read, checksum: str, file: str) -> Package | None:
    """One whose bytes and name these are."""
    return store.of_checksum(r, checksum, file)


def address(package: Package) -> str:
    """Where its bytes are, without a host: whoever came under another name of this server's stays there."""
    return f"{PREFIX}{package.checksum}/{quote(package.file)}"


def every(r: Read, name: str | None = None) -> list[Package]:
    """All files, or those of one package: by name, then the highest version first, then by platform."""
    found = store.every(r, name)
    places: dict[str, int] = {each: at for at, each in enumerate(PLATFORMS)}
    found.sort(key=lambda each: places[each.platform])
    found.sort(key=lambda each: rules.rank(each.version), reverse=True)
    return sorted(found, key=lambda each: each.name)


def _taken(new: NewPackage) -> Taken:
    text = "{name} {version} for {platform} is there already; remove it first"
    return Taken("", text, name=new.name, version=new.version, platform=new.platform)
