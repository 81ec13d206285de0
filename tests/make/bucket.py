"""An S3 service on the loopback: puts (whole and in parts), gets (ranges too), deletes and lists.

It checks every signature (AWS, version 4).
"""

import contextlib
import hashlib
import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from xml.sax.saxutils import escape

from tests.make import loopback
from tests.make.loopback import Reply, Request

KEY, SECRET = "AKTEST", "a secret of the test"


@dataclass
class Service:
    """`held` by path, without the first slash; `parts` of what is not whole yet; while `down` it answers 503."""

    port: int = 0
    held: dict[str, bytes] = field(default_factory=dict)
    parts: dict[str, dict[int, bytes]] = field(default_factory=dict)
    refused: int = 0
    down: bool = False

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextlib.contextmanager
def service() -> Iterator[Service]:
    made = Service()

    def answer(asked: Request) -> Reply:
        status, content = _answered(made, asked)
        headers = {"ETag": '"e"', "Last-Modified": "Wed, 21 Oct 2026 07:28:00 GMT"}
        asks = asked.headers.get("Range") if asked.method == "GET" and status == 200 else None
        if asks is None:
            return status, headers, content
        first, last = (int(each) for each in asks.removeprefix("bytes=").split("-"))
        part = content[first : last + 1]
        where = f"bytes {first}-{first + len(part) - 1}/{len(content)}"
        return 206, {**headers, "Content-Range": where}, part

    methods = ("GET", "PUT", "DELETE", "HEAD", "POST")
    with loopback.serving(answer, methods, "HTTP/1.1") as made.port:
        yield made


def _answered(of: Service, asked: Request) -> tuple[int, bytes]:
    if of.down:
        return 503, b""
    if not _is_signed(asked):
        of.refused += 1
        return 403, b"<Error><Code>SignatureDoesNotMatch</Code></Error>"
    url = urlsplit(asked.path)
    name, query = unquote(url.path).lstrip("/"), dict(parse_qsl(url.query, keep_blank_values=True))
    if "uploads" in query or "uploadId" in query:
        return _in_parts(of, asked, name, query)
    if asked.method == "PUT":
        of.held[name] = asked.body
        return 200, b""
    if asked.method == "DELETE":
        of.held.pop(name, None)
        return 204, b""
    if asked.method == "POST" and "delete" in query:
        return 200, _drop(of, name.rstrip("/"), asked.body.decode())
    if query.get("list-type") == "2":
        return 200, _list(of, name.rstrip("/"), query.get("prefix", ""))
    found = of.held.get(name)
    return (404, b"<Error><Code>NoSuchKey</Code></Error>") if found is None else (200, found)


def _in_parts(of: Service, asked: Request, name: str, query: dict[str, str]) -> tuple[int, bytes]:
    """An upload in parts: it is begun, its parts are put in any order, and it is made whole or given up."""
    if "uploads" in query:
        id = f"upload-{len(of.parts) + 1}"
        of.parts[id] = {}
        return (
            200,
            f"<InitiateMultipartUploadResult><UploadId>{id}</UploadId></InitiateMultipartUploadResult>".encode(),
        )
    if query["uploadId"] not in of.parts:
        return 404, b"<Error><Code>NoSuchUpload</Code></Error>"
    if asked.method == "PUT":
        of.parts[query["uploadId"]][int(query["partNumber"])] = asked.body
        return 200, b""
    parts = of.parts.pop(query["uploadId"])
    if asked.method == "DELETE":
        return 204, b""
    named = [int(each) for each in re.findall(r"<PartNumber>(\d+)</PartNumber>", asked.body.decode())]
    of.held[name] = b"".join(parts[each] for each in sorted(named))
    told = "<CompleteMultipartUploadResult><ETag>e</ETag></CompleteMultipartUploadResult>"
    return 200, told.encode()


def _drop(of: Service, bucket: str, body: str) -> bytes:
    keys = re.findall(r"<Key>(.*?)</Key>", body)
    for key in keys:
        of.held.pop(f"{bucket}/{key}", None)
    gone = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys)
    return f"<DeleteResult>{gone}</DeleteResult>".encode()


def _list(of: Service, bucket: str, prefix: str) -> bytes:
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    keys = sorted(name.removeprefix(bucket + "/") for name in of.held)
    rows = "".join(
        f"<Contents><Key>{escape(key)}</Key><LastModified>{now}</LastModified><ETag>e</ETag>"
        f"<Size>{len(of.held[f'{bucket}/{key}'])}</Size></Contents>"
        for key in keys
        if key.startswith(prefix)
    )
    told = f"<ListBucketResult><Name>{bucket}</Name><IsTruncated>false</IsTruncated>{rows}</ListBucketResult>"
    return told.encode()


def _is_signed(request: Request) -> bool:
    said = request.headers.get("Authorization", "")
    if not said.startswith("AWS4-HMAC-SHA256 "):
        return False
    parts = dict(each.strip().split("=", 1) for each in said.split(" ", 1)[1].split(","))
    key, day, region, kind, _ = parts["Credential"].split("/")
    url, names = urlsplit(request.path), parts["SignedHeaders"].split(";")
    query = "&".join(
        f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}"
        for name, value in sorted(parse_qsl(url.query, keep_blank_values=True))
    )
    heads = "".join(f"{name}:{(request.headers.get(name) or '').strip()}\n" for name in names)
    digest = request.headers.get("x-amz-content-sha256", "")
    asked = "\n".join((request.method, url.path, query, heads, ";".join(names), digest))
    scope = f"{day}/{region}/{kind}/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{request.headers['x-amz-date']}\n{scope}\n{hashlib.sha256(asked.encode()).hexdigest()}"
    mark = f"AWS4{SECRET}".encode()
    for each in (day, region, kind, "aws4_request", text):
        mark = hmac.digest(mark, each.encode(), "sha256")
    whole = digest in ("UNSIGNED-PAYLOAD", hashlib.sha256(request.body).hexdigest())
    return key == KEY and whole and hmac.compare_digest(mark.hex(), parts["Signature"])
