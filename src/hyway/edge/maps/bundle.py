"""The fixed set of files that maps need, read once and kept in memory, plain and gzipped.

A page names them under a folder that carries the digest of the whole set. So modules find each other by relative
addresses, and a browser may keep each for ever.
"""

import functools
import gzip
import hashlib
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import NamedTuple

_KINDS = {
    "css": b"text/css; charset=utf-8",
    "js": b"text/javascript; charset=utf-8",
    "json": b"application/json",
    "png": b"image/png",
    "svg": b"image/svg+xml",
}
_LEAFLET = ("leaflet.js", "leaflet.css")
_SOURCE_MAP = b"//# sourceMappingURL="


class File(NamedTuple):
    """One file; `gzipped` is None where that makes it no smaller."""

    kind: bytes
    body: bytes
    gzipped: bytes | None
    mark: bytes


class Bundle:
    """Files by name, as the browser asks for them."""

    def __init__(self, found: dict[str, bytes]) -> None:
        self._files = {name: _file(name, body) for name, body in found.items()}
        whole = hashlib.sha256()
        for name, file in sorted(self._files.items()):
            whole.update(name.encode() + b"\0" + file.mark)
        self.mark = whole.hexdigest()[:12]

    def find(self, name: str) -> File | None:
        return self._files.get(name)

    def names(self) -> list[str]:
        return sorted(self._files)

    def address(self, name: str) -> str:
        """The path under which a page asks for a file; a name that is not there is a mistake of ours."""
        if name not in self._files:
            raise KeyError(name)
        return f"/maps/{self.mark}/{name}"


@functools.cache
def bundle() -> Bundle:
    """Leaflet from its Python package; everything else from this folder."""
    here = files("hyway.edge.maps")
    leaflet = files("xstatic.pkg.leaflet") / "data"
    found = {name: _without_source_map((leaflet / name).read_bytes()) for name in _LEAFLET}
    found |= {f"images/{name}": body for name, body in _known(leaflet / "images")}
    for folder in ("static", "data", "vendor"):
        found |= dict(_known(here / folder))
    return Bundle(found)


def _known(folder: Traversable) -> list[tuple[str, bytes]]:
    return [
        (each.name, each.read_bytes())
        for each in folder.iterdir()
        if each.name.rpartition(".")[2] in _KINDS and each.is_file()
    ]


def _without_source_map(body: bytes) -> bytes:
    """Without the address of a file that is not served: developers' tools would ask for it."""
    return body.partition(_SOURCE_MAP)[0]


def _file(name: str, body: bytes) -> File:
    kind = _KINDS[name.rpartition(".")[2]]
    gzipped = gzip.compress(body, 9, mtime=0)
    mark = hashlib.sha256(body).hexdigest()[:24].encode()
    return File(kind, body, gzipped if len(gzipped) < len(body) * 0.95 else None, mark)
