"""Bodies and queries as nested values: JSON, `a[b]=c`, `a[b][]=c`, files."""

import asyncio
import re
from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes

import msgspec
from multipart import MultipartError, MultipartParser, parse_options_header

from hyway.apis.hypemarket.params import Upload
from hyway.apis.hypemarket.style import BadRequest, Malformed
from hyway.apis.kit.operations import Ask

_HERE = 64 * 1024
"""Bytes up to which a body is read on the spot."""
_MOST_FIELDS = 4_096
_MOST_PARTS = 128
_KEY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_BAD_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_JSON = frozenset({"application/json", "text/x-json", "application/jsonrequest", "application/vnd.api+json"})
_FORM = "application/x-www-form-urlencoded"

Nested = dict[str, Any]


def asked(query: bytes) -> Nested:
    """The query as nested values; BadRequest for what is no query."""
    return nested(pairs(query))


async def sent(ask: Ask, raw: bytes) -> tuple[Nested, Nested | None]:
    """The body as nested values, and once more if it was JSON."""
    if len(raw) > _HERE:
        return await asyncio.to_thread(_sent, ask, raw)
    return _sent(ask, raw)


def _sent(ask: Ask, raw: bytes) -> tuple[Nested, Nested | None]:
    said = ask.headers.get(b"content-type", b"").decode("latin-1")
    kind = said.partition(";")[0].strip().lower()
    if not raw:
        return {}, None
    if kind in _JSON:
        found = _json(ask, raw)
        return found, found
    if kind in (_FORM, ""):
        return nested(pairs(raw)), None
    if kind == "multipart/form-data":
        return nested(_parts(raw, said)), None
    return {}, None


def _json(ask: Ask, raw: bytes) -> Nested:
    try:
        found = msgspec.json.decode(raw)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        accepted = ask.headers.get(b"accept", b"").decode("latin-1").partition(";")[0].strip()
        raise Malformed(accepted in _JSON) from None
    return found if isinstance(found, dict) else {"_json": found}


def pairs(raw: bytes) -> list[tuple[str, Any]]:
    """Names and values of a urlencoded text; BadRequest for broken escapes and for what is not UTF-8."""
    parts = [part for part in raw.split(b"&") if part]
    if len(parts) > _MOST_FIELDS or _BAD_ESCAPE.search(raw):
        raise BadRequest
    try:
        return [
            (_plain(key), _plain(value) if equals else None)
            for key, equals, value in (part.partition(b"=") for part in parts)
        ]
    except UnicodeDecodeError:
        raise BadRequest from None


def _plain(raw: bytes) -> str:
    return unquote_to_bytes(raw.replace(b"+", b" ")).decode()


def nested(found: Iterable[tuple[str, Any]]) -> Nested:
    """`a[b]=c` as `{"a": {"b": "c"}}`, `a[]=b` as a list; BadRequest where one name is meant in two ways.

    Nothing deeper than a list in a field is permitted anywhere, so what lies deeper is only known to be there.
    """
    made: Nested = {}
    for name, value in found:
        key = _KEY.fullmatch(name)
        if key is None:
            made[name] = value
            continue
        steps = [each.rstrip("]") for each in key[2].split("[")[1:]]
        _put(made, [key[1], *steps], value)
    return made


def _put(into: Nested, steps: list[str], value: Any) -> None:
    name, *rest = steps
    if not rest:
        into[name] = value
    elif rest == [""]:
        held = into.setdefault(name, [])
        if not isinstance(held, list):
            raise BadRequest
        held.append(value)
    elif "" in rest or len(steps) > 3:
        if len(rest) == 2 and rest[1] == "":
            return _put(_inner(into, name), rest, value)
        _inner(into, name)
    else:
        _put(_inner(into, name), rest, value)


def _inner(into: Nested, name: str) -> Nested:
    held = into.setdefault(name, {})
    if not isinstance(held, dict):
        raise BadRequest
    return held


def _parts(raw: bytes, content_type: str) -> list[tuple[str, Any]]:
    boundary = parse_options_header(content_type)[1].get("boundary", "")
    if not boundary:
        raise BadRequest
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
        return [
            (part.name, Upload(part.filename, part.raw) if part.filename is not None else part.value)
            for part in parts
            if part.filename != ""  # a form whose picture was left empty
        ]
    except (MultipartError, UnicodeError, LookupError):
        raise BadRequest from None


def text_of(found: Mapping[str, Any], name: str) -> str | None:
    """One parameter of a query as text; None where it is not there, or a list; BadRequest for NUL."""
    value = found.get(name)
    if not isinstance(value, str):
        return None
    if "\0" in value:  # PostgreSQL cannot even be asked for it
        raise BadRequest
    return value
