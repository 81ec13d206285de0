"""`kill -9` during ingest: what was acknowledged is there after the restart, once."""

import asyncio
from pathlib import Path

from bench.ingest import Phones, again, doubles, load_then_kill, prepare
from bench.server import Server


def test_what_was_acknowledged_survives_a_kill(tmp_path: Path):
    fleet = prepare(tmp_path / "data", 16)
    server = Server(fleet.data)
    phones = Phones(fleet, server.port)
    try:
        server.start()
        heard = asyncio.run(load_then_kill(server, phones, 0.5, 600))
        assert heard
        server.start()
        sent = asyncio.run(again(server.port, heard))
    finally:
        server.stop()
    assert sent.wrong == 0
    assert doubles(fleet) == 0
