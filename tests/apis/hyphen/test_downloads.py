"""/api/downloads/…: for anybody; versions as the vendor's installer reads them, bytes behind a 302."""

import hashlib
import json
import re
import subprocess
from pathlib import Path

import httpx
import pytest

from hyway.apis.hyphen.style import MISSING
from hyway.domain import packages
from hyway.domain.packages import NewPackage, Package
from hyway.edge.packages import Packages
from hyway.kernel import clock
from hyway.kernel.blobs import Blobs
from tests.apis.hyphen.conftest import PUBLIC, Acme, refused

SEMVER = [
    "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1",
    "1.0.0", "2.0.0", "2.1.0", "2.1.1", "2.9.0", "2.10.0",
]  # fmt: skip
"""From the lowest to the highest, most of them as semver.org has them."""


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "packages")


def offered(acme: Acme, blobs: Blobs, version: str, os: str = "linux", name: str = "hyphen-cli") -> Package:
    laid = packages.lay(blobs, [f"{name} {version} for {os}".encode()])
    new = NewPackage(name, version, os, "hx.exe" if os == "windows" else "hx")
    return acme.db.write_now(packages.add, new, laid)


async def test_versions_are_as_documented(acme: Acme, blobs: Blobs, monkeypatch: pytest.MonkeyPatch) -> None:
    for version, day in (("0.9.0", "2024-05-29"), ("1.0.0", "2024-05-30")):
        at = clock.parse("at", f"{day}T23:59:59Z")
        monkeypatch.setattr(clock, "now", lambda at=at: at)
        offered(acme, blobs, version, name="something")
    monkeypatch.undo()
    offered(acme, blobs, "1.0.0", "macos", name="something")  # it was published with its first file
    async with acme.client("") as nobody:
        answer = await nobody.get("/api/downloads/something/versions")
        latest = await nobody.get("/api/downloads/something/versions/?latest=true")
        every = await nobody.get("/api/downloads/something/versions?latest=false")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    first = {"packageName": "something", "version": "1.0.0", "latest": True, "published": "2024-05-30"}
    second = {"packageName": "something", "version": "0.9.0", "latest": False, "published": "2024-05-29"}
    assert answer.json() == every.json() == {"data": [first, second]}
    assert (
        latest.text
        == '{"data":[{"packageName":"something","version":"1.0.0","latest":true,"published":"2024-05-30"}]}'
    )


@pytest.mark.parametrize("tool", ["sed", "grep"])
async def test_an_installer_reads_the_version_with_the_tools_of_a_shell(
    acme: Acme, blobs: Blobs, tool: str
) -> None:
    for version in ("1.9.0", "1.10.0", "1.2.0"):
        offered(acme, blobs, version)
    async with acme.client("") as nobody:
        told = (await nobody.get("/api/downloads/hyphen-cli/versions?latest=true")).text
    read = {
        "sed": """sed -n 's/.*"version":"\\([^"]*\\)".*/\\1/p'""",
        "grep": """grep -o '"version":"[^"]*"' | head -n 1 | cut -d '"' -f 4""",
    }
    found = subprocess.run(["sh", "-c", read[tool]], input=told, capture_output=True, text=True, check=True)
    assert found.stdout.rstrip("\n") == "1.10.0"


async def test_the_highest_comes_first_whenever_it_came(acme: Acme, blobs: Blobs) -> None:
    for version in sorted(SEMVER, key=lambda each: hashlib.sha256(each.encode()).digest()):
        offered(acme, blobs, version)
    async with acme.client("") as nobody:
        found = (await nobody.get("/api/downloads/hyphen-cli/versions")).json()["data"]
    assert [each["version"] for each in found] == SEMVER[::-1]
    assert [each["version"] for each in found if each["latest"]] == ["2.10.0"]


async def test_a_pre_release_is_latest_only_while_there_is_no_release(acme: Acme, blobs: Blobs) -> None:
    async with acme.client("") as nobody:

        async def latest() -> str:
            (found,) = (await nobody.get("/api/downloads/hyphen-cli/versions?latest=true")).json()["data"]
            return str(found["version"])

        offered(acme, blobs, "2.0.0-rc.1")
        offered(acme, blobs, "2.0.0-rc.2")
        assert await latest() == "2.0.0-rc.2"
        offered(acme, blobs, "1.4.0")
        assert await latest() == "1.4.0"
        offered(acme, blobs, "2.0.0")
        assert await latest() == "2.0.0"
        acme.db.write_now(packages.remove, "hyphen-cli", "2.0.0")
        assert await latest() == "1.4.0"


@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("1.0.0?os=linux", "1.0.0 for linux"), ("1.0.0/?os=macos-arm", "1.0.0 for macos-arm"),
        ("latest?os=windows", "1.2.0 for windows"), ("1.0.0", "1.0.0 for linux"), ("latest", "1.2.0 for macos"),
        ("latest?os=", "1.2.0 for macos"), ("1.0.0?os=linux&more=1", "1.0.0 for linux"),
    ],
)  # fmt: skip
async def test_a_version_leads_to_its_bytes(acme: Acme, blobs: Blobs, asked: str, led: str) -> None:
    for version, os in (("1.0.0", "macos-arm"), ("1.0.0", "linux"), ("1.2.0", "windows"), ("1.2.0", "macos")):
        offered(acme, blobs, version, os)
    async with acme.client("") as nobody:
        answer = await nobody.get(f"/api/downloads/hyphen-cli/{asked}")
        head = await nobody.head(f"/api/downloads/hyphen-cli/{asked}")
    assert (answer.status_code, answer.content) == (302, b"")
    assert (head.status_code, head.headers["location"]) == (302, answer.headers["location"])
    assert answer.headers["cache-control"] == "no-store"  # the latest one is another some day
    bytes_ = httpx.AsyncClient(transport=httpx.ASGITransport(app=Packages(acme.db, blobs)), base_url=PUBLIC)
    async with bytes_ as http:
        found = await http.get(answer.headers["location"])
    assert (found.status_code, found.text) == (200, f"hyphen-cli {led}")
    name = "hx.exe" if "windows" in led else "hx"
    assert found.headers["content-disposition"] == f"attachment; filename=\"{name}\"; filename*=UTF-8''{name}"


async def test_what_is_not_there(acme: Acme, blobs: Blobs) -> None:
    offered(acme, blobs, "1.0.0")
    offered(acme, blobs, "1.1.0", "windows")
    async with acme.client("") as nobody:
        for name in ("nothing", "hyphen", "HYPHEN-CLI", "hyphen-cli%20", "org_000000000000000000000000"):
            answer = await nobody.get(f"/api/downloads/{name}/versions")
            # As the page has it, and its installer reads it: the text alone.
            assert (answer.status_code, answer.text) == (404, '"Package not found"')
            assert answer.headers["content-type"] == "application/json; charset=utf-8"
            shown = name.replace("%20", " ")
            refused(await nobody.get(f"/api/downloads/{name}/latest?os=linux"), 404, MISSING.format(id=shown))
            refused(await nobody.get(f"/api/downloads/{name}/1.0.0"), 404, MISSING.format(id=shown))
        for path, id in (
            ("9.9.9?os=linux", "9.9.9"), ("v1.0.0", "v1.0.0"), ("1.0", "1.0"), ("LATEST", "LATEST"),
            ("1.0.0?os=amiga", "amiga"),
            ("1.0.0?os=windows", "windows"), ("1.0.0?os=Linux", "Linux"),
            # The latest one is the same for everybody: whoever updates by it must not go back and forth.
            ("latest?os=linux", "linux"),
        ):  # fmt: skip
            answer = await nobody.get(f"/api/downloads/hyphen-cli/{path}")
            refused(answer, 404, MISSING.format(id=id))


@pytest.mark.parametrize(
    "path",
    ["hyphen-cli%00/versions", "hyphen-cli/1.0.0%00", "hyphen-cli/..", "../../key/versions", "%2e%2e/versions",
     "..%2f..%2fkey/versions", "..%2f..%2fkey/latest", "hyphen-cli/..%2f..%2fkey", "hyphen-cli%0a/versions",
     "%ff/versions", "/versions", "hyphen-cli/1.0.0/hx", "'/versions", "x" * 3000 + "/versions",
     "hyphen-cli/%F0%9F%98%80"],
)  # fmt: skip
async def test_paths_that_lead_nowhere(acme: Acme, blobs: Blobs, path: str) -> None:
    offered(acme, blobs, "1.0.0")
    async with acme.client("") as nobody:
        answer = await nobody.get(httpx.URL(PUBLIC, raw_path=f"/api/downloads/{path}".encode()))
    assert answer.status_code in (401, 404)
    if answer.text != '"Package not found"':
        refused(answer, answer.status_code)


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("1.0.0?os=%00", 'querystring/os must match pattern "^[^\\u0000]*$"'),
        ("1.0.0?os=linux%00", 'querystring/os must match pattern "^[^\\u0000]*$"'),
        ("1.0.0?os=" + "x" * 101, "querystring/os must NOT have more than 100 characters"),
        ("1.0.0?os=linux&os=macos", "querystring/os must be string"),
        ("versions?latest=perhaps", "querystring/latest must be boolean"),
    ],
)
async def test_queries_that_cannot_be(acme: Acme, blobs: Blobs, query: str, told: str) -> None:
    offered(acme, blobs, "1.0.0")
    async with acme.client("") as nobody:
        refused(await nobody.get(f"/api/downloads/hyphen-cli/{query}"), 400, told)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_nobody_changes_anything_over_http(acme: Acme, blobs: Blobs, method: str) -> None:
    offered(acme, blobs, "1.0.0")
    async with acme.client() as administrator:
        for path in ("versions", "1.0.0", "latest"):
            answer = await administrator.request(method, f"/api/downloads/hyphen-cli/{path}", json={})
            assert answer.status_code in (404, 405)
        assert (await administrator.get("/api/downloads/hyphen-cli/versions")).status_code == 200


async def test_a_credential_is_no_matter(acme: Acme, blobs: Blobs) -> None:
    """The vendor's command line sends none; whoever sends one, even one of nobody's, is answered alike."""
    offered(acme, blobs, "1.0.0")
    for client in (acme.client(""), acme.client(), acme.stranger(), acme.client("nonsense")):
        async with client as http:
            assert json.loads((await http.get("/api/downloads/hyphen-cli/versions")).text)["data"]


async def test_an_address_has_the_checksum_of_its_bytes(acme: Acme, blobs: Blobs) -> None:
    made = offered(acme, blobs, "1.0.0")
    assert made.checksum == hashlib.sha256(b"hyphen-cli 1.0.0 for linux").hexdigest()
    async with acme.client("") as nobody:
        led = (await nobody.get("/api/downloads/hyphen-cli/1.0.0")).headers["location"]
    assert re.fullmatch(f"/media/packages/{made.checksum}/hx", led)
