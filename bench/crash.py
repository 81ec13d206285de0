"""`kill -9` during the load: every click whose visitor got an answer is there after the restart, and none twice."""

import asyncio
import random
import sqlite3
import time
from contextlib import closing

from bench.agents import USER_AGENTS
from bench.ground import Ground, prepare
from bench.redirect import CONNECTIONS
from bench.report import Figure, Run, spread
from bench.server import Server, folder

CLAIM = "crash"
_LINKS = 50
_SECONDS = 1.5
_ID = b"hoko_id="


def measure(run: Run) -> list[Figure]:
    """Load, kill -9, restart, comparison, three times over one data folder."""
    lost = twice = unheard = 0
    acknowledged: list[int] = []
    back: list[float] = []
    with folder() as path:
        ground = prepare(path / "data", [f"c{i}" for i in range(_LINKS)])
        server = Server(ground.data)
        before: set[str] = set()
        try:
            server.start()
            for _ in range(2 if run.quick else 3):
                heard = asyncio.run(_load_then_kill(server))
                began = time.monotonic()
                server.start()
                back.append(time.monotonic() - began)
                stored = _stored(ground)
                lost += len([id for id in heard if id not in stored])
                twice += sum(count - 1 for count in stored.values())
                unheard += len(stored.keys() - before - set(heard))
                acknowledged.append(len(heard))
                before = set(stored)
        finally:
            server.stop()
    told = f"{lost} lost, {twice} twice, of {sum(acknowledged):,} acknowledged"
    rounds = len(acknowledged)
    return [
        Figure(
            CLAIM,
            f"clicks after {rounds} x kill -9",
            told,
            "none lost, none twice",
            "",
            not lost and not twice,
        ),
        Figure(
            CLAIM,
            "stored, answer not received",
            f"{unheard:,}",
            f"<= {CONNECTIONS} a kill",
            "",
            unheard <= CONNECTIONS * rounds,
        ),
        Figure(CLAIM, "until ready again", spread(back, "{:.1f}", " s")),
    ]


async def _load_then_kill(server: Server) -> list[str]:
    """The ids that visitors were sent on with, until the server is killed under them."""
    heard: list[str] = []
    visitors = [asyncio.create_task(_visit(server.port, at, heard)) for at in range(CONNECTIONS)]
    await asyncio.sleep(_SECONDS)
    server.kill()
    await asyncio.wait(visitors, timeout=10)
    for each in visitors:
        each.cancel()
    return heard


async def _visit(port: int, seed: int, heard: list[str]) -> None:
    """One visitor after another on one connection; ends when it breaks."""
    dice = random.Random(seed)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        while True:
            address = ".".join(str(dice.randint(1, 254)) for _ in range(4))
            writer.write(
                f"GET /c{dice.randrange(_LINKS)} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
                f"User-Agent: {dice.choice(USER_AGENTS)}\r\nX-Forwarded-For: {address}\r\n\r\n".encode()
            )
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 302"):
                raise RuntimeError(f"no redirect: {head[:100]!r}")
            heard.append(head.partition(_ID)[2][:36].decode())
    except (ConnectionError, asyncio.IncompleteReadError):
        pass  # this is the kill
    finally:
        writer.close()


def _stored(ground: Ground) -> dict[str, int]:
    """How often each click is stored, by id."""
    with closing(sqlite3.connect(ground.file)) as connection:
        return dict(connection.execute("SELECT id, count(*) FROM clicks GROUP BY id").fetchall())
