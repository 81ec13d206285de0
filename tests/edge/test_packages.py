"""/media/packages/…: bytes of packages, whole and in parts, never all of them in memory."""

import asyncio
import base64
import hashlib
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyway.domain import packages
from hyway.domain.packages import NewPackage, Package
from hyway.edge.packages import PIECE, Packages, _part
from hyway.kernel.blobs import Away, Blobs, Bucket
from tests.make import bucket
from tests.make.bucket import KEY, SECRET, Service
from tests.make.world import World

BODY = hashlib.shake_256(b"a program").digest(2 * PIECE + 1000)


@pytest.fixture
def service() -> Iterator[Service]:
    with bucket.service() as made:
        yield made


@pytest.fixture(params=["folder", "bucket"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    if request.param == "folder":
        return Blobs(tmp_path / "packages")
    made: Service = request.getfixturevalue("service")
    return Blobs(Bucket("ours", made.endpoint, "eu-west-1", "a/packages", KEY, SECRET))


def offered(world: World, blobs: Blobs, file: str = "hx", body: bytes = BODY) -> Package:
    laid = packages.lay(blobs, [body])
    return world.db.write_now(packages.add, NewPackage("hyphen-cli", "1.0.0", "linux", file), laid)


def browser(world: World, blobs: Blobs) -> httpx.AsyncClient:
    app: Any = Packages(world.db, blobs)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="https://go.example")


async def test_the_bytes_come_whole_with_what_is_known_of_them(world: World, blobs: Blobs) -> None:
    package = offered(world, blobs)
    path = packages.address(package)
    async with browser(world, blobs) as http:
        found = await http.get(path)
        head = await http.head(path)
        known = await http.get(path, headers={"if-none-match": f'"x", W/{found.headers["etag"]}'})
    assert (found.status_code, found.content) == (200, BODY)
    digest = hashlib.sha256(BODY)
    assert found.headers["content-length"] == str(len(BODY))
    assert found.headers["content-type"] == "application/octet-stream"
    assert found.headers["etag"] == f'"{digest.hexdigest()}"'
    assert found.headers["repr-digest"] == f"sha-256=:{base64.b64encode(digest.digest()).decode()}:"
    assert found.headers["accept-ranges"] == "bytes"
    assert found.headers["content-disposition"].startswith('attachment; filename="hx"')
    assert found.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in found.headers["content-security-policy"]
    assert (head.status_code, head.content) == (200, b"")
    same = ("content-length", "content-type", "etag", "repr-digest", "accept-ranges")
    assert [head.headers[each] for each in same] == [found.headers[each] for each in same]
    assert (known.status_code, known.content, known.headers["etag"]) == (304, b"", found.headers["etag"])


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-0", 0, 0), ("bytes=5-14", 5, 14), (f"bytes={PIECE - 2}-{2 * PIECE + 5}", PIECE - 2, 2 * PIECE + 5),
        (f"bytes={PIECE}-", PIECE, len(BODY) - 1), ("bytes=-7", len(BODY) - 7, len(BODY) - 1),
        ("bytes=3-99999999999", 3, len(BODY) - 1), (f"bytes=-{len(BODY) - 1}", 1, len(BODY) - 1),
    ],
)  # fmt: skip
async def test_a_download_goes_on_where_it_stopped(
    world: World, blobs: Blobs, asked: str, first: int, last: int
) -> None:
    path = packages.address(offered(world, blobs))
    async with browser(world, blobs) as http:
        found = await http.get(path, headers={"range": asked})
    assert (found.status_code, found.content) == (206, BODY[first : last + 1])
    assert found.headers["content-range"] == f"bytes {first}-{last}/{len(BODY)}"
    assert found.headers["content-length"] == str(last - first + 1)
    assert found.headers["etag"] == f'"{hashlib.sha256(BODY).hexdigest()}"'


async def test_parts_that_are_not_there_and_ranges_that_are_none(world: World, tmp_path: Path) -> None:
    blobs = Blobs(tmp_path / "packages")
    package = offered(world, blobs, body=b"0123456789")
    path, mark = packages.address(package), f'"{package.checksum}"'
    async with browser(world, blobs) as http:
        for asked in ("bytes=10-", "bytes=10-20", "bytes=-0"):
            beyond = await http.get(path, headers={"range": asked})
            assert (beyond.status_code, beyond.headers["content-range"]) == (416, "bytes */10")
        for asked in (
            "bytes=5-2",
            "bytes=-",
            "bytes=a-b",
            "lines=1-2",
            "bytes=0-1,4-5",
            f"bytes={'9' * 30}-",
        ):
            whole = await http.get(path, headers={"range": asked})
            assert (whole.status_code, whole.content) == (200, b"0123456789"), asked
        same = await http.get(path, headers={"range": "bytes=2-3", "if-range": mark})
        assert (same.status_code, same.content) == (206, b"23")
        for other in ('"another"', f"W/{mark}", "Wed, 21 Oct 2026 07:28:00 GMT"):
            whole = await http.get(path, headers={"range": "bytes=2-3", "if-range": other})
            assert (whole.status_code, whole.content) == (200, b"0123456789")


@given(st.integers(1, 50), st.integers(0, 60), st.integers(0, 60))
def test_a_part_is_the_bytes_of_a_slice(size: int, first: int, last: int) -> None:
    body = range(size)
    asked = {b"range": b"bytes=%d-%d" % (first, last)}
    wanted = body[first : last + 1] if first <= last else body
    assert _part(asked, b"", size) == wanted
    assert _part({b"range": b"bytes=%d-" % first}, b"", size) == body[first:]
    assert list(_part({b"range": b"bytes=-%d" % last}, b"", size)) == (list(body)[-last:] if last else [])


@pytest.mark.parametrize(
    ("file", "type", "shown"),
    [
        ("hx.tar.gz", "application/gzip", "hx.tar.gz"), ("HX.ZIP", "application/zip", "HX.ZIP"),
        ("hx.exe", "application/vnd.microsoft.portable-executable", "hx.exe"),
        ("index.html", "application/octet-stream", "index.html"), ("a.svg", "application/octet-stream", "a.svg"),
        ("h\u00e9 x%2f", "application/octet-stream", "h%C3%A9%20x%252f"),
    ],
)  # fmt: skip
async def test_nothing_is_shown_as_a_page(
    world: World, tmp_path: Path, file: str, type: str, shown: str
) -> None:
    blobs = Blobs(tmp_path / "packages")
    path = packages.address(offered(world, blobs, file))
    assert path.endswith(f"/{shown}")
    async with browser(world, blobs) as http:
        found = await http.get(path)
    assert (found.status_code, found.headers["content-type"]) == (200, type)
    assert found.headers["content-disposition"].endswith(f"filename*=UTF-8''{shown}")


async def test_there_is_nothing_else(world: World, tmp_path: Path) -> None:
    blobs = Blobs(tmp_path / "packages")
    (tmp_path / "key").write_text("secret")
    package = offered(world, blobs)
    sum_ = package.checksum
    async with browser(world, blobs) as http:
        for path in (
            "", "hx", sum_, f"{sum_}/", f"{sum_}/hy", f"{sum_}/hx/", f"{'0' * 64}/hx", f"{sum_.upper()}/hx",
            f"{sum_}/hx%00", f"{sum_}/%00", f"{sum_}/..%2f..%2fkey", f"{sum_}/../../key", "../../key",
            f"{package.key}/hx", f"{sum_}/{'x' * 300}",
        ):  # fmt: skip
            url = httpx.URL("https://go.example", raw_path=f"/media/packages/{path}".encode())
            found = await http.get(url)
            assert (found.status_code, b"secret" in found.content) == (404, False), path
        refused = await http.post(packages.address(package))
        assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD")
    world.db.write_now(packages.remove, "hyphen-cli", "1.0.0")
    async with browser(world, blobs) as http:
        assert (await http.get(packages.address(package))).status_code == 404


async def test_a_place_that_is_away_or_has_lost_them(world: World, tmp_path: Path, service: Service) -> None:
    blobs = Blobs(Bucket("ours", service.endpoint, "eu-west-1", "", KEY, SECRET))
    package = offered(world, blobs)
    async with browser(world, blobs) as http:
        service.down = True
        away = await http.get(packages.address(package))
        assert (away.status_code, away.headers["retry-after"]) == (503, "5")
        service.down = False
        service.held.clear()
        assert (await http.get(packages.address(package))).status_code == 404


async def test_what_ends_too_early_is_not_taken_for_whole(world: World, tmp_path: Path) -> None:
    blobs = Blobs(tmp_path / "packages")
    package = offered(world, blobs)
    (file,) = (tmp_path / "packages").glob("*/*/*")
    file.write_bytes(BODY[: PIECE + 10])
    async with browser(world, blobs) as http:
        with pytest.raises(Away):  # the head is gone: the server breaks off the connection
            await http.get(packages.address(package))


async def test_a_large_file_is_never_all_in_memory(world: World, tmp_path: Path) -> None:
    size, blobs = 64 * PIECE, Blobs(tmp_path / "packages")
    piece = bytes(PIECE)
    laid = packages.lay(blobs, (piece for _ in range(64)))
    assert laid.size == size
    package = world.db.write_now(packages.add, NewPackage("big", "1.0.0", "linux", "big"), laid)
    got = 0

    async def send(message: Any) -> None:
        nonlocal got
        got += len(message.get("body", b""))

    async def receive() -> Any:
        await asyncio.Event().wait()

    scope = {"method": "GET", "path": packages.address(package), "headers": []}
    tracemalloc.start()
    try:
        await Packages(world.db, blobs)(scope, receive, send)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (got, peak < 8 * PIECE) == (size, True), peak


async def test_who_has_gone_is_sent_no_more(world: World, tmp_path: Path) -> None:
    blobs = Blobs(tmp_path / "packages")
    package = offered(world, blobs, body=bytes(20 * PIECE))
    got, gone = 0, asyncio.Event()

    async def send(message: Any) -> None:
        nonlocal got
        got += len(message.get("body", b""))
        if got >= 3 * PIECE:
            gone.set()
        await asyncio.sleep(0)

    async def receive() -> Any:
        await gone.wait()
        return {"type": "http.disconnect"}

    await Packages(world.db, blobs)(
        {"method": "GET", "path": packages.address(package), "headers": []}, receive, send
    )
    assert 3 * PIECE <= got <= 5 * PIECE
