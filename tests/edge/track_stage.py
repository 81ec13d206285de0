"""A stage for the public page: the page, its files and a stream that a test speaks through, on one loopback port."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any

from granian.constants import Interfaces
from granian.server.embed import Server
from time_aware_polyline import encode_time_aware_polyline  # type: ignore[import-untyped, unused-ignore]

from hyway.edge import tracking_page
from hyway.edge.maps import Assets
from hyway.edge.tracking_page import Destination, Fix, TrackView, Traveller
from hyway.kernel import clock

CODE = "xdBtyxs"
# From San Francisco's Mission to Hayes Valley: latitude, longitude.
WAY = [
    (37.76495, -122.41935),
    (37.76676, -122.41955),
    (37.76843, -122.41975),
    (37.76985, -122.42005),
    (37.77103, -122.42160),
    (37.77212, -122.42300),
    (37.77325, -122.42240),
    (37.77420, -122.42260),
]
GOAL = (37.77629, -122.42434)


def polyline(points: list[tuple[float, float]], began: int) -> str:
    """The time-aware polyline of points ten seconds apart."""
    timed = [[lat, lon, clock.text(began + i * 10 * clock.SECOND)] for i, (lat, lon) in enumerate(points)]
    text: str = encode_time_aware_polyline(timed)
    return text


def view(**changes: Any) -> TrackView:
    """A delivery on its way, half there."""
    now = clock.now()
    shown = WAY[:5]
    began = now - len(shown) * 10 * clock.SECOND
    lat, lon = shown[-1]
    made = TrackView(
        short_code=CODE,
        organization="Northwind",
        type="delivery",
        status="started",
        sub_status="on_the_way",
        status_text="On the way",
        sub_status_text="14 min away",
        destination=Destination("Hayes Valley", "270 Linden Street, San Francisco", *GOAL, 100.0),
        user=Traveller("Tapan", None, "motorcycle"),
        location=Fix(lat, lon, now - 2 * clock.SECOND, bearing=320.0, speed=7.2, accuracy=9.0),
        eta=now + 14 * clock.MINUTE,
        expected_at=now + 20 * clock.MINUTE,
        is_late=False,
        duration_remaining=14 * 60.0,
        distance_remaining=3120.0,
        duration_elapsed=1260.0,
        distance_unit="km",
        polyline=polyline(shown, began),
        ended=False,
        summary=None,
        stream_url=f"/api/v1/stream/track/{CODE}/",
        public_url="http://go.example",
    )
    return replace(made, **changes)


def located(lat: float, lon: float, at: int, bearing: float = 0.0) -> dict[str, Any]:
    """A `location` frame's data, as the stream sends it."""
    return {
        "user_id": "4e2a8344-9864-4473-864f-e223dec208b3",
        "location": {
            "geojson": {"type": "Point", "coordinates": [lon, lat]},
            "accuracy": 9.0,
            "speed": 7.0,
            "bearing": bearing,
            "altitude": 80.0,
            "activity": "automotive",
            "activity_confidence": 100,
            "provider": "gps",
            "recorded_at": clock.text(at),
        },
        "time_aware_polyline": encode_time_aware_polyline([[lat, lon, clock.text(at)]]),
    }


@dataclass
class Stage:
    """The server's side: what the page shows, who listens, what was asked for."""

    view: TrackView
    listeners: list[asyncio.Queue[bytes]] = field(default_factory=list)
    resumed: list[str | None] = field(default_factory=list)
    is_down: bool = False
    files: dict[str, bytes] = field(default_factory=dict)
    base: str = ""
    sent: int = 0

    def say(self, event: str, data: Any) -> None:
        self.sent += 1
        frame = f"id: {self.sent}\nevent: {event}\ndata: {json.dumps(data)}\n\n".encode()
        for each in self.listeners:
            each.put_nowait(frame)

    def drop(self) -> None:
        """Breaks every stream off."""
        for each in self.listeners:
            each.put_nowait(b"")

    async def heard(self, count: int = 1) -> None:
        """Waits until so many listen."""
        async with asyncio.timeout(10):
            while len(self.listeners) < count:
                await asyncio.sleep(0.02)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            return await _alive(receive, send)
        path = scope["path"]
        if path.startswith("/maps/"):
            await Assets()(scope, receive, send)
        elif path in self.files:
            await _part(scope, send, self.files[path])
        elif path == "/map":
            await answer(send, 200, tracking_page.headers(self.view), MAP_PAGE)
        elif path == f"/track/{CODE}":
            await answer(send, 200, tracking_page.headers(self.view), tracking_page.page(self.view))
        elif path == self.view.stream_url:
            await self._stream(scope, receive, send)
        else:
            await answer(send, 404, tracking_page.headers(None), tracking_page.not_found_page())

    async def _stream(self, scope: Any, receive: Any, send: Any) -> None:
        headers = dict(scope["headers"])
        last = headers.get(b"last-event-id")
        self.resumed.append(last.decode() if last else None)
        if self.is_down:
            return await answer(send, 503, [(b"content-type", b"text/plain")], b"")
        head = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": b": hello\n\n", "more_body": True})
        mine: asyncio.Queue[bytes] = asyncio.Queue()
        self.listeners.append(mine)
        gone = asyncio.create_task(_hung_up(receive))
        while not gone.done():
            with contextlib.suppress(TimeoutError):
                frame = await asyncio.wait_for(mine.get(), 0.1)
                if not frame:
                    break
                await send({"type": "http.response.body", "body": frame, "more_body": True})
        self.listeners.remove(mine)
        gone.cancel()
        if not gone.done():
            await send({"type": "http.response.body", "body": b""})


async def _alive(receive: Any, send: Any) -> None:
    for what in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{what}.complete"})


async def _hung_up(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def answer(send: Any, status: int, headers: Any, body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _part(scope: Any, send: Any, whole: bytes) -> None:
    """A file, or the piece of it that Range asks for."""
    asked = dict(scope["headers"]).get(b"range", b"").decode().removeprefix("bytes=")
    if not asked:
        return await answer(send, 200, [], whole)
    first, last = (int(each) for each in asked.split("-"))
    piece = whole[first : last + 1]
    span = f"bytes {first}-{first + len(piece) - 1}/{len(whole)}".encode()
    await answer(send, 206, [(b"content-range", span), (b"content-length", str(len(piece)).encode())], piece)


MAP_PAGE = (
    "<!doctype html><html lang=en><meta charset=utf-8><title>Map</title>"
    f'<link rel=icon href="{Assets().address("track.svg")}">'
    f'<link rel=stylesheet href="{Assets().address("leaflet.css")}">'
    f'<link rel=stylesheet href="{Assets().address("hyway-map.css")}">'
    f'<link rel=stylesheet href="{Assets().address("track.css")}">'
    "<body><div class=stage><div id=map class=map></div></div></body></html>"
).encode()


@contextlib.asynccontextmanager
async def serving(stage: Stage) -> AsyncIterator[Stage]:
    """The stage on a free port of 127.0.0.1."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Server(stage, address="127.0.0.1", port=port, interface=Interfaces.ASGI, log_enabled=False)
    task = asyncio.create_task(server.serve())
    stage.base = f"http://127.0.0.1:{port}"
    await _is_up(port)
    yield stage
    stage.drop()
    server.stop()
    await task


async def _is_up(port: int) -> None:
    async with asyncio.timeout(10):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
                continue
            writer.close()
            return
