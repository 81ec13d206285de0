"""The shell of every web server on the loopback: it hears requests and sends what a function answers."""

import contextlib
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Request:
    """`path` is as it was asked for, with its query; names of `headers` are found in whatever case."""

    method: str
    path: str
    headers: Message
    body: bytes


Reply = tuple[int, dict[str, str], bytes]
Answerer = Callable[[Request], Reply | None]
"""None breaks the connection."""


class _Server(ThreadingHTTPServer):
    request_queue_size = 128


@contextlib.contextmanager
def serving(
    answer: Answerer,
    methods: Sequence[str] = ("GET", "POST"),
    protocol: str = "HTTP/1.0",
    tls: ssl.SSLContext | None = None,
) -> Iterator[int]:
    """Its port. Each request is answered in a thread of its own; connections are kept with HTTP/1.1 alone."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = protocol

        def any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            reply = answer(Request(self.command, self.path, self.headers, body))
            if reply is None:
                self.close_connection = True
                return
            with contextlib.suppress(OSError):  # whoever asked may have heard enough
                _send(self, reply)

        def log_message(self, format: str, *args: object) -> None:
            pass

    for method in methods:
        setattr(Handler, f"do_{method}", Handler.any)
    server = _Server(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


def _send(request: BaseHTTPRequestHandler, reply: Reply) -> None:
    status, headers, content = reply
    request.send_response(status)
    for name, value in headers.items():
        request.send_header(name, value)
    request.send_header("Content-Length", str(len(content)))
    request.end_headers()
    if request.command != "HEAD":
        request.wfile.write(content)
