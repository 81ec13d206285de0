"""/rails/active_storage/: pictures under signed addresses, for as long as they were signed for."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from hyway.domain import files
from hyway.edge.attachments import Attachments
from hyway.kernel import clock
from hyway.kernel.blobs import Away, Blobs
from tests.make import pictures
from tests.make.world import World

Later = Callable[[int], None]


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path / "files")


def browser(world: World, blobs: Blobs) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=Attachments(world.db, blobs)), base_url="http://localhost:8000"
    )


def kept(world: World, blobs: Blobs, name: str = "logo.png", format: str = "PNG") -> tuple[files.File, str]:
    picture = files.picture(pictures.encoded(format), name, files.LOGO)
    file = world.db.write_now(files.keep, world.by, blobs, picture)
    address = world.db.read_now(files.address, file.seq)
    assert address is not None
    return file, urlsplit(address).path


@pytest.mark.parametrize("format", pictures.FORMATS)
async def test_the_first_address_leads_to_the_picture(world: World, blobs: Blobs, format: str) -> None:
    file, path = kept(world, blobs, "Our logo.png", format)
    async with browser(world, blobs) as http:
        led = await http.get(path)
        assert (led.status_code, led.content) == (302, b"")
        assert led.headers["location"].startswith("/rails/active_storage/disk/")
        assert led.headers["cache-control"] == "private, max-age=240"
        shown = await http.get(led.headers["location"])
    assert (shown.status_code, shown.content) == (200, blobs.get(file.key))
    assert shown.headers["content-type"] == f"image/{format.lower()}"
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert shown.headers["content-security-policy"] == "default-src 'none'"
    name = f"Our-logo.{'jpg' if format == 'JPEG' else format.lower()}"
    assert shown.headers["content-disposition"] == f"inline; filename=\"{name}\"; filename*=UTF-8''{name}"


async def test_a_name_in_any_script(world: World, blobs: Blobs) -> None:
    _, path = kept(world, blobs, "شعار.png")
    async with browser(world, blobs) as http:
        shown = await http.get(path, follow_redirects=True)
    said = shown.headers["content-disposition"]
    assert said == "inline; filename=\"----.png\"; filename*=UTF-8''%D8%B4%D8%B9%D8%A7%D8%B1.png"


async def test_the_second_address_works_for_five_minutes(world: World, blobs: Blobs, later: Later) -> None:
    _, path = kept(world, blobs)
    async with browser(world, blobs) as http:
        led = (await http.get(path)).headers["location"]
        later(clock.MINUTE * 5 - 2 * clock.SECOND)
        assert (await http.get(led)).status_code == 200
        later(4 * clock.SECOND)
        assert (await http.get(led)).status_code == 404
        assert (await http.get(path, follow_redirects=True)).status_code == 200, "the first one is for ever"


async def test_head_and_what_a_browser_has(world: World, blobs: Blobs) -> None:
    _, path = kept(world, blobs)
    async with browser(world, blobs) as http:
        led = (await http.head(path)).headers["location"]
        whole, head = await http.get(led), await http.head(led)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == str(len(whole.content))
        again = await http.get(led, headers={"if-none-match": whole.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        for method in ("POST", "PUT", "DELETE", "OPTIONS"):
            answer = await http.request(method, path)
            assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


async def test_whoever_changes_a_letter_finds_nothing(world: World, blobs: Blobs) -> None:
    _, path = kept(world, blobs)
    _, other = kept(world, blobs)
    async with browser(world, blobs) as http:
        led = urlsplit((await http.get(path)).headers["location"]).path
        for address in (path, led):
            signed = address.split("/")[-2]
            for at in (0, len(signed) // 3, len(signed) // 2, len(signed) - 2):
                wrong = signed[:at] + ("a" if signed[at] != "a" else "b") + signed[at + 1 :]
                assert (await http.get(address.replace(signed, wrong))).status_code == 404, wrong
        value, mark = path.split("/")[-2].split(".")
        stranger = other.split("/")[-2].split(".")[1]
        for signed in (f"{value}.{stranger}", value, f".{mark}", f"{value}-99999999999.{mark}", "x"):
            assert (await http.get(f"/rails/active_storage/disk/{signed}/logo.png")).status_code == 404
            assert (
                await http.get(f"/rails/active_storage/blobs/redirect/{signed}/logo.png")
            ).status_code == 404
        swapped = path.replace("blobs/redirect", "disk")
        assert (await http.get(swapped)).status_code == 404, "signed for the first address alone"
        assert (await http.get(led.replace("disk", "blobs/redirect"))).status_code == 404


@pytest.mark.parametrize(
    "path",
    ["/rails/", "/rails/active_storage/", "/rails/active_storage/blobs/redirect/", "/rails/active_storage/disk/a/",
     "/rails/active_storage/disk/a/b/c", "/rails/active_storage/disk/../../etc/passwd",
     "/rails/active_storage/blobs/proxy/a/b.png", "/rails/active_storage/representations/redirect/a/b/c.png"],
)  # fmt: skip
async def test_other_addresses(world: World, blobs: Blobs, path: str) -> None:
    async with browser(world, blobs) as http:
        assert (await http.get(path)).status_code == 404


async def test_dropped_pictures_are_gone_from_both(world: World, blobs: Blobs) -> None:
    file, path = kept(world, blobs)
    async with browser(world, blobs) as http:
        led = (await http.get(path)).headers["location"]
        world.db.write_now(files.drop, file.seq)
        assert (await http.get(path)).status_code == 404
        assert (await http.get(led)).status_code == 404


async def test_lost_bytes_and_a_bucket_that_is_away(
    world: World, blobs: Blobs, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    file, path = kept(world, blobs)

    def away(_self: Blobs, _key: str) -> bytes:
        raise Away("no answer")

    async with browser(world, blobs) as http:
        monkeypatch.setattr(Blobs, "get", away)
        assert (await http.get(path, follow_redirects=True)).status_code == 503
        monkeypatch.undo()
        blobs.drop(file.key)
        assert (await http.get(path, follow_redirects=True)).status_code == 404
    assert "are not there" in caplog.text
