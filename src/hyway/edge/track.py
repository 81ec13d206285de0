"""The lane behind tracking links: the public page, and the stream that keeps it true.

Whoever has the link may look, without signing in, until the action is over. What leaves here passes through
`TrackView`, so that it says nothing beyond what the page shows.
"""

import asyncio
import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

from hyway.domain import tracking
from hyway.edge import sse, tracking_page
from hyway.edge.http import answer
from hyway.edge.hub import Full, Hub, Line, Reader
from hyway.edge.maps import Tiles
from hyway.edge.streams import Receive, Scope, Send, pour, refuse, refuse_for, waiting
from hyway.edge.tracking_page import Destination, Fix, Summary, TrackView, Traveller
from hyway.kernel import clock
from hyway.kernel.db import Database, Read
from hyway.kernel.limits import LocalWindow, household
from hyway.kernel.proxies import Proxies

_PAGE = "/track/"
_STREAM = "/stream/track/"
_CODE = re.compile(r"[A-Za-z0-9_-]{1,64}")
_OPENED = 120
"""Streams that one address may open in a minute."""
_OPEN = 500
"""Streams that one address may have open: many can share it, but not take all the places there are."""
_MISSES = 60
"""Links that are none which one address may try in a minute: whoever guesses codes gets nowhere."""
_KEPT = 5_000
Shown = tracking.actions.Shared
Found = tuple[Shown, str]
"""What a link shows, and the name of whose it is."""


class Track:
    """The ASGI app of `/track/<code>` and of `/api/v1/stream/track/<code>/`."""

    def __init__(
        self, db: Database, hub: Hub, *, trusted_proxies: tuple[str, ...] = (), tiles: Tiles | None = None
    ) -> None:
        self._db, self._hub, self._tiles = db, hub, tiles
        self._proxies = Proxies(trusted_proxies)
        self._opened, self._missed = LocalWindow(), LocalWindow()
        self._open: Counter[str] = Counter()
        self._known: dict[str, tuple[int, asyncio.Future[Found | None]]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] not in ("GET", "HEAD"):
            return await refuse(send, 405, f'Method "{scope["method"]}" not allowed.', (b"allow", b"GET"))
        if scope["path"].startswith(_PAGE):
            return await self._show(scope, send)
        await self._stream(scope, receive, send)

    async def _show(self, scope: Scope, send: Send) -> None:
        home = household(self._client(scope))
        if self._missed.is_spent(home, _MISSES):
            return await refuse(send, 429, "Request was throttled.", (b"retry-after", b"60"))
        found = await self._find(scope["path"][len(_PAGE) :].rstrip("/"))
        is_head = scope["method"] == "HEAD"
        if found is None:
            self._missed.hit(home, _MISSES)
            body, status = tracking_page.not_found_page(), 404
            return await answer(send, status, tracking_page.headers(None), body, head=is_head)
        view = self._view(*found)
        await answer(send, 200, tracking_page.headers(view), tracking_page.page(view), head=is_head)

    async def _find(self, code: str) -> Found | None:
        if not _CODE.fullmatch(code):
            return None
        return await self._db.read(_shared, code)

    def _view(self, shown: Shown, organization: str) -> TrackView:
        return replace(as_view(shown, organization, self._db.house.home), tiles=self._tiles)

    async def _stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        code = scope["path"].split(_STREAM, 1)[1].strip("/")
        home = household(self._client(scope))
        standing = self._opened.hit(home, _OPENED)
        wait = standing.retry_after if not standing.allowed else 60 if self._open[home] >= _OPEN else 0
        if wait:
            said = f"Request was throttled. Expected available in {wait} seconds."
            return await refuse(send, 429, said, (b"retry-after", b"%d" % wait))
        found = await self._find(code)
        if found is None:
            return await refuse(send, 404, "Not found.")
        if self._view(*found).ended:
            return await pour(receive, send, self._hub, None, self._last(*found))
        try:
            reader = await self._join(found[0])
        except Full as error:
            return await refuse_for(send, error)
        self._open[home] += 1
        try:
            await pour(receive, send, self._hub, reader, self._follow(code, reader))
        finally:
            self._open[home] -= 1
            if not self._open[home]:
                del self._open[home]

    def _state(self, shown: Shown, organization: str, *, is_brief: bool) -> bytes:
        """The page's state; `is_brief` leaves the route as it is, for the page has had it."""
        state = tracking_page.as_json(self._view(shown, organization))
        if is_brief and not state["ended"]:
            state["time_aware_polyline"] = None
        return _json(state)

    def _client(self, scope: Scope) -> str:
        peer = scope.get("client")
        said = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
        return self._proxies.client(peer[0] if peer else "", b",".join(said).decode("latin-1"))

    async def _join(self, shown: Shown) -> Reader:
        account = await self._db.read(tracking.live.account_of, shown.action.account)
        reader, _ = await self._hub.join(account, _topics(shown), None)
        return reader

    async def _last(self, shown: Shown, organization: str) -> AsyncIterator[bytes]:
        """All that a stream of something that is over has to say."""
        state = tracking_page.as_json(self._view(shown, organization))
        yield sse.event("action", _json(state)) + sse.event("end", b"{}")

    async def _again(self, code: str, lines: list[Line]) -> Found | None:
        """How things stand after these lines, without the route: read once for all who watch the same."""
        newest = max((line.number for line in lines), default=None)
        known = self._known.get(code)
        if known is None or newest is None or known[0] < newest:
            if len(self._known) >= _KEPT:
                self._known.clear()
            reading = asyncio.ensure_future(self._db.read(_shared, code, True))
            known = self._known[code] = (newest or 0, reading)
        return await asyncio.shield(known[1])

    async def _follow(self, code: str, reader: Reader) -> AsyncIterator[bytes]:
        # Read again, now that nothing is missed any more.
        found = await self._db.read(_shared, code)
        said, whose = b"", found and found[0].action.user
        async for lines in _beginning(waiting(reader)):
            is_news = not lines or any(line.kind != "location" for line in lines)
            if said and (is_news or (found is not None and found[0].here is None)):
                found = await self._again(code, lines)
            is_brief = bool(said)
            if found is not None and _is_other(whose, found[0].action.user):
                # Somebody else has it now: the way that is drawn is not theirs.
                whose, is_brief = found[0].action.user, False
                found = await self._db.read(_shared, code)
            if found is None:
                yield sse.event("end", b"{}")
                return
            moved = b"".join(_moved(line, found[0]) for line in lines if _is_shown(line, found[0]))
            state = self._state(*found, is_brief=is_brief) if is_news else said
            moved += sse.event("action", state) if state != said else b""
            said = state
            if found[0].action.ended_at is not None:
                yield moved + sse.event("end", b"{}")
                return
            reader.topics = set(_topics(found[0]))
            yield moved or sse.PING


async def _beginning(rest: AsyncIterator[list[Line]]) -> AsyncIterator[list[Line]]:
    """An empty round first: it says how things stand."""
    yield []
    async for lines in rest:
        yield lines


def _shared(r: Read, code: str, is_brief: bool = False) -> Found | None:
    """What the link shows, and whose it is; without the route when `is_brief`."""
    shown = tracking.actions.public_view(r, code, is_brief=is_brief)
    return (shown, tracking.live.owner(r, shown.action.account)) if shown is not None else None


def _topics(shown: Shown) -> list[str]:
    user = shown.action.user
    return [f"action:{shown.action.id}", *([f"user:{user.id}"] if user else [])]


def _is_other(one: tracking.User | None, other: tracking.User | None) -> bool:
    return (one.id if one else None) != (other.id if other else None)


def _is_shown(line: Line, shown: Shown) -> bool:
    """Not of somebody who had the action before, nor while its user is on the way to others."""
    user = shown.action.user
    is_of_it = line.kind == "location" and user is not None and line.data["user_id"] == user.id
    return is_of_it and shown.here is not None


def _moved(line: Line, shown: Shown) -> bytes:
    """The position; of the points that came with it, those since the action was begun."""
    began = shown.action.started_at or shown.action.assigned_at or 0
    points = tracking.polyline.decode_timed(str(line.data["time_aware_polyline"]))
    since = began // clock.SECOND * clock.SECOND  # as exact as a polyline is
    if points and points[0][2] < since:
        points = [each for each in points if each[2] >= since]
    told = {"location": line.data["location"], "time_aware_polyline": tracking.polyline.encode_timed(points)}
    return sse.event("location", _json(told), line.number)


def _json(what: Any) -> bytes:
    return json.dumps(what, ensure_ascii=False, separators=(",", ":")).encode()


def as_view(shown: Shown, organization: str, home: str) -> TrackView:
    """What the page may show of an action."""
    action, now = shown.action, clock.now()
    display = tracking.payloads.action_display(action, shown.distance_unit, now)
    seconds: Callable[[str], float | None] = display.get
    ended = action.ended_at is not None
    return TrackView(
        short_code=action.short_code,
        organization=organization,
        type=action.type,
        status=action.status,
        sub_status=action.sub_status,
        status_text=str(display["status_text"]),
        sub_status_text=str(display["sub_status_text"]),
        destination=_destination(shown),
        user=_traveller(shown, home),
        location=_fix(shown),
        eta=action.eta,
        expected_at=action.scheduled_at,
        is_late=bool(display["is_late"]),
        duration_remaining=seconds("duration_remaining"),
        distance_remaining=seconds("distance_remaining"),
        duration_elapsed=seconds("duration_elapsed"),
        distance_unit=shown.distance_unit,
        polyline=action.path or "",
        ended=ended,
        summary=Summary(action.ended_at, action.duration, action.distance) if action.ended_at else None,
        stream_url=f"{home}/api/v1{_STREAM}{action.short_code}/",
        public_url=f"{home}{_PAGE}{action.short_code}",
    )


def _destination(shown: Shown) -> Destination | None:
    place = shown.destination
    if place is None:
        return None
    at = place.spot
    return Destination(
        place.name, place.address, at.lat if at else None, at.lon if at else None, place.radius
    )


def _traveller(shown: Shown, home: str) -> Traveller | None:
    user = shown.action.user
    if user is None:
        return None
    first = user.name.split()[0] if user.name.split() else ""
    photo = tracking.payloads.photo(user, home) if user.photo else None
    return Traveller(first, photo, shown.action.vehicle_type or user.vehicle_type)


def _fix(shown: Shown) -> Fix | None:
    here = shown.here
    return Fix(here.lat, here.lon, here.at, here.bearing, here.speed, here.accuracy) if here else None
