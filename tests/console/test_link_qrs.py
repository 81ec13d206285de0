"""The QR codes that are kept of a link."""

import io
import re

import pytest
from PIL import Image

from hyway.domain import links
from tests.console.conftest import Browser, World

NEW = {"title": "Poster", "size": "small", "color": "#0b756b", "backgroundColor": "#ffffff"}


def here(link: links.Link) -> str:
    return f"/console/links/{link.id}/qr"


def logo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 64), "#ff0000").save(out, "PNG")
    return out.getvalue()


async def make(browser: Browser, link: links.Link, body: bytes = b"", **fields: str) -> str:
    """Where the new picture is."""
    await browser.see(here(link))
    files = {"logo": ("logo.png", body)} if body else {"logo": ("", b"")}
    data = {"csrf": browser.csrf, **NEW, **fields}
    answer = await browser.http.post(here(link), data=data, files=files)
    assert answer.status_code == 303
    found = re.search(rf'src="({here(link)}/lqr_\w+)"', (await browser.see(here(link))).text)
    assert found
    return found[1]


async def test_a_code_is_drawn_kept_and_shown_as_it_was(world: World, owner: Browser) -> None:
    link = world.link(title="Tea")
    at = await make(owner, link)
    text = (await owner.see(here(link))).text
    assert "Poster" in text
    assert "256 × 256 pixels" in text
    picture = await owner.see(at)
    assert picture.headers["content-type"] == "image/png"
    assert "immutable" in picture.headers["cache-control"]
    seen = Image.open(io.BytesIO(picture.content)).convert("RGB")
    assert seen.size == (256, 256)
    assert {color for _, color in seen.getcolors() or ()} == {(0x0B, 0x75, 0x6B), (255, 255, 255)}
    assert f'href="{here(link)}"' in (await owner.see(f"/console/links/{link.id}")).text


async def test_a_logo_stands_in_its_middle(world: World, owner: Browser) -> None:
    at = await make(owner, world.link(), logo())
    seen = Image.open(io.BytesIO((await owner.see(at)).content)).convert("RGB")
    assert seen.getpixel((128, 128)) == (255, 0, 0)


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        ({"color": "#FFFFFF"}, "color", "Must differ from the background"),
        ({"color": "red"}, "color", "colour"),
        ({"size": "vast"}, "size", "Choose one of these"),
        ({"title": "x" * 10_000}, "title", "character"),
    ],
)
async def test_what_cannot_be_drawn_stands_beside_its_field(
    world: World, owner: Browser, fields: dict[str, str], field: str, said: str
) -> None:
    link = world.link()
    await owner.see(here(link))
    answer = await owner.send(here(link), **{**NEW, **fields})
    assert answer.status_code == 422
    wrong = re.search(rf'id="wrong-{field}">([^<]*)<', answer.text)
    assert wrong
    assert said in wrong[1]
    assert "lqr_" not in answer.text


async def test_what_is_no_picture_is_no_logo(world: World, owner: Browser) -> None:
    link = world.link()
    await owner.see(here(link))
    data = {"csrf": owner.csrf, **NEW}
    answer = await owner.http.post(here(link), data=data, files={"logo": ("a.png", b"<svg/>")})
    assert answer.status_code == 422
    assert 'id="wrong-logo"' in answer.text
    assert 'value="Poster"' in answer.text


async def test_a_code_goes_after_a_question(world: World, owner: Browser) -> None:
    at = await make(owner, world.link())
    assert "it leads on to the link" in (await owner.send(at + "/delete")).text
    assert (await owner.see(at)).status_code == 200
    assert (await owner.send(at + "/delete", confirmed="yes")).status_code == 303
    assert (await owner.see(at)).status_code == 404


async def test_others_cannot(world: World, owner: Browser, member: Browser) -> None:
    link = world.link()
    at = await make(owner, link)
    text = (await member.see(here(link))).text
    assert at in text
    assert "Make QR code" not in text
    assert (await member.send(here(link), **NEW)).status_code == 403
    assert (await member.send(at + "/delete", confirmed="yes")).status_code == 403
    stranger = world.browser()
    await stranger.sign_in("owner@harbour.example")
    for path in (here(link), at):
        assert (await stranger.see(path)).status_code == 404
    assert (await stranger.send(here(link), **NEW)).status_code == 404
    assert (await stranger.send(at + "/delete", confirmed="yes")).status_code == 404
    other = world.link()
    assert (await owner.see(at.replace(link.id, other.id))).status_code == 404


async def test_clicks_of_each_link_stand_in_the_list(world: World, owner: Browser) -> None:
    busy, quiet = world.link(title="Busy"), world.link(title="Quiet")
    for _ in range(3):
        world.click(busy)
    text = (await owner.see("/console/links")).text
    counts = dict(
        re.findall(r'links/([0-9a-f-]{36})">.*?class="row-count"[^>]*><b>(\d+)</b>', text, re.DOTALL)
    )
    assert counts == {busy.id: "3", quiet.id: "0"}
