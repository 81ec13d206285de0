"""Requests to addresses that somebody else chose: the way out, guarded.

Every connection goes to an address that was checked, and to no other: the host is resolved once, every
address it has must be allowed, and the socket is opened to one of those, while Host and TLS keep the name.
So a name that resolves anew (DNS rebinding) gains nothing. No proxy of the environment is used, and no
redirect followed.
"""

import socket
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import httpcore

Allowed = Callable[[str], bool]


class Unreachable(Exception):
    """No answer was had; the text says why, for the owner of the address to read."""


class Answer(NamedTuple):
    """`headers` have lower-case names; `body` is cut at the bytes that were asked for."""

    status: int
    headers: dict[str, str]
    body: bytes


class Outgoing:
    """The way out, to addresses that `allowed(ip)` lets pass; safe to share between threads."""

    def __init__(self, allowed: Allowed) -> None:
        self._allowed = allowed
        self._tls = httpcore.default_ssl_context()

    def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        *,
        seconds: float = 10.0,
        most: int = 65_536,
    ) -> Answer:
        """One request on its own connection, over in `seconds`, reading `most` bytes; else Unreachable."""
        deadline = time.monotonic() + seconds
        try:
            target = _target(url)
            if target.scheme not in (b"http", b"https"):
                raise Unreachable("only http and https are spoken")
            way = httpcore.HTTPConnection(
                target.origin, ssl_context=self._tls, network_backend=_Guarded(self._allowed, deadline)
            )
            sent = [("Accept-Encoding", "identity"), ("Connection", "close"), *(headers or {}).items()]
            try:
                with way.stream(method, target, headers=sent, content=body) as answer:
                    return Answer(answer.status, _plain(answer.headers), _read(answer, most))
            finally:
                way.close()
        except httpcore.TimeoutException:
            raise Unreachable(f"no answer within {seconds:g} seconds") from None
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise Unreachable(str(error)[:300] or type(error).__name__) from error
        except ValueError as error:
            raise Unreachable("the address cannot be used in a request") from error

    def secured(self, host: str, port: int = 443, *, seconds: float = 10.0) -> None:
        """A TLS handshake with a host by its name; Unreachable where there is none, or its certificate will not do."""
        deadline = time.monotonic() + seconds
        try:
            stream = _Guarded(self._allowed, deadline).connect_tcp(host, port)
            try:
                stream.start_tls(self._tls, host)
            finally:
                stream.close()
        except httpcore.TimeoutException:
            raise Unreachable(f"no answer within {seconds:g} seconds") from None
        except httpcore.NetworkError as error:
            raise Unreachable(str(error)[:300] or type(error).__name__) from error


def _target(url: str) -> httpcore.URL:
    """The address in its parts: httpcore's own reading of one drops what follows a `;` in the path."""
    parts = urlsplit(url.encode("ascii"))
    target = (parts.path or b"/") + (b"?" + parts.query if parts.query else b"")
    return httpcore.URL(scheme=parts.scheme, host=parts.hostname or b"", port=parts.port, target=target)


def _plain(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in headers}


def _read(answer: httpcore.Response, most: int) -> bytes:
    """The first `most` bytes; the rest is left unread, and the connection is closed on it."""
    body = b""
    for chunk in answer.iter_stream():
        body += chunk
        if len(body) >= most:
            break
    return body[:most]


class _Guarded(httpcore.NetworkBackend):
    """Connects to checked addresses alone, and to nothing after the deadline."""

    def __init__(self, allowed: Allowed, deadline: float) -> None:
        self._allowed = allowed
        self._deadline = deadline
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        addresses = self._addresses(host, port)
        for last, address in enumerate(addresses, 1 - len(addresses)):
            try:
                stream = self._plain.connect_tcp(address, port, _left(self._deadline))
                return _Timed(stream, self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if last == 0:
                    raise
        raise httpcore.ConnectError("the host has no address")

    def _addresses(self, host: str, port: int) -> list[str]:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except socket.gaierror:
            raise httpcore.ConnectError("the host has no address") from None
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        if not all(self._allowed(address) for address in addresses):
            raise httpcore.ConnectError("the host has an address that is not public")
        return addresses


class _Timed(httpcore.NetworkStream):
    """A stream whose every wait ends at the deadline: a peer that drips bytes holds nobody."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._deadline))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        secure = self._stream.start_tls(ssl_context, server_hostname, _left(self._deadline))
        return _Timed(secure, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout()
    return left
