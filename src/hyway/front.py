"""The front door, bare ASGI: host and path choose the app; owns start-up and shutdown.

A path whose first segment is none of ours goes to the redirect at once: that decision costs less than a
microsecond, everything else may cost more.
"""

import asyncio
import gc
import json
import logging
import re
import time
from collections.abc import Awaitable, Mapping, Sequence
from functools import partial
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from urllib.parse import parse_qs

import structlog

from hyway.doors import App, Branch, Doors, Elsewhere, Message, Part, Receive, Scope, Send
from hyway.hosts import Hosts, host_of
from hyway.kernel import ids

log = logging.getLogger(__name__)

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._:=+/-]{8,64}")
_PATIENCE = 30.0  # seconds in which a part may finish what it holds
_ORGANIZATION = re.compile(r"org_[0-9a-f]{24}")
_TOLD = ("healthz", "readyz", "metrics", "caddy")
# Balancers ask after health, and proxies for certificates, by whatever name they have for us.
_UNDER_ANY_NAME = ("/healthz", "/readyz", "/caddy/ask")
TEXT, HTML, JSON = b"text/plain; charset=utf-8", b"text/html; charset=utf-8", b"application/json"
METRICS = b"text/plain; version=0.0.4; charset=utf-8"


class Front:
    """The server's one ASGI application."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._redirect = doors.redirect
        self._hosts = Hosts(doors.hosts)
        self._known = self._hosts.known
        self._private = _networks(doors.private)
        self._running: list[Part] = []
        self._own: dict[str, list[Branch]] = {
            **{name: [Branch("/", "front", self._tell)] for name in _TOLD},
            **{path.split("/")[1]: [Branch("/", "front", self._hand_out)] for path in doors.papers},
            "": [Branch("/", "front", self._welcome)],
        }
        for each in sorted(doors.branches, key=lambda branch: -len(branch.prefix)):
            self._own.setdefault(each.prefix.split("/")[1], []).append(each)
        self._strange = Branch("/", "front", self._stranger)

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] != "http":
            lives = scope["type"] == "lifespan"
            return self._lifespan(receive, send) if lives else self._socket(scope, receive, send)
        known = self._knows(scope)
        if not known and self._doors.domains is not None:
            return self._under(self._doors.domains, scope, receive, send)
        return self._inside(known, scope, receive, send)

    def _inside(self, known: bool, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """By the path; `known`: whether the Host is one of the server's own names."""
        first = scope["path"][1:].partition("/")[0]
        own = self._own.get(first)
        if own is None and first.startswith("org_"):
            own = self._vault(first)
        if own is None and known:
            return self._fast(self._redirect, scope, receive, send)
        return self._served(own, scope, receive, send)

    async def _under(self, domains: Elsewhere, scope: Scope, receive: Receive, send: Send) -> None:
        """A name that is not the server's own, before its paths are looked at: an organization's domain has all."""
        try:
            place = await domains.find(host_of(scope))
        except Exception:
            return await self._apologise(scope, send, _asked_id(scope) or ids.uuid7().encode(), started=False)
        if place is None:
            return await self._inside(False, scope, receive, send)
        await self._fast(partial(domains.serve, place), scope, receive, send)

    def _vault(self, first: str) -> list[Branch] | None:
        """Short links may begin like an organization's id; none is one."""
        vault = self._doors.vault
        return [vault] if vault is not None and _ORGANIZATION.fullmatch(first) else None

    def _knows(self, scope: Scope) -> bool:
        host = host_of(scope)
        known = self._known.get(host)
        return self._hosts.look(host) if known is None else known

    async def _fast(self, app: App, scope: Scope, receive: Receive, send: Send) -> None:
        """A fast lane writes its own request ids and counts for itself; only its accidents are met here."""
        try:
            await app(scope, receive, send)
        except Exception:
            await self._apologise(scope, send, _asked_id(scope) or ids.uuid7().encode(), started=False)

    def _branch(self, own: list[Branch], path: str) -> Branch:
        """The one with the longest prefix of the path, or of the path with a slash after it."""
        for each in own:
            if path.startswith(each.prefix) or path == each.prefix[:-1]:
                return each
        return Branch("/", "hoko", self._redirect)

    async def _served(self, own: list[Branch] | None, scope: Scope, receive: Receive, send: Send) -> None:
        branch = self._branch(own, scope["path"]) if own else self._strange
        if branch.fast is not None and branch.fast.takes(scope) and self._knows(scope):
            return await self._fast(branch.fast, scope, receive, send)
        family, app = branch.family, branch.app
        if scope["path"] not in _UNDER_ANY_NAME and not self._knows(scope):
            app = _elsewhere(branch) if branch.nowhere else self._stranger
        request_id = _asked_id(scope) or ids.uuid7().encode()
        # The apps read it where a proxy in front of us would have put it.
        kept = [pair for pair in scope["headers"] if pair[0] != b"x-request-id"]
        scope["headers"] = [*kept, (b"x-request-id", request_id)]
        answer = _Answer(send, request_id)
        began = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request_id.decode()):
            try:
                await app(scope, receive, answer)
            except Exception:
                await self._apologise(scope, send, request_id, started=answer.status != 0)
                answer.status = answer.status or 500
            took = time.perf_counter() - began
            # What only reads and succeeds is counted, not told: polls and scrapes would drown the rest.
            if scope["method"] not in ("GET", "HEAD") or answer.status >= 400:
                path = branch.prefix if branch.secret else scope["path"]
                what = {"method": scope["method"], "path": path, "status": answer.status}
                log.info("answered", extra={"family": family, **what, "ms": round(took * 1000, 1)})
        self._doors.meters.answered(family, scope["method"], answer.status, took)

    async def _apologise(self, scope: Scope, send: Send, request_id: bytes, started: bool) -> None:
        """An accident: all of it in the log, to the visitor only the number to ask by."""
        log.exception(
            "an unexpected error",
            extra={"method": scope["method"], "path": scope["path"], "request_id": request_id},
        )
        if started:
            # The head is gone already: the server breaks off, so that nobody takes the answer for whole.
            raise
        text = (
            b"Something went wrong on our side. If you ask about it, name this request: " + request_id + b"\n"
        )
        await answer(send, 500, TEXT, text, [(b"x-request-id", request_id), (b"cache-control", b"no-store")])

    async def _welcome(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] != "/":
            return await self._redirect(scope, receive, send)
        await answer(send, 302, TEXT, b"", [(b"location", b"/console")])

    async def _hand_out(self, scope: Scope, receive: Receive, send: Send) -> None:
        paper = self._doors.papers.get(scope["path"])
        if paper is None:
            return await answer(send, 404, TEXT, b"There is nothing here.\n")
        if scope["method"] not in ("GET", "HEAD"):
            return await answer(send, 405, TEXT, b"Only GET and HEAD.\n", [(b"allow", b"GET, HEAD")])
        await answer(send, 200, paper.kind, paper.body, [(b"cache-control", b"max-age=300")], scope["method"])

    async def _tell(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Health, readiness, numbers, and what certificates may be for."""
        fresh = [(b"cache-control", b"no-store")]
        if scope["path"] == "/healthz":
            return await answer(send, 200, TEXT, b"ok\n", fresh, scope["method"])
        if scope["path"] == "/readyz":
            wrong = await self._doors.ready()
            return await answer(send, 503 if wrong else 200, JSON, _standing(wrong), fresh, scope["method"])
        if scope["path"] == "/metrics" and self._may_measure(scope):
            return await answer(send, 200, METRICS, self._doors.meters.page(), fresh, scope["method"])
        if scope["path"] == "/caddy/ask" and self._may_measure(scope) and await self._may_certify(scope):
            return await answer(send, 200, TEXT, b"yes\n", fresh, scope["method"])
        await answer(send, 404, TEXT, b"There is nothing here.\n", fresh)

    async def _may_certify(self, scope: Scope) -> bool:
        """Caddy's question before it asks for a certificate: is the `domain` one of those that are served here?"""
        try:
            said = parse_qs(scope["query_string"].decode("latin-1"), max_num_fields=10)
        except ValueError:  # of more than Caddy asks with
            return False
        asked, domains = said.get("domain", [""])[0], self._doors.domains
        return bool(asked) and domains is not None and await domains.may_have_certificate(asked)

    def _may_measure(self, scope: Scope) -> bool:
        """A forwarded request comes from somebody else than the proxy that speaks to us: not for them."""
        if any(name == b"x-forwarded-for" or name == b"forwarded" for name, _ in scope["headers"]):
            return False
        try:
            peer = ip_address((scope.get("client") or ("",))[0])
        except ValueError:
            return False
        return peer.is_loopback or any(peer in network for network in self._private)

    async def _stranger(self, scope: Scope, receive: Receive, send: Send) -> None:
        page = (
            b"<!doctype html><html lang=en><meta charset=utf-8>"
            b'<meta name=viewport content="width=device-width"><title>Not here</title>'
            b"<style>body{font:1rem/1.5 system-ui;max-width:32rem;margin:20vh auto;"
            b"padding:0 1rem;color-scheme:light dark}</style><h1>Not here</h1>"
            b"<p>This server does not answer under the name in the address bar.</p>"
            b"<p>If it is yours, add the name to HYWAY_HOSTS and start it again.</p></html>\n"
        )
        await answer(send, 404, HTML, page, [(b"cache-control", b"no-store")], scope["method"])

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A WebSocket goes to the branch that speaks it; anything else does not."""
        own = self._own.get(scope["path"][1:].partition("/")[0])
        branch = self._branch(own, scope["path"]) if own else self._strange
        if branch.sockets and self._knows(scope):
            return await branch.app(scope, receive, send)
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000})

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        """Starts the parts in order; stops them once the server has answered everybody."""
        await receive()
        try:
            await self.start()
        except Exception as error:
            log.exception("the server could not start")
            return await send({"type": "lifespan.startup.failed", "message": str(error)})
        _settle()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.stop()
        await send({"type": "lifespan.shutdown.complete"})

    async def start(self) -> None:
        """Every part, or none: those that were started are stopped when a later one fails."""
        for part in self._doors.parts:
            try:
                await part.start()
            except BaseException:
                await self.stop()
                raise
            self._running.append(part)

    def hush(self) -> None:
        """The server is about to finish: nobody is kept who would stay."""
        self._doors.hush()

    async def stop(self) -> None:
        """Stops what runs, last things first; each part gets its chance, whatever befalls another."""
        while self._running:
            part = self._running.pop()
            try:
                await asyncio.wait_for(part.stop(), _PATIENCE)
            except Exception:
                log.exception("a part could not be stopped in order")


class _Answer:
    """Puts the request id on the way out and remembers the status."""

    def __init__(self, send: Send, request_id: bytes) -> None:
        self._send, self._id = send, request_id
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = [pair for pair in message.get("headers", ()) if pair[0].lower() != b"x-request-id"]
            message = {**message, "headers": [*headers, (b"x-request-id", self._id)]}
        await self._send(message)


async def answer(
    send: Send,
    status: int,
    kind: bytes,
    body: bytes,
    headers: Sequence[tuple[bytes, bytes]] = (),
    method: str = "GET",
) -> None:
    """One whole answer."""
    head = [(b"content-type", kind), (b"content-length", b"%d" % len(body)), *headers]
    head.append((b"x-content-type-options", b"nosniff"))
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else body})


def _settle() -> None:
    """Takes what has been loaded out of the garbage collector's rounds.

    A full round over some 500,000 objects that stay for ever stops every thread for 50 ms, which was the redirect's
    slowest percent.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)


def _elsewhere(api: Branch) -> App:
    """The API asked for a path that it does not have: an unknown host is refused in the API's own voice."""

    async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
        await api.app({**scope, "path": api.nowhere, "raw_path": api.nowhere.encode()}, receive, send)

    return refuse


def _asked_id(scope: Scope) -> bytes | None:
    """The request id that the caller chose, if it is one that may stand in a header and a log."""
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            return value if _REQUEST_ID.fullmatch(value) else None
    return None


def _standing(wrong: Mapping[str, str]) -> bytes:
    return json.dumps({"ready": not wrong, **({"wrong": dict(wrong)} if wrong else {})}).encode() + b"\n"


def _networks(texts: Sequence[str]) -> list[IPv4Network | IPv6Network]:
    return [ip_network(text, strict=False) for text in texts]
