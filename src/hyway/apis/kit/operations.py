"""Operations: a route, what it needs, what it takes and gives. One that states no need does not start."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from hyway.apis.kit.decode import QueryDecoder
from hyway.apis.kit.decode import body as decode_body
from hyway.domain.identity import Caller
from hyway.kernel.db import Database

Handler = Callable[..., Awaitable[Any]]
"""Called with the Ask, then the query if the operation has one, then the body if it takes one."""
Headers = tuple[tuple[bytes, bytes], ...]
Body = Callable[[], Awaitable[bytes]]
Reader = Callable[["Ask", bytes, Body], Awaitable[Sequence[Any]]]
"""Makes a handler's further arguments of the query string and the body; Invalid for what is wrong with them."""
MakeReader = Callable[[type[msgspec.Struct] | None, Any], Reader]
"""Gives the reader of an operation with this query and this body, None for none."""


@dataclass(slots=True)
class Ask:
    """One admitted request: who asks, and what every handler may need."""

    db: Database
    public_url: str
    request_id: str
    headers: Mapping[bytes, bytes]
    operation: "Operation"
    path: Mapping[str, str]
    caller: Caller | None
    address: str
    """The request's own, absolute, without its query."""
    query: bytes
    body_limit: int
    tools: Any
    """What the family's handlers work with besides the database."""
    client: str
    """The address of whoever asks, behind trusted proxies or not."""

    @property
    def by(self) -> Caller:
        """The caller; only an operation that is public has none."""
        if self.caller is None:
            raise RuntimeError(f"{self.operation.path} is public: it has no caller")
        return self.caller


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that is encoded already: its own status, type or headers."""

    body: bytes
    status: int = 200
    headers: Headers = ()
    media_type: bytes = b"application/json"


@dataclass(frozen=True, slots=True)
class Stream:
    """An answer in pieces; the first is there before the answer starts: until then a refusal has a voice."""

    first: bytes
    rest: AsyncIterator[bytes]
    media_type: bytes
    headers: Headers = ()


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """A documented operation. `scopes`: the key needs any one of them; `()` is public, None is a mistake.

    `needs` is what the caller must be allowed besides, an action and what it is done to, in families with roles.
    """

    method: str
    path: str
    handler: Handler
    scopes: tuple[str, ...] | None
    takes: Any
    query: type[msgspec.Struct] | None
    gives: Any
    status: int
    media_type: str
    summary: str
    description: str
    headers: Mapping[str, str]
    replies: Mapping[str, str]
    also: Mapping[int, str]
    forms: Mapping[str, Any]
    reader: Reader = field(repr=False)
    needs: tuple[str, str] | None = None

    async def call(self, ask: Ask, query: bytes, body: Body) -> Any:
        """Runs the handler with what was sent, decoded."""
        return await self.handler(ask, *await self.reader(ask, query, body))


def strict(query: type[msgspec.Struct] | None, takes: Any) -> Reader:
    """Reads JSON bodies and query strings to the letter."""
    queries = QueryDecoder(query) if query is not None else None
    bodies = msgspec.json.Decoder(takes) if takes is not None else None

    async def read(_ask: Ask, sent_query: bytes, sent_body: Body) -> Sequence[Any]:
        sent: list[Any] = []
        if queries is not None:
            sent.append(queries.decode(sent_query))
        if bodies is not None:
            sent.append(decode_body(bodies, await sent_body()))
        return sent

    return read


PUBLIC: tuple[str, ...] = ()
"""Said of an operation that anybody may call."""


def operation(
    method: str,
    path: str,
    *,
    gives: Any,
    scope: str | tuple[str, ...] | None = None,
    takes: Any = None,
    query: type[msgspec.Struct] | None = None,
    status: int = 200,
    media_type: str = "application/json",
    headers: Mapping[str, str] | None = None,
    replies: Mapping[str, str] | None = None,
    also: Mapping[int, str] | None = None,
    forms: Mapping[str, Any] | None = None,
    reads: MakeReader = strict,
) -> Callable[[Handler], Operation]:
    """Makes an operation of a handler; its docstring is the documentation (first line: the summary).

    Described by name: `headers` that the handler reads, `replies` headers that its answer may carry, `also` statuses
    besides `status` and the family's, `forms` other media types of the answer (with their schemas). `scope` may be
    several, any one of which is enough: the first is named when all are missing.
    """

    def make(handler: Handler) -> Operation:
        summary, _, description = (handler.__doc__ or "").strip().partition("\n")
        return Operation(
            method=method,
            path=path,
            handler=handler,
            scopes=(scope,) if isinstance(scope, str) else scope,
            takes=takes,
            query=query,
            gives=gives,
            status=status,
            media_type=media_type,
            summary=summary.strip().rstrip("."),
            description=re.sub(r"\s*\n\s*", " ", description).strip(),
            headers=headers or {},
            replies=replies or {},
            also=also or {},
            forms=forms or {},
            reader=reads(query, takes),
        )

    return make


class Routes:
    """Finds the operation of a method and path: at once where the path is fixed, else by pattern."""

    def __init__(self, operations: Sequence[Operation]) -> None:
        self._fixed: dict[tuple[str, str], Operation] = {}
        self._patterns: list[tuple[str, re.Pattern[str], Operation]] = []
        for each in operations:
            if each.scopes is None:
                raise ValueError(f"{each.method} {each.path} states no scope, nor that it is public")
            if (each.method, each.path) in self._fixed:
                raise ValueError(f"{each.method} {each.path} is there twice")
            if "{" in each.path:
                self._patterns.append((each.method, _pattern(each.path), each))
            else:
                self._fixed[each.method, each.path] = each
        # As the framework does: a word of the path before a name of anything.
        self._patterns.sort(key=lambda each: [step.startswith("{") for step in each[2].path.split("/")])

    def find(self, method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
        """The operation and the values of its path; None for an unknown path and for a wrong method."""
        fixed = self._fixed.get((method, path))
        if fixed is not None:
            return fixed, {}
        for each_method, pattern, each in self._patterns:
            if each_method == method and (found := pattern.fullmatch(path)):
                return each, found.groupdict()
        return None

    def methods(self, path: str) -> tuple[str, ...]:
        """The methods that there are of a path, none for an unknown one."""
        fixed = {method for method, known in self._fixed if known == path}
        if not fixed:
            fixed = {method for method, pattern, _ in self._patterns if pattern.fullmatch(path)}
        return tuple(sorted(fixed))


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(path)))
