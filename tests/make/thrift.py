"""What thousands of fresh databases and people need not pay for each time.

Servers that tests start as processes of their own are as they are delivered.
"""

import contextlib
import os
import ssl
from collections.abc import Iterator
from functools import cache
from unittest.mock import patch

import httpcore
from argon2 import PasswordHasher
from sqlalchemy import Engine, event

from hyway.kernel import db, seal

STATEMENTS = 5_000


@contextlib.contextmanager
def spared() -> Iterator[None]:
    """For a run: passwords are hashed with little work, statements are compiled once for all databases, and whom the
    world trusts is read once."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    read = cache(lambda _file, _folder: _trust())

    def trust() -> ssl.SSLContext:
        return read(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))

    with (
        patch.object(seal, "_hasher", quick),
        patch.object(db, "_engine", _Engines(db._engine)),
        patch.object(httpcore, "default_ssl_context", trust),
    ):
        yield


_trust = httpcore.default_ssl_context


class _Engines:
    """Makes engines that share what the first of their kind knows: its dialect and its compiled statements."""

    def __init__(self, make: object) -> None:
        self._make = make
        self._first: dict[str, Engine] = {}

    def __call__(self, url: str, threads: int) -> Engine:
        made: Engine = self._make(url, threads)  # type: ignore[operator]
        kind = made.dialect.name
        if kind == "sqlite":
            event.listen(made, "connect", _let_go)
        first = self._first.get(kind)
        if (
            first is None or getattr(first.dialect, "server_version_info", None) is None
        ):  # it never met its server
            self._first[kind] = made
            made._compiled_cache.capacity = STATEMENTS  # type: ignore[union-attr]
            return made
        made.dialect = made.pool._dialect = first.dialect
        made._compiled_cache = first._compiled_cache
        return made


def _let_go(connection: object, _record: object) -> None:
    """No commit waits for the disk: a test that crashes the machine may lose its database."""
    connection.execute("PRAGMA synchronous=OFF")  # type: ignore[attr-defined]
