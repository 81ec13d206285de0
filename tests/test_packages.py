"""`hyway package …` beside a running server, and what people fetch from it."""

import hashlib
import json
import os
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from hyway import cli
from tests.make import bucket
from tests.make.bucket import KEY, SECRET
from tests.make.running import Running, hyway, serving

PROGRAM = b"#!/bin/sh\necho works\n" + b"# filling\n" * 300_000
SUM = hashlib.sha256(PROGRAM).hexdigest()


@pytest.fixture
def here(engine_name: str, request: pytest.FixtureRequest) -> dict[str, str]:
    """The environment of a server with an empty database of this test's own."""
    return _environment(engine_name, request)


@pytest.fixture
def there(engine_name: str, request: pytest.FixtureRequest) -> dict[str, str]:
    return _environment(engine_name, request)


def _environment(engine_name: str, request: pytest.FixtureRequest) -> dict[str, str]:
    if engine_name == "sqlite":
        return {}
    server = request.getfixturevalue("postgres_server")
    name = f"packages_{uuid.uuid4().hex}"
    server.run(f'CREATE DATABASE "{name}"')
    request.addfinalizer(lambda: server.drop(name))
    return {"HYWAY_DATABASE_URL": server.url(name)}


@pytest.fixture
def program(tmp_path: Path) -> Path:
    made = tmp_path / "hx"
    made.write_bytes(PROGRAM)
    return made


@pytest.fixture
def data(tmp_path: Path, here: dict[str, str]) -> Path:
    """A folder with an empty database."""
    made = tmp_path / "data"
    assert hyway("migrate", data=made, **here).returncode == 0
    return made


@pytest.fixture
def server(data: Path, here: dict[str, str]) -> Iterator[Running]:
    with serving(data, **here) as running:
        yield running


INSTALL = r"""
set -eu
version=$(curl -fsSL "$URL/api/downloads/hyphen-cli/versions?latest=true" | sed -n 's/.*"version":"\([^"]*\)".*/\1/p')
curl -fsSL -o got "$URL/api/downloads/hyphen-cli/$version?os=linux"
chmod +x got
echo "$version $(./got) $(sha256sum got | cut -d ' ' -f 1)"
head -c 1000000 got > part
curl -fsSL -C - -o part "$URL/api/downloads/hyphen-cli/latest?os=linux"
cmp got part
if curl -fsSL -o none "$URL/api/downloads/hyphen-cli/$version?os=windows"; then exit 1; fi
curl -sS "$URL/api/downloads/nothing/versions"
"""


@pytest.mark.skipif(shutil.which("curl") is None, reason="installers fetch with curl")
def test_an_installer_gets_what_was_added(
    server: Running, data: Path, here: dict[str, str], program: Path, tmp_path: Path
) -> None:
    for version in ("1.9.0", "1.10.0"):
        made = hyway("package", "add", "hyphen-cli", version, program, "--os", "linux", data=data, **here)
        assert made.returncode == 0, made.stderr
        name, shown, os_, size, sum_, _, file = made.stdout.rstrip("\n").split("\t")
        assert (name, shown, os_, size, sum_, file) == (
            "hyphen-cli", version, "linux", str(len(PROGRAM)), SUM, "hx",
        )  # fmt: skip
        port = server.url.rpartition(":")[2]
        assert made.stderr == f"http://localhost:{port}/api/downloads/hyphen-cli/{version}?os=linux\n"
    ran = subprocess.run(
        ["sh", "-c", INSTALL], cwd=tmp_path, capture_output=True, text=True, env={**os.environ, "URL": server.url}
    )  # fmt: skip
    assert (ran.returncode, ran.stdout) == (0, f'1.10.0 works {SUM}\n"Package not found"'), ran.stderr
    with httpx.Client(base_url=server.url, follow_redirects=True) as http:
        found = http.get("/api/downloads/hyphen-cli/latest", params={"os": "linux"})
        assert (found.content, found.headers["etag"]) == (PROGRAM, f'"{SUM}"')
        assert found.headers["content-length"] == str(len(PROGRAM))
        removed = hyway("package", "remove", "hyphen-cli", "1.10.0", data=data, **here)
        assert (removed.returncode, removed.stdout.count("\n")) == (0, 1)
        (latest,) = http.get("/api/downloads/hyphen-cli/versions?latest=true").json()["data"]
        assert latest["version"] == "1.9.0"
        head = http.head("/api/downloads/hyphen-cli/latest?os=linux")
        assert (head.status_code, head.content, head.headers["content-length"]) == (
            200, b"", str(len(PROGRAM)),
        )  # fmt: skip


def test_what_cannot_be_added(
    data: Path,
    here: dict[str, str],
    program: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in {**here, "HYWAY_DATA": str(data)}.items():
        monkeypatch.setenv(name, value)

    def add(name: str, version: str, file: object, *more: str) -> tuple[int, str, str]:
        code = cli.run(["package", "add", name, version, str(file), *more])
        return code, *capsys.readouterr()

    linux = ("--os", "linux")
    empty, odd = tmp_path / "empty", tmp_path / "a:b"
    empty.touch()
    odd.write_bytes(b"x")
    for said, told in (
        (add("../x", "1.0.0", program, *linux), "name must be small letters"),
        (add("x", "../1.0.0", program, *linux), "version must be a semantic version"),
        (add("x", "v1.0.0", program, *linux), "version must be a semantic version"),
        (add("x", "1.0.0", tmp_path / "none", *linux), "no such file"),
        (add("x", "1.0.0", tmp_path, *linux), "is no file"),
        (add("x", "1.0.0", empty, *linux), "file is empty"),
        (add("x", "1.0.0", odd, *linux), "file must have a plain name"),
        (add("x", "1.0.0", program, *linux, "--sha256", "0" * 64), f"which is {SUM}"),
    ):
        assert (said[0], said[1]) == (1, ""), said
        assert told in said[2]
        assert said[2].startswith("hyway: ")
        assert said[2].count("\n") == 1
    for more in ((), ("--os", "amiga"), (*linux, "--force")):
        assert add("x", "1.0.0", program, *more)[0] == 2
    assert [path for path in data.rglob("packages/*/*/*") if path.is_file()] == []
    assert add("x", "1.0.0", program, *linux)[0] == 0
    refused = add("x", "1.0.0", program, *linux)
    assert (refused[0], refused[1]) == (1, "")
    assert "is there already" in refused[2]
    assert cli.run(["package", "remove", "x", "1.0.1"]) == 1
    assert capsys.readouterr() == ("", "hyway: there is no x 1.0.1\n")
    if not here:
        assert cli.run(["package", "list", "--data", str(tmp_path / "nowhere")]) == 1
        assert "begin with hyway up" in capsys.readouterr().err


def test_what_is_damaged_is_found_and_a_backup_brings_it_back(
    data: Path, here: dict[str, str], there: dict[str, str], program: Path, tmp_path: Path
) -> None:
    for name, os_ in (("one", "linux"), ("two", "windows")):
        assert hyway("package", "add", name, "1.0.0", program, "--os", os_, data=data, **here).returncode == 0
    hyway("package", "remove", "two", "1.0.0", data=data, **here)
    listed = hyway("package", "list", data=data, **here).stdout
    assert listed.startswith(f"one\t1.0.0\tlinux\t{len(PROGRAM)}\t{SUM}\t")
    archive, fresh = tmp_path / "backup.tar.gz", tmp_path / "fresh"
    assert hyway("backup", archive, data=data, **here).returncode == 0
    assert hyway("restore", archive, data=fresh, **there).returncode == 0
    assert hyway("package", "list", data=fresh, **there).stdout == listed
    verified = hyway("package", "verify", data=fresh, **there)
    assert (verified.returncode, verified.stdout) == (0, "one\t1.0.0\tlinux\tok\n")
    assert told_of_packages(fresh, there) == ("ok", "1 are what was added")
    for file in (fresh / "packages").glob("*/*/*"):
        file.write_bytes(PROGRAM[:-1] + b"?")
    verified = hyway("package", "verify", data=fresh, **there)
    assert (verified.returncode, verified.stdout) == (1, "one\t1.0.0\tlinux\tis not what was added\n")
    assert told_of_packages(fresh, there) == ("fail", "one 1.0.0 for linux is not what was added")
    refused = hyway("restore", archive, data=fresh, **there)
    assert refused.returncode == 1
    back = hyway("restore", archive, "--force", data=fresh, **there)
    assert back.returncode == 0, back.stderr
    assert (fresh / "packages.before-restore").is_dir()
    assert told_of_packages(fresh, there) == ("ok", "1 are what was added")


def told_of_packages(data: Path, env: dict[str, str]) -> tuple[str, str]:
    found = json.loads(hyway("doctor", "--json", data=data, **env).stdout)
    return next((each["mark"], each["words"]) for each in found if each["about"] == "packages")


def test_a_bucket_keeps_them_and_the_server_hands_them_out(
    data: Path, here: dict[str, str], program: Path
) -> None:
    with bucket.service() as service:
        files = f"s3://ours/hyway?endpoint={service.endpoint}"
        env = {**here, "HYWAY_FILES": files, "HYWAY_S3_KEY": KEY, "HYWAY_S3_SECRET": SECRET}
        made = hyway("package", "add", "hx", "1.0.0", program, "--os", "macos-arm", data=data, **env)
        assert made.returncode == 0, made.stderr
        (name,) = service.held
        assert (name.startswith("ours/hyway/packages/"), service.held[name]) == (True, PROGRAM)
        assert not (data / "packages").exists()
        with serving(data, **env) as server, httpx.Client(follow_redirects=True) as http:
            url = f"{server.url}/api/downloads/hx/latest?os=macos-arm"
            assert http.get(url).content == PROGRAM
            part = http.get(url, headers={"range": "bytes=1000000-"})
            assert (part.status_code, part.content) == (206, PROGRAM[1_000_000:])
        service.down = True
        refused = hyway("package", "add", "hx", "1.0.1", program, "--os", "linux", data=data, **env)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert told_of_packages(data, env)[0] == "fail"
