"""The doorman of a family: bare ASGI before the framework.

In this order: a request id, the credential, the limit of its organization (of its person where it acts in none, of
the client's address where there is no credential), then 404 for what does not exist, 401, 403, the size of the body;
only then is anything read. Every answer, refusals too, carries the request id and the standing of the limit.
"""

import asyncio
import dataclasses
import logging
import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from hyway.apis.kit.callers import Callers
from hyway.apis.kit.operations import Ask, Operation, Routes
from hyway.apis.kit.style import Header, Nowhere, Style, Voiced, WrongMethod
from hyway.domain.billing import plan
from hyway.domain.identity import NOBODYS, Caller
from hyway.kernel import clock, ids
from hyway.kernel.db import Database
from hyway.kernel.faults import Fault, Invalid, Refused, Spent, Unknown
from hyway.kernel.limits import LocalWindow, Standing, Window, household
from hyway.kernel.proxies import Proxies

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

ASK = "hyway.ask"
"""Where the admitted request is found in the ASGI scope."""
ASKED_PATH = "hyway.asked_path"
"""Where the path is found that was asked for, when the request was led to another."""
ANONYMOUS = 600
"""Requests a minute from one address that belong to no organization."""
_DRAINED = 1_000_000
"""Bytes of a body that are waited for although the request is refused."""
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._~-]{1,128}")
_HOST = re.compile(r"[A-Za-z0-9._~\[\]:-]{1,260}")
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Kit:
    """What a family needs to run. `body_limit` in bytes; `trusted_proxies` are networks in CIDR notation;
    `tools` reach the family's handlers.
    """

    db: Database
    public_url: str
    body_limit: int
    trusted_proxies: tuple[str, ...]
    window: Window
    tools: Any = None


class Doorman:
    """Admits requests to `inner`; see the module."""

    def __init__(self, kit: Kit, style: Style, routes: Routes, callers: Callers, inner: App) -> None:
        self._kit = kit
        self._style = style
        self._routes = routes
        self._callers = callers
        self._inner = inner
        self._proxies = Proxies(kit.trusted_proxies)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers: Mapping[bytes, bytes] = dict(scope["headers"])
        request_id = _request_id(headers)
        shown: list[Header] = [(b"x-request-id", request_id.encode()), *self._style.always, *self._style.cors]
        standing: Standing | None = None
        started = False

        async def say(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message["headers"] = [*message.get("headers", ()), *shown]
            await send(message)

        try:
            caller, why = await self._who(headers)
            standing = await self._count(scope, caller)
            shown.extend(self._style.standing(standing))
            if self._is_preflight(scope, headers):
                await answer(say, 204, b"", self._style.preflight)
                return
            scope[ASK] = self._admit(scope, headers, request_id, caller, why, standing)
            await self._inner(scope, receive, say)
        except Exception as error:
            if started:  # the answer is under way: all that is left is to break it off
                raise
            if standing is None:
                shown.extend(self._style.standing(await self._count(scope, None)))
            if ASK not in scope:
                await _drain(headers, receive)
            await speak(say, voiced(self._style, error, request_id))

    async def _who(self, headers: Mapping[bytes, bytes]) -> tuple[Caller | None, Unknown | None]:
        """The caller, or why there is none: an unknown path is 404 with or without a credential."""
        try:
            caller = await self._callers.find(self._style.token(headers))
            if caller is None:
                raise Unknown("Invalid API key")
            now = clock.now()
            if caller.expires_at is not None and caller.expires_at <= now:
                raise Unknown("Expired API key")
        except Unknown as why:
            return None, why
        self._callers.note(caller, now)
        return caller, None

    async def _count(self, scope: Scope, caller: Caller | None) -> Standing:
        if caller is not None:
            key, limit = _account(caller), plan(caller.plan).requests
        else:
            key, limit = f"address:{household(self._client(scope))}", ANONYMOUS
        window = self._kit.window
        if isinstance(window, LocalWindow):
            return window.hit(key, limit)
        return await asyncio.to_thread(window.hit, key, limit)  # it asks another server

    def _client(self, scope: Scope) -> str:
        peer = scope.get("client")
        said = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
        return self._proxies.client(peer[0] if peer else "", b",".join(said).decode("latin-1"))

    def _is_preflight(self, scope: Scope, headers: Mapping[bytes, bytes]) -> bool:
        asked = scope["method"] == "OPTIONS" and b"origin" in headers
        return asked and b"access-control-request-method" in headers and bool(self._style.preflight)

    def _admit(
        self,
        scope: Scope,
        headers: Mapping[bytes, bytes],
        request_id: str,
        caller: Caller | None,
        why: Unknown | None,
        standing: Standing,
    ) -> Ask:
        if not standing.allowed:
            raise Spent("Rate limit exceeded", retry_after=standing.retry_after)
        operation, path = self._find(scope, headers, caller, why)
        if operation.scopes:
            if caller is None:
                raise why or Unknown("Invalid API key")
            _check_scope(operation, caller)
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or int(length[:18]) > self._kit.body_limit:
            raise Invalid("", "the request body must be at most {most} bytes", most=self._kit.body_limit)
        if caller is not None:
            caller = dataclasses.replace(caller, request_id=request_id)
        kit = self._kit
        address, query = self._address(scope, headers), scope["query_string"]
        return Ask(
            kit.db, kit.public_url, request_id, headers, operation, path, caller, address, query,
            kit.body_limit, kit.tools, self._client(scope),
        )  # fmt: skip

    def _find(
        self, scope: Scope, headers: Mapping[bytes, bytes], caller: Caller | None, why: Unknown | None
    ) -> tuple[Operation, dict[str, str]]:
        found = self._routes.find(scope["method"], scope["path"])
        allowed = () if found or not self._style.tells_methods else self._routes.methods(scope["path"])
        if found is None and not allowed:
            raise Nowhere
        if self._style.screen is not None:
            self._style.screen(headers)
        if found is None:
            if caller is None:
                raise why or Unknown("Invalid API key")
            raise WrongMethod(scope["method"], allowed)
        return found

    def _address(self, scope: Scope, headers: Mapping[bytes, bytes]) -> str:
        """Where the caller found us: its own Host, and the scheme that a trusted proxy tells of."""
        host = headers.get(b"host", b"").decode("latin-1")
        path = quote(scope.get(ASKED_PATH, scope["path"]))
        if not _HOST.fullmatch(host) or self._kit.public_url.endswith(f"://{host.lower()}"):
            return self._kit.public_url + path
        scheme = scope.get("scheme", "http")
        said = headers.get(b"x-forwarded-proto", b"").decode("latin-1").strip().lower()
        peer = scope.get("client")
        if said in ("http", "https") and peer and self._proxies.trusts(peer[0]):
            scheme = said
        return f"{scheme}://{host}{path}"


def _account(caller: Caller) -> str:
    """What requests are counted by: the organization, or the person where they act in none."""
    if caller.organization == NOBODYS:
        return f"person:{caller.person}"
    return f"organization:{caller.organization}"


async def _drain(headers: Mapping[bytes, bytes], receive: Receive) -> None:
    """Lets a body that nobody will read arrive, if it is none of the largest.

    A connection that is answered while a body is on its way is closed, which the caller's next request may meet.
    """
    length = headers.get(b"content-length", b"")
    if not length.isdigit() or not 0 < int(length[:18]) <= _DRAINED:
        return
    while (await receive()).get("more_body"):
        pass


def _check_scope(operation: Operation, caller: Caller) -> None:
    wanted = operation.scopes or ()
    if not caller.scopes.intersection(wanted):
        raise Refused("Missing required scopes", missing=wanted[:1])


def _request_id(headers: Mapping[bytes, bytes]) -> str:
    """The caller's own where it is harmless to log and to send back, else a new one."""
    given = headers.get(b"x-request-id")
    return given.decode() if given and _REQUEST_ID.fullmatch(given) else ids.uuid7()


def voiced(style: Style, error: Exception, request_id: str) -> Voiced:
    """An exception in the family's words; one that is no refusal is logged, and told to nobody."""
    if isinstance(error, Fault) and type(error) is not Fault:
        return style.sign(style.voice(error), request_id)
    log.error("a request failed: %s", type(error).__name__, exc_info=error, extra={"request_id": request_id})
    return style.sign(style.voice(None), request_id)


async def speak(send: Send, voice: Voiced) -> None:
    await answer(send, voice.status, voice.body, voice.headers, voice.media_type)


async def answer(
    send: Send,
    status: int,
    body: bytes,
    headers: tuple[Header, ...] = (),
    media_type: bytes = b"application/json",
) -> None:
    """A whole answer; without a body it has no type but what `headers` say."""
    typed: list[Header] = [(b"content-type", media_type)] if body else []
    length = [] if status in (204, 304) else [(b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": [*typed, *length, *headers]})
    await send({"type": "http.response.body", "body": body})
