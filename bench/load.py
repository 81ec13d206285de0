"""The tools that make load: wrk, and nginx as its peer. Both are programs of the system, and may be missing."""

import contextlib
import json
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.server import free_port

BROWSER = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
)
_REPORT = """
function done(summary, latency, requests)
  io.write(string.format(
    '\\n{"requests":%d,"micros":%d,"errors":%d,"refused":%d,"p50":%d,"p99":%d}\\n',
    summary.requests, summary.duration,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
    summary.errors.status, latency:percentile(50), latency:percentile(99)))
end
"""


@dataclass(frozen=True, slots=True)
class Load:
    """One round: answers in all and a second, latencies in milliseconds; `wrong` had a status of 400 and more."""

    requests: int
    rate: float
    p50: float
    p99: float
    errors: int
    wrong: int


def found(name: str) -> str | None:
    """Where a program of the system is."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin:/sbin")


class Wrk:
    """wrk with a script that reports in figures."""

    def __init__(self, folder: Path, connections: int = 64, threads: int = 2) -> None:
        self.folder = folder
        self._program = found("wrk")
        self._shape = [f"-t{threads}", f"-c{connections}"]

    @property
    def missing(self) -> bool:
        return self._program is None

    def run(self, url: str, seconds: int, headers: Sequence[str] = (), script: str = "") -> Load:
        """One round against `url`; `script` is Lua that makes the requests."""
        path = self.folder / "load.lua"
        path.write_text(script + _REPORT)
        sent = [word for header in headers for word in ("-H", header)]
        command = [
            str(self._program),
            *self._shape,
            f"-d{seconds}s",
            "--latency",
            *sent,
            "-s",
            str(path),
            url,
        ]
        out = subprocess.run(command, capture_output=True, text=True, check=True, timeout=seconds + 30).stdout
        told = json.loads(out.strip().splitlines()[-1])
        rate = told["requests"] / (told["micros"] / 1e6)
        return Load(
            told["requests"], rate, told["p50"] / 1e3, told["p99"] / 1e3, told["errors"], told["refused"]
        )


@contextlib.contextmanager
def nginx(folder: Path) -> Iterator[str | None]:
    """The URL of an nginx that answers everything with a 302; None where there is no nginx."""
    program = found("nginx")
    if program is None:
        yield None
        return
    port = free_port()
    config = folder / "nginx.conf"
    config.write_text(
        f"daemon off; worker_processes 2; pid {folder}/nginx.pid; error_log {folder}/nginx.log;\n"
        "events { worker_connections 1024; }\n"
        f"http {{ access_log off; client_body_temp_path {folder}/nb; proxy_temp_path {folder}/np;\n"
        f"  fastcgi_temp_path {folder}/nf; uwsgi_temp_path {folder}/nu; scgi_temp_path {folder}/ns;\n"
        f"  server {{ listen 127.0.0.1:{port}; location / {{ return 302 https://example.com/; }} }} }}\n"
    )
    process = subprocess.Popen([program, "-p", str(folder), "-c", str(config)], stderr=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}/"
        _wait(url)
        yield url
    finally:
        process.terminate()
        process.wait(10)


def _wait(url: str) -> None:
    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: object) -> None:
            return None

    opener = urllib.request.build_opener(Stay)
    for _ in range(100):
        try:
            opener.open(url, timeout=1)
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("nginx did not start")
