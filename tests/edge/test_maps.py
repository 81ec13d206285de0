"""What maps are made of: the files and how they are served, the base map, tiles by setting, people, drawing."""

import gzip
import io
import json
import re
import struct
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from PIL import Image
from playwright.async_api import ConsoleMessage, Page, async_playwright, expect

from hyway.edge.maps import Assets, Tiles, bundle
from tests.edge.track_stage import Stage, serving, view

A = "spxsBsdb|Lymo`qvAx@TKvAr@K"
B = "i|peFj`ejVyrv_lxAWgBSyA_D[??_N|ygtL{maes@A??J"


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=Assets())
    async with httpx.AsyncClient(transport=transport, base_url="http://go.example") as client:
        yield client


async def test_a_marked_address_is_kept_for_ever(http: httpx.AsyncClient) -> None:
    answer = await http.get(Assets().address("hyway-map.js"))
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["vary"] == "accept-encoding"
    again = await http.get(
        Assets().address("hyway-map.js"), headers={"if-none-match": "W/" + answer.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == answer.headers["etag"]


async def test_an_older_mark_and_none_at_all_are_asked_for_again(http: httpx.AsyncClient) -> None:
    for path in ("/maps/leaflet.js", "/maps/0123456789ab/leaflet.js"):
        answer = await http.get(path, headers={"accept-encoding": "identity"})
        assert answer.headers["cache-control"] == "public, no-cache"
        assert "content-encoding" not in answer.headers
        assert b"Leaflet 1.9.3" in answer.content[:200]


@pytest.mark.parametrize(
    ("accepted", "is_gzip"),
    [("gzip", True), ("br, GZIP;q=0.5", True), ("*", True), ("gzip;q=0", False), ("br", False), ("", False)],
)
async def test_gzip_is_sent_to_those_who_take_it(
    http: httpx.AsyncClient, accepted: str, is_gzip: bool
) -> None:
    answer = await http.get("/maps/world.json", headers={"accept-encoding": accepted})
    assert (answer.headers.get("content-encoding") == "gzip") == is_gzip
    assert answer.headers["etag"].endswith('-gzip"') == is_gzip
    assert answer.json()["source"].startswith("Natural Earth")


@pytest.mark.parametrize(
    "path",
    [
        "/maps/",
        "/maps/nothing.js",
        "/maps/../pages.py",
        "/maps/__init__.py",
        "/maps/NOTICE",
        "/maps/%2e%2e/x",
    ],
)
async def test_nothing_but_the_fixed_set_is_served(http: httpx.AsyncClient, path: str) -> None:
    assert (await http.get(path)).status_code == 404


async def test_only_reading(http: httpx.AsyncClient) -> None:
    refused = await http.post("/maps/leaflet.js")
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD")
    head = await http.head("/maps/leaflet.css")
    assert head.content == b""
    assert int(head.headers["content-length"]) > 1000


def test_the_files_name_only_files_that_are_there() -> None:
    names = set(bundle().names())
    for name in names:
        file = bundle().find(name)
        assert file
        if name.endswith(".js") and not name.endswith(".min.js"):
            assert names.issuperset(re.findall(r'(?:from|import) "\./([^"]+)"', file.body.decode()))
        if name.endswith(".css"):
            found = re.findall(r"url\(([^)#]+)\)", file.body.decode())
            assert names.issuperset(found)
    assert {"leaflet.js", "leaflet.css", "images/marker-icon.png", "hyway-map.js", "track.js"} <= names


def test_our_own_files_call_nobody() -> None:
    """Addresses of others stand in our scripts only as links for people to follow."""
    links = re.compile(r"https?://[^\s\"'`<>)]+")
    allowed = {
        "http://www.w3.org/2000/svg",
        "https://www.naturalearthdata.com/",
        "https://www.geonames.org/",
        "https://www.openstreetmap.org/copyright",
    }
    for name in bundle().names():
        file = bundle().find(name)
        if file and not name.endswith((".min.js", "leaflet.js", "leaflet.css", ".png")):
            assert set(links.findall(file.body.decode())) <= allowed, name
            assert not re.search(
                r"\beval\(|new Function|\.style\s*=|setAttribute\(\"style\"", file.body.decode()
            ), name


def test_the_base_map_is_small() -> None:
    whole = [bundle().find(name) for name in ("world.json", "places.json")]
    assert sum(len(file.gzipped or file.body) for file in whole if file) < 600_000
    places = json.loads(whole[1].body) if whole[1] else {}
    assert places["names"].split("\n")[0] == "Shanghai"
    assert len(places["names"].split("\n")) == places["classes"][-1][1]


def test_tiles_are_told_to_the_page() -> None:
    tiles = Tiles("https://tiles.example/w.PMTILES", "© Somebody")
    assert tiles.is_archive
    assert tiles.attributes() == {
        "data-tiles": "https://tiles.example/w.PMTILES",
        "data-attribution": "© Somebody",
    }
    assert not Tiles("https://tiles.example/{z}/{x}/{y}.png?a=.pmtiles").is_archive


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with serving(Stage(view())) as running:
        yield running


@pytest.fixture
def complaints() -> list[str]:
    return []


@pytest.fixture
async def opened(stage: Stage, chromium_path: str, complaints: list[str]) -> AsyncIterator[Page]:
    """A page with nothing on it but room for a map."""

    def hear(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        context = await browser.new_context(base_url=stage.base, viewport={"width": 800, "height": 600})
        page = await context.new_page()
        page.on("console", hear)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield page
        await browser.close()


async def make(page: Page, options: str = "{}") -> None:
    """Puts a map on the page; the module is `hyway` there, the map `map`."""
    await page.goto("/map")
    await page.evaluate(
        f"""async () => {{
            window.hyway = await import("{Assets().address("hyway-map.js")}");
            window.map = hyway.createMap(document.getElementById("map"), {options});
        }}"""
    )


@pytest.mark.browser
async def test_polylines_are_read_as_they_are_written(opened: Page, complaints: list[str]) -> None:
    await make(opened)
    read = await opened.evaluate("text => hyway.decodeTimed(text)", A)
    assert read[0] == [19.13626, 72.92506, 1469079789]
    read = await opened.evaluate("text => hyway.decodeTimed(text)", B)
    assert read == [
        [37.77493, -122.41942, 1500000061],
        [37.77505, -122.4189, 1500000071],
        [37.7755, -122.4181, 1500000085],
        [37.7755, -122.4181, 1500000325],
        [-33.86785, 151.20732, 1500000326],
        [-33.86785, 151.20732, 1500000320],
    ]
    assert await opened.evaluate("points => hyway.encodeTimed(points)", read) == B
    grown = "([a, b]) => hyway.encodeTimed(a) + hyway.encodeTimed(b, a.at(-1))"
    assert await opened.evaluate(grown, [read[:2], read[2:]]) == B
    assert await opened.evaluate("hyway.decode('i|peFj`ejVWgByA_D')") == [point[:2] for point in read[:3]]
    assert await opened.evaluate("[hyway.decodeTimed(''), hyway.decodeTimed('i|pe')]") == [[], []]
    assert complaints == []


@pytest.mark.browser
async def test_the_base_map_draws_land_sea_and_names(
    opened: Page, complaints: list[str], stage: Stage
) -> None:
    asked: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    await make(opened, "{center: [46, 8], zoom: 5}")
    await expect(opened.locator(".leaflet-tile-loaded").first).to_be_attached()
    await opened.wait_for_timeout(800)
    light = Image.open(io.BytesIO(await opened.locator("#map").screenshot())).convert("RGB")
    tones = {colour for _, colour in light.getcolors(1 << 20) or []}
    assert {(222, 231, 236), (249, 247, 243)} <= tones
    await opened.emulate_media(color_scheme="dark")
    await opened.wait_for_timeout(400)
    dark = Image.open(io.BytesIO(await opened.locator("#map").screenshot())).convert("RGB")
    assert {(17, 24, 30), (33, 36, 39)} <= {colour for _, colour in dark.getcolors(1 << 20) or []}
    await expect(opened.locator(".leaflet-control-attribution")).to_contain_text("GeoNames")
    await opened.evaluate("map.leaflet.setView([37.772, -122.42], 16, {animate: false})")
    await expect(opened.locator(".hy-note")).to_have_text("Squares of 200 m · near San Francisco")
    assert [url for url in asked if not url.startswith(stage.base)] == []
    assert complaints == []


@pytest.mark.browser
async def test_many_are_gathered_and_few_are_not(opened: Page, complaints: list[str]) -> None:
    await make(opened, "{center: [48.85, 2.35], zoom: 11}")
    await opened.evaluate(
        """() => { for (let i = 0; i < 1000; i += 1)
            map.users.put("u" + i, {lat: 48.8 + (i % 40) / 400, lon: 2.25 + Math.floor(i / 40) / 125}); }"""
    )
    await expect(opened.locator(".hy-bubble").first).to_be_visible()
    counts = await opened.locator(".hy-bubble").all_inner_texts()
    alone = await opened.locator(".hy-user").count()
    assert sum(int(count) for count in counts) + alone == 1000
    await opened.evaluate("map.users.filter(id => Number(id.slice(1)) < 200)")
    await expect(opened.locator(".hy-user")).to_have_count(200)
    await expect(opened.locator(".hy-bubble")).to_have_count(0)
    await opened.evaluate("map.users.filter(null)")
    chosen = await opened.evaluate("(map.users.choose('u500'), map.users.position('u500'))")
    assert chosen[0] == pytest.approx(48.8 + 20 / 400)
    await expect(opened.locator(".hy-chosen")).to_be_visible()
    await opened.locator(".hy-bubble").first.click()
    await opened.wait_for_timeout(500)
    assert await opened.evaluate("map.leaflet.getZoom()") > 11
    await opened.evaluate("map.users.clear()")
    await expect(opened.locator(".hy-user, .hy-bubble")).to_have_count(0)
    assert complaints == []


@pytest.mark.browser
async def test_a_click_on_somebody_is_told(opened: Page, complaints: list[str]) -> None:
    await make(opened, "{center: [48.85, 2.35], zoom: 12, onSelect: id => (window.picked = id)}")
    await opened.evaluate(
        "map.users.put('ada', {lat: 48.85, lon: 2.35, bearing: 90, vehicle: 'bicycle', label: 'Ada', state: 'offline'})"
    )
    somebody = opened.get_by_role("button", name="Ada, offline")
    await somebody.click()
    assert await opened.evaluate("picked") == "ada"
    await opened.evaluate("window.picked = null")
    await somebody.press("Enter")
    assert await opened.evaluate("picked") == "ada"
    assert complaints == []


@pytest.mark.browser
async def test_a_circle_is_drawn_by_mouse_and_changed_by_keyboard(
    opened: Page, complaints: list[str]
) -> None:
    await make(opened, "{center: [48.85, 2.35], zoom: 14}")
    await opened.evaluate("window.pen = map.draw('circle', {onChange: shape => (window.shape = shape)})")
    await opened.mouse.click(400, 300)
    first = await opened.evaluate("shape")
    assert first["type"] == "circle"
    assert first["center"] == pytest.approx([48.85, 2.35], abs=1e-3)
    box = await opened.locator(".hy-handle-edge").bounding_box()
    assert box
    await opened.mouse.move(box["x"] + 5, box["y"] + 5)
    await opened.mouse.down()
    await opened.mouse.move(box["x"] + 65, box["y"] + 5, steps=4)
    await opened.mouse.up()
    wider = await opened.evaluate("shape")
    assert wider["radius"] > first["radius"] * 1.5
    await opened.get_by_role("button", name=re.compile("Middle of the circle")).focus()
    await opened.keyboard.press("ArrowUp")
    await opened.keyboard.press("+")
    moved = await opened.evaluate("shape")
    assert moved["center"][0] > wider["center"][0]
    assert moved["radius"] == pytest.approx(wider["radius"] * 1.1, rel=0.02)
    await opened.evaluate("pen.clear()")
    await expect(opened.locator(".hy-handle, .hy-fence")).to_have_count(0)
    assert complaints == []


@pytest.mark.browser
async def test_a_polygon_is_drawn_by_keyboard_and_changed_by_mouse(
    opened: Page, complaints: list[str]
) -> None:
    await make(opened, "{center: [48.85, 2.35], zoom: 14}")
    await opened.evaluate("window.pen = map.draw('polygon', {onChange: shape => (window.shape = shape)})")
    await opened.locator("#map").focus()
    for key in (
        "Enter",
        "ArrowRight",
        "Enter",
        "ArrowDown",
        "Enter",
        "ArrowDown",
        "Enter",
        "Backspace",
        "Enter",
    ):
        await opened.keyboard.press(key)
        await opened.wait_for_timeout(350)
    await opened.keyboard.press("Enter")
    shape = await opened.evaluate("shape")
    assert shape["type"] == "polygon"
    assert len(shape["points"]) == 4
    await opened.get_by_role("button", name=re.compile("Corner 2 of 4")).focus()
    await opened.keyboard.press("Delete")
    assert len((await opened.evaluate("shape"))["points"]) == 3
    await opened.keyboard.press("Delete")
    assert len((await opened.evaluate("shape"))["points"]) == 3
    side = opened.locator(".hy-handle-side").first
    box = await side.bounding_box()
    assert box
    await opened.mouse.move(box["x"] + 4, box["y"] + 4)
    await opened.mouse.down()
    await opened.mouse.move(box["x"] + 40, box["y"] - 30, steps=4)
    await opened.mouse.up()
    assert len((await opened.evaluate("shape"))["points"]) == 4
    assert complaints == []


@pytest.mark.browser
async def test_giving_up_leaves_nothing(opened: Page, complaints: list[str]) -> None:
    await make(opened, "{center: [48.85, 2.35], zoom: 14}")
    await opened.evaluate("map.draw('polygon', {onCancel: () => (window.given = true)})")
    await opened.mouse.click(300, 300)
    await opened.mouse.click(400, 300)
    await expect(opened.locator("path.hy-dot")).to_have_count(2)
    await opened.locator("#map").focus()
    await opened.keyboard.press("Escape")
    assert await opened.evaluate("given") is True
    await expect(opened.locator("path.hy-dot, .hy-drawing, .hy-cross")).to_have_count(0)
    assert complaints == []


def png(colour: tuple[int, int, int]) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (256, 256), colour).save(out, "PNG")
    return out.getvalue()


def number(value: int) -> bytes:
    """A varint."""
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def archive(tile: bytes, kind: int, compression: int) -> bytes:
    """A PMTiles archive of one tile, that of zoom 0. `kind` 1 is vectors, 2 PNG; `compression` 1 is none, 2 gzip."""
    directory = number(1) + number(0) + number(1) + number(len(tile)) + number(1)
    about = b"{}"
    starts = [127, 127 + len(directory), 127 + len(directory) + len(about)]
    spans = (starts[0], len(directory), starts[1], len(about), starts[2], 0, starts[2], len(tile), 1, 1, 1)
    head = b"PMTiles\x03" + struct.pack("<11Q", *spans)
    head += struct.pack("<BBBBBB", 1, 1, compression, kind, 0, 0)
    head += struct.pack("<4iB2i", -1_800_000_000, -850_000_000, 1_800_000_000, 850_000_000, 0, 0, 0)
    assert len(head) == 127
    return head + directory + about + tile


def field(tag: int, body: bytes) -> bytes:
    return number(tag << 3 | 2) + number(len(body)) + body


def vectors() -> bytes:
    """A vector tile whose layer `earth` covers all of it."""
    ring = [9, 0, 0, 26, 8192, 0, 0, 8192, 8191, 0, 15]
    geometry = b"".join(number(value) for value in ring)
    feature = number(3 << 3) + number(3) + field(4, geometry)
    layer = (
        number(15 << 3) + number(2) + field(1, b"earth") + field(2, feature) + number(5 << 3) + number(4096)
    )
    return field(3, layer)


async def tiled(page: Page, stage: Stage, url: str) -> None:
    stage.view = view(tiles=Tiles(url, "© OpenStreetMap <b>us</b>"))
    options: dict[str, Any] = {"url": url, "attribution": "© OpenStreetMap <b>us</b>"}
    await make(page, f"{{zoom: 2, tiles: {json.dumps(options)}}}")


@pytest.mark.browser
async def test_tiles_of_the_operator_are_shown(opened: Page, stage: Stage, complaints: list[str]) -> None:
    tile = png((200, 30, 60))
    stage.files = {f"/tiles/{z}/{x}/{y}.png": tile for z in range(4) for x in range(8) for y in range(8)}
    await tiled(opened, stage, "/tiles/{z}/{x}/{y}.png")
    await expect(opened.locator("img.leaflet-tile-loaded").first).to_be_visible()
    await expect(opened.locator(".leaflet-control-attribution")).to_have_text("© OpenStreetMap <b>us</b>")
    assert await opened.locator("canvas").count() == 0
    await opened.evaluate("map.leaflet.setZoom(3, {animate: false})")
    await opened.wait_for_timeout(300)
    assert complaints == []


@pytest.mark.browser
async def test_where_tiles_cannot_be_had_the_base_map_steps_in(opened: Page, stage: Stage) -> None:
    await tiled(opened, stage, "/none/{z}/{x}/{y}.png")
    await expect(opened.locator("canvas.leaflet-tile-loaded").first).to_be_attached()
    await tiled(opened, stage, "/none.pmtiles")
    await expect(opened.locator("canvas.leaflet-tile-loaded").first).to_be_attached()


@pytest.mark.browser
async def test_an_archive_of_pictures_is_shown(opened: Page, stage: Stage, complaints: list[str]) -> None:
    stage.files = {"/world.pmtiles": archive(png((200, 30, 60)), 2, 1)}
    await tiled(opened, stage, "/world.pmtiles")
    await opened.wait_for_timeout(800)
    picture = Image.open(io.BytesIO(await opened.locator("#map").screenshot())).convert("RGB")
    assert (200, 30, 60) in {colour for _, colour in picture.getcolors(1 << 20) or []}
    assert complaints == []


@pytest.mark.browser
async def test_an_archive_of_vectors_is_drawn_light_and_dark(
    opened: Page, stage: Stage, complaints: list[str]
) -> None:
    stage.files = {"/world.pmtiles": archive(gzip.compress(vectors()), 1, 2)}
    await tiled(opened, stage, "/world.pmtiles")
    await opened.wait_for_timeout(1_200)
    shown = []
    for scheme in ("light", "dark"):
        await opened.emulate_media(color_scheme=scheme)
        await opened.wait_for_timeout(1_200)
        picture = Image.open(io.BytesIO(await opened.locator("#map").screenshot())).convert("L")
        shown.append(picture.crop((400, 300, 401, 301)).tobytes()[0])
    assert shown[0] > 180 > 90 > shown[1]
    assert complaints == []
