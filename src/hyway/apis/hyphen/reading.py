"""What was sent, read as tolerantly as the vendor's clients need it.

They send `content-type: application/json` with nothing after it, bodies in chunks, `null` for no options, fields that
nobody knows; lists in a query as a parameter given more than once, or with commas.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from msgspec import Struct

from hyway.apis.hyphen.fields import reader
from hyway.apis.kit.operations import Ask, Body, MakeReader, Reader
from hyway.kernel.faults import Fault, Invalid

_MOST_FIELDS = 2_000
_DRAINED = 1_000_000
_HERE = 64 * 1024
"""Bytes up to which a body is read on the spot."""
_decode = msgspec.json.Decoder().decode


Parse = Callable[[Ask, bytes], Awaitable[Any]]
"""What a body says, as JSON would have it."""


async def parse(_ask: Ask, whole: bytes) -> Any:
    """The body's JSON, whatever it says it is; nothing at all is null."""
    return await asyncio.to_thread(parsed, whole) if len(whole) > _HERE else parsed(whole)


def guarded(check: Callable[[Ask], Awaitable[None]], parse: Parse = parse) -> MakeReader:
    """Makes the readers of operations that ask `check` before anything is read."""

    def make(query: type[Struct] | None, takes: Any) -> Reader:
        read_query = reader(query, of_text=True) if query is not None else None
        read_body = reader(takes) if takes is not None else None

        async def read(ask: Ask, sent_query: bytes, sent_body: Body) -> Sequence[Any]:
            try:
                await check(ask)
            except Fault:
                await _drain(ask, sent_body)
                raise
            # All of it, whatever is refused: a connection breaks that is answered while a body is on its way.
            whole = await sent_body()
            sent: list[Any] = []
            if read_query is not None:
                sent.append(read_query(parameters(sent_query), "querystring"))
            if read_body is not None:
                raw = await parse(ask, whole)
                said = {} if raw is None else raw
                try:
                    is_short = len(whole) <= _HERE
                    here = (
                        read_body(said, "body")
                        if is_short
                        else await asyncio.to_thread(read_body, said, "body")
                    )
                    sent.append(here)
                except RecursionError:  # the parser goes deeper than readers of any shape do
                    raise _too_deep() from None
            return sent

        return read

    return make


async def _drain(ask: Ask, sent_body: Body) -> None:
    """Lets a body that nobody will read arrive, if it is none of the largest: a connection that is answered while a
    body is on its way is closed, which the caller's next request may meet.
    """
    length = ask.headers.get(b"content-length", b"")
    if length.isdigit() and 0 < int(length[:18]) <= _DRAINED:
        with contextlib.suppress(Invalid):  # it was refused already
            await sent_body()


def parameters(query: bytes) -> dict[str, Any]:
    """The value of each parameter, a list where it is given more than once; what is left empty was not said."""
    try:
        pairs = parse_qsl(query.decode("latin-1"), max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise Invalid("querystring", "must NOT have more than {n} properties", n=_MOST_FIELDS) from None
    found: dict[str, Any] = {}
    for name, value in pairs:
        before = found.get(name)
        if before is None:
            found[name] = value
        else:
            found[name] = [*before, value] if isinstance(before, list) else [before, value]
    return found


def parsed(whole: bytes) -> Any:
    if not whole.strip():
        return None
    try:
        return _decode(whole)
    except RecursionError:
        raise _too_deep() from None
    except (msgspec.DecodeError, ValueError):  # ValueError: bytes that are not UTF-8, numbers without end
        raise Invalid("", "Body is not valid JSON") from None


def _too_deep() -> Invalid:
    return Invalid("body", "must NOT be nested so deeply")
