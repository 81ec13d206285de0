"""Under which names the server answers, as Host headers say them."""

from collections.abc import Mapping
from typing import Any

from hyway.domain import links

_KEPT = 1024
_LONGEST = 255 + len(":65535")


class Hosts:
    """The configured names, any address, and localhost with any port."""

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names
        self.known: dict[bytes, bool] = {}

    def look(self, header: bytes) -> bool:
        """Whether a Host header is one of ours; kept in `known`, which strangers cannot fill for ever."""
        if len(header) > _LONGEST:
            return False
        if len(self.known) >= _KEPT:
            self.known.clear()
        self.known[header] = found = links.hosting.is_ours(header.decode("latin-1").lower(), self._names)
        return found


def host_of(scope: Mapping[str, Any]) -> bytes:
    """The Host header; empty where there is none."""
    for name, value in scope["headers"]:
        if name == b"host":
            found: bytes = value
            return found
    return b""
