"""What was sent, read as tolerantly as the vendor's clients need it.

They send JSON without a type, bodies with GET, gzip, forms, an empty body for none; fields that nobody knows are
passed over. What cannot be read is refused in the words of the Django REST framework.
"""

import asyncio
import json
import zlib
from collections.abc import Mapping, Sequence
from functools import partial
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from multipart import MultipartError, MultipartParser, parse_options_header

from hyway.apis.hypertrack.fields import Upload, reader
from hyway.apis.hypertrack.style import Malformed, Unsupported
from hyway.apis.kit import operations
from hyway.apis.kit.operations import Ask, Body, Reader
from hyway.kernel.faults import Refused

_MOST_PARTS = 200
_MOST_FIELDS = 2_000
_HERE = 64 * 1024
"""Bytes up to which a body is read on the spot."""
_OF_QUESTION = 64 * 1024
"""Bytes of a body that comes with GET: as many as an address can have."""


def tolerant(query: type[msgspec.Struct] | None, takes: Any) -> Reader:
    """The reader of an operation: its query (with GET, the body's fields count too; the query wins) and its body."""
    read_query = reader(query) if query is not None else None
    read_body = reader(takes) if takes is not None else None

    async def read(ask: Ask, sent_query: bytes, sent_body: Body) -> Sequence[Any]:
        sent: list[Any] = []
        # First of all, whatever is refused: a connection breaks that is answered while a body is on its way.
        whole = await sent_body()
        if read_query is not None:
            asked = parameters(sent_query)
            if ask.operation.method == "GET":
                asked = {**await _of_get(ask, whole), **asked}
            sent.append(read_query(asked))
        if read_body is not None:
            sent.append(read_body(await payload(ask, whole)))
        return sent

    return read


operation = partial(operations.operation, reads=tolerant)
"""The kit's `operation`, reading as this module does."""


def parameters(query: bytes) -> dict[str, str]:
    """The last value of each parameter; what is left empty was not said."""
    try:
        pairs = parse_qsl(query.decode("latin-1"), max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise Malformed("Too many parameters.") from None
    return dict(pairs)


async def _of_get(ask: Ask, sent: bytes) -> Mapping[str, Any]:
    kind = _kind(ask)
    if kind and not _is_json(kind):
        return {}
    found = await payload(ask, sent, min(_OF_QUESTION, ask.body_limit))
    return (
        {name: value for name, value in found.items() if value is not None} if isinstance(found, dict) else {}
    )


async def payload(ask: Ask, raw: bytes, most: int | None = None) -> Any:
    """The body as JSON would have it; a form's fields are texts and Uploads. Nothing at all is `{}`."""
    most = most or ask.body_limit
    if len(raw) > most:
        raise _too_long(most)
    if len(raw) > _HERE:
        return await asyncio.to_thread(_read, ask, raw, most)
    return _read(ask, raw, most)


def _too_long(most: int) -> Malformed:
    return Malformed("The request body must be at most {most} bytes.", most=most)


def _read(ask: Ask, raw: bytes, most: int) -> Any:
    raw = inflated(raw, ask.headers.get(b"content-encoding", b""), most)
    if not raw.strip():
        return {}
    kind = _kind(ask)
    if not kind or _is_json(kind):
        return parsed(raw)
    if kind == "application/x-www-form-urlencoded":
        return parameters(raw)
    if kind == "multipart/form-data":
        return _form(raw, ask.headers[b"content-type"].decode("latin-1"))
    raise Unsupported('Unsupported media type "{kind}" in request.', kind=kind[:100])


def _kind(ask: Ask) -> str:
    return ask.headers.get(b"content-type", b"").decode("latin-1").partition(";")[0].strip().lower()


def _is_json(kind: str) -> bool:
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))


def inflated(raw: bytes, encoding: bytes, most: int) -> bytes:
    """The body without its gzip; one that would be longer than `most` bytes is refused before it is."""
    name = encoding.decode("latin-1").strip().lower()
    if name in ("", "identity") or not raw:
        return raw
    if name not in ("gzip", "x-gzip"):
        raise Unsupported('Unsupported content encoding "{name}" in request.', name=name[:100])
    made: list[bytes] = []
    size = 0
    while raw:
        unzip = zlib.decompressobj(wbits=31)
        try:
            part = unzip.decompress(raw, most - size + 1)
        except zlib.error:
            raise Malformed("JSON parse error - the body is not valid gzip") from None
        size += len(part)
        if size > most:
            raise _too_long(most)
        if not unzip.eof:
            raise Malformed("JSON parse error - the gzip body ended too early")
        made.append(part)
        raw = unzip.unused_data.lstrip(b"\0")
    return b"".join(made)


def parsed(raw: bytes) -> Any:
    """The JSON value; Malformed tells what is wrong as Python's own parser does, which the vendor's ran on."""
    try:
        return msgspec.json.decode(raw)
    except RecursionError:
        raise Malformed("JSON parse error - nested too deeply") from None
    except (msgspec.DecodeError, ValueError):
        pass  # the slower parser below has the words for what is wrong
    try:
        json.loads(raw, parse_constant=_no_constant)
    except RecursionError:
        raise Malformed("JSON parse error - nested too deeply") from None
    except ValueError as error:
        raise Malformed("JSON parse error - {why}", why=str(error)[:200]) from None
    raise Malformed("JSON parse error - Out of range values are not JSON compliant")


def _no_constant(name: str) -> None:
    raise ValueError(f"Out of range float values are not JSON compliant: {name}")


def _form(raw: bytes, content_type: str) -> dict[str, Any]:
    boundary = parse_options_header(content_type)[1].get("boundary", "")
    if not boundary:
        raise Malformed("Multipart form parse error - Invalid boundary in multipart: None")
    found: dict[str, Any] = {}
    try:
        parts = MultipartParser(
            BytesIO(raw),
            boundary,
            content_length=len(raw),
            disk_limit=0,
            memory_limit=len(raw) + 1,
            spool_limit=len(raw) + 1,
            part_limit=_MOST_PARTS,
        )
        for part in parts:
            is_file = part.filename is not None
            found[part.name] = Upload(part.filename, part.content_type, part.raw) if is_file else part.value
    except (MultipartError, UnicodeError) as error:
        raise Malformed("Multipart form parse error - {why}", why=str(error)[:200]) from None
    return found


def identified(ask: Ask, *values: object) -> None:
    """An app's key may list what it can name, and nothing more; Refused if it names nothing."""
    if "publishable" in ask.by.scopes and not any(values):
        raise Refused("Missing required scopes", missing=("secret",))
