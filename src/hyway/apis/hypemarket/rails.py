"""How an operation of this family is made: what it reads of a request, and how its answer is dressed."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from hyway.apis.hypemarket import bodies, etags, paging
from hyway.apis.hypemarket.params import Root
from hyway.apis.hypemarket.style import JSON, NO_CACHE
from hyway.apis.kit import operations
from hyway.apis.kit.operations import Ask, Body, Handler, Operation, Reader, Reply
from hyway.apis.kit.style import Header
from hyway.kernel.clock import Instant

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Show:
    """One record, which may be asked for conditionally; `changed_at` is its Last-Modified."""

    body: Any
    changed_at: Instant


def operation(
    method: str,
    path: str,
    *,
    scope: tuple[str, ...],
    gives: Any,
    takes: Root | None = None,
    query: type[msgspec.Struct] | None = None,
    status: int = 200,
    media_type: str = "application/json",
) -> Callable[[Handler], Operation]:
    """An operation of a handler, which is called with the Ask, the query if there is one, the Sent if it takes a root.

    It returns the body of its answer, a Show, a Page, a Reply, or None for an answer without a body (204). The path is
    spelled without `.json`; PATCH stands for PUT, too. What gives `text/csv` answers to the suffix `.csv`, too.
    """

    def make(handler: Handler) -> Operation:
        @functools.wraps(handler)
        async def dressed(ask: Ask, *sent: Any) -> Reply:
            return _dressed(ask, status, await handler(ask, *sent))

        return operations.operation(
            method,
            path,
            scope=scope,
            gives=gives,
            takes=takes.body if takes is not None else None,
            query=query,
            status=status,
            media_type=media_type,
            reads=lambda _query, _takes: _reader(query, takes),
        )(dressed)

    return make


def _reader(query: type[msgspec.Struct] | None, takes: Root | None) -> Reader:
    names = query.__struct_fields__ if query is not None else ()

    async def read(ask: Ask, sent_query: bytes, sent_body: Body) -> Sequence[Any]:
        # First of all, whatever is refused: a connection breaks that is answered while a body is on its way.
        whole = await sent_body()
        asked = bodies.asked(sent_query)
        found: list[Any] = []
        if query is not None:
            found.append(query(**{name: bodies.text_of(asked, name) for name in names}))
        if takes is not None:
            sent, flat = await bodies.sent(ask, whole)
            found.append(takes.sent({**asked, **sent}, flat))
        return found

    return read


def _dressed(ask: Ask, status: int, answer: Any) -> Reply:
    match answer:
        case None:
            return Reply(b"", 204, (NO_CACHE,))
        case Reply():
            return answer
        case Show():
            return _shown(ask, answer)
        case paging.Page():
            headers = (etags.REVALIDATE, *paging.headers(ask, answer))
            return Reply(_encode(answer.rows), status, headers, JSON)
    return Reply(_encode(answer), status, (etags.REVALIDATE, *_placed(status, answer)), JSON)


def _shown(ask: Ask, show: Show) -> Reply:
    body = _encode(show.body)
    headers = etags.validators(body, show.changed_at)
    if etags.is_known(ask.headers, body):
        return Reply(b"", 304, headers)
    return Reply(body, 200, headers, JSON)


def _placed(status: int, answer: Any) -> tuple[Header, ...]:
    """Where something new is found, if it has an address."""
    url = getattr(answer, "url", None)
    return ((b"location", url.encode()),) if status == 201 and isinstance(url, str) else ()
