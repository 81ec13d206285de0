"""Toggles as programs ask for them, bare ASGI: `/toggle/evaluate`, `/toggle/telemetry`, `/toggle/stream`, and
OpenFeature's Remote Evaluation Protocol below `/ofrep/v1/evaluate/flags`.

An evaluation is two look-ups in memory and the rules; it is counted a second later. Any origin may ask.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple, Protocol
from urllib.parse import parse_qs

from hyway.domain import toggles
from hyway.edge import evaluate_ofrep as ofrep
from hyway.edge import evaluate_wire as wire
from hyway.edge import http, sse
from hyway.edge.evaluate_away import Away
from hyway.edge.evaluate_counts import Counts
from hyway.edge.evaluate_keys import PUBLIC, Asking, Callers, Keys, token_of
from hyway.edge.evaluate_rules import Entry, Rules
from hyway.edge.evaluate_stream import Listeners
from hyway.edge.http import Receive, Send
from hyway.edge.streams import carry
from hyway.kernel import ids
from hyway.kernel.db import Database
from hyway.kernel.faults import Fault, Invalid, Missing, Spent, Unknown
from hyway.kernel.limits import LocalWindow, household
from hyway.kernel.proxies import Proxies

log = logging.getLogger(__name__)

LARGEST: Final = 262_144
"""Bytes of a request."""
STRANGERS: Final = 600
"""Requests a minute from one address that show no known key."""
_SMALL: Final = 16_384  # bytes; what is larger is decided beside the event loop
_FLAGS: Final = "/ofrep/v1/evaluate/flags"
_JSON: Final = (b"content-type", b"application/json; charset=utf-8")
_MANNERS: Final = (
    (b"cache-control", b"no-store"),
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"ETag, Retry-After, X-Request-Id"),
)
_PREFLIGHT: Final = (
    (b"access-control-allow-methods", b"POST, GET, OPTIONS"),
    (
        b"access-control-allow-headers",
        b"content-type, x-api-key, authorization, if-none-match, x-request-id, last-event-id, cache-control",
    ),
    (b"access-control-max-age", b"86400"),
)
_LAST: Final = (b"connection", b"close")
"""Of an answer to what was not read: the connection ends, and a client that knows it asks nothing more on it."""
_UNREAD: Final = frozenset((204, 401, 404, 405, 413, 429))
"""What may be answered before all of a request is here."""
Header = tuple[bytes, bytes]
Decision = toggles.deciding.Decision


class Manners(Protocol):
    """How the family refuses, and signs what it says."""

    @property
    def voice(self) -> Callable[[Fault | None], Any]:
        """Status, body and headers of a refusal."""

    @property
    def sign(self) -> Callable[[Any, str], Any]:
        """The same with the request's id."""


class Answer(NamedTuple):
    status: int
    body: bytes = b""
    headers: tuple[Header, ...] = (_JSON,)


class TooLarge(Fault):
    """More than anybody has to say about one person."""


class WrongMethod(Fault):
    """There is such a path, but not for this; `allow` is what there is."""

    def __init__(self, allow: str) -> None:
        super().__init__("Method Not Allowed")
        self.allow = allow


_STATUS: Final = {TooLarge: 413, WrongMethod: 405}
"""Of what no verb refuses."""


class Evaluate:
    """The ASGI app of the lane. `start` and `stop` go with the server's life."""

    def __init__(
        self, db: Database, callers: Callers, manners: Manners, *, trusted_proxies: tuple[str, ...] = ()
    ) -> None:
        away = Away()
        self.rules = Rules(db, away)  # the first to hear of changes: who is told of one asks at once
        self._keys = Keys(db, callers, away)
        self._counts = Counts(db)
        self.listeners = Listeners(db)
        self._manners = manners
        self._home = db.house.home
        self._proxies = Proxies(trusted_proxies)
        self._strangers = LocalWindow()
        self._stats = {"evaluations": 0, "telemetry": 0, "refused": 0, "unchanged": 0}

    async def start(self) -> None:
        await self.listeners.start()
        await self._counts.start()

    async def stop(self) -> None:
        """Returns when everything that was answered is counted."""
        await self.listeners.stop()
        await self._counts.stop()

    def hush(self) -> None:
        """Lets go of whoever listens."""
        self.listeners.let_all_go()

    def stats(self) -> dict[str, int]:
        """Counts since the start, and how many listen now."""
        return {**self._stats, "listeners": self.listeners.count}

    async def flush(self) -> None:
        """Counts what has been answered so far, now."""
        await self._counts.flush()

    @staticmethod
    def takes(scope: Any) -> bool:
        """All that is led here is the lane's own."""
        return bool(scope["path"])

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        id = ids.uuid7()
        path: str = scope["path"]
        path = path[:-1] if path.endswith("/") else path
        try:
            if scope["method"] == "OPTIONS":
                done = Answer(204, b"", _PREFLIGHT)
            elif path == "/toggle/stream" and scope["method"] == "GET":
                return await self._stream(scope, receive, send)
            else:
                done = await self._answer(path, scope, receive, id)
        except Exception as error:
            done = self._refusal(error, scope, path, id)
        headers = [*done.headers, *_MANNERS, (b"x-request-id", id.encode())]
        if done.status in _UNREAD and _is_large(scope):
            headers.append(_LAST)
        if done.status not in (204, 304):
            headers.append((b"content-length", b"%d" % len(done.body)))
        await send({"type": "http.response.start", "status": done.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else done.body})

    async def _answer(self, path: str, scope: Any, receive: Receive, id: str) -> Answer:
        if path == "/toggle/evaluate":
            ask = self._evaluate
        elif path == "/toggle/telemetry":
            ask = self._telemetry
        elif path == _FLAGS:
            ask = self._flags
        elif path.startswith(_FLAGS + "/"):
            ask = self._flag
        elif path == "/toggle/stream":
            raise WrongMethod("GET, OPTIONS")
        else:
            raise Missing("Not Found")
        if scope["method"] != "POST":
            raise WrongMethod("POST, OPTIONS")
        headers = dict(scope["headers"])
        who = await self._keys.who(token_of(headers))
        raw = await http.body(receive, LARGEST)
        if raw is None and ask != self._telemetry:
            raise TooLarge("Request body is too large")
        done = await ask(who, raw or b"", headers, path, id)
        return done if raw is not None else done._replace(headers=(*done.headers, _LAST))

    async def _evaluate(self, who: Any, raw: bytes, headers: Any, path: str, id: str) -> Answer:
        question = wire.question(raw)
        asking = await self._keys.asking(who, question.application)
        entry = await self._entry(asking)
        found = await _decided(entry, question.context, question.keys, len(raw))
        self._count(asking, found)
        return Answer(200, wire.answer(id, question, entry, found))

    async def _telemetry(self, who: Any, raw: bytes, headers: Any, path: str, id: str) -> Answer:
        """Counted, whatever it says: a client that is refused here gives its program the default."""
        self._stats["telemetry"] += 1
        told = wire.told(raw)
        self._counts.told(who.organization)
        if told is not None and told.key:
            try:
                asking = await self._keys.asking(who, told.application)
                project = (await self._entry(asking)).compiled.project(told.key)
            except Fault:  # it may not read toggles: there is nothing to count it under
                project = None
            if project is not None:
                self._counts.shown(project, told.key, told.value, told.reason)
        return Answer(200, b"{}")

    async def _flags(self, who: Any, raw: bytes, headers: Any, path: str, id: str) -> Answer:
        context = ofrep.context(raw)
        asking = await self._keys.asking(who, wire.application_of(context))
        entry = await self._entry(asking)
        found = await _decided(entry, context, (), len(raw))
        self._count(asking, found)
        token = token_of(headers)
        # A secret key does not belong into addresses, which are logged: it is told of no stream.
        news = ofrep.news(self._home, token) if token.startswith(PUBLIC) else None
        body, etag = ofrep.bulk(found, news)
        if ofrep.is_known(etag, headers):
            self._stats["unchanged"] += 1
            return Answer(304, b"", ((b"etag", etag),))
        return Answer(200, body, (_JSON, (b"etag", etag)))

    async def _flag(self, who: Any, raw: bytes, headers: Any, path: str, id: str) -> Answer:
        key = path.removeprefix(_FLAGS + "/")
        context = ofrep.context(raw)
        asking = await self._keys.asking(who, wire.application_of(context))
        entry = await self._entry(asking)
        found = await _decided(entry, context, (key,), len(raw))
        if not found:
            raise Missing("There is no flag {key}", key=key)
        self._count(asking, found)
        return Answer(200, ofrep.single(found[0]))

    async def _entry(self, asking: Asking) -> Entry:
        return self.rules.known(asking.projects) or await self.rules.load(asking.projects)

    def _count(self, asking: Asking, found: Sequence[Decision]) -> None:
        self._stats["evaluations"] += 1
        self._counts.answered(asking.organization, found)

    async def _stream(self, scope: Any, receive: Receive, send: Send) -> None:
        """A browser's EventSource cannot set headers, so the key may come as `?key=`."""
        query = _query(scope)
        token = token_of(dict(scope["headers"])) or query.get("key", "")
        application = query.get("application", "")
        asking = await self._keys.asking(await self._keys.who(token), application)
        self.listeners.room(asking.projects)

        async def lives() -> bool:
            try:
                return await self._keys.asking(await self._keys.who(token), application) == asking
            except Fault:
                return False

        await carry(receive, send, self.listeners.listen(asking.projects, lives), sse.HEADERS)

    def _refusal(self, error: Exception, scope: Any, path: str, id: str) -> Answer:
        self._stats["refused"] += 1
        if isinstance(error, Unknown):
            error = self._counted(scope, error)
        fault = error if isinstance(error, Fault) and type(error) is not Fault else None
        if fault is None:
            log.error("an evaluation failed", exc_info=error, extra={"request_id": id})
        ours = _STATUS.get(type(fault))
        voiced = Invalid("", fault.message) if fault and ours else fault
        said = self._manners.sign(self._manners.voice(voiced), id)
        status: int = ours or said.status
        body = said.body
        if path.startswith("/ofrep/"):
            key = path.removeprefix(_FLAGS + "/") if path.startswith(_FLAGS + "/") else None
            body = ofrep.refusal(fault or Fault("An unknown error occurred"), status, key)
        allow = ((b"allow", fault.allow.encode()),) if isinstance(fault, WrongMethod) else ()
        return Answer(status, body, (_JSON, *allow, *said.headers))

    def _counted(self, scope: Any, error: Unknown) -> Fault:
        """Who guesses keys is slowed down."""
        peer = scope.get("client")
        said = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
        client = self._proxies.client(peer[0] if peer else "", b",".join(said).decode("latin-1"))
        standing = self._strangers.hit(household(client), STRANGERS)
        if standing.allowed:
            return error
        return Spent("Rate limit exceeded", retry_after=standing.retry_after)


async def _decided(entry: Entry, context: dict[str, Any], keys: Sequence[str], size: int) -> list[Decision]:
    """What a context sees; what takes its time must not take everybody else's."""
    if size <= _SMALL and (found := entry.compiled.decide_at_once(context, keys)) is not None:
        return found
    return await asyncio.to_thread(entry.compiled.decide, context, keys)


def _is_large(scope: Any) -> bool:
    """Whether a body may come that nobody waits for."""
    headers = dict(scope["headers"])
    length = headers.get(b"content-length", b"")
    return b"transfer-encoding" in headers or (length.isdigit() and int(length[:9]) > _SMALL)


def _query(scope: Any) -> dict[str, str]:
    try:
        found = parse_qs(scope["query_string"].decode("utf-8", "replace"), max_num_fields=20)
    except ValueError:
        return {}
    return {name: values[0] for name, values in found.items()}
