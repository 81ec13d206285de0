"""From a position's sending to the pages that follow it: 200 watchers, 50 couriers who move once a second."""

import asyncio
import contextlib
import json
import os
import shutil
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx
from playwright.async_api import async_playwright

from bench.ground import settings
from bench.report import Figure, Run, percentile
from bench.server import folder, serving
from hyway import main
from hyway.domain import identity, tracking
from hyway.domain.identity import NewKey
from hyway.domain.tracking import ActionWish, Spot, UserChange
from hyway.kernel.db import Write

CLAIM = "follow"
_USERS, _WATCHERS = 50, 200
_BAR = 1_000.0  # milliseconds
_SLOW = 3
"""The courier whom the browser watches moves once in so many seconds: his marker comes to rest in between."""


@dataclass(slots=True)
class Fleet:
    """Who moves, with the code of the link that follows each."""

    key: str
    users: list[str]
    codes: list[str]
    sent: dict[tuple[str, str], float] = field(default_factory=dict)
    """When a position was handed to the network, by code and time."""
    took: list[float] = field(default_factory=list)
    posts: list[float] = field(default_factory=list)


def measure(run: Run) -> list[Figure]:
    """A courier's position until the customers' pages have it, 200 of them watching."""
    with folder() as data:
        fleet = _prepare(data)
        with serving(data) as server:
            seconds = 15 if run.quick else 40
            seen = asyncio.run(_follow(fleet, server.url, seconds))
    limit = percentile(fleet.posts, 0.95)
    p95 = percentile(fleet.took, 0.95)
    what = f"position to stream, {_WATCHERS} watching, {_USERS} moving, {len(fleet.took):,} frames"
    told = f"p50 {percentile(fleet.took, 0.5):.0f} ms, p95 {p95:.0f} ms"
    ratio = f"{p95 / limit:.1f} of its own POST ({limit:.0f} ms p95)"
    figures = [Figure(CLAIM, what, told, f"p95 {_BAR:.0f} ms", ratio, p95 < _BAR)]
    if seen:
        shown = percentile(seen, 0.95)
        text = f"p50 {percentile(seen, 0.5):.0f} ms, p95 {shown:.0f} ms"
        met = shown < _BAR
        what = f"position to the marker in Chromium, {len(seen)} moves"
        figures.append(
            Figure(CLAIM, what, text, f"p95 {_BAR:.0f} ms", f"{shown / p95:.1f} of the stream", met)
        )
    return figures


def _prepare(data: Path) -> Fleet:
    chosen = settings(data)
    main.prepare(chosen)
    db = main.open_database(chosen, threads=1)
    try:
        return db.write_now(_fill)
    finally:
        db.close()


def _fill(w: Write) -> Fleet:
    by = identity.command_line(identity.found_organization(w, "Fleet"))
    key = identity.issue_key(w, by, NewKey("hypertrack", "Phones"))
    fleet = Fleet(key.secret, [], [])
    for at in range(_USERS):
        user, _ = tracking.users.create(w, by, UserChange(name=f"Van {at}"))
        place = {"location": Spot(45.4 + at * 0.01, 14.0)}
        wish = ActionWish(user_id=user.id, type="delivery", expected_place=place)
        fleet.users.append(user.id)
        fleet.codes.append(tracking.actions.create(w, by, wish).action.short_code)
    return fleet


async def _follow(fleet: Fleet, url: str, seconds: int) -> list[float]:
    """Runs the drive; how long the browser's marker took, if there is a browser."""
    limits = httpx.Limits(max_connections=_WATCHERS + _USERS + 10)
    async with httpx.AsyncClient(base_url=url, limits=limits, timeout=30) as http:
        watching = [asyncio.create_task(_watch(http, fleet, i)) for i in range(_WATCHERS)]
        await asyncio.sleep(2)
        browsing = asyncio.create_task(_browse(fleet, url, seconds))
        await asyncio.gather(*(_drive(http, fleet, at, seconds) for at in range(_USERS)))
        seen = await browsing
        for task in watching:
            task.cancel()
        for said in await asyncio.gather(*watching, return_exceptions=True):
            if isinstance(said, Exception):
                raise said
    return seen


async def _watch(http: httpx.AsyncClient, fleet: Fleet, at: int) -> None:
    """One customer, at home somewhere: an address may open only so many streams."""
    code, home = fleet.codes[at % _USERS], {"X-Forwarded-For": f"203.0.113.{at}"}
    async with http.stream("GET", f"/api/v1/stream/track/{code}/", headers=home) as answer:
        answer.raise_for_status()
        event = ""
        async for line in answer.aiter_lines():
            if line.startswith("event: "):
                event = line[7:]
            elif line.startswith("data: ") and event == "location":
                sent = fleet.sent.get((code, json.loads(line[6:])["location"]["recorded_at"]))
                if sent is not None:
                    fleet.took.append((time.perf_counter() - sent) * 1000)


async def _drive(http: httpx.AsyncClient, fleet: Fleet, at: int, seconds: int) -> None:
    every = _SLOW if at == 0 else 1
    await asyncio.sleep(at / _USERS)
    for step in range(0, seconds, every):
        began = time.perf_counter()
        await _post(http, fleet, at, step)
        await asyncio.sleep(max(0.0, every - (time.perf_counter() - began)))


async def _post(http: httpx.AsyncClient, fleet: Fleet, at: int, step: int) -> None:
    moment = datetime.now(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")
    # The one in the browser moves by some pixels of its map: a step below one moves no marker.
    stride = 1e-4 if at else 4e-4
    point = {"type": "Point", "coordinates": [14.0, 45.3 + at * 0.01 + step * stride]}
    body = [{"geojson": point, "accuracy": 8.0, "speed": 11.0, "recorded_at": moment}]
    began = fleet.sent[fleet.codes[at], moment] = time.perf_counter()
    answer = await http.post(
        f"/api/v1/users/{fleet.users[at]}/locations/",
        json=body,
        headers={"Authorization": f"token {fleet.key}"},
    )
    answer.raise_for_status()
    fleet.posts.append((time.perf_counter() - began) * 1000)


async def _browse(fleet: Fleet, url: str, seconds: int) -> list[float]:
    """A real page on the first courier's link: when its marker sets out after each position."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        return []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        with contextlib.suppress(TimeoutError):
            page = await browser.new_page()
            await page.goto(f"{url}/track/{fleet.codes[0]}")
            await page.wait_for_selector(_MARKER, timeout=10_000)
            await page.evaluate(_NOTE_MOVES)
            start = time.perf_counter() - time.time()
            await asyncio.sleep(max(1, seconds - 6))
            moves = [each / 1000 + start for each in await page.evaluate("window.moves")]
            await browser.close()
            return _delays(fleet, moves)
        await browser.close()
    return []


_MARKER = ".hy-user"
_NOTE_MOVES = """() => {
  window.moves = [];
  const marker = document.querySelector(".hy-user");
  const pane = marker.closest(".leaflet-marker-icon") ?? marker;
  new MutationObserver(() => window.moves.push(Date.now())).observe(pane, {attributes: true});
}"""


def _delays(fleet: Fleet, moves: list[float]) -> list[float]:
    """Milliseconds from each sending to the first move of the marker after it."""
    sent = sorted(when for (code, _), when in fleet.sent.items() if code == fleet.codes[0])
    first = moves[0] if moves else 0.0
    found = [next((move - when for move in moves if move >= when), None) for when in sent if when > first]
    return [each * 1000 for each in found if each is not None]
