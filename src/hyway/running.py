"""The server as a process, or several: it listens, answers until it is asked to end, and ends in order."""

import asyncio
import contextlib
import ctypes
import logging
import os
import signal
import socket
import sys
from functools import partial
from typing import Any

import uvloop
from granian.constants import HTTPModes, Interfaces, Loops
from granian.errors import FatalError
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import MPServer
from granian.server.embed import Server

from hyway import observe
from hyway.front import Front
from hyway.kernel.faults import Fault, Invalid
from hyway.main import build
from hyway.settings import Settings

log = logging.getLogger(__name__)

BACKLOG = 2048
BACKPRESSURE = 4096  # requests at work at a time; more wait in their connections
HEAD_MILLISECONDS = 30_000
GRACE_SECONDS = 25.0  # what supervises servers commonly kills 30 seconds after it asked


def check_port(host: str, port: int) -> None:
    """Invalid if the address cannot be listened on: the server would share a taken port in silence."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            why = os.strerror(error.errno) if error.errno else str(error)
            text = "{port} on {host} cannot be listened on ({why}); is another server running?"
            raise Invalid("port", text, port=port, host=host, why=why.lower()) from None


def serve(settings: Settings, host: str, port: int, workers: int = 1) -> int:
    """Serves until SIGTERM or SIGINT, answers who is waiting, stops the parts; gives the exit code."""
    if workers > 1 and settings.is_sqlite:
        text = "must be 1 with SQLite: one process writes the file; use PostgreSQL for more"
        raise Invalid("workers", text)
    check_port(host, port)
    if workers > 1:
        return _serve_many(settings, host, port, workers)
    return uvloop.run(_serve_here(settings, host, port))


_HTTP1 = HTTP1Settings(keep_alive=True, header_read_timeout=HEAD_MILLISECONDS, pipeline_flush=True)
# The server's own lines go where all others go, and only those that tell of an accident.
_LOGGING: dict[str, Any] = {"loggers": {}, "handlers": {}, "formatters": {}}


async def _serve_here(settings: Settings, host: str, port: int) -> int:
    front = build(settings)
    server = Server(
        front,
        host,
        port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        websockets=True,
        backlog=BACKLOG,
        backpressure=BACKPRESSURE,
        http1_settings=_HTTP1,
        log_level=LogLevels.error,
        log_dictconfig=_LOGGING,
        log_access=False,
    )
    observe.logs(settings.log_format)
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _ask, asked, number)
    serving = asyncio.ensure_future(server.serve())
    asking = asyncio.ensure_future(asked.wait())
    await asyncio.wait((serving, asking), return_when=asyncio.FIRST_COMPLETED)
    asking.cancel()
    front.hush()
    server.stop()  # type: ignore[no-untyped-call]
    return await _drained(serving, front, asked.is_set())


def _ask(asked: asyncio.Event, number: int) -> None:
    """The first signal asks to finish; the second one is obeyed at once."""
    log.info("finishing what is being answered, then stopping")
    asked.set()
    asyncio.get_running_loop().remove_signal_handler(number)


async def _drained(serving: "asyncio.Future[None]", front: Front, wanted: bool) -> int:
    """Waits for requests at work; whoever takes longer than the grace is left, but no part stops unheard."""
    done, _ = await asyncio.wait((serving,), timeout=GRACE_SECONDS)
    if not done:
        log.warning("some requests were still running after %d seconds and were broken off", GRACE_SECONDS)
        await front.stop()
        serving.cancel()
        return 0
    try:
        serving.result()
    except FatalError:
        return 1  # the front door has said why
    return 0 if wanted else 1


def _serve_many(settings: Settings, host: str, port: int, workers: int) -> int:
    server = MPServer(
        "hyway",
        host,
        port,
        interface=Interfaces.ASGI,
        workers=workers,
        loop=Loops.uvloop,
        http=HTTPModes.http1,
        websockets=True,
        backlog=BACKLOG,
        backpressure=BACKPRESSURE,
        http1_settings=_HTTP1,
        log_level=LogLevels.error,
        log_dictconfig=_LOGGING,
        log_access=False,
        respawn_failed_workers=True,
        workers_kill_timeout=int(GRACE_SECONDS),
    )
    observe.logs(settings.log_format)
    server.serve(target_loader=partial(_in_child, settings, os.getpid()), wrap_loader=False)
    return 0


def _in_child(settings: Settings, parent: int) -> Front:
    """What each of several processes runs."""
    observe.logs(settings.log_format)
    _die_with(parent)
    return build(settings)


def _die_with(parent: int) -> None:
    """Asks Linux to stop this process when its parent is killed; elsewhere it would go on without one."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        with contextlib.suppress(OSError):
            ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)
        if os.getppid() != parent:
            raise Fault("the server that started this process is gone")


__all__ = ["check_port", "serve"]
