"""How vendors are asked, each by its own client: where that may lead, how often, and what is said without it."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from hyway.domain.connections import Declined, Reach, Unclear
from hyway.domain.connections.vendor import Vendor
from hyway.kernel.outgoing import Answer
from hyway.providers import ways
from hyway.providers.aws import provider as aws
from hyway.providers.azure import provider as azure
from hyway.providers.cloudflare import provider as cloudflare
from hyway.providers.github import provider as github
from hyway.providers.google import provider as google
from hyway.providers.incident_io import provider as incident_io
from hyway.providers.new_relic import provider as new_relic
from hyway.providers.npm import provider as npm
from hyway.providers.slack import provider as slack
from tests.make import tls
from tests.make.loopback import Reply, Request, serving
from tests.providers.test_aws import KEYS
from tests.providers.test_azure import CONFIG as AZURE
from tests.providers.test_cloudflare import CONFIG as CLOUDFLARE
from tests.providers.test_google import config as google_config
from tests.providers.wires.github import TOKEN as GITHUB_TOKEN
from tests.providers.wires.rosters import IncidentIo, NewRelic, Npm
from tests.providers.wires.slack import TOKEN as SLACK_TOKEN

Config = Callable[[], dict[str, Any]]
VENDORS: dict[str, tuple[Any, Config]] = {
    "aws": (aws, lambda: dict(KEYS)),
    "azure": (azure, lambda: dict(AZURE)),
    "cloudflare": (cloudflare, lambda: dict(CLOUDFLARE)),
    "github": (github, lambda: {"organization": "acme", "token": GITHUB_TOKEN}),
    "google": (google, google_config),
    "incident.io": (incident_io, lambda: {"apiKey": IncidentIo.KEY}),
    "new relic": (new_relic, lambda: {"apiKey": NewRelic.KEY}),
    "npm": (npm, lambda: {"registry": "https://x.example", "organization": "acme", "token": Npm.TOKEN}),
    "slack": (slack, lambda: {"botToken": SLACK_TOKEN}),
}
CLIENTS = {
    "aws": ("boto3", "botocore"),
    "azure": ("azure.identity", "azure.core", "azure.mgmt.dns"),
    "cloudflare": ("cloudflare",),
    "github": ("github",),
    "google": ("google.oauth2", "google.auth"),
    "slack": ("slack_sdk",),
}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@dataclass
class Two:
    """A vendor that answers `reply`, and a place that nobody is to come to; `calls` are the requests of each."""

    address: str
    elsewhere: str
    reply: Reply
    calls: list[str]
    visits: list[Request]


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    folder = tmp_path_factory.mktemp("two")
    made = Two("", "", (500, {}, b""), [], [])

    def asked(request: Request) -> Reply:
        made.calls.append(f"{request.method} {request.path}")
        return made.reply

    def visited(request: Request) -> Reply:
        made.visits.append(request)
        return 200, {"Content-Type": "application/json"}, b"{}"

    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        port = stack.enter_context(serving(asked, METHODS, "HTTP/1.1", tls.context(folder)))
        other = stack.enter_context(serving(visited, (*METHODS, "CONNECT"), "HTTP/1.1"))
        patch.setenv("SSL_CERT_FILE", str(folder / "cert.pem"))
        ways.outgoing.cache_clear()
        made.address, made.elsewhere = f"https://127.0.0.1:{port}", f"http://127.0.0.1:{other}"
        yield made
    ways.outgoing.cache_clear()


@pytest.fixture
def vendor(two: Two) -> Two:
    two.calls.clear()
    two.visits.clear()
    return two


@pytest.mark.parametrize("name", VENDORS)
def test_a_vendor_whose_name_leads_inside_is_not_asked(name: str, monkeypatch: pytest.MonkeyPatch):
    """Whatever the vendor's name resolves to; where the operator lets it, it is asked there."""
    provider, config = VENDORS[name]
    asked: list[str] = []

    def inside(host: str, port: int, *args: Any, **more: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 9))]

    monkeypatch.setattr(socket, "getaddrinfo", inside)
    with pytest.raises(Unclear, match="address that is not public"):
        provider.check(Reach(config(), seconds=20.0))
    assert len(asked) == 1
    with pytest.raises(Unclear, match="refused"):
        provider.check(Reach(config(), seconds=20.0, anywhere=True))


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize("name", VENDORS)
def test_nobody_is_led_elsewhere(vendor: Two, name: str, status: int):
    provider, config = VENDORS[name]
    vendor.reply = (status, {"Location": f"{vendor.elsewhere}/latest/meta-data/"}, b"")
    with pytest.raises(Unclear, match=f"makes no sense: status {status}"):
        provider.check(Reach(config(), vendor.address, 20.0))
    assert (len(vendor.calls), vendor.visits) == (1, [])


@pytest.mark.parametrize("name", VENDORS)
def test_a_vendor_that_says_when_is_taken_at_its_word(vendor: Two, name: str):
    provider, config = VENDORS[name]
    vendor.reply = (429, {"Retry-After": "40", "Content-Type": "application/json"}, b"{}")
    began = time.monotonic()
    with pytest.raises(Unclear, match="asks to be left alone for 40 seconds") as why:
        Vendor(provider, Reach(config(), vendor.address, 20.0)).check()
    assert why.value.after == 40
    assert len(vendor.calls) == 1
    assert time.monotonic() - began < 30


@pytest.mark.parametrize("name", VENDORS)
def test_what_is_in_the_environment_is_nobodys_business(
    vendor: Two, name: str, monkeypatch: pytest.MonkeyPatch
):
    """Neither a proxy nor the operator's own credentials."""
    for variable in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(variable, vendor.elsewhere)
    for variable in ("AWS_ENDPOINT_URL", "CLOUDFLARE_BASE_URL"):
        monkeypatch.setenv(variable, vendor.elsewhere)
    for variable in ("CLOUDFLARE_API_KEY", "CLOUDFLARE_EMAIL", "AWS_SESSION_TOKEN", "CLOUDFLARE_API_TOKEN"):
        monkeypatch.setenv(variable, "of-the-operator")
    provider, config = VENDORS[name]
    vendor.reply = (500, {}, b"")
    with pytest.raises(Unclear):
        provider.check(Reach(config(), vendor.address, 20.0))
    assert (len(vendor.calls), vendor.visits) == (1, [])


def test_an_operators_own_credentials_are_not_told_to_a_vendor(vendor: Two, monkeypatch: pytest.MonkeyPatch):
    heads: list[str] = []
    for variable in ("CLOUDFLARE_API_KEY", "CLOUDFLARE_EMAIL", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(variable, "of-the-operator")

    def asked(request: Request) -> Reply:
        heads.append(str(request.headers))
        return 500, {}, b""

    with serving(asked, METHODS) as port:
        for name in ("aws", "cloudflare"):
            provider, config = VENDORS[name]
            with pytest.raises(Unclear):
                provider.check(Reach(config(), f"http://127.0.0.1:{port}", 20.0))
    assert len(heads) == 2
    assert not any("of-the-operator" in head for head in heads)


@pytest.mark.parametrize("name", CLIENTS)
def test_without_its_client_a_vendor_is_declined_in_words(name: str, monkeypatch: pytest.MonkeyPatch):
    for module in CLIENTS[name]:
        for known in [each for each in sys.modules if each == module or each.startswith(f"{module}.")]:
            monkeypatch.delitem(sys.modules, known)
        monkeypatch.setitem(sys.modules, module, None)
    provider, config = VENDORS[name]
    with pytest.raises(Declined, match=rf"has not the package that \w+ needs: hyway\[{name}\]"):
        provider.check(Reach(config(), "https://127.0.0.1:9", 2.0))


_BARE = """
import sys
for name in ("boto3", "botocore", "azure", "cloudflare", "github", "slack_sdk", "google"):
    sys.modules[name] = None
import hyway.main
from hyway.domain import connections
known = connections.registry.load({})
print(len(known.types), all(known.entry(each).fields for each in known.types))
"""


def test_a_server_without_any_client_starts_with_the_whole_catalogue():
    done = subprocess.run(
        [sys.executable, "-c", _BARE],
        capture_output=True,
        text=True,
        timeout=300,
        cwd=Path.cwd(),
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout.strip() == "9 True"


def _told(status: int, **headers: str) -> float:
    return ways.patience(
        Answer(status, {name.replace("_", "-"): text for name, text in headers.items()}, b"")
    )


def test_when_to_come_again_is_told_in_three_ways():
    soon = datetime.now(UTC) + timedelta(seconds=90)
    assert 80 < _told(503, retry_after=format_datetime(soon, usegmt=True)) <= 90
    assert _told(429, retry_after="7") == 7
    reset = str(int(time.time()) + 120)
    assert 110 < _told(403, x_ratelimit_remaining="0", x_ratelimit_reset=reset) <= 120


def test_nobody_is_waited_for_without_end_or_without_a_reason():
    assert _told(429, retry_after="99999999999999999999") == 3600
    assert _told(429, retry_after="0") == 1
    assert _told(429, retry_after=format_datetime(datetime.now(UTC) - timedelta(days=1), usegmt=True)) == 1
    for text in ("", "soon", "-5", "1e3", "٣", "Mon, 99 Foo"):
        assert _told(429, retry_after=text) == 0
    assert _told(403, x_ratelimit_remaining="0", x_ratelimit_reset="never") == 0
    assert _told(403, x_ratelimit_remaining="12", x_ratelimit_reset="9999999999") == 0
    assert _told(200, retry_after="7") == 0
