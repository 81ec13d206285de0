"""Operations of this API: what each needs of its caller, and how what it finds is told."""

import dataclasses
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from hyway.apis.hyphen import style
from hyway.apis.hyphen.reading import Parse, guarded
from hyway.apis.hyphen.reading import parse as parse_json
from hyway.apis.hyphen.style import CREDENTIAL, JSON, MISSING
from hyway.apis.hyphen.tools import tools
from hyway.apis.kit import operations
from hyway.apis.kit.operations import Ask, Handler, Operation, Reply, Stream
from hyway.domain import identity
from hyway.domain.identity import Caller
from hyway.kernel import clock
from hyway.kernel.clock import SECOND, Instant
from hyway.kernel.faults import Fault, Invalid, Missing, Refused, Several, Taken

PUBLIC = "public"
"""Needed of nobody."""
SIGNED_IN = "signed in"
"""Any credential is enough."""
Needs = str | tuple[str, str]
"""PUBLIC, SIGNED_IN, or an action and what it is done to: some role in the organization of the path must allow it."""

F = TypeVar("F", bound=Fault)
_SAFE = frozenset({"GET", "HEAD"})
_PLACES = ("body", "querystring", "params", "headers")
_encode = msgspec.json.Encoder().encode


def operation(
    method: str,
    path: str,
    *,
    needs: Needs,
    query: type[Struct] | None = None,
    takes: Any = None,
    gives: Any = None,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    replies: Mapping[str, str] | None = None,
    also: Mapping[int, str] | None = None,
    parse: Parse = parse_json,
) -> Callable[[Handler], Operation]:
    """Makes an operation of a handler; its docstring is the documentation.

    `path` as the vendor's pages have it; it is served with and without the slash at its end. With an action and a
    subject in `needs` the path must name the `organizationId`, and who may do that nowhere in it is refused before
    anything is read; the verb itself judges about the thing at hand. What the handler returns is encoded, `None` is
    an answer without a body; a Reply or a Stream goes out as it is.
    """
    role = None if isinstance(needs, str) else needs
    if role is not None and "{organizationId}" not in path:
        raise ValueError(f"{method} {path} needs a role, but names no organization")

    def make(handler: Handler) -> Operation:
        made = operations.operation(
            method,
            path,
            gives=gives,
            scope=operations.PUBLIC if needs == PUBLIC else CREDENTIAL,
            takes=takes,
            query=query,
            status=status,
            headers=headers,
            replies=replies,
            also=also,
            reads=guarded(_check, parse),
        )
        return dataclasses.replace(made(_answered(handler, status)), needs=role)

    return make


async def at(ask: Ask, organization: str | None = None) -> Caller:
    """The caller inside the organization of the path (or this one), with the address that it asks from.

    Missing for who does not belong to it, whether or not there is such an organization.
    """
    wanted = ask.path["organizationId"] if organization is None else organization
    try:
        by = await tools(ask).entered.enter(ask.by, wanted)
    except Missing:
        raise Missing(MISSING, id=wanted) from None
    return dataclasses.replace(by, client=ask.client, request_id=ask.request_id)


async def _check(ask: Ask) -> None:
    """What is asked of the caller before the body is read."""
    if style.cookie(ask.headers) is not None and not from_here(ask):
        raise Refused("A request that is authorized by a cookie alone must come from this site.")
    if ask.caller is None or "organizationId" not in ask.path:
        return
    by = await at(ask)
    if ask.operation.needs is not None:
        identity.access.require_somewhere(by, *ask.operation.needs)


def from_here(ask: Ask) -> bool:
    """Whether a browser says that a page of ours asks; what only reads may come from anywhere."""
    if ask.operation.method in _SAFE:
        return True
    site = ask.headers.get(b"sec-fetch-site", b"").decode("latin-1").strip().lower()
    if site:
        return site in ("same-origin", "none")
    origin = ask.headers.get(b"origin", b"").decode("latin-1").strip().lower()
    return bool(origin) and origin in (_origin(ask.public_url), _origin(ask.address))


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def _answered(handler: Handler, status: int) -> Handler:
    @wraps(handler)
    async def run(ask: Ask, *sent: Any) -> Reply | Stream:
        try:
            found = await handler(ask, *sent)
        except Fault as fault:
            raise _told(ask, fault) from fault
        if isinstance(found, Reply | Stream):
            return found
        return Reply(b"" if found is None else _encode(found), status, media_type=JSON)

    return run


def _told(ask: Ask, fault: Fault) -> Fault:
    """A verb's refusal with what only the request knows: which id it was about, where the field stood."""
    if isinstance(fault, Missing):
        return fault if fault.text == MISSING else Missing(MISSING, id=fault.facts.get("id", _last(ask)))
    if isinstance(fault, Several):
        return Several([_placed(ask, each) for each in fault.faults])
    return _placed(ask, fault) if isinstance(fault, Invalid) and not isinstance(fault, Taken) else fault


def _last(ask: Ask) -> str:
    """The last id of the path: what is not there is most often what was asked for."""
    return list(ask.path.values())[-1] if ask.path else ""


def _placed(ask: Ask, fault: Invalid) -> Invalid:
    """`body/a/b must …` for what a verb says of the field `a.b`, `querystring/…` for what came in the query."""
    first, *_ = fault.field.split("/")
    if not fault.field or first in _PLACES:
        return fault
    names = (
        {each.encode_name for each in msgspec.structs.fields(ask.operation.query)}
        if ask.operation.query
        else ()
    )
    place = [
        "querystring" if first.split(".")[0] in names and not _takes(ask, first.split(".")[0]) else "body",
        *([] if fault.at is None else [str(fault.at)]),
        *fault.field.split("."),
    ]
    return Invalid("/".join(place), fault.text, **fault.facts)


def _takes(ask: Ask, name: str) -> bool:
    taken = ask.operation.takes
    if not (isinstance(taken, type) and issubclass(taken, Struct)):
        return False
    return any(each.encode_name == name for each in msgspec.structs.fields(taken))


def moment(at: Instant) -> str:
    """An instant on this wire: milliseconds always, in UTC (`2026-01-02T03:04:05.678Z`)."""
    millis = at // 1000 % 1000
    return f"{clock.text(at - at % SECOND)[:-1]}.{millis:03}Z"
