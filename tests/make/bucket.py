"""An S3 service on the loopback: puts, gets, deletes and lists, and checks every signature (AWS, version 4)."""

import contextlib
import hashlib
import hmac
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from xml.sax.saxutils import escape

KEY, SECRET = "AKTEST", "a secret of the test"


@dataclass
class Service:
    """`held` by path, without the first slash; while `down` it answers 503."""

    port: int = 0
    held: dict[str, bytes] = field(default_factory=dict)
    refused: int = 0
    down: bool = False

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextlib.contextmanager
def service() -> Iterator[Service]:
    made = Service()

    class Handler(_Handler):
        of = made

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.port = server.server_port
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    of: Service
    protocol_version = "HTTP/1.1"

    def _any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.of.down:
            return self._say(503, b"")
        if not self._is_signed(body):
            self.of.refused += 1
            return self._say(403, b"<Error><Code>SignatureDoesNotMatch</Code></Error>")
        name = unquote(urlsplit(self.path).path).lstrip("/")
        if self.command == "PUT":
            self.of.held[name] = body
            return self._say(200, b"")
        if self.command == "DELETE":
            self.of.held.pop(name, None)
            return self._say(204, b"")
        query = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        if self.command == "POST" and "delete" in query:
            keys = re.findall(r"<Key>(.*?)</Key>", body.decode())
            for key in keys:
                self.of.held.pop(f"{name.rstrip('/')}/{key}", None)
            gone = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys)
            return self._say(200, f"<DeleteResult>{gone}</DeleteResult>".encode())
        if query.get("list-type") == "2":
            return self._say(200, self._list(name.rstrip("/"), query.get("prefix", "")))
        found = self.of.held.get(name)
        return (
            self._say(404, b"<Error><Code>NoSuchKey</Code></Error>")
            if found is None
            else self._say(200, found)
        )

    do_GET = do_PUT = do_DELETE = do_HEAD = do_POST = _any

    def _list(self, bucket: str, prefix: str) -> bytes:
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        keys = sorted(name.removeprefix(bucket + "/") for name in self.of.held)
        rows = "".join(
            f"<Contents><Key>{escape(key)}</Key><LastModified>{now}</LastModified><ETag>e</ETag>"
            f"<Size>{len(self.of.held[f'{bucket}/{key}'])}</Size></Contents>"
            for key in keys
            if key.startswith(prefix)
        )
        told = f"<ListBucketResult><Name>{bucket}</Name><IsTruncated>false</IsTruncated>{rows}</ListBucketResult>"
        return told.encode()

    def _is_signed(self, body: bytes) -> bool:
        said = self.headers.get("Authorization", "")
        if not said.startswith("AWS4-HMAC-SHA256 "):
            return False
        parts = dict(each.strip().split("=", 1) for each in said.split(" ", 1)[1].split(","))
        key, day, region, kind, _ = parts["Credential"].split("/")
        url, names = urlsplit(self.path), parts["SignedHeaders"].split(";")
        query = "&".join(
            f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}"
            for name, value in sorted(parse_qsl(url.query, keep_blank_values=True))
        )
        heads = "".join(f"{name}:{(self.headers.get(name) or '').strip()}\n" for name in names)
        digest = self.headers.get("x-amz-content-sha256", "")
        asked = "\n".join((self.command, url.path, query, heads, ";".join(names), digest))
        scope = f"{day}/{region}/{kind}/aws4_request"
        text = f"AWS4-HMAC-SHA256\n{self.headers['x-amz-date']}\n{scope}\n{hashlib.sha256(asked.encode()).hexdigest()}"
        mark = f"AWS4{SECRET}".encode()
        for each in (day, region, kind, "aws4_request", text):
            mark = hmac.digest(mark, each.encode(), "sha256")
        whole = digest in ("UNSIGNED-PAYLOAD", hashlib.sha256(body).hexdigest())
        return key == KEY and whole and hmac.compare_digest(mark.hex(), parts["Signature"])

    def _say(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"e"')
        self.send_header("Last-Modified", "Wed, 21 Oct 2026 07:28:00 GMT")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass
