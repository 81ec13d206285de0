"""A backup is one moment of the data, taken beside a running server, and a restore brings exactly that back."""

import io
import json
import sqlite3
import subprocess
import tarfile
import threading
import uuid
from contextlib import closing
from pathlib import Path

import httpx
import psycopg
import pytest

from hyway import main, worker
from hyway.domain import files, identity
from hyway.settings import Settings
from tests.make import pictures
from tests.make.running import Running, hyway, serving


def settings(engine_name: str, request: pytest.FixtureRequest) -> dict[str, str]:
    """The environment of a server with an empty database of this test's own."""
    if engine_name == "sqlite":
        return {}
    server = request.getfixturevalue("postgres_server")
    name = f"backup_{uuid.uuid4().hex}"
    server.run(f'CREATE DATABASE "{name}"')
    request.addfinalizer(lambda: server.drop(name))
    return {"HYWAY_DATABASE_URL": server.url(name)}


@pytest.fixture
def here(engine_name: str, request: pytest.FixtureRequest) -> dict[str, str]:
    return settings(engine_name, request)


@pytest.fixture
def there(engine_name: str, request: pytest.FixtureRequest) -> dict[str, str]:
    return settings(engine_name, request)


def contents(data: Path, env: dict[str, str]) -> dict[str, list[str]]:
    """Every row of every table, as sorted text; what the server itself does meanwhile is left out."""
    passing = ("outbox", "changes", "alembic_version")
    if not env:
        with closing(sqlite3.connect(data / "hyway.db")) as connection:
            names = [
                row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            ]
            return {
                name: sorted(map(repr, connection.execute(f'SELECT * FROM "{name}"')))
                for name in names
                if name not in passing and not name.startswith("sqlite")
            }
    with psycopg.connect(env["HYWAY_DATABASE_URL"].replace("+psycopg", "")) as connection:
        rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        return {
            name: sorted(map(repr, connection.execute(f'SELECT * FROM "{name}"'.encode())))
            for (name,) in rows
            if name not in passing
        }


def first_link(server: Running) -> tuple[str, str]:
    """Its path, and the key that the first run printed."""
    said = server.said
    made = subprocess.run(
        ["bash", "-c", said[said.index("curl ") :]], capture_output=True, text=True, check=True
    )
    key = said[said.index("hoko_") :].partition("'")[0]
    return "/" + json.loads(made.stdout)[0]["shortUrl"].rpartition("/")[2], key


def test_a_backup_beside_a_busy_server_comes_back_whole(
    tmp_path: Path, here: dict[str, str], there: dict[str, str]
) -> None:
    data, file = tmp_path / "data", tmp_path / "backup.tar.gz"
    seen: list[str] = []
    with serving(data, **here) as server:
        path, key = first_link(server)
        stop = threading.Event()

        def visit() -> None:
            with httpx.Client(base_url=server.url) as http:
                while not stop.is_set():
                    seen.append(http.get(path).headers["x-request-id"])

        visitor = threading.Thread(target=visit)
        visitor.start()
        while len(seen) < 50:
            visitor.join(0.02)
        before = list(seen)
        made = hyway("backup", file, data=data, **here)
        stop.set()
        visitor.join()
    assert made.returncode == 0, made.stderr
    assert made.stdout == f"{file}\n"
    assert file.stat().st_mode & 0o777 == 0o600
    assert not list(tmp_path.glob("*.part")) + list(tmp_path.glob(".backup*"))

    fresh = tmp_path / "fresh"
    back = hyway("restore", file, data=fresh, **there)
    assert back.returncode == 0, back.stderr
    clicks = " ".join(contents(fresh, there)["clicks"])
    assert all(id in clicks for id in before), "a click that was acknowledged before the backup is not in it"
    with serving(fresh, **there) as server:
        links = httpx.get(f"{server.url}/api/links", headers={"authorization": f"Bearer {key}"})
        assert len(links.json()) == 1
        assert httpx.get(server.url + path).status_code == 302
        assert (
            httpx.post(server.url + "/api/links", headers={"authorization": "Bearer no"}).status_code == 401
        )


def test_a_restore_equals_what_was_backed_up(
    tmp_path: Path, here: dict[str, str], there: dict[str, str]
) -> None:
    data, file, fresh = tmp_path / "data", tmp_path / "backup.tar.gz", tmp_path / "fresh"
    with serving(data, **here) as server:
        path, _ = first_link(server)
        for _ in range(5):
            httpx.get(server.url + path)
    assert hyway("backup", file, data=data, **here).returncode == 0
    assert hyway("restore", file, data=fresh, **there).returncode == 0
    assert contents(fresh, there) == contents(data, here)
    assert (fresh / "key").read_bytes() == (data / "key").read_bytes()
    # New rows get new numbers: the counters came back too.
    assert hyway("org", "add", "Another", data=fresh, **there).returncode == 0


def test_pictures_come_back(tmp_path: Path, here: dict[str, str], there: dict[str, str]) -> None:
    data, file, fresh = tmp_path / "data", tmp_path / "backup.tar.gz", tmp_path / "fresh"
    hyway("migrate", data=data, **here)
    hyway("org", "add", "With a logo", data=data, **here)
    kept = keep_picture(data, here)
    (data / "files" / "half#1").write_bytes(b"being written")
    assert hyway("backup", file, data=data, **here).returncode == 0
    with tarfile.open(file) as packed:
        assert f"files/{kept[:2]}/{kept[2:4]}/{kept}" in packed.getnames()
        assert not [name for name in packed.getnames() if "#" in name]
    back = hyway("restore", file, data=fresh, **there)
    assert back.returncode == 0, back.stderr
    found = next((fresh / "files").glob("*/*/*"))
    assert (found.name, found.read_bytes()) == (kept, next((data / "files").glob("*/*/*")).read_bytes())
    told = {each["about"]: each for each in json.loads(hyway("doctor", "--json", data=fresh, **there).stdout)}
    assert told["files"]["words"].endswith("the newest 1 pictures are there")
    found.unlink()
    told = {each["about"]: each for each in json.loads(hyway("doctor", "--json", data=fresh, **there).stdout)}
    assert (told["files"]["mark"], kept in told["files"]["words"]) == ("fail", True)
    assert hyway("restore", file, data=fresh, **there).returncode == 1
    assert hyway("restore", file, "--force", data=fresh, **there).returncode == 0
    assert (fresh / "files.before-restore").is_dir()
    assert next((fresh / "files").glob("*/*/*")).name == kept


def keep_picture(data: Path, env: dict[str, str]) -> str:
    """Of the first organization; its key."""
    named = Settings.read(env, data)
    with closing(main.open_database(named, threads=1)) as db:
        by = identity.command_line(db.read_now(identity.every_organization)[0])
        logo = files.picture(pictures.encoded("PNG"), "logo.png", files.LOGO)
        return db.write_now(files.keep, by, worker.open_blobs(named), logo).key


def test_a_restore_does_not_overwrite_unless_told(tmp_path: Path, here: dict[str, str]) -> None:
    data, file = tmp_path / "data", tmp_path / "backup.tar.gz"
    hyway("migrate", data=data, **here)
    hyway("org", "add", "Kept in the backup", data=data, **here)
    assert hyway("backup", file, data=data, **here).returncode == 0
    hyway("org", "add", "Made later", data=data, **here)
    refused = hyway("restore", file, data=data, **here)
    assert refused.returncode == 1
    assert "--force" in refused.stderr
    assert "Made later" in hyway("org", "list", data=data, **here).stdout
    forced = hyway("restore", file, "--force", data=data, **here)
    assert forced.returncode == 0, forced.stderr
    listed = hyway("org", "list", data=data, **here).stdout
    assert "Kept in the backup" in listed
    assert "Made later" not in listed
    assert "before" in forced.stderr
    if not here:
        with closing(sqlite3.connect(data / "hyway.db.before-restore")) as kept:
            assert ("Made later",) in kept.execute("SELECT name FROM organizations").fetchall()


def test_a_running_server_is_not_restored_under(tmp_path: Path, here: dict[str, str]) -> None:
    data, file = tmp_path / "data", tmp_path / "backup.tar.gz"
    with serving(data, **here):
        assert hyway("backup", file, data=data, **here).returncode == 0
        refused = hyway("restore", file, "--force", data=data, **here)
        assert refused.returncode == 1
        assert refused.stderr.count("\n") == 1


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A backup of a SQLite server with one organization."""
    data = tmp_path_factory.mktemp("whole") / "data"
    hyway("migrate", data=data)
    hyway("org", "add", "One", data=data)
    hyway("backup", data / "b.tar.gz", data=data)
    return (data / "b.tar.gz").read_bytes()


def repacked(whole: bytes, change: str) -> bytes:
    """The same backup with one thing wrong."""
    out = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(whole)) as old, tarfile.open(fileobj=out, mode="w:gz") as new:
        for member in old:
            content = old.extractfile(member).read()  # type: ignore[union-attr]
            if change == "flipped" and member.name == "hyway.db":
                content = content[:5000] + bytes([content[5000] ^ 1]) + content[5001:]
            if change == "newer" and member.name == "manifest.json":
                content = json.dumps({**json.loads(content), "revision": "9999"}).encode()
            if change == "engine" and member.name == "manifest.json":
                content = json.dumps({**json.loads(content), "engine": "postgresql"}).encode()
            if change == "lacking" and member.name == "key":
                continue
            member.size = len(content)
            new.addfile(member, io.BytesIO(content))
        if change == "smuggled":
            extra = tarfile.TarInfo("../outside")
            extra.size = 1
            new.addfile(extra, io.BytesIO(b"x"))
    return out.getvalue()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("flipped", "damaged"),
        ("lacking", "lacks key"),
        ("newer", "newer"),
        ("engine", "its own engine"),
        ("smuggled", "does not name"),
        ("short", "no whole backup"),
        ("other", "no whole backup"),
    ],
)
def test_a_backup_with_something_wrong_changes_nothing(
    tmp_path: Path, whole: bytes, change: str, words: str
) -> None:
    file, data = tmp_path / "b.tar.gz", tmp_path / "data"
    file.write_bytes(
        whole[: len(whole) // 2]
        if change == "short"
        else b"no gzip"
        if change == "other"
        else repacked(whole, change)
    )
    met = hyway("restore", file, data=data)
    assert met.returncode == 1
    assert words in met.stderr
    assert met.stderr.count("\n") == 1
    assert [path.name for path in data.iterdir()] == ["lock"]
    assert not (tmp_path / "outside").exists()
