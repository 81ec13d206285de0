"""A real server process on a fresh data folder, as `hyway serve` runs it; always stopped again."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

_READY_SECONDS = 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """One Hyway over one data folder. `cores` binds it to those processors; `before` is Python that it runs first."""

    def __init__(self, data: Path, cores: Sequence[int] = (), before: str = "") -> None:
        self.data = data
        self._before = before
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._cores = frozenset(cores)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None, "the server does not run"
        return self._process.pid

    def start(self) -> None:
        """Returns when the server is ready."""
        log = (self.data / "server.log").open("ab")
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-c",
                self._before + _HYWAY,
                "serve",
                "--port",
                str(self.port),
                "--data",
                str(self.data),
            ],
            stdout=log,
            stderr=log,
            env=environment(),
        )
        log.close()
        if self._cores:
            os.sched_setaffinity(self._process.pid, self._cores)
        self._wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + _READY_SECONDS
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                break
            if self._ready():
                return
            time.sleep(0.1)
        raise RuntimeError("the server did not start:\n" + (self.data / "server.log").read_text()[-2000:])

    def _ready(self) -> bool:
        try:
            with urllib.request.urlopen(self.url + "/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False  # not yet

    def kill(self) -> None:
        """As a power cut would end the process."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, number: int) -> None:
        if self._process is None:
            return
        self._process.send_signal(number)
        try:
            self._process.wait(40)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def memory(self) -> dict[str, float]:
        """Megabytes by the kernel's names: VmRSS, RssAnon, RssFile, VmHWM."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        pairs = (
            line.split(":") for line in lines if line.startswith(("VmRSS", "RssAnon", "RssFile", "VmHWM"))
        )
        return {name: int(value.split()[0]) / 1024 for name, value in pairs}

    def worked(self) -> float:
        """Seconds of a processor that it has taken so far."""
        took = 0
        for thread in Path(f"/proc/{self.pid}/task").iterdir():
            # To the nanosecond: the process's own figures go by hundredths of a second.
            with contextlib.suppress(FileNotFoundError):
                took += int((thread / "schedstat").read_text().split()[0])
        return took / 1e9

    def forget_peak(self) -> None:
        """Lets VmHWM begin anew at what is resident now."""
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")


_HYWAY = "from hyway.cli import main; main()"


def environment() -> dict[str, str]:
    """Nothing of whoever measures but the path; forwarded addresses are believed on loopback."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return {**kept, "HYWAY_TRUSTED_PROXIES": "127.0.0.1", "HYWAY_LOG": "json"}


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """A temporary folder, gone afterwards."""
    path = Path(tempfile.mkdtemp(prefix="hyway-bench-"))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextlib.contextmanager
def serving(data: Path, cores: Sequence[int] = (), before: str = "") -> Iterator[Server]:
    """A running server over a prepared folder."""
    server = Server(data, cores, before)
    try:
        server.start()
        yield server
    finally:
        server.stop()
