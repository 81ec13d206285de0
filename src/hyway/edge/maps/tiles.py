"""Map tiles by setting: where they come from, how a page is told, and what its content policy must allow."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

_SUBDOMAIN = re.compile(r"^\{s\}\.")
_HOST = re.compile(r"[A-Za-z0-9.\-_*\[\]:]+")


@dataclass(frozen=True, slots=True)
class Tiles:
    """`url` is an XYZ template (`https://tiles.example/{z}/{x}/{y}.png`) or the address of a `.pmtiles` archive; it may
    also be a path of this server. `attribution` is plain text and stands on the map."""

    url: str
    attribution: str = ""

    @property
    def is_archive(self) -> bool:
        return urlsplit(self.url).path.lower().endswith(".pmtiles")

    def attributes(self) -> dict[str, str]:
        """What stands on the element that holds the map, for the script to read."""
        return {"data-tiles": self.url, "data-attribution": self.attribution}

    def sources(self) -> tuple[list[str], list[str]]:
        """The sources to add to `img-src` and to `connect-src`; a template that cannot be read adds none."""
        source = origin(self.url)
        if self.is_archive:
            # A raster archive's tiles become pictures through addresses of blobs.
            return ["blob:"], [source] if source else []
        # Leaflet puts an empty picture of that form where it gives up on a tile.
        return [*([source] if source else []), "data:"], []


def origin(url: str | None) -> str | None:
    """The origin of an absolute http(s) address as a content policy names it; None for a path or anything odd."""
    if not url:
        return None
    try:
        parts = urlsplit(url)
        host = _SUBDOMAIN.sub("*.", parts.netloc)
    except ValueError:
        return None
    # Whatever could end the directive or start another never gets into the header.
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(host):
        return None
    return f"{parts.scheme}://{host.lower()}"
