"""Pictures against a server in a process of its own: what it refuses, how much it takes, what it shows."""

import re
import resource
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.make import pictures
from tests.make.running import Running, hyway, serving

MB = 1024 * 1024


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="hyway-pictures-") as folder:
        yield Path(folder) / "data"


@pytest.fixture(scope="module")
def server(data: Path) -> Iterator[Running]:
    with serving(data) as made:
        yield made


@pytest.fixture(scope="module")
def http(server: Running, data: Path) -> Iterator[httpx.Client]:
    made = hyway("key", "hypemarket", "--permission", "write", data=data)
    assert made.returncode == 0, made.stderr
    headers = {"Authorization": f"Bearer {made.stdout.strip()}", "Accept": "application/json"}
    with httpx.Client(base_url=server.url, headers=headers, timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
def place(http: httpx.Client) -> str:
    """The organization's address."""
    return f"/organizations/{http.get('/organizations.json').json()[0]['id']}.json"


def send(http: httpx.Client, place: str, raw: bytes, name: str = "logo.png") -> httpx.Response:
    return http.patch(place, files={"organization[logo]": (name, raw, "image/png")})


def memory(server: Running) -> int:
    """Bytes that the server holds now."""
    return int(Path(f"/proc/{server.process.pid}/statm").read_text().split()[1]) * resource.getpagesize()


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (pictures.SVG, "has an invalid content type"),
        (pictures.HTML, "has an invalid content type"),
        (pictures.gif_and_script(), "has an invalid content type"),
        (pictures.with_a_zip("JPEG"), "has an invalid content type"),
        (pictures.encoded("PNG")[:-20], "is not a valid image"),
        (pictures.many_passes(1000), "is not a valid image"),
        (pictures.bomb(30_000, 30_000), "is too large (maximum is 25 megapixels)"),
        (pictures.encoded("PNG") + bytes(20 * MB), "is too big (maximum is 1 MB)"),
    ],
    ids=["svg", "html", "gif-js", "jpeg-zip", "truncated", "passes", "bomb", "20-MB"],
)
def test_what_is_no_logo_changes_nothing(
    http: httpx.Client, place: str, data: Path, raw: bytes, says: str
) -> None:
    before = http.get(place).json()
    refused = send(http, place, raw)
    assert (refused.status_code, refused.json()) == (422, {"errors": {"logo": [says]}})
    assert http.get(place).json() == before
    assert not [path for path in (data / "files").rglob("*") if path.is_file()]


def test_forty_megabytes_are_refused_before_they_are_read(
    server: Running, http: httpx.Client, place: str
) -> None:
    before = memory(server)
    for _ in range(3):
        refused = send(http, place, pictures.encoded("PNG") + bytes(40 * MB))
        assert refused.status_code == 413
    assert memory(server) - before < 60 * MB
    assert http.get(place).status_code == 200


def test_a_logo_is_shown_where_the_organization_says(http: httpx.Client, place: str, server: Running) -> None:
    made = send(http, place, pictures.from_a_phone(), "My cat.png")
    assert made.status_code == 200, made.text
    address = made.json()["logo_url"]
    assert re.fullmatch(
        r"http://localhost:\d+/rails/active_storage/blobs/redirect/[\w.-]+/My-cat.jpg", address
    )
    assert http.get(place).json()["logo_url"] == address, "the same each time, or no answer could be kept"
    with httpx.Client() as anybody:
        led = anybody.get(address)
        assert led.status_code == 302
        assert led.headers["location"].startswith("/rails/active_storage/disk/")
        shown = anybody.get(address, follow_redirects=True)
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
    assert pictures.opened(shown.content).size == (48, 64)
    assert b"SecretCamera" not in shown.content
    signed = address.split("/")[-2]
    assert signed not in server.log.read_text(), "the log has no more of an address than its beginning"


def test_the_prefill_of_a_private_address_is_refused(http: httpx.Client, place: str) -> None:
    collabs = place.replace(".json", "/collabs.json")
    before = http.get(collabs).headers["total-count"]
    refused = http.post(collabs, params={"website": "http://169.254.169.254/latest/meta-data/"}, json={})
    assert refused.status_code == 422
    assert list(refused.json()["errors"]) == ["website"]
    assert http.get(collabs).headers["total-count"] == before
