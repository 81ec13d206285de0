"""A real Caddy in front of a real server: certificates for verified domains, as docs/operations.md sets it up."""

import contextlib
import re
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from hyway.domain import identity, links
from hyway.domain.links import Finding, LinkChange, NewDomain
from hyway.kernel.db import Database
from hyway.kernel.outgoing import Outgoing, Unreachable
from hyway.main import open_database, prepare
from hyway.settings import Settings
from tests.make.running import free_port, serving

CADDY = Path(sys.executable).with_name("caddy")
PAGE = Path(__file__).parents[2] / "docs" / "operations.md"
NAME = "go.brand.example"
OWN = "links.example.com"


class Front(NamedTuple):
    port: int
    trust: ssl.SSLContext


@contextlib.contextmanager
def caddy(folder: Path, server: str) -> Iterator[Front]:
    """Caddy as the page sets it up, with certificates of its own making, on ports that are free."""
    found = re.search(r"<!-- caddy -->\n```text\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert found
    https, store = free_port(), folder / "store"
    here = (
        f"{{\n\tadmin off\n\thttp_port {free_port()}\n\thttps_port {https}\n\tdefault_bind 127.0.0.1\n"
        f"\tauto_https disable_redirects\n\tlocal_certs\n\tskip_install_trust\n\tstorage file_system {store}\n"
    )
    text = found[1].replace("127.0.0.1:8000", server.removeprefix("http://")).replace("{\n", here, 1)
    file = folder / "Caddyfile"
    file.write_text(text)
    words: list[str | Path] = [CADDY, "run", "--config", file, "--adapter", "caddyfile"]
    with (folder / "caddy.log").open("w") as log:
        process = subprocess.Popen(words, stdout=log, stderr=log, env={"HOME": str(folder)})
    try:
        root = store / "pki" / "authorities" / "local" / "root.crt"
        _await(process, root, https)
        yield Front(https, ssl.create_default_context(cafile=str(root)))
    finally:
        process.terminate()
        process.wait(20)


def _await(process: "subprocess.Popen[bytes]", root: Path, port: int) -> None:
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        if root.exists():
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                return
        time.sleep(0.05)
    raise RuntimeError("Caddy did not start")


def get(front: Front, name: str, path: str) -> httpx.Response:
    """What somebody gets who looks at the name, which leads to this Caddy."""
    at = f"https://127.0.0.1:{front.port}{path}"
    with httpx.Client(verify=front.trust, trust_env=False) as client:
        return client.get(at, headers={"host": name}, extensions={"sni_hostname": name}, timeout=30)


def _await_certificate(front: Front) -> None:
    """The other process hears of the change a moment later."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.ConnectError):
            get(front, NAME, "/")
            return
        time.sleep(0.1)
    raise AssertionError("no certificate was had")


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    """Of the server that is to be started in the folder `data`."""
    settings = Settings.read({}, tmp_path / "data")
    prepare(settings)
    made = open_database(settings)
    yield made
    made.close()


def test_certificates_for_verified_domains_alone(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    by = identity.command_line(db.write_now(identity.found_organization, "Brand"))
    domain = db.write_now(links.domains.create, by, NewDomain(NAME))
    (shelf,) = db.write_now(links.put_on_shelf, by, links.COLLECTIONS, [{"name": "Links"}])
    out, real = Outgoing(lambda _: True), socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda _, *more, **words: real("127.0.0.1", *more, **words))
    with (
        serving(tmp_path / "data", HYWAY_PUBLIC_URL=f"https://{OWN}") as server,
        caddy(tmp_path, server.url) as front,
    ):
        out._tls = front.trust
        with pytest.raises(httpx.ConnectError):
            get(front, NAME, "/abc")
        with pytest.raises(Unreachable):
            out.secured(NAME, front.port)
        db.write_now(links.domains.settle, by, domain.seq, Finding(True, None, "The record is there."))
        made = LinkChange(
            url="https://example.com/", collection_id=shelf.id, short_id="abc", domain=domain.seq
        )
        db.write_now(links.put, by, [made])
        _await_certificate(front)
        answer = get(front, NAME, "/abc")
        assert answer.status_code == 302
        assert answer.headers["location"].startswith("https://example.com/?hoko_id=")
        out.secured(NAME, front.port)
        assert "leads nowhere" in get(front, NAME, "/console/sign-in").text
        assert get(front, OWN, "/abc").status_code == 404
        assert get(front, OWN, "/console/sign-in").status_code == 200
        with pytest.raises(httpx.ConnectError):
            get(front, "nobody.example", "/")
