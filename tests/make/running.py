"""The real `hyway` command, run as people run it."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx

HYWAY = Path(sys.executable).with_name("hyway")
START_SECONDS, STOP_SECONDS = 90.0, 30.0


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def environment(**more: str) -> dict[str, str]:
    """The tests' own settings and nobody else's."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HYWAY_")}
    return {**kept, **more}


def hyway(
    *words: object, data: Path, input: str | None = None, **more: str
) -> subprocess.CompletedProcess[str]:
    """One command, to its end."""
    return subprocess.run(
        [HYWAY, *map(str, words), "--data", data],
        capture_output=True, text=True, input=input, env=environment(**more), timeout=100,
    )  # fmt: skip


@dataclass
class Running:
    """A server in a process of its own; `said` is what it printed before it served."""

    process: subprocess.Popen[str]
    url: str
    log: Path
    out: Path

    @property
    def said(self) -> str:
        return self.out.read_text()

    def stop(self, number: int = signal.SIGTERM) -> int:
        """The exit code."""
        self.process.send_signal(number)
        return self.process.wait(STOP_SECONDS)


@contextlib.contextmanager
def serving(data: Path, *words: str, **more: str) -> Iterator[Running]:
    """`hyway up` (or what `words` say) on a free port, ready; ended afterwards."""
    with serving_at(free_port(), data, *words, **more) as made:
        yield made


@contextlib.contextmanager
def serving_at(port: int, data: Path, /, *words: str, **more: str) -> Iterator[Running]:
    """The same on that port."""
    out, log = data.with_suffix(".out"), data.with_suffix(".log")
    with out.open("w") as said, log.open("w") as told:
        process = subprocess.Popen(
            [HYWAY, *(words or ("up",)), "--port", str(port), "--data", data],
            stdout=said, stderr=told, text=True, env=environment(**more),
        )  # fmt: skip
    made = Running(process, f"http://127.0.0.1:{port}", log, out)
    try:
        _await_ready(made)
        yield made
    finally:
        if process.poll() is None:
            made.stop(signal.SIGKILL)


def _await_ready(server: Running) -> None:
    deadline = time.monotonic() + START_SECONDS
    while server.process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(server.url + "/readyz").status_code == 200:
                return
        time.sleep(0.1)
    raise RuntimeError(f"the server did not start:\n{server.log.read_text()}")
