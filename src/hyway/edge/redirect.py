"""The redirect: from a short link to its destination, after the click is durable and never before.

Precedence: expired, password, device, geo, url; cloaking decides only how the destination is delivered.
"""

from typing import Any

from hyway.domain import attribution, links
from hyway.domain.attribution import Capture, Recorder, Trigger
from hyway.edge import http, pages, qrcode, table
from hyway.edge.embed import ANALYTICS, Embed
from hyway.edge.gate import Gate
from hyway.edge.http import Receive, Send
from hyway.edge.pages import Headers
from hyway.edge.table import Entry, LinkTable, Missing
from hyway.edge.visit import (
    SESSION_COOKIE,
    SESSION_LIFE,
    VISITOR_COOKIE,
    VISITOR_LIFE,
    Visit,
    Visitors,
    language,
    referrer,
    text,
    token,
)
from hyway.edge.writer import Overrun, Unstored, Writer
from hyway.kernel import clock, ids
from hyway.kernel.db import Database
from hyway.kernel.proxies import Proxies

_OWN = frozenset({"analytics.js", "qrcode"})
_FORM_LIMIT = 8_192
# Of a user agent: enough to tell visitors apart. A head may hold 400 kB of it, and names are remembered.
_AGENT = 512
_NO_STORE = (b"cache-control", b"private, no-store")


class Lane:
    """The ASGI app of everything below a short link: `/{shortId}`, `/{shortId}/analytics.js`, and two of its own."""

    def __init__(
        self, db: Database, recorder: Recorder, *, public_url: str, trusted_proxies: tuple[str, ...] = ()
    ) -> None:
        secure = public_url.startswith("https://")
        self._recorder = recorder
        self._public_url = public_url
        self._table = LinkTable(db)
        self._known = self._table.get
        self._writer: Writer[Capture, None] = Writer(db, recorder.record, "clicks")
        self._proxies = Proxies(trusted_proxies)
        self._visitors = Visitors(db.seal)
        self._gate = Gate(db.seal, secure)
        self._embed = Embed(db.seal, public_url)
        cookie = "; Path=/; HttpOnly; SameSite=Lax" + ("; Secure" if secure else "")
        self._visitor_tail = f"; Max-Age={VISITOR_LIFE}{cookie}".encode()
        self._session_tail = f"; Max-Age={SESSION_LIFE}{cookie}".encode()
        self._answers = {"redirect": 0, "page": 0, "unknown": 0, "capture": 0, "busy": 0}

    async def start(self) -> None:
        self._writer.start()

    async def stop(self) -> None:
        """Returns when every click that was taken in is durable."""
        await self._writer.stop()

    def stats(self) -> dict[str, int]:
        """Counts since the start: answers by kind, clicks written and the commits they took."""
        return {**self._answers, "clicks": self._writer.written, "commits": self._writer.batches}

    async def __call__(
        self, scope: Any, receive: Receive, send: Send, place: links.Place | None = None
    ) -> None:
        """`place` is the organization's domain that the request came to, None for the server's own names."""
        visit = Visit(scope)
        short_id, _, rest = visit.path[1:].partition("/")
        if short_id in _OWN and not rest and place is None:
            return await self._own(short_id, visit, send)
        entry = self._known(short_id if place is None else links.lane_key(short_id, place.domain))
        if entry is None:
            # What no short id can be is not looked for: PostgreSQL refuses a NUL.
            may_be = 0 < len(short_id) <= 64 and short_id.isprintable()
            domain = place.domain if place else 0
            entry = await self._table.load(short_id, domain) if may_be else table.MISSING
        try:
            if rest == "analytics.js":
                await self._script(visit, entry, receive, send)
            elif isinstance(entry, Missing) or rest:
                self._answers["unknown"] += 1
                await self._lost(visit, place, send)
            elif entry.plain and visit.method == "GET" and not visit.query:
                await self._go(visit, entry, send, entry.destination, entry.head, entry.tail, entry.utm)
            else:
                await self._consider(visit, entry, receive, send)
        except (Overrun, Unstored):
            self._answers["busy"] += 1
            await http.show(send, pages.BUSY, more=[(b"retry-after", b"2")])

    async def _lost(self, visit: Visit, place: links.Place | None, send: Send) -> None:
        """Nothing is there: a domain's owner may have said where to go from here."""
        head, code = visit.method == "HEAD", visit.path[1:]
        onward = None
        if place is not None and visit.method in ("GET", "HEAD"):
            by_code = place.fallback_url_template if code else None
            onward = links.domains.filled(by_code, code) if by_code else place.not_found_redirect_url
        if onward is None:
            return await http.show(send, pages.UNKNOWN, head=head)
        await http.answer(send, 302, [(b"location", table.location(onward)), _NO_STORE], head=head)

    async def _own(self, name: str, visit: Visit, send: Send) -> None:
        """The lane's own two addresses among the short ids."""
        if visit.method not in ("GET", "HEAD"):
            return await http.show(send, pages.REFUSED, more=[(b"allow", b"GET, HEAD")])
        page = ANALYTICS if name == "analytics.js" else await qrcode.render(visit.query)
        await http.show(send, page, head=visit.method == "HEAD")

    async def _consider(self, visit: Visit, entry: Entry, receive: Receive, send: Send) -> None:
        """All that can stand between a visitor and the destination, in its order."""
        target, head = entry.target, visit.method == "HEAD"
        if visit.method not in ("GET", "HEAD", "POST"):
            return await http.show(send, pages.REFUSED, more=[(b"allow", b"GET, HEAD")])
        if target.expires_at is not None and target.expires_at <= clock.now():
            return await self._expired(target, send, head)
        if target.password is not None and (visit.method == "POST" or not self._gate.open_for(entry, visit)):
            return await self._ask(visit, entry, receive, send)
        if visit.method == "POST":
            return await http.show(send, pages.REFUSED, more=[(b"allow", b"GET, HEAD")])
        url = self._aimed(visit, target)
        destination, utm = table.destination(target, url, visit.pairs())
        first, last = table.split_at_click(destination)
        if head and target.cloaked:
            return await http.show(send, pages.cloaked(destination, target.title), head=True)
        if head:
            return await http.answer(send, 302, [(b"location", destination.encode()), _NO_STORE])
        await self._go(visit, entry, send, destination, first, last, utm)

    def _aimed(self, visit: Visit, target: links.Target) -> str:
        """The URL for this device, else for this country, else for everybody."""
        if target.ios or target.android:
            agent = attribution.agents.read(text(visit.agent))
            if agent.is_ios and target.ios:
                return target.ios
            if agent.is_android and target.android:
                return target.android
        if target.geo:
            place = self._recorder.places.find(self._client(visit))
            return target.geo.get(place.country_code or "", target.url)
        return target.url

    async def _expired(self, target: links.Target, send: Send, head: bool) -> None:
        """To where its owner sends late comers, else a page; neither is a click."""
        if target.expired_url is None:
            self._answers["page"] += 1
            return await http.show(send, pages.EXPIRED, head=head)
        url, _ = table.destination(target, target.expired_url, [])
        await http.answer(send, 302, [(b"location", url.encode()), _NO_STORE])

    async def _ask(self, visit: Visit, entry: Entry, receive: Receive, send: Send) -> None:
        """The password form, or what was entered in it."""
        self._answers["page"] += 1
        visitor = token(visit.cookie, VISITOR_COOKIE)
        if visit.method != "POST":
            name = visitor or self._visitors.name(self._client(visit), visit.agent[:_AGENT])
            page = self._gate.ask(name)
            return await http.show(send, page, head=visit.method == "HEAD", more=[self._visitor(name)])
        raw = await http.body(receive, _FORM_LIMIT)
        if raw is None:
            return await http.show(send, pages.TOO_LARGE)
        came_from = visit.origin.partition(b"://")[2]
        if visitor is None or (came_from and came_from != visit.host):
            return await http.show(send, pages.UNTRUSTED)
        outcome = self._gate.enter(entry, http.form(raw), visitor, self._client(visit))
        if isinstance(outcome, pages.Page):
            return await http.show(send, outcome)
        back = f"/{entry.target.short_id}".encode() + (b"?" + visit.query if visit.query else b"")
        await http.answer(send, 303, [(b"location", back), _NO_STORE, *outcome])

    async def _go(
        self,
        visit: Visit,
        entry: Entry,
        send: Send,
        destination: str,
        head: bytes,
        tail: bytes,
        utm: dict[str, str] | None,
    ) -> None:
        """Records the click, waits until it is durable, and sends the visitor on."""
        trigger: Trigger = "qr" if visit.query and visit.asks(b"qr") else "link"
        capture = self._capture(visit, entry, trigger, destination, utm)
        await self._writer.put(capture)
        id = capture.id.encode()
        location = head + id + tail
        cookies: Headers = [
            self._visitor(capture.visitor_id),
            (
                b"set-cookie",
                SESSION_COOKIE.encode() + b"=" + capture.session_id.encode() + self._session_tail,
            ),
            (b"x-request-id", id),
        ]
        target = entry.target
        if attribution.bots.is_social_preview(capture.user_agent):
            short_url = links.hosting.address(target, self._public_url)
            page = pages.preview(destination, short_url, target.title, target.description, target.image)
        elif target.cloaked:
            page = pages.cloaked(location.decode(), target.title)
        else:
            self._answers["redirect"] += 1
            headers = [(b"location", location), _NO_STORE, *cookies, (b"content-length", b"0")]
            await send({"type": "http.response.start", "status": 302, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return
        self._answers["page"] += 1
        await http.show(send, page, more=cookies)

    def _capture(
        self, visit: Visit, entry: Entry, trigger: Trigger, destination: str, utm: dict[str, str] | None
    ) -> Capture:
        target, id, ip = entry.target, ids.uuid7(), self._client(visit)
        came_from = referrer(visit.referrer)
        scanner = attribution.bots.verdict_by_network(ip, came_from or "")
        return Capture(
            id,
            clock.now(),
            target.organization,
            target.seq,
            target.id,
            target.short_id,
            target.partner_id,
            target.external_id,
            target.tenant_id,
            trigger,
            text(visit.agent),
            ip,
            token(visit.cookie, VISITOR_COOKIE) or self._visitors.name(ip, visit.agent[:_AGENT]),
            # A new session is named after the click that began it.
            token(visit.cookie, SESSION_COOKIE) or id,
            came_from,
            destination,
            utm,
            language(visit.language),
            scanner or visit.prefetch or (bool(visit.query) and visit.asks(b"bot")),
        )

    def _client(self, visit: Visit) -> str:
        return self._proxies.client(visit.peer, visit.forwarded.decode("latin-1"))

    def _visitor(self, name: str) -> tuple[bytes, bytes]:
        return b"set-cookie", VISITOR_COOKIE.encode() + b"=" + name.encode() + self._visitor_tail

    async def _script(self, visit: Visit, entry: Entry | Missing, receive: Receive, send: Send) -> None:
        """`/{shortId}/analytics.js`: the script by GET, its capture by POST."""
        if visit.method in ("GET", "HEAD"):
            page = self._embed.script(visit, entry)
            return await http.show(send, page, head=visit.method == "HEAD")
        if visit.method != "POST" or isinstance(entry, Missing):
            return await http.show(send, self._embed.preflight(visit))
        outcome = self._embed.capture(
            visit, entry, await http.body(receive, _FORM_LIMIT), self._client(visit)
        )
        if isinstance(outcome, Capture):
            await self._writer.put(outcome)
            self._answers["capture"] += 1
            outcome = self._embed.stored(visit, outcome)
        await http.show(send, outcome)
